#include "wire/pg/result.h"

#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void pg_result_cleanup(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

static int column_of(const PGresult *result, const char *name)
{
    for (int column = 0; column < PQnfields(result); column++)
        if (text_equal(PQfname(result, column), name))
            return column;
    assert(false && "a result has no column of this name");
    return -1;
}

static int64_t number_of(const char *text)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' ? value : 0;
}

const char *pg_value(const PGresult *result, int row, const char *column)
{
    int number = column_of(result, column);
    return number < 0 ? "" : PQgetvalue(result, row, number);
}

int64_t pg_integer(const PGresult *result, int row, const char *column)
{
    return number_of(pg_value(result, row, column));
}

uint64_t pg_count(const PGresult *result, int row, const char *column)
{
    int64_t value = pg_integer(result, row, column);
    return value > 0 ? (uint64_t)value : 0;
}

bool pg_day(const PGresult *result, int row, const char *column, date_t *day)
{
    const char *text = pg_value(result, row, column);
    *day = 0;
    return date_parse(text, strlen(text), day);
}

bool pg_flag(const PGresult *result, int row, const char *column)
{
    return text_equal(pg_value(result, row, column), "t");
}

bool pg_null(const PGresult *result, int row, const char *column)
{
    int number = column_of(result, column);
    return number < 0 || PQgetisnull(result, row, number) != 0;
}

const char *pg_copy(const PGresult *result, int row, const char *column, struct arena *arena)
{
    return pg_null(result, row, column) ? NULL : arena_copy_text(arena, pg_value(result, row, column));
}

void pg_put_row(const PGresult *result, int row, struct buf *text)
{
    for (int column = 0; column < PQnfields(result); column++) {
        char shown[60];
        bool is_null = PQgetisnull(result, row, column);
        const char *value = is_null ? "null" : PQgetvalue(result, row, column);
        buf_print(text, "%s%s = %s", column ? ", " : "", PQfname(result, column),
                  text_excerpt(value, strlen(value), shown, sizeof shown));
    }
}

uint64_t pg_rows_affected(const PGresult *result)
{
    return strtoull(PQcmdTuples((PGresult *)result), NULL,
                    10); /* the parameter is not const in libpq, but is not changed */
}

bool pg_result_is_complete(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}
