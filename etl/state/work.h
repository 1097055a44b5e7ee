/*
 * The tables of shared work (run.share): rounds (run/share), the processes that have joined a round, and its
 * chunks. run/share_rule decides which chunk a host takes, and when a round is over.
 *
 * All times are those of the database's clock.
 */
#ifndef STATE_WORK_H
#define STATE_WORK_H

#include "base/arena.h"
#include "base/err.h"
#include "job/window.h"
#include "state/work_state.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* The length of a lease, after which another host takes a chunk over, and the interval of its renewal. */
#define WORK_LEASE_MS 60000
#define WORK_RENEW_INTERVAL_MS 15000

/* Rounds. */

struct work_round {
    const char *share;
    int64_t round; /* from 1 */
    const char *invocation_id;
    date_t today; /* the day for which windows are computed */
};

/* The current round, as a host finds it at its start. */
struct work_found {
    bool exists; /* there is a round that is not over */
    struct work_round round;
    const char *facts; /* what must be equal on all hosts, `NAME\tVALUE`, one per line (run/share_list) */
    const char *hosts; /* that work on it now; "": none */
    bool is_filled;    /* its chunks are listed */
    bool is_old;       /* opened more than twelve hours ago */
};

/* Locks the share until the end of the transaction: no other host opens or joins a round. */
MUST_CHECK bool work_lock(struct pg *pg, const char *share, struct err *err);

/* The newest round of the share and task that is not over; its texts live in arena. */
MUST_CHECK bool work_find(struct pg *pg, const char *share, const char *task, struct arena *arena,
                          struct work_found *found, struct err *err);

/* The current day (UTC). */
MUST_CHECK bool work_today(struct pg *pg, date_t *today, struct err *err);

/* Opens a round. task: the options and jobs of the command line. Rounds of the same task on which no host
 * works are given up. Old rounds are deleted. */
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

/* Takes a shared lock until the session ends. While a session holds it, the running runs of the round do not
 * count as abandoned (run_record_mark_lost()). */
MUST_CHECK bool work_lock_presence(struct pg *pg, const struct work_round *round, struct err *err);

/* Reads whether the chunks are listed. If they are not, and no other process lists them, assigns this one. */
struct work_filling {
    bool is_filled;
    bool is_over;
    bool is_ours;           /* this process must list them */
    struct text_list asked; /* is_filled: the contracts whose answer about changes is stored */
};
MUST_CHECK bool work_filling(struct pg *pg, const struct work_round *round, const struct work_member *member,
                             struct arena *arena, struct work_filling *filling, struct err *err);

/* This process was assigned to list the chunks, and cannot. *handed_on: whether the round has
 * another process that has not tried yet; that process can take the assignment. */
MUST_CHECK bool work_hand_on(struct pg *pg, const struct work_round *round, const struct work_member *member,
                             bool *handed_on, struct err *err);

/* The chunks as columns, for work_fill.sql: each has one line per chunk. */
struct work_lines {
    struct buf jobs, contracts, first_days, end_days, numbers, counts, requests, errors, kinds, hints;
    size_t count;
};
struct work_lines work_lines_make(void);
void work_lines_cleanup(struct work_lines *lines);

/* A chunk for work_fill(). refused: why it cannot begin; kind ERR_NONE: it can. */
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

/* Stores the chunks. *filled: false if another host has done so meanwhile. */
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

/* The state of a chunk. */
struct work_row {
    int64_t work_id;
    const char *job;
    const char *contract;
    enum work_state state;
    const char *host;        /* the last that has taken it; "": none */
    const char *failed_host; /* the first on which it failed; "": none */
    size_t takes;            /* how often a host has taken it */
    int64_t lease_left_ms;   /* WORK_RUNNING; below 0: expired */
};

struct work_rows {
    struct work_row *items; /* in the order of the round */
    size_t count;
    const char *others; /* other hosts that work on the round now; "": none */
};
MUST_CHECK bool work_read_rows(struct pg *pg, const struct work_round *round, const char *host,
                               struct arena *arena, struct work_rows *rows, struct err *err);

/* A chunk that this process has taken. */
struct work_claim {
    int64_t work_id; /* 0: none */
    int number;      /* how often the chunk was taken until now: tells an old claim from a new one */
    bool is_lost;    /* set by the functions below: another host has taken it over */
};

/* Takes the first of these chunks that is still free. claim->work_id is 0 if none is. *taken_from: in arena,
 * the host from which it was taken over; NULL: it was waiting. */
MUST_CHECK bool work_take(struct pg *pg, const struct work_member *member, const int64_t *work_ids,
                          size_t count, struct arena *arena, struct work_claim *claim,
                          const char **taken_from, struct err *err);

/* The functions from here to work_return() fail with ERR_LATER, and set claim->is_lost, if another host has
 * taken the chunk over. */

/* Stores which run works on the chunk. */
MUST_CHECK bool work_note_run(struct pg *pg, struct work_claim *claim, int64_t run_id, struct err *err);
/* Renews the lease. Succeeds also if this claim has loaded the chunk: its export is still to be deleted. */
MUST_CHECK bool work_renew(struct pg *pg, struct work_claim *claim, struct err *err);

/* To be called inside the transaction of the load: until its end no other host can take the chunk over. */
MUST_CHECK bool work_lock_claim(struct pg *pg, struct work_claim *claim, struct err *err);

/* Ends the chunk: it has succeeded, was skipped, or has failed for a reason (else NULL). run_id 0: none. */
struct work_end {
    enum work_state state;
    int64_t run_id;
    const struct err *reason;
};
MUST_CHECK bool work_end(struct pg *pg, struct work_claim *claim, const struct work_end *end,
                         struct err *err);

/* Returns the chunk, so that it waits for a host again. failed_host, reason: where and why it failed; NULL:
 * this host stops. */
MUST_CHECK bool work_return(struct pg *pg, struct work_claim *claim, const char *failed_host,
                            const struct err *reason, struct err *err);

/* Renews the leases of these claims and of the member itself. Chunks that another host has taken over are
 * left out. Requests that hosts of the share had reserved are free again once their leases have expired: the
 * hosts that take their chunks over need them. */
MUST_CHECK bool work_renew_all(struct pg *pg, const struct work_member *member,
                               const struct work_claim *claims, size_t count, struct err *err);

/* The end of a round. */

/* Marks as failed the chunks that have failed on this host, and wait for another or were taken by one whose
 * lease has expired. */
MUST_CHECK bool work_fail_waiting(struct pg *pg, const struct work_round *round, const char *host,
                                  struct err *err);
/* Closes the round. Chunks that still wait are marked as not begun. */
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
