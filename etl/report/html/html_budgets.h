/*
 * The budgets of the settings on the page: how much of each is used, and how much will be used by the end of
 * its period.
 */
#ifndef REPORT_HTML_HTML_BUDGETS_H
#define REPORT_HTML_HTML_BUDGETS_H

#include "base/buf.h"
#include "load/token_budget_use.h"

/* Appends the section of a contract, with those of the budgets that are of it; NULL: all budgets. Pure. */
void html_put_budgets(const struct token_budget_uses *uses, const char *contract, struct buf *out);

/* Appends a section with the budgets of no contract in the list; nothing if there are none. Pure. */
void html_put_other_budgets(const struct token_budget_uses *uses, const struct text_list *contracts,
                            struct buf *out);

#endif
