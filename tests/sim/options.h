/* The command line. */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include "script.h"
#include "server.h"

struct options {
    bool dump;
    struct server_options server;
    const char *ready_file;
    const char *query_file; /* of dump */
    const char *contract;   /* of dump */
    struct config *config;  /* owned by whoever takes it */
    struct script *script;
};

enum options_outcome { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_WRONG };

/* Reads argv and the files it names. WRONG: *reason says why (the caller frees). */
enum options_outcome options_read(int argc, char **argv, struct options *options, char **reason);

/* The help text. */
extern const char *const options_help;

/* A file's text ("-": stdin); NULL when it cannot be read. The caller frees. */
char *options_file(const char *path);

#endif
