/*
 * The views of sql/reports/ on the tables of the shipped jobs, created in the schema of the target tables by
 * `init --reports`.
 *
 * A view is created if every table exists that it needs. It is updated by another `init --reports`, or at the
 * end of a run, if it would read other tables now: in place, or, if its columns have changed, by dropping and
 * creating it. The end of its comment marks it as one of this tool. Another object with the name of a view is
 * not touched.
 */
#ifndef LOAD_REPORTS_H
#define LOAD_REPORTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "load/target_schema.h"
#include "wire/pg/pg.h"

enum report_state {
    REPORT_LEFT_OUT,
    REPORT_CREATED,
    REPORT_REPLACED,  /* it existed, and now has this program's definition */
    REPORT_RECREATED, /* the same, but its columns have changed: dropped and created again with its grants */
};

struct report {
    const char *name;
    enum report_state state;
    struct text_list missing; /* REPORT_LEFT_OUT: missing tables; the shipped job of that name loads one */
    const char *reason;       /* REPORT_LEFT_OUT without missing tables: what a table lacks; else NULL */
};

struct reports {
    struct report *items; /* in the order of their names */
    size_t count;
};

/* Which of some tables a schema has. Names live in an arena. */
struct report_tables {
    struct text_list existing;
    struct text_list missing;
    bool is_forbidden; /* the role may not use the schema: no statement finds the tables */
};

/* Looks for the tables `names` (one per line) in the schema. */
MUST_CHECK bool reports_split_tables(struct pg *pg, const char *schema, const char *names,
                                     struct arena *arena, struct report_tables *tables, struct err *err);

/* Appends a statement for the open transaction. The views' files name tables without a schema: the schema of
 * the target tables is the only one that is searched. Pure. */
void reports_put_search_path(const char *schema, struct buf *sql);

/* created, replaced, recreated or left_out. */
const char *report_state_name(enum report_state state);

/*
 * Creates or updates the views, all in one transaction, and grants the readers select on them. Texts live in
 * arena.
 *
 * ERR_CREATE if the role may not, if another object has a view's name, if a view has to be dropped and others
 * depend on it, or if a reader is not a role (target_schema_prepare() says ERR_CONFIG for that).
 */
MUST_CHECK bool reports_make(struct pg *pg, const struct target_schema *target, struct arena *arena,
                             struct reports *reports, struct err *err);

/* Whether the schema has views of this tool. */
MUST_CHECK bool reports_exist(struct pg *pg, const char *schema, bool *exist, struct err *err);

/*
 * Finds the views of this tool that would read other tables if they were created now: a table was created or
 * renamed since, or its history was set aside. A view that lacks a table that it needs is not listed. *stale
 * has the names of the views, without a schema.
 */
MUST_CHECK bool reports_find_stale(struct pg *pg, const char *schema, struct arena *arena,
                                   struct text_list *stale, struct err *err);

/* Updates these views in one transaction. Errors as from reports_make(), and ERR_CREATE if a table differs
 * from what its shipped job creates; then all views stay as they were. */
MUST_CHECK bool reports_renew(struct pg *pg, const struct target_schema *target,
                              const struct text_list *views, struct arena *arena, struct err *err);

/* Appends all views as a script for psql, each with the tables that it needs. Pure. */
void reports_put_script(const struct target_schema *target, struct buf *script);

#endif
