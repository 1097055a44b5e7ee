#include "base/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct place at(const char *file, unsigned line, unsigned column)
{
    return (struct place){file, line, column};
}

static void findings_are_kept_with_their_places(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct findings findings = {.arena = arena};
    finding_error(&findings, at("a.yaml", 3, 7), "`%s` is wrong", "key");
    finding_warning(&findings, at("a.yaml", 4, 1), "look at this");
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.errors, 1);
    assert_string_equal(findings.items[0].message, "`key` is wrong");
    assert_int_equal(findings.items[0].severity, SEVERITY_ERROR);
    assert_int_equal(findings.items[0].place.line, 3);
    assert_int_equal(findings.items[0].place.column, 7);
    assert_int_equal(findings.items[1].severity, SEVERITY_WARNING);
}

static void findings_are_ordered_by_place(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct findings findings = {.arena = arena};
    finding_error(&findings, at("b.yaml", 1, 1), "5");
    finding_error(&findings, at("a.yaml", 10, 2), "3");
    finding_error(&findings, at("a.yaml", 10, 2), "4");
    finding_error(&findings, at("a.yaml", 9, 8), "2");
    finding_error(&findings, at("a.yaml", 0, 0), "1");
    findings_sort(&findings);
    assert_int_equal(findings.count, 5);
    assert_string_equal(findings.items[0].message, "1");
    assert_string_equal(findings.items[1].message, "2");
    assert_string_equal(findings.items[2].message, "3");
    assert_string_equal(findings.items[3].message, "4");
    assert_string_equal(findings.items[4].message, "5");
}

static void exact_repeats_are_dropped_and_not_counted(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct findings findings = {.arena = arena};
    finding_error(&findings, at("a.yaml", 1, 1), "same");
    finding_error(&findings, at("a.yaml", 1, 2), "same");
    finding_error(&findings, at("a.yaml", 1, 1), "same");
    finding_error(&findings, at("a.yaml", 1, 1), "other");
    findings_sort(&findings);
    assert_int_equal(findings.count, 3);
    assert_int_equal(findings.errors, 3);
}

static void no_findings_sort_too(void **state)
{
    (void)state;
    struct findings findings = {0};
    findings_sort(&findings);
    assert_int_equal(findings.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_kept_with_their_places),
        cmocka_unit_test(findings_are_ordered_by_place),
        cmocka_unit_test(exact_repeats_are_dropped_and_not_counted),
        cmocka_unit_test(no_findings_sort_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
