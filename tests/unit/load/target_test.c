/* load/target, the half that needs no database: what a result's columns become. */
#include "load/target.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct target derived(const struct job *job, struct text_list names, struct arena *arena)
{
    struct target target;
    struct err err = {0};
    if (!target_derive(job, "tokenflex", &names, arena, &target, &err))
        fail_msg("%s", err.text);
    return target;
}

static void expect_refused(const struct job *job, struct text_list names, const char *words)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct target target;
    struct err err = {0};
    assert_false(target_derive(job, "tokenflex", &names, arena, &target, &err));
    assert_int_equal(err.kind, ERR_DATA);
    if (strstr(err.text, words) == NULL)
        fail_msg("expected \"%s\", got \"%s\"", words, err.text);
}

static void columns_stand_in_the_order_of_the_result(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("useCount", "userName", "usageDate", "tokensConsumed", "productName");
    struct target target = derived(&job_daily, names, arena);
    assert_int_equal(target.count, 5);
    assert_string_equal(target.columns[0].name, "use_count");
    assert_string_equal(target.columns[1].name, "user_name");
    assert_string_equal(target.columns[2].name, "usage_date");
    assert_string_equal(target.columns[3].name, "tokens_consumed");
    assert_string_equal(target.columns[4].name, "product_name");
    assert_string_equal(target.columns[4].api_name, "productName");
}

static void the_table_is_the_jobs(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("productName", "uniqueUsers");
    struct target target = derived(&job_snapshot, names, arena);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    target_put_name(&target, &sql);
    assert_string_equal(buf_text(&sql), "\"tokenflex\".\"snapshot\"");
}

static void types_come_from_the_catalogue(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("usageDate", "productName", "userName", "tokensConsumed", "useCount");
    static const enum column_type types[] = {COLUMN_DATE, COLUMN_TEXT, COLUMN_TEXT, COLUMN_NUMERIC,
                                             COLUMN_INTEGER};
    struct target target = derived(&job_daily, names, arena);
    for (size_t i = 0; i < target.count; i++) {
        assert_true(target.columns[i].type_is_known);
        assert_int_equal(target.columns[i].type, types[i]);
    }
}

static void a_type_of_the_job_goes_before_the_catalogues(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = job_total;
    job.target.types = (struct job_type[]){{"uniqueUsers", COLUMN_NUMERIC}};
    job.target.type_count = 1;
    struct text_list names = NAMES("tokensConsumed", "uniqueUsers");
    struct target target = derived(&job, names, arena);
    assert_int_equal(target.columns[1].type, COLUMN_NUMERIC);
}

static void the_type_of_an_unknown_field_is_open(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = {.name = "j", .query = {.fields = NAMES("mood")}, .target = {.table = "j"}};
    struct text_list names = NAMES("mood");
    struct target target = derived(&job, names, arena);
    assert_false(target.columns[0].type_is_known);
    assert_true(target.columns[0].is_open);
}

static void an_unknown_metric_is_numeric_until_a_value_says_otherwise(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = {.name = "j", .query = {.metrics = NAMES("carbonSaved")}, .target = {.table = "j"}};
    struct text_list names = NAMES("carbonSaved");
    struct target target = derived(&job, names, arena);
    bool seen = false;
    struct cell whole = {.kind = CELL_NUMBER, .bytes = "7", .length = 1};
    struct cell words = {.kind = CELL_TEXT, .bytes = "N/A", .length = 3};
    assert_true(target.columns[0].type_is_known);
    assert_true(target_is_typed(&target));
    assert_int_equal(target.columns[0].type, COLUMN_NUMERIC);
    assert_false(target_note_value(&target.columns[0], &whole, &seen));
    assert_int_equal(target.columns[0].type, COLUMN_NUMERIC);
    assert_true(target_note_value(&target.columns[0], &words, &seen));
    assert_int_equal(target.columns[0].type, COLUMN_TEXT);
}

static void a_renamed_column_keeps_its_api_name(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = job_snapshot;
    job.target.renames = (struct job_rename[]){{"productName", "product"}};
    job.target.rename_count = 1;
    struct text_list names = NAMES("productName", "uniqueUsers");
    struct target target = derived(&job, names, arena);
    assert_string_equal(target.columns[0].name, "product");
    assert_string_equal(target.columns[0].api_name, "productName");
    assert_true(target.columns[0].in_key);
}

/* The service may spell a name in its own way; the job's spelling counts. */
static void names_are_matched_without_regard_to_their_spelling(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("Product Name", "UNIQUE_USERS");
    struct target target = derived(&job_snapshot, names, arena);
    assert_string_equal(target.columns[0].api_name, "productName");
    assert_string_equal(target.columns[0].name, "product_name");
    assert_string_equal(target.columns[1].api_name, "uniqueUsers");
}

static void the_key_stands_in_the_order_of_its_api_names(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("userName", "tokensConsumed", "usageDate", "useCount", "productName");
    struct target target = derived(&job_daily, names, arena);
    assert_int_equal(target.key_count, 3);
    assert_int_equal(target.key[0], 4); /* productName */
    assert_int_equal(target.key[1], 2); /* usageDate */
    assert_int_equal(target.key[2], 0); /* userName */
}

/* By bytes, not as people sort: Z comes before a. */
static void the_key_is_sorted_by_bytes(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = {
        .name = "j",
        .query = {.fields = NAMES("aa", "aB", "Zz", "a")},
        .target = {.table = "j", .key = NAMES("aa", "aB", "Zz", "a")},
    };
    struct text_list names = NAMES("aa", "aB", "Zz", "a");
    struct target target = derived(&job, names, arena);
    assert_int_equal(target.key[0], 2); /* Zz */
    assert_int_equal(target.key[1], 3); /* a */
    assert_int_equal(target.key[2], 1); /* aB */
    assert_int_equal(target.key[3], 0); /* aa */
}

static void a_key_may_be_some_of_the_fields(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = job_daily;
    job.target.key = (struct text_list)NAMES("userName", "productName");
    struct text_list names = NAMES("usageDate", "productName", "userName", "tokensConsumed", "useCount");
    struct target target = derived(&job, names, arena);
    assert_int_equal(target.key_count, 2);
    assert_false(target.columns[0].in_key);
    assert_true(target.columns[1].in_key);
    assert_true(target.columns[2].in_key);
    assert_false(target.columns[3].in_key);
}

static void the_first_date_of_the_key_leads_the_index(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("productName", "userName", "usageDate", "tokensConsumed", "useCount");
    struct target target = derived(&job_daily, names, arena);
    assert_int_equal(target.lead, 2);
}

static void the_windows_date_leads_the_index_before_other_dates(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("usageMonth", "usageDate");
    job.target.key = (struct text_list)NAMES("usageMonth", "usageDate");
    struct text_list names = NAMES("usageMonth", "usageDate", "tokensConsumed", "useCount");
    struct target target = derived(&job, names, arena);
    assert_string_equal(target_index_lead(&target), "usage_date");
}

static void nothing_leads_the_index_of_snapshots(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = job_snapshot;
    job.query.fields = (struct text_list)NAMES("usageMonth", "productName");
    job.target.key = (struct text_list)NAMES("usageMonth", "productName");
    struct text_list names = NAMES("usageMonth", "productName", "uniqueUsers");
    struct target target = derived(&job, names, arena);
    assert_null(target_index_lead(&target));
}

static void without_a_date_in_the_key_nothing_leads(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = job_daily;
    job.target.key = (struct text_list)NAMES("productName", "userName");
    struct text_list names = NAMES("usageDate", "productName", "userName", "tokensConsumed", "useCount");
    struct target target = derived(&job, names, arena);
    assert_int_equal(target.lead, target.count);
}

static void a_query_without_fields_has_no_key(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("tokensConsumed", "uniqueUsers");
    struct target target = derived(&job_total, names, arena);
    assert_int_equal(target.key_count, 0);
    assert_int_equal(target.lead, target.count);
}

static void rows_without_the_windows_date_are_snapshots(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list snapshot = NAMES("productName", "uniqueUsers");
    struct text_list daily = NAMES("usageDate", "productName", "userName", "tokensConsumed", "useCount");
    struct text_list total = NAMES("tokensConsumed", "uniqueUsers");
    assert_true(derived(&job_snapshot, snapshot, arena).windowed);
    assert_false(derived(&job_daily, daily, arena).windowed);
    assert_false(derived(&job_total, total, arena).windowed);
}

static void a_name_too_few_is_refused(void **state)
{
    (void)state;
    struct text_list no_metric = NAMES("productName");
    struct text_list no_field = NAMES("uniqueUsers");
    struct text_list none = {0};
    expect_refused(&job_snapshot, no_metric, "lacks the column `uniqueUsers`");
    expect_refused(&job_snapshot, no_field, "lacks the column `productName`");
    expect_refused(&job_snapshot, none, "lacks the column `productName`");
}

static void a_name_too_many_is_refused(void **state)
{
    (void)state;
    struct text_list names = NAMES("productName", "uniqueUsers", "userName");
    expect_refused(&job_snapshot, names, "column `userName` that the job did not request");
}

static void a_name_that_comes_twice_is_refused(void **state)
{
    (void)state;
    struct text_list letter_by_letter = NAMES("productName", "uniqueUsers", "productName");
    struct text_list in_another_spelling = NAMES("productName", "uniqueUsers", "product_name");
    expect_refused(&job_snapshot, letter_by_letter, "the column `productName` twice");
    expect_refused(&job_snapshot, in_another_spelling, "the column `productName` twice");
}

static void a_name_of_control_characters_is_shown_in_one_line(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("productName", "unique\nUsers\x1b[31m");
    struct target target;
    struct err err = {0};
    assert_false(target_derive(&job_snapshot, "tokenflex", &names, arena, &target, &err));
    assert_null(strpbrk(err.text, "\n\x1b"));
}

struct seen_value {
    struct cell cell;
    enum column_type then;
};

static void expect_types(struct target_column column, const struct seen_value *values, size_t count)
{
    bool seen = false;
    for (size_t i = 0; i < count; i++) {
        enum column_type before = column.type;
        bool widened = target_note_value(&column, &values[i].cell, &seen);
        if (column.type != values[i].then)
            fail_msg("value %zu: %s, not %s", i, column_type_name(column.type),
                     column_type_name(values[i].then));
        assert_int_equal(widened, before != column.type);
    }
}

#define NUMBER(text)                                                                                         \
    {                                                                                                        \
        .kind = CELL_NUMBER, .bytes = text, .length = sizeof(text) - 1                                       \
    }
#define TEXT(text)                                                                                           \
    {                                                                                                        \
        .kind = CELL_TEXT, .bytes = text, .length = sizeof(text) - 1                                         \
    }

static void a_code_with_leading_zeros_is_not_a_number_in_a_field(void **state)
{
    (void)state;
    static const char *const codes[] = {"0042", "+42", " 42", ".5", "42."};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct target_column field = {.type = COLUMN_INTEGER, .type_is_known = true, .is_open = true};
        struct target_column metric = {
            .type = COLUMN_NUMERIC, .type_is_known = true, .is_open = true, .is_metric = true};
        struct cell code = {.kind = CELL_TEXT, .bytes = codes[i], .length = strlen(codes[i])};
        struct cell number = TEXT("42");
        bool seen = true;
        assert_false(target_note_value(&field, &number, &seen));
        assert_true(target_note_value(&field, &code, &seen));
        assert_int_equal(field.type, COLUMN_TEXT);
        assert_false(target_note_value(&metric, &code, &seen));
    }
}

static void an_unknown_column_gets_the_narrowest_type_of_its_values(void **state)
{
    (void)state;
    static const struct seen_value numbers[] = {{{.kind = CELL_NULL}, COLUMN_TEXT},
                                                {NUMBER("60"), COLUMN_INTEGER},
                                                {NUMBER("60.0"), COLUMN_NUMERIC},
                                                {NUMBER("7"), COLUMN_NUMERIC},
                                                {TEXT("n/a"), COLUMN_TEXT}};
    static const struct seen_value days[] = {{TEXT("2026-11-22"), COLUMN_DATE},
                                             {TEXT("2026-11-22T03:04:05"), COLUMN_TIMESTAMP},
                                             {TEXT("soon"), COLUMN_TEXT}};
    struct target_column column = {.type = COLUMN_TEXT, .is_open = true};
    expect_types(column, numbers, 5);
    expect_types(column, days, 3);
}

static void a_column_of_the_table_is_widened_by_what_does_not_fit(void **state)
{
    (void)state;
    static const struct seen_value numbers[] = {{NUMBER("60.0"), COLUMN_INTEGER},
                                                {TEXT("61"), COLUMN_INTEGER},
                                                {NUMBER("60.5"), COLUMN_NUMERIC},
                                                {TEXT("2026-11-22"), COLUMN_TEXT},
                                                {NUMBER("1"), COLUMN_TEXT}};
    struct target_column column = {.type = COLUMN_INTEGER, .type_is_known = true, .is_open = true};
    expect_types(column, numbers, 5);
}

static void a_type_that_job_or_catalogue_name_stays(void **state)
{
    (void)state;
    static const struct seen_value numbers[] = {{NUMBER("60.5"), COLUMN_INTEGER},
                                                {TEXT("x"), COLUMN_INTEGER}};
    struct target_column column = {.type = COLUMN_INTEGER, .type_is_known = true};
    expect_types(column, numbers, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_stand_in_the_order_of_the_result),
        cmocka_unit_test(the_table_is_the_jobs),
        cmocka_unit_test(types_come_from_the_catalogue),
        cmocka_unit_test(a_type_of_the_job_goes_before_the_catalogues),
        cmocka_unit_test(the_type_of_an_unknown_field_is_open),
        cmocka_unit_test(an_unknown_metric_is_numeric_until_a_value_says_otherwise),
        cmocka_unit_test(a_renamed_column_keeps_its_api_name),
        cmocka_unit_test(names_are_matched_without_regard_to_their_spelling),
        cmocka_unit_test(the_key_stands_in_the_order_of_its_api_names),
        cmocka_unit_test(the_key_is_sorted_by_bytes),
        cmocka_unit_test(a_key_may_be_some_of_the_fields),
        cmocka_unit_test(the_first_date_of_the_key_leads_the_index),
        cmocka_unit_test(the_windows_date_leads_the_index_before_other_dates),
        cmocka_unit_test(nothing_leads_the_index_of_snapshots),
        cmocka_unit_test(without_a_date_in_the_key_nothing_leads),
        cmocka_unit_test(a_query_without_fields_has_no_key),
        cmocka_unit_test(rows_without_the_windows_date_are_snapshots),
        cmocka_unit_test(a_name_too_few_is_refused),
        cmocka_unit_test(a_name_too_many_is_refused),
        cmocka_unit_test(a_name_that_comes_twice_is_refused),
        cmocka_unit_test(a_name_of_control_characters_is_shown_in_one_line),
        cmocka_unit_test(a_code_with_leading_zeros_is_not_a_number_in_a_field),
        cmocka_unit_test(an_unknown_column_gets_the_narrowest_type_of_its_values),
        cmocka_unit_test(a_column_of_the_table_is_widened_by_what_does_not_fit),
        cmocka_unit_test(a_type_that_job_or_catalogue_name_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
