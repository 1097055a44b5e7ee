/*
 * wire/pg: a stop while PostgreSQL works. A stop stays for the life of a process, so each case is a process
 * of its own, which is sent SIGTERM as soon as the server shows that it is where it should be. What it waits
 * for would take an hour, longer than a test may: ending is heeding the stop.
 */
#include "base/clock.h"
#include "base/stop.h"
#include "support/db.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's view: what it found is its exit status, 0 for what was expected. */
static void expect(bool found, const char *what, const struct err *err)
{
    if (found)
        return;
    fprintf(stderr, "child: %s; error %s: %s\n", what, err_kind_info(err->kind)->name, err->text);
    _exit(1);
}

/* grace_ms: 0 where the server will not answer. */
static struct pg *child_connect(int64_t grace_ms)
{
    struct err err = {0};
    expect(stop_install(&err), "stop_install", &err);
    struct pg_options options = {.application_name = "stopped", .grace_ms = grace_ms};
    struct pg *pg = pg_connect(&options, &err);
    expect(pg != NULL, "connects", &err);
    return pg;
}

static void wait_for(struct pg *pg, const char *condition)
{
    int64_t deadline = clock_deadline(DB_ANY_MS);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "select count(*) from pg_stat_activity where application_name = 'stopped' and %s",
              condition);
    while (strcmp(db_value(pg, buf_text(&sql)), "1") != 0) {
        if (clock_now_ms() > deadline)
            fail_msg("never came: %s", condition);
        usleep(10000);
    }
}

/* Waits until a process is in a state, as /proc tells it: S sleeps, T is stopped. */
static void wait_for_state(pid_t pid, char state)
{
    char path[64];
    char found = '?';
    int64_t deadline = clock_deadline(DB_ANY_MS);
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    while (found != state) {
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        if (fscanf(file, "%*d (%*[^)]) %c", &found) != 1)
            found = '?';
        fclose(file);
        if (clock_now_ms() > deadline)
            fail_msg("process %d never was in state %c", (int)pid, state);
        usleep(10000);
    }
}

/* Runs the child, and stops it when the condition holds; is_frozen: and when it waits for its backend, which
 * is stopped. */
static void stop_child_that(void (*child)(void), const char *condition, bool is_frozen)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        child();
        _exit(0);
    }
    SCOPED(pg) struct pg *pg = db_connect();
    wait_for(pg, condition);
    if (is_frozen) {
        const char *backend =
            db_value(pg, "select pid from pg_stat_activity where application_name = 'stopped'");
        wait_for_state((pid_t)strtol(backend, NULL, 10), 'T');
        wait_for_state(pid, 'S');
    }
    kill(pid, SIGTERM);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void stop_child(void (*child)(void), const char *condition)
{
    stop_child_that(child, condition, false);
}

static void sleep_in_transaction(void)
{
    struct pg *pg = child_connect(DB_ANY_MS);
    struct err err = {0};
    expect(pg_begin(pg, &err), "begins", &err);
    expect(pg_exec(pg, "create table half_done ()", &err), "creates", &err);
    expect(!pg_exec(pg, "select pg_sleep(3600)", &err) && err.kind == ERR_STOPPED, "is stopped", &err);
    expect(!pg_is_lost(pg), "keeps the connection", &err);
    expect(!pg_exec(pg, "select 1", &err) && err.kind == ERR_STOPPED, "begins nothing more", &err);
    expect(!pg_commit(pg, &err) && err.kind == ERR_STOPPED, "does not commit", &err);
    pg_rollback(pg);
    expect(!pg_is_lost(pg) && !pg_in_transaction(pg), "rolls back", &err);
    pg_ignore_stop(pg, DB_ANY_MS);
    expect(pg_exec(pg, "create table last_words ()", &err), "says its last words", &err);
    pg_ignore_stop(pg, 300);
    expect(!pg_exec(pg, "select pg_sleep(3600)", &err) && err.kind == ERR_UNAVAILABLE && pg_is_lost(pg),
           "is given no more than the limit", &err);
    pg_close(pg);
    pg = pg_connect(&(struct pg_options){.application_name = "stopped"}, &err);
    expect(pg == NULL && err.kind == ERR_STOPPED, "makes no other connection", &err);
    pg = pg_connect(&(struct pg_options){.limit_ms = DB_ANY_MS, .ignores_stop = true}, &err);
    expect(pg != NULL && pg_exec(pg, "select 1", &err), "makes one that outlives the stop", &err);
    pg_close(pg);
}

static void a_statement_is_cancelled_and_rolled_back(void **state)
{
    stop_child(sleep_in_transaction, "wait_event = 'PgSleep'");
    SCOPED(pg) struct pg *pg = db_connect();
    assert_string_equal(db_value(pg, "select to_regclass('half_done') is null"), "t");
    assert_string_equal(db_value(pg, "select to_regclass('last_words') is null"), "f");
    (void)state;
}

static void sleep_alone(void)
{
    struct pg *pg = child_connect(DB_ANY_MS);
    struct err err = {0};
    SCOPED(pg_result) PGresult *result = pg_query(pg, "select pg_sleep(3600)", PG_NO_PARAMS, &err);
    expect(result == NULL && err.kind == ERR_STOPPED, "is stopped", &err);
    pg_close(pg);
}

static void a_query_is_stopped(void **state)
{
    stop_child(sleep_alone, "wait_event = 'PgSleep'");
    (void)state;
}

static void sleep_in_a_frozen_backend(void)
{
    struct pg *pg = child_connect(0);
    struct err err = {0};
    SCOPED(pg_result) PGresult *result = pg_query(pg, "select pg_backend_pid() as pid", PG_NO_PARAMS, &err);
    expect(result != NULL, "has a backend", &err);
    pid_t backend = (pid_t)pg_integer(result, 0, "pid");
    expect(pg_exec(pg, "set application_name = 'stopped'", &err), "is seen", &err);
    kill(backend, SIGSTOP);
    bool done = pg_exec(pg, "select pg_sleep(3600)", &err);
    kill(backend, SIGTERM); /* for after the thaw: it has the statement before it still */
    kill(backend, SIGCONT);
    expect(!done && err.kind == ERR_STOPPED, "is stopped", &err);
    expect(pg_is_lost(pg), "gives the connection up", &err);
    pg_rollback(pg);
    pg_close(pg);
}

static void a_server_that_does_not_answer_cannot_hold_up_a_stop(void **state)
{
    stop_child_that(sleep_in_a_frozen_backend, "query like 'set application_name%'", true);
    (void)state;
}

static void copy_without_end(void)
{
    struct pg *pg = child_connect(DB_ANY_MS);
    struct err err = {0};
    expect(pg_exec(pg, "create temporary table stage (a text)", &err), "creates", &err);
    expect(pg_begin(pg, &err) && pg_copy_begin(pg, "copy stage from stdin", &err), "begins", &err);
    while (pg_copy_put(pg, "some row\n", 9, &err)) {
    }
    expect(err.kind == ERR_STOPPED, "is stopped", &err);
    expect(!pg_is_lost(pg), "keeps the connection", &err);
    pg_rollback(pg);
    expect(!pg_is_lost(pg) && !pg_in_transaction(pg), "rolls back", &err);
    pg_close(pg);
}

static void a_copy_is_stopped(void **state)
{
    stop_child(copy_without_end, "query like 'copy%'");
    (void)state;
}

/* A trigger that sleeps keeps the server from reading on, so that the sending side is what waits. */
static void copy_against_a_full_socket(void)
{
    struct pg *pg = child_connect(DB_ANY_MS);
    struct err err = {0};
    static char text[1 << 20]; /* more than the socket takes, and no more to be read away than needed */
    for (size_t i = 0; i < sizeof text; i += 8)
        memcpy(text + i, "someRow\n", 8);
    expect(pg_exec(
               pg,
               "create temporary table stage (a text); create function pg_temp.doze() returns trigger as "
               "'begin perform pg_sleep(3600); return new; end' language plpgsql; create trigger doze before "
               "insert on stage for each row execute function pg_temp.doze()",
               &err),
           "creates", &err);
    expect(pg_begin(pg, &err) && pg_copy_begin(pg, "copy stage from stdin", &err), "begins", &err);
    expect(!pg_copy_put(pg, text, sizeof text, &err) && err.kind == ERR_STOPPED, "is stopped", &err);
    pg_rollback(pg);
    expect(!pg_is_lost(pg) && !pg_in_transaction(pg), "rolls back", &err);
    pg_close(pg);
}

static void a_copy_that_the_server_does_not_read_is_stopped(void **state)
{
    stop_child(copy_against_a_full_socket, "wait_event = 'PgSleep' and query like 'copy%'");
    (void)state;
}

/* The parent is the server here: one that takes the connection and says nothing. */
static void a_connection_in_the_making_is_stopped(void **state)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct err err = {0};
        char dsn[64];
        snprintf(dsn, sizeof dsn, "host=127.0.0.1 port=%d connect_timeout=3600", ntohs(address.sin_port));
        expect(stop_install(&err), "stop_install", &err);
        struct pg *pg = pg_connect(&(struct pg_options){.dsn = dsn, .application_name = "stopped"}, &err);
        expect(pg == NULL && err.kind == ERR_STOPPED, "is stopped", &err);
        _exit(0);
    }
    int connection = accept(listener, NULL, NULL);
    assert_true(connection >= 0);
    kill(pid, SIGTERM);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(connection);
    close(listener);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_in_the_making_is_stopped),
        cmocka_unit_test(a_statement_is_cancelled_and_rolled_back),
        cmocka_unit_test(a_query_is_stopped),
        cmocka_unit_test(a_server_that_does_not_answer_cannot_hold_up_a_stop),
        cmocka_unit_test(a_copy_is_stopped),
        cmocka_unit_test(a_copy_that_the_server_does_not_read_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
