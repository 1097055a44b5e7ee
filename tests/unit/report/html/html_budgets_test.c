#include "base/macros.h"
#include "report/html/html_budgets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const struct token_budget_use *use, size_t count, const char *contract, const char *words)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct token_budget_uses uses = {(struct token_budget_use *)(uintptr_t)use, count};
    html_put_budgets(&uses, contract, &out);
    if (!strstr(buf_text(&out), words))
        fail_msg("%s is not in %s", words, buf_text(&out));
}

static void a_budget_has_its_figures_and_warnings(void **state)
{
    (void)state;
    const char *warnings[] = {"80%", "forecast 100%"};
    struct token_budget budget = {
        .name = "<All>", .contract = "1", .tokens = "1500", .condition = {"customField1", "R&D"}};
    struct token_budget_use use = {
        .budget = &budget,
        .start = {true, 20000},
        .end = {true, 20029},
        .consumed = "1300.5",
        .forecast = "1600",
        .warnings = {warnings, 2},
    };
    expect(&use, 1, "1", "<tr class=\"alarm\">");
    expect(&use, 1, "1", ">&lt;All&gt;</bdi><small>");
    expect(&use, 1, "1", ">R&amp;D</bdi></small></th>");
    expect(&use, 1, "1", "<td class=\"word\">2024-10-04</td><td class=\"word\">2024-11-02</td>");
    expect(&use, 1, "1",
           "<td class=\"figure\">1,500</td><td class=\"figure\">1,300.5</td><td class=\"figure\">"
           "<meter min=\"0\" max=\"100\" value=\"86.7\"></meter> 86.7 %</td>");
    expect(&use, 1, "1", "<td class=\"figure\">1,600</td><td class=\"figure\">106.7 %</td>");
    expect(&use, 1, "1", "<strong>80%, forecast 100% reached</strong>");
}

static void what_is_not_known_has_its_reason(void **state)
{
    (void)state;
    struct token_budget budget = {.name = "All", .contract = "1", .tokens = "1500"};
    struct token_budget_use use = {.budget = &budget, .problem = "no table <fits>"};
    expect(&use, 1, "1", "<tr class=\"item\">");
    expect(&use, 1, "1", "<td class=\"word\">–</td>");
    expect(&use, 1, "1", "title=\"not known\">–</span>");
    expect(&use, 1, "1", "<span class=\"cause\">no table &lt;fits&gt;</span>");
}

static void a_share_of_any_size_keeps_within_the_meter(void **state)
{
    (void)state;
    struct token_budget budget = {.name = "Tiny", .contract = "1", .tokens = "1"};
    struct token_budget_use use = {.budget = &budget, .consumed = "-690", .forecast = "1300"};
    expect(&use, 1, "1", "value=\"0.0\"></meter> below -1000 %</td>");
    expect(&use, 1, "1", "<td class=\"figure\">over 1000 %</td>");
    use.consumed = "690";
    expect(&use, 1, "1", "value=\"100.0\"></meter> over 1000 %</td>");
}

static void a_contract_shows_its_own_budgets_only(void **state)
{
    (void)state;
    struct token_budget budget = {.name = "All", .contract = "1", .tokens = "1500"};
    struct token_budget_use use = {.budget = &budget};
    expect(&use, 1, "2", "no budget of this contract");
    expect(&use, 0, "1", "no budget of this contract");
    expect(&use, 0, NULL, "no budget (<code>budgets</code>)");
    expect(&use, 1, NULL, "All</bdi><small>");
}

static void other_budgets_are_those_of_no_contract_with_data(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    const char *numbers[] = {"1"};
    struct text_list contracts = {numbers, 1};
    struct token_budget budgets[] = {{.name = "Here", .contract = "1", .tokens = "5"},
                                     {.name = "There", .contract = "<2>", .tokens = "5"}};
    struct token_budget_use uses[] = {{.budget = &budgets[0]},
                                      {.budget = &budgets[1], .problem = "no running year"}};
    html_put_other_budgets(&(struct token_budget_uses){uses, 1}, &contracts, &out);
    assert_string_equal(buf_text(&out), "");
    html_put_other_budgets(&(struct token_budget_uses){uses, 2}, &contracts, &out);
    assert_null(strstr(buf_text(&out), "Here"));
    assert_non_null(strstr(buf_text(&out), "There</bdi><small>"));
    assert_non_null(strstr(buf_text(&out), "&lt;2&gt;</bdi></small>"));
    assert_non_null(strstr(buf_text(&out), "no running year"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_has_its_figures_and_warnings),
        cmocka_unit_test(what_is_not_known_has_its_reason),
        cmocka_unit_test(a_share_of_any_size_keeps_within_the_meter),
        cmocka_unit_test(a_contract_shows_its_own_budgets_only),
        cmocka_unit_test(other_budgets_are_those_of_no_contract_with_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
