/*
 * The files that a command uses: the settings and the job definitions, with everything that is wrong with
 * them.
 */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "base/buf.h"
#include "base/finding.h"
#include "cli/options.h"
#include "job/job.h"
#include "job/settings.h"

/* Whether the command needs the secrets: it sends requests to the service, or checks that `run` could. Any
 * other command also works if the variable of a secret is not set, or if the file of a secret cannot be
 * read. */
enum inputs_secrets { INPUTS_NEED_SECRETS, INPUTS_NEED_NO_SECRETS };

struct inputs {
    struct arena *arena; /* owns everything */
    struct findings findings;
    struct settings settings;
    const char *settings_file; /* as findings name it; `settings` if there is no file */
    const char *jobs_directory;
    struct jobs jobs;
};

void inputs_cleanup(struct inputs *inputs);

/* Finds and reads only the settings file. It may be absent, unless --config or $TOKENFLEX_ETL_CONFIG names
 * it. */
void inputs_read_settings(const struct options *options, enum inputs_secrets secrets, struct inputs *inputs);

/* Reads only the job definitions, without the checks between jobs that inputs_read() makes: for commands that
 * need only names. */
void inputs_read_jobs(const struct options *options, struct inputs *inputs);

/*
 * Reads the settings, and every *.yaml and *.yml file of the jobs directory, in the order of their names. The
 * directory is that of --jobs, else `jobs` beside the settings file, else `jobs` in the working directory.
 */
void inputs_read(const struct options *options, enum inputs_secrets secrets, struct inputs *inputs);

/*
 * The same for a command that only shows what is in the database. It needs no secrets, calls service_hint(),
 * and accepts errors in job definitions. False if the settings have errors; these are logged.
 */
MUST_CHECK bool inputs_read_to_show(const struct options *options, struct inputs *inputs, struct err *err);

/* Whether a file has findings that are errors. NULL: any file. */
bool inputs_have_errors(const struct inputs *inputs, const char *file);

/*
 * The jobs that the command line names, or all enabled jobs; with --tag only those that have the tag.
 * ERR_USAGE for a name or tag that no job has; ERR_CONFIG if files have errors, because the job may be in one
 * of them.
 */
struct selection {
    const struct job **jobs;
    size_t count;
};
MUST_CHECK bool inputs_select(const struct options *options, const struct inputs *inputs,
                              struct selection *selection, struct err *err);

/*
 * The names of the jobs that the command line names, which need not be defined any more, or of the enabled
 * ones of --tag. *names is NULL for all jobs. Errors as inputs_select().
 */
MUST_CHECK bool inputs_select_names(const struct options *options, const struct inputs *inputs,
                                    const struct text_list **names, struct err *err);

/* Logs the findings of a file (NULL: of all files). Returns the number of files with errors. */
size_t inputs_log_findings(const struct inputs *inputs, const char *file);

/* Sets err to the first error among the findings of a file (NULL: of all files): ERR_CONFIG. Returns false.
 */
bool inputs_first_error(const struct inputs *inputs, const char *file, struct err *err);

/* The same after it has logged the findings. */
bool inputs_refuse(const struct inputs *inputs, const char *file, struct err *err);

/* `FILE:LINE:COL: error: …`, without a newline. */
void inputs_put_finding(const struct finding *finding, struct buf *out);

#endif
