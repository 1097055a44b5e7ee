/*
 * How much of the settings' budgets of tokens is used in the running period, and how much will be used by its
 * end: etl/docs/forecast.md explains how.
 */
#ifndef LOAD_TOKEN_BUDGET_USE_H
#define LOAD_TOKEN_BUDGET_USE_H

#include "job/token_budget.h"
#include "load/forecast.h"

/*
 * A budget. Tokens are decimal digits; NULL where they are not known: also if no row has the value of the
 * budget's condition, which may be misspelt. Texts live in an arena.
 */
struct token_budget_use {
    const struct token_budget *budget; /* borrowed */
    struct forecast_day start;         /* the running period; unknown: there is none */
    struct forecast_day end;           /* its last day */
    const char *table;                 /* the source of the figures; NULL: no table fits */
    bool is_whole;                     /* the table has all days of the period until now */
    const char *consumed;
    const char *forecast;      /* by the end of the period */
    struct text_list warnings; /* those of budget->warnings that are due, as the settings have them */
    const char *problem; /* why a figure is not known, or is not of all usage, one line; NULL: all is known */
};

struct token_budget_uses {
    struct token_budget_use *items; /* in the order of the settings */
    size_t count;
};

/* The request. Everything is borrowed. */
struct token_budget_request {
    const struct token_budgets *budgets;
    const char *schema; /* database.schema */
    date_t today;       /* UTC */
};

/*
 * Reads the use of all budgets, in the transaction that is open, or in its own. An error of the tables of one
 * budget is its `problem`. False only if the transaction cannot be used any more. Lives in arena.
 */
MUST_CHECK bool token_budget_uses_read(const struct token_budget_request *request,
                                       const struct forecast *forecast, struct pg *pg, struct arena *arena,
                                       struct token_budget_uses *uses, struct err *err);

#endif
