"""The request budget: never more requests than the settings allow, whoever makes them."""

from harness import EtlTestCase, main


class BudgetCase(EtlTestCase):
    """A run takes five requests: a submit, a poll too early, and three pages.

    Of the burst one request is kept back: what is on the network may arrive closer together than it was sent.
    """

    simulator_settings = {"rows": 250}

    def allow(self, **rate_limit):
        self.etl.write_settings({"api": {"rate_limit": rate_limit}})

    def allow_burst(self, burst):
        """And no other request for longer than a test may take, or the timeout of a job."""
        self.allow(per_minute=0.01, burst=burst)


class Budget(BudgetCase):
    def test_that_is_spent_makes_a_run_wait_for_the_next_request(self):
        self.etl.write_job("usage", page_size=100)
        self.allow(per_minute=120, burst=3)
        result = self.etl.run_well()
        # 2.4 are there, the other 2.6 come at two a second.
        self.assertGreaterEqual(result.seconds, 1.3)
        self.assert_all_rows_arrived()

    def test_that_is_spent_past_the_timeout_of_the_job_is_for_another_time(self):
        self.etl.write_job("usage", page_size=100, timeout="30m")
        self.allow_burst(5)
        self.simulator.config(polls=3)
        result = self.etl.run()
        self.assert_failed(result, 75, "request budget", "timeout")
        self.assert_nothing_visible()
        self.assertEqual(self.simulator.stats["budgeted"], 4)

    def test_is_shared_by_runs(self):
        self.etl.write_job("usage", page_size=100, timeout="30m")
        self.allow_burst(8)
        self.etl.run_well()
        # Two are left of the five that it takes by now: the second run does not even submit.
        self.assert_failed(self.etl.run(), 75, "request budget")
        self.assertEqual(self.simulator.stats["budgeted"], 5)

    def test_is_one_row_an_account(self):
        self.etl.write_job("usage", page_size=100)
        self.allow_burst(50)
        self.etl.run_well()
        self.assertEqual(
            self.database.rows("select account, round(tokens), blocked_until from tokenflex_etl.request_budget"),
            [("default", "44", None)],
        )

    def test_without_a_limit_is_not_kept(self):
        self.etl.write_job("usage")
        self.allow(per_minute=0)
        self.etl.run_well()
        self.assertEqual(self.database.count("tokenflex_etl.request_budget"), 0)

    def test_is_blocked_by_an_answer_429_for_everybody(self):
        self.etl.write_job("usage")
        self.allow(per_minute=600, burst=50)
        self.simulator.script({"on": "submit", "nth": 1, "status": 429, "retry_after": 1})
        self.etl.run_well()
        self.assertEqual(
            self.database.value("select blocked_until is not null from tokenflex_etl.request_budget"), "t"
        )

    def test_that_is_blocked_past_the_timeout_of_the_job_is_for_another_time(self):
        self.allow(per_minute=600, burst=50)
        self.etl.write_job("usage", timeout="30m")
        self.simulator.script({"on": "submit", "nth": 1, "status": 429, "retry_after": 3600})
        self.assertEqual(self.etl.run().exit_code, 75)
        self.simulator.reset_stats()
        self.assert_failed(self.etl.run(), 75, "request budget", "timeout")
        self.assertEqual(self.simulator.stats["budgeted"], 0)


class SeveralProcesses(BudgetCase):
    """Against a service that enforces what the settings say, but for one request of each process that may be late: a
    process that the machine has kept waiting sends what it has paid for together with the next ones."""

    def run_together(self, *shares, per_minute, burst):
        """A process for each list of jobs, all at once; how long the last of them took."""
        self.allow(per_minute=per_minute, burst=burst)
        self.etl.call(*self.etl.command("init"))
        self.simulator.config(rate_limit={"per_minute": per_minute, "burst": burst + len(shares)})
        running = [self.etl.start_run(*jobs) for jobs in shares]
        results = [one.wait() for one in running]
        self.assertEqual([result.exit_code for result in results], [0] * len(shares), results)
        return max(result.seconds for result in results)

    def test_are_never_refused(self):
        self.simulator.config(rows=750, polls=0)
        for name in ("a", "b", "c", "d", "e"):
            self.etl.write_job(name, page_size=100)
        seconds = self.run_together(["a", "b"], ["c", "d"], ["e"], per_minute=1200, burst=5)
        stats = self.simulator.stats
        self.assertEqual((stats["refused_429"], stats["budgeted"]), (0, 45))
        # Four are there, the others come at twenty a second.
        self.assertGreaterEqual(seconds, (45 - 4) / 20)
        for name in ("a", "b", "c", "d", "e"):
            self.assertEqual(self.database.count(f"tokenflex.{name}"), 750)

    def test_that_make_their_tables_at_the_same_time_are_never_refused(self):
        for name in ("a", "b", "c"):
            self.etl.write_job(name)
        self.run_together(["a"], ["b"], ["c"], per_minute=6000, burst=5)
        self.assertEqual(self.simulator.stats["refused_429"], 0)

    def test_wait_for_what_one_of_them_was_told(self):
        self.allow(per_minute=6000, burst=50)
        self.etl.write_job("told", page_size=100)
        self.etl.write_job("late", page_size=100)
        self.etl.write_job("paging", page_size=100)
        self.simulator.script(
            {"on": "page", "nth": 1, "hold": True}, {"on": "submit", "nth": 2, "status": 429, "retry_after": 2}
        )
        paging = self.etl.start_run("paging")
        self.simulator.wait_for_held()
        told = self.etl.start_run("told")
        self.database.wait_until("exists (select from tokenflex_etl.request_budget where blocked_until is not null)")
        late = self.etl.start_run("late")
        self.simulator.release()
        for running in (paging, told, late):
            self.assertEqual(running.wait().exit_code, 0)
        log = self.simulator.log
        told_at_ms = next(entry["at_ms"] for entry in log if entry["status"] == 429)
        # The page that was held was on its way before; at_ms is when a request came.
        after = [entry["at_ms"] - told_at_ms for entry in log if entry["at_ms"] > told_at_ms]
        self.assertGreaterEqual(min(after), 1900)
        self.assertEqual([entry["status"] for entry in log].count(429), 1)


class Turns(BudgetCase):
    """Who goes first, where the budget is short."""

    def test_of_pages_come_before_submits_of_other_jobs(self):
        self.etl.write_settings({"run": {"parallel_jobs": 2}})
        self.simulator.config(rows=500, polls=0)
        # Half a second for a page to be read before the next one stands in the line again.
        self.allow(per_minute=120, burst=5)
        self.etl.write_job("a_short", page_size=300)
        self.etl.write_job("b_long", page_size=60)
        self.etl.write_job("c_late", page_size=1000)
        # The third job begins when the first one ends: not before pages of the second one wait.
        self.simulator.script({"on": "page", "match": "limit=300", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.wait_until(lambda: self.simulator.requests("page") >= 1)
        self.simulator.release()
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        kinds = [entry["kind"] for entry in self.simulator.log]
        self.assertEqual((kinds.count("submit"), kinds.count("page")), (3, 9))
        last_submit = max(place for place, kind in enumerate(kinds) if kind == "submit")
        self.assertEqual(kinds[last_submit:], ["submit", "poll"])

    def test_of_a_submit_come_when_its_pages_can_be_fetched_too(self):
        """The result lives for a second, in which the budget brings ten requests; seven must be there before."""
        self.simulator.config(rows=1500, polls=0)
        self.etl.write_job("usage", page_size=100, source="query")
        self.etl.run_well()
        self.etl.write_settings({"api": {"result_lifetime": "1s"}})
        self.allow(per_minute=600, burst=10)
        began = self.database.value(
            "insert into tokenflex_etl.request_budget (account, tokens, refilled_at) values ('default', -3, now())"
            " returning refilled_at"
        )
        self.simulator.reset_stats()
        self.etl.run_well()
        kinds = [entry["kind"] for entry in self.simulator.log]
        self.assertEqual(kinds, ["submit", "poll", *["page"] * 14])
        # From three too few to seven at ten a second.
        (waited,) = self.last_run(f"extract(epoch from submitted_at - timestamptz '{began}')")
        self.assertGreaterEqual(float(waited), 0.95)


if __name__ == "__main__":
    main()
