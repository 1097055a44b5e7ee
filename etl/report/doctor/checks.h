/*
 * What a look at the installation found: a line a check, good or bad, with what to do about it.
 */
#ifndef REPORT_DOCTOR_CHECKS_H
#define REPORT_DOCTOR_CHECKS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum check_status {
    CHECK_OK,
    CHECK_WARN, /* works, but look at it; or could not be checked */
    CHECK_FAIL, /* a run would fail */
};

struct check {
    const char *name; /* stable: scripts look for it */
    enum check_status status;
    bool skipped;        /* CHECK_WARN: it could not be made */
    enum err_kind kind;  /* CHECK_FAIL: what a run would end with; else ERR_NONE */
    const char *message; /* what was found; one line */
    const char *advice;  /* what to do; NULL: nothing */
};

struct checks {
    struct arena *arena; /* owns the texts; names are constants */
    struct check *items; /* in the order they were made */
    size_t count;
};

/* What is found; advice may be NULL and is copied. */
void check_ok(struct checks *checks, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
void check_warn(struct checks *checks, const char *name, const char *advice, const char *format, ...)
    PRINTF_LIKE(4, 5);

struct check_failure {
    const char *name;
    enum err_kind kind;
    const char *advice;
};
void check_fail(struct checks *checks, const struct check_failure *failure, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* A failure as its error tells it: the hint is the advice. */
void check_error(struct checks *checks, const char *name, const struct err *err);

/* Not checked, since something else is missing: a warning, `skipped: WHY`. */
void check_skip(struct checks *checks, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);

/* The check of a name made before; NULL where there is none. */
const struct check *check_find(const struct checks *checks, const char *name);

/* Whether it was made and has not failed. */
bool check_has_not_failed(const struct checks *checks, const char *name);

/*
 * The worst failure's exit code: authentication and permission 77 before what is unreachable 69, settings and
 * jobs 78, privileges 73, anything else; 0 when nothing has failed.
 */
int checks_exit_code(const struct checks *checks);

/* A line a check, its advice below it, and a line of sums. */
void checks_put_text(const struct checks *checks, struct buf *out);

/* {"checks":[{"name","status","message","advice"}…]} and a newline; advice is null where there is none. */
void checks_put_json(const struct checks *checks, struct buf *out);

#endif
