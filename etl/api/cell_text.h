/*
 * A value of an answer: as messages show it, and as a usage category.
 */
#ifndef API_CELL_TEXT_H
#define API_CELL_TEXT_H

#include "job/catalogue.h"
#include "wire/cell.h"

#define CELL_SHOWN 80

/* `null`, `true`, `false`, or an excerpt of the number or text. out holds CELL_SHOWN bytes. */
const char *cell_show(const struct cell *cell, char *out);

/* Reads a usage category by its name or its old name. False: it is none that the service documents. */
MUST_CHECK bool cell_usage_category(const struct cell *cell, enum usage_category *category);

#endif
