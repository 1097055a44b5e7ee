#include "load/statement.h"

#include <stdlib.h>

struct statement statement_make(void)
{
    return (struct statement){.sql = buf_make(BUF_OWN_TEXT)};
}

void statement_cleanup(struct statement *statement)
{
    buf_release(&statement->sql);
}

void statement_put(struct statement *statement, const char *sql)
{
    buf_put(&statement->sql, sql);
}

void statement_put_identifier(struct statement *statement, const char *name)
{
    pg_put_identifier(&statement->sql, name);
}

void statement_put_value(struct statement *statement, const char *value, const char *type)
{
    if (statement->count == STATEMENT_MAX_VALUES)
        abort(); /* no statement of the program has so many */
    statement->values[statement->count++] = value;
    buf_print(&statement->sql, "$%zu::%s", statement->count, type);
}

PGresult *statement_run(const struct statement *statement, struct pg *pg, struct err *err)
{
    struct pg_params params = {statement->values, statement->count};
    return pg_query(pg, buf_text(&statement->sql), params, err);
}
