#include "date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t date_day(int year, int month, int day_of_month)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t shifted = (month + 9) % 12;
    int64_t day_of_year = (153 * shifted + 2) / 5 + day_of_month - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static struct tm day_parts(int64_t day)
{
    time_t seconds = (time_t)(day * 86400);
    struct tm parts = {0};

    gmtime_r(&seconds, &parts);
    return parts;
}

int64_t date_month_of(int64_t day)
{
    struct tm parts = day_parts(day);

    return (parts.tm_year + 1900) * 12LL + parts.tm_mon;
}

int64_t date_month_start(int64_t month)
{
    return date_day((int)(month / 12), (int)(month % 12) + 1, 1);
}

int date_year_of(int64_t day)
{
    return day_parts(day).tm_year + 1900;
}

bool date_parse(const char *text, int64_t *day)
{
    int year, month, day_of_month;
    char again[DATE_BYTES];

    for (size_t i = 0; i < 10; i++) {
        bool dash = i == 4 || i == 7;

        if (dash ? text[i] != '-' : !isdigit((unsigned char)text[i]))
            return false;
    }
    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day_of_month) != 3 || month < 1 || month > 12)
        return false;
    *day = date_day(year, month, day_of_month);
    return strncmp(date_text(*day, again), text, 10) == 0;
}

char *date_text(int64_t day, char *out)
{
    struct tm parts = day_parts(day);

    strftime(out, DATE_BYTES, "%Y-%m-%d", &parts);
    return out;
}

char *date_time_text(int64_t seconds, char *out)
{
    time_t at = (time_t)seconds;
    struct tm parts = {0};

    gmtime_r(&at, &parts);
    strftime(out, DATE_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
    return out;
}

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Days and months by name are English here whatever the locale. */
static void put_named(const struct tm *parts, const char *form, char *out)
{
    const char *day = days[parts->tm_wday % 7];
    const char *month = months[parts->tm_mon % 12];
    unsigned month_day = (unsigned)parts->tm_mday % 100;
    unsigned year = (unsigned)parts->tm_year % 8000 + 1900;
    char time_text[16];

    strftime(time_text, sizeof time_text, "%H:%M:%S", parts);
    if (strcmp(form, "rfc850") == 0)
        snprintf(out, DATE_BYTES, "%s, %02u-%s-%02u %s GMT", day, month_day, month, year % 100, time_text);
    else if (strcmp(form, "asctime") == 0)
        snprintf(out, DATE_BYTES, "%.3s %s %2u %s %u", day, month, month_day, time_text, year);
    else
        snprintf(out, DATE_BYTES, "%.3s, %02u %s %u %s GMT", day, month_day, month, year, time_text);
}

char *date_in_form(const char *form, size_t length, int64_t seconds, char *out)
{
    static const char *const forms[] = {"date", "rfc850", "asctime", "iso"};
    time_t at = (time_t)seconds;
    struct tm parts = {0};

    gmtime_r(&at, &parts);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (strncmp(form, forms[i], length) != 0 || forms[i][length] != '\0')
            continue;
        if (strcmp(forms[i], "iso") == 0)
            strftime(out, DATE_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts);
        else
            put_named(&parts, forms[i], out);
        return out;
    }
    return NULL;
}

char *date_http(int64_t seconds, char *out)
{
    return date_in_form("date", 4, seconds, out);
}
