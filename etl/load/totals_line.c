#include "load/totals_line.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

struct totals_line totals_line_make(const struct target *target)
{
    struct totals_line line = {.values = mem_alloc(target->count, sizeof(struct decimal_sum *))};
    for (size_t i = 0; i < target->count; i++)
        line.values[i] = decimal_sum_make();
    return line;
}

void totals_line_release(struct totals_line *line, const struct target *target)
{
    for (size_t i = 0; i < target->count; i++)
        decimal_sum_release(line->values[i]);
    free(line->values);
}

static bool has_key_value(const struct target *target, const struct value *values)
{
    for (size_t i = 0; i < target->key_count; i++)
        if (!values[target->key[i]].is_null)
            return true;
    return target->key_count == 0;
}

bool totals_line_note(struct totals_line *line, const struct target *target, const struct value *values,
                      uint64_t row)
{
    bool noted = true;
    if (has_key_value(target, values))
        return true;
    line->found = true;
    line->row = row;
    for (size_t i = 0; i < target->count; i++) {
        decimal_sum_clear(line->values[i]);
        if (!figures_has(&target->columns[i]) || values[i].is_null)
            continue;
        struct decimal_number number = figures_number(&values[i], target->columns[i].type);
        noted = noted && decimal_sum_add(line->values[i], &number, 1);
    }
    return noted;
}

void totals_line_remove_part(struct totals_line *line, uint64_t rows)
{
    line->found = line->found && line->row <= rows;
}

/* If the result has additive metrics of the catalogue, only these count; otherwise metrics that the catalogue
 * does not have. */
static bool is_additive(const struct target *target, size_t column, bool documented)
{
    const struct catalogue_entry *entry = job_column_entry(target->job, target->columns[column].api_name);
    if (!figures_has(&target->columns[column]))
        return false;
    return entry ? documented && entry->is_metric && entry->is_additive : !documented;
}

/* Whether the line's value is the sum of all other rows: then the sum of all rows is twice the value. */
static bool sums_up(const struct totals_line *line, const struct figures *all, size_t column)
{
    SCOPED(decimal_sum) struct decimal_sum *twice = decimal_sum_make();
    SCOPED(buf) struct buf twice_text = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf all_text = buf_make(BUF_OWN_TEXT);
    decimal_sum_add_sum(twice, line->values[column]);
    decimal_sum_add_sum(twice, line->values[column]);
    decimal_sum_put(twice, &twice_text);
    decimal_sum_put(all->columns[column].sum, &all_text);
    return text_equal(buf_text(&twice_text), buf_text(&all_text));
}

bool totals_line_refuse(const struct totals_line *line, const struct target *target,
                        const struct figures *all, struct err *err)
{
    bool documented = false;
    bool has_values = false; /* some metric of the line is not 0 */
    if (!line->found || all->rows < 3)
        return true;
    for (size_t i = 0; i < target->count; i++)
        documented |= is_additive(target, i, true);
    for (size_t i = 0; i < target->count; i++) {
        if (!is_additive(target, i, documented))
            continue;
        if (!sums_up(line, all, i))
            return true;
        has_values |= !decimal_sum_is_zero(line->values[i]);
    }
    if (!has_values)
        return true;
    err_set(err, ERR_DATA,
            "row %" PRIu64 " is a totals line: its key has no value, and its metrics are the sums of the "
            "%" PRIu64 " other rows",
            line->row, all->rows - 1);
    return err_hint(err, "loaded, it would count everything twice; nothing was loaded");
}
