#include "load/report_text.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define PART_BEGINS "-- if "
#define PART_ENDS "-- end\n"

/* The table of a line that begins a part: its length, and *table; 0 for other lines. */
static size_t part_table(const char *line, const char **table)
{
    if (!text_starts_with(line, PART_BEGINS))
        return 0;
    *table = line + strlen(PART_BEGINS);
    return strcspn(*table, "\n");
}

static bool has_table(const struct text_list *existing, const char *table, size_t length)
{
    for (size_t i = 0; i < existing->count; i++)
        if (strlen(existing->items[i]) == length && strncmp(existing->items[i], table, length) == 0)
            return true;
    return false;
}

static size_t line_length(const char *line)
{
    size_t length = strcspn(line, "\n");
    return line[length] ? length + 1 : length;
}

void report_text_put(const char *text, const struct text_list *existing, struct buf *out)
{
    bool is_kept = true;
    for (const char *line = text; *line; line += line_length(line)) {
        const char *table;
        size_t length = part_table(line, &table);
        if (length > 0)
            is_kept = has_table(existing, table, length);
        else if (text_starts_with(line, PART_ENDS))
            is_kept = true;
        else if (is_kept)
            buf_print(out, "%.*s", (int)line_length(line), line);
    }
}

void report_text_put_query(const struct sql_report *source, const struct text_list *existing, struct buf *out)
{
    static const char begin[] = " as\n";
    SCOPED(buf) struct buf statements = buf_make(BUF_OWN_TEXT);
    report_text_put(source->text, existing, &statements);
    const char *view = strstr(buf_text(&statements), "create or replace view ");
    const char *query = view ? strstr(view, begin) : NULL;
    const char *end = query ? strstr(query, ";\n") : NULL;
    if (end)
        buf_print(out, "%.*s", (int)(end - query - (ptrdiff_t)strlen(begin)), query + strlen(begin));
}

void report_text_put_script(const struct sql_report *source, struct buf *out)
{
    for (const char *table = source->uses; *table; table += line_length(table)) {
        int length = (int)strcspn(table, "\n");
        buf_print(out, "select to_regclass('%.*s') is not null as has_%.*s \\gset\n", length, table, length,
                  table);
    }
    for (const char *line = source->text; *line; line += line_length(line)) {
        const char *table;
        size_t length = part_table(line, &table);
        if (length > 0)
            buf_print(out, "\\if :has_%.*s\n", (int)length, table);
        else if (text_starts_with(line, PART_ENDS))
            buf_put(out, "\\endif\n");
        else
            buf_print(out, "%.*s", (int)line_length(line), line);
    }
}

const struct sql_report *report_text_find(const char *name)
{
    size_t i = 0;
    while (i < sql_report_count && !text_equal(sql_reports[i].name, name))
        i++;
    assert(i < sql_report_count && "the program has no view of this name");
    return &sql_reports[i];
}
