#include "base/text.h"
#include "wire/csv/csv_inner.h"

#include <string.h>

static size_t ascii_end(const char *bytes, size_t at, size_t length)
{
    while (at < length && !((unsigned char)bytes[at] & CSV_TOP_BIT))
        at++;
    return at;
}

/* The length of the character past ASCII that bytes begin with; 0 when they begin with none. */
static size_t character_length(const char *bytes, size_t length)
{
    for (size_t taken = 2; taken <= 4 && taken <= length; taken++)
        if (text_is_utf8(bytes, taken))
            return taken;
    return 0;
}

size_t csv_utf8_end(const char *bytes, size_t length)
{
    size_t at = ascii_end(bytes, 0, length);
    while (at < length) {
        size_t end = at + 1;
        while (end < length && (unsigned char)bytes[end] >= 0x80)
            end++;
        if (!text_is_utf8(bytes + at, end - at)) {
            for (size_t step; (step = character_length(bytes + at, end - at)) > 0;)
                at += step;
            return at;
        }
        at = ascii_end(bytes, end, length);
    }
    return length;
}

void csv_make_cells(struct cell *cells, const char *text, const size_t *ends, size_t count)
{
    size_t start = 0;
    for (size_t i = 0; i < count; i++) {
        size_t quote = ends[i] > start && text[start] == '"';
        size_t length = ends[i] - start - 2 * quote;
        cells[i] = (struct cell){.kind = length > 0 ? CELL_TEXT : CELL_NULL,
                                 .bytes = text + start + quote,
                                 .length = length,
                                 .is_quoted = quote};
        start = ends[i] + 1;
    }
}

/* Makes one quote of each two. Returns the length that is left. */
static size_t unescape_quotes(char *bytes, size_t length)
{
    size_t from = 0;
    size_t to = 0;
    while (from < length) {
        char *quote = memchr(bytes + from, '"', length - from);
        size_t end = quote ? (size_t)(quote - bytes) + 1 : length;
        memmove(bytes + to, bytes + from, end - from);
        to += end - from;
        from = end + (quote != NULL);
    }
    return to;
}

void csv_undouble(struct cell *cells, size_t count, char *text)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].length > 0)
            cells[i].length = unescape_quotes(text + (cells[i].bytes - text), cells[i].length);
}
