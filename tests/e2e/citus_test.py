"""Tables that Citus distributes, on a coordinator and two workers, where the extension is installed."""

from harness import main
from harness.citus import CitusCase
from harness.distributed import STAGES, Cycle, CycleByKey, Distributed


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


if __name__ == "__main__":
    main()
