#include "base/readable.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

const char *readable_age(int64_t age_ms, char *out)
{
    int64_t seconds = age_ms > 0 ? age_ms / 1000 : 0;
    if (seconds < 120)
        snprintf(out, READABLE_TEXT, "%" PRId64 " s", seconds);
    else if (seconds < 7200)
        snprintf(out, READABLE_TEXT, "%" PRId64 " min", seconds / 60);
    else if (seconds < 172800)
        snprintf(out, READABLE_TEXT, "%" PRId64 " h", seconds / 3600);
    else
        snprintf(out, READABLE_TEXT, "%" PRId64 " days", seconds / 86400);
    return out;
}

const char *readable_span(int64_t span_ms, char *out)
{
    int64_t seconds = (span_ms + 999) / 1000;
    int64_t minutes = seconds / 60;
    int64_t hours = minutes / 60;
    if (hours >= 48)
        snprintf(out, READABLE_TEXT, "%" PRId64 " d %" PRId64 " h", hours / 24, hours % 24);
    else if (hours > 0)
        snprintf(out, READABLE_TEXT, "%" PRId64 " h %" PRId64 " min", hours, minutes % 60);
    else if (minutes > 0)
        snprintf(out, READABLE_TEXT, "%" PRId64 " min %" PRId64 " s", minutes, seconds % 60);
    else
        snprintf(out, READABLE_TEXT, "%" PRId64 " s", seconds);
    return out;
}

const char *readable_difference(int64_t difference_ms, char *out)
{
    double seconds = (double)(difference_ms < 0 ? -difference_ms : difference_ms) / 1000;
    if (seconds < 120)
        snprintf(out, READABLE_TEXT, "%.0f s", seconds);
    else if (seconds < 7200)
        snprintf(out, READABLE_TEXT, "%.0f minutes", seconds / 60);
    else if (seconds < 2 * 86400)
        snprintf(out, READABLE_TEXT, "%.1f hours", seconds / 3600);
    else
        snprintf(out, READABLE_TEXT, "%.0f days", seconds / 86400);
    return out;
}

const char *readable_plural(uint64_t number)
{
    return number == 1 ? "" : "s";
}

const char *readable_number(uint64_t number, char *out)
{
    char digits[24];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *end = out;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            *end++ = ',';
        *end++ = digits[i];
    }
    *end = '\0';
    return out;
}

const char *readable_short_number(uint64_t number, char *out)
{
    static const char letters[] = "kMGTPE";
    if (number < 10000) {
        snprintf(out, READABLE_TEXT, "%" PRIu64, number);
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
        snprintf(out, READABLE_TEXT, "%" PRIu64 "%c", whole, letters[letter]);
    else if (whole >= 10)
        snprintf(out, READABLE_TEXT, "%" PRIu64 ".%" PRIu64 "%c", whole, thousandths / 100, letters[letter]);
    else
        snprintf(out, READABLE_TEXT, "%" PRIu64 ".%02" PRIu64 "%c", whole, thousandths / 10, letters[letter]);
    return out;
}
