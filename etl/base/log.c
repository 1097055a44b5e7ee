#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json_writer.h"

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
static struct log_writer diverted;
static _Thread_local struct log_context context;

/* What a line is made of, next to the context. */
struct line {
    enum log_level level;
    const char *event;
    const char *message;
    const struct log_number *numbers; /* NULL: none */
    const struct err *err;            /* NULL: it has none */
};

void log_setup(const struct log_options *chosen)
{
    options = *chosen;
}

void log_divert(struct log_writer writer)
{
    diverted = writer;
}

bool log_wanted(enum log_level level)
{
    return level <= options.level;
}

struct log_scope log_enter(const struct log_context *chosen)
{
    struct log_scope scope = {.former = context};
    context = *chosen;
    return scope;
}

void log_scope_cleanup(struct log_scope *scope)
{
    context = scope->former;
}

/* The size of a contract number as a line shows it, NUL included: the service chooses the number. */
#define SHOWN_CONTRACT 128

static const char *show_contract(char out[static SHOWN_CONTRACT])
{
    const char *contract = context.contract ? context.contract : "";
    return text_excerpt(contract, strlen(contract), out, SHOWN_CONTRACT);
}

static void put_context(struct buf *line)
{
    char contract[SHOWN_CONTRACT];
    if (!context.job)
        return;
    buf_put(line, context.job);
    if (context.contract)
        buf_print(line, " %s", show_contract(contract));
    if (context.window)
        buf_print(line, " %s", context.window);
    if (context.run_id && !options.short_lines)
        buf_print(line, " run %" PRId64, context.run_id);
    buf_put(line, ": ");
}

static void put_text(struct buf *line, enum log_level level, const char *message)
{
    char now[CLOCK_TEXT];
    const char *colour = options.colour ? levels[level].colour : "";
    const char *plain = options.colour ? "\033[0m" : "";
    clock_format(clock_wall_ms(), now);
    if (options.short_lines)
        buf_print(line, "%.8sZ", now + strlen("2026-11-22T"));
    else
        buf_put(line, now);
    buf_print(line, " %s%-5s%s ", colour, levels[level].name, plain);
    put_context(line);
    buf_put(line, message);
}

static void put_journald(struct buf *line, enum log_level level, const char *message)
{
    buf_print(line, "<%d>", levels[level].priority);
    put_context(line);
    buf_put(line, message);
}

static void put_known(struct json_writer *json, const char *name, const char *value)
{
    if (value && *value)
        json_put_text(json, name, value);
}

static void put_json(struct buf *text, const struct line *line)
{
    char now[CLOCK_TEXT];
    char contract[SHOWN_CONTRACT];
    struct json_writer json = json_writer_make(text);
    json_begin_object(&json, NULL);
    json_put_text(&json, "time", clock_format(clock_wall_ms(), now));
    json_put_text(&json, "level", levels[line->level].name);
    put_known(&json, "event", line->event);
    put_known(&json, "job", context.job);
    put_known(&json, "contract", show_contract(contract));
    put_known(&json, "window", context.window);
    if (context.run_id)
        json_put_integer(&json, "run_id", context.run_id);
    put_known(&json, "message", line->message);
    if (line->err) {
        const struct err_kind_info *info = err_kind_info(line->err->kind);
        put_known(&json, "hint", line->err->hint);
        put_known(&json, "kind", info->name);
        json_put_integer(&json, "exit_code", info->exit_code);
    }
    for (const struct log_number *number = line->numbers; number && number->name; number++)
        json_put_integer(&json, number->name, number->value);
    json_end(&json);
}

static void put_line(struct buf *text, const struct line *line)
{
    switch (options.format) {
    case LOG_TEXT:
        put_text(text, line->level, line->message);
        break;
    case LOG_JOURNALD:
        put_journald(text, line->level, line->message);
        break;
    case LOG_JSON:
        put_json(text, line);
        break;
    }
    if (options.format != LOG_JSON && line->err && *line->err->hint)
        buf_print(text, " (%s)", line->err->hint);
}

static void write_line(const struct line *line)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    put_line(&text, line);
    buf_put(&text, "\n");
    if (diverted.write_line) {
        diverted.write_line(diverted.context, text.bytes, text.length);
        return;
    }
    bool ignored = file_write(options.fd, &text);
    (void)ignored;
}

static void write_format(struct line *line, const char *format, va_list arguments)
{
    char text[4096];
    vsnprintf(text, sizeof text, format, arguments);
    text_trim_broken_utf8(text);
    text_make_safe(text);
    line->message = text;
    write_line(line);
}

void log_write(enum log_level level, const char *event, const char *format, ...)
{
    struct line line = {.level = level, .event = event};
    va_list arguments;
    if (!log_wanted(level))
        return;
    va_start(arguments, format);
    write_format(&line, format, arguments);
    va_end(arguments);
}

void log_write_numbers(enum log_level level, const char *event, const struct log_number *numbers,
                       const char *format, ...)
{
    struct line line = {.level = level, .event = event, .numbers = numbers};
    va_list arguments;
    if (!log_wanted(level))
        return;
    va_start(arguments, format);
    write_format(&line, format, arguments);
    va_end(arguments);
}

void log_error(const char *event, const struct err *err)
{
    struct line line = {.level = LOG_ERROR, .event = event, .message = err->text, .err = err};
    if (log_wanted(LOG_ERROR))
        write_line(&line);
}
