"""The request budget: never more requests than the settings allow, whoever makes them."""

from harness import EtlTestCase, main


class BudgetCase(EtlTestCase):
    """A run takes five requests: a submit, a poll too early, and three pages."""

    simulator_settings = {"rows": 250}

    def allow(self, **rate_limit):
        self.etl.write_settings({"api": {"rate_limit": rate_limit}})


class Budget(BudgetCase):
    def test_that_is_spent_makes_a_run_wait_for_the_next_request(self):
        self.etl.write_job("usage", page_size=100)
        self.allow(per_minute=60, burst=3)
        result = self.etl.run_well()
        self.assertGreaterEqual(result.seconds, 1.9)
        self.assert_all_rows_arrived()

    def test_that_is_spent_past_the_timeout_of_the_job_is_for_another_time(self):
        self.etl.write_job("usage", page_size=100, timeout="10s")
        self.allow(per_minute=1, burst=3)
        result = self.etl.run()
        self.assert_failed(result, 75, "request budget", "timeout")
        self.assertLess(result.seconds, 5)
        self.assert_nothing_visible()
        self.assertEqual(self.simulator.stats["budgeted"], 3)

    def test_is_shared_by_runs(self):
        self.etl.write_job("usage", page_size=100, timeout="10s")
        self.allow(per_minute=1, burst=7)
        self.etl.run_well()
        self.assertEqual(self.etl.run().exit_code, 75)
        self.assertEqual(self.simulator.stats["budgeted"], 7)

    def test_is_one_row_an_account(self):
        self.etl.write_job("usage", page_size=100)
        self.allow(per_minute=1, burst=50)
        self.etl.run_well()
        self.assertEqual(
            self.database.rows("select account, round(tokens), blocked_until from tokenflex_etl.request_budget"),
            [("default", "45", None)],
        )

    def test_without_a_limit_is_not_kept(self):
        self.etl.write_job("usage")
        self.allow(per_minute=0)
        self.etl.run_well()
        self.assertEqual(self.database.count("tokenflex_etl.request_budget"), 0)

    def test_is_blocked_by_an_answer_429_for_everybody(self):
        self.etl.write_job("usage", timeout="30s")
        self.allow(per_minute=600, burst=50)
        self.simulator.script({"on": "submit", "nth": 1, "status": 429, "retry_after": 2})
        self.etl.run_well()
        self.assertEqual(
            self.database.value("select blocked_until is not null from tokenflex_etl.request_budget"), "t"
        )


if __name__ == "__main__":
    main()
