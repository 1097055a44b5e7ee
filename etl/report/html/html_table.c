#include "report/html/html_table.h"

#include "base/text.h"
#include "report/html/html_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A table with more decimal places than this is not padded: each figure has those that it needs. */
#define MAX_PLACES 3

/* The cells of a heat map have the classes h0 (nothing) to h9 (the largest). */
#define HEAT_LEVELS 9

struct writing {
    const PGresult *rows;
    const struct html_table *table;
    struct buf *out;
    size_t places; /* of all tokens of the table */
    double hottest;
};

static const char *kind_of(const PGresult *rows, int row, const struct html_table *table)
{
    return table->has_kinds ? pg_value(rows, row, "kind") : "item";
}

static bool is_shown(const struct writing *writing, int row)
{
    return !writing->table->shown || pg_flag(writing->rows, row, writing->table->shown);
}

static bool is_empty(const PGresult *rows, const struct html_column *column)
{
    for (int row = 0; row < PQntuples(rows); row++)
        if (!pg_null(rows, row, column->name) || (column->below && !pg_null(rows, row, column->below)))
            return false;
    return true;
}

static bool is_left_out(const struct writing *writing, const struct html_column *column)
{
    return column->is_optional && is_empty(writing->rows, column);
}

static bool has_tokens(enum html_kind kind)
{
    return kind == HTML_NUMBER || kind == HTML_SIGNED || kind == HTML_HEAT;
}

static size_t places_of(const struct writing *writing, const char *name)
{
    size_t most = 0;
    for (int row = 0; row < PQntuples(writing->rows); row++) {
        size_t places = is_shown(writing, row) ? html_places(pg_value(writing->rows, row, name)) : 0;
        most = places > most ? places : most;
    }
    return most;
}

static size_t larger(size_t left, size_t right)
{
    return left > right ? left : right;
}

static void find_places(struct writing *writing)
{
    for (size_t i = 0; i < writing->table->count; i++) {
        const struct html_column *column = &writing->table->columns[i];
        if (!has_tokens(column->kind))
            continue;
        writing->places = larger(writing->places, places_of(writing, column->name));
        if (column->below)
            writing->places = larger(writing->places, places_of(writing, column->below));
    }
    if (writing->places > MAX_PLACES)
        writing->places = 0;
}

static void find_hottest(struct writing *writing)
{
    for (size_t i = 0; i < writing->table->count; i++) {
        const struct html_column *column = &writing->table->columns[i];
        for (int row = 0; column->kind == HTML_HEAT && row < PQntuples(writing->rows); row++) {
            double heat = strtod(pg_value(writing->rows, row, column->name), NULL);
            writing->hottest = heat > writing->hottest && isfinite(heat) ? heat : writing->hottest;
        }
    }
}

/* Rounded up: whatever is above zero has a colour. */
static int heat_of(const struct writing *writing, const char *digits)
{
    double share = strtod(digits, NULL) / writing->hottest;
    if (!(share > 0))
        return 0;
    int level = (int)(share * HEAT_LEVELS);
    return level < HEAT_LEVELS ? level + 1 : HEAT_LEVELS;
}

static const char *class_of(enum html_kind kind)
{
    switch (kind) {
    case HTML_LABEL:
        return "name";
    case HTML_TEXT:
    case HTML_MONTH:
        return "word";
    case HTML_PROSE:
        return "prose";
    case HTML_COUNT:
    case HTML_NUMBER:
    case HTML_SIGNED:
    case HTML_PERCENT:
    case HTML_CHANGE:
    case HTML_METER:
    case HTML_HEAT:
        break;
    }
    return "figure";
}

static void put_heading(const struct writing *writing, const struct html_column *column)
{
    buf_print(writing->out, "<th scope=\"col\" class=\"%s%s\">", class_of(column->kind),
              column->heading ? "" : " month");
    html_put_text(writing->out,
                  column->heading ? column->heading : pg_value(writing->rows, 0, column->heading_of));
    buf_put(writing->out, "</th>");
}

/* The dash of a value that is not known, with words for those who do not see it. */
static void put_unknown(struct buf *out)
{
    buf_put(out, "<span class=\"unknown\" title=\"not known\">–</span>");
}

static void put_figure(const struct writing *writing, const struct html_column *column, const char *digits)
{
    struct buf *out = writing->out;
    bool is_signed = column->kind == HTML_SIGNED || column->kind == HTML_CHANGE;
    bool is_percent =
        column->kind == HTML_PERCENT || column->kind == HTML_CHANGE || column->kind == HTML_METER;
    if (is_signed && *digits != '-' && strpbrk(digits, "123456789"))
        buf_put(out, "+");
    html_put_number(out, digits, is_percent ? 1 : has_tokens(column->kind) ? writing->places : 0);
    if (is_percent)
        buf_put(out, " %");
}

static void put_value(const struct writing *writing, const struct html_column *column, const char *value)
{
    struct buf *out = writing->out;
    switch (column->kind) {
    case HTML_LABEL:
        html_put_label(out, value);
        return;
    case HTML_TEXT:
    case HTML_PROSE:
        buf_put(out, "<bdi>");
        html_put_text(out, value);
        buf_put(out, "</bdi>");
        return;
    case HTML_MONTH:
        buf_print(out, "%.7s", value);
        return;
    case HTML_METER:
        buf_put(out, "<meter min=\"0\" max=\"100\" value=\"");
        html_put_text(out, value);
        buf_put(out, "\"></meter> ");
        break;
    case HTML_COUNT:
    case HTML_NUMBER:
    case HTML_SIGNED:
    case HTML_PERCENT:
    case HTML_CHANGE:
    case HTML_HEAT:
        break;
    }
    put_figure(writing, column, value);
}

const char *html_name_of(const PGresult *rows, int row, const struct html_table *table, const char *column)
{
    const char *kind = kind_of(rows, row, table);
    if (text_equal(kind, "others") || text_equal(kind, "total"))
        return NULL;
    return text_equal(kind, "none") && table->none ? table->none : pg_value(rows, row, column);
}

static void put_name(const struct writing *writing, int row, const struct html_column *column)
{
    const char *kind = kind_of(writing->rows, row, writing->table);
    if (text_equal(kind, "others")) {
        html_put_number(writing->out, pg_value(writing->rows, row, "members"), 0);
        buf_put(writing->out, " others");
    } else if (text_equal(kind, "total")) {
        buf_put(writing->out, "All");
    } else if (text_equal(kind, "none")) {
        html_put_text(writing->out, html_name_of(writing->rows, row, writing->table, column->name));
    } else {
        html_put_label(writing->out, pg_value(writing->rows, row, column->name));
    }
}

static void put_below(const struct writing *writing, int row, const struct html_column *column)
{
    buf_put(writing->out, "<small>");
    if (pg_null(writing->rows, row, column->below))
        put_unknown(writing->out);
    else
        put_figure(writing, column, pg_value(writing->rows, row, column->below));
    buf_put(writing->out, "</small>");
}

static void put_cell(const struct writing *writing, int row, size_t index)
{
    const struct html_column *column = &writing->table->columns[index];
    const char *value = pg_value(writing->rows, row, column->name);
    const char *element = index == 0 ? "th scope=\"row\"" : "td";
    buf_print(writing->out, "<%s class=\"%s", element, class_of(column->kind));
    if (column->kind == HTML_HEAT && !pg_null(writing->rows, row, column->name))
        buf_print(writing->out, " h%d", heat_of(writing, value));
    if ((column->kind == HTML_SIGNED || column->kind == HTML_CHANGE) && strpbrk(value, "123456789"))
        buf_put(writing->out, *value == '-' ? " less" : " more");
    buf_put(writing->out, "\">");
    if (index == 0 && column->kind == HTML_LABEL)
        put_name(writing, row, column);
    else if (pg_null(writing->rows, row, column->name))
        put_unknown(writing->out);
    else
        put_value(writing, column, value);
    if (column->below)
        put_below(writing, row, column);
    buf_print(writing->out, "</%s>", index == 0 ? "th" : "td");
}

static void put_row(const struct writing *writing, int row)
{
    buf_print(writing->out, "<tr class=\"%s\">", kind_of(writing->rows, row, writing->table));
    for (size_t i = 0; i < writing->table->count; i++)
        if (!is_left_out(writing, &writing->table->columns[i]))
            put_cell(writing, row, i);
    buf_put(writing->out, "</tr>\n");
}

void html_put_table(const PGresult *rows, const struct html_table *table, struct buf *out)
{
    struct writing writing = {.rows = rows, .table = table, .out = out};
    find_hottest(&writing);
    find_places(&writing);
    buf_put(out, "<div class=\"scroll\" tabindex=\"0\">\n<table>\n");
    buf_put(out, "<thead><tr>");
    for (size_t i = 0; i < table->count; i++)
        if (!is_left_out(&writing, &table->columns[i]))
            put_heading(&writing, &table->columns[i]);
    buf_put(out, "</tr></thead>\n<tbody>\n");
    for (int row = 0; row < PQntuples(rows); row++)
        if (is_shown(&writing, row))
            put_row(&writing, row);
    buf_put(out, "</tbody>\n</table>\n</div>\n");
}
