#include "api/metadata.h"

#include "api/document.h"
#include "api/metadata_inner.h"
#include "api/url.h"
#include "base/clock.h"
#include "base/text.h"
#include "wire/json/json.h"

#include <string.h>

#define MAX_METADATA ((size_t)16 << 20)

struct reading {
    const struct metadata_request *request;
    struct arena *arena;
    struct metadata *metadata;
};

static struct cell text_cell(enum cell_kind kind, const char *text, size_t length, struct arena *arena)
{
    return (struct cell){.kind = kind, .bytes = arena_copy(arena, text, length), .length = length};
}

/* json-c's text of a number is its source text: wire/json. */
static bool take_cell(json_object *value, struct arena *arena, struct cell *cell)
{
    *cell = (struct cell){.kind = CELL_NULL};
    switch (json_object_get_type(value)) {
    case json_type_null:
        return true;
    case json_type_boolean:
        cell->kind = json_object_get_boolean(value) ? CELL_TRUE : CELL_FALSE;
        return true;
    case json_type_int:
    case json_type_double: {
        const char *digits = json_text(value);
        *cell = text_cell(CELL_NUMBER, digits, strlen(digits), arena);
        return true;
    }
    case json_type_string:
        *cell = text_cell(CELL_TEXT, json_object_get_string(value), (size_t)json_object_get_string_len(value),
                          arena);
        return true;
    case json_type_array:
    case json_type_object:
        break;
    }
    return false;
}

/* Room for one row more. */
static struct cell *add_row(struct reading *reading)
{
    size_t width = reading->request->dataset->count;
    struct metadata *metadata = reading->metadata;
    return (struct cell *)arena_push(reading->arena, &metadata->cells, &metadata->row_count,
                                     width * sizeof(struct cell));
}

/* One entry whose members have the names of the dataset's columns. */
static bool read_entry(struct reading *reading, json_object *entry, struct err *err)
{
    const struct dataset *dataset = reading->request->dataset;
    struct cell *row = add_row(reading);
    for (size_t i = 0; i < dataset->count; i++)
        if (!take_cell(json_member(entry, dataset->columns[i].name), reading->arena, &row[i]))
            return err_set(err, ERR_DATA, "`%s` in row %zu of %s is not a plain value",
                           dataset->columns[i].name, reading->metadata->row_count, dataset->name);
    return true;
}

/* Rows of another contract must not be stored with this contract's number. */
static bool check_contract(const struct reading *reading, json_object *contract, struct err *err)
{
    const char *asked = reading->request->contract;
    json_object *number = json_member(contract, "contractNumber");
    bool is_plain =
        json_object_is_type(number, json_type_string) || json_object_is_type(number, json_type_int);
    char shown[80];
    if (!is_plain)
        return err_set(err, ERR_DATA, "the answer about contract %s has no contractNumber", asked);
    const char *named = json_text(number);
    if (!text_equal(named, asked))
        return err_set(err, ERR_DATA, "the answer about contract %s is about contract %s", asked,
                       text_excerpt(named, strlen(named), shown, sizeof shown));
    return true;
}

static bool read_years(struct reading *reading, json_object *contract, struct err *err)
{
    json_object *years = NULL;
    if (!json_object_object_get_ex(contract, "contractYears", &years))
        return err_set(err, ERR_DATA, "the answer about contract %s has no contractYears",
                       reading->request->contract);
    if (years && !json_object_is_type(years, json_type_array))
        return err_set(err, ERR_DATA, "the contractYears of contract %s are not a list",
                       reading->request->contract);
    for (size_t i = 0; years && i < json_object_array_length(years); i++) {
        json_object *year = json_object_array_get_idx(years, i);
        if (!json_member(year, "year"))
            return err_set(err, ERR_DATA, "entry %zu of the contractYears of contract %s has no year", i + 1,
                           reading->request->contract);
        if (!read_entry(reading, year, err))
            return false;
    }
    return true;
}

/* A plain list: the position of a name is the number of its custom field. */
static bool read_names(struct reading *reading, json_object *list, struct err *err)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct arena *arena = reading->arena;
        struct cell *row = add_row(reading);
        const char *field = arena_print(arena, "customField%zu", i + 1);
        const char *place = field + strlen("customField");
        row[0] = (struct cell){.kind = CELL_TEXT, .bytes = field, .length = strlen(field)};
        row[1] = (struct cell){.kind = CELL_NUMBER, .bytes = place, .length = strlen(place)};
        if (!take_cell(json_object_array_get_idx(list, i), arena, &row[2]))
            return err_set(err, ERR_DATA, "the name of %s of contract %s is not a plain value", field,
                           reading->request->contract);
    }
    return true;
}

/* Gives a usage category the name that the service uses now, and a month (`2026-11`) its first day. */
static void normalise_cell(const char *column, struct arena *arena, struct cell *cell)
{
    if (cell->kind != CELL_TEXT)
        return;
    const char *text = arena_print(arena, "%.*s", (int)cell->length, cell->bytes);
    const struct usage_category_info *category =
        text_equal(column, "usageCategory") ? usage_category_find(text) : NULL;
    if (category)
        *cell = (struct cell){.kind = CELL_TEXT, .bytes = category->name, .length = strlen(category->name)};
    if (text_equal(column, "usageMonth") && cell->length == strlen("2026-11"))
        *cell = (struct cell){
            .kind = CELL_TEXT, .bytes = arena_print(arena, "%s-01", text), .length = strlen("2026-11-01")};
}

/* A list of entries, each with its usage category at least. */
static bool read_usage(struct reading *reading, json_object *list, struct err *err)
{
    const struct dataset *dataset = reading->request->dataset;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *entry = json_object_array_get_idx(list, i);
        if (!json_member(entry, "usageCategory"))
            return err_set(err, ERR_DATA, "entry %zu of %s of contract %s has no usageCategory", i + 1,
                           dataset->name, reading->request->contract);
        if (!read_entry(reading, entry, err))
            return false;
        struct cell *row = &reading->metadata->cells[i * dataset->count];
        for (size_t k = 0; k < dataset->count; k++)
            normalise_cell(dataset->columns[k].name, reading->arena, &row[k]);
    }
    return true;
}

static bool read_document(struct reading *reading, json_object *document, struct err *err)
{
    switch (reading->request->dataset->kind) {
    case DATASET_CONTRACTS:
        return check_contract(reading, document, err) && read_entry(reading, document, err);
    case DATASET_CONTRACT_YEARS:
        return check_contract(reading, document, err) && read_years(reading, document, err);
    case DATASET_USAGE_SUMMARY:
    case DATASET_USAGE_LAST:
        return read_usage(reading, document, err);
    case DATASET_CUSTOM_FIELD_NAMES:
        break;
    }
    return read_names(reading, document, err);
}

bool metadata_read(const struct metadata_request *request, struct metadata_body body, struct arena *arena,
                   struct metadata *metadata, struct err *err)
{
    struct reading reading = {request, arena, metadata};
    *metadata = (struct metadata){0};
    enum dataset_kind kind = request->dataset->kind;
    bool is_object = kind == DATASET_CONTRACTS || kind == DATASET_CONTRACT_YEARS;
    const char *what = arena_print(arena, "the answer about contract %s", request->contract);
    SCOPED(json)
    json_object *document =
        document_read(body.bytes, body.length, is_object ? json_type_object : json_type_array, what, err);
    return document && read_document(&reading, document, err);
}

static bool accept(void *context, struct buf *body, struct err *err)
{
    struct reading *reading = context;
    return metadata_read(reading->request, (struct metadata_body){buf_text(body), body->length},
                         reading->arena, reading->metadata, err);
}

/* The path of a dataset's request after the contract's number, and the request in words. */
struct resource {
    bool is_of_usage;
    const char *path;
    const char *what;
};

static struct resource resource_of(enum dataset_kind kind)
{
    switch (kind) {
    case DATASET_CONTRACTS:
    case DATASET_CONTRACT_YEARS:
        break;
    case DATASET_CUSTOM_FIELD_NAMES:
        return (struct resource){false, "/enrichment", "read the contract's custom fields"};
    case DATASET_USAGE_SUMMARY:
        return (struct resource){true, "/summary", "read the summary of the usage"};
    case DATASET_USAGE_LAST:
        return (struct resource){true, "/last", "read when there was usage last"};
    }
    return (struct resource){false, "", "read the contract"};
}

bool metadata_fetch(struct api *api, const struct metadata_request *request, struct arena *arena,
                    struct metadata *metadata, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(http_response) struct http_response response = {0};
    struct reading reading = {request, arena, metadata};
    struct resource resource = resource_of(request->dataset->kind);
    if (resource.is_of_usage)
        url_put_usage(&url, api->settings->api.base_url, request->contract);
    else
        url_put_contract(&url, api->settings->api.base_url, request->contract);
    buf_put(&url, resource.path);
    struct api_request asked = {
        .method = HTTP_GET,
        .url = buf_text(&url),
        .contract = request->contract,
        .what = resource.what,
        .scope = "data:read",
        .is_optional = request->is_optional,
        .max_bytes = MAX_METADATA,
        .queue_request = {.urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER},
    };
    return api_send(api, &asked, (struct api_acceptor){accept, &reading}, &response, err);
}
