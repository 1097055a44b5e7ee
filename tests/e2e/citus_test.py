"""Tables that Citus distributes, on a coordinator and two workers, where the extension is installed; skipped where it is
not. Besides the cycle of a load: what a node's loss does, tables that a DBA has distributed, and the cases of the other
tests that read or write such tables."""

import backfill_test
import changes_test
import checks_test
import evolution_test
import export_test
import forecast_test
import login_database_test
import modes_test
import page_test
import rebuild_test
import reconcile_test
import reports_test
import share_test
import snapshots_test
import vanished_test
import versions_test
from harness import main
from harness.citus import CitusCase, OnCitus
from harness.distributed import FIRST, SECOND, STAGES, Cycle, CycleByKey, Distributed


class OnCitusByContract(Cycle, CitusCase):
    pass


class OnCitusByKey(CycleByKey, CitusCase):
    pass


# What the coordinator tells a node when rows are updated; staging commits before.
WRITES = b"UPDATE tokenflex.usage"


class Nodes(Distributed, CitusCase):
    """A node that goes away in the middle of a load: nothing half visible once it is back."""

    by = "_row_key"

    def setUp(self):
        super().setUp()
        self.etl.write_settings({"api": {"retries": 1}})
        self.before = [(f"2026-11-{day}", f"user{user}", 1) for day in range(20, 30) for user in range(8)]
        self.after = [(day, user, 2) for day, user, _ in self.before[:60]]
        self.answer(self.before)
        self.run_counts()
        self.answer(self.after)
        self.gate = self.cluster.gates[1]

    def sums(self):
        return self.database.row("select count(*), sum(tokens_consumed) from tokenflex.usage")

    def assert_not_loaded(self):
        self.assert_failed(self.etl.run("--accept"), 69)
        self.assertTrue(self.gate.was_cut.is_set())
        self.gate.open()
        self.assertEqual(self.sums(), ("80", "80"))
        self.assertEqual(self.last_run("status"), ("failed",))

    def assert_next_run_loads_all(self, counts):
        run = self.etl.run_well("--accept").one_run
        self.assertEqual([run[name] for name in ("rows_inserted", "rows_updated", "rows_unchanged", "rows_deleted")], counts)
        self.assertEqual(self.sums(), ("60", "120"))
        self.assert_no_stage_left()

    def test_that_is_cut_off_while_rows_are_staged(self):
        self.gate.cut_at(b"COPY")
        self.assert_not_loaded()
        self.assert_next_run_loads_all([0, 60, 0, 20])

    def test_that_is_cut_off_while_rows_are_updated(self):
        self.gate.cut_at(WRITES)
        self.assert_not_loaded()
        self.assert_next_run_loads_all([0, 60, 0, 20])

    def test_that_is_cut_off_before_it_has_prepared_the_commit(self):
        self.gate.cut_at(WRITES, b"PREPARE TRANSACTION")
        self.assert_not_loaded()
        self.assert_next_run_loads_all([0, 60, 0, 20])

    def test_that_is_cut_off_after_that_commits_when_it_is_back(self):
        self.gate.cut_at(WRITES, b"COMMIT PREPARED")
        self.assertEqual(self.etl.run("--accept").exit_code, 0)
        self.assertTrue(self.gate.was_cut.is_set())
        self.gate.open()
        self.database.wait_until("(select count(*) = 60 and sum(tokens_consumed) = 120 from tokenflex.usage)")
        self.assert_next_run_loads_all([0, 0, 60, 0])

    def test_that_restarts_has_lost_what_was_staged(self):
        """An unlogged table is empty after a crash; the rows are staged again."""
        self.write(page_size=20)
        self.simulator.script({"on": "page", "nth": 2, "hold": True})
        running = self.etl.start_run("--accept")
        self.simulator.wait_for_held()
        self.database.wait_until(f"(select count(*) > 0 from ({STAGES}) s)")
        self.cluster.workers[1].crash()
        self.simulator.script()
        self.simulator.release()
        result = running.wait()
        self.assertIn(result.exit_code, (0, 69), result.stderr)
        if result.exit_code == 69:
            self.assertEqual(self.sums(), ("80", "80"))
        self.etl.run_well("--accept")
        self.assertEqual(self.sums(), ("60", "120"))
        self.assert_no_stage_left()


SHAPE = (
    "contract_number text not null, usage_date date, product_name text, user_name text, tokens_consumed numeric,"
    " _row_key uuid not null, _run_id bigint not null, _synced_at timestamptz not null"
)
MADE = f"create schema tokenflex; create table tokenflex.usage ({SHAPE});"


class MadeInAdvance(Distributed, CitusCase):
    """By a DBA. The job says nothing of how its table is distributed."""

    def setUp(self):
        super().setUp()
        del self.target["distribute_by"]
        self.write()
        self.answer(FIRST)

    def make(self, statement, index=None):
        self.database.execute(MADE + statement)
        if index is not None:
            self.database.execute(
                f"create unique index on tokenflex.usage (usage_date, _row_key{index}) nulls not distinct"
            )

    def assert_loaded(self, by):
        self.assertEqual(self.run_counts(), [3, 0, 0, 0])
        self.answer(SECOND)
        self.assertEqual(self.run_counts(), [1, 1, 1, 1])
        self.assertEqual(self.distributed(), [("usage", by)])
        self.assert_no_stage_left()

    def assert_refused(self, *words):
        """Before a request is spent, by doctor too."""
        self.assert_failed(self.etl.run(), 78, *words)
        self.assertEqual(self.simulator.log, [])
        self.etl.call(*self.etl.command("init"))
        found = self.etl.call(*self.etl.command("doctor")).stdout
        for word in words:
            self.assertIn(word, found)

    def test_by_contract(self):
        self.make("select create_distributed_table('tokenflex.usage', 'contract_number')", ", contract_number")
        self.assert_loaded("contract_number")

    def test_by_key(self):
        self.make("select create_distributed_table('tokenflex.usage', '_row_key')", "")
        self.assert_loaded("_row_key")

    def test_with_shards_of_its_own(self):
        self.make(
            "select create_distributed_table('tokenflex.usage', '_row_key', shard_count => 3, colocate_with => 'none')", ""
        )
        self.assert_loaded("_row_key")

    def test_by_another_column(self):
        self.make("select create_distributed_table('tokenflex.usage', 'usage_date')", "")
        self.assert_refused(
            "distributed by usage_date",
            "select alter_distributed_table('tokenflex.usage', distribution_column => '_row_key')",
        )

    def test_by_another_column_is_loaded_after_that_statement(self):
        self.make("select create_distributed_table('tokenflex.usage', 'usage_date')", "")
        self.database.execute("select alter_distributed_table('tokenflex.usage', distribution_column => '_row_key')")
        self.assert_loaded("_row_key")

    def test_by_contract_without_the_index(self):
        self.make("select create_distributed_table('tokenflex.usage', 'contract_number')")
        statement = (
            'create unique index on "tokenflex"."usage" ("usage_date", _row_key, contract_number) nulls not distinct'
        )
        self.assert_refused(statement)
        self.database.execute(statement)
        self.assert_loaded("contract_number")

    def test_as_a_reference_table(self):
        self.make("select create_reference_table('tokenflex.usage')", "")
        self.assert_refused("a reference table of Citus", "undistribute_table('tokenflex.usage')")

    def test_with_one_shard(self):
        self.make("select create_distributed_table('tokenflex.usage', null)", "")
        self.assert_refused("a single-shard table of Citus", "undistribute_table('tokenflex.usage')")

    def test_of_the_coordinator_in_the_metadata(self):
        self.make("select citus_add_local_table_to_metadata('tokenflex.usage')", "")
        self.assert_refused("in the metadata of Citus", "undistribute_table('tokenflex.usage')")

    def test_in_a_schema_that_is_distributed_as_a_whole(self):
        self.database.execute("create schema tokenflex; select citus_schema_distribute('tokenflex')")
        self.assert_refused("the schema tokenflex is distributed", "citus_schema_undistribute('tokenflex')")

    def test_of_another_owner(self):
        self.make("select create_distributed_table('tokenflex.usage', '_row_key')", "")
        self.etl.call(*self.etl.command("init"))
        self.database.execute(
            "create role loader login; grant temporary on database tokenflex to loader;"
            "grant usage, create on schema tokenflex to loader; grant usage on schema tokenflex_etl to loader;"
            "grant select, insert, update, delete on all tables in schema tokenflex_etl, tokenflex to loader"
        )
        self.addCleanup(self.database.execute, "drop owned by loader cascade; drop role loader")
        self.etl.write_settings({"database": {"dsn": "user=loader"}})
        self.assert_loaded("_row_key")

    def test_that_the_tool_has_made_and_a_dba_distributes(self):
        self.run_counts()
        self.database.execute("select create_distributed_table('tokenflex.usage', '_row_key')")
        self.answer(SECOND)
        self.assertEqual(self.run_counts(), [1, 1, 1, 1])
        self.assertEqual(self.distributed(), [("usage", "_row_key")])


class LongName(Distributed, CitusCase):
    """Its shards are made one after the other, also in the middle of a load."""

    def test_of_a_table_with_history_is_loaded(self):
        name = "usage_of_all_products_by_day_and_user_and_department"
        self.target.update(table=name, history=True)
        self.write()
        self.answer(FIRST)
        self.assertEqual(self.run_counts(), [3, 0, 0, 0])
        self.answer(SECOND)
        self.assertEqual(self.run_counts(), [1, 1, 1, 1])
        self.assertEqual(self.database.value(f"select count(*) from tokenflex.{name}"), "3")
        (history,) = self.database.row("select history_table from tokenflex_etl.target_history")
        self.assertEqual(self.distributed(), sorted([(name, self.by), (history, self.by)]))
        self.assertEqual(self.database.count(f"tokenflex.{history}"), 2)
        self.assert_no_stage_left()


class Servers(Distributed, CitusCase):
    """What the program says of the server that it is connected to."""

    def doctor(self):
        return self.etl.call(*self.etl.command("--output", "json", "doctor")).json["checks"]

    def test_of_the_coordinator_nothing_is_wrong(self):
        self.answer(FIRST)
        self.run_counts()
        failed = [check for check in self.doctor() if check["status"] == "fail"]
        self.assertEqual(failed, [])

    def test_a_role_that_may_only_create_loads(self):
        self.database.execute("create role loader login; grant create, temporary on database tokenflex to loader")
        self.addCleanup(self.database.execute, "drop owned by loader cascade; drop role loader")
        self.etl.write_settings({"database": {"dsn": "user=loader"}})
        self.target["history"] = True
        self.write()
        self.answer(FIRST)
        self.assertEqual(self.run_counts(), [3, 0, 0, 0])
        self.answer(SECOND)
        self.assertEqual(self.run_counts(), [1, 1, 1, 1])
        self.assertEqual(self.distributed(), [("usage", self.by), ("usage_history", self.by)])
        self.assert_no_stage_left()

    def test_a_worker_is_named_and_made_no_second_schema_on(self):
        worker = self.cluster.database(self.cluster.workers[0])
        self.etl.environment.update(worker.environment)
        words = ("a worker of a Citus cluster", "let database.dsn name the coordinator", self.cluster.coordinator.host)
        for command in ("run", "init"):
            result = self.etl.call(*self.etl.command(command))
            self.assertEqual(result.exit_code, 78)
            for word in words:
                self.assertIn(word, result.stderr)
        self.assertEqual(self.simulator.log, [])
        (failed,) = [check for check in self.doctor() if check["status"] == "fail"]
        self.assertIn(words[0], failed["message"])
        self.assertIn(words[1], failed["advice"])
        self.assertFalse(worker.has_table("tokenflex_etl.run"))


class ByExport(OnCitus, export_test.ExportCase):
    distribute_by = "_row_key"

    def test_rows_are_those_of_the_query(self):
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_tidied_up(result.one_run)


class ReportPage(OnCitus, page_test.SimulatedYear):
    pass


class ReportViews(OnCitus, reports_test.NumbersOfOtherRows):
    pass


class ReportViewsOfRuns(OnCitus, reports_test.Loads):
    distribute_by = "_row_key"


class Reconciled(OnCitus, reconcile_test.Compared):
    distribute_by = "_row_key"


class ReconciledAfterARun(OnCitus, reconcile_test.AfterRun):
    pass


class Forecast(OnCitus, forecast_test.Figures):
    pass


class Backfill(OnCitus, backfill_test.Finished):
    distribute_by = "_row_key"


class BackfillKilled(OnCitus, backfill_test.Interrupted):
    pass


class Checks(OnCitus, checks_test.Passing):
    pass


class ChecksOfSums(OnCitus, checks_test.MaxChange):
    distribute_by = "_row_key"


class Evolution(OnCitus, evolution_test.Evolution):
    # The statements of a plain table.
    test_of_a_table_that_is_created_is_told = None


class Restated(OnCitus, modes_test.RestatedValue):
    pass


class Renamed(OnCitus, modes_test.RenamedUser):
    distribute_by = "_row_key"


class OfOtherContracts(OnCitus, modes_test.RowsOfAnotherContract):
    pass


class FewChangesByContract(OnCitus, modes_test.FewChangesOfManyRows):
    pass


class FewChangesByKey(OnCitus, modes_test.FewChangesOfManyRows):
    distribute_by = "_row_key"


class Vanished(OnCitus, vanished_test.Answers):
    pass


class Snapshots(OnCitus, snapshots_test.Nights):
    pass


class Recorded(OnCitus, changes_test.Recorded):
    pass


class Changes(OnCitus, changes_test.Command):
    distribute_by = "_row_key"


class Versions(OnCitus, versions_test.Versions):
    # Its own query joins a distributed table with one of the coordinator.
    test_are_of_rows_that_were_changed_or_deleted = None


class VersionsKept(OnCitus, versions_test.Kept):
    distribute_by = "_row_key"


class Rebuilt(OnCitus, rebuild_test.Rebuild):
    pass


class Shared(OnCitus, share_test.Together):
    distribute_by = "_row_key"


class LoginOfTwoHosts(OnCitus, login_database_test.TwoHosts):
    pass


if __name__ == "__main__":
    main()
