#include "wire/pg/transaction.h"

#include "base/text.h"
#include "wire/pg/connection_inner.h"
#include "wire/pg/copy.h"
#include "wire/pg/statement.h"

bool pg_in_transaction(const struct pg *pg)
{
    PGTransactionStatusType status = PQtransactionStatus(pg->conn);
    return pg->in_copy || status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool pg_begin(struct pg *pg, struct err *err)
{
    if (pg_in_transaction(pg))
        return err_set(err, ERR_BUG, "BEGIN inside a transaction");
    return pg_exec(pg, "begin", err);
}

bool pg_commit(struct pg *pg, struct err *err)
{
    if (!pg_in_transaction(pg) && !pg_is_lost(pg))
        return err_set(err, ERR_BUG, "COMMIT outside a transaction");
    bool was_lost = pg_is_lost(pg);
    SCOPED(pg_result) PGresult *result = pg_query(pg, "commit", PG_NO_PARAMS, err);
    if (result == NULL) {
        if (pg_is_lost(pg) && !was_lost)
            err_wrap(err, "COMMIT was sent, but it is not known whether it succeeded");
        return false;
    }
    const char *answer = PQcmdStatus(result);
    if (!text_equal(answer, "COMMIT"))
        return err_set(err, ERR_BUG, "COMMIT was answered by %s: the transaction had failed before", answer);
    return true;
}

bool pg_reuse(struct pg *pg)
{
    pg->given_up = false;
    pg_rollback(pg);
    return !pg_is_lost(pg);
}

void pg_rollback(struct pg *pg)
{
    if (pg_is_lost(pg) || !pg_in_transaction(pg))
        return;
    struct err ignored = {0};
    struct pg_grace before = pg_grace_begin(pg);
    if (pg->in_copy)
        pg_copy_abandon(pg, "given up");
    if (pg_in_transaction(pg) && !pg_exec(pg, "rollback", &ignored))
        pg->lost = true;
    pg_grace_end(pg, before);
}
