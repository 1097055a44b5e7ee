#include "base/http_date.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct parts {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
    int fraction_ms;
    int offset_s; /* of the zone, east of Greenwich */
};

static bool read_month(const char *name, int *month)
{
    static const char *const names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcasecmp(name, names[i]) == 0)
            *month = (int)i + 1;
    return *month != 0;
}

static bool read_offset(const char *text, int *offset_s)
{
    int hours = 0;
    int minutes = 0;
    int end = 0;
    int sign = *text == '-' ? -1 : 1;
    const char *digits = text + 1;
    if ((*text != '+' && *text != '-') || strspn(digits, "0123456789") < 2)
        return false;
    bool read = sscanf(digits, "%2d%n:%2d%n", &hours, &end, &minutes, &end) >= 1 && digits[end] == '\0';
    if (!read)
        read = sscanf(digits, "%2d%2d%n", &hours, &minutes, &end) == 2 && digits[end] == '\0';
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return read && hours < 24 && minutes >= 0 && minutes < 60;
}

static bool read_zone(const char *text, bool may_lack, struct parts *parts)
{
    static const char *const utc[] = {"GMT", "UTC", "UT", "Z"};
    if (!*text)
        return may_lack;
    for (size_t i = 0; i < COUNT_OF(utc); i++)
        if (strcasecmp(text, utc[i]) == 0)
            return true;
    return read_offset(text, &parts->offset_s);
}

/* Expands a year of two digits to one at most 50 years in the future: RFC 9110, 5.6.7. */
static int full_year(int year, int64_t now_ms)
{
    struct tm now;
    time_t seconds = (time_t)(now_ms / 1000);
    if (year >= 100 || !gmtime_r(&seconds, &now))
        return year;
    int latest = now.tm_year + 1900 + 50;
    int found = latest - latest % 100 + year;
    return found > latest ? found - 100 : found;
}

/* `Sun, 06 Nov 1994 08:49:37 GMT` and `Sunday, 06-Nov-94 08:49:37 GMT`. */
static bool read_named_month(const char *text, int64_t now_ms, struct parts *parts)
{
    char month[4] = "";
    int end = 0;
    const char *comma = strchr(text, ',');
    const char *date = comma ? comma + 1 : text;
    bool short_year = false;
    if (sscanf(date, "%2d %3[A-Za-z] %4d %2d:%2d:%2d %n", &parts->day, month, &parts->year, &parts->hour,
               &parts->minute, &parts->second, &end) != 6) {
        if (sscanf(date, "%2d-%3[A-Za-z]-%4d %2d:%2d:%2d %n", &parts->day, month, &parts->year, &parts->hour,
                   &parts->minute, &parts->second, &end) != 6)
            return false;
        short_year = parts->year < 100;
    }
    if (short_year)
        parts->year = full_year(parts->year, now_ms);
    return read_month(month, &parts->month) && read_zone(date + end, false, parts);
}

/* `Sun Nov  6 08:49:37 1994`. */
static bool read_asctime(const char *text, struct parts *parts)
{
    char month[4] = "";
    int end = 0;
    return sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", month, &parts->day, &parts->hour,
                  &parts->minute, &parts->second, &parts->year, &end) == 6 &&
           read_month(month, &parts->month) && text[end] == '\0';
}

/* `.25`, of a second: 250 ms. */
static const char *read_fraction(const char *text, struct parts *parts)
{
    int digit_ms = 100;
    bool rest = false;
    if (*text != '.' && *text != ',')
        return text;
    for (text++; *text >= '0' && *text <= '9'; text++) {
        parts->fraction_ms += (*text - '0') * digit_ms;
        rest |= digit_ms == 0 && *text != '0';
        digit_ms /= 10;
    }
    parts->fraction_ms += rest;
    return text;
}

static bool read_iso(const char *text, struct parts *parts)
{
    int end = 0;
    bool basic = strspn(text, "0123456789") == 8;
    const char *date = basic ? "%4d%2d%2d%n" : "%4d-%2d-%2d%n";
    if (sscanf(text, date, &parts->year, &parts->month, &parts->day, &end) != 3 || end < 8)
        return false;
    const char *rest = text + end;
    if (!*rest)
        return true;
    if (*rest != 'T' && *rest != 't' && *rest != ' ')
        return false;
    rest++;
    end = 0;
    const char *clock = basic ? "%2d%2d%n%2d%n" : "%2d:%2d%n:%2d%n";
    if (sscanf(rest, clock, &parts->hour, &parts->minute, &end, &parts->second, &end) < 2 || end < 4)
        return false;
    rest = read_fraction(rest + end, parts);
    return read_zone(rest + strspn(rest, " "), true, parts);
}

static bool in_range(int value, int least, int most)
{
    return value >= least && value <= most;
}

/* Checks the parts against the calendar; a leap second becomes the next second. */
static bool to_moment(const struct parts *parts, int64_t *wall_ms)
{
    struct tm date = {.tm_year = parts->year - 1900,
                      .tm_mon = parts->month - 1,
                      .tm_mday = parts->day,
                      .tm_hour = parts->hour,
                      .tm_min = parts->minute,
                      .tm_sec = parts->second};
    if (!in_range(parts->year, 1, 9999) || !in_range(parts->month, 1, 12) || !in_range(parts->day, 1, 31) ||
        !in_range(parts->hour, 0, 23) || !in_range(parts->minute, 0, 59) || !in_range(parts->second, 0, 60))
        return false;
    struct tm settled = date;
    int64_t seconds = timegm(&settled);
    bool day_exists =
        settled.tm_mday == parts->day || (parts->second == 60 && settled.tm_hour == 0 && settled.tm_min == 0);
    if (!day_exists)
        return false;
    *wall_ms = (seconds - parts->offset_s) * 1000 + parts->fraction_ms;
    return true;
}

bool http_date_parse(const char *text, int64_t now_ms, int64_t *wall_ms)
{
    struct parts parts = {0};
    if (read_named_month(text, now_ms, &parts))
        return to_moment(&parts, wall_ms);
    parts = (struct parts){0};
    if (read_asctime(text, &parts))
        return to_moment(&parts, wall_ms);
    parts = (struct parts){0};
    return read_iso(text, &parts) && to_moment(&parts, wall_ms);
}
