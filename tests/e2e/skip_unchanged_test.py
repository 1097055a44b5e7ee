"""window.skip_unchanged: a chunk whose usage has not moved by GET usage/:n/last costs no request of its own."""

import datetime
import json

from harness import CONTRACT, SOURCE, EtlTestCase, cases, exposition, main

OTHER_CONTRACT = "11000000002"
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
DAYS = {"field": "usageDate", "last": "35 days", "skip_unchanged": True}
DESKTOP = {
    "query": {
        "fields": ["usageDate", "productName", "userName"],
        "metrics": ["tokensConsumed"],
        "usageCategory": ["DESKTOP_PRODUCT"],
    },
    "window": DAYS,
}
CLOUD = {
    "query": {**DESKTOP["query"], "usageCategory": ["CLOUD_PRODUCT", "CLOUD_SERVICE"]},
    "window": DAYS,
}


def day(days_ago):
    return str(TODAY - datetime.timedelta(days=days_ago))


def pair(category="DESKTOP_PRODUCT", charge="CHARGED", usage=1, process=1):
    """A line of the answer; days are days ago, or what stands there."""
    return {
        "usageCategory": category,
        "chargeCategory": charge,
        "lastUsageDate": day(usage) if isinstance(usage, int) else usage,
        "lastProcessDate": day(process) if isinstance(process, int) else process,
    }


QUIET = [pair(), pair(charge="FREE"), pair("CLOUD_PRODUCT", usage=4, process=2), pair("CLOUD_SERVICE", "N/A", 9, 9)]


class SkipCase(EtlTestCase):
    """A job of desktop products, loaded once, and a service that says what has moved by a script."""

    simulator_settings = {"rows_per_day": 3, "polls": 0}
    jobs = {"usage": DESKTOP}

    def setUp(self):
        super().setUp()
        for name, job in self.jobs.items():
            self.etl.write_job(name, **job)
        self.say(QUIET)

    def say(self, answer, **more):
        """What the service answers about the contract from now on."""
        body = answer if isinstance(answer, str) else json.dumps(answer)
        self.simulator.script({"on": "last", "times": -1, "status": 200, "body": body, **more})

    def night(self, *arguments):
        """A run, with what the service was asked."""
        self.simulator.reset_stats()
        return self.etl.run_well(*arguments)

    def statuses(self, result):
        return [run["status"] for run in result.runs]

    def assert_asked(self, **requests):
        stats = self.simulator.stats
        asked = {kind: count for kind, count in stats["requests"].items() if count and kind != "token"}
        self.assertEqual(asked, requests)

    def assert_skipped(self, *arguments):
        result = self.night(*arguments)
        self.assertEqual(set(self.statuses(result)), {"skipped"}, result.stderr)
        self.assert_asked(last=1)
        return result

    def assert_loaded(self, *arguments):
        """All chunks are."""
        result = self.night(*arguments)
        self.assertEqual(set(self.statuses(result)), {"succeeded"}, result.stderr)
        return result

    def a_day_later(self, days=1):
        """What the tool knows is so many days older."""
        self.database.execute(
            f"update tokenflex_etl.run set started_at = started_at - interval '{days} days',"
            f" finished_at = finished_at - interval '{days} days',"
            f" asked_at = asked_at - interval '{days} days', submitted_at = submitted_at - interval '{days} days',"
            f" window_start = window_start - {days}, window_end = window_end - {days};"
            f"update tokenflex_etl.source_change set seen_at = seen_at - interval '{days} days';"
            f"update tokenflex_etl.usage_last set first_asked_at = first_asked_at - interval '{days} days',"
            f" asked_at = asked_at - interval '{days} days'"
        )

    def rows_in_window_of(self, days):
        """The table as a load so many days ago would have left it."""
        self.database.execute(f"update tokenflex.usage set usage_date = usage_date - {days}")


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
            run["reason"], f"nothing has moved since it was asked for on {TODAY}; the service's data through {day(1)}"
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
        self.assertIn("asked the service what has moved: 1 request", text)

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
        self.assertIn("nothing has moved since", job["reason"])
        self.assertEqual(
            (job["requests_estimated"], plan["requests_estimated"], plan["change_requests_estimated"]), (0, 0, 1)
        )
        self.assert_asked()
        text = self.etl.call(*self.etl.command("plan")).stdout
        self.assertIn("and 1 request to ask the service what has moved", text)

    def test_counts_as_a_success(self):
        self.a_day_later()
        self.rows_in_window_of(1)
        self.say([pair(usage=2, process=2)])
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
        self.assertIn("1 of 1 chunk skipped: nothing has moved since", told[0])


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
        self.assertIn("not skipped: CLOUD_PRODUCT CHARGED has moved", plan["jobs"][0]["reason"])
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
        self.say([pair(process=2), *QUIET[1:]])
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


@cases(
    {
        "of_a_table_that_was_emptied": "truncate tokenflex.usage",
        "of_a_row_that_was_deleted": "delete from tokenflex.usage where _row_key = (select min(_row_key::text)::uuid from tokenflex.usage)",
        "of_a_row_that_was_changed": "update tokenflex.usage set tokens_consumed = tokens_consumed + 0.001"
        " where _row_key = (select min(_row_key::text)::uuid from tokenflex.usage)",
        "of_a_row_that_was_added": "insert into tokenflex.usage select contract_number, usage_date, product_name, 'nobody',"
        " tokens_consumed, gen_random_uuid(), _run_id, _synced_at from tokenflex.usage limit 1",
        "of_a_table_that_was_dropped": "drop table tokenflex.usage",
        "that_was_asked_for_on_the_day_of_the_processing": f"update tokenflex_etl.run set asked_at = '{day(1)} 23:59:59 UTC'",
        "whose_answer_came_from_the_cache": "update tokenflex_etl.run set asked_at = '-infinity'",
        "of_an_earlier_version": "update tokenflex_etl.run set asked_at = null",
        "of_which_nobody_knows_when_it_was_asked_for_before_the_service_was": "update tokenflex_etl.usage_last set first_asked_at = now()",
    }
)
class Load(SkipCase):
    """A load after which the next night loads again."""

    def check(self, statement):
        self.assert_loaded()
        self.assert_skipped()
        self.database.execute(statement)
        self.assert_loaded()


class Conditions(SkipCase):
    def test_full_every_is_over(self):
        self.assert_loaded()
        self.database.execute("update tokenflex_etl.run set started_at = started_at - interval '6 days 23 hours',"
                              " asked_at = asked_at - interval '6 days 23 hours';"
                              " update tokenflex_etl.usage_last set first_asked_at = first_asked_at - interval '30 days';"
                              " update tokenflex_etl.source_change set seen_at = seen_at - interval '30 days',"
                              " last_usage_date = last_usage_date - 20, last_process_date = last_process_date - 20")
        self.say([{**line, "lastUsageDate": str(datetime.date.fromisoformat(line["lastUsageDate"]) - datetime.timedelta(20)),
                   "lastProcessDate": str(datetime.date.fromisoformat(line["lastProcessDate"]) - datetime.timedelta(20))} for line in QUIET])
        self.assert_skipped()
        self.database.execute("update tokenflex_etl.run set started_at = started_at - interval '1 hour 1 second',"
                              " asked_at = asked_at - interval '1 hour 1 second' where status = 'succeeded'")
        self.assert_loaded()

    def test_full_every_may_be_longer(self):
        self.test_full_every_is_over()
        self.etl.write_job("usage", **{**DESKTOP, "window": {**DAYS, "full_every": "3 weeks"}})
        self.database.execute("update tokenflex_etl.run set started_at = started_at - interval '9 days',"
                              " asked_at = asked_at - interval '9 days'")
        self.assert_skipped()

    def test_cached_answer_proves_nothing(self):
        self.simulator.config(cached="always")
        self.assert_loaded()
        self.assert_loaded()
        self.assertEqual(self.last_run("asked_at"), ("-infinity",))

    def test_cached_answer_of_several_pages_proves_nothing_when_it_is_resumed(self):
        self.simulator.config(cached="always", rows_per_day=10)
        self.etl.write_job("usage", **DESKTOP, page_size=100)
        self.run_and_die({"on": "page", "nth": 2})
        self.say(QUIET)
        self.assert_loaded()
        self.assertEqual(self.last_run("asked_at"), ("-infinity",))
        self.simulator.config(cached="never")
        self.assert_loaded()

    def test_query_that_is_resumed_counts_as_asked_for_by_its_first_run(self):
        self.simulator.config(polls=3)
        self.run_and_die({"on": "poll", "nth": 2})
        self.say(QUIET)
        self.assert_loaded()
        self.assertEqual(
            self.database.value("select l.asked_at = f.started_at from tokenflex_etl.run l, tokenflex_etl.run f"
                                " where l.status = 'succeeded' and f.status = 'failed'"), "t")

    def test_export_is_a_load_like_any_other(self):
        self.etl.write_job("usage", **DESKTOP, source="export")
        self.assert_loaded()
        self.assert_skipped()

    def test_processing_on_the_day_of_the_load_has_it_loaded_until_the_next_day(self):
        self.say([pair(process=0)])
        self.assert_loaded()
        self.assert_loaded()

    def test_filter_that_changed_is_another_question(self):
        self.assert_loaded()
        self.database.execute("update tokenflex_etl.run set query_hash = 'other'")
        self.assert_loaded()

    def test_job_that_has_just_got_the_key_is_loaded_once(self):
        self.etl.write_job("usage", **{**DESKTOP, "window": {**DAYS, "skip_unchanged": False}})
        self.assert_loaded()
        self.assert_asked(submit=1, poll=1)
        self.etl.write_job("usage", **DESKTOP)
        self.assert_loaded()
        self.assert_skipped()

    def test_load_of_another_job_into_the_table_proves_as_much(self):
        self.etl.write_job("other", **DESKTOP, target={"table": "usage"})
        self.assert_loaded("other")
        self.assert_skipped("usage")

    def test_load_of_some_days_by_another_job_proves_them(self):
        self.assert_loaded()
        self.etl.write_job("other", **{**DESKTOP, "window": {"field": "usageDate", "last": "3 days"}}, target={"table": "usage"})
        self.night("other")
        self.assert_skipped("usage")

    def test_load_of_some_days_that_changed_rows_has_all_loaded_again(self):
        self.assert_loaded()
        self.simulator.restate(2)
        self.etl.write_job("other", **{**DESKTOP, "window": {"field": "usageDate", "last": "3 days"}}, target={"table": "usage"})
        self.night("other")
        self.assert_loaded("usage")

    def test_failed_run_in_between_changes_nothing(self):
        self.assert_loaded()
        self.simulator.script({"on": "submit", "times": -1, "status": 400})
        self.assertNotEqual(self.etl.run("--from", day(40), "--to", day(0)).exit_code, 0)
        self.say(QUIET)
        self.assert_skipped()

    def test_rows_that_were_kept_are_deleted_by_a_job_that_deletes(self):
        self.etl.write_job("usage", **DESKTOP, target={"vanished": "keep"})
        self.assert_loaded()
        self.simulator.config(rows_per_day=2)
        self.say([pair(usage=2), *QUIET[1:]])
        self.assert_loaded()
        self.assert_skipped()
        self.etl.write_job("usage", **DESKTOP)
        self.assert_loaded()
        self.assert_skipped()

    def test_category_that_is_not_listed_is_loaded_where_there_are_rows_of_it(self):
        self.say([pair("CLOUD_SERVICE", "N/A")])
        self.assert_loaded()
        self.assert_loaded()

    def test_category_that_is_not_listed_and_has_no_rows_has_not_moved(self):
        self.simulator.config(rows_per_day=0)
        self.say([pair("CLOUD_SERVICE", "N/A")])
        self.assert_loaded()
        self.assert_skipped()


class Ways(SkipCase):
    """Runs that load whatever has moved."""

    def setUp(self):
        super().setUp()
        self.assert_loaded()

    def assert_loads_without_asking(self, *arguments):
        self.assert_loaded(*arguments)
        self.assert_asked(submit=1, poll=1)

    def test_from(self):
        self.assert_loads_without_asking("--from", day(36), "--to", day(0))

    def test_again(self):
        self.assert_loads_without_asking("--again")
        self.assert_loads_without_asking("--from", day(35), "--to", day(0), "--again")

    def test_rebuild(self):
        self.assert_loads_without_asking("--rebuild")

    def test_repair(self):
        self.simulator.config(summary={"add": [{"month": "2020-01-01", "category": "DESKTOP_PRODUCT", "tokens": "1"}]})
        self.simulator.reset_stats()
        self.etl.call(*self.etl.command("--output", "json", "reconcile", "--repair"))
        self.assertEqual(self.simulator.requests("last"), 0)


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
        self.say([pair(usage=1, process=1)])
        begin = str(datetime.date.fromisoformat(first_skipped) - datetime.timedelta(days=1))
        plan = self.etl.call(*self.etl.command("--output", "json", "plan")).json
        self.assertEqual(plan["jobs"][0]["window_start"], begin)
        run = self.assert_loaded().one_run
        self.assertEqual((run["window_start"], run["window_end"]), (begin, str(TODAY)))
        self.say([pair(usage=1, process=2)])
        self.assertEqual(self.assert_loaded().one_run["window_start"], day(35))


class Windows(SkipCase):
    def test_by_month_are_skipped_while_the_month_lasts(self):
        self.etl.write_job(
            "usage",
            query={"fields": ["usageMonth", "productName"], "metrics": ["tokensConsumed"]},
            window={"field": "usageMonth", "last": "3 months", "skip_unchanged": True},
        )
        self.assert_loaded()
        self.assert_skipped()

    def test_of_snapshots_are_skipped_where_they_are_the_same(self):
        self.etl.write_job(
            "usage",
            query={"fields": ["productName"], "metrics": ["tokensConsumed"]},
            window={"field": "usageMonth", "last": "2 months", "skip_unchanged": True},
        )
        self.assert_loaded()
        self.assert_skipped()
        self.database.execute("delete from tokenflex.usage where product_name = (select min(product_name) from tokenflex.usage)")
        self.assert_loaded()

    def test_of_snapshots_of_another_day_are_loaded(self):
        self.etl.write_job(
            "usage",
            query={"fields": ["productName"], "metrics": ["tokensConsumed"]},
            window={"field": "usageDate", "last": "35 days", "skip_unchanged": True},
        )
        self.say([pair(usage=3, process=5)])
        self.assert_loaded()
        self.a_day_later()
        self.assert_loaded()


ANSWERS = {
    "that_fails": {"status": 500},
    "that_is_forbidden": {"status": 403},
    "that_is_unknown": {"status": 404},
    "that_has_to_wait": {"status": 429, "retry_after": 1},
    "that_is_no_json": {"body": "<html>"},
    "that_is_no_list": {"body": "{}"},
    "that_is_null": {"body": "null"},
    "that_has_a_category_nobody_knows": {"body": json.dumps([*QUIET, pair("RENDERING")])},
    "that_has_a_pair_twice": {"body": json.dumps([*QUIET, QUIET[0]])},
    "that_has_a_pair_by_both_names": {"body": json.dumps([*QUIET, pair("PRODUCT_CONSUMPTION")])},
    "that_has_text_for_a_date": {"body": json.dumps([*QUIET[1:], pair(process="yesterday")])},
    "that_has_a_number_for_a_date": {"body": json.dumps([*QUIET[1:], {**QUIET[0], "lastUsageDate": 7}])},
    "that_has_no_charge_category": {"body": json.dumps([{"usageCategory": "DESKTOP_PRODUCT"}])},
}


@cases(ANSWERS)
class Answer(SkipCase):
    """An answer that leads to no skip: it is told, everything is loaded, and nothing of it is kept."""

    def check(self, rule):
        self.etl.write_settings({"api": {"retries": 1}})
        self.assert_loaded()
        kept = self.database.rows("select * from tokenflex_etl.source_change order by 2, 3")
        self.simulator.script({"on": "last", "times": -1, "status": 200, **rule})
        result = self.assert_loaded()
        self.assertTrue(any("what has moved is not known" in line for line in result.log("warn")), result.stderr)
        self.assertEqual(self.database.rows("select * from tokenflex_etl.source_change order by 2, 3"), kept)


class Contracts(SkipCase):
    jobs = {"cloud": {**CLOUD, "contract": [CONTRACT, OTHER_CONTRACT]}, "desktop": {**DESKTOP, "contract": [CONTRACT, OTHER_CONTRACT]}}

    def test_are_asked_for_once_each(self):
        self.assert_loaded()
        self.assert_asked(last=2, submit=4, poll=4)
        result = self.night()
        self.assertEqual(set(self.statuses(result)), {"skipped"})
        self.assert_asked(last=2)
        self.assertEqual(result.json["source_changes"], {"requests": 2})

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

    def test_load_what_is_about_a_category_that_has_moved(self):
        """Adjustments by hand: their own job's, and those of the four jobs about all categories."""
        self.say([*QUIET, pair("MANUAL_ADJUSTMENT", "N/A", 40, 2), pair("MANUAL_CONSUMPTION", "N/A", 40, 30)])
        self.etl.write_job("heard", **{**DESKTOP, "window": {**DAYS, "last": "1 days"}})
        self.night("heard")
        self.assert_planned_and_spent(4 + 2 * 7, 7)


if __name__ == "__main__":
    main()
