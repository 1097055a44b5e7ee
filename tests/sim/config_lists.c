/* The settings that are lists: each entry is checked, unknown members are refused. */
#include "change.h"
#include "date.h"
#include "settings.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* The first member of object that is none of the blank-separated names, or NULL. */
static const char *unknown_member(struct json_object *object, const char *names)
{
    json_object_object_foreach(object, name, value)
    {
        (void)value;
        if (!text_has_word(names, name))
            return name;
    }
    return NULL;
}

/* Entry i of a list, when it is an object with these members only. */
static struct json_object *entry(struct json_object *list, size_t i, const char *key, const char *names,
                                 char **reason)
{
    struct json_object *object = json_object_array_get_idx(list, i);
    const char *unknown = NULL;

    if (!json_object_is_type(object, json_type_object)) {
        *reason = mem_format("%s[%zu] is no object", key, i);
        return NULL;
    }
    unknown = unknown_member(object, names);
    if (unknown != NULL) {
        *reason = mem_format("%s[%zu] has the unknown member %s", key, i, unknown);
        return NULL;
    }
    return object;
}

static struct json_object *list_of(struct config *config, const char *key, size_t *count, char **reason)
{
    struct json_object *list = json_list(config->tree, key);

    *count = list != NULL ? json_object_array_length(list) : 0;
    if (list == NULL)
        *reason = mem_format("%s is not a list", key);
    return list;
}

static bool read_restatements(struct config *config, char **reason)
{
    size_t count;
    struct json_object *list = list_of(config, "restatements", &count, reason);

    config->restatements = mem_zero(count, sizeof *config->restatements);
    for (size_t i = 0; i < count; i++) {
        struct json_object *object = entry(list, i, "restatements", "every offset", reason);
        struct restatement *to = &config->restatements[i];

        *to = (struct restatement){json_number(object, "every", 10), json_number(object, "offset", 0)};
        if (object == NULL)
            return false;
        if (to->every < 1 || to->offset < 0 || to->offset >= to->every) {
            *reason = mem_format("restatements[%zu]: every must be positive, offset below it", i);
            return false;
        }
    }
    config->restatement_count = count;
    return list != NULL;
}

static bool read_today(struct config *config, char **reason)
{
    if (*config->today_text == '\0' || date_parse(config->today_text, &config->today))
        return true;
    *reason = mem_format("today: %s is no date", config->today_text);
    return false;
}

static bool read_changes(struct config *config, char **reason)
{
    static const char *const members =
        "what contract known from to category user product charge every offset tokens field value pool";
    struct json_object *list = list_of(config, "changes", &config->change_count, reason);
    size_t count = config->change_count;

    config->change_count = 0;
    config->changes = mem_zero(count, sizeof *config->changes);
    for (; config->change_count < count; config->change_count++) {
        size_t i = config->change_count;
        struct json_object *object = entry(list, i, "changes", members, reason);

        if (object == NULL || !change_read(object, config->changes, i, &config->changes[i], reason))
            return false;
    }
    return list != NULL;
}

static bool read_domains(struct config *config, char **reason)
{
    struct json_object *domains = json_member(config->tree, "domains");

    if (!json_object_is_type(domains, json_type_object)) {
        *reason = mem_text("domains is no object");
        return false;
    }
    config->domains = mem_zero((size_t)json_object_object_length(domains), sizeof *config->domains);
    json_object_object_foreach(domains, name, value)
    {
        int64_t values = json_object_get_int64(value);

        if (!json_object_is_type(value, json_type_int) || values < 1 || values > 100000000) {
            *reason = mem_format("domains.%s: a number of values from 1 to 100000000", name);
            return false;
        }
        config->domains[config->domain_count++] = (struct domain_size){name, values};
    }
    return true;
}

static bool read_clients(struct config *config, char **reason)
{
    size_t count;
    struct json_object *list = list_of(config, "clients", &count, reason);

    config->clients = mem_zero(count, sizeof *config->clients);
    for (size_t i = 0; i < count; i++) {
        struct json_object *object = entry(list, i, "clients", "id secret two_legged", reason);

        if (object == NULL)
            return false;
        config->clients[i] = (struct client){json_text(object, "id", NULL), json_text(object, "secret", NULL),
                                             json_flag(object, "two_legged", false)};
        if (config->clients[i].id == NULL) {
            *reason = mem_format("clients[%zu] has no id", i);
            return false;
        }
    }
    config->client_count = count;
    return list != NULL;
}

static bool read_contracts(struct config *config, char **reason)
{
    size_t count;
    struct json_object *list = list_of(config, "contracts", &count, reason);

    config->contracts = mem_zero(count, sizeof *config->contracts);
    for (size_t i = 0; i < count; i++) {
        struct json_object *object = entry(
            list, i, "contracts", "number name start end active tokens multi_year_tokens enrichment", reason);
        struct contract *to = &config->contracts[i];

        if (object == NULL)
            return false;
        *to = (struct contract){.number = json_text(object, "number", NULL),
                                .name = json_text(object, "name", "Contract"),
                                .active = json_flag(object, "active", true),
                                .tokens = json_number(object, "tokens", 10000),
                                .multi_year_tokens = json_number(object, "multi_year_tokens", 0)};
        config->contract_count = i + 1;
        to->enrichment = json_texts(json_member(object, "enrichment"), &to->enrichment_count);
        if (to->number == NULL || to->enrichment == NULL || to->enrichment_count > 10 ||
            !date_parse(json_text(object, "start", "2024-02-01"), &to->start_day) ||
            !date_parse(json_text(object, "end", "2027-01-31"), &to->end_day)) {
            *reason =
                mem_format("contracts[%zu]: number, start and end (dates), up to ten texts of enrichment", i);
            return false;
        }
    }
    return list != NULL;
}

static bool read_results(struct config *config, char **reason)
{
    size_t count;
    struct json_object *list = list_of(config, "results", &count, reason);

    config->results = mem_zero(count, sizeof *config->results);
    for (size_t i = 0; i < count; i++) {
        struct json_object *object =
            entry(list, i, "results", "contract where fields columns rows csv", reason);
        struct fixed_result *to = &config->results[i];

        if (object == NULL)
            return false;
        config->result_count = i + 1;
        to->contract = json_text(object, "contract", NULL);
        to->where = json_text(object, "where", NULL);
        to->csv = json_text(object, "csv", NULL);
        if (json_list(object, "fields") != NULL)
            to->fields = json_texts(json_list(object, "fields"), &to->field_count);
        to->columns = json_texts(json_list(object, "columns"), &to->column_count);
        to->rows = json_texts(json_list(object, "rows"), &to->row_count);
        if (to->columns == NULL || to->rows == NULL ||
            (json_list(object, "fields") != NULL && to->fields == NULL)) {
            *reason =
                mem_format("results[%zu]: columns are needed; rows are texts, one raw JSON array each", i);
            return false;
        }
    }
    return list != NULL;
}

bool config_read_lists(struct config *config, char **reason)
{
    config->refresh_tokens =
        json_texts(json_member(config->tree, "refresh_tokens"), &config->refresh_token_count);
    if (config->refresh_tokens == NULL) {
        *reason = mem_text("refresh_tokens is a list of texts");
        return false;
    }
    return read_today(config, reason) && read_changes(config, reason) && read_restatements(config, reason) &&
           read_domains(config, reason) && read_clients(config, reason) && read_contracts(config, reason) &&
           read_results(config, reason);
}

void config_free_lists(struct config *config)
{
    for (size_t i = 0; i < config->contract_count; i++)
        free(config->contracts[i].enrichment);
    for (size_t i = 0; i < config->result_count; i++) {
        free(config->results[i].fields);
        free(config->results[i].columns);
        free(config->results[i].rows);
    }
    free(config->changes);
    free(config->restatements);
    free(config->domains);
    free(config->clients);
    free(config->contracts);
    free(config->results);
    free(config->refresh_tokens);
}
