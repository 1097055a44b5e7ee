/*
 * stdout: the result, whole, or an error (ERR_OUTPUT, exit code 74).
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/buf.h"
#include "base/err.h"

/* Logs the error, which err_require() may have to give a reason; returns its exit code, never 0. */
int output_fail(const char *event, struct err *err);

/*
 * Before anything is opened. Where stdin, stdout or stderr is closed, its number is given to a file that
 * takes the standard file's place, so that no connection or token file gets it, and the result with it:
 * writing to a stdout that was closed stays an error. A reader of stdout that goes away raises no SIGPIPE.
 */
void output_prepare(void);

/*
 * Writes all of text to stdout; returns exit_code, or, where that is 0, the one of the failure to write (a
 * full disk, a closed pipe, a closed file: ERR_OUTPUT). A result that has passed its ceiling
 * (buf_make_result()) is not written: ERR_CONFIG.
 */
int output_end(const struct buf *text, int exit_code);

#endif
