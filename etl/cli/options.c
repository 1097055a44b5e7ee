#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum option_id {
    OPTION_CONFIG = 'c',
    OPTION_JOBS = 'j',
    OPTION_HELP = 'h',
    OPTION_VERSION = 'V',
    OPTION_OUTPUT = 256,
    OPTION_LOG_LEVEL,
    OPTION_LOG_FORMAT,
    OPTION_PROGRESS,
    OPTION_TAG,
    OPTION_FROM,
    OPTION_TO,
    OPTION_REBUILD,
    OPTION_AGAIN,
    OPTION_NO_BROWSER,
    OPTION_PORT,
    OPTION_CONTRACT,
    OPTION_JOB,
    OPTION_SQL,
    OPTION_REPORTS,
};

struct option_spec {
    enum option_id id;
    const char *name;
    const char *argument; /* NULL: takes none */
    unsigned commands;    /* FOR_ALL: a global option */
    const char *help;
};

static const struct option_spec specs[] = {
    {OPTION_CONFIG, "config", "FILE", FOR_ALL,
     "settings file (else $TOKENFLEX_ETL_CONFIG, ./tokenflex-etl.yaml, "
     "/etc/tokenflex-etl/tokenflex-etl.yaml)"},
    {OPTION_JOBS, "jobs", "DIR", FOR_ALL, "directory of job definitions (default: jobs)"},
    {OPTION_OUTPUT, "output", "text|json", FOR_ALL, "form of the result on stdout (default: text)"},
    {OPTION_LOG_LEVEL, "log-level", "LEVEL", FOR_ALL, "error, warn, info or debug (default: info)"},
    {OPTION_LOG_FORMAT, "log-format", "text|json", FOR_ALL, "form of the log on stderr (default: text)"},
    {OPTION_PROGRESS, "progress", "auto|always|never", FOR_ALL, "progress display on stderr (default: auto)"},
    {OPTION_HELP, "help", NULL, FOR_ALL, "show this help"},
    {OPTION_VERSION, "version", NULL, FOR_ALL, "show the version"},
    {OPTION_TAG, "tag", "TAG", FOR_CHECK | FOR_PLAN | FOR_RUN | FOR_STATUS, "only jobs with this tag"},
    {OPTION_FROM, "from", "DATE", FOR_PLAN | FOR_RUN, "first day to load, instead of the jobs' windows"},
    {OPTION_TO, "to", "DATE", FOR_PLAN | FOR_RUN, "first day no longer to load"},
    {OPTION_REBUILD, "rebuild", NULL, FOR_PLAN | FOR_RUN,
     "replace tables whose grain has changed by new ones, loaded from the jobs' windows"},
    {OPTION_AGAIN, "again", NULL, FOR_PLAN | FOR_RUN,
     "with --from and --to: repeat the chunks that are finished already"},
    {OPTION_SQL, "sql", NULL, FOR_INIT, "print the SQL for psql instead, for a DBA: no database is asked"},
    {OPTION_REPORTS, "reports", NULL, FOR_INIT,
     "create the report views too, as far as their tables are there; with --sql: print these alone"},
    {OPTION_NO_BROWSER, "no-browser", NULL, FOR_AUTH,
     "login: print the address, read the one the browser came back to"},
    {OPTION_PORT, "port", "PORT", FOR_AUTH,
     "login: listen on this port of 127.0.0.1, instead of any free one"},
    {OPTION_CONTRACT, "contract", "NUMBER", FOR_DISCOVER,
     "fields: with the names that this contract gives its custom fields"},
    {OPTION_JOB, "job", NULL, FOR_DISCOVER,
     "fields: with --contract: write a job definition to start from, instead"},
};

static bool is_short(enum option_id id)
{
    return id < 256;
}

static const struct option_spec *spec_of(int id)
{
    for (size_t i = 0; i < COUNT_OF(specs); i++)
        if ((int)specs[i].id == id)
            return &specs[i];
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
            return err_set(err, ERR_USAGE, "--log-level takes error, warn, info or debug, not `%s`", value);
        options->log_level = (enum log_level)choice;
    } else if (spec->id == OPTION_LOG_FORMAT) {
        if (!choose(spec, value, outputs, COUNT_OF(outputs), &choice, err))
            return false;
        options->log_format = choice == 0 ? LOG_TEXT : LOG_JSON;
        options->log_format_given = true;
    } else {
        if (!choose(spec, value, progress, COUNT_OF(progress), &choice, err))
            return false;
        if (choice == 1)
            return err_set(err, ERR_USAGE, "--progress always is not supported yet: follow the log");
    }
    return true;
}

static bool read_port(struct options *options, const char *value, struct err *err)
{
    uint64_t port;
    if (!text_to_uint(value, UINT16_MAX, &port) || port == 0)
        return err_set(err, ERR_USAGE, "--port takes a number from 1 to 65535, not `%s`", value);
    options->port = (uint16_t)port;
    return true;
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
    case OPTION_HELP:
        options->help = true;
        return true;
    case OPTION_VERSION:
        options->version = true;
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
    case OPTION_NO_BROWSER:
        options->no_browser = true;
        return true;
    case OPTION_PORT:
        return read_port(options, value, err);
    case OPTION_CONTRACT:
        options->contract = value;
        return true;
    case OPTION_JOB:
        options->starter_job = true;
        return true;
    case OPTION_REBUILD:
        options->rebuild = true;
        return true;
    case OPTION_AGAIN:
        options->again = true;
        return true;
    case OPTION_SQL:
        options->sql = true;
        return true;
    case OPTION_REPORTS:
        options->reports = true;
        return true;
    case OPTION_OUTPUT:
    case OPTION_LOG_LEVEL:
    case OPTION_LOG_FORMAT:
    case OPTION_PROGRESS:
        break;
    }
    return apply_words(options, spec, value, err);
}

/* What getopt_long could not read, in words. */
static bool refuse_unknown(int problem, const char *word, struct err *err)
{
    const char *names[COUNT_OF(specs)];
    for (size_t i = 0; i < COUNT_OF(specs); i++)
        names[i] = specs[i].name;
    if (problem == ':')
        return err_set(err, ERR_USAGE, "%s needs a value", word);
    err_set(err, ERR_USAGE, "there is no option %s", word);
    const char *nearest =
        text_starts_with(word, "--") ? text_nearest(word + 2, names, COUNT_OF(names)) : NULL;
    return nearest ? err_hint(err, "did you mean --%s?", nearest) : err_hint(err, "see tokenflex-etl --help");
}

static const struct command *find_command(const char *name, struct err *err)
{
    const char *names[16];
    size_t count = 0;
    for (const struct command *command = commands; command->name; command++) {
        if (text_equal(command->name, name))
            return command;
        names[count++] = command->name;
    }
    err_set(err, ERR_USAGE, "there is no command `%s`", name);
    const char *nearest = text_nearest(name, names, count);
    if (nearest)
        err_hint(err, "did you mean `%s`?", nearest);
    else
        err_hint(err, "see tokenflex-etl --help");
    return NULL;
}

struct parsing {
    struct options *options;
    struct arena *arena;
    const struct option_spec *given[COUNT_OF(specs)]; /* each once, for what the command does not take */
    size_t given_count;
    bool from;
    bool to;
};

static bool take_words(struct parsing *parsing, int argc, char **argv, struct err *err)
{
    struct options *options = parsing->options;
    for (int i = optind; i < argc; i++) {
        if (!options->command) {
            options->command = find_command(argv[i], err);
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
    if (options->again && !options->window.given)
        return err_set(err, ERR_USAGE,
                       "--again repeats the finished chunks of a backfill: give --from and --to too");
    return true;
}

bool options_parse(int argc, char **argv, struct arena *arena, struct options *options, struct err *err)
{
    struct option longs[COUNT_OF(specs) + 1] = {0};
    struct parsing parsing = {.options = options, .arena = arena};
    *options = (struct options){.jobs_directory = "jobs", .log_level = LOG_INFO};
    for (size_t i = 0; i < COUNT_OF(specs); i++)
        longs[i] = (struct option){specs[i].name, specs[i].argument ? required_argument : no_argument, NULL,
                                   (int)specs[i].id};
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

static void put_options(const struct command *command, bool global, struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        const struct option_spec *spec = &specs[i];
        bool is_global = spec->commands == FOR_ALL;
        if (is_global != global || (command && !(spec->commands & command->flag)))
            continue;
        char letter[8] = "    ";
        char name[64];
        if (is_short(spec->id))
            snprintf(letter, sizeof letter, "-%c, ", (char)spec->id);
        snprintf(name, sizeof name, "--%s%s%s", spec->name, spec->argument ? " " : "",
                 spec->argument ? spec->argument : "");
        buf_print(out, "  %s%-28s %s\n", letter, name, spec->help);
    }
}

static void put_program_help(struct buf *out)
{
    buf_put(out,
            "Loads Autodesk Token Flex usage into PostgreSQL: runs the queries of YAML job definitions and\n"
            "upserts their rows into tables made from the results' columns.\n\n"
            "usage: tokenflex-etl [GLOBAL OPTIONS] COMMAND [OPTIONS] [JOB…]\n\ncommands:\n");
    for (const struct command *command = commands; command->name; command++)
        buf_print(out, "  %-10s %s\n", command->name, command->summary);
    buf_put(out, "\nglobal options:\n");
    put_options(NULL, true, out);
    buf_put(out, "\nexit codes:\n"
                 "  0   all jobs succeeded\n"
                 "  1   several jobs failed for different reasons\n"
                 "  64  usage\n"
                 "  65  the API's data cannot be loaded as it is\n"
                 "  69  API or database unreachable after retries\n"
                 "  70  a bug\n"
                 "  73  a table or schema cannot be created\n"
                 "  75  try again later\n"
                 "  77  authentication or permission\n"
                 "  78  settings or job definition\n\n"
                 "tokenflex-etl COMMAND --help tells more of a command.\n");
}

void options_put_help(const struct command *command, struct buf *out)
{
    if (!command) {
        put_program_help(out);
        return;
    }
    bool has_own = false;
    for (size_t i = 0; i < COUNT_OF(specs); i++)
        has_own |= specs[i].commands != FOR_ALL && (specs[i].commands & command->flag);
    buf_print(out, "usage: tokenflex-etl [GLOBAL OPTIONS] %s%s%s%s\n\n%s\n", command->name,
              has_own ? " [OPTIONS]" : "", *command->arguments ? " " : "", command->arguments,
              command->description);
    if (has_own) {
        buf_put(out, "\noptions:\n");
        put_options(command, false, out);
    }
    buf_put(out, "\nglobal options:\n");
    put_options(command, true, out);
}
