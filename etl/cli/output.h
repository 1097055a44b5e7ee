/*
 * stdout: the result, whole, or an error (ERR_OUTPUT, exit code 74).
 *
 * With --output json a command that fails before it has a result writes the error as its document:
 *
 *     {"error":{"kind":"config","exit_code":78,"message":"…","hint":"…"}}
 *
 * kind is a name of base/err.h; hint is null where there is none.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json_writer.h"

/* Logs the error, after err_require() has made a missing error ERR_BUG; returns its exit code, never 0. */
int output_fail(const char *event, struct err *err);

/* For an error that is already logged, such as findings. Returns its exit code. */
int output_refuse(const struct err *err);

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

/* Lines for people: each passes text_excerpt(), since names of the database and the service are in them. Then
 * output_end(). */
int output_end_lines(struct buf *text, int exit_code);

/* The last thing of the process: the first error's document, with --output json, where a command that failed
 * has written nothing. Returns the exit code. */
int output_finish(bool as_json, int exit_code);

/* The member `error` of an object that is open. */
void output_put_error(struct json_writer *json, const struct err *err);

#endif
