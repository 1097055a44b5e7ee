/*
 * The views of sql/reports/ over the shipped jobs' tables, made in the schema of the target tables by
 * `init --reports`.
 *
 * A view is made once every table that it reads is there, and brought up to date by doing so again: in place,
 * or anew where its columns have become others. Its comment says that it is ours: what somebody else has made
 * under the name of one is left alone.
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
    REPORT_MADE,
    REPORT_RENEWED,   /* was there, and is as this program has it now */
    REPORT_MADE_ANEW, /* the same, with other columns: dropped and made, its grants kept */
};

struct report {
    const char *name;
    enum report_state state;
    struct text_list missing; /* REPORT_LEFT_OUT: tables; a shipped job of the same name loads each */
    const char *reason;       /* REPORT_LEFT_OUT with no table missing: what a table has not; else NULL */
};

struct reports {
    struct report *items; /* in the order of their names */
    size_t count;
};

/* Which of some tables a schema has. Names live in an arena. */
struct report_tables {
    struct text_list existing;
    struct text_list missing;
};

/* Looks for the tables `names` (one a line) in the schema. */
MUST_CHECK bool reports_split_tables(struct pg *pg, const char *schema, const char *names,
                                     struct arena *arena, struct report_tables *tables, struct err *err);

/* Appends a statement for the open transaction. The views' files name tables without a schema: the schema of
 * the target tables is the only one that is searched. Pure. */
void reports_put_search_path(const char *schema, struct buf *sql);

/* created, replaced, recreated or left_out. */
const char *report_state_name(enum report_state state);

/*
 * Makes the views, all in one transaction, and has the readers select from them. Texts live in arena.
 *
 * ERR_CREATE when the role may not, when something else has a view's name, or when a view has to be made anew
 * and others depend on it; ERR_CONFIG when a reader is no role.
 */
MUST_CHECK bool reports_make(struct pg *pg, const struct target_schema *target, struct arena *arena,
                             struct reports *reports, struct err *err);

/* Appends all of them as a script for psql, each with the tables that it needs. Pure. */
void reports_put_script(const struct target_schema *target, struct buf *script);

#endif
