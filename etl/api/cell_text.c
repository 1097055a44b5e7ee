#include "api/cell_text.h"

#include "base/text.h"

#include <stdio.h>

const char *cell_show(const struct cell *cell, char *out)
{
    switch (cell->kind) {
    case CELL_NULL:
        return "null";
    case CELL_TRUE:
        return "true";
    case CELL_FALSE:
        return "false";
    case CELL_NUMBER:
    case CELL_TEXT:
        break;
    }
    return text_excerpt(cell->bytes, cell->length, out, CELL_SHOWN);
}

bool cell_usage_category(const struct cell *cell, enum usage_category *category)
{
    char name[64];
    int length =
        snprintf(name, sizeof name, "%.*s", (int)cell->length, cell->kind == CELL_TEXT ? cell->bytes : "");
    const struct usage_category_info *info = length < (int)sizeof name ? usage_category_find(name) : NULL;
    *category = info ? (enum usage_category)(info - usage_categories) : USAGE_CATEGORIES;
    return info != NULL;
}
