#include "state/contracts.h"

#include "sql/statements.h"

bool contracts_remember(struct pg *pg, const char *account, const struct contracts *contracts,
                        struct err *err)
{
    SCOPED(buf) struct buf numbers = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf active = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < contracts->count; i++) {
        buf_print(&numbers, "%s%s", i ? "\n" : "", contracts->items[i].number);
        buf_print(&active, "%s%s", i ? "\n" : "", contracts->items[i].is_active ? "true" : "false");
    }
    SCOPED(pg_result)
    PGresult *written =
        pg_query(pg, SQL_CONTRACTS_REMEMBER, PG_PARAMS(account, buf_text(&numbers), buf_text(&active)), err);
    return written != NULL || err_wrap(err, "cannot remember the contracts");
}

bool contracts_known(struct pg *pg, const char *account, struct arena *arena, struct contracts *contracts,
                     struct err *err)
{
    *contracts = (struct contracts){0};
    SCOPED(pg_result) PGresult *known = pg_query(pg, SQL_CONTRACTS_KNOWN, PG_PARAMS(account), err);
    if (!known)
        return err_wrap(err, "cannot read the contracts that are remembered");
    for (int row = 0; row < PQntuples(known); row++) {
        struct contract *contract = arena_push(arena, &contracts->items, &contracts->count, sizeof *contract);
        *contract = (struct contract){
            .number = arena_copy_text(arena, pg_value(known, row, "contract_number")),
            .name = "",
            .is_active = pg_flag(known, row, "is_active"),
        };
    }
    return true;
}
