#include "wire/pg/connect.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stop.h"
#include "base/text.h"
#include "wire/pg/connect_error.h"
#include "wire/pg/connect_step.h"
#include "wire/pg/connection_inner.h"
#include "wire/pg/error.h"
#include "wire/pg/server_session.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DEFAULT_CONNECT_TIMEOUT_MS 10000
#define GRACE_MS 2000

/* What libpq takes for a connection string; anything else is the name of a database. */
static bool is_connection_string(const char *dsn)
{
    return strchr(dsn, '=') != NULL || text_starts_with(dsn, "postgresql://") ||
           text_starts_with(dsn, "postgres://");
}

/* The value of a keyword that the connection string itself gives; "" where it does not. */
static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (text_equal(options->keyword, keyword) && options->val != NULL)
            return options->val;
    return "";
}

/*
 * A URI whose password holds an unencoded @ reads as a host that begins with the rest of the password, which
 * libpq's messages would show. (A path, or @ at the start, names a unix socket.)
 */
static bool host_is_sound(const char *host, struct err *err)
{
    if (host == NULL || host[0] == '/' || host[0] == '@' || strchr(host, '@') == NULL)
        return true;
    err_set(err, ERR_CONFIG, "the connection string cannot be read: its host contains an @");
    return err_hint(err, "in a URI, an @ in the user name or password is written %%40");
}

/* The message does not show the port, which may be a part of a password. */
static bool refuse_port(struct err *err)
{
    err_set(err, ERR_CONFIG, "the connection string cannot be read: a port is a number from 1 to 65535");
    return err_hint(err, "in a URI, a / or : in the user name or password is written %%2F or %%3A");
}

/* ports: separated by commas, if there are several hosts. A port may be empty. */
static bool ports_are_sound(const char *ports, struct err *err)
{
    for (const char *at = ports; *at != '\0'; at += *at == ',') {
        char port[8] = "";
        uint64_t number = 0;
        size_t length = strcspn(at, ",");
        if (length < sizeof port)
            memcpy(port, at, length);
        if (length > 0 && (!text_to_uint(port, 65535, &number) || number == 0))
            return refuse_port(err);
        at += length;
    }
    return true;
}

bool pg_dsn_check(const char *dsn, struct err *err)
{
    if (dsn == NULL || !is_connection_string(dsn))
        return true;
    char *complaint = NULL;
    PQconninfoOption *options;
    while ((options = PQconninfoParse(dsn, &complaint)) == NULL && pg_error_is_memory(complaint)) {
        PQfreemem(complaint);
        mem_make_room();
    }
    bool good = options != NULL;
    if (good)
        good = host_is_sound(option_value(options, "host"), err) &&
               ports_are_sound(option_value(options, "port"), err);
    else
        pg_error_dsn(complaint, err);
    PQconninfoFree(options);
    PQfreemem(complaint);
    return good;
}

/* The connection string overrides the keywords before it, but not application_name. */
static bool start(struct pg *pg, const struct pg_options *options, const char *dsn, struct err *err)
{
    static const char *const keywords[] = {
        "keepalives_idle",
        "keepalives_interval",
        "keepalives_count",
        "tcp_user_timeout",
        "dbname",
        "application_name",
        NULL,
    };
    const char *const values[] = {"30", "10", "3", "60000", dsn, options->application_name, NULL};
    return pg_connect_start(pg, keywords, values, err);
}

/* connect_timeout as the string, the service file or PGCONNECT_TIMEOUT set it. 0 and negative values mean "no
 * limit" to libpq. */
static int64_t connect_timeout_ms(PGconn *conn)
{
    int64_t timeout_ms = DEFAULT_CONNECT_TIMEOUT_MS;
    PQconninfoOption *options = PQconninfo(conn);
    for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
        if (!text_equal(option->keyword, "connect_timeout") || option->val == NULL || option->val[0] == '\0')
            continue;
        long seconds = strtol(option->val, NULL, 10);
        timeout_ms = seconds > 0 && seconds < INT32_MAX ? seconds * 1000 : CLOCK_NEVER;
    }
    PQconninfoFree(options);
    return timeout_ms;
}

static bool no_answer(const struct pg *pg, int64_t timeout_ms, struct err *err)
{
    char duration[DURATION_TEXT];
    err_set(err, ERR_UNAVAILABLE, "no answer from PostgreSQL at %s port %s within %s", PQhost(pg->conn),
            PQport(pg->conn), duration_format(timeout_ms, duration));
    return err_hint(err, "check the host and port in database.dsn or PGHOST and PGPORT, and the firewall");
}

static int64_t earliest(int64_t one, int64_t other, int64_t third)
{
    int64_t least = one < other ? one : other;
    return least < third ? least : third;
}

/*
 * PQconnectPoll() until the connection is made. libpq applies its timeout for each host only in its blocking
 * functions. Here the socket of a host that does not answer is shut down, and libpq then tries the next host.
 */
static bool finish_connecting(struct pg *pg, struct err *err)
{
    int64_t timeout_ms = connect_timeout_ms(pg->conn);
    int64_t deadline = clock_deadline(timeout_ms);
    bool silent = false;
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED)
            return silent ? no_answer(pg, timeout_ms, err) : pg_error_connect(pg->conn, err);
        if (pg_connect_is_over(pg, err))
            return false;
        int64_t now = clock_now_ms();
        int64_t left = earliest(deadline, pg->last_deadline, pg->work_deadline) - now;
        silent = deadline <= now;
        if (silent) {
            shutdown(PQsocket(pg->conn), SHUT_RDWR);
            deadline = clock_deadline(timeout_ms);
            if (!pg_connect_poll(pg, &next, err))
                return false;
            continue;
        }
        struct pollfd waited[] = {
            {.fd = PQsocket(pg->conn), .events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT},
            {.fd = pg->ignores_stop ? -1 : stop_fd(), .events = POLLIN},
        };
        int64_t wait_ms = left < 0 ? 0 : left > 60000 ? 60000 : left;
        bool ready = poll(waited, COUNT_OF(waited), (int)wait_ms) > 0 && waited[0].revents != 0;
        if (ready && !pg_connect_poll(pg, &next, err))
            return false;
    }
    return true;
}

static void log_notice(void *unused, const PGresult *notice)
{
    (void)unused;
    if (!log_wanted(LOG_DEBUG))
        return;
    char text[PG_ERROR_TEXT];
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    log_debug("postgres-notice", "%s: %s", severity ? severity : "",
              pg_error_text(message ? message : "", text));
}

/* Registers the password as a secret, wherever libpq found it. A password that equals the user's or the
 * database's name is not registered.
 */
static void remember_password(const PGconn *conn)
{
    const char *password = PQpass(conn);
    const char *user = PQuser(conn);
    const char *database = PQdb(conn);
    bool is_name =
        password && ((user && text_equal(password, user)) || (database && text_equal(password, database)));
    if (!is_name)
        secret_remember(password);
}

static bool connect_and_set(struct pg *pg, struct err *err)
{
    remember_password(pg->conn);
    PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE); /* so that a refusal shows its SQLSTATE */
    PQsetNoticeReceiver(pg->conn, log_notice, NULL);
    if (!host_is_sound(PQhost(pg->conn), err))
        return false;
    if (PQstatus(pg->conn) == CONNECTION_BAD)
        return pg_error_connect(pg->conn, err);
    if (!finish_connecting(pg, err))
        return false;
    if (PQsetnonblocking(pg->conn, 1) != 0)
        return pg_error_lost(pg, err);
    return server_session_begin(pg, err);
}

/* PgBouncer reports its limits only as text, without a SQLSTATE. */
bool pg_is_too_many(const struct err *err)
{
    return text_equal(err->sqlstate, "53300") || strstr(err->text, "query_wait_timeout") ||
           strstr(err->text, "no more connections allowed");
}

struct pg *pg_connect(const struct pg_options *options, struct err *err)
{
    const char *dsn = options->dsn == NULL ? "" : options->dsn;
    if (!pg_dsn_check(dsn, err))
        return NULL;
    SCOPED(pg) struct pg *pg = mem_alloc(1, sizeof *pg);
    pg->ignores_stop = options->ignores_stop;
    pg->grace_ms = options->grace_ms ? options->grace_ms : GRACE_MS;
    pg->work_deadline = options->deadline_ms ? options->deadline_ms : CLOCK_NEVER;
    pg->last_deadline = options->limit_ms ? clock_deadline(options->limit_ms) : CLOCK_NEVER;
    if (!start(pg, options, dsn, err) || !connect_and_set(pg, err))
        return NULL;
    struct pg *connected = pg;
    pg = NULL;
    return connected;
}
