#include "load/figures.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

struct figures figures_make(const struct target *target)
{
    struct figures figures = {
        .weights = decimal_sum_make(),
        .columns = mem_alloc(target->count, sizeof *figures.columns),
    };
    for (size_t i = 0; i < target->count; i++)
        figures.columns[i] = (struct column_figures){decimal_sum_make(), decimal_sum_make(), 0};
    return figures;
}

void figures_release(struct figures *figures, const struct target *target)
{
    for (size_t i = 0; i < target->count; i++) {
        decimal_sum_release(figures->columns[i].sum);
        decimal_sum_release(figures->columns[i].weighted);
    }
    decimal_sum_release(figures->weights);
    free(figures->columns);
}

void figures_copy(struct figures *to, const struct figures *from, const struct target *target)
{
    to->rows = from->rows;
    decimal_sum_copy(to->weights, from->weights);
    for (size_t i = 0; i < target->count; i++) {
        decimal_sum_copy(to->columns[i].sum, from->columns[i].sum);
        decimal_sum_copy(to->columns[i].weighted, from->columns[i].weighted);
        to->columns[i].values = from->columns[i].values;
    }
}

bool figures_has(const struct target_column *column)
{
    return !column->in_key && (column->type == COLUMN_INTEGER || column->type == COLUMN_NUMERIC);
}

struct decimal_number figures_number(const struct value *value, enum column_type type)
{
    return type == COLUMN_INTEGER ? decimal_number_of(value->number)
                                  : decimal_number_read(value->bytes, value->length);
}

static int64_t weight_of(const unsigned char *key)
{
    int64_t weight = 0;
    for (size_t i = 0; i < FIGURES_WEIGHT_BYTES; i++)
        weight = weight << 8 | key[i];
    return weight;
}

bool figures_add(struct figures *figures, const struct target *target, const struct value *values,
                 const unsigned char *key)
{
    int64_t weight = weight_of(key);
    struct decimal_number one = decimal_number_of(1);
    bool added = decimal_sum_add(figures->weights, &one, weight);
    figures->rows++;
    for (size_t i = 0; i < target->count; i++) {
        struct column_figures *column = &figures->columns[i];
        if (!figures_has(&target->columns[i]) || values[i].is_null)
            continue;
        struct decimal_number number = figures_number(&values[i], target->columns[i].type);
        column->values++;
        added = added && decimal_sum_add(column->sum, &number, 1) &&
                decimal_sum_add(column->weighted, &number, weight);
    }
    return added;
}

void figures_add_weighted(const struct figures *figures, const struct target *target, struct decimal_sum *sum)
{
    decimal_sum_add_sum(sum, figures->weights);
    for (size_t i = 0; i < target->count; i++)
        if (figures_has(&target->columns[i]))
            decimal_sum_add_sum(sum, figures->columns[i].weighted);
}

void figures_put_lines(const struct figures *figures, const struct target *target, struct buf *lines)
{
    SCOPED(decimal_sum) struct decimal_sum *weighted = decimal_sum_make();
    figures_add_weighted(figures, target, weighted);
    buf_print(lines, "rows %" PRIu64 "\nweighted ", figures->rows);
    decimal_sum_put(weighted, lines);
    for (size_t i = 0; i < target->count; i++) {
        if (!figures_has(&target->columns[i]))
            continue;
        buf_print(lines, "\n%s ", target->columns[i].name);
        decimal_sum_put(figures->columns[i].sum, lines);
        buf_print(lines, " %" PRIu64, figures->columns[i].values);
    }
}
