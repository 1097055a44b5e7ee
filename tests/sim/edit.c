#include "edit.h"

#include <string.h>

#define MAX_VALUES 256

struct span {
    size_t start, end;
};

/* Finds the values of a rendered row: JSON without its brackets, or CSV. */
static size_t split(const char *text, size_t length, bool json, struct span *values)
{
    size_t count = 0, start = 0;
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i <= length && count < MAX_VALUES; i++) {
        char c = i < length ? text[i] : ',';

        if (json && quoted && c == '\\' && i < length) {
            i++;
        } else if (c == '"' && i < length) {
            quoted = !quoted;
        } else if (!quoted && json && (c == '[' || c == '{' || c == ']' || c == '}')) {
            depth += c == '[' || c == '{' ? 1 : -1;
        } else if (c == ',' && ((!quoted && depth == 0) || i == length)) {
            values[count++] = (struct span){start, i};
            start = i + 1;
        }
    }
    return count;
}

size_t edit_value_column(const struct rule *rule, const struct plan *plan)
{
    if (rule->value_column == NULL)
        return rule->value_index < 0 ? 0 : (size_t)rule->value_index;
    for (size_t i = 0; i < plan_column_count(plan); i++)
        if (strcmp(plan_column_name(plan, i), rule->value_column) == 0)
            return i;
    return SIZE_MAX;
}

/* Where a column of the plan stands in the order written. */
static size_t place_of(const struct cursor *cursor, size_t column)
{
    for (size_t i = 0; i < cursor->order_count; i++)
        if (cursor->order[i] == column)
            return i;
    return SIZE_MAX;
}

static void edit_row(const struct row_writer *writer, const char *text, size_t length, struct buf *out)
{
    const struct rule *rule = writer->rule;
    bool json = writer->cursor->format == FORMAT_JSON;
    struct span values[MAX_VALUES];
    size_t count = split(text, length, json, values);
    int64_t width = (int64_t)count;
    size_t changed = SIZE_MAX;

    if (rule->width_row == (int64_t)writer->row)
        width += rule->width_add;
    if (rule->value_row == (int64_t)writer->row)
        changed = place_of(writer->cursor, edit_value_column(rule, writer->cursor->plan));
    for (size_t i = 0; (int64_t)i < width; i++) {
        if (i > 0)
            buf_char(out, ',');
        if (i == changed)
            buf_text(out, rule->value_raw);
        else if (i < count)
            buf_add(out, text + values[i].start, values[i].end - values[i].start);
        else
            buf_text(out, json ? "\"surplus\"" : "surplus");
    }
}

void row_writer_write(struct row_writer *writer, struct buf *out)
{
    const struct rule *rule = writer->rule;
    size_t start = out->length;

    cursor_write(writer->cursor, out);
    if (rule != NULL &&
        (rule->width_row == (int64_t)writer->row || rule->value_row == (int64_t)writer->row)) {
        bool json = writer->cursor->format == FORMAT_JSON && out->length - start >= 2;
        struct buf edited = BUF_MAX((size_t)1 << 20);

        if (json)
            buf_char(&edited, '[');
        edit_row(writer, out->data + start + json, out->length - start - 2 * json, &edited);
        if (json)
            buf_char(&edited, ']');
        out->length = start;
        buf_add(out, edited.data, edited.length);
        buf_free(&edited);
    }
    if (rule != NULL && rule->duplicate_row == (int64_t)writer->row) {
        buf_add(&writer->last, out->data + start, out->length - start);
    } else if (rule != NULL && rule->duplicate_row != RULE_NONE &&
               rule->duplicate_row + 1 == (int64_t)writer->row) {
        out->length = start;
        buf_add(out, writer->last.data, writer->last.length);
    }
    writer->row++;
}

void row_writer_free(struct row_writer *writer)
{
    buf_free(&writer->last);
}
