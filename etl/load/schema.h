/*
 * The tool's own schema, tokenflex_etl: created and upgraded by the numbered migrations of sql/migrations/.
 */
#ifndef LOAD_SCHEMA_H
#define LOAD_SCHEMA_H

#include "base/err.h"
#include "wire/pg.h"

struct schema_change {
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

#endif
