"""What may go wrong besides the network, and what then happens: the database, other runners.

Passing and lasting faults of the network are in faults_test.py, results that are wrong or go away in pages_test.py.
"""

import signal
import socket

from harness import EtlTestCase, cases, main

SESSIONS = "from pg_stat_activity where datname = current_database() and application_name like 'tokenflex-etl%'"
WAITS_FOR_A_LOCK = f"exists (select {SESSIONS} and wait_event_type = 'Lock')"


class OutcomesCase(EtlTestCase):
    """A table of 500 rows; the next run would change each of them and add 500 more, on ten pages."""

    simulator_settings = {"rows": 500}

    def setUp(self):
        super().setUp()
        self.etl.write_job(page_size=100)
        self.etl.run_well()
        self.before = self.versions()
        self.simulator.restate(every=1)
        self.simulator.grow(1)
        self.simulator.reset_stats()

    def versions(self):
        return self.database.rows("select ctid, xmin, _run_id from tokenflex.usage order by ctid")

    def assert_untouched(self):
        self.assertEqual(self.versions(), self.before)

    def assert_loaded_once(self, result):
        """By one run, which has one row in the run table."""
        self.assertEqual((result.exit_code, result.log("error")), (0, []), result.stderr)
        run = result.one_run
        self.assertEqual((run["rows_updated"], run["rows_inserted"]), (500, 500))
        self.assert_all_rows_arrived()
        statuses = self.database.rows("select status from tokenflex_etl.run order by run_id")
        self.assertEqual(statuses, [("succeeded",), ("succeeded",)])

    def held_in(self, kind, nth=1):
        self.simulator.script({"on": kind, "nth": nth, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        return running

    def in_the_wait_for_429(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 6000, "burst": 50}}})
        self.simulator.script({"on": "page", "nth": 3, "status": 429, "retry_after": 1})
        running = self.etl.start_run()
        self.database.wait_until("exists (select from tokenflex_etl.request_budget where blocked_until is not null)")
        return running

    def in_merge(self):
        self.locker = self.open_session()
        self.locker.execute("begin; lock table tokenflex.usage in share row exclusive mode;")
        running = self.etl.start_run()
        self.database.wait_until(WAITS_FOR_A_LOCK)
        return running

    def end_session(self):
        self.database.execute(f"select pg_terminate_backend(pid) {SESSIONS}")

    def let_go(self):
        self.simulator.release()
        if hasattr(self, "locker"):
            self.locker.close()


MOMENTS = {
    "poll": lambda case: case.held_in("poll"),
    "page_2": lambda case: case.held_in("page", 1),
    "page_9": lambda case: case.held_in("page", 8),
    "the_wait_for_429": OutcomesCase.in_the_wait_for_429,
    "merge": OutcomesCase.in_merge,
}


@cases({f"in_{name}": reach for name, reach in MOMENTS.items()})
class DatabaseGone(OutcomesCase):
    """And back at once: the same run connects again, and takes up its own query."""

    def check(self, reach):
        running = reach(self)
        self.end_session()
        self.let_go()
        result = running.wait()
        self.assert_loaded_once(result)
        self.assertEqual(self.simulator.requests("submit"), 1)
        stats = self.simulator.stats
        refused = sum(entry["status"] == 429 for entry in self.simulator.log)
        # Pages that were asked for ahead when the database went, up to twelve, may not have left this machine.
        self.assertIn(result.one_run["requests"] - stats["budgeted"] - refused, range(13))


class DatabaseGoneInSubmit(OutcomesCase):
    """Where the query is could not be written down: it is submitted again."""

    def test_submits_again_and_loads_once(self):
        running = self.held_in("submit")
        self.end_session()
        self.simulator.release()
        result = running.wait()
        self.assert_loaded_once(result)
        self.assertEqual(self.simulator.requests("submit"), 2)


class DatabaseGoneWithoutReturn(OutcomesCase):
    """Nobody may connect again."""

    def setUp(self):
        super().setUp()
        self.database.execute("create role runner login in role postgres")
        self.addCleanup(self.database.execute, "reassign owned by runner to postgres; drop role runner")
        self.etl.write_settings({"database": {"dsn": "user=runner"}, "api": {"retries": 1}})

    def test_is_unavailable_and_the_next_run_completes(self):
        running = self.held_in("page", 3)
        self.database.execute("alter role runner connection limit 0")
        self.end_session()
        self.simulator.release()
        self.assert_failed(running.wait(), 69, "too many connections")
        self.assert_untouched()
        self.database.execute("alter role runner connection limit -1")
        self.simulator.script()
        self.etl.run_well()
        self.assert_all_rows_arrived()
        self.assertEqual(
            self.database.rows("select status from tokenflex_etl.run order by run_id"),
            [("succeeded",), ("failed",), ("succeeded",)],
        )
        self.assertEqual(self.simulator.requests("submit"), 1)

    def test_more_often_than_retries_is_unavailable(self):
        running = self.held_in("page", 1)
        self.simulator.script({"on": "page", "times": -1, "hold": True})
        # A session that has been ended is listed for some time yet.
        ended = self.database.value(f"select string_agg(pid::text, ', ') {SESSIONS}")
        self.end_session()
        self.simulator.release()
        self.database.wait_until(
            f"exists (select {SESSIONS} and application_name like '% run %' and pid not in ({ended}))"
        )
        self.end_session()
        self.simulator.script()
        self.simulator.release()
        failed = running.wait()
        self.assert_failed(failed, 69)
        # A statement that is on its way when the session ends finds the connection closed, without the server's message.
        self.assertRegex(failed.stderr, "terminating connection|the connection to PostgreSQL is lost")
        self.assert_untouched()


# What a trigger of the target table raises, each time or the first.
FAIL = """
    create sequence attempts;
    create function fail() returns trigger language plpgsql as $$
        begin
            if nextval('attempts') <= {times} then
                raise exception using errcode = '{code}', message = '{message}', hint = '{hint}';
            end if;
            return null;
        end
    $$;
    create trigger fail before update on tokenflex.usage for each statement execute function fail();
"""


def fail(code, message, times, hint="no hint"):
    return FAIL.format(code=code, message=message, times=times, hint=hint)


COLLISIONS = {
    "serialization_failure": fail("40001", "could not serialize access", 1),
    "deadlock": fail("40P01", "deadlock detected", 1),
}


@cases(COLLISIONS)
class Collision(OutcomesCase):
    """With another transaction: loaded again, from what is there already."""

    def check(self, script):
        self.database.execute(script)
        result = self.etl.run()
        self.assert_loaded_once(result)
        self.assertEqual(self.simulator.requests("submit"), 1)
        self.assertEqual(self.database.value("select last_value from attempts"), "2")

    def test_that_never_ends_is_for_another_time(self):
        self.database.execute(fail("40001", "could not serialize access", 100))
        self.assert_failed(self.etl.run(), 75, "could not serialize access")
        self.assert_untouched()
        self.assertEqual(self.last_run("status"), ("failed",))


class RealDeadlock(OutcomesCase):
    def test_is_survived(self):
        """The other session has a row that the load wants to change, and wants one that the load has changed."""
        other = self.open_session()
        other.execute("set deadlock_timeout = '1h'; begin; select pg_advisory_xact_lock(1);")
        self.database.execute(
            "create function meet() returns trigger language plpgsql as $$ begin"
            " perform pg_advisory_xact_lock(1); return null; end $$;"
            "create trigger meet after update on tokenflex.usage for each statement execute function meet();"
        )
        running = self.etl.start_run()
        self.database.wait_until(WAITS_FOR_A_LOCK)
        # The load waits for the advisory lock behind its update; this closes the circle.
        other.execute("\\set ON_ERROR_STOP off\nselect from tokenflex.usage for update; rollback;")
        self.assert_loaded_once(running.wait())


class ForgottenTransaction(OutcomesCase):
    def test_ends_the_load_with_the_name_of_who_forgot_it(self):
        other = self.open_session()
        other.execute("set application_name = 'somebody''s psql'; begin; update tokenflex.usage set tokens_consumed = 0;")
        self.etl.environment["PGOPTIONS"] = "-c lock_timeout=500ms"
        self.assert_failed(self.etl.run(), 75, "is locked by process", "somebody's psql", "lock_timeout")
        other.execute("rollback;")
        self.assert_untouched()
        self.etl.environment.pop("PGOPTIONS")
        self.etl.run_well()
        self.assert_all_rows_arrived()


class RefusedByTheDatabase(OutcomesCase):
    def assert_refused(self, exit_code, *words):
        self.assert_failed(self.etl.run(), exit_code, *words)
        self.assert_untouched()
        self.assertEqual(self.last_run("status"), ("failed",))

    def test_disk_full_shows_message_and_hint(self):
        self.database.execute(fail("53100", "could not extend file", 100, "Check free disk space."))
        self.assert_refused(69, "could not extend file", "Check free disk space.")

    def test_rows_that_may_not_be_written(self):
        self.as_role("grant select on tokenflex.usage to runner")
        self.assert_refused(77, "permission denied", "usage")

    def as_role(self, grants):
        """A role that may do everything in the tool's own schema."""
        self.database.execute(
            "create role runner login; grant usage on schema tokenflex, tokenflex_etl to runner;"
            f"grant all on all tables in schema tokenflex_etl to runner; {grants}"
        )
        self.addCleanup(self.database.execute, "drop owned by runner; drop role runner")
        self.etl.write_settings({"database": {"dsn": "user=runner"}})


class NoRightToCreate(EtlTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.database.execute("create role runner login; revoke create on schema public from public")
        self.addCleanup(self.database.execute, "drop owned by runner; drop role runner")
        self.etl.write_settings({"database": {"dsn": "user=runner"}})
        self.etl.write_job()

    def test_the_schema_of_the_tool(self):
        self.assert_failed(self.etl.run(), 73, "permission denied", "init")
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_the_schema_of_the_tables(self):
        self.database.execute("create schema tokenflex_etl authorization runner")
        self.assert_failed(self.etl.run(), 73, "permission denied", "tokenflex")
        self.assert_nothing_visible()

    def test_a_table(self):
        self.database.execute(
            "create schema tokenflex_etl authorization runner;"
            "create schema tokenflex; grant usage on schema tokenflex to runner"
        )
        self.assert_failed(self.etl.run(), 73, "permission denied", "tokenflex")
        self.assert_nothing_visible()


class SubmitWhoseAnswerWasLost(OutcomesCase):
    def test_is_submitted_again_and_loaded_once(self):
        self.simulator.script({"on": "submit", "nth": 1, "close": "after"})
        self.assert_loaded_once(self.etl.run())
        self.assertEqual(self.simulator.requests("submit"), 2)


class SecondRunner(OutcomesCase):
    def setUp(self):
        super().setUp()
        self.first = self.held_in("page", 3)

    def test_of_a_table_and_contract_is_told_who_holds_it(self):
        self.assert_failed(self.etl.run(), 75, "tokenflex.usage", socket.gethostname(), f"process {self.first.pid} ")

    def test_of_a_table_whose_runner_had_to_connect_again_is_told_too(self):
        self.simulator.script({"on": "page", "nth": 3, "hold": True})
        self.end_session()
        self.simulator.release()
        self.simulator.wait_for_held()
        self.assert_failed(self.etl.run(), 75, "tokenflex.usage", socket.gethostname(), f"process {self.first.pid} ")

    def test_asks_the_service_nothing(self):
        self.etl.run()
        self.assertEqual(self.simulator.requests("submit"), 1)

    def test_does_not_say_that_the_first_has_died(self):
        self.etl.run()
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.run where status = 'running'"), "1")
        self.simulator.release()
        self.assert_loaded_once(self.first.wait())

    def test_of_another_contract_goes_ahead(self):
        self.etl.write_job("usage", page_size=100, contract="11000000002")
        self.etl.run_well()

    def test_goes_ahead_once_the_first_is_dead(self):
        self.first.signal(signal.SIGKILL)
        self.first.wait()
        self.database.wait_until_left()
        self.simulator.script()
        self.etl.run_well()
        self.assert_all_rows_arrived()


class DeadRun(OutcomesCase):
    def test_of_another_job_is_marked_by_any_run(self):
        self.held_in("page", 3).signal(signal.SIGKILL)
        self.database.wait_until_left()
        self.simulator.script()
        self.etl.write_job("other")
        result = self.etl.run_well("other")
        self.assertEqual(
            self.database.rows("select job, status from tokenflex_etl.run order by run_id"),
            [("usage", "succeeded"), ("usage", "failed"), ("other", "succeeded")],
        )
        self.assertEqual(len([line for line in result.log("warn") if "ended without finishing" in line]), 1)


    def test_of_this_job_is_no_hindrance_while_another_process_marks_it(self):
        running = self.held_in("page", 3)
        running.signal(signal.SIGKILL)
        running.wait()
        self.database.wait_until_left()
        self.simulator.script()
        self.database.execute(
            "create function slowly() returns trigger language plpgsql as $$ begin"
            " perform pg_advisory_xact_lock(1); return new; end $$;"
            "create trigger slowly before update on tokenflex_etl.run for each row"
            " when (new.error like '%ended without finishing') execute function slowly();"
        )
        locker = self.open_session()
        locker.execute("select pg_advisory_lock(1);")
        self.etl.write_job("other")
        marking = self.etl.start_run("other")
        self.database.wait_until(WAITS_FOR_A_LOCK)
        self.etl.run_well("usage")
        locker.close()
        self.assertEqual(marking.wait().exit_code, 0)


class NobodyThere(EtlTestCase):
    def closed_port(self):
        """Nobody listens there for as long as the socket is bound."""
        bound = self.enterContext(socket.socket())
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]

    def test_at_the_service_is_unavailable_after_retries(self):
        port = self.closed_port()
        self.etl.write_job()
        self.etl.write_settings({"api": {"base_url": f"http://127.0.0.1:{port}", "retries": 1}})
        result = self.etl.run()
        self.assert_failed(result, 69, "submit", str(port))
        self.assertEqual(result.one_run["requests"], 2)

    def test_at_the_database_is_unavailable(self):
        self.etl.write_job()
        self.etl.write_settings({"database": {"dsn": f"host=127.0.0.1 port={self.closed_port()}"}})
        self.assert_failed(self.etl.run(), 69, "127.0.0.1")
        self.assertEqual(self.simulator.stats["budgeted"], 0)


if __name__ == "__main__":
    main()
