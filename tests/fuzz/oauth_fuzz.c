/*
 * Whatever the token endpoint answers, in its body or by way of the browser: tokens within their ceiling and
 * a lifetime that makes sense, or an error of one harmless line.
 */
#include "api/login.h"
#include "api/oauth_inner.h"
#include "api/service_error.h"
#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        abort();
}

static void must_be_harmless(const char *text)
{
    size_t length = strlen(text);
    size_t step;
    for (size_t at = 0; at < length; at += step) {
        step = utf8_length(text + at, length - at);
        must(step > 0 && utf8_is_harmless(utf8_point(text + at, step)));
    }
}

static void read_answer(const char *bytes, size_t length, bool accepted)
{
    struct err err = {0};
    struct oauth_answer answer = oauth_answer_make();
    bool read = oauth_answer_read(bytes, length, accepted, &answer, &err);
    must(answer.refresh_token.length <= OAUTH_MAX_TOKEN && answer.access_token.length <= OAUTH_MAX_TOKEN);
    must(!read || (accepted && answer.access_token.length > 0 && answer.lifetime_ms > 0 &&
                   answer.lifetime_ms <= (int64_t)30 * 86400 * 1000));
    must(read || err.kind == ERR_UNAVAILABLE);
    must_be_harmless(err.text);
    oauth_answer_cleanup(&answer);
}

static void read_error(const char *bytes, size_t length)
{
    char text[64];
    struct http_response response = {.status = 403, .body = buf_make(length)};
    must(buf_append(&response.body, bytes, length));
    must(strlen(service_error_text(&response, text, sizeof text)) < sizeof text);
    must_be_harmless(text);
    bool missing = service_error_is_missing_product(&response);
    must(!missing || length > 0);
    http_response_cleanup(&response);
}

static void read_redirect(const char *url)
{
    struct err err = {0};
    SCOPED(buf) struct buf code = buf_make(OAUTH_MAX_TOKEN);
    const struct login_attempt attempt = {.state = "s"};
    bool read = login_read_redirect(&attempt, url, &code, &err);
    must(read ? code.length > 0 : err.kind == ERR_AUTH);
    must_be_harmless(err.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buf) struct buf text = buf_make(size);
    must(buf_append(&text, data, size));
    read_answer(buf_text(&text), size, true);
    read_answer(buf_text(&text), size, false);
    read_error(buf_text(&text), size);
    read_redirect(buf_text(&text));
    return 0;
}
