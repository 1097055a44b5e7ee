#include "run/compare_years.h"

#include "base/decimal_sum.h"

#include <string.h>

bool years_can_compare(const struct totals_rule *rule)
{
    return rule->categories == 0 || rule->categories == (1u << USAGE_CATEGORIES) - 1;
}

static bool has_month(const struct totals_months *months, date_t month)
{
    for (size_t i = 0; i < months->count; i++)
        if (months->items[i] == month)
            return true;
    return false;
}

void years_add_months(const struct contract_years *years, date_t today, struct totals_months *months,
                      struct arena *arena)
{
    for (size_t i = 0; i < years->count; i++) {
        date_t from = years->items[i].from < JOB_FIRST_DAY ? JOB_FIRST_DAY : years->items[i].from;
        date_t to = years->items[i].to < today ? years->items[i].to : today;
        for (date_t month = date_month_start(from); month < to; month = date_add_months(month, 1))
            if (!has_month(months, month))
                *(date_t *)arena_push(arena, &months->items, &months->count, sizeof month) = month;
    }
}

static bool is_loaded_whole(const struct years_facts *facts, const struct contract_year *year)
{
    if (year->to > facts->today || year->from < JOB_FIRST_DAY)
        return false;
    for (date_t month = date_month_start(year->from); month < year->to; month = date_add_months(month, 1))
        if (!has_month(facts->whole, month))
            return false;
    return true;
}

/* Whether the rows show which of them belong to the contract year. */
static bool can_be_compared(const struct totals_rule *rule, const struct contract_year *year)
{
    return rule->by_year ||
           (date_month_start(year->from) == year->from && date_month_start(year->to) == year->to);
}

static bool is_of_year(const struct totals_rule *rule, const struct totals_key *key,
                       const struct contract_year *year)
{
    return rule->by_year ? key->year == year->year : key->month >= year->from && key->month < year->to;
}

static bool add(struct decimal_sum *sum, const char *tokens, int64_t factor, struct err *err)
{
    struct decimal_number number = decimal_number_read(tokens, strlen(tokens));
    return decimal_sum_add(sum, &number, factor) ||
           err_set(err, ERR_DATA, "`%.40s` cannot be added to a number of tokens", tokens);
}

static const char *text_of(const struct decimal_sum *sum, struct arena *arena)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    decimal_sum_put(sum, &text);
    return arena_copy(arena, buf_text(&text), text.length);
}

static bool compare_year(const struct years_facts *facts, const struct contract_year *year,
                         struct arena *arena, struct years_line *line, struct err *err)
{
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    *line = (struct years_line){
        .year = year->year,
        .consumed = year->consumed,
        .multiyear_consumed = year->multiyear_consumed,
        .is_running = year->to > facts->today,
        .is_whole = is_loaded_whole(facts, year),
    };
    for (size_t i = 0; i < facts->loaded_count; i++)
        if (is_of_year(facts->rule, &facts->loaded[i].key, year) &&
            !add(sum, facts->loaded[i].tokens, 1, err))
            return false;
    line->loaded = text_of(sum, arena);
    if (!line->is_whole || !year->consumed || !year->multiyear_consumed)
        return true;
    if (!add(sum, year->consumed, -1, err) || !add(sum, year->multiyear_consumed, -1, err))
        return false;
    line->difference = text_of(sum, arena);
    return true;
}

bool years_compare(const struct years_facts *facts, struct arena *arena, struct years_result *result,
                   struct err *err)
{
    *result = (struct years_result){0};
    for (size_t i = 0; i < facts->years->count; i++) {
        const struct contract_year *year = &facts->years->items[i];
        if (year->from >= year->to || year->from > facts->today || !can_be_compared(facts->rule, year))
            continue;
        struct years_line *line = arena_push(arena, &result->lines, &result->count, sizeof *line);
        if (!compare_year(facts, year, arena, line, err))
            return false;
    }
    return true;
}
