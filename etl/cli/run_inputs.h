/*
 * What `run` and `plan` work on: the selected jobs whose files are sound. The other jobs fail, each with its
 * findings in the log; the sound jobs still run.
 */
#ifndef CLI_RUN_INPUTS_H
#define CLI_RUN_INPUTS_H

#include "cli/inputs.h"
#include "run/runner.h"

struct run_inputs {
    struct inputs files;
    struct selection selection;
    size_t broken; /* job files with errors, of those that were wanted */
    char host[256];
};

void run_inputs_cleanup(struct run_inputs *inputs);

/* Reads settings and jobs, with all that is wrong with them. */
void run_inputs_read(const struct options *options, enum inputs_secrets secrets, struct run_inputs *inputs);

/* Selects the jobs. False when there is nothing to work on: err says why, and it is in the log. */
MUST_CHECK bool run_inputs_select(const struct options *options, struct run_inputs *inputs, struct err *err);

/*
 * The options and jobs of the command line, in one order whatever the order they were given in: runs of a
 * share that do the same have the same text, `run --tag nightly`. In arena.
 */
const char *run_inputs_task(const struct options *options, struct arena *arena);

/* Borrows from both. */
struct run_options run_inputs_options(const struct options *options, const struct run_inputs *inputs);

/* The exit code of the whole: of the jobs that could be worked on, and of the broken files. */
int run_inputs_combine(const struct run_inputs *inputs, int exit_code);

#endif
