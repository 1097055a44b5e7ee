/*
 * What to do about a failed run, by the kind of its failure and the hint of its message. Pure.
 */
#ifndef REPORT_STATUS_ADVICE_H
#define REPORT_STATUS_ADVICE_H

#include "base/buf.h"

#include <stddef.h>

/* The kind of failure of a run whose process ended without finishing it. */
#define ADVICE_DIED "died"

struct advice_case {
    const char *job;
    const char *kind; /* err_kind_info.name or ADVICE_DIED; NULL: not known */
    const char *hint; /* NULL: none */
    size_t times;     /* failures in a row, this one included */
};

/*
 * Appends one line without a full stop. If the next run can fix the failure by itself, the line says so;
 * after three failures in a row it says what to check, and adds the hint. For any other failure it is the
 * hint, or, without a hint, advice by kind.
 */
void advice_put(const struct advice_case *failure, struct buf *out);

/* The exit code of a run that ends with this kind of failure; 0: not known. */
int advice_exit_code(const char *kind);

#endif
