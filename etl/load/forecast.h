/*
 * The forecast: when the tokens of each contract run out. One row a contract, the same as the view
 * report_forecast has: the view's own query is run, so the view need not exist. etl/docs/forecast.md explains
 * the method.
 */
#ifndef LOAD_FORECAST_H
#define LOAD_FORECAST_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/pg/pg.h"

/* A day that may be unknown. */
struct forecast_day {
    bool is_known;
    date_t day;
};

/* A contract. Tokens are decimal digits; NULL where they are not known. Texts live in an arena. */
struct forecast_item {
    const char *contract;
    const char *contract_year;
    const char *state; /* running, not_started, ended; unknown: the record lacks the first or the last day */
    struct forecast_day start_date;
    struct forecast_day end_date; /* the last day of the year */
    struct forecast_day as_of;    /* the day of the record that tokens_left is from */
    const char *tokens_left;      /* with multi-year tokens */
    const char *tokens_a_day;     /* NULL: not enough or no recent usage is known, or the year is over */
    const char *tokens_a_day_until_end; /* at this pace the tokens would last until end_date */
    struct forecast_day runs_out_on;    /* unknown: not before end_date, or tokens_a_day is not known */
    struct forecast_day runs_out_early; /* the same; before this day in 1 of 10 cases */
    struct forecast_day runs_out_late;  /* after this day in 1 of 10 cases; may be after end_date */
    const char *left_at_end;            /* below zero: the number of missing tokens */
    const char *left_at_end_low;        /* fewer in 1 of 10 cases */
    const char *left_at_end_high;       /* more in 1 of 10 cases */
    struct forecast_day usage_through;  /* the last day whose usage counts as complete */
    uint64_t usage_days;                /* the number of days from which the pace is computed */
    const char *remark; /* which tables keep the pace from being known, or make it uncertain; NULL: none */
};

struct forecast {
    struct forecast_item *items; /* by contract */
    size_t count;
    struct text_list
        missing; /* tables without which there is no forecast; the shipped job of a name loads each */
};

/*
 * Reads the forecast of the tables of the schema, in the transaction that is open, or in one of its own. A
 * failure leaves an open transaction usable. Everything lives in arena. ERR_CREATE if a table does not have
 * the columns of its shipped job, or the tool's own schema is of an older version; ERR_AUTH if the role may
 * not read a table.
 */
MUST_CHECK bool forecast_read(struct pg *pg, const char *schema, struct arena *arena,
                              struct forecast *forecast, struct err *err);

#endif
