#include "run/status_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_COLUMNS 80
#define INDENT 4

const char *status_age_format(int64_t age_ms, char *out)
{
    int64_t seconds = age_ms > 0 ? age_ms / 1000 : 0;
    if (seconds < 120)
        snprintf(out, STATUS_AGE_TEXT, "%" PRId64 " s", seconds);
    else if (seconds < 7200)
        snprintf(out, STATUS_AGE_TEXT, "%" PRId64 " min", seconds / 60);
    else if (seconds < 172800)
        snprintf(out, STATUS_AGE_TEXT, "%" PRId64 " h", seconds / 3600);
    else
        snprintf(out, STATUS_AGE_TEXT, "%" PRId64 " days", seconds / 86400);
    return out;
}

const char *status_number_format(uint64_t number, char *out)
{
    static const char letters[] = "kMGTPE";
    if (number < 10000) {
        snprintf(out, STATUS_NUMBER_TEXT, "%" PRIu64, number);
        return out;
    }
    /* Three digits, cut and not rounded: 9,999,999 are not 10.0M yet. */
    uint64_t unit = 1000;
    size_t letter = 0;
    while (number / unit >= 1000) {
        unit *= 1000;
        letter++;
    }
    uint64_t whole = number / unit;
    uint64_t thousandths = number % unit / (unit / 1000);
    if (whole >= 100)
        snprintf(out, STATUS_NUMBER_TEXT, "%" PRIu64 "%c", whole, letters[letter]);
    else if (whole >= 10)
        snprintf(out, STATUS_NUMBER_TEXT, "%" PRIu64 ".%" PRIu64 "%c", whole, thousandths / 100,
                 letters[letter]);
    else
        snprintf(out, STATUS_NUMBER_TEXT, "%" PRIu64 ".%02" PRIu64 "%c", whole, thousandths / 10,
                 letters[letter]);
    return out;
}

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
