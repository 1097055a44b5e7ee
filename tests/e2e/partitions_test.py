"""Tables that are partitioned by the window's date: made, filled, and kept by loads as plain ones are."""

from harness import CONTRACT, EtlTestCase, cases, main

WINDOW = {"field": "usageDate", "last": "35 days", "until": "2026-12-20"}
NOVEMBER = {"field": "usageDate", "last": "30 days", "until": "2026-12-01"}
JANUARY = {"field": "usageDate", "last": "31 days", "until": "2027-02-01"}
COLUMNS = ["usageDate", "productName", "userName", "tokensConsumed"]
OTHER_CONTRACT = "11000000002"

PARTS = (
    "select c.relname, pg_get_expr(c.relpartbound, c.oid) from pg_inherits i join pg_class c on c.oid = i.inhrelid"
    " where i.inhparent = 'tokenflex.{table}'::regclass order by 1"
)


def values(first, last):
    return f"FOR VALUES FROM ('{first}') TO ('{last}')"


class PartitionCase(EtlTestCase):
    partition_by = "month"

    def setUp(self):
        super().setUp()
        self.window = WINDOW
        self.target = {"partition_by": self.partition_by}
        self.write()

    def write(self, **changes):
        self.etl.write_job("usage", window=self.window, target=self.target, **changes)

    def answer(self, *rows, **more):
        """Rows of a day, a user and tokens."""
        lines = [f'["{day}","AutoCAD","{user}",{tokens}]' for day, user, tokens in rows]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": lines, **more}])

    def parts(self, table="usage"):
        return self.database.rows(PARTS.format(table=table))

    def names(self, table="usage"):
        return [name for name, _ in self.parts(table)]

    def rows(self):
        return self.database.rows("select usage_date, user_name, tokens_consumed from tokenflex.usage order by 1, 2")

    def reset(self, window):
        self.window = window
        self.write()


class Made(PartitionCase):
    def test_a_new_table_has_a_partition_of_each_month_that_has_rows(self):
        self.answer(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2.5))
        self.etl.run_well()
        self.assertEqual(
            self.parts(),
            [
                ("usage_p2026_11", values("2026-11-01", "2026-12-01")),
                ("usage_p2026_12", values("2026-12-01", "2027-01-01")),
            ],
        )
        self.assertEqual(self.rows(), [("2026-11-20", "ann", "1"), ("2026-12-03", "bob", "2.5")])

    def test_its_unique_index_begins_with_the_date_of_its_partitions(self):
        self.answer(("2026-11-20", "ann", 1))
        self.etl.run_well()
        self.assertEqual(
            self.database.rows("select relname, pg_get_indexdef(indexrelid) from pg_index join pg_class c"
                               " on c.oid = indrelid where indrelid in ('tokenflex.usage'::regclass, 'tokenflex.usage_p2026_11'::regclass) order by 1"),
            [
                (
                    table,
                    f"CREATE UNIQUE INDEX {table}_usage_date__row_key_idx ON {only}tokenflex.{table} USING btree"
                    " (usage_date, _row_key) NULLS NOT DISTINCT",
                )
                for table, only in (("usage", "ONLY "), ("usage_p2026_11", ""))
            ],
        )

    def test_its_unique_index_begins_so_too_where_another_date_comes_first(self):
        self.write(query={"fields": ["usageMonth", "usageDate", "productName"]})
        columns = ["usageMonth", "usageDate", "productName", "tokensConsumed"]
        rows = ['["2026-11-01","2026-11-20","AutoCAD",1]']
        self.simulator.config(results=[{"contract": CONTRACT, "columns": columns, "rows": rows}])
        self.etl.run_well()
        self.assertIn(
            "(usage_date, _row_key)",
            self.database.value("select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'tokenflex.usage'::regclass"),
        )
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 1)

    def test_a_later_month_gets_its_partition_when_it_has_rows(self):
        self.answer(("2026-11-20", "ann", 1))
        self.etl.run_well()
        self.reset(JANUARY)
        self.answer(("2027-01-05", "ann", 4))
        self.etl.run_well()
        self.assertEqual(self.names(), ["usage_p2026_11", "usage_p2027_01"])
        self.assertEqual(self.rows(), [("2026-11-20", "ann", "1"), ("2027-01-05", "ann", "4")])

    def test_rows_change_and_vanish_in_their_partitions(self):
        self.answer(("2026-11-20", "ann", 1), ("2026-11-21", "cid", 1), ("2026-12-03", "bob", 2.5))
        self.etl.run_well()
        self.answer(("2026-11-20", "ann", 3), ("2026-12-03", "bob", 2.5), ("2026-12-04", "dan", 8))
        run = self.etl.run_well().one_run
        self.assertEqual(
            [run[name] for name in ("rows_inserted", "rows_updated", "rows_unchanged", "rows_deleted")], [1, 1, 1, 1]
        )
        self.assertEqual(
            self.rows(), [("2026-11-20", "ann", "3"), ("2026-12-03", "bob", "2.5"), ("2026-12-04", "dan", "8")]
        )

    def test_an_empty_answer_makes_a_table_without_partitions(self):
        self.answer()
        self.etl.run_well()
        self.assertEqual(self.parts(), [])
        self.answer(("2026-12-03", "bob", 2.5))
        self.etl.run_well()
        self.assertEqual(self.names(), ["usage_p2026_12"])

    def test_readers_may_read_partitions_too(self):
        self.database.execute("create role reader login")
        self.addCleanup(self.database.execute, "drop owned by reader; drop role reader")
        self.etl.write_settings({"database": {"grant_select_to": ["reader"]}})
        self.answer(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2.5))
        self.etl.run_well()
        self.reset(JANUARY)
        self.answer(("2027-01-05", "ann", 4))
        self.etl.run_well()
        self.assertEqual(
            self.database.row("select bool_and(has_table_privilege('reader', 'tokenflex.' || name, 'select'))"
                              " from unnest(array['usage', 'usage_p2026_11', 'usage_p2026_12', 'usage_p2027_01']) name"),
            ("t",),
        )

    def test_a_partition_that_was_filled_keeps_nothing_of_how_it_was_made(self):
        self.answer(("2026-11-20", "ann", 1))
        self.etl.run_well()
        self.assertEqual(
            self.database.rows("select conname from pg_constraint where conrelid = 'tokenflex.usage_p2026_11'::regclass"
                               " and contype = 'c'"),
            [],
        )

    def test_the_plan_shows_its_partitions(self):
        ddl = self.etl.call(*self.etl.command("plan"), "--output", "json").json["jobs"][0]["ddl"]
        self.assertIn("partition by range (\"usage_date\")", ddl[0] + ddl[1])
        self.assertIn(
            "create table \"tokenflex\".\"usage_p2026_12\" partition of \"tokenflex\".\"usage\" for values from"
            " ('2026-12-01') to ('2027-01-01')",
            ddl,
        )


class Years(PartitionCase):
    partition_by = "year"

    def test_a_year_is_one_partition(self):
        self.reset({"field": "usageDate", "last": "60 days", "until": "2027-01-20"})
        self.answer(("2026-12-20", "ann", 1), ("2027-01-03", "bob", 2.5))
        self.etl.run_well()
        self.assertEqual(
            self.parts(),
            [
                ("usage_p2026", values("2026-01-01", "2027-01-01")),
                ("usage_p2027", values("2027-01-01", "2028-01-01")),
            ],
        )


class Gone(PartitionCase):
    """A partition that somebody has detached or dropped."""

    def setUp(self):
        super().setUp()
        self.answer(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2.5))
        self.etl.run_well()

    def assert_loaded_as_new(self):
        run = self.etl.run_well().one_run
        self.assertEqual((run["rows_inserted"], run["rows_unchanged"], run["rows_vanished"]), (1, 1, 0))
        self.assertEqual(self.rows(), [("2026-11-20", "ann", "1"), ("2026-12-03", "bob", "2.5")])
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.restatement"), "0")

    def test_dropped_it_is_made_again_for_rows_of_its_days_and_they_are_new(self):
        self.database.execute("drop table tokenflex.usage_p2026_11")
        self.assert_loaded_as_new()
        self.assertEqual(self.names(), ["usage_p2026_11", "usage_p2026_12"])

    def test_detached_it_stays_and_another_one_is_made(self):
        self.database.execute("alter table tokenflex.usage detach partition tokenflex.usage_p2026_11")
        self.assert_loaded_as_new()
        self.assertEqual(self.names(), ["usage_p2026_11_2", "usage_p2026_12"])
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage_p2026_11"), "1")

    def test_days_that_were_alone_in_it_are_new_when_it_is_filled_again(self):
        self.reset(NOVEMBER)
        self.database.execute("drop table tokenflex.usage_p2026_11")
        self.answer(("2026-11-20", "ann", 1))
        self.etl.run_well()
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.restatement"), "0")
        self.assertEqual(self.names(), ["usage_p2026_11", "usage_p2026_12"])


class Modes(PartitionCase):
    def load(self, *rows, **run):
        self.answer(*rows)
        return self.etl.run_well().one_run

    def test_append_keeps_the_rows_of_every_run(self):
        self.target = {"partition_by": "month", "mode": "append"}
        self.write()
        self.load(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2))
        self.load(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 3))
        self.assertEqual(
            [tokens for _, _, tokens in self.rows()], ["1", "1", "2", "3"]
        )

    def test_keep_leaves_vanished_rows(self):
        self.target = {"partition_by": "month", "vanished": "keep"}
        self.write()
        self.load(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2))
        run = self.load(("2026-11-20", "ann", 5))
        self.assertEqual((run["rows_vanished"], run["rows_deleted"]), (1, 0))
        self.assertEqual([tokens for _, _, tokens in self.rows()], ["5", "2"])

    def test_history_and_the_table_as_it_was_go_on_over_partitions(self):
        self.target = {"partition_by": "month", "history": True}
        self.write()
        self.load(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2))
        before = self.database.value("select clock_timestamp()")
        self.load(("2026-11-20", "ann", 5))
        self.assertEqual(
            self.database.rows(
                "select user_name, tokens_consumed, _operation from tokenflex.usage_history order by 1"
            ),
            [("ann", "1", "update"), ("bob", "2", "delete")],
        )
        self.assertEqual(
            self.database.rows(f"select user_name, tokens_consumed from tokenflex.usage_as_of('{before}') order by 1"),
            [("ann", "1"), ("bob", "2")],
        )

    def test_checks_that_read_the_stage_load_a_new_month_too(self):
        self.write(checks={"not_null": ["productName"]})
        self.load(("2026-11-20", "ann", 1))
        self.assertEqual(self.names(), ["usage_p2026_11"])

    def test_an_export_fills_partitions(self):
        self.write(source="export")
        self.load(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2))
        self.assertEqual(self.names(), ["usage_p2026_11", "usage_p2026_12"])
        self.assertEqual([tokens for _, _, tokens in self.rows()], ["1", "2"])

    def test_a_column_widens_in_all_partitions(self):
        self.write(query={"fields": ["usageDate", "productName", "userName"], "metrics": ["tokensConsumed"]})
        self.load(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2))
        self.database.execute("alter table tokenflex.usage alter column tokens_consumed type bigint")
        self.load(("2026-11-20", "ann", 1.5), ("2026-12-03", "bob", 2))
        self.assertEqual([tokens for _, _, tokens in self.rows()], ["1.5", "2"])

    def test_the_type_of_the_partitions_date_cannot_change(self):
        self.load(("2026-11-20", "ann", 1))
        self.target = {"partition_by": "month", "types": {"usageDate": "timestamp"}}
        self.write()
        self.assert_failed(self.etl.run(), 78, "usage_date", "partitioned cannot change its type", "target.types")

    def test_a_constraint_that_is_violated_is_named_at_once(self):
        self.load(("2026-11-20", "ann", 1))
        self.database.execute("alter table tokenflex.usage add constraint few_of_partition check (tokens_consumed < 10)")
        self.answer(("2026-11-20", "ann", 11))
        result = self.etl.run()
        self.assert_failed(result, 65, "few_of_partition")
        self.assertNotIn("loading again", result.stderr)

    def test_rows_of_one_key_are_never_in_two_partitions(self):
        self.load(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2))
        with self.assertRaises(Exception):
            self.database.execute(
                "insert into tokenflex.usage select * from tokenflex.usage where user_name = 'ann'"
            )
        self.load(("2026-11-21", "ann", 1), ("2026-12-03", "bob", 2))
        self.assertEqual(
            self.database.value("select count(*) - count(distinct _row_key) from tokenflex.usage"), "0"
        )


class Months(PartitionCase):
    """Rows by month."""

    def test_have_the_partition_of_their_month(self):
        self.etl.write_job(
            "usage",
            query={"fields": ["usageMonth", "productName"]},
            window={"field": "usageMonth", "last": "2 months", "until": "2026-12-20"},
            target=self.target,
        )
        rows = ['["2026-11-01","AutoCAD",1]', '["2026-12-01","AutoCAD",2]']
        columns = ["usageMonth", "productName", "tokensConsumed"]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": columns, "rows": rows}])
        self.etl.run_well()
        self.assertEqual(self.names(), ["usage_p2026_11", "usage_p2026_12"])


@cases({"that_is_filled": {}, "with_rows_by_way_of_the_stage": {"checks": {"not_null": ["productName"]}}})
class TwoContracts(PartitionCase):
    """Loads of two contracts that need the same new partition at the same moment."""

    def check(self, changes):
        self.answer(("2026-11-20", "ann", 1))
        self.etl.run_well()
        self.window = JANUARY
        self.write(contract=[CONTRACT, OTHER_CONTRACT], **changes)
        lines = ['["2027-01-05","AutoCAD","ann",4]']
        self.simulator.config(
            results=[
                {"contract": contract, "columns": COLUMNS, "rows": lines} for contract in (CONTRACT, OTHER_CONTRACT)
            ]
        )
        owner = self.open_session()
        owner.execute("begin; lock table tokenflex.usage in share row exclusive mode;")
        running = self.etl.start_run()
        self.database.wait_until(
            "2 = (select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            " and application_name like 'tokenflex-etl%')"
        )
        owner.execute("commit;")
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual(self.names(), ["usage_p2026_11", "usage_p2027_01"])
        self.assertEqual(
            self.database.rows("select contract_number, tokens_consumed from tokenflex.usage_p2027_01 order by 1"),
            [(CONTRACT, "4"), (OTHER_CONTRACT, "4")],
        )
        self.assertEqual(
            self.database.value("select count(*) from pg_class where relname like 'tokenflex_part%'"), "0"
        )


class Deadlock(PartitionCase):
    """Between a load that adds a partition and another one that has written which days it has covered."""

    def test_of_one_that_adds_a_partition_is_tried_again(self):
        self.answer(("2026-11-20", "ann", 1))
        self.etl.run_well()
        self.database.execute("update tokenflex_etl.target_filter set covered = '{[2026-11-01,2027-02-01)}'")
        self.reset(JANUARY)
        self.write(contract=OTHER_CONTRACT, checks={"not_null": ["productName"]})
        self.simulator.config(
            results=[{"contract": OTHER_CONTRACT, "columns": COLUMNS, "rows": ['["2027-01-05","AutoCAD","ann",4]']}]
        )
        other = self.open_session()
        other.execute("set deadlock_timeout = '60s'; begin; select from tokenflex_etl.target_filter for update;")
        self.etl.environment["PGOPTIONS"] = "-c deadlock_timeout=5s"
        running = self.etl.start_run()
        self.database.wait_until(
            "exists (select from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'tokenflex-etl%')"
        )
        key = "hashtextextended('tokenflex-etl partitions tokenflex.usage', 0)"
        other.execute(f"select pg_advisory_xact_lock({key}); commit;")
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertIn("deadlock detected; loading again", result.stderr)
        self.assertEqual(self.names(), ["usage_p2026_11", "usage_p2027_01"])


class OwnerIsFaster(PartitionCase):
    def test_who_adds_a_year_while_a_load_waits_to_add_a_month_of_it(self):
        self.answer(("2026-11-20", "ann", 1))
        self.etl.run_well()
        self.reset(JANUARY)
        self.answer(("2027-01-05", "ann", 4))
        owner = self.open_session()
        owner.execute("begin; lock table tokenflex.usage in share row exclusive mode;")
        running = self.etl.start_run()
        self.database.wait_until(
            "exists (select from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'tokenflex-etl%')"
        )
        owner.execute(
            "create table tokenflex.y2027 partition of tokenflex.usage for values from ('2027-01-01') to ('2028-01-01'); commit;"
        )
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual(self.names(), ["usage_p2026_11", "y2027"])
        self.assertEqual(self.database.rows("select user_name, tokens_consumed from tokenflex.y2027"), [("ann", "4")])
        self.assertEqual(self.database.value("select count(*) from pg_class where relname like 'tokenflex_part%'"), "0")


class Backfill(PartitionCase):
    """Finished means present."""

    simulator_settings = {"rows_per_day": 5}
    months = ("--from", "2026-01-01", "--to", "2026-04-01")

    def setUp(self):
        super().setUp()
        self.etl.write_job(
            "usage", window={"field": "usageDate", "last": "35 days", "chunk": "month"}, target=self.target
        )
        self.etl.run_well(*self.months)

    def test_a_month_whose_partition_was_dropped_is_loaded_again_and_the_others_are_skipped(self):
        self.database.execute("drop table tokenflex.usage_p2026_02")
        runs = self.etl.run_well(*self.months).runs
        self.assertEqual([run["status"] for run in runs], ["skipped", "succeeded", "skipped"])
        self.assertEqual(self.names(), ["usage_p2026_01", "usage_p2026_02", "usage_p2026_03"])
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage"), str(5 * 90))
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.restatement"), "0")


if __name__ == "__main__":
    main()
