#include "base/decimal_sum.h"

#include "base/decimal.h"
#include "base/mem.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

/* Every number of this many digits fits an int64_t. */
#define SMALL_DIGITS 18

/* A small number's scale is below this. */
#define SCALES (SMALL_DIGITS + 1)

__extension__ typedef __int128 wide;

/* Half of what a wide holds: one addition more, of at most 10^18 × 2^32, does not overflow. */
#define WIDE_CEILING ((wide)1 << 126)

struct decimal_sum {
    wide small[SCALES]; /* by scale */
    mpz_t large;        /* of numbers that are not small, and of small sums that passed WIDE_CEILING */
    unsigned long large_scale;
};

struct decimal_number decimal_number_of(int64_t value)
{
    bool fits = value > INT64_MIN;
    return (struct decimal_number){
        .is_small = fits, .mantissa = value, .bytes = "-9223372036854775808", .length = 20};
}

struct decimal_number decimal_number_read(const char *bytes, size_t length)
{
    struct decimal_number number = {.bytes = bytes, .length = length};
    bool negative = length > 0 && bytes[0] == '-';
    bool in_fraction = false;
    unsigned digits = 0;
    uint64_t mantissa = 0;
    unsigned scale = 0;
    for (size_t i = negative; i < length; i++) {
        if (bytes[i] == '.') {
            in_fraction = true;
            while (bytes[length - 1] == '0')
                length--;
            continue;
        }
        if (bytes[i] < '0' || bytes[i] > '9' || ++digits > SMALL_DIGITS)
            return number;
        mantissa = mantissa * 10 + (uint64_t)(bytes[i] - '0');
        scale += in_fraction;
    }
    number.is_small = true;
    number.mantissa = negative ? -(int64_t)mantissa : (int64_t)mantissa;
    number.scale = scale;
    return number;
}

struct decimal_sum *decimal_sum_make(void)
{
    struct decimal_sum *sum = mem_alloc(1, sizeof *sum);
    mpz_init(sum->large);
    return sum;
}

void decimal_sum_release(struct decimal_sum *sum)
{
    if (!sum)
        return;
    mpz_clear(sum->large);
    free(sum);
}

void decimal_sum_cleanup(struct decimal_sum **sum)
{
    decimal_sum_release(*sum);
    *sum = NULL;
}

void decimal_sum_clear(struct decimal_sum *sum)
{
    memset(sum->small, 0, sizeof sum->small);
    mpz_set_ui(sum->large, 0);
    sum->large_scale = 0;
}

void decimal_sum_copy(struct decimal_sum *sum, const struct decimal_sum *other)
{
    memcpy(sum->small, other->small, sizeof sum->small);
    mpz_set(sum->large, other->large);
    sum->large_scale = other->large_scale;
}

static void scale_up(mpz_t number, unsigned long digits)
{
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, digits);
    mpz_mul(number, number, power);
    mpz_clear(power);
}

/* Adds number / 10^scale to sum->large. May change number. */
static void add_large(struct decimal_sum *sum, mpz_t number, unsigned long scale)
{
    if (scale > sum->large_scale) {
        scale_up(sum->large, scale - sum->large_scale);
        sum->large_scale = scale;
    } else {
        scale_up(number, sum->large_scale - scale);
    }
    mpz_add(sum->large, sum->large, number);
}

static void set_wide(mpz_t number, wide value)
{
    __extension__ unsigned __int128 size = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    mpz_set_ui(number, (unsigned long)(size >> 64));
    mpz_mul_2exp(number, number, 64);
    mpz_add_ui(number, number, (unsigned long)size);
    if (value < 0)
        mpz_neg(number, number);
}

static void move_to_large(struct decimal_sum *sum, unsigned scale)
{
    mpz_t number;
    mpz_init(number);
    set_wide(number, sum->small[scale]);
    add_large(sum, number, scale);
    mpz_clear(number);
    sum->small[scale] = 0;
}

/* The digits of a number as one whole number, NUL-ended; *scale: how many of them are behind the point. */
static bool read_digits(const struct decimal_number *number, struct buf *digits, long *scale)
{
    struct decimal split;
    if (!decimal_split(number->bytes, number->length, &split))
        return false;
    buf_put(digits, split.negative ? "-" : "");
    *scale = (long)split.fraction_length - split.exponent;
    return buf_append(digits, split.whole, split.whole_length) &&
           buf_append(digits, split.fraction, split.fraction_length) && buf_append(digits, "", 1);
}

static bool add_text(struct decimal_sum *sum, const struct decimal_number *number, int64_t factor)
{
    long scale;
    mpz_t value;
    SCOPED(buf) struct buf digits = buf_make(number->length + 3);
    if (!read_digits(number, &digits, &scale))
        return false;
    mpz_init_set_str(value, digits.bytes, 10);
    mpz_mul_si(value, value, factor);
    if (scale < 0)
        scale_up(value, (unsigned long)-scale);
    add_large(sum, value, scale < 0 ? 0 : (unsigned long)scale);
    mpz_clear(value);
    return true;
}

bool decimal_sum_add(struct decimal_sum *sum, const struct decimal_number *number, int64_t factor)
{
    if (!number->is_small)
        return add_text(sum, number, factor);
    wide *small = &sum->small[number->scale];
    *small += (wide)number->mantissa * factor;
    if (*small > WIDE_CEILING || *small < -WIDE_CEILING)
        move_to_large(sum, number->scale);
    return true;
}

/* Sets total so that the whole sum is total / 10^(the return value). */
static unsigned long add_up(const struct decimal_sum *sum, mpz_t total)
{
    struct decimal_sum all = {.large_scale = sum->large_scale};
    mpz_init_set(all.large, sum->large);
    memcpy(all.small, sum->small, sizeof all.small);
    for (unsigned scale = 0; scale < SCALES; scale++)
        if (all.small[scale] != 0)
            move_to_large(&all, scale);
    mpz_set(total, all.large);
    mpz_clear(all.large);
    return all.large_scale;
}

void decimal_sum_add_sum(struct decimal_sum *sum, const struct decimal_sum *other)
{
    mpz_t total;
    mpz_init(total);
    unsigned long scale = add_up(other, total);
    add_large(sum, total, scale);
    mpz_clear(total);
}

bool decimal_sum_is_zero(const struct decimal_sum *sum)
{
    mpz_t total;
    mpz_init(total);
    add_up(sum, total);
    bool is_zero = mpz_sgn(total) == 0;
    mpz_clear(total);
    return is_zero;
}

void decimal_sum_put(const struct decimal_sum *sum, struct buf *text)
{
    mpz_t total;
    mpz_init(total);
    unsigned long scale = add_up(sum, total);
    while (scale > 0 && mpz_divisible_ui_p(total, 10)) {
        mpz_divexact_ui(total, total, 10);
        scale--;
    }
    if (mpz_sgn(total) < 0)
        buf_put(text, "-");
    mpz_abs(total, total);
    char *digits = mpz_get_str(NULL, 10, total);
    size_t length = strlen(digits);
    size_t behind = (size_t)scale;
    if (length <= behind) {
        buf_put(text, "0.");
        for (size_t zeros = length; zeros < behind; zeros++)
            buf_put(text, "0");
        buf_put(text, digits);
    } else {
        buf_print(text, "%.*s", (int)(length - behind), digits);
        buf_put(text, behind > 0 ? "." : "");
        buf_put(text, digits + length - behind);
    }
    free(digits);
    mpz_clear(total);
}
