#include "report/status/status_report.h"

#include <string.h>

#define LINE_COLUMNS 80
#define INDENT 4

/* Columns of a word: its characters, not its bytes. */
static size_t count_columns(const char *word, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)word[i] & 0xC0) != 0x80;
    return columns;
}

void status_put_wrapped(const char *text, struct buf *out)
{
    size_t column = 0;
    for (const char *word = text; *word; word += strspn(word, " ")) {
        size_t length = strcspn(word, " ");
        size_t columns = count_columns(word, length);
        if (column > INDENT && column + 1 + columns > LINE_COLUMNS) {
            buf_print(out, "\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > 0) {
            buf_put(out, " ");
            column++;
        }
        buf_print(out, "%.*s", (int)length, word);
        column += columns;
        word += length;
    }
    buf_put(out, "\n");
}

void status_put_chunks(const struct invocation *invocation, struct buf *out)
{
    if (invocation->chunks > 1)
        buf_print(out, ", after %zu of %zu chunks", invocation->succeeded + invocation->skipped,
                  invocation->chunks);
}

void status_put_lost_runner(const struct invocation *invocation, struct buf *out)
{
    const struct run_row *newest = invocation->newest;
    buf_print(out, "the run (process %d on %s) ended without finishing", newest->pid, newest->host);
    status_put_chunks(invocation, out);
}
