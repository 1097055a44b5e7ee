/*
 * The schema of the target tables: makes sure that it exists and that its readers may use it.
 */
#ifndef LOAD_TARGET_SCHEMA_H
#define LOAD_TARGET_SCHEMA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/pg/pg.h"

/* The schema for target tables: database.schema and database.grant_select_to of the settings. Borrowed. */
struct target_schema {
    const char *name;
    const struct text_list *readers;
};

struct target_schema_change {
    bool made_schema;
    struct text_list granted; /* readers that have just been granted usage; in the arena */
};

/*
 * Creates the schema of the target tables if it is missing, and lets its readers use it, in one transaction.
 * ERR_CREATE if the role may not; ERR_CONFIG if a reader is not a role.
 */
MUST_CHECK bool target_schema_prepare(struct pg *pg, const struct target_schema *target, struct arena *arena,
                                      struct target_schema_change *change, struct err *err);

/* Appends what target_schema_prepare() would do, for the script of state/schema. Pure. */
void target_schema_put_script(const struct target_schema *target, struct buf *script);

#endif
