/*
 * What has been fetched of a chunk: its target and its staged rows.
 */
#ifndef RUN_FETCHED_H
#define RUN_FETCHED_H

#include "base/arena.h"
#include "load/stage.h"
#include "load/target.h"
#include "run/chunk_context.h"

/* Owned by the caller: fetched_cleanup(). */
struct fetched {
    struct arena *arena; /* the target lives in it */
    struct target target;
    struct stage *stage;
    uint64_t rows; /* of the result, or of the results of all parts; all of them are in the stage */

    const char *export_key; /* by export: of the request, to be deleted after the load; else NULL */
};

/* With an arena, and nothing else. */
struct fetched fetched_make(void);
void fetched_cleanup(struct fetched *fetched);

/* Gives up all that was fetched: as after fetched_make(). */
void fetched_clear(struct fetched *fetched);

/* The target of a result with these columns, and what there is of it in the database. */
MUST_CHECK bool fetched_derive_target(struct fetched *fetched, const struct chunk_context *context,
                                      const struct chunk *chunk, const struct text_list *columns,
                                      struct err *err);

#endif
