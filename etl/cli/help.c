#include "cli/help.h"

#include "base/arena.h"
#include "base/exit_code.h"
#include "cli/option_table.h"
#include "cli/prose.h"
#include "job/key_list.h"
#include "report/metrics/metric_table.h"

#include <stdio.h>
#include <string.h>

/* The column at which the help of an option begins. */
#define HELP_COLUMN 31

static const char about[] =
    "Loads Autodesk Token Flex usage into PostgreSQL. It runs the queries of YAML job definitions and "
    "upserts the rows into tables made from the results' columns.";

static void put_option(const struct option_spec *spec, struct buf *out)
{
    size_t before = out->length;
    if (spec->letter)
        buf_print(out, "  -%c, --%s", spec->letter, spec->name);
    else
        buf_print(out, "      --%s", spec->name);
    if (spec->argument)
        buf_print(out, " %s", spec->argument);
    size_t columns = out->length - before;
    if (columns >= HELP_COLUMN) {
        buf_put(out, "\n");
        columns = 0;
    }
    buf_print(out, "%*s", (int)(HELP_COLUMN - columns), "");
    prose_put_hanging(spec->help, HELP_COLUMN, HELP_COLUMN, out);
}

static void put_global_options(struct buf *out)
{
    buf_put(out, "\nglobal options:\n");
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        if (spec->is_global)
            put_option(spec, out);
}

static void put_own_options(const struct command *command, struct buf *out)
{
    if (!command->options)
        return;
    buf_put(out, "\noptions:\n");
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        if (!spec->is_global && command_takes(command, spec))
            put_option(spec, out);
}

static void put_program_help(struct buf *out)
{
    prose_put(about, 0, out);
    buf_put(out, "\nusage: tokenflex-etl [GLOBAL OPTIONS] COMMAND [OPTIONS] [JOB…]\n\ncommands:\n");
    for (const struct command *command = commands; command->name; command++)
        if (command->summary)
            buf_print(out, "  %-10s %s\n", command->name, command->summary);
    put_global_options(out);
    buf_put(out, "\nexit codes:\n");
    for (const struct exit_code *code = exit_codes; code->meaning; code++)
        buf_print(out, "  %-3d %s\n", code->code, code->meaning);
    buf_put(out, "\ntokenflex-etl COMMAND --help describes a command, tokenflex-etl help settings\nand help "
                 "job describe every key of the files, help metrics every metric.\n");
}

void help_put(const struct command *command, struct buf *out)
{
    if (!command) {
        put_program_help(out);
        return;
    }
    buf_print(out, "usage: tokenflex-etl [GLOBAL OPTIONS] %s%s%s%s\n\n", command->name,
              command->options ? " [OPTIONS]" : "", *command->arguments ? " " : "", command->arguments);
    prose_put(command->description, 0, out);
    put_own_options(command, out);
    put_global_options(out);
}

static void put_entry(const struct key_entry *entry, struct buf *out)
{
    buf_print(out, "%s%s", entry->depth == 0 ? "\n" : "", entry->path);
    if (entry->key->kind != KEY_MAPPING)
        buf_print(out, "  (%s", entry->value);
    if (*entry->default_value)
        buf_print(out, "; default: %s", entry->default_value);
    if (entry->key->required)
        buf_put(out, entry->key->kind == KEY_MAPPING ? "  (required" : "; required");
    buf_put(out, entry->key->kind == KEY_MAPPING && !entry->key->required ? "\n" : ")\n");
    prose_put(entry->text, 4, out);
}

void help_put_topic(const struct help_topic *topic, struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct key_entries entries = key_list(topic->keys, arena);
    prose_put(topic->description, 0, out);
    for (size_t i = 0; i < entries.count; i++)
        put_entry(&entries.items[i], out);
    buf_put(out, "\n");
    prose_put(topic->examples, 0, out);
}

void help_put_metrics(struct buf *out)
{
    prose_put("Metrics of `run.metrics_file`, for Prometheus. All are gauges.", 0, out);
    for (size_t i = 0; i < METRICS; i++) {
        const struct metric *metric = &metric_table[i];
        bool has_labels = *metric->labels;
        buf_print(out, "\n%s%s%s%s%s\n", METRICS_PREFIX, metric->name, has_labels ? "{" : "", metric->labels,
                  has_labels ? "}" : "");
        prose_put(metric->help, 4, out);
    }
}
