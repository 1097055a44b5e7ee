"""Requests are the scarce resource: what a run spends, in its result, its run row and at the service."""

from harness import EtlTestCase, main


class RequestsCase(EtlTestCase):
    """A service whose queries are done by the first poll, unless they take their time."""

    simulator_settings = {"polls": 0}

    def assert_spends(self, requests):
        """The next run does, and everybody counts the same."""
        self.simulator.reset_stats()
        run = self.etl.run_well().one_run
        counted = (run["requests"], self.last_run("requests"), self.simulator.stats["budgeted"])
        self.assertEqual(counted, (requests, (str(requests),), requests))


class Requests(RequestsCase):
    def test_of_a_cached_result_are_one(self):
        self.simulator.config(cached="always", rows=80)
        self.etl.write_job()
        self.assert_spends(1)
        self.assert_all_rows_arrived()

    def test_of_a_small_result_are_two(self):
        self.simulator.config(query_ms=50, rows=250)
        self.etl.write_settings({"api": {"poll": {"first": "200ms", "max": "1s"}}})
        self.etl.write_job()
        self.assert_spends(2)
        self.assert_all_rows_arrived()

    def test_of_five_thousand_rows_at_a_thousand_a_page_are_six(self):
        self.simulator.config(rows=5000)
        self.etl.write_job(page_size=1000)
        self.assert_spends(6)
        self.assert_all_rows_arrived()

    def test_of_a_result_that_fills_its_pages_are_none_for_an_empty_one(self):
        self.simulator.config(rows=200)
        self.etl.write_job(page_size=100)
        self.assert_spends(3)

    def test_that_fail_count(self):
        self.simulator.config(rows=10)
        self.etl.write_job()
        self.simulator.script({"on": "poll", "nth": 1, "status": 502})
        self.assert_spends(3)


    def test_of_a_result_that_nothing_foretells_are_the_polls_that_come_too_early_too(self):
        self.simulator.config(polls=2, rows=80)
        self.etl.write_job()
        self.assert_spends(4)


class History(RequestsCase):
    """A job whose query takes 750 ms, asked for after 200, 500 and 950."""

    def setUp(self):
        super().setUp()
        self.simulator.config(query_ms=750, rows=10)
        self.etl.write_settings({"api": {"poll": {"first": "200ms", "max": "10s"}}})
        self.etl.write_job()
        self.etl.run_well()

    def test_lets_the_next_run_poll_once(self):
        self.assert_spends(2)

    def test_of_a_result_that_was_cached_tells_nothing(self):
        self.simulator.config(cached="always")
        self.assert_spends(1)
        self.simulator.config(cached="never")
        self.assert_spends(2)

    def test_of_another_job_tells_nothing(self):
        """Else it would wait for hours, and say so."""
        self.simulator.config(query_ms=0)
        self.database.execute("update tokenflex_etl.run set ready_ms = 7200000")
        self.etl.write_job("other")
        told = [line for line in self.etl.run_well("other").log("info") if "asking again in" in line]
        self.assertEqual(told, [])


class PageSize(RequestsCase):
    """More than 300 rows a page are refused: 1000 is lowered to 500, and to 250."""

    simulator_settings = {"polls": 0, "rows": 600, "over_limit": "refuse", "max_page": 300}

    def setUp(self):
        super().setUp()
        self.etl.write_job(page_size=1000)

    def test_that_is_refused_is_lowered(self):
        self.assert_spends(6)
        self.assert_all_rows_arrived()

    def test_that_is_refused_is_told(self):
        warnings = self.etl.run_well().log("warn")
        self.assertEqual([int(word) for line in warnings for word in line.split() if word.isdigit()][-1], 250)

    def test_that_is_granted_is_remembered(self):
        self.etl.run_well()
        self.assert_spends(4)
        self.assert_all_rows_arrived()

    def test_that_is_granted_is_remembered_for_other_jobs_of_the_account(self):
        self.etl.run_well()
        self.etl.write_job("other", page_size=5000)
        self.simulator.reset_stats()
        self.etl.run_well("other")
        self.assertEqual(self.simulator.stats["budgeted"], 4)

    def test_that_is_smaller_than_what_is_remembered_stays(self):
        self.etl.run_well()
        self.etl.write_job(page_size=200)
        self.assert_spends(4)

    def test_that_is_refused_goes_down_a_ladder_that_meets_a_limit_of_1000_exactly(self):
        self.simulator.config(rows=2000, max_page=1000)
        self.etl.write_job(page_size=5000)
        # A submit; 5000, 2000 and 1000 rows; the second page.
        self.assert_spends(5)
        self.assertEqual(self.database.value("select max_page_size from tokenflex_etl.request_budget"), "1000")
        self.assert_all_rows_arrived()

    def test_that_is_refused_whatever_its_size_is_told_with_the_size(self):
        self.simulator.script({"on": "poll", "times": -1, "status": 400, "body": '{"Message":"Not this."}'})
        self.etl.write_job(page_size=1000)
        self.assert_failed(
            self.etl.run(), 78, "also with the smallest page_size, 100 rows", "the service answered 400: Not this."
        )

    def test_that_is_refused_for_another_reason_is_not_remembered(self):
        self.simulator.script({"on": "get", "times": -1, "status": 400})
        self.assertEqual(self.etl.run().exit_code, 78)
        self.assertEqual(self.database.count("tokenflex_etl.request_budget"), 0)

    def test_that_the_service_lowers_is_followed(self):
        self.simulator.config(over_limit="lower")
        self.assert_spends(3)
        self.assert_all_rows_arrived()


if __name__ == "__main__":
    main()
