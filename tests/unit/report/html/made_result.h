/*
 * Results of statements that no server has made.
 */
#ifndef TESTS_UNIT_REPORT_HTML_MADE_RESULT_H
#define TESTS_UNIT_REPORT_HTML_MADE_RESULT_H

#include "wire/pg/result.h"

#include <string.h>

/* A result of these columns; cells row by row, NULL for null. The caller frees it with PQclear(). */
static inline PGresult *made_result(const char *const *columns, size_t count, const char *const *cells,
                                    size_t cell_count)
{
    PGresAttDesc attributes[16] = {0};
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    for (size_t i = 0; i < count; i++)
        attributes[i].name = (char *)(uintptr_t)columns[i];
    PQsetResultAttrs(result, (int)count, attributes);
    for (size_t i = 0; i < cell_count; i++) {
        char *value = (char *)(uintptr_t)cells[i];
        PQsetvalue(result, (int)(i / count), (int)(i % count), value, value ? (int)strlen(value) : -1);
    }
    return result;
}

#endif
