"""Rows that somebody has changed by hand, each column of them: the next load finds and mends them, or says how."""

import re

from harness import CONTRACT, EtlTestCase, cases, main

COLUMNS = ["usageDate", "productName", "userName", "tokensConsumed"]
NOVEMBER = {"field": "usageDate", "last": "30 days", "until": "2026-12-01"}
ROWS = '["2026-11-05","AutoCAD","ann",1]', '["2026-11-06","AutoCAD","bob",2]', '["2026-11-07","Revit","ann",4]'
PARTITIONED = """
    alter table tokenflex.usage rename to usage_plain;
    create table tokenflex.usage (like tokenflex.usage_plain including all) partition by range (usage_date);
    create table tokenflex.usage_early partition of tokenflex.usage for values from ('2026-11-01') to ('2026-11-06');
    create table tokenflex.usage_late partition of tokenflex.usage default;
    insert into tokenflex.usage select * from tokenflex.usage_plain;
    drop table tokenflex.usage_plain"""
EVERY_ROW = (
    "select contract_number, usage_date, product_name, user_name, tokens_consumed, _row_key "
    "from tokenflex.usage order by _row_key"
)


def deletion_in(text):
    """The hint ends the line, in brackets."""
    return re.search(r"(delete from .*)\)$", text, re.MULTILINE)[1]


class ChangedByHandCase(EtlTestCase):
    def load(self, **job):
        """Loads the table for the first time, and remembers it."""
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": list(ROWS)}])
        self.etl.write_job("usage", **job)
        self.etl.run_well()
        self.loaded = self.database.rows(EVERY_ROW)

    def change(self, what, of="ann"):
        self.database.execute(
            f"update tokenflex.usage set {what} where user_name = '{of}' and product_name = 'AutoCAD'"
        )

    def assert_mended(self, **counts):
        run = self.etl.run_well().one_run
        self.assertEqual({name: run[f"rows_{name}"] for name in counts}, counts)
        self.assertEqual(self.database.rows(EVERY_ROW), self.loaded)
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 3)


@cases(
    {
        "a_text": "user_name = 'eve'",
        "a_text_that_is_null_now": "product_name = null",
        "a_day_within_the_window": "usage_date = '2026-11-20'",
        "a_metric": "tokens_consumed = 3",
        "every_column": "usage_date = '2026-11-06', product_name = 'x', user_name = 'bob', tokens_consumed = 0",
    }
)
class Column(ChangedByHandCase):
    def check(self, what):
        for table in ("", PARTITIONED):
            with self.subTest(table="partitioned" if table else "plain"):
                self.database.execute("drop table if exists tokenflex.usage")
                self.load(window=NOVEMBER)
                self.database.execute(table or "select")
                self.change(what)
                self.assert_mended(updated=1, inserted=0, unchanged=2)

    def test_by_export(self):
        self.load(window=NOVEMBER, source="export")
        self.change("user_name = 'eve'")
        self.assert_mended(updated=1, inserted=0, unchanged=2)

    def test_beside_rows_that_are_kept(self):
        self.load(window=NOVEMBER, target={"vanished": "keep"})
        self.change("user_name = 'eve'")
        self.assert_mended(updated=1, inserted=0, unchanged=2)

    def test_of_a_job_without_a_window(self):
        self.load()
        self.change("usage_date = null")
        self.change("usage_date = '2019-01-01', user_name = 'eve'", of="bob")
        self.assert_mended(updated=2, inserted=0, unchanged=1)

    def test_of_a_key_without_the_user(self):
        self.load(window=NOVEMBER, target={"key": ["usageDate", "productName"]})
        self.change("user_name = 'eve', product_name = 'x'")
        self.assert_mended(updated=1, inserted=0, unchanged=2)


class Place(ChangedByHandCase):
    """Of which contract or window a row is, or that it has no date: its key shows where it belongs."""

    def assert_told(self, *words):
        before = self.database.rows(EVERY_ROW)
        result = self.etl.run()
        self.assert_failed(result, 65, "changed by hand", "delete from", *words)
        self.assertEqual(self.database.rows(EVERY_ROW), before)
        self.database.execute(deletion_in(result.stderr))

    def test_another_contract(self):
        self.load(window=NOVEMBER)
        self.change("contract_number = '4711'")
        self.assert_told("has 1 row with the _row_key", "contract_number '4711'")
        self.assert_mended(inserted=1, unchanged=2)

    def test_another_contract_of_all_rows(self):
        self.load(window=NOVEMBER)
        self.database.execute("update tokenflex.usage set contract_number = '4711'")
        self.assert_told("has 3 rows with the _row_key", "contract_number '4711'")
        self.assert_mended(inserted=3, unchanged=0)

    def test_no_date(self):
        for table in ("", PARTITIONED):
            for target in ({}, {"vanished": "keep"}) if table else ({}, {"history": True}):
                for of in ("ann", "bob"):
                    with self.subTest(table="partitioned" if table else "plain", target=target, of=of):
                        self.database.execute("drop table if exists tokenflex.usage, tokenflex.usage_history cascade")
                        self.load(window=NOVEMBER, target=target)
                        self.database.execute(table or "select")
                        self.change("usage_date = null", of=of)
                        self.assert_told("has 1 row with the _row_key", "without a date")
                        self.assert_mended(inserted=1, unchanged=2)

    def test_no_date_of_all_rows(self):
        self.load(window=NOVEMBER)
        self.database.execute("update tokenflex.usage set usage_date = null")
        self.assert_told("has 3 rows with the _row_key", "without a date")
        self.assert_mended(inserted=3, unchanged=0)

    def test_no_date_of_rows_that_another_job_may_have_loaded(self):
        """They have keys of their own, and stay."""
        self.load(window=NOVEMBER)
        self.database.execute(
            "insert into tokenflex.usage (contract_number, product_name, user_name, tokens_consumed, _row_key, _run_id,"
            " _synced_at) select '11000000001', 'AutoCAD', 'eve', 9, gen_random_uuid(), 1, now()"
        )
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 3)
        self.database.execute("delete from tokenflex.usage where usage_date is not null")
        self.assertEqual(self.etl.run_well().one_run["rows_inserted"], 3)
        self.assertEqual(self.database.count("tokenflex.usage"), 4)

    def test_of_many_rows_comes_with_a_whole_statement(self):
        rows = [f'["2026-11-05","AutoCAD","user {i}",1]' for i in range(200)]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": rows}])
        self.etl.write_job("usage", window=NOVEMBER)
        self.etl.run_well()
        self.database.execute("update tokenflex.usage set usage_date = null")
        self.assert_told("has 200 rows with the _row_key", "without a date")
        self.assertEqual(self.etl.run_well().one_run["rows_inserted"], 200)
        self.database.execute("update tokenflex.usage set contract_number = '4711'")
        self.assert_told("has 200 rows with the _row_key")
        self.assertEqual(self.database.count("tokenflex.usage"), 190)
        stranger = (
            "insert into tokenflex.usage (contract_number, product_name, user_name, tokens_consumed, _row_key, _run_id,"
            " _synced_at) select '11000000001', 'AutoCAD', 'eve', 9, gen_random_uuid(), 1, now()"
        )
        self.database.execute(f"update tokenflex.usage set contract_number = '{CONTRACT}', usage_date = null; {stranger}")
        self.assert_told("has 190 rows with the _row_key", "without a date")
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage where user_name = 'eve'"), "1")

    def test_another_window(self):
        fields = {"query": {"fields": ["productName", "userName"], "metrics": ["tokensConsumed"]}}
        columns = COLUMNS[1:]
        rows = ['["AutoCAD","ann",1]', '["AutoCAD","bob",2]']
        self.simulator.config(results=[{"contract": CONTRACT, "columns": columns, "rows": rows}])
        self.etl.write_job("usage", window=NOVEMBER, **fields)
        self.etl.run_well()
        self.change("window_start = '2026-10-01', window_end = '2026-10-02'")
        result = self.etl.run()
        self.assert_failed(result, 65, "changed by hand", "delete from")
        self.database.execute(deletion_in(result.stderr))
        self.assertEqual(self.etl.run_well().one_run["rows_inserted"], 1)
        self.assertEqual(self.database.value("select sum(tokens_consumed) from tokenflex.usage"), "3")


@cases(
    {
        "of_days": {"window": NOVEMBER},
        "of_a_contract": {},
        "beside_rows_that_are_kept": {"window": NOVEMBER, "target": {"vanished": "keep"}},
        "whose_old_versions_are_kept": {"window": NOVEMBER, "target": {"history": True}},
    }
)
class WithoutKey(ChangedByHandCase):
    """No load finds a row without a key: it would stand beside the one that takes its place."""

    def check(self, job):
        self.load(**job)
        self.database.execute("alter table tokenflex.usage alter column _row_key drop not null")
        self.change("_row_key = null")
        before = self.database.rows(EVERY_ROW)
        result = self.etl.run()
        self.assert_failed(result, 65, "has 1 row of contract 11000000001 whose _row_key is null", "changed by hand")
        self.assertEqual(self.database.rows(EVERY_ROW), before)
        self.database.execute(re.search(r"delete from .* set not null", result.stderr)[0])
        self.assert_mended(inserted=1, updated=0, unchanged=2)

    def test_of_a_snapshot(self):
        self.simulator.config(
            results=[{"contract": CONTRACT, "columns": COLUMNS[1:], "rows": ['["AutoCAD","ann",1]', '["Revit","bob",2]']}]
        )
        query = {"fields": ["productName", "userName"], "metrics": ["tokensConsumed"]}
        self.etl.write_job("usage", window=NOVEMBER, query=query)
        self.etl.run_well()
        self.database.execute("alter table tokenflex.usage alter column _row_key drop not null")
        self.change("_row_key = null")
        result = self.etl.run()
        self.assert_failed(result, 65, "whose _row_key is null")
        self.database.execute(re.search(r"delete from .* set not null", result.stderr)[0])
        self.assertEqual(self.etl.run_well().one_run["rows_inserted"], 1)
        self.assertEqual(self.database.value("select sum(tokens_consumed) from tokenflex.usage"), "3")


@cases(
    {
        "of_a_child_table": "create table tokenflex.child () inherits (tokenflex.usage);"
        " insert into tokenflex.child select * from tokenflex.usage where user_name = 'bob'",
        "without_the_unique_index": "do $$ declare i text; begin for i in select indexrelid::regclass from pg_index"
        " where indrelid = 'tokenflex.usage'::regclass and indisunique loop execute 'drop index ' || i; end loop; end $$;"
        " insert into tokenflex.usage select * from tokenflex.usage where user_name = 'bob'",
    }
)
class SeveralOfOneKey(ChangedByHandCase):
    """The row of bob, twice."""

    def answer(self, *rows):
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": list(rows)}])

    def assert_told(self):
        result = self.etl.run()
        self.assert_failed(result, 65, "more than one row of contract 11000000001 for 1 key", "by hand")
        return deletion_in(result.stderr)

    def check(self, double):
        restated = ROWS[1].replace(",2]", ",3]")
        for history in (False, True):
            for answer in (ROWS, (ROWS[0], restated, ROWS[2])):
                with self.subTest(history=history, answer=answer):
                    self.database.execute("drop table if exists tokenflex.usage, tokenflex.usage_history cascade")
                    self.load(window=NOVEMBER, target={"history": history})
                    self.database.execute(double)
                    self.answer(*answer)
                    self.database.execute(self.assert_told())
                    self.assertEqual(self.etl.run_well().one_run["rows_inserted"], 1)
                    self.assertEqual(self.database.count("tokenflex.usage"), 3)

    def test_is_told_without_the_triggers_that_have_not_caused_it(self):
        self.load(window=NOVEMBER)
        self.database.execute(
            "create table tokenflex.child () inherits (tokenflex.usage);"
            " insert into tokenflex.child select * from tokenflex.usage where user_name = 'bob';"
            " create function tokenflex.watch() returns trigger language plpgsql as $$ begin return null; end $$;"
            " create trigger watches after update on tokenflex.usage for each row execute function tokenflex.watch()"
        )
        self.answer(*ROWS)
        self.assertIn("delete from", self.assert_told())
        self.assertNotIn("watches", self.etl.run().stderr)

    def test_that_vanishes_is_told_before_its_versions_are_counted(self):
        self.load(window=NOVEMBER, target={"history": True})
        self.database.execute(
            "create table tokenflex.child () inherits (tokenflex.usage);"
            " insert into tokenflex.child select * from tokenflex.usage where user_name = 'bob'"
        )
        self.answer(ROWS[0], ROWS[2])
        self.assert_told()


if __name__ == "__main__":
    main()
