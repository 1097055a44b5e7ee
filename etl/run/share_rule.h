/*
 * The decisions of hosts that share work (run.share). Pure.
 */
#ifndef RUN_SHARE_RULE_H
#define RUN_SHARE_RULE_H

#include "base/buf.h"
#include "state/work.h"

#include <stddef.h>
#include <stdint.h>

/* What a host that starts does. */
enum share_step {
    SHARE_OPEN,   /* opens a new round; a round on which no host works is given up */
    SHARE_JOIN,   /* joins the current round */
    SHARE_REFUSE, /* hosts with other jobs, settings or another version work on the current round */
};

/*
 * differs: the facts of the round are not those of this host. windows_move: the windows depend on today (no
 * --from and --to). A round of another day that was opened more than twelve hours ago is joined only if the
 * windows do not move and a host works on it. If the windows move, its own hosts finish it; if no host works
 * on it, what it has loaded may have changed since.
 */
struct share_start {
    const struct work_found *found;
    date_t today;
    bool differs;
    bool windows_move;
};
enum share_step share_start_step(const struct share_start *start);

/*
 * Compares facts, one per line as `NAME\tVALUE`. False if they are equal. Otherwise *name is the first name,
 * in the order of `ours`, whose value differs or that only one side has, and *more is the number of further
 * ones. name has SHARE_FACT_NAME bytes.
 */
#define SHARE_FACT_NAME 128
bool share_facts_differ(const char *ours, const char *theirs, char *name, size_t *more);

/* What a host does next in its round. */
enum share_next {
    SHARE_TAKE,         /* one of the candidates */
    SHARE_WAIT,         /* other hosts work, or may still try what failed here */
    SHARE_FAIL_WAITING, /* no other host can try what failed here: it has failed */
    SHARE_GIVEN_UP,     /* another host has given up the round, while this one was paused */
    SHARE_FINISHED,
};

/*
 * Which chunks this host may take, in order of preference; work_ids has room for rows->count.
 *
 * A chunk can be taken if it waits or its lease has expired, and if no chunk of its job and contract has
 * failed, in the end or on this host. The order is that of the round, except that a job and contract begins
 * with one chunk: its other chunks follow when that one has succeeded, or if no other chunk is left.
 */
enum share_next share_next(const struct work_rows *rows, const char *host, int64_t *work_ids, size_t *count);

/* Whether another host may try a chunk that failed here, because the cause can be this host's network or
 * login. failed_host: an earlier host on which it failed: then false. */
bool share_other_may_try(enum err_kind kind, const char *failed_host);

/*
 * The exit code of every host of a round: 0 if all chunks are done, no matter by which host; the common exit
 * code of the failures, or 1 if they have several. own: why this host did not work until the end; ERR_NONE:
 * it did.
 */
int share_exit_code(const struct work_failures *failures, enum err_kind own);

/* The time that this host has worked on a job, for the job's timeout. */
struct share_clock {
    int64_t used_ms;  /* before since_ms */
    int64_t since_ms; /* active > 0: since then this host has always worked on at least one chunk */
    unsigned active;  /* the number of chunks that it works on now */
};
/* A chunk begins. Returns its deadline. */
int64_t share_clock_begin(struct share_clock *clock, int64_t timeout_ms, int64_t now_ms);
void share_clock_end(struct share_clock *clock, int64_t now_ms);

/* A host's wait for work. {0} when it begins. */
struct share_wait {
    size_t steps;     /* share_count_steps() at the last look */
    int64_t until_ms; /* 0: not looked yet */
};

/* Grows whenever a chunk of the round is taken or has ended. */
size_t share_count_steps(const struct work_rows *rows);

/* Whether for the longest timeout of the jobs no chunk was taken and none has ended. */
bool share_wait_is_over(struct share_wait *wait, size_t steps, int64_t longest_ms, int64_t now_ms);

#endif
