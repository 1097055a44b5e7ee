#include "cli/options_parse.h"

#include "base/clock.h"
#include "cli/choice.h"
#include "cli/command_table.h"
#include "cli/option_table.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* getopt_long() returns this plus the id of a long option. */
#define FIRST_LONG 256

static const struct option_spec *spec_of(int value)
{
    if (value >= FIRST_LONG)
        return &option_specs[value - FIRST_LONG];
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        if (spec->letter && spec->letter == value)
            return spec;
    return NULL;
}

static bool read_word(const struct option_spec *spec, const char *value, unsigned *member, struct err *err)
{
    const char *words = spec->argument;
    struct choice choice;
    for (unsigned at = 0; choice_next(&words, &choice); at++) {
        if (strlen(value) == choice.length && memcmp(value, choice.word, choice.length) == 0) {
            *member = at;
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "--%s takes %s, not `%s`", spec->name, spec->argument, value);
}

static bool read_date(const struct option_spec *spec, const char *value, date_t *member, struct err *err)
{
    return date_parse(value, strlen(value), member) ||
           err_set(err, ERR_USAGE, "--%s takes a date as 2026-11-22, not `%s`", spec->name, value);
}

static bool read_duration(const struct option_spec *spec, const char *value, int64_t *member, struct err *err)
{
    return duration_parse(value, member) ||
           err_set(err, ERR_USAGE, "--%s takes a duration such as 30s, 5m or 2h, not `%s`", spec->name,
                   value);
}

static bool read_port(const struct option_spec *spec, const char *value, uint16_t *member, struct err *err)
{
    uint64_t port;
    if (!text_to_uint(value, UINT16_MAX, &port) || port == 0)
        return err_set(err, ERR_USAGE, "--%s takes a number from 1 to 65535, not `%s`", spec->name, value);
    *member = (uint16_t)port;
    return true;
}

static bool read_value(const struct option_spec *spec, const char *value, void *member, struct err *err)
{
    switch (spec->kind) {
    case OPTION_KIND_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_KIND_TEXT:
        *(const char **)member = value;
        return *value || err_set(err, ERR_USAGE, "--%s is empty; it takes %s", spec->name, spec->argument);
    case OPTION_KIND_WORD:
        return read_word(spec, value, member, err);
    case OPTION_KIND_DATE:
        return read_date(spec, value, member, err);
    case OPTION_KIND_DURATION:
        return read_duration(spec, value, member, err);
    case OPTION_KIND_PORT:
        return read_port(spec, value, member, err);
    }
    return false;
}

/* The error for an option that getopt_long() does not accept. */
static bool refuse_unknown(int problem, const char *word, struct err *err)
{
    const char *names[OPTIONS];
    for (size_t i = 0; i < OPTIONS; i++)
        names[i] = option_specs[i].name;
    if (problem == ':')
        return err_set(err, ERR_USAGE, "%s needs a value", word);
    err_set(err, ERR_USAGE, "there is no option %s", word);
    const char *nearest = text_starts_with(word, "--") ? text_nearest(word + 2, names, OPTIONS) : NULL;
    return nearest ? err_hint(err, "did you mean --%s?", nearest) : err_hint(err, "see tokenflex-etl --help");
}

struct parsing {
    struct options *options;
    struct arena *arena;
    bool given[OPTIONS];
};

static bool take_words(struct parsing *parsing, int argc, char **argv, struct err *err)
{
    struct options *options = parsing->options;
    for (int i = optind; i < argc; i++) {
        if (!options->command) {
            options->command = command_find(argv[i], err);
            if (!options->command)
                return false;
            continue;
        }
        const char **slot =
            arena_push(parsing->arena, &options->arguments.items, &options->arguments.count, sizeof *slot);
        *slot = argv[i];
    }
    return true;
}

static bool check_combination(const struct parsing *parsing, struct err *err)
{
    const struct options *options = parsing->options;
    if (options->help || options->version)
        return true;
    if (!options->command) {
        err_set(err, ERR_USAGE, "a command is missing");
        return err_hint(err, "see tokenflex-etl --help");
    }
    for (size_t i = 0; i < OPTIONS; i++)
        if (parsing->given[i] && !command_takes(options->command, &option_specs[i]))
            return err_set(err, ERR_USAGE, "`%s` takes no --%s", options->command->name,
                           option_specs[i].name);
    if (options->arguments.count > 0 && !*options->command->arguments)
        return err_set(err, ERR_USAGE, "`%s` takes no arguments, found `%s`", options->command->name,
                       options->arguments.items[0]);
    if (parsing->given[OPTION_FROM] != parsing->given[OPTION_TO])
        return err_set(err, ERR_USAGE, "--from and --to go together");
    if (options->window.given && options->window.from >= options->window.to)
        return err_set(err, ERR_USAGE, "--from must be before --to, the first day that is not loaded");
    if (options->sql && options->output == OUTPUT_JSON)
        return err_set(err, ERR_USAGE, "--sql prints SQL: it cannot be combined with --output json");
    return true;
}

/* The two forms in which getopt_long() takes the table. */
struct getopt_table {
    char letters[2 * OPTIONS + 2];
    struct option longs[OPTIONS + 1];
};

static void fill(struct getopt_table *table)
{
    char *letter = table->letters;
    *letter++ = ':';
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option_spec *spec = &option_specs[i];
        table->longs[i] = (struct option){spec->name, spec->argument ? required_argument : no_argument, NULL,
                                          FIRST_LONG + (int)i};
        if (spec->letter)
            *letter++ = spec->letter;
        if (spec->letter && spec->argument)
            *letter++ = ':';
    }
}

/* The command of a line that cannot be parsed, for the form of its document. */
static const struct command *find_command(int argc, char **argv)
{
    struct err ignored;
    const struct command *found = NULL;
    for (int i = 1; i < argc && !found; i++)
        found = command_find(argv[i], &ignored);
    return found;
}

/* The form of the error of a line that cannot be parsed: --output may be behind what is wrong. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool is_given = text_equal(argv[i], "--output") && i + 1 < argc && text_equal(argv[i + 1], "json");
        if (is_given || text_equal(argv[i], "--output=json"))
            return true;
    }
    return false;
}

static bool parse(int argc, char **argv, struct arena *arena, struct options *options, struct err *err)
{
    struct getopt_table table = {0};
    struct parsing parsing = {.options = options, .arena = arena};
    *options = (struct options){.log_level = LOG_INFO};
    fill(&table);
    opterr = 0;
    for (int value; (value = getopt_long(argc, argv, table.letters, table.longs, NULL)) != -1;) {
        const struct option_spec *spec = spec_of(value);
        if (!spec)
            return refuse_unknown(value, argv[optind - 1], err);
        parsing.given[spec->id] = true;
        if (!read_value(spec, optarg, (char *)options + spec->at, err))
            return false;
        options->window.given = parsing.given[OPTION_FROM] || parsing.given[OPTION_TO];
        options->since_given = parsing.given[OPTION_SINCE];
        options->log_format_given = parsing.given[OPTION_LOG_FORMAT];
    }
    return take_words(&parsing, argc, argv, err) && check_combination(&parsing, err);
}

bool options_parse(int argc, char **argv, struct arena *arena, struct options *options, struct err *err)
{
    if (parse(argc, argv, arena, options, err))
        return true;
    if (!options->command)
        options->command = find_command(argc, argv);
    if (wants_json(argc, argv))
        options->output = OUTPUT_JSON;
    return false;
}
