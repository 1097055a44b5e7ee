/*
 * What `run`, `plan` and `reconcile` work on: the selected jobs whose files have no errors. The other jobs
 * fail, with their findings in the log.
 */
#ifndef CLI_RUN_INPUTS_H
#define CLI_RUN_INPUTS_H

#include "cli/inputs.h"
#include "run/runner.h"

struct run_inputs {
    struct inputs files;
    struct selection selection;
    size_t broken;      /* files with errors: those of the named jobs; if no job is named, all job files */
    struct err refused; /* the first of their errors; kind ERR_NONE: no error */
    char host[256];
};

void run_inputs_cleanup(struct run_inputs *inputs);

/* Reads settings and jobs, with their findings. */
void run_inputs_read(const struct options *options, enum inputs_secrets secrets, struct run_inputs *inputs);

/* Selects the jobs. False if the settings have errors, or if a name, tag or option does not fit: err says
 * why, and it is logged. True also if files with errors leave no job: run_inputs_are_refused(). */
MUST_CHECK bool run_inputs_select(const struct options *options, struct run_inputs *inputs, struct err *err);

/* Whether files with errors leave no job to work on. */
bool run_inputs_are_refused(const struct run_inputs *inputs);

/* Borrows from both. */
struct run_options run_inputs_options(const struct options *options, const struct run_inputs *inputs);

/* The exit code of the command: combines that of the jobs with that of the broken files. */
int run_inputs_combine(const struct run_inputs *inputs, int exit_code);

#endif
