#include "report/html/html_contracts.h"

#include "base/text.h"
#include "report/html/html_forecast.h"
#include "report/html/html_text.h"

#include <stdlib.h>
#include <string.h>

static struct html_contract *contract_of(const char *number, struct arena *arena,
                                         struct html_contracts *contracts)
{
    for (size_t i = 0; i < contracts->count; i++)
        if (text_equal(contracts->items[i].number, number))
            return &contracts->items[i];
    struct html_contract *added =
        arena_push(arena, &contracts->items, &contracts->count, sizeof(struct html_contract));
    added->number = arena_copy_text(arena, number);
    return added;
}

static int by_number(const void *left, const void *right)
{
    const struct html_contract *one = left;
    const struct html_contract *other = right;
    return strcmp(one->number, other->number);
}

/* A statement of contract numbers; of one that cannot be read there are none. */
static bool add(const struct html_source *source, enum page_part part, struct arena *arena,
                struct html_contracts *contracts, struct err *err)
{
    struct page_problem problem;
    SCOPED(pg_result) PGresult *rows = NULL;
    if (!page_read(&source->figures, part, PG_NO_PARAMS, &rows, &problem, err))
        return false;
    for (int row = 0; rows && row < PQntuples(rows); row++)
        contract_of(pg_value(rows, row, "contract_number"), arena, contracts);
    return true;
}

static bool add_names(const struct html_source *source, struct arena *arena, struct html_contracts *contracts,
                      struct err *err)
{
    struct page_problem problem;
    SCOPED(pg_result) PGresult *rows = NULL;
    if (!page_read(&source->figures, PAGE_CONTRACTS_NAMED, PG_NO_PARAMS, &rows, &problem, err))
        return false;
    for (int row = 0; rows && row < PQntuples(rows); row++) {
        struct html_contract *contract =
            contract_of(pg_value(rows, row, "contract_number"), arena, contracts);
        if (*pg_value(rows, row, "contract_name"))
            contract->name = arena_copy_text(arena, pg_value(rows, row, "contract_name"));
    }
    return true;
}

bool html_contracts_read(const struct html_source *source, struct arena *arena,
                         struct html_contracts *contracts, struct err *err)
{
    *contracts = (struct html_contracts){0};
    if (!add(source, PAGE_CONTRACTS, arena, contracts, err) ||
        !add(source, PAGE_CONTRACTS_YEARS, arena, contracts, err) ||
        !add_names(source, arena, contracts, err))
        return false;
    if (contracts->count > 0)
        qsort(contracts->items, contracts->count, sizeof *contracts->items, by_number);
    return true;
}

static const struct html_column columns[] = {
    {.name = "contract_number", .heading = "Contract", .kind = HTML_LABEL},
    {.name = "year", .heading = "Year", .kind = HTML_TEXT},
    {.name = "end_date", .heading = "Last day", .kind = HTML_TEXT},
    {.name = "tokens_at_start", .heading = "Provisioned", .kind = HTML_NUMBER},
    {.name = "tokens_left", .heading = "Left", .kind = HTML_NUMBER},
    {.name = "consumed_percent", .heading = "Consumed", .kind = HTML_METER},
    {.name = "elapsed_percent", .heading = "Days over", .kind = HTML_PERCENT},
    {.name = "runs_out_on", .heading = "Runs out on", .kind = HTML_TEXT, .is_optional = true},
    {.name = "runs_out_early", .heading = "Earliest", .kind = HTML_TEXT, .is_optional = true},
    {.name = "runs_out_late", .heading = "Latest", .kind = HTML_TEXT, .is_optional = true},
};

static void put_links(const struct html_contracts *contracts, struct buf *out)
{
    buf_put(out, "<nav><ul>\n");
    for (size_t i = 0; i < contracts->count; i++) {
        buf_print(out, "<li><a href=\"#contract-%zu\">", i + 1);
        html_put_label(out, contracts->items[i].number);
        buf_put(out, "</a>");
        if (contracts->items[i].name) {
            buf_put(out, " ");
            html_put_label(out, contracts->items[i].name);
        }
        buf_put(out, "</li>\n");
    }
    buf_put(out, "</ul></nav>\n");
}

static void put_day(const struct forecast_day *day, const char *separator, struct buf *out)
{
    char text[DATE_TEXT];
    buf_put(out, separator);
    if (day && day->is_known)
        buf_put(out, date_format(day->day, text));
}

bool html_contracts_put_overview(const struct html_source *source, const struct html_contracts *contracts,
                                 struct buf *out, struct err *err)
{
    static const struct html_table table = {.columns = columns, .count = COUNT_OF(columns)};
    struct page_problem problem;
    SCOPED(buf) struct buf numbers = buf_make_result();
    SCOPED(buf) struct buf on = buf_make_result();
    SCOPED(buf) struct buf early = buf_make_result();
    SCOPED(buf) struct buf late = buf_make_result();
    SCOPED(pg_result) PGresult *rows = NULL;
    for (size_t i = 0; i < contracts->count; i++) {
        const struct forecast_item *item = html_forecast_of(source->forecast, contracts->items[i].number);
        const char *separator = i > 0 ? "\n" : "";
        buf_print(&numbers, "%s%s", separator, contracts->items[i].number);
        put_day(item ? &item->runs_out_on : NULL, separator, &on);
        put_day(item ? &item->runs_out_early : NULL, separator, &early);
        put_day(item ? &item->runs_out_late : NULL, separator, &late);
    }
    if (!page_read(&source->figures, PAGE_OVERVIEW,
                   PG_PARAMS(buf_text(&numbers), buf_text(&on), buf_text(&early), buf_text(&late)), &rows,
                   &problem, err))
        return false;
    buf_put(out, "<section class=\"overview\">\n<h2>Overview</h2>\n<p class=\"question\">How many tokens "
                 "does each contract "
                 "have left in its running year, or else in the next?</p>\n");
    if (rows)
        html_put_table(rows, &table, out);
    else
        html_put_problem(&problem, out);
    put_links(contracts, out);
    buf_put(out, "<p class=\"note\">Multi-year tokens are counted. The sections below have each contract’s "
                 "figures.</p>\n</section>\n");
    return true;
}
