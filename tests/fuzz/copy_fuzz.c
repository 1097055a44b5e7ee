/* Whatever text is encoded for COPY, decoding it by the manual's rules gives the same text back, in one
 * value. */
#include "wire/copy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The byte that a letter behind a backslash stands for, as the manual's table has it. */
static char meaning_of(char letter)
{
    switch (letter) {
    case 'b':
        return 8;
    case 't':
        return 9;
    case 'n':
        return 10;
    case 'v':
        return 11;
    case 'f':
        return 12;
    case 'r':
        return 13;
    case '\\':
        return '\\';
    default:
        abort(); /* the encoder has no business to write another */
    }
}

/* Decodes one value, which must end at the first raw line end; returns its length. */
static size_t decode(const char *row, char *out)
{
    size_t length = 0;
    for (; *row != '\n'; row++) {
        if (*row == '\t' || *row == '\r')
            abort();
        out[length++] = *row == '\\' ? meaning_of(*++row) : *row;
    }
    if (row[1] != '\0')
        abort();
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || memchr(data, 0, size))
        return 0;
    /* The first byte decides the ceiling: the way near it is another than far from it. */
    size_t ceiling = data[0] < 128 ? size * 2 + 1 : size;
    const char *text = (const char *)data + 1;
    size_t length = size - 1;
    SCOPED(buf) struct buf row = buf_make(ceiling);
    if (!copy_put_text(&row, text, length)) {
        if (row.length != 0 || ceiling != size)
            abort();
        return 0;
    }
    if (row.length > ceiling)
        abort();
    row.max_bytes = ceiling + 1;
    if (!copy_end_row(&row))
        abort();
    char *decoded = malloc(row.length);
    if (decode(row.bytes, decoded) != length || memcmp(decoded, text, length) != 0)
        abort();
    free(decoded);
    return 0;
}
