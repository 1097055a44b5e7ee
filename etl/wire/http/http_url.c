#include "base/text.h"
#include "wire/http/http_inner.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_unreserved(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

void http_put_encoded(struct buf *buf, const char *text)
{
    for (; *text; text++) {
        if (is_unreserved(*text))
            buf_print(buf, "%c", *text);
        else
            buf_print(buf, "%%%02X", (unsigned char)*text);
    }
}

const char *http_safe_url(const char *url, char *out, size_t size)
{
    const char *scheme_end = url + strcspn(url, ":/?#@");
    const char *authority = text_starts_with(scheme_end, "://") ? scheme_end + 3 : url;
    const char *path = authority + strcspn(authority, "/\\?#");
    const char *host = authority;
    for (const char *at = authority; at < path; at++)
        if (*at == '@')
            host = at + 1;
    size_t shown = strcspn(host, "?#");

    char text[2048];
    snprintf(text, sizeof text, "%.*s%.*s", (int)(authority - url), url, (int)shown, host);
    return text_excerpt(text, strlen(text), out, size);
}

/* One part of a URL, in lower case; false when it is missing or too long. */
static bool copy_part(CURLU *url, CURLUPart part, char *out, size_t size)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return false;
    int length = snprintf(out, size, "%s", text);
    bool fits = length >= 0 && (size_t)length < size;
    for (char *byte = out; fits && *byte; byte++)
        *byte = (char)tolower((unsigned char)*byte);
    curl_free(text);
    return fits;
}

bool http_origin_of(const char *url, struct http_origin *origin)
{
    char port[8];
    (void)http_load_curl();
    CURLU *parsed = curl_url();
    bool good = parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
                copy_part(parsed, CURLUPART_SCHEME, origin->scheme, sizeof origin->scheme) &&
                copy_part(parsed, CURLUPART_HOST, origin->host, sizeof origin->host) &&
                copy_part(parsed, CURLUPART_PORT, port, sizeof port);
    curl_url_cleanup(parsed);
    uint64_t number;
    if (!good || !text_to_uint(port, 65535, &number))
        return false;
    origin->port = (unsigned)number;
    return text_equal(origin->scheme, "http") || text_equal(origin->scheme, "https");
}

bool http_same_origin(const struct http_origin *left, const struct http_origin *right)
{
    return text_equal(left->scheme, right->scheme) && text_equal(left->host, right->host) &&
           left->port == right->port;
}

bool http_is_loopback(const struct http_origin *origin)
{
    struct in_addr address;
    if (inet_pton(AF_INET, origin->host, &address) == 1)
        return ntohl(address.s_addr) >> 24 == 127;
    return text_equal(origin->host, "localhost") || text_equal(origin->host, "[::1]");
}
