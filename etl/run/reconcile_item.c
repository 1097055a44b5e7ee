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

/* The first month to read: the earlier of the first month of the summary (if it is empty, the first that a
 * table can have) and that of the contract's years. */
static date_t first_month(const struct summary *summary, const struct contract_years *years)
{
    date_t first = summary->count > 0 ? summary->lines[0].month : JOB_FIRST_DAY;
    for (size_t i = 0; i < summary->count; i++)
        if (summary->lines[i].month < first)
            first = summary->lines[i].month;
    for (size_t i = 0; i < years->count; i++)
        if (years->items[i].from < first)
            first = date_month_start(years->items[i].from);
    return first < JOB_FIRST_DAY ? JOB_FIRST_DAY : first;
}

/* The data that is read for one comparison. */
struct reading {
    const struct reconcile_item_facts *facts;
    struct pg *pg;
    struct arena *arena;
    struct contract_years years; /* from the contract's record; none: they are not shown */
    struct month_sums sums;
    struct totals_months whole;
};

static struct reconciliation_of name_of(const struct reconcile_item *item,
                                        const struct reconcile_item_facts *facts)
{
    return (struct reconciliation_of){{facts->schema, item->job->target.table}, item->contract};
}

/* Finds which months of the table, the summary and the contract's years are completely loaded. */
static bool find_whole_months(const struct reconcile_item *item, struct reading *reading, struct err *err)
{
    struct arena *arena = reading->arena;
    const struct summary *summary = &item->summary;
    const struct month_sums *sums = &reading->sums;
    struct reconciliation_of of = name_of(item, reading->facts);
    struct totals_months loaded = {0};
    struct totals_months months = {0};
    struct totals_months empty = {0};
    for (size_t i = 0; i < sums->count; i++) {
        add_month(&loaded, sums->items[i].key.month, arena);
        add_month(&months, sums->items[i].key.month, arena);
    }
    for (size_t i = 0; i < summary->count; i++)
        add_month(&months, summary->lines[i].month, arena);
    years_add_months(&reading->years, reading->facts->today, &months, arena);
    for (size_t i = 0; i < months.count; i++)
        if (!has_month(&loaded, months.items[i]))
            add_month(&empty, months.items[i], arena);
    return reconciliation_whole_months(reading->pg, &of, &(struct reconciliation_months){&months, &empty},
                                       arena, &reading->whole, err);
}

/* Reads the contract's years from the first job's table that has the contract. */
static bool find_years(const struct reconcile_item *item, struct reading *reading, struct err *err)
{
    const struct jobs *defined = reading->facts->defined;
    for (size_t i = 0; i < defined->count && reading->years.count == 0; i++) {
        const struct job *job = &defined->items[i];
        struct contract_years_request request = {job, reading->facts->schema, item->contract};
        if (job->query.dataset && job->query.dataset->kind == DATASET_CONTRACT_YEARS &&
            !contract_years_read(&request, reading->pg, reading->arena, &reading->years, err))
            return false;
    }
    return true;
}

static void warn_of_years(const struct reconcile_item *item, const struct err *err)
{
    SCOPED(log_scope)
    struct log_scope scope =
        log_enter(&(struct log_context){.job = item->job->name, .contract = item->contract});
    log_warn("years-not-compared", "contract years are not compared with the contract's record: %s",
             err->text);
}

static void read_years(struct reconcile_item *item, struct reading *reading)
{
    struct err err = {0};
    item->lacks_years = false;
    if (!reading->facts->defined || !years_can_compare(&item->rule))
        return;
    if (find_years(item, reading, &err))
        item->lacks_years = reading->years.count == 0;
    else
        warn_of_years(item, &err);
}

static void compare_years(struct reconcile_item *item, const struct reading *reading)
{
    struct err err = {0};
    struct years_facts facts = {
        .rule = &item->rule,
        .years = &reading->years,
        .loaded = reading->sums.items,
        .loaded_count = reading->sums.count,
        .whole = &reading->whole,
        .today = reading->facts->today,
    };
    if (!years_compare(&facts, reading->arena, &item->years, &err))
        warn_of_years(item, &err);
}

bool reconcile_item_compare(struct reconcile_item *item, const struct reconcile_item_facts *facts,
                            struct pg *pg, struct arena *arena, struct err *err)
{
    struct totals_pasts pasts;
    struct reading reading = {.facts = facts, .pg = pg, .arena = arena};
    struct reconciliation_of of = name_of(item, facts);
    read_years(item, &reading);
    struct month_sums_request request = {item->job, &item->rule, facts->schema, item->contract,
                                         first_month(&item->summary, &reading.years)};
    if (!month_sums_read(&request, pg, arena, &reading.sums, err) ||
        !find_whole_months(item, &reading, err) || !reconciliation_past(pg, &of, arena, &pasts, err))
        return false;
    compare_years(item, &reading);
    struct totals_facts totals = {
        .rule = &item->rule,
        .summary = &item->summary,
        .loaded = reading.sums.items,
        .loaded_count = reading.sums.count,
        .whole_months = reading.whole.items,
        .whole_count = reading.whole.count,
        .past = pasts.items,
        .past_count = pasts.count,
        .today = facts->today,
        .tolerance = facts->tolerance,
        .may_be_empty = facts->after_run,
    };
    return totals_compare(&totals, arena, &item->result, err);
}

bool reconcile_item_remember(const struct reconcile_item *item, const struct reconcile_item_facts *facts,
                             struct pg *pg, struct err *err)
{
    struct reconciliation_record record = {
        .of = name_of(item, facts),
        .job = item->job->name,
        .invocation_id = facts->invocation_id,
        .lines = item->result.lines,
        .count = item->result.count,
        .was_reloaded = item->was_reloaded,
    };
    return reconciliation_remember(pg, &record, err);
}
