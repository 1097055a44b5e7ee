#include "cli/options.h"

#include "base/clock.h"
#include "cli/command_table.h"
#include "cli/option_table.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct option_spec *spec_of(int id)
{
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        if ((int)spec->id == id)
            return spec;
    return NULL;
}

/* One of a list of words, by its place. */
static bool choose(const struct option_spec *spec, const char *value, const char *const *words, size_t count,
                   unsigned *choice, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(value, words[i])) {
            *choice = (unsigned)i;
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "--%s takes %s, not `%s`", spec->name, spec->argument, value);
}

static bool read_date(const struct option_spec *spec, const char *value, date_t *date, struct err *err)
{
    return date_parse(value, strlen(value), date) ||
           err_set(err, ERR_USAGE, "--%s takes a date as 2026-11-22, not `%s`", spec->name, value);
}

static bool apply_words(struct options *options, const struct option_spec *spec, const char *value,
                        struct err *err)
{
    static const char *const outputs[] = {"text", "json"};
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    static const char *const progress[] = {"auto", "always", "never"};
    unsigned choice = 0;
    if (spec->id == OPTION_OUTPUT) {
        if (!choose(spec, value, outputs, COUNT_OF(outputs), &choice, err))
            return false;
        options->output = choice == 0 ? OUTPUT_TEXT : OUTPUT_JSON;
    } else if (spec->id == OPTION_LOG_LEVEL) {
        if (!choose(spec, value, levels, COUNT_OF(levels), &choice, err))
            return false;
        options->log_level = (enum log_level)choice;
    } else if (spec->id == OPTION_LOG_FORMAT) {
        if (!choose(spec, value, outputs, COUNT_OF(outputs), &choice, err))
            return false;
        options->log_format = choice == 0 ? LOG_TEXT : LOG_JSON;
        options->log_format_given = true;
    } else {
        if (!choose(spec, value, progress, COUNT_OF(progress), &choice, err))
            return false;
        options->progress = (enum progress_choice)choice;
    }
    return true;
}

static bool read_duration(const struct option_spec *spec, const char *value, int64_t *duration_ms,
                          struct err *err)
{
    return duration_parse(value, duration_ms) ||
           err_set(err, ERR_USAGE, "--%s takes a duration such as 30s, 5m or 2h, not `%s`", spec->name,
                   value);
}

static bool read_port(struct options *options, const char *value, struct err *err)
{
    uint64_t port;
    if (!text_to_uint(value, UINT16_MAX, &port) || port == 0)
        return err_set(err, ERR_USAGE, "--port takes a number from 1 to 65535, not `%s`", value);
    options->port = (uint16_t)port;
    return true;
}

/* The options that take no value. */
static void set_flag(struct options *options, enum option_id id)
{
    const struct {
        enum option_id id;
        bool *flag;
    } flags[] = {
        {OPTION_HELP, &options->help},
        {OPTION_VERSION, &options->version},
        {OPTION_NO_BROWSER, &options->no_browser},
        {OPTION_JOB, &options->starter_job},
        {OPTION_REBUILD, &options->rebuild},
        {OPTION_AGAIN, &options->again},
        {OPTION_ACCEPT, &options->accept},
        {OPTION_REPAIR, &options->repair},
        {OPTION_ROWS, &options->rows},
        {OPTION_SQL, &options->sql},
        {OPTION_REPORTS, &options->reports},
        {OPTION_NAMES, &options->names},
    };
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (flags[i].id == id)
            *flags[i].flag = true;
}

static bool apply(struct options *options, const struct option_spec *spec, const char *value, struct err *err)
{
    switch (spec->id) {
    case OPTION_CONFIG:
        options->config = value;
        return true;
    case OPTION_JOBS:
        options->jobs_directory = value;
        return true;
    case OPTION_TAG:
        options->tag = value;
        return true;
    case OPTION_FROM:
        options->window.given = true;
        return read_date(spec, value, &options->window.from, err);
    case OPTION_TO:
        options->window.given = true;
        return read_date(spec, value, &options->window.to, err);
    case OPTION_SINCE:
        options->since_given = true;
        return read_date(spec, value, &options->since, err);
    case OPTION_PORT:
        return read_port(options, value, err);
    case OPTION_WAIT:
        return read_duration(spec, value, &options->wait_ms, err);
    case OPTION_CONTRACT:
        options->contract = value;
        return true;
    case OPTION_HTML:
        options->html = value;
        return true;
    case OPTION_OUTPUT:
    case OPTION_LOG_LEVEL:
    case OPTION_LOG_FORMAT:
    case OPTION_PROGRESS:
        return apply_words(options, spec, value, err);
    case OPTION_HELP:
    case OPTION_VERSION:
    case OPTION_NO_BROWSER:
    case OPTION_JOB:
    case OPTION_REBUILD:
    case OPTION_AGAIN:
    case OPTION_ACCEPT:
    case OPTION_REPAIR:
    case OPTION_ROWS:
    case OPTION_SQL:
    case OPTION_REPORTS:
    case OPTION_NAMES:
        break;
    }
    set_flag(options, spec->id);
    return true;
}

/* What getopt_long could not read, in words. */
static bool refuse_unknown(int problem, const char *word, struct err *err)
{
    const char *names[OPTION_SPECS_MAX];
    size_t count = 0;
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        names[count++] = spec->name;
    if (problem == ':')
        return err_set(err, ERR_USAGE, "%s needs a value", word);
    err_set(err, ERR_USAGE, "there is no option %s", word);
    const char *nearest = text_starts_with(word, "--") ? text_nearest(word + 2, names, count) : NULL;
    return nearest ? err_hint(err, "did you mean --%s?", nearest) : err_hint(err, "see tokenflex-etl --help");
}

struct parsing {
    struct options *options;
    struct arena *arena;
    const struct option_spec *given[OPTION_SPECS_MAX]; /* each once, for what the command does not take */
    size_t given_count;
    bool from;
    bool to;
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
    for (size_t i = 0; i < parsing->given_count; i++)
        if (!(parsing->given[i]->commands & options->command->flag))
            return err_set(err, ERR_USAGE, "`%s` takes no --%s", options->command->name,
                           parsing->given[i]->name);
    if (options->arguments.count > 0 && !*options->command->arguments)
        return err_set(err, ERR_USAGE, "`%s` takes no arguments, found `%s`", options->command->name,
                       options->arguments.items[0]);
    if (parsing->from != parsing->to)
        return err_set(err, ERR_USAGE, "--from and --to go together");
    if (options->window.given && options->window.from >= options->window.to)
        return err_set(err, ERR_USAGE, "--from must be before --to, which is no longer loaded");
    if (options->sql && options->output == OUTPUT_JSON)
        return err_set(err, ERR_USAGE, "--sql prints SQL: it does not go with --output json");
    return true;
}

bool options_parse(int argc, char **argv, struct arena *arena, struct options *options, struct err *err)
{
    struct option longs[OPTION_SPECS_MAX + 1] = {0};
    struct parsing parsing = {.options = options, .arena = arena};
    *options = (struct options){.log_level = LOG_INFO};
    struct option *slot = longs;
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        *slot++ = (struct option){spec->name, spec->argument ? required_argument : no_argument, NULL,
                                  (int)spec->id};
    opterr = 0;
    for (int id; (id = getopt_long(argc, argv, ":c:j:hV", longs, NULL)) != -1;) {
        const struct option_spec *spec = spec_of(id);
        if (!spec)
            return refuse_unknown(id, argv[optind - 1], err);
        parsing.from |= spec->id == OPTION_FROM;
        parsing.to |= spec->id == OPTION_TO;
        if (parsing.given_count < COUNT_OF(parsing.given))
            parsing.given[parsing.given_count++] = spec;
        if (!apply(options, spec, optarg, err))
            return false;
    }
    return take_words(&parsing, argc, argv, err) && check_combination(&parsing, err);
}
