"""What belongs to one start of the program is recorded, and status and metrics tell the same of it."""

import datetime
import signal
import subprocess

from harness import CONTRACT, EtlTestCase, exposition, main

OTHER = "11000000002"
WINDOW = {"field": "usageDate", "last": "3 months", "until": "2026-10-01", "chunk": "month"}
ROWS = {"2026-07": 155, "2026-08": 155, "2026-09": 150}

# So that every start is process 1 of the host, as in a container.
NEW_PROCESS_NUMBERS = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


class InvocationCase(EtlTestCase):
    simulator_settings = {"rows_per_day": 5}

    def setUp(self):
        super().setUp()
        self.file = self.etl.directory / "tokenflex_etl.prom"
        self.etl.write_settings({"run": {"metrics_file": str(self.file)}})
        self.etl.write_job("usage", window=WINDOW)

    def call_status(self, *options):
        result = self.etl.call(*self.etl.command(*options, "status"))
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result

    def of_status(self, job, contract):
        jobs = self.call_status("--output", "json").json["jobs"]
        (found,) = [one for one in jobs if (one["job"], one["contract_number"]) == (job, contract)]
        return found

    def of_metrics(self, job, contract):
        """In the words of status."""
        metrics = exposition.read(self.file.read_text(encoding="utf-8"))
        labels = {"job_name": job, "contract_number": contract}
        return {
            "last_success": metrics.value("job_last_success_timestamp_seconds", **labels),
            "failures": metrics.value("job_consecutive_failures", **labels),
            "succeeded": metrics.value("job_last_run_succeeded", **labels),
            "rows": metrics.value("job_last_run_rows", **labels, outcome="read"),
            "requests": metrics.value("job_last_run_requests", **labels),
        }

    def told(self, job="usage", contract=CONTRACT):
        """What status says, which is what the metrics say."""
        status = self.of_status(job, contract)
        success = status["last_success_at"]
        expected = {
            "last_success": moment(success) if success else 0,
            "failures": status["failures_in_a_row"],
            "succeeded": status["last_status"] == "succeeded",
            "rows": status["trend"][-1]["rows"],
            "requests": status["requests"],
        }
        self.assertEqual(self.of_metrics(job, contract), expected)
        return status

    def assert_no_success(self, status, before, words):
        """The night is a failure, and the last success is that of the night before."""
        self.assertEqual((status["last_status"], status["failures_in_a_row"]), ("failed", 1))
        self.assertEqual((status["chunks"], status["chunks_succeeded"]), (3, 1))
        self.assertEqual(status["last_success_at"], before["last_success_at"])
        self.assertEqual((status["rows"], status["trend"][-1]["rows"]), (460, ROWS["2026-07"]))
        text = " ".join(self.call_status().stdout.split())
        self.assertIn("1 of 2 needs attention.", text)
        self.assertIn(words, text)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Recorded(InvocationCase):
    def recorded(self, columns):
        return self.database.rows(
            f"select {columns} from tokenflex_etl.run order by job, contract_number, window_start, run_id"
        )

    def test_are_the_start_and_the_place_of_each_chunk(self):
        self.etl.run_well()
        self.assertEqual(self.recorded("chunk, chunks"), [("1", "3"), ("2", "3"), ("3", "3")])
        ((first,),) = set(self.recorded("invocation_id"))
        self.assertRegex(first, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        self.etl.run_well()
        self.assertEqual(len(set(self.recorded("invocation_id"))), 2)

    def test_is_one_start_for_every_job_and_contract_of_it(self):
        self.etl.write_job("both", contract=[CONTRACT, OTHER])
        self.etl.write_settings({"run": {"parallel_jobs": 3}})
        self.etl.run_well()
        self.assertEqual(len(self.recorded("invocation_id")), 5)
        self.assertEqual(len(set(self.recorded("invocation_id"))), 1)
        self.assertEqual(self.recorded("chunk, chunks")[:2], [("1", "1")] * 2)


class ManyChunks(InvocationCase):
    def test_of_one_start_are_summed_up_whole(self):
        """More of them than the metrics read of the run table at first."""
        self.etl.write_job("usage", window={**WINDOW, "last": "16 days", "chunk": "day"})
        self.etl.run_well()
        self.etl.run_well()
        told = self.told()
        self.assertEqual((told["last_status"], told["chunks"], told["rows"]), ("succeeded", 16, 80))
        self.assertEqual([one["rows"] for one in told["trend"]], [80, 80])


class HalfANight(InvocationCase):
    """Of three months the first is loaded, after a night that loaded all of them."""

    def setUp(self):
        super().setUp()
        self.etl.write_job("other")
        self.etl.run_well()
        self.before = self.told()
        self.assertEqual((self.before["last_status"], self.before["rows"]), ("succeeded", 460))

    def test_whose_second_chunk_failed_is_no_success(self):
        self.simulator.script({"on": "submit", "match": "2026-08-01' AND", "times": -1, "status": 400})
        self.assertEqual(self.etl.run().exit_code, 78)
        self.assert_no_success(self.told(), self.before, "Window 2026-08-01..2026-09-01, after 1 of 3 chunks")

    def test_whose_process_was_killed_in_the_second_chunk_is_no_success(self):
        self.simulator.script({"on": "submit", "match": "2026-08-01' AND", "hold": True})
        self.kill(self.etl.start_run("usage"), self.simulator.wait_for_held)
        self.simulator.script()
        self.etl.run_well("other")
        self.assert_no_success(self.told(), self.before, "ended without finishing")

    def test_whose_process_was_killed_between_two_chunks_is_no_success(self):
        """The second chunk's row waits in a trigger, and never comes: the first one's is there, and nothing else."""
        self.database.execute(
            "create function wait() returns trigger language plpgsql as"
            " $$begin perform pg_advisory_lock(7); return new; end$$;"
            "create trigger wait before insert on tokenflex_etl.run for each row"
            " when (new.window_start = '2026-08-01') execute function wait()"
        )
        gate = self.open_session()
        gate.execute("select pg_advisory_lock(7);")
        waiting = "exists (select from pg_locks where locktype = 'advisory' and objid = 7 and not granted)"
        self.kill(self.etl.start_run("usage"), lambda: self.database.wait_until(waiting))
        self.assertEqual(self.last_run("status, chunk, chunks"), ("succeeded", "1", "3"))
        words = "ended without finishing, after 1 of 3 chunks"
        self.assert_no_success(self.of_status("usage", CONTRACT), self.before, words)
        self.database.execute("drop trigger wait on tokenflex_etl.run")
        self.etl.run_well("other")
        self.assert_no_success(self.told(), self.before, words)
        self.etl.run_well("usage")
        after = self.told()
        self.assertEqual((after["last_status"], after["failures_in_a_row"]), ("succeeded", 0))
        self.assertEqual([one["status"] for one in after["trend"]], ["succeeded", "failed", "succeeded"])

    def kill(self, running, wait):
        wait()
        running.signal(signal.SIGKILL)
        running.wait()
        self.simulator.release()
        self.database.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tokenflex-etl%'"
        )
        self.database.wait_until_left()


class Starts(InvocationCase):
    def test_of_one_host_and_process_number_within_a_second_are_two(self):
        probe = subprocess.run([*NEW_PROCESS_NUMBERS, "true"], capture_output=True, text=True, check=False)
        if probe.returncode != 0:
            self.skipTest(probe.stderr.strip())
        self.etl.launcher = NEW_PROCESS_NUMBERS
        self.etl.run_well()
        self.etl.run_well()
        self.etl.launcher = ()
        self.assertEqual(self.database.rows("select distinct pid from tokenflex_etl.run"), [("1",)])
        self.assertEqual(self.database.value("select count(distinct host) from tokenflex_etl.run"), "1")
        told = self.told()
        self.assertEqual((told["last_status"], told["chunks"]), ("succeeded", 3))
        self.assertEqual([one["rows"] for one in told["trend"]], [460, 460])

    def test_at_the_same_time_are_two(self):
        self.etl.write_job("both", contract=[CONTRACT, OTHER], window=WINDOW, query={"where": "productName <> 'x'"})
        self.simulator.script(
            {"on": "submit", "match": "productName <> 'x'", "hold": True},
            {"on": "submit", "match": "\"where\":\"usageDate", "hold": True},
        )
        running = [self.etl.start_run("usage"), self.etl.start_run("both")]
        self.simulator.wait_for_held(2)
        self.simulator.release()
        self.assertEqual([one.wait().exit_code for one in running], [0, 0])
        self.assertEqual(self.database.value("select count(distinct invocation_id) from tokenflex_etl.run"), "2")
        self.etl.run_well("usage")
        for job, contract, runs in (("usage", CONTRACT, 2), ("both", CONTRACT, 1), ("both", OTHER, 1)):
            told = self.told(job, contract)
            self.assertEqual((told["last_status"], told["chunks_succeeded"]), ("succeeded", 3), (job, contract))
            self.assertEqual(len(told["trend"]), runs, (job, contract))

    def test_of_which_the_second_skips_what_the_first_has_loaded_are_two(self):
        self.etl.run_well("--from", "2026-07-01", "--to", "2026-09-01")
        self.database.execute(
            "update tokenflex_etl.run set started_at = started_at - interval '1 day',"
            " finished_at = finished_at - interval '1 day'"
        )
        self.etl.run_well("--from", "2026-07-01", "--to", "2026-10-01")
        told = self.told()
        chunks = (told["chunks"], told["chunks_skipped"], told["chunks_succeeded"])
        self.assertEqual((told["last_status"], *chunks), ("succeeded", 3, 2, 1))
        self.assertEqual([one["rows"] for one in told["trend"]], [310, ROWS["2026-09"]])
        self.assertEqual(told["rows"], ROWS["2026-09"])
        self.assertEqual(told["last_success_at"], told["last_finished_at"])

    def test_that_have_nothing_to_load_are_neither_success_nor_failure(self):
        backfill = ("--from", "2026-07-01", "--to", "2026-10-01")
        self.etl.run_well(*backfill)
        before = self.told()
        self.etl.run_well(*backfill)
        after = self.of_status("usage", CONTRACT)
        self.assertEqual((after["last_status"], after["problem"]), ("skipped", None))
        self.assertEqual(after["last_success_at"], before["last_success_at"])
        self.simulator.script({"on": "submit", "times": -1, "status": 400})
        self.etl.run()
        self.etl.run_well(*backfill)
        failed = self.of_status("usage", CONTRACT)
        self.assertEqual((failed["last_status"], failed["problem"]), ("skipped", "failed"))
        metrics = self.of_metrics("usage", CONTRACT)
        self.assertEqual((failed["failures_in_a_row"], metrics["failures"], metrics["succeeded"]), (1, 1, 0))
        self.assertEqual(metrics["last_success"], moment(before["last_success_at"]))


if __name__ == "__main__":
    main()
