"""The whole cycle of a table that Citus distributes: for a cluster, and for a plain server that stands in for one."""

import signal

from .etl import CONTRACT

WINDOW = {"field": "usageDate", "last": "35 days", "until": "2026-12-20"}
COLUMNS = ["usageDate", "productName", "userName", "tokensConsumed"]
OTHER_CONTRACT = "11000000002"

COUNTS = ("rows_inserted", "rows_updated", "rows_unchanged", "rows_deleted")
STAGES = "select relname from pg_class where relname ~ '^tokenflex_(stage|difference)_' and relkind = 'r'"
DISTRIBUTED = (
    "select c.relname, column_to_column_name(p.logicalrelid, p.partkey) from pg_dist_partition p"
    " join pg_class c on c.oid = p.logicalrelid where c.relname !~ '^tokenflex_' order by 1"
)

FIRST = [("2026-11-20", "ann", 1), ("2026-11-21", "cid", 1), ("2026-12-03", "bob", 2.5)]
# One row changed, one vanished, one new.
SECOND = [("2026-11-20", "ann", 3), ("2026-12-03", "bob", 2.5), ("2026-12-04", "dan", 8)]


class Distributed:
    """A table of these tests, by `by`."""

    by = "contract_number"

    def setUp(self):
        super().setUp()
        self.target = {"distribute_by": self.by}
        self.write()

    def write(self, **changes):
        self.etl.write_job("usage", **{"window": WINDOW, "target": self.target, **changes})

    def answer(self, rows, contract=CONTRACT):
        self.answers([(contract, rows)])

    def answers(self, of_contracts):
        """Rows of a day, a user and tokens, by contract."""
        results = [
            {
                "contract": contract,
                "columns": COLUMNS,
                "rows": [f'["{day}","AutoCAD","{user}",{tokens}]' for day, user, tokens in rows],
            }
            for contract, rows in of_contracts
        ]
        self.simulator.config(results=results)

    def run_counts(self):
        run = self.etl.run_well().one_run
        return [run[name] for name in COUNTS]

    def rows(self, table="tokenflex.usage"):
        return self.database.rows(f"select usage_date, user_name, tokens_consumed from {table} order by 1, 2")

    def distributed(self):
        return self.database.rows(DISTRIBUTED)

    def assert_no_stage_left(self):
        self.assertEqual(self.database.rows(STAGES), [])


class Cycle(Distributed):
    """First load, unchanged, restated."""

    def test_a_new_table_is_distributed(self):
        self.answer(FIRST)
        self.assertEqual(self.run_counts(), [3, 0, 0, 0])
        self.assertEqual(self.distributed(), [("usage", self.by)])
        self.assertEqual(self.rows(), [("2026-11-20", "ann", "1"), ("2026-11-21", "cid", "1"), ("2026-12-03", "bob", "2.5")])

    def test_its_unique_index_has_the_column(self):
        self.answer(FIRST)
        self.run_counts()
        index = self.database.value("select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'tokenflex.usage'::regclass")
        self.assertTrue(index.startswith("CREATE UNIQUE INDEX"), index)
        self.assertIn(self.by, index)

    def test_unchanged_rows_are_left_alone(self):
        self.answer(FIRST)
        self.run_counts()
        self.assertEqual(self.run_counts(), [0, 0, 3, 0])
        self.assertEqual(self.database.rows("select distinct _run_id from tokenflex.usage"), [("1",)])

    def test_changed_new_and_vanished_rows_are_counted_exactly(self):
        self.answer(FIRST)
        self.run_counts()
        self.answer(SECOND)
        self.assertEqual(self.run_counts(), [1, 1, 1, 1])
        self.assertEqual(self.rows(), [("2026-11-20", "ann", "3"), ("2026-12-03", "bob", "2.5"), ("2026-12-04", "dan", "8")])
        self.assert_no_stage_left()

    def test_restatements_are_recorded(self):
        self.answer(FIRST)
        self.run_counts()
        self.answer(SECOND)
        self.run_counts()
        self.assertEqual(
            self.database.rows("select month, before, after, rows_changed, rows_added, rows_vanished"
                               " from tokenflex_etl.restatement"),
            [("2026-11-01", "2", "3", "1", "0", "1")],
        )

    def test_old_versions_are_kept_in_the_same_shards(self):
        self.target["history"] = True
        self.write()
        self.answer(FIRST)
        self.run_counts()
        between = self.database.value("select clock_timestamp()")
        self.answer(SECOND)
        self.run_counts()
        self.assertEqual(self.distributed(), [("usage", self.by), ("usage_history", self.by)])
        self.assertEqual(
            self.database.rows("select user_name, tokens_consumed, _operation from tokenflex.usage_history order by 1"),
            [("ann", "1", "update"), ("cid", "1", "delete")],
        )
        self.assertEqual([row[1:] for row in self.rows(f"tokenflex.usage_as_of('{between}')")],
                         [("ann", "1"), ("cid", "1"), ("bob", "2.5")])
        changes = self.etl.call(*self.etl.command("changes"), "--rows").stdout
        self.assertIn("tokens_consumed 1 -> 3", changes)

    def test_contracts_are_told_apart(self):
        self.write(contract=[CONTRACT, OTHER_CONTRACT])
        self.answers([(CONTRACT, FIRST), (OTHER_CONTRACT, FIRST)])
        self.etl.run_well()
        self.answers([(CONTRACT, FIRST), (OTHER_CONTRACT, SECOND)])
        runs = self.etl.run_well().runs
        self.assertEqual(sorted([run[name] for name in COUNTS] for run in runs), [[0, 0, 3, 0], [1, 1, 1, 1]])

    def test_a_column_is_added_and_another_widened(self):
        self.answer(FIRST)
        self.run_counts()
        self.write(query={"fields": ["usageDate", "productName", "userName"], "metrics": ["tokensConsumed", "novelty"]})
        rows = ['["2026-11-20","AutoCAD","ann",1,7]', '["2026-11-21","AutoCAD","cid",1,null]']
        columns = [*COLUMNS, "novelty"]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": columns, "rows": rows}])
        self.etl.run_well("--accept")
        rows[0] = '["2026-11-20","AutoCAD","ann",1,"seven"]'
        self.simulator.config(results=[{"contract": CONTRACT, "columns": columns, "rows": rows}])
        self.assertEqual(self.run_counts(), [0, 1, 1, 0])
        self.assertEqual(
            self.database.rows("select user_name, novelty from tokenflex.usage order by 1"), [("ann", "seven"), ("cid", None)]
        )

    def test_snapshots_replace_windows_they_overlap(self):
        self.write(query={"fields": ["productName"], "metrics": ["tokensConsumed"]})
        columns = ["productName", "tokensConsumed"]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": columns, "rows": ['["AutoCAD",5]']}])
        self.assertEqual(self.run_counts(), [1, 0, 0, 0])
        self.assertEqual(self.run_counts(), [0, 0, 1, 0])
        self.write(query={"fields": ["productName"], "metrics": ["tokensConsumed"]}, window={**WINDOW, "last": "60 days"})
        self.assertEqual(self.run_counts(), [1, 0, 0, 1])
        self.assertEqual(
            self.database.rows("select window_start, window_end, tokens_consumed from tokenflex.usage"),
            [("2026-10-21", "2026-12-20", "5")],
        )

    def test_every_run_is_kept_with_append(self):
        self.target["mode"] = "append"
        self.write()
        self.answer(FIRST)
        self.run_counts()
        self.assertEqual(self.run_counts(), [3, 0, 0, 0])
        self.assertEqual(self.database.count("tokenflex.usage"), 6)

    def test_checks_read_the_staged_rows(self):
        self.write(checks={"not_null": ["userName"], "sql": ["select * from staged where tokens_consumed > 7"]})
        self.answer(FIRST)
        self.assertEqual(self.run_counts(), [3, 0, 0, 0])
        self.answer(SECOND)
        self.assert_failed(self.etl.run(), 65, "checks.sql", "dan")
        self.assertEqual(self.database.count("tokenflex.usage"), 3)
        self.assert_no_stage_left()

    def test_a_key_that_comes_twice_is_refused(self):
        self.answer(FIRST)
        self.run_counts()
        self.answer([*FIRST, ("2026-11-20", "ann", 2)])
        self.assert_failed(self.etl.run(), 65, "occurs 2 times")

    def test_what_was_changed_by_hand_is_loaded_again(self):
        self.answer(FIRST)
        self.run_counts()
        self.database.execute(
            "delete from tokenflex.usage where user_name = 'ann';"
            "update tokenflex.usage set tokens_consumed = 9 where user_name = 'cid'"
        )
        self.assertEqual(self.run_counts(), [1, 1, 1, 0])

    def test_a_rebuild_keeps_the_distribution(self):
        self.answer(FIRST)
        self.run_counts()
        del self.target["distribute_by"]
        self.write(query={"fields": ["usageDate", "userName"], "metrics": ["tokensConsumed"]})
        rows = ['["2026-11-20","ann",1]']
        self.simulator.config(
            results=[{"contract": CONTRACT, "columns": ["usageDate", "userName", "tokensConsumed"], "rows": rows}]
        )
        self.etl.run_well("--rebuild")
        self.assertEqual(self.distributed(), [("usage", self.by)])
        self.assertEqual(self.rows(), [("2026-11-20", "ann", "1")])

    def test_a_rebuild_distributes_a_plain_table(self):
        self.target["distribute_by"] = "none"
        self.write()
        self.answer(FIRST)
        self.run_counts()
        self.assertEqual(self.distributed(), [])
        self.target["distribute_by"] = self.by
        self.write()
        ddl = self.etl.call(*self.etl.command("plan"), "--output", "json").json["jobs"][0]["ddl"]
        self.assertEqual(ddl, [f"-- tokenflex.usage is not distributed by {self.by}; run --rebuild distributes it"])
        self.assertEqual(self.run_counts(), [0, 0, 3, 0])
        self.etl.run_well("--rebuild")
        self.assertEqual(self.distributed(), [("usage", self.by)])
        self.assertEqual(self.run_counts(), [0, 0, 3, 0])

    def test_what_a_killed_run_leaves_is_dropped_by_the_next(self):
        self.answer(FIRST)
        self.run_counts()
        self.answer(SECOND)
        self.leave_a_stage()
        self.assertEqual(self.run_counts(), [1, 1, 1, 1])
        self.assert_no_stage_left()

    def test_what_a_killed_run_leaves_is_dropped_by_init(self):
        self.answer(FIRST)
        self.run_counts()
        self.leave_a_stage()
        self.assertEqual(self.etl.call(*self.etl.command("init")).exit_code, 0)
        self.assert_no_stage_left()

    def leave_a_stage(self):
        """A run is killed while it waits for the second page of a result, whose first page is staged."""
        self.write(page_size=2)
        self.simulator.script({"on": "page", "nth": 1, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.database.wait_until(f"exists ({STAGES})")
        running.signal(signal.SIGKILL)
        running.wait()
        self.database.wait_until_left()
        self.simulator.script()
        self.simulator.release()
        self.assertEqual(len(self.database.rows(STAGES)), 1)

    def test_the_plan_shows_how_the_table_is_distributed(self):
        ddl = self.etl.call(*self.etl.command("plan"), "--output", "json").json["jobs"][0]["ddl"]
        self.assertIn(
            f"select create_distributed_table('\"tokenflex\".\"usage\"', '{self.by}', colocate_with => 'default')", ddl
        )

    def test_the_setting_of_the_database_serves_jobs_that_say_nothing(self):
        del self.target["distribute_by"]
        self.write()
        self.etl.write_settings({"database": {"distribute_by": self.by}})
        self.answer(FIRST)
        self.run_counts()
        self.assertEqual(self.distributed(), [("usage", self.by)])


class CycleByKey(Cycle):
    by = "_row_key"
