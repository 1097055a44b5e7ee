/*
 * load/proof_check: one fault in each step of a load. Every statement of the load writes as many rows as it
 * should, and a fault then spoils what it did, so that the proof alone can find it.
 *
 * This program is linked so that the load's statement_run() is the one below (tests/db/CMakeLists.txt).
 */
#include "base/text.h"
#include "db/load/loading.h"
#include "load/statement.h"

PGresult *__real_statement_run(const struct statement *statement, struct pg *pg, struct err *err);
PGresult *__wrap_statement_run(const struct statement *statement, struct pg *pg, struct err *err);

enum way { UPSERT, KEEP, APPEND, NEW_TABLE, FILL_TABLE, FILL_MONTH, WAYS };
static const char *const way_names[WAYS] = {"upsert",    "keep",       "append",
                                            "new table", "fill table", "fill month"};

struct fault {
    const char *name;
    const char *step; /* the statement, by its beginning */
    bool before;      /* it is spoilt before it runs; else after it has run */
    const char *sql;
    bool ways[WAYS];   /* where there is such a step, and the proof is over these rows */
    const char *count; /* what the statement says that it has written, where it would tell of the fault */
};

#define COMPARES "create temporary table pg_temp.tokenflex_difference"
#define INSERTS "insert into"
#define UPDATES "update "
#define DELETES "delete from"
#define PROVES "select count(*) as rows, count("

#define ALL_WAYS .ways = {[UPSERT] = true, [KEEP] = true, [APPEND] = true, [NEW_TABLE] = true}
#define COMPARING .ways = {[UPSERT] = true, [KEEP] = true}
#define INSERTING_ALL .ways = {[APPEND] = true, [NEW_TABLE] = true}
#define FILLING .ways = {[FILL_TABLE] = true, [FILL_MONTH] = true}
#define DELETING .ways = {[UPSERT] = true}

/* ann changes, bob does not, eve and fay vanish, cid and dan are new. */
#define BEFORE                                                                                               \
    "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1,1],[\"2026-11-02\",\"Revit\",\"bob\",2,2],"                      \
    "[\"2026-11-03\",\"Revit\",\"eve\",5,5],[\"2026-11-04\",\"Revit\",\"fay\",6,6]]"
#define AFTER                                                                                                \
    "[[\"2026-11-01\",\"AutoCAD\",\"ann\",10,10],[\"2026-11-02\",\"Revit\",\"bob\",2,2],"                    \
    "[\"2026-11-03\",\"Revit\",\"cid\",3,3],[\"2026-11-04\",\"Revit\",\"dan\",4,4]]"

#define STAGE "pg_temp.staged"
#define DIFFERENCE "pg_temp.tokenflex_difference"
#define SECOND_DIFFERENCE DIFFERENCE "_2"
#define DAILY "tokenflex.daily"

static const struct fault faults[] = {
    {"stage: a row is lost", COMPARES, true, "delete from " STAGE " where user_name = 'bob'", COMPARING},
    {"stage: a row is lost", INSERTS, true, "delete from " STAGE " where user_name = 'bob'", INSERTING_ALL,
     .count = "4"},
    {"stage: a value is altered", COMPARES, true,
     "update " STAGE " set tokens_consumed = 11 where user_name = 'ann'", COMPARING},
    {"stage: a value is altered", INSERTS, true,
     "update " STAGE " set tokens_consumed = 11 where user_name = 'ann'", INSERTING_ALL},
    {"stage: a value is altered into null", INSERTS, true,
     "update " STAGE " set use_count = null where user_name = 'dan'", ALL_WAYS},
    {"stage: a row comes twice", INSERTS, true,
     "insert into " STAGE " select gen_random_uuid(), usage_date, product_name, 'dan2', 0, 0 from " STAGE
     " where user_name = 'dan'",
     INSERTING_ALL, .count = "4"},
    {"compare: a changed row is called unchanged", COMPARES, false,
     "delete from " DIFFERENCE " where change = 'c'", COMPARING},
    {"compare: a vanished row is not seen", COMPARES, false,
     "delete from " DIFFERENCE " where _row_key = (select _row_key from " DAILY " where user_name = 'eve')",
     COMPARING},
    {"compare: no vanished row is seen", COMPARES, false, "delete from " DIFFERENCE " where change = 'v'",
     COMPARING},
    {"compare: a new row is not seen", COMPARES, false,
     "delete from " DIFFERENCE " where _row_key = (select _row_key from " STAGE " where user_name = 'cid')",
     COMPARING},
    {"compare: an unchanged row is called vanished", COMPARES, false,
     "insert into " DIFFERENCE " (_row_key, lead, change) select _row_key, usage_date, 'v' from " DAILY
     " where user_name = 'bob'",
     DELETING},
    {"insert: a row is lost", INSERTS, false, "delete from " DAILY " where _run_id = 2 and user_name = 'cid'",
     ALL_WAYS},
    {"insert: a row is lost, and another comes twice", INSERTS, false,
     "update " DAILY " d set (_row_key, user_name, tokens_consumed, use_count) = (gen_random_uuid(), 'dan', "
     "4, 4) where _run_id = 2 and user_name = 'cid'",
     ALL_WAYS},
    {"insert: a row has another contract", INSERTS, false,
     "update " DAILY " set contract_number = '11000000002' where _run_id = 2 and user_name = 'cid'",
     ALL_WAYS},
    {"insert: a row has a day outside the window", INSERTS, false,
     "update " DAILY " set usage_date = '2026-12-04' where _run_id = 2 and user_name = 'cid'", ALL_WAYS},
    {"insert: a row has another key", INSERTS, false,
     "update " DAILY " set _row_key = gen_random_uuid() where _run_id = 2 and user_name = 'cid'", ALL_WAYS},
    {"insert: a value is altered", INSERTS, false,
     "update " DAILY " set use_count = 30 where _run_id = 2 and user_name = 'cid'", ALL_WAYS},
    {"insert: a row has another run", INSERTS, false,
     "update " DAILY " set _run_id = 1 where _run_id = 2 and user_name = 'cid'", .ways = {[APPEND] = true}},
    {"update: a row is not updated", UPDATES, false,
     "update " DAILY " set (tokens_consumed, use_count) = (1, 1) where user_name = 'ann'", COMPARING},
    {"update: a row gets another value", UPDATES, false,
     "update " DAILY " set tokens_consumed = 100 where user_name = 'ann'", COMPARING},
    {"update: a row gets another metric's value", UPDATES, false,
     "update " DAILY " set (tokens_consumed, use_count) = (12, 8) where user_name = 'ann'", COMPARING},
    {"update: another row is updated", UPDATES, false,
     "update " DAILY " set (tokens_consumed, use_count) = (10, 10) where user_name = 'bob'", COMPARING},
    {"delete: a row too many", DELETES, false, "delete from " DAILY " where user_name = 'bob'", DELETING},
    {"delete: a row too few", DELETES, false, "insert into " DAILY " select * from public.eve", DELETING},
    {"delete: one row instead of another", DELETES, false,
     "with wrong as (delete from " DAILY " where user_name = 'bob') insert into " DAILY
     " select * from public.eve",
     DELETING},
    {"delete: a row of the answer, though rows are kept", INSERTS, false,
     "delete from " DAILY " where user_name = 'bob'", .ways = {[KEEP] = true}},
    {"delete: a row that is kept", INSERTS, false, "delete from " DAILY " where user_name = 'eve'",
     .ways = {[KEEP] = true}},
    {"exchanged values of a row that was updated and one that was not", UPDATES, false,
     "update " DAILY " set (tokens_consumed, use_count) = (12 - tokens_consumed, 12 - use_count) "
     "where user_name in ('ann', 'bob')",
     COMPARING},
    {"exchanged values of rows that were inserted", INSERTS, false,
     "update " DAILY " set (tokens_consumed, use_count) = (7 - tokens_consumed, 7 - use_count) "
     "where _run_id = 2 and user_name in ('cid', 'dan')",
     ALL_WAYS},
    {"exchanged values of one metric", INSERTS, false,
     "update " DAILY " set use_count = 7 - use_count where _run_id = 2 and user_name in ('cid', 'dan')",
     ALL_WAYS},
    {"exchanged keys", INSERTS, false,
     "update " DAILY " t set _row_key = s._row_key from " STAGE " s where t._run_id = 2 and "
     "(t.user_name, s.user_name) in (('cid', 'dan'), ('dan', 'cid'))",
     INSERTING_ALL},
    {"fill: a row is lost", PROVES, true, "delete from " DAILY " where user_name = 'cid'", FILLING},
    {"fill: a row comes twice", PROVES, true,
     "insert into " DAILY " select contract_number, usage_date, product_name, 'dan2', 0, 0, "
     "gen_random_uuid(), _run_id, _synced_at from " DAILY " where user_name = 'dan'",
     FILLING},
    {"fill: a row has another contract", PROVES, true,
     "update " DAILY " set contract_number = '11000000002' where user_name = 'cid'", FILLING},
    {"fill: a row has a day outside the window", PROVES, true,
     "update " DAILY " set usage_date = '2026-12-04' where user_name = 'cid'", FILLING},
    {"fill: a row has another key", PROVES, true,
     "update " DAILY " set _row_key = gen_random_uuid() where user_name = 'cid'", FILLING},
    {"fill: a value is altered", PROVES, true, "update " DAILY " set use_count = 30 where user_name = 'cid'",
     FILLING},
    {"fill: a value is altered into null", PROVES, true,
     "update " DAILY " set use_count = null where user_name = 'dan'", FILLING},
    {"fill: exchanged values", PROVES, true,
     "update " DAILY " set use_count = 7 - use_count where user_name in ('cid', 'dan')", FILLING},
};

/* The fault of the load under way, and the rows that it has spoilt. */
static const struct fault *fault;
static uint64_t spoilt;

/* The stage of this session, under the name that the faults have for it: a view that can be written. */
static void show_stage(struct pg *pg)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "create temporary view staged as table pg_temp.tokenflex_stage_%s", pg_nonce(pg));
    db_exec(pg, buf_text(&sql));
}

/* The statement of the fault. A load that fails compares a second time, and the fault is in that comparison,
 * too. */
static void put_fault(bool is_second, struct buf *sql)
{
    const char *rest = fault->sql;
    for (const char *at = strstr(rest, DIFFERENCE); at && is_second; at = strstr(rest, DIFFERENCE)) {
        buf_print(sql, "%.*s" SECOND_DIFFERENCE, (int)(at - rest), rest);
        rest = at + strlen(DIFFERENCE);
    }
    buf_put(sql, rest);
}

static void spoil(const struct statement *statement, struct pg *pg)
{
    struct err err = {0};
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    put_fault(strstr(buf_text(&statement->sql), SECOND_DIFFERENCE) != NULL, &sql);
    if (strstr(fault->sql, STAGE))
        show_stage(pg);
    SCOPED(pg_result) PGresult *done = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, &err);
    must(done != NULL, &err);
    spoilt += pg_rows_affected(done);
    db_exec(pg, "drop view if exists " STAGE);
}

/* Another result, which says fault->count. */
static PGresult *with_count(PGresult *result, struct pg *pg)
{
    struct err err = {0};
    PGresult *other = pg_query(pg, "select generate_series(1, $1::integer)", PG_PARAMS(fault->count), &err);
    must(result && other, &err);
    pg_result_cleanup(&result);
    return other;
}

PGresult *__wrap_statement_run(const struct statement *statement, struct pg *pg, struct err *err)
{
    bool is_step = fault && text_starts_with(buf_text(&statement->sql), fault->step);
    if (is_step && fault->before)
        spoil(statement, pg);
    PGresult *result = __real_statement_run(statement, pg, err);
    if (is_step && !fault->before && result)
        spoil(statement, pg);
    return is_step && fault->count ? with_count(result, pg) : result;
}

static bool makes_table(enum way way)
{
    return way == NEW_TABLE || way == FILL_TABLE;
}

static bool load_after(struct pg *pg, enum way way, struct row_counts *counts, struct err *err)
{
    static const struct window november = {true, 20758, 20788};
    struct job job = job_daily;
    struct loading loading = {.job = &job, .window = november, .rows = BEFORE, .run_id = 1};
    job.target.mode = way == APPEND ? JOB_APPEND : JOB_UPSERT;
    job.target.vanished = way == KEEP ? JOB_VANISHED_KEEP : JOB_VANISHED_DELETE;
    static const struct window october = {true, 20727, 20758};
    if (way == FILL_MONTH) {
        loading.window = october;
        loading.rows = "[[\"2026-10-01\",\"AutoCAD\",\"ann\",1,1],[\"2026-10-02\",\"Revit\",\"bob\",2,2],"
                       "[\"2026-10-03\",\"Revit\",\"eve\",5,5],[\"2026-10-04\",\"Revit\",\"fay\",6,6]]";
    }
    if (makes_table(way)) {
        loading.place = way == FILL_TABLE ? STAGE_IN_FILE : STAGE_IN_TABLE;
    } else {
        const struct fault *later = fault;
        fault = NULL;
        load(pg, &loading);
        db_exec(pg,
                "drop table if exists public.eve, public.before; create table public.before as table " DAILY
                "; create table public.eve as select * from public.before where user_name = 'eve'");
        fault = later;
    }
    loading.place = way == FILL_MONTH ? STAGE_IN_FILE : loading.place;
    loading.window = november;
    loading.rows = AFTER;
    loading.run_id = 2;
    return try_load(pg, &loading, counts, err);
}

static void expect_unchanged(struct pg *pg, enum way way)
{
    if (makes_table(way)) {
        assert_string_equal(db_value(pg, "select to_regclass('" DAILY "') is null"), "t");
        return;
    }
    assert_string_equal(db_value(pg, "select count(*) from " DAILY), "4");
    assert_string_equal(
        db_value(pg, "select count(*) from (table " DAILY " intersect table public.before) as same"), "4");
}

struct fault_case {
    const struct fault *fault;
    enum way way;
    char name[100];
};

static void the_proof_finds_it(void **state)
{
    const struct fault_case *fault_case = *state;
    struct err err = {0};
    struct row_counts counts;
    SCOPED(pg) struct pg *pg = db_fresh();
    fault = fault_case->fault;
    spoilt = 0;
    bool loaded = load_after(pg, fault_case->way, &counts, &err);
    fault = NULL;
    assert_int_not_equal(spoilt, 0);
    must_fail(loaded, &err, ERR_DATA, "would not hold what the service has answered");
    expect_unchanged(pg, fault_case->way);
}

static void without_a_fault_every_way_loads(void **state)
{
    (void)state;
    static const char *const tokens[WAYS] = {"19", "30", "33", "19", "19", "33"};
    for (enum way way = 0; way < WAYS; way++) {
        struct err err = {0};
        struct row_counts counts;
        SCOPED(pg) struct pg *pg = db_fresh();
        must(load_after(pg, way, &counts, &err), &err);
        assert_string_equal(db_value(pg, "select sum(tokens_consumed) from " DAILY), tokens[way]);
    }
}

int main(void)
{
    static struct fault_case cases[COUNT_OF(faults) * WAYS];
    struct CMUnitTest tests[COUNT_OF(cases) + 1] = {cmocka_unit_test(without_a_fault_every_way_loads)};
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        for (enum way way = 0; way < WAYS; way++) {
            struct fault_case *fault_case = &cases[count];
            if (!faults[i].ways[way])
                continue;
            *fault_case = (struct fault_case){.fault = &faults[i], .way = way};
            snprintf(fault_case->name, sizeof fault_case->name, "%s (%s)", faults[i].name, way_names[way]);
            tests[++count] = (struct CMUnitTest){
                .name = fault_case->name, .test_func = the_proof_finds_it, .initial_state = fault_case};
        }
    return _cmocka_run_group_tests("faults", tests, count + 1, NULL, NULL);
}
