#include "load/partitions.h"

#include "base/log.h"
#include "base/text.h"
#include "load/lost_rows.h"
#include "load/statement.h"
#include "sql/statements.h"

#include <stdio.h>
#include <string.h>

/* The maximum number of partitions in a plan. */
#define MAX_PLANNED 24

/* The maximum number in a hint. */
#define MAX_SHOWN 6

/* The check constraint from which ATTACH knows, without reading them, that all rows are of the partition's
 * days. */
#define DAYS_CHECK "tokenflex_days"

static const char *day_column(const struct target *target)
{
    return target->day < target->count ? target->columns[target->day].name : NULL;
}

bool partitions_have_days(const struct target *target)
{
    const char *day = day_column(target);
    if (!day)
        return false;
    if (!target->exists)
        return target->partition_by != JOB_PARTITION_NONE;
    return target->placement.is_declared && target->placement.column &&
           text_equal(target->placement.column, day);
}

static enum job_partition_by new_period_of(const struct target *target)
{
    return target->exists ? placement_new_period(&target->placement, target->partition_by)
                          : target->partition_by;
}

static void put_statements(const struct target *target, const struct partition_ranges *missing,
                           struct buf *sql)
{
    for (size_t i = 0; i < missing->count && i < MAX_SHOWN; i++) {
        buf_put(sql, i ? "; " : "");
        partition_range_put_create(target->schema, target->table, missing->items[i], sql);
    }
    if (missing->count > MAX_SHOWN)
        buf_print(sql, "; and %zu more", missing->count - MAX_SHOWN);
}

static bool refuse_missing_partition(const struct target *target, date_t stray, struct err *err)
{
    char day[DATE_TEXT];
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    partition_range_put_create(target->schema, target->table,
                               partition_ranges_gap(&target->placement.partitions, stray), &sql);
    err_set(err, ERR_CREATE,
            "table %s.%s has no partition for %s, and the tool adds none, since not every partition is a "
            "plain table of one calendar month or year",
            target->schema, target->table, date_format(stray, day));
    return err_hint(err, "%s", buf_text(&sql));
}

static bool refuse_to_add(const struct target *target, const struct partition_ranges *missing,
                          struct err *err)
{
    char day[DATE_TEXT];
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    put_statements(target, missing, &sql);
    err_set(err, ERR_CREATE,
            "table %s.%s has no partition for days from %s on, and the role may not add one: it would have "
            "to own the table, and to have create on the schema",
            target->schema, target->table, date_format(missing->items[0].from, day));
    return err_hint(err, "let the owner of the table run: %s", buf_text(&sql));
}

static bool default_has_rows(const struct target *target, struct partition_range range, struct pg *pg,
                             bool *has, struct err *err)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "select exists (select from ");
    statement_put(&statement, target->placement.default_partition);
    statement_put(&statement, " where ");
    statement_put_identifier(&statement, target->placement.column);
    statement_put(&statement, " >= ");
    statement_put_value(&statement, date_format(range.from, from), "date");
    statement_put(&statement, " and ");
    statement_put_identifier(&statement, target->placement.column);
    statement_put(&statement, " < ");
    statement_put_value(&statement, date_format(range.to, to), "date");
    statement_put(&statement, ") as has_rows");
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    *has = found && pg_flag(found, 0, "has_rows");
    return found ||
           err_wrap(err, "cannot read the default partition %s", target->placement.default_partition);
}

static void warn_of_default(const struct target *target, struct partition_range range)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    log_warn("partition-in-default",
             "table %s.%s gets no partition for %s to %s: its default partition %s has rows of these days, "
             "and takes the new ones too; to have one, detach the default partition, add the partition, move "
             "the rows into it, and attach the default partition again",
             target->schema, target->table, date_format(range.from, from), date_format(range.to, to),
             target->placement.default_partition);
}

/* Leaves out missing partitions of which the default partition has rows: PostgreSQL refuses to attach them.
 */
static bool leave_to_default(const struct target *target, struct pg *pg, struct partition_ranges *missing,
                             struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < missing->count; i++) {
        bool has;
        if (!default_has_rows(target, missing->items[i], pg, &has, err))
            return false;
        if (has)
            warn_of_default(target, missing->items[i]);
        else
            missing->items[kept++] = missing->items[i];
    }
    missing->count = kept;
    return true;
}

bool partitions_find(const struct target *target, const struct day_set *days, struct arena *arena,
                     struct pg *pg, struct partition_ranges *missing, struct err *err)
{
    date_t stray;
    bool has_default = target->placement.default_partition != NULL;
    *missing = (struct partition_ranges){0};
    if (!partitions_have_days(target))
        return true;
    if (!partition_ranges_find_missing(days, &target->placement.partitions, new_period_of(target), arena,
                                       missing, &stray)) {
        *missing = (struct partition_ranges){0};
        return has_default || refuse_missing_partition(target, stray, err);
    }
    if (missing->count == 0 || !target->exists)
        return true;
    if (!target->placement.may_add) {
        bool refused = !has_default && !refuse_to_add(target, missing, err);
        *missing = (struct partition_ranges){0};
        return !refused;
    }
    return !has_default || !pg || leave_to_default(target, pg, missing, err);
}

static struct day_set *days_of(const struct window *window)
{
    struct day_set *days = day_set_make();
    for (date_t day = window->from; window->bounded && day < window->to; day++)
        day_set_add(days, day);
    return days;
}

/* Partitions of irregular periods may leave out days that have no rows, so any day of the window is enough.
 */
bool partitions_check(const struct target *target, const struct window *window, struct err *err)
{
    struct partition_ranges missing;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(day_set) struct day_set *days = days_of(window);
    bool is_irregular = new_period_of(target) == JOB_PARTITION_NONE;
    if (is_irregular && partition_ranges_hold_some(&target->placement.partitions, days))
        return true;
    return partitions_find(target, days, arena, NULL, &missing, err);
}

void partitions_plan(const struct target *target, const struct window *window, struct arena *arena,
                     struct text_list *statements)
{
    struct err ignored = {0};
    struct partition_ranges missing;
    SCOPED(day_set) struct day_set *days = days_of(window);
    if (!partitions_find(target, days, arena, NULL, &missing, &ignored))
        return;
    for (size_t i = 0; i < missing.count && i <= MAX_PLANNED; i++) {
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        if (i == MAX_PLANNED)
            buf_print(&sql, "-- and %zu more partitions, each once it has rows", missing.count - i);
        else
            partition_range_put_create(target->schema, target->table, missing.items[i], &sql);
        arena_add_text(arena, statements, arena_copy_text(arena, buf_text(&sql)));
    }
}

static bool explain_refusal(const struct target *target, struct partition_range range, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    if (err->kind != ERR_AUTH)
        return err_wrap(err, "cannot add a partition to table %s.%s", target->schema, target->table);
    err->kind = ERR_CREATE;
    partition_range_put_create(target->schema, target->table, range, &sql);
    err_hint(err, "let the owner of the table run: %s", buf_text(&sql));
    return err_wrap(err, "cannot add a partition to table %s.%s", target->schema, target->table);
}

static void put_name(const struct target *target, const char *name, struct buf *sql)
{
    pg_put_identifier(sql, target->schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, name);
}

static bool create_like_table(const struct target *target, const char *name, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result)
    PGresult *placed = pg_query(pg, SQL_PARTITION_TABLESPACE, PG_PARAMS(target->schema, target->table), err);
    if (!placed)
        return false;
    buf_put(&sql, "create table ");
    put_name(target, name, &sql);
    buf_put(&sql, " (like ");
    target_put_name(target, &sql);
    buf_put(&sql, " including constraints including defaults including generated including storage including "
                  "compression)");
    if (!pg_null(placed, 0, "tablespace")) {
        buf_put(&sql, " tablespace ");
        pg_put_identifier(&sql, pg_value(placed, 0, "tablespace"));
    }
    return pg_exec(pg, buf_text(&sql), err);
}

bool partition_copy_properties(const struct partition_name *name, struct pg *pg, struct err *err)
{
    SCOPED(pg_result)
    PGresult *statements =
        pg_query(pg, SQL_PARTITION_PROPERTIES, PG_PARAMS(name->schema, name->table, name->name), err);
    for (int row = 0; statements && row < PQntuples(statements); row++)
        if (!pg_exec(pg, pg_value(statements, row, "statement"), err))
            return false;
    return statements != NULL;
}

static bool copy_properties(const struct target *target, const char *name, struct pg *pg, struct err *err)
{
    return partition_copy_properties(&(struct partition_name){target->schema, target->table, name}, pg, err);
}

static bool attach(const struct target *target, struct partition_range range, const char *name, struct pg *pg,
                   struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "alter table ");
    target_put_name(target, &sql);
    buf_put(&sql, " attach partition ");
    put_name(target, name, &sql);
    buf_put(&sql, " ");
    partition_range_put_bounds(range, &sql);
    return pg_exec(pg, buf_text(&sql), err);
}

/* Another table, such as a detached partition, may have the name. */
bool partition_find_free_name(const struct target *target, struct partition_range range, char *name,
                              struct pg *pg, struct err *err)
{
    for (unsigned number = 1;; number++) {
        partition_range_name(target->table, range, number, name);
        SCOPED(pg_result)
        PGresult *found = pg_query(pg, SQL_REBUILD_NAME_TAKEN, PG_PARAMS(target->schema, name), err);
        if (!found || !pg_flag(found, 0, "is_taken"))
            return found != NULL;
        log_info("partition-name-taken", "%s.%s is another table: the partition gets another name",
                 target->schema, name);
    }
}

/* Deletes what is stored about the days of an earlier partition. */
static bool forget_days(const struct target *target, struct partition_range range, struct pg *pg,
                        struct err *err)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    SCOPED(pg_result)
    PGresult *forgotten = pg_query(
        pg, SQL_PARTITION_FORGET_DAYS,
        PG_PARAMS(target->schema, target->table, date_format(range.from, from), date_format(range.to, to)),
        err);
    return forgotten || err_wrap(err, "cannot write which days were loaded");
}

static void log_added(const struct target *target, struct partition_range range, const char *name)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    log_info("partition-added", "table %s.%s: partition %s was added, for %s to %s", target->schema,
             target->table, name, date_format(range.from, from), date_format(range.to, to));
}

static bool finish(const struct target *target, struct partition_range range, const char *name, struct pg *pg,
                   struct err *err)
{
    if (!attach(target, range, name, pg, err) || !target_set_replica_identity(target, pg, err) ||
        !forget_days(target, range, pg, err))
        return false;
    log_added(target, range, name);
    return true;
}

static bool add_one(const struct target *target, struct partition_range range, struct pg *pg, struct err *err)
{
    char name[JOB_COLUMN_NAME];
    return (partition_find_free_name(target, range, name, pg, err) &&
            create_like_table(target, name, pg, err) && copy_properties(target, name, pg, err) &&
            finish(target, range, name, pg, err)) ||
           explain_refusal(target, range, err);
}

static bool lock(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(pg_result)
    PGresult *locked = pg_query(pg, SQL_PARTITION_LOCK, PG_PARAMS(target->schema, target->table), err);
    return locked != NULL;
}

/* Whether the partition is there by now, or another one that holds some of its days. */
static bool is_there(const struct target *target, struct partition_range range, struct pg *pg, bool *there,
                     struct err *err)
{
    struct placement now;
    SCOPED(arena) struct arena *arena = arena_make();
    if (!placement_read(target->schema, target->table, arena, pg, &now, err))
        return false;
    *there = false;
    for (size_t i = 0; i < now.partitions.count; i++)
        *there |= now.partitions.items[i].from < range.to && range.from < now.partitions.items[i].to;
    return true;
}

bool partitions_add(const struct target *target, const struct partition_ranges *missing, struct pg *pg,
                    struct err *err)
{
    if (missing->count == 0)
        return true;
    if (!lock(target, pg, err))
        return false;
    for (size_t i = 0; i < missing->count; i++) {
        bool there;
        if (!is_there(target, missing->items[i], pg, &there, err) ||
            (!there && !add_one(target, missing->items[i], pg, err)))
            return false;
    }
    return true;
}

bool partitions_add_ahead(const struct target *target, const struct partition_ranges *missing, struct pg *pg,
                          struct err *err)
{
    char left[PG_NUMBER];
    if (missing->count == 0)
        return true;
    if (!pg_begin(pg, err))
        return false;
    SCOPED(pg_result)
    PGresult *settings =
        pg_query(pg, SQL_LOAD_SETTINGS, PG_PARAMS(pg_number(pg_time_left_ms(pg), left)), err);
    if (settings && partitions_add(target, missing, pg, err) && pg_commit(pg, err))
        return true;
    pg_rollback(pg);
    return false;
}

const char *partition_standalone_name(const struct pg *pg, char *name)
{
    snprintf(name, PARTITION_NAME_BYTES, "tokenflex_part_%s", pg_nonce(pg));
    return name;
}

bool partition_make_standalone(const struct target *target, struct partition_range range, const char *name,
                               struct pg *pg, struct err *err)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf day = buf_make(BUF_OWN_TEXT);
    pg_put_identifier(&day, day_column(target));
    buf_put(&sql, "alter table ");
    put_name(target, name, &sql);
    buf_print(&sql, " add constraint " DAYS_CHECK " check (%s is not null and %s >= '%s' and %s < '%s')",
              buf_text(&day), buf_text(&day), date_format(range.from, from), buf_text(&day),
              date_format(range.to, to));
    return (create_like_table(target, name, pg, err) && pg_exec(pg, buf_text(&sql), err) &&
            forget_days(target, range, pg, err)) ||
           explain_refusal(target, range, err);
}

static bool rename_standalone(const struct target *target, const char *from, const char *to, struct pg *pg,
                              struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "alter table ");
    put_name(target, from, &sql);
    buf_put(&sql, " rename to ");
    pg_put_identifier(&sql, to);
    return pg_exec(pg, buf_text(&sql), err);
}

static bool drop_check(const struct target *target, const char *name, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "alter table ");
    put_name(target, name, &sql);
    buf_put(&sql, " drop constraint " DAYS_CHECK);
    return pg_exec(pg, buf_text(&sql), err);
}

static void put_columns(const struct target *target, struct buf *sql)
{
    buf_put(sql, "contract_number, ");
    for (size_t i = 0; i < target->count; i++) {
        pg_put_identifier(sql, target->columns[i].name);
        buf_put(sql, ", ");
    }
    buf_put(sql, "_row_key, _run_id, _synced_at");
}

/* Another load has added the partition meanwhile: moves the rows into it. */
static bool move_rows(const struct target *target, const char *name, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "insert into ");
    target_put_name(target, &sql);
    buf_put(&sql, " (");
    put_columns(target, &sql);
    buf_put(&sql, ") select ");
    put_columns(target, &sql);
    buf_put(&sql, " from ");
    put_name(target, name, &sql);
    buf_put(&sql, "; drop table ");
    put_name(target, name, &sql);
    return pg_exec(pg, buf_text(&sql), err) ||
           err_wrap(err, "cannot insert into table %s.%s", target->schema, target->table);
}

static bool attach_filled(const struct target *target, struct partition_range range, const char *standalone,
                          struct pg *pg, struct err *err)
{
    char name[JOB_COLUMN_NAME];
    return (partition_find_free_name(target, range, name, pg, err) &&
            rename_standalone(target, standalone, name, pg, err) && finish(target, range, name, pg, err) &&
            drop_check(target, name, pg, err) && copy_properties(target, name, pg, err)) ||
           explain_refusal(target, range, err);
}

bool partition_attach_standalone(const struct target *target, struct partition_range range, const char *name,
                                 struct pg *pg, struct err *err)
{
    bool there;
    if (!lock(target, pg, err) || !is_there(target, range, pg, &there, err))
        return false;
    return there ? move_rows(target, name, pg, err) : attach_filled(target, range, name, pg, err);
}

/* check_violation: that of a constraint has the constraint's name, that of a partition has none. */
bool partitions_lack_row(const struct err *err)
{
    return text_equal(err->sqlstate, "23514") && !err->is_of_constraint;
}

bool partitions_explain(const struct target *target, struct err *err)
{
    const struct placement *placement = &target->placement;
    if (err->kind != ERR_DATA || !partitions_lack_row(err) || !placement->is_declared)
        return false;
    err->kind = ERR_CREATE;
    return err_hint(
        err,
        "the table is partitioned by %s: let its owner add the partition that the row needs, or a "
        "default partition",
        placement->key);
}
