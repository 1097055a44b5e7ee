/*
 * stdout: the result, whole, or an error.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/buf.h"
#include "base/err.h"

/* Logs the error, which err_require() may have to give a reason; returns its exit code, never 0. */
int output_fail(const char *event, struct err *err);

/*
 * Writes all of text to stdout; returns exit_code, or, where that is 0, the one of the failure to write (a
 * full disk, a closed pipe: ERR_UNAVAILABLE). A result that has passed its ceiling (buf_make_result()) is not
 * written: ERR_CONFIG.
 */
int output_end(const struct buf *text, int exit_code);

#endif
