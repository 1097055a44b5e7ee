#include "report/discovery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct contract items[] = {
    {.number = "11000000001",
     .name = "Line\nend \"quoted\"",
     .start = "2024-02-01",
     .end = "",
     .is_active = true},
    {.number = "11000000003", .name = "", .start = "2021-02-01", .end = "2024-01-31"},
};
static const struct contracts contracts = {items, COUNT_OF(items)};

static void contracts_are_a_line_each(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    discovery_put_contracts_table(&contracts, &out);
    assert_string_equal(buf_text(&out), "contract     name               start       end         active\n"
                                        "11000000001  Line?end \"quoted\"  2024-02-01              yes\n"
                                        "11000000003                     2021-02-01  2024-01-31  no\n");
}

static void contracts_as_json_have_null_for_a_day_not_told(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    discovery_put_contracts_json(&contracts, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"contracts\":[{\"contract_number\":\"11000000001\",\"name\":\"Line\\nend \\\"quoted\\\"\","
        "\"start\":\"2024-02-01\",\"end\":null,\"active\":true},\n"
        "{\"contract_number\":\"11000000003\",\"name\":\"\",\"start\":\"2021-02-01\",\"end\":\"2024-01-31\","
        "\"active\":false}]}\n");
}

static void assert_has_line(const struct buf *out, const char *line)
{
    if (!strstr(buf_text(out), line))
        fail_msg("no line \"%s\" in\n%s", line, buf_text(out));
}

static void fields_show_type_level_and_categories(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    discovery_put_fields_table(&(struct discovered_fields){0}, &out);
    assert_has_line(&out, "field                        type       level                 usage categories\n");
    assert_has_line(&out, "\nusageDate                    date       aggregate             all\n");
    assert_has_line(&out, "\nhubName                      text       session, export only  CLOUD_PRODUCT\n");
    assert_has_line(&out, "\nuniqueUsers     bigint   users     cannot be summed\n");
    assert_has_line(&out, "\nusageHours      numeric  hours     may be summed\n");
}

static void a_contracts_own_names_stand_beside_its_fields(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    const struct discovered_fields fields = {"11000000001", {.names = {[1] = "Cost\tCenter"}}};
    discovery_put_fields_table(&fields, &out);
    assert_has_line(&out, "  name in the contract\n");
    assert_has_line(
        &out, "\ncustomField2                 text       aggregate             all                        "
              "            Cost?Center\n");
}

static void fields_as_json_tell_what_a_script_needs(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    const struct discovered_fields fields = {"11000000001", {.names = {[0] = "Depart\nment"}}};
    discovery_put_fields_json(&fields, &out);
    assert_true(strncmp(buf_text(&out),
                        "{\"contract_number\":\"11000000001\",\n\"fields\":[{\"name\":\"usageDate\",",
                        61) == 0);
    assert_has_line(&out,
                    "{\"name\":\"sessionStartDate\",\"column\":\"session_start_date\",\"type\":\"timestamp\","
                    "\"categories\":[\"DESKTOP_PRODUCT\"],\"level\":\"session\",\"export_only\":true,"
                    "\"description\":\"Start of the session, in the license server's local time.\","
                    "\"custom_name\":null}");
    assert_has_line(&out, "{\"name\":\"customField1\",\"column\":\"custom_field1\",\"type\":\"text\","
                          "\"categories\":[\"DESKTOP_PRODUCT\",\"CLOUD_PRODUCT\",\"CLOUD_SERVICE\","
                          "\"MANUAL_ADJUSTMENT\",\"MANUAL_CONSUMPTION\"],\"level\":\"aggregate\","
                          "\"export_only\":false,\"description\":\"Value of the contract's custom field 1.\","
                          "\"custom_name\":\"Depart\\nment\"}");
    assert_has_line(&out, "{\"name\":\"uniqueUsers\",\"column\":\"unique_users\",\"type\":\"bigint\","
                          "\"unit\":\"users\",\"additive\":false,\"description\":\"Number of distinct users; "
                          "of products metered by machine (Arnold, "
                          "render nodes, VRED) that of machines.\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contracts_are_a_line_each),
        cmocka_unit_test(contracts_as_json_have_null_for_a_day_not_told),
        cmocka_unit_test(fields_show_type_level_and_categories),
        cmocka_unit_test(a_contracts_own_names_stand_beside_its_fields),
        cmocka_unit_test(fields_as_json_tell_what_a_script_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
