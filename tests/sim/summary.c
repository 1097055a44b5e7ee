#include "summary.h"

#include "date.h"
#include "rows.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* One line of the summary. */
struct line {
    int64_t month, year;
    int category;
    int64_t thousandths; /* of a token */
};

struct lines {
    struct line *list;
    size_t count;
};

struct summary_filter {
    int64_t from_month, to_month; /* inclusive */
    int64_t contract_year;        /* 0: any */
    int category;                 /* -1: any */
};

/* The number of a category by the name that it has today. */
static int category_of_today(const char *name)
{
    static const int today[CATEGORY_COUNT] = {0, 1, 2, 3, 4, 0, 2, 1};
    int category = category_find(name);

    return category < 0 ? -1 : today[category];
}

/* The summary of the usage still calls categories as it did long ago. */
static const char *old_name(int category)
{
    static const char *const names[CATEGORY_DEFAULT_COUNT] = {
        "PRODUCT_CONSUMPTION", "CLOUD_PRODUCT_CONSUMPTION", "CLOUD_CONSUMPTION"};

    return names[category] != NULL ? names[category] : category_names[category];
}

static bool read_filter(const struct request *request, struct summary_filter *filter)
{
    char *from = text_form_get(request->form, "minUsageMonth");
    char *to = text_form_get(request->form, "maxUsageMonth");
    char *category = text_form_get(request->form, "usageCategory");
    int64_t day;
    bool good = text_form_number(request->form, "contractYear", 0, &filter->contract_year);

    filter->to_month = date_month_of(request->config->window_to - 1);
    filter->from_month = filter->to_month - 11;
    filter->category = category != NULL ? category_of_today(category) : -1;
    good = good && (category == NULL || filter->category >= 0);
    if (to != NULL && (good = good && date_parse(to, &day)))
        filter->to_month = date_month_of(day);
    if (from != NULL && (good = good && date_parse(from, &day)))
        filter->from_month = date_month_of(day);
    if (filter->to_month - filter->from_month > 600)
        filter->from_month = filter->to_month - 600;
    free(from);
    free(to);
    free(category);
    return good;
}

static bool is_wanted(const struct summary_filter *filter, const struct line *line)
{
    return line->month >= filter->from_month && line->month <= filter->to_month &&
           (filter->contract_year == 0 || filter->contract_year == line->year) &&
           (filter->category < 0 || filter->category == line->category);
}

/* Adds to the line of the same month, year and category, or a new one. */
static void add(struct lines *lines, const struct line *more)
{
    size_t i = 0;

    while (i < lines->count && (lines->list[i].month != more->month || lines->list[i].year != more->year ||
                                lines->list[i].category != more->category))
        i++;
    if (i == lines->count) {
        lines->list = mem_grow(lines->list, lines->count + 1, sizeof *lines->list);
        lines->list[lines->count++] = *more;
        return;
    }
    lines->list[i].thousandths += more->thousandths;
}

/* -12.5 is -12500; digits past the third are dropped: the generator makes none. */
static int64_t thousandths_of(const char *number)
{
    char *rest;
    bool negative = *number == '-';
    int64_t value = strtoll(number + negative, &rest, 10) * 1000;
    int64_t weight = 100;

    for (const char *at = *rest == '.' ? rest + 1 : ""; *at >= '0' && *at <= '9'; at++) {
        value += (*at - '0') * weight;
        weight /= 10;
    }
    return negative ? -value : value;
}

/* The text of a row's value, or NULL. */
static const char *value_of(const struct plan *plan, struct json_object *row, const char *name)
{
    for (size_t i = 0; i < plan_column_count(plan); i++)
        if (strcmp(plan_column_name(plan, i), name) == 0)
            return json_object_get_string(json_object_array_get_idx(row, i));
    return NULL;
}

static void add_row(struct lines *lines, const struct summary_filter *filter, const struct plan *plan,
                    struct json_object *row)
{
    struct line line;
    int64_t day;
    const char *date = value_of(plan, row, "usageDate");
    const char *category = value_of(plan, row, "usageCategory");
    const char *tokens = value_of(plan, row, "tokensConsumed");

    if (date == NULL)
        date = value_of(plan, row, "usageMonth");
    if (category == NULL)
        category = category_names[plan->body.categories[0]];
    if (date == NULL || tokens == NULL || !date_parse(date, &day) || category_of_today(category) < 0)
        return;
    line = (struct line){date_month_of(day), plan_contract_year(plan->contract_start_day, day),
                         category_of_today(category), thousandths_of(tokens)};
    if (is_wanted(filter, &line))
        add(lines, &line);
}

static void add_rows(struct lines *lines, const struct summary_filter *filter, struct plan *plan)
{
    struct buf text = BUF_MAX((size_t)1 << 20);
    struct cursor cursor;
    size_t order[PLAN_MAX_COLUMNS];

    for (size_t i = 0; i < PLAN_MAX_COLUMNS; i++)
        order[i] = i;
    cursor_start(&cursor, plan, FORMAT_JSON, "null", order, plan_column_count(plan), 0);
    while (cursor.row < plan->total) {
        text.length = 0;
        cursor_write(&cursor, &text);
        struct json_object *row = json_read(text.data);
        add_row(lines, filter, plan, row);
        json_object_put(row);
    }
    buf_free(&text);
}

/* The months of the filter, in place of the query's own `where`. */
static void set_window(struct json_object *query, const struct summary_filter *filter)
{
    char from[DATE_BYTES], to[DATE_BYTES];
    char *where = mem_format("usageMonth >= '%s' AND usageMonth < '%s'",
                             date_text(date_month_start(filter->from_month), from),
                             date_text(date_month_start(filter->to_month + 1), to));

    json_object_object_add(query, "where", json_object_new_string(where));
    free(where);
}

static bool add_query(struct lines *lines, const struct summary_filter *filter, struct request *request,
                      struct json_object *configured, char **message)
{
    struct query_body body;
    struct json_object *query = NULL;

    json_object_deep_copy(configured, &query, NULL);
    set_window(query, filter);
    bool good = body_read(json_object_to_json_string(query), BODY_EXPORT, &body, message);
    if (good) {
        struct plan *plan =
            plan_make(request->config, config_contract(request->config, request->contract), &body);

        add_rows(lines, filter, plan);
        plan_release(plan);
    }
    body_free(&body);
    json_object_put(query);
    return good;
}

static void add_difference(struct lines *lines, const struct summary_filter *filter, struct request *request,
                           struct json_object *added)
{
    struct line line;
    int64_t day;
    const struct contract *contract = config_contract(request->config, request->contract);
    int category = category_of_today(json_text(added, "category", ""));

    if (strcmp(json_text(added, "contract", request->contract), request->contract) != 0 || category < 0 ||
        !date_parse(json_text(added, "month", ""), &day))
        return;
    line = (struct line){date_month_of(day), plan_contract_year(contract->start_day, day), category,
                         thousandths_of(json_text(added, "tokens", "0"))};
    if (is_wanted(filter, &line))
        add(lines, &line);
}

static bool add_up(struct lines *lines, const struct summary_filter *filter, struct request *request,
                   char **message)
{
    struct json_object *settings = json_member(request->config->tree, "summary");
    struct json_object *queries = json_list(settings, "queries");
    struct json_object *added = json_list(settings, "add");

    for (size_t i = 0; i < json_object_array_length(queries); i++)
        if (!add_query(lines, filter, request, json_object_array_get_idx(queries, i), message))
            return false;
    for (size_t i = 0; i < json_object_array_length(added); i++)
        add_difference(lines, filter, request, json_object_array_get_idx(added, i));
    return true;
}

/* Figures that agree with nothing. */
static void make_up(struct lines *lines, const struct summary_filter *filter, struct request *request)
{
    const struct contract *contract = config_contract(request->config, request->contract);

    for (int64_t month = filter->from_month; month <= filter->to_month; month++)
        for (int category = 0; category < CATEGORY_DEFAULT_COUNT; category++) {
            uint64_t dice = text_mix((uint64_t)request->config->seed + text_hash(contract->number) +
                                     (uint64_t)month * 8 + (uint64_t)category);
            struct line line = {month, plan_contract_year(contract->start_day, date_month_start(month)),
                                category, (int64_t)((dice >> 20) % 20000) * 1000};

            if (is_wanted(filter, &line))
                add(lines, &line);
        }
}

static void write_tokens(struct buf *out, int64_t thousandths, bool whole)
{
    int64_t size = thousandths < 0 ? -thousandths : thousandths;

    if (whole)
        size = (size + 500) / 1000 * 1000;
    buf_format(out, "%s%lld", thousandths < 0 && size > 0 ? "-" : "", (long long)(size / 1000));
    if (size % 1000 != 0)
        buf_format(out, ".%03lld", (long long)(size % 1000));
}

static void write_line(struct buf *out, const struct request *request, const struct line *line)
{
    char date[DATE_BYTES];
    uint64_t dice = text_mix((uint64_t)request->config->seed + text_hash(request->contract) +
                             (uint64_t)line->month * 8 + (uint64_t)line->category);

    buf_format(out,
               "{\"usageMonth\":\"%s\",\"contractYear\":\"%lld\",\"usageCategory\":\"%s\",\"uniqueUsers\":%u,"
               "\"tokensConsumed\":",
               date_text(date_month_start(line->month), date), (long long)line->year,
               old_name(line->category), (unsigned)(dice % 300));
    write_tokens(out, line->thousandths, request->config->summary_whole);
    buf_char(out, '}');
}

void summary_read(struct sim *sim, struct request *request, struct reply *reply)
{
    struct summary_filter filter;
    struct lines lines = {0};
    char *message = NULL;
    struct json_object *settings = json_member(request->config->tree, "summary");
    bool is_made_up = json_object_array_length(json_list(settings, "queries")) == 0 &&
                      json_object_array_length(json_list(settings, "add")) == 0;

    (void)sim;
    if (!read_filter(request, &filter)) {
        reply_error(reply, 400, "A query parameter is malformed.");
        return;
    }
    if (is_made_up)
        make_up(&lines, &filter, request);
    else if (!add_up(&lines, &filter, request, &message))
        reply_error(reply, 500, message);
    if (message == NULL) {
        buf_char(&reply->body, '[');
        for (size_t i = 0; i < lines.count; i++) {
            buf_text(&reply->body, i > 0 ? ",\n" : "");
            write_line(&reply->body, request, &lines.list[i]);
        }
        buf_char(&reply->body, ']');
    }
    free(message);
    free(lines.list);
}
