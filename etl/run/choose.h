/*
 * Query or export: what the run table, the budget and the settings know of a chunk, put before run/source.
 */
#ifndef RUN_CHOOSE_H
#define RUN_CHOOSE_H

#include "run/fetch.h"

/*
 * Fills in task->page_size, task->history and task->choice. Asks the database alone: of the pipeline it needs
 * the settings, the session's connection, and the api for what it knows of the token.
 */
MUST_CHECK bool choose_source(struct fetch_task *task, struct err *err);

#endif
