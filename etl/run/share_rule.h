/*
 * The decisions of hosts that share work (run.share): pure.
 */
#ifndef RUN_SHARE_RULE_H
#define RUN_SHARE_RULE_H

#include "base/buf.h"
#include "state/work.h"

#include <stddef.h>
#include <stdint.h>

/* What a host that starts does. */
enum share_step {
    SHARE_OPEN,   /* a round of its own; one that nobody is at work on is given up */
    SHARE_JOIN,   /* the round that is not over */
    SHARE_REFUSE, /* hosts are at work on that round by other jobs, settings or another version */
};

/* differs: the facts of the round are not this host's. windows_move: its windows are cut by the day (no
 * --from and --to). A round of another day, opened more than twelve hours ago, is left to those who are at
 * it. */
struct share_start {
    const struct work_found *found;
    date_t today;
    bool differs;
    bool windows_move;
};
enum share_step share_start_step(const struct share_start *start);

/*
 * Compares facts, one a line as `NAME\tVALUE`. False where they are the same; else *name is the first of the
 * names, in the order of ours, whose value differs or that only one side has, and *more the number of others.
 * name holds SHARE_FACT_NAME bytes.
 */
#define SHARE_FACT_NAME 128
bool share_facts_differ(const char *ours, const char *theirs, char *name, size_t *more);

/* What a host does next in its round. */
enum share_next {
    SHARE_TAKE,     /* one of the candidates */
    SHARE_WAIT,     /* others are at work, or may still try what failed here */
    SHARE_CONCLUDE, /* what failed here has failed: there is no other host to try it */
    SHARE_FINISHED,
};

/*
 * Which chunks this host may take, the wanted first; work_ids has room for rows->count.
 *
 * A chunk may be taken that waits, or whose lease has expired. None of a job and contract of which a chunk
 * has failed, and none of which one has failed on this host. In the order of the round, but a job and
 * contract begins with one chunk: further ones follow when it has succeeded, or where nothing else is left to
 * take.
 */
enum share_next share_next(const struct work_rows *rows, const char *host, int64_t *work_ids, size_t *count);

/* Whether a chunk that failed here may succeed on another host: what is to blame may be this host's network
 * or login. Not where it has failed on another host before. */
bool share_other_may_try(enum err_kind kind, const char *failed_host);

/*
 * The exit code of every host of a round: 0 when all of it is done, by whichever host; the failures' common
 * code, or 1 where they differ. own: why this host could not go on to the end; ERR_NONE: it did.
 */
int share_exit_code(const struct work_failures *failures, enum err_kind own);

/* Of a job's timeout, which counts the time in which this host works on the job. */
struct share_clock {
    int64_t used_ms;  /* before `since_ms` */
    int64_t since_ms; /* when the first of the chunks at hand was begun */
    unsigned active;  /* chunks at hand */
};
/* A chunk begins. Returns the deadline of the chunk. */
int64_t share_clock_begin(struct share_clock *clock, int64_t timeout_ms, int64_t now_ms);
void share_clock_end(struct share_clock *clock, int64_t now_ms);

#endif
