#include "report/html/html_chart.h"

#include "base/json_writer.h"
#include "report/html/html_text.h"
#include "wire/json/json_reader.h"

#include <string.h>

void html_put_figures(const char *about, const char *kind, const char *figures, struct buf *out)
{
    buf_print(out, "<figure class=\"chart %s\" hidden><div><canvas role=\"img\" aria-label=\"", kind);
    html_put_text(out, about);
    buf_put(out, "\"></canvas></div><script type=\"application/json\">");
    html_put_json(out, figures);
    buf_put(out, "</script></figure>\n");
}

/* A number that JSON does not have (NaN, Infinity) is null: a gap in the chart. */
static void put_number(const char *digits, struct json_writer *json)
{
    if (json_is_number(digits, strlen(digits)))
        json_put_json(json, NULL, digits);
    else
        json_put_null(json, NULL);
}

static void put_labels(const PGresult *rows, const struct html_table *table, const struct html_chart *chart,
                       struct json_writer *json)
{
    json_begin_array(json, "labels");
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *name = html_name_of(rows, row, table, chart->label);
        char month[8] = {0};
        if (name && chart->has_months)
            name = memcpy(month, name, strnlen(name, sizeof month - 1));
        if (name)
            json_put_text(json, NULL, name);
    }
    json_end(json);
}

static bool is_empty(const PGresult *rows, const struct html_series *series)
{
    for (int row = 0; row < PQntuples(rows); row++)
        if (!pg_null(rows, row, series->column))
            return false;
    return true;
}

static void put_series(const PGresult *rows, const struct html_table *table, const struct html_chart *chart,
                       const struct html_series *series, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "name", series->name ? series->name : pg_value(rows, 0, series->name_of));
    json_put_integer(json, "color", series - chart->series + 1); /* the same whichever others are left out */
    json_put_flag(json, "line", series->is_line);
    json_put_flag(json, "second", series->is_second);
    json_begin_array(json, "values");
    for (int row = 0; row < PQntuples(rows); row++)
        if (html_name_of(rows, row, table, chart->label))
            put_number(pg_value(rows, row, series->column), json);
    json_end(json);
    json_end(json);
}

void html_put_chart(const PGresult *rows, const struct html_table *table, const struct html_chart *chart,
                    struct buf *out)
{
    SCOPED(buf) struct buf figures = buf_make_result();
    struct json_writer json = json_writer_make(&figures);
    json_begin_object(&json, NULL);
    json_put_text(&json, "kind", chart->kind);
    put_labels(rows, table, chart, &json);
    json_begin_array(&json, "series");
    for (size_t i = 0; i < chart->count; i++)
        if (!chart->series[i].is_optional || !is_empty(rows, &chart->series[i]))
            put_series(rows, table, chart, &chart->series[i], &json);
    json_end(&json);
    json_end(&json);
    html_put_figures(chart->about, chart->kind, buf_text(&figures), out);
}
