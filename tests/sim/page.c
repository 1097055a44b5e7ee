#include "page.h"

#include <string.h>

struct writer {
    struct buf *out;
    const char *omit;
    bool first;
};

/* Starts a member unless it is to be left out. */
static bool member(struct writer *writer, const char *name)
{
    if (writer->omit != NULL && strcmp(writer->omit, name) == 0)
        return false;
    buf_format(writer->out, "%s\"%s\": ", writer->first ? "" : ",", name);
    writer->first = false;
    return true;
}

static void text_member(struct writer *writer, const char *name, const char *text)
{
    if (text != NULL && member(writer, name))
        buf_json(writer->out, text);
}

static void number_member(struct writer *writer, const char *name, int64_t number)
{
    if (member(writer, name))
        buf_format(writer->out, "%lld", (long long)number);
}

static void write_columns(const struct page *page, struct buf *out)
{
    if (page->rule != NULL && page->rule->columns != NULL) {
        buf_text(out, page->rule->columns_text);
        return;
    }
    buf_char(out, '[');
    for (size_t i = 0; i < plan_column_count(page->plan); i++) {
        if (i > 0)
            buf_char(out, ',');
        buf_json(out, plan_column_name(page->plan, i));
    }
    buf_char(out, ']');
}

static uint64_t rows_on_page(const struct page *page)
{
    uint64_t offset = (uint64_t)page->offset;
    uint64_t rows = offset < page->plan->total ? page->plan->total - offset : 0;

    if (rows > (uint64_t)page->limit)
        rows = (uint64_t)page->limit;
    if (page->rule != NULL && page->rule->rows != RULE_NONE && (uint64_t)page->rule->rows < rows)
        rows = (uint64_t)page->rule->rows;
    return rows;
}

static void write_rows(const struct page *page, uint64_t rows, struct buf *out)
{
    size_t order[PLAN_MAX_COLUMNS];
    size_t count = plan_column_count(page->plan);
    struct cursor cursor = {0};
    struct row_writer writer = {.cursor = &cursor, .rule = page->rule, .last = BUF_MAX((size_t)1 << 20)};

    count = count < PLAN_MAX_COLUMNS ? count : PLAN_MAX_COLUMNS;
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    if (rows > 0)
        cursor_start(&cursor, page->plan, FORMAT_JSON,
                     page->plan->config->null_as == NULL_AS_NULL ? "null" : "\"\"", order, count,
                     (uint64_t)page->offset);
    buf_char(out, '[');
    for (uint64_t i = 0; i < rows; i++) {
        if (i > 0)
            buf_add(out, ",\n", 2);
        row_writer_write(&writer, out);
    }
    buf_char(out, ']');
    row_writer_free(&writer);
    cursor_end(&cursor);
}

static int64_t total_told(const struct page *page)
{
    int64_t total = (int64_t)page->plan->total;

    if (page->rule != NULL && page->rule->total != RULE_NONE)
        return page->rule->total;
    return page->rule != NULL && page->rule->total_add != RULE_NONE ? total + page->rule->total_add : total;
}

uint64_t page_write(const struct page *page, struct buf *out)
{
    struct writer writer = {out, page->rule != NULL ? page->rule->omit : NULL, true};
    uint64_t rows = 0;

    buf_char(out, '{');
    text_member(&writer, "status", query_status_name(page->status));
    text_member(&writer, "id", page->id);
    text_member(&writer, "detail_uri", page->detail_uri);
    if (page->status == QUERY_DONE && member(&writer, "result")) {
        rows = rows_on_page(page);
        buf_char(out, '{');
        writer.first = true;
        if (member(&writer, "columns"))
            write_columns(page, out);
        if (member(&writer, "rows"))
            write_rows(page, rows, out);
        number_member(&writer, "total", total_told(page));
        number_member(&writer, "offset", page->offset);
        number_member(&writer, "limit", page->limit_told);
        buf_text(out, page->trailing_comma ? ",\n}" : "}");
    }
    buf_char(out, '}');
    return rows;
}
