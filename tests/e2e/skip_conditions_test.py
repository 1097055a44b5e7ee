"""window.skip_unchanged: each condition of which one that does not hold has a chunk loaded."""

import datetime
import json

from harness import cases, main
from harness.skipping import DAYS, DESKTOP, QUIET, SkipCase, day, pair


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
        "of_which_nobody_knows_when_it_was_asked_for_before_the_service_was": "update tokenflex_etl.usage_last set first_asked_at = now(); update tokenflex_etl.source_change set seen_at = now()",
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

    def test_processing_on_the_day_of_the_load_or_the_day_before_has_it_loaded_again(self):
        """Whose day that was is not known."""
        for days_ago in 0, 1:
            with self.subTest(days_ago=days_ago):
                self.say([pair(process=days_ago)])
                self.assert_loaded()
                self.assert_loaded()

    def test_filter_that_changed_is_another_question(self):
        self.assert_loaded()
        self.database.execute("update tokenflex_etl.run set query_hash = 'other'")
        self.assert_loaded()

    def test_job_that_asks_another_question_of_the_table_is_refused_as_ever(self):
        self.assert_loaded()
        for target in ({"rename": {"productName": "product"}}, {"key": ["usageDate", "productName"]}):
            self.etl.write_job("usage", **DESKTOP, target=target)
            self.assertEqual(self.etl.run().exit_code, 78)
        self.etl.write_job("usage", **{**DESKTOP, "query": {**DESKTOP["query"], "where": "userName LIKE 'user%'"}})
        self.assertEqual(self.etl.run().exit_code, 78)
        self.etl.write_job("usage", **DESKTOP)
        self.assert_skipped()

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
    "that_has_a_number_for_a_charge_category": {"body": json.dumps([*QUIET[1:], {**QUIET[0], "chargeCategory": 7}])},
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
        self.assertTrue(any("cannot ask the service what has changed" in line for line in result.log("warn")), result.stderr)
        self.assertEqual(self.database.rows("select * from tokenflex_etl.source_change order by 2, 3"), kept)


if __name__ == "__main__":
    main()
