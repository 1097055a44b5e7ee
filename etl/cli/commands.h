/*
 * One function a command; each in a file of its name.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

struct options; /* cli/options */

int command_init(const struct options *options);
int command_check(const struct options *options);
int command_plan(const struct options *options);
int command_run(const struct options *options);
int command_reconcile(const struct options *options);
int command_changes(const struct options *options);
int command_forecast(const struct options *options);
int command_status(const struct options *options);
int command_auth(const struct options *options);
int command_discover(const struct options *options);
int command_doctor(const struct options *options);
int command_help(const struct options *options);

/* Not for people: what the last word of a command line may become, for the completions of the shells. */
int command_complete(const struct options *options);

#endif
