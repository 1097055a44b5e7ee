#include "api/enrichment.h"

#include "api/document.h"
#include "api/enrichment_inner.h"
#include "api/url.h"
#include "base/clock.h"
#include "wire/json/json.h"

#include <string.h>

#define MAX_NAMES ((size_t)1 << 20)

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

bool enrichment_read(const char *bytes, size_t length, struct arena *arena, struct enrichment *enrichment,
                     struct err *err)
{
    *enrichment = (struct enrichment){0};
    SCOPED(json)
    json_object *list =
        document_read(bytes, length, json_type_array, "the answer about custom field names", err);
    if (!list)
        return false;
    size_t count = json_object_array_length(list);
    for (size_t i = 0; i < count && i < CATALOGUE_CUSTOM_FIELDS; i++) {
        json_object *name = json_object_array_get_idx(list, i);
        const char *text = json_object_is_type(name, json_type_string) ? json_object_get_string(name) : "";
        enrichment->names[i] = is_blank(text) ? NULL : arena_copy_text(arena, text);
    }
    return true;
}

struct reading {
    struct arena *arena;
    struct enrichment *enrichment;
};

static bool accept(void *context, struct buf *body, struct err *err)
{
    struct reading *reading = context;
    return enrichment_read(buf_text(body), body->length, reading->arena, reading->enrichment, err);
}

bool enrichment_fetch(struct api *api, const char *contract, struct arena *arena,
                      struct enrichment *enrichment, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(http_response) struct http_response response = {0};
    struct reading reading = {arena, enrichment};
    url_put_contract(&url, api->settings->api.base_url, contract);
    buf_put(&url, "/enrichment");
    struct api_request request = {
        .method = HTTP_GET,
        .url = buf_text(&url),
        .contract = contract,
        .what = "request the contract's custom field names",
        .scope = "data:read",
        .max_bytes = MAX_NAMES,
        .queue_request = {.urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER},
    };
    if (api_send(api, &request, (struct api_acceptor){accept, &reading}, &response, err))
        return true;
    if (response.status == 403 || response.status == 404)
        err_hint(err,
                 "contract %s may be wrong (`tokenflex-etl discover contracts` lists those you see), or the "
                 "token lacks the scope data:read",
                 contract);
    return false;
}
