#include "api/login.h"

#include "api/oauth.h"
#include "api/token_store.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"

#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

#define SECRET_BYTES 32

/* RFC 4648, section 5, without padding. */
static void put_base64url(const unsigned char *bytes, char *out)
{
    char padded[64];
    EVP_EncodeBlock((unsigned char *)padded, bytes, SECRET_BYTES);
    for (size_t i = 0; i < LOGIN_SECRET_TEXT - 1; i++)
        out[i] = padded[i] == '+' ? '-' : padded[i] == '/' ? '_' : padded[i];
    out[LOGIN_SECRET_TEXT - 1] = '\0';
}

static bool draw_secret(char *out, struct err *err)
{
    unsigned char bytes[SECRET_BYTES];
    if (!random_bytes(bytes, sizeof bytes, err))
        return false;
    put_base64url(bytes, out);
    return true;
}

static bool put_challenge(const char *verifier, char *challenge, struct err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length;
    if (EVP_Digest(verifier, strlen(verifier), digest, &length, EVP_sha256(), NULL) != 1 ||
        length != SECRET_BYTES)
        return err_set(err, ERR_BUG, "SHA-256 failed");
    put_base64url(digest, challenge);
    return true;
}

/* Opens the store and prepares it. The caller cleans up store in every case. */
static bool open_store(const struct settings *settings, int64_t deadline_ms, struct token_store *store,
                       struct err *err)
{
    return token_store_open(settings, deadline_ms, store, err) && token_store_prepare(store, err);
}

bool login_check_store(const struct settings *settings, struct err *err)
{
    SCOPED(token_store) struct token_store store;
    return open_store(settings, clock_deadline(TOKEN_STORE_WAIT_MS), &store, err);
}

bool login_begin(struct login_attempt *attempt, struct err *err)
{
    return draw_secret(attempt->state, err) && draw_secret(attempt->verifier, err) &&
           put_challenge(attempt->verifier, attempt->challenge, err);
}

void login_put_url(const struct login_attempt *attempt, const struct settings *settings,
                   const char *redirect_uri, struct buf *url)
{
    SCOPED(buf) struct buf scopes = buf_make(BUF_OWN_TEXT);
    oauth_put_scopes(settings, &scopes);
    buf_print(url, "%s/authentication/v2/authorize?response_type=code&client_id=", settings->api.base_url);
    http_put_encoded(url, settings->auth.client_id);
    buf_put(url, "&redirect_uri=");
    http_put_encoded(url, redirect_uri);
    buf_put(url, "&scope=");
    http_put_encoded(url, buf_text(&scopes));
    buf_print(url, "&state=%s&code_challenge=%s&code_challenge_method=S256", attempt->state,
              attempt->challenge);
}

static int hex_value(char digit)
{
    const char *digits = "0123456789abcdef";
    const char *found = digit ? strchr(digits, digit >= 'A' && digit <= 'F' ? digit + 32 : digit) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* Appends a query's value, decoded. */
static bool put_decoded(const char *value, size_t length, struct buf *out)
{
    for (size_t i = 0; i < length; i++) {
        char byte = value[i] == '+' ? ' ' : value[i];
        if (value[i] == '%' && i + 2 < length && hex_value(value[i + 1]) >= 0 &&
            hex_value(value[i + 2]) >= 0) {
            byte = (char)(hex_value(value[i + 1]) * 16 + hex_value(value[i + 2]));
            i += 2;
        }
        if (!byte || !buf_append(out, &byte, 1))
            return false;
    }
    return true;
}

/* The decoded value of a name in a URL's query; false where there is none. */
static bool find_parameter(const char *url, const char *name, struct buf *value)
{
    const char *query = strchr(url, '?');
    size_t name_length = strlen(name);
    buf_clear(value);
    for (const char *at = query ? query + 1 : ""; *at;) {
        size_t length = strcspn(at, "&# \r\n");
        if (strncmp(at, name, name_length) == 0 && at[name_length] == '=')
            return put_decoded(at + name_length + 1, length - name_length - 1, value);
        if (at[length] != '&')
            break;
        at += length + 1;
    }
    return false;
}

/* An http address, or its path and query, or its query alone, as the listener sees them. */
static bool looks_like_address(const char *url)
{
    size_t blanks = strspn(url, " \t");
    const char *at = url + blanks;
    return (*at == '/' || *at == '?' || strncasecmp(at, "http://", 7) == 0 ||
            strncasecmp(at, "https://", 8) == 0 || strncasecmp(at, "127.0.0.1:", 10) == 0 ||
            strncasecmp(at, "localhost:", 10) == 0) &&
           strchr(at, '?');
}

bool login_read_redirect(const struct login_attempt *attempt, const char *url, struct buf *code,
                         struct err *err)
{
    SCOPED(buf) struct buf state = buf_make(OAUTH_MAX_TOKEN);
    SCOPED(buf) struct buf refused = buf_make(OAUTH_MAX_TOKEN);
    char shown[200];
    if (!looks_like_address(url)) {
        err_set(err, ERR_AUTH, "the pasted text is not an address");
        return err_hint(err, "copy the whole address from the browser's address line, from http:// on");
    }
    if (!find_parameter(url, "state", &state) || !text_equal(buf_text(&state), attempt->state)) {
        err_set(err, ERR_AUTH, "the answer of the browser does not belong to this login (its state differs)");
        return err_hint(err, "use the address that this login has printed");
    }
    if (find_parameter(url, "error", &refused))
        return err_set(err, ERR_AUTH, "the login was refused: %s",
                       text_excerpt(buf_text(&refused), refused.length, shown, sizeof shown));
    if (!find_parameter(url, "code", code) || code->length == 0) {
        err_set(err, ERR_AUTH, "the answer of the browser contains no code");
        return err_hint(err, "copy the whole address from the browser's address line");
    }
    return true;
}

static bool keep(struct token_store *store, const struct settings *settings,
                 const struct oauth_answer *answer, int64_t deadline_ms, struct err *err)
{
    struct login login = login_make();
    int64_t now_ms = clock_wall_ms();
    buf_put(&login.client_id, settings->auth.client_id);
    oauth_put_scopes(settings, &login.scopes);
    buf_put(&login.refresh_token, buf_text(&answer->refresh_token));
    buf_put(&login.access_token, buf_text(&answer->access_token));
    login.refresh_from_ms = now_ms;
    login.access_from_ms = now_ms;
    login.access_until_ms = now_ms + answer->lifetime_ms;
    bool written = token_store_save(store, &login, deadline_ms, err);
    login_cleanup(&login);
    return written;
}

bool login_finish(const struct login_attempt *attempt, const struct settings *settings,
                  struct http_client *http, const char *code, const char *redirect_uri, struct err *err)
{
    struct oauth_answer answer;
    struct oauth_grant grant = {
        .kind = GRANT_AUTHORIZATION_CODE,
        .code = code,
        .redirect_uri = redirect_uri,
        .code_verifier = attempt->verifier,
        .deadline_ms = clock_deadline(TOKEN_STORE_WAIT_MS),
    };
    /* The store is prepared first: once the code is used, only the last write can fail. */
    SCOPED(token_store) struct token_store store;
    if (!open_store(settings, grant.deadline_ms, &store, err))
        return false;
    bool done = oauth_ask(settings, http, &grant, &answer, err);
    bool given = answer.refresh_token.length > 0;
    if (done && !given)
        done = err_set(err, ERR_AUTH, "the service gave no refresh token");
    /* A refresh token is a valid login also without a usable access token. */
    done = given ? keep(&store, settings, &answer, grant.deadline_ms, err) : done;
    oauth_answer_cleanup(&answer);
    return done;
}
