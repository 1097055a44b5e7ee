#include "config.h"

#include "settings.h"

#include <stdlib.h>
#include <string.h>

static const char *const status_names[] = {"QUEUED",  "PROCESSING", "DONE", "FAILED",
                                           "TIMEOUT", "EXPIRED",    ""};

static struct config *config_make(struct json_object *tree, char **reason)
{
    struct config *config = mem_zero(1, sizeof *config);

    atomic_init(&config->references, 1);
    config->tree = tree;
    if (!settings_read(config, reason) || !config_read_lists(config, reason)) {
        config_release(config);
        return NULL;
    }
    return config;
}

struct config *config_default(void)
{
    char *reason = NULL;
    struct config *config = config_make(settings_tree(), &reason);

    if (config == NULL)
        abort();
    return config;
}

struct config *config_change(const struct config *base, struct json_object *change, char **reason)
{
    struct json_object *tree = NULL;

    if (!json_object_is_type(change, json_type_object)) {
        *reason = mem_text("the settings are no JSON object");
        return NULL;
    }
    if (json_object_deep_copy(base->tree, &tree, NULL) != 0)
        abort();
    const char *unknown = json_merge(tree, change, "domains");
    if (unknown != NULL) {
        *reason = mem_format("unknown setting %s", unknown);
        json_object_put(tree);
        return NULL;
    }
    return config_make(tree, reason);
}

struct config *config_hold(struct config *config)
{
    atomic_fetch_add(&config->references, 1);
    return config;
}

void config_release(struct config *config)
{
    if (config == NULL || atomic_fetch_sub(&config->references, 1) != 1)
        return;
    config_free_lists(config);
    json_object_put(config->tree);
    free(config);
}

char *config_json(const struct config *config)
{
    struct json_object *tree = NULL;

    if (json_object_deep_copy(config->tree, &tree, NULL) != 0)
        abort();
    char *text = mem_text(json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PRETTY));
    json_object_put(tree);
    return text;
}

bool config_has_world(const struct config *config)
{
    return config->dataset == DATASET_GENERATED && config->rows == 0 && config->rows_per_day < 0;
}

const struct contract *config_contract(const struct config *config, const char *number)
{
    for (size_t i = 0; i < config->contract_count; i++)
        if (strcmp(config->contracts[i].number, number) == 0)
            return &config->contracts[i];
    return NULL;
}

const struct client *config_client(const struct config *config, const char *id)
{
    for (size_t i = 0; i < config->client_count; i++)
        if (strcmp(config->clients[i].id, id) == 0)
            return &config->clients[i];
    return NULL;
}

const char *query_status_name(enum query_status status)
{
    return status_names[status];
}

enum query_status query_status_read(const char *name)
{
    for (enum query_status status = QUERY_QUEUED; status < QUERY_NO_STATUS; status++)
        if (strcmp(status_names[status], name) == 0)
            return status;
    return QUERY_NO_STATUS;
}
