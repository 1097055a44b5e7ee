#include "body.h"

#include "where.h"

#include <stdlib.h>
#include <string.h>

static const char *const desktop_metrics = "tokensConsumed usageMinutes usageHours";

static bool refuse(char **message, char *text)
{
    *message = text;
    return false;
}

static bool has_twice(const char **names, size_t count, const char **twice)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(names[i], names[k]) == 0) {
                *twice = names[i];
                return true;
            }
    return false;
}

static bool read_names(struct json_object *tree, const char *key, const char ***names, size_t *count,
                       char **message)
{
    struct json_object *list = json_member(tree, key);
    const char *twice = NULL;

    *names = json_texts(list, count);
    if (*names == NULL || (list != NULL && !json_object_is_type(list, json_type_array))) {
        *count = *names == NULL ? 0 : *count;
        return refuse(message, mem_format("The attribute %s must be an array of strings.", key));
    }
    for (size_t i = 0; i < *count; i++)
        if ((*names)[i][0] == '\0' || strlen((*names)[i]) > 100)
            return refuse(message, mem_format("The attribute %s holds a name that is none.", key));
    if (has_twice(*names, *count, &twice))
        return refuse(message, mem_format("The attribute %s holds %s twice.", key, twice));
    return true;
}

static bool read_categories(struct query_body *body, char **message)
{
    const char **names = NULL;
    size_t count = 0;
    bool good = read_names(body->tree, "usageCategory", &names, &count, message);

    for (size_t i = 0; good && i < count; i++) {
        int category = category_find(names[i]);

        if (category < 0)
            good = refuse(message, mem_format("Unknown usageCategory %s.", names[i]));
        else
            body->categories[body->category_count++] = category;
    }
    free(names);
    return good;
}

static bool check_desktop_session(const struct query_body *body, char **message)
{
    for (size_t i = 0; i < body->field_count; i++)
        if (!field_find(body->fields[i])->desktop_session)
            return refuse(
                message,
                mem_format("The field %s is not allowed in a session level export of DESKTOP_PRODUCT.",
                           body->fields[i]));
    for (size_t i = 0; i < body->metric_count; i++) {
        const char *at = strstr(desktop_metrics, body->metrics[i]);

        if (at == NULL || metric_find(body->metrics[i]) == METRIC_UNKNOWN)
            return refuse(
                message,
                mem_format("The metric %s is not allowed in a session level export of DESKTOP_PRODUCT.",
                           body->metrics[i]));
    }
    return true;
}

/* A field of session or transaction level exists in each category named, and any other in one of them. */
static bool check_existence(const struct query_body *body, const char *name, char **message)
{
    const struct field *field = field_find(name);
    size_t missing = 0;
    const char *first = "";

    for (size_t i = 0; i < body->category_count; i++) {
        if (field->categories == 0 || (field->categories >> body->categories[i] & 1) != 0)
            continue;
        if (missing++ == 0)
            first = category_names[body->categories[i]];
    }
    if (missing > 0 && (field->detail || missing == body->category_count))
        return refuse(message, mem_format("The field %s does not exist for %s.", name, first));
    return true;
}

/* What of desktop and cloud products cannot be queried. */
static bool check_use(const struct query_body *body, const char *name, enum body_use use, char **message)
{
    for (size_t i = 0; use == BODY_QUERY && i < body->category_count; i++) {
        const char *category = category_names[body->categories[i]];

        if (strstr(category, "PRODUCT") != NULL)
            return refuse(message,
                          mem_format("Session level data (%s) of %s cannot be queried. Use an export.", name,
                                     category));
    }
    return true;
}

static bool check_levels(const struct query_body *body, enum body_use use, char **message)
{
    const char *detail = NULL;
    bool desktop = false;

    for (size_t i = 0; i < body->field_count; i++) {
        if (detail == NULL && field_find(body->fields[i])->detail)
            detail = body->fields[i];
        if (!check_existence(body, body->fields[i], message))
            return false;
    }
    if (detail == NULL)
        return true;
    if (body->category_count == 0)
        return refuse(message, mem_format("With the field %s the usage categories must be given in the "
                                          "usageCategory attribute.",
                                          detail));
    for (size_t i = 0; i < body->category_count; i++)
        desktop |= strcmp(category_names[body->categories[i]], "DESKTOP_PRODUCT") == 0;
    return check_use(body, detail, use, message) && (!desktop || check_desktop_session(body, message));
}

bool body_read(const char *text, enum body_use use, struct query_body *body, char **message)
{
    *body = (struct query_body){.tree = json_read(text)};
    if (!json_object_is_type(body->tree, json_type_object))
        return refuse(message, mem_text("The request body is not JSON object."));
    json_object_object_foreach(body->tree, name, value)
    {
        bool text_member =
            strcmp(name, "where") == 0 || (use == BODY_EXPORT && strcmp(name, "downloadFileName") == 0);

        if (text_member && !json_object_is_type(value, json_type_string))
            return refuse(message, mem_format("The attribute %s must be a string.", name));
        if (!text_member && strcmp(name, "fields") != 0 && strcmp(name, "metrics") != 0 &&
            strcmp(name, "usageCategory") != 0)
            return refuse(message, mem_format("Unknown attribute %s.", name));
    }
    body->where = json_text(body->tree, "where", NULL);
    body->download_file_name = json_text(body->tree, "downloadFileName", NULL);
    if (!read_names(body->tree, "fields", &body->fields, &body->field_count, message) ||
        !read_names(body->tree, "metrics", &body->metrics, &body->metric_count, message) ||
        !read_categories(body, message))
        return false;
    if (body->field_count + body->metric_count == 0)
        return refuse(message, mem_text("Either fields or metrics must be given."));
    if (body->field_count + body->metric_count > 60)
        return refuse(message, mem_text("More than 60 fields and metrics."));
    return where_check(body->where, message) && check_levels(body, use, message);
}

void body_free(struct query_body *body)
{
    free(body->fields);
    free(body->metrics);
    json_object_put(body->tree);
    *body = (struct query_body){0};
}
