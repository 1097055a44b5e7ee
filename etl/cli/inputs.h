/*
 * The files a command works on: the settings and the job definitions, with all that is wrong with them.
 */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "base/buf.h"
#include "base/finding.h"
#include "cli/options.h"
#include "job/job.h"
#include "job/settings.h"

/* Whether the command asks the service. One that does not works also if a secret's variable is not set, or if
 * a secret's file cannot be read.
 */
enum inputs_secrets { INPUTS_NEED_SECRETS, INPUTS_NEED_NO_SECRETS };

struct inputs {
    struct arena *arena; /* owns everything */
    struct findings findings;
    struct settings settings;
    const char *settings_file; /* as findings name it; `settings` where there is no file */
    const char *jobs_directory;
    struct jobs jobs;
};

void inputs_cleanup(struct inputs *inputs);

/* Finds and reads the settings file alone; it may be absent, unless --config or $TOKENFLEX_ETL_CONFIG name
 * it. */
void inputs_read_settings(const struct options *options, enum inputs_secrets secrets, struct inputs *inputs);

/* The job definitions alone, as far as they can be read: for commands that need only their names. */
void inputs_read_jobs(const struct options *options, struct inputs *inputs);

/*
 * The settings, and every *.yaml and *.yml of the jobs directory, in the order of their names. Unless --jobs
 * names the directory it is `jobs` beside the settings file, or else `jobs` in the working directory.
 */
void inputs_read(const struct options *options, enum inputs_secrets secrets, struct inputs *inputs);

/*
 * The same for a command that shows what the database has: without secrets, with the hint of service_hint(),
 * and as far as job definitions can be read. False if the settings have errors: these are logged.
 */
MUST_CHECK bool inputs_read_to_show(const struct options *options, struct inputs *inputs, struct err *err);

/* Whether a file has findings that are errors. NULL: any file. */
bool inputs_have_errors(const struct inputs *inputs, const char *file);

/*
 * The jobs that the command line names, or all enabled ones, of --tag where that is given. ERR_USAGE for a
 * name or tag that no job has; ERR_CONFIG where files have errors, since the job may be in one of them.
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

/* Logs the findings of a file (NULL: of all files). Returns how many files have errors among them. */
size_t inputs_log_findings(const struct inputs *inputs, const char *file);

/* Logs them, and makes an error of the first one that is an error: ERR_CONFIG. Returns false. */
bool inputs_refuse(const struct inputs *inputs, const char *file, struct err *err);

/* `FILE:LINE:COL: error: …`, without a newline. */
void inputs_put_finding(const struct finding *finding, struct buf *out);

#endif
