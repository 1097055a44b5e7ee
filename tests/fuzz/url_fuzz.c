/*
 * Wherever the service points: a detail_uri that is followed stays at the API's own scheme, host and port,
 * a redirect of a download leads to http or https without a user, and never from https to http. What a
 * message shows of an address has neither its query nor its user.
 */
#include "api/export_answer.h"
#include "api/url.h"
#include "base/arena.h"
#include "wire/http/download_inner.h"
#include "wire/http/http.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE "https://developer.api.example"

static void must(bool held)
{
    if (!held)
        abort();
}

static void check_detail(const char *uri)
{
    struct err err = {0};
    struct http_origin ours;
    struct http_origin theirs;
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    if (!url_put_detail(&url, BASE, uri, &err)) {
        must(err.kind == ERR_DATA && err.text[0] != '\0');
        return;
    }
    must(http_origin_of(BASE, &ours));
    must(http_origin_of(buf_text(&url), &theirs) && http_same_origin(&ours, &theirs));
    must(strncmp(buf_text(&url), BASE API_ROOT "/", strlen(BASE API_ROOT "/")) == 0);
}

static void check_redirect(const char *from, const char *location)
{
    struct err err = {0};
    struct http_origin origin;
    SCOPED(buf) struct buf url = buf_make((size_t)64 << 10);
    if (!download_resolve(from, location, &url, &err)) {
        must(err.kind == ERR_DATA && err.text[0] != '\0');
        return;
    }
    must(http_origin_of(buf_text(&url), &origin));
    must(strncmp(from, "https:", 6) != 0 || strcmp(origin.scheme, "https") == 0);
    const char *authority = strstr(buf_text(&url), "://") + 3;
    must(memchr(authority, '@', strcspn(authority, "/?#")) == NULL);
}

static void check_shown(const char *url)
{
    char shown[256];
    must(strlen(http_safe_url(url, shown, sizeof shown)) < sizeof shown);
    const char *authority = strstr(shown, "://");
    must(!authority || memchr(authority, '@', strcspn(authority, "/")) == NULL);
}

/* The presigned address, and the rest, of an export's answer. */
static void check_export(const char *bytes, size_t length)
{
    bool found = false;
    struct err err = {0};
    struct export_answer answer;
    SCOPED(arena) struct arena *arena = arena_make();
    if (export_answer_read(bytes, length, arena, &answer, &err))
        must(answer.key && strlen(answer.key) <= EXPORT_MAX_KEY &&
             (!answer.download_url || strlen(answer.download_url) <= EXPORT_MAX_URL));
    else
        must(err.kind == ERR_DATA || err.kind == ERR_UNAVAILABLE);
    err_clear(&err);
    must(export_answer_read_url(bytes, length, arena, &answer, &err) || err.kind != ERR_NONE);
    err_clear(&err);
    must(export_answer_find(bytes, length, "file", arena, &answer, &found, &err) || err.kind != ERR_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buf) struct buf text = buf_make(size);
    must(buf_append(&text, data, size));
    const char *url = buf_text(&text);
    check_detail(url);
    check_redirect("https://files.example/a/b?c=d", url);
    check_redirect("http://files.example/a", url);
    check_redirect(url, "/next");
    check_shown(url);
    check_export(url, size);
    return 0;
}
