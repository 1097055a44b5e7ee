#include "run/unchanged.h"

#include "run/finish.h"

#include <inttypes.h>

static date_t day_of(int64_t moment_us)
{
    return date_of_wall(moment_us / 1000);
}

static bool categories_are_documented(const struct text_list *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (!usage_category_find(names->items[i]))
            return false;
    return true;
}

/* Whether the job loads rows of the pair's usage category. */
static bool loads_category(const struct unchanged_facts *facts, const struct source_pair *pair)
{
    unsigned categories = usage_category_set(facts->job_categories);
    return categories == 0 || (categories & 1u << pair->category);
}

static bool covers(const struct window *window, date_t day)
{
    return !window->bounded || (day >= window->from && day < window->to);
}

static bool is_proof(const struct unchanged *unchanged, const struct source_load *load)
{
    for (size_t i = 0; i < unchanged->proof_count; i++)
        if (unchanged->proofs[i] == load)
            return true;
    return false;
}

static void add_proof(struct unchanged *unchanged, struct source_load *load, struct arena *arena)
{
    if (!is_proof(unchanged, load))
        *(struct source_load **)arena_push(arena, &unchanged->proofs, &unchanged->proof_count, sizeof load) =
            load;
}

static struct source_load *newest_of_day(const struct source_loads *loads, date_t day)
{
    for (size_t i = 0; i < loads->count; i++)
        if (covers(&loads->items[i].window, day))
            return &loads->items[i];
    return NULL;
}

static struct source_load *newest_of_window(const struct source_loads *loads, const struct window *window)
{
    for (size_t i = 0; i < loads->count; i++) {
        const struct window *loaded = &loads->items[i].window;
        if (loaded->bounded && loaded->from == window->from && loaded->to == window->to)
            return &loads->items[i];
    }
    return NULL;
}

static struct source_load *newest_earlier(const struct source_loads *loads)
{
    for (size_t i = 0; i < loads->count; i++)
        if (!loads->items[i].is_own && loads->items[i].has_same_query)
            return &loads->items[i];
    return NULL;
}

static bool set_verdict(struct unchanged *unchanged, enum unchanged_verdict verdict)
{
    unchanged->verdict = verdict;
    return false;
}

/* Finds the latest day with usage among the job's pairs. *all_have_usage_date: every listed pair has one. */
static void find_data_through(const struct unchanged_facts *facts, struct unchanged *unchanged,
                              bool *all_have_usage_date)
{
    *all_have_usage_date = true;
    for (size_t i = 0; i < facts->state->pairs.count; i++) {
        const struct source_pair *pair = &facts->state->pairs.items[i];
        if (!loads_category(facts, pair) || !pair->is_listed)
            continue;
        *all_have_usage_date = *all_have_usage_date && pair->has_usage_date;
        if (pair->has_usage_date && (!unchanged->has_data || pair->last_usage_date > unchanged->data_through))
            unchanged->data_through = pair->last_usage_date;
        unchanged->has_data = unchanged->has_data || pair->has_usage_date;
    }
}

/* Handles a day that no load has covered: a day without usage is added to `uncovered`; if it may have usage,
 * the verdict is UNCHANGED_NOT_LOADED. */
static bool add_unloaded_days(const struct unchanged_facts *facts, date_t day, bool may_have_usage,
                              struct unchanged *unchanged)
{
    if (may_have_usage) {
        unchanged->day = day;
        return set_verdict(unchanged, UNCHANGED_NOT_LOADED);
    }
    if (!unchanged->uncovered.bounded)
        unchanged->uncovered = (struct window){true, day, facts->window->to};
    return true;
}

static bool find_proofs_by_day(const struct unchanged_facts *facts, struct arena *arena,
                               struct unchanged *unchanged)
{
    bool all_have_usage_date;
    find_data_through(facts, unchanged, &all_have_usage_date);
    for (date_t day = facts->window->from; day < facts->window->to; day++) {
        struct source_load *load = newest_of_day(facts->loads, day);
        bool may_have_usage = !all_have_usage_date || (unchanged->has_data && day <= unchanged->data_through);
        if (load)
            add_proof(unchanged, load, arena);
        else if (!add_unloaded_days(facts, day, may_have_usage, unchanged))
            return false;
    }
    if (unchanged->proof_count > 0)
        return true;
    struct source_load *earlier = newest_earlier(facts->loads);
    if (!earlier) {
        unchanged->day = facts->window->from;
        return set_verdict(unchanged, UNCHANGED_NOT_LOADED);
    }
    add_proof(unchanged, earlier, arena);
    return true;
}

static bool find_proofs(const struct unchanged_facts *facts, struct arena *arena, struct unchanged *unchanged)
{
    bool all_have_usage_date;
    if (facts->rows_are_dated)
        return find_proofs_by_day(facts, arena, unchanged);
    struct source_load *load = newest_of_window(facts->loads, facts->window);
    find_data_through(facts, unchanged, &all_have_usage_date);
    if (!load) {
        unchanged->day = facts->window->from;
        return set_verdict(unchanged, UNCHANGED_NOT_LOADED);
    }
    add_proof(unchanged, load, arena);
    return true;
}

static bool check_load(const struct unchanged_facts *facts, const struct source_load *load,
                       struct unchanged *unchanged)
{
    unchanged->load = load;
    if (!load->has_same_query)
        return set_verdict(unchanged, UNCHANGED_OTHER_QUESTION);
    if (load->keeps_vanished && facts->deletes_vanished)
        return set_verdict(unchanged, UNCHANGED_ROWS_KEPT);
    if (!load->requested_is_known)
        return set_verdict(unchanged, UNCHANGED_CACHED);
    if (facts->state->now_us - load->requested_us >= 1000 * facts->full_every_ms)
        return set_verdict(unchanged, UNCHANGED_TOO_OLD);
    if (facts->state->first_requested_us > load->requested_us)
        return set_verdict(unchanged, UNCHANGED_NOT_ASKED_BEFORE);
    return true;
}

static bool check_pair(const struct source_pair *pair, const struct source_load *load,
                       struct unchanged *unchanged)
{
    unchanged->pair = pair;
    if (pair->seen_us > load->requested_us)
        return set_verdict(unchanged, UNCHANGED_PAIR_CHANGED);
    if (!pair->is_listed)
        return true;
    if (!pair->has_process_date)
        return set_verdict(unchanged, UNCHANGED_NO_PROCESS_DATE);
    /* The service does not say in which time zone its days are: when the data was requested, its date may
     * have been that of the day before. */
    if (pair->last_process_date >= day_of(load->requested_us) - 1)
        return set_verdict(unchanged, UNCHANGED_PROCESSED_LATER);
    return true;
}

/* *is_listed is set if the service's answer has a pair of the job's categories. */
static bool check_proof(const struct unchanged_facts *facts, const struct source_load *load, bool *is_listed,
                        struct unchanged *unchanged)
{
    if (!check_load(facts, load, unchanged))
        return false;
    for (size_t i = 0; i < facts->state->pairs.count; i++) {
        const struct source_pair *pair = &facts->state->pairs.items[i];
        if (!loads_category(facts, pair))
            continue;
        *is_listed = *is_listed || pair->is_listed;
        if (!check_pair(pair, load, unchanged))
            return false;
    }
    if (unchanged->requested_us == 0 || load->requested_us < unchanged->requested_us)
        unchanged->requested_us = load->requested_us;
    return load->figures || set_verdict(unchanged, UNCHANGED_NO_FIGURES);
}

static bool has_rows(const struct unchanged *unchanged)
{
    for (size_t i = 0; i < unchanged->proof_count; i++)
        if (!finish_is_empty(unchanged->proofs[i]->figures_now))
            return true;
    return false;
}

/* Compares what the table holds now with what the loads left. */
static enum unchanged_verdict check_table(const struct unchanged_facts *facts, bool is_listed,
                                          struct unchanged *unchanged)
{
    if (!facts->has_figures)
        return UNCHANGED_READ_FIGURES;
    for (size_t i = 0; i < unchanged->proof_count; i++) {
        unchanged->load = unchanged->proofs[i];
        if (!finish_figures_are_same(unchanged->load->figures, unchanged->load->figures_now))
            return UNCHANGED_TABLE_CHANGED;
    }
    if (facts->has_uncovered_rows)
        return UNCHANGED_TABLE_CHANGED;
    return is_listed || !has_rows(unchanged) ? UNCHANGED_SKIP : UNCHANGED_NOT_LISTED;
}

void unchanged_judge(const struct unchanged_facts *facts, struct arena *arena, struct unchanged *unchanged)
{
    bool is_listed = false;
    *unchanged = (struct unchanged){.verdict = UNCHANGED_UNKNOWN_CATEGORY};
    if (!categories_are_documented(facts->job_categories))
        return;
    if (!facts->state->was_requested) {
        unchanged->verdict = UNCHANGED_NOT_ASKED;
        return;
    }
    if (!find_proofs(facts, arena, unchanged))
        return;
    for (size_t i = 0; i < unchanged->proof_count; i++)
        if (!check_proof(facts, unchanged->proofs[i], &is_listed, unchanged))
            return;
    unchanged->verdict = check_table(facts, is_listed, unchanged);
}

static void put_skip(const struct unchanged *unchanged, struct buf *out)
{
    char asked[DATE_TEXT];
    char through[DATE_TEXT];
    buf_print(out, "no usage has changed since it was requested on %s",
              date_format(day_of(unchanged->requested_us), asked));
    if (unchanged->has_data)
        buf_print(out, "; the service's data through %s", date_format(unchanged->data_through, through));
}

/* `DESKTOP_PRODUCT CHARGED`, or `CLOUD_SERVICE`, which has no charge categories. */
static void put_pair(const struct source_pair *pair, struct buf *out)
{
    buf_print(out, "%s%s%s", usage_categories[pair->category].name, *pair->charge_category ? " " : "",
              pair->charge_category);
}

static void put_pair_reason(const struct unchanged *unchanged, struct buf *out)
{
    char day[DATE_TEXT];
    const struct source_pair *pair = unchanged->pair;
    put_pair(pair, out);
    if (unchanged->verdict == UNCHANGED_PAIR_CHANGED)
        buf_put(out, pair->is_listed ? " has changed" : " is no longer in the service's answer");
    else if (unchanged->verdict == UNCHANGED_NO_PROCESS_DATE)
        buf_put(out, " has no process date");
    else
        buf_print(out, " was processed on %s, not two days before the request",
                  date_format(pair->last_process_date, day));
}

static void put_load_reason(const struct unchanged *unchanged, const char *words, struct buf *out)
{
    buf_print(out, "run %" PRId64 " %s", unchanged->load->run_id, words);
}

void unchanged_explain(const struct unchanged *unchanged, struct buf *out)
{
    char day[DATE_TEXT];
    switch (unchanged->verdict) {
    case UNCHANGED_SKIP:
    case UNCHANGED_READ_FIGURES:
        put_skip(unchanged, out);
        break;
    case UNCHANGED_UNKNOWN_CATEGORY:
        buf_put(out, "the job names a usage category that the service does not document");
        break;
    case UNCHANGED_NOT_ASKED:
        buf_put(out, "the service's changes were never read before");
        break;
    case UNCHANGED_NOT_LOADED:
        buf_print(out, "no load within window.full_every has covered %s", date_format(unchanged->day, day));
        break;
    case UNCHANGED_OTHER_QUESTION:
        put_load_reason(unchanged, "requested other data", out);
        break;
    case UNCHANGED_ROWS_KEPT:
        put_load_reason(unchanged, "left rows in the table that the service no longer has", out);
        break;
    case UNCHANGED_CACHED:
        put_load_reason(unchanged, "had an answer of the service's cache, which may be older", out);
        break;
    case UNCHANGED_TOO_OLD:
        put_load_reason(unchanged, "is longer ago than window.full_every", out);
        break;
    case UNCHANGED_NOT_ASKED_BEFORE:
        put_load_reason(unchanged, "began before the service's changes were first read", out);
        break;
    case UNCHANGED_PAIR_CHANGED:
    case UNCHANGED_NO_PROCESS_DATE:
    case UNCHANGED_PROCESSED_LATER:
        put_pair_reason(unchanged, out);
        break;
    case UNCHANGED_NO_FIGURES:
        put_load_reason(unchanged, "recorded no figures of its rows", out);
        break;
    case UNCHANGED_TABLE_CHANGED:
        buf_put(out, "the table's rows are not those that the loads within window.full_every have left");
        break;
    case UNCHANGED_NOT_LISTED:
        buf_put(out, "the table has usage of categories that the service's answer lacks");
        break;
    }
}
