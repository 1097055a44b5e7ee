#include "settings.h"

#include "date.h"

#include <stdlib.h>
#include <string.h>

enum kind { KIND_BOOL, KIND_NUMBER, KIND_REAL, KIND_TEXT, KIND_DATE, KIND_CHOICE, KIND_LIST };

struct setting {
    const char *path; /* group.name or name */
    enum kind kind;
    size_t offset;
    const char *initial; /* JSON text */
    int64_t min, max;
    const char *choices; /* blank-separated, in the order of the enum */
};

#define FIELD(member) offsetof(struct config, member)
#define BIG INT64_C(1000000000000000)

static const struct setting settings[] = {
    {"seed", KIND_NUMBER, FIELD(seed), "1", 0, INT64_MAX, NULL},
    {"rows", KIND_NUMBER, FIELD(rows), "0", 0, BIG, NULL},
    {"rows_per_day", KIND_NUMBER, FIELD(rows_per_day), "-1", -1, BIG, NULL},
    {"scale", KIND_REAL, FIELD(scale), "1.0", 0, 1000, NULL},
    {"today", KIND_TEXT, FIELD(today_text), "\"\"", 0, 0, NULL},
    {"changes", KIND_LIST, 0, "[]", 0, 0, NULL},
    {"restatements", KIND_LIST, 0, "[]", 0, 0, NULL},
    {"domains", KIND_LIST, 0, "{}", 0, 0, NULL},
    {"window_from", KIND_DATE, FIELD(window_from), "\"2026-01-01\"", 0, 0, NULL},
    {"window_to", KIND_DATE, FIELD(window_to), "\"2026-02-01\"", 0, 0, NULL},
    {"null_as", KIND_CHOICE, FIELD(null_as), "\"null\"", 0, 0, "null empty"},
    {"dataset", KIND_CHOICE, FIELD(dataset), "\"generated\"", 0, 0, "generated walkthrough"},
    {"results", KIND_LIST, 0, "[]", 0, 0, NULL},
    {"polls", KIND_NUMBER, FIELD(polls), "1", 0, BIG, NULL},
    {"query_ms", KIND_NUMBER, FIELD(query_ms), "0", 0, BIG, NULL},
    {"query_status", KIND_CHOICE, FIELD(query_status), "\"DONE\"", 0, 0,
     "QUEUED PROCESSING DONE FAILED TIMEOUT EXPIRED"},
    {"result_lifetime_ms", KIND_NUMBER, FIELD(result_lifetime_ms), "300000", 0, BIG, NULL},
    {"cached", KIND_CHOICE, FIELD(cached), "\"never\"", 0, 0, "never repeat always"},
    {"id_form", KIND_CHOICE, FIELD(id_form), "\"bare\"", 0, 0, "bare prefixed"},
    {"detail_uri", KIND_CHOICE, FIELD(detail_uri), "\"rooted\"", 0, 0, "rooted short absolute"},
    {"trailing_comma", KIND_BOOL, FIELD(trailing_comma), "false", 0, 0, NULL},
    {"default_limit", KIND_NUMBER, FIELD(default_limit), "100", 1, 100000, NULL},
    {"max_page", KIND_NUMBER, FIELD(max_page), "10000", 1, 100000, NULL},
    {"over_limit", KIND_CHOICE, FIELD(over_limit), "\"silent\"", 0, 0, "silent lower refuse"},
    {"created_status", KIND_NUMBER, FIELD(created_status), "200", 200, 202, NULL},
    {"latency_ms", KIND_NUMBER, FIELD(latency_ms), "0", 0, BIG, NULL},
    {"clock_ahead_s", KIND_NUMBER, FIELD(clock_ahead_s), "0", -BIG, BIG, NULL},
    {"rate_limit.per_minute", KIND_NUMBER, FIELD(rate_per_minute), "0", 0, 1000000, NULL},
    {"rate_limit.burst", KIND_NUMBER, FIELD(rate_burst), "50", 1, 1000000, NULL},
    {"token_per_minute", KIND_NUMBER, FIELD(token_per_minute), "0", 0, 1000000, NULL},
    {"require_auth", KIND_BOOL, FIELD(require_auth), "true", 0, 0, NULL},
    {"administrator", KIND_BOOL, FIELD(administrator), "true", 0, 0, NULL},
    {"access_token", KIND_TEXT, FIELD(access_token), "\"\"", 0, 0, NULL},
    {"access_token_scopes", KIND_TEXT, FIELD(access_token_scopes), "\"data:read data:write\"", 0, 0, NULL},
    {"access_lifetime_ms", KIND_NUMBER, FIELD(access_lifetime_ms), "3599000", 0, BIG, NULL},
    {"refresh_lifetime_ms", KIND_NUMBER, FIELD(refresh_lifetime_ms), "1296000000", 0, BIG, NULL},
    {"code_lifetime_ms", KIND_NUMBER, FIELD(code_lifetime_ms), "300000", 0, BIG, NULL},
    {"refresh_tokens", KIND_LIST, 0, "[]", 0, 0, NULL},
    {"clients", KIND_LIST, 0,
     "[{\"id\":\"sim-client\",\"secret\":\"sim-secret\",\"two_legged\":true},"
     "{\"id\":\"sim-public\",\"secret\":null}]",
     0, 0, NULL},
    {"consent", KIND_CHOICE, FIELD(consent), "\"grant\"", 0, 0, "grant deny"},
    {"contracts", KIND_LIST, 0,
     "[{\"number\":\"11000000001\",\"name\":\"Contoso "
     "Engineering\",\"start\":\"2024-02-01\",\"end\":\"2027-01-31\","
     "\"active\":true,\"tokens\":100000,\"multi_year_tokens\":10000,\"enrichment\":[\"Department\","
     "\"\\u5730\\u7406\",\"Cost "
     "Center\",\"\",\"Region\","
     "\"Region\",\"Manager\",\"\",\"\",\"Site\"]},"
     "{\"number\":\"11000000002\",\"name\":\"Fabrikam Bau GmbH & Co. "
     "KG\",\"start\":\"2025-06-15\",\"end\":\"2028-06-14\","
     "\"active\":true,\"tokens\":42000,\"enrichment\":[\"Abteilung\"]},"
     "{\"number\":\"11000000003\",\"name\":\"Contoso Engineering "
     "(2021)\",\"start\":\"2021-02-01\",\"end\":\"2024-01-31\","
     "\"active\":false,\"tokens\":80000,\"enrichment\":[]}]",
     0, 0, NULL},
    {"summary.queries", KIND_LIST, 0, "[]", 0, 0, NULL},
    {"summary.add", KIND_LIST, 0, "[]", 0, 0, NULL},
    {"summary.whole", KIND_BOOL, FIELD(summary_whole), "false", 0, 0, NULL},
    {"last_usage_date", KIND_TEXT, FIELD(last_usage_date), "\"\"", 0, 0, NULL},
    {"public_host", KIND_TEXT, FIELD(public_host), "\"\"", 0, 0, NULL},
    {"export_polls", KIND_NUMBER, FIELD(export_polls), "1", 0, BIG, NULL},
    {"export_ms", KIND_NUMBER, FIELD(export_ms), "0", 0, BIG, NULL},
    {"export_errors", KIND_NUMBER, FIELD(export_errors), "0", 0, BIG, NULL},
    {"export_quota", KIND_NUMBER, FIELD(export_quota), "50", 0, 10000, NULL},
    {"download_url_lifetime_ms", KIND_NUMBER, FIELD(download_url_lifetime_ms), "300000", 0, BIG, NULL},
    {"download_url_z", KIND_BOOL, FIELD(download_url_z), "true", 0, 0, NULL},
    {"csv.header", KIND_CHOICE, FIELD(csv.header), "\"api\"", 0, 0, "api friendly upper snake"},
    {"csv.columns", KIND_CHOICE, FIELD(csv.columns), "\"asked\"", 0, 0, "asked reversed extra missing"},
    {"csv.quote", KIND_CHOICE, FIELD(csv.quote), "\"texts\"", 0, 0, "minimal all texts"},
    {"csv.trailing_comma", KIND_BOOL, FIELD(csv.trailing_comma), "true", 0, 0, NULL},
    {"csv.bom", KIND_BOOL, FIELD(csv.bom), "false", 0, 0, NULL},
    {"csv.crlf", KIND_BOOL, FIELD(csv.crlf), "false", 0, 0, NULL},
    {"csv.gzip", KIND_BOOL, FIELD(csv.gzip), "false", 0, 0, NULL},
    {"csv.null", KIND_TEXT, FIELD(csv.null_text), "\"\"", 0, 0, NULL},
    {"csv.final_newline", KIND_BOOL, FIELD(csv.final_newline), "true", 0, 0, NULL},
    {"download.transfer", KIND_CHOICE, FIELD(download_transfer), "\"length\"", 0, 0, "length chunked close"},
    {"download.redirect", KIND_BOOL, FIELD(download_redirect), "false", 0, 0, NULL},
    {"download.cut_at", KIND_NUMBER, FIELD(download_cut_at), "0", 0, BIG, NULL},
    {"download.cut_times", KIND_NUMBER, FIELD(download_cut_times), "-1", -1, BIG, NULL},
};

#define SETTING_COUNT (sizeof settings / sizeof settings[0])

/* The object that holds a setting, and its name there. */
static struct json_object *setting_place(struct json_object *tree, const char *path, const char **name)
{
    const char *dot = strchr(path, '.');
    struct json_object *group = NULL;

    *name = path;
    if (dot == NULL)
        return tree;
    char *group_name = mem_text_part(path, (size_t)(dot - path));
    if (!json_object_object_get_ex(tree, group_name, &group)) {
        group = json_object_new_object();
        json_object_object_add(tree, group_name, group);
    }
    free(group_name);
    *name = dot + 1;
    return group;
}

struct json_object *settings_tree(void)
{
    struct json_object *tree = json_object_new_object();

    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *name;
        struct json_object *place = setting_place(tree, settings[i].path, &name);

        json_object_object_add(place, name, json_read(settings[i].initial));
    }
    return tree;
}

static bool read_choice(const char *choices, const char *text, int *choice)
{
    size_t length = strlen(text);

    for (*choice = 0; *choices != '\0'; ++*choice) {
        size_t word = strcspn(choices, " ");

        if (word == length && strncmp(choices, text, length) == 0)
            return true;
        choices += word + (choices[word] == ' ');
    }
    return false;
}

static bool read_setting(const struct setting *setting, struct json_object *value, char *to)
{
    const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
    bool whole = json_object_is_type(value, json_type_int);

    switch (setting->kind) {
    case KIND_BOOL:
        *(bool *)(void *)to = json_object_get_boolean(value);
        return json_object_is_type(value, json_type_boolean);
    case KIND_NUMBER:
        *(int64_t *)(void *)to = json_object_get_int64(value);
        return whole && json_object_get_int64(value) >= setting->min &&
               json_object_get_int64(value) <= setting->max;
    case KIND_REAL:
        *(double *)(void *)to = json_object_get_double(value);
        return (whole || json_object_is_type(value, json_type_double)) && *(double *)(void *)to >= 0 &&
               *(double *)(void *)to <= (double)setting->max;
    case KIND_TEXT:
        *(const char **)(void *)to = text;
        return text != NULL;
    case KIND_DATE:
        return text != NULL && date_parse(text, (int64_t *)(void *)to);
    case KIND_CHOICE:
        return text != NULL && read_choice(setting->choices, text, (int *)(void *)to);
    case KIND_LIST:
        return true;
    }
    return false;
}

bool settings_read(struct config *config, char **reason)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *name;
        struct json_object *place = setting_place(config->tree, settings[i].path, &name);
        struct json_object *value = json_member(place, name);

        if (!read_setting(&settings[i], value, (char *)config + settings[i].offset)) {
            *reason =
                mem_format("bad value for %s: %s%s%s", settings[i].path, json_object_to_json_string(value),
                           settings[i].choices != NULL ? "; one of " : "",
                           settings[i].choices != NULL ? settings[i].choices : "");
            return false;
        }
    }
    return true;
}
