#include "unit/wire/yaml/yaml_reading.h"

static void variables_are_replaced_in_every_scalar(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_text("plain: ${CONTRACT}\ndouble: \"n-${CONTRACT}-${CONTRACT}\"\nsingle: '${CONTRACT}'\n"
                  "block: |\n  ${CONTRACT}\n${CONTRACT}: key\n");
    const struct yaml_node *root = reading.documents.items[0];
    assert_int_equal(reading.findings.count, 0);
    assert_string_equal(yaml_get(root, "plain")->text, "11000000001");
    assert_string_equal(yaml_get(root, "double")->text, "n-11000000001-11000000001");
    assert_string_equal(yaml_get(root, "single")->text, "11000000001");
    assert_string_equal(yaml_get(root, "block")->text, "11000000001\n");
    assert_string_equal(yaml_get(root, "11000000001")->text, "key");
}

static void a_default_stands_in_for_a_variable_unset_or_empty(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_text("[\"${NONE:-d: [e}\", \"${EMPTY:-full}\", \"${EMPTY}\", \"${NONE:-}\", "
                  "\"${CONTRACT:-other}\", \"${NONE:-a:-b$c{}\"]");
    const struct yaml_node *list = reading.documents.items[0];
    const char *const expected[] = {"d: [e", "full", "", "", "11000000001", "a:-b$c{"};
    assert_int_equal(reading.findings.count, 0);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(list->items[i]->text, expected[i]);
}

static void a_replaced_text_is_never_null_nor_replaced_again(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: ${NULLISH}\nb: ${EMPTY}\nc: ${NESTED}\n");
    const struct yaml_node *root = reading.documents.items[0];
    assert_false(yaml_is_null(yaml_get(root, "a")));
    assert_false(yaml_is_null(yaml_get(root, "b")));
    assert_string_equal(yaml_get(root, "c")->text, "${CONTRACT}");
}

static void a_doubled_dollar_writes_a_brace_literally(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("- $${CONTRACT}\n- a$b\n- $$\n- $$$${x\n- cost $5\n");
    const struct yaml_node *list = reading.documents.items[0];
    const char *const expected[] = {"${CONTRACT}", "a$b", "$$", "$$${x", "cost $5"};
    assert_int_equal(reading.findings.count, 0);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(list->items[i]->text, expected[i]);
}

static void every_missing_variable_is_found_at_its_dollar(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_text("a: \"\\t${NONE} $ ${NONE_TOO}\"\nb: |\n  x\n  y ${NONE}\n");
    assert_int_equal(reading.findings.count, 3);
    assert_string_equal(
        reading.findings.items[0].message,
        "the environment variable NONE is not set: set it, or give a default: ${NONE:-default}");
    assert_int_equal(reading.findings.items[0].place.column, 7);
    assert_int_equal(reading.findings.items[1].place.column, 17);
    assert_int_equal(reading.findings.items[2].place.line, 4);
    assert_int_equal(reading.findings.items[2].place.column, 5);
    assert_true(yaml_get(reading.documents.items[0], "a")->broken);
}

static void a_missing_variable_is_empty_in_the_value_of_an_optional_key_alone(void **state)
{
    (void)state;
    static const char text[] = "secret: ${NONE}\nsecrets: {secret: \"a ${NONE} b\", other: \"${NONE:-c}\"}\n"
                               "other: {secret: \"${CONTRACT}\"}\nplain: ${NONE}\n";
    static const char *const optional[] = {"secret", "secrets", NULL};
    SCOPED(reading) struct reading reading = {.arena = arena_make()};
    const struct yaml_source source = {.file = "f.yaml",
                                       .bytes = text,
                                       .length = sizeof text - 1,
                                       .lookup = variable,
                                       .optional_keys = optional};
    reading.findings.arena = reading.arena;
    yaml_read(&source, reading.arena, &reading.findings, &reading.documents);
    const struct yaml_node *root = reading.documents.items[0];
    assert_one_finding(
        &reading, 4, 8,
        "the environment variable NONE is not set: set it, or give a default: ${NONE:-default}");
    assert_string_equal(yaml_get(root, "secret")->text, "");
    assert_false(yaml_is_null(yaml_get(root, "secret")));
    assert_string_equal(yaml_get(yaml_get(root, "secrets"), "secret")->text, "a  b");
    assert_string_equal(yaml_get(yaml_get(root, "secrets"), "other")->text, "c");
    assert_string_equal(yaml_get(yaml_get(root, "other"), "secret")->text, "11000000001");
}

static void a_variable_badly_written_is_refused(void **state)
{
    (void)state;
    const char *const wrong[] = {"'${}'",    "'${9A}'",  "'${A-b}'",
                                 "'${A:b}'", "'${A B}'", "'${A'",
                                 "'${'",     "'${A:-b'", "'${NONE:-${CONTRACT}}'"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        SCOPED(reading) struct reading reading = read_text(wrong[i]);
        assert_one_finding(
            &reading, 1, 2,
            "`${` begins a variable, ${NAME} or ${NAME:-default}, and this is neither (a default has no "
            "variable in it): correct it, or write $${ for the two characters themselves");
    }
}

static void a_variable_that_is_no_utf8_is_refused(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: ${LATIN1}\n");
    assert_one_finding(&reading, 1, 4,
                       "the environment variable LATIN1 is not UTF-8: set it to text in UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_are_replaced_in_every_scalar),
        cmocka_unit_test(a_default_stands_in_for_a_variable_unset_or_empty),
        cmocka_unit_test(a_replaced_text_is_never_null_nor_replaced_again),
        cmocka_unit_test(a_doubled_dollar_writes_a_brace_literally),
        cmocka_unit_test(every_missing_variable_is_found_at_its_dollar),
        cmocka_unit_test(a_missing_variable_is_empty_in_the_value_of_an_optional_key_alone),
        cmocka_unit_test(a_variable_badly_written_is_refused),
        cmocka_unit_test(a_variable_that_is_no_utf8_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
