/*
 * Reading rows of the tables of shared work: for state/work and state/work_view.
 */
#ifndef STATE_WORK_READ_H
#define STATE_WORK_READ_H

#include "state/work.h"

/* Of the columns window_start and window_end. */
struct window work_read_window(const PGresult *result, int row);

/* A date, which the column has. */
date_t work_read_date(const PGresult *result, int row, const char *column);

/* Of the column state. One that a later version may have is none that this one would touch. */
enum work_state work_read_state(const PGresult *result, int row);

/* A text of lines; none: an empty list. */
struct text_list work_read_lines(const PGresult *result, int row, const char *column, struct arena *arena);

#endif
