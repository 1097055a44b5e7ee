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
    SHARE_OPEN,   /* opens a new round, and gives up rounds of the same task on which no host works */
    SHARE_JOIN,   /* joins the current round */
    SHARE_REFUSE, /* hosts with other jobs, settings or another version work on the current round */
};

/*
 * differs: the facts of the round are not those of this host. windows_move: the windows depend on today (no
 * --from and --to).
 *
 * This host does not join a round of another day that was opened more than twelve hours ago
 *
 * - if the windows move: the round has other windows, and its own hosts finish it;
 * - or if no host works on the round: what it has loaded may have changed since.
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
    SHARE_TAKE,         /* takes one of work_ids */
    SHARE_WAIT,         /* a chunk is being loaded, or another host may still try what failed here */
    SHARE_FAIL_WAITING, /* marks as failed what failed here: there is no other host to try it */
    SHARE_GIVEN_UP,     /* ends: another host has given up the round, while this one was paused */
    SHARE_FINISHED,     /* ends: no chunk is left */
};

/*
 * Fills work_ids with the chunks that this host may take, the preferred ones first; work_ids has room for
 * rows->count.
 *
 * A chunk can be taken if it is waiting or its lease has expired, unless a chunk of its job and contract has
 * failed, or has failed on this host and waits for another. The order is that of the round, with one
 * exception: as long as no chunk of a job and contract is done, only one of them is preferred, and the others
 * come last.
 */
enum share_next share_next(const struct work_rows *rows, const char *host, int64_t *work_ids, size_t *count);

/* Whether another host may try a chunk that failed here: the cause can be this host's network or login, and
 * the chunk has not failed on a host before. failed_host: the host on which it has; "": none. */
bool share_other_may_try(enum err_kind kind, const char *failed_host);

/*
 * The exit code of a host: 0 if all chunks of the round are done, no matter by which host; else the common
 * exit code of the failures and of `own`, or 1 if they differ. own: why this host did not work until the end
 * of the round; ERR_NONE: it did, or was stopped.
 */
int share_exit_code(const struct work_failures *failures, enum err_kind own);

/* The time that this process has worked on a job, for the job's timeout. Time in which it works on several
 * chunks at once counts once. */
struct share_clock {
    int64_t used_ms;  /* until since_ms */
    int64_t since_ms; /* active > 0: when active was last increased from 0 */
    unsigned active;  /* chunks that it works on now */
};
/* A chunk begins. Returns its deadline. */
int64_t share_clock_begin(struct share_clock *clock, int64_t timeout_ms, int64_t now_ms);
void share_clock_end(struct share_clock *clock, int64_t now_ms);

/* A host's wait for work. {0} when it begins. */
struct share_wait {
    size_t steps;     /* the last share_count_steps() */
    int64_t until_ms; /* the end of the wait, unless steps changes; 0: the wait has not begun */
};

/* Grows whenever a chunk of the round is taken or has ended. */
size_t share_count_steps(const struct work_rows *rows);

/* Whether steps has not changed for longest_ms, the longest timeout of the jobs: the host stops waiting. */
bool share_wait_is_over(struct share_wait *wait, size_t steps, int64_t longest_ms, int64_t now_ms);

#endif
