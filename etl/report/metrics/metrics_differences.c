#include "report/metrics/metrics_differences.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct metrics_difference *find(struct metrics *metrics, const struct metrics_difference *wanted)
{
    for (size_t i = 0; i < metrics->difference_count; i++) {
        struct metrics_difference *there = &metrics->differences[i];
        if (text_equal(there->contract, wanted->contract) && text_equal(there->month, wanted->month) &&
            text_equal(there->category, wanted->category))
            return there;
    }
    return NULL;
}

static int by_labels(const void *left, const void *right)
{
    const struct metrics_difference *one = left;
    const struct metrics_difference *other = right;
    int order = strcmp(one->contract, other->contract);
    order = order ? order : strcmp(one->month, other->month);
    return order ? order : strcmp(one->category, other->category);
}

void metrics_take_differences(const struct reconciliation_list *list, struct arena *arena,
                              struct metrics *metrics)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct reconciliation_figure *figure = &list->items[i];
        char month[DATE_TEXT];
        struct metrics_difference difference = {
            .contract = figure->contract,
            .month = arena_print(arena, "%.7s", date_format(figure->month, month)),
            .category = figure->category ? figure->category : "all",
            .tokens = figure->differs ? figure->difference : "0",
        };
        struct metrics_difference *there = find(metrics, &difference);
        /* Prometheus stores doubles, so doubles are exact enough for the comparison. */
        if (!there)
            *(struct metrics_difference *)arena_push(arena, &metrics->differences, &metrics->difference_count,
                                                     sizeof difference) = difference;
        else if (fabs(strtod(difference.tokens, NULL)) > fabs(strtod(there->tokens, NULL)))
            *there = difference;
    }
    if (metrics->difference_count > 0)
        qsort(metrics->differences, metrics->difference_count, sizeof *metrics->differences, by_labels);
}
