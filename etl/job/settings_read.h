/*
 * Reading settings: from tokenflex-etl.yaml to struct settings, with the defaults of the keys that it leaves
 * out.
 */
#ifndef JOB_SETTINGS_READ_H
#define JOB_SETTINGS_READ_H

#include "job/settings.h"
#include "wire/yaml/yaml.h"

/* Returns the names of the keys that hold a secret, for struct yaml_source's optional_keys: only commands
 * that send requests to the service need them. Lives in arena.
 */
const char *const *settings_secret_keys(struct arena *arena);

/*
 * The defaults, as if every key were absent. Variables (HOME, STATE_DIRECTORY, CREDENTIALS_DIRECTORY,
 * TOKENFLEX_CLIENT_ID, TOKENFLEX_CLIENT_SECRET, TOKENFLEX_ACCESS_TOKEN) come from lookup.
 */
struct settings settings_defaults(struct arena *arena, yaml_variable_lookup *lookup, void *lookup_context);

/*
 * Reads a settings file over the defaults. Everything wrong with it is added to findings. Texts live in
 * arena.
 */
struct settings settings_read(const struct yaml_source *source, struct arena *arena,
                              struct findings *findings);

#endif
