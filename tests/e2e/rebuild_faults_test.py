"""run --rebuild among others: readers, runners, signals and faults at every moment of it."""

import signal

from harness import CONTRACT, main
from harness.rebuild import DAYS, NEW_FIELDS, OLD_FIELDS, QUARTER, REBUILD, RebuildTestCase

OTHER_CONTRACT = "11000000002"

# Each row says which table it was read from: by its columns, and by how many rows there are.
_LOOK = "select to_jsonb(u) ? 'user_name', count(*) from tokenflex.usage u group by 1;"


class Readers(RebuildTestCase):
    """The new table has twice as many rows as the old one."""

    def setUp(self):
        super().setUp()
        self.database.execute("create view public.days as select usage_date, product_name from tokenflex.usage")
        self.simulator.grow(1)

    def start_reader(self, query):
        reader = self.database.reader(query)
        self.addCleanup(reader.close)
        return reader

    def assert_saw_one_after_the_other(self, readers, old, new):
        """Never anything else, and never back."""
        for reader in readers:
            answers = [line for lines in reader.end() for line in lines]
            changes = [answer for i, answer in enumerate(answers) if i == 0 or answer != answers[i - 1]]
            self.assertEqual(changes, [old, new])

    def test_of_the_table_see_the_old_one_or_the_new_one(self):
        readers = [self.start_reader(_LOOK) for _ in range(2)]
        self.rebuild()
        self.assert_saw_one_after_the_other(readers, "t,450", "f,900")

    def test_of_a_view_see_the_old_one_or_the_new_one(self):
        readers = [self.start_reader("select count(*) from public.days;") for _ in range(2)]
        self.rebuild()
        self.assert_saw_one_after_the_other(readers, "450", "900")

    def test_see_nothing_of_it_before_all_is_loaded(self):
        running = self.hold("submit", 3)
        self.assertEqual(self.versions(), self.before)
        self.let_go()
        self.assertEqual(running.wait().exit_code, 0)

    def test_that_stay_are_waited_for_and_keep_nobody_else_waiting(self):
        reader = self.open_session()
        reader.execute("begin; select from tokenflex.usage;")
        running = self.etl.start_run(*REBUILD)
        self.wait_for_swap()
        for _ in range(20):
            self.database.execute("set statement_timeout = '60s'; select count(*) from tokenflex.usage")
        reader.execute("commit;")
        self.assertEqual(running.wait().exit_code, 0)
        self.assertEqual(self.database.count("tokenflex.usage"), 900)

    def test_that_hold_the_table_and_ask_for_a_view_get_it(self):
        reader = self.open_session()
        reader.execute("begin; select from tokenflex.usage;")
        running = self.etl.start_run(*REBUILD)
        self.wait_for_swap()
        for _ in range(20):
            self.assertEqual(reader.execute("select count(*) from public.days;"), ["450"])
        reader.execute("commit;")
        self.assertEqual(running.wait().exit_code, 0)

    def test_are_not_vacuum(self):
        vacuum = self.open_session()
        vacuum.execute("begin; lock table tokenflex.usage in share update exclusive mode;")
        running = self.etl.start_run(*REBUILD)
        self.wait_for_swap()
        self.assertEqual(self.database.count("public.days"), 450)
        vacuum.execute("commit;")
        self.assertEqual(running.wait().exit_code, 0)

    def test_that_never_end_are_named(self):
        self.etl.environment["PGOPTIONS"] = "-c lock_timeout=1s"
        reader = self.open_session()
        reader.execute("set application_name = 'the report'; begin; select from tokenflex.usage;")
        result = self.etl.run(*REBUILD)
        self.assert_failed(result, 75, "tokenflex.usage is not replaced", "in use for more than 1 s", "(the report)")
        reader.execute("commit;")
        self.assert_untouched()

    def test_are_waited_for_until_the_timeout_of_the_job_at_most(self):
        self.etl.environment["PGOPTIONS"] = "-c lock_timeout=1h"
        self.write_usage(NEW_FIELDS, timeout="15s")
        reader = self.open_session()
        reader.execute("set application_name = 'the report'; begin; select from tokenflex.usage;")
        result = self.etl.run(*REBUILD)
        self.assert_failed(result, 75, "tokenflex.usage is not replaced", "(the report)")
        reader.execute("commit;")
        self.assert_untouched()

    def test_that_keep_the_table_from_being_looked_at_are_so_too(self):
        self.write_usage(NEW_FIELDS, timeout="5s")
        owner = self.open_session()
        owner.execute("begin; lock table tokenflex.usage;")
        self.assert_failed(self.etl.run(*REBUILD), 75, "the timeout has passed")
        owner.execute("commit;")
        self.assert_untouched()

    def test_that_outlast_the_timeout_of_the_job_end_it(self):
        self.write_usage(NEW_FIELDS, timeout="15s")
        reader = self.open_session()
        reader.execute("begin; select from tokenflex.usage;")
        self.assert_failed(self.etl.run(*REBUILD), 75, "tokenflex.usage is not replaced")
        reader.execute("commit;")
        self.assert_untouched()

    def wait_for_swap(self):
        self.database.wait_until(
            "exists (select from pg_stat_activity where application_name like 'tokenflex-etl rebuild %'"
            " and wait_event_type = 'Lock')"
        )


class Failures(RebuildTestCase):
    def assert_given_up(self, result, exit_code, *words):
        """One error; no chunk counts, in the run table neither."""
        self.assert_failed(result, exit_code, *words)
        self.assertNotIn("succeeded", [run["status"] for run in result.runs])
        self.assertEqual(
            self.database.rows("select distinct status from tokenflex_etl.run where run_id > 3"), [("failed",)]
        )
        self.assert_untouched()

    def test_of_a_chunk_leave_the_table_as_it_was(self):
        self.simulator.script({"on": "submit", "nth": 3, "status": 400})
        result = self.etl.run(*REBUILD)
        self.assert_given_up(result, 78)
        self.assertIn("was given up", result.runs[0]["error"])
        self.assertEqual(result.runs[0]["rows_inserted"], 0)

    def test_can_be_tried_again(self):
        self.simulator.script({"on": "submit", "nth": 3, "status": 400})
        self.etl.run(*REBUILD)
        self.rebuild()
        self.assert_replaced()

    def test_are_a_result_without_any_row(self):
        self.simulator.config(rows_per_day=0)
        self.assert_given_up(self.etl.run(*REBUILD), 65, "no row in the new one")

    def test_are_sigterm_while_it_loads(self):
        running = self.hold("poll", 3)
        running.signal(signal.SIGTERM)
        self.assert_given_up(running.wait(), 75, "stopped by SIGTERM")

    def test_are_sigterm_while_it_waits_for_readers(self):
        reader = self.open_session()
        reader.execute("begin; select from tokenflex.usage;")
        running = self.etl.start_run(*REBUILD)
        Readers.wait_for_swap(self)
        running.signal(signal.SIGTERM)
        result = running.wait()
        reader.execute("commit;")
        self.assert_given_up(result, 75, "stopped by SIGTERM")

    def test_of_its_own_connection_are_survived(self):
        running = self.hold("submit", 3)
        self.end_sessions("tokenflex-etl rebuild %")
        self.let_go()
        self.assertEqual(running.wait().exit_code, 0)
        self.assert_replaced()

    def test_of_every_connection_are_survived(self):
        running = self.hold("submit", 3)
        self.end_sessions("tokenflex-etl%")
        self.let_go()
        self.assertEqual(running.wait().exit_code, 0)
        self.assert_replaced()

    def test_are_a_new_table_that_somebody_takes_away(self):
        running = self.hold("submit", 3)
        self.database.execute("drop table tokenflex.usage__rebuild")
        self.let_go()
        self.assert_given_up(running.wait(), 75, "dropped or renamed while it was loaded")

    def test_are_a_whole_new_table_that_somebody_takes_away(self):
        reader = self.open_session()
        reader.execute("begin; select from tokenflex.usage;")
        running = self.etl.start_run(*REBUILD)
        Readers.wait_for_swap(self)
        self.database.execute("drop table tokenflex.usage__rebuild")
        reader.execute("commit;")
        self.assert_given_up(running.wait(), 75, "usage__rebuild was dropped or renamed")

    def end_sessions(self, name):
        self.database.execute(
            f"select pg_terminate_backend(pid) from pg_stat_activity where application_name like '{name}'"
        )


class Killed(RebuildTestCase):
    def setUp(self):
        super().setUp()
        running = self.hold("submit", 3)
        running.signal(signal.SIGKILL)
        running.wait()
        self.let_go()
        self.database.wait_until_left()

    def test_leaves_the_table_as_it_was(self):
        self.assertEqual(self.versions(), self.before)

    def test_is_cleared_up_by_the_next_run_whatever_its_job(self):
        self.etl.write_job("other")
        self.assertIn("dropped usage__rebuild", " ".join(self.etl.run_well("other").log("warn")))
        self.assertEqual(
            self.database.rows(
                "select distinct status, rows_inserted, error from tokenflex_etl.run where run_id in (4, 5)"
            ),
            [("failed", "0", "the run that rebuilt the table ended without finishing")],
        )
        self.assert_untouched()

    def test_can_be_tried_again(self):
        self.rebuild()
        self.assert_replaced()

    def test_leaves_finished_what_was_finished_before(self):
        self.write_usage(OLD_FIELDS)
        self.simulator.reset_stats()
        self.etl.run_well(*QUARTER)
        self.assertEqual(self.submits(), 0)
        self.assert_untouched()


class OtherRunners(RebuildTestCase):
    def setUp(self):
        super().setUp()
        self.running = self.hold("submit", 3)

    def assert_completes(self):
        self.let_go()
        self.assertEqual(self.running.wait().exit_code, 0)
        self.assert_replaced()

    def test_that_rebuild_the_same_table_end_and_say_who_is_at_it(self):
        self.assert_failed(
            self.etl.run(*REBUILD), 75, "another run is rebuilding tokenflex.usage", f"process {self.running.pid} on"
        )
        self.assert_completes()

    def test_that_load_the_same_contract_end_and_say_who_is_at_it(self):
        self.assert_failed(self.etl.run(), 75, "loading contract 11000000001", f"process {self.running.pid} on")
        self.assert_completes()

    def test_leave_the_half_made_table_alone(self):
        self.etl.write_job("other", contract=OTHER_CONTRACT)
        self.assertEqual(self.etl.run_well("other").log("warn"), [])
        self.assert_completes()


class LoadMeanwhile(RebuildTestCase):
    """A run that has read its jobs before they were changed loads the old table while the new one is made."""

    contracts = [CONTRACT, OTHER_CONTRACT]
    APRIL = ("--from", "2026-04-01", "--to", "2026-05-01")

    def load_meanwhile(self, *window):
        """The first contract's, which the rebuild has loaded by then."""
        self.etl.write_settings({"run": {"parallel_jobs": 1}})
        running = self.hold("submit", nth=4)
        self.simulator.script()
        self.contracts = [CONTRACT]
        self.write_usage(OLD_FIELDS)
        loaded = self.etl.run_well(*window).runs
        self.simulator.release()
        return loaded, running.wait()

    def test_of_other_days_is_not_lost(self):
        loaded, result = self.load_meanwhile(*self.APRIL)
        self.assert_failed(result, 75, "is not replaced", f"run {loaded[0]['run_id']} of job usage", "--rebuild again")
        april = "select count(*) from tokenflex.usage where usage_date >= '2026-04-01'"
        self.assertEqual(self.database.value(april), str(5 * 30))
        self.assert_nothing_half_made()

    def test_that_changed_nothing_is_in_nobodys_way(self):
        loaded, result = self.load_meanwhile(*QUARTER, "--again")
        self.assertEqual([(run["rows_inserted"], run["rows_updated"]) for run in loaded], [(0, 0)] * 3)
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assert_replaced((CONTRACT, OTHER_CONTRACT))


class JobsOfOneTable(RebuildTestCase):
    """Each has a metric of its own; the new table has the columns of all."""

    def test_keep_the_views_of_each_ones_columns(self):
        def write(fields):
            self.write_usage(fields)
            self.write_usage(
                fields,
                name="hours",
                contract=OTHER_CONTRACT,
                query={"metrics": ["usageHours"]},
                target={"table": "usage"},
            )

        write(OLD_FIELDS)
        self.etl.run_well("hours", *QUARTER)
        self.database.execute("create view tokenflex.by_hours as select usage_hours from tokenflex.usage")
        for order, fields in ((("usage", "hours"), NEW_FIELDS), (("hours", "usage"), OLD_FIELDS)):
            write(fields)
            result = self.etl.run_well(*order, *REBUILD)
            self.assertIn("is replaced by the new one", result.stderr)
            self.assertNotRegex(result.stderr, "loses columns? .*(usage_hours|tokens_consumed)")
            self.assertNotIn("usage__rebuild", "".join(result.log("warn")))
        self.assertEqual(self.database.count("tokenflex.by_hours"), 2 * 5 * DAYS)


class RunnerOfTheOldGrain(RebuildTestCase):
    """It has looked at the table before that was replaced, and loads another contract."""

    def test_does_not_load_into_the_new_table(self):
        self.write_usage(OLD_FIELDS, contract=OTHER_CONTRACT, page_size=100)
        self.simulator.script({"on": "page", "contract": OTHER_CONTRACT, "hold": True})
        late = self.etl.start_run(*QUARTER)
        self.simulator.wait_for_held()
        self.write_usage(NEW_FIELDS)
        self.rebuild()
        self.let_go()
        self.assert_failed(late.wait(), 78, "another grain")
        self.assert_replaced()


if __name__ == "__main__":
    main()
