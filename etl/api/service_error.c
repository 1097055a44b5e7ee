#include "api/service_error.h"

#include "base/text.h"
#include "wire/json/json.h"

#include <string.h>

const char *service_error_text(const struct http_response *response, char *out, size_t size)
{
    static const char *const members[] = {"Message", "developerMessage", "error_description", "error",
                                          "message"};
    struct err ignored;
    out[0] = '\0';
    SCOPED(json)
    json_object *body = json_parse_last(buf_text(&response->body), response->body.length, &ignored);
    for (size_t i = 0; body && i < COUNT_OF(members); i++) {
        const char *text = json_text_of(body, members[i]);
        if (text && *text)
            return text_excerpt(text, strlen(text), out, size);
    }
    return out;
}

bool service_error_is_missing_product(const struct http_response *response)
{
    struct err ignored;
    SCOPED(json)
    json_object *body = json_parse_last(buf_text(&response->body), response->body.length, &ignored);
    const char *code = body ? json_text_of(body, "errorCode") : NULL;
    return response->status == 403 && code && text_equal(code, "AUTH-001");
}

bool service_error_is_gone(int status)
{
    return status == 404 || status == 410;
}
