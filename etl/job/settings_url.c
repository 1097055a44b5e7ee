#include "job/settings_url.h"

#include <arpa/inet.h>
#include <string.h>

#define EXPECTED "an address such as https://developer.api.autodesk.com"

/* The authority of an http or https URL, [start, end); false where it is neither. */
static bool find_authority(const char *url, const char **start, const char **end)
{
    const char *behind = strstr(url, "://");
    if (!text_starts_with(url, "https://") && !text_starts_with(url, "http://"))
        return false;
    *start = behind + 3;
    *end = *start + strcspn(*start, "/?#");
    return *end > *start;
}

/* The end of the host within an authority: its port, if any, follows. */
static const char *host_end(const char *start, const char *end)
{
    const char *bracket = *start == '[' ? memchr(start, ']', (size_t)(end - start)) : NULL;
    if (bracket)
        return bracket + 1;
    const char *colon = memchr(start, ':', (size_t)(end - start));
    return colon ? colon : end;
}

static bool port_is_sound(const char *start, const char *end)
{
    char digits[6] = {0};
    size_t length = (size_t)(end - start);
    uint64_t port = 0;
    if (length == 0)
        return true;
    if (*start != ':' || length < 2 || length > 6)
        return false;
    memcpy(digits, start + 1, length - 1);
    return text_to_uint(digits, 65535, &port) && port > 0;
}

static bool has_blank_or_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= 0x20 || *text == 0x7F || *text == '\\')
            return true;
    return false;
}

static bool is_address(const char *url)
{
    const char *start;
    const char *end;
    if (!find_authority(url, &start, &end) || has_blank_or_control(url))
        return false;
    const char *port = host_end(start, end);
    return port != start && port_is_sound(port, end);
}

void settings_read_url(const struct key_value *value, void *member)
{
    struct findings *findings = value->context->findings;
    struct place place = value->node->place;
    const char *url = key_text(value, EXPECTED);
    if (!url)
        return;
    if (strchr(url, '@')) {
        finding_error(findings, place,
                      "`%s` has a user or password before an `@`: remove it, credentials belong under `auth`",
                      value->path);
        return;
    }
    if (!is_address(url) || strpbrk(url, "?#")) {
        key_refuse(value, EXPECTED);
        return;
    }
    size_t length = strlen(url);
    while (url[length - 1] == '/')
        length--;
    char *trimmed = arena_copy(value->context->arena, url, length);
    if (strstr(trimmed, "/tokenflex")) {
        finding_error(findings, place,
                      "`%s` must not contain /tokenflex/v1, which the program adds: remove that part",
                      value->path);
        return;
    }
    *(const char **)member = trimmed;
}

bool settings_url_is_safe(const char *url)
{
    char host[64] = {0};
    struct in_addr address;
    const char *start;
    const char *end;
    if (text_starts_with(url, "https://"))
        return true;
    if (!find_authority(url, &start, &end))
        return false;
    size_t length = (size_t)(host_end(start, end) - start);
    if (length >= sizeof host)
        return false;
    memcpy(host, start, length);
    if (text_equal(host, "localhost") || text_equal(host, "[::1]"))
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

const char *settings_ping_url_fault(const char *url, bool allow_insecure)
{
    const char *start;
    const char *end;
    if (find_authority(url, &start, &end) && memchr(start, '@', (size_t)(end - start)))
        return "has a user or password before an `@`: remove it";
    if (!is_address(url) || strchr(url, '#'))
        return "must be an address such as https://hc-ping.com/YOUR-UUID";
    if (!allow_insecure && !settings_url_is_safe(url))
        return "is http:// to another machine, which would show it to the network: use https://, or set "
               "`api.allow_insecure: true`";
    return NULL;
}
