/*
 * The text that YAML is read from, and the variables that it may name.
 */
#ifndef WIRE_YAML_YAML_SOURCE_H
#define WIRE_YAML_YAML_SOURCE_H

#include <stddef.h>

/* Returns the value of a variable, or NULL if it is not set. The text must stay valid until the next call. */
typedef const char *yaml_variable_lookup(void *context, const char *name);

struct yaml_source {
    const char *file;  /* as messages show it; must outlive the nodes */
    const char *bytes; /* the file's content */
    size_t length;
    yaml_variable_lookup *lookup;
    void *lookup_context;
    /* Keys whose values may name a variable that is not set, which is empty then; NULL behind the last. NULL:
     * there is none. */
    const char *const *optional_keys;
};

#endif
