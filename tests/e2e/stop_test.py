"""A run that is ended from outside by a signal, at any stage: nothing half-loaded, and the next run completes."""

import signal

from harness import EtlTestCase, cases, main

WAITS_FOR_A_LOCK = """
    exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
               and application_name like 'tokenflex-etl%')
"""


class StopTooLate(EtlTestCase):
    """All is loaded: the run is a whole one."""

    simulator_settings = {"rows": 10}

    def test_ends_a_whole_run_without_a_failure(self):
        self.etl.write_job(source="export")
        self.simulator.script({"on": "export_delete", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        running.signal(signal.SIGTERM)
        result = running.wait()
        self.assertEqual((result.exit_code, [run["status"] for run in result.json["runs"]]), (0, ["succeeded"]))
        self.assert_all_rows_arrived()


class StopCase(EtlTestCase):
    """A table of 250 rows; the run that is stopped would change every one of them and add 250 more."""

    simulator_settings = {"rows": 250}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", page_size=100)
        self.etl.run_well()
        self.before = self.versions()
        self.simulator.restate(every=1)
        self.simulator.grow(1)

    def versions(self):
        return self.database.rows("select ctid, xmin, _run_id from tokenflex.usage order by ctid")

    # The stages. Each starts a run, and returns it when it is there.

    def in_submit(self):
        return self.held_in({"on": "submit", "hold": True})

    def in_poll(self):
        return self.held_in({"on": "poll", "hold": True})

    def in_page(self):
        return self.held_in({"on": "page", "nth": 2, "hold": True})

    def held_in(self, rule):
        self.simulator.script(rule)
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        return running

    def between_polls(self):
        self.simulator.reset_stats()
        self.etl.write_settings({"api": {"poll": {"first": "1h", "max": "1h"}}})
        running = self.etl.start_run()
        self.simulator.wait_for("submit")
        return running

    def in_backoff_of_429(self):
        self.simulator.reset_stats()
        self.simulator.script({"on": "submit", "status": 429, "retry_after": 600})
        running = self.etl.start_run()
        self.simulator.wait_for("submit")
        return running

    def in_merge(self):
        self.locker = self.open_session()
        self.locker.execute("begin; lock table tokenflex.usage in share row exclusive mode;")
        running = self.etl.start_run()
        self.database.wait_until(WAITS_FOR_A_LOCK)
        return running

    # What has to be so afterwards.

    def assert_untouched(self):
        self.assertEqual(self.versions(), self.before)

    def assert_next_run_completes(self):
        self.simulator.script()
        self.simulator.release()
        self.etl.write_settings({"api": {"poll": {"first": "10ms", "max": "50ms"}}})
        self.database.wait_until_left()
        run = self.etl.run_well().one_run
        self.assertEqual((run["rows_updated"], run["rows_inserted"]), (250, 250))
        self.assert_all_rows_arrived()


STAGES = {
    "submit": StopCase.in_submit,
    "poll": StopCase.in_poll,
    "the_wait_for_a_poll": StopCase.between_polls,
    "the_wait_for_429": StopCase.in_backoff_of_429,
    "page": StopCase.in_page,
    "merge": StopCase.in_merge,
}
ASKED = {
    f"{number.name.lower()}_in_{name}": (number, reach)
    for name, reach in STAGES.items()
    for number in (signal.SIGTERM, signal.SIGINT)
}


@cases(ASKED)
class AskedToStop(StopCase):
    """Ends with 75 within five seconds, while the service and the database still keep it waiting."""

    def check(self, asked):
        number, reach = asked
        running = reach(self)
        running.signal(number)
        result = running.wait()
        self.assertEqual(result.exit_code, 75, result.stderr)
        self.assertIn(f"stopped by {number.name}", result.error)
        self.assertEqual(self.last_run("status"), ("failed",))
        self.assertIn(f"stopped by {number.name}", self.last_run("error")[0])
        self.assert_untouched()


@cases({name: reach for name, reach in STAGES.items() if name in ("page", "merge")})
class AskedToStopThenRunAgain(StopCase):
    def check(self, reach):
        running = reach(self)
        running.signal(signal.SIGTERM)
        running.wait()
        if reach is StopCase.in_merge:
            self.locker.close()
        self.assert_next_run_completes()


class AskedToStopWithMoreToDo(StopCase):
    def test_begins_no_other_job(self):
        self.etl.write_settings({"run": {"parallel_jobs": 1}})
        self.etl.write_job("after", page_size=100)
        self.simulator.reset_stats()
        running = self.held_in({"on": "submit", "times": -1, "hold": True})
        running.signal(signal.SIGTERM)
        result = running.wait()
        self.assertEqual(result.exit_code, 75)
        self.assertEqual([run["status"] for run in result.runs], ["failed", "skipped"])
        self.assertEqual(self.simulator.stats["held"] + self.simulator.requests("submit"), 1)


@cases({name: reach for name, reach in STAGES.items() if name in ("poll", "page", "merge")})
class Killed(StopCase):
    def check(self, reach):
        running = reach(self)
        running.signal(signal.SIGKILL)
        self.assertEqual(running.wait().exit_code, -signal.SIGKILL)
        if reach is StopCase.in_merge:
            self.locker.close()
        self.database.wait_until_left()
        self.assert_untouched()
        self.assert_next_run_completes()


class KilledBeforeThereIsATable(EtlTestCase):
    def test_leaves_none(self):
        self.etl.write_job("usage", page_size=100)
        self.simulator.config(rows=250)
        self.run_and_die({"on": "page", "nth": 2})
        self.assertFalse(self.database.has_table("tokenflex.usage"))


if __name__ == "__main__":
    main()
