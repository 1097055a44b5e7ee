"""Rows that go straight into a table, since it has none of their contract and window: as safe as by way of the stage."""

from harness import CONTRACT, EtlTestCase, main

DAY = {"field": "usageDate", "last": "30 days", "until": "2026-12-01"}
DECEMBER = {"field": "usageDate", "last": "30 days", "until": "2026-12-31"}
COLUMNS = ["usageDate", "productName", "userName", "tokensConsumed"]
FUNCTION = (
    "create schema if not exists own;"
    "create function own.act() returns trigger language plpgsql as $$ begin new.user_name := 'x'; return new; end $$;"
)
TRIGGER = "create trigger act before insert on tokenflex.usage for each row execute function own.act();"
ON_EACH_NEW_TABLE = (
    "create function own.watch() returns event_trigger language plpgsql as $$ begin"
    " if to_regclass('tokenflex.usage') is not null and not exists (select from pg_trigger where tgname = 'act') then "
    + TRIGGER
    + " end if; end $$;"
    "create event trigger watch on ddl_command_end when tag in ('CREATE TABLE') execute function own.watch();"
)


class FillCase(EtlTestCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=DAY)
        self.answer("2026-11-05", 5)

    def answer(self, day, tokens, **more):
        rows = [f'["{day}","AutoCAD","ann",{tokens}]', f'["{day}","Revit","bob",1.5]']
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": rows, **more}])

    def next_month(self, **job):
        self.etl.write_job("usage", window=DECEMBER, **job)
        self.answer("2026-12-05", 7)


class Trigger(FillCase):
    def test_of_a_table_that_is_made_is_found(self):
        self.database.execute(FUNCTION + ON_EACH_NEW_TABLE)
        self.addCleanup(self.database.execute, "drop event trigger watch;")
        self.assert_failed(self.etl.run(), 65, "user_name", "the trigger act of tokenflex.usage")
        self.assertEqual(self.database.value("select to_regclass('tokenflex.usage') is null"), "t")

    def test_that_is_made_while_the_rows_wait_for_the_table_is_found(self):
        self.etl.run_well()
        self.database.execute(FUNCTION)
        self.next_month()
        owner = self.open_session()
        owner.execute("begin; " + TRIGGER)
        running = self.etl.start_run()
        self.database.wait_until(
            "exists (select from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'tokenflex-etl%')"
        )
        owner.execute("commit;")
        self.assert_failed(running.wait(), 65, "user_name", "the trigger act of tokenflex.usage")
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage"), "2")

    def test_that_is_deferred_acts_before_the_proof(self):
        self.etl.run_well()
        self.database.execute(
            "create schema own; create function own.act() returns trigger language plpgsql as $$ begin"
            " if new.tokens_consumed <> 99 then update tokenflex.usage set tokens_consumed = 99"
            " where _row_key = new._row_key; end if; return null; end $$;"
            "create constraint trigger act after insert or update on tokenflex.usage deferrable initially deferred"
            " for each row execute function own.act();"
        )
        for prepare in (lambda: self.answer("2026-11-05", 6), self.next_month):
            prepare()
            self.assert_failed(self.etl.run(), 65, "tokens_consumed", "the trigger act of tokenflex.usage")
        self.assertEqual(self.database.value("select sum(tokens_consumed) from tokenflex.usage"), "6.5")


class OwnColumns(FillCase):
    def test_of_a_wider_type_hold_what_they_should(self):
        self.etl.run_well()
        self.database.execute(
            "alter table tokenflex.usage alter _run_id type numeric, alter contract_number type varchar"
        )
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 2)
        self.next_month()
        self.etl.run_well()
        self.assertEqual(
            self.database.rows("select distinct _run_id::text from tokenflex.usage order by 1"), [("1",), ("3",)]
        )


class WithoutTheIndex(FillCase):
    """That a DBA has dropped: no error of the server tells that a row has come twice."""

    def test_a_row_that_comes_twice_is_refused(self):
        self.etl.run_well()
        index = self.database.value("select indexrelid::regclass from pg_index where indrelid = 'tokenflex.usage'::regclass")
        self.database.execute(f"drop index {index}")
        self.etl.write_job("usage", window=DECEMBER)
        row = '["2026-12-05","AutoCAD","ann",7]'
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": [row, row]}])
        self.assert_failed(self.etl.run(), 65, "AutoCAD", "ann")
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage"), "2")


class KeyWithoutTheDay(FillCase):
    def test_is_in_the_table_once(self):
        key = {"table": "usage", "key": ["productName", "userName"]}
        self.etl.write_job("usage", window=DAY, target=key)
        self.etl.run_well()
        index = self.database.value("select indexrelid::regclass from pg_index where indrelid = 'tokenflex.usage'::regclass")
        self.database.execute(f"drop index {index}")
        self.next_month(target=key)
        self.etl.run_well()
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage"), "2")


if __name__ == "__main__":
    main()
