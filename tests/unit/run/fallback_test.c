/* run/fallback: every combination of facts, against a table of what is right. */
#include "run/fallback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define AUTO JOB_SOURCE_AUTO
#define ANY_CHOICE (-1)
#define ANY_NUMBER (-1)

/*
 * A row of the table: 'y' and 'n' are what a fact must be, '-' is a fact that does not matter. flags are, in
 * this order: export_only, may_write, can_split, export_is_left, times_out, cannot_be_paged.
 */
struct rule {
    int choice;
    enum fetch_outcome outcome;
    int submits;
    char resumed;
    const char *flags;
    struct fallback expected;
};

static const struct rule rules[] = {
    /* Nothing was tried yet: the job insists. */
    {JOB_SOURCE_QUERY, FETCH_NOT_TRIED, ANY_NUMBER, '-', "------", {FALLBACK_QUERY, REASON_SOURCE_QUERY}},
    {JOB_SOURCE_EXPORT, FETCH_NOT_TRIED, ANY_NUMBER, '-', "------", {FALLBACK_EXPORT, REASON_SOURCE_EXPORT}},
    {JOB_SOURCE_CONTRACT,
     FETCH_NOT_TRIED,
     ANY_NUMBER,
     '-',
     "------",
     {FALLBACK_CONTRACT, REASON_SOURCE_CONTRACT}},

    /* The job leaves the choice. */
    {AUTO, FETCH_NOT_TRIED, ANY_NUMBER, '-', "y-----", {FALLBACK_EXPORT, REASON_EXPORT_ONLY}},
    {AUTO, FETCH_NOT_TRIED, ANY_NUMBER, '-', "n--y--", {FALLBACK_EXPORT, REASON_EXPORT_IS_LEFT}},
    {AUTO, FETCH_NOT_TRIED, ANY_NUMBER, '-', "ny-ny-", {FALLBACK_EXPORT, REASON_TIMES_OUT}},
    {AUTO, FETCH_NOT_TRIED, ANY_NUMBER, '-', "nnyny-", {FALLBACK_SPLIT, REASON_TIMES_OUT}},
    {AUTO, FETCH_NOT_TRIED, ANY_NUMBER, '-', "nnnny-", {FALLBACK_QUERY, REASON_NONE}},
    {AUTO, FETCH_NOT_TRIED, ANY_NUMBER, '-', "ny-nny", {FALLBACK_EXPORT, REASON_CANNOT_BE_PAGED}},
    {AUTO, FETCH_NOT_TRIED, ANY_NUMBER, '-', "nn-nny", {FALLBACK_QUERY, REASON_NONE}},
    {AUTO, FETCH_NOT_TRIED, ANY_NUMBER, '-', "n--nnn", {FALLBACK_QUERY, REASON_NONE}},

    {ANY_CHOICE, FETCH_COMPLETE, ANY_NUMBER, '-', "------", {FALLBACK_DONE, REASON_NONE}},

    /* FAILED and EXPIRED may pass: a second submit, whoever submitted the first. */
    {ANY_CHOICE, FETCH_FAILED, 0, '-', "------", {FALLBACK_QUERY_AGAIN, REASON_FAILED}},
    {ANY_CHOICE, FETCH_FAILED, 1, '-', "------", {FALLBACK_QUERY_AGAIN, REASON_FAILED}},
    {ANY_CHOICE, FETCH_FAILED, 2, '-', "------", {FALLBACK_FAIL, REASON_FAILED}},
    {ANY_CHOICE, FETCH_EXPIRED, 0, '-', "------", {FALLBACK_QUERY_AGAIN, REASON_EXPIRED}},
    {ANY_CHOICE, FETCH_EXPIRED, 1, '-', "------", {FALLBACK_QUERY_AGAIN, REASON_EXPIRED}},
    {JOB_SOURCE_QUERY, FETCH_EXPIRED, 2, '-', "------", {FALLBACK_FAIL, REASON_EXPIRED}},
    {JOB_SOURCE_EXPORT, FETCH_EXPIRED, 2, '-', "------", {FALLBACK_FAIL, REASON_EXPIRED}},
    {JOB_SOURCE_CONTRACT, FETCH_EXPIRED, 2, '-', "------", {FALLBACK_FAIL, REASON_EXPIRED}},
    {AUTO, FETCH_EXPIRED, 2, '-', "-y----", {FALLBACK_EXPORT, REASON_EXPIRED}},
    {AUTO, FETCH_EXPIRED, 2, '-', "-ny---", {FALLBACK_SPLIT, REASON_EXPIRED}},
    {AUTO, FETCH_EXPIRED, 2, '-', "-nn---", {FALLBACK_FAIL, REASON_SCOPE}},

    /* So may pages that repeat rows, or that are of different results. */
    {ANY_CHOICE, FETCH_REPEATED, 0, '-', "------", {FALLBACK_QUERY_AGAIN, REASON_REPEATED}},
    {ANY_CHOICE, FETCH_REPEATED, 1, '-', "------", {FALLBACK_QUERY_AGAIN, REASON_REPEATED}},
    {JOB_SOURCE_QUERY, FETCH_REPEATED, 2, '-', "------", {FALLBACK_FAIL, REASON_REPEATED}},
    {JOB_SOURCE_EXPORT, FETCH_REPEATED, 2, '-', "------", {FALLBACK_FAIL, REASON_REPEATED}},
    {JOB_SOURCE_CONTRACT, FETCH_REPEATED, 2, '-', "------", {FALLBACK_FAIL, REASON_REPEATED}},
    {AUTO, FETCH_REPEATED, 2, '-', "-y----", {FALLBACK_EXPORT, REASON_REPEATED}},
    {AUTO, FETCH_REPEATED, 2, '-', "-ny---", {FALLBACK_SPLIT, REASON_REPEATED}},
    {AUTO, FETCH_REPEATED, 2, '-', "-nn---", {FALLBACK_FAIL, REASON_SCOPE}},

    {ANY_CHOICE, FETCH_REPLACED, 0, '-', "------", {FALLBACK_QUERY_AGAIN, REASON_REPLACED}},
    {ANY_CHOICE, FETCH_REPLACED, 1, '-', "------", {FALLBACK_QUERY_AGAIN, REASON_REPLACED}},
    {JOB_SOURCE_QUERY, FETCH_REPLACED, 2, '-', "------", {FALLBACK_FAIL, REASON_REPLACED}},
    {JOB_SOURCE_EXPORT, FETCH_REPLACED, 2, '-', "------", {FALLBACK_FAIL, REASON_REPLACED}},
    {JOB_SOURCE_CONTRACT, FETCH_REPLACED, 2, '-', "------", {FALLBACK_FAIL, REASON_REPLACED}},
    {AUTO, FETCH_REPLACED, 2, '-', "-y----", {FALLBACK_EXPORT, REASON_REPLACED}},
    {AUTO, FETCH_REPLACED, 2, '-', "-ny---", {FALLBACK_SPLIT, REASON_REPLACED}},
    {AUTO, FETCH_REPLACED, 2, '-', "-nn---", {FALLBACK_FAIL, REASON_SCOPE}},

    /* A time limit that an earlier run's query ran past may have been for other reasons; one's own is not
       tried again. */
    {ANY_CHOICE, FETCH_TIMEOUT, 0, 'y', "------", {FALLBACK_QUERY_AGAIN, REASON_TIMEOUT}},
    {ANY_CHOICE, FETCH_TIMEOUT, 1, 'y', "------", {FALLBACK_QUERY_AGAIN, REASON_TIMEOUT}},
    {JOB_SOURCE_QUERY, FETCH_TIMEOUT, 2, 'y', "------", {FALLBACK_FAIL, REASON_TIMEOUT}},
    {JOB_SOURCE_EXPORT, FETCH_TIMEOUT, 2, 'y', "------", {FALLBACK_FAIL, REASON_TIMEOUT}},
    {JOB_SOURCE_CONTRACT, FETCH_TIMEOUT, 2, 'y', "------", {FALLBACK_FAIL, REASON_TIMEOUT}},
    {AUTO, FETCH_TIMEOUT, 2, 'y', "-y----", {FALLBACK_EXPORT, REASON_TIMEOUT}},
    {AUTO, FETCH_TIMEOUT, 2, 'y', "-ny---", {FALLBACK_SPLIT, REASON_TIMEOUT}},
    {AUTO, FETCH_TIMEOUT, 2, 'y', "-nn---", {FALLBACK_FAIL, REASON_SCOPE}},
    {JOB_SOURCE_QUERY, FETCH_TIMEOUT, ANY_NUMBER, 'n', "------", {FALLBACK_FAIL, REASON_TIMEOUT}},
    {JOB_SOURCE_EXPORT, FETCH_TIMEOUT, ANY_NUMBER, 'n', "------", {FALLBACK_FAIL, REASON_TIMEOUT}},
    {JOB_SOURCE_CONTRACT, FETCH_TIMEOUT, ANY_NUMBER, 'n', "------", {FALLBACK_FAIL, REASON_TIMEOUT}},
    {AUTO, FETCH_TIMEOUT, ANY_NUMBER, 'n', "-y----", {FALLBACK_EXPORT, REASON_TIMEOUT}},
    {AUTO, FETCH_TIMEOUT, ANY_NUMBER, 'n', "-ny---", {FALLBACK_SPLIT, REASON_TIMEOUT}},
    {AUTO, FETCH_TIMEOUT, ANY_NUMBER, 'n', "-nn---", {FALLBACK_FAIL, REASON_SCOPE}},

    /* A result is as large the second time. */
    {JOB_SOURCE_QUERY, FETCH_TOO_LARGE, ANY_NUMBER, '-', "------", {FALLBACK_FAIL, REASON_TOO_LARGE}},
    {JOB_SOURCE_EXPORT, FETCH_TOO_LARGE, ANY_NUMBER, '-', "------", {FALLBACK_FAIL, REASON_TOO_LARGE}},
    {JOB_SOURCE_CONTRACT, FETCH_TOO_LARGE, ANY_NUMBER, '-', "------", {FALLBACK_FAIL, REASON_TOO_LARGE}},
    {AUTO, FETCH_TOO_LARGE, ANY_NUMBER, '-', "-y----", {FALLBACK_EXPORT, REASON_TOO_LARGE}},
    {AUTO, FETCH_TOO_LARGE, ANY_NUMBER, '-', "-ny---", {FALLBACK_SPLIT, REASON_TOO_LARGE}},
    {AUTO, FETCH_TOO_LARGE, ANY_NUMBER, '-', "-nn---", {FALLBACK_FAIL, REASON_SCOPE}},

    /* An export was forbidden: parts take its place where it took a query's, and only for want of the scope.
     */
    {JOB_SOURCE_QUERY, FETCH_FORBIDDEN, ANY_NUMBER, '-', "------", {FALLBACK_FAIL, REASON_FORBIDDEN}},
    {JOB_SOURCE_EXPORT, FETCH_FORBIDDEN, ANY_NUMBER, '-', "------", {FALLBACK_FAIL, REASON_FORBIDDEN}},
    {JOB_SOURCE_CONTRACT, FETCH_FORBIDDEN, ANY_NUMBER, '-', "------", {FALLBACK_FAIL, REASON_FORBIDDEN}},
    {AUTO, FETCH_FORBIDDEN, ANY_NUMBER, '-', "y-----", {FALLBACK_FAIL, REASON_FORBIDDEN}},
    {AUTO, FETCH_FORBIDDEN, ANY_NUMBER, '-', "ny----", {FALLBACK_FAIL, REASON_FORBIDDEN}},
    {AUTO, FETCH_FORBIDDEN, ANY_NUMBER, '-', "nny---", {FALLBACK_SPLIT, REASON_FORBIDDEN}},
    {AUTO, FETCH_FORBIDDEN, ANY_NUMBER, '-', "nnn---", {FALLBACK_FAIL, REASON_SCOPE}},
};

static bool fits(char wanted, bool fact)
{
    return wanted == '-' || (wanted == 'y') == fact;
}

static bool applies(const struct rule *rule, const struct fallback_facts *facts)
{
    const bool flags[] = {facts->export_only,    facts->may_write, facts->can_split,
                          facts->export_is_left, facts->times_out, facts->cannot_be_paged};
    bool fit = (rule->choice == ANY_CHOICE || rule->choice == (int)facts->choice) &&
               rule->outcome == facts->outcome &&
               (rule->submits == ANY_NUMBER || rule->submits == (int)facts->submits) &&
               fits(rule->resumed, facts->resumed);
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        fit = fit && fits(rule->flags[i], flags[i]);
    return fit;
}

/* The facts that a number stands for: a digit each. */
static struct fallback_facts facts_of(unsigned number)
{
    struct fallback_facts facts = {0};
    bool *const flags[] = {&facts.export_only,    &facts.may_write, &facts.can_split,
                           &facts.export_is_left, &facts.times_out, &facts.cannot_be_paged,
                           &facts.resumed};
    for (size_t i = 0; i < COUNT_OF(flags); i++, number /= 2)
        *flags[i] = number % 2;
    facts.submits = number % 3;
    facts.choice = (enum job_source)(number / 3 % 4);
    facts.outcome = (enum fetch_outcome)(number / 12);
    return facts;
}

#define COMBINATIONS (128U * 3 * 4 * (FETCH_FORBIDDEN + 1))

static void every_combination_leads_to_the_step_of_the_one_rule_that_it_falls_under(void **state)
{
    (void)state;
    bool used[COUNT_OF(rules)] = {0};
    for (unsigned number = 0; number < COMBINATIONS; number++) {
        struct fallback_facts facts = facts_of(number);
        const struct rule *rule = NULL;
        for (size_t i = 0; i < COUNT_OF(rules); i++) {
            if (!applies(&rules[i], &facts))
                continue;
            if (rule)
                fail_msg("combination %u falls under two rules", number);
            rule = &rules[i];
            used[i] = true;
        }
        if (!rule)
            fail_msg("combination %u falls under no rule", number);
        struct fallback next = fallback_next(&facts);
        if (next.step != rule->expected.step || next.reason != rule->expected.reason)
            fail_msg("combination %u, rule %d: step %d, reason %d", number, (int)(rule - rules), next.step,
                     next.reason);
    }
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        assert_true(used[i]);
}

/* Whatever happens, there is an end: at most two submits, then an export, then parts, each smaller than the
 * one before. */
static void no_part_is_queried_for_ever(void **state)
{
    (void)state;
    for (enum fetch_outcome outcome = FETCH_FAILED; outcome <= FETCH_TOO_LARGE; outcome++) {
        struct fallback_facts facts = {.choice = AUTO, .outcome = outcome, .submits = 2};
        assert_int_not_equal(fallback_next(&facts).step, FALLBACK_QUERY_AGAIN);
        facts.resumed = true;
        assert_int_not_equal(fallback_next(&facts).step, FALLBACK_QUERY_AGAIN);
    }
}

static void a_result_that_is_too_large_is_paged_where_there_is_no_other_way(void **state)
{
    (void)state;
    struct fallback_facts facts = {.choice = AUTO};
    assert_false(fallback_has_other_way(&facts));
    facts.can_split = true;
    assert_true(fallback_has_other_way(&facts));
    facts.can_split = false;
    facts.may_write = true;
    assert_true(fallback_has_other_way(&facts));
    facts.choice = JOB_SOURCE_QUERY;
    assert_false(fallback_has_other_way(&facts));
}

static void expect_words(enum fallback_reason reason, const char *expected)
{
    char words[FALLBACK_TEXT];
    struct fallback_numbers numbers = {.rows = 75001, .remembered_until = "2026-11-29"};
    assert_string_equal(fallback_explain(reason, &numbers, words), expected);
}

static void reasons_are_told_in_words(void **state)
{
    (void)state;
    expect_words(REASON_NONE, "");
    for (enum fallback_reason reason = REASON_SOURCE_QUERY; reason <= REASON_SCOPE; reason++) {
        char words[FALLBACK_TEXT];
        struct fallback_numbers numbers = {.remembered_until = ""};
        assert_true(strlen(fallback_explain(reason, &numbers, words)) > strlen("(null)"));
    }
    expect_words(REASON_SOURCE_QUERY, "the job says source: query");
    expect_words(REASON_SOURCE_EXPORT, "the job says source: export");
    expect_words(REASON_SOURCE_CONTRACT, "the job says source: contract");
    expect_words(REASON_EXPORT_ONLY, "its fields are of session level, which cannot be queried");
    expect_words(REASON_EXPORT_IS_LEFT, "an earlier run has requested it");
    expect_words(
        REASON_TIMES_OUT,
        "a query of this size exceeded the service's time limit; a query is tried again from 2026-11-29 on");
    expect_words(REASON_CANNOT_BE_PAGED,
                 "about 75001 rows are expected, more than the request budget can page "
                 "through before they expire");
    expect_words(REASON_TOO_LARGE,
                 "the result has 75001 rows, and the request budget does not pay for their pages "
                 "before they expire");
    expect_words(REASON_TIMEOUT, "the query exceeds the service's time limit");
    expect_words(REASON_REPEATED, "the pages of the query's result repeat rows, twice");
    expect_words(REASON_REPLACED, "the pages of the query's result say different totals, twice");
    expect_words(REASON_EXPIRED, "the query's result expired before all its pages were read, twice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_leads_to_the_step_of_the_one_rule_that_it_falls_under),
        cmocka_unit_test(no_part_is_queried_for_ever),
        cmocka_unit_test(a_result_that_is_too_large_is_paged_where_there_is_no_other_way),
        cmocka_unit_test(reasons_are_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
