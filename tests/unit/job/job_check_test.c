/*
 * What the checks let pass, and their finer points. What they refuse, message by message, is under
 * tests/data/bad.
 */
#include "unit/job/reading.h"

static void assert_job(const char *text, const char *expected)
{
    char yaml[2048];
    snprintf(yaml, sizeof yaml, "contract: 1\n%s", text);
    SCOPED(reading) struct reading reading = read_jobs(yaml);
    assert_findings(reading, expected);
}

/* A job with this condition, written plain. */
static void assert_where(const char *where, const char *expected)
{
    char yaml[1024];
    snprintf(yaml, sizeof yaml, "query:\n  fields: [usageDate]\n  where: %s\n", where);
    assert_job(yaml, expected);
}

static void conditions_that_the_service_takes_pass(void **state)
{
    (void)state;
    assert_where("userName LIKE 'bob%'", "");
    assert_where("userName LIKE '%a%b%c'", "");
    assert_where("userName LIKE '\xE5\x9C\xB0\xE7\x90\x86\xE5\x9C\xB0%'", "");
    assert_where("usageCategory LIKE 'DESKTOP_PRODUCT'", "");
    assert_where("usageCategory IN ('DESKTOP_PRODUCT', 'CLOUD_PRODUCT')", "");
    assert_where("productName = '%' OR tokenPool = '50%'", "");
    assert_where("userName = 'O''Brien (not here)' AND (quantity > 1.5)", "");
    assert_where("usageDate BETWEEN '2026-01-01' AND '2026-02-01'", "");
    assert_where("customField1 IS NULL", "");
}

static void not_is_a_keyword_only_outside_of_quotes(void **state)
{
    (void)state;
    assert_where("\"productName = 'not' AND productName != \\\"not\\\"\"", "");
    assert_where(
        "\"notes = 'x'\"",
        "4:11: warning: `notes` in `where` is not a field that the service documents" CUSTOM_FIELD_ADVICE
        "\n");
    assert_where("customField1 not in ('x')",
                 "4:23: error: the keyword `not` is not allowed in `where`: use `!=`\n");
    assert_where("\"customField1 NoT IN ('x')\"",
                 "4:24: error: the keyword `NoT` is not allowed in `where`: use `!=`\n");
    assert_where("  productName  is   not null",
                 "4:30: error: the keyword `not` is not allowed in `where`: use `!=`\n");
    assert_where("productName='a' or not(userName='b')",
                 "4:29: error: the keyword `not` is not allowed in `where`: use `!=`\n");
}

static void short_patterns_are_refused_wherever_they_stand(void **state)
{
    (void)state;
    const char *message = "a pattern with `%` needs at least three other characters, found ";
    const char *advice = ": make it longer, or compare with `=`\n";
    char expected[256];
    snprintf(expected, sizeof expected, "4:24: error: %s'%%'%s", message, advice);
    assert_where("userName like '%'", expected);
    snprintf(expected, sizeof expected, "4:25: error: %s'ab%%'%s", message, advice);
    assert_where("userName LIKE ('ab%')", expected);
    snprintf(expected, sizeof expected, "4:24: error: %s'\xE5\x9C\xB0\xE7\x90\x86%%'%s", message, advice);
    assert_where("userName LIKE '\xE5\x9C\xB0\xE7\x90\x86%'", expected);
    snprintf(expected, sizeof expected, "4:35: error: %s'b%%'%s", message, advice);
    assert_where("userName LIKE ('admin%', 'b%') and userName = 'c%'", expected);
    snprintf(expected, sizeof expected, "4:10: error: %s'b%%'%s", message, advice);
    assert_where("|\n    userName LIKE 'b%'", expected);
}

static size_t count_findings(const char *text, const char *words)
{
    size_t count = 0;
    SCOPED(reading) struct reading reading = read_jobs(text);
    for (size_t i = 0; i < reading.findings.count; i++)
        count += strstr(reading.findings.items[i].message, words) != NULL;
    return count;
}

/* However many names it has of which the service documents none. */
static void a_long_condition_is_checked_to_its_end(void **state)
{
    (void)state;
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    buf_put(&text, "contract: 1\nquery:\n  fields: [usageDate]\n  where: \"");
    for (size_t i = 0; i < 30; i++)
        buf_put(&text, "Geo = 'a' or ");
    buf_put(&text, "Geo = 'b') or (productName = 'x'\"\n");
    assert_int_equal(count_findings(buf_text(&text), "this `)` closes nothing"), 1);
}

static void names_that_the_services_answers_do_not_tell_apart_are_listed_twice(void **state)
{
    (void)state;
    const char *words = "`AB` is listed twice in `query.fields`, first on line 2 (case, blanks";
    assert_int_equal(count_findings("contract: 1\nquery: {fields: [usageDate, A B, AB]}\n", words), 1);
    words = "`user_name` would be the column `user_name`, and so would `userName`";
    assert_int_equal(count_findings("contract: 1\nquery: {fields: [userName, user_name]}\n", words), 1);
}

static void an_enum_field_is_known_in_any_case(void **state)
{
    (void)state;
    assert_where("USAGETYPE LIKE 'Normal%'", "4:25: error: `usageType` takes no wildcards: compare it with "
                                             "`=` or IN (\xE2\x80\xA6) instead of LIKE "
                                             "'Normal%'\n");
    assert_where("chargeCategory = 'FREE' AND userName LIKE 'admin%'", "");
}

static void unknown_names_are_warnings_with_a_suggestion(void **state)
{
    (void)state;
    assert_job("query:\n  fields: [usagedate, somethingNew]\n  metrics: [tokenConsumed]\n"
               "  usageCategory: [DESKTOP_PRODUCTS]\n  where: userNam = 'ann'\n",
               "3:12: warning: `usagedate` is not a field that the service documents; it is sent as it is; "
               "did you mean `usageDate`?\n"
               "3:23: warning: `somethingNew` is not a field that the service documents; it is sent as it "
               "is" CUSTOM_FIELD_ADVICE "\n"
               "4:13: warning: `tokenConsumed` is not a metric that the service documents; it is sent as it "
               "is; did you mean `tokensConsumed`?\n"
               "5:19: warning: `DESKTOP_PRODUCTS` is not a usage category that the service documents; it is "
               "sent as it is; did you mean `DESKTOP_PRODUCT`?\n"
               "6:10: warning: `userNam` in `where` is not a field that the service documents; did you mean "
               "`userName`?\n");
}

static void session_level_data_comes_by_export(void **state)
{
    (void)state;
    assert_job("query: {fields: [hubId], metrics: [tokensConsumed], usageCategory: [CLOUD_PRODUCT]}\n", "");
    assert_job(
        "query: {fields: [chargedItemID, quantity2], usageCategory: [CLOUD_SERVICE]}\nsource: export\n",
        "2:33: warning: `quantity2` is not a field that the service documents; it is sent as it "
        "is" CUSTOM_FIELD_ADVICE "\n");
    assert_job("query:\n  fields: [usageDate, sessionStartDate, sessionEndDate, userName, customField10]\n"
               "  metrics: [tokensConsumed, usageMinutes, usageHours]\n  usageCategory: [DESKTOP_PRODUCT]\n",
               "");
}

static void a_detail_may_have_all_usage_categories_in_which_it_exists(void **state)
{
    (void)state;
    assert_job("query: {fields: [chargedItemID], usageCategory: [MANUAL_ADJUSTMENT, MANUAL_CONSUMPTION]}\n",
               "");
    assert_job("query: {fields: [chargedItemID], usageCategory: [MANUAL_ADJUSTMENT, MANUAL_CONSUMPTION]}\n"
               "source: query\n",
               "");
    assert_job("query: {fields: [chargedItemID], usageCategory: [DESKTOP_PRODUCT, CLOUD_PRODUCT]}\n", "");
    assert_job("query: {fields: [reasonComment], usageCategory: [MANUAL_CONSUMPTION]}\nsource: query\n", "");
    assert_job("query: {fields: [reasonComment], usageCategory: [SOMETHING_NEW]}\n",
               "2:50: warning: `SOMETHING_NEW` is not a usage category that the service documents; it is "
               "sent as it is\n");
}

static void details_of_cloud_services_by_query_are_a_warning(void **state)
{
    (void)state;
    assert_job("query: {fields: [chargedItemID], usageCategory: [CLOUD_SERVICE]}\n", "");
    assert_job(
        "query: {fields: [chargedItemID], usageCategory: [CLOUD_SERVICE, MANUAL_ADJUSTMENT]}\n"
        "source: query\n",
        "3:9: warning: `chargedItemID` is session-level; the service's documentation contradicts itself on "
        "whether a query may request it for CLOUD_SERVICE: if the service refuses the query, write `source: "
        "export`, or leave the choice to `auto`\n");
}

static void a_field_of_manual_entries_wants_its_usage_category(void **state)
{
    (void)state;
    assert_job("query: {fields: [tokenPool], usageCategory: [MANUAL_ADJUSTMENT]}\n", "");
    assert_job("query: {fields: [tokenPool], usageCategory: [MANUAL_ADJUSTMENT, DESKTOP_PRODUCT]}\n", "");
    assert_job("query: {fields: [machineName]}\n", "");
    assert_job("query: {fields: [tokenPool]}\n",
               "2:18: warning: `tokenPool` exists for MANUAL_ADJUSTMENT only: name that in "
               "`query.usageCategory`, or the service may refuse the field or leave it out\n");
}

static void old_names_of_usage_categories_are_known(void **state)
{
    (void)state;
    assert_job("query:\n  fields: [usageDate]\n"
               "  usageCategory: [PRODUCT_CONSUMPTION, CLOUD_PRODUCT_CONSUMPTION, CLOUD_CONSUMPTION]\n",
               "");
    assert_job("query:\n  fields: [sessionStartDate, tokenPool]\n  usageCategory: [PRODUCT_CONSUMPTION]\n",
               "3:30: error: `tokenPool` is not allowed in a session-level export of DESKTOP_PRODUCT, and "
               "`sessionStartDate` is a session-level field: remove one of the two\n");
}

static void the_closed_list_holds_for_session_level_only(void **state)
{
    (void)state;
    assert_job("query: {fields: [reasonType], metrics: [uniqueUsers], usageCategory: [MANUAL_ADJUSTMENT]}\n"
               "source: export\n",
               "");
}

static void a_condition_on_the_day_of_the_window_is_a_warning(void **state)
{
    (void)state;
    assert_job(
        "query:\n  fields: [usageDate]\n  where: usageDate > '2026-01-01' AND usageDate < '2026-02-01'\n"
        "window: {field: usageDate}\n",
        "4:10: warning: `where` restricts `usageDate`, and so does the window: both apply; choose the days "
        "by the window alone\n");
    assert_job(
        "query:\n  fields: [usageDate]\n  where: usageMonth = '2026-01-01'\nwindow: {field: usageDate}\n",
        "");
}

static void an_empty_condition_is_refused(void **state)
{
    (void)state;
    assert_where("\"  \"", "4:10: error: `query.where` is empty: give it a condition, or remove the key\n");
    assert_where("", "4:9: error: `query.where` has no value: give it one, or remove the key\n");
}

static void a_contracts_own_names_point_to_its_numbered_fields(void **state)
{
    (void)state;
    assert_job("query: {fields: [usageDate, Department, 地理]}\n",
               "2:29: warning: `Department` is not a field that the service documents; it is sent as it "
               "is" CUSTOM_FIELD_ADVICE "\n"
               "2:41: warning: `地理` is not a field that the service documents; it is sent as it "
               "is" CUSTOM_FIELD_ADVICE "\n");
}

static void no_run_repeats_the_advice(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_jobs("contract: 1\nquery: {fields: [Geo], metrics: [amount], where: \"Geo = 'x'\"}\n");
    assert_int_equal(reading.findings.count, 3);
    assert_int_equal(reading.findings.items[0].severity, SEVERITY_ADVICE);
    assert_int_equal(reading.findings.items[1].severity, SEVERITY_WARNING);
    assert_int_equal(reading.findings.items[2].severity, SEVERITY_ADVICE);
}

static void a_name_past_63_bytes_is_cut(void **state)
{
    (void)state;
    char one[JOB_COLUMN_NAME];
    char other[JOB_COLUMN_NAME];
    const struct job job = {0};
    job_column_name(&job, "部門の名前部門の名前部門の名前部門の名前部門一", one);
    job_column_name(&job, "部門の名前部門の名前部門の名前部門の名前部門二", other);
    assert_string_equal(one, "部門の名前部門の名前部門の名前部門の_773306d0");
    assert_string_not_equal(one, other);
    assert_int_equal(strlen(one), 63);
    SCOPED(reading)
    struct reading reading =
        read_jobs("contract: 1\nquery: {fields: [部門の名前部門の名前部門の名前部門の名前部門一]}\n");
    assert_int_equal(reading.findings.errors, 0);
    SCOPED(reading)
    struct reading ascii =
        read_jobs("contract: 1\nquery: {fields: "
                  "[The department that pays for the seats of this office and the next one]}\n");
    assert_int_equal(ascii.findings.errors, 0);
}

static void a_rename_may_have_letters_of_any_script(void **state)
{
    (void)state;
    assert_job(
        "query: {fields: [customField1, customField2, customField3]}\n"
        "target: {rename: {customField1: größe, customField2: 地理, customField3: Größe}}\n",
        "3:72: error: `target.rename.customField3` must be a name of lower-case letters, digits and `_`, "
        "at most 63 bytes long, found `Größe`\n");
}

static void columns_may_collide_after_snake_case(void **state)
{
    (void)state;
    assert_job("query: {fields: [usageDate, usage_date]}\n",
               "2:29: warning: `usage_date` is not a field that the service documents; it is sent as it is; "
               "did you mean `usageDate`?\n"
               "2:29: error: `usage_date` would be the column `usage_date`, and so would `usageDate`: give "
               "one of them "
               "another name under `target.rename`\n");
    assert_job(
        "query: {fields: [usageDate, windowStart]}\n",
        "2:29: warning: `windowStart` is not a field that the service documents; it is sent as it "
        "is" CUSTOM_FIELD_ADVICE "\n"
        "2:29: error: `windowStart` would be the column `window_start`, a name that is taken in every table: "
        "give it another under `target.rename`\n");
    assert_job("query: {fields: [usageDate, userName]}\ntarget: {rename: {usageDate: user_name, userName: "
               "usage_date}}\n",
               "");
}

static void a_column_may_have_63_bytes(void **state)
{
    (void)state;
    const char *fits = "a23456789012345678901234567890123456789012345678901234567890123";
    const char *exceeds = "a234567890123456789012345678901234567890123456789012345678901234";
    char text[256];
    snprintf(text, sizeof text, "query: {fields: [usageDate]}\ntarget: {rename: {usageDate: %s}}\n", fits);
    assert_job(text, "");
    snprintf(text, sizeof text, "query: {fields: [usageDate]}\ntarget: {rename: {usageDate: %s}}\n", exceeds);
    assert_job(
        text,
        "3:30: error: `target.rename.usageDate` must be a name of lower-case letters, digits and `_`, at "
        "most 63 bytes long, found `a234567890123456789012345678901234567890123456789012345678901234`\n");
}

static void a_key_may_be_some_of_the_fields(void **state)
{
    (void)state;
    assert_job("query: {fields: [usageDate, userName]}\ntarget: {key: [userName]}\n", "");
    assert_job("query: {fields: [usageDate, userName]}\ntarget: {key: [userName, userName]}\n",
               "3:26: error: `userName` is listed twice in `target.key`: remove one of them\n");
    assert_job("query: {fields: [usageDate]}\ntarget: {key: []}\n",
               "3:15: error: `target.key` is an empty list: name something in it, or remove the key\n");
}

static void a_month_window_is_cut_by_month_or_not_at_all(void **state)
{
    (void)state;
    assert_job("query: {fields: [usageMonth]}\nwindow: {field: usageMonth, chunk: month}\n", "");
    assert_job("query: {fields: [usageMonth]}\nwindow: {field: usageMonth, chunk: none}\n", "");
    assert_job("query: {fields: [usageMonth]}\nwindow: {field: usageDate, chunk: week}\n", "");
}

static void values_from_variables_are_checked_like_any_other(void **state)
{
    (void)state;
    assert_job("query:\n  fields: [usageDate]\n  where: userName ${OPERATOR:-not like} 'abc%'\n",
               "4:10: error: the keyword `not` is not allowed in `where`: use `!=`\n");
    assert_job("query:\n  fields: [usageDate]\n  where: productName = ${PRODUCT:-AutoCAD}\n",
               "4:10: error: `AutoCAD` is neither a field nor quoted: write text between quotes, such as "
               "'AutoCAD'\n");
    assert_job("query:\n  fields: [usageDate]\n  where: userName = '${NAME:-x\\}'\n",
               "4:10: error: `'x\\'` has a backslash before a quote, so it is not clear where the text ends: "
               "a quote within text is written twice, and no text ends in a backslash\n");
    assert_job("query:\n  fields: [usageDate]\n  where: userName = '${NAME:-x' /*} y\n",
               "4:10: error: `/*` begins or ends a comment, which is not allowed in `where`: remove it\n");
}

static void lists_are_bounded(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_make();
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    buf_put(&text, "contract: 1\nquery:\n  fields:\n");
    for (int i = 0; i < 1601; i++)
        buf_print(&text, "  - customField%d\n", i);
    const struct yaml_source source = source_of("usage.yaml", buf_text(&text), NULL);
    job_load(&source, reading.arena, &reading.findings, &reading.jobs);
    assert_findings(reading, "4:3: error: `query.fields` has 1601 items: 1600 are allowed\n");
}

static void windows_that_may_be_cut_pass(void **state)
{
    (void)state;
    assert_job("query: {fields: [usageDate]}\nwindow: {field: usageDate, last: 2 months, chunk: month}\n",
               "");
    assert_job("query: {fields: [userName]}\nwindow: {field: usageDate, last: 2 months, chunk: none}\n", "");
    assert_job("query: {fields: [userName]}\nwindow: {field: usageDate, chunk: month}\n", "");
    assert_job("query: {fields: [userName]}\nwindow: {field: usageMonth, last: 3 months, chunk: month}\n",
               "");
}

static void the_day_of_the_window_may_be_kept_as_a_timestamp(void **state)
{
    (void)state;
    static const char job[] = "query: {fields: [usageDate, productName]}\nwindow: {field: usageDate, last: 3 "
                              "days}\ntarget: {types: {%s}}\n";
    char yaml[256];
    snprintf(yaml, sizeof yaml, job, "usageDate: timestamp");
    assert_job(yaml, "");
    snprintf(yaml, sizeof yaml, job, "usageDate: date");
    assert_job(yaml, "");
}

static void a_key_over_several_windows_is_a_warning(void **state)
{
    (void)state;
    static const char job[] = "query: {fields: [%s]}\nwindow: {field: usageDate}\ntarget: {%s}\n";
    char yaml[256];
    snprintf(yaml, sizeof yaml, job, "usageDate, userName", "key: [userName]");
    assert_job(yaml,
               "4:15: warning: `target.key` lacks `usageDate`: the row of a later window takes the place "
               "of an earlier window's row of the same key. Add it, unless the table is to have the newest "
               "row of each key only\n");
    snprintf(yaml, sizeof yaml, job, "usageDate, userName", "key: [userName, usageDate]");
    assert_job(yaml, "");
    snprintf(yaml, sizeof yaml, job, "usageDate, userName", "mode: append, key: [userName]");
    assert_job(yaml, "");
    snprintf(yaml, sizeof yaml, job, "productName, userName", "key: [userName]"); /* snapshots */
    assert_job(yaml, "");
}

static void append_alone_passes(void **state)
{
    (void)state;
    assert_job("query: {fields: [usageDate]}\ntarget: {mode: append}\nchecks: {}\n", "");
    assert_job("query: {fields: [usageDate]}\ntarget: {mode: upsert, vanished: keep, snapshots: all}\n"
               "checks: {max_vanished: 100%}\n",
               "");
}

static void a_limit_of_vanished_rows_beside_rows_that_are_kept_is_a_warning(void **state)
{
    (void)state;
    assert_job("query: {fields: [usageDate]}\ntarget: {vanished: keep}\nchecks: {max_vanished: 10%}\n",
               "4:24: warning: `checks.max_vanished` has no effect with `vanished: keep`, which deletes no "
               "row: remove "
               "one of the two, or use `checks.min_rows`\n");
    assert_job("query: {fields: [productName]}\nwindow: {field: usageDate, last: 10 days}\n"
               "target: {vanished: keep}\nchecks: {max_vanished: 10%}\n",
               "");
    assert_job("query: {fields: [usageDate]}\ntarget: {vanished: keep}\n", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_that_may_be_cut_pass),
        cmocka_unit_test(the_day_of_the_window_may_be_kept_as_a_timestamp),
        cmocka_unit_test(a_key_over_several_windows_is_a_warning),
        cmocka_unit_test(append_alone_passes),
        cmocka_unit_test(a_limit_of_vanished_rows_beside_rows_that_are_kept_is_a_warning),
        cmocka_unit_test(conditions_that_the_service_takes_pass),
        cmocka_unit_test(not_is_a_keyword_only_outside_of_quotes),
        cmocka_unit_test(short_patterns_are_refused_wherever_they_stand),
        cmocka_unit_test(a_long_condition_is_checked_to_its_end),
        cmocka_unit_test(names_that_the_services_answers_do_not_tell_apart_are_listed_twice),
        cmocka_unit_test(an_enum_field_is_known_in_any_case),
        cmocka_unit_test(unknown_names_are_warnings_with_a_suggestion),
        cmocka_unit_test(session_level_data_comes_by_export),
        cmocka_unit_test(a_detail_may_have_all_usage_categories_in_which_it_exists),
        cmocka_unit_test(details_of_cloud_services_by_query_are_a_warning),
        cmocka_unit_test(a_field_of_manual_entries_wants_its_usage_category),
        cmocka_unit_test(old_names_of_usage_categories_are_known),
        cmocka_unit_test(the_closed_list_holds_for_session_level_only),
        cmocka_unit_test(a_condition_on_the_day_of_the_window_is_a_warning),
        cmocka_unit_test(an_empty_condition_is_refused),
        cmocka_unit_test(a_contracts_own_names_point_to_its_numbered_fields),
        cmocka_unit_test(no_run_repeats_the_advice),
        cmocka_unit_test(a_name_past_63_bytes_is_cut),
        cmocka_unit_test(a_rename_may_have_letters_of_any_script),
        cmocka_unit_test(columns_may_collide_after_snake_case),
        cmocka_unit_test(a_column_may_have_63_bytes),
        cmocka_unit_test(a_key_may_be_some_of_the_fields),
        cmocka_unit_test(a_month_window_is_cut_by_month_or_not_at_all),
        cmocka_unit_test(values_from_variables_are_checked_like_any_other),
        cmocka_unit_test(lists_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
