/*
 * The log: one line an event, on the descriptor that the command line chose.
 *
 * A line has a level, an event (a stable, hyphenated word that scripts can match) and a message for people.
 * The job, contract, run and window come from the thread's context, so that low-level code does not have to
 * know them.
 *
 * As JSON a line is an object with these keys, in this order. They are stable; later versions may add others:
 *
 *     time       2026-11-22T03:04:05.678Z
 *     level      error, warn, info, debug
 *     event      chunk-loaded, budget-wait, http-request, …
 *     job, contract, window, run_id    where the line is about one
 *     message    for people: never to be parsed
 *     hint       what to do, where there is something
 *     kind       of an error: unavailable, data, try-later, … (base/err_kinds.def)
 *     exit_code  of an error: the one that it leads to
 *
 * and with the event's own numbers behind them: rows_read, rows_inserted, requests, elapsed_ms, wait_ms, …
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"
#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum log_format {
    LOG_TEXT,     /* time, level, context, message, hint */
    LOG_JSON,     /* one JSON object per line */
    LOG_JOURNALD, /* <N> priority, context, message, hint: the journal has the time */
};

struct log_options {
    int fd;
    enum log_level level;
    enum log_format format;
    bool colour;
    bool short_lines; /* text, for a terminal: the time of day alone, in UTC, and no run_id */
};

/* Before this the log goes to stderr as text, from LOG_INFO on. */
void log_setup(const struct log_options *options);

/* Whether a line of this level would be written: for messages that are costly to make. */
bool log_wanted(enum log_level level);

void log_write(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_info(event, ...) log_write(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_write(LOG_WARN, event, __VA_ARGS__)
#define log_debug(event, ...) log_write(LOG_DEBUG, event, __VA_ARGS__)

/* A number of an event: a key of its own in a JSON line. The message has it too. */
struct log_number {
    const char *name; /* NULL ends a list */
    int64_t value;
};
#define LOG_NUMBERS(...) ((const struct log_number[]){__VA_ARGS__, {0}})

void log_write_numbers(enum log_level level, const char *event, const struct log_number *numbers,
                       const char *format, ...) PRINTF_LIKE(4, 5);

/*
 * Sends log lines to a function instead of the descriptor: each call gets one whole line with its line end.
 * This is for code that shows something else on the same descriptor. Several threads may call the function at
 * once. write_line NULL: lines go to the descriptor again. Must be called while no other thread logs.
 */
struct log_writer {
    void (*write_line)(void *context, const char *line, size_t length);
    void *context;
};
void log_divert(struct log_writer writer);

/* Logs an error with its hint, once, where it is handled. */
void log_error(const char *event, const struct err *err);

/* What this thread works on. NULL and 0 mean "none". The context of a new thread is empty. */
struct log_context {
    const char *job;
    const char *contract;
    const char *window;
    int64_t run_id;
};

/*
 * Sets the thread's context for a block. The end of the scope restores the previous context. Scopes of one
 * thread nest.
 *
 *     SCOPED(log_scope) struct log_scope scope = log_enter(&(struct log_context){.job = job->name});
 *
 * The strings are borrowed until the end of the scope.
 */
struct log_scope {
    struct log_context former;
};
MUST_CHECK struct log_scope log_enter(const struct log_context *context);
void log_scope_cleanup(struct log_scope *scope);

#endif
