#include "report/html/html_block.h"

#include "base/arena.h"
#include "base/text.h"
#include "load/reports.h"
#include "report/html/html_text.h"

#include <string.h>

void html_needs(const char *sql, struct buf *needs)
{
    const char *beginning = "-- needs:";
    if (!text_starts_with(sql, beginning))
        return;
    const char *word = sql + strlen(beginning);
    while (*word == ' ') {
        word += strspn(word, " ");
        size_t length = strcspn(word, " \n");
        if (length > 0)
            buf_print(needs, "%s%.*s", needs->length > 0 ? "\n" : "", (int)length, word);
        word += length;
    }
}

/* A shipped job has the name of its table. */
void html_put_missing(const struct text_list *tables, struct buf *out)
{
    buf_put(out, tables->count == 1 ? "The table " : "The tables ");
    for (size_t i = 0; i < tables->count; i++)
        buf_print(out, "%s<code>%s</code>",
                  i == 0                  ? ""
                  : i + 1 < tables->count ? ", "
                                          : " and ",
                  tables->items[i]);
    buf_put(out, tables->count == 1
                     ? " is missing. The shipped job of this name loads it: <code>tokenflex-etl run"
                     : " are missing. The shipped jobs of these names load them: <code>tokenflex-etl run");
    for (size_t i = 0; i < tables->count; i++)
        buf_print(out, " %s", tables->items[i]);
    buf_put(out, "</code>");
}

static bool find_missing(const struct html_source *source, const char *sql, struct buf *why, struct err *err)
{
    SCOPED(buf) struct buf needs = buf_make(BUF_OWN_TEXT);
    SCOPED(arena) struct arena *arena = arena_make();
    struct report_tables tables;
    html_needs(sql, &needs);
    if (needs.length == 0)
        return true;
    if (!reports_split_tables(source->pg, source->schema, buf_text(&needs), arena, &tables, err))
        return false;
    if (tables.missing.count > 0)
        html_put_missing(&tables.missing, why);
    return true;
}

static void explain(const char *words, const struct err *failed, struct buf *why)
{
    buf_put(why, words);
    buf_put(why, " <span class=\"cause\"><bdi>");
    html_put_text(why, failed->text);
    buf_put(why, "</bdi></span>");
}

bool html_explain(const struct err *failed, struct buf *why)
{
    static const struct {
        const char *sqlstate;
        const char *words;
    } known[] = {
        {"42501", "The role of the database may not read this."},
        {"42P01", "The schema <code>tokenflex_etl</code> is missing or of an older version. "
                  "<code>tokenflex-etl init</code> brings it up to date."},
        {"42703", "A table does not have the columns that its shipped job makes."},
        {"42883", "A table does not have the types that its shipped job makes."},
        {"42804", "A table does not have the types that its shipped job makes."},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (text_equal(failed->sqlstate, known[i].sqlstate)) {
            explain(known[i].words, failed, why);
            return true;
        }
    return false;
}

bool html_query(const struct html_source *source, const char *sql, struct pg_params params, PGresult **rows,
                struct buf *why, struct err *err)
{
    *rows = NULL;
    if (!find_missing(source, sql, why, err))
        return false;
    if (why->length > 0)
        return true;
    if (!pg_exec(source->pg, "savepoint block", err))
        return false;
    *rows = pg_query(source->pg, sql, params, err);
    if (*rows)
        return pg_exec(source->pg, "release savepoint block", err);
    if (!html_explain(err, why))
        return false;
    err_clear(err);
    return pg_exec(source->pg, "rollback to savepoint block", err);
}

static void put_message(const char *class_name, const char *html, struct buf *out)
{
    buf_print(out, "<p class=\"%s\">%s</p>\n", class_name, html);
}

static bool put_title(const struct html_source *source, const struct html_block *block, struct buf *out,
                      struct err *err)
{
    SCOPED(buf) struct buf why = buf_make_result();
    SCOPED(pg_result) PGresult *named = NULL;
    if (block->name_sql && source->contract &&
        !html_query(source, block->name_sql, PG_PARAMS(source->contract), &named, &why, err))
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
    html_put_table(rows, &block->table, block->caption, out);
    if (block->note)
        put_message("note", block->note, out);
}

bool html_put_block(const struct html_source *source, const struct html_block *block, struct buf *out,
                    struct err *err)
{
    SCOPED(buf) struct buf why = buf_make_result();
    SCOPED(pg_result) PGresult *rows = NULL;
    buf_put(out, "<section>\n");
    if (!put_title(source, block, out, err))
        return false;
    if (block->has_names && !source->names)
        put_message("none", "Names are shown only with <code>--names</code>.", out);
    else if (!html_query(source, block->sql, PG_PARAMS(source->contract), &rows, &why, err))
        return err_wrap(err, "cannot read `%s`", block->title);
    else if (!rows)
        put_message("missing", buf_text(&why), out);
    else
        put_rows(source, block, rows, out);
    buf_put(out, "</section>\n");
    return true;
}
