#include "api/cell_text.h"

#include "base/text.h"

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
