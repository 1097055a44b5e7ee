#include "api/url.h"

#include "base/text.h"
#include "wire/http/http.h"

#include <string.h>

void url_put_usage(struct buf *url, const char *base_url, const char *contract)
{
    buf_print(url, "%s" API_ROOT "/usage/", base_url);
    http_put_encoded(url, contract);
}

void url_put_submit(struct buf *url, const char *base_url, const char *contract)
{
    url_put_usage(url, base_url, contract);
    buf_put(url, "/query");
}

void url_put_contract(struct buf *url, const char *base_url, const char *contract)
{
    buf_print(url, "%s" API_ROOT "/contract/", base_url);
    http_put_encoded(url, contract);
}

void url_put_query(struct buf *url, const char *base_url, const char *contract, const char *id)
{
    url_put_submit(url, base_url, contract);
    buf_put(url, "/");
    http_put_encoded(url, id);
}

static bool is_printable(const char *uri)
{
    for (const char *byte = uri; *byte; byte++)
        if ((unsigned char)*byte <= ' ' || (unsigned char)*byte >= 0x7F || *byte == '#' || *byte == '\\')
            return false;
    return *uri != '\0';
}

static bool refuse(const char *detail_uri, const char *why, struct err *err)
{
    char shown[120];
    http_safe_url(detail_uri, shown, sizeof shown);
    return err_set(err, ERR_DATA, "the service's detail_uri %s %s", shown, why);
}

/* The part of an absolute URL after scheme and host: its path and query, which may be empty. */
static const char *behind_host(const char *url)
{
    const char *authority = strstr(url, "//") + 2;
    return authority + strcspn(authority, "/?");
}

/* If a proxy serves the API under a path of its own, base_url and detail_uri both have that path. */
static const char *without_base_path(const char *base_url, const char *path)
{
    const char *base = behind_host(base_url);
    size_t length = strlen(base);
    return text_starts_with(path, base) && path[length] == '/' ? path + length : path;
}

/* The path and query of an absolute URL. Nothing else of it is used, so host and user stay those of base_url.
 */
static bool own_path(const char *base_url, const char *detail_uri, const char **path, struct err *err)
{
    struct http_origin ours;
    struct http_origin theirs;
    bool same = http_origin_of(base_url, &ours) && http_origin_of(detail_uri, &theirs) &&
                http_same_origin(&ours, &theirs);
    if (!same)
        return refuse(detail_uri, "leads to another host than api.base_url: not followed", err);
    *path = behind_host(detail_uri);
    return **path == '/' || refuse(detail_uri, "has no path", err);
}

bool url_put_detail(struct buf *url, const char *base_url, const char *detail_uri, struct err *err)
{
    const char *path = detail_uri;
    if (!is_printable(detail_uri))
        return refuse(detail_uri, "is not an address", err);
    bool has_scheme = text_starts_with(detail_uri + strcspn(detail_uri, "/?"), "//");
    if (has_scheme && !own_path(base_url, detail_uri, &path, err))
        return false;
    path = without_base_path(base_url, path);
    if (*path == '/')
        path++;
    const char *root = API_ROOT "/";
    if (text_starts_with(path, "tokenflex/v1/"))
        root = "/";
    else if (text_starts_with(path, "v1/"))
        root = "/tokenflex/";
    buf_print(url, "%s%s%s", base_url, root, path);
    return true;
}

void url_put_page(struct buf *url, unsigned long long offset, unsigned long long limit)
{
    const char *joint = strchr(buf_text(url), '?') ? "&" : "?";
    buf_print(url, "%soffset=%llu&limit=%llu", joint, offset, limit);
}
