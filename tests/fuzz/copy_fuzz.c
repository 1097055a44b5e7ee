/* Whatever number is encoded for COPY, reading it back as PostgreSQL does (numeric_recv) gives the same
 * number; text is there byte for byte. */
#include "base/decimal.h"
#include "wire/json/json_reader.h"
#include "wire/pg/copy_format.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition)
        abort();
}

static int int16_at(const char *bytes)
{
    return (int16_t)((unsigned char)bytes[0] << 8 | (unsigned char)bytes[1]);
}

static size_t length_at(const char *bytes)
{
    return (size_t)(uint16_t)int16_at(bytes) << 16 | (uint16_t)int16_at(bytes + 2);
}

/* The digits as the server would print them, from the groups alone. */
static void decode(const char *bytes, size_t length, char *out)
{
    int groups = (uint16_t)int16_at(bytes);
    int weight = int16_at(bytes + 2);
    int scale = (uint16_t)int16_at(bytes + 6);
    expect(length == 8 + 2 * (size_t)groups);
    if (int16_at(bytes + 4) != 0)
        *out++ = '-';
    for (int place = weight > 0 ? weight : 0; place >= 0 || -4 * (place + 1) < scale; place--) {
        int index = weight - place;
        int group = index >= 0 && index < groups ? int16_at(bytes + 8 + 2 * index) : 0;
        expect(group >= 0 && group < 10000);
        if (place == -1)
            *out++ = '.';
        out += sprintf(out, "%04d", group);
    }
    *out = '\0';
}

/* `00060.5000` is a JSON number but for its zeros in front. */
static const char *without_zeros(char *text)
{
    bool negative = *text == '-';
    char *digits = text + negative;
    while (digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9')
        digits++;
    if (negative)
        *--digits = '-';
    return digits;
}

static void check_number(const char *number, size_t length)
{
    char wanted[DECIMAL_CANONICAL];
    char found[DECIMAL_CANONICAL];
    size_t wanted_length;
    size_t found_length;
    static char decoded[1 << 19];
    SCOPED(buf) struct buf row = buf_make((size_t)1 << 20);
    if (!copy_numeric_fits(number, length))
        return;
    expect(copy_put_numeric(&row, number, length) && length_at(row.bytes) == row.length - 4);
    decode(row.bytes + 4, row.length - 4, decoded);
    const char *digits = without_zeros(decoded);
    if (!decimal_canonical(number, length, wanted, &wanted_length))
        return;
    expect(decimal_canonical(digits, strlen(digits), found, &found_length));
    expect(found_length == wanted_length && memcmp(found, wanted, found_length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    if (size == 0)
        return 0;
    SCOPED(buf) struct buf row = buf_make(size + 3);
    expect(!copy_put_text(&row, text, size) && row.length == 0);
    row.max_bytes = size + 4;
    expect(copy_put_text(&row, text, size) && row.length == size + 4 && length_at(row.bytes) == size);
    expect(memcmp(row.bytes + 4, text, size) == 0);
    if (json_is_number(text, size))
        check_number(text, size);
    return 0;
}
