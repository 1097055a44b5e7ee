#include "api/login_text.h"

#include "api/oauth.h"
#include "base/json_writer.h"
#include "base/secret.h"
#include "wire/json/json.h"

struct login login_make(void)
{
    return (struct login){
        .client_id = buf_make(OAUTH_MAX_TOKEN),
        .scopes = buf_make(OAUTH_MAX_TOKEN),
        .refresh_token = buf_make(OAUTH_MAX_TOKEN),
        .access_token = buf_make(OAUTH_MAX_TOKEN),
    };
}

void login_cleanup(struct login *login)
{
    oauth_wipe(&login->refresh_token);
    oauth_wipe(&login->access_token);
    buf_release(&login->client_id);
    buf_release(&login->scopes);
    buf_release(&login->refresh_token);
    buf_release(&login->access_token);
}

void login_put_text(const struct login *login, struct buf *text)
{
    struct json_writer json = json_writer_make(text);
    json_begin_object(&json, NULL);
    json_put_text(&json, "client_id", buf_text(&login->client_id));
    json_put_text(&json, "scopes", buf_text(&login->scopes));
    json_put_text(&json, "refresh_token", buf_text(&login->refresh_token));
    if (login->refused)
        json_put_flag(&json, "refresh_refused", true);
    json_put_integer(&json, "refresh_from_ms", login->refresh_from_ms);
    json_put_text(&json, "access_token", buf_text(&login->access_token));
    json_put_integer(&json, "access_from_ms", login->access_from_ms);
    json_put_integer(&json, "access_until_ms", login->access_until_ms);
    json_end(&json);
    buf_put(text, "\n");
}

static bool keep_text(json_object *object, const char *member, struct buf *text)
{
    const char *value = json_text_of(object, member);
    buf_clear(text);
    return value && buf_append_text(text, value);
}

static bool read_moment(json_object *object, const char *member, int64_t *moment_ms)
{
    uint64_t value;
    if (!json_uint_of(object, member, &value) || value > INT64_MAX)
        return false;
    *moment_ms = (int64_t)value;
    return true;
}

bool login_read_text(const struct buf *text, struct login *login)
{
    struct err ignored;
    SCOPED(json) json_object *object = json_parse_last(buf_text(text), text->length, &ignored);
    bool whole = object && keep_text(object, "client_id", &login->client_id) &&
                 keep_text(object, "scopes", &login->scopes) &&
                 keep_text(object, "refresh_token", &login->refresh_token) &&
                 read_moment(object, "refresh_from_ms", &login->refresh_from_ms) &&
                 keep_text(object, "access_token", &login->access_token) &&
                 read_moment(object, "access_from_ms", &login->access_from_ms) &&
                 read_moment(object, "access_until_ms", &login->access_until_ms);
    secret_remember_temporary(buf_text(&login->refresh_token));
    secret_remember_temporary(buf_text(&login->access_token));
    login->refused = whole && json_is_true(object, "refresh_refused");
    return whole;
}
