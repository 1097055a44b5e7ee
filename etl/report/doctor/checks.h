/*
 * The checks of an installation: for each a status, what was found, and what to do about it.
 */
#ifndef REPORT_DOCTOR_CHECKS_H
#define REPORT_DOCTOR_CHECKS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum check_status {
    CHECK_OK,
    CHECK_WARN, /* it works but needs attention, or it could not be checked */
    CHECK_FAIL, /* a run would fail */
};

struct check {
    const char *name; /* stable: scripts look for it */
    enum check_status status;
    bool skipped;        /* CHECK_WARN: the check could not be made */
    enum err_kind kind;  /* CHECK_FAIL: the kind of error a run would end with; else ERR_NONE */
    const char *message; /* what was found; one line */
    const char *advice;  /* what to do; NULL: nothing */
};

struct doctor_checks {
    struct arena *arena; /* owns the texts; names are constants */
    struct check *items; /* in the order in which they were made */
    size_t count;
};

/* Each of these adds one check. advice may be NULL and is copied. */
void check_ok(struct doctor_checks *checks, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
void check_warn(struct doctor_checks *checks, const char *name, const char *advice, const char *format, ...)
    PRINTF_LIKE(4, 5);

struct check_failure {
    const char *name;
    enum err_kind kind;
    const char *advice;
};
void check_fail(struct doctor_checks *checks, const struct check_failure *failure, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Adds a failure with the text of err; the hint of err is the advice. */
void check_error(struct doctor_checks *checks, const char *name, const struct err *err);

/* Adds a warning `skipped: WHY`: the check could not be made because something else is missing. */
void check_skip(struct doctor_checks *checks, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);

/* The first check with this name; NULL: there is none. */
const struct check *check_find(const struct doctor_checks *checks, const char *name);

/* Whether there is a check with this name, made or skipped, that has not failed. */
bool check_has_not_failed(const struct doctor_checks *checks, const char *name);

/*
 * The exit code of the most important failure, in this order: authentication and permission (77), unreachable
 * (69), settings and jobs (78), privileges (73), any other. 0 if nothing has failed.
 */
int checks_exit_code(const struct doctor_checks *checks);

/* One line per check, its advice below it, and a line with totals. */
void checks_put_text(const struct doctor_checks *checks, struct buf *out);

/* {"checks":[{"name","status","message","advice"}…]} and a newline. advice is null if there is none. */
void checks_put_json(const struct doctor_checks *checks, struct buf *out);

#endif
