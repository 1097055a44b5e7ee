/* load/target: the roles of database.grant_select_to. */
#include "db/load/loading.h"

static struct loading total_for(struct text_list readers)
{
    return (struct loading){.job = &job_total, .readers = readers, .rows = "[[60.0,3]]", .run_id = 1};
}

static int make_roles(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "create role reader; create role \"Other Reader\"");
    return 0;
}

/* Whether a role reads the table, by doing so. */
static void expect_can_read(struct pg *pg, const char *role)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "set role ");
    pg_put_identifier(&sql, role);
    db_exec(pg, buf_text(&sql));
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.total"), "1");
    db_exec(pg, "reset role");
}

static void readers_of_a_new_table_can_read_it(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = total_for((struct text_list)NAMES("reader", "Other Reader"));
    load(pg, &loading);
    expect_can_read(pg, "reader");
    expect_can_read(pg, "Other Reader");
}

static void a_reader_named_later_can_read_the_existing_table(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = total_for((struct text_list){0});
    struct loading later = total_for((struct text_list)NAMES("reader"));
    load(pg, &loading);
    load(pg, &later);
    expect_can_read(pg, "reader");
}

static void readers_that_can_read_already_need_no_statement(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct target target;
    struct text_list statements;
    struct loading loading = total_for((struct text_list)NAMES("reader", "public"));
    load(pg, &loading);
    must(derive_and_inspect(pg, &loading, arena, &target, &err), &err);
    target_ddl(&target, arena, &statements);
    assert_int_equal(statements.count, 0);
}

static void everyone_can_be_a_reader(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = total_for((struct text_list)NAMES("public"));
    load(pg, &loading);
    expect_can_read(pg, "Other Reader");
}

static void a_reader_cannot_write(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct loading loading = total_for((struct text_list)NAMES("reader"));
    load(pg, &loading);
    db_exec(pg, "set role reader");
    must_fail(pg_exec(pg, "delete from tokenflex.total", &err), &err, ERR_AUTH,
              "permission denied for table total");
}

static void a_role_that_is_missing_is_told_for_a_new_table(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = total_for((struct text_list)NAMES("reader", "nobody_such"));
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_CONFIG, "database.grant_select_to");
    assert_non_null(strstr(err.text, "role \"nobody_such\" does not exist"));
}

static void a_role_that_is_missing_is_told_for_an_existing_table(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = total_for((struct text_list){0});
    struct loading later = total_for((struct text_list)NAMES("reader", "nobody_such"));
    load(pg, &loading);
    must_fail(try_load(pg, &later, &counts, &err), &err, ERR_CONFIG, "database.grant_select_to");
    assert_non_null(strstr(err.text, "role \"nobody_such\" does not exist"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_of_a_new_table_can_read_it),
        cmocka_unit_test(a_reader_named_later_can_read_the_existing_table),
        cmocka_unit_test(readers_that_can_read_already_need_no_statement),
        cmocka_unit_test(everyone_can_be_a_reader),
        cmocka_unit_test(a_reader_cannot_write),
        cmocka_unit_test(a_role_that_is_missing_is_told_for_a_new_table),
        cmocka_unit_test(a_role_that_is_missing_is_told_for_an_existing_table),
    };
    return cmocka_run_group_tests(tests, make_roles, NULL);
}
