#include "api/token_database.h"

#include "api/oauth.h"
#include "api/save.h"
#include "api/token_key.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "base/text.h"
#include "state/budget.h"
#include "state/schema.h"

#include <string.h>

/* How long one attempt to store a login may take, and after a stop. */
#define ATTEMPT_MS 10000
#define STOPPED_ATTEMPT_MS 1500
/* Room for a login of the service: its tokens have about a kilobyte each. */
#define USUAL_LOGIN ((size_t)8 << 10)

/* The key of the login's row. Texts are those of the settings. */
static struct login_row_key key_of(const struct settings *settings)
{
    return (struct login_row_key){budget_of(settings).account, settings->auth.client_id};
}

/* The context of a sealed login: its account and client. */
static void put_context(const struct settings *settings, struct buf *context)
{
    struct login_row_key key = key_of(settings);
    buf_print(context, "login of %zu:%s %zu:%s", strlen(key.account), key.account, strlen(key.client_id),
              key.client_id);
}

static bool connect(struct token_database *db, const struct pg_options *times, struct err *err)
{
    struct pg_options options = *times;
    options.dsn = db->settings->database.dsn;
    options.application_name = "tokenflex-etl login";
    pg_close(db->pg);
    db->pg = pg_connect(&options, err);
    return db->pg || err_wrap(err, "the login is in the database (auth.token_store)");
}

static bool lock_row(struct token_database *db, struct err *err)
{
    struct login_row_key key = key_of(db->settings);
    if (!login_row_lock(db->pg, &key, &db->row, err))
        return false;
    db->ahead_ms = db->row.now_ms - clock_wall_ms();
    return true;
}

bool token_database_open(const struct settings *settings, int64_t deadline_ms, struct token_database *db,
                         struct err *err)
{
    *db = (struct token_database){
        .settings = settings, .row = login_row_make(), .held = buf_make(OAUTH_MAX_TOKEN)};
    return connect(db, &(struct pg_options){.deadline_ms = deadline_ms}, err) && lock_row(db, err);
}

void token_database_cleanup(struct token_database *db)
{
    pg_close(db->pg);
    login_row_cleanup(&db->row);
    oauth_wipe(&db->held);
    buf_release(&db->held);
    seal_key_cleanup(&db->key);
    *db = (struct token_database){0};
}

static bool read_key(struct token_database *db, struct err *err)
{
    db->has_key = db->has_key || token_key_read(&db->settings->auth, &db->key, err);
    return db->has_key;
}

static bool refuse_key(const struct login_row *row, const struct seal_key *key, struct err *err)
{
    err_set(err, ERR_CONFIG,
            "the login in tokenflex_etl.login was encrypted with another key (%s) than this host has (%s)",
            buf_text(&row->key_id), key->id);
    return err_hint(err, "give this host the key of the others, or log in again with this one: %s",
                    program_login());
}

static bool refuse_damaged(struct err *err)
{
    err_set(err, ERR_AUTH, "the login in tokenflex_etl.login is damaged, or was copied from another row");
    return err_hint(err, "an administrator has to log in again: %s", program_login());
}

static bool open_row(const struct settings *settings, const struct login_row *row, const struct seal_key *key,
                     struct login *login, struct err *err)
{
    SCOPED(buf) struct buf context = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf text = buf_make(LOGIN_MAX_TEXT);
    if (!text_equal(buf_text(&row->key_id), key->id))
        return refuse_key(row, key, err);
    put_context(settings, &context);
    bool opened =
        seal_open(key, buf_text(&context), buf_text(&row->sealed), &text) && login_read_text(&text, login);
    oauth_wipe(&text);
    return opened || refuse_damaged(err);
}

/* Converts the times of a login to a clock that is ahead of this one by ahead_ms. */
static void shift_clock(struct login *login, int64_t ahead_ms)
{
    login->refresh_from_ms += ahead_ms;
    login->access_from_ms += ahead_ms;
    login->access_until_ms += ahead_ms;
}

bool token_database_read(struct token_database *db, struct login *login, bool *exists, struct err *err)
{
    *exists = db->row.exists;
    if (!*exists)
        return true;
    if (!read_key(db, err) || !open_row(db->settings, &db->row, &db->key, login, err))
        return false;
    shift_clock(login, -db->ahead_ms);
    oauth_wipe(&db->held);
    return buf_append(&db->held, buf_text(&login->refresh_token), login->refresh_token.length) ||
           err_set(err, ERR_BUG, "a token does not fit its buffer");
}

bool token_database_read_unlocked(const struct settings *settings, struct pg *pg, struct login *login,
                                  bool *exists, struct err *err)
{
    struct seal_key key;
    struct login_row_key row_key = key_of(settings);
    SCOPED(login_row) struct login_row row = login_row_make();
    *exists = false;
    if (!login_row_read(pg, &row_key, &row, err))
        return false;
    int64_t ahead_ms = row.now_ms - clock_wall_ms();
    *exists = row.exists;
    if (!row.exists)
        return true;
    if (!token_key_read(&settings->auth, &key, err))
        return false;
    bool opened = open_row(settings, &row, &key, login, err);
    seal_key_cleanup(&key);
    shift_clock(login, -ahead_ms);
    return opened;
}

bool token_database_has_login(const struct settings *settings, struct pg *pg, bool *exists, struct err *err)
{
    struct login_row_key key = key_of(settings);
    SCOPED(login_row) struct login_row row = login_row_make();
    bool looked = login_row_read(pg, &key, &row, err);
    *exists = looked && row.exists;
    return looked;
}

static bool make_table(struct token_database *db, struct err *err)
{
    struct schema_change change;
    pg_rollback(db->pg);
    return schema_upgrade(db->pg, &change, err) && lock_row(db, err);
}

static bool store(struct token_database *db, const char *sealed, struct err *err)
{
    struct login_row_key key = key_of(db->settings);
    struct login_row_content content = {sealed, db->key.id};
    return login_row_store(db->pg, &key, &content, err);
}

/* The row that is stored here is never seen by others: save() or the rollback replaces it. */
static bool store_placeholder(struct token_database *db, struct err *err)
{
    SCOPED(buf) struct buf filler = buf_make(LOGIN_ROW_MAX_DIGITS);
    return seal_put_filler(USUAL_LOGIN, &filler, err) && store(db, buf_text(&filler), err);
}

bool token_database_prepare(struct token_database *db, struct err *err)
{
    if (!read_key(db, err))
        return false;
    if (!pg_in_transaction(db->pg))
        return err_set(err, ERR_BUG, "the row of the login is not locked");
    if ((!db->row.has_table && !make_table(db, err)) || !store_placeholder(db, err))
        return err_hint(err, "the refresh token has not been used: %s",
                        *err->hint ? err->hint : "once tokenflex_etl.login can be written, run again");
    return true;
}

/* After a transaction that failed: whether what is in the row now may be replaced by this login. */
static bool may_replace(struct token_database *db, const struct login *login)
{
    struct err ignored;
    SCOPED(login) struct login present = login_make();
    if (db->held.length == 0)
        return true;
    if (!db->row.exists || !open_row(db->settings, &db->row, &db->key, &present, &ignored))
        return false;
    const char *token = buf_text(&present.refresh_token);
    return text_equal(token, buf_text(&db->held)) || text_equal(token, buf_text(&login->refresh_token));
}

static bool lock_again(struct token_database *db, struct err *err)
{
    int64_t limit_ms = stop_requested() ? STOPPED_ATTEMPT_MS : ATTEMPT_MS;
    struct pg_options times = {.limit_ms = limit_ms, .ignores_stop = true};
    if (db->pg && !pg_is_lost(db->pg))
        pg_rollback(db->pg);
    if ((!db->pg || pg_is_lost(db->pg)) && !connect(db, &times, err))
        return false;
    pg_ignore_stop(db->pg, limit_ms);
    return lock_row(db, err);
}

/* struct save_attempt's context. */
struct saving {
    struct token_database *db;
    const struct login *login;
    const struct buf *sealed;
    bool failed_before;
};

static bool write_once(struct saving *saving, struct err *err)
{
    struct token_database *db = saving->db;
    bool is_locked = !saving->failed_before && db->pg && pg_in_transaction(db->pg) && !pg_is_lost(db->pg);
    if (is_locked) {
        pg_set_deadline(db->pg, CLOCK_NEVER);
        pg_ignore_stop(db->pg, stop_requested() ? STOPPED_ATTEMPT_MS : ATTEMPT_MS);
    } else if (!lock_again(db, err)) {
        return false;
    } else if (!may_replace(db, saving->login)) {
        log_warn("login-replaced", "the connection to the database was lost while the refresh token was "
                                   "exchanged, and a login or logout was stored meanwhile: it stays");
        pg_rollback(db->pg);
        return true;
    }
    return store(db, buf_text(saving->sealed), err) && pg_commit(db->pg, err);
}

static bool try_save(void *context, struct err *err)
{
    struct saving *saving = context;
    bool written = write_once(saving, err);
    saving->failed_before = true;
    return written;
}

static bool seal_login(struct token_database *db, const struct login *login, struct buf *sealed,
                       struct err *err)
{
    SCOPED(buf) struct buf context = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf text = buf_make(LOGIN_MAX_TEXT);
    struct login shifted = *login;
    shift_clock(&shifted, db->ahead_ms);
    put_context(db->settings, &context);
    login_put_text(&shifted, &text);
    bool done = seal(&db->key, buf_text(&context), &text, sealed, err);
    oauth_wipe(&text);
    return done;
}

static void warn_of_key(const struct token_database *db)
{
    if (db->row.exists && !text_equal(buf_text(&db->row.key_id), db->key.id))
        log_warn("login-key-changed",
                 "the login that was replaced was encrypted with another key (%s): hosts with that key need "
                 "the key %s now",
                 buf_text(&db->row.key_id), db->key.id);
}

bool token_database_save(struct token_database *db, const struct login *login, int64_t deadline_ms,
                         struct err *err)
{
    SCOPED(buf) struct buf sealed = buf_make(LOGIN_ROW_MAX_DIGITS);
    struct saving saving = {.db = db, .login = login, .sealed = &sealed};
    struct save_attempt attempt = {.run = try_save, .context = &saving, .event = "login-retry"};
    if (!read_key(db, err) || !seal_login(db, login, &sealed, err))
        return false;
    if (save_persistently(&attempt, deadline_ms, err)) {
        warn_of_key(db);
        return true;
    }
    return err_hint(err,
                    "the service has exchanged the refresh token, and the new one is not in "
                    "tokenflex_etl.login: if the next run is refused, log in again: %s",
                    program_login());
}

bool token_database_delete(struct token_database *db, bool *existed, struct err *err)
{
    struct login_row_key key = key_of(db->settings);
    *existed = db->row.exists;
    return !*existed || (login_row_delete(db->pg, &key, err) && pg_commit(db->pg, err));
}
