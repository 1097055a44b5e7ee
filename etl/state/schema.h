/*
 * The tool's own schema, tokenflex_etl: created and upgraded by the numbered migrations of sql/migrations/.
 */
#ifndef STATE_SCHEMA_H
#define STATE_SCHEMA_H

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
 * Reads the level found (0: there is no schema, or nothing in it) and the level of this program; made_schema
 * is not set. Changes nothing. `to` is below `from` if a newer program has upgraded the schema. ERR_AUTH if
 * the role may not read the level.
 */
MUST_CHECK bool schema_read_level(struct pg *pg, struct schema_change *change, struct err *err);

/* The oldest supported server version, as pg_server_version() counts. */
#define SCHEMA_OLDEST_SERVER 150000

/*
 * Brings the schema to the level of this program, in one transaction; runners that start together do it once.
 * ERR_CONFIG when the server is older than 15 or a worker of Citus, or the schema distributed (state/citus.h)
 * or newer than this program. As from read_only_refuse() for a session that only reads, also where nothing is
 * to be done. ERR_AUTH when the role may not read the level, ERR_CREATE when it may not upgrade.
 */
MUST_CHECK bool schema_upgrade(struct pg *pg, struct schema_change *change, struct err *err);

/* The names of the migrations that a change has applied, in their order. */
void schema_put_applied(const struct schema_change *change, struct arena *arena, struct text_list *names);

/*
 * Appends what schema_upgrade() would do, as the beginning of a script for psql that finds out by itself what
 * is missing: one transaction, which the caller's own statements and schema_put_script_end() follow. Pure.
 */
void schema_put_script(struct buf *script);

/*
 * The end of the script: the rights of the role that the tool runs as, in the tool's schema and in that of
 * the target tables, and the COMMIT. Pure.
 */
void schema_put_script_end(const char *target_schema, struct buf *script);

#endif
