#include "summary.h"

#include "date.h"
#include "known.h"
#include "rows.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* One line of the summary. */
struct line {
    int64_t month, year;
    int category;
    int64_t thousandths; /* of a token */
    int64_t users;
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

static int category_of_today(const char *name)
{
    int category = category_find(name);

    return category < 0 ? -1 : category_today(category);
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
    if (config_has_world(request->config)) {
        struct known known = known_now(request->config, config_contract(request->config, request->contract));

        filter->to_month = date_month_of(known.today);
        filter->from_month = date_month_of(known.world.start_day);
    }
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
    lines->list[i].users += more->users;
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
    line = (struct line){date_month_of(day), world_contract_year(plan->contract_start_day, day),
                         category_of_today(category), text_thousandths(tokens), 0};
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
    cursor_end(&cursor);
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
    line = (struct line){date_month_of(day), world_contract_year(contract->start_day, day), category,
                         text_thousandths(json_text(added, "tokens", "0")), 0};
    if (is_wanted(filter, &line))
        add(lines, &line);
}

static void add_to_groups(void *context, const struct usage *usage)
{
    groups_add(context, usage);
}

/* What the world has by month, contract year and category. */
static void add_world(struct lines *lines, const struct summary_filter *filter, const struct request *request)
{
    static const struct grouping grouping = {.places = {VALUE_MONTH, VALUE_CONTRACT_YEAR, VALUE_CATEGORY},
                                             .place_count = 3,
                                             .metrics = {METRIC_TOKENS, METRIC_USERS},
                                             .metric_count = 2};
    struct known known = known_now(request->config, config_contract(request->config, request->contract));
    struct groups *groups = groups_make(&grouping);

    known_each(&known, date_month_start(filter->from_month), date_month_start(filter->to_month + 1), false,
               add_to_groups, groups);
    for (size_t i = 0; i < groups->count; i++) {
        const uint64_t *values = groups->values + i * grouping.place_count;
        const int64_t *amounts = groups->amounts + i * grouping.metric_count;
        struct line line = {(int64_t)values[0], (int64_t)values[1], (int)values[2], amounts[0],
                            amounts[1] / 1000};

        if (is_wanted(filter, &line))
            add(lines, &line);
    }
    groups_release(groups);
}

static bool add_up(struct lines *lines, const struct summary_filter *filter, struct request *request,
                   char **message)
{
    struct json_object *settings = json_member(request->config->tree, "summary");
    struct json_object *queries = json_list(settings, "queries");
    struct json_object *added = json_list(settings, "add");

    if (json_object_array_length(queries) == 0 && config_has_world(request->config))
        add_world(lines, filter, request);
    for (size_t i = 0; i < json_object_array_length(queries); i++)
        if (!add_query(lines, filter, request, json_object_array_get_idx(queries, i), message))
            return false;
    for (size_t i = 0; i < json_object_array_length(added); i++)
        add_difference(lines, filter, request, json_object_array_get_idx(added, i));
    return true;
}

static void write_line(struct buf *out, const struct request *request, const struct line *line)
{
    char date[DATE_BYTES];
    int64_t tokens = line->thousandths, half = tokens < 0 ? -500 : 500;

    if (request->config->summary_whole)
        tokens = (tokens + half) / 1000 * 1000;
    buf_format(
        out,
        "{\"usageMonth\":\"%s\",\"contractYear\":\"%lld\",\"usageCategory\":\"%s\",\"uniqueUsers\":%lld,"
        "\"tokensConsumed\":",
        date_text(date_month_start(line->month), date), (long long)line->year, old_name(line->category),
        (long long)line->users);
    buf_thousandths(out, tokens, false);
    buf_char(out, '}');
}

void summary_read(struct sim *sim, struct request *request, struct reply *reply)
{
    struct summary_filter filter;
    struct lines lines = {0};
    char *message = NULL;

    (void)sim;
    if (!read_filter(request, &filter)) {
        reply_error(reply, 400, "A query parameter is malformed.");
        return;
    }
    if (!add_up(&lines, &filter, request, &message))
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
