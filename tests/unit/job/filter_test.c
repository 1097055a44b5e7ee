#include "job/filter.h"
#include "unit/job/reading.h"

/* Compares the normal form of this condition. */
static void assert_where(const char *where, const char *expected)
{
    const struct job job = {.query.where = where};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    job_filter_put(&job, &out);
    assert_string_equal(buf_text(&out), expected);
}

static void assert_categories(const char *const *names, size_t count, const char *expected)
{
    const char *items[8];
    memcpy(items, names, count * sizeof *names);
    const struct job job = {.query.usage_categories = {items, count}};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    job_filter_put(&job, &out);
    assert_string_equal(buf_text(&out), expected);
}

#define ASSERT_CATEGORIES(expected, ...)                                                                     \
    assert_categories((const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})),    \
                      expected)

static void a_job_that_filters_nothing_has_no_text(void **state)
{
    (void)state;
    assert_where(NULL, "");
}

static void blanks_outside_quotes_make_no_difference(void **state)
{
    (void)state;
    const char *expected = "where (userName = 'a' or quantity >= 1.5) and usageType != 'x'";
    assert_where("(userName = 'a' or quantity >= 1.5) and usageType != 'x'", expected);
    assert_where("(userName='a'or quantity>=1.5)and usageType!='x'", expected);
    assert_where("( userName\t=\t'a'\n  or\r\n\n  quantity >=1.5 )   and usageType !='x' ", expected);
}

static void blanks_and_case_inside_quotes_are_kept(void **state)
{
    (void)state;
    assert_where("userName = ' A  B\tc\n'", "where userName = ' A  B\tc\n'");
    assert_where("userName=\"AND  (not)\"", "where userName = \"AND  (not)\"");
    assert_where("userName = 'LIKE'", "where userName = 'LIKE'");
    assert_where("userName = 'like'", "where userName = 'like'");
}

static void a_quote_written_twice_does_not_end_the_text(void **state)
{
    (void)state;
    assert_where("userName='O''Brien  AND  x'", "where userName = 'O''Brien  AND  x'");
    assert_where("userName='O' 'Brien'", "where userName = 'O' 'Brien'");
    assert_where("userName=\"a\"\"  B\"", "where userName = \"a\"\"  B\"");
    assert_where("userName in ('b'', ''a', 'c')", "where userName in ('b'', ''a', 'c')");
}

static void keywords_are_the_same_in_any_case(void **state)
{
    (void)state;
    assert_where("A LIKE 'x%' AND B Between 1 AND 2 OR C Is NULL or NOT d = TRUE and e = False",
                 "where A like 'x%' and B between 1 and 2 or C is null or not d = true and e = false");
}

static void names_keep_their_case(void **state)
{
    (void)state;
    assert_where("NOTES = 'x' and Android = 'y' and inn = 'z'",
                 "where NOTES = 'x' and Android = 'y' and inn = 'z'");
}

static void a_list_is_the_same_in_any_order(void **state)
{
    (void)state;
    const char *expected = "where userName in ('A', 'a', 'b c')";
    assert_where("userName in ('A', 'a', 'b c')", expected);
    assert_where("userName IN('b c','a','A')", expected);
    assert_where("userName in (\n  'a',\n  'b c',\n  'A'\n)", expected);
    assert_where("userName in ('a', 'b c', 'A', 'a')", expected);
    assert_where("userName in ('b  c', 'a')", "where userName in ('a', 'b  c')");
    assert_where("x not in (2, 1) and y in (NULL, 'b')", "where x not in (1, 2) and y in ('b', null)");
}

static void only_the_lists_of_in_are_sorted(void **state)
{
    (void)state;
    assert_where("f(b, a) = 1", "where f (b, a) = 1");
    assert_where("between (2, 1)", "where between (2, 1)");
    assert_where("x = 'in' (b, a)", "where x = 'in' (b, a)");
}

static void a_list_may_hold_parentheses_and_lists(void **state)
{
    (void)state;
    assert_where("(a,b) in ((2, 1), (1, 2))", "where (a, b) in ((1, 2), (2, 1))");
    assert_where("x in ((y IN (2,1)), ((0)))", "where x in (((0)), (y in (1, 2)))");
    assert_where("((x in (2,1)) and ((y)))", "where ((x in (1, 2)) and ((y)))");
}

static void deeply_nested_lists_keep_their_order(void **state)
{
    (void)state;
    SCOPED(buf) struct buf where = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf expected = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < 5000; i++)
        buf_put(&where, "in(");
    buf_put(&where, "2,1");
    buf_put(&expected, "where in (");
    for (size_t i = 1; i < 5000; i++)
        buf_put(&expected, "in (");
    buf_put(&expected, "2, 1");
    for (size_t i = 0; i < 5000; i++) {
        buf_put(&where, ")");
        buf_put(&expected, ")");
    }
    assert_where(buf_text(&where), buf_text(&expected));
}

static void broken_conditions_end_where_they_end(void **state)
{
    (void)state;
    assert_where("a = 'b", "where a = 'b");
    assert_where("a in ('b', 'a'", "where a in ('a', 'b'");
    assert_where("a in (", "where a in (");
    assert_where("a in ()", "where a in ()");
    assert_where("a) and b", "where a) and b");
}

static void other_conditions_have_other_texts(void **state)
{
    (void)state;
    assert_where("a = 1 or b = 2", "where a = 1 or b = 2");
    assert_where("b = 2 or a = 1", "where b = 2 or a = 1");
    assert_where("(a = 1 or b = 2)", "where (a = 1 or b = 2)");
    assert_where("a = '1' or b = 2", "where a = '1' or b = 2");
}

static void categories_are_sorted_and_each_comes_once(void **state)
{
    (void)state;
    const char *expected = "usageCategory in ('CLOUD_SERVICE', 'DESKTOP_PRODUCT')";
    ASSERT_CATEGORIES(expected, "CLOUD_SERVICE", "DESKTOP_PRODUCT");
    ASSERT_CATEGORIES(expected, "DESKTOP_PRODUCT", "CLOUD_SERVICE", "DESKTOP_PRODUCT");
}

static void old_names_of_categories_are_those_of_now(void **state)
{
    (void)state;
    ASSERT_CATEGORIES("usageCategory in ('CLOUD_PRODUCT', 'CLOUD_SERVICE', 'DESKTOP_PRODUCT')",
                      "PRODUCT_CONSUMPTION", "CLOUD_PRODUCT_CONSUMPTION", "CLOUD_CONSUMPTION",
                      "DESKTOP_PRODUCT");
}

static void a_category_that_nobody_knows_is_taken_to_the_letter(void **state)
{
    (void)state;
    ASSERT_CATEGORIES("usageCategory in ('a', 'b')", "b", "a");
    ASSERT_CATEGORIES("usageCategory in ('a'', ''b')", "a', 'b");
    ASSERT_CATEGORIES("usageCategory in ('desktop_product')", "desktop_product");
}

static void categories_come_before_the_condition(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_jobs("contract: 1\n"
                                       "query:\n"
                                       "  fields: [usageDate]\n"
                                       "  usageCategory: [CLOUD_SERVICE]\n"
                                       "  where: |\n"
                                       "    customField1 = 'a'\n"
                                       "    AND userName LIKE 'bob%'\n");
    assert_findings(reading, "");
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    job_filter_put(&reading.jobs.items[0], &out);
    assert_string_equal(buf_text(&out), "usageCategory in ('CLOUD_SERVICE') "
                                        "where customField1 = 'a' and userName like 'bob%'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_that_filters_nothing_has_no_text),
        cmocka_unit_test(blanks_outside_quotes_make_no_difference),
        cmocka_unit_test(blanks_and_case_inside_quotes_are_kept),
        cmocka_unit_test(a_quote_written_twice_does_not_end_the_text),
        cmocka_unit_test(keywords_are_the_same_in_any_case),
        cmocka_unit_test(names_keep_their_case),
        cmocka_unit_test(a_list_is_the_same_in_any_order),
        cmocka_unit_test(only_the_lists_of_in_are_sorted),
        cmocka_unit_test(a_list_may_hold_parentheses_and_lists),
        cmocka_unit_test(deeply_nested_lists_keep_their_order),
        cmocka_unit_test(broken_conditions_end_where_they_end),
        cmocka_unit_test(other_conditions_have_other_texts),
        cmocka_unit_test(categories_are_sorted_and_each_comes_once),
        cmocka_unit_test(old_names_of_categories_are_those_of_now),
        cmocka_unit_test(a_category_that_nobody_knows_is_taken_to_the_letter),
        cmocka_unit_test(categories_come_before_the_condition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
