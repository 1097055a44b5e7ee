"""What is loaded, held against the service's own totals: what is compared, what is found, and what is repaired."""

import datetime
import json

from harness import CONTRACT, cases, main
from harness.reconcile import MONTHLY, MONTHS, QUERY, TODAY, WINDOW, ReconcileCase


class Partitions(ReconcileCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", query=QUERY, window=WINDOW, target={"partition_by": "month"})
        self.etl.run_well()

    def test_that_are_there_are_compared(self):
        self.assert_equal_everywhere(self.reconcile())

    def test_that_were_detached_or_dropped_are_not_loaded(self):
        self.database.execute(
            "alter table tokenflex.usage detach partition tokenflex.usage_p2026_08; drop table tokenflex.usage_p2026_09"
        )
        result = self.reconcile()
        self.assertEqual(result.exit_code, 0, result.stderr)
        gone = {line["usage_month"] for line in self.lines(result, "not_loaded") if line["usage_month"] in MONTHS}
        self.assertEqual(gone, {"2026-08-01", "2026-09-01"})
        self.assertEqual(self.differences(result), [])


class Compared(ReconcileCase):
    def test_with_an_empty_summary_differs_in_each_month(self):
        self.etl.run_well()
        self.sum_up()
        self.assertEqual({line["usage_month"] for line in self.lines(self.reconcile("--repair"), "differs")}, {*MONTHS})
        self.assertEqual(self.simulator.requests("submit"), 3)  # of the run

    def test_is_each_loaded_month_and_category_with_one_request(self):
        self.etl.run_well()
        self.simulator.reset_stats()
        result = self.reconcile()
        self.assert_equal_everywhere(result)
        self.assertEqual((self.simulator.requests("summary"), self.simulator.stats["budgeted"]), (1, 1))
        equal = self.lines(result, "equal")
        self.assertEqual(sorted({line["usage_month"] for line in equal}), MONTHS)
        self.assertEqual(len(equal), 3 * 5)
        self.assertEqual({line["job"] for line in equal}, {"usage"})
        self.assertEqual({line["contract_year"] for line in equal}, {None})
        self.assertEqual(
            str(sum(line["loaded"] for line in equal)),
            self.database.value("select trim_scale(sum(tokens_consumed)) from tokenflex.usage"),
        )

    def test_are_the_years_where_the_rows_have_them(self):
        self.sum_up(MONTHLY)
        self.etl.write_job("usage", query=MONTHLY, window={**WINDOW, "field": "usageMonth"})
        self.etl.run_well()
        result = self.reconcile()
        self.assert_equal_everywhere(result)
        equal = self.lines(result, "equal")
        self.assertEqual({line["contract_year"] for line in equal}, {3})
        self.assertEqual({line["usage_category"] for line in equal}, {"CLOUD_PRODUCT", "CLOUD_SERVICE"})

    def test_is_the_sum_of_categories_where_the_rows_do_not_tell_theirs(self):
        fields = ["usageMonth", "productName"]
        query = {**QUERY, "fields": fields, "usageCategory": ["CLOUD_SERVICE"]}
        self.sum_up(query)
        self.add("2026-09-01", "CLOUD_PRODUCT", "12")
        for name, categories in (("one", ["CLOUD_SERVICE"]), ("all", ["CLOUD_SERVICE", "CLOUD_PRODUCT"])):
            window = {**WINDOW, "field": "usageMonth"}
            self.etl.write_job(name, query={**query, "usageCategory": categories}, window=window)
        self.etl.run_well("one")
        self.assert_equal_everywhere(self.reconcile("one"))
        self.etl.run_well("all")
        result = self.reconcile("one", "all")
        categories = {(line["job"], line["usage_category"]) for line in self.lines(result, "equal", "differs")}
        self.assertEqual(categories, {("one", "CLOUD_SERVICE"), ("all", None)})

    def test_is_a_table_once_though_two_jobs_load_it(self):
        self.etl.write_job("backfill", query=QUERY, window=WINDOW, target={"table": "usage"})
        self.etl.run_well("usage")
        result = self.reconcile("usage", "backfill")
        self.assert_equal_everywhere(result)
        self.assertEqual({line["job"] for line in self.lines(result, "equal")}, {"usage"})

    def test_is_no_month_that_is_loaded_in_part_or_not_at_all(self):
        self.etl.write_job("usage", query=QUERY, window={**WINDOW, "last": "45 days"})
        self.etl.run_well()
        result = self.reconcile()
        self.assert_equal_everywhere(result)
        self.assertEqual({line["usage_month"] for line in self.lines(result, "equal")}, {"2026-10-01"})
        (september,) = {
            (line["usage_month"], line["status"])
            for line in result.json["months"]
            if line["usage_month"] == "2026-09-01"
        }
        self.assertEqual(september, ("2026-09-01", "not_loaded"))
        self.assertEqual({line["loaded"] for line in self.lines(result, "not_loaded") if line["usage_month"] < "2026-09"}, {0})

    def test_is_no_month_whose_rows_are_all_gone(self):
        self.etl.run_well()
        self.assert_equal_everywhere(self.reconcile())
        self.database.execute("delete from tokenflex.usage where usage_date < '2026-09-01'")
        result = self.reconcile("--repair")
        self.assert_equal_everywhere(result)
        self.assertIn("2026-08-01", {line["usage_month"] for line in self.lines(result, "not_loaded")})
        self.assertEqual(self.simulator.requests("summary"), 2)

    def test_is_not_the_month_that_runs(self):
        month = TODAY.replace(day=1)
        until = TODAY + datetime.timedelta(1)
        self.simulator.config(window_to=str(until))
        self.etl.write_job("usage", query=QUERY, window={"field": "usageDate", "last": "40 days"})
        self.etl.run_well()
        self.add(str(month), "DESKTOP_PRODUCT", "7")
        result = self.reconcile()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual({line["usage_month"] for line in self.lines(result, "running")}, {str(month)})

    def test_months_are_kept_in_a_table_of_the_tool(self):
        self.etl.run_well()
        self.add("2026-09-01", "CLOUD_SERVICE", "2.5")
        self.assertEqual(self.reconcile().exit_code, 65)
        self.assertEqual(
            self.database.rows(
                "select contract_number, schema_name, table_name, usage_month, contract_year, usage_category,"
                " service - loaded, difference, status, invocation_id is null"
                " from tokenflex_etl.reconciliation where difference <> 0 and status <> 'not_loaded'"
            ),
            [(CONTRACT, "tokenflex", "usage", "2026-09-01", None, "CLOUD_SERVICE", "2.500", "-2.5", "differs", "f")],
        )


@cases(
    {
        "append": ({"target": {"mode": "append"}}, "its table keeps the rows of every run (mode: append)"),
        "keep": ({"target": {"vanished": "keep"}}, "vanished: keep"),
        "all_snapshots": ({"target": {"snapshots": "all"}}, "snapshots: all"),
        "filter": ({"query": {"where": "userName = 'ann'"}}, "its filter (query.where)"),
        "no_tokens": ({"query": {"metrics": ["useCount"]}}, "its rows have no tokensConsumed"),
        "no_date": ({"query": {"fields": ["productName"]}}, "its rows carry no date of the window"),
    }
)
class NotComparable(ReconcileCase):
    def check(self, value):
        changes, reason = value
        window = {"field": "usageDate", "last": "3 months", "until": "2026-11-01"}
        self.etl.write_job("usage", **{"query": {**QUERY, **changes.pop("query", {})}, "window": window, **changes})
        result = self.reconcile()
        self.assert_failed(result, 78, "none of the jobs can be compared with the service's own totals")
        self.assertIn(reason, result.stderr)
        self.assertEqual(self.simulator.stats["budgeted"], 0)


class Differences(ReconcileCase):
    def setUp(self):
        super().setUp()
        self.etl.run_well()
        self.assert_equal_everywhere(self.reconcile())

    def test_of_late_data_and_of_rows_deleted_by_hand_are_told_apart_and_repaired(self):
        late = self.first_row("2026-09-10")
        self.restate("2026-09-10")
        category, tokens = self.database.row(
            "delete from tokenflex.usage where ctid = (select ctid from tokenflex.usage where tokens_consumed > 0"
            " and usage_date = '2026-08-20' limit 1) returning usage_category, trim_scale(tokens_consumed)"
        )
        found = self.reconcile()
        self.assertEqual(found.exit_code, 65)
        expected = [("2026-08-01", category, f"-{tokens}", "differs"), ("2026-09-01", late, "-1.5", "moved_on")]
        self.assertEqual(self.differences(found), expected)
        self.assertEqual(found.json["differences"], 2)
        self.simulator.reset_stats()
        self.assert_equal_everywhere(self.reconcile("--repair"))
        self.assertEqual((self.simulator.requests("submit"), self.simulator.stats["budgeted"]), (2, 5))
        windows = self.database.rows("select window_start, window_end, job from tokenflex_etl.run order by run_id desc limit 2")
        self.assertEqual(windows, [("2026-09-01", "2026-10-01", "usage"), ("2026-08-01", "2026-09-01", "usage")])
        self.assertIn("Nothing is wrong.", self.etl.call(*self.etl.command("status")).stdout)
        self.assert_equal_everywhere(self.reconcile())

    def test_of_neighbouring_months_are_loaded_by_one_query_where_the_job_has_no_chunks(self):
        self.etl.write_job("usage", query=QUERY, window={**WINDOW, "chunk": "none"})
        for day in ("2026-08-02", "2026-09-02"):
            self.restate(day)
        self.simulator.reset_stats()
        self.assert_equal_everywhere(self.reconcile("--repair"))
        self.assertEqual(self.simulator.requests("submit"), 1)
        self.assertEqual(self.last_run("window_start, window_end"), ("2026-08-01", "2026-10-01"))

    def test_of_rows_that_have_vanished_are_repaired(self):
        self.simulator.config(scale=0.67)
        self.assertEqual(self.reconcile().exit_code, 65)
        self.assert_equal_everywhere(self.reconcile("--repair"))
        self.assertEqual(self.database.count("tokenflex.usage"), 2 * 92)

    def test_are_kept_as_found_before_the_repair_and_by_the_last_summary_after_it(self):
        count = "select count(distinct checked_at) from tokenflex_etl.reconciliation"
        before = int(self.database.value(count))
        self.add("2026-09-01", "CLOUD_SERVICE", "2.5")
        self.reconcile("--repair")
        self.assertEqual(int(self.database.value(count)) - before, 2)

    def test_that_a_reload_did_not_change_are_not_loaded_again_until_the_service_moves(self):
        self.add("2026-09-01", "CLOUD_SERVICE", "2.5")
        first = self.reconcile("--repair")
        self.assertEqual(first.exit_code, 65)
        self.assertEqual(self.differences(first), [("2026-09-01", "CLOUD_SERVICE", "-2.5", "moved_on")])
        self.simulator.reset_stats()
        second = self.reconcile("--repair")
        self.assertEqual(second.exit_code, 65)
        self.assertEqual((self.simulator.requests("submit"), self.simulator.stats["budgeted"]), (0, 1))
        self.assertIn("loading the month again did not help", second.stderr)
        self.add("2026-09-01", "CLOUD_SERVICE", "3.5")
        self.assertEqual(self.reconcile("--repair").exit_code, 65)
        self.assertEqual(self.simulator.requests("submit"), 1)

    def test_below_one_token_are_none_where_the_service_rounds(self):
        self.sum_up(QUERY, whole=True)
        result = self.reconcile()
        self.assert_equal_everywhere(result)
        self.assertTrue(any(line["difference"] != 0 for line in self.lines(result, "equal")))

    def test_within_the_tolerance_are_none(self):
        self.add("2026-09-01", "CLOUD_SERVICE", "2.5")
        self.etl.write_settings({"reconcile_tolerance": 2.4})
        self.assertEqual(self.reconcile().exit_code, 65)
        self.etl.write_settings({"reconcile_tolerance": 2.5})
        self.assert_equal_everywhere(self.reconcile())

    def test_are_a_table_for_people(self):
        self.add("2026-09-01", "CLOUD_SERVICE", "2.5")
        result = self.etl.call(*self.etl.command("reconcile"))
        self.assertEqual(result.exit_code, 65)
        (line,) = [line for line in result.stdout.splitlines() if "moved_on" in line]
        self.assertRegex(line, r"^usage +11000000001 +2026-09 +all +CLOUD_SERVICE +\S+ +\S+ +-2.5 +moved_on$")
        self.assertIn("1 of 15 figures differ from the service's own totals; ", result.stdout)
        self.assertNotIn("not_loaded", result.stdout)

    def test_are_told_by_status_metrics_and_a_view(self):
        self.etl.write_settings({"run": {"metrics_file": str(self.etl.directory / "etl.prom")}})
        self.add("2026-09-01", "CLOUD_SERVICE", "2.5")
        self.reconcile()
        text = self.etl.call(*self.etl.command("status")).stdout
        self.assertEqual(text.splitlines()[0], "1 of 1 needs attention.")
        self.assertIn("usage 11000000001: differs from the service's own totals in 1 figure", text)
        self.assertIn("2026-09 CLOUD_SERVICE: the table has ", text)
        self.assertIn("To do: tokenflex-etl reconcile usage --repair", text)
        (job,) = self.etl.call(*self.etl.command("--output", "json", "status")).json["jobs"]
        self.assertEqual((job["problem"], job["differences"]), ("differs", 1))
        self.etl.run_well()
        samples = (self.etl.directory / "etl.prom").read_text(encoding="utf-8").splitlines()
        name = f'tokenflex_etl_reconciliation_difference_tokens{{contract="{CONTRACT}",month="2026-'
        self.assertIn(name + '09",category="CLOUD_SERVICE"} -2.5', samples)
        self.assertIn(name + '08",category="CLOUD_SERVICE"} 0', samples)
        self.assertEqual(self.etl.call(*self.etl.command("init", "--reports")).exit_code, 0)
        self.assertEqual(
            self.database.rows(
                "select usage_month, usage_category, difference, status from tokenflex.report_reconciliation"
                " where status not in ('equal', 'not_loaded')"
            ),
            [("2026-09-01", "CLOUD_SERVICE", "-2.5", "moved_on")],
        )
        self.sum_up(QUERY)
        self.assert_equal_everywhere(self.reconcile())
        self.assertIn("Nothing is wrong.", self.etl.call(*self.etl.command("status")).stdout)

    def test_that_cannot_be_repaired_leave_the_reason_in_the_log(self):
        self.restate("2026-09-10")
        self.simulator.script({"on": "submit", "times": -1, "status": 400})
        result = self.reconcile("--repair")
        self.assertEqual(result.exit_code, 1)
        self.assertEqual(result.json["differences"], 1)
        self.simulator.script()
        self.assert_equal_everywhere(self.reconcile("--repair"))


class AfterRun(ReconcileCase):
    """reconcile: auto."""

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", query=QUERY, window=WINDOW, reconcile="auto")

    def plan(self):
        return self.etl.call(*self.etl.command("--output", "json", "plan")).json["summaries_estimated"]

    def yesterday(self):
        self.database.execute("update tokenflex_etl.service_summary set asked_at = asked_at - interval '1 day'")

    def test_all_months_are_compared_once_a_day_with_one_request_of_its_own(self):
        self.assertEqual(self.plan(), 1)
        planned = self.etl.call(*self.etl.command("plan")).stdout
        self.assertIn("and 1 request to compare what is loaded with the service's own totals, once a day", planned)
        result = self.etl.run_well()
        self.assertEqual(result.json["reconciliation"], {"differences": 0, "requests": 1})
        self.assertEqual(sum(run["requests"] for run in result.runs) + 1, self.simulator.stats["budgeted"])
        self.assertEqual(self.simulator.requests("summary"), 1)
        self.assertEqual(result.log("warn"), [])
        self.assertEqual(self.database.count("tokenflex_etl.reconciliation where status = 'equal'"), 15)
        self.assertEqual(self.plan(), 0)
        self.assertNotIn("reconciliation", self.etl.run_well().json)
        self.yesterday()
        self.assertEqual(self.plan(), 1)
        self.etl.run_well()
        self.assertEqual(self.simulator.requests("summary"), 2)

    def test_a_summary_that_fails_is_asked_for_by_the_next_run_of_the_day(self):
        self.etl.write_settings({"api": {"retries": 0}})
        self.simulator.script({"on": "summary", "nth": 1, "status": 500})
        self.assertIn("not compared", "".join(self.etl.run_well().log("warn")))
        self.assertEqual(self.plan(), 1)
        self.assertEqual(self.etl.run_well().json["reconciliation"], {"differences": 0, "requests": 1})
        self.assertEqual(self.plan(), 0)

    def test_a_summary_that_is_to_wait_holds_no_run_back(self):
        self.simulator.script({"on": "summary", "nth": 1, "status": 429, "retry_after": 3000})
        self.assertIn("not compared", "".join(self.etl.run_well().log("warn")))

    def test_a_summary_that_is_not_understood_is_asked_for_by_the_next_run_of_the_day(self):
        self.simulator.script({"on": "summary", "nth": 1, "status": 200, "body": "[{}]"})
        self.assertIn("not compared", "".join(self.etl.run_well().log("warn")))
        self.assertEqual(self.etl.run_well().json["reconciliation"], {"differences": 0, "requests": 1})

    def test_months_that_differ_are_loaded_again_once(self):
        self.etl.run_well()
        self.yesterday()
        self.restate("2026-08-10")
        self.etl.write_job("usage", query=QUERY, window={**WINDOW, "last": "1 month"}, reconcile="auto")
        self.simulator.reset_stats()
        result = self.etl.run_well()
        self.assertEqual(result.json["reconciliation"], {"differences": 0, "requests": 1})
        self.assertEqual(len(result.runs), 1)
        self.assertEqual(self.simulator.requests("submit"), 2)
        invocations = self.database.value("select count(distinct invocation_id) from tokenflex_etl.run")
        self.assertEqual(invocations, "3")

    def test_a_month_whose_reload_is_refused_is_not_loaded_again_every_day(self):
        self.etl.run_well()
        self.restate("2026-08-10")
        last_month = {**WINDOW, "last": "1 month"}
        checks = {"max_change": {"tokensConsumed": "0%"}}
        self.etl.write_job("usage", query=QUERY, window=last_month, reconcile="auto", checks=checks)
        submitted = []
        for _ in range(3):
            self.yesterday()
            self.simulator.reset_stats()
            self.etl.run_well()
            submitted.append(self.simulator.requests("submit"))
        self.assertEqual(submitted, [2, 1, 1])

    def test_a_refused_month_does_not_keep_later_ones_from_being_loaded_again(self):
        self.etl.run_well()
        self.restate("2026-08-10")
        self.restate("2026-10-10")
        checks = {"sql": ["select usage_date from staged where usage_date < '2026-09-01'"]}
        last_day = {**WINDOW, "last": "1 day"}
        self.etl.write_job("usage", query=QUERY, window=last_day, reconcile="auto", checks=checks)
        differences = []
        for _ in range(2):
            self.yesterday()
            self.simulator.reset_stats()
            differences.append(self.etl.run_well().json["reconciliation"]["differences"])
        self.assertEqual(differences, [1, 1])
        self.assertEqual(self.simulator.requests("submit"), 1)

    def test_a_difference_that_stays_is_a_warning_and_no_failure(self):
        self.add("2026-09-01", "CLOUD_SERVICE", "2.5")
        result = self.etl.run_well()
        self.assertEqual(result.json["reconciliation"], {"differences": 1, "requests": 2})
        warning = result.log("warn")[-1]
        self.assertIn("2026-09 CLOUD_SERVICE", warning)
        self.assertIn("loading the month again did not help", warning)
        self.yesterday()
        self.simulator.reset_stats()
        self.etl.run_well()
        self.assertEqual((self.simulator.requests("submit"), self.simulator.requests("summary")), (3, 1))

    def test_a_summary_that_cannot_be_had_is_a_warning_and_no_failure(self):
        self.simulator.script({"on": "summary", "times": -1, "status": 403})
        result = self.etl.run_well()
        (warning,) = result.log("warn")
        self.assertIn("not compared with the service's own totals", warning)
        self.assertEqual(result.log("error"), [])

    def test_each_active_contract_is_compared_where_the_job_says_so(self):
        self.etl.write_job("usage", contract="active", query=QUERY, window=WINDOW, reconcile="auto")
        result = self.etl.run_well()
        self.assertEqual(result.json["reconciliation"], {"differences": 0, "requests": 2})
        self.assertEqual(self.simulator.requests("contract"), 1)

    def test_a_job_for_active_contracts_that_ran_before_is_compared_too(self):
        other = {"contract": "active", "query": QUERY, "window": WINDOW, "reconcile": "auto"}
        self.etl.write_job("other", **other, target={"table": "other"})
        self.etl.run_well("other")
        self.yesterday()
        self.etl.run_well("usage")
        comparisons = "select count(distinct checked_at) from tokenflex_etl.reconciliation where table_name = 'other'"
        self.assertEqual(self.database.value(f"{comparisons} and contract_number = '{CONTRACT}'"), "2")

    def test_the_result_for_people_shows_the_request_apart(self):
        text = self.etl.call(*self.etl.command("run")).stdout
        self.assertEqual(text.splitlines()[-1], "compared with the service's own totals: 0 figures differ, 1 request")
        self.assertIn("6 requests\n", text)

    def test_nothing_is_asked_where_no_month_is_loaded_whole(self):
        self.etl.write_job("usage", query=QUERY, window={**WINDOW, "last": "20 days"}, reconcile="auto")
        self.assertEqual(self.plan(), 0)
        self.etl.run_well()
        self.assertEqual(self.simulator.requests("summary"), 0)

    def test_nothing_is_asked_where_the_job_says_off(self):
        self.etl.write_job("usage", query=QUERY, window=WINDOW, reconcile="off")
        self.assertEqual(self.plan(), 0)
        self.etl.run_well()
        self.assertEqual(self.simulator.requests("summary"), 0)

    def test_all_jobs_of_a_contract_are_compared_with_one_summary(self):
        self.etl.write_job("other", query=QUERY, window=WINDOW, reconcile="off")
        self.etl.run_well("other")
        self.etl.write_job("other", query=QUERY, window=WINDOW, reconcile="auto")
        self.etl.run_well("usage")
        self.assertEqual(
            self.database.rows("select distinct table_name from tokenflex_etl.reconciliation order by 1"),
            [("other",), ("usage",)],
        )
        self.assertEqual(self.simulator.requests("summary"), 1)


if __name__ == "__main__":
    main()
