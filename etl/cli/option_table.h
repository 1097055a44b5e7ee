/*
 * Every option, once: the parser of the command line, the help, the man page, the completions and README's
 * table read it here. Its rows are in cli/options.def.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "cli/options.def"
#undef OPTION
    OPTIONS /* how many there are */
};

/* What a value is, and the type of the member of struct options that takes it. */
enum option_kind {
    OPTION_KIND_FLAG,     /* no value: bool */
    OPTION_KIND_TEXT,     /* const char * */
    OPTION_KIND_WORD,     /* one of the words of `argument`: an enum with their positions */
    OPTION_KIND_DATE,     /* date_t */
    OPTION_KIND_DURATION, /* int64_t, milliseconds */
    OPTION_KIND_PORT,     /* uint16_t, 1 to 65535 */
};

struct option_spec {
    enum option_id id;
    char letter; /* '\0': none */
    const char *name;
    const char *argument; /* NULL: takes no value */
    bool is_global;       /* every command takes it */
    enum option_kind kind;
    size_t at; /* offsetof the member in struct options */
    const char *help;
};

/* By enum option_id, ended by one without a name. */
extern const struct option_spec option_specs[];

#endif
