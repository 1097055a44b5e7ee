#include "api/contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool read_list(const char *text, struct arena *arena, struct contracts *contracts, struct err *err)
{
    return contract_read(text, strlen(text), arena, contracts, err);
}

static void a_list_is_read_in_its_order(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct contracts contracts;
    struct err err = {0};
    assert_true(read_list("[{\"contractNumber\":\"11000000002\",\"contractName\":\"Two\",\"isActive\":false,"
                          "\"contractStartDate\":\"2025-06-15\",\"contractEndDate\":\"2028-06-14\"},"
                          "{\"contractNumber\":\"11000000001\",\"contractName\":\"One\",\"isActive\":true}]",
                          arena, &contracts, &err));
    assert_int_equal(contracts.count, 2);
    assert_string_equal(contracts.items[0].number, "11000000002");
    assert_string_equal(contracts.items[0].name, "Two");
    assert_false(contracts.items[0].is_active);
    assert_string_equal(contracts.items[0].start, "2025-06-15");
    assert_string_equal(contracts.items[0].end, "2028-06-14");
    assert_string_equal(contracts.items[1].start, "");
    assert_string_equal(contracts.items[1].number, "11000000001");
    assert_true(contracts.items[1].is_active);
}

static void a_number_without_quotes_is_taken_by_its_digits(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct contracts contracts;
    struct err err = {0};
    assert_true(read_list("[{\"contractNumber\":11000000001}]", arena, &contracts, &err));
    assert_string_equal(contracts.items[0].number, "11000000001");
    assert_string_equal(contracts.items[0].name, "");
    assert_false(contracts.items[0].is_active);
}

static void entries_of_one_number_are_one_contract(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct contracts contracts;
    struct err err = {0};
    assert_true(read_list("[{\"contractNumber\":\"2\",\"contractName\":\"Before\",\"isActive\":false},"
                          "{\"contractNumber\":\"1\",\"contractName\":\"Other\",\"isActive\":true},"
                          "{\"contractNumber\":2,\"contractName\":\"Now\",\"isActive\":true},"
                          "{\"contractNumber\":\"2\",\"contractName\":\"Again\",\"isActive\":true}]",
                          arena, &contracts, &err));
    assert_int_equal(contracts.count, 2);
    assert_string_equal(contracts.items[0].number, "2");
    assert_string_equal(contracts.items[0].name, "Now");
    assert_true(contracts.items[0].is_active);
    assert_string_equal(contracts.items[1].name, "Other");
}

static void an_empty_list_is_a_list(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct contracts contracts;
    struct err err = {0};
    assert_true(read_list("[]", arena, &contracts, &err));
    assert_int_equal(contracts.count, 0);
}

static void what_is_no_json_may_pass(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct contracts contracts;
    struct err err = {0};
    assert_false(read_list("<html>", arena, &contracts, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
}

static void what_is_no_list_or_lacks_a_number_is_refused(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct contracts contracts;
    struct err err = {0};
    assert_false(read_list("{}", arena, &contracts, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_false(read_list("[{\"contractNumber\":\"1\"},{\"contractName\":\"x\"}]", arena, &contracts, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_non_null(strstr(err.text, "entry 2"));
}

static void a_number_with_control_characters_is_refused(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct contracts contracts;
    struct err err = {0};
    assert_false(read_list("[{\"contractNumber\":\"1\\u001b[31m\"}]", arena, &contracts, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_false(read_list("[{\"contractNumber\":\"1\\u202e\"}]", arena, &contracts, &err));
    assert_int_equal(err.kind, ERR_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_in_its_order),
        cmocka_unit_test(a_number_without_quotes_is_taken_by_its_digits),
        cmocka_unit_test(entries_of_one_number_are_one_contract),
        cmocka_unit_test(an_empty_list_is_a_list),
        cmocka_unit_test(what_is_no_json_may_pass),
        cmocka_unit_test(what_is_no_list_or_lacks_a_number_is_refused),
        cmocka_unit_test(a_number_with_control_characters_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
