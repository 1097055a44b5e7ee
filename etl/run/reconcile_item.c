#include "run/reconcile_item.h"

#include "base/log.h"
#include "load/month_sums.h"

static void add_month(struct totals_months *months, date_t month, struct arena *arena)
{
    for (size_t i = 0; i < months->count; i++)
        if (months->items[i] == month)
            return;
    *(date_t *)arena_push(arena, &months->items, &months->count, sizeof month) = month;
}

static bool has_month(const struct totals_months *months, date_t month)
{
    for (size_t i = 0; i < months->count; i++)
        if (months->items[i] == month)
            return true;
    return false;
}

/* The first month of the summary; where it is empty, every month that a table may have. */
static date_t first_month(const struct summary *summary)
{
    date_t first = summary->count > 0 ? summary->lines[0].month : JOB_FIRST_DAY;
    for (size_t i = 0; i < summary->count; i++)
        if (summary->lines[i].month < first)
            first = summary->lines[i].month;
    return first;
}

static bool find_whole_months(const struct reconciliation_of *of, const struct summary *summary,
                              const struct month_sums *sums, struct pg *pg, struct arena *arena,
                              struct totals_months *whole, struct err *err)
{
    struct totals_months loaded = {0};
    struct totals_months months = {0};
    struct totals_months empty = {0};
    for (size_t i = 0; i < sums->count; i++) {
        add_month(&loaded, sums->items[i].key.month, arena);
        add_month(&months, sums->items[i].key.month, arena);
    }
    for (size_t i = 0; i < summary->count; i++) {
        add_month(&months, summary->lines[i].month, arena);
        if (!has_month(&loaded, summary->lines[i].month))
            add_month(&empty, summary->lines[i].month, arena);
    }
    return reconciliation_whole_months(pg, of, &(struct reconciliation_months){&months, &empty}, arena, whole,
                                       err);
}

bool reconcile_item_compare(struct reconcile_item *item, const struct reconcile_item_facts *facts,
                            struct pg *pg, struct arena *arena, struct err *err)
{
    struct month_sums sums;
    struct totals_months whole;
    struct totals_pasts pasts;
    struct reconciliation_of of = {{facts->schema, item->job->target.table}, item->contract};
    struct month_sums_request request = {item->job, &item->rule, facts->schema, item->contract,
                                         first_month(&item->summary)};
    if (!month_sums_read(&request, pg, arena, &sums, err) ||
        !find_whole_months(&of, &item->summary, &sums, pg, arena, &whole, err) ||
        !reconciliation_past(pg, &of, arena, &pasts, err))
        return false;
    struct totals_facts totals = {
        .rule = &item->rule,
        .summary = &item->summary,
        .loaded = sums.items,
        .loaded_count = sums.count,
        .whole_months = whole.items,
        .whole_count = whole.count,
        .past = pasts.items,
        .past_count = pasts.count,
        .today = facts->today,
        .tolerance = facts->tolerance,
    };
    return totals_compare(&totals, arena, &item->result, err);
}

bool reconcile_item_remember(const struct reconcile_item *item, const struct reconcile_item_facts *facts,
                             struct pg *pg, struct err *err)
{
    struct reconciliation_record record = {
        .of = {{facts->schema, item->job->target.table}, item->contract},
        .job = item->job->name,
        .invocation_id = facts->invocation_id,
        .lines = item->result.lines,
        .count = item->result.count,
        .was_reloaded = item->was_reloaded,
    };
    return reconciliation_remember(pg, &record, err);
}
