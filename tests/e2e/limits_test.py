"""What the service grants a user: one burst a period, shared by his client ids, reserved between processes, and less after
answers 429."""

import signal

from harness import EtlTestCase, main


class LimitsCase(EtlTestCase):
    """A run takes five requests: a submit, a poll too early, and three pages. No other request comes to the budget for
    longer than a test may take, or the timeout of a job."""

    simulator_settings = {"rows": 250}

    def allow(self, burst, **rate_limit):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 0.01, "burst": burst, **rate_limit}}})

    def age(self, interval):
        """What is in the budget was written so long ago."""
        self.database.execute(
            f"update tokenflex_etl.request_budget set refilled_at = refilled_at - interval '{interval}',"
            f" burst_at = burst_at - interval '{interval}'"
        )

    def assert_spent(self):
        self.assert_failed(self.etl.run(), 75, "request budget", "timeout")


class Account(LimitsCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job(page_size=100, timeout="30m")

    def run_as(self, client_id, account=""):
        self.etl.write_settings({"auth": {"client_id": client_id}})
        self.allow(8, account=account)
        return self.etl.run()

    def test_is_shared_by_the_client_ids_of_one_user(self):
        self.assertEqual(self.run_as("one", "finance").exit_code, 0)
        self.assert_failed(self.run_as("two", "finance"), 75, "request budget")
        self.assertEqual(self.database.rows("select account from tokenflex_etl.request_budget"), [("finance",)])

    def test_is_the_client_id_where_none_is_named(self):
        self.assertEqual(self.run_as("one").exit_code, 0)
        self.assertEqual(self.run_as("two").exit_code, 0)
        self.assertEqual(
            self.database.rows("select account from tokenflex_etl.request_budget order by 1"), [("one",), ("two",)]
        )


class Burst(LimitsCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job(page_size=100, timeout="30m")

    def test_is_not_saved_up_again_within_the_period(self):
        self.allow(8)
        self.etl.run_well()
        self.age("7 hours")
        # A hundred minutes bring one request: four more would have come, and only one is kept.
        self.assert_spent()

    def test_comes_again_when_the_period_is_over(self):
        self.allow(8)
        self.etl.run_well()
        self.age("8 hours 5 minutes")
        self.etl.run_well()

    def test_comes_again_after_the_period_of_the_settings(self):
        self.allow(8, period="1h")
        self.etl.run_well()
        self.age("61 minutes")
        self.etl.run_well()

    def test_is_waited_for_by_a_submit_that_needs_it(self):
        """14 pages, of which a second pays none: what one burst has left does not do, the next one does."""
        self.simulator.config(rows=1500, polls=0)
        self.etl.write_job(page_size=100, source="query", timeout="30m")
        self.etl.run_well()
        self.etl.write_settings({"api": {"result_lifetime": "1s"}})
        self.allow(25, period="20m")
        self.etl.run_well()
        self.simulator.reset_stats()
        running = self.etl.start_run()
        running.wait_for_stderr("until the request budget also covers the pages of the query")
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().exit_code, 75)
        self.age("21 minutes")
        self.etl.run_well()


class Reservation(LimitsCase):
    """Two jobs whose queries take sixteen requests each, of a budget of 24: two processes at once."""

    simulator_settings = {"rows": 1500, "polls": 0}

    def setUp(self):
        super().setUp()
        for name in ("first", "second"):
            self.etl.write_job(name, page_size=100, source="query", timeout="30m")
        self.etl.run_well()
        self.etl.write_settings({"api": {"result_lifetime": "1h"}})
        self.allow(25)
        self.simulator.reset_stats()
        self.simulator.script({"on": "page", "nth": 1, "hold": True})
        self.first = self.etl.start_run("first")
        self.simulator.wait_for_held()
        self.second = self.etl.start_run("second")
        self.second.wait_for_stderr("the requests that this query needs are reserved for other results")
        self.simulator.script()

    def fill_budget(self):
        self.database.execute("update tokenflex_etl.request_budget set tokens = 24")

    def reserved(self):
        reservations = "tokenflex_etl.request_reservation where expires_at > clock_timestamp()"
        return self.database.value(f"select coalesce(sum(requests), 0) from {reservations}")

    def test_of_a_running_query_keeps_another_process_from_submitting_until_it_is_done(self):
        self.assertEqual((self.simulator.requests("submit"), self.reserved()), (1, "14"))
        self.assertIn("14 are reserved for results under way", self.etl.call(*self.etl.command("status")).stdout)
        # The pages of the first take what was reserved: the second would give up unless the budget were filled at once.
        self.second.signal(signal.SIGTERM)
        self.assertEqual(self.second.wait().exit_code, 75)
        self.simulator.release()
        self.assertEqual(self.first.wait().exit_code, 0)
        self.assertEqual((self.simulator.requests("submit"), self.reserved()), (1, "0"))
        self.fill_budget()
        self.etl.run_well("second")
        self.assertEqual((self.simulator.requests("submit"), self.reserved()), (2, "0"))

    def test_of_a_killed_process_ends_with_the_result(self):
        self.first.signal(signal.SIGKILL)
        self.first.wait()
        self.assertEqual(self.reserved(), "14")
        self.simulator.release()
        self.assertEqual(
            self.database.value(
                "select bool_and(expires_at between now() + interval '30 minutes' and now() + interval '1 hour')"
                " from tokenflex_etl.request_reservation"
            ),
            "t",
        )
        self.fill_budget()
        self.database.execute("update tokenflex_etl.request_reservation set expires_at = now()")
        self.assertEqual(self.second.wait().exit_code, 0)
        self.assertEqual(self.reserved(), "0")

    def test_of_a_stopped_run_ends_with_it(self):
        self.first.signal(signal.SIGTERM)
        self.assertEqual(self.first.wait().exit_code, 75)
        self.assertEqual(self.reserved(), "0")
        self.simulator.release()
        self.fill_budget()
        self.assertEqual(self.second.wait().exit_code, 0)

    def test_of_a_failed_query_ends_with_it(self):
        self.simulator.script({"on": "page", "times": -1, "status": 403})
        self.simulator.release()
        self.assertEqual(self.first.wait().exit_code, 77)
        self.simulator.script()
        self.assertEqual(self.reserved(), "0")
        self.fill_budget()
        self.assertEqual(self.second.wait().exit_code, 0)


class SmallPages(LimitsCase):
    simulator_settings = {"rows": 1500, "polls": 0, "max_page": 100, "over_limit": "silent"}

    def test_are_reserved_as_they_come_not_as_they_are_requested(self):
        self.etl.write_job(page_size=1000, source="query")
        self.allow(25)
        self.simulator.script({"on": "page", "nth": 1, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.assertEqual(
            self.database.value("select sum(requests) from tokenflex_etl.request_reservation"), "14"
        )
        self.simulator.script()
        self.simulator.release()
        self.assertEqual(running.wait().exit_code, 0)


class TooManyRequests(LimitsCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job(page_size=100, timeout="1h")
        self.etl.call(*self.etl.command("init"))

    def status(self):
        return self.etl.call(*self.etl.command("status")).stdout

    def statement(self, text):
        """The one that ends a block, as a text shows it."""
        start = text.index("update tokenflex_etl.request_budget")
        return text[start : text.index("'default'", start)] + "'default'"

    def block(self, per_minute):
        """A run that the service sends away for ten minutes."""
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": per_minute, "burst": 50}}})
        self.simulator.script({"on": "submit", "nth": 1, "status": 429, "retry_after": 600})
        running = self.etl.start_run()
        self.database.wait_until("exists (select from tokenflex_etl.request_budget where blocked_until is not null)")
        return running

    def assert_can_be_ended(self, per_minute):
        running = self.block(per_minute)
        text = self.status()
        self.assertIn("because the service answered 429", text)
        self.database.execute(self.statement(text))
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assert_all_rows_arrived()

    def test_hold_back_a_run_until_somebody_ends_it(self):
        self.assert_can_be_ended(600)

    def test_hold_back_a_run_without_a_limit_on_our_side_until_somebody_ends_it(self):
        self.assert_can_be_ended(0)

    def test_are_told_by_the_doctor_with_the_statement_that_ends_them(self):
        for per_minute in (600, 0):
            with self.subTest(per_minute):
                running = self.block(per_minute)
                text = self.etl.call(*self.etl.command("doctor")).stdout
                self.assertIn("the service has asked the account `default` to wait until", text)
                self.database.execute(self.statement(text))
                self.assertEqual(running.wait().exit_code, 0)

    def test_past_the_timeout_of_the_job_say_how_to_end_it(self):
        self.etl.write_job(page_size=100, timeout="5m")
        self.assertEqual(self.block(600).wait().exit_code, 75)
        result = self.etl.run()
        self.assert_failed(result, 75, "request budget", "(429)")
        self.database.execute(self.statement(result.error))
        self.simulator.script()
        self.etl.run_well()

    def test_in_spite_of_the_budget_lower_the_rate_which_comes_back_slowly(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 600, "burst": 50}}})
        self.simulator.script({"on": "submit", "nth": 1, "status": 429, "retry_after": 1})
        self.etl.run_well()
        share = "round(rate_share::numeric, 2)"
        self.assertEqual(self.database.value(f"select {share} from tokenflex_etl.request_budget"), "0.50")
        self.assertIn("300 a minute instead of 600 for now, lowered after 429 responses", self.status())
        for hours, expected in ((2, "0.70"), (9, "1.00")):
            self.age(f"{hours} hours")
            self.etl.run_well()
            self.assertEqual(self.database.value(f"select {share} from tokenflex_etl.request_budget"), expected)
        self.assertNotIn("lowered", self.status())

    def test_that_do_not_come_let_the_rate_rise_only_where_the_settings_say_so(self):
        for max_per_minute, expected in ((0, "1.00"), (900, "1.50")):
            self.etl.write_settings(
                {"api": {"rate_limit": {"per_minute": 600, "burst": 50, "max_per_minute": max_per_minute}}}
            )
            self.etl.run_well()
            self.age("30 hours")
            self.etl.run_well()
            self.assertEqual(
                self.database.value("select round(rate_share::numeric, 2) from tokenflex_etl.request_budget"), expected
            )


if __name__ == "__main__":
    main()
