#include "api/enrichment_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool read_names(const char *text, struct arena *arena, struct enrichment *enrichment, struct err *err)
{
    return enrichment_read(text, strlen(text), arena, enrichment, err);
}

static void names_stand_at_their_fields_place(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct enrichment enrichment;
    struct err err = {0};
    assert_true(read_names("[\"Department\",\"\\u5730\\u7406\",\"\",\"Region\",\"Region\"]", arena,
                           &enrichment, &err));
    assert_string_equal(enrichment.names[0], "Department");
    assert_string_equal(enrichment.names[1], "\u5730\u7406");
    assert_null(enrichment.names[2]);
    assert_string_equal(enrichment.names[3], "Region");
    assert_string_equal(enrichment.names[4], "Region");
    assert_null(enrichment.names[5]);
    assert_null(enrichment.names[9]);
}

static void blanks_and_what_is_no_text_are_no_name(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct enrichment enrichment;
    struct err err = {0};
    assert_true(read_names("[\" \\t\",null,7,\"Site\"]", arena, &enrichment, &err));
    assert_null(enrichment.names[0]);
    assert_null(enrichment.names[1]);
    assert_null(enrichment.names[2]);
    assert_string_equal(enrichment.names[3], "Site");
}

static void what_stands_behind_the_tenth_is_left_out(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct enrichment enrichment;
    struct err err = {0};
    assert_true(read_names("[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\"]",
                           arena, &enrichment, &err));
    assert_string_equal(enrichment.names[9], "10");
}

static void an_empty_list_names_nothing(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct enrichment enrichment;
    struct err err = {0};
    assert_true(read_names("[]", arena, &enrichment, &err));
    assert_null(enrichment.names[0]);
}

static void what_is_no_json_or_no_list_may_pass(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct enrichment enrichment;
    struct err err = {0};
    assert_false(read_names("<html>", arena, &enrichment, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_false(read_names("{\"names\":[]}", arena, &enrichment, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_stand_at_their_fields_place),
        cmocka_unit_test(blanks_and_what_is_no_text_are_no_name),
        cmocka_unit_test(what_stands_behind_the_tenth_is_left_out),
        cmocka_unit_test(an_empty_list_names_nothing),
        cmocka_unit_test(what_is_no_json_or_no_list_may_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
