#include "job/token_budget.h"

#include "job/catalogue.h"
#include "job/job.h"
#include "wire/json/json_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TOKENS_BYTES 20
#define MAX_PERCENT 1000
#define FORECAST "forecast "

static const char *const periods[] = {
    [TOKEN_BUDGET_MONTH] = "month", [TOKEN_BUDGET_CONTRACT_YEAR] = "contract_year", NULL};

const char *token_budget_period_name(enum token_budget_period period)
{
    return periods[period];
}

/* A name stands in status, metrics and page, so that it must be shown as it is, on one line. */
static bool is_printable(const char *text, struct arena *arena)
{
    size_t length = strlen(text);
    char *shown = arena_alloc(arena, length + 1, 1);
    return text_equal(text_excerpt(text, length, shown, length + 1), text);
}

static void read_name(const struct key_value *value, void *member)
{
    const char *expected = "a name on one line, without control characters and blanks around it";
    const char *text = key_text(value, expected);
    size_t length = text ? strlen(text) : 0;
    if (!text)
        return;
    if (length == 0 || text[0] == ' ' || text[length - 1] == ' ' ||
        !is_printable(text, value->context->arena))
        key_refuse(value, expected);
    else if (length > KEY_MAX_ITEM_BYTES)
        finding_error(value->context->findings, value->node->place,
                      "`%s` is longer than %d bytes: shorten it", value->path, KEY_MAX_ITEM_BYTES);
    else
        *(const char **)member = arena_copy_text(value->context->arena, text);
}

/* A budget is for one contract. `active` and `all`, which a job takes for several contracts, would be read as
 * a contract number that no row has. */
static void read_contract(const struct key_value *value, void *member)
{
    const char *expected = "the number of one contract, such as \"11000000001\"";
    const char *text = key_text(value, expected);
    if (!text)
        return;
    if (text_equal(text, "active") || text_equal(text, "all") || !job_is_contract_number(text))
        key_refuse(value, expected);
    else
        *(const char **)member = arena_copy_text(value->context->arena, text);
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
    for (int i = 1; i <= CATALOGUE_CUSTOM_FIELDS; i++) {
        const char *field = arena_print(arena, "customField%d", i);
        if (text_equal(name, field) || text_equal(name, arena_print(arena, "custom_field%d", i)))
            return field;
    }
    return NULL;
}

static void read_condition(const struct key_value *value, const struct yaml_node *key,
                           struct token_budget *budget)
{
    static const char expected[] = "a value of the custom field";
    char shown[KEY_SHOWN];
    struct arena *arena = value->context->arena;
    const char *field = custom_field(key->text, arena);
    if (!field) {
        finding_error(value->context->findings, key->place,
                      "`%s` takes custom_field1 to custom_field10, found %s", value->path,
                      key_show(key, shown));
        return;
    }
    if (value->node->broken)
        return;
    struct key_value item = {value->context, arena_print(arena, "%s.%s", value->path, key->text),
                             value->node};
    const char *text = key_text(&item, expected);
    if (text && *text)
        budget->condition = (struct token_budget_condition){field, arena_copy_text(arena, text)};
    else if (text)
        key_refuse(&item, expected);
}

static void read_where(const struct key_value *value, void *member)
{
    const struct yaml_node *node = value->node;
    if (node->kind != YAML_MAPPING)
        key_refuse(value, "a mapping of one custom field, such as {custom_field1: Berlin}");
    else if (node->count != 1)
        finding_error(value->context->findings, node->place,
                      "`%s` takes one custom field, such as {custom_field1: Berlin}, found %zu%s",
                      value->path, node->count, node->count > 1 ? ": make a budget of each" : "");
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

/* The budget's warning with an equal threshold (80% and 80.0% are equal), or NULL. */
static const struct token_budget_warning *find_warning(const struct token_budget *budget,
                                                       const struct token_budget_warning *wanted)
{
    for (size_t i = 0; i < budget->warning_count; i++) {
        const struct token_budget_warning *warning = &budget->warnings[i];
        if (warning->is_forecast == wanted->is_forecast && warning->percent <= wanted->percent &&
            warning->percent >= wanted->percent)
            return warning;
    }
    return NULL;
}

static void read_warning(const struct key_value *item, struct token_budget *budget)
{
    static const char expected[] = "a percentage above 0% and up to 1000%, such as 80% or forecast 100%";
    struct token_budget_warning warning;
    const char *text = item->node->broken ? NULL : key_text(item, expected);
    if (!text)
        return;
    if (!parse_warning(text, &warning)) {
        key_refuse(item, expected);
        return;
    }
    const struct token_budget_warning *same = find_warning(budget, &warning);
    if (same)
        finding_error(item->context->findings, item->node->place,
                      "`%s` has `%s` and `%s`: remove one of them", item->path, same->text, text);
    else
        add_warning(budget, text, item->context->arena);
}

static void read_warn_at(const struct key_value *value, void *member)
{
    struct token_budget *budget = member;
    const struct yaml_node *node = value->node;
    if (node->kind != YAML_SEQUENCE || node->count > KEY_MAX_ITEMS) {
        key_refuse(value, "a list such as [80%, forecast 100%]");
        return;
    }
    budget->warning_count = 0;
    for (size_t i = 0; i < node->count; i++)
        read_warning(&(struct key_value){value->context, value->path, node->items[i]}, budget);
}

#define BUDGET(member) offsetof(struct token_budget, member)

const struct key token_budget_keys[] = {
    {.name = "name",
     .kind = KEY_OTHER,
     .at = BUDGET(name),
     .read = read_name,
     .required = true,
     .example = "name: Berlin",
     .value = "a text",
     .text = "The name of the budget in `status` and metrics."},
    {.name = "contract",
     .kind = KEY_OTHER,
     .at = BUDGET(contract),
     .read = read_contract,
     .required = true,
     .example = "contract: \"11000000001\"",
     .value = "a text",
     .text = "The number of the contract."},
    {.name = "where",
     .kind = KEY_OTHER,
     .read = read_where,
     .value = "a mapping such as {custom_field1: Berlin}",
     .text = "Only usage with this value of a custom field (`custom_field1` to `custom_field10`). It is read "
             "from a table whose job requests the field, such as `monthly_custom_field_tokens`. Without it: "
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
    struct token_budget budget = {.place = item->node->place, .name = "", .contract = "", .tokens = ""};
    const struct yaml_node *name = yaml_get(item->node, "name");
    keys_set_defaults(item->context, token_budget_keys, NULL, &budget);
    keys_read(item, token_budget_keys, &budget);
    budget.place = name ? name->place : budget.place;
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

const char *token_budget_share(const struct token_budget *budget, const char *tokens, int places,
                               char text[TOKEN_BUDGET_SHARE])
{
    double percent = strtod(tokens, NULL) * 100 / strtod(budget->tokens, NULL);
    if (percent > MAX_PERCENT)
        snprintf(text, TOKEN_BUDGET_SHARE, "over %d", MAX_PERCENT);
    else if (percent < -MAX_PERCENT)
        snprintf(text, TOKEN_BUDGET_SHARE, "below -%d", MAX_PERCENT);
    else
        snprintf(text, TOKEN_BUDGET_SHARE, "%.*f", places, percent);
    return text;
}
