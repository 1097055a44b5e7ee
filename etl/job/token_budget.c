#include "job/token_budget.h"

#include "wire/json/json_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TOKENS_BYTES 20
#define MAX_PERCENT 1000
#define CUSTOM_FIELDS 10
#define FORECAST "forecast "

static const char *const periods[] = {
    [TOKEN_BUDGET_MONTH] = "month", [TOKEN_BUDGET_CONTRACT_YEAR] = "contract_year", NULL};

const char *token_budget_period_name(enum token_budget_period period)
{
    return periods[period];
}

static bool is_number(const char *text, size_t length)
{
    return length > 0 && length <= MAX_TOKENS_BYTES && strspn(text, "0123456789.") >= length &&
           json_is_number(text, length);
}

static void read_tokens(const struct key_value *value, void *member)
{
    const char *expected = "a number of tokens above 0, such as 50000";
    const char *text = key_text(value, expected);
    if (!text)
        return;
    if (is_number(text, strlen(text)) && strtod(text, NULL) > 0)
        *(const char **)member = arena_copy_text(value->context->arena, text);
    else
        key_refuse(value, expected);
}

/* customField1 for `custom_field1` and `customField1`; NULL for other names. */
static const char *custom_field(const char *name, struct arena *arena)
{
    for (int i = 1; i <= CUSTOM_FIELDS; i++) {
        const char *field = arena_print(arena, "customField%d", i);
        if (text_equal(name, field) || text_equal(name, arena_print(arena, "custom_field%d", i)))
            return field;
    }
    return NULL;
}

static void read_condition(const struct key_value *value, const struct yaml_node *key,
                           struct token_budget *budget)
{
    char shown[KEY_SHOWN];
    struct arena *arena = value->context->arena;
    struct token_budget_condition condition = {custom_field(key->text, arena), NULL};
    if (!condition.field) {
        finding_error(value->context->findings, key->place,
                      "`%s` takes custom_field1 to custom_field10, found %s", value->path,
                      key_show(key, shown));
        return;
    }
    const char *text = value->node->broken ? "" : key_text(value, "a value of the custom field");
    if (text && !*text && !value->node->broken)
        key_refuse(value, "a value of the custom field");
    if (!text || !*text)
        return;
    condition.value = arena_copy_text(arena, text);
    budget->condition = condition;
}

static void read_where(const struct key_value *value, void *member)
{
    const struct yaml_node *node = value->node;
    if (node->kind != YAML_MAPPING || node->count != 1)
        key_refuse(value, "a mapping of one custom field, such as {custom_field1: Berlin}");
    else
        read_condition(&(struct key_value){value->context, value->path, node->items[0]}, node->keys[0],
                       member);
}

static bool parse_warning(const char *text, struct token_budget_warning *warning)
{
    warning->is_forecast = text_starts_with(text, FORECAST);
    const char *number = warning->is_forecast ? text + strlen(FORECAST) : text;
    size_t length = strlen(number);
    if (length < 2 || number[length - 1] != '%' || !is_number(number, length - 1))
        return false;
    warning->percent = strtod(number, NULL);
    return warning->percent > 0 && warning->percent <= MAX_PERCENT;
}

static void add_warning(struct token_budget *budget, const char *text, struct arena *arena)
{
    struct token_budget_warning warning = {.text = arena_copy_text(arena, text)};
    if (parse_warning(text, &warning))
        *(struct token_budget_warning *)arena_push(arena, &budget->warnings, &budget->warning_count,
                                                   sizeof warning) = warning;
}

static void read_warn_at(const struct key_value *value, void *member)
{
    static const char expected[] = "a percentage above 0% and up to 1000%, such as 80% or forecast 100%";
    struct token_budget *budget = member;
    const struct yaml_node *node = value->node;
    struct token_budget_warning ignored;
    if (node->kind != YAML_SEQUENCE || node->count > KEY_MAX_ITEMS) {
        key_refuse(value, "a list such as [80%, forecast 100%]");
        return;
    }
    budget->warning_count = 0;
    for (size_t i = 0; i < node->count; i++) {
        struct key_value item = {value->context, value->path, node->items[i]};
        const char *text = item.node->broken ? NULL : key_text(&item, expected);
        if (text && parse_warning(text, &ignored))
            add_warning(budget, text, value->context->arena);
        else if (text)
            key_refuse(&item, expected);
    }
}

#define BUDGET(member) offsetof(struct token_budget, member)

const struct key token_budget_keys[] = {
    {.name = "name",
     .kind = KEY_TEXT,
     .at = BUDGET(name),
     .required = true,
     .example = "name: Berlin",
     .text = "The name of the budget in `status` and metrics."},
    {.name = "contract",
     .kind = KEY_TEXT,
     .at = BUDGET(contract),
     .required = true,
     .example = "contract: \"11000000001\"",
     .text = "The number of the contract."},
    {.name = "where",
     .kind = KEY_OTHER,
     .read = read_where,
     .value = "a mapping such as {custom_field1: Berlin}",
     .text = "Only usage with this value of a custom field (`custom_field1` to `custom_field10`). It is read "
             "from a table whose job asks for the field, such as `monthly_custom_field_tokens`. Without it: "
             "all usage of the contract."},
    {.name = "tokens",
     .kind = KEY_OTHER,
     .at = BUDGET(tokens),
     .read = read_tokens,
     .required = true,
     .example = "tokens: 50000",
     .value = "a number of tokens",
     .text = "The tokens that may be used in a period."},
    {.name = "period",
     .kind = KEY_CHOICE,
     .at = BUDGET(period),
     .choices = periods,
     .default_value = "contract_year",
     .text = "Begins a new budget every month, or every contract year."},
    {.name = "warn_at",
     .kind = KEY_OTHER,
     .read = read_warn_at,
     .value = "a list such as [80%, forecast 100%]",
     .default_value = "[80%, forecast 100%]",
     .text = "When to warn: `80%`: 80 % of the tokens are used. `forecast 100%`: all tokens will be used by "
             "the end of the period, at the pace of the last eight weeks."},
    {0},
};

void token_budget_read(const struct key_value *item, void *budgets)
{
    struct token_budgets *list = budgets;
    struct arena *arena = item->context->arena;
    char shown[KEY_SHOWN];
    struct token_budget budget = {.place = item->node->place, .name = "", .contract = "", .tokens = ""};
    const struct yaml_node *name = yaml_get(item->node, "name");
    keys_set_defaults(item->context, token_budget_keys, NULL, &budget);
    keys_read(item, token_budget_keys, &budget);
    budget.place = name ? name->place : budget.place;
    budget.name = arena_copy_text(arena, key_shorten(budget.name, shown));
    *(struct token_budget *)arena_push(arena, &list->items, &list->count, sizeof budget) = budget;
}

void token_budgets_check(const struct token_budgets *budgets, struct findings *findings)
{
    for (size_t i = 0; i < budgets->count; i++) {
        char shown[KEY_SHOWN];
        const struct token_budget *budget = &budgets->items[i];
        for (size_t k = 0; *budget->name && k < i; k++) {
            if (!text_equal(budgets->items[k].name, budget->name))
                continue;
            finding_error(findings, budget->place, "there are two budgets of the name `%s`: rename one",
                          key_shorten(budget->name, shown));
            break;
        }
    }
}

bool token_budget_warns(const struct token_budget *budget, const struct token_budget_warning *warning,
                        const char *consumed, const char *forecast)
{
    const char *used = warning->is_forecast ? forecast : consumed;
    return used && strtod(used, NULL) * 100 >= warning->percent * strtod(budget->tokens, NULL);
}
