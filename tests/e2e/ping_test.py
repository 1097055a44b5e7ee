"""run.ping_url: a receiver in the way of healthchecks services is told how runs go, and never harms one."""

import signal
import socket

from harness import EtlTestCase, Receiver, cases, main

SECRET = "0b1c2d3e-secret-of-the-url"


class PingCase(EtlTestCase):
    simulator_settings = {"rows": 20, "polls": 0}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")

    def receive(self, *statuses, path=f"/{SECRET}"):
        receiver = Receiver(*statuses)
        self.addCleanup(receiver.close)
        self.etl.write_settings({"run": {"ping_url": receiver.url + path}})
        return receiver

    def assert_warned(self, result, *warnings):
        """These warnings and no other, and nothing of the URL but its host."""
        warned = result.log("warn")
        self.assertEqual(len(warned), len(warnings), result.stderr)
        for line, words in zip(warned, warnings):
            self.assertIn(words, line)
        self.assertNotIn(SECRET, result.stdout + result.stderr)

    def assert_loaded(self, result):
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual(result.one_run["rows_read"], 20)


class RunThatSucceeds(PingCase):
    def test_tells_its_start_and_its_success(self):
        receiver = self.receive()
        result = self.etl.run("usage")
        self.assert_loaded(result)
        self.assert_warned(result)
        start, end = receiver.pings
        self.assertEqual((start.method, start.path, start.body), ("POST", f"/{SECRET}/start", ""))
        self.assertEqual((end.method, end.path), ("POST", f"/{SECRET}"))
        self.assertRegex(end.body, r"\Aexit code 0 after \d+\.\d s\n1 of 1 succeeded, 2 requests\n\Z")
        self.assertEqual(end.headers["Content-Type"], "text/plain; charset=utf-8")

    def test_sends_no_token_and_says_who_it_is(self):
        receiver = self.receive()
        self.etl.run_well()
        for ping in receiver.pings:
            self.assertNotIn("Authorization", ping.headers)
            self.assertTrue(ping.headers["User-Agent"].startswith("tokenflex-etl/"))

    def test_tells_its_start_while_it_works(self):
        receiver = self.receive()
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        receiver.wait_for(1)
        self.assertEqual(receiver.paths, [f"/{SECRET}/start"])
        self.simulator.release()
        self.assert_loaded(running.wait())
        self.assertEqual(receiver.paths, [f"/{SECRET}/start", f"/{SECRET}"])

    def test_keeps_the_query_of_the_url_behind_what_it_adds(self):
        receiver = self.receive(path=f"/key/{SECRET}?create=1")
        self.etl.run_well()
        self.assertEqual(receiver.paths, [f"/key/{SECRET}/start?create=1", f"/key/{SECRET}?create=1"])

    def test_takes_the_url_from_the_environment(self):
        receiver = self.receive()
        self.etl.write_settings({"run": {"ping_url": "${PING_URL:-}"}})
        self.etl.run_well()
        self.assertEqual(receiver.paths, [])
        self.etl.environment["PING_URL"] = f"{receiver.url}/{SECRET}"
        self.etl.run_well()
        self.assertEqual(receiver.paths, [f"/{SECRET}/start", f"/{SECRET}"])


class RunThatFails(PingCase):
    def test_tells_its_exit_code_and_what_failed(self):
        receiver = self.receive()
        self.simulator.script({"on": "submit", "status": 403})
        result = self.etl.run()
        self.assertEqual(result.exit_code, 77)
        self.assertEqual(receiver.paths, [f"/{SECRET}/start", f"/{SECRET}/77"])
        self.assertIn("exit code 77 after", receiver.pings[1].body)
        self.assertIn("0 of 1 succeeded, 1 request\n", receiver.pings[1].body)
        self.assertRegex(receiver.pings[1].body, r"\nusage 11000000001: .*\(403\)")

    def test_tells_nothing_secret_at_debug(self):
        receiver = self.receive()
        self.simulator.script({"on": "any", "times": -1, "status": 401})
        result = self.etl.call(*self.etl.command("--log-level", "debug", "run"))
        self.assertEqual(result.exit_code, 77)
        for secret in (SECRET, "test-access-token"):
            self.assertNotIn(secret, result.stdout + result.stderr)
            self.assertNotIn(secret, receiver.pings[1].body)
        self.assertIn(f"POST {receiver.url}: 200", result.stderr)

    def test_tells_so_without_a_database(self):
        receiver = self.receive()
        self.etl.environment["PGHOST"] = "/nowhere"
        self.assertEqual(self.etl.run().exit_code, 69)
        self.assertEqual(receiver.paths, [f"/{SECRET}/start", f"/{SECRET}/69"])
        self.assertIn("PostgreSQL", receiver.pings[1].body)

    def test_tells_of_settings_that_are_wrong(self):
        receiver = self.receive()
        self.etl.write_settings({"run": {"parallel_jobs": "many"}})
        self.assertEqual(self.etl.run().exit_code, 78)
        self.assertEqual(receiver.paths, [f"/{SECRET}/start", f"/{SECRET}/78"])
        self.assertIn("the settings have errors\n", receiver.pings[1].body)

    def test_tells_of_job_files_that_are_wrong(self):
        receiver = self.receive()
        self.etl.write_job_text("broken.yaml", "query: []\n")
        self.assertEqual(self.etl.run().exit_code, 78)
        self.assertEqual(receiver.paths[1], f"/{SECRET}/78")
        self.assertIn("1 of 1 succeeded", receiver.pings[1].body)
        self.assertIn("1 job files have errors", receiver.pings[1].body)

    def test_tells_of_a_tag_that_no_job_has(self):
        receiver = self.receive()
        self.assertEqual(self.etl.run("--tag", "nightly").exit_code, 64)
        self.assertEqual(receiver.paths[1], f"/{SECRET}/64")
        self.assertIn("no enabled job has the tag `nightly`\n", receiver.pings[1].body)


class ReceiverThatFails(PingCase):
    def test_for_a_moment_is_asked_again(self):
        receiver = self.receive(200, 503, 200)
        result = self.etl.run()
        self.assert_loaded(result)
        self.assert_warned(result)
        self.assertEqual(receiver.paths, [f"/{SECRET}/start", f"/{SECRET}", f"/{SECRET}"])

    def test_for_good_is_a_warning(self):
        receiver = self.receive(500)
        result = self.etl.run()
        self.assert_loaded(result)
        self.assert_warned(result, "the run's start: 127.0.0.1 answers 500", "the run's end: 127.0.0.1 answers 500")
        self.assertEqual(receiver.paths, [f"/{SECRET}/start"] + 3 * [f"/{SECRET}"])

    def test_to_know_the_url_is_a_warning_and_not_asked_again(self):
        receiver = self.receive(404)
        result = self.etl.run()
        self.assert_loaded(result)
        self.assert_warned(result, "the run's start: 127.0.0.1 answers 404", "the run's end: 127.0.0.1 answers 404")
        self.assertEqual(len(receiver.pings), 2)

    def test_with_a_redirect_is_a_warning(self):
        receiver = self.receive(302)
        result = self.etl.run()
        self.assert_loaded(result)
        self.assert_warned(result, "answers 302", "answers 302")
        self.assertEqual(len(receiver.pings), 2)

    def test_to_be_there_is_a_warning(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
            self.etl.write_settings({"run": {"ping_url": f"http://127.0.0.1:{port}/{SECRET}"}})
            result = self.etl.run()
        self.assert_loaded(result)
        words = f"POST http://127.0.0.1:{port}: "
        self.assert_warned(result, f"the run's start: {words}", f"the run's end: {words}")

    def test_to_answer_the_start_holds_up_no_job(self):
        """It answers only when the job is at work, and that is not too late for it."""
        receiver = self.receive(Receiver.HELD)
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        receiver.release()
        self.simulator.release()
        result = running.wait()
        self.assert_loaded(result)
        self.assert_warned(result)
        self.assertEqual(receiver.paths, [f"/{SECRET}/start", f"/{SECRET}"])

    def test_to_answer_is_given_up(self):
        self.receive(None)
        result = self.etl.run()
        self.assert_loaded(result)
        self.assert_warned(result, "the run's start: ", "the run's end: ")


@cases({"sigterm": signal.SIGTERM, "sigint": signal.SIGINT})
class RunThatIsStopped(PingCase):
    def check(self, number):
        receiver = self.receive()
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        receiver.wait_for(1)
        running.signal(number)
        result = running.wait()
        self.assertEqual(result.exit_code, 75)
        self.assert_warned(result)
        self.assertEqual(receiver.paths, [f"/{SECRET}/start", f"/{SECRET}/75"])
        self.assertIn(f"stopped by {number.name}", receiver.pings[1].body)


class StoppedRun(PingCase):
    def stop_run(self):
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        return running

    def assert_ends_in_time(self, running):
        running.signal(signal.SIGTERM)
        result = running.wait()
        self.assertEqual(result.exit_code, 75)
        return result

    def test_ends_in_time_where_the_receiver_does_not_answer(self):
        self.receive(200, None)
        result = self.assert_ends_in_time(self.stop_run())
        self.assert_warned(result, "the run's end: ")

    def test_ends_in_time_where_the_receiver_did_not_answer_the_start_either(self):
        receiver = self.receive(None)
        running = self.stop_run()
        receiver.wait_for(1)
        self.assert_ends_in_time(running)

    def test_ends_in_time_when_it_is_stopped_in_its_ping(self):
        receiver = self.receive(200, None)
        running = self.etl.start_run()
        receiver.wait_for(2)
        running.signal(signal.SIGTERM)
        result = running.wait()
        self.assert_loaded(result)


if __name__ == "__main__":
    main()
