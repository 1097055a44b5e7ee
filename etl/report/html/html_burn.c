#include "report/html/html_burn.h"

#include "base/json_writer.h"
#include "report/html/html_chart.h"
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

static void begin_line(const char *name, const char *role, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "name", name);
    json_put_text(json, "role", role);
    json_begin_array(json, "points");
}

static void end_line(struct json_writer *json)
{
    json_end(json);
    json_end(json);
}

void html_put_burn(const PGresult *rows, struct buf *out)
{
    SCOPED(buf) struct buf figures = buf_make_result();
    struct json_writer json = json_writer_make(&figures);
    int last = PQntuples(rows) - 1;
    const char *end = pg_value(rows, last, "end_date");
    json_begin_object(&json, NULL);
    json_put_text(&json, "kind", "burn");
    json_begin_array(&json, "lines");
    begin_line("Tokens left", "left", &json);
    for (int row = 0; row <= last; row++)
        put_point(pg_value(rows, row, "day"), pg_value(rows, row, "tokens_left"), &json);
    end_line(&json);
    begin_line("Pace that ends at zero", "pace", &json);
    put_point(pg_value(rows, last, "day"), pg_value(rows, last, "tokens_left"), &json);
    put_point(end, "0", &json);
    end_line(&json);
    json_end(&json);
    json_end(&json);
    html_put_figures("Tokens left on each day of the running contract year", "burn", buf_text(&figures), out);
}
