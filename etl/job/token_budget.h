/*
 * budgets: in the settings: how many tokens a contract, or a value of a custom field, may use in a month or a
 * contract year, and when to warn. Not to be confused with the request budget (state/budget.h).
 */
#ifndef JOB_TOKEN_BUDGET_H
#define JOB_TOKEN_BUDGET_H

#include "base/finding.h"
#include "job/keys.h"

enum token_budget_period { TOKEN_BUDGET_MONTH, TOKEN_BUDGET_CONTRACT_YEAR };

/* budgets.where: usage with this value of a custom field. */
struct token_budget_condition {
    const char *field; /* as the service calls it: customField1 */
    const char *value;
};

/* budgets.warn_at */
struct token_budget_warning {
    const char *text; /* as the settings have it: 80%, forecast 100% */
    bool is_forecast; /* of the tokens that will be used by the end of the period; else of those that are used
                       */
    double percent;   /* of the budget's tokens */
};

struct token_budget {
    struct place place;
    const char *name; /* one printable line, at most KEY_MAX_ITEM_BYTES long; "" if it is not valid */
    const char *contract;
    const char *tokens; /* decimal digits, more than 0 */
    enum token_budget_period period;
    struct token_budget_condition condition; /* its field is NULL: all usage of the contract */
    struct token_budget_warning *warnings;   /* in the order of the settings, each threshold once */
    size_t warning_count;
};

struct token_budgets {
    struct token_budget *items; /* in the order of the settings */
    size_t count;
};

/* month, contract_year. */
const char *token_budget_period_name(enum token_budget_period period);

/* The keys of one budget, and the function that reads an item of the list into a struct token_budgets. */
extern const struct key token_budget_keys[];
void token_budget_read(const struct key_value *item, void *budgets);

/* Adds an error for each budget whose name occurs before. */
void token_budgets_check(const struct token_budgets *budgets, struct findings *findings);

#define TOKEN_BUDGET_SHARE 32

/*
 * Writes tokens (decimal digits) as a percentage of the budget's tokens, with `places` decimals: `86.7`.
 * Above 1000 percent, the largest threshold, it writes `over 1000`, below -1000 `below -1000`: for a small
 * budget the percentage could have any number of digits. Returns text. Pure.
 */
const char *token_budget_share(const struct token_budget *budget, const char *tokens, int places,
                               char text[TOKEN_BUDGET_SHARE]);

/*
 * Whether a warning is due, by decimal digits: tokens used, and those that will be used by the end of the
 * period (NULL: not known). Pure.
 */
bool token_budget_warns(const struct token_budget *budget, const struct token_budget_warning *warning,
                        const char *consumed, const char *forecast);

#endif
