/*
 * A value of an answer as messages show it.
 */
#ifndef API_CELL_TEXT_H
#define API_CELL_TEXT_H

#include "wire/cell.h"

#define CELL_SHOWN 80

/* `null`, `true`, `false`, or an excerpt of the number or text. out holds CELL_SHOWN bytes. */
const char *cell_show(const struct cell *cell, char *out);

#endif
