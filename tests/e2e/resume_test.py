"""A run that died is resumed where it stood: the query it left at the service is not asked for again."""

import signal

from harness import EtlTestCase, cases, main

PAGES = 10
WAITS_FOR_A_LOCK = """
    exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
               and application_name like 'tokenflex-etl%')
"""
QUICK = {"first": "10ms", "max": "50ms"}
NEVER = {"first": "1h", "max": "1h"}


class ResumeCase(EtlTestCase):
    """A table of 500 rows; the run that is ended would change each of them and add 500 more, on ten pages behind three
    polls that come too early."""

    simulator_settings = {"rows": 500, "polls": 3}

    def setUp(self):
        super().setUp()
        self.etl.write_job(page_size=100)
        self.etl.run_well()
        self.simulator.restate(every=1)
        self.simulator.grow(1)
        self.simulator.reset_stats()
        self.lockers = []

    # The moments. Each starts a run, and returns it when it is there.

    def held_in(self, kind, nth=1):
        self.simulator.script({"on": kind, "nth": nth, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        return running

    def before_its_run_row(self):
        self.lock("tokenflex_etl.run")
        return self.waiting_for_a_lock(self.etl.start_run())

    def in_submit(self):
        return self.held_in("submit")

    def after_submit(self):
        self.forget_history()
        self.etl.write_settings({"api": {"poll": NEVER}})
        running = self.etl.start_run()
        self.database.wait_until("exists (select from tokenflex_etl.run where status = 'running' and remote <> '')")
        return running

    def between_polls(self):
        self.etl.write_settings({"api": {"poll": NEVER}})
        running = self.etl.start_run()
        self.simulator.wait_for("poll")
        return running

    def in_the_wait_for_429(self):
        self.simulator.script({"on": "page", "nth": 4, "status": 429, "retry_after": 600})
        running = self.etl.start_run()
        self.simulator.wait_for("page", 4)
        self.database.wait_until("exists (select from tokenflex_etl.request_budget where blocked_until is not null)")
        return running

    def in_the_wait_for_the_budget(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 1, "burst": 8}}})
        self.etl.write_job(page_size=100, source="query")  # which pages on though it may be in vain
        running = self.etl.start_run()
        self.simulator.wait_for("page", 2)
        return running

    def in_the_backoff_of_a_fault(self):
        self.etl.write_settings({"api": {"retry_wait": "20m"}})
        self.simulator.script({"on": "page", "from": 6, "times": -1, "status": 500})
        running = self.etl.start_run()
        running.wait_for_stderr(r"asking again in")
        return running

    def in_merge(self):
        self.lock("tokenflex.usage")
        return self.waiting_for_a_lock(self.etl.start_run())

    def before_commit(self):
        running = self.held_in("page", PAGES - 1)
        self.lock("tokenflex_etl.run")
        self.simulator.script()
        self.simulator.release()
        return self.waiting_for_a_lock(running)

    def lock(self, table):
        locker = self.open_session()
        locker.execute(f"begin; lock table {table} in share row exclusive mode;")
        self.lockers.append(locker)

    def waiting_for_a_lock(self, running):
        self.database.wait_until(WAITS_FOR_A_LOCK)
        return running

    def forget_history(self):
        self.database.execute("update tokenflex_etl.run set ready_ms = null")

    # What has to be so afterwards.

    def end(self, running, number):
        running.signal(number)
        result = running.wait()
        for locker in self.lockers:
            locker.close()
        self.database.wait_until_left()
        return result

    def end_in_page(self, nth, *arguments):
        self.simulator.script({"on": "page", "nth": nth, "hold": True})
        running = self.etl.start_run(*arguments)
        self.simulator.wait_for_held()
        self.end(running, signal.SIGKILL)
        self.make_way()

    def make_way(self):
        """Nothing is in the way of the next run."""
        self.simulator.script()
        self.simulator.release()
        self.database.execute("update tokenflex_etl.request_budget set blocked_until = null")
        self.etl.write_settings({"api": {"poll": QUICK, "retry_wait": "20ms", "rate_limit": {"per_minute": 0, "burst": 50}}})

    def run_to_the_end(self, *arguments):
        """A plain run, after which the table is exact and nobody seems to be running."""
        self.make_way()
        result = self.etl.run_well(*arguments)
        self.assert_all_rows_arrived()
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.run where status = 'running'"), "0")
        return result

    def submits(self):
        """Queries that somebody has got an answer for."""
        return self.simulator.requests("submit")


MOMENTS = {
    "before_its_run_row": ResumeCase.before_its_run_row,
    "in_submit": ResumeCase.in_submit,
    "after_submit": ResumeCase.after_submit,
    "between_polls": ResumeCase.between_polls,
    **{f"in_poll_{nth}": lambda case, nth=nth: case.held_in("poll", nth) for nth in range(1, 5)},
    **{f"in_page_{nth + 1}": lambda case, nth=nth: case.held_in("page", nth) for nth in range(1, PAGES)},
    "in_the_wait_for_429": ResumeCase.in_the_wait_for_429,
    "in_the_wait_for_the_budget": ResumeCase.in_the_wait_for_the_budget,
    "in_the_backoff_of_a_fault": ResumeCase.in_the_backoff_of_a_fault,
    "in_merge": ResumeCase.in_merge,
    "before_commit": ResumeCase.before_commit,
}
STOPPED_IN = (
    "in_submit",
    "after_submit",
    "between_polls",
    "in_poll_2",
    "in_page_5",
    "in_the_wait_for_the_budget",
    "in_merge",
)


@cases(MOMENTS)
class Killed(ResumeCase):
    """kill -9: nothing half-loaded, and the next run completes what the service still has."""

    def check(self, reach):
        running = reach(self)
        self.assertEqual(self.end(running, signal.SIGKILL).exit_code, -signal.SIGKILL)
        self.assertEqual(self.database.count("tokenflex.usage"), 500)
        run = self.run_to_the_end().one_run
        self.assertEqual((run["rows_updated"], run["rows_inserted"]), (500, 500))
        # Of a submit that had not been answered nobody knew where its result would be.
        self.assertEqual(self.submits(), 2 if reach is ResumeCase.in_submit else 1)
        self.assert_the_dead_run_is_marked(reach)

    def assert_the_dead_run_is_marked(self, reach):
        if reach is not ResumeCase.before_its_run_row:
            status, error = self.database.row(
                "select status, error from tokenflex_etl.run order by run_id offset 1 limit 1"
            )
            self.assertEqual(status, "failed")
            self.assertIn("ended without finishing", error)


@cases({name: MOMENTS[name] for name in STOPPED_IN})
class AskedToStop(ResumeCase):
    """SIGTERM: 75 within five seconds, and the next run completes what the service still has."""

    def check(self, reach):
        running = reach(self)
        self.assertEqual(self.end(running, signal.SIGTERM).exit_code, 75)
        self.assertEqual(self.last_run("status"), ("failed",))
        self.assertEqual(self.database.count("tokenflex.usage"), 500)
        run = self.run_to_the_end().one_run
        self.assertEqual((run["rows_updated"], run["rows_inserted"]), (500, 500))
        self.assertEqual(self.submits(), 2 if reach is ResumeCase.in_submit else 1)


class Resumed(ResumeCase):
    def test_costs_no_submit_and_no_poll_in_vain(self):
        self.end_in_page(3)
        self.assertEqual(self.run_to_the_end().one_run["requests"], PAGES)

    def test_is_told(self):
        self.end_in_page(3)
        told = [line for line in self.run_to_the_end().log("info") if "resuming the" in line]
        self.assertEqual(len(told), 1)

    def test_twice_is_still_one_submit(self):
        self.end_in_page(3)
        self.end_in_page(6)
        self.run_to_the_end()
        self.assertEqual(self.submits(), 1)

    def test_while_the_query_is_not_done_waits_for_it(self):
        self.simulator.config(query_ms=1500)
        running = self.between_polls()
        self.end(running, signal.SIGKILL)
        self.run_to_the_end()
        self.assertEqual(self.submits(), 1)

    def test_by_a_run_that_is_asked_to_stop_it_stays_for_the_next(self):
        self.end_in_page(3)
        running = self.held_in("page", 6)
        self.end(running, signal.SIGTERM)
        self.run_to_the_end()
        self.assertEqual(self.submits(), 1)

    def test_of_a_run_that_met_a_lasting_fault(self):
        self.etl.write_settings({"api": {"retries": 0}})
        self.simulator.script({"on": "page", "nth": 3, "status": 500})
        self.assertEqual(self.etl.run().exit_code, 69)
        self.run_to_the_end()
        self.assertEqual(self.submits(), 1)

    def test_of_each_window_its_own(self):
        window = {"field": "usageDate", "last": "35 days", "chunk": "month"}
        self.etl.write_job(page_size=100, window=window, query={"where": None})
        days = ("--from", "2026-01-15", "--to", "2026-03-01")
        self.simulator.script({"on": "submit", "nth": 2, "hold": True})
        running = self.etl.start_run(*days)
        self.simulator.wait_for_held()
        self.end(running, signal.SIGKILL)
        self.simulator.reset_stats()
        self.make_way()
        self.etl.run_well(*days, "--again")
        # The first window was loaded: it is asked for anew. The submit of the second had not been answered.
        self.simulator.wait_for("submit", 3)
        self.assertEqual(self.submits(), 3)


class NotResumed(ResumeCase):
    """What would not answer the question is asked anew."""

    def assert_asked_anew(self, *arguments):
        self.make_way()
        self.assertEqual([line for line in self.etl.run_well(*arguments).log("info") if "resuming the" in line], [])
        self.assertEqual(self.submits(), 2)

    def test_where_the_body_has_changed(self):
        self.end_in_page(3)
        self.etl.write_job(page_size=100, query={"metrics": ["tokensConsumed", "usageHours"]})
        self.assert_asked_anew()

    def test_where_the_condition_has_changed(self):
        self.end_in_page(3)
        self.etl.write_job(page_size=100, query={"where": "userName LIKE 'admin%'"}, target={"table": "fewer"})
        self.assert_asked_anew()

    def test_where_it_is_another_job(self):
        self.end_in_page(3)
        self.etl.write_job("other", page_size=100)
        self.assert_asked_anew("other")

    def test_where_it_is_another_contract(self):
        self.end_in_page(3)
        self.etl.write_job(page_size=100, contract="11000000002")
        self.assert_asked_anew()

    def test_where_its_result_is_past_its_lifetime(self):
        self.end_in_page(3)
        self.etl.write_settings({"api": {"result_lifetime": "1ms"}})
        self.assert_asked_anew()

    def test_where_it_was_loaded(self):
        self.run_to_the_end()
        self.assert_asked_anew()

    def test_where_a_later_run_has_succeeded(self):
        self.end_in_page(3)
        self.run_to_the_end()
        self.assert_asked_anew()

    def test_where_the_run_is_to_replace_what_is_loaded(self):
        """Its answer may be older than what was loaded since."""
        self.end_in_page(3)
        self.assert_asked_anew("--rebuild")

    def test_where_the_clock_was_ahead(self):
        self.end_in_page(3)
        self.database.execute("update tokenflex_etl.run set submitted_at = submitted_at + interval '6 hours'")
        self.assert_asked_anew()

    def test_where_its_result_could_not_be_loaded(self):
        self.simulator.script({"on": "page", "nth": 3, "row_width": {"row": 0, "add": -1}})
        self.assertEqual(self.etl.run().exit_code, 65)
        self.assert_asked_anew()

    def test_where_the_service_is_another(self):
        self.end_in_page(3)
        other = self.start_simulator(rows=500)
        self.etl.write_settings({"api": {"base_url": other.url}})
        self.make_way()
        self.etl.run_well()
        self.assertEqual((self.submits(), other.requests("submit")), (1, 1))


ANSWERS = {
    "has_expired": {"query_status": "EXPIRED"},
    "has_failed": {"query_status": "FAILED"},
    "has_timed_out": {"query_status": "TIMEOUT"},
    "is_unknown": {"status": 404},
    "is_gone": {"status": 410},
}


class ClockWasAhead(EtlTestCase):
    """Loads of that time are no newer than those of now."""

    simulator_settings = {"rows": 10}

    def test_a_run_loads_all_the_same(self):
        self.etl.write_job()
        self.etl.run_well()
        self.database.execute("update tokenflex_etl.run set requested_at = requested_at + interval '1 year'")
        result = self.etl.run_well()
        self.assertNotIn("requested later", result.stderr)
        self.assertEqual(self.simulator.requests("submit"), 2)


@cases(ANSWERS)
class ResumedInVain(ResumeCase):
    """The service has the query no more: it is submitted again, once."""

    def check(self, answer):
        self.end_in_page(3)
        self.simulator.script({"on": "get", "nth": 1, **answer})
        self.etl.run_well()
        self.assert_all_rows_arrived()
        self.assertEqual(self.submits(), 2)


if __name__ == "__main__":
    main()
