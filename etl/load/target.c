#include "load/target.h"

#include "base/text.h"

#include <string.h>

/* The job's spelling of a name of the result; NULL if the job has not requested it. */
static const char *requested_name(const struct job *job, const char *name)
{
    const struct text_list *asked[] = {&job->query.fields, &job->query.metrics};
    for (size_t list = 0; list < COUNT_OF(asked); list++)
        for (size_t i = 0; i < asked[list]->count; i++)
            if (text_same_name(asked[list]->items[i], name))
                return asked[list]->items[i];
    return NULL;
}

static bool has_column(const struct target *target, const char *api_name)
{
    for (size_t i = 0; i < target->count; i++)
        if (text_equal(target->columns[i].api_name, api_name))
            return true;
    return false;
}

static bool refuse_name(const char *name, struct err *err)
{
    char shown[80];
    return err_set(err, ERR_DATA, "the result has a column `%s` that the job did not request",
                   text_excerpt(name, strlen(name), shown, sizeof shown));
}

static bool check_complete(const struct target *target, struct err *err)
{
    const struct job_query *query = &target->job->query;
    const struct text_list *asked[] = {&query->fields, &query->metrics};
    for (size_t list = 0; list < COUNT_OF(asked); list++)
        for (size_t i = 0; i < asked[list]->count; i++)
            if (!has_column(target, asked[list]->items[i]))
                return err_set(err, ERR_DATA, "the result lacks the column `%s` that the job requested",
                               asked[list]->items[i]);
    return true;
}

static struct target_column derive_column(const struct job *job, const char *api_name, struct arena *arena)
{
    char name[JOB_COLUMN_NAME];
    struct target_column column = {
        .api_name = arena_copy_text(arena, api_name),
        .name = arena_copy_text(arena, job_column_name(job, api_name, name)),
        .is_metric = text_list_has(&job->query.metrics, api_name),
        .in_key = text_list_has(&job->target.key, api_name),
        .type = COLUMN_TEXT,
    };
    column.type_is_known = job_column_type(job, api_name, &column.type);
    column.is_open = !column.type_is_known;
    /* An undocumented metric counts as a number even while it is null; a value of another type widens it. */
    if (column.is_open && column.is_metric) {
        column.type = COLUMN_NUMERIC;
        column.type_is_known = true;
    }
    return column;
}

/* Sorts by API name; an insertion sort, because a key has about a dozen columns. */
static void sort_key(struct target *target)
{
    for (size_t i = 1; i < target->key_count; i++) {
        size_t moved = target->key[i];
        size_t at = i;
        for (; at > 0; at--) {
            size_t before = target->key[at - 1];
            if (strcmp(target->columns[before].api_name, target->columns[moved].api_name) <= 0)
                break;
            target->key[at] = before;
        }
        target->key[at] = moved;
    }
}

static void derive_key(struct target *target, struct arena *arena)
{
    target->key = arena_alloc(arena, target->count, sizeof *target->key);
    for (size_t i = 0; i < target->count; i++)
        if (target->columns[i].in_key)
            target->key[target->key_count++] = i;
    sort_key(target);
}

static void derive_day(struct target *target)
{
    const struct job *job = target->job;
    target->day = target->count;
    for (size_t i = 0; i < target->count && job->window.present; i++)
        if (text_equal(target->columns[i].api_name, job->window.field))
            target->day = i;
}

/* Loads look for the rows of a window, so its date comes before other dates of the key. In the index of
 * snapshots nothing comes before `_row_key`, so that no row is twice in the table even if somebody has moved
 * it to another window.
 */
static void choose_lead(struct target *target)
{
    size_t day = target->day;
    target->lead = target->count;
    if (target->windowed)
        return;
    for (size_t i = target->count; i > 0; i--)
        if (target->columns[i - 1].in_key && target->columns[i - 1].type == COLUMN_DATE)
            target->lead = i - 1;
    if (day < target->count && target->columns[day].in_key && target->columns[day].type != COLUMN_TEXT)
        target->lead = day;
}

bool target_derive(const struct job *job, const char *schema, const struct text_list *names,
                   struct arena *arena, struct target *target, struct err *err)
{
    *target = (struct target){
        .arena = arena,
        .job = job,
        .schema = schema,
        .table = job->target.table,
        .windowed = job->window.present && !job_rows_are_dated(job),
        .partition_by = job->target.partition_by,
        .distribute_by = job->target.distribute_by,
    };
    target->columns = arena_alloc(arena, names->count, sizeof *target->columns);
    for (size_t i = 0; i < names->count; i++) {
        const char *api_name = requested_name(job, names->items[i]);
        /* A missing or additional name means another grain. */
        if (!api_name)
            return refuse_name(names->items[i], err);
        if (has_column(target, api_name))
            return err_set(err, ERR_DATA, "the result has the column `%s` twice", api_name);
        target->columns[target->count++] = derive_column(job, api_name, arena);
    }
    if (!check_complete(target, err))
        return false;
    derive_key(target, arena);
    derive_day(target);
    choose_lead(target);
    return true;
}

/* Whether a numeric column would change a text of a field: `0042` to 42, `1E3` to 1000. */
static bool loses_code(const struct target_column *column, const struct cell *cell)
{
    bool is_number = column->type == COLUMN_INTEGER || column->type == COLUMN_NUMERIC;
    return is_number && !column->is_metric && cell->kind == CELL_TEXT && !value_looks_like_number(cell);
}

bool target_note_value(struct target_column *column, const struct cell *cell, bool *seen)
{
    struct value value;
    const char *problem;
    enum column_type before = column->type;
    enum column_type type;
    if (!column->is_open || !value_infer(cell, &type))
        return false;
    bool fits =
        column->type_is_known && !loses_code(column, cell) && value_read(cell, before, &value, &problem);
    if (!fits)
        column->type = column->type_is_known || *seen ? value_widen(before, type) : type;
    *seen = true;
    return column->type != before;
}

bool target_is_open(const struct target *target)
{
    for (size_t i = 0; i < target->count; i++)
        if (target->columns[i].is_open)
            return true;
    return false;
}

bool target_check_change(const struct target *target, struct err *err)
{
    if (!target->exists || target->job->target.on_schema_change != JOB_FAIL)
        return true;
    for (size_t i = 0; i < target->count; i++) {
        const struct target_column *column = &target->columns[i];
        if (!column->exists) {
            err_set(err, ERR_CONFIG, "table %s.%s lacks the column %s, and target.on_schema_change is fail",
                    target->schema, target->table, column->name);
            return err_hint(err, "add the column (%s), or let the job do so: on_schema_change: evolve",
                            column_type_name(column->type));
        }
        if (column->type != column->present) {
            err_set(
                err, ERR_CONFIG,
                "column %s of table %s.%s is %s, the result needs %s, and target.on_schema_change is fail",
                column->name, target->schema, target->table, column_type_name(column->present),
                column_type_name(column->type));
            return err_hint(err, "alter the column's type, or let the job do so: on_schema_change: evolve");
        }
    }
    return true;
}

bool target_is_typed(const struct target *target)
{
    for (size_t i = 0; i < target->count; i++)
        if (!target->columns[i].type_is_known)
            return false;
    return true;
}

static enum job_distribute_by distributed_by(const struct target *target)
{
    return target->exists ? target->placement.distributed_by : target->distribute_by;
}

const char *target_distribution(const struct target *target)
{
    return job_distribute_column(distributed_by(target));
}

bool target_is_distributed_by_contract(const struct target *target)
{
    return distributed_by(target) == JOB_DISTRIBUTE_BY_CONTRACT;
}

const char *target_index_lead(const struct target *target)
{
    return target->lead < target->count ? target->columns[target->lead].name : NULL;
}

bool target_key_has_day(const struct target *target)
{
    return target->day == target->count || target->columns[target->day].in_key;
}

void target_put_name(const struct target *target, struct buf *sql)
{
    pg_put_identifier(sql, target->schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, target->table);
}
