/*
 * The log: one line an event, on the descriptor that the command line chose.
 *
 * A line has a level, an event (a stable, hyphenated word that scripts can match) and a message for people.
 * What it is about (job, contract, run, window) comes from the thread's context, so that code deep down need
 * not know.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum log_format {
    LOG_TEXT,     /* time, level, context, message */
    LOG_JSON,     /* one JSON object a line */
    LOG_JOURNALD, /* <N> priority and message: the journal has the time */
};

struct log_options {
    int fd;
    enum log_level level;
    enum log_format format;
    bool colour;
};

/* Before this the log goes to stderr as text, from LOG_INFO on. */
void log_setup(const struct log_options *options);

/* Whether a line of this level would be written: for messages that are costly to make. */
bool log_wanted(enum log_level level);

void log_write(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_info(event, ...) log_write(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_write(LOG_WARN, event, __VA_ARGS__)
#define log_debug(event, ...) log_write(LOG_DEBUG, event, __VA_ARGS__)

/* An error with its hint, once, where it ends. */
void log_error(const char *event, const struct err *err);

/*
 * What this thread works on. Strings are borrowed until the next call; NULL and 0 mean "none". The context of
 * a new thread is empty.
 */
struct log_context {
    const char *job;
    const char *contract;
    const char *window;
    int64_t run_id;
};

void log_set_context(const struct log_context *context);
const struct log_context *log_get_context(void);

#endif
