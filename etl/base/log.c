#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *colour;
    int priority; /* syslog's, for the journal */
} levels[] = {
    [LOG_ERROR] = {"error", "\033[31m", 3},
    [LOG_WARN] = {"warn", "\033[33m", 4},
    [LOG_INFO] = {"info", "\033[32m", 6},
    [LOG_DEBUG] = {"debug", "\033[2m", 7},
};

static struct log_options options = {.fd = STDERR_FILENO, .level = LOG_INFO, .format = LOG_TEXT};
static _Thread_local struct log_context context;

void log_setup(const struct log_options *chosen)
{
    options = *chosen;
}

bool log_wanted(enum log_level level)
{
    return level <= options.level;
}

void log_set_context(const struct log_context *chosen)
{
    context = *chosen;
}

const struct log_context *log_get_context(void)
{
    return &context;
}

static void put_context(struct buf *line)
{
    if (!context.job)
        return;
    buf_put(line, context.job);
    if (context.contract)
        buf_print(line, " %s", context.contract);
    if (context.window)
        buf_print(line, " %s", context.window);
    if (context.run_id)
        buf_print(line, " run %" PRId64, context.run_id);
    buf_put(line, ": ");
}

static void put_text(struct buf *line, enum log_level level, const char *message)
{
    char now[CLOCK_TEXT];
    const char *colour = options.colour ? levels[level].colour : "";
    const char *plain = options.colour ? "\033[0m" : "";
    buf_print(line, "%s %s%-5s%s ", clock_format(clock_wall_ms(), now), colour, levels[level].name, plain);
    put_context(line);
    buf_put(line, message);
}

static void put_journald(struct buf *line, enum log_level level, const char *message)
{
    buf_print(line, "<%d>", levels[level].priority);
    put_context(line);
    buf_put(line, message);
}

static void put_json_member(struct buf *line, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    buf_print(line, ",\"%s\":", name);
    json_text_put_string(line, value, strlen(value));
}

static void put_json(struct buf *line, enum log_level level, const char *event, const char *message,
                     const char *hint)
{
    char now[CLOCK_TEXT];
    buf_print(line, "{\"time\":\"%s\",\"level\":\"%s\"", clock_format(clock_wall_ms(), now),
              levels[level].name);
    put_json_member(line, "event", event);
    put_json_member(line, "job", context.job);
    put_json_member(line, "contract", context.contract);
    put_json_member(line, "window", context.window);
    if (context.run_id)
        buf_print(line, ",\"run_id\":%" PRId64, context.run_id);
    put_json_member(line, "message", message);
    put_json_member(line, "hint", hint);
    buf_put(line, "}");
}

static void write_line(enum log_level level, const char *event, const char *message, const char *hint)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    switch (options.format) {
    case LOG_TEXT:
        put_text(&line, level, message);
        break;
    case LOG_JOURNALD:
        put_journald(&line, level, message);
        break;
    case LOG_JSON:
        put_json(&line, level, event, message, hint);
        break;
    }
    if (options.format != LOG_JSON && hint && *hint)
        buf_print(&line, " (%s)", hint);
    /* A message is one line whatever is in it: nobody forges a second one. */
    for (size_t i = 0; i < line.length; i++)
        if (line.bytes[i] == '\n' || line.bytes[i] == '\r')
            line.bytes[i] = ' ';
    buf_put(&line, "\n");
    ssize_t ignored = write(options.fd, line.bytes, line.length);
    (void)ignored;
}

void log_write(enum log_level level, const char *event, const char *format, ...)
{
    if (!log_wanted(level))
        return;
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    write_line(level, event, text, NULL);
}

void log_error(const char *event, const struct err *err)
{
    if (log_wanted(LOG_ERROR))
        write_line(LOG_ERROR, event, err->text, err->hint);
}
