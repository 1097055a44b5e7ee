#include "answer.h"

#include "config.h"
#include "date.h"
#include "filter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum unit { UNIT_ALL, UNIT_MONTH, UNIT_DAY };

struct answer {
    struct known known;
    const struct query_body *body;
    struct grouping grouping;
    struct filter *filter;
    int shown[CATEGORY_DEFAULT_COUNT]; /* by category of today: the one of that name to show; -1: not asked */

    enum unit unit;
    int64_t from, to; /* days */
    size_t period_count;
    uint64_t *starts; /* number of the first row of each period, and of all rows */

    pthread_mutex_t lock;
    struct groups *kept; /* of the period used last */
    size_t kept_period;
};

struct adding {
    const struct answer *answer;
    struct groups *groups;
};

/* All categories, or those asked, which may go by their old names. */
static void set_categories(struct answer *answer)
{
    const struct query_body *body = answer->body;

    for (int i = 0; i < CATEGORY_DEFAULT_COUNT; i++)
        answer->shown[i] = body->category_count == 0 ? i : -1;
    for (size_t i = 0; i < body->category_count; i++)
        answer->shown[category_today(body->categories[i])] = body->categories[i];
}

static void set_grouping(struct answer *answer)
{
    const struct query_body *body = answer->body;
    struct grouping *grouping = &answer->grouping;

    for (size_t i = 0; i < body->field_count; i++) {
        int place = world_place(answer->known.contract, body->fields[i]);

        grouping->places[grouping->place_count++] = place;
        if (place == VALUE_DATE || place == VALUE_CHARGED_ITEM ||
            field_find(body->fields[i])->dimension == DIMENSION_SECOND)
            answer->unit = UNIT_DAY;
        else if (place == VALUE_MONTH && answer->unit == UNIT_ALL)
            answer->unit = UNIT_MONTH;
    }
    for (size_t i = 0; i < body->metric_count; i++)
        grouping->metrics[grouping->metric_count++] = metric_find(body->metrics[i]);
}

static void set_periods(struct answer *answer)
{
    struct window window = filter_window(answer->filter);
    const struct known *known = &answer->known;

    answer->from = window.from > known->world.start_day ? window.from : known->world.start_day;
    answer->to = window.to < known->today ? window.to : known->today;
    if (answer->to <= answer->from)
        return;
    if (answer->unit == UNIT_ALL)
        answer->period_count = 1;
    if (answer->unit == UNIT_DAY)
        answer->period_count = (size_t)(answer->to - answer->from);
    if (answer->unit == UNIT_MONTH)
        answer->period_count = (size_t)(date_month_of(answer->to - 1) - date_month_of(answer->from) + 1);
}

static struct window period_window(const struct answer *answer, size_t period)
{
    struct window window = {answer->from, answer->to};
    int64_t month = date_month_of(answer->from) + (int64_t)period;

    if (answer->unit == UNIT_DAY)
        window = (struct window){answer->from + (int64_t)period, answer->from + (int64_t)period + 1};
    if (answer->unit == UNIT_MONTH && period > 0)
        window.from = date_month_start(month);
    if (answer->unit == UNIT_MONTH && date_month_start(month + 1) < window.to)
        window.to = date_month_start(month + 1);
    return window;
}

static void add_usage(void *context, const struct usage *usage)
{
    struct adding *adding = context;
    const struct answer *answer = adding->answer;

    if (answer->shown[usage->values[VALUE_CATEGORY]] >= 0 &&
        filter_holds(answer->filter, &answer->known, usage))
        groups_add(adding->groups, usage);
}

static struct groups *make_period(const struct answer *answer, size_t period)
{
    struct adding adding = {answer, groups_make(&answer->grouping)};
    struct window window = period_window(answer, period);

    known_each(&answer->known, window.from, window.to, false, add_usage, &adding);
    return adding.groups;
}

struct answer *answer_make(const struct config *config, const struct contract *contract,
                           const struct query_body *body)
{
    struct answer *answer = mem_zero(1, sizeof *answer);
    char *message = NULL;

    pthread_mutex_init(&answer->lock, NULL);
    answer->known = known_now(config, contract);
    answer->body = body;
    answer->filter = filter_read(body->where, contract, &message);
    free(message);
    set_categories(answer);
    set_grouping(answer);
    set_periods(answer);
    answer->starts = mem_zero(answer->period_count + 1, sizeof *answer->starts);
    for (size_t i = 0; i < answer->period_count; i++) {
        groups_release(answer->kept);
        answer->kept = make_period(answer, i);
        answer->kept_period = i;
        answer->starts[i + 1] = answer->starts[i] + answer->kept->count;
    }
    return answer;
}

void answer_free(struct answer *answer)
{
    if (answer == NULL)
        return;
    groups_release(answer->kept);
    filter_free(answer->filter);
    free(answer->starts);
    pthread_mutex_destroy(&answer->lock);
    free(answer);
}

uint64_t answer_total(const struct answer *answer)
{
    return answer->starts[answer->period_count];
}

size_t answer_find(const struct answer *answer, uint64_t row, size_t *in_period)
{
    size_t low = 0, high = answer->period_count;

    /* The last period that begins at the row or before it, and has rows. */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (answer->starts[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    *in_period = (size_t)(row - answer->starts[low]);
    return low;
}

struct groups *answer_period(struct answer *answer, size_t period)
{
    pthread_mutex_lock(&answer->lock);
    struct groups *groups =
        answer->kept != NULL && answer->kept_period == period ? groups_hold(answer->kept) : NULL;
    pthread_mutex_unlock(&answer->lock);
    if (groups != NULL)
        return groups;
    groups = make_period(answer, period);
    pthread_mutex_lock(&answer->lock);
    groups_release(answer->kept);
    answer->kept = groups_hold(groups);
    answer->kept_period = period;
    pthread_mutex_unlock(&answer->lock);
    return groups;
}

static void write_text(const char *text, size_t length, bool bare, enum format format, struct buf *out)
{
    if (bare && format != FORMAT_CSV_QUOTED)
        buf_add(out, text, length);
    else if (format == FORMAT_JSON)
        buf_json_part(out, text, length);
    else
        buf_csv(out, text, length, format != FORMAT_CSV);
}

static void write_field(const struct answer *answer, size_t column, uint64_t value, enum format format,
                        struct buf *out)
{
    int place = answer->grouping.places[column];
    const char *name = answer->body->fields[column];
    bool time = place < USAGE_CUSTOM && field_find(name)->dimension == DIMENSION_SECOND;
    bool date = place == VALUE_DATE || place == VALUE_MONTH;
    char text[WORLD_TEXT_BYTES];

    if (place == VALUE_CATEGORY)
        value = (uint64_t)answer->shown[value];
    size_t length = known_text(&answer->known, place, name, value, text);
    if (format == FORMAT_CSV_TEXTS && date) {
        strcpy(text + length, " 00:00:00");
        length += 9;
    }
    if (format == FORMAT_CSV_TEXTS && time)
        text[10] = ' ';
    write_text(text, length, place == VALUE_CONTRACT_YEAR || (format == FORMAT_CSV_TEXTS && (date || time)),
               format, out);
}

static void write_metric(enum metric metric, int64_t amount, enum format format, struct buf *out)
{
    bool whole = metric == METRIC_USES || metric == METRIC_USERS || metric == METRIC_PRODUCTS;

    if (format == FORMAT_CSV_QUOTED)
        buf_char(out, '"');
    buf_thousandths(out, amount, !whole || format == FORMAT_CSV_TEXTS);
    if (format == FORMAT_CSV_QUOTED)
        buf_char(out, '"');
}

static void write_null(enum format format, const char *null_text, struct buf *out)
{
    const char *quote = format == FORMAT_CSV_QUOTED ? "\"" : "";

    buf_format(out, "%s%s%s", quote, null_text, quote);
}

void answer_write(const struct answer *answer, const struct groups *groups, size_t row, size_t column,
                  enum format format, const char *null_text, struct buf *out)
{
    const struct grouping *grouping = &answer->grouping;

    if (column < grouping->place_count) {
        uint64_t value = groups->values[row * grouping->place_count + column];

        if (value == USAGE_NULL)
            write_null(format, null_text, out);
        else
            write_field(answer, column, value, format, out);
        return;
    }
    int64_t amount = groups->amounts[row * grouping->metric_count + column - grouping->place_count];
    if (amount == USAGE_NONE)
        write_null(format, null_text, out);
    else
        write_metric(grouping->metrics[column - grouping->place_count], amount, format, out);
}
