/* target.h, the part that composes statements. */
#include "base/text.h"
#include "load/target.h"

#include <string.h>

/* The longest `."name"` whose name leaves room for the number of a shard, and for the underscore with which
 * PostgreSQL names the array type of the table. */
#define LONGEST_PARALLEL (3 + 63 - 8)

struct ddl {
    const struct target *target;
    struct arena *arena;
    struct text_list *statements;
    struct buf sql; /* the current statement */
};

static void end_statement(struct ddl *ddl)
{
    const char **slot =
        arena_push(ddl->arena, &ddl->statements->items, &ddl->statements->count, sizeof *slot);
    *slot = arena_copy_text(ddl->arena, buf_text(&ddl->sql));
    buf_clear(&ddl->sql);
}

static void put_column(struct ddl *ddl, const struct target_column *column)
{
    pg_put_identifier(&ddl->sql, column->name);
    buf_print(&ddl->sql, " %s", column_type_name(column->type));
    /* Key texts are compared for equality; the order of a language is not needed. Comparing bytes is fastest,
     * and does not change with a new version of a collation. */
    if (column->type == COLUMN_TEXT && column->in_key)
        buf_put(&ddl->sql, " collate \"C\"");
}

static void comment_column(struct ddl *ddl, const struct target_column *column)
{
    const struct catalogue_entry *entry = job_column_entry(ddl->target->job, column->api_name);
    buf_put(&ddl->sql, "comment on column ");
    target_put_name(ddl->target, &ddl->sql);
    buf_put(&ddl->sql, ".");
    pg_put_identifier(&ddl->sql, column->name);
    buf_put(&ddl->sql, " is ");
    struct buf text = buf_make(BUF_OWN_TEXT);
    buf_put(&text, column->api_name);
    if (entry && entry->unit)
        buf_print(&text, ", in %s", entry->unit);
    if (entry && entry->comment)
        buf_print(&text, ": %s", entry->comment);
    if (entry && entry->is_metric && !entry->is_additive)
        buf_put(&text, " Cannot be summed over rows.");
    pg_put_literal(&ddl->sql, buf_text(&text));
    buf_release(&text);
    end_statement(ddl);
}

static void create_table(struct ddl *ddl)
{
    const struct target *target = ddl->target;
    buf_put(&ddl->sql, "create table ");
    target_put_name(target, &ddl->sql);
    buf_put(&ddl->sql, " (\n    contract_number text collate \"C\" not null");
    if (target->windowed)
        buf_put(&ddl->sql, ",\n    window_start date,\n    window_end date");
    for (size_t i = 0; i < target->count; i++) {
        buf_put(&ddl->sql, ",\n    ");
        put_column(ddl, &target->columns[i]);
    }
    buf_put(&ddl->sql, ",\n    _row_key uuid not null,\n    _run_id bigint not null,\n"
                       "    _synced_at timestamptz not null\n)");
    if (target->partition_by != JOB_PARTITION_NONE && target->day < target->count) {
        buf_put(&ddl->sql, " partition by range (");
        pg_put_identifier(&ddl->sql, target->columns[target->day].name);
        buf_put(&ddl->sql, ")");
    }
    end_statement(ddl);
}

void target_put_distribute(const char *name, const char *column, const char *colocate_with, struct buf *sql)
{
    const char *table = strrchr(name, '.');
    /* Not SET: Citus would send the whole text of the command, with create_distributed_table(), to the nodes,
     * and they would execute it too. */
    if (table && strlen(table) > LONGEST_PARALLEL)
        buf_put(sql, "select set_config('citus.multi_shard_modify_mode', 'sequential', true); ");
    buf_put(sql, "select create_distributed_table(");
    pg_put_literal(sql, name);
    buf_put(sql, ", ");
    pg_put_literal(sql, column);
    buf_put(sql, ", colocate_with => ");
    pg_put_literal(sql, colocate_with ? colocate_with : "default");
    buf_put(sql, ")");
}

/* To be called before the table has rows, comments and grants: Citus applies later changes to the shards too.
 */
static void distribute_table(struct ddl *ddl)
{
    const struct target *target = ddl->target;
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    if (!target_distribution(target))
        return;
    target_put_name(target, &name);
    target_put_distribute(buf_text(&name), target_distribution(target), target->colocate_with, &ddl->sql);
    end_statement(ddl);
}

/* PostgreSQL chooses the index's name, so that it is unique. */
void target_put_index(const struct target *target, struct buf *sql)
{
    const char *lead = target_index_lead(target);
    buf_put(sql, "create unique index on ");
    target_put_name(target, sql);
    buf_put(sql, " (");
    if (lead) {
        pg_put_identifier(sql, lead);
        buf_put(sql, ", ");
    }
    buf_print(sql, "_row_key%s%s) nulls not distinct",
              target_is_distributed_by_contract(target) ? ", contract_number" : "",
              target->job->target.mode == JOB_APPEND ? ", _run_id" : "");
}

/* Appends the text form of a value of another type: in the key its canonical form, otherwise as it is
 * stored. */
static void put_as_text(struct buf *sql, const char *column, enum column_type from, bool in_key)
{
    struct buf name = buf_make(BUF_OWN_TEXT);
    pg_put_identifier(&name, column);
    if (from == COLUMN_NUMERIC && in_key)
        buf_print(sql, "trim_scale(%s)::text", buf_text(&name));
    else if (from == COLUMN_TIMESTAMP)
        buf_print(sql, "%sregexp_replace(to_char(%s, 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '\\.?0+$', '')%s",
                  in_key ? "regexp_replace(" : "", buf_text(&name), in_key ? ", 'T00:00:00$', '')" : "");
    else
        buf_print(sql, "%s::text", buf_text(&name));
    buf_release(&name);
}

void target_put_retype(const struct target_column *column, enum column_type from, struct buf *sql)
{
    buf_put(sql, "alter column ");
    pg_put_identifier(sql, column->name);
    buf_print(sql, " type %s", column_type_name(column->type));
    if (column->type != COLUMN_TEXT)
        return;
    buf_print(sql, "%s using ", column->in_key ? " collate \"C\"" : "");
    put_as_text(sql, column->name, from, column->in_key);
}

static void retype_column(struct ddl *ddl, const struct target_column *column)
{
    buf_put(&ddl->sql, "alter table ");
    target_put_name(ddl->target, &ddl->sql);
    buf_put(&ddl->sql, " ");
    target_put_retype(column, column->present, &ddl->sql);
    end_statement(ddl);
}

static void comment_table(struct ddl *ddl)
{
    const struct target *target = ddl->target;
    struct buf text = buf_make(BUF_OWN_TEXT);
    if (target->job->description)
        buf_print(&text, "%s. ", target->job->description);
    buf_print(&text, "Loaded by tokenflex-etl, job %s. A row is one combination of contract_number",
              target->job->name);
    if (target->windowed)
        buf_put(&text, ", window_start, window_end");
    for (size_t i = 0; i < target->count; i++)
        if (target->columns[i].in_key)
            buf_print(&text, ", %s", target->columns[i].name);
    buf_put(&text, "; _row_key is a hash of them.");
    if (target->job->target.mode == JOB_APPEND)
        buf_put(&text, " Every run's rows are kept; _run_id distinguishes them.");
    buf_put(&ddl->sql, "comment on table ");
    target_put_name(target, &ddl->sql);
    buf_put(&ddl->sql, " is ");
    pg_put_literal(&ddl->sql, buf_text(&text));
    buf_release(&text);
    end_statement(ddl);
}

static void add_column(struct ddl *ddl, const struct target_column *column)
{
    buf_put(&ddl->sql, "alter table ");
    target_put_name(ddl->target, &ddl->sql);
    buf_put(&ddl->sql, " add column ");
    put_column(ddl, column);
    end_statement(ddl);
}

static void grant_select(struct ddl *ddl)
{
    const struct text_list *readers = &ddl->target->readers;
    for (size_t i = 0; i < readers->count; i++) {
        buf_put(&ddl->sql, "grant usage on schema ");
        pg_put_identifier(&ddl->sql, ddl->target->schema);
        buf_put(&ddl->sql, " to ");
        pg_put_identifier(&ddl->sql, readers->items[i]);
        end_statement(ddl);
        buf_put(&ddl->sql, "grant select on ");
        target_put_name(ddl->target, &ddl->sql);
        buf_put(&ddl->sql, " to ");
        pg_put_identifier(&ddl->sql, readers->items[i]);
        end_statement(ddl);
    }
}

/* A column without any value and without a known type is added when its first value comes. */
static void put_column_change(struct ddl *ddl, const struct target_column *column)
{
    bool exists = ddl->target->exists && column->exists;
    if (exists && column->type != column->present)
        retype_column(ddl, column);
    if (exists || (ddl->target->exists && !column->type_is_known))
        return;
    if (ddl->target->exists)
        add_column(ddl, column);
    comment_column(ddl, column);
}

void target_ddl(const struct target *target, struct arena *arena, struct text_list *statements)
{
    struct ddl ddl = {target, arena, statements, buf_make(BUF_OWN_TEXT)};
    *statements = (struct text_list){0};
    if (!target->schema_exists) {
        buf_put(&ddl.sql, "create schema if not exists ");
        pg_put_identifier(&ddl.sql, target->schema);
        end_statement(&ddl);
    }
    if (!target->exists) {
        create_table(&ddl);
        distribute_table(&ddl);
        comment_table(&ddl);
    }
    for (size_t i = 0; i < target->count; i++)
        put_column_change(&ddl, &target->columns[i]);
    grant_select(&ddl);
    buf_release(&ddl.sql);
}
