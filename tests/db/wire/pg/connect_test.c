/* wire/pg: making a connection, and every way in which that fails. */
#include "base/clock.h"
#include "support/db.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PASSWORD "s3cr3t-tiger"

static struct pg *connect_to(const char *dsn, struct err *err)
{
    return pg_connect(&(struct pg_options){.dsn = dsn, .application_name = "tokenflex-etl test"}, err);
}

/* Fails as told, and says nothing of the password. */
static void must_not_connect(const char *dsn, enum err_kind kind, const char *words)
{
    struct err err = {0};
    SCOPED(pg) struct pg *pg = connect_to(dsn, &err);
    must_fail(pg != NULL, &err, kind, words);
    assert_null(strstr(err.text, "tiger"));
    assert_null(strstr(err.hint, "tiger"));
    assert_true(err.hint[0] != '\0');
}

static int create_locked_role(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    db_exec(pg,
            "set password_encryption = 'scram-sha-256'; create role locked login password '" PASSWORD "'");
    (void)state;
    return 0;
}

static void strings_uris_names_and_nothing_all_connect(void **state)
{
    const char *host = getenv("PGHOST");
    char pairs[256];
    char uri[256];
    snprintf(pairs, sizeof pairs, "host=%s dbname=tokenflex user=postgres application_name=other", host);
    snprintf(uri, sizeof uri, "postgresql:///tokenflex?host=%s&user=postgres", host);
    const char *const forms[] = {pairs, uri, "tokenflex", "", NULL};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct err err = {0};
        SCOPED(pg) struct pg *pg = connect_to(forms[i], &err);
        must(pg != NULL, &err);
        assert_string_equal(db_value(pg, "select current_database()"), "tokenflex");
        assert_string_equal(db_value(pg, "show application_name"), "tokenflex-etl test");
        assert_true(pg_server_version(pg) >= 150000);
    }
    (void)state;
}

static void session_settings_do_not_depend_on_the_role(void **state)
{
    SCOPED(pg) struct pg *admin = db_connect();
    db_exec(admin,
            "create role abroad login; alter role abroad set timezone = 'Asia/Kathmandu';"
            "alter role abroad set datestyle = 'SQL, DMY'; alter role abroad set client_encoding = 'LATIN1';"
            "alter role abroad set standard_conforming_strings = off");
    struct err err = {0};
    SCOPED(pg) struct pg *pg = connect_to("user=abroad", &err);
    must(pg != NULL, &err);
    assert_string_equal(db_value(pg, "select timestamptz '2026-11-22 03:04:05Z'"), "2026-11-22 03:04:05+00");
    assert_string_equal(db_value(pg, "select date '2026-11-22'"), "2026-11-22");
    assert_string_equal(db_value(pg, "select 'Ü\\'"), "Ü\\");
    (void)state;
}

static void the_right_password_is_accepted(void **state)
{
    struct err err = {0};
    SCOPED(pg) struct pg *pg = connect_to("user=locked password=" PASSWORD, &err);
    must(pg != NULL, &err);
    assert_string_equal(db_value(pg, "select current_user"), "locked");
    (void)state;
}

static void a_wrong_or_missing_password_is_an_auth_error(void **state)
{
    must_not_connect("user=locked password=paper-tiger", ERR_AUTH,
                     "password authentication failed for user \"locked\"");
    must_not_connect("user=locked", ERR_AUTH, "no password supplied");
    must_not_connect("user=no_such_role", ERR_AUTH, "role \"no_such_role\" does not exist");
    (void)state;
}

static void a_missing_database_is_an_auth_error_with_the_way_out(void **state)
{
    struct err err = {0};
    SCOPED(pg) struct pg *pg = connect_to("dbname=no_such_database", &err);
    must_fail(pg != NULL, &err, ERR_AUTH, "database \"no_such_database\" does not exist");
    assert_non_null(strstr(err.hint, "createdb no_such_database"));
    assert_string_equal(err.sqlstate, "3D000");
    (void)state;
}

static void no_server_is_unavailable(void **state)
{
    must_not_connect("host=/nonexistent", ERR_UNAVAILABLE, "No such file or directory");
    must_not_connect("host=127.0.0.1 port=1", ERR_UNAVAILABLE, "Connection refused");
    must_not_connect("host=127.0.0.1,/nonexistent port=1,2", ERR_UNAVAILABLE, "refused; connection");
    must_not_connect("host=host.invalid", ERR_UNAVAILABLE, "host.invalid");
    (void)state;
}

static void an_unreadable_string_is_a_config_error_that_does_not_show_it(void **state)
{
    must_not_connect("host=localhost password=s3cr3t tiger", ERR_CONFIG, "missing \"=\" after \"…\"");
    must_not_connect("password=s3cr3t tiger=1", ERR_CONFIG, "invalid connection option \"…\"");
    must_not_connect("password='s3cr3t tiger", ERR_CONFIG, "unterminated quoted string");
    must_not_connect("postgresql://u:pa%zztiger@localhost/", ERR_CONFIG,
                     "invalid percent-encoded token: \"…\"");
    must_not_connect("postgresql://u:pa@tiger@localhost/db", ERR_CONFIG, "its host contains an @");
    must_not_connect("postgresql://u:tiger/ss@localhost/db", ERR_CONFIG,
                     "a port is a number from 1 to 65535");
    must_not_connect("postgresql://localhost/?tiger=1", ERR_CONFIG, "invalid URI query parameter: \"…\"");
    must_not_connect("sslmode=tiger", ERR_CONFIG, "invalid sslmode value: \"…\"");
    must_not_connect("service=tiger", ERR_CONFIG, "definition of service \"…\" not found");
    (void)state;
}

/* A port of 127.0.0.1 where nobody ever answers; with connections that fill its queue, not even the kernel
 * does. */
static int silent_listener(in_port_t *port, int *queue, size_t queue_count)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(fd, 0), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    for (size_t i = 0; i < queue_count; i++) {
        queue[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        int begun = connect(queue[i], (struct sockaddr *)&address, length);
        (void)begun;
    }
    return fd;
}

static void a_server_that_keeps_silent_is_given_up(void **state)
{
    in_port_t port;
    int fd = silent_listener(&port, NULL, 0);
    char dsn[128];
    snprintf(dsn, sizeof dsn, "host=127.0.0.1 port=%d connect_timeout=1 password=" PASSWORD, port);
    int64_t before = clock_now_ms();
    must_not_connect(dsn, ERR_UNAVAILABLE, "no answer from PostgreSQL at 127.0.0.1 port");
    int64_t took = clock_now_ms() - before;
    assert_true(took >= 1000);
    close(fd);
    (void)state;
}

static void a_connection_with_a_limit_takes_no_longer(void **state)
{
    in_port_t port;
    int fd = silent_listener(&port, NULL, 0);
    char dsn[128];
    struct err err = {0};
    snprintf(dsn, sizeof dsn, "host=127.0.0.1 port=%d connect_timeout=3600", port);
    int64_t before = clock_now_ms();
    must_fail(pg_connect(&(struct pg_options){.dsn = dsn, .limit_ms = 300}, &err) != NULL, &err,
              ERR_UNAVAILABLE, "PostgreSQL did not answer in the time that was left");
    assert_true(clock_now_ms() - before >= 300);
    close(fd);
    (void)state;
}

static void nor_does_what_it_does_later(void **state)
{
    struct err err = {0};
    SCOPED(pg) struct pg *pg = NULL;
    for (int64_t limit_ms = 300; !pg && limit_ms < 3600000; limit_ms *= 2)
        pg = pg_connect(&(struct pg_options){.limit_ms = limit_ms}, &err);
    must(pg != NULL, &err);
    must_fail(pg_exec(pg, "select pg_sleep(3600)", &err), &err, ERR_UNAVAILABLE, "in the time that was left");
    assert_true(pg_is_lost(pg));
    (void)state;
}

static void connecting_ends_with_the_deadline_of_the_work(void **state)
{
    in_port_t port;
    int fd = silent_listener(&port, NULL, 0);
    char dsn[128];
    struct err err = {0};
    snprintf(dsn, sizeof dsn, "host=127.0.0.1 port=%d connect_timeout=3600", port);
    int64_t deadline_ms = clock_deadline(300);
    must_fail(pg_connect(&(struct pg_options){.dsn = dsn, .deadline_ms = deadline_ms}, &err) != NULL, &err,
              ERR_LATER, "the timeout has passed before the connection to PostgreSQL was made");
    assert_true(clock_now_ms() >= deadline_ms);
    close(fd);
    (void)state;
}

static void a_silent_host_gives_way_to_the_next(void **state)
{
    in_port_t port;
    int queue[4];
    int fd = silent_listener(&port, queue, COUNT_OF(queue));
    char dsn[256];
    snprintf(dsn, sizeof dsn, "host=127.0.0.1,%s port=%d,5432 connect_timeout=1", getenv("PGHOST"), port);
    struct err err = {0};
    SCOPED(pg) struct pg *pg = connect_to(dsn, &err);
    must(pg != NULL, &err);
    assert_string_equal(db_value(pg, "select 1"), "1");
    for (size_t i = 0; i < COUNT_OF(queue); i++)
        close(queue[i]);
    close(fd);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_uris_names_and_nothing_all_connect),
        cmocka_unit_test(session_settings_do_not_depend_on_the_role),
        cmocka_unit_test(the_right_password_is_accepted),
        cmocka_unit_test(a_wrong_or_missing_password_is_an_auth_error),
        cmocka_unit_test(a_missing_database_is_an_auth_error_with_the_way_out),
        cmocka_unit_test(no_server_is_unavailable),
        cmocka_unit_test(an_unreadable_string_is_a_config_error_that_does_not_show_it),
        cmocka_unit_test(a_server_that_keeps_silent_is_given_up),
        cmocka_unit_test(a_connection_with_a_limit_takes_no_longer),
        cmocka_unit_test(nor_does_what_it_does_later),
        cmocka_unit_test(connecting_ends_with_the_deadline_of_the_work),
        cmocka_unit_test(a_silent_host_gives_way_to_the_next),
    };
    return cmocka_run_group_tests(tests, create_locked_role, NULL);
}
