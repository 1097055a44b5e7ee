/*
 * The states of shared chunks, and reading rows of their tables: for state/work and state/work_view.
 */
#ifndef STATE_WORK_STATE_H
#define STATE_WORK_STATE_H

#include "base/arena.h"
#include "base/text.h"
#include "job/window.h"
#include "wire/pg/pg.h"

enum work_state {
    WORK_WAITING,
    WORK_RUNNING,
    WORK_SUCCEEDED,
    WORK_SKIPPED,
    WORK_FAILED,
    WORK_NOT_BEGUN,
};
const char *work_state_name(enum work_state state);

/* Of the columns window_start and window_end. */
struct window work_read_window(const PGresult *result, int row);

/* A date, which the column has. */
date_t work_read_date(const PGresult *result, int row, const char *column);

/* Reads the column state. A state that only a later version knows becomes WORK_NOT_BEGUN, so that this
 * version does not take the chunk. */
enum work_state work_read_state(const PGresult *result, int row);

/* A text of lines; none: an empty list. */
struct text_list work_read_lines(const PGresult *result, int row, const char *column, struct arena *arena);

#endif
