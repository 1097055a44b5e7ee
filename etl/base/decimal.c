#include "base/decimal.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_EXPONENT_DIGITS 6

static size_t count_digits(const char *at, const char *end)
{
    const char *digit = at;
    while (digit < end && isdigit((unsigned char)*digit))
        digit++;
    return (size_t)(digit - at);
}

/* `e5`, `E+05`, and nothing. */
static bool read_exponent(const char *at, const char *end, long *exponent)
{
    char text[1 + MAX_EXPONENT_DIGITS + 1] = {0};
    if (at == end)
        return true;
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    bool is_signed = at < end && (*at == '-' || *at == '+');
    size_t digits = count_digits(at + is_signed, end);
    if (digits == 0 || digits > MAX_EXPONENT_DIGITS || at + is_signed + digits != end)
        return false;
    memcpy(text, at, is_signed + digits);
    *exponent = strtol(text, NULL, 10);
    return true;
}

bool decimal_split(const char *bytes, size_t length, struct decimal *decimal)
{
    const char *end = bytes + length;
    *decimal = (struct decimal){.negative = length > 0 && *bytes == '-'};
    const char *at = bytes + (decimal->negative ? 1 : 0);
    decimal->whole = at;
    decimal->whole_length = count_digits(at, end);
    at += decimal->whole_length;
    decimal->fraction = at;
    if (at < end && *at == '.') {
        decimal->fraction = ++at;
        decimal->fraction_length = count_digits(at, end);
        at += decimal->fraction_length;
    }
    bool has_digits = decimal->whole_length + decimal->fraction_length > 0;
    return has_digits && read_exponent(at, end, &decimal->exponent);
}

/* The digit `place` positions left of the decimal point (0: ones; negative: behind the point). */
static char digit_at(const struct decimal *decimal, long place)
{
    long shifted = place - decimal->exponent;
    if (shifted >= 0)
        return shifted < (long)decimal->whole_length
                   ? decimal->whole[(long)decimal->whole_length - 1 - shifted]
                   : '0';
    long behind = -shifted - 1;
    return behind < (long)decimal->fraction_length ? decimal->fraction[behind] : '0';
}

static bool is_zero(const struct decimal *decimal)
{
    for (size_t i = 0; i < decimal->whole_length; i++)
        if (decimal->whole[i] != '0')
            return false;
    for (size_t i = 0; i < decimal->fraction_length; i++)
        if (decimal->fraction[i] != '0')
            return false;
    return true;
}

bool decimal_canonical(const char *bytes, size_t length, char *out, size_t *out_length)
{
    struct decimal decimal;
    if (!decimal_split(bytes, length, &decimal))
        return false;
    bool zero = is_zero(&decimal);
    long highest = zero ? 0 : (long)decimal.whole_length - 1 + decimal.exponent;
    long lowest = zero ? 0 : decimal.exponent - (long)decimal.fraction_length;
    while (highest > 0 && digit_at(&decimal, highest) == '0')
        highest--;
    if (highest < 0)
        highest = 0;
    while (lowest < 0 && digit_at(&decimal, lowest) == '0')
        lowest++;
    if (lowest > 0)
        lowest = 0;
    if (highest - lowest + 4 > DECIMAL_CANONICAL)
        return false;

    size_t at = 0;
    if (decimal.negative && !zero)
        out[at++] = '-';
    for (long place = highest; place >= lowest; place--) {
        if (place == -1)
            out[at++] = '.';
        out[at++] = digit_at(&decimal, place);
    }
    out[at] = '\0';
    *out_length = at;
    return true;
}

bool decimal_to_uint(const char *bytes, size_t length, uint64_t most, uint64_t *value)
{
    char digits[DECIMAL_CANONICAL];
    size_t digits_length;
    return decimal_canonical(bytes, length, digits, &digits_length) && text_to_uint(digits, most, value);
}
