/* api/token with the login in the database: a login that one job could not save is saved by the next. */
#include "api/token.h"
#include "api/token_database.h"
#include "base/clock.h"
#include "db/state/fresh.h"
#include "unit/wire/http/tiny_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct tiny_server *server;
static struct pg *other;   /* cuts the connection of the first save off, and holds the login's table */
static unsigned exchanged; /* refresh tokens, each of which works once */

/* The connection of the login ends between the exchange and the save, and the database stays unavailable. */
static void cut_off(void)
{
    db_value(other, "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                    " where application_name = 'tokenflex-etl login'");
    db_exec(other, "begin; lock table tokenflex_etl.login");
}

static bool exchange(const struct tiny_request *request)
{
    char body[256];
    char wanted[64];
    snprintf(wanted, sizeof wanted, "refresh_token=refresh-%u", exchanged);
    if (!strstr(request->text, wanted)) {
        tiny_send(request, "HTTP/1.1 400 Bad Request\r\nContent-Length: 25\r\n\r\n"
                           "{\"error\":\"invalid_grant\"}");
        return true;
    }
    if (exchanged++ == 0)
        cut_off();
    snprintf(body, sizeof body,
             "{\"access_token\":\"access-%u\",\"refresh_token\":\"refresh-%u\",\"expires_in\":1}", exchanged,
             exchanged);
    tiny_answer(request, body);
    return true;
}

struct way {
    char key_file[64];
    char base_url[64];
    struct settings settings;
    struct http_client *http;
    struct token_source *tokens;
    struct token token;
    struct err err;
};

static void store_first_login(const struct way *way)
{
    struct err err = {0};
    SCOPED(token_database) struct token_database db;
    SCOPED(login) struct login login = login_make();
    login.refresh_from_ms = login.access_from_ms = login.access_until_ms = clock_wall_ms();
    buf_put(&login.client_id, "client");
    buf_put(&login.refresh_token, "refresh-0");
    must(token_database_open(&way->settings, clock_deadline(60000), &db, &err), &err);
    must(token_database_prepare(&db, &err), &err);
    must(token_database_save(&db, &login, clock_deadline(60000), &err), &err);
}

static void way_begin(struct way *way)
{
    *way = (struct way){.key_file = "/tmp/token_unsaved.XXXXXX", .token = token_none()};
    int file = mkstemp(way->key_file);
    assert_int_equal(write(file, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", 45), 45);
    close(file);
    way->settings = (struct settings){
        .api = {.account = "", .base_url = tiny_server_url(server, "", way->base_url, sizeof way->base_url)},
        .auth = {.flow = AUTH_REFRESH_TOKEN,
                 .client_id = "client",
                 .client_secret = "",
                 .token_store = TOKEN_STORE_DATABASE,
                 .token_key_file = way->key_file},
        .database.dsn = "",
    };
    way->http = http_client_make(&(struct http_options){0}, &way->err);
    assert_non_null(way->http);
    way->tokens = token_make(&way->settings, way->http);
    other = db_fresh();
    db_exec(other, "truncate tokenflex_etl.login");
    exchanged = 0;
    store_first_login(way);
}

static void way_cleanup(struct way *way)
{
    token_cleanup(&way->token);
    token_release(way->tokens);
    http_client_release(way->http);
    pg_close(other);
    remove(way->key_file);
}

/* The first job's time ends before the database can be written; the next one's begins when it can. */
static void get_twice(struct way *way)
{
    assert_false(token_get(way->tokens, clock_deadline(500), &way->token, &way->err));
    db_exec(other, "rollback");
    usleep(1000000);
    must(token_get(way->tokens, clock_deadline(60000), &way->token, &way->err), &way->err);
}

static void expect_stored(const struct way *way, const char *refresh_token)
{
    struct err err = {0};
    bool exists;
    SCOPED(token_database) struct token_database db;
    SCOPED(login) struct login login = login_make();
    must(token_database_open(&way->settings, clock_deadline(60000), &db, &err), &err);
    must(token_database_read(&db, &login, &exists, &err), &err);
    assert_true(exists && !login.refused);
    assert_string_equal(buf_text(&login.refresh_token), refresh_token);
}

/* The save ends the transaction with the row's lock, so the row must be locked again. */
static void it_is_renewed_under_a_new_lock_when_its_access_token_has_ended(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way);
    get_twice(&way);
    assert_string_equal(buf_text(&way.token.bearer), "access-2");
    expect_stored(&way, "refresh-2");
}

static int start_server(void **state)
{
    (void)state;
    server = tiny_server_start(exchange);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    tiny_server_stop(server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_renewed_under_a_new_lock_when_its_access_token_has_ended),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
