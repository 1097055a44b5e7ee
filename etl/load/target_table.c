/* target.h, the part that reads the database. */
#include "base/log.h"
#include "base/text.h"
#include "load/adoption.h"
#include "load/column_fit.h"
#include "load/ddl_lock.h"
#include "load/event_trigger.h"
#include "load/grain.h"
#include "load/lost_rows.h"
#include "load/partitions.h"
#include "load/table_kind.h"
#include "load/target.h"
#include "sql/statements.h"
#include "state/citus.h"

#include <string.h>

static struct target_column *column_named(const struct target *target, const char *name)
{
    for (size_t i = 0; i < target->count; i++)
        if (strcmp(target->columns[i].name, name) == 0)
            return &target->columns[i];
    return NULL;
}

/* Whether a type, named as PostgreSQL does, holds all values that this tool loads into it. Narrower types,
 * such as integer or numeric(10,2), would refuse or round values. */
static bool is_whole_type(const char *type_name, enum column_type *type)
{
    return column_type_parse(type_name, type) && !text_equal(type_name, "integer");
}

/* The type that the column needs to have. */
static const char *needed_type(const struct target_column *column, const char *type_name)
{
    enum column_type type;
    if (column->type_is_known)
        return column_type_name(column->type);
    return column_type_parse(type_name, &type) ? column_type_name(type) : "text";
}

static bool refuse_type(const struct target *target, const struct target_column *column,
                        const char *type_name, struct err *err)
{
    SCOPED(buf) struct buf statement = buf_make(BUF_OWN_TEXT);
    buf_put(&statement, "alter table ");
    target_put_name(target, &statement);
    buf_put(&statement, " alter column ");
    pg_put_identifier(&statement, column->name);
    buf_print(&statement, " type %s", needed_type(column, type_name));
    err_set(err, ERR_CREATE,
            "column %s of table %s.%s has the type %s, which may cut or round values: the job needs %s",
            column->name, target->schema, target->table, type_name, needed_type(column, type_name));
    return err_hint(err, "%s", buf_text(&statement));
}

/* Text cannot be added up, so neither the proof nor a report could use it. */
static bool refuse_text_metric(const struct target *target, const struct target_column *column,
                               struct err *err)
{
    SCOPED(buf) struct buf table = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    target_put_name(target, &table);
    pg_put_identifier(&name, column->name);
    err_set(err, ERR_CREATE, "column %s of table %s.%s has the type text, and its values cannot be added up",
            column->name, target->schema, target->table);
    return err_hint(err, "alter table %s alter column %s type %s using %s::%s", buf_text(&table),
                    buf_text(&name), column_type_name(column->type), buf_text(&name),
                    column_type_name(column->type));
}

static bool is_number(enum column_type type)
{
    return type == COLUMN_INTEGER || type == COLUMN_NUMERIC;
}

/* Takes the wider of the table's type and the wanted one. For a column whose type the job or the catalogue
 * defines, a third type that would hold both is refused. */
static bool adopt_type(const struct target *target, struct target_column *column, const char *type_name,
                       struct err *err)
{
    enum column_type existing;
    if (!is_whole_type(type_name, &existing))
        return refuse_type(target, column, type_name, err);
    if (column->is_metric && !column->is_open && existing == COLUMN_TEXT && is_number(column->type))
        return refuse_text_metric(target, column, err);
    enum column_type wider = column->type_is_known ? value_widen(existing, column->type) : existing;
    if (!column->is_open && wider != existing && wider != column->type) {
        err_set(err, ERR_CONFIG, "column %s of table %s.%s is %s, the job needs %s", column->name,
                target->schema, target->table, type_name, column_type_name(column->type));
        return err_hint(err, "alter the column's type, or give the job another target.table");
    }
    column->type = wider;
    column->type_is_known = true;
    column->exists = true;
    column->present = existing;
    return true;
}

/* The rows of a window are found by comparing its date, and text cannot be compared with a date. */
static bool check_day(const struct target *target, struct err *err)
{
    const struct target_column *day = target->day < target->count ? &target->columns[target->day] : NULL;
    if (!day || !day->exists || day->present != COLUMN_TEXT)
        return true;
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf column = buf_make(BUF_OWN_TEXT);
    target_put_name(target, &name);
    pg_put_identifier(&column, day->name);
    err_set(err, ERR_CREATE,
            "column %s of table %s.%s has the type text, and the rows of the job's window are found by their "
            "date",
            day->name, target->schema, target->table);
    return err_hint(err, "alter table %s alter column %s type date using %s::date", buf_text(&name),
                    buf_text(&column), buf_text(&column));
}

static bool adopt_columns(struct target *target, const PGresult *columns, struct err *err)
{
    for (size_t i = 0; i < target->count; i++)
        target->columns[i].exists = false;
    for (int row = 0; row < PQntuples(columns); row++) {
        struct target_column *column = column_named(target, pg_value(columns, row, "name"));
        if (column && !adopt_type(target, column, pg_value(columns, row, "type"), err))
            return false;
    }
    /* Text is ordered by the database's collation, so that the index cannot be used for a range of days. */
    if (target->lead < target->count && target->columns[target->lead].type == COLUMN_TEXT)
        target->lead = target->count;
    return check_day(target, err);
}

/* undefined_object: of what a statement about readers names, only the role can be missing. */
static bool explain_missing_role(struct err *err)
{
    if (text_equal(err->sqlstate, "42704")) {
        err->kind = ERR_CONFIG;
        err_hint(err, "create the role, or take it off the list");
    }
    return err_wrap(err, "database.grant_select_to");
}

/* The rows of sql/target/target_readers.sql; NULL with an error. */
static PGresult *query_missing_readers(const struct target *target, const struct text_list *readers,
                                       struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < readers->count; i++)
        buf_print(&names, "%s%s", i ? "\n" : "", readers->items[i]);
    PGresult *missing =
        pg_query(pg, SQL_TARGET_READERS, PG_PARAMS(target->schema, target->table, buf_text(&names)), err);
    if (!missing)
        explain_missing_role(err);
    return missing;
}

static bool find_missing_readers(struct target *target, const struct text_list *readers, struct pg *pg,
                                 struct arena *arena, struct err *err)
{
    SCOPED(pg_result) PGresult *missing = query_missing_readers(target, readers, pg, err);
    if (!missing)
        return false;
    target->readers = (struct text_list){0};
    for (int row = 0; row < PQntuples(missing); row++)
        arena_add_text(arena, &target->readers, arena_copy_text(arena, pg_value(missing, row, "role")));
    return true;
}

static void follow_distribution(struct target *target, const struct placement *before)
{
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    if (before->kind != PLACEMENT_DISTRIBUTED)
        return;
    if (!target_distribution(target) && target->partition_by == JOB_PARTITION_NONE)
        target->distribute_by = before->distributed_by;
    if (target->distribute_by != before->distributed_by)
        return;
    pg_put_identifier(&name, target->schema);
    buf_put(&name, ".");
    pg_put_identifier(&name, target->job->target.table);
    target->colocate_with = arena_copy_text(target->arena, buf_text(&name));
}

/* A successor is partitioned or distributed as the job says, else as the table that it will replace. */
static bool follow_placement(struct target *target, struct pg *pg, struct err *err)
{
    struct placement before;
    const struct job_target *how = &target->job->target;
    bool is_successor = !text_equal(target->table, how->table);
    target->partition_by = how->partition_by;
    target->distribute_by = how->distribute_by;
    target->colocate_with = NULL;
    if (!is_successor)
        return true;
    if (!placement_read(target->schema, how->table, target->arena, pg, &before, err))
        return false;
    follow_distribution(target, &before);
    if (target->partition_by != JOB_PARTITION_NONE || target_distribution(target) ||
        target->day == target->count)
        return true;
    target->partition_by = placement_new_period(&before, JOB_PARTITION_NONE);
    return true;
}

static bool find_placement(struct target *target, struct pg *pg, struct err *err)
{
    if (!target->exists)
        return follow_placement(target, pg, err);
    return placement_read(target->schema, target->table, target->arena, pg, &target->placement, err);
}

/* PostgreSQL cannot change the type of a column by which a table is partitioned. */
static bool check_partition_column(const struct target *target, struct err *err)
{
    const struct target_column *day = partitions_have_days(target) ? &target->columns[target->day] : NULL;
    if (!day || day->type == day->present)
        return true;
    err_set(err, ERR_CONFIG,
            "column %s of table %s.%s is %s, the job needs %s, and a column by which a table is partitioned "
            "cannot change its type",
            day->name, target->schema, target->table, column_type_name(day->present),
            column_type_name(day->type));
    return err_hint(err, "take %s out of target.types, or give the job another target.table", day->api_name);
}

static bool refuse_without_citus(const struct target *target, struct err *err)
{
    err_set(err, ERR_CONFIG, "table %s.%s is to be distributed by %s, and the database does not have Citus",
            target->schema, target->table, job_distribute_column(target->job->target.distribute_by));
    return err_hint(err,
                    "create extension citus, on a server whose shared_preload_libraries has citus; or write "
                    "`distribute_by: none` under `target` of the job, or under `database` of the settings");
}

/* Checks that the database can have the table as the job wants it: Citus is there if it is needed, and does
 * not distribute the schema of a new table as a whole. */
static bool check_citus(const struct target *target, struct pg *pg, struct err *err)
{
    bool there;
    bool wants = job_distribute_column(target->job->target.distribute_by) != NULL;
    if (!wants && target->exists)
        return true;
    if (!citus_is_there(pg, &there, err))
        return false;
    if (wants && !there)
        return refuse_without_citus(target, err);
    return target->exists || !there || citus_refuse_schema(target->schema, pg, err);
}

static bool check_record(struct target *target, const PGresult *columns, struct pg *pg, struct err *err)
{
    bool known;
    if (!grain_check(target, pg, &known, err))
        return false;
    target->is_adopted = !known;
    return known ? column_fit_check(target, columns, err) : adoption_check(target, columns, pg, err);
}

bool target_inspect(struct target *target, const struct text_list *readers, struct pg *pg, struct err *err)
{
    struct arena *arena = target->arena;
    target->wanted_readers = readers;
    target->readers = *readers;
    SCOPED(pg_result)
    PGresult *schema = pg_query(pg, SQL_TARGET_SCHEMA, PG_PARAMS(target->schema), err);
    if (!schema)
        return false;
    target->schema_exists = pg_flag(schema, 0, "exists");
    if (!table_kind_check(target->schema, target->table, pg, err))
        return false;

    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(target->schema, target->table), err);
    if (!columns)
        return false;
    target->exists = PQntuples(columns) > 0;
    target->is_adopted = false;
    target->placement = (struct placement){0};
    if (!check_citus(target, pg, err) || !find_placement(target, pg, err))
        return false;
    if (!target->exists)
        return true;
    if (!check_record(target, columns, pg, err) || !target_check_interceptors(target, pg, err) ||
        !adopt_columns(target, columns, err) || !check_partition_column(target, err) ||
        !target_check_change(target, err))
        return false;
    return readers->count == 0 || find_missing_readers(target, readers, pg, arena, err);
}

/* The statements that the table needs; none in *statements if it fits already. */
static bool find_ddl(struct target *target, struct pg *pg, struct arena *arena, struct text_list *statements,
                     struct err *err)
{
    target_ddl(target, arena, statements);
    if (statements->count == 0 && !target->is_adopted)
        return true;
    if (!ddl_lock_for_load(target->schema, pg, err) ||
        !target_inspect(target, target->wanted_readers, pg, err))
        return false;
    target_ddl(target, arena, statements);
    return true;
}

/* PostgreSQL would name only one view; this lists all of them, with their definitions. */
static bool refuse_views(const struct target *target, const struct target_column *column, struct pg *pg,
                         struct err *err)
{
    SCOPED(pg_result)
    PGresult *views =
        pg_query(pg, SQL_TARGET_VIEWS, PG_PARAMS(target->schema, target->table, column->name), err);
    if (!views)
        return false;
    if (PQntuples(views) == 0)
        return true;
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    for (int row = 0; row < PQntuples(views); row++) {
        SCOPED(buf) struct buf definition = buf_make(BUF_OWN_TEXT);
        pg_put_on_one_line(&definition, pg_value(views, row, "definition"));
        buf_print(&names, "%s%s", row ? ", " : "", pg_value(views, row, "name"));
        log_warn("view-in-the-way", "view %s is defined as: %s", pg_value(views, row, "name"),
                 buf_text(&definition));
    }
    err_set(err, ERR_CREATE,
            "column %s of table %s.%s has to become %s, which PostgreSQL refuses while a view "
            "uses it: %s",
            column->name, target->schema, target->table, column_type_name(column->type), buf_text(&names));
    return err_hint(err, "drop the view, run the job, and create it again as the log above shows it");
}

static bool check_views(const struct target *target, struct pg *pg, struct err *err)
{
    for (size_t i = 0; i < target->count; i++) {
        const struct target_column *column = &target->columns[i];
        bool retyped = column->exists && column->type != column->present;
        if (retyped && !refuse_views(target, column, pg, err))
            return false;
    }
    return true;
}

static bool run_ddl(const struct target *target, const char *statement, struct pg *pg, struct err *err)
{
    if (pg_exec(pg, statement, err))
        return true;
    if (text_starts_with(statement, "grant ") && text_equal(err->sqlstate, "42704"))
        return explain_missing_role(err);
    if (event_trigger_explain(statement, err) || err->kind == ERR_AUTH || err->kind == ERR_CONFIG)
        err->kind = ERR_CREATE;
    bool denied = text_equal(err->sqlstate, "42501");
    if (denied && text_starts_with(statement, "create table "))
        err_hint(err, "let the owner of schema %s grant this role create on it", target->schema);
    else if (denied && !target->exists)
        event_trigger_hint_owner(err);
    else if (denied)
        err_hint(err, "let a role that may do so run: %s", statement);
    return err_wrap(err, "cannot %s table %s.%s", target->exists ? "alter" : "create", target->schema,
                    target->table);
}

static void put_change(const struct target *target, const struct target_column *column, struct buf *changes)
{
    const char *separator = changes->length > 0 ? "\n" : "";
    if (!column->exists && column->type_is_known)
        buf_print(changes, "%stable %s.%s: column %s (%s) was added", separator, target->schema,
                  target->table, column->name, column_type_name(column->type));
    else if (column->exists && column->type != column->present)
        buf_print(changes, "%stable %s.%s: column %s was widened from %s to %s", separator, target->schema,
                  target->table, column->name, column_type_name(column->present),
                  column_type_name(column->type));
}

/* Notes in words what target_ddl() changes. */
static void note_changes(struct target *target)
{
    const char *column = target_distribution(target);
    SCOPED(buf) struct buf changes = buf_make(BUF_OWN_TEXT);
    if (!target->exists)
        buf_print(&changes, "table %s.%s was created%s%s%s", target->schema, target->job->target.table,
                  text_equal(target->table, target->job->target.table) ? "" : " again",
                  column ? ", distributed by " : "", column ? column : "");
    if (target->is_adopted)
        buf_print(&changes, "table %s.%s was not created by tokenflex-etl; it is loaded from now on",
                  target->schema, target->table);
    for (size_t i = 0; target->exists && i < target->count; i++)
        put_change(target, &target->columns[i], &changes);
    target->changes = changes.length > 0 ? arena_copy_text(target->arena, buf_text(&changes)) : NULL;
}

void target_log_changes(const struct target *target)
{
    /* Nobody uses the new table of a rebuild before it has replaced the old one. */
    bool is_used = target->exists && text_equal(target->table, target->job->target.table);
    for (const char *line = target->changes; line && *line;) {
        const char *end = strchrnul(line, '\n');
        log_write(is_used ? LOG_WARN : LOG_INFO, target->exists ? "table-changed" : "table-created", "%.*s",
                  (int)(end - line), line);
        line = *end ? end + 1 : end;
    }
}

/* A column that an adopted table lacks is only added if its type is known, not with a guessed type; without
 * the column the table does not fit. */
static bool check_adopted_types(const struct target *target, struct err *err)
{
    for (size_t i = 0; target->is_adopted && i < target->count; i++) {
        const struct target_column *column = &target->columns[i];
        if (column->exists || column->type_is_known)
            continue;
        err_set(err, ERR_CONFIG,
                "table %s.%s, which was not created by tokenflex-etl, lacks the column %s, and the result "
                "has no value that shows its type",
                target->schema, target->table, column->name);
        return err_hint(err, "add the column to the table, or name its type in the job's target.types");
    }
    return true;
}

/* PostgreSQL only warns if the role may not grant. Here it is a warning too: the rows are correct without the
 * grant, and are loaded.
 */
static bool note_missing_grants(const struct target *target, struct pg *pg, struct err *err)
{
    if (target->readers.count == 0)
        return true;
    SCOPED(pg_result) PGresult *missing = query_missing_readers(target, target->wanted_readers, pg, err);
    for (int row = 0; missing && row < PQntuples(missing); row++) {
        bool of_table = pg_flag(missing, row, "lacks_select");
        const char *role = pg_value(missing, row, "role");
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        buf_put(&sql, of_table ? "grant select on " : "grant usage on schema ");
        if (of_table)
            target_put_name(target, &sql);
        else
            pg_put_identifier(&sql, target->schema);
        buf_put(&sql, " to ");
        pg_put_identifier(&sql, role);
        log_warn(
            "grant-missing",
            "database.grant_select_to: %s still cannot read table %s.%s, because this role may not grant "
            "that; let the owner of the %s run: %s",
            role, target->schema, target->table, of_table ? "table" : "schema", buf_text(&sql));
    }
    return missing != NULL;
}

/* Applies the load's settings on the nodes of a distributed table, where its rows are locked and joined. */
static bool set_nodes(const struct target *target, struct pg *pg, struct err *err)
{
    if (!target_distribution(target))
        return true;
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_LOAD_SETTINGS_NODES, PG_NO_PARAMS, err);
    return found && pg_exec(pg, pg_value(found, 0, "commands"), err);
}

bool target_apply(struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list statements = {0};
    char left[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *settings =
        pg_query(pg, SQL_LOAD_SETTINGS, PG_PARAMS(pg_number(pg_time_left_ms(pg), left)), err);
    if (!settings || !find_ddl(target, pg, arena, &statements, err) || !check_adopted_types(target, err) ||
        !check_views(target, pg, err) || !set_nodes(target, pg, err))
        return false;
    for (size_t i = 0; i < statements.count; i++)
        if (!run_ddl(target, statements.items[i], pg, err))
            return false;
    if (!note_missing_grants(target, pg, err))
        return false;
    note_changes(target);
    bool is_placed = target->partition_by != JOB_PARTITION_NONE || target_distribution(target);
    if (!target->exists && is_placed &&
        !placement_read(target->schema, target->table, target->arena, pg, &target->placement, err))
        return false;
    /* The grain of an existing table is already stored, and writing it again would make loads of other
     * contracts wait. */
    return (target->exists && !target->is_adopted) ||
           (target_set_replica_identity(target, pg, err) && grain_remember(target, pg, err));
}

bool target_is_current(const struct target *target, struct pg *pg, bool *current, struct err *err)
{
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(target->schema, target->table), err);
    if (!columns)
        return false;
    size_t found = 0;
    size_t wanted = 0;
    for (size_t i = 0; i < target->count; i++)
        wanted += target->columns[i].type_is_known;
    for (int row = 0; row < PQntuples(columns); row++) {
        const struct target_column *column = column_named(target, pg_value(columns, row, "name"));
        enum column_type type;
        found += column && column_type_parse(pg_value(columns, row, "type"), &type) && type == column->type;
    }
    *current = found >= wanted;
    return true;
}
