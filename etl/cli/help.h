/*
 * What --help and `help` show, made from the tables of commands, options, exit codes, keys and metrics.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/buf.h"
#include "cli/command_table.h"
#include "cli/help_topic.h"

/* The help of the program (command NULL), or of a command, as text for stdout. */
void help_put(const struct command *command, struct buf *out);

/* The keys of a kind of file, each with its meaning. */
void help_put_topic(const struct help_topic *topic, struct buf *out);

/* The metrics of run.metrics_file, with their labels. */
void help_put_metrics(struct buf *out);

#endif
