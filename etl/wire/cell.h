/*
 * One value of a result, as the service wrote it. The readers of JSON pages and of CSV files produce cells,
 * and load/ reads them. A number stays the text that the service sent.
 */
#ifndef WIRE_CELL_H
#define WIRE_CELL_H

#include <stdbool.h>
#include <stddef.h>

enum cell_kind {
    CELL_NULL,   /* JSON null; an empty CSV value */
    CELL_TEXT,   /* a string, unescaped, UTF-8 */
    CELL_NUMBER, /* a JSON number, by its source text */
    CELL_TRUE,
    CELL_FALSE,
};

struct cell {
    enum cell_kind kind;
    bool is_quoted;    /* of a CSV file: the value was in quotes there */
    const char *bytes; /* CELL_TEXT and CELL_NUMBER: borrowed from the page; not ended by NUL */
    size_t length;
};

#endif
