"""`source: auto`: the query where that will do, else an export; or queries for parts of the window, where the token may not
make exports. Each way with the requests it spends."""

import json

from harness import CONTRACT, EtlTestCase, ExportCase, differences, main
from harness.etl import DEFAULT_COLUMNS, default_job
from harness.export import ROWS


class AutoCase(ExportCase):
    """A table that a query has filled, and a job that leaves the choice to us."""

    def setUp(self):
        super().setUp()
        self.etl.write_job()

    def assert_export_is_reason(self, result, *words):
        lines = [line for line in result.log("info") if "by export" in line]
        self.assertEqual(len(lines), 1)
        for word in words:
            self.assertIn(word, lines[0])
            self.assertIn(word, self.last_run("source_reason")[0])


class ByExport(AutoCase):
    """Where the query does not bring the rows."""

    def test_is_not_gone_where_a_query_will_do(self):
        run = self.etl.run_well().one_run
        self.assertEqual((run["source"], run["rows_unchanged"]), ("query", ROWS))
        self.assertEqual(self.last_run("source, source_reason"), ("query", None))

    def test_after_a_timeout(self):
        self.simulator.config(query_status="TIMEOUT")
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_tidied_up(result.one_run)
        self.assert_export_is_reason(result, "time limit")
        self.assertEqual(self.count("submit", "poll", "export_submit", "export_status"), (1, 2, 1, 2))
        self.assertEqual(result.one_run["requests"], 7)
        self.assertEqual(self.database.count("tokenflex_etl.run"), 2)

    def test_after_the_query_deadline(self):
        self.simulator.config(polls=1000000)
        self.etl.write_settings({"api": {"query_deadline": "300ms"}})
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_export_is_reason(result, "time limit")

    def test_after_a_result_that_expired_twice(self):
        self.simulator.config(query_status="EXPIRED")
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_export_is_reason(result, "expired")
        self.assertEqual(self.count("submit", "export_submit"), (2, 1))

    def test_a_run_that_died_by_export_is_not_asked_for_by_query(self):
        self.simulator.config(query_status="TIMEOUT")
        self.run_and_die({"on": "export_status", "nth": 1})
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_export_is_reason(result)
        self.assertIn("time limit", self.last_run("source_reason")[0])
        self.assertEqual(self.count("submit", "export_submit"), (1, 1))


class SessionLevel(EtlTestCase):
    simulator_settings = {"rows": ROWS}
    query = {
        "fields": ["usageDate", "userName", "chargedItemID"],
        "metrics": ["tokensConsumed"],
        "usageCategory": ["DESKTOP_PRODUCT"],
    }

    def test_comes_by_export_from_the_start(self):
        self.etl.write_job(query=self.query)
        result = self.etl.run_well()
        run = result.one_run
        self.assertEqual((run["source"], run["rows_inserted"]), ("export", ROWS))
        columns = {
            "usageDate": "usage_date",
            "userName": "user_name",
            "chargedItemID": "charged_item_id",
            "tokensConsumed": "tokens_consumed",
        }
        expected = self.simulator.expected_csv(self.query, CONTRACT)
        self.assertEqual(differences(self.database, expected, columns, "tokenflex.usage"), (0, 0))
        self.assertEqual(self.simulator.requests("submit"), 0)
        self.assertTrue([line for line in result.log("info") if "session level" in line])

    def test_is_no_query(self):
        self.etl.write_job(query=self.query, source="query")
        self.assert_failed(self.etl.run(), 78, "session-level")
        self.assertEqual(self.simulator.stats["budgeted"], 0)



class Remembered(AutoCase):
    """A query that has timed out is not tried again for a week."""

    def setUp(self):
        super().setUp()
        self.simulator.config(query_status="TIMEOUT")
        self.etl.run_well()
        self.simulator.reset_stats()

    def grow_old(self, interval):
        self.database.execute(f"update tokenflex_etl.run set timed_out_at = timed_out_at - interval '{interval}'")

    def test_the_next_run_goes_by_export_at_once(self):
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_export_is_reason(result, "exceeded", "tried again from")
        self.assertEqual(self.count("submit", "poll", "export_submit", "export_status"), (0, 0, 1, 2))
        self.assertEqual(result.one_run["requests"], 4)

    def test_the_query_is_tried_again_after_a_week(self):
        self.grow_old("7 days")
        self.assert_nothing_changed(self.etl.run_well())
        self.assertEqual(self.count("submit", "export_submit"), (1, 1))

    def test_once_a_week_is_enough(self):
        self.grow_old("7 days")
        self.etl.run_well()
        self.simulator.reset_stats()
        self.etl.run_well()
        self.assertEqual(self.count("submit", "export_submit"), (0, 1))

    def test_a_query_that_works_again_stays(self):
        self.grow_old("7 days")
        self.simulator.config(query_status="DONE")
        self.assertEqual([self.etl.run_well().one_run["source"] for _ in range(2)], ["query", "query"])

    def test_a_job_that_asks_for_less_is_queried(self):
        self.simulator.config(query_status="DONE")
        self.etl.write_job(query={"where": "userName LIKE 'user%'"}, target={"table": "fewer"})
        self.assertEqual(self.etl.run_well().one_run["source"], "query")

    def test_a_job_that_insists_on_the_query_is_queried(self):
        self.simulator.config(query_status="DONE")
        self.etl.write_job(source="query")
        self.assertEqual(self.etl.run_well().one_run["source"], "query")


class TooLarge(AutoCase):
    """500 rows in pages of 10, of which the budget pays for fewer than 49 before they expire."""

    def setUp(self):
        super().setUp()
        self.database.execute("delete from tokenflex_etl.run")
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 60, "burst": 21}, "result_lifetime": "10s"}})
        self.etl.write_job(page_size=10)

    def test_goes_by_export_as_soon_as_the_first_page_tells(self):
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_export_is_reason(result, "500 rows", "expire")
        self.assertEqual(self.count("submit", "poll", "page", "export_submit"), (1, 2, 0, 1))

    def test_is_foreseen_the_next_time(self):
        self.etl.run_well()
        self.simulator.reset_stats()
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_export_is_reason(result, "500 rows", "are expected")
        self.assertEqual(self.count("submit", "export_submit"), (0, 1))

    def test_is_queried_with_a_budget_that_is_spent_now_and_pays_for_the_pages_when_it_has_refilled(self):
        limit = {"per_minute": 60, "burst": 100}
        self.etl.write_settings({"api": {"rate_limit": limit, "result_lifetime": "10s"}})
        self.assertEqual(self.etl.run_well().one_run["source"], "query")
        self.database.execute("update tokenflex_etl.request_budget set tokens = 0, refilled_at = now(), burst_at = null")
        (planned,) = self.etl.call(*self.etl.command("plan", "--output", "json")).json["jobs"]
        self.assertEqual(planned["source"], "query")

    def test_is_paged_with_larger_pages(self):
        self.etl.write_job(page_size=100)
        self.assertEqual(self.etl.run_well().one_run["source"], "query")

    def test_is_paged_by_a_job_that_insists_on_the_query(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 1200, "burst": 5}, "result_lifetime": "2s"}})
        self.etl.write_job(page_size=10, source="query")
        self.assertEqual(self.etl.run_well().one_run["source"], "query")
        self.assertEqual(self.count("export_submit"), (0,))


class WithoutTheScope(EtlTestCase):
    """Thirty days of ten rows each, and a token that may not make exports."""

    simulator_settings = {"rows_per_day": 10, "access_token_scopes": "data:read"}
    window = {"field": "usageDate", "last": "30 days", "until": "2026-01-31"}

    def setUp(self):
        super().setUp()
        self.etl.write_settings({"auth": {"scopes": ["data:read"]}})
        self.etl.write_job(window=self.window)

    def time_out(self, *windows):
        """Queries over these windows run past the time limit."""
        self.simulator.script(
            *(
                {
                    "on": "submit",
                    "match": f"{field} >= '{since}' AND {field} < '{until}'",
                    "times": -1,
                    "query_status": "TIMEOUT",
                }
                for field, since, until in (("usageDate", *window) if len(window) == 2 else window for window in windows)
            )
        )

    def submitted(self):
        """The windows that were asked for, in their order."""
        self.assertEqual(self.simulator.requests("export_submit"), 0)
        found = [json.loads(entry["body"])["where"].split("'") for entry in self.simulator.log if entry["kind"] == "submit"]
        return [(words[1][5:], words[3][5:]) for words in found]

    def assert_whole(self, result):
        run = result.one_run
        self.assertEqual((run["status"], run["source"], run["rows_read"]), ("succeeded", "query", 300))
        body = {**default_job()["query"], "where": "usageDate >= '2026-01-01' AND usageDate < '2026-01-31'"}
        expected = self.simulator.expected_csv(body, CONTRACT)
        self.assertEqual(differences(self.database, expected, DEFAULT_COLUMNS, "tokenflex.usage"), (0, 0))
        self.assertEqual(self.last_run("source, rows_read"), ("query", "300"))

    def test_the_window_is_halved(self):
        self.time_out(("2026-01-01", "2026-01-31"))
        result = self.etl.run_well()
        self.assert_whole(result)
        self.assertEqual(self.submitted(), [("01-01", "01-31"), ("01-01", "01-16"), ("01-16", "01-31")])
        self.assertEqual(result.one_run["requests"], 9)
        self.assertIn("time limit", self.last_run("source_reason")[0])
        self.assertTrue([line for line in result.log("warn") if "data:write" in line])

    def test_the_window_of_a_result_that_expires_twice_is_halved(self):
        """The answer that says so has no result, and so no number of rows."""
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 1000}}})
        self.simulator.script(*({"on": "submit", "nth": number, "query_status": "EXPIRED"} for number in (1, 2)))
        self.assert_whole(self.etl.run_well())
        whole = ("01-01", "01-31")
        self.assertEqual(self.submitted(), [whole, whole, ("01-01", "01-16"), ("01-16", "01-31")])

    def test_halves_are_halved_where_they_must_be(self):
        self.time_out(("2026-01-01", "2026-01-31"), ("2026-01-01", "2026-01-16"))
        self.assert_whole(self.etl.run_well())
        self.assertEqual(
            self.submitted(),
            [
                ("01-01", "01-31"),
                ("01-01", "01-16"),
                ("01-01", "01-08"),
                ("01-08", "01-16"),
                ("01-16", "01-23"),
                ("01-23", "01-31"),
            ],
        )

    def test_the_next_run_begins_with_the_halves(self):
        self.time_out(("2026-01-01", "2026-01-31"))
        self.etl.run_well()
        self.simulator.reset_stats()
        result = self.etl.run_well()
        self.assert_whole(result)
        self.assertEqual(self.submitted(), [("01-01", "01-16"), ("01-16", "01-31")])
        self.assertEqual(result.one_run["rows_unchanged"], 300)
        self.assertIn("tried again from", self.last_run("source_reason")[0])

    def test_a_part_that_expires_is_asked_for_again(self):
        self.time_out(("2026-01-01", "2026-01-31"))
        self.etl.write_job(window=self.window, page_size=20)
        rules = [{"on": "page", "nth": 10, "query_status": "EXPIRED"}]
        self.simulator.script(
            {"on": "submit", "nth": 1, "query_status": "TIMEOUT"},
            *rules,
        )
        result = self.etl.run_well()
        self.assert_whole(result)
        self.assertEqual(
            self.submitted(), [("01-01", "01-31"), ("01-01", "01-16"), ("01-16", "01-31"), ("01-16", "01-31")]
        )

    def test_a_result_that_cannot_be_paged_in_time_is_halved(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 300, "burst": 8}, "result_lifetime": "4s"}})
        self.etl.write_job(window=self.window, page_size=10)
        self.simulator.config(polls=0)
        self.assert_whole(self.etl.run_well())
        self.assertEqual(self.submitted(), [("01-01", "01-31"), ("01-01", "01-16"), ("01-16", "01-31")])

    def test_that_only_the_service_knows_of_costs_one_request_more(self):
        self.etl.write_settings({"auth": {"scopes": ["data:read", "data:write"]}})
        self.time_out(("2026-01-01", "2026-01-31"))
        result = self.etl.run_well()
        run = result.one_run
        self.assertEqual((run["source"], run["rows_read"], run["requests"]), ("query", 300, 10))
        self.assertEqual(self.last_run("source, export_name, export_key"), ("query", None, None))

    def test_that_only_the_service_knows_of_leaves_known_what_has_timed_out_before(self):
        self.etl.write_settings({"auth": {"scopes": ["data:read", "data:write"]}})
        self.time_out(("2026-01-01", "2026-01-31"), ("2026-01-01", "2026-01-16"), ("2026-01-16", "2026-01-31"))
        self.etl.run_well()
        self.simulator.reset_stats()
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 300)
        self.assertEqual(self.simulator.requests("submit"), 4)

    def test_a_day_cannot_be_split(self):
        self.simulator.config(query_status="TIMEOUT")
        self.etl.write_job(window={**self.window, "last": "1 day"})
        self.assert_failed(self.etl.run(), 77, "time limit", "data:write", "auth login")
        self.assertEqual(self.simulator.requests("submit"), 1)

    def test_a_snapshot_is_not_split(self):
        self.simulator.config(query_status="TIMEOUT")
        self.etl.write_job(
            window=self.window, query={"fields": ["productName"], "metrics": ["uniqueUsers"]}
        )
        self.assert_failed(self.etl.run(), 77, "time limit", "data:write", "auth login")
        self.assertEqual(self.simulator.requests("submit"), 1)

    def test_a_snapshot_of_a_token_whose_scopes_are_not_known(self):
        self.etl.write_settings({"auth": {"scopes": ["data:read", "data:write"]}})
        self.simulator.config(query_status="TIMEOUT")
        self.etl.write_job(window=self.window, query={"fields": ["productName"], "metrics": ["uniqueUsers"]})
        self.assert_failed(self.etl.run(), 77, "lacks the scope data:write", "auth login")
        self.assertIn("lacks the scope data:write", self.last_run("error")[0])

    def test_months_are_split_between_months(self):
        query = {"fields": ["usageMonth", "productName"], "metrics": ["tokensConsumed"]}
        self.etl.write_job(window={"field": "usageMonth", "last": "3 months", "until": "2026-04-01"}, query=query)
        self.time_out(("usageMonth", "2026-01-01", "2026-04-01"), ("usageMonth", "2026-02-01", "2026-04-01"))
        self.etl.run_well()
        self.assertEqual(
            self.submitted(),
            [("01-01", "04-01"), ("01-01", "02-01"), ("02-01", "04-01"), ("02-01", "03-01"), ("03-01", "04-01")],
        )

    def test_an_export_that_the_job_insists_on_costs_no_request(self):
        self.etl.write_job(source="export")
        self.assert_failed(self.etl.run(), 77, "data:write", "auth login")
        self.assertEqual(self.simulator.stats["budgeted"], 0)


if __name__ == "__main__":
    main()
