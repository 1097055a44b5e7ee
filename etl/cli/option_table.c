#include "cli/option_table.h"

#include "cli/options.h"

#define GLOBAL true
#define OWN false

const struct option_spec option_specs[] = {
#define OPTION(id, letter, name, argument, scope, kind, member, help)                                        \
    {OPTION_##id, letter, name, argument, scope, OPTION_KIND_##kind, offsetof(struct options, member), help},
#include "cli/options.def"
#undef OPTION
    {.name = NULL},
};

_Static_assert(OPTIONS <= 64, "a command has a bit for each option in an uint64_t");
