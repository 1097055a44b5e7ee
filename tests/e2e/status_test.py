"""status: what is wrong and what to do, how the last runs went, what is left of the budget; and nothing is changed."""

import datetime
import os
import signal

from harness import CONTRACT, EtlTestCase, main

PINNED = {"job", "contract_number", "last_status", "last_success_at", "rows", "error"}
WINDOW = {"field": "usageDate", "last": "3 months", "until": "2026-10-01", "chunk": "month"}
OTHER_CONTRACT = "11000000002"


def moment(text):
    """Of a timestamp as the manual has them: ISO 8601, UTC, with Z."""
    assert text.endswith("Z"), text
    return datetime.datetime.fromisoformat(text[:-1] + "+00:00")


class StatusCase(EtlTestCase):
    simulator_settings = {"rows_per_day": 5}

    def status(self, *arguments):
        result = self.etl.call(*self.etl.command("--output", "json", "status", *arguments))
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result.json

    def text(self, *arguments):
        result = self.etl.call(*self.etl.command("status", *arguments))
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result.stdout

    def job(self, name="usage", contract=CONTRACT):
        (job,) = [
            job
            for job in self.status()["jobs"]
            if (job["job"], job["contract_number"]) == (name, contract)
        ]
        return job

    def fail_with(self, **action):
        self.simulator.script({"on": "submit", "times": -1, **action})


class FreshDatabase(StatusCase):
    def test_has_jobs_that_never_ran(self):
        self.etl.write_job()
        self.etl.write_job("both", contract=[CONTRACT, OTHER_CONTRACT])
        self.etl.write_job("every", contract="active")
        status = self.status()
        self.assertEqual(
            [(job["job"], job["contract_number"], job["last_status"]) for job in status["jobs"]],
            [
                ("both", CONTRACT, None),
                ("both", OTHER_CONTRACT, None),
                ("every", None, None),
                ("usage", CONTRACT, None),
            ],
        )
        self.assertFalse(status["initialised"])

    def test_is_told_as_such_and_left_as_it_is(self):
        self.etl.write_job()
        text = self.text()
        self.assertIn("tokenflex-etl init", text.split("\n\n")[0])
        self.assertIn("never run", text)
        self.assertEqual(self.database.value("select to_regnamespace('tokenflex_etl') is null"), "t")

    def test_that_init_has_made_has_the_same_jobs(self):
        self.etl.write_job()
        self.etl.call(*self.etl.command("init"))
        self.assertIsNone(self.job()["last_status"])
        self.assertIn("Nothing is wrong.", self.text())


class AfterASuccess(StatusCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job(window={**WINDOW, "last": "10 days"})
        self.run = self.etl.run_well().one_run

    def test_the_run_is_told(self):
        job = self.job()
        self.assertLessEqual(PINNED, set(job))
        told = {key: job[key] for key in ("last_status", "problem", "error", "rows", "rows_inserted", "requests", "source")}
        self.assertEqual(
            told,
            {
                "last_status": "succeeded",
                "problem": None,
                "error": None,
                "rows": 50,
                "rows_inserted": 50,
                "requests": self.run["requests"],
                "source": "query",
            },
        )
        self.assertEqual((job["window_start"], job["window_end"]), ("2026-09-21", "2026-10-01"))
        self.assertEqual(job["data_through"], "2026-09-30")
        self.assertEqual([one["rows"] for one in job["trend"]], [50])

    def test_its_age_is_by_the_databases_clock(self):
        status = self.status()
        (job,) = status["jobs"]
        finished = self.database.value(
            "select to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from tokenflex_etl.run"
        )
        self.assertEqual(job["last_success_at"], finished)
        age_s = (moment(status["at"]) - moment(finished)).total_seconds()
        self.assertEqual(job["age_seconds"], int(age_s))

    def test_nothing_is_wrong(self):
        lines = self.text().splitlines()
        self.assertEqual(lines[0], "Nothing is wrong.")
        self.assertLessEqual(max(len(line) for line in lines), 100)

    def test_rows_are_those_of_the_last_success(self):
        self.simulator.restate(every=2)
        self.etl.run_well()
        self.fail_with(status=400)
        self.etl.run()
        job = self.job()
        self.assertEqual((job["rows"], job["rows_updated"], job["rows_unchanged"]), (50, 25, 25))
        self.assertEqual([one["status"] for one in job["trend"]], ["succeeded", "succeeded", "failed"])

    def test_no_request_is_spent_and_no_row_changed(self):
        before = self.database.rows("select *, xmin from tokenflex_etl.run")
        self.simulator.reset_stats()
        self.status()
        self.text()
        self.assertEqual(sum(self.simulator.stats["requests"].values()), 0)
        self.assertEqual(self.database.rows("select *, xmin from tokenflex_etl.run"), before)

    def test_a_role_that_may_only_select_sees_the_same(self):
        self.database.execute(
            "create role watcher login; grant usage on schema tokenflex_etl to watcher;"
            "grant select on all tables in schema tokenflex_etl to watcher"
        )
        self.addCleanup(self.database.execute, "drop owned by watcher; drop role watcher")
        expected = self.job()
        self.etl.write_settings({"database": {"dsn": "user=watcher"}, "api": {"rate_limit": {"per_minute": 5}}})
        seen = self.job()
        expected.pop("age_seconds")
        seen.pop("age_seconds")
        self.assertEqual(seen, expected)

    def test_a_role_that_may_not_select_is_told_what_to_grant(self):
        self.database.execute("create role outsider login")
        self.addCleanup(self.database.execute, "drop role outsider")
        self.etl.write_settings({"database": {"dsn": "user=outsider"}})
        result = self.etl.call(*self.etl.command("status"))
        self.assert_failed(result, 77, "permission denied", "grant", "select")

    def test_a_job_that_is_no_longer_defined_is_marked(self):
        os.unlink(self.etl.jobs / "usage.yaml")
        self.etl.write_job("other", enabled=False)
        self.assertEqual(self.job()["configured"], False)
        self.assertEqual((self.job("other")["configured"], self.job("other")["enabled"]), (True, False))
        text = self.text()
        self.assertRegex(text, r"usage +11000000001 +succeeded .* no longer configured\n")
        self.assertRegex(text, r"other +11000000001 +never run .* disabled\n")

    def test_without_definitions_there_is_the_run_table(self):
        result = self.etl.call(
            "--config", str(self.etl.directory / "tokenflex-etl.yaml"), "--jobs", "nowhere", "--output", "json", "status"
        )
        self.assertEqual(result.exit_code, 0, result.stderr)
        (job,) = result.json["jobs"]
        self.assertEqual((job["configured"], job["last_status"]), (None, "succeeded"))
        self.assertIn("nowhere", result.log("warn")[0])

    def test_a_definition_with_errors_is_told(self):
        self.etl.write_job(page_size="many")
        job = self.job()
        self.assertEqual((job["problem"], job["last_status"]), ("definition", "succeeded"))
        self.assertIn("`tokenflex-etl check usage`", self.text())

    def test_a_file_that_cannot_be_read_is_told_in_the_log(self):
        self.etl.write_job_text("broken.yaml", "query: [")
        result = self.etl.call(*self.etl.command("status"))
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertIn("broken.yaml", "".join(result.log("warn")))


class AfterAFailure(StatusCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job()

    def assert_told(self, exit_code, error, advice):
        self.assertEqual(self.etl.run().exit_code, exit_code)
        job = self.job()
        self.assertEqual((job["last_status"], job["problem"], job["exit_code"]), ("failed", "failed", exit_code))
        self.assertIn(error, job["error"])
        self.assertIn(advice, job["advice"])
        self.assertIsNone(job["last_success_at"])
        self.assertIsNone(job["rows"])
        text = self.text()
        self.assertEqual(text.splitlines()[0], "1 of 1 needs attention.")
        self.assertIn(f"exit code {exit_code}", text)

    def test_of_permission_the_contract_or_scope_is_to_be_given(self):
        self.fail_with(status=403)
        self.assert_told(77, "403", "contract")

    def test_of_the_query_the_definition_is_to_be_checked(self):
        self.fail_with(status=400)
        self.assert_told(78, "400", "tokenflex-etl check usage")

    def test_of_data_the_row_is_to_be_looked_at(self):
        self.simulator.script(
            {"on": "poll", "value": {"row": 0, "column": "tokensConsumed", "raw": '"many"'}, "times": -1}
        )
        self.assert_told(65, "tokens", "")

    def test_of_the_service_nothing_is_to_be_done_until_it_stays(self):
        self.etl.write_settings({"api": {"retries": 0}})
        self.fail_with(status=500)
        self.assert_told(69, "500", "nothing, unless it continues: the next run tries again")
        self.etl.run()
        self.assert_told(69, "500", "api.base_url")
        self.assertEqual(self.job()["failures_in_a_row"], 3)

    def test_that_is_over_is_forgotten(self):
        self.fail_with(status=400)
        self.etl.run()
        self.simulator.script()
        self.etl.run_well()
        job = self.job()
        self.assertEqual((job["problem"], job["error"], job["failures_in_a_row"]), (None, None, 0))

    def test_shows_no_secret(self):
        self.fail_with(status=403)
        self.etl.run()
        result = self.etl.call(*self.etl.command("--log-level", "debug", "status"))
        self.assertNotIn("test-access-token", result.stdout + result.stderr)


class Chunks(StatusCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job(window=WINDOW)

    def test_of_one_invocation_are_told_as_one_run(self):
        self.etl.run_well()
        self.etl.run_well()
        job = self.job()
        self.assertEqual((job["window_start"], job["window_end"]), ("2026-07-01", "2026-10-01"))
        self.assertEqual((job["chunks"], job["chunks_succeeded"]), (3, 3))
        self.assertEqual((job["rows"], job["rows_unchanged"], job["rows_last_chunk"]), (460, 460, 150))
        self.assertEqual([one["rows"] for one in job["trend"]], [460, 460])

    def test_of_which_one_failed_are_a_failure(self):
        self.etl.run_well()
        self.fail_with(match="2026-08-01' AND", status=400)
        self.etl.run()
        job = self.job()
        self.assertEqual((job["last_status"], job["chunks"], job["chunks_succeeded"]), ("failed", 3, 1))
        self.assertEqual((job["rows"], job["data_through"]), (460, "2026-09-30"))
        self.assertIn("Window 2026-08-01..2026-09-01, after 1 of 3 chunks", self.text())

    def test_that_were_finished_before_are_skipped(self):
        backfill = ("--from", "2026-07-01", "--to", "2026-10-01")
        self.etl.run_well(*backfill)
        self.etl.run_well(*backfill)
        job = self.job()
        self.assertEqual((job["last_status"], job["chunks_skipped"], job["rows"]), ("skipped", 3, 460))

    def test_of_more_than_are_read_at_first_are_all_told(self):
        """Of 120 days the first is loaded; the others' rows are written as the runner goes on to write them."""
        self.etl.write_job(window={**WINDOW, "last": "1 days", "until": "2026-06-04"})
        self.etl.run_well()
        self.database.execute(
            "update tokenflex_etl.run set chunks = 120;"
            "insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, started_at,"
            " finished_at, rows_read, host, pid, invocation_id, chunk, chunks)"
            " select job, contract_number, window_start + day, window_end + day, source, status, started_at,"
            " finished_at, rows_read, host, pid, invocation_id, 1 + day, 120"
            " from tokenflex_etl.run cross join generate_series(1, 119) day order by day"
        )
        job = self.job()
        self.assertEqual((job["chunks"], job["rows"], len(job["trend"])), (120, 600, 1))


class RunningJob(StatusCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.simulator.script({"on": "submit", "nth": 1, "hold": True})
        self.running = self.etl.start_run()
        self.simulator.wait_for_held()

    def end(self):
        self.simulator.release()
        self.assertEqual(self.running.wait().exit_code, 0)

    def test_is_told_with_host_and_process(self):
        job = self.job()
        host, since = self.database.row(
            "select host, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
            " from tokenflex_etl.run"
        )
        self.assertEqual((job["last_status"], job["problem"], job["last_finished_at"]), ("running", None, None))
        told = {key: job["running"][key] for key in ("host", "pid", "since")}
        self.assertEqual(told, {"host": host, "pid": self.running.pid, "since": since})
        self.assertIn("running since", self.text())
        self.end()

    def test_is_told_from_one_that_died(self):
        self.running.signal(signal.SIGKILL)
        self.running.wait()
        self.database.wait_until_left()
        job = self.job()
        self.assertEqual((job["last_status"], job["problem"], job["running"]), ("failed", "died", None))
        self.assertIn(f"process {self.running.pid}", job["error"])
        self.assertIn("the next run resumes", job["advice"])
        self.assertEqual(self.last_run("status"), ("running",))


class Budget(StatusCase):
    def allow(self, **rate_limit):
        self.etl.write_settings({"api": {"rate_limit": rate_limit}})

    def test_that_nobody_has_used_is_full(self):
        self.allow(per_minute=5, burst=50)
        status = self.status()
        budget = status["budget"]
        self.assertEqual((budget["account"], budget["available"], budget["blocked_until"]), ("default", 49, None))
        self.assertEqual((budget["per_minute"], budget["burst"], budget["full_at"]), (5, 50, status["at"]))

    def test_after_a_run_lacks_its_requests_until_the_period_is_over(self):
        self.etl.write_job()
        self.allow(per_minute=1, burst=50, period="100m")
        requests = self.etl.run_well().one_run["requests"]
        status = self.status()
        budget = status["budget"]
        self.assertEqual(budget["available"], 49 - requests)
        minutes = (moment(budget["full_at"]) - moment(status["at"])).total_seconds() / 60
        # A hundredth more than the period.
        self.assertAlmostEqual(minutes, 101, delta=0.5)
        self.assertIn(f"{49 - requests} of 49 left, full in", self.text())

    def test_that_a_429_holds_says_until_when(self):
        self.etl.write_job(timeout="20s")
        self.allow(per_minute=600, burst=50)
        self.fail_with(status=429, retry_after=600)
        self.assertEqual(self.etl.run().exit_code, 75)
        status = self.status()
        held_s = (moment(status["budget"]["blocked_until"]) - moment(status["at"])).total_seconds()
        self.assertAlmostEqual(held_s, 600, delta=60)
        self.assertIn("429", self.text())
        self.assertEqual(status["jobs"][0]["advice"], "nothing: the next run continues by itself")

    def test_is_that_of_the_client(self):
        self.etl.write_settings({"auth": {"client_id": "sim-client"}})
        self.assertEqual(self.status()["budget"]["account"], "sim-client")

    def test_without_a_limit_is_not_counted(self):
        self.assertEqual(self.status()["budget"]["available"], None)
        self.assertIn("no limit on our side", self.text())


class Selection(StatusCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("one", tags=["nightly"])
        self.etl.write_job("two")
        self.etl.write_job("gone")
        self.etl.run_well("gone")
        os.unlink(self.etl.jobs / "gone.yaml")

    def names(self, *arguments):
        return [job["job"] for job in self.status(*arguments)["jobs"]]

    def test_is_everything_unless_told_otherwise(self):
        self.assertEqual(self.names(), ["gone", "one", "two"])

    def test_by_name_takes_jobs_that_are_gone_too(self):
        self.assertEqual(self.names("gone", "two"), ["gone", "two"])

    def test_by_tag(self):
        self.assertEqual(self.names("--tag", "nightly"), ["one"])

    def test_by_a_name_that_nobody_knows_is_an_error(self):
        result = self.etl.call(*self.etl.command("status", "onee"))
        self.assert_failed(result, 64, "`onee`", "did you mean `one`?")
        self.assertEqual(result.stdout, "")


class Unreachable(StatusCase):
    def test_is_a_database_that_does_not_answer(self):
        self.etl.write_job()
        self.etl.write_settings({"database": {"dsn": f"host={self.etl.directory}"}})
        result = self.etl.call(*self.etl.command("status"))
        self.assert_failed(result, 69, "cannot connect to PostgreSQL", "check that the server is running")

    def test_is_one_with_settings_that_have_errors(self):
        self.etl.write_settings({"run": {"parallel_jobs": 0}})
        self.assertEqual(self.etl.call(*self.etl.command("status")).exit_code, 78)


if __name__ == "__main__":
    main()
