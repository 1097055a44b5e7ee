"""plan: what run would do, told without a request and without a change; and how far that comes true."""

import json
import signal

from harness import EtlTestCase, main
from harness.programs import SOURCE

WINDOW = {"field": "usageDate", "last": "30 days", "until": "2026-01-31"}


class PlanCase(EtlTestCase):
    simulator_settings = {"rows": 500}

    def setUp(self):
        super().setUp()
        self.etl.write_job()

    def plan(self, *arguments, exit_code=0):
        result = self.etl.call(*self.etl.command("--output", "json", "plan", *arguments))
        self.assertEqual(result.exit_code, exit_code, result.stderr)
        return json.loads(result.stdout)

    def plan_text(self, *arguments):
        result = self.etl.call(*self.etl.command("plan", *arguments))
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result.stdout

    def one_job(self, *arguments):
        (job,) = self.plan(*arguments)["jobs"]
        return job

    def assert_foretold(self, *arguments):
        """The next run does what the plan says: chunk by chunk, and request by request."""
        plan = self.plan(*arguments)
        self.simulator.reset_stats()
        runs = self.etl.run_well(*arguments).runs
        keys = ("job", "contract_number", "window_start", "window_end", "source")
        self.assertEqual(
            [(*(run[key] for key in keys), run["requests"]) for run in runs],
            [(*(job[key] for key in keys), job["requests_estimated"]) for job in plan["jobs"]],
        )
        foretold = plan["requests_estimated"] + plan["change_requests_estimated"]
        self.assertEqual(foretold, self.simulator.stats["budgeted"])
        return plan


class Told(PlanCase):
    """What a plan says."""

    def test_the_body_is_the_one_that_run_submits(self):
        self.etl.write_job(window=WINDOW, query={"where": "userName LIKE 'user%'"})
        body = self.one_job()["body"]
        self.etl.run_well()
        (submitted,) = [json.loads(entry["body"]) for entry in self.simulator.log if entry["kind"] == "submit"]
        self.assertEqual(body, submitted)

    def test_chunks_are_those_of_the_run(self):
        self.etl.write_job(window={**WINDOW, "chunk": "week"})
        plan = self.plan()
        self.assertEqual(
            [(job["window_start"], job["window_end"]) for job in plan["jobs"]],
            [
                ("2026-01-01", "2026-01-05"),
                ("2026-01-05", "2026-01-12"),
                ("2026-01-12", "2026-01-19"),
                ("2026-01-19", "2026-01-26"),
                ("2026-01-26", "2026-01-31"),
            ],
        )
        self.assertEqual([bool(job["ddl"]) for job in plan["jobs"]], [True, False, False, False, False])

    def test_it_spends_no_request_and_changes_nothing(self):
        self.etl.run_well()
        dump = "select * from tokenflex_etl.run, tokenflex_etl.target, tokenflex_etl.contract"
        before = self.database.rows(dump)
        self.simulator.reset_stats()
        self.etl.write_job(query={"metrics": ["tokensConsumed", "usageHours"]})
        self.plan()
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        self.assertEqual(self.simulator.requests("token"), 0)
        self.assertEqual(self.database.rows(dump), before)
        self.assertFalse(self.database.value("select to_regclass('tokenflex.usage') is null") == "t")

    def test_it_makes_no_schema(self):
        self.plan()
        self.assertEqual(self.database.value("select count(*) from pg_namespace where nspname like 'tokenflex%'"), "0")

    def test_the_statements_make_the_table_that_run_makes(self):
        ddl = self.one_job()["ddl"]
        shape = (
            "select string_agg(attname || format_type(atttypid, atttypmod) || attnotnull, ',' order by attnum)"
            " from pg_attribute where attrelid = 'tokenflex.usage'::regclass and attnum > 0 and not attisdropped"
        )
        index = "select indexdef from pg_indexes where tablename = 'usage'"
        self.database.execute(";\n".join(ddl))
        planned = (self.database.value(shape), self.database.value(index))
        self.database.execute("drop schema tokenflex cascade")
        self.etl.run_well()
        self.assertEqual((self.database.value(shape), self.database.value(index)), planned)

    def test_the_statements_of_several_jobs_can_be_run_one_after_the_other(self):
        self.etl.write_job("other")
        ddl = [statement for job in self.plan()["jobs"] for statement in job["ddl"]]
        self.assertEqual(len([statement for statement in ddl if statement.startswith("create schema")]), 1)
        self.database.execute(";\n".join(ddl))
        self.assertTrue(self.database.has_table("tokenflex.usage"))
        self.assertTrue(self.database.has_table("tokenflex.other"))

    def test_the_statements_of_two_jobs_of_one_table_make_the_table_that_run_makes(self):
        self.etl.write_job("usage")
        self.etl.write_job("wider", contract="11000000002", target={"table": "usage"},
                           query={"metrics": ["tokensConsumed", "usageHours"]})
        ddl = [statement for job in self.plan()["jobs"] for statement in job["ddl"]]
        columns = (
            "select string_agg(attname || ' ' || format_type(atttypid, atttypmod) || coalesce(col_description(attrelid, attnum), ''),"
            " ', ' order by attname) from pg_attribute"
            " where attrelid = 'tokenflex.usage'::regclass and attnum > 0 and not attisdropped"
        )
        self.database.execute(";\n".join(ddl))
        planned = self.database.value(columns)
        self.assertIn("usage_hours numeric", planned)
        self.database.execute("drop schema tokenflex cascade")
        self.etl.run_well("usage")
        self.etl.run_well("wider")
        self.assertEqual(self.database.value(columns), planned)

    def test_a_new_column_is_a_statement(self):
        self.etl.run_well()
        self.assertEqual(self.one_job()["ddl"], [])
        self.etl.write_job(query={"metrics": ["tokensConsumed", "usageHours"]})
        self.assertEqual(
            self.one_job()["ddl"][0], 'alter table "tokenflex"."usage" add column "usage_hours" numeric'
        )

    def test_another_grain_is_refused_as_run_does(self):
        self.etl.run_well()
        self.etl.write_job(query={"fields": ["usageDate", "productName"]})
        (job,) = self.plan(exit_code=78)["jobs"]
        self.assertIn("another grain", job["error"])
        self.assertEqual(self.etl.run().exit_code, 78)

    def test_rebuild_tells_the_table_that_takes_its_place(self):
        self.etl.run_well()
        self.etl.write_job(query={"fields": ["usageDate", "productName"]})
        ddl = self.one_job("--rebuild")["ddl"]
        self.assertIn("replaces usage", ddl[0])
        self.assertIn('create table "tokenflex"."usage__rebuild"', ddl[1])

    def test_finished_chunks_of_a_backfill_are_skipped(self):
        self.etl.write_job(window={**WINDOW, "chunk": "month"})
        dates = ("--from", "2026-01-01", "--to", "2026-03-01")
        self.etl.run_well("--from", "2026-01-01", "--to", "2026-02-01")
        self.assertEqual([job["skipped"] for job in self.plan(*dates)["jobs"]], [True, False])
        self.assertEqual([job["skipped"] for job in self.plan(*dates, "--again")["jobs"]], [False, False])

    def test_the_budget_is_what_is_left(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 1, "burst": 20}}})
        self.assertEqual(self.plan()["budget"]["available"], 19)
        self.etl.run_well()
        budget = self.plan()["budget"]
        self.assertAlmostEqual(budget["available"], 19 - self.simulator.stats["budgeted"], delta=0.5)
        self.assertEqual((budget["per_minute"], budget["burst"]), (1, 20))

    def test_text_tells_the_same(self):
        text = self.plan_text()
        for words in ("usage  11000000001", "requests", '"fields":["usageDate"', "create table", "done in"):
            self.assertIn(words, text)

    def test_a_broken_job_file_is_78_and_stops_nobody(self):
        self.etl.write_job_text("broken.yaml", "quer: {}\n")
        plan = self.plan(exit_code=78)
        self.assertEqual([job["job"] for job in plan["jobs"]], ["usage"])
        self.assertIn("broken.yaml", plan["error"]["message"])

    def test_changes_of_a_table_are_listed_for_every_chunk_and_job(self):
        window = {"field": "usageDate", "last": "60 days", "until": "2026-12-20", "chunk": "month"}
        self.etl.write_job(window=window, target={"partition_by": "month"})
        jobs = self.plan()["jobs"]
        statements = [statement for job in jobs for statement in job["ddl"]]
        self.assertEqual(len(statements), len(set(statements)))
        self.assertEqual(len([one for one in statements if "partition of" in one]), len(jobs))
        self.assertEqual(len([one for one in statements if one.startswith('create table "tokenflex"."usage" ')]), 1)

    def test_contracts_are_those_that_were_listed_last(self):
        self.etl.write_job(contract="active")
        plan = self.plan()
        self.assertEqual([job["contract_number"] for job in plan["jobs"]], ["?"])
        self.assertTrue([note for note in plan["notes"] if "contracts" in note])
        self.etl.run_well()
        self.assertEqual([job["contract_number"] for job in self.plan()["jobs"]], ["11000000001", "11000000002"])
        self.etl.write_job(contract="all")
        self.assertEqual(len(self.plan()["jobs"]), 3)


class WithoutDatabase(PlanCase):
    def test_it_plans_and_says_what_it_cannot_know(self):
        self.etl.environment["PGPORT"] = "1"
        plan = self.plan()
        (job,) = plan["jobs"]
        self.assertEqual((job["source"], job["requests_estimated"], job["ddl"]), ("query", 2, []))
        self.assertIsNone(plan["budget"]["available"])
        self.assertTrue([note for note in plan["notes"] if "not known" in note])

    def test_an_older_schema_is_a_note(self):
        self.etl.run_well()
        self.database.execute("delete from tokenflex_etl.migration where number > 3")
        plan = self.plan()
        self.assertTrue([note for note in plan["notes"] if "upgrade" in note])
        self.assertEqual(plan["jobs"][0]["requests_estimated"], 2)


class Ways(PlanCase):
    """Query or export, with the reason: what can be foreseen is."""

    def assert_way(self, source, *words):
        job = self.one_job()
        self.assertEqual(job["source"], source)
        for word in words:
            self.assertIn(word, job["reason"])

    def test_a_query_where_nothing_speaks_against_it(self):
        self.assert_way("query", "a query is the default")

    def test_what_the_job_insists_on(self):
        self.etl.write_job(source="export")
        self.assert_way("export", "source: export")
        self.etl.write_job(source="query")
        self.assert_way("query", "source: query")

    def test_session_level(self):
        self.etl.write_job(query={"fields": ["usageDate", "chargedItemID"], "usageCategory": ["DESKTOP_PRODUCT"]})
        self.assert_way("export", "session level")

    def test_a_query_that_timed_out_lately(self):
        self.simulator.config(query_status="TIMEOUT")
        self.etl.run_well()
        self.assert_way("export", "exceeded", "tried again from")

    def test_a_query_that_timed_out_lately_without_the_scope(self):
        self.simulator.config(access_token_scopes="data:read", polls=0)
        self.etl.write_settings({"auth": {"scopes": ["data:read"]}})
        self.etl.write_job(window=WINDOW)
        self.simulator.script({"on": "submit", "nth": 1, "query_status": "TIMEOUT"})
        self.etl.run_well()
        self.assert_way("query", "exceeded", "tried again from")
        self.assert_foretold()

    def test_a_result_that_was_too_large(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 60, "burst": 21}, "result_lifetime": "10s"}})
        self.etl.write_job(page_size=10)
        self.etl.run_well()
        self.assert_way("export", "500 rows")

    def test_an_export_that_was_left(self):
        self.etl.write_job(source="export")
        self.simulator.script({"on": "export_status", "nth": 1, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().exit_code, 75)
        self.simulator.release()
        self.etl.write_job(source="auto")
        self.assert_way("export", "earlier run")


class Foretold(PlanCase):
    """The requests of a plan are those that the run spends."""

    def test_of_a_job_that_has_not_run_where_the_result_is_there_at_once(self):
        self.simulator.config(polls=0)
        self.assert_foretold()

    def test_of_pages(self):
        self.etl.write_job(page_size=100)
        self.etl.run_well()
        self.assert_foretold()

    def test_of_other_windows_than_before(self):
        self.simulator.config(rows=0, rows_per_day=50)
        self.etl.write_job(window=WINDOW, page_size=100)
        self.etl.run_well()
        self.etl.write_job(window={**WINDOW, "last": "24 days"}, page_size=100)
        self.assertEqual(self.assert_foretold()["requests_estimated"], 2 + 12)

    def test_of_exports(self):
        self.etl.write_job(source="export")
        self.etl.run_well()
        self.assert_foretold()

    def test_of_a_query_that_times_out(self):
        self.simulator.config(query_status="TIMEOUT")
        for _ in range(2):
            self.etl.run_well()
        self.assert_foretold()

    def test_of_listed_contracts(self):
        self.etl.write_job(contract="active")
        self.etl.run_well()
        self.etl.write_job("other", contract="active")
        self.etl.run_well()
        self.assert_foretold()

    def test_of_all_shipped_jobs(self):
        (self.etl.jobs / "usage.yaml").unlink()
        for file in (SOURCE / "jobs").glob("*.yaml"):
            self.etl.write_job_text(file.name, file.read_text(encoding="utf-8"))
        self.etl.run_well()
        plan = self.assert_foretold()
        self.assertGreaterEqual(len({job["job"] for job in plan["jobs"]}), 5)


class Night(EtlTestCase):
    """Twenty jobs, and a budget that makes them wait."""

    simulator_settings = {"rows": 300}

    def test_of_twenty_jobs_is_done_when_the_plan_says(self):
        """The night before, which the plan goes by, need not have waited."""
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 60000, "burst": 20}}})
        for number in range(20):
            self.etl.write_job(f"job{number}", page_size=[60, 100, 300][number % 3])
        self.etl.run_well()
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 600}}})
        self.database.execute("update tokenflex_etl.request_budget set tokens = 19, refilled_at = now()")
        result = self.etl.call(*self.etl.command("--output", "json", "plan"))
        foretold = json.loads(result.stdout)
        self.simulator.reset_stats()
        took = self.etl.run_well()
        self.assertEqual(foretold["requests_estimated"], self.simulator.stats["budgeted"])
        self.assertGreater(foretold["requests_estimated"], 75)
        # Nineteen requests are there, and ten come a second.
        at_best = (foretold["requests_estimated"] - 19) / 10
        self.assertGreaterEqual(foretold["done_in_seconds"], 0.98 * at_best)
        self.assertGreaterEqual(max(self.ended(took)), 0.9 * foretold["done_in_seconds"])

    def ended(self, result):
        """Seconds from the first chunk's begin to each chunk's end."""
        rows = self.database.rows(
            "select extract(epoch from finished_at - min(started_at) over ()) from tokenflex_etl.run"
            f" where run_id >= {min(run['run_id'] for run in result.runs)}"
        )
        return [float(row[0]) for row in rows]


class Rebuild(PlanCase):
    """plan --rebuild, of a table all of whose chunks are finished."""

    DATES = ("--from", "2026-01-01", "--to", "2026-03-01")
    JOB = {"window": {**WINDOW, "chunk": "month"}}
    BY_MONTH = {**JOB, "target": {"partition_by": "month"}}
    FILTERED = {**JOB, "query": {"where": "userName <> 'user1'"}}

    def setUp(self):
        super().setUp()
        self.etl.write_job(**self.JOB)
        self.etl.run_well(*self.DATES)

    def assert_skips(self, skipped, *arguments):
        plan = self.assert_foretold(*self.DATES, *arguments)
        self.assertEqual([job["skipped"] for job in plan["jobs"]], [skipped, skipped])

    def assert_refused(self, exit_code, words):
        arguments = (*self.DATES, "--rebuild")
        for job in self.plan(*arguments, exit_code=exit_code)["jobs"]:
            self.assertIn(words, job["error"])
        self.assertEqual(self.etl.run(*arguments).exit_code, exit_code)

    def test_loads_finished_chunks_again_for_other_partitions(self):
        self.etl.write_job(**self.BY_MONTH)
        self.assert_skips(False, "--rebuild")
        self.assert_skips(True, "--rebuild")

    def test_loads_finished_chunks_again_for_another_filter(self):
        self.etl.write_job(**self.FILTERED)
        plan = self.plan(*self.DATES, "--rebuild")
        self.assertEqual([job["skipped"] for job in plan["jobs"]], [False, False])
        self.assertEqual([run["status"] for run in self.etl.run_well(*self.DATES, "--rebuild").runs], ["succeeded"] * 2)
        self.assert_skips(True, "--rebuild")

    def test_skips_them_where_nothing_needs_rebuilding(self):
        self.assert_skips(True, "--rebuild")
        self.assert_skips(False, "--rebuild", "--again")

    def test_skips_them_without_the_option_though_other_partitions_are_wanted(self):
        self.etl.write_job(**self.BY_MONTH)
        self.assert_skips(True)

    def test_that_would_not_load_all_that_the_table_holds_is_refused(self):
        self.etl.run_well("--from", "2026-03-01", "--to", "2026-04-01")
        self.etl.write_job(**self.BY_MONTH)
        self.assert_refused(78, "2026-01-01..2026-04-01")

    def test_that_something_is_in_the_way_of_is_refused(self):
        self.database.execute("create materialized view tokenflex.seen as select * from tokenflex.usage")
        self.etl.write_job(**self.BY_MONTH)
        self.assert_refused(73, "the materialized view tokenflex.seen reads it")

    def test_goes_over_a_new_table_that_a_dead_runner_has_left(self):
        self.etl.write_job(**self.BY_MONTH)
        self.simulator.script({"on": "page", "nth": 1, "hold": True}, {"on": "poll", "nth": 2, "hold": True})
        running = self.etl.start_run(*self.DATES, "--rebuild")
        self.simulator.wait_for_held()
        running.signal(signal.SIGKILL)
        running.wait()
        self.simulator.script()
        self.simulator.release()
        plan = self.plan(*self.DATES, "--rebuild")
        self.assertEqual([job["skipped"] for job in plan["jobs"]], [False, False])


if __name__ == "__main__":
    main()
