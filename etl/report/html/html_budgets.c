#include "report/html/html_budgets.h"

#include "base/text.h"
#include "report/html/html_text.h"

#include <stdlib.h>

/* The budgets of a section. */
struct chosen {
    const struct token_budget_uses *uses;
    const char *contract; /* NULL: of all but others */
    const struct text_list *others;
};

static bool has(const struct chosen *chosen, size_t i)
{
    const char *contract = chosen->uses->items[i].budget->contract;
    return chosen->contract ? text_equal(contract, chosen->contract)
                            : !text_list_has(chosen->others, contract);
}

static size_t count(const struct chosen *chosen)
{
    size_t count = 0;
    for (size_t i = 0; i < chosen->uses->count; i++)
        count += has(chosen, i);
    return count;
}

static void put_unknown(struct buf *out)
{
    buf_put(out, "<td class=\"figure\"><span class=\"unknown\" title=\"not known\">–</span></td>");
}

static void put_day(const struct forecast_day *day, struct buf *out)
{
    char text[DATE_TEXT];
    buf_print(out, "<td class=\"word\">%s</td>", day->is_known ? date_format(day->day, text) : "–");
}

static void put_tokens(const char *tokens, struct buf *out)
{
    if (!tokens) {
        put_unknown(out);
        return;
    }
    buf_put(out, "<td class=\"figure\">");
    html_put_number(out, tokens, 0);
    buf_put(out, "</td>");
}

/* In percent, within the meter's bounds. */
static double meter_of(const struct token_budget *budget, const char *tokens)
{
    double percent = strtod(tokens, NULL) * 100 / strtod(budget->tokens, NULL);
    return percent < 0 ? 0 : percent > 100 ? 100 : percent;
}

/* Of the budget's tokens, rounded to one place. */
static void put_share(const struct token_budget *budget, const char *tokens, bool has_meter, struct buf *out)
{
    char share[TOKEN_BUDGET_SHARE];
    if (!tokens) {
        put_unknown(out);
        return;
    }
    token_budget_share(budget, tokens, 1, share);
    buf_put(out, "<td class=\"figure\">");
    if (has_meter)
        buf_print(out, "<meter min=\"0\" max=\"100\" value=\"%.1f\"></meter> ", meter_of(budget, tokens));
    html_put_number(out, share, 1);
    buf_put(out, " %</td>");
}

static void put_name(const struct token_budget *budget, bool with_contract, struct buf *out)
{
    buf_put(out, "<th scope=\"row\" class=\"name\">");
    html_put_label(out, budget->name);
    if (with_contract) {
        buf_put(out, "<small>");
        html_put_label(out, budget->contract);
        buf_put(out, "</small>");
    }
    if (budget->condition.field) {
        buf_put(out, "<small>");
        html_put_label(out, budget->condition.value);
        buf_put(out, "</small>");
    }
    buf_put(out, "</th>");
}

static void put_warnings(const struct token_budget_use *use, struct buf *out)
{
    buf_put(out, "<td class=\"prose\">");
    for (size_t i = 0; i < use->warnings.count; i++) {
        buf_put(out, i > 0 ? ", " : "<strong>");
        html_put_text(out, use->warnings.items[i]);
    }
    if (use->warnings.count > 0)
        buf_put(out, " reached</strong>");
    if (use->problem) {
        buf_put(out, "<span class=\"cause\">");
        html_put_text(out, use->problem);
        buf_put(out, "</span>");
    }
    buf_put(out, "</td>");
}

static void put_row(const struct token_budget_use *use, bool with_contract, struct buf *out)
{
    const struct token_budget *budget = use->budget;
    buf_print(out, "<tr class=\"%s\">", use->warnings.count > 0 ? "alarm" : "item");
    put_name(budget, with_contract, out);
    put_day(&use->start, out);
    put_day(&use->end, out);
    put_tokens(budget->tokens, out);
    put_tokens(use->consumed, out);
    put_share(budget, use->consumed, true, out);
    put_tokens(use->forecast, out);
    put_share(budget, use->forecast, false, out);
    put_warnings(use, out);
    buf_put(out, "</tr>\n");
}

static void put_table(const struct chosen *chosen, struct buf *out)
{
    buf_put(out, "<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th scope=\"col\">Budget</th>"
                 "<th scope=\"col\">First day</th><th scope=\"col\">Last day</th>"
                 "<th scope=\"col\" class=\"figure\">Tokens</th><th scope=\"col\" class=\"figure\">Used</th>"
                 "<th scope=\"col\" class=\"figure\">Used share</th>"
                 "<th scope=\"col\" class=\"figure\">By the last day</th>"
                 "<th scope=\"col\" class=\"figure\">Share by then</th><th scope=\"col\">Warnings</th>"
                 "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < chosen->uses->count; i++)
        if (has(chosen, i))
            put_row(&chosen->uses->items[i], !chosen->contract, out);
    buf_put(out,
            "</tbody>\n</table>\n</div>\n"
            "<p class=\"note\">The figure by the last day is the use so far and the contract’s pace from "
            "now on.</p>\n");
}

void html_put_budgets(const struct token_budget_uses *uses, const char *contract, struct buf *out)
{
    static const struct text_list none = {0};
    const struct chosen chosen = {uses, contract, &none};
    buf_put(out, "<section>\n<h3>Budgets</h3>\n<p class=\"question\">How much of each budget is used, and "
                 "how much will be used by the end of its period?</p>\n");
    if (count(&chosen) > 0)
        put_table(&chosen, out);
    else
        buf_print(out, "<p class=\"none\">The settings have no budget%s (<code>budgets</code>).</p>\n",
                  contract ? " of this contract" : "");
    buf_put(out, "</section>\n");
}

void html_put_other_budgets(const struct token_budget_uses *uses, const struct text_list *contracts,
                            struct buf *out)
{
    const struct chosen chosen = {uses, NULL, contracts};
    if (count(&chosen) == 0)
        return;
    buf_put(out, "<section class=\"overview\">\n<h2>Budgets of contracts without data</h2>\n<p "
                 "class=\"question\">Which "
                 "budgets of the settings are of a contract of which nothing is loaded?</p>\n");
    put_table(&chosen, out);
    buf_put(out, "</section>\n");
}
