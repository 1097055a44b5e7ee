#include "load/adoption.h"

#include "base/text.h"
#include "sql/statements.h"

#include <string.h>

/* What is missing: in words, and as statements. */
struct lack {
    const struct target *target;
    struct buf words;
    struct buf statements;
};

static void begin(struct lack *lack)
{
    buf_put(&lack->words, lack->words.length ? ", " : "");
    buf_put(&lack->statements, lack->statements.length ? "; " : "");
}

static void put_alter(struct lack *lack)
{
    buf_put(&lack->statements, "alter table ");
    target_put_name(lack->target, &lack->statements);
}

/* The columns of every table. */
static const struct {
    const char *name;
    const char *type;
    const char *more;
    bool of_window;
} own_columns[] = {
    {"contract_number", "text", " not null", false},
    {"window_start", "date", "", true},
    {"window_end", "date", "", true},
    {"_row_key", "uuid", " not null", false},
    {"_run_id", "bigint", " not null", false},
    {"_synced_at", "timestamp with time zone", " not null", false},
};

static int find_row(const PGresult *columns, const char *name)
{
    for (int row = 0; row < PQntuples(columns); row++)
        if (text_equal(pg_value(columns, row, "name"), name))
            return row;
    return -1;
}

static void check_own_columns(struct lack *lack, const PGresult *columns)
{
    for (size_t i = 0; i < COUNT_OF(own_columns); i++) {
        const char *name = own_columns[i].name;
        const char *type = own_columns[i].type;
        int row = find_row(columns, name);
        bool fits = row >= 0 && text_equal(pg_value(columns, row, "type"), type);
        if (fits || (own_columns[i].of_window && !lack->target->windowed))
            continue;
        begin(lack);
        put_alter(lack);
        if (row < 0) {
            buf_print(&lack->words, "it has no column %s", name);
            buf_print(&lack->statements, " add column %s %s%s", name, type, own_columns[i].more);
        } else {
            buf_print(&lack->words, "its column %s is %s, not %s", name, pg_value(columns, row, "type"),
                      type);
            buf_print(&lack->statements, " alter column %s type %s using %s::%s", name, type, name, type);
        }
    }
}

static bool is_written(const struct target *target, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(own_columns); i++)
        if (text_equal(own_columns[i].name, name) && (!own_columns[i].of_window || target->windowed))
            return true;
    for (size_t i = 0; i < target->count; i++)
        if (text_equal(target->columns[i].name, name))
            return true;
    return false;
}

/* A metric may be null, and so may every field. */
static void check_other_columns(struct lack *lack, const PGresult *columns)
{
    for (int row = 0; row < PQntuples(columns); row++) {
        const char *name = pg_value(columns, row, "name");
        if (!pg_flag(columns, row, "is_required") || is_written(lack->target, name))
            continue;
        begin(lack);
        buf_print(&lack->words, "its column %s, which no load writes, must not be null", name);
        put_alter(lack);
        buf_put(&lack->statements, " alter column ");
        pg_put_identifier(&lack->statements, name);
        buf_put(&lack->statements, " drop not null");
    }
}

/* A column that the key determines: rows of one key have one value of it. */
static bool key_determines(const struct target *target, const char *name)
{
    bool is_window = text_equal(name, "window_start") || text_equal(name, "window_end");
    bool is_run = text_equal(name, "_run_id") && target->job->target.mode == JOB_APPEND;
    if (text_equal(name, "contract_number") || text_equal(name, "_row_key") || is_run ||
        (is_window && target->windowed))
        return true;
    for (size_t i = 0; i < target->count; i++)
        if (target->columns[i].in_key && text_equal(target->columns[i].name, name))
            return true;
    return false;
}

static bool has_line(const char *lines, const char *name)
{
    size_t length = strlen(name);
    for (; *lines; lines += strcspn(lines, "\n"), lines += *lines == '\n')
        if (strncmp(lines, name, length) == 0 && (lines[length] == '\n' || !lines[length]))
            return true;
    return false;
}

/* Whether the index has all that makes up the key, or the hash of it. */
static bool has_whole_key(const struct target *target, const char *columns)
{
    if (has_line(columns, "_row_key"))
        return true;
    bool has = has_line(columns, "contract_number") &&
               (!target->windowed || (has_line(columns, "window_start") && has_line(columns, "window_end")));
    for (size_t i = 0; i < target->count && has; i++)
        has = !target->columns[i].in_key || has_line(columns, target->columns[i].name);
    return has;
}

bool adoption_index_fits(const struct target *target, const char *columns)
{
    char name[JOB_COLUMN_NAME];
    if (target->job->target.mode == JOB_APPEND && !has_line(columns, "_run_id"))
        return false;
    for (const char *at = columns; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        if (length >= sizeof name)
            return false;
        memcpy(name, at, length);
        name[length] = '\0';
        if (!key_determines(target, name))
            return false;
    }
    return has_whole_key(target, columns);
}

/* The columns of the partition key lead the index that is missing. */
static void put_index(const struct target *target, struct buf *sql)
{
    const struct text_list *parts = &target->placement.key_columns;
    const char *lead = target_index_lead(target);
    buf_put(sql, "create unique index on ");
    target_put_name(target, sql);
    buf_put(sql, " (");
    for (size_t i = 0; i < parts->count; i++) {
        pg_put_identifier(sql, parts->items[i]);
        buf_put(sql, ", ");
    }
    if (lead && !text_list_has(parts, lead)) {
        pg_put_identifier(sql, lead);
        buf_put(sql, ", ");
    }
    buf_print(sql, "_row_key%s%s) nulls not distinct",
              target_is_distributed_by_contract(target) ? ", contract_number" : "",
              target->job->target.mode == JOB_APPEND ? ", _run_id" : "");
}

static void check_indexes(struct lack *lack, const PGresult *indexes)
{
    for (int row = 0; row < PQntuples(indexes); row++)
        if (pg_flag(indexes, row, "tell_all") &&
            adoption_index_fits(lack->target, pg_value(indexes, row, "columns")))
            return;
    begin(lack);
    buf_put(&lack->words, "it has no unique index on the key");
    put_index(lack->target, &lack->statements);
}

/* No index of such a table could keep two rows of one key apart. */
static bool check_partition_key(const struct target *target, struct err *err)
{
    const struct placement *placement = &target->placement;
    bool tells = placement->key_columns.count > 0;
    for (size_t i = 0; i < placement->key_columns.count; i++)
        tells &= key_determines(target, placement->key_columns.items[i]);
    if (tells || !placement->is_declared)
        return true;
    err_set(
        err, ERR_CONFIG,
        "table %s.%s, which was not made by tokenflex-etl, is partitioned by %s, which is not part of the "
        "key: two rows of one key could be in two partitions",
        target->schema, target->table, placement->key);
    return err_hint(err, "partition it by columns of the key, such as the window's date, or give the job "
                         "another target.table");
}

static bool has_rows(const struct target *target, struct pg *pg, bool *has, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    /* Not `exists`: the nodes of a cluster would send every row to the coordinator. */
    buf_put(&sql, "select 1 from ");
    target_put_name(target, &sql);
    buf_put(&sql, " limit 1");
    SCOPED(pg_result) PGresult *found = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, err);
    *has = found && PQntuples(found) > 0;
    return found || err_wrap(err, "cannot read table %s.%s", target->schema, target->table);
}

static bool refuse_rows(const struct target *target, struct err *err)
{
    err_set(err, ERR_CONFIG, "table %s.%s exists and was not made by tokenflex-etl, and it has rows",
            target->schema, target->table);
    return err_hint(err,
                    "give the job another target.table, or rename the table that is there; only an empty "
                    "table is taken over");
}

static bool refuse(const struct lack *lack, struct err *err)
{
    const struct target *target = lack->target;
    err_set(err, ERR_CONFIG, "table %s.%s exists and was not made by tokenflex-etl, and it does not fit: %s",
            target->schema, target->table, buf_text(&lack->words));
    return err_hint(err, "%s; or give the job another target.table", buf_text(&lack->statements));
}

static bool check_shape(struct lack *lack, struct pg *pg, struct err *err)
{
    const struct target *target = lack->target;
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_ADOPTION_COLUMNS, PG_PARAMS(target->schema, target->table), err);
    SCOPED(pg_result)
    PGresult *indexes =
        columns ? pg_query(pg, SQL_ADOPTION_INDEXES, PG_PARAMS(target->schema, target->table), err) : NULL;
    if (!indexes)
        return err_wrap(err, "cannot read the columns of table %s.%s", target->schema, target->table);
    check_own_columns(lack, columns);
    check_other_columns(lack, columns);
    check_indexes(lack, indexes);
    return lack->words.length == 0 || refuse(lack, err);
}

bool adoption_check(const struct target *target, struct pg *pg, struct err *err)
{
    bool has;
    struct lack lack = {
        .target = target, .words = buf_make(BUF_OWN_TEXT), .statements = buf_make(BUF_OWN_TEXT)};
    bool fits = has_rows(target, pg, &has, err) && (!has || refuse_rows(target, err)) &&
                check_partition_key(target, err) && check_shape(&lack, pg, err);
    buf_release(&lack.words);
    buf_release(&lack.statements);
    return fits;
}
