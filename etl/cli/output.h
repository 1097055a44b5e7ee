/*
 * stdout: the result, whole, or an error.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/buf.h"
#include "base/err.h"

/* Writes all of text to stdout. ERR_UNAVAILABLE when it cannot (a full disk, a closed pipe). */
MUST_CHECK bool output_write(const struct buf *text, struct err *err);

/* Logs the error; returns its exit code. */
int output_fail(const char *event, const struct err *err);

/* Writes text; returns exit_code, or that of the failure to write. */
int output_end(const struct buf *text, int exit_code);

#endif
