#include "report/doctor/checks.h"

#include "base/json_writer.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Long enough for an error with its body; what is longer is cut. */
#define MAX_MESSAGE 2048

static void add(struct doctor_checks *checks, const struct check *check, const char *format,
                va_list arguments)
{
    char message[MAX_MESSAGE];
    struct check *slot = arena_push(checks->arena, &checks->items, &checks->count, sizeof *slot);
    vsnprintf(message, sizeof message, format, arguments);
    text_trim_broken_utf8(message);
    *slot = *check;
    slot->message = arena_copy_text(checks->arena, message);
    slot->advice = check->advice && *check->advice ? arena_copy_text(checks->arena, check->advice) : NULL;
}

void check_ok(struct doctor_checks *checks, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(checks, &(struct check){.name = name, .status = CHECK_OK}, format, arguments);
    va_end(arguments);
}

void check_warn(struct doctor_checks *checks, const char *name, const char *advice, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(checks, &(struct check){.name = name, .status = CHECK_WARN, .advice = advice}, format, arguments);
    va_end(arguments);
}

void check_fail(struct doctor_checks *checks, const struct check_failure *failure, const char *format, ...)
{
    va_list arguments;
    const struct check check = {
        .name = failure->name, .status = CHECK_FAIL, .kind = failure->kind, .advice = failure->advice};
    va_start(arguments, format);
    add(checks, &check, format, arguments);
    va_end(arguments);
}

void check_error(struct doctor_checks *checks, const char *name, const struct err *err)
{
    check_fail(checks, &(struct check_failure){name, err->kind, err->hint}, "%s", err->text);
}

void check_skip(struct doctor_checks *checks, const char *name, const char *format, ...)
{
    char why[MAX_MESSAGE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    check_warn(checks, name, NULL, "skipped: %s", why);
    checks->items[checks->count - 1].skipped = true;
}

const struct check *check_find(const struct doctor_checks *checks, const char *name)
{
    for (size_t i = 0; i < checks->count; i++)
        if (text_equal(checks->items[i].name, name))
            return &checks->items[i];
    return NULL;
}

bool check_has_not_failed(const struct doctor_checks *checks, const char *name)
{
    const struct check *check = check_find(checks, name);
    return check && check->status != CHECK_FAIL;
}

int checks_exit_code(const struct doctor_checks *checks)
{
    static const enum err_kind worst_first[] = {ERR_AUTH, ERR_UNAVAILABLE, ERR_CONFIG, ERR_CREATE};
    int other = 0;
    for (size_t rank = 0; rank < COUNT_OF(worst_first); rank++)
        for (size_t i = 0; i < checks->count; i++)
            if (checks->items[i].status == CHECK_FAIL && checks->items[i].kind == worst_first[rank])
                return err_kind_info(worst_first[rank])->exit_code;
    for (size_t i = 0; i < checks->count && other == 0; i++)
        if (checks->items[i].status == CHECK_FAIL)
            other = err_kind_info(checks->items[i].kind)->exit_code;
    return other;
}

static const char *status_name(enum check_status status)
{
    switch (status) {
    case CHECK_OK:
        return "ok";
    case CHECK_WARN:
        return "warn";
    case CHECK_FAIL:
        break;
    }
    return "fail";
}

static int widest_name(const struct doctor_checks *checks)
{
    int width = 0;
    for (size_t i = 0; i < checks->count; i++) {
        int length = (int)strlen(checks->items[i].name);
        width = length > width ? length : width;
    }
    return width;
}

void checks_put_text(const struct doctor_checks *checks, struct buf *out)
{
    int width = widest_name(checks);
    size_t skipped = 0;
    size_t counts[] = {[CHECK_OK] = 0, [CHECK_WARN] = 0, [CHECK_FAIL] = 0};
    for (size_t i = 0; i < checks->count; i++) {
        const struct check *check = &checks->items[i];
        counts[check->status] += !check->skipped;
        skipped += check->skipped;
        buf_print(out, "%-4s  %-*s  %s\n", status_name(check->status), width, check->name, check->message);
        if (check->advice)
            buf_print(out, "      %*s  → %s\n", width, "", check->advice);
    }
    buf_print(out, "\n%zu ok, %zu warn, %zu skipped, %zu failed\n", counts[CHECK_OK], counts[CHECK_WARN],
              skipped, counts[CHECK_FAIL]);
}

void checks_put_json(const struct doctor_checks *checks, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "checks");
    for (size_t i = 0; i < checks->count; i++) {
        const struct check *check = &checks->items[i];
        json_begin_object(&json, NULL);
        json_put_text(&json, "name", check->name);
        json_put_text(&json, "status", status_name(check->status));
        json_put_text(&json, "message", check->message);
        json_put_text(&json, "advice", check->advice);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
    buf_put(out, "\n");
}
