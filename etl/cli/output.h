/*
 * Writing the result to stdout. If it cannot be written as a whole, that is an error (ERR_OUTPUT, exit code
 * 74).
 *
 * With --output json a command that fails before it has a result writes an empty result with the error as its
 * document, such as:
 *
 *     {"runs":[],"failed":0,"error":{"kind":"config","exit_code":78,"message":"…","hint":"…"}}
 *
 * kind is a name of base/err_kinds.def. hint may be null.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json_writer.h"

/* Logs the error and returns its exit code, never 0: err_require() makes a missing error ERR_BUG. */
int output_fail(const char *event, struct err *err);

/* For an error that is already logged, such as findings. Returns its exit code. */
int output_refuse(const struct err *err);

/*
 * Call it before any file is opened. If stdin, stdout or stderr is closed, it opens a file with that
 * descriptor, so that no connection or token file gets the descriptor and receives the result. Writing to a
 * stdout that was closed is still an error. SIGPIPE is ignored.
 */
void output_prepare(void);

/*
 * Writes all of text to stdout and returns exit_code. If the write fails (full disk, closed pipe, closed
 * file) and exit_code is 0, it returns the exit code of ERR_OUTPUT. A result that has reached its limit
 * (buf_make_result()) is not written: ERR_CONFIG.
 */
int output_end(const struct buf *text, int exit_code);

/* For lines for people, which have names from the database and the service: passes each line through
 * text_excerpt(), then calls output_end(). */
int output_end_lines(struct buf *text, int exit_code);

/* Call it last. With --output json it writes the first error in an empty result of the command ("": none is
 * known) if the command failed and wrote nothing. Returns the exit code. */
int output_finish(const char *command, bool as_json, int exit_code);

/* The member `error` of an object that is open: null if err has no kind. */
void output_put_error(struct json_writer *json, const struct err *err);

/* Adds the member `error` to a complete document with its line end, if there is an error: the document has
 * the result of what could be done. */
void output_add_error(struct buf *document, const struct err *err);

#endif
