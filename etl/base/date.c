#include "base/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define DAY_LENGTH (sizeof "2026-11-22" - 1)
#define TIME_LENGTH (sizeof "2026-11-22T03:04:05" - 1)

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Years begin in March here, so that the leap day is the last of its year. */
static date_t days_from_civil(int year, int month, int day)
{
    int shifted = month <= 2 ? year - 1 : year;
    int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool date_make(int year, int month, int day, date_t *date)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return false;
    *date = days_from_civil(year, month, day);
    return true;
}

void date_parts(date_t date, int *year, int *month, int *day)
{
    int shifted = date + 719468;
    int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = shifted - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

/* The number in `count` digits at text, or -1. */
static int digits_value(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool date_parse(const char *text, size_t length, date_t *date)
{
    if (length != 10 || text[4] != '-' || text[7] != '-')
        return false;
    return date_make(digits_value(text, 4), digits_value(text + 5, 2), digits_value(text + 8, 2), date);
}

const char *date_format(date_t date, char *out)
{
    int year;
    int month;
    int day;
    date_parts(date, &year, &month, &day);
    snprintf(out, DATE_TEXT, "%04d-%02d-%02d", year, month, day);
    return out;
}

date_t date_of_wall(int64_t wall_ms)
{
    int64_t day_ms = 86400000;
    int64_t day = wall_ms >= 0 ? wall_ms / day_ms : (wall_ms - day_ms + 1) / day_ms;
    return (date_t)day;
}

date_t date_month_start(date_t date)
{
    int year;
    int month;
    int day;
    date_parts(date, &year, &month, &day);
    return date - day + 1;
}

date_t date_week_start(date_t date)
{
    /* 1970-01-01 was a Thursday. */
    int days_after_monday = (int)(((date + 3) % 7 + 7) % 7);
    return date - days_after_monday;
}

date_t date_add_months(date_t date, int months)
{
    int year;
    int month;
    int day;
    date_parts(date, &year, &month, &day);
    int counted = year * 12 + month - 1 + months;
    year = counted / 12;
    month = counted % 12 + 1;
    int last = month_days(year, month);
    return days_from_civil(year, month, day < last ? day : last);
}

#define US_DIGITS 6

/* `.5` is 500000 µs, and so is `.50000000`; an empty text is 0. -1: the text is not a fraction, or it has a
 * part of a microsecond. */
static int64_t fraction_us(const char *text, size_t length)
{
    if (length == 0)
        return 0;
    while (length > 1 + US_DIGITS && text[length - 1] == '0')
        length--;
    if (text[0] != '.' || length < 2 || length > 1 + US_DIGITS)
        return -1;
    int64_t value = digits_value(text + 1, (int)length - 1);
    for (size_t digits = length - 1; value > 0 && digits < US_DIGITS; digits++)
        value *= 10;
    return value;
}

bool date_parse_timestamp(const char *text, size_t length, int64_t *moment_us)
{
    date_t day;
    if (length < TIME_LENGTH || !date_parse(text, DAY_LENGTH, &day) || (text[10] != 'T' && text[10] != ' '))
        return false;
    int hour = digits_value(text + 11, 2);
    int minute = digits_value(text + 14, 2);
    int second = digits_value(text + 17, 2);
    int64_t fraction = fraction_us(text + TIME_LENGTH, length - TIME_LENGTH);
    bool in_range =
        hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 && fraction >= 0;
    if (!in_range || text[13] != ':' || text[16] != ':')
        return false;
    *moment_us = (((int64_t)day * 24 + hour) * 60 + minute) * 60000000 + second * INT64_C(1000000) + fraction;
    return true;
}

size_t date_without_utc(const char *text, size_t length)
{
    static const char *const zones[] = {"Z", "+00:00"};
    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        size_t zone = strlen(zones[i]);
        if (length >= TIME_LENGTH + zone && memcmp(text + length - zone, zones[i], zone) == 0)
            return length - zone;
    }
    return length;
}

bool date_parse_day(const char *text, size_t length, date_t *date)
{
    int64_t moment_us;
    bool is_midnight = date_parse_timestamp(text, date_without_utc(text, length), &moment_us) &&
                       moment_us % DATE_DAY_US == 0;
    return date_parse(text, is_midnight ? DAY_LENGTH : length, date);
}
