/* load/merge_text: one text by key for every placement, to the letter. */
#include "load/difference_inner.h"
#include "load/merge_text.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct text_list history_columns = NAMES("contract_number", "_row_key");

/* A load into a table that exists, and what its statements are called by the stage. */
struct fixture {
    struct arena *arena;
    struct target target;
    struct window_days days;
    struct history history;
    struct load_scope scope;
    struct merge_text text;
};

static void set_up(struct fixture *fixture, const struct placement *placement)
{
    struct err err = {0};
    struct text_list names = NAMES("usageDate", "productName", "userName", "tokensConsumed", "useCount");
    struct window november = {true, 20758, 20788};
    bool is_distributed = placement->kind == PLACEMENT_DISTRIBUTED;
    fixture->arena = arena_make();
    if (!target_derive(&job_daily, "tokenflex", &names, fixture->arena, &fixture->target, &err))
        fail_msg("%s", err.text);
    fixture->target.exists = true;
    fixture->target.placement = *placement;
    fixture->history = (struct history){.columns = history_columns};
    assert_true(history_name("tokenflex", "daily", &fixture->history.names, &err));
    window_put_days(&november, &fixture->days);
    fixture->scope = (struct load_scope){
        .target = &fixture->target,
        .contract = "11000000001",
        .days = &fixture->days,
        .stage = is_distributed ? "\"tokenflex\".tokenflex_stage_1f" : "pg_temp.tokenflex_stage_1f",
        .difference =
            is_distributed ? "\"tokenflex\".tokenflex_difference_1f" : "pg_temp.tokenflex_difference",
    };
    fixture->text = (struct merge_text){&fixture->scope, NULL, &fixture->history, "7"};
}

static void expect(const struct statement *statement, const char *expected)
{
    assert_string_equal(buf_text(&statement->sql), expected);
}

/* The texts of a placement. */
struct texts {
    const char *comparison;
    const char *insert;
    const char *update;
    const char *keep_changed;
    const char *delete_vanished;
    const char *keep_vanished;
};

static void expect_texts(const struct placement *placement, const struct texts *texts)
{
    static const struct comparable all_days;
    static const struct restatement none;
    static const struct difference difference;
    struct fixture fixture;
    set_up(&fixture, placement);
    SCOPED(statement) struct statement comparison = statement_make();
    SCOPED(statement) struct statement insert = statement_make();
    SCOPED(statement) struct statement update = statement_make();
    SCOPED(statement) struct statement keep_changed = statement_make();
    SCOPED(statement) struct statement delete_vanished = statement_make();
    SCOPED(statement) struct statement keep_vanished = statement_make();
    difference_put_comparison(&fixture.scope, &all_days, &none, &comparison);
    merge_text_put_insert(&fixture.text, true, &insert);
    merge_text_put_update(&fixture.text, &difference, &update);
    merge_text_put_keep_changed(&fixture.text, &difference, &keep_changed);
    merge_text_put_delete_vanished(&fixture.text, &delete_vanished);
    merge_text_put_keep_vanished(&fixture.text, &keep_vanished);
    expect(&comparison, texts->comparison);
    expect(&insert, texts->insert);
    expect(&update, texts->update);
    expect(&keep_changed, texts->keep_changed);
    expect(&delete_vanished, texts->delete_vanished);
    expect(&keep_vanished, texts->keep_vanished);
    arena_release(fixture.arena);
}

#define COLUMNS "\"usage_date\", \"product_name\", \"user_name\", \"tokens_consumed\", \"use_count\""
#define COLUMNS_OF(side)                                                                                     \
    side ".\"usage_date\", " side ".\"product_name\", " side ".\"user_name\", " side                         \
         ".\"tokens_consumed\", " side ".\"use_count\""
/* Of the table, in the comparison: texts byte by byte. */
#define COMPARED                                                                                             \
    "t.\"usage_date\", t.\"product_name\" collate \"C\", t.\"user_name\" collate \"C\", "                    \
    "t.\"tokens_consumed\", "                                                                                \
    "t.\"use_count\""
#define VALUE(number, name) "case when t._row_key is not null then s.\"" name "\" end as value_" number ", "
#define NOVEMBER                                                                                             \
    "t.contract_number = $1::text and t.\"usage_date\" >= $2::date and t.\"usage_date\" < $3::date"

/* What differs between the placements: the contract's column of the difference, the tables, and the key. */
#define COMPARISON(contract, stage, key)                                                                     \
    "select coalesce(s._row_key, t._row_key) as _row_key, " contract                                         \
    "case when t._row_key is null then s.\"usage_date\" else "                                               \
    "t.\"usage_date\" end as lead, " VALUE("0", "usage_date") VALUE("1", "product_name")                     \
        VALUE("2", "user_name") VALUE("3", "tokens_consumed")                                                \
            VALUE("4", "use_count") "case when t._row_key is null then 'n' when s._row_key is null then "    \
                                    "'v' else 'c' end::\"char\" "                                            \
                                    "as change from " stage                                                  \
                                    " s full join (select * from \"tokenflex\".\"daily\" t where (" NOVEMBER \
                                    ")) t on " key                                                           \
                                    " where t._row_key is null or s._row_key is null or (" COMPARED          \
                                    ") is distinct from (" COLUMNS_OF("s") ")"
#define INSERT(contract, run, stage, difference, key)                                                        \
    "insert into \"tokenflex\".\"daily\" (contract_number, " COLUMNS                                         \
    ", _row_key, _run_id, _synced_at) select " contract                                                      \
    ", " COLUMNS_OF("s") ", s._row_key, " run "::bigint, now() from " stage " s join " difference            \
                         " d on " key " where d.change = 'n'"
#define UPDATE(difference, same_row)                                                                         \
    "update \"tokenflex\".\"daily\" t set (" COLUMNS                                                         \
    ", _run_id, _synced_at) = row(d.value_0, d.value_1, d.value_2, d.value_3, d.value_4, $1::bigint, "       \
    "now()) from " difference " d where d.change = 'c' and " same_row
#define KEEP(operation)                                                                                      \
    "insert into \"tokenflex\".\"daily_history\" (\"contract_number\", \"_row_key\", _valid_from, "          \
    "_valid_to, _ended_by_run_id, _operation) select t.\"contract_number\", t.\"_row_key\", t._synced_at, "  \
    "now(), $1::bigint, '" operation "' from "
#define KEEP_CHANGED(difference, same_row)                                                                   \
    KEEP("update") difference " d join \"tokenflex\".\"daily\" t on " same_row " where d.change = 'c'"
#define DELETE_VANISHED(difference, key)                                                                     \
    "delete from \"tokenflex\".\"daily\" t using " difference " d where d.change = 'v' and " NOVEMBER        \
    " and " key
#define KEEP_VANISHED(difference, key)                                                                       \
    KEEP("delete")                                                                                           \
    "\"tokenflex\".\"daily\" t cross join " difference                                                       \
    " d where d.change = 'v' and t.contract_number = $2::text and t.\"usage_date\" >= $3::date and "         \
    "t.\"usage_date\" < $4::date and " key

#define BY_KEY(left, right) left "._row_key = " right "._row_key"
#define BY_BOTH(left, right) BY_KEY(left, right) " and " left ".contract_number = " right ".contract_number"
#define SAME_ROW                                                                                             \
    " and t.contract_number = $2::text and t.\"usage_date\" >= $3::date and t.\"usage_date\" < $4::date "    \
    "and t.\"usage_date\" = d.lead"

#define STAGE "pg_temp.tokenflex_stage_1f"
#define DIFFERENCE "pg_temp.tokenflex_difference"
#define NODES_STAGE "\"tokenflex\".tokenflex_stage_1f"
#define NODES_DIFFERENCE "\"tokenflex\".tokenflex_difference_1f"

static void a_table_on_one_server_is_joined_with_temporary_ones(void **state)
{
    (void)state;
    static const struct placement plain = {.kind = PLACEMENT_PLAIN};
    static const struct placement partitioned = {.kind = PLACEMENT_PARTITIONED};
    static const struct texts texts = {
        .comparison = COMPARISON("", STAGE, BY_KEY("t", "s")),
        .insert = INSERT("$1::text", "$2", STAGE, DIFFERENCE, BY_KEY("s", "d")),
        .update = UPDATE(DIFFERENCE, BY_KEY("t", "d") SAME_ROW),
        .keep_changed = KEEP_CHANGED(DIFFERENCE, BY_KEY("t", "d") SAME_ROW),
        .delete_vanished = DELETE_VANISHED(DIFFERENCE, BY_KEY("t", "d")),
        .keep_vanished = KEEP_VANISHED(DIFFERENCE, BY_KEY("t", "d")),
    };
    expect_texts(&plain, &texts);
    expect_texts(&partitioned, &texts);
}

static void a_table_distributed_by_key_is_joined_with_tables_of_the_same_shards(void **state)
{
    (void)state;
    static const struct placement by_key = {.kind = PLACEMENT_DISTRIBUTED,
                                            .distributed_by = JOB_DISTRIBUTE_BY_ROW_KEY};
    static const struct texts texts = {
        .comparison = COMPARISON("", NODES_STAGE, BY_KEY("t", "s")),
        .insert = INSERT("$1::text", "$2", NODES_STAGE, NODES_DIFFERENCE, BY_KEY("s", "d")),
        .update = UPDATE(NODES_DIFFERENCE, BY_KEY("t", "d") SAME_ROW),
        .keep_changed = KEEP_CHANGED(NODES_DIFFERENCE, BY_KEY("t", "d") SAME_ROW),
        .delete_vanished = DELETE_VANISHED(NODES_DIFFERENCE, BY_KEY("t", "d")),
        .keep_vanished = KEEP_VANISHED(NODES_DIFFERENCE, BY_KEY("t", "d")),
    };
    expect_texts(&by_key, &texts);
}

static void of_a_table_distributed_by_contract_the_contract_is_compared_too(void **state)
{
    (void)state;
    static const struct placement by_contract = {.kind = PLACEMENT_DISTRIBUTED,
                                                 .distributed_by = JOB_DISTRIBUTE_BY_CONTRACT};
    static const struct texts texts = {
        .comparison = COMPARISON("coalesce(s.contract_number, t.contract_number) as contract_number, ",
                                 NODES_STAGE, BY_BOTH("t", "s")),
        .insert = INSERT("s.contract_number", "$1", NODES_STAGE, NODES_DIFFERENCE, BY_BOTH("s", "d")),
        .update = UPDATE(NODES_DIFFERENCE, BY_BOTH("t", "d") SAME_ROW),
        .keep_changed = KEEP_CHANGED(NODES_DIFFERENCE, BY_BOTH("t", "d") SAME_ROW),
        .delete_vanished = DELETE_VANISHED(NODES_DIFFERENCE, BY_BOTH("t", "d")),
        .keep_vanished = KEEP_VANISHED(NODES_DIFFERENCE, BY_BOTH("t", "d")),
    };
    expect_texts(&by_contract, &texts);
}

static void the_first_rows_are_inserted_without_a_comparison(void **state)
{
    (void)state;
    static const struct placement plain = {.kind = PLACEMENT_PLAIN};
    struct fixture fixture;
    SCOPED(statement) struct statement insert = statement_make();
    set_up(&fixture, &plain);
    merge_text_put_insert(&fixture.text, false, &insert);
    expect(&insert, "insert into \"tokenflex\".\"daily\" (contract_number, " COLUMNS
                    ", _row_key, _run_id, _synced_at) select $1::text, " COLUMNS_OF(
                        "s") ", s._row_key, $2::bigint, now() from pg_temp.tokenflex_stage_1f s");
    arena_release(fixture.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_on_one_server_is_joined_with_temporary_ones),
        cmocka_unit_test(a_table_distributed_by_key_is_joined_with_tables_of_the_same_shards),
        cmocka_unit_test(of_a_table_distributed_by_contract_the_contract_is_compared_too),
        cmocka_unit_test(the_first_rows_are_inserted_without_a_comparison),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
