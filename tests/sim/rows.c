#include "rows.h"

#include "text.h"

#include <string.h>

/* The values that all columns of one row share. */
struct row {
    uint64_t key; /* hash of the key values */
    int64_t restated;
    int64_t day; /* of the period, where it has one */
    bool negative;
};

static void digits_of(const struct plan *plan, uint64_t number, uint32_t *digits)
{
    for (uint32_t i = 0; i < plan->dimension_count; i++) {
        digits[i] = 0;
        if (plan->dimensions[i].independent && plan->dimensions[i].values > 0) {
            digits[i] = (uint32_t)(number % plan->dimensions[i].values);
            number /= plan->dimensions[i].values;
        }
    }
}

static void enter(struct cursor *cursor)
{
    const struct plan *plan = cursor->plan;
    uint64_t series = plan->period_is_digit ? 0 : (uint64_t)plan->first_period + cursor->period;

    if (plan->combinations == 0)
        return;
    uint64_t first = text_mix(plan->seed ^ (series * 0x9e3779b97f4a7c15u)) % plan->combinations;
    unsigned __int128 number = (unsigned __int128)cursor->in_period * plan->step + first;
    digits_of(plan, (uint64_t)(number % plan->combinations), cursor->digits);
}

void cursor_start(struct cursor *cursor, struct plan *plan, enum format format, const char *null_text,
                  const size_t *order, size_t order_count, uint64_t row)
{
    uint64_t per_period =
        plan->rows_per_period > 0 && !plan->period_is_digit ? plan->rows_per_period : UINT64_MAX;

    *cursor = (struct cursor){.plan = plan,
                              .format = format,
                              .null_text = null_text,
                              .order = order,
                              .order_count = order_count,
                              .row = row,
                              .period = row / per_period,
                              .in_period = row % per_period};
    if (plan->fixed != NULL || plan->answer != NULL)
        return;
    plan_prepare(plan, format);
    digits_of(plan, plan->step, cursor->step);
    enter(cursor);
}

/* Adds the step digit by digit; what is carried out of the last digit is the modulus, and dropped. */
static void advance(struct cursor *cursor)
{
    const struct plan *plan = cursor->plan;
    uint32_t carry = 0;

    cursor->row++;
    cursor->in_period++;
    if (!plan->period_is_digit && cursor->in_period == plan->rows_per_period) {
        cursor->in_period = 0;
        cursor->period++;
        enter(cursor);
        return;
    }
    for (uint32_t i = 0; i < plan->dimension_count; i++) {
        uint32_t values = plan->dimensions[i].values;

        if (!plan->dimensions[i].independent)
            continue;
        uint32_t sum = cursor->digits[i] + cursor->step[i] + carry;
        carry = sum >= values;
        cursor->digits[i] = carry ? sum - values : sum;
    }
}

static int64_t times_restated(const struct cursor *cursor)
{
    const struct plan *plan = cursor->plan;
    uint64_t series = plan->period_is_digit ? 0 : (uint64_t)plan->first_period + cursor->period;
    uint64_t number = series * plan->base_rows + cursor->in_period;
    int64_t times = 0;

    for (size_t i = 0; i < plan->config->restatement_count; i++) {
        const struct restatement *restatement = &plan->config->restatements[i];

        times += number % (uint64_t)restatement->every == (uint64_t)restatement->offset;
    }
    return times;
}

static uint64_t hash_step(uint64_t salt, uint64_t value)
{
    uint64_t mixed = (salt + value) * 0x9e3779b97f4a7c15u;

    return (mixed ^ (mixed >> 32)) * 0xd6e8feb86659fd93u;
}

/* The key's hash knows values, not positions: the same key has the same metrics in any query with these
 * fields. */
static struct row row_of(struct cursor *cursor)
{
    const struct plan *plan = cursor->plan;
    uint64_t period = plan->period_is_digit ? cursor->digits[0] : cursor->period;
    int64_t period_name = plan->first_period + (int64_t)period;
    struct row row = {.key = plan->seed, .restated = times_restated(cursor), .day = period_name};

    if (plan->unit != PERIOD_NONE)
        row.key += hash_step((uint64_t)plan->unit, (uint64_t)period_name);
    for (uint32_t i = plan->period_is_digit ? 1 : 0; i < plan->dimension_count; i++) {
        uint64_t value = cursor->digits[i];

        if (!plan->dimensions[i].independent)
            continue;
        if (i == plan->categories_dimension) {
            value = (uint64_t)plan->body.categories[value];
            row.negative = strcmp(category_names[value], "MANUAL_ADJUSTMENT") == 0;
        }
        row.key += hash_step(plan->dimensions[i].salt, value);
    }
    row.key = text_mix(row.key);
    for (uint32_t i = 0; i < plan->dimension_count; i++)
        if (!plan->dimensions[i].independent)
            cursor->digits[i] =
                (uint32_t)(text_mix(row.key ^ plan->dimensions[i].salt) % plan->dimensions[i].values);
    return row;
}

static char *write_number(char *to, uint64_t number)
{
    char digits[24];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(to, digits + at, sizeof digits - at);
    return to + (sizeof digits - at);
}

/* 60000 thousandths are 60.0, 1234567 are 1234.567. */
static char *write_thousandths(char *to, uint64_t thousandths, bool negative)
{
    uint64_t rest = thousandths % 1000;

    if (negative && thousandths > 0)
        *to++ = '-';
    to = write_number(to, thousandths / 1000);
    *to++ = '.';
    *to++ = (char)('0' + rest / 100);
    if (rest % 100 != 0)
        *to++ = (char)('0' + rest / 10 % 10);
    if (rest % 10 != 0)
        *to++ = (char)('0' + rest % 10);
    return to;
}

/* Restating adds to what is there, so that the value is always another one. NULL: the value is null. */
static char *write_metric(char *to, const struct column *column, const struct row *row)
{
    uint64_t dice = text_mix(row->key ^ column->salt);
    uint64_t times = (uint64_t)row->restated;

    switch (column->metric) {
    case METRIC_TOKENS:
        dice = dice % 4 == 0 ? (dice >> 8) % 2000000 : ((dice >> 8) % 120 + 1) * 1000;
        return write_thousandths(to, dice + times * 1500, row->negative);
    case METRIC_QUANTITY:
        return write_thousandths(to, ((dice >> 8) % 50 + 1 + times) * 1000, row->negative);
    case METRIC_MINUTES:
        return write_thousandths(to, (dice >> 8) % 14400 * 100 + times * 2500, false);
    case METRIC_HOURS:
        if (dice % 16 == 0 && times == 0)
            return NULL;
        return write_thousandths(to, (dice >> 8) % 24000 + times * 250, false);
    case METRIC_USES:
        return write_number(to, (dice >> 8) % 200 + 1 + times);
    case METRIC_USERS:
        return write_number(to, (dice >> 8) % 30 + 1 + times);
    case METRIC_PRODUCTS:
        return write_number(to, (dice >> 8) % 12 + 1 + times);
    case METRIC_UNKNOWN:
        break;
    }
    return write_thousandths(to, (dice >> 8) % 10000000 + times * 1000, false);
}

static char *write_time(char *to, const struct cursor *cursor, const struct column *column,
                        const struct row *row)
{
    uint64_t slot = cursor->digits[column->dimension];
    int64_t length_s = 0;
    bool quoted = cursor->format == FORMAT_JSON || cursor->format == FORMAT_CSV_QUOTED;

    if (column->field->value == VALUE_SESSION_END)
        length_s = cursor->plan->has_session_start ? 60 + (int64_t)(row->key % 20000) : 5400;
    if (quoted)
        *to++ = '"';
    domain_time(row->day, slot, length_s, to);
    if (cursor->format == FORMAT_CSV_TEXTS)
        to[10] = ' ';
    to += 19;
    if (quoted)
        *to++ = '"';
    return to;
}

static char *write_big(char *to, const struct cursor *cursor, const struct column *column)
{
    char text[DOMAIN_BYTES];
    size_t length = domain_text(column->field, column->name, cursor->digits[column->dimension], text);

    if (length == 0)
        return NULL;
    return cursor->format == FORMAT_JSON ? escape_json(to, text, length)
                                         : escape_csv(to, text, length, cursor->format != FORMAT_CSV);
}

static char *write_null(char *to, const struct cursor *cursor)
{
    bool quoted = cursor->format == FORMAT_CSV_QUOTED;

    if (quoted)
        *to++ = '"';
    to = stpcpy(to, cursor->null_text);
    if (quoted)
        *to++ = '"';
    return to;
}

static char *write_value(char *to, const struct cursor *cursor, const struct column *column,
                         const struct row *row)
{
    char *end = NULL;

    switch (column->kind) {
    case COLUMN_TABLE: {
        const struct table *table = column->tables[cursor->format];
        uint64_t period = cursor->plan->period_is_digit ? cursor->digits[0] : cursor->period;
        uint64_t index = column->dimension == PLAN_PERIOD ? period : cursor->digits[column->dimension];
        uint32_t start = table->start[index], length = table->start[index + 1] - start;

        memcpy(to, table->text + start, length);
        end = length > 0 ? to + length : NULL;
        break;
    }
    case COLUMN_BIG:
        end = write_big(to, cursor, column);
        break;
    case COLUMN_TIME:
        end = write_time(to, cursor, column, row);
        break;
    case COLUMN_METRIC:
        end = write_metric(cursor->format == FORMAT_CSV_QUOTED ? to + 1 : to, column, row);
        if (cursor->format == FORMAT_CSV_QUOTED && end != NULL) {
            *to = '"';
            *end++ = '"';
        }
        if (cursor->format == FORMAT_CSV_TEXTS && end != NULL && memchr(to, '.', (size_t)(end - to)) == NULL)
            end = stpcpy(end, ".0");
        break;
    }
    return end != NULL ? end : write_null(to, cursor);
}

/* One value of a raw JSON row as CSV. */
static void write_raw_csv(const struct cursor *cursor, struct json_object *value, struct buf *out)
{
    const char *text = json_object_is_type(value, json_type_string)
                           ? json_object_get_string(value)
                           : json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);

    if (value == NULL)
        buf_text(out, cursor->null_text);
    else
        buf_csv(out, text, strlen(text),
                cursor->format == FORMAT_CSV_QUOTED ||
                    (cursor->format == FORMAT_CSV_TEXTS && json_object_is_type(value, json_type_string)));
}

static void write_answer(struct cursor *cursor, struct buf *out)
{
    struct answer *answer = cursor->plan->answer;
    bool json = cursor->format == FORMAT_JSON;
    size_t in_period, period = answer_find(answer, cursor->row++, &in_period);

    if (cursor->groups == NULL || period != cursor->period) {
        groups_release(cursor->groups);
        cursor->groups = answer_period(answer, period);
        cursor->period = period;
    }
    buf_text(out, json ? "[" : "");
    for (size_t i = 0; i < cursor->order_count; i++) {
        buf_text(out, i > 0 ? "," : "");
        if (cursor->order[i] == ROWS_EXTRA_COLUMN)
            buf_text(out, cursor->format == FORMAT_CSV ? "extra" : "\"extra\"");
        else
            answer_write(answer, cursor->groups, in_period, cursor->order[i], cursor->format,
                         cursor->null_text, out);
    }
    buf_text(out, json ? "]" : "");
}

static void write_fixed(struct cursor *cursor, struct buf *out)
{
    const char *raw = cursor->plan->fixed->rows[cursor->row++];
    struct json_object *values = NULL;

    if (cursor->format == FORMAT_JSON) {
        buf_text(out, raw);
        return;
    }
    values = json_tokener_parse(raw);
    for (size_t i = 0; i < cursor->order_count; i++) {
        if (i > 0)
            buf_char(out, ',');
        if (cursor->order[i] == ROWS_EXTRA_COLUMN)
            buf_text(out, "extra");
        else if (json_object_is_type(values, json_type_array))
            write_raw_csv(cursor, json_object_array_get_idx(values, cursor->order[i]), out);
    }
    json_object_put(values);
}

void cursor_write(struct cursor *cursor, struct buf *out)
{
    const struct plan *plan = cursor->plan;

    if (plan->fixed != NULL) {
        write_fixed(cursor, out);
        return;
    }
    if (plan->answer != NULL) {
        write_answer(cursor, out);
        return;
    }
    char *start = buf_reserve(out, plan->row_bytes[cursor->format]);
    if (start == NULL)
        return;
    struct row row = row_of(cursor);
    char *to = start;
    if (cursor->format == FORMAT_JSON)
        *to++ = '[';
    for (size_t i = 0; i < cursor->order_count; i++) {
        if (i > 0)
            *to++ = ',';
        if (cursor->order[i] == ROWS_EXTRA_COLUMN)
            to = stpcpy(to, cursor->format == FORMAT_CSV ? "extra" : "\"extra\"");
        else
            to = write_value(to, cursor, &plan->columns[cursor->order[i]], &row);
    }
    if (cursor->format == FORMAT_JSON)
        *to++ = ']';
    *to = '\0';
    out->length += (size_t)(to - start);
    advance(cursor);
}

void cursor_end(struct cursor *cursor)
{
    groups_release(cursor->groups);
    cursor->groups = NULL;
}
