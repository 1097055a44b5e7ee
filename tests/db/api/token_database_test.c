/*
 * api/token_database: what is in the row, and hosts whose clocks differ. The linker puts clock_wall_ms()
 * below in the place of the real one (--wrap).
 */
#include "api/token_database.h"
#include "base/clock.h"
#include "db/state/fresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* How far this host's clock is ahead of the database's. */
static int64_t host_ahead_ms;

int64_t __real_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void);

int64_t __wrap_clock_wall_ms(void)
{
    return __real_clock_wall_ms() + host_ahead_ms;
}

#define HOUR_MS 3600000

static char key_file[64];
static const struct settings settings = {
    .api.account = "",
    .auth = {.client_id = "client", .token_store = TOKEN_STORE_DATABASE, .token_key_file = key_file},
    .database.dsn = "",
};

static int make_key(void **state)
{
    (void)state;
    host_ahead_ms = 0;
    snprintf(key_file, sizeof key_file, "/tmp/token_database.XXXXXX");
    int file = mkstemp(key_file);
    assert_int_equal(write(file, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", 45), 45);
    close(file);
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "truncate tokenflex_etl.login");
    return 0;
}

static int remove_key(void **state)
{
    (void)state;
    return remove(key_file);
}

static void store(const struct login *login)
{
    struct err err = {0};
    SCOPED(token_database) struct token_database db;
    must(token_database_open(&settings, clock_deadline(60000), &db, &err), &err);
    must(token_database_prepare(&db, &err), &err);
    must(token_database_save(&db, login, clock_deadline(60000), &err), &err);
}

static struct login login_of(const char *refresh_token, int64_t access_from_ms)
{
    struct login login = login_make();
    buf_put(&login.client_id, "client");
    buf_put(&login.refresh_token, refresh_token);
    login.refresh_from_ms = access_from_ms;
    login.access_from_ms = access_from_ms;
    login.access_until_ms = access_from_ms + HOUR_MS;
    return login;
}

static void read_back(struct login *login)
{
    struct err err = {0};
    bool exists;
    SCOPED(token_database) struct token_database db;
    must(token_database_open(&settings, clock_deadline(60000), &db, &err), &err);
    must(token_database_read(&db, login, &exists, &err), &err);
    assert_true(exists);
}

static void a_login_comes_back_as_it_was_stored(void **state)
{
    (void)state;
    SCOPED(login) struct login login = login_of("one", clock_wall_ms());
    SCOPED(login) struct login back = login_make();
    login.refused = true;
    store(&login);
    read_back(&back);
    assert_string_equal(buf_text(&back.refresh_token), "one");
    assert_string_equal(buf_text(&back.client_id), "client");
    assert_true(back.refused);
    assert_true(llabs(back.access_from_ms - login.access_from_ms) < 60000);
    assert_int_equal(back.access_until_ms - back.access_from_ms, HOUR_MS);
}

/* A login that was stored just now is as old everywhere, and never of the future. */
static void hosts_whose_clocks_differ_agree_on_the_age_of_a_token(void **state)
{
    (void)state;
    static const int64_t clocks_ms[][2] = {
        {2 * HOUR_MS, -HOUR_MS}, {-2 * HOUR_MS, HOUR_MS}, {50, -50}, {0, -5}};
    for (size_t i = 0; i < COUNT_OF(clocks_ms); i++) {
        host_ahead_ms = clocks_ms[i][0];
        SCOPED(login) struct login login = login_of("one", clock_wall_ms());
        SCOPED(login) struct login back = login_make();
        store(&login);
        host_ahead_ms = clocks_ms[i][1];
        read_back(&back);
        int64_t age_ms = clock_wall_ms() - back.access_from_ms;
        assert_true(age_ms >= 0 && age_ms < 60000);
        assert_true(clock_wall_ms() - back.refresh_from_ms < 60000);
        assert_true(back.access_until_ms - clock_wall_ms() > HOUR_MS - 60000);
    }
}

static void a_login_that_is_not_saved_leaves_the_one_before(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(login) struct login login = login_of("one", clock_wall_ms());
    SCOPED(login) struct login back = login_make();
    store(&login);
    SCOPED(token_database) struct token_database db;
    must(token_database_open(&settings, clock_deadline(60000), &db, &err), &err);
    must(token_database_prepare(&db, &err), &err);
    token_database_cleanup(&db);
    read_back(&back);
    assert_string_equal(buf_text(&back.refresh_token), "one");
}

/* A trigger keeps the row out without an error: found out before a token is spent. */
static void a_row_that_is_kept_out_is_found_out_before(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_connect();
    db_exec(
        pg,
        "create function tokenflex_etl.eat() returns trigger language plpgsql as 'begin return null; end'");
    db_exec(pg, "create trigger eat before insert or update or delete on tokenflex_etl.login for each row "
                "execute function tokenflex_etl.eat()");
    SCOPED(token_database) struct token_database db;
    must(token_database_open(&settings, clock_deadline(60000), &db, &err), &err);
    bool prepared = token_database_prepare(&db, &err);
    token_database_cleanup(&db);
    db_exec(pg, "drop function tokenflex_etl.eat() cascade");
    assert_false(prepared);
    assert_int_equal(err.kind, ERR_CREATE);
    assert_non_null(strstr(err.text, "has left the row of the login as it was"));
    assert_non_null(strstr(err.hint, "triggers, rules and policies of tokenflex_etl.login"));
}

static void a_first_login_that_is_not_saved_leaves_none(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_connect();
    SCOPED(token_database) struct token_database db;
    must(token_database_open(&settings, clock_deadline(60000), &db, &err), &err);
    must(token_database_prepare(&db, &err), &err);
    token_database_cleanup(&db);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.login"), "0");
}

static void the_lock_is_waited_for_until_the_deadline(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(login) struct login login = login_of("one", clock_wall_ms());
    store(&login);
    SCOPED(token_database) struct token_database holder;
    SCOPED(token_database) struct token_database waiting;
    must(token_database_open(&settings, clock_deadline(60000), &holder, &err), &err);
    must_fail(token_database_open(&settings, clock_deadline(500), &waiting, &err), &err, ERR_LATER,
              "the lock of the login in tokenflex_etl.login");
}

static void a_login_longer_than_the_filler_is_stored_too(void **state)
{
    (void)state;
    SCOPED(login) struct login login = login_of("", clock_wall_ms());
    SCOPED(login) struct login back = login_make();
    for (size_t i = 0; i < 16000; i++)
        buf_put(&login.refresh_token, "\x01");
    store(&login);
    read_back(&back);
    assert_int_equal(back.refresh_token.length, 16000);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, make_key, remove_key)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_login_comes_back_as_it_was_stored),
        STORE_TEST(hosts_whose_clocks_differ_agree_on_the_age_of_a_token),
        STORE_TEST(a_login_that_is_not_saved_leaves_the_one_before),
        STORE_TEST(a_row_that_is_kept_out_is_found_out_before),
        STORE_TEST(a_first_login_that_is_not_saved_leaves_none),
        STORE_TEST(the_lock_is_waited_for_until_the_deadline),
        STORE_TEST(a_login_longer_than_the_filler_is_stored_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
