#include "state/lock.h"

#include "base/text.h"
#include "sql/statements.h"

#include <stdio.h>

/* Names are at most 63 bytes; a very long contract number is cut, which at worst locks more than one
 * contract.
 */
#define NAME_BYTES 256

/* The time, even past the job's timeout, to find out who holds a lock. */
#define EXPLAIN_MS 1000

static const char *lock_name(const char *schema, const char *table, const char *contract, char *out)
{
    snprintf(out, NAME_BYTES, "%s.%s %.100s", schema, table, contract ? contract : "(rebuild)");
    return out;
}

bool lock_try(struct pg *pg, const char *schema, const char *table, const char *contract, bool *taken,
              struct err *err)
{
    char name[NAME_BYTES];
    SCOPED(pg_result)
    PGresult *answer =
        pg_query(pg, SQL_LOCK_TARGET, PG_PARAMS(lock_name(schema, table, contract, name)), err);
    if (!answer)
        return false;
    *taken = pg_flag(answer, 0, "taken");
    return true;
}

bool lock_take(struct pg *pg, const char *schema, const char *table, const char *contract, struct err *err)
{
    char name[NAME_BYTES];
    char what[NAME_BYTES];
    bool taken;
    if (!lock_try(pg, schema, table, contract, &taken, err))
        return false;
    if (taken)
        return true;
    lock_name(schema, table, contract, name);
    if (contract)
        snprintf(what, sizeof what, "loading contract %.100s into", contract);
    else
        snprintf(what, sizeof what, "rebuilding");
    SCOPED(pg_result) PGresult *holder = pg_query(pg, SQL_LOCK_HOLDER, PG_PARAMS(name), err);
    if (!holder)
        return false;
    if (PQntuples(holder) == 0)
        err_set(err, ERR_LATER, "another run was %s %s.%s and has just ended", what, schema, table);
    else
        err_set(err, ERR_LATER, "another run is %s %s.%s: process %s on %s (%s)", what, schema, table,
                pg_value(holder, 0, "process"), pg_value(holder, 0, "host"), pg_value(holder, 0, "session"));
    return err_hint(err, "try again when it has finished, or wait for it with run --wait 1h");
}

void lock_release(struct pg *pg, const char *schema, const char *table, const char *contract)
{
    char name[NAME_BYTES];
    struct err ignored;
    if (pg_is_lost(pg))
        return;
    SCOPED(pg_result)
    PGresult *released =
        pg_query(pg, SQL_UNLOCK_TARGET, PG_PARAMS(lock_name(schema, table, contract, name)), &ignored);
    (void)released;
}

void lock_explain_wait(struct pg *pg, const char *schema, const char *table, struct err *err)
{
    struct err ignored;
    pg_extend_deadline(pg, EXPLAIN_MS);
    SCOPED(pg_result) PGresult *users = pg_query(pg, SQL_LOCK_USERS, PG_PARAMS(schema, table), &ignored);
    if (!users || pg_null(users, 0, "users"))
        return;
    err_set(err, ERR_LATER, "table %s.%s is locked by %s: the lock was not granted in time (lock_timeout)",
            schema, table, pg_value(users, 0, "users"));
    err_hint(err, "end the transaction that was left open there, and run the job again");
}
