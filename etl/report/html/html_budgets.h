/*
 * The budgets of the settings on the page: how much of each is used, and how much will be used by the end of
 * its period.
 */
#ifndef REPORT_HTML_HTML_BUDGETS_H
#define REPORT_HTML_HTML_BUDGETS_H

#include "base/buf.h"
#include "load/token_budget_use.h"

/* Appends the section of a contract (NULL: none), with the budgets of this contract. Pure. */
void html_put_budgets(const struct token_budget_uses *uses, const char *contract, struct buf *out);

#endif
