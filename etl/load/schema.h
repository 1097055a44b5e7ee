/*
 * The tool's own schema, tokenflex_etl: created and upgraded by the numbered migrations of sql/migrations/;
 * and the schema of the target tables, which only has to be there.
 */
#ifndef LOAD_SCHEMA_H
#define LOAD_SCHEMA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/pg/pg.h"

struct schema_change {
    bool made_schema;
    int from; /* the migration level found; 0: there was nothing */
    int to;
};

/*
 * Looks, and changes nothing: the level found (0: nothing is there) and the one this program would bring it
 * to. `to` is below `from` where a newer program has been at it.
 */
MUST_CHECK bool schema_look(struct pg *pg, struct schema_change *change, struct err *err);

/* The oldest server that will do, as pg_server_version() counts. */
#define SCHEMA_OLDEST_SERVER 150000

/*
 * Brings the schema to the level of this program, in one transaction; runners that start together do it once.
 * ERR_CREATE when the role may not; ERR_CONFIG when the schema is newer than this program or the server older
 * than 15.
 */
MUST_CHECK bool schema_upgrade(struct pg *pg, struct schema_change *change, struct err *err);

/* The names of the migrations that a change has applied, in their order. */
void schema_put_applied(const struct schema_change *change, struct arena *arena, struct text_list *names);

/* Where target tables go: the settings' database.schema, and database.grant_select_to. Borrowed. */
struct target_schema {
    const char *name;
    const struct text_list *readers;
};

struct target_schema_change {
    bool made_schema;
    struct text_list granted; /* readers that may use the schema from now on; in the arena */
};

/*
 * Makes the schema of the target tables where it is missing, and has its readers use it, in one transaction.
 * ERR_CREATE when the role may not; ERR_CONFIG when a reader is no role.
 */
MUST_CHECK bool schema_prepare_target(struct pg *pg, const struct target_schema *target, struct arena *arena,
                                      struct target_schema_change *change, struct err *err);

/*
 * Appends what schema_upgrade() and schema_prepare_target() would do, as a script for psql that finds out by
 * itself what is missing. Pure.
 */
void schema_put_script(const struct target_schema *target, struct buf *script);

#endif
