#include "api/token_store.h"

#include "base/clock.h"
#include "base/text.h"
#include "wire/pg/pooler.h"

#include <stdio.h>

static bool is_in_database(const struct settings *settings)
{
    return settings->auth.token_store == TOKEN_STORE_DATABASE;
}

struct token_store token_store_make(void)
{
    return (struct token_store){.file = TOKEN_FILE_NONE};
}

void token_store_cleanup(struct token_store *store)
{
    token_file_cleanup(&store->file);
    token_database_cleanup(&store->database);
    *store = token_store_make();
}

bool token_store_open(const struct settings *settings, int64_t deadline_ms, struct token_store *store,
                      struct err *err)
{
    *store = token_store_make();
    store->settings = settings;
    return is_in_database(settings)
               ? token_database_open(settings, deadline_ms, &store->database, err)
               : token_file_open(settings->auth.token_file, deadline_ms, &store->file, err);
}

bool token_store_read(struct token_store *store, struct login *login, bool *exists, struct err *err)
{
    const struct settings *settings = store->settings;
    return is_in_database(settings) ? token_database_read(&store->database, login, exists, err)
                                    : token_file_read(settings->auth.token_file, login, exists, err);
}

bool token_store_prepare(struct token_store *store, struct err *err)
{
    return is_in_database(store->settings) ? token_database_prepare(&store->database, err)
                                           : token_file_prepare(&store->file, err);
}

bool token_store_save(struct token_store *store, const struct login *login, int64_t deadline_ms,
                      struct err *err)
{
    return is_in_database(store->settings) ? token_database_save(&store->database, login, deadline_ms, err)
                                           : token_file_save(&store->file, login, deadline_ms, err);
}

bool token_store_delete(struct token_store *store, bool *existed, struct err *err)
{
    return is_in_database(store->settings) ? token_database_delete(&store->database, existed, err)
                                           : token_file_delete(&store->file, existed, err);
}

bool token_store_read_unlocked(const struct settings *settings, struct pg *pg, struct login *login,
                               bool *exists, struct err *err)
{
    if (!is_in_database(settings))
        return token_file_read(settings->auth.token_file, login, exists, err);
    struct pg_options options = {.dsn = settings->database.dsn,
                                 .application_name = "tokenflex-etl login",
                                 .limit_ms = TOKEN_STORE_UNLOCKED_WAIT_MS};
    SCOPED(pg) struct pg *own = pg ? NULL : pg_connect_session(&options, err);
    if (!pg && !own)
        return err_wrap(err, "the login is in the database (auth.token_store)");
    return token_database_read_unlocked(settings, pg ? pg : own, login, exists, err);
}

const char *token_store_place(const struct settings *settings)
{
    return is_in_database(settings) ? "tokenflex_etl.login" : settings->auth.token_file;
}

const char *token_store_describe(const struct settings *settings, char out[static TOKEN_STORE_TEXT])
{
    if (is_in_database(settings))
        snprintf(out, TOKEN_STORE_TEXT, "login of client `%s` in tokenflex_etl.login",
                 settings->auth.client_id);
    else
        snprintf(out, TOKEN_STORE_TEXT, "token file %s", settings->auth.token_file);
    return out;
}
