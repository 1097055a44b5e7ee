#include "cli/output.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* open() returns the lowest free descriptor: in this order, the one that is closed. */
void output_prepare(void)
{
    static const struct {
        int fd;
        int flags; /* for stdout: read-only, so that writing fails */
    } standard[] = {{STDIN_FILENO, O_RDONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    for (size_t i = 0; i < COUNT_OF(standard); i++)
        if (fcntl(standard[i].fd, F_GETFD) < 0)
            (void)open("/dev/null", standard[i].flags);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* State for output_finish(): the process has one stdout. */
static bool is_written;
static struct err first_error;

int output_refuse(const struct err *err)
{
    if (first_error.kind == ERR_NONE)
        first_error = *err;
    return err_kind_info(err->kind)->exit_code;
}

int output_fail(const char *event, struct err *err)
{
    err_require(err);
    log_error(event, err);
    return output_refuse(err);
}

int output_end(const struct buf *text, int exit_code)
{
    struct err err = {0};
    if (text->is_past) {
        err_set(&err, ERR_CONFIG, "the result is larger than %zu MiB, and is not shown", BUF_OWN_TEXT >> 20);
        err_hint(&err, "name some of the jobs, or give --tag");
    } else if (file_write(STDOUT_FILENO, text)) {
        is_written = is_written || text->length > 0;
        return exit_code;
    } else {
        err_set(&err, ERR_OUTPUT, "cannot write the result to stdout: %s", strerror(errno));
        is_written = true; /* in part */
    }
    int failed = output_fail("output", &err);
    return exit_code ? exit_code : failed;
}

int output_end_lines(struct buf *text, int exit_code)
{
    SCOPED(buf) struct buf safe = buf_make_result();
    for (const char *line = buf_text(text); *line;) {
        size_t length = strcspn(line, "\n");
        SCOPED(mem) char *shown = mem_alloc(length + 1, 1);
        buf_put(&safe, text_excerpt(line, length, shown, length + 1));
        buf_put(&safe, line[length] ? "\n" : "");
        line += length + (line[length] != '\0');
    }
    safe.is_past |= text->is_past;
    return output_end(&safe, exit_code);
}

void output_put_error(struct json_writer *json, const struct err *err)
{
    if (err->kind == ERR_NONE) {
        json_put_null(json, "error");
        return;
    }
    json_begin_object(json, "error");
    json_put_text(json, "kind", err_kind_info(err->kind)->name);
    json_put_integer(json, "exit_code", err_kind_info(err->kind)->exit_code);
    json_put_text(json, "message", err->text);
    json_put_text(json, "hint", *err->hint ? err->hint : NULL);
    json_end(json);
}

void output_add_error(struct buf *document, const struct err *err)
{
    if (err->kind == ERR_NONE || document->is_past)
        return;
    document->bytes[--document->length] = '\0'; /* the line end */
    struct json_writer json = json_writer_reopen(document);
    output_put_error(&json, err);
    json_end(&json);
    buf_put(document, "\n");
}

/* The members that the document of a command always has, in their order, as they are without a result. */
static const struct {
    const char *command;
    const char *name;
    const char *value;
} empty_members[] = {
    {"check", "findings", "[]"},
    {"plan", "jobs", "[]"},
    {"plan", "budget", "null"},
    {"run", "runs", "[]"},
    {"run", "failed", "0"},
    {"reconcile", "months", "[]"},
    {"reconcile", "differences", "0"},
    {"reconcile", "years", "[]"},
    {"changes", "changes", "[]"},
    {"forecast", "contracts", "[]"},
    {"status", "jobs", "[]"},
    {"status", "budget", "null"},
    {"doctor", "checks", "[]"},
};

static void put_empty_members(struct json_writer *json, const char *command)
{
    for (size_t i = 0; i < COUNT_OF(empty_members); i++)
        if (text_equal(empty_members[i].command, command))
            json_put_json(json, empty_members[i].name, empty_members[i].value);
}

int output_finish(const char *command, bool as_json, int exit_code)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct json_writer json = json_writer_make(&out);
    if (!as_json || is_written || exit_code == 0 || first_error.kind == ERR_NONE)
        return exit_code;
    json_begin_object(&json, NULL);
    put_empty_members(&json, command);
    output_put_error(&json, &first_error);
    json_end(&json);
    buf_put(&out, "\n");
    return output_end(&out, exit_code);
}
