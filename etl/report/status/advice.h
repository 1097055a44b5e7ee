/*
 * What to do about a run that failed, by the kind of its failure and the hint that its message came with.
 * Pure.
 */
#ifndef REPORT_STATUS_ADVICE_H
#define REPORT_STATUS_ADVICE_H

#include "base/buf.h"

#include <stddef.h>

/* error_kind of a run whose runner ended without finishing. */
#define ADVICE_DIED "died"

struct advice_case {
    const char *job;
    const char *kind; /* err_kind_info.name or ADVICE_DIED; NULL: not known */
    const char *hint; /* NULL: none */
    size_t times;     /* it has failed so often in a row, this one counted */
};

/*
 * A line without a final full stop. What passes by itself is said to, until it has happened three times in a
 * row; else the hint, which knows the case, comes before what the kind alone can tell.
 */
void advice_put(const struct advice_case *failure, struct buf *out);

/* The exit code that such a failure ends a run with; 0: not known. */
int advice_exit_code(const char *kind);

#endif
