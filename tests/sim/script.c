#include "script.h"

#include <stdlib.h>
#include <string.h>

static const char *const call_names[] = {"token",
                                         "authorize",
                                         "submit",
                                         "poll",
                                         "page",
                                         "contract",
                                         "enrichment",
                                         "values",
                                         "summary",
                                         "last",
                                         "export_submit",
                                         "export_status",
                                         "export_list",
                                         "export_retry",
                                         "export_refresh_url",
                                         "export_mark_read",
                                         "export_delete",
                                         "schedules",
                                         "download",
                                         "other",
                                         "control",
                                         ""};

static const char *const rule_members = " on nth from times every contract match delay_ms hold status body "
                                        "headers retry_after close close_at close_in_header redirect "
                                        "query_status detail_uri id rows total total_add columns row_width "
                                        "value duplicate_row omit trailing replace ";

const char *call_name(enum call call)
{
    return call_names[call];
}

enum call call_find(const char *name)
{
    int call = 0;

    while (call < CALL_COUNT && strcmp(call_names[call], name) != 0)
        call++;
    return (enum call)call;
}

static bool refuse(char **reason, size_t number, const char *what)
{
    *reason = mem_format("rule %zu: %s", number, what);
    return false;
}

static bool read_calls(struct rule *rule, const char *on)
{
    for (enum call call = 0; call < CALL_CONTROL; call++) {
        bool export_call = strncmp(call_names[call], "export_", 7) == 0;

        rule->calls[call] = strcmp(on, "any") == 0 || strcmp(on, call_names[call]) == 0 ||
                            (strcmp(on, "get") == 0 && (call == CALL_POLL || call == CALL_PAGE)) ||
                            (strcmp(on, "export") == 0 && export_call);
    }
    return strcmp(on, "any") == 0 || strcmp(on, "get") == 0 || strcmp(on, "export") == 0 ||
           call_find(on) < CALL_CONTROL;
}

static char *read_retry_after(struct json_object *object)
{
    struct json_object *member = json_member(object, "retry_after");

    if (json_object_is_type(member, json_type_int))
        return mem_format("%lld", (long long)json_object_get_int64(member));
    return member != NULL ? mem_text(json_object_get_string(member)) : NULL;
}

static void read_edits(struct rule *rule, struct json_object *object)
{
    struct json_object *width = json_member(object, "row_width");
    struct json_object *value = json_member(object, "value");
    struct json_object *replace = json_member(object, "replace");

    rule->rows = json_number(object, "rows", RULE_NONE);
    rule->total = json_number(object, "total", RULE_NONE);
    rule->total_add = json_number(object, "total_add", RULE_NONE);
    rule->duplicate_row = json_number(object, "duplicate_row", RULE_NONE);
    rule->columns = json_list(object, "columns");
    if (rule->columns != NULL)
        rule->columns_text = mem_text(json_object_to_json_string_ext(rule->columns, JSON_C_TO_STRING_PLAIN));
    rule->width_row = width != NULL ? json_number(width, "row", 0) : RULE_NONE;
    rule->width_add = json_number(width, "add", -1);
    rule->value_row = value != NULL ? json_number(value, "row", 0) : RULE_NONE;
    rule->value_index = json_number(value, "column", RULE_NONE);
    rule->value_column = json_text(value, "column", NULL);
    rule->value_raw = json_text(value, "raw", "null");
    rule->omit = json_text(object, "omit", NULL);
    rule->trailing = json_text(object, "trailing", NULL);
    rule->find = json_text(replace, "find", NULL);
    rule->with = json_text(replace, "with", "");
}

static bool all_texts(struct json_object *object)
{
    json_object_object_foreach(object, name, value)
    {
        (void)name;
        if (!json_object_is_type(value, json_type_string))
            return false;
    }
    return true;
}

static bool read_rule(struct rule *rule, struct json_object *object, size_t number, char **reason)
{
    const char *close = json_text(object, "close", "never");
    const char *status = json_text(object, "query_status", "");

    json_object_object_foreach(object, name, value)
    {
        char *padded = mem_format(" %s ", name);
        bool known = strstr(rule_members, padded) != NULL;

        (void)value;
        free(padded);
        if (!known) {
            *reason = mem_format("rule %zu: unknown member %s", number, name);
            return false;
        }
    }
    bool nth = json_member(object, "nth") != NULL;
    *rule = (struct rule){.from = json_number(object, nth ? "nth" : "from", 1),
                          .times = nth ? 1 : json_number(object, "times", 1),
                          .every = json_number(object, "every", 0),
                          .contract = json_text(object, "contract", NULL),
                          .match = json_text(object, "match", NULL),
                          .delay_ms = json_number(object, "delay_ms", 0),
                          .hold = json_flag(object, "hold", false),
                          .status = json_number(object, "status", RULE_NONE),
                          .body = json_text(object, "body", NULL),
                          .headers = json_member(object, "headers"),
                          .retry_after = read_retry_after(object),
                          .close_at = json_number(object, "close_at", RULE_NONE),
                          .close_in_header = json_number(object, "close_in_header", RULE_NONE),
                          .redirect = json_text(object, "redirect", NULL),
                          .detail_uri = json_text(object, "detail_uri", NULL),
                          .id = json_text(object, "id", NULL),
                          .query_status = query_status_read(status)};
    read_edits(rule, object);
    rule->close = strcmp(close, "before") == 0  ? CLOSE_BEFORE
                  : strcmp(close, "after") == 0 ? CLOSE_AFTER
                                                : CLOSE_NEVER;
    if (!read_calls(rule, json_text(object, "on", "")))
        return refuse(reason, number, "\"on\" names no kind of request");
    if (rule->close == CLOSE_NEVER && strcmp(close, "never") != 0)
        return refuse(reason, number, "close is before or after");
    if (rule->query_status == QUERY_NO_STATUS && *status != '\0')
        return refuse(reason, number, "no such query_status");
    if (rule->status != RULE_NONE && (rule->status < 200 || rule->status > 599))
        return refuse(reason, number, "status is from 200 to 599");
    if (rule->headers != NULL &&
        (!json_object_is_type(rule->headers, json_type_object) || !all_texts(rule->headers)))
        return refuse(reason, number, "headers is an object of texts");
    return true;
}

struct script *script_make(struct json_object *list, char **reason)
{
    struct script *script = mem_zero(1, sizeof *script);

    atomic_init(&script->references, 1);
    script->tree = list;
    if (!json_object_is_type(list, json_type_array)) {
        *reason = mem_text("a script is a JSON list of rules");
        script_release(script);
        return NULL;
    }
    size_t count = json_object_array_length(list);
    script->rules = mem_zero(count, sizeof *script->rules);
    for (size_t i = 0; i < count; i++) {
        struct json_object *object = json_object_array_get_idx(list, i);
        bool good = json_object_is_type(object, json_type_object);

        script->count = i + 1;
        if (!good)
            refuse(reason, i, "is no object");
        if (!good || !read_rule(&script->rules[i], object, i, reason)) {
            script_release(script);
            return NULL;
        }
    }
    return script;
}

struct script *script_hold(struct script *script)
{
    atomic_fetch_add(&script->references, 1);
    return script;
}

void script_release(struct script *script)
{
    if (script == NULL || atomic_fetch_sub(&script->references, 1) != 1)
        return;
    for (size_t i = 0; i < script->count; i++)
        free(script->rules[i].retry_after);
    for (size_t i = 0; i < script->count; i++)
        free(script->rules[i].columns_text);
    free(script->rules);
    json_object_put(script->tree);
    free(script);
}

static bool rule_meets(const struct rule *rule, enum call call, const char *contract, const char *path,
                       const char *body)
{
    if (!rule->calls[call])
        return false;
    if (rule->contract != NULL && (contract == NULL || strcmp(rule->contract, contract) != 0))
        return false;
    return rule->match == NULL || strstr(path, rule->match) != NULL || strstr(body, rule->match) != NULL;
}

static bool rule_is_due(const struct rule *rule)
{
    if (rule->every > 0)
        return rule->seen >= rule->from && (rule->seen - rule->from + 1) % rule->every == 0;
    return rule->seen >= rule->from && (rule->times < 0 || rule->seen - rule->from < rule->times);
}

const struct rule *script_match(struct script *script, enum call call, const char *contract, const char *path,
                                const char *body)
{
    struct rule *used = NULL;

    for (size_t i = 0; i < script->count; i++) {
        struct rule *rule = &script->rules[i];

        if (!rule_meets(rule, call, contract, path, body))
            continue;
        rule->seen++;
        if (used == NULL && rule_is_due(rule)) {
            rule->fired++;
            used = rule;
        }
    }
    return used;
}

bool rule_answers(const struct rule *rule)
{
    return rule->status != RULE_NONE || rule->body != NULL || rule->redirect != NULL ||
           rule->close == CLOSE_BEFORE;
}
