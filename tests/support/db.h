/*
 * For tests that talk to the private PostgreSQL of with_postgres.sh: what cmocka needs, and shortcuts that
 * end the test with the error's own words.
 */
#ifndef SUPPORT_DB_H
#define SUPPORT_DB_H

#include "base/macros.h"
#include "wire/pg/pg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* As long as the busiest machine needs. */
#define DB_ANY_MS 300000

/* What has to succeed: must(pg_exec(pg, "…", &err), &err). */
static inline void must(bool succeeded, const struct err *err)
{
    if (!succeeded)
        fail_msg("%s: %s [%s]", err_kind_info(err->kind)->name, err->text, err->hint);
}

/* What has to fail, with this kind and these words in its text. */
static inline void must_fail(bool succeeded, const struct err *err, enum err_kind kind, const char *words)
{
    if (succeeded)
        fail_msg("success, where \"%s\" was expected", words);
    if (err->kind != kind || strstr(err->text, words) == NULL)
        fail_msg("expected %s \"%s\", got %s: %s [%s]", err_kind_info(kind)->name, words,
                 err_kind_info(err->kind)->name, err->text, err->hint);
}

/* A connection by the PG* variables. */
static inline struct pg *db_connect(void)
{
    struct err err = {0};
    struct pg_options options = {.application_name = "test", .grace_ms = DB_ANY_MS};
    struct pg *pg = pg_connect(&options, &err);
    must(pg != NULL, &err);
    return pg;
}

static inline void db_exec(struct pg *pg, const char *sql)
{
    struct err err = {0};
    must(pg_exec(pg, sql, &err), &err);
}

/* The one value that a query answers; into a buffer that the next call overwrites. */
static inline const char *db_value(struct pg *pg, const char *sql)
{
    static char value[4096];
    struct err err = {0};
    PGresult *result = pg_query(pg, sql, PG_NO_PARAMS, &err);
    must(result != NULL, &err);
    if (PQntuples(result) != 1 || PQnfields(result) != 1)
        fail_msg("%d rows of %d values, where one value was expected: %s", PQntuples(result),
                 PQnfields(result), sql);
    size_t length = strlen(PQgetvalue(result, 0, 0));
    assert_true(length < sizeof value);
    memcpy(value, PQgetvalue(result, 0, 0), length + 1);
    PQclear(result);
    return value;
}

#endif
