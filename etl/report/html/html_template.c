#include "report/html/html_template.h"

#include "report/html/assets.h"

#include <openssl/evp.h>
#include <string.h>

/* Of SHA-256 in base64, with a NUL. */
#define HASH_TEXT 48

static bool hash(const char *text, char *out, struct err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length;
    if (EVP_Digest(text, strlen(text), digest, &length, EVP_sha256(), NULL) != 1)
        return err_set(err, ERR_BUG, "OpenSSL cannot make a SHA-256 hash");
    EVP_EncodeBlock((unsigned char *)out, digest, (int)length);
    return true;
}

static bool put_policy(struct buf *out, struct err *err)
{
    char style[HASH_TEXT];
    char library[HASH_TEXT];
    char script[HASH_TEXT];
    if (!hash(asset_style, style, err) || !hash(asset_library, library, err) ||
        !hash(asset_script, script, err))
        return false;
    buf_print(out,
              "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s' 'sha256-%s'; img-src data:; "
              "base-uri 'none'; form-action 'none'",
              style, library, script);
    return true;
}

static bool put_part(const struct html_parts *parts, const char *name, size_t length, struct buf *out,
                     struct err *err)
{
    const struct {
        const char *name;
        const char *text;
    } known[] = {
        {"title", parts->title}, {"heading", parts->heading}, {"content", parts->content},
        {"style", asset_style},  {"library", asset_library},  {"script", asset_script},
    };
    if (length == strlen("policy") && memcmp(name, "policy", length) == 0)
        return put_policy(out, err);
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strlen(known[i].name) == length && memcmp(known[i].name, name, length) == 0) {
            buf_put(out, known[i].text);
            return true;
        }
    return err_set(err, ERR_BUG, "the page's template has an unknown part {{%.*s}}", (int)length, name);
}

bool html_put_page(const struct html_parts *parts, struct buf *out, struct err *err)
{
    const char *rest = asset_template;
    for (const char *begin; (begin = strstr(rest, "{{")) != NULL;) {
        const char *name = begin + strlen("{{");
        const char *end = strstr(name, "}}");
        if (!end)
            return err_set(err, ERR_BUG, "the page's template has an open part");
        buf_print(out, "%.*s", (int)(begin - rest), rest);
        if (!put_part(parts, name, (size_t)(end - name), out, err))
            return false;
        rest = end + strlen("}}");
    }
    buf_put(out, rest);
    return true;
}
