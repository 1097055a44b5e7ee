#include "report/html/html_burn.h"

#include "base/json_writer.h"
#include "report/html/html_chart.h"
#include "report/html/html_forecast.h"
#include "wire/json/json_reader.h"

#include <string.h>

static void put_point(const char *day, const char *tokens, struct json_writer *json)
{
    if (!json_is_number(tokens, strlen(tokens)))
        return;
    json_begin_array(json, NULL);
    json_put_text(json, NULL, day);
    json_put_json(json, NULL, tokens);
    json_end(json);
}

void html_put_burn(const struct html_source *source, const PGresult *rows, struct buf *out)
{
    SCOPED(buf) struct buf figures = buf_make_result();
    struct json_writer json = json_writer_make(&figures);
    const struct forecast_item *item = html_forecast_of(source->forecast, source->contract);
    json_begin_object(&json, NULL);
    json_put_text(&json, "kind", "burn");
    json_put_text(&json, "end", pg_value(rows, 0, "end_date"));
    json_begin_array(&json, "lines");
    json_begin_object(&json, NULL);
    json_put_text(&json, "name", "Tokens left");
    json_put_text(&json, "role", "left");
    json_begin_array(&json, "points");
    for (int row = 0; row < PQntuples(rows); row++)
        put_point(pg_value(rows, row, "day"), pg_value(rows, row, "tokens_left"), &json);
    json_end(&json);
    json_end(&json);
    if (item)
        html_forecast_put_lines(item, &json);
    json_end(&json);
    json_end(&json);
    html_put_figures("Tokens left on each day of the running contract year, and the forecast", "burn",
                     buf_text(&figures), out);
}
