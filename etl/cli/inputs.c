#include "cli/inputs.h"

#include "base/buf.h"
#include "base/environment.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "cli/service_hint.h"
#include "job/job_load.h"
#include "job/job_set.h"
#include "job/settings_read.h"
#include "wire/pg/connect.h"
#include "wire/yaml/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES ((size_t)4 << 20)

static const char *look_up(void *context UNUSED, const char *name)
{
    return getenv(name);
}

void inputs_cleanup(struct inputs *inputs)
{
    arena_release(inputs->arena);
    *inputs = (struct inputs){0};
}

/* Reads the whole file into the arena; false, with errno set, if it cannot be read. */
static bool read_file(struct inputs *inputs, const char *file, struct yaml_source *source)
{
    SCOPED(buf) struct buf bytes = buf_make(MAX_FILE_BYTES);
    if (!file_read(file, &bytes))
        return false;
    *source = (struct yaml_source){
        .file = file,
        .bytes = arena_copy(inputs->arena, buf_text(&bytes), bytes.length),
        .length = bytes.length,
        .lookup = look_up,
    };
    return true;
}

/* Also if it cannot be looked at, because its directory forbids that: then it is not skipped, and reading it
 * fails. */
static bool may_exist(const char *path)
{
    return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static const char *settings_file(const struct options *options)
{
    static const char *const places[] = {"./tokenflex-etl.yaml", "/etc/tokenflex-etl/tokenflex-etl.yaml"};
    const char *named = options->config ? options->config : environment_get(ENVIRONMENT_CONFIG);
    if (*named)
        return named;
    /* A working directory that may not be entered, such as root's under sudo, is skipped. */
    for (size_t i = access(".", X_OK) == 0 ? 0 : 1; i < COUNT_OF(places); i++)
        if (may_exist(places[i]))
            return places[i];
    return NULL;
}

/* A FIFO would be waited for, perhaps for ever. Sets errno. */
static bool is_regular(const char *file)
{
    struct stat found;
    if (stat(file, &found) != 0)
        return false;
    errno = S_ISDIR(found.st_mode) ? EISDIR : EINVAL;
    return S_ISREG(found.st_mode);
}

/* Of a file that could not be read, by errno. */
static const char *why_unread(void)
{
    return errno == EINVAL ? "it is not a regular file" : strerror(errno);
}

/* Reads the secret from its file, without the newline that editors add at the end. */
static void read_secret_file(struct inputs *inputs)
{
    struct auth_settings *auth = &inputs->settings.auth;
    struct yaml_source source;
    const char *file = auth->client_secret_file;
    if (!file && auth->credentials_file && may_exist(auth->credentials_file))
        file = auth->credentials_file;
    if (!file || *auth->client_secret)
        return;
    if (!is_regular(file) || !read_file(inputs, file, &source)) {
        struct place whole_file = {.file = inputs->settings_file};
        finding_error(&inputs->findings, auth->client_secret_file ? auth->client_secret_place : whole_file,
                      "the client secret's file %s cannot be read: %s", file, why_unread());
        return;
    }
    size_t length = source.length;
    while (length > 0 && (source.bytes[length - 1] == '\n' || source.bytes[length - 1] == '\r'))
        length--;
    auth->client_secret = arena_copy(inputs->arena, source.bytes, length);
}

static void check_dsn(struct inputs *inputs)
{
    struct err err = {0};
    const struct database_settings *database = &inputs->settings.database;
    if (!pg_dsn_check(database->dsn, &err))
        finding_error(&inputs->findings, database->dsn_place, "`database.dsn`: %s; %s", err.text,
                      *err.hint ? err.hint : "correct it");
}

/* The part of the ping address after the host is secret. */
static void remember_secrets(const struct settings *settings)
{
    const char *host = strstr(settings->run.ping_url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    secret_remember(settings->auth.client_secret);
    secret_remember(settings->auth.access_token);
    secret_remember(path ? path + 1 : NULL);
}

/* `jobs` next to the settings file if it exists, else in the working directory. If neither exists, the error
 * names the one next to the settings file.
 */
static const char *find_jobs(const struct options *options, const char *settings, struct arena *arena)
{
    const char *slash = settings ? strrchr(settings, '/') : NULL;
    bool is_here = !slash || text_equal(settings, arena_print(arena, "./%s", slash + 1));
    if (options->jobs_directory)
        return options->jobs_directory;
    if (is_here)
        return "jobs";
    const char *beside = arena_print(arena, "%.*s/jobs", (int)(slash - settings), settings);
    return !may_exist(beside) && may_exist("jobs") ? "jobs" : beside;
}

/* Finds the files. Returns the settings file, or NULL. */
static const char *begin(const struct options *options, struct inputs *inputs)
{
    const char *file = settings_file(options);
    *inputs = (struct inputs){.arena = arena_make(), .settings_file = file ? file : "settings"};
    inputs->findings.arena = inputs->arena;
    inputs->jobs_directory = find_jobs(options, file, inputs->arena);
    return file;
}

void inputs_read_settings(const struct options *options, enum inputs_secrets secrets, struct inputs *inputs)
{
    struct yaml_source source;
    const char *file = begin(options, inputs);
    inputs->settings = settings_defaults(inputs->arena, look_up, NULL);
    if (file && read_file(inputs, file, &source)) {
        if (secrets == INPUTS_NEED_NO_SECRETS)
            source.optional_keys = settings_secret_keys(inputs->arena);
        inputs->settings = settings_read(&source, inputs->arena, &inputs->findings);
    } else if (file) {
        finding_error(&inputs->findings, (struct place){.file = file}, "cannot be read: %s", strerror(errno));
    }
    if (secrets == INPUTS_NEED_SECRETS)
        read_secret_file(inputs);
    check_dsn(inputs);
    remember_secrets(&inputs->settings);
}

static bool is_definition(const char *name)
{
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot && (text_equal(dot, ".yaml") || text_equal(dot, ".yml"));
}

static int is_listed(const struct dirent *entry)
{
    return is_definition(entry->d_name);
}

static void read_job_file(struct inputs *inputs, const char *directory, const char *name)
{
    struct yaml_source source;
    size_t length = strlen(directory);
    const char *slash = length > 0 && directory[length - 1] == '/' ? "" : "/";
    const char *file = arena_print(inputs->arena, "%s%s%s", directory, slash, name);
    if (is_regular(file) && read_file(inputs, file, &source))
        job_load(&source, inputs->arena, &inputs->findings, &inputs->jobs);
    else
        finding_error(&inputs->findings, (struct place){.file = file}, "cannot be read: %s", why_unread());
}

static void read_jobs(struct inputs *inputs)
{
    struct dirent **entries = NULL;
    const char *directory = inputs->jobs_directory;
    int count;
    while ((count = scandir(directory, &entries, is_listed, alphasort)) < 0 && errno == ENOMEM)
        mem_make_room();
    if (count < 0)
        finding_error(&inputs->findings, (struct place){.file = directory},
                      "cannot be read as the directory of job definitions: %s; name one with --jobs",
                      strerror(errno));
    else if (count == 0)
        finding_error(&inputs->findings, (struct place){.file = directory}, "has no job definition (*.yaml)");
    for (int i = 0; i < count; i++) {
        read_job_file(inputs, directory, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

void inputs_read_jobs(const struct options *options, struct inputs *inputs)
{
    begin(options, inputs);
    read_jobs(inputs);
}

void inputs_read(const struct options *options, enum inputs_secrets secrets, struct inputs *inputs)
{
    inputs_read_settings(options, secrets, inputs);
    read_jobs(inputs);
    job_set_distribute(&inputs->jobs, inputs->settings.database.distribute_by, &inputs->findings);
    job_set_check(&inputs->jobs, &inputs->findings);
    findings_sort(&inputs->findings);
}

bool inputs_have_errors(const struct inputs *inputs, const char *file)
{
    for (size_t i = 0; i < inputs->findings.count; i++) {
        const struct finding *finding = &inputs->findings.items[i];
        if (finding->severity == SEVERITY_ERROR && (!file || text_equal(finding->place.file, file)))
            return true;
    }
    return false;
}

/* A missing job may be in a file that cannot be read; then the error is not one of the command line. */
static enum err_kind kind_of_miss(const struct inputs *inputs)
{
    return inputs_have_errors(inputs, NULL) ? ERR_CONFIG : ERR_USAGE;
}

static bool refuse_name(const struct inputs *inputs, const char *name, struct err *err)
{
    struct text_list names = {0};
    for (size_t i = 0; i < inputs->jobs.count; i++)
        arena_add_text(inputs->arena, &names, inputs->jobs.items[i].name);
    err_set(err, kind_of_miss(inputs), "there is no job `%s`", name);
    const char *nearest = text_nearest(name, names.items, names.count);
    return nearest ? err_hint(err, "did you mean `%s`?", nearest)
                   : err_hint(err, "--jobs names the directory of job definitions");
}

static void select_job(const struct inputs *inputs, const struct job *job, struct selection *selection)
{
    for (size_t i = 0; i < selection->count; i++)
        if (selection->jobs[i] == job)
            return;
    const struct job **slot = arena_push(inputs->arena, &selection->jobs, &selection->count, sizeof *slot);
    *slot = job;
}

bool inputs_select(const struct options *options, const struct inputs *inputs, struct selection *selection,
                   struct err *err)
{
    *selection = (struct selection){0};
    for (size_t i = 0; i < options->arguments.count; i++) {
        const struct job *job = job_find(&inputs->jobs, options->arguments.items[i]);
        if (!job)
            return refuse_name(inputs, options->arguments.items[i], err);
        select_job(inputs, job, selection);
    }
    for (size_t i = 0; options->arguments.count == 0 && i < inputs->jobs.count; i++) {
        const struct job *job = &inputs->jobs.items[i];
        if (job->enabled && (!options->tag || text_list_has(&job->tags, options->tag)))
            select_job(inputs, job, selection);
    }
    if (options->tag && options->arguments.count > 0)
        return err_set(err, ERR_USAGE, "name jobs or give --tag, not both");
    if (options->tag && selection->count == 0)
        return err_set(err, kind_of_miss(inputs), "no enabled job has the tag `%s`", options->tag);
    return true;
}

bool inputs_select_names(const struct options *options, const struct inputs *inputs,
                         const struct text_list **names, struct err *err)
{
    struct selection selection;
    struct text_list *list = arena_alloc(inputs->arena, 1, sizeof *list);
    *list = options->arguments;
    *names = options->tag || list->count > 0 ? list : NULL;
    if (!options->tag)
        return true;
    if (!inputs_select(options, inputs, &selection, err))
        return false;
    for (size_t i = 0; i < selection.count; i++)
        arena_add_text(inputs->arena, list, selection.jobs[i]->name);
    return true;
}

void inputs_put_finding(const struct finding *finding, struct buf *out)
{
    char file[PATH_MAX];
    const struct place *place = &finding->place;
    buf_put(out, text_excerpt(place->file, strlen(place->file), file, sizeof file));
    if (place->line > 0)
        buf_print(out, ":%u:%u", place->line, place->column);
    buf_print(out, ": %s: %s", finding->severity == SEVERITY_ERROR ? "error" : "warning", finding->message);
}

size_t inputs_log_findings(const struct inputs *inputs, const char *file)
{
    size_t files = 0;
    const char *last = "";
    for (size_t i = 0; i < inputs->findings.count; i++) {
        const struct finding *finding = &inputs->findings.items[i];
        bool is_error = finding->severity == SEVERITY_ERROR;
        bool is_of_file = !file || text_equal(finding->place.file, file);
        if (!is_of_file || finding->severity == SEVERITY_ADVICE)
            continue;
        SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
        inputs_put_finding(finding, &line);
        log_write(is_error ? LOG_ERROR : LOG_WARN, "finding", "%s", buf_text(&line));
        files += is_error && !text_equal(last, finding->place.file);
        last = is_error ? finding->place.file : last;
    }
    return files;
}

bool inputs_first_error(const struct inputs *inputs, const char *file, struct err *err)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    const struct findings *findings = &inputs->findings;
    for (size_t i = 0; i < findings->count && line.length == 0; i++) {
        bool is_of_file = !file || text_equal(findings->items[i].place.file, file);
        if (is_of_file && findings->items[i].severity == SEVERITY_ERROR)
            inputs_put_finding(&findings->items[i], &line);
    }
    err_set(err, ERR_CONFIG, "%s", buf_text(&line));
    return err_hint(err, "tokenflex-etl check shows all that is wrong");
}

bool inputs_refuse(const struct inputs *inputs, const char *file, struct err *err)
{
    inputs_log_findings(inputs, file);
    return inputs_first_error(inputs, file, err);
}

bool inputs_read_to_show(const struct options *options, struct inputs *inputs, struct err *err)
{
    inputs_read(options, INPUTS_NEED_NO_SECRETS, inputs);
    service_hint(inputs->settings_file);
    return !inputs_have_errors(inputs, inputs->settings_file) ||
           inputs_refuse(inputs, inputs->settings_file, err);
}
