/*
 * What has been fetched for a chunk: its target and its staged rows.
 */
#ifndef RUN_FETCHED_H
#define RUN_FETCHED_H

#include "base/arena.h"
#include "load/stage.h"
#include "load/target.h"
#include "run/chunk_context.h"

/* Owned by the caller: fetched_cleanup(). */
struct fetched {
    struct arena *arena; /* owns the target */
    struct target target;
    struct stage *stage;
    uint64_t rows; /* rows of the result or of the results of all parts, all of them staged */

    const char *export_key; /* the export to delete after the load; NULL: not by export */
};

/* Makes an empty one with an arena. */
struct fetched fetched_make(void);
void fetched_cleanup(struct fetched *fetched);

/* Drops all that was fetched; the state is then as after fetched_make(). */
void fetched_clear(struct fetched *fetched);

/* Derives the target of a result with these columns and inspects it in the database. */
MUST_CHECK bool fetched_derive_target(struct fetched *fetched, const struct chunk_context *context,
                                      const struct chunk *chunk, const struct text_list *columns,
                                      struct err *err);

#endif
