/* load/column_map: which column holds which field and metric. */
#include "load/column_map.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define REMEMBERED                                                                                           \
    "usageDate usage_date\nproductName product_name\nuserName user_name\ntokensConsumed tokens_consumed\n"   \
    "useCount use_count"

/* The columns of a table, as target_columns.sql answers: name and comment, by turns. */
static PGresult *table_of(const char *const *cells, size_t count)
{
    PGresAttDesc columns[] = {{.name = (char[]){"name"}}, {.name = (char[]){"comment"}}};
    PGresult *table = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    assert_non_null(table);
    assert_true(PQsetResultAttrs(table, 2, columns));
    for (size_t i = 0; i < count; i++) {
        char *value = (char *)(uintptr_t)cells[i];
        assert_true(PQsetvalue(table, (int)(i / 2), (int)(i % 2), value, (int)strlen(value)));
    }
    return table;
}
#define TABLE(...)                                                                                           \
    table_of((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

#define FIELDS                                                                                               \
    "usage_date", "usageDate", "product_name", "productName", "user_name", "userName", "use_count", "useCount"

/* The job with another column for a name. */
static struct job renamed(const char *name, const char *column, struct job_rename *rename)
{
    struct job job = job_daily;
    *rename = (struct job_rename){name, column};
    job.target.renames = rename;
    job.target.rename_count = 1;
    return job;
}

static void expect_in_place(const struct job *job, PGresult *table)
{
    struct misplaced_column misplaced;
    if (column_map_find_misplaced(job, REMEMBERED, table, &misplaced))
        fail_msg("%s: %s, %s", misplaced.name, misplaced.stored_in, misplaced.wanted);
    PQclear(table);
}

static void expect_misplaced(const struct job *job, PGresult *table, const char *words, const char *hint)
{
    struct misplaced_column misplaced;
    struct err err = {0};
    assert_true(column_map_find_misplaced(job, REMEMBERED, table, &misplaced));
    assert_false(column_map_refuse_misplaced("tokenflex", "daily", &misplaced, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    if (!strstr(err.text, words) || !strstr(err.hint, hint))
        fail_msg("%s [%s]", err.text, err.hint);
    PQclear(table);
}

static void a_table_as_it_was_made_is_in_place(void **state)
{
    (void)state;
    expect_in_place(&job_daily, TABLE(FIELDS, "tokens_consumed", "tokensConsumed, in tokens"));
}

static void a_metric_and_a_field_that_the_job_renames_are_refused(void **state)
{
    (void)state;
    struct job_rename rename;
    struct job job = renamed("tokensConsumed", "tokens", &rename);
    expect_misplaced(&job, TABLE(FIELDS, "tokens_consumed", ""),
                     "has tokensConsumed in the column tokens_consumed, not in tokens",
                     "alter table \"tokenflex\".\"daily\" rename column \"tokens_consumed\" to \"tokens\"");
    job = renamed("userName", "who", &rename);
    expect_misplaced(&job, TABLE(FIELDS, "tokens_consumed", ""),
                     "userName in the column user_name, not in who",
                     "rename column \"user_name\" to \"who\"");
}

static void a_column_that_its_owner_renames_is_found_by_its_comment(void **state)
{
    (void)state;
    expect_misplaced(&job_daily, TABLE(FIELDS, "tokens", "tokensConsumed, in tokens: What they cost."),
                     "has tokensConsumed in the column tokens, not in tokens_consumed",
                     "rename column \"tokens\" to \"tokens_consumed\"");
}

static void a_column_that_is_gone_is_named(void **state)
{
    (void)state;
    const char *words = "has lost the column tokens_consumed, which holds tokensConsumed";
    expect_misplaced(&job_daily, TABLE(FIELDS), words, "--rebuild");
    expect_misplaced(&job_daily, TABLE(FIELDS, "tokens", "tokensConsumedOnce: another"), words, "--rebuild");
}

static void a_column_whose_name_another_one_has_is_found_by_its_comment(void **state)
{
    (void)state;
    struct job_rename rename;
    struct job job = renamed("tokensConsumed", "old", &rename);
    const char *words = "has tokensConsumed in the column old, not in tokens_consumed";
    expect_misplaced(&job_daily, TABLE(FIELDS, "old", "tokensConsumed", "tokens_consumed", ""), words,
                     "target.rename");
    expect_misplaced(&job_daily, TABLE(FIELDS, "old", "tokensConsumed", "tokens_consumed", "price"), words,
                     "--rebuild");
    expect_in_place(&job, TABLE(FIELDS, "old", "tokensConsumed", "tokens_consumed", ""));
    expect_misplaced(&job_daily,
                     TABLE("usage_date", "usageDate", "product_name", "userName", "user_name", "productName",
                           "use_count", "useCount", "tokens_consumed", "tokensConsumed"),
                     "has productName in the column user_name, not in product_name", "--rebuild");
}

static void comments_of_the_owner_are_left_in_peace(void **state)
{
    (void)state;
    expect_in_place(&job_daily, TABLE(FIELDS, "tokens_consumed", ""));
    expect_in_place(&job_daily, TABLE(FIELDS, "tokens_consumed", "what the owner says of it"));
    expect_in_place(&job_daily, TABLE("usage_date", "", "product_name", "", "user_name", "", "use_count", "",
                                      "tokens_consumed", ""));
}

static void what_owner_and_job_have_renamed_alike_is_in_place(void **state)
{
    (void)state;
    struct job_rename rename;
    struct job job = renamed("tokensConsumed", "tokens", &rename);
    expect_in_place(&job, TABLE(FIELDS, "tokens", "mine"));
}

static void a_metric_that_the_table_never_had_is_new(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.query.metrics = (struct text_list)NAMES("tokensConsumed", "useCount", "usageHours");
    expect_in_place(&job, TABLE(FIELDS, "tokens_consumed", "tokensConsumed"));
}

static void a_new_metric_does_not_get_the_column_of_another(void **state)
{
    (void)state;
    struct job_rename rename;
    struct job job = renamed("usageHours", "tokens_consumed", &rename);
    job.query.metrics = (struct text_list)NAMES("usageHours");
    expect_misplaced(&job, TABLE(FIELDS, "tokens_consumed", ""),
                     "has tokensConsumed in the column tokens_consumed, where the job wants usageHours",
                     "give usageHours another column");
}

static void only_columns_that_a_new_metric_finds_there_were_added_for_it(void **state)
{
    (void)state;
    struct misplaced_column added;
    struct job job = job_daily;
    size_t next = 0;
    job.query.metrics = (struct text_list)NAMES("tokensConsumed", "usageMinutes", "useCount", "usageHours");
    PGresult *table = TABLE(FIELDS, "tokens_consumed", "", "usage_hours", "");
    assert_true(column_map_find_added(&job, REMEMBERED, table, &next, &added));
    assert_string_equal(added.name, "usageHours");
    assert_string_equal(added.wanted, "usage_hours");
    assert_false(column_map_find_added(&job, REMEMBERED, table, &next, &added));
    PQclear(table);
}

/* 24 characters of two bytes, and half of another one. */
static void a_long_name_is_cut_between_characters(void **state)
{
    (void)state;
    struct err err;
    struct misplaced_column added = {.name = "useCount"};
    strcpy(added.wanted, "a");
    for (size_t i = 0; i < 30; i++)
        strcat(added.wanted, "\xC3\xA9");
    assert_false(column_map_refuse_added("tokenflex", "daily", &added, &err));
    char *cut = strstr(err.hint, "\"own_a");
    assert_non_null(cut);
    assert_int_equal(strcspn(cut + 1, "\""), strlen("own_a") + 48);
}

static void what_is_remembered_grows_and_follows_the_job(void **state)
{
    (void)state;
    struct job_rename rename;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = renamed("useCount", "uses", &rename);
    job.query.metrics = (struct text_list)NAMES("useCount", "usageHours");
    assert_string_equal(column_map_merge("", &job_daily, arena), REMEMBERED);
    assert_string_equal(column_map_merge(REMEMBERED, &job_daily, arena), REMEMBERED);
    assert_string_equal(column_map_merge(REMEMBERED, &job, arena),
                        "usageDate usage_date\nproductName product_name\nuserName user_name\n"
                        "tokensConsumed tokens_consumed\nuseCount uses\nusageHours usage_hours");
}

/* A contract's own name of a custom field. */
static void a_name_with_blanks_is_remembered_as_a_whole(void **state)
{
    (void)state;
    struct misplaced_column misplaced;
    struct job_rename rename = {"Kosten Stelle (EU)", "stelle"};
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("Kosten", "Kosten Stelle (EU)");
    const char *remembered = column_map_merge("", &job, arena);
    assert_non_null(strstr(remembered, "Kosten Stelle (EU) kosten_stelle_eu_\n"));
    assert_string_equal(column_map_merge(remembered, &job, arena), remembered);
    job.target.renames = &rename;
    job.target.rename_count = 1;
    PGresult *table = TABLE("kosten", "Kosten", "kosten_stelle_eu_", "Kosten Stelle (EU)", "tokens_consumed",
                            "", "use_count", "");
    assert_true(column_map_find_misplaced(&job, remembered, table, &misplaced));
    assert_string_equal(misplaced.stored_in, "kosten_stelle_eu_");
    PQclear(table);
}

static void what_no_job_of_the_table_requests_is_unused(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job few = job_daily;
    struct job elsewhere = job_daily;
    few.query.metrics = (struct text_list)NAMES("tokensConsumed");
    elsewhere.target.table = "elsewhere";
    struct jobs jobs = {(struct job[]){few, elsewhere}, 2};
    struct text_list unused = column_map_list_unused(REMEMBERED, &jobs, job_daily.target.table, arena);
    assert_int_equal(unused.count, 1);
    assert_string_equal(unused.items[0], "useCount");
    assert_int_equal(column_map_list_unused(REMEMBERED, &jobs, "elsewhere", arena).count, 0);
    assert_int_equal(column_map_list_unused("", &jobs, job_daily.target.table, arena).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_as_it_was_made_is_in_place),
        cmocka_unit_test(a_metric_and_a_field_that_the_job_renames_are_refused),
        cmocka_unit_test(a_column_that_its_owner_renames_is_found_by_its_comment),
        cmocka_unit_test(a_column_that_is_gone_is_named),
        cmocka_unit_test(a_column_whose_name_another_one_has_is_found_by_its_comment),
        cmocka_unit_test(comments_of_the_owner_are_left_in_peace),
        cmocka_unit_test(what_owner_and_job_have_renamed_alike_is_in_place),
        cmocka_unit_test(a_metric_that_the_table_never_had_is_new),
        cmocka_unit_test(a_new_metric_does_not_get_the_column_of_another),
        cmocka_unit_test(a_long_name_is_cut_between_characters),
        cmocka_unit_test(only_columns_that_a_new_metric_finds_there_were_added_for_it),
        cmocka_unit_test(what_is_remembered_grows_and_follows_the_job),
        cmocka_unit_test(a_name_with_blanks_is_remembered_as_a_whole),
        cmocka_unit_test(what_no_job_of_the_table_requests_is_unused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
