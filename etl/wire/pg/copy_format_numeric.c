/*
 * copy_format.h, numeric: groups of four decimal digits, aligned at the point, without groups of zeros at
 * either end (PostgreSQL's numeric_send and numeric_recv).
 *
 *     int16 groups, int16 weight (of the first group, as a power of 10,000), uint16 sign, uint16 scale
 * (digits shown behind the point), then the groups
 */
#include "base/decimal.h"
#include "wire/pg/copy_format.h"

#include <stdlib.h>
#include <string.h>

#define MAX_WHOLE_DIGITS 131072
#define MAX_SCALE 16383
#define NEGATIVE 0x4000

static bool fits(const struct decimal *decimal)
{
    return decimal->whole_length <= MAX_WHOLE_DIGITS && decimal->fraction_length <= MAX_SCALE;
}

/* The number without an exponent; one that has it is written out into canonical. */
static bool split_plain(const char *bytes, size_t length, char *canonical, struct decimal *decimal)
{
    if (!decimal_split(bytes, length, decimal))
        return false;
    if (decimal->exponent == 0)
        return fits(decimal);
    return decimal_canonical(bytes, length, canonical, &length) && decimal_split(canonical, length, decimal);
}

bool copy_numeric_fits(const char *bytes, size_t length)
{
    char canonical[DECIMAL_CANONICAL];
    struct decimal decimal;
    return split_plain(bytes, length, canonical, &decimal);
}

static char *put_int16(char *out, unsigned value)
{
    *out++ = (char)(value >> 8);
    *out++ = (char)value;
    return out;
}

/* Groups of four digits; a group that the digits do not fill has zeros before them (at the front of the whole
 * part) or behind (at the end of the fraction). */
static char *put_groups(char *out, const char *digits, size_t count, size_t in_first)
{
    unsigned group = 0;
    size_t left = in_first;
    for (size_t i = 0; i < count; i++) {
        group = group * 10 + (unsigned)(digits[i] - '0');
        if (--left == 0) {
            out = put_int16(out, group);
            group = 0;
            left = 4;
        }
    }
    if (left == 4)
        return out;
    for (; left > 0; left--)
        group *= 10;
    return put_int16(out, group);
}

struct groups {
    char *first;
    size_t count;
    int weight;
};

static bool is_zero_group(const char *group)
{
    return group[0] == 0 && group[1] == 0;
}

static void drop_zeros(struct groups *groups)
{
    while (groups->count > 0 && is_zero_group(groups->first)) {
        groups->first += 2;
        groups->count--;
        groups->weight--;
    }
    while (groups->count > 0 && is_zero_group(groups->first + 2 * (groups->count - 1)))
        groups->count--;
    if (groups->count == 0)
        groups->weight = 0;
}

/* Numbers of usual length are put together here, others in memory of their own. */
#define USUAL_BYTES 128

static bool put_value(struct buf *buf, const struct decimal *decimal, char *memory)
{
    char head[12];
    size_t in_first = (decimal->whole_length + 3) % 4 + 1;
    char *end = put_groups(memory, decimal->whole, decimal->whole_length, in_first);
    struct groups groups = {.first = memory, .weight = (int)((end - memory) / 2) - 1};
    end = put_groups(end, decimal->fraction, decimal->fraction_length, 4);
    groups.count = (size_t)(end - memory) / 2;
    drop_zeros(&groups);
    size_t length = 8 + 2 * groups.count;
    char *out = put_int16(put_int16(head, (unsigned)(length >> 16)), (unsigned)length);
    out = put_int16(out, (unsigned)groups.count);
    out = put_int16(out, (unsigned)groups.weight);
    out = put_int16(out, decimal->negative && groups.count > 0 ? NEGATIVE : 0);
    put_int16(out, (unsigned)decimal->fraction_length);
    if (!buf_reserve(buf, sizeof head + 2 * groups.count))
        return false;
    return buf_append(buf, head, sizeof head) && buf_append(buf, groups.first, 2 * groups.count);
}

bool copy_put_numeric(struct buf *buf, const char *bytes, size_t length)
{
    char canonical[DECIMAL_CANONICAL];
    char usual[USUAL_BYTES];
    struct decimal decimal;
    if (!split_plain(bytes, length, canonical, &decimal))
        abort();
    size_t most = (decimal.whole_length + decimal.fraction_length) / 2 + 8;
    if (most <= sizeof usual)
        return put_value(buf, &decimal, usual);
    char *memory = malloc(most);
    if (!memory)
        return false;
    bool put = put_value(buf, &decimal, memory);
    free(memory);
    return put;
}
