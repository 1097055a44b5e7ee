#include "run/compare_totals.h"

#include "base/decimal_sum.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* A line whose two sums are not complete yet. */
struct open_line {
    struct totals_key key;
    struct decimal_sum *loaded;
    struct decimal_sum *service;
};

struct comparing {
    const struct totals_facts *facts;
    struct arena *arena;
    struct open_line *lines;
    size_t count;
};

static void comparing_cleanup(struct comparing *comparing)
{
    for (size_t i = 0; i < comparing->count; i++) {
        decimal_sum_release(comparing->lines[i].loaded);
        decimal_sum_release(comparing->lines[i].service);
    }
}

static bool same_category(const char *one, const char *other)
{
    return one && other ? text_equal(one, other) : one == other;
}

static bool same_key(const struct totals_key *one, const struct totals_key *other)
{
    return one->month == other->month && one->year == other->year &&
           same_category(one->category, other->category);
}

static struct open_line *line_of(struct comparing *comparing, const struct totals_key *key)
{
    for (size_t i = 0; i < comparing->count; i++)
        if (same_key(&comparing->lines[i].key, key))
            return &comparing->lines[i];
    struct open_line *line = arena_push(comparing->arena, &comparing->lines, &comparing->count, sizeof *line);
    *line = (struct open_line){*key, decimal_sum_make(), decimal_sum_make()};
    return line;
}

static bool add(struct decimal_sum *sum, const char *tokens, int64_t factor, struct err *err)
{
    struct decimal_number number = decimal_number_read(tokens, strlen(tokens));
    return decimal_sum_add(sum, &number, factor) ||
           err_set(err, ERR_DATA, "`%.40s` cannot be added to a number of tokens", tokens);
}

static const char *category_of_today(const char *name)
{
    const struct usage_category_info *info = usage_category_find(name);
    return info ? info->name : name;
}

/* The key of a figure, as detailed as the rows of the job are. */
static struct totals_key key_of(const struct totals_rule *rule, date_t month, unsigned year,
                                const char *category)
{
    return (struct totals_key){month, rule->by_year ? year : 0,
                               rule->by_category ? category_of_today(category) : rule->category};
}

static bool add_service(struct comparing *comparing, struct err *err)
{
    const struct summary *summary = comparing->facts->summary;
    const struct totals_rule *rule = comparing->facts->rule;
    for (size_t i = 0; i < summary->count; i++) {
        const struct summary_line *line = &summary->lines[i];
        if (rule->categories != 0 && !(rule->categories & 1u << line->category))
            continue;
        struct totals_key key =
            key_of(rule, line->month, line->contract_year, usage_categories[line->category].name);
        if (!add(line_of(comparing, &key)->service, line->tokens, 1, err))
            return false;
    }
    return true;
}

static bool is_reached(const struct totals_facts *facts, date_t month)
{
    const struct summary *summary = facts->summary;
    bool begins = false;
    bool ends = false;
    for (size_t i = 0; i < summary->count; i++) {
        begins |= summary->lines[i].month <= month;
        ends |= summary->lines[i].month >= month;
    }
    return summary->count == 0 ? !facts->may_be_empty : begins && ends;
}

static bool add_loaded(struct comparing *comparing, struct err *err)
{
    const struct totals_facts *facts = comparing->facts;
    for (size_t i = 0; i < facts->loaded_count; i++) {
        const struct totals_figure *figure = &facts->loaded[i];
        struct totals_key key =
            key_of(facts->rule, figure->key.month, figure->key.year, figure->key.category);
        if (!is_reached(facts, key.month))
            continue;
        if (!add(line_of(comparing, &key)->loaded, figure->tokens, 1, err))
            return false;
    }
    return true;
}

static const char *text_of(const struct decimal_sum *sum, struct arena *arena)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    decimal_sum_put(sum, &text);
    return arena_copy(arena, buf_text(&text), text.length);
}

/* Whether the absolute value of the difference is below limit, or equal to it if `or_equal`. */
static bool is_within(const char *difference, const char *limit, bool or_equal)
{
    struct err ignored;
    SCOPED(decimal_sum) struct decimal_sum *rest = decimal_sum_make();
    bool is_negative = *difference == '-';
    if (!add(rest, limit, 1, &ignored) || !add(rest, difference, is_negative ? 1 : -1, &ignored))
        return false;
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    decimal_sum_put(rest, &text);
    return decimal_sum_is_zero(rest) ? or_equal : *buf_text(&text) != '-';
}

static bool is_equal(const struct totals_facts *facts, const char *difference)
{
    return is_within(difference, facts->tolerance, true) ||
           (facts->summary->is_whole && is_within(difference, "1", false));
}

static const struct totals_past *past_of(const struct totals_facts *facts, const struct totals_key *key)
{
    static const struct totals_past none;
    for (size_t i = 0; i < facts->past_count; i++)
        if (same_key(&facts->past[i].key, key))
            return &facts->past[i];
    return &none;
}

static bool is_loaded_whole(const struct totals_facts *facts, date_t month)
{
    for (size_t i = 0; i < facts->whole_count; i++)
        if (facts->whole_months[i] == month)
            return true;
    return false;
}

static enum totals_status judge(const struct totals_facts *facts, const struct reconciliation_line *line)
{
    const char *equal_service = past_of(facts, &line->key)->equal_service;
    if (date_add_months(line->key.month, 1) > facts->today)
        return TOTALS_RUNNING;
    if (!is_loaded_whole(facts, line->key.month))
        return TOTALS_NOT_LOADED;
    if (is_equal(facts, line->difference))
        return TOTALS_EQUAL;
    return equal_service && !text_equal(equal_service, line->service) ? TOTALS_MOVED_ON : TOTALS_DIFFERS;
}

static bool is_same_as_after_reload(const struct totals_facts *facts, const struct reconciliation_line *line)
{
    const struct totals_past *past = past_of(facts, &line->key);
    return totals_is_difference(line->status) && past->reloaded_service &&
           text_equal(past->reloaded_service, line->service) &&
           text_equal(past->reloaded_loaded, line->loaded);
}

static int compare_keys(const void *one, const void *other)
{
    const struct totals_key *a = &((const struct open_line *)one)->key;
    const struct totals_key *b = &((const struct open_line *)other)->key;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    if (a->year != b->year)
        return a->year < b->year ? -1 : 1;
    return a->category && b->category ? strcmp(a->category, b->category) : 0;
}

static bool close_lines(struct comparing *comparing, struct totals_result *result, struct err *err)
{
    struct arena *arena = comparing->arena;
    if (comparing->count > 0)
        qsort(comparing->lines, comparing->count, sizeof *comparing->lines, compare_keys);
    for (size_t i = 0; i < comparing->count; i++) {
        const struct open_line *open = &comparing->lines[i];
        struct reconciliation_line *line = arena_push(arena, &result->lines, &result->count, sizeof *line);
        *line = (struct reconciliation_line){.key = open->key,
                                             .loaded = text_of(open->loaded, arena),
                                             .service = text_of(open->service, arena)};
        if (!add(open->loaded, line->service, -1, err))
            return false;
        line->difference = text_of(open->loaded, arena);
        line->status = judge(comparing->facts, line);
        line->is_stuck = is_same_as_after_reload(comparing->facts, line);
        result->differences += totals_is_difference(line->status);
    }
    return true;
}

bool totals_compare(const struct totals_facts *facts, struct arena *arena, struct totals_result *result,
                    struct err *err)
{
    SCOPED(comparing) struct comparing comparing = {.facts = facts, .arena = arena};
    *result = (struct totals_result){0};
    return add_service(&comparing, err) && add_loaded(&comparing, err) &&
           close_lines(&comparing, result, err);
}

struct windows totals_windows_to_reload(const struct totals_result *result, struct arena *arena)
{
    struct windows windows = {0};
    for (size_t i = 0; i < result->count; i++) {
        const struct reconciliation_line *line = &result->lines[i];
        struct window *last = windows.count > 0 ? &windows.items[windows.count - 1] : NULL;
        struct window month = {true, line->key.month, date_add_months(line->key.month, 1)};
        if (!totals_is_difference(line->status) || line->is_stuck || (last && last->to == month.to))
            continue;
        if (last && last->to == month.from)
            last->to = month.to;
        else
            *(struct window *)arena_push(arena, &windows.items, &windows.count, sizeof month) = month;
    }
    return windows;
}
