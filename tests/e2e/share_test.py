"""run.share: hosts that name the same share do a run together, each chunk once, whatever becomes of one of them."""

import json
import signal

import snapshots_test
from harness import CONTRACT, main
from harness.share import CHUNKS, HALF_YEAR, MONTHS, ShareCase
from harness.skipping import DESKTOP, QUIET

OTHER_CONTRACT = "11000000002"
FIRST, SECOND = "2026-01-01", "2026-02-01"


class Together(ShareCase):
    def test_hosts_load_each_chunk_once(self):
        results = self.run_together(*HALF_YEAR)
        self.assert_all_well(results)
        self.assert_each_once()
        self.assert_whole()
        self.assertEqual({host for (host,) in self.work("host")}, {"one", "two"})
        self.assertEqual(sum(len(result.runs) for result in results), CHUNKS)
        self.assertEqual([result.json["failed"] for result in results], [0, 0])

    def test_their_runs_are_one_invocation(self):
        self.assert_all_well(self.run_together(*HALF_YEAR))
        self.assertEqual(self.database.value("select count(distinct invocation_id) from tokenflex_etl.run"), "1")
        (job,) = self.hosts[0].call(*self.hosts[0].command("--output", "json", "status")).json["jobs"]
        self.assertEqual((job["last_status"], job["chunks"], job["chunks_succeeded"]), ("succeeded", 6, 6))

    def test_each_asks_no_more_than_one_host_alone(self):
        self.assert_all_well(self.run_together(*HALF_YEAR))
        shared = self.simulator.stats["requests"]
        self.simulator.reset_stats()
        self.etl.write_job("alone", window=MONTHS)
        self.etl.run_well("alone", *HALF_YEAR)
        self.assertEqual(shared["submit"], self.simulator.requests("submit"))

    def test_three_jobs_of_two_contracts_are_one_round(self):
        for name in ("first", "second"):
            self.write_job(name, contract=[CONTRACT, OTHER_CONTRACT])
        self.assert_all_well(self.run_together("first", "second"))
        self.assert_each_once(4)
        self.assertEqual(self.work("distinct share, round", ""), [("night", "1")])

    def test_a_host_that_comes_later_joins_the_round(self):
        self.hold_submits()
        first = self.hosts[0].start_run(*HALF_YEAR)
        self.simulator.wait_for_held()
        second = self.hosts[1].start_run(*HALF_YEAR)
        self.simulator.wait_for_held(2)
        self.let_go()
        self.assert_all_well([first.wait(), second.wait()])
        self.assert_each_once()
        self.assertEqual(self.database.count("tokenflex_etl.work_round"), 1)

    def test_a_start_after_the_round_opens_another(self):
        self.assert_all_well(self.run_together(*HALF_YEAR))
        result = self.hosts[0].run_well(*HALF_YEAR)
        self.assertEqual([run["status"] for run in result.runs], ["skipped"] * CHUNKS)
        self.assertEqual(self.work("distinct round", "order by 1"), [("1",), ("2",)])

    def test_another_task_is_another_round(self):
        self.write_job("other", tags=["nightly"])
        self.hold_submits()
        first = self.hosts[0].start_run("usage", *HALF_YEAR)
        self.simulator.wait_for_held()
        second = self.hosts[1].start_run("--tag", "nightly")
        self.simulator.wait_for_held(2)
        self.let_go()
        self.assert_all_well([first.wait(), second.wait()])
        self.assertEqual(self.work("round, job, count(*)", "group by 1, 2 order by 1"), [("1", "usage", "6"), ("2", "other", "1")])

    def test_a_host_waits_until_the_others_are_done(self):
        self.write_job("usage", window=None)
        self.hold_submits()
        first = self.hosts[0].start_run()
        self.simulator.wait_for_held()
        second = self.hosts[1].start_run()
        self.database.wait_until("(select count(*) from tokenflex_etl.work_host) = 2")
        self.let_go()
        self.assert_all_well([first.wait(), second.wait()])
        self.assert_each_once(1)


class Snapshots(ShareCase):
    """Rows without a date: whichever host loads a window replaces the one of the night before."""

    simulator_settings = {"rows": 10}
    move_back = snapshots_test.SnapshotCase.move_back
    windows = snapshots_test.SnapshotCase.windows

    def test_of_two_contracts_are_the_last_nights(self):
        self.write_job("usage", contract=[CONTRACT, OTHER_CONTRACT], query=snapshots_test.QUERY, window=snapshots_test.WEEK)
        self.assert_all_well(self.run_together())
        self.move_back(1)
        self.assert_all_well(self.run_together())
        self.assertEqual(self.windows(), [(snapshots_test.days(-7, 0), 20)])
        self.assertEqual({host for (host,) in self.work("host", "where round = 2")}, {"one", "two"})


class Ended(ShareCase):
    """A host is gone, or is silent."""

    def start_one_and_hold(self, where, *arguments):
        """The first host is held there in its first chunk; the second has the rest and waits."""
        self.simulator.script({"on": where, "nth": 1, "hold": True})
        first = self.hosts[0].start_run(*HALF_YEAR, *arguments)
        self.simulator.wait_for_held()
        second = self.hosts[1].start_run(*HALF_YEAR, *arguments)
        self.wait_for_work("state = 'succeeded'", CHUNKS - 1)
        return first, second

    def test_what_a_killed_host_was_at_is_taken_over_with_its_query(self):
        first, second = self.start_one_and_hold("poll")
        first.signal(signal.SIGKILL)
        first.wait()
        self.let_go()
        self.expire(self.hosts[0])
        self.assert_all_well([second.wait()])
        self.assert_each_once()
        self.assert_whole()
        self.assertEqual(self.simulator.requests("submit"), CHUNKS)
        self.assertEqual(
            self.database.rows("select status, error_kind from tokenflex_etl.run where host = 'one'"), [("failed", "died")]
        )

    def test_the_run_of_a_killed_host_is_left_to_the_hosts_of_the_round(self):
        """A runner outside the share does not take it for one that nobody goes on with."""
        first, second = self.start_one_and_hold("poll")
        first.signal(signal.SIGKILL)
        first.wait()
        self.etl.write_job_text("alone.yaml", json.dumps({"contract": CONTRACT, "source": "contract", "query": {"dataset": "contracts"}}))
        self.etl.run_well("alone")
        of_the_first = "select status from tokenflex_etl.run where host = 'one' and status <> 'succeeded'"
        self.assertEqual(self.database.rows(of_the_first), [("running",)])
        self.let_go()
        self.expire(self.hosts[0])
        self.assert_all_well([second.wait()])

    def test_a_host_that_was_paused_past_its_lease_loads_nothing_of_what_was_taken_over(self):
        self.write_job("usage", window=MONTHS, page_size=100)
        first, second = self.start_one_and_hold("poll")
        first.signal(signal.SIGSTOP)
        self.let_go()
        self.expire(self.hosts[0])
        self.assert_all_well([second.wait()])
        self.simulator.reset_stats()
        before = self.database.rows("select ctid, xmin, _run_id from tokenflex.usage order by 1")
        first.signal(signal.SIGCONT)
        self.assert_all_well([first.wait()])
        self.assertEqual(self.database.rows("select ctid, xmin, _run_id from tokenflex.usage order by 1"), before)
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        self.assert_each_once()
        self.assert_whole()

    def test_a_host_that_was_paused_between_its_last_answer_and_the_load_loads_nothing(self):
        """Its last request has passed: only the load's own transaction can find out."""
        gate = self.open_session()
        self.hosts[1].run_well("--from", "2025-12-01", "--to", "2026-01-01")
        gate.execute(
            "select pg_advisory_lock(hashtextextended('tokenflex-etl tokenflex.usage 11000000001', 0));"
        )
        first = self.hosts[0].start_run("--from", FIRST, "--to", SECOND)
        first.wait_for_stderr("waiting for it")
        first.signal(signal.SIGSTOP)
        gate.execute("select pg_advisory_unlock_all();")
        self.expire(self.hosts[0])
        second = self.hosts[1].run_well("--from", FIRST, "--to", SECOND)
        self.assertEqual(second.one_run["rows_inserted"], 155)
        first.signal(signal.SIGCONT)
        self.assert_all_well([first.wait()])
        self.assertEqual(
            self.work("state, host, claim", "where round = 2"), [("succeeded", "two", "2")]
        )
        loads = f"select host from tokenflex_etl.run where status = 'succeeded' and window_start = '{FIRST}'"
        self.assertEqual(self.database.rows(loads), [("two",)])
        self.assert_whole(days=("--from", "2025-12-01", "--to", SECOND))

    def test_a_host_that_only_waits_keeps_its_lease(self):
        self.hold_submits()
        first = self.hosts[0].start_run(*HALF_YEAR)
        self.simulator.wait_for_held()
        self.wait_for_work("lease_until > claimed_at + interval '65 seconds'")
        self.let_go()
        self.assert_all_well([first.wait()])

    def test_what_a_stopped_host_was_at_is_returned(self):
        first, second = self.start_one_and_hold("poll")
        first.signal(signal.SIGTERM)
        self.assertEqual(first.wait().exit_code, 75)
        self.let_go()
        self.assert_all_well([second.wait()])
        self.assert_each_once()
        self.assertEqual(self.simulator.requests("submit"), CHUNKS)
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.work_host where left_at is null"), "0")

    def test_a_round_that_all_have_left_is_joined_by_the_next_start(self):
        self.simulator.script({"on": "submit", "nth": 4, "hold": True})
        first = self.hosts[0].start_run(*HALF_YEAR)
        self.simulator.wait_for_held()
        first.signal(signal.SIGTERM)
        self.assertEqual(first.wait().exit_code, 75)
        self.let_go()
        result = self.hosts[1].run_well(*HALF_YEAR)
        self.assertEqual(len(result.runs), 3)
        self.assert_each_once()
        self.assert_whole()


class Failed(ShareCase):
    def test_a_chunk_ends_every_host_with_its_exit_code(self):
        self.simulator.script({"on": "submit", "match": SECOND + "' AND", "times": -1, "status": 400})
        running = [host.start_run(*HALF_YEAR) for host in self.hosts]
        results = [one.wait() for one in running]
        self.assertEqual([result.exit_code for result in results], [78, 78])
        self.assertEqual([result.json["failed"] for result in results], [1, 1])
        for result in results:
            self.assertIn("400", " ".join(result.log("error")))
        self.assertEqual(self.states()["failed"], "1")

    def test_a_chunk_behind_it_is_not_begun(self):
        self.simulator.script({"on": "submit", "times": -1, "status": 400})
        result = self.hosts[0].run(*HALF_YEAR)
        self.assertEqual(result.exit_code, 78)
        self.assertEqual(self.states(), {"failed": "1", "not_begun": "5"})
        self.assertEqual(" ".join(result.log("error")).count("400"), 1, result.stderr)

    def test_what_one_host_cannot_reach_another_loads(self):
        self.hosts[0].write_settings({"auth": {"access_token": "wrong"}})
        self.hold_submits()
        first = self.hosts[0].start_run(*HALF_YEAR)
        self.simulator.wait_for_held()
        second = self.hosts[1].start_run(*HALF_YEAR)
        self.simulator.wait_for_held(2)
        self.let_go()
        self.assert_all_well([first.wait(), second.wait()])
        self.assert_each_once()
        self.assert_whole()

    def test_without_another_host_it_has_failed(self):
        self.hosts[0].write_settings({"auth": {"access_token": "wrong"}})
        self.assertEqual(self.hosts[0].run(*HALF_YEAR).exit_code, 77)
        self.assertEqual(self.states(), {"failed": "1", "not_begun": "5"})


class Unlike(ShareCase):
    """Hosts that differ do not mix."""

    def start_first(self):
        self.hold_submits()
        first = self.hosts[0].start_run(*HALF_YEAR)
        self.simulator.wait_for_held()
        return first

    def assert_refused(self, *words):
        first = self.start_first()
        self.assert_failed(self.hosts[1].run(*HALF_YEAR), 78, "share night, round 1", "host one", *words)
        self.let_go()
        self.assert_all_well([first.wait()])
        self.assert_each_once()

    def test_another_definition_of_a_job_is_refused_by_name(self):
        self.hosts[1].write_job("usage", window=MONTHS, query={"where": "productName <> 'x'"})
        self.assert_refused("job usage")

    def test_a_job_more_is_refused_by_name(self):
        self.hosts[1].write_job("more", window=MONTHS)
        self.assert_refused("job more")

    def test_a_job_less_is_refused_by_name(self):
        self.write_job("more", window=MONTHS)
        (self.hosts[1].jobs / "more.yaml").unlink()
        first = self.start_first()
        self.assert_failed(self.hosts[1].run(*HALF_YEAR), 78, "job more")
        self.let_go()
        self.assert_all_well([first.wait()])

    def test_another_schema_is_refused_by_name(self):
        self.hosts[1].write_settings({"database": {"schema": "elsewhere"}})
        self.assert_refused("database.schema")

    def test_another_revision_of_the_program_is_refused_by_name(self):
        version = self.etl.call("--version").stdout.splitlines()[0].removeprefix("tokenflex-etl ")
        first = self.start_first()
        other = f"update tokenflex_etl.work_round set facts = array_replace(facts, E'the program\t{version}', E'the program\t1')"
        self.database.execute(other)
        self.assert_failed(self.hosts[1].run(*HALF_YEAR), 78, "the program differs")
        self.let_go()
        self.assert_all_well([first.wait()])

    def test_comments_are_no_difference(self):
        text = (self.hosts[1].jobs / "usage.yaml").read_text(encoding="utf-8")
        self.hosts[1].write_job_text("usage.yaml", "# By hand.\n" + text)
        self.assert_all_well(self.run_together(*HALF_YEAR))
        self.assert_each_once()

    def test_a_round_that_nobody_is_at_does_not_stand_in_the_way(self):
        first = self.start_first()
        first.signal(signal.SIGTERM)
        first.wait()
        self.let_go()
        self.hosts[1].write_job("more", window=MONTHS)
        self.hosts[1].run_well(*HALF_YEAR)
        self.assertEqual(self.work("round, state, count(*)", "group by 1, 2 order by 1, 2"),
                         [("1", "not_begun", "6"), ("2", "succeeded", "12")])


class Once(ShareCase):
    """What a round asks for once, whatever the number of hosts."""

    def test_contracts_are_listed(self):
        self.write_job("usage", contract="active")
        self.assert_all_well(self.run_together())
        self.assertEqual(self.simulator.requests("contract"), 1)
        self.assertEqual(set(self.work("state", "")), {("succeeded",)})
        self.assertEqual(self.database.value("select sum(requests) from tokenflex_etl.run"), str(self.simulator.stats["budgeted"]))

    def test_what_has_moved_is_asked_for_and_what_has_not_is_skipped_on_every_host(self):
        body = json.dumps(QUIET)
        self.simulator.script({"on": "last", "times": -1, "status": 200, "body": body})
        for name in ("first", "second"):
            self.write_job(name, **DESKTOP)
        for host in self.hosts:
            host.run_well("first", "second")
        self.assertEqual(self.simulator.requests("last"), 2)
        self.assertEqual(self.states(), {"succeeded": "2", "skipped": "2"})
        self.assertEqual(self.simulator.requests("submit"), 2)

    def test_the_service_totals_are_asked_for(self):
        self.write_job("usage", reconcile="auto", window=MONTHS)
        self.write_job("other", reconcile="auto", window=MONTHS)
        self.assert_all_well(self.run_together(*HALF_YEAR))
        self.assertEqual(self.simulator.requests("summary"), 1)


class Appended(ShareCase):
    def test_rows_of_a_chunk_that_was_taken_over_are_appended_once(self):
        self.write_job("usage", window=MONTHS, target={"mode": "append"})
        self.simulator.script({"on": "poll", "nth": 1, "hold": True})
        first = self.hosts[0].start_run(*HALF_YEAR)
        self.simulator.wait_for_held()
        first.signal(signal.SIGSTOP)
        self.let_go()
        second = self.hosts[1].start_run(*HALF_YEAR)
        self.wait_for_work("state = 'succeeded'", CHUNKS - 1)
        self.expire(self.hosts[0])
        self.assert_all_well([second.wait()])
        first.signal(signal.SIGCONT)
        self.assert_all_well([first.wait()])
        self.assert_each_once()
        self.assert_whole()


class Away(ShareCase):
    """The database restarts while hosts are at work."""

    def test_a_database_that_comes_back_is_worked_with_again(self):
        self.write_settings({"api": {"retries": 100}})
        self.hold_submits()
        running = [host.start_run(*HALF_YEAR) for host in self.hosts]
        self.simulator.wait_for_held(2)
        self.restart_database(running, self.let_go)


class Nights(ShareCase):
    def age(self, hours):
        self.database.execute(f"update tokenflex_etl.work_round set opened_at = opened_at - interval '{hours} hours', today = today - 1")

    def start_first(self):
        self.write_job("usage", window={**MONTHS, "last": "3 days"})
        self.hold_submits()
        first = self.hosts[0].start_run()
        self.simulator.wait_for_held()
        return first

    def test_a_night_that_is_not_over_is_left_to_its_hosts_by_the_next(self):
        first = self.start_first()
        self.age(24)
        second = self.hosts[1].start_run()
        self.simulator.wait_for_held(2)
        self.assertEqual(self.database.rows("select round, closed_at is null from tokenflex_etl.work_round order by 1"),
                         [("1", "t"), ("2", "t")])
        self.let_go()
        self.assert_all_well([first.wait(), second.wait()])

    def test_a_start_after_midnight_joins_the_round_from_before(self):
        first = self.start_first()
        self.age(1)
        second = self.hosts[1].start_run()
        self.database.wait_until("(select count(*) from tokenflex_etl.work_host) = 2")
        self.let_go()
        self.assert_all_well([first.wait(), second.wait()])
        self.assertEqual(self.work("distinct round", ""), [("1",)])

    def test_a_night_that_all_have_left_is_given_up_by_the_next(self):
        first = self.start_first()
        first.signal(signal.SIGTERM)
        first.wait()
        self.let_go()
        self.age(24)
        self.hosts[1].run_well()
        self.assertEqual(self.work("distinct round, state", "order by 1"), [("1", "not_begun"), ("2", "succeeded")])


class Shown(ShareCase):
    """Who works on what, to people and to scripts."""

    def setUp(self):
        super().setUp()
        self.hold_submits()
        self.running = []
        for host in self.hosts:
            self.running.append(host.start_run(*HALF_YEAR))
            self.simulator.wait_for_held(len(self.running))

    def tearDown(self):
        self.let_go()
        self.assert_all_well([one.wait() for one in self.running])
        super().tearDown()

    def call(self, *arguments):
        result = self.hosts[0].call(*self.hosts[0].command(*arguments))
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result

    def assert_shown(self, share):
        (round,) = share["rounds"]
        self.assertEqual((share["name"], round["round"], round["task"]), ("night", 1, "run --from 2026-01-01 --to 2026-07-01"))
        self.assertEqual([host.split()[0] for host in round["hosts"]], ["one", "two"])
        self.assertEqual((round["chunks"]["running"], round["chunks"]["waiting"]), (2, 4))
        self.assertEqual(
            [(work["job"], work["window_start"], work["state"], work["host"]) for work in round["work"]],
            [("usage", FIRST, "running", "one"), ("usage", SECOND, "running", "two")],
        )

    def test_by_status(self):
        status = self.call("--output", "json", "status").json
        self.assert_shown(status["share"])
        self.assertEqual(status["jobs"][0]["last_status"], "running")
        text = " ".join(self.call("status").stdout.split())
        self.assertIn("Share night, round 1 (run --from 2026-01-01 --to 2026-07-01), opened", text)
        self.assertIn("0 of 6 chunks done, 2 at work, 4 waiting.", text)
        self.assertIn("usage 11000000001 2026-02-01..2026-03-01 running two", text)

    def test_by_plan(self):
        self.assert_shown(self.call("--output", "json", "plan", *HALF_YEAR).json["share"])
        self.assertIn("Share night, round 1", self.call("plan", *HALF_YEAR).stdout)
        self.assertEqual(self.call("--output", "json", "plan").json["share"]["rounds"], [])


class Overtaken(ShareCase):
    """Under the lock an answer is not loaded that was asked for before one that is loaded by now."""

    def test_answer_is_asked_for_again(self):
        """A backfill has its answer when the night loads newer figures of the same days."""
        self.write_settings({"run": {"parallel_jobs": 1}})
        self.write_job("usage", window={**MONTHS, "until": "2026-02-01"})
        self.hosts[1].run_well("--from", "2025-12-01", "--to", FIRST)
        gate = self.open_session()
        gate.execute("select pg_advisory_lock(hashtextextended('tokenflex-etl tokenflex.usage 11000000001', 0));")
        first = self.hosts[0].start_run("--from", FIRST, "--to", SECOND)
        first.wait_for_stderr("waiting for it")
        first.signal(signal.SIGSTOP)
        gate.execute("select pg_advisory_unlock_all();")
        self.simulator.restate(every=1)
        self.hosts[1].run_well()
        self.simulator.reset_stats()
        first.signal(signal.SIGCONT)
        result = first.wait()
        self.assert_all_well([result])
        self.assertIn("has loaded days of the window from an answer that was requested later", result.stderr)
        self.assertEqual(self.simulator.requests("submit"), 1)
        self.assertEqual(result.one_run["rows_updated"], 0)


if __name__ == "__main__":
    main()
