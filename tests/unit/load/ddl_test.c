/* load/target: the statements that bring a table to what a result needs, to the letter. */
#include "load/target.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct target derived(const struct job *job, const char *schema, struct text_list names,
                             struct arena *arena)
{
    struct target target;
    struct err err = {0};
    if (!target_derive(job, schema, &names, arena, &target, &err))
        fail_msg("%s", err.text);
    target.schema_exists = true;
    return target;
}

static void is_there(struct target_column *column)
{
    column->exists = true;
    column->present = column->type;
}

static void expect_statements(const struct target *target, struct arena *arena, struct text_list expected)
{
    struct text_list statements;
    target_ddl(target, arena, &statements);
    for (size_t i = 0; i < statements.count && i < expected.count; i++)
        assert_string_equal(statements.items[i], expected.items[i]);
    assert_int_equal(statements.count, expected.count);
}

static void expect_index(const struct job *job, const char *schema, struct text_list names,
                         struct arena *arena, const char *expected)
{
    struct target target = derived(job, schema, names, arena);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    target_put_index(&target, &sql);
    assert_string_equal(buf_text(&sql), expected);
}

static void a_new_table_is_created_and_commented(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("usageDate", "productName", "userName", "tokensConsumed", "useCount");
    struct text_list statements = NAMES(
        "create table \"tokenflex\".\"daily\" (\n"
        "    contract_number text collate \"C\" not null,\n"
        "    \"usage_date\" date,\n"
        "    \"product_name\" text collate \"C\",\n"
        "    \"user_name\" text collate \"C\",\n"
        "    \"tokens_consumed\" numeric,\n"
        "    \"use_count\" bigint,\n"
        "    _row_key uuid not null,\n"
        "    _run_id bigint not null,\n"
        "    _synced_at timestamptz not null\n"
        ")",
        "comment on table \"tokenflex\".\"daily\" is 'Tokens by product, user and day. Loaded by "
        "tokenflex-etl, job "
        "daily. A row is one combination of contract_number, usage_date, product_name, user_name; _row_key "
        "is a hash "
        "of them.'",
        "comment on column \"tokenflex\".\"daily\".\"usage_date\" is 'usageDate: Day of the usage.'",
        "comment on column \"tokenflex\".\"daily\".\"product_name\" is 'productName: Name of the product.'",
        "comment on column \"tokenflex\".\"daily\".\"user_name\" is 'userName: Login name or e-mail address "
        "of "
        "the user; one person may come under both. For products metered by machine (Arnold, render nodes, "
        "VRED) it is the machine''s name, and custom fields are the machine''s.'",
        "comment on column \"tokenflex\".\"daily\".\"tokens_consumed\" is 'tokensConsumed, in tokens: Tokens "
        "consumed.'",
        "comment on column \"tokenflex\".\"daily\".\"use_count\" is 'useCount, in uses: Number of uses.'");
    struct target target = derived(&job_daily, "tokenflex", names, arena);
    expect_statements(&target, arena, statements);
}

static void a_table_of_snapshots_has_the_window_behind_the_contract(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("productName", "uniqueUsers");
    struct text_list statements = NAMES(
        "create table \"tokenflex\".\"snapshot\" (\n"
        "    contract_number text collate \"C\" not null,\n"
        "    window_start date,\n"
        "    window_end date,\n"
        "    \"product_name\" text collate \"C\",\n"
        "    \"unique_users\" bigint,\n"
        "    _row_key uuid not null,\n"
        "    _run_id bigint not null,\n"
        "    _synced_at timestamptz not null\n"
        ")",
        "comment on table \"tokenflex\".\"snapshot\" is 'Loaded by tokenflex-etl, job snapshot. A row is one "
        "combination of contract_number, window_start, window_end, product_name; _row_key is a hash of "
        "them.'",
        "comment on column \"tokenflex\".\"snapshot\".\"product_name\" is 'productName: Name of the "
        "product.'",
        "comment on column \"tokenflex\".\"snapshot\".\"unique_users\" is 'uniqueUsers, in users: Number of "
        "distinct users; of products metered by machine (Arnold, render nodes, VRED) that of machines. "
        "Cannot be summed over rows.'");
    struct target target = derived(&job_snapshot, "tokenflex", names, arena);
    expect_statements(&target, arena, statements);
}

static void a_missing_schema_is_created_first(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("tokensConsumed", "uniqueUsers");
    struct target target = derived(&job_total, "usage", names, arena);
    target.schema_exists = false;
    struct text_list statements;
    target_ddl(&target, arena, &statements);
    assert_string_equal(statements.items[0], "create schema if not exists \"usage\"");
}

static void a_table_without_a_key_has_one_row_a_contract(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    expect_index(&job_total, "tokenflex", (struct text_list)NAMES("tokensConsumed", "uniqueUsers"), arena,
                 "create unique index on \"tokenflex\".\"total\" (_row_key) nulls not distinct");
}

static void the_first_date_of_the_key_leads_the_index(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    expect_index(
        &job_daily, "sche\"ma",
        (struct text_list)NAMES("usageDate", "productName", "userName", "tokensConsumed", "useCount"), arena,
        "create unique index on \"sche\"\"ma\".\"daily\" (\"usage_date\", _row_key) nulls not distinct");
}

static void a_table_that_is_as_it_should_be_needs_nothing(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("productName", "uniqueUsers");
    struct text_list nothing = {0};
    struct target target = derived(&job_snapshot, "tokenflex", names, arena);
    target.exists = true;
    is_there(&target.columns[0]);
    is_there(&target.columns[1]);
    expect_statements(&target, arena, nothing);
}

static void a_new_metric_is_added_and_commented(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("productName", "uniqueUsers");
    struct text_list statements = NAMES(
        "alter table \"tokenflex\".\"snapshot\" add column \"unique_users\" bigint",
        "comment on column \"tokenflex\".\"snapshot\".\"unique_users\" is "
        "'uniqueUsers, in users: Number of distinct users; of products metered by machine (Arnold, render "
        "nodes, VRED) that of machines. Cannot be summed over "
        "rows.'");
    struct target target = derived(&job_snapshot, "tokenflex", names, arena);
    target.exists = true;
    is_there(&target.columns[0]);
    expect_statements(&target, arena, statements);
}

static void readers_are_granted_schema_and_table(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = NAMES("productName", "uniqueUsers");
    struct text_list statements = NAMES("grant usage on schema \"tokenflex\" to \"report\"",
                                        "grant select on \"tokenflex\".\"snapshot\" to \"report\"",
                                        "grant usage on schema \"tokenflex\" to \"Jane Doe\"",
                                        "grant select on \"tokenflex\".\"snapshot\" to \"Jane Doe\"");
    struct target target = derived(&job_snapshot, "tokenflex", names, arena);
    target.exists = true;
    is_there(&target.columns[0]);
    is_there(&target.columns[1]);
    target.readers = (struct text_list)NAMES("report", "Jane Doe");
    expect_statements(&target, arena, statements);
}

static void odd_names_are_quoted_wherever_they_stand(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = {
        .name = "o'dd",
        .description = "It's \"odd\" \\ ",
        .query = {.fields = NAMES("productName")},
        .target = {.table = "a\"b.c", .key = NAMES("productName")},
    };
    job.target.renames = (struct job_rename[]){{"productName", "Pro\"duct; drop"}};
    job.target.rename_count = 1;
    struct text_list names = NAMES("productName");
    struct text_list statements =
        NAMES("create table \"sche\"\"ma\".\"a\"\"b.c\" (\n"
              "    contract_number text collate \"C\" not null,\n"
              "    \"Pro\"\"duct; drop\" text collate \"C\",\n"
              "    _row_key uuid not null,\n"
              "    _run_id bigint not null,\n"
              "    _synced_at timestamptz not null\n"
              ")",
              "comment on table \"sche\"\"ma\".\"a\"\"b.c\" is 'It''s \"odd\" \\ . Loaded by tokenflex-etl, "
              "job o''dd. A row "
              "is one combination of contract_number, Pro\"duct; drop; _row_key is a hash of them.'",
              "comment on column \"sche\"\"ma\".\"a\"\"b.c\".\"Pro\"\"duct; drop\" is 'productName: Name of "
              "the product.'");
    struct target target = derived(&job, "sche\"ma", names, arena);
    expect_statements(&target, arena, statements);
}

static void a_column_of_an_unknown_name_is_commented_with_the_name_alone(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = {.name = "j", .query = {.metrics = NAMES("carbonSaved")}, .target = {.table = "j"}};
    struct text_list names = NAMES("carbonSaved");
    struct text_list statements =
        NAMES("alter table \"tokenflex\".\"j\" add column \"carbon_saved\" numeric",
              "comment on column \"tokenflex\".\"j\".\"carbon_saved\" is 'carbonSaved'");
    struct target target = derived(&job, "tokenflex", names, arena);
    target.exists = true;
    target.columns[0].type = COLUMN_NUMERIC;
    target.columns[0].type_is_known = true;
    expect_statements(&target, arena, statements);
}

static void a_column_that_nobody_knows_a_type_for_waits_for_its_first_value(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = {.name = "j", .query = {.fields = NAMES("mood")}, .target = {.table = "j"}};
    struct text_list names = NAMES("mood");
    struct text_list nothing = {0};
    struct target target = derived(&job, "tokenflex", names, arena);
    target.exists = true;
    expect_statements(&target, arena, nothing);
}

static void expect_retype(enum column_type from, enum column_type to, bool in_key, const char *expected)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    struct target_column column = {.name = "c", .type = to, .in_key = in_key};
    target_put_retype(&column, from, &sql);
    assert_string_equal(buf_text(&sql), expected);
}

static void a_type_is_widened_without_losing_anything(void **state)
{
    (void)state;
    expect_retype(COLUMN_INTEGER, COLUMN_NUMERIC, true, "alter column \"c\" type numeric");
    expect_retype(COLUMN_DATE, COLUMN_TIMESTAMP, false, "alter column \"c\" type timestamp");
    expect_retype(COLUMN_INTEGER, COLUMN_TEXT, false, "alter column \"c\" type text using \"c\"::text");
    expect_retype(COLUMN_NUMERIC, COLUMN_TEXT, false, "alter column \"c\" type text using \"c\"::text");
    expect_retype(COLUMN_TIMESTAMP, COLUMN_TEXT, false,
                  "alter column \"c\" type text using regexp_replace(to_char(\"c\", "
                  "'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '\\.?0+$', '')");
}

/* What identifies a row stays what it was: numbers and times in their canonical form. */
static void a_type_of_the_key_is_widened_to_canonical_text(void **state)
{
    (void)state;
    expect_retype(COLUMN_NUMERIC, COLUMN_TEXT, true,
                  "alter column \"c\" type text collate \"C\" using trim_scale(\"c\")::text");
    expect_retype(COLUMN_TIMESTAMP, COLUMN_TEXT, true,
                  "alter column \"c\" type text collate \"C\" using regexp_replace(regexp_replace(to_char("
                  "\"c\", 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '\\.?0+$', ''), 'T00:00:00$', '')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_table_is_created_and_commented),
        cmocka_unit_test(a_table_of_snapshots_has_the_window_behind_the_contract),
        cmocka_unit_test(a_missing_schema_is_created_first),
        cmocka_unit_test(a_table_without_a_key_has_one_row_a_contract),
        cmocka_unit_test(the_first_date_of_the_key_leads_the_index),
        cmocka_unit_test(a_table_that_is_as_it_should_be_needs_nothing),
        cmocka_unit_test(a_new_metric_is_added_and_commented),
        cmocka_unit_test(readers_are_granted_schema_and_table),
        cmocka_unit_test(odd_names_are_quoted_wherever_they_stand),
        cmocka_unit_test(a_column_of_an_unknown_name_is_commented_with_the_name_alone),
        cmocka_unit_test(a_column_that_nobody_knows_a_type_for_waits_for_its_first_value),
        cmocka_unit_test(a_type_is_widened_without_losing_anything),
        cmocka_unit_test(a_type_of_the_key_is_widened_to_canonical_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
