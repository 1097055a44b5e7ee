"""window.skip_unchanged: a chunk whose usage has not moved by GET usage/:n/last costs no request of its own."""

import datetime
import json

from harness import CONTRACT, SOURCE, exposition, main
from harness.skipping import CLOUD, DAYS, DESKTOP, OTHER_CONTRACT, QUIET, SkipCase, TODAY, day, pair


class QuietNight(SkipCase):
    def setUp(self):
        super().setUp()
        self.first = self.assert_loaded()

    def test_costs_one_request(self):
        self.assert_skipped()

    def test_is_skipped_again_and_again(self):
        self.assert_skipped()
        self.assert_skipped()

    def test_tells_why(self):
        run = self.assert_skipped().one_run
        self.assertEqual(
            run["reason"], f"no usage has changed since it was requested on {TODAY}; the service's data through {day(1)}"
        )
        self.assertEqual((run["requests"], run["rows_read"], run["error"]), (0, 0, None))

    def test_has_a_run_row_that_counts_no_request(self):
        run = self.assert_skipped().one_run
        self.assertEqual(
            self.last_run("run_id, status, requests, rows_read, error, finished_at is not null, window_start, window_end"),
            (str(run["run_id"]), "skipped", "0", "0", None, "t", run["window_start"], run["window_end"]),
        )

    def test_counts_the_request_at_the_invocation(self):
        self.assertEqual(self.assert_skipped().json["source_changes"], {"requests": 1})
        text = self.etl.call(*self.etl.command("run")).stdout
        self.assertIn("0 of 1 succeeded, 1 skipped, 0 requests", text)
        self.assertIn("asked the service what has changed: 1 request", text)

    def test_counts_the_request_of_a_night_that_loads_at_the_invocation_too(self):
        self.assertEqual(self.first.one_run["requests"], 2)
        self.assertEqual(self.last_run("requests"), ("2",))
        self.assertEqual(self.first.json["source_changes"], {"requests": 1})

    def test_leaves_the_table_as_it_was(self):
        before = self.database.rows("select * from tokenflex.usage order by _row_key")
        self.assert_skipped()
        self.assertEqual(self.database.rows("select * from tokenflex.usage order by _row_key"), before)

    def test_is_planned_without_a_request(self):
        self.simulator.reset_stats()
        plan = self.etl.call(*self.etl.command("--output", "json", "plan")).json
        (job,) = plan["jobs"]
        self.assertTrue(job["skipped"])
        self.assertIn("no usage has changed since", job["reason"])
        self.assertEqual(
            (job["requests_estimated"], plan["requests_estimated"], plan["change_requests_estimated"]), (0, 0, 1)
        )
        self.assert_asked()
        text = self.etl.call(*self.etl.command("plan")).stdout
        self.assertIn("and 1 request to ask the service what has changed", text)

    def test_counts_as_a_success(self):
        self.a_day_later()
        self.rows_in_window_of(1)
        self.say([pair(usage=2, process=3)])
        self.database.execute("delete from tokenflex_etl.source_change where charge_category <> 'CHARGED' or usage_category <> 'DESKTOP_PRODUCT';"
                              "update tokenflex_etl.source_change set last_usage_date = last_usage_date - 1,"
                              " last_process_date = last_process_date - 1")
        self.assert_skipped()
        (job,) = self.etl.call(*self.etl.command("--output", "json", "status")).json["jobs"]
        self.assertEqual((job["last_status"], job["problem"], job["error"]), ("succeeded", None, None))
        self.assertEqual((job["last_success_at"][:10], job["failures_in_a_row"]), (str(TODAY), 0))
        self.assertEqual((job["data_through"], job["service_data_through"]), (day(1), day(2)))
        self.assertEqual(job["rows"], self.first.one_run["rows_read"])
        text = self.etl.call(*self.etl.command("status")).stdout
        self.assertIn(f"{CONTRACT}: the service's data through {day(2)}", text)

    def test_counts_as_a_success_for_metrics(self):
        file = self.etl.directory / "metrics.prom"
        self.etl.write_settings({"run": {"metrics_file": str(file)}})
        self.assert_skipped()
        metrics = exposition.read(file.read_text(encoding="utf-8"))
        of = {"job_name": "usage", "contract_number": CONTRACT}
        self.assertEqual(metrics.value("job_last_run_succeeded", **of), 1)
        self.assertEqual(metrics.value("job_consecutive_failures", **of), 0)
        self.assertEqual(metrics.value("job_last_exit_code", **of), 0)

    def test_is_kept_as_what_the_service_said(self):
        self.assertEqual(
            self.database.rows(
                "select contract_number, usage_category, charge_category, last_usage_date, last_process_date"
                " from tokenflex_etl.source_change order by 2, 3"
            ),
            [
                (CONTRACT, line["usageCategory"], line["chargeCategory"], line["lastUsageDate"], line["lastProcessDate"])
                for line in sorted(QUIET, key=lambda line: (line["usageCategory"], line["chargeCategory"]))
            ],
        )

    def test_does_not_change_since_when_a_pair_is_as_it_is(self):
        before = self.database.rows("select * from tokenflex_etl.source_change order by 2, 3")
        self.assert_skipped()
        self.assertEqual(self.database.rows("select * from tokenflex_etl.source_change order by 2, 3"), before)

    def test_is_told_once_a_job(self):
        told = [line for line in self.assert_skipped().log("info") if "skipped" in line]
        self.assertEqual(len(told), 1)
        self.assertIn("1 of 1 chunk skipped: no usage has changed since", told[0])


class Moved(SkipCase):
    jobs = {"cloud": CLOUD, "desktop": DESKTOP, "everything": {"window": DAYS}}

    def setUp(self):
        super().setUp()
        self.assert_loaded()

    def statuses_by_job(self, result):
        return {run["job"]: run["status"] for run in result.runs}

    def test_category_has_its_jobs_and_those_of_all_categories_loaded(self):
        self.say([QUIET[0], QUIET[1], pair("CLOUD_PRODUCT", usage=3, process=2), QUIET[3]])
        result = self.night()
        self.assertEqual(
            self.statuses_by_job(result), {"cloud": "succeeded", "desktop": "skipped", "everything": "succeeded"}
        )
        self.assert_asked(last=1, submit=2, poll=2)

    def test_category_is_planned_to_be_loaded_once_a_run_has_heard_of_it(self):
        self.say([QUIET[0], QUIET[1], pair("CLOUD_PRODUCT", usage=3, process=2), QUIET[3]])
        self.night("desktop")
        plan = self.etl.call(*self.etl.command("--output", "json", "plan")).json
        self.assertEqual({job["job"]: job["skipped"] for job in plan["jobs"]}, {"cloud": False, "desktop": True, "everything": False})
        self.assertIn("not skipped: CLOUD_PRODUCT CHARGED has changed", plan["jobs"][0]["reason"])
        self.assertEqual((plan["requests_estimated"], plan["change_requests_estimated"]), (4, 1))
        self.assertEqual(
            self.statuses_by_job(self.night()), {"cloud": "succeeded", "desktop": "skipped", "everything": "succeeded"}
        )
        self.assert_asked(last=1, submit=2, poll=2)

    def test_category_is_quiet_again_after_its_load(self):
        self.say([pair(usage=1, process=3), *QUIET[1:]])
        self.night()
        self.assert_skipped()

    def test_category_by_its_date_of_processing_alone(self):
        self.say([pair(process=3), *QUIET[1:]])
        self.assertEqual(self.statuses_by_job(self.night())["desktop"], "succeeded")

    def test_category_that_comes_newly(self):
        self.say([*QUIET, pair(charge="CASUAL")])
        self.assertEqual(self.statuses_by_job(self.night())["desktop"], "succeeded")
        self.assert_skipped()

    def test_category_that_is_no_longer_there(self):
        self.say([QUIET[0], *QUIET[2:]])
        result = self.night()
        self.assertEqual(self.statuses_by_job(result)["desktop"], "succeeded")
        self.assertTrue(any("DESKTOP_PRODUCT FREE is no longer in the service's answer" in line for line in result.log("info")))
        self.assert_skipped()

    def test_category_by_its_old_name_has_not(self):
        self.say([pair("PRODUCT_CONSUMPTION"), pair("PRODUCT_CONSUMPTION", "FREE"),
                  pair("CLOUD_PRODUCT_CONSUMPTION", usage=4, process=2), pair("CLOUD_CONSUMPTION", "N/A", 9, 9)])
        self.assert_skipped()

    def test_since_the_last_load_is_what_counts_not_since_the_last_run(self):
        """A night that fails does not hide what has moved."""
        self.say([pair(usage=2), *QUIET[1:]])
        self.simulator.script(
            {"on": "last", "times": -1, "status": 200, "body": json.dumps([pair(usage=2), *QUIET[1:]])},
            {"on": "submit", "times": -1, "status": 400},
        )
        self.assertNotEqual(self.etl.run("desktop").exit_code, 0)
        self.say([pair(usage=2), *QUIET[1:]])
        self.assertEqual(self.statuses_by_job(self.night())["desktop"], "succeeded")


class Chunks(SkipCase):
    jobs = {"usage": {**DESKTOP, "window": {**DAYS, "last": "3 months", "chunk": "month"}}}

    def test_are_judged_each_by_itself(self):
        first = self.assert_loaded()
        self.assert_skipped()
        self.database.execute(
            f"delete from tokenflex.usage where usage_date = '{first.runs[1]['window_start']}'"
        )
        self.assertEqual(self.statuses(self.night()), ["skipped", "succeeded"] + ["skipped"] * (len(first.runs) - 2))
        self.assert_asked(last=1, submit=1, poll=1)
        self.assert_skipped()

    def test_of_a_night_that_was_cut_short_are_those_that_are_missing(self):
        self.simulator.script(
            {"on": "last", "times": -1, "status": 200, "body": json.dumps(QUIET)},
            {"on": "submit", "nth": 3, "status": 400},
        )
        self.assertEqual(self.etl.run().exit_code, 78)
        self.say(QUIET)
        self.assertEqual(self.statuses(self.night()), ["skipped", "skipped"] + ["succeeded"] * (len(self.night().runs) - 2))

    def test_that_have_moved_are_all_loaded(self):
        first = self.assert_loaded()
        self.say([pair(usage=2), *QUIET[1:]])
        self.assertEqual(self.statuses(self.night()), ["succeeded"] * len(first.runs))


class Days(SkipCase):
    """Nights that follow each other."""

    def setUp(self):
        super().setUp()
        self.say([pair(usage=3, process=5)])
        self.first = self.assert_loaded()
        self.a_day_later(2)
        self.rows_in_window_of(2)
        self.database.execute("update tokenflex_etl.source_change set last_usage_date = last_usage_date,"
                              " last_process_date = last_process_date")

    def test_after_the_last_day_with_usage_need_no_load(self):
        """The load covered all up to the day before yesterday's."""
        self.assert_skipped()

    def test_with_usage_that_no_load_has_covered_are_loaded(self):
        self.say([pair(usage=1, process=5)])
        self.assert_loaded()

    def test_after_the_last_day_with_usage_must_have_no_rows(self):
        self.database.execute(
            f"update tokenflex.usage set usage_date = '{day(1)}' where _row_key ="
            " (select min(_row_key::text)::uuid from tokenflex.usage)"
        )
        self.assert_loaded()

    def test_that_were_skipped_are_in_the_next_load(self):
        """The first load after skips begins where the first skipped window began."""
        first_skipped = self.assert_skipped().one_run["window_start"]
        self.a_day_later()
        self.rows_in_window_of(1)
        self.say([pair(usage=1, process=2)])
        begin = str(datetime.date.fromisoformat(first_skipped) - datetime.timedelta(days=1))
        plan = self.etl.call(*self.etl.command("--output", "json", "plan")).json
        self.assertEqual(plan["jobs"][0]["window_start"], begin)
        run = self.assert_loaded().one_run
        self.assertEqual((run["window_start"], run["window_end"]), (begin, str(TODAY)))
        self.say([pair(usage=1, process=3)])
        self.assertEqual(self.assert_loaded().one_run["window_start"], day(35))


class Contracts(SkipCase):
    jobs = {"cloud": {**CLOUD, "contract": [CONTRACT, OTHER_CONTRACT]}, "desktop": {**DESKTOP, "contract": [CONTRACT, OTHER_CONTRACT]}}

    def test_are_asked_for_once_each(self):
        self.assert_loaded()
        self.assert_asked(last=2, submit=4, poll=4)
        result = self.night()
        self.assertEqual(set(self.statuses(result)), {"skipped"})
        self.assert_asked(last=2)
        self.assertEqual(result.json["source_changes"], {"requests": 2})

    def test_are_not_asked_for_one_by_one_through_an_outage(self):
        self.assert_loaded()
        self.etl.write_settings({"api": {"retries": 1}})
        self.simulator.script({"on": "last", "times": -1, "status": 503})
        result = self.night()
        self.assertEqual(set(self.statuses(result)), {"succeeded"})
        self.assertEqual(self.simulator.requests("last"), 2)
        (warning,) = [line for line in result.log("warn") if "everything is loaded" in line]
        self.assertIn("no other contract is asked for", warning)

    def test_of_which_one_cannot_be_asked_for_leave_the_others(self):
        self.assert_loaded()
        self.simulator.script(
            {"on": "last", "times": -1, "contract": OTHER_CONTRACT, "status": 403},
            {"on": "last", "times": -1, "status": 200, "body": json.dumps(QUIET)},
        )
        result = self.night()
        self.assertEqual({(run["contract_number"], run["status"]) for run in result.runs},
                         {(CONTRACT, "skipped"), (OTHER_CONTRACT, "succeeded")})


class ShippedJobs(SkipCase):
    """All of them, as they are."""

    jobs = {}

    def setUp(self):
        super().setUp()
        self.etl.environment["TOKENFLEX_CONTRACT"] = CONTRACT
        self.say([*QUIET, pair("MANUAL_ADJUSTMENT", "N/A", 40, 30), pair("MANUAL_CONSUMPTION", "N/A", 40, 30)])
        self.first = self.call("run")

    def call(self, command):
        """With all requests but those for the comparison with the service's own totals."""
        settings = str(self.etl.directory / "tokenflex-etl.yaml")
        self.simulator.reset_stats()
        result = self.etl.call("--config", settings, "--jobs", str(SOURCE / "jobs"), "--output", "json", command)
        self.assertEqual(result.exit_code, 0, result.stderr)
        stats = self.simulator.stats
        self.requests = stats["budgeted"] - stats["requests"]["summary"]
        return result.json

    def assert_planned_and_spent(self, requests, submits):
        plan = self.call("plan")
        self.assertEqual(self.requests, 0)
        run = self.call("run")
        self.assertEqual(self.requests, requests)
        self.assertEqual(plan["requests_estimated"] + plan["change_requests_estimated"], requests)
        self.assertEqual(sum(run["requests"] for run in run["runs"]) + run["source_changes"]["requests"], requests)
        self.assertEqual(self.simulator.requests("submit"), submits)

    def test_spend_four_requests_on_a_quiet_night(self):
        """Three for what the service keeps of the contract, one to learn that nothing else has moved."""
        self.assertGreater(self.requests, 25)
        self.assert_planned_and_spent(4, 0)

    def test_spend_five_with_the_comparison_of_the_day(self):
        self.database.execute("update tokenflex_etl.service_summary set asked_at = asked_at - interval '1 day'")
        plan = self.call("plan")
        self.assertEqual(plan["requests_estimated"] + plan["change_requests_estimated"] + plan["summaries_estimated"], 5)
        run = self.call("run")
        self.assertEqual(self.simulator.stats["budgeted"], 5)
        self.assertEqual(run["reconciliation"], {"differences": 0, "requests": 1})

    def test_load_what_is_about_a_category_that_has_moved(self):
        """Adjustments by hand: their own job's, and those of the three jobs about all categories."""
        self.say([*QUIET, pair("MANUAL_ADJUSTMENT", "N/A", 40, 2), pair("MANUAL_CONSUMPTION", "N/A", 40, 30)])
        self.etl.write_job("heard", **{**DESKTOP, "window": {**DAYS, "last": "1 days"}})
        self.night("heard")
        self.assert_planned_and_spent(4 + 2 * 6, 6)


if __name__ == "__main__":
    main()
