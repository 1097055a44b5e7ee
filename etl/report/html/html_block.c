#include "report/html/html_block.h"

#include "report/html/html_text.h"

static void put_table_names(const struct text_list *tables, struct buf *out)
{
    for (size_t i = 0; i < tables->count; i++) {
        const char *separator = i == 0 ? "" : i + 1 < tables->count ? ", " : " and ";
        buf_print(out, "%s<code>", separator);
        html_put_text(out, tables->items[i]);
        buf_put(out, "</code>");
    }
}

/* A shipped job has the name of its table. */
static void put_missing(const struct text_list *tables, struct buf *out)
{
    bool is_one = tables->count == 1;
    buf_put(out, is_one ? "The table " : "The tables ");
    put_table_names(tables, out);
    buf_put(out, is_one ? " is missing. The shipped job of this name loads it: <code>tokenflex-etl run"
                        : " are missing. The shipped jobs of these names load them: <code>tokenflex-etl run");
    for (size_t i = 0; i < tables->count; i++) {
        buf_put(out, " ");
        html_put_text(out, tables->items[i]);
    }
    buf_put(out, "</code>");
}

static void put_words(const struct page_problem *problem, struct buf *out)
{
    switch (problem->kind) {
    case PAGE_PROBLEM_NONE:
        return;
    case PAGE_PROBLEM_MISSING:
        put_missing(&problem->missing, out);
        return;
    case PAGE_PROBLEM_FORBIDDEN:
        buf_put(out, "The role of the database may not read this.");
        return;
    case PAGE_PROBLEM_TOOL_SCHEMA:
        buf_put(out, "The schema <code>tokenflex_etl</code> is missing or of an older version. "
                     "<code>tokenflex-etl init</code> brings it up to date.");
        return;
    case PAGE_PROBLEM_COLUMNS:
        buf_put(out, "A table does not have the columns that its shipped job makes.");
        return;
    case PAGE_PROBLEM_UNFIT:
        buf_put(out, "There are no figures, because they would not be the usage of the contract.");
        return;
    case PAGE_PROBLEM_FAILED:
        buf_put(out, "The database cannot compute this.");
        return;
    }
}

void html_put_problem(const struct page_problem *problem, struct buf *out)
{
    buf_put(out, "<p class=\"missing\">");
    put_words(problem, out);
    if (problem->cause) {
        buf_put(out, " <span class=\"cause\"><bdi>");
        html_put_text(out, problem->cause);
        buf_put(out, "</bdi></span>");
    }
    buf_put(out, "</p>\n");
}

static void put_message(const char *class_name, const char *html, struct buf *out)
{
    buf_print(out, "<p class=\"%s\">%s</p>\n", class_name, html);
}

/* The figures are there, but not those of some tables. */
static void put_without(const struct text_list *tables, struct buf *out)
{
    if (tables->count == 0)
        return;
    buf_put(out, "<p class=\"note\">Without the usage of tables that are missing. ");
    put_missing(tables, out);
    buf_put(out, "</p>\n");
}

static void put_remark(const char *remark, struct buf *out)
{
    if (!remark)
        return;
    buf_put(out, "<p class=\"note\">Of the tables: ");
    html_put_text(out, remark);
    buf_put(out, ".</p>\n");
}

static bool read_part(const struct html_source *source, enum page_part part, PGresult **rows,
                      struct page_problem *problem, struct err *err)
{
    return page_read_contract(&source->figures, part, source->contract, rows, problem, err);
}

static bool put_title(const struct html_source *source, const struct html_block *block, struct buf *out,
                      struct err *err)
{
    struct page_problem problem;
    SCOPED(pg_result) PGresult *named = NULL;
    if (block->has_name && !read_part(source, block->name_part, &named, &problem, err))
        return false;
    buf_print(out, "<h3>%s", block->title);
    if (named && PQntuples(named) > 0 && *pg_value(named, 0, "name")) {
        buf_put(out, ": ");
        html_put_label(out, pg_value(named, 0, "name"));
    }
    buf_print(out, "</h3>\n<p class=\"question\">%s</p>\n", block->question);
    return true;
}

static void put_rows(const struct html_source *source, const struct html_block *block, const PGresult *rows,
                     struct buf *out)
{
    if (PQntuples(rows) == 0) {
        put_message("none", block->none, out);
        return;
    }
    if (block->chart)
        html_put_chart(rows, &block->table, block->chart, out);
    if (block->put_chart)
        block->put_chart(source, rows, out);
    html_put_table(rows, &block->table, out);
    if (block->note)
        put_message("note", block->note, out);
}

bool html_put_block(const struct html_source *source, const struct html_block *block, struct buf *out,
                    struct err *err)
{
    struct page_problem problem;
    SCOPED(pg_result) PGresult *rows = NULL;
    buf_put(out, "<section>\n");
    if (!put_title(source, block, out, err))
        return false;
    if (block->has_names && !source->names)
        put_message("none", "Names are shown only with <code>--names</code>.", out);
    else if (!read_part(source, block->part, &rows, &problem, err))
        return err_wrap(err, "cannot read `%s`", block->title);
    else if (!rows)
        html_put_problem(&problem, out);
    else {
        put_rows(source, block, rows, out);
        put_without(&problem.missing, out);
        put_remark(problem.remark, out);
    }
    buf_put(out, "</section>\n");
    return true;
}
