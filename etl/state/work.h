/*
 * The work of hosts that share it (run.share): rounds, the processes that have joined one, and the chunks of
 * each. Which chunk a host takes, and when a round is over, is run/share_rule's to decide.
 *
 * All times are the database's: a lease is renewed and judged by its clock alone.
 */
#ifndef STATE_WORK_H
#define STATE_WORK_H

#include "base/arena.h"
#include "base/err.h"
#include "job/window.h"
#include "state/work_state.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* How long a host may say nothing until another takes its chunks over, and how often it says something. */
#define WORK_LEASE_MS 60000
#define WORK_KEEP_MS 15000

/* Rounds. */

struct work_round {
    const char *share;
    int64_t round; /* from 1 */
    const char *invocation_id;
    date_t today; /* the day by which windows are cut */
};

/* What there is for a host that starts. */
struct work_found {
    bool exists; /* a round that is not over */
    struct work_round round;
    const char *facts; /* one a line */
    const char *hosts; /* that are there; "": none */
    bool is_filled;
    bool is_old; /* opened more than twelve hours ago */
};

/* Inside a transaction: until its end no other host opens or joins a round of the share. */
MUST_CHECK bool work_lock(struct pg *pg, const char *share, struct err *err);

/* The newest round of the share and task that is not over; its texts live in arena. */
MUST_CHECK bool work_find(struct pg *pg, const char *share, const char *task, struct arena *arena,
                          struct work_found *found, struct err *err);

/* The day by the database's clock. */
MUST_CHECK bool work_today(struct pg *pg, date_t *today, struct err *err);

/* Opens a round. Those of the same task that no host is at work on are given up; old ones are deleted. */
struct work_opening {
    const char *share;
    const char *task;
    const char *facts;
};
MUST_CHECK bool work_open(struct pg *pg, const struct work_opening *opening, struct arena *arena,
                          struct work_round *round, struct err *err);

/* A process that has joined a round. */
struct work_member {
    int64_t id;
    const char *host;
    int pid;
};
MUST_CHECK bool work_join(struct pg *pg, const struct work_round *round, struct work_member *member,
                          struct err *err);
MUST_CHECK bool work_leave(struct pg *pg, const struct work_member *member, struct err *err);

/* For as long as this session lives the runs of the round count as being worked on. */
MUST_CHECK bool work_lock_presence(struct pg *pg, const struct work_round *round, struct err *err);

/* Who lists the chunks. */
struct work_filling {
    bool is_filled;
    bool is_over;
    bool is_ours;           /* this process is to list them */
    struct text_list asked; /* is_filled: the contracts of which is known what has moved */
};
MUST_CHECK bool work_filling(struct pg *pg, const struct work_round *round, const struct work_member *member,
                             struct arena *arena, struct work_filling *filling, struct err *err);

/* The chunks as columns, one line a chunk in each: those of work_fill.sql. */
struct work_lines {
    struct buf jobs, contracts, first_days, end_days, numbers, counts, requests, errors, kinds, hints;
    size_t count;
};
struct work_lines work_lines_make(void);
void work_lines_cleanup(struct work_lines *lines);

/* A chunk; refused: why it cannot be begun; kind ERR_NONE: it can. */
struct work_line {
    const char *job;
    const char *contract;
    const struct window *window;
    size_t number;
    size_t count;
    uint64_t requests_before;
    const struct err *refused;
};
void work_lines_add(struct work_lines *lines, const struct work_line *line);

/* *filled: false where another host has done it meanwhile. */
MUST_CHECK bool work_fill(struct pg *pg, const struct work_round *round, const struct work_member *member,
                          const struct work_lines *lines, const struct text_list *asked, bool *filled,
                          struct err *err);

/* Chunks. */

struct work_chunk {
    int64_t work_id;
    const char *job;
    const char *contract;
    struct window window;
    size_t number;
    size_t count;
    uint64_t requests_before;
};

struct work_chunks {
    struct work_chunk *items;
    size_t count;
};
MUST_CHECK bool work_list(struct pg *pg, const struct work_round *round, struct arena *arena,
                          struct work_chunks *chunks, struct err *err);

/* How far the chunks of a round are. */
struct work_row {
    int64_t work_id;
    const char *job;
    const char *contract;
    enum work_state state;
    const char *host;        /* that has taken it last; "": none */
    const char *failed_host; /* the first that it failed on; "": none */
    int64_t lease_left_ms;   /* WORK_RUNNING; below 0: expired */
};

struct work_rows {
    struct work_row *items; /* in the order of the round */
    size_t count;
    const char *others; /* other hosts that are there; "": none */
};
MUST_CHECK bool work_read_rows(struct pg *pg, const struct work_round *round, const char *host,
                               struct arena *arena, struct work_rows *rows, struct err *err);

/* A chunk that this process has taken, until another takes it over. */
struct work_claim {
    int64_t work_id; /* 0: none */
    int number;      /* of the claims of this chunk */
    bool is_lost;    /* another host has taken it over, as a statement below has found */
};

/* Takes the first of the chunks that is still free; claim->work_id is 0 where none is. taken_from: the host
 * that it was taken over from, in arena; NULL: it was waiting. */
MUST_CHECK bool work_take(struct pg *pg, const struct work_member *member, const int64_t *work_ids,
                          size_t count, struct arena *arena, struct work_claim *claim,
                          const char **taken_from, struct err *err);

/* ERR_LATER where another host has taken it over, and claim->is_lost, here and below. */

MUST_CHECK bool work_note_run(struct pg *pg, struct work_claim *claim, int64_t run_id, struct err *err);
MUST_CHECK bool work_renew(struct pg *pg, struct work_claim *claim, struct err *err);

/* Inside the transaction of the load: until its end no host takes it over. */
MUST_CHECK bool work_lock_claim(struct pg *pg, struct work_claim *claim, struct err *err);

/* It is over: succeeded, skipped or failed. reason: why it failed; else NULL. run_id: 0: none. */
struct work_end {
    enum work_state state;
    int64_t run_id;
    const struct err *reason;
};
MUST_CHECK bool work_end(struct pg *pg, struct work_claim *claim, const struct work_end *end,
                         struct err *err);

/* It waits for a host again. failed_host, reason: it failed there; NULL: its host stops. */
MUST_CHECK bool work_return(struct pg *pg, struct work_claim *claim, const char *failed_host,
                            const struct err *reason, struct err *err);

/* Renews the leases of these claims, and says that the process is there. A chunk that was taken over is left
 * out. */
MUST_CHECK bool work_renew_all(struct pg *pg, const struct work_member *member,
                               const struct work_claim *claims, size_t count, struct err *err);

/* The end of a round. */

/* Chunks that wait since they failed on this host have failed. */
MUST_CHECK bool work_fail_waiting(struct pg *pg, const struct work_round *round, const char *host,
                                  struct err *err);
MUST_CHECK bool work_close(struct pg *pg, const struct work_round *round, struct err *err);

struct work_failure {
    const char *job;
    const char *contract;
    struct window window;
    const char *host; /* "": none */
    const char *error;
    enum err_kind kind;
};

struct work_failures {
    struct work_failure *items;
    size_t count;
};
MUST_CHECK bool work_failures(struct pg *pg, const struct work_round *round, struct arena *arena,
                              struct work_failures *failures, struct err *err);

#endif
