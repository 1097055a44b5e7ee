/* load/stage: rows on their way into the database, checked and counted. */
#include "db/load/loading.h"
#include "load/row_key.h"

#include <stdio.h>

/* A stage for a job's rows, with what it borrows. */
struct staging {
    struct pg *pg;
    struct arena *arena;
    struct target target;
    struct stage *stage;
    struct err err;
};

static void staging_begin(struct staging *staging, const struct job *job)
{
    *staging = (struct staging){.pg = db_fresh(), .arena = arena_make()};
    struct loading loading = {.job = job};
    must(derive_and_inspect(staging->pg, &loading, staging->arena, &staging->target, &staging->err),
         &staging->err);
    staging->stage =
        stage_make(staging->pg, &staging->target, CONTRACT, &loading.window, STAGE_IN_TABLE, &staging->err);
    must(staging->stage != NULL, &staging->err);
}

static void staging_cleanup(struct staging *staging)
{
    stage_release(staging->stage);
    arena_release(staging->arena);
    pg_close(staging->pg);
}

static void must_stage(struct staging *staging, const char *rows)
{
    must(stage_page(staging->stage, rows, staging->arena, &staging->err), &staging->err);
}

/* Asserts that a row is refused, that the error says so, and that the session is of use afterwards. */
static void expect_row_refused(const struct job *job, const char *rows, const char *words)
{
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, job);
    must(stage_begin_page(staging.stage, &staging.err), &staging.err);
    must_fail(add_rows(staging.stage, rows, staging.arena, &staging.err), &staging.err, ERR_DATA, words);
    stage_release(staging.stage);
    staging.stage = NULL;
    assert_false(pg_is_lost(staging.pg));
    assert_string_equal(db_value(staging.pg, "select 'of use'"), "of use");
}

/* db_value() of a statement that calls the stage of this session STAGE. */
static const char *stage_value(struct pg *pg, const char *sql)
{
    char named[1024];
    const char *at = strstr(sql, "STAGE");
    assert_non_null(at);
    snprintf(named, sizeof named, "%.*spg_temp.tokenflex_stage_%s%s", (int)(at - sql), sql, pg_nonce(pg),
             at + 5);
    return db_value(pg, named);
}

static void rows_of_all_pages_are_counted(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_snapshot);
    assert_int_equal(stage_rows(staging.stage), 0);
    must_stage(&staging, "[[\"AutoCAD\",1],[\"Revit\",2]]");
    assert_int_equal(stage_rows(staging.stage), 2);
    must_stage(&staging, "[[\"Maya\",3]]");
    must_stage(&staging, "[]");
    assert_int_equal(stage_rows(staging.stage), 3);
    assert_string_equal(stage_value(staging.pg, "select count(*) from STAGE"), "3");
}

static void the_stage_has_the_results_columns_and_the_key(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_daily);
    assert_string_equal(
        stage_value(staging.pg, "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), "
                                "', ' order by attnum) from pg_attribute "
                                "where attrelid = 'STAGE'::regclass and attnum > 0"),
        "_row_key uuid, usage_date date, product_name text, user_name text, tokens_consumed numeric, "
        "use_count bigint");
}

static void values_arrive_as_they_were_sent(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_daily);
    must_stage(&staging, "[[\"2026-11-01\",\"tab\\there \\\\N back\\\\slash\\r\\n\\u5730\","
                         "\"\\\\.\",0.1000000000000000055511151231257827,9223372036854775807]]");
    assert_string_equal(stage_value(staging.pg,
                                    "select product_name = E'tab\\there \\\\N back\\\\slash\\r\\n\\u5730' "
                                    "from STAGE"),
                        "t");
    assert_string_equal(stage_value(staging.pg, "select user_name from STAGE"), "\\.");
    assert_string_equal(stage_value(staging.pg, "select tokens_consumed from STAGE"),
                        "0.1000000000000000055511151231257827");
    assert_string_equal(stage_value(staging.pg, "select use_count from STAGE"), "9223372036854775807");
}

static void numbers_with_an_exponent_arrive_exactly(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_daily);
    must_stage(&staging, "[[\"2026-11-01\",\"a\",\"b\",1.25E-7,1.2345678E7]]");
    assert_string_equal(stage_value(staging.pg, "select tokens_consumed from STAGE"), "0.000000125");
    assert_string_equal(stage_value(staging.pg, "select use_count from STAGE"), "12345678");
}

static void null_and_empty_text_arrive_as_null(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_daily);
    must_stage(&staging, "[[null,\"\",null,null,\"\"]]");
    assert_string_equal(stage_value(staging.pg,
                                    "select num_nulls(usage_date, product_name, user_name, tokens_consumed, "
                                    "use_count) from STAGE"),
                        "5");
}

/* The same as in tests/unit/load/row_key_test.c, where it comes from. */
static void each_row_gets_its_key(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    struct job job = {.name = "j", .query = {.fields = NAMES("customField1", "customField2")}};
    job.target.table = "j";
    job.target.key = job.query.fields;
    staging_begin(&staging, &job);
    stage_release(staging.stage);
    staging.stage =
        stage_make(staging.pg, &staging.target, "1", &(struct window){0}, STAGE_IN_TABLE, &staging.err);
    must(staging.stage != NULL, &staging.err);
    must_stage(&staging, "[[\"a\",\"bc\"],[\"ab\",\"c\"],[null,null]]");
    /* V1:1V1:aV2:bc, V1:1V2:abV1:c, V1:1NN */
    assert_string_equal(stage_value(staging.pg,
                                    "select string_agg(_row_key::text, ' ' order by custom_field1) "
                                    "from STAGE"),
                        "e5d09a05-df29-baa8-a1b3-5d2846ed8227 ca6e1dd2-8e0f-a138-deff-a583a7287e63 "
                        "3266b80c-f14d-0e8f-a226-4ce120182d3c");
}

/* The key does not see in which order the job names its fields, or the result its columns. */
static void the_key_of_a_row_does_not_depend_on_the_order_of_its_columns(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    char keys[2][37];
    struct loading orders[] = {
        {.job = &job_daily,
         .names = NAMES("usageDate", "productName", "userName", "tokensConsumed", "useCount"),
         .rows = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]"},
        {.job = &job_daily,
         .names = NAMES("useCount", "userName", "tokensConsumed", "productName", "usageDate"),
         .rows = "[[3,\"ann\",60.0,\"AutoCAD\",\"2026-11-01\"]]"},
    };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct target target;
        must(derive_and_inspect(pg, &orders[i], arena, &target, &err), &err);
        SCOPED(stage)
        struct stage *stage = stage_make(pg, &target, CONTRACT, &orders[i].window, STAGE_IN_TABLE, &err);
        must(stage != NULL, &err);
        must(stage_page(stage, orders[i].rows, arena, &err), &err);
        memcpy(keys[i], stage_value(pg, "select _row_key from STAGE"), sizeof keys[i]);
    }
    assert_string_equal(keys[0], keys[1]);
}

static void a_value_of_a_wrong_type_names_row_column_and_value(void **state)
{
    (void)state;
    expect_row_refused(&job_snapshot, "[[\"AutoCAD\",1],[\"Revit\",\"many\"]]",
                       "row 2, column uniqueUsers: \"many\" is not a number");
    expect_row_refused(&job_snapshot, "[[\"AutoCAD\",1.5]]",
                       "row 1, column uniqueUsers: 1.5 is not a whole number");
    expect_row_refused(&job_snapshot, "[[\"AutoCAD\",true]]",
                       "row 1, column uniqueUsers: true is not a number");
    expect_row_refused(
        &job_snapshot, "[[\"AutoCAD\",9223372036854775808]]",
        "row 1, column uniqueUsers: 9223372036854775808 is a whole number of more than 64 bits");
    expect_row_refused(&job_daily, "[[\"2026-02-30\",\"a\",\"b\",1,1]]",
                       "row 1, column usageDate: \"2026-02-30\" is not a date such as 2026-11-22");
}

static void a_value_in_an_error_is_one_short_line(void **state)
{
    (void)state;
    expect_row_refused(
        &job_snapshot,
        "[[\"a\",\"two\\nlines, and then some more words than anybody wants to read in a message "
        "about a number\"]]",
        "row 1, column uniqueUsers: \"two?lines, and then some more words than anybody wants to read in a "
        "message …\" is not a number");
}

static void a_row_of_a_wrong_width_names_both_widths(void **state)
{
    (void)state;
    expect_row_refused(&job_snapshot, "[[\"AutoCAD\",1],[\"Revit\"]]",
                       "row 2 has 1 values, the result has 2 columns");
    expect_row_refused(&job_snapshot, "[[\"AutoCAD\",1,2]]", "row 1 has 3 values, the result has 2 columns");
    expect_row_refused(&job_snapshot, "[[]]", "row 1 has 0 values, the result has 2 columns");
}

static void rows_are_numbered_over_all_pages(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_snapshot);
    must_stage(&staging, "[[\"a\",1],[\"b\",2],[\"c\",3]]");
    must_fail(stage_page(staging.stage, "[[\"d\",4],[\"e\",\"x\"]]", staging.arena, &staging.err),
              &staging.err, ERR_DATA, "row 5, column uniqueUsers");
}

static void a_page_of_many_megabytes_arrives_whole(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_snapshot);
    SCOPED(buf) struct buf rows = buf_make((size_t)64 << 20);
    buf_put(&rows, "[");
    for (int i = 0; i < 20000; i++)
        buf_print(&rows, "%s[\"product %0100d\",%d]", i ? "," : "", i, i);
    buf_put(&rows, "]");
    must_stage(&staging, buf_text(&rows));
    assert_int_equal(stage_rows(staging.stage), 20000);
    assert_string_equal(stage_value(staging.pg, "select count(distinct _row_key) || ' ' || sum(unique_users) "
                                                "from STAGE"),
                        "20000 199990000");
}

static void a_number_that_the_server_could_not_keep_names_row_and_column(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_daily);
    SCOPED(buf) struct buf rows = buf_make(BUF_OWN_TEXT);
    buf_print(&rows, "[[\"2026-11-01\",\"a\",\"b\",%0200000d,1]]", 0);
    memset(strstr(rows.bytes, "000"), '9', 200000);
    must_fail(stage_page(staging.stage, buf_text(&rows), staging.arena, &staging.err), &staging.err, ERR_DATA,
              "row 1, column tokensConsumed: 999");
    assert_non_null(strstr(staging.err.text, "is a number of more digits than can be stored"));
}

static void a_page_given_up_leaves_the_session_usable(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_snapshot);
    must_stage(&staging, "[[\"a\",1]]");
    must(stage_begin_page(staging.stage, &staging.err), &staging.err);
    must(add_rows(staging.stage, "[[\"b\",2]]", staging.arena, &staging.err), &staging.err);
    stage_release(staging.stage);
    staging.stage = NULL;
    assert_false(pg_in_transaction(staging.pg));
    assert_string_equal(stage_value(staging.pg, "select to_regclass('STAGE') is null"), "t");
}

static void rows_of_some_days_can_be_taken_back(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_daily);
    struct window second = {true, 20759, 20760};
    must_stage(&staging, "[[\"2026-11-01\",\"Maya\",\"ann\",1,1],[\"2026-11-01\",\"Maya\",\"bob\",2,1]]");
    must_stage(&staging, "[[\"2026-11-02\",\"Maya\",\"ann\",3,1]]");
    must(stage_remove_part(staging.stage, "usageDate", &second, 2, &staging.err), &staging.err);
    assert_int_equal(stage_rows(staging.stage), 2);
    must_stage(&staging, "[[\"2026-11-02\",\"Maya\",\"ann\",4,1]]");
    assert_int_equal(stage_rows(staging.stage), 3);
    assert_string_equal(stage_value(staging.pg,
                                    "select string_agg(tokens_consumed::text, ' ' order by tokens_consumed) "
                                    "from STAGE"),
                        "1 2 4");
}

static void rows_of_other_days_cannot_be_taken_back(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_daily);
    struct window second = {true, 20759, 20760};
    must_stage(&staging, "[[\"2026-11-01\",\"Maya\",\"ann\",1,1]]");
    must_stage(&staging, "[[\"2026-11-03\",\"Maya\",\"ann\",3,1]]");
    must_fail(stage_remove_part(staging.stage, "usageDate", &second, 1, &staging.err), &staging.err, ERR_DATA,
              "other days than 2026-11-02 to 2026-11-03");
}

static void another_stage_replaces_the_one_before(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_snapshot);
    must_stage(&staging, "[[\"a\",1]]");
    SCOPED(stage)
    struct stage *second =
        stage_make(staging.pg, &staging.target, CONTRACT, &(struct window){0}, STAGE_IN_TABLE, &staging.err);
    must(second != NULL, &staging.err);
    assert_string_equal(stage_value(staging.pg, "select count(*) from STAGE"), "0");
}

static void no_transaction_is_open_between_pages(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    staging_begin(&staging, &job_snapshot);
    must_stage(&staging, "[[\"a\",1]]");
    assert_false(pg_in_transaction(staging.pg));
}

static void no_other_session_sees_the_stage(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    SCOPED(pg) struct pg *other = db_connect();
    staging_begin(&staging, &job_snapshot);
    must_stage(&staging, "[[\"a\",1]]");
    assert_string_equal(db_value(other,
                                 "select count(*) from pg_class where relname like 'tokenflex_stage%' and "
                                 "pg_table_is_visible(oid)"),
                        "0");
}

static void the_stage_of_another_session_is_not_found(void **state)
{
    (void)state;
    SCOPED(staging) struct staging staging;
    SCOPED(pg) struct pg *other = db_connect();
    staging_begin(&staging, &job_snapshot);
    assert_string_not_equal(stage_name(staging.stage), "");
    assert_non_null(strstr(stage_name(staging.stage), pg_nonce(staging.pg)));
    assert_null(strstr(stage_name(staging.stage), pg_nonce(other)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_all_pages_are_counted),
        cmocka_unit_test(the_stage_has_the_results_columns_and_the_key),
        cmocka_unit_test(values_arrive_as_they_were_sent),
        cmocka_unit_test(numbers_with_an_exponent_arrive_exactly),
        cmocka_unit_test(null_and_empty_text_arrive_as_null),
        cmocka_unit_test(each_row_gets_its_key),
        cmocka_unit_test(the_key_of_a_row_does_not_depend_on_the_order_of_its_columns),
        cmocka_unit_test(a_value_of_a_wrong_type_names_row_column_and_value),
        cmocka_unit_test(a_value_in_an_error_is_one_short_line),
        cmocka_unit_test(a_row_of_a_wrong_width_names_both_widths),
        cmocka_unit_test(rows_are_numbered_over_all_pages),
        cmocka_unit_test(a_page_of_many_megabytes_arrives_whole),
        cmocka_unit_test(a_number_that_the_server_could_not_keep_names_row_and_column),
        cmocka_unit_test(a_page_given_up_leaves_the_session_usable),
        cmocka_unit_test(rows_of_some_days_can_be_taken_back),
        cmocka_unit_test(rows_of_other_days_cannot_be_taken_back),
        cmocka_unit_test(another_stage_replaces_the_one_before),
        cmocka_unit_test(no_transaction_is_open_between_pages),
        cmocka_unit_test(no_other_session_sees_the_stage),
        cmocka_unit_test(the_stage_of_another_session_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
