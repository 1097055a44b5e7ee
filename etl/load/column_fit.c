#include "load/column_fit.h"

#include "base/text.h"

struct misfit misfit_make(const struct target *target)
{
    return (struct misfit){
        .target = target, .words = buf_make(BUF_OWN_TEXT), .statements = buf_make(BUF_OWN_TEXT)};
}

void misfit_cleanup(struct misfit *misfit)
{
    buf_release(&misfit->words);
    buf_release(&misfit->statements);
}

void misfit_begin(struct misfit *misfit)
{
    buf_put(&misfit->words, misfit->words.length ? ", " : "");
    buf_put(&misfit->statements, misfit->statements.length ? "; " : "");
}

void misfit_put_alter(struct misfit *misfit)
{
    buf_put(&misfit->statements, "alter table ");
    target_put_name(misfit->target, &misfit->statements);
}

static void put_alter_column(struct misfit *misfit, const char *name)
{
    misfit_put_alter(misfit);
    buf_put(&misfit->statements, " alter column ");
    pg_put_identifier(&misfit->statements, name);
}

/* The columns of every table. */
static const struct own_column {
    const char *name;
    const char *type;
    const char *wider; /* another type that holds all values of this one; NULL: none is known */
    bool is_required;
    bool is_of_window;
    const char
        *filling; /* the default to add a dropped column with; NULL: its values need a load of all rows */
} own_columns[] = {
    {"contract_number", "text", NULL, true, false, NULL},
    {"window_start", "date", NULL, false, true, NULL},
    {"window_end", "date", NULL, false, true, NULL},
    {"_row_key", "uuid", NULL, true, false, NULL},
    {"_run_id", "bigint", "numeric", true, false, "0"},
    {"_synced_at", "timestamp with time zone", NULL, true, false, "now()"},
};

static bool is_used(const struct target *target, const struct own_column *own)
{
    return !own->is_of_window || target->windowed;
}

/* is_known: loads have filled the table. A table that is loaded for the first time must have exactly these
 * types. */
static bool fits(const struct own_column *own, const char *type, bool is_known)
{
    return text_equal(type, own->type) || (is_known && own->wider && text_equal(type, own->wider));
}

static int find_row(const PGresult *columns, const char *name)
{
    for (int row = 0; row < PQntuples(columns); row++)
        if (text_equal(pg_value(columns, row, "name"), name))
            return row;
    return -1;
}

static void add_missing(struct misfit *misfit, const struct own_column *own)
{
    bool has_rows = !misfit->target->is_adopted;
    misfit_begin(misfit);
    buf_print(&misfit->words, "it has no column %s", own->name);
    if (has_rows && !own->filling) {
        misfit_put_alter(misfit);
        buf_print(&misfit->statements, " rename to %.40s_old; then run the job for all its days",
                  misfit->target->table);
        return;
    }
    misfit_put_alter(misfit);
    buf_print(&misfit->statements, " add column %s %s%s", own->name, own->type,
              own->is_required ? " not null" : "");
    if (has_rows)
        buf_print(&misfit->statements, " default %s", own->filling);
}

static void find_own(struct misfit *misfit, const PGresult *columns)
{
    for (size_t i = 0; i < COUNT_OF(own_columns); i++) {
        const struct own_column *own = &own_columns[i];
        int row = find_row(columns, own->name);
        if (!is_used(misfit->target, own) ||
            (row >= 0 && fits(own, pg_value(columns, row, "type"), !misfit->target->is_adopted)))
            continue;
        if (row < 0) {
            add_missing(misfit, own);
            continue;
        }
        misfit_begin(misfit);
        buf_print(&misfit->words, "its column %s is %s, not %s", own->name, pg_value(columns, row, "type"),
                  own->type);
        put_alter_column(misfit, own->name);
        buf_print(&misfit->statements, " type %s using %s::%s", own->type, own->name, own->type);
    }
}

static bool is_written(const struct target *target, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(own_columns); i++)
        if (text_equal(own_columns[i].name, name) && is_used(target, &own_columns[i]))
            return true;
    for (size_t i = 0; i < target->count; i++)
        if (text_equal(target->columns[i].name, name))
            return true;
    return false;
}

static void find_computed(struct misfit *misfit, const PGresult *columns, int row)
{
    const char *name = pg_value(columns, row, "name");
    if (pg_null(columns, row, "computed_by"))
        return;
    misfit_begin(misfit);
    buf_print(&misfit->words, "the server computes its column %s", name);
    put_alter_column(misfit, name);
    buf_print(&misfit->statements, " drop %s", pg_value(columns, row, "computed_by"));
}

/* The columns of a primary key cannot be null, so the primary key is dropped with the first of them. */
static void put_drop_primary_key(struct misfit *misfit, const PGresult *columns, int row)
{
    if (pg_null(columns, row, "primary_key") || misfit->drops_key)
        return;
    misfit->drops_key = true;
    buf_put(&misfit->statements, " drop constraint ");
    pg_put_identifier(&misfit->statements, pg_value(columns, row, "primary_key"));
    buf_put(&misfit->statements, ",");
}

/* Finds a column that no load writes and that requires a value. */
static void find_required(struct misfit *misfit, const PGresult *columns, int row)
{
    const char *name = pg_value(columns, row, "name");
    if (!pg_flag(columns, row, "is_required"))
        return;
    misfit_begin(misfit);
    buf_print(&misfit->words, "its column %s is NOT NULL without a default, and no load writes it", name);
    misfit_put_alter(misfit);
    put_drop_primary_key(misfit, columns, row);
    buf_put(&misfit->statements, " alter column ");
    pg_put_identifier(&misfit->statements, name);
    buf_put(&misfit->statements, " drop not null");
}

void column_fit_find(struct misfit *misfit, const PGresult *columns)
{
    find_own(misfit, columns);
    for (int row = 0; row < PQntuples(columns); row++) {
        if (is_written(misfit->target, pg_value(columns, row, "name")))
            find_computed(misfit, columns, row);
        else
            find_required(misfit, columns, row);
    }
}

bool column_fit_check(const struct target *target, const PGresult *columns, struct err *err)
{
    SCOPED(misfit) struct misfit misfit = misfit_make(target);
    column_fit_find(&misfit, columns);
    if (misfit.words.length == 0)
        return true;
    err_set(err, ERR_CREATE, "table %s.%s cannot be loaded: %s", target->schema, target->table,
            buf_text(&misfit.words));
    return err_hint(err, "%s", buf_text(&misfit.statements));
}
