#include "report/status/status_report.h"
#include "report/table.h"

#include <stdio.h>

/* `1234.5 (61 %)` of the budget's tokens. */
static void add_share(struct table *table, const struct token_budget *budget, const char *tokens)
{
    char text[96];
    char share[TOKEN_BUDGET_SHARE];
    if (tokens)
        snprintf(text, sizeof text, "%.40s (%s %%)", tokens, token_budget_share(budget, tokens, 0, share));
    table_add(table, tokens ? text : "-");
}

static void add_use(struct table *table, const struct token_budget_use *use)
{
    char day[DATE_TEXT];
    table_add(table, use->budget->name);
    table_add(table, use->budget->contract);
    table_add(table, token_budget_period_name(use->budget->period));
    table_add(table, use->end.is_known ? date_format(use->end.day, day) : "-");
    table_add(table, use->budget->tokens);
    add_share(table, use->budget, use->consumed);
    add_share(table, use->budget, use->forecast);
}

static void put_remarks(const struct token_budget_use *use, struct buf *out)
{
    for (size_t i = 0; i < use->warnings.count; i++)
        buf_print(out, "    %s: warning: %s is reached\n", use->budget->name, use->warnings.items[i]);
    if (use->problem)
        buf_print(out, "    %s: %s\n", use->budget->name, use->problem);
}

void status_put_token_budgets(const struct status *status, struct buf *out)
{
    static const char *const headings[] = {"budget",  "contract", "period",   "ends on",
                                           ">tokens", ">used",    ">forecast"};
    const struct token_budget_uses *uses = &status->token_budgets;
    if (uses->count == 0)
        return;
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < uses->count; i++)
        add_use(table, &uses->items[i]);
    buf_put(out, "\nBudgets of tokens:\n");
    table_put(table, out);
    table_release(table);
    for (size_t i = 0; i < uses->count; i++)
        put_remarks(&uses->items[i], out);
}
