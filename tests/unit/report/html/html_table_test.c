#include "base/macros.h"
#include "report/html/html_chart.h"
#include "report/html/html_table.h"
#include "unit/report/html/made_result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const columns[] = {"kind", "name", "members", "tokens", "before"};

static const struct html_column shown[] = {
    {.name = "name", .heading = "Name", .kind = HTML_LABEL},
    {.name = "tokens", .heading = "Tokens", .kind = HTML_NUMBER},
    {.name = "before", .heading = "Before", .kind = HTML_SIGNED, .is_optional = true},
};

static const struct html_table table = {
    .columns = shown, .count = COUNT_OF(shown), .has_kinds = true, .none = "no name"};

#define HEAD "<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr>"
#define NAME(text)                                                                                           \
    "<th scope=\"row\" class=\"name\"><bdi class=\"label\" title=\"" text "\">" text "</bdi></th>"
#define FOOT "</tbody>\n</table>\n</div>\n"

static void expect(const struct html_table *of, const char *const *cells, size_t count, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *rows = made_result(columns, COUNT_OF(columns), cells, count);
    html_put_table(rows, of, &out);
    assert_string_equal(buf_text(&out), expected);
}

static void every_row_is_there_with_its_kind_and_places_of_its_table(void **state)
{
    (void)state;
    const char *const cells[] = {
        "item",   "a",  "1",  "1234.5", "-0.25", /* */
        "none",   NULL, "1",  "2",      "3",     /* */
        "others", NULL, "12", "0",      NULL,    /* */
        "total",  NULL, "14", "1236.5", "0",
    };
    expect(&table, cells, COUNT_OF(cells),
           HEAD
           "<th scope=\"col\" class=\"name\">Name</th><th scope=\"col\" class=\"figure\">Tokens</th>"
           "<th scope=\"col\" class=\"figure\">Before</th></tr></thead>\n<tbody>\n"
           "<tr class=\"item\">" NAME(
               "a") "<td class=\"figure\">1,234.50</td>"
                    "<td class=\"figure less\">-0.25</td></tr>\n"
                    "<tr class=\"none\"><th scope=\"row\" class=\"name\">no name</th><td "
                    "class=\"figure\">2.00</td>"
                    "<td class=\"figure more\">+3.00</td></tr>\n"
                    "<tr class=\"others\"><th scope=\"row\" class=\"name\">12 others</th><td "
                    "class=\"figure\">0.00</td>"
                    "<td class=\"figure\"><span class=\"unknown\" title=\"not known\">–</span></td></tr>\n"
                    "<tr class=\"total\"><th scope=\"row\" class=\"name\">All</th><td "
                    "class=\"figure\">1,236.50</td>"
                    "<td class=\"figure\">0.00</td></tr>\n" FOOT);
}

static void a_column_that_may_be_absent_is_left_out_if_it_is_null_everywhere(void **state)
{
    (void)state;
    const char *const cells[] = {"item", "a", "1", "5", NULL};
    expect(&table, cells, COUNT_OF(cells),
           HEAD "<th scope=\"col\" class=\"name\">Name</th><th scope=\"col\" "
                "class=\"figure\">Tokens</th></tr></thead>\n<tbody>\n"
                "<tr class=\"item\">" NAME("a") "<td class=\"figure\">5</td></tr>\n" FOOT);
}

static void more_places_than_three_are_not_filled_up(void **state)
{
    (void)state;
    const char *const cells[] = {"item", "a", "1", "5", NULL, "item", "b", "1", "0.0001", NULL};
    expect(&table, cells, COUNT_OF(cells),
           HEAD "<th scope=\"col\" class=\"name\">Name</th><th scope=\"col\" "
                "class=\"figure\">Tokens</th></tr></thead>\n<tbody>\n"
                "<tr class=\"item\">" NAME("a") "<td class=\"figure\">5</td></tr>\n"
                                                "<tr class=\"item\">" NAME(
                                                    "b") "<td class=\"figure\">0.0001</td></tr>\n" FOOT);
}

static void a_heading_may_be_a_value_of_the_first_row(void **state)
{
    (void)state;
    static const struct html_column own[] = {{.name = "name", .heading_of = "before", .kind = HTML_TEXT}};
    static const struct html_table headed = {.columns = own, .count = 1};
    const char *const cells[] = {"item", "x", "1", "5", "2026-10"};
    expect(&headed, cells, COUNT_OF(cells),
           HEAD "<th scope=\"col\" class=\"word month\">2026-10</th></tr></thead>\n<tbody>\n"
                "<tr class=\"item\"><th scope=\"row\" class=\"word\"><bdi>x</bdi></th></tr>\n" FOOT);
}

static void the_hottest_cell_has_the_last_colour_and_nothing_has_the_first(void **state)
{
    (void)state;
    static const struct html_column own[] = {
        {.name = "name", .heading = "x", .kind = HTML_TEXT},
        {.name = "tokens", .heading = "x", .kind = HTML_HEAT},
        {.name = "before", .heading = "x", .kind = HTML_HEAT},
    };
    static const struct html_table heat = {.columns = own, .count = COUNT_OF(own)};
    const char *const cells[] = {"item", "x",  "1",    "90", "0.5", "item", "y", "1",
                                 "0",    "-3", "item", "z",  "1",   "45",   NULL};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *rows = made_result(columns, COUNT_OF(columns), cells, COUNT_OF(cells));
    html_put_table(rows, &heat, &out);
    assert_non_null(
        strstr(buf_text(&out), "<td class=\"figure h9\">90.0</td><td class=\"figure h1\">0.5</td>"));
    assert_non_null(
        strstr(buf_text(&out), "<td class=\"figure h0\">0.0</td><td class=\"figure h0\">-3.0</td>"));
    assert_non_null(strstr(buf_text(&out), "<td class=\"figure h5\">45.0</td><td class=\"figure\"><span"));
}

static void a_chart_has_the_figures_of_named_rows_and_null_for_what_is_no_number(void **state)
{
    (void)state;
    static const struct html_series series[] = {
        {.name = "now", .column = "tokens"},
        {.name = "then", .column = "members", .is_optional = true},
        {.name_of = "kind", .column = "before", .is_line = true, .is_second = true},
    };
    static const struct html_chart chart = {
        .kind = "bars", .about = "a & b", .label = "name", .series = series, .count = COUNT_OF(series)};
    const char *const cells[] = {
        "item",   "</script>", NULL, "1.50", "NaN", /* */
        "none",   NULL,        NULL, "2",    NULL,  /* */
        "others", NULL,        NULL, "7",    "7",
    };
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *rows = made_result(columns, COUNT_OF(columns), cells, COUNT_OF(cells));
    html_put_chart(rows, &table, &chart, &out);
    assert_string_equal(
        buf_text(&out),
        "<figure class=\"chart bars\" hidden><div><canvas role=\"img\" aria-label=\"a &amp; "
        "b\"></canvas></div>"
        "<script type=\"application/json\">{\"kind\":\"bars\",\"labels\":[\"\\u003c/script\\u003e\",\"no "
        "name\"],\"series\":["
        "{\"name\":\"now\",\"color\":1,\"line\":false,\"second\":false,\"values\":[1.50,2]},"
        "{\"name\":\"item\",\"color\":3,\"line\":true,\"second\":true,\"values\":[null,null]}]}</script></"
        "figure>\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_there_with_its_kind_and_places_of_its_table),
        cmocka_unit_test(a_column_that_may_be_absent_is_left_out_if_it_is_null_everywhere),
        cmocka_unit_test(more_places_than_three_are_not_filled_up),
        cmocka_unit_test(a_heading_may_be_a_value_of_the_first_row),
        cmocka_unit_test(the_hottest_cell_has_the_last_colour_and_nothing_has_the_first),
        cmocka_unit_test(a_chart_has_the_figures_of_named_rows_and_null_for_what_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
