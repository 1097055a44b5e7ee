/*
 * Calendar arithmetic on the proleptic Gregorian calendar. A day is counted from 1970-01-01, a month is year
 * * 12 + month (January is 0). All texts are UTC.
 */
#ifndef SIM_DATE_H
#define SIM_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATE_BYTES 40

int64_t date_day(int year, int month, int day_of_month); /* month 1 to 12 */
int64_t date_month_of(int64_t day);
int64_t date_month_start(int64_t month);
int date_year_of(int64_t day);

/* Reads YYYY-MM-DD at the start of text (a time after it is ignored); false when there is no such date. */
bool date_parse(const char *text, int64_t *day);

/* YYYY-MM-DD; out has DATE_BYTES. Answers out. */
char *date_text(int64_t day, char *out);

/* YYYY-MM-DDTHH:MM:SS without a zone, seconds after 1970. */
char *date_time_text(int64_t seconds, char *out);

/* Sun, 06 Nov 1994 08:49:37 GMT. */
char *date_http(int64_t seconds, char *out);

/* The same moment in the form `date` (as above), `rfc850`, `asctime` or `iso`; NULL for any other. */
char *date_in_form(const char *form, size_t length, int64_t seconds, char *out);

#endif
