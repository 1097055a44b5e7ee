"""A job's timeout bounds every wait: each of these would go on for minutes, and ends with 75 for the timeout."""

import signal
import socket

from harness import CLIENT, EtlTestCase, LoginTestCase, cases, main

# Waits of the service that last until the test is over. The answers begin, or do not.
WAITS = {
    "for_the_answer_to_a_submit": [{"on": "submit", "hold": True}],
    "for_a_poll": [{"on": "poll", "hold": True}],
    "for_a_page": [{"on": "page", "hold": True}],
    "for_a_body_that_breaks_off_each_time": [{"on": "page", "times": -1, "close_at": 40}],
    "for_a_service_that_is_down": [{"on": "submit", "times": -1, "status": 503, "retry_after": 3600}],
    "for_a_service_that_asks_to_wait": [{"on": "submit", "times": -1, "status": 429, "retry_after": 3600}],
}
# Of an export.
EXPORT_WAITS = {
    "for_an_export_that_never_ends": [],
    "for_a_download": [{"on": "download", "hold": True}],
    "for_the_state_of_an_export": [{"on": "export_status", "hold": True}],
}


class WaitsCase(EtlTestCase):
    simulator_settings = {"rows": 60}
    timeout = "5s"

    def write_job(self, name="usage", **changes):
        self.etl.write_job(name, **{"timeout": self.timeout, "page_size": 20, **changes})

    def assert_timed_out(self, result, *words):
        self.assert_failed(result, 75, "timeout", *words)


@cases(WAITS)
class Service(WaitsCase):
    def check(self, rules):
        self.etl.write_settings({"api": {"retries": 100, "retry_wait": "200ms"}})
        self.write_job()
        self.simulator.script(*rules)
        self.assert_timed_out(self.etl.run())
        self.simulator.release()
        self.simulator.script()
        self.assertEqual(self.last_run("status"), ("failed",))


@cases(EXPORT_WAITS)
class Export(WaitsCase):
    def check(self, rules):
        self.write_job(source="export")
        self.simulator.config(export_polls=1 if rules else 1_000_000)
        self.simulator.script(*rules)
        self.assert_timed_out(self.etl.run())
        self.simulator.release()


class Contracts(WaitsCase):
    def test_of_one_job_share_its_timeout(self):
        self.write_job(contract=["11000000001", "11000000002"], timeout="15s")
        self.etl.write_settings({"run": {"parallel_jobs": 1}})
        self.simulator.script({"on": "submit", "nth": 1, "hold": True})
        result = self.etl.run()
        self.simulator.release()
        self.assertEqual(result.exit_code, 75)
        self.assertEqual([run["requests"] for run in result.runs], [1, 0])
        self.assertIn("timeout", result.runs[1]["error"])


class Comparison(EtlTestCase):
    """With the service's own totals: of the jobs' timeouts the longest bounds it. After a run it is no failure."""

    simulator_settings = {"rows_per_day": 1, "polls": 0}

    def setUp(self):
        super().setUp()
        query = {"fields": ["usageDate", "usageCategory"], "metrics": ["tokensConsumed"]}
        window = {"field": "usageDate", "last": "1 month", "until": "2026-03-01"}
        self.etl.write_job(timeout="5s", query=query, window=window, reconcile="auto")
        self.simulator.config(summary={"queries": [query]})
        self.simulator.script({"on": "summary", "times": -1, "hold": True})

    def tearDown(self):
        self.simulator.release()
        super().tearDown()

    def test_after_a_run_ends_with_a_warning(self):
        result = self.etl.run_well()
        self.assertTrue(any("not compared" in line and "timeout" in line for line in result.log("warn")), result.stderr)

    def test_that_is_asked_for_ends_with_75(self):
        self.etl.run_well()
        self.assert_failed(self.etl.call(*self.etl.command("reconcile")), 75, "timeout")


class SilentPeer:
    """Takes connections and says nothing."""

    def __init__(self, test):
        self.socket = socket.create_server(("127.0.0.1", 0))
        test.addCleanup(self.socket.close)
        self.port = self.socket.getsockname()[1]


class Silence(WaitsCase):
    def test_of_the_service(self):
        self.write_job()
        self.etl.write_settings({"api": {"base_url": f"http://127.0.0.1:{SilentPeer(self).port}"}})
        self.assert_timed_out(self.etl.run())

    def test_of_the_service_that_lists_contracts(self):
        self.write_job(contract="active")
        self.simulator.script({"on": "contract", "hold": True})
        self.assert_timed_out(self.etl.run())
        self.simulator.release()

    def test_of_the_token_endpoint(self):
        self.write_job()
        self.etl.write_settings({"auth": CLIENT})
        self.simulator.script({"on": "token", "hold": True})
        self.assert_timed_out(self.etl.run())
        self.simulator.release()

    def test_of_the_token_endpoint_to_a_job_beside_one_with_more_time(self):
        self.write_job(timeout="1h", name="long_one")
        self.write_job(name="short_one")
        self.etl.write_settings({"auth": CLIENT})
        self.simulator.script({"on": "token", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        running.wait_for_stderr(r"error short_one .*timeout")
        self.simulator.release()
        self.assertEqual(running.wait().exit_code, 75)
        self.assertEqual(self.database.count("tokenflex.long_one"), 60)

    def test_of_the_database(self):
        self.write_job()
        dsn = f"host=127.0.0.1 port={SilentPeer(self).port} connect_timeout=600 sslmode=disable gssencmode=disable"
        self.etl.write_settings({"database": {"dsn": dsn}})
        self.assert_timed_out(self.etl.run())


class TokenEndpoint(LoginTestCase):
    simulator_settings = {"rows": 10}

    def test_that_asks_to_wait_past_the_timeout_ends_the_job(self):
        self.etl.write_job(timeout="5s")
        self.etl.write_settings({"auth": CLIENT})
        self.simulator.script({"on": "token", "times": -1, "status": 429, "retry_after": 3600})
        self.assert_failed(self.etl.run(), 75, "timeout")

    def test_that_asks_to_wait_does_not_hold_the_lock_of_the_token_file(self):
        self.log_in()
        self.revoke(access=True)
        self.change_stored(access_from_ms=1, access_until_ms=2)
        self.etl.write_job("waiting", timeout="2h")
        self.etl.write_job("other", timeout="1m")
        self.simulator.script({"on": "token", "nth": 1, "status": 429, "retry_after": 3600})
        running = self.etl.start_run("waiting")
        running.wait_for_stderr(r"asking again in 3(600|59\d)")
        self.etl.run_well("other")
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().exit_code, 75)

    def test_that_stays_down_is_asked_as_often_as_retries_allow_waits_without_the_lock_included(self):
        self.log_in()
        self.revoke(access=True)
        self.change_stored(access_from_ms=1, access_until_ms=2)
        self.etl.write_job()
        self.etl.write_settings({"api": {"retries": 1}})
        self.simulator.reset_stats()
        self.simulator.script({"on": "token", "times": -1, "status": 503, "retry_after": 3})
        self.assert_failed(self.etl.run(), 69, "the token endpoint answered 503")
        self.assertEqual(self.simulator.requests("token"), 2)


class LockedTable(WaitsCase):
    def test_is_waited_for_until_the_timeout(self):
        self.write_job(timeout="1h")
        self.etl.run_well()
        self.write_job(timeout="10s")
        self.simulator.restate(every=2)
        other = self.open_session()
        other.execute("begin; lock table tokenflex.usage in access exclusive mode;")
        self.assert_timed_out(self.etl.run())
        other.execute("rollback;")
        self.etl.run_well()


    def test_that_nobody_may_read_names_who_holds_it(self):
        """The window has no rows yet, so the table is read before anything is loaded."""
        self.write_job(timeout="1h", window={"field": "usageDate", "last": "30 days"})
        self.etl.run_well()
        other = self.open_session()
        other.execute("begin; lock table tokenflex.usage in access exclusive mode;")
        self.etl.environment["PGOPTIONS"] = "-c lock_timeout=1000"
        result = self.etl.run("--from", "2031-01-01", "--to", "2031-02-01")
        self.assert_failed(result, 75, "table tokenflex.usage is locked by process", "end the transaction")
        other.execute("rollback;")


class Descriptors(WaitsCase):
    """Too few of them are an error, wherever they run out."""

    def test_that_run_out_end_the_run_with_an_error(self):
        self.write_job()
        # The leak sanitizer needs descriptors of its own at the end.
        self.etl.environment["LSAN_OPTIONS"] = "detect_leaks=0"
        for most in range(4, 20):
            self.etl.launcher = ("sh", "-c", f'ulimit -n {most}; exec "$@"', "sh")
            result = self.etl.call(*self.etl.command("run"))
            with self.subTest(most=most):
                self.assertIn(result.exit_code, (0, 69, 75, 78), result.stderr)
                if result.exit_code:
                    self.assertIn(" error ", result.stderr)


if __name__ == "__main__":
    main()
