#include "load/lost_rows.h"

#include "base/text.h"
#include "sql/statements.h"

#include <stdio.h>
#include <string.h>

struct interceptors {
    size_t count;
    bool some_are_wanted; /* not all are publications: the owner wants the effect of the others */
    struct buf words;     /* `the rule a of s.t, the trigger b of s.t` */
    struct buf remedies;  /* the statements that disable them */
};

static struct interceptors interceptors_make(void)
{
    return (struct interceptors){.words = buf_make(BUF_OWN_TEXT), .remedies = buf_make(BUF_OWN_TEXT)};
}

static void interceptors_cleanup(struct interceptors *found)
{
    buf_release(&found->words);
    buf_release(&found->remedies);
}

static PGresult *read_interceptors(const struct target *target, struct pg *pg, struct err *err)
{
    return pg_query(pg, SQL_TARGET_INTERCEPTORS, PG_PARAMS(target->schema, target->table), err);
}

static bool has_publications(const PGresult *interceptors)
{
    for (int row = 0; row < PQntuples(interceptors); row++)
        if (text_equal(pg_value(interceptors, row, "kind"), "has publications"))
            return true;
    return false;
}

static PGresult *read_publications(const struct target *target, struct pg *pg, struct err *err)
{
    return pg_query(pg, SQL_TARGET_PUBLICATIONS, PG_PARAMS(target->schema, target->table), err);
}

/* Which interceptors are searched for. Each value includes those before it. */
enum interceptors_of {
    OF_ALL_LOADS,       /* rules, row security, publications */
    OF_LOST_ROWS,       /* triggers before each row */
    FOR_CHANGED_VALUES, /* all triggers */
};

static bool is_requested(const char *kind, enum interceptors_of of)
{
    if (text_equal(kind, "trigger"))
        return of >= OF_LOST_ROWS;
    if (text_equal(kind, "other trigger"))
        return of >= FOR_CHANGED_VALUES;
    return !text_equal(kind, "has publications");
}

static void add_interceptors(const PGresult *rows, enum interceptors_of of, struct interceptors *found)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *kind = pg_value(rows, row, "kind");
        if (!is_requested(kind, of))
            continue;
        buf_print(&found->words, "%s%s", found->count ? ", " : "", pg_value(rows, row, "words"));
        buf_print(&found->remedies, "%s%s", found->count ? "; " : "", pg_value(rows, row, "remedy"));
        found->some_are_wanted |= !text_equal(kind, "publication");
        found->count++;
    }
}

static bool find_interceptors(const struct target *target, enum interceptors_of of, struct pg *pg,
                              struct interceptors *found, struct err *err)
{
    SCOPED(pg_result) PGresult *rows = read_interceptors(target, pg, err);
    if (!rows)
        return false;
    add_interceptors(rows, of, found);
    if (!has_publications(rows))
        return true;
    SCOPED(pg_result) PGresult *publications = read_publications(target, pg, err);
    if (!publications)
        return false;
    add_interceptors(publications, of, found);
    return true;
}

static bool advise(const struct interceptors *found, struct err *err)
{
    return err_hint(err, "%s%s", buf_text(&found->remedies),
                    found->some_are_wanted ? "; what it does can be done in a view on the table" : "");
}

static bool check(const struct target *target, enum interceptors_of of, struct pg *pg, struct err *err)
{
    SCOPED(interceptors) struct interceptors found = interceptors_make();
    if (!find_interceptors(target, of, pg, &found, err))
        return false;
    if (found.count == 0)
        return true;
    err_set(err, ERR_CREATE, "table %s.%s cannot be loaded: it has %s", target->schema, target->table,
            buf_text(&found.words));
    return advise(&found, err);
}

bool target_check_interceptors(const struct target *target, struct pg *pg, struct err *err)
{
    return check(target, OF_ALL_LOADS, pg, err);
}

bool target_check_row_triggers(const struct target *target, struct pg *pg, struct err *err)
{
    return check(target, OF_LOST_ROWS, pg, err);
}

bool target_set_replica_identity(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *interceptors = read_interceptors(target, pg, err);
    if (!interceptors || !has_publications(interceptors))
        return interceptors != NULL;
    SCOPED(pg_result) PGresult *rows = read_publications(target, pg, err);
    if (!rows)
        return false;
    for (int row = 0; row < PQntuples(rows); row++)
        if (!pg_exec(pg, pg_value(rows, row, "remedy"), err))
            return false;
    return true;
}

bool target_refuse_concurrent_change(const struct target *target, struct err *err)
{
    err_set(err, ERR_LATER,
            "rows of table %s.%s were changed by another session while they were being loaded",
            target->schema, target->table);
    snprintf(err->sqlstate, sizeof err->sqlstate, "40001");
    return false;
}

bool target_explain_lost_rows(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(interceptors) struct interceptors found = interceptors_make();
    if (!find_interceptors(target, OF_LOST_ROWS, pg, &found, err))
        return false;
    if (found.count == 0)
        return target_refuse_concurrent_change(target, err);
    err_set(err, ERR_CREATE, "rows of table %s.%s were not written as they were sent: it has %s",
            target->schema, target->table, buf_text(&found.words));
    return advise(&found, err);
}

bool target_explain_triggers(const struct target *target, struct pg *pg, struct err *err)
{
    struct err ignored;
    SCOPED(interceptors) struct interceptors found = interceptors_make();
    if (!find_interceptors(target, FOR_CHANGED_VALUES, pg, &found, &ignored) || found.count == 0)
        return false;
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, "; it has %s", buf_text(&found.words));
    text_trim_broken_utf8(err->text);
    return advise(&found, err);
}

bool target_has_triggers(const struct target *target, struct pg *pg, bool *has, struct err *err)
{
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_TARGET_TRIGGERS, PG_PARAMS(target->schema, target->table), err);
    *has = found && pg_flag(found, 0, "has_triggers");
    return found != NULL;
}
