/*
 * The keys of tokenflex-etl.yaml: one row per key, with its meaning and its default. A key of a setting is a
 * row here and a member of struct settings. Reading, help, man page and example are made from the rows.
 */
#ifndef JOB_SETTINGS_KEYS_H
#define JOB_SETTINGS_KEYS_H

#include "job/keys.h"

/* Ended by one without a name. They fill a struct settings. */
extern const struct key settings_keys[];

#endif
