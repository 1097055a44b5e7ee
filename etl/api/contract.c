#include "api/contract.h"

#include "api/document.h"
#include "api/url.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "wire/json/json.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LIST ((size_t)16 << 20)

/* A contract number is text in the documentation. If it is a JSON integer, its digits are taken. */
static const char *read_number(json_object *entry)
{
    json_object *number = json_member(entry, "contractNumber");
    bool is_integer = number && json_object_is_type(number, json_type_int);
    return is_integer ? json_text(number) : json_text_of(entry, "contractNumber");
}

static const char *copy_text(struct arena *arena, json_object *entry, const char *member)
{
    const char *text = json_text_of(entry, member);
    return arena_copy_text(arena, text ? text : "");
}

/* Whether a contract number can be shown unchanged in file names, rows and log lines. */
static bool is_printable(const char *number)
{
    size_t length = strlen(number);
    size_t step;
    for (size_t at = 0; at < length; at += step) {
        step = utf8_length(number + at, length - at);
        if (step == 0 || !utf8_is_harmless(utf8_point(number + at, step)))
            return false;
    }
    return true;
}

static bool read_entry(json_object *entry, size_t place, struct arena *arena, struct contracts *contracts,
                       struct err *err)
{
    const char *number = read_number(entry);
    if (!number || !*number)
        return err_set(err, ERR_DATA, "entry %zu of the list of contracts has no contractNumber", place + 1);
    if (!is_printable(number))
        return err_set(err, ERR_DATA,
                       "entry %zu of the list of contracts has control characters in its contractNumber",
                       place + 1);
    struct contract *contract = arena_push(arena, &contracts->items, &contracts->count, sizeof *contract);
    *contract = (struct contract){
        .number = arena_copy_text(arena, number),
        .name = copy_text(arena, entry, "contractName"),
        .start = copy_text(arena, entry, "contractStartDate"),
        .end = copy_text(arena, entry, "contractEndDate"),
        .is_active = json_is_true(entry, "isActive"),
    };
    return true;
}

static int compare_numbers(const void *one, const void *other)
{
    const struct contract *a = *(struct contract *const *)one;
    const struct contract *b = *(struct contract *const *)other;
    int order = strcmp(a->number, b->number);
    return order ? order : (a > b) - (a < b);
}

/* Merges entries with the same number: the first active one, else the first one, at the place of the first
 * one. */
static void merge_entries(struct arena *arena, struct contracts *contracts)
{
    size_t kept = 0;
    struct contract *first = NULL;
    struct contract **sorted = arena_alloc(arena, contracts->count, sizeof *sorted);
    for (size_t i = 0; i < contracts->count; i++)
        sorted[i] = &contracts->items[i];
    qsort(sorted, contracts->count, sizeof *sorted, compare_numbers);
    for (size_t i = 0; i < contracts->count; i++) {
        struct contract *entry = sorted[i];
        bool is_again = first && text_equal(first->number, entry->number);
        first = is_again ? first : entry;
        if (!is_again)
            continue;
        if (entry->is_active && !first->is_active)
            *first = *entry;
        entry->number = NULL;
    }
    for (size_t i = 0; i < contracts->count; i++)
        if (contracts->items[i].number)
            contracts->items[kept++] = contracts->items[i];
    contracts->count = kept;
}

bool contract_read(const char *bytes, size_t length, struct arena *arena, struct contracts *contracts,
                   struct err *err)
{
    *contracts = (struct contracts){0};
    SCOPED(json)
    json_object *list = document_read(bytes, length, json_type_array, "the answer about contracts", err);
    if (!list)
        return false;
    for (size_t i = 0; i < json_object_array_length(list); i++)
        if (!read_entry(json_object_array_get_idx(list, i), i, arena, contracts, err))
            return false;
    merge_entries(arena, contracts);
    return true;
}

struct reading {
    struct arena *arena;
    struct contracts *contracts;
};

static bool accept(void *context, struct buf *body, struct err *err)
{
    struct reading *reading = context;
    return contract_read(buf_text(body), body->length, reading->arena, reading->contracts, err);
}

bool contract_list(struct api *api, struct arena *arena, struct contracts *contracts, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(http_response) struct http_response response = {0};
    struct reading reading = {arena, contracts};
    buf_print(&url, "%s" API_ROOT "/contract", api->settings->api.base_url);
    struct api_request request = {
        .method = HTTP_GET,
        .url = buf_text(&url),
        .what = "list the contracts",
        .scope = "data:read",
        .max_bytes = MAX_LIST,
        .queue_request = {.urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER},
    };
    if (!api_send(api, &request, (struct api_acceptor){accept, &reading}, &response, err))
        return false;
    if (contracts->count > 0)
        return true;
    err_set(err, ERR_AUTH, "the service lists no contracts");
    return err_hint(
        err, "only a Token Flex administrator sees them: log in as one, or have the client id tied to one");
}
