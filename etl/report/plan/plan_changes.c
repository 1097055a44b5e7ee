#include "report/plan/plan_changes.h"

#include "base/text.h"
#include "load/target_plan.h"

/* Whether the chunk is loaded, into the same table as the other. */
static bool loads_table_of(const struct planned *planned, const struct planned *other)
{
    return planned->refused.kind == ERR_NONE && !planned->skipped &&
           text_equal(planned->chunk->job->target.table, other->chunk->job->target.table);
}

bool plan_changes_has_earlier(const struct plan *plan, const struct planned *planned)
{
    for (const struct planned *before = plan->items; before < planned; before++)
        if (loads_table_of(before, planned))
            return true;
    return false;
}

void plan_changes_add(struct planned *planned, const char *statement, struct arena *arena)
{
    arena_add_text(arena, &planned->ddl, statement);
}

/* Whether the chunk or an earlier one needs the same statement. */
static bool has_statement(const struct plan *plan, const struct planned *planned, const char *statement)
{
    for (const struct planned *other = plan->items; other <= planned; other++)
        if (loads_table_of(other, planned) && text_list_has(&other->ddl, statement))
            return true;
    return false;
}

/* Whether an earlier chunk's job has the column in the table. */
static bool has_column(const struct plan *plan, const struct planned *planned, const char *column)
{
    for (const struct planned *before = plan->items; before < planned; before++) {
        const struct job *job = before->chunk->job;
        const struct text_list *lists[] = {&job->query.fields, &job->query.metrics};
        char name[JOB_COLUMN_NAME];
        for (size_t list = 0; list < COUNT_OF(lists) && loads_table_of(before, planned); list++)
            for (size_t i = 0; i < lists[list]->count; i++)
                if (text_equal(job_column_name(job, lists[list]->items[i], name), column))
                    return true;
    }
    return false;
}

/* The columns that a later job adds to a table that an earlier one makes. */
static void add_columns(const struct plan *plan, struct planned *planned, const struct target *target,
                        struct arena *arena)
{
    struct text_list statements;
    struct target made = *target;
    made.exists = true;
    made.schema_exists = true;
    made.columns = arena_alloc(arena, target->count, sizeof *made.columns);
    for (size_t i = 0; i < target->count; i++) {
        made.columns[i] = target->columns[i];
        made.columns[i].exists = has_column(plan, planned, target->columns[i].name);
        made.columns[i].present = target->columns[i].type;
    }
    target_ddl(&made, arena, &statements);
    for (size_t i = 0; i < statements.count; i++)
        if (!has_statement(plan, planned, statements.items[i]))
            plan_changes_add(planned, statements.items[i], arena);
}

/* Appends a beginning of a statement on the table, such as `create table "tokenflex"."usage"`. */
static void put_beginning(const char *words, const struct target *target, struct buf *out)
{
    buf_put(out, words);
    target_put_name(target, out);
}

void plan_changes_find(const struct plan *plan, struct planned *planned, const struct target *target,
                       struct arena *arena)
{
    struct text_list statements;
    SCOPED(buf) struct buf create = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf comment = buf_make(BUF_OWN_TEXT);
    bool is_later = plan_changes_has_earlier(plan, planned);
    put_beginning("create table ", target, &create);
    put_beginning("comment on table ", target, &comment);
    if (is_later && !target->exists)
        add_columns(plan, planned, target, arena);
    target_plan(target, &planned->chunk->window, arena, &statements);
    for (size_t i = 0; i < statements.count; i++) {
        const char *statement = statements.items[i];
        bool is_of_first =
            text_starts_with(statement, buf_text(&create)) || text_starts_with(statement, buf_text(&comment));
        if (!is_later || (!is_of_first && !has_statement(plan, planned, statement)))
            plan_changes_add(planned, statement, arena);
    }
}
