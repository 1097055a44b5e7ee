#include "plan.h"

#include "date.h"
#include "text.h"
#include "where.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COMBINATIONS ((uint64_t)1 << 61)
#define MAX_DAYS 40000

static const char *walkthrough_columns[] = {"usageCategory", "productName", "tokensConsumed"};
static const char *walkthrough_rows[] = {
    "[\"PRODUCT_CONSUMPTION\",\"Moldflow Adviser Ultimate\",60.0]",
    "[\"PRODUCT_CONSUMPTION\",\"ReMake\",46.0]",
    "[\"PRODUCT_CONSUMPTION\",\"Revit Live\",128.0]",
    "[\"PRODUCT_CONSUMPTION\",\"Vault Office\",3.0]",
};
static const struct fixed_result walkthrough = {
    .columns = walkthrough_columns, .column_count = 3, .rows = walkthrough_rows, .row_count = 4};

static const struct fixed_result *find_fixed(const struct config *config, const char *contract,
                                             const struct query_body *body)
{
    if (config->dataset == DATASET_WALKTHROUGH)
        return &walkthrough;
    for (size_t i = 0; i < config->result_count; i++) {
        const struct fixed_result *result = &config->results[i];
        bool same = result->fields == NULL || result->field_count == body->field_count;

        for (size_t k = 0; same && result->fields != NULL && k < body->field_count; k++)
            same = strcmp(result->fields[k], body->fields[k]) == 0;
        if (result->where != NULL)
            same = same && body->where != NULL && strstr(body->where, result->where) != NULL;
        if (same && (result->contract == NULL || strcmp(result->contract, contract) == 0))
            return result;
    }
    return NULL;
}

static enum period_unit unit_of(const struct query_body *body)
{
    enum period_unit unit = PERIOD_NONE;

    for (size_t i = 0; i < body->field_count; i++) {
        const struct field *field = field_find(body->fields[i]);

        if (field->value == VALUE_DATE || field->dimension == DIMENSION_SECOND)
            unit = PERIOD_DAY;
        else if (field->value == VALUE_MONTH && unit != PERIOD_DAY)
            unit = PERIOD_MONTH;
        else if (field->value == VALUE_CONTRACT_YEAR && unit == PERIOD_NONE)
            unit = PERIOD_YEAR;
    }
    return unit;
}

static int64_t period_of(const struct plan *plan, int64_t day)
{
    switch (plan->unit) {
    case PERIOD_DAY:
        return day;
    case PERIOD_MONTH:
        return date_month_of(day);
    case PERIOD_YEAR:
        return world_contract_year(plan->contract_start_day, day);
    case PERIOD_NONE:
        break;
    }
    return 0;
}

static void set_periods(struct plan *plan)
{
    struct window window =
        where_window(plan->body.where, (struct window){plan->config->window_from, plan->config->window_to});

    if (window.to - window.from > MAX_DAYS)
        window.to = window.from + MAX_DAYS;
    plan->unit = unit_of(&plan->body);
    plan->first_period = period_of(plan, window.from);
    plan->period_count =
        window.to > window.from ? period_of(plan, window.to - 1) - plan->first_period + 1 : 0;
}

static uint32_t add_dimension(struct plan *plan, const struct field *field, const char *name)
{
    int64_t asked = 0;

    for (uint32_t i = 0; i < plan->dimension_count; i++)
        if (field->dimension != DIMENSION_OWN && plan->dimensions[i].field != NULL &&
            plan->dimensions[i].field->dimension == field->dimension)
            return i;
    for (size_t i = 0; i < plan->config->domain_count; i++)
        if (strcmp(plan->config->domains[i].field, name) == 0)
            asked = plan->config->domains[i].values;
    struct dimension *to = &plan->dimensions[plan->dimension_count];
    *to = (struct dimension){.field = field, .values = domain_values(field, asked)};
    to->salt = field->dimension == DIMENSION_OWN ? text_hash(name) : text_mix(field->dimension);
    if (field->dimension == DIMENSION_CATEGORY) {
        to->values = (uint32_t)plan->body.category_count;
        plan->categories_dimension = plan->dimension_count;
    }
    return plan->dimension_count++;
}

static void add_columns(struct plan *plan)
{
    struct query_body *body = &plan->body;

    for (size_t i = 0; i < body->field_count; i++) {
        struct column *column = &plan->columns[plan->column_count++];
        const struct field *field = field_find(body->fields[i]);

        *column = (struct column){.name = body->fields[i], .field = field, .dimension = PLAN_PERIOD};
        if (field->dimension != DIMENSION_PERIOD)
            column->dimension = add_dimension(plan, field, body->fields[i]);
        if (field->dimension == DIMENSION_SECOND)
            column->kind = COLUMN_TIME;
        else if (field->dimension != DIMENSION_PERIOD &&
                 plan->dimensions[column->dimension].values > TABLE_MAX_VALUES)
            column->kind = COLUMN_BIG;
        plan->has_session_start |= field->value == VALUE_SESSION_START;
    }
    for (size_t i = 0; i < body->metric_count; i++)
        plan->columns[plan->column_count++] = (struct column){.name = body->metrics[i],
                                                              .kind = COLUMN_METRIC,
                                                              .metric = metric_find(body->metrics[i]),
                                                              .salt = text_hash(body->metrics[i]),
                                                              .dimension = PLAN_PERIOD};
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

static void set_combinations(struct plan *plan)
{
    plan->combinations = 1;
    for (uint32_t i = 0; i < plan->dimension_count; i++) {
        struct dimension *dimension = &plan->dimensions[i];

        dimension->independent =
            dimension->values == 0 || plan->combinations <= MAX_COMBINATIONS / dimension->values;
        if (dimension->independent)
            plan->combinations *= dimension->values;
    }
    if (plan->combinations > 1) {
        /* The golden section spreads even a few rows over all values. */
        plan->step = (uint64_t)((double)plan->combinations * 0.6180339887498949) | 1;
        while (plan->step >= plan->combinations || greatest_divisor(plan->step, plan->combinations) != 1)
            plan->step = plan->step + 1 < plan->combinations ? plan->step + 1 : 1;
    }
}

static uint64_t scaled(uint64_t rows, double scale)
{
    double result = (double)rows * scale + 0.5;

    return result > 1e18 ? (uint64_t)1e18 : (uint64_t)result;
}

static void set_totals(struct plan *plan)
{
    static const uint64_t days_of_unit[] = {
        [PERIOD_NONE] = 30, [PERIOD_DAY] = 1, [PERIOD_MONTH] = 30, [PERIOD_YEAR] = 360};
    const struct config *config = plan->config;
    uint64_t most = plan->combinations;
    uint64_t rows_per_day = config->rows_per_day > 0 ? (uint64_t)config->rows_per_day : 0;
    uint64_t rows = config->rows > 0 ? (uint64_t)config->rows : rows_per_day * days_of_unit[plan->unit];

    plan->base_rows = rows < most ? rows : most;
    uint64_t now = scaled(plan->base_rows, config->scale);
    plan->rows_per_period = now < most ? now : most;
    plan->total = plan->period_is_digit || plan->period_count == 0
                      ? plan->rows_per_period * (plan->period_count > 0)
                      : plan->rows_per_period * (uint64_t)plan->period_count;
}

struct plan *plan_make(struct config *config, const struct contract *contract, struct query_body *body)
{
    struct plan *plan = mem_zero(1, sizeof *plan);

    atomic_init(&plan->references, 1);
    pthread_mutex_init(&plan->lock, NULL);
    plan->config = config_hold(config);
    plan->contract = mem_text(contract->number);
    plan->contract_start_day = contract->start_day;
    plan->categories_dimension = PLAN_PERIOD;
    plan->fixed = find_fixed(config, contract->number, body);
    plan->body = *body;
    *body = (struct query_body){0};
    plan->seed = text_mix((uint64_t)config->seed ^ text_hash(contract->number));
    for (size_t i = 0; i < plan->body.category_count; i++)
        plan->seed = text_mix(plan->seed + (uint64_t)plan->body.categories[i] + 1);
    for (int i = 0; plan->body.category_count == 0 && i < CATEGORY_DEFAULT_COUNT; i++)
        plan->body.categories[i] = i;
    if (plan->body.category_count == 0)
        plan->body.category_count = CATEGORY_DEFAULT_COUNT;
    set_periods(plan);
    plan->period_is_digit = config->rows > 0 && plan->unit != PERIOD_NONE;
    if (plan->period_is_digit) {
        plan->dimensions[0] = (struct dimension){.values = (uint32_t)plan->period_count};
        plan->dimension_count = 1;
    }
    add_columns(plan);
    set_combinations(plan);
    set_totals(plan);
    if (plan->fixed != NULL) {
        plan->total = plan->fixed->row_count;
    } else if (config_has_world(config)) {
        plan->answer = answer_make(config, contract, &plan->body);
        plan->total = answer_total(plan->answer);
    }
    return plan;
}

struct plan *plan_hold(struct plan *plan)
{
    atomic_fetch_add(&plan->references, 1);
    return plan;
}

void plan_release(struct plan *plan)
{
    if (plan == NULL || atomic_fetch_sub(&plan->references, 1) != 1)
        return;
    for (size_t i = 0; i < plan->column_count; i++)
        for (int format = 0; format < FORMAT_COUNT; format++)
            table_free(plan->columns[i].own[format]);
    answer_free(plan->answer);
    body_free(&plan->body);
    config_release(plan->config);
    pthread_mutex_destroy(&plan->lock);
    free(plan->contract);
    free(plan);
}

struct period_context {
    const struct plan *plan;
    enum field_value value;
    enum format format;
};

static size_t render_period(const void *context, uint64_t index, char *out)
{
    const struct period_context *of = context;
    const struct plan *plan = of->plan;
    int64_t period = plan->first_period + (int64_t)index;
    int64_t day = plan->unit == PERIOD_MONTH ? date_month_start(period) : period;
    char text[DATE_BYTES];

    if (of->value == VALUE_CONTRACT_YEAR) {
        int64_t year =
            plan->unit == PERIOD_YEAR ? period : world_contract_year(plan->contract_start_day, day);

        return (size_t)snprintf(out, DOMAIN_BYTES, "%lld", (long long)year);
    }
    date_text(of->value == VALUE_MONTH ? date_month_start(date_month_of(day)) : day, text);
    return (size_t)snprintf(out, DOMAIN_BYTES, "%s%s", text,
                            of->format == FORMAT_CSV_TEXTS ? " 00:00:00" : "");
}

static size_t render_category(const void *context, uint64_t index, char *out)
{
    const struct plan *plan = context;

    return (size_t)snprintf(out, DOMAIN_BYTES, "%s", category_names[plan->body.categories[index]]);
}

static size_t prepare_column(const struct plan *plan, struct column *column, enum format format)
{
    if (column->kind == COLUMN_METRIC)
        return 40;
    if (column->kind == COLUMN_TIME)
        return 24;
    if (column->kind == COLUMN_BIG)
        return 6 * DOMAIN_BYTES + 8;
    if (column->dimension == PLAN_PERIOD) {
        struct period_context context = {plan, column->field->value, format};
        bool raw = column->field->value == VALUE_CONTRACT_YEAR || format == FORMAT_CSV_TEXTS;

        column->own[format] = table_make((uint32_t)plan->period_count, render_period, &context, format, raw);
    } else if (column->field->dimension == DIMENSION_CATEGORY) {
        column->own[format] =
            table_make((uint32_t)plan->body.category_count, render_category, plan, format, false);
    }
    column->tables[format] = column->own[format];
    if (column->tables[format] == NULL)
        column->tables[format] =
            table_of_field(column->field, column->name, plan->dimensions[column->dimension].values, format);
    return column->tables[format]->widest;
}

void plan_prepare(struct plan *plan, enum format format)
{
    pthread_mutex_lock(&plan->lock);
    if (!plan->ready[format]) {
        size_t bytes = 4;

        for (size_t i = 0; i < plan->column_count; i++)
            bytes +=
                prepare_column(plan, &plan->columns[i], format) + strlen(plan->config->csv.null_text) * 2 + 8;
        plan->row_bytes[format] = bytes;
        plan->ready[format] = true;
    }
    pthread_mutex_unlock(&plan->lock);
}

size_t plan_column_count(const struct plan *plan)
{
    return plan->fixed != NULL ? plan->fixed->column_count : plan->column_count;
}

const char *plan_column_name(const struct plan *plan, size_t column)
{
    return plan->fixed != NULL ? plan->fixed->columns[column] : plan->columns[column].name;
}
