/* The table of plain settings: where each is in the JSON tree and in struct config, its type, bounds and
 * default. */
#ifndef SIM_SETTINGS_H
#define SIM_SETTINGS_H

#include "config.h"

/* A JSON tree of all settings with their defaults, lists included. */
struct json_object *settings_tree(void);

/* Reads every plain setting of the tree into config. False with a reason (the caller frees). */
bool settings_read(struct config *config, char **reason);

/* Lists: config_lists.c. */
bool config_read_lists(struct config *config, char **reason);
void config_free_lists(struct config *config);

#endif
