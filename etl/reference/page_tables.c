#include "reference/page_tables.h"

#include "base/exit_code.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/command_table.h"
#include "report/metrics/metric_table.h"

#include <string.h>

#define BEGIN "<!-- generated: "
#define END "<!-- end -->\n"
#define MAX_BYTES ((size_t)1 << 20)

static void put_options(const struct command *command, struct buf *out)
{
    const char *before = "";
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        if (spec->is_global || !command_takes(command, spec))
            continue;
        buf_print(out, "%s`--%s`", before, spec->name);
        before = ", ";
    }
}

static void put_commands(struct buf *out)
{
    buf_put(out, "| command | does | options |\n| --- | --- | --- |\n");
    for (const struct command *command = commands; command->name; command++) {
        if (!command->summary)
            continue;
        buf_print(out, "| `tokenflex-etl %s` | ", command->name);
        if (command->page)
            buf_print(out, "[%s](etl/docs/%s)", command->summary, command->page);
        else
            buf_put(out, command->summary);
        buf_put(out, " | ");
        put_options(command, out);
        buf_put(out, " |\n");
    }
}

static void put_exit_codes(struct buf *out)
{
    buf_put(out, "| code | meaning | what to do |\n| --- | --- | --- |\n");
    for (const struct exit_code *code = exit_codes; code->meaning; code++)
        buf_print(out, "| %d | %s | %s |\n", code->code, code->meaning, code->advice);
}

static void put_metrics(struct buf *out)
{
    buf_put(out, "| metric | labels | meaning |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < METRICS; i++)
        buf_print(out, "| `%s%s` | %s | %s |\n", METRICS_PREFIX, metric_table[i].name, metric_table[i].labels,
                  metric_table[i].help);
}

static const struct {
    const char *begin;
    void (*put)(struct buf *out);
} tables[] = {
    {BEGIN "commands -->\n", put_commands},
    {BEGIN "exit-codes -->\n", put_exit_codes},
    {BEGIN "metrics -->\n", put_metrics},
};

/* Appends the table that begins at the line, and returns what comes after its last line; NULL: see err. */
static const char *put_table(const char *line, struct buf *out, struct err *err)
{
    const char *end = strstr(line, END);
    for (size_t i = 0; end && i < COUNT_OF(tables); i++) {
        if (!text_starts_with(line, tables[i].begin))
            continue;
        buf_put(out, tables[i].begin);
        tables[i].put(out);
        buf_put(out, END);
        return end + strlen(END);
    }
    err_set(err, ERR_CONFIG, "%.*s: %s", (int)strcspn(line, "\n"), line,
            end ? "there is no such table" : "the table has no end");
    return NULL;
}

bool page_tables_put(const char *path, struct buf *out, struct err *err)
{
    SCOPED(buf) struct buf page = buf_make(MAX_BYTES);
    if (!file_read(path, &page))
        return err_set(err, ERR_CONFIG, "%s cannot be read", path);
    for (const char *line = buf_text(&page); line && *line;) {
        size_t length = strcspn(line, "\n");
        if (text_starts_with(line, BEGIN)) {
            line = put_table(line, out, err);
            continue;
        }
        buf_print(out, "%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    return err->kind == ERR_NONE;
}
