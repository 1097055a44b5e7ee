"""run.metrics_file: after every run, what alerts need to know, in Prometheus' text exposition format."""

import os
import signal
import stat
import time
import unittest

from harness import CONTRACT, EtlTestCase, Receiver, cases, exposition, main

OTHER = "11000000002"


class MetricsCase(EtlTestCase):
    simulator_settings = {"rows": 20, "polls": 0}

    def setUp(self):
        super().setUp()
        self.folder = self.etl.directory / "collector"
        self.folder.mkdir()
        self.file = self.folder / "tokenflex_etl.prom"
        self.run_file = self.folder / "tokenflex_etl_run.prom"
        self.files = [self.file.name, self.run_file.name]
        self.etl.write_settings({"run": {"metrics_file": str(self.file)}})
        self.etl.write_job("usage")

    def metrics(self):
        """Of both files, as the collector takes them."""
        there = [file for file in (self.file, self.run_file) if file.exists()]
        return exposition.read("".join(file.read_text(encoding="utf-8") for file in there))

    def run_and_read(self, *arguments, exit_code=0, left=None):
        result = self.etl.run(*arguments)
        self.assertEqual(result.exit_code, exit_code, result.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), left or self.files)
        return self.metrics()

    def of_job(self, metrics, job="usage", contract=CONTRACT):
        """Values of a job by the metric's name, without rows."""
        labels = {"job_name": job, "contract_number": contract}
        prefix = "tokenflex_etl_job_"
        return {
            name.removeprefix(prefix): value
            for (name, of), value in metrics.samples.items()
            if name.startswith(prefix) and dict(of) == labels
        }

    def rows(self, metrics, job="usage", contract=CONTRACT):
        outcomes = ("read", "inserted", "updated", "unchanged", "deleted")
        return [
            metrics.value("job_last_run_rows", job_name=job, contract_number=contract, outcome=outcome)
            for outcome in outcomes
        ]

    def moment(self, column, job="usage"):
        """Of the job's last run, as the run table has it: to the millisecond."""
        value = self.database.value(
            f"select floor(1000 * extract(epoch from {column})) from tokenflex_etl.run where job = '{job}'"
            " order by run_id desc limit 1"
        )
        return int(value) / 1000

    def age_runs(self, interval):
        self.database.execute(
            f"update tokenflex_etl.run set started_at = started_at - interval '{interval}',"
            f" finished_at = finished_at - interval '{interval}'"
        )


HEAD = "# HELP a_seconds What it is.\n# TYPE a_seconds gauge\n"
BAD_TEXTS = {
    "without_its_last_newline": HEAD + "a_seconds 1",
    "with_an_empty_line": HEAD + "\na_seconds 1\n",
    "without_help": "# TYPE a_seconds gauge\na_seconds 1\n",
    "without_type": "# HELP a_seconds What it is.\na_seconds 1\n",
    "with_two_heads": HEAD + "a_seconds 1\n" + HEAD + 'a_seconds{x="y"} 2\n',
    "with_a_head_and_no_sample": HEAD,
    "with_a_sample_twice": HEAD + 'a_seconds{x="y"} 1\na_seconds{x="y"} 2\n',
    "with_a_sample_elsewhere": HEAD + "a_seconds 1\n" + HEAD.replace("a_", "b_") + 'b_seconds 1\na_seconds{x="y"} 1\n',
    "with_a_time": HEAD + "a_seconds 1 1795333962395\n",
    "with_a_value_that_is_none": HEAD + "a_seconds 1.\n",
    "with_an_unknown_escape": HEAD + 'a_seconds{x="\\y"} 1\n',
    "with_an_open_quote": HEAD + 'a_seconds{x="y\\"} 1\n',
    "with_a_label_of_prometheus_own": HEAD + 'a_seconds{job="y"} 1\n',
    "with_a_counter_that_is_not_called_total": HEAD.replace("gauge", "counter") + "a_seconds 1\n",
    "with_a_unit_that_is_no_base_unit": HEAD.replace("seconds", "minutes") + "a_minutes 1\n",
}


@cases(BAD_TEXTS)
class TextThatIsRefused(unittest.TestCase):
    """By the parser of these tests: what it lets pass is right."""

    def check(self, text):
        with self.assertRaises(exposition.Bad):
            exposition.Metrics(text)


class RunThatSucceeds(MetricsCase):
    def test_says_when_how_long_how_much_and_what_is_left(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 60, "burst": 50}}})
        before = time.time()
        metrics = self.run_and_read()
        after = time.time()
        job = self.of_job(metrics)
        self.assertEqual(
            set(job),
            {
                "last_success_timestamp_seconds",
                "last_run_timestamp_seconds",
                "last_run_succeeded",
                "last_run_duration_seconds",
                "last_run_requests",
                "consecutive_failures",
                "last_exit_code",
            },
        )
        self.assertEqual(job["last_success_timestamp_seconds"], self.moment("finished_at"))
        self.assertEqual(job["last_run_timestamp_seconds"], self.moment("finished_at"))
        self.assertAlmostEqual(
            job["last_run_duration_seconds"], self.moment("finished_at") - self.moment("started_at"), delta=0.002
        )
        self.assertEqual(job["last_run_requests"], 2)
        self.assertEqual((job["last_run_succeeded"], job["consecutive_failures"], job["last_exit_code"]), (1, 0, 0))
        self.assertEqual(self.rows(metrics), [20, 20, 0, 0, 0])
        self.assertEqual(metrics.value("last_run_exit_code"), 0)
        self.assertEqual(metrics.value("database_up"), 1)
        self.assertTrue(before <= metrics.value("written_timestamp_seconds") + 0.001 <= after + 0.002)
        self.assertTrue(0 < metrics.value("last_run_duration_seconds") <= after - before)
        self.assertEqual(metrics.value("request_budget_per_minute"), 60)
        self.assertEqual(metrics.value("request_budget_burst"), 50)
        self.assertTrue(47 <= metrics.value("request_budget_left") <= 49, metrics.value("request_budget_left"))

    def test_says_which_version_it_is(self):
        version = self.etl.call("--version").stdout.split()[1]
        self.assertEqual(self.run_and_read().value("build_info", version=version), 1)

    def test_counts_what_became_of_the_rows(self):
        self.run_and_read()
        self.simulator.restate(every=4)
        self.assertEqual(self.rows(self.run_and_read()), [20, 0, 5, 15, 0])

    def test_sums_up_the_chunks_of_a_job(self):
        self.etl.write_job("usage", window={"field": "usageDate", "chunk": "month"})
        result = self.etl.run_well("--from", "2026-01-01", "--to", "2026-04-01")
        self.assertEqual(len(result.runs), 3)
        metrics = self.metrics()
        self.assertEqual(self.rows(metrics)[0], sum(run["rows_read"] for run in result.runs))
        self.assertEqual(self.of_job(metrics)["last_run_requests"], sum(run["requests"] for run in result.runs))

    def test_has_every_contract_of_a_job(self):
        self.etl.write_job("usage", contract=[CONTRACT, OTHER])
        contracts = self.run_and_read().labels("job_last_success_timestamp_seconds")
        self.assertEqual(sorted(labels["contract_number"] for labels in contracts), [CONTRACT, OTHER])

    def test_is_for_everybody_to_read_whatever_the_umask(self):
        before = os.umask(0o077)
        try:
            self.run_and_read()
        finally:
            os.umask(before)
        for file in (self.file, self.run_file):
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o644)

    def test_says_no_budget_where_there_is_no_limit(self):
        metrics = self.run_and_read()
        self.assertEqual(metrics.value("request_budget_per_minute"), 0)
        self.assertFalse(metrics.has("request_budget_left"))


class RunThatFails(MetricsCase):
    def test_keeps_the_last_success_and_counts(self):
        success = self.of_job(self.run_and_read())["last_success_timestamp_seconds"]
        self.simulator.script({"on": "submit", "times": -1, "status": 403})
        self.run_and_read(exit_code=77)
        metrics = self.run_and_read(exit_code=77)
        job = self.of_job(metrics)
        self.assertEqual(job["last_success_timestamp_seconds"], success)
        self.assertEqual(job["last_run_timestamp_seconds"], self.moment("finished_at"))
        self.assertGreater(job["last_run_timestamp_seconds"], success)
        self.assertEqual((job["last_run_succeeded"], job["consecutive_failures"], job["last_exit_code"]), (0, 2, 77))
        self.assertEqual(metrics.value("last_run_exit_code"), 77)
        self.simulator.script()
        job = self.of_job(self.run_and_read())
        self.assertEqual((job["last_run_succeeded"], job["consecutive_failures"], job["last_exit_code"]), (1, 0, 0))

    def test_and_never_succeeded_has_a_success_of_long_ago(self):
        self.simulator.script({"on": "submit", "times": -1, "status": 403})
        job = self.of_job(self.run_and_read(exit_code=77))
        self.assertEqual(job["last_success_timestamp_seconds"], 0)

    def test_of_one_job_leaves_the_others_as_they_are(self):
        self.etl.write_job("broken", query={"where": "userName = 'x'"})
        self.simulator.script({"on": "submit", "match": "userName = 'x'", "times": -1, "status": 400})
        metrics = self.run_and_read(exit_code=78)
        codes = {job: self.of_job(metrics, job)["last_exit_code"] for job in ("usage", "broken")}
        self.assertEqual(codes, {"usage": 0, "broken": 78})

    def test_before_it_had_a_row_has_an_exit_code(self):
        self.run_and_read()
        locker = self.open_session()
        locker.execute(
            "select pg_advisory_lock(hashtextextended('tokenflex-etl tokenflex.usage " + CONTRACT + "', 0));"
        )
        job = self.of_job(self.run_and_read(exit_code=75))
        self.assertEqual((job["last_run_succeeded"], job["last_exit_code"]), (1, 75))

    def test_for_settings_that_are_wrong_says_so(self):
        success = self.of_job(self.run_and_read())["last_success_timestamp_seconds"]
        self.etl.write_settings({"run": {"parallel_jobs": "many"}})
        metrics = self.run_and_read(exit_code=78)
        self.assertEqual(metrics.value("last_run_exit_code"), 78)
        self.assertEqual(self.of_job(metrics)["last_success_timestamp_seconds"], success)


class Database(MetricsCase):
    def lose(self):
        self.etl.environment["PGHOST"] = "/nowhere"

    def test_that_is_unreachable_loses_no_success(self):
        before = self.of_job(self.run_and_read())
        self.lose()
        metrics = self.run_and_read(exit_code=69)
        self.assertEqual(metrics.value("database_up"), 0)
        self.assertEqual(metrics.value("last_run_exit_code"), 69)
        self.assertEqual(self.of_job(metrics), before)
        self.assertEqual(self.rows(metrics), [20, 20, 0, 0, 0])
        self.run_and_read(exit_code=69)
        self.assertEqual(self.of_job(self.metrics()), before)

    def test_that_was_never_reached_leaves_what_is_known(self):
        self.lose()
        metrics = self.run_and_read(exit_code=69, left=[self.run_file.name])
        self.assertEqual((metrics.value("database_up"), metrics.value("last_run_exit_code")), (0, 69))
        self.assertEqual(metrics.labels("job_last_success_timestamp_seconds"), [])

    def test_that_is_back_is_believed(self):
        self.run_and_read()
        text = self.file.read_text(encoding="utf-8")
        self.file.write_text(text.replace('outcome="read"} 20', 'outcome="read"} 77'), encoding="utf-8")
        self.lose()
        self.assertEqual(self.rows(self.run_and_read(exit_code=69))[0], 77)
        self.etl.environment.update(self.database.environment)
        self.assertEqual(self.rows(self.run_and_read())[0], 20)


class Jobs(MetricsCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", tags=["nightly"])
        self.etl.write_job("weekly", tags=["weekly"])

    def test_of_another_tag_stay(self):
        self.simulator.script({"on": "submit", "status": 403})
        before = self.of_job(self.run_and_read("--tag", "weekly", exit_code=77), "weekly")
        metrics = self.run_and_read("--tag", "nightly")
        self.assertEqual(self.of_job(metrics, "weekly"), before)
        self.assertEqual(before["last_exit_code"], 77)
        self.assertEqual(self.of_job(metrics)["last_exit_code"], 0)

    def test_of_another_tag_are_there_also_where_the_file_was_lost(self):
        before = self.of_job(self.run_and_read("--tag", "weekly"), "weekly")
        self.file.unlink()
        after = self.of_job(self.run_and_read("--tag", "nightly"), "weekly")
        self.assertEqual(after, before)

    def test_that_are_gone_are_forgotten_in_the_end(self):
        self.run_and_read()
        (self.etl.jobs / "weekly.yaml").unlink()
        self.assertTrue(self.of_job(self.run_and_read(), "weekly"))
        self.age_runs("36 days")
        metrics = self.run_and_read()
        self.assertFalse(self.of_job(metrics, "weekly"))
        self.assertTrue(self.of_job(metrics))

    def test_that_are_still_wanted_are_not(self):
        self.run_and_read()
        self.age_runs("400 days")
        weekly = self.of_job(self.run_and_read("--tag", "nightly"), "weekly")
        self.assertAlmostEqual(weekly["last_success_timestamp_seconds"], time.time() - 400 * 86400, delta=100)


class File(MetricsCase):
    def assert_only_warned(self, result, words):
        self.assertEqual(result.exit_code, 0, result.stderr)
        (warning,) = result.log("warn")
        self.assertIn(words, warning)

    def test_in_a_directory_that_is_not_there_is_a_warning(self):
        self.etl.write_settings({"run": {"metrics_file": str(self.etl.directory / "nowhere" / "x.prom")}})
        self.assert_only_warned(self.etl.run(), "the metrics are not written: cannot open the directory of ")

    def test_that_is_a_directory_is_a_warning_and_leaves_nothing_but_the_run(self):
        self.file.mkdir()
        self.assert_only_warned(self.etl.run(), "the metrics are not written: cannot write ")
        self.assertEqual(sorted(os.listdir(self.folder)), self.files)
        self.assertEqual(os.listdir(self.file), [])

    def test_that_was_something_else_is_replaced(self):
        self.file.write_bytes(b"\xff\x00 tokenflex_etl_job_last_exit_code{ garbage\n" * 1000)
        self.assertEqual(self.run_and_read().value("last_run_exit_code"), 0)

    def test_is_replaced_and_not_written_over(self):
        self.run_and_read()
        with open(self.file, encoding="utf-8") as reader:
            first = reader.read(100)
            self.run_and_read()
            rest = reader.read()
        self.assertEqual(len(exposition.read(first + rest).labels("job_last_exit_code")), 1)
        self.assertNotEqual(self.file.read_text(encoding="utf-8"), first + rest)

    def test_left_by_a_run_that_was_killed_is_in_nobodys_way(self):
        (self.folder / f"{self.file.name}.new").write_text("half a fi", encoding="utf-8")
        self.assertEqual(self.run_and_read().value("last_run_exit_code"), 0)

    def test_in_the_working_directory_needs_no_path(self):
        self.etl.write_settings({"run": {"metrics_file": "here.prom"}})
        directory = self.etl.next_working_directory()
        self.etl.run_well()
        text = "".join((directory / name).read_text(encoding="utf-8") for name in ("here.prom", "here_run.prom"))
        self.assertEqual(exposition.read(text).value("last_run_exit_code"), 0)

    def test_written_by_many_at_once_is_always_whole_and_has_all_jobs_in_the_end(self):
        names = [f"job{number}" for number in range(6)]
        for name in names:
            self.etl.write_job(name)
        running = [self.etl.start_run(name) for name in names]
        seen = 0
        while not all(one.has_ended() for one in running):
            if self.file.exists() and self.run_file.exists():
                self.metrics()
                seen += 1
        self.assertGreater(seen, 0)
        self.assertEqual([one.wait().exit_code for one in running], [0] * 6)
        metrics = self.metrics()
        for name in names:
            job = self.of_job(metrics, name)
            self.assertEqual((job["last_run_succeeded"], job["last_exit_code"]), (1, 0))
        self.assertEqual(sorted(os.listdir(self.folder)), self.files)


class StoppedRun(MetricsCase):
    def stop(self):
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        running.signal(signal.SIGTERM)
        result = running.wait()
        self.assertEqual(result.exit_code, 75, result.stderr)
        return result

    def test_writes_them_in_time(self):
        success = self.of_job(self.run_and_read())["last_success_timestamp_seconds"]
        self.stop()
        metrics = self.metrics()
        job = self.of_job(metrics)
        self.assertEqual(metrics.value("database_up"), 1)
        self.assertEqual(metrics.value("last_run_exit_code"), 75)
        self.assertEqual(job["last_success_timestamp_seconds"], success)
        self.assertEqual((job["last_run_succeeded"], job["consecutive_failures"], job["last_exit_code"]), (0, 1, 75))

    def test_ends_in_time_while_the_run_table_is_held_and_the_receiver_of_pings_is_silent(self):
        success = self.of_job(self.run_and_read())["last_success_timestamp_seconds"]
        receiver = Receiver(200, None)
        self.addCleanup(receiver.close)
        self.etl.write_settings({"run": {"ping_url": receiver.url}})
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.open_session().execute("begin; lock table tokenflex_etl.run in access exclusive mode;")
        running.signal(signal.SIGTERM)
        result = running.wait()
        self.assertEqual(result.exit_code, 75, result.stderr)
        metrics = self.metrics()
        self.assertEqual((metrics.value("database_up"), metrics.value("last_run_exit_code")), (0, 75))
        self.assertEqual(self.of_job(metrics)["last_success_timestamp_seconds"], success)
        self.assertEqual(receiver.paths, ["/start", "/75"])


if __name__ == "__main__":
    main()
