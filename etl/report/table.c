#include "report/table.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>

struct table {
    const char *const *headings;
    size_t columns;
    struct arena *arena;
    const char **cells;
    size_t cell_count;
};

struct table *table_make(const char *const *headings, size_t count)
{
    struct table *table = mem_alloc(1, sizeof *table);
    table->headings = headings;
    table->columns = count;
    table->arena = arena_make();
    return table;
}

void table_release(struct table *table)
{
    arena_release(table->arena);
    free(table);
}

void table_add(struct table *table, const char *text)
{
    const char **cell = arena_push(table->arena, &table->cells, &table->cell_count, sizeof *cell);
    char *copy = arena_copy_text(table->arena, text ? text : "");
    text_make_safe(copy);
    *cell = copy;
}

void table_add_number(struct table *table, unsigned long long number)
{
    const char **cell = arena_push(table->arena, &table->cells, &table->cell_count, sizeof *cell);
    *cell = arena_print(table->arena, "%llu", number);
}

/* Counts the characters: UTF-8 continuation bytes are skipped. */
static size_t display_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static bool is_right(const char *heading)
{
    return heading[0] == '>';
}

static const char *heading_text(const char *heading)
{
    return is_right(heading) ? heading + 1 : heading;
}

static size_t column_width(const struct table *table, size_t column)
{
    size_t width = display_width(heading_text(table->headings[column]));
    for (size_t i = column; i < table->cell_count; i += table->columns) {
        size_t one = display_width(table->cells[i]);
        width = one > width ? one : width;
    }
    return width;
}

static void put_cell(const struct table *table, size_t column, size_t width, const char *text,
                     struct buf *out)
{
    size_t padding = width - display_width(text);
    bool last = column + 1 == table->columns;
    bool right = is_right(table->headings[column]);
    if (right)
        buf_print(out, "%*s", (int)padding, "");
    buf_put(out, text);
    if (!right && !last)
        buf_print(out, "%*s", (int)padding, "");
    buf_put(out, last ? "\n" : "  ");
}

void table_put(const struct table *table, struct buf *out)
{
    SCOPED(mem) size_t *widths = mem_alloc(table->columns, sizeof *widths);
    for (size_t i = 0; i < table->columns; i++) {
        widths[i] = column_width(table, i);
        put_cell(table, i, widths[i], heading_text(table->headings[i]), out);
    }
    for (size_t i = 0; i < table->cell_count; i++)
        put_cell(table, i % table->columns, widths[i % table->columns], table->cells[i], out);
}
