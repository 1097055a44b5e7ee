"""Staying logged in: the refresh token works once, and must never be lost."""

import fcntl
import os
import signal
import stat

from harness import LoginTestCase, main


class TokenFile(LoginTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.log_in()
        self.etl.write_job()

    def mode(self, path):
        return stat.S_IMODE(path.stat().st_mode)

    def test_is_for_its_owner_alone(self):
        self.assertEqual((self.mode(self.token_file), self.mode(self.token_file.parent)), (0o600, 0o700))

    def test_stays_so_when_it_is_replaced(self):
        self.revoke(access=True)
        self.etl.run_well()
        self.assertEqual(self.mode(self.token_file), 0o600)

    def test_leaves_nothing_else_behind_that_holds_a_token(self):
        self.revoke(access=True)
        self.etl.run_well()
        tokens = [self.stored()["refresh_token"], self.stored()["access_token"]]
        for path in self.token_file.parent.iterdir():
            self.assertTrue(path == self.token_file or not any(token in path.read_text() for token in tokens), path)

    def test_that_others_can_read_is_refused(self):
        for mode in (0o640, 0o604, 0o660):
            with self.subTest(oct(mode)):
                self.token_file.chmod(mode)
                self.assert_failed(self.etl.run(), 77, f"{mode:04o}", "chmod 600")
                self.assert_failed(self.auth("status"), 77, f"{mode:04o}")

    def test_that_is_none_is_refused(self):
        for text in ("", "{}", '{"client_id":"sim-client"', "[]"):
            with self.subTest(text):
                self.token_file.write_text(text)
                self.assert_failed(self.etl.run(), 77, str(self.token_file), "auth login")

    def test_of_another_client_is_refused(self):
        self.etl.write_settings({"auth": {"client_id": "sim-public", "client_secret": None}})
        self.assert_failed(self.etl.run(), 77, "sim-client", "sim-public")


class Run(LoginTestCase):
    """Twenty pages."""

    simulator_settings = {"rows": 2000}

    def setUp(self):
        super().setUp()
        self.etl.write_job(page_size=100)

    def test_without_a_login_says_how_to_get_one(self):
        self.assert_failed(self.etl.run(), 77, "auth login")
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_takes_the_access_token_that_is_there(self):
        self.log_in()
        before = self.stored()
        self.etl.run_well()
        self.assertEqual((self.stored(), self.simulator.stats["refresh_used"]), (before, 0))

    def test_stores_the_refresh_token_that_takes_the_place_of_the_old_one(self):
        self.log_in()
        before = self.stored()
        for used in (1, 2):
            self.revoke(access=True)
            self.etl.run_well()
            self.assertEqual(self.simulator.stats["refresh_used"], used)
        self.assertNotEqual(self.stored()["refresh_token"], before["refresh_token"])
        self.assertEqual(self.simulator.stats["refresh_reused"], 0)

    def test_refreshes_a_token_that_has_ended_before_it_asks(self):
        self.log_in()
        self.change_stored(access_from_ms=1, access_until_ms=2)
        self.etl.run_well()
        self.assertEqual((self.simulator.stats["refresh_used"], self.simulator.stats["unauthorized"]), (1, 0))

    def test_refreshes_although_another_process_has_left_a_token_that_is_refused_too(self):
        self.log_in()
        self.simulator.script({"on": "page", "nth": 5, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.change_stored(access_token="of another process")
        self.revoke(access=True)
        self.simulator.release()
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual((self.simulator.stats["refresh_used"], self.simulator.requests("submit")), (1, 1))

    def test_refreshes_once_when_the_token_is_revoked_while_paging(self):
        self.log_in()
        self.simulator.script({"on": "page", "nth": 5, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.revoke(access=True)
        self.simulator.release()
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual((self.simulator.stats["refresh_used"], self.simulator.requests("submit")), (1, 1))
        stats = self.simulator.stats
        self.assertEqual(result.one_run["requests"], stats["budgeted"] + stats["unauthorized"])
        self.assert_all_rows_arrived()

    def test_with_a_refresh_token_that_the_service_has_forgotten_says_what_to_do(self):
        self.log_in()
        self.revoke(access=True, refresh=True)
        self.assert_failed(self.etl.run(), 77, "refresh token", "auth login")

    def test_whose_refresh_was_answered_and_not_stored_says_what_to_do(self):
        self.log_in()
        self.revoke(access=True)
        self.simulator.script({"on": "token", "nth": 1, "close": "after"})
        self.assert_failed(self.etl.run(), 77, "auth login")

    def test_whose_refresh_never_arrived_asks_again(self):
        self.log_in()
        self.revoke(access=True)
        self.simulator.script({"on": "token", "nth": 1, "close": "before"})
        self.etl.run_well()
        self.assertEqual(self.simulator.stats["refresh_reused"], 0)

    def test_with_a_refresh_token_that_is_refused_does_not_send_it_each_night(self):
        self.log_in()
        self.revoke(access=True, refresh=True)
        self.assert_failed(self.etl.run(), 77, "refresh token", "auth login")
        self.simulator.reset_stats()
        self.assert_failed(self.etl.run(), 77, "has refused the refresh token", "auth login")
        self.assertEqual(self.simulator.requests("token"), 0)
        self.assert_failed(self.auth("status"), 77, "has refused its refresh token")
        self.log_in()
        self.etl.run_well()

    def test_of_an_application_without_the_product_says_what_to_click(self):
        self.log_in()
        body = '{"errorCode":"AUTH-001","developerMessage":"The client_id has no access to the api product"}'
        self.simulator.script({"on": "submit", "nth": 1, "status": 403, "body": body})
        self.assert_failed(self.etl.run(), 77, "AUTH-001", "Token Flex Usage Data API", "sim-client")


class RunWithTokenFile(LoginTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job()

    def test_that_finds_a_directory_named_like_the_next_file_keeps_the_login(self):
        self.log_in()
        (self.token_file.parent / "token.json.new").mkdir()
        for used in (1, 2):
            self.revoke(access=True)
            self.etl.run_well()
            self.assertEqual(self.simulator.stats["refresh_used"], used)

    def test_follows_links_to_the_token_file(self):
        self.log_in()
        link = self.etl.directory / "link.json"
        link.symlink_to(self.token_file)
        for path in (link, self.token_file):
            self.etl.write_settings({"auth": {"token_file": str(path)}})
            self.revoke(access=True)
            self.etl.run_well()
        self.assertTrue(link.is_symlink())
        self.assertEqual(self.simulator.stats["refresh_reused"], 0)

    def test_with_a_fifo_as_token_file_is_refused_at_once(self):
        self.log_in()
        self.token_file.unlink()
        os.mkfifo(self.token_file, 0o600)
        self.assert_failed(self.etl.run(), 77, "is a FIFO")


class Timeout(LoginTestCase):
    simulator_settings = {"rows": 10}

    def test_bounds_the_wait_for_another_process_that_holds_the_token_file(self):
        self.log_in()
        self.revoke(access=True)
        self.change_stored(access_from_ms=1, access_until_ms=2)
        self.etl.write_job(timeout="15s")
        with open(f"{self.token_file}.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assert_failed(self.etl.run(), 75, "another process has locked")
        self.etl.run_well()


class FourProcesses(LoginTestCase):
    """That start together with one refresh token, and access tokens that live two seconds of the nearly three a run takes."""

    simulator_settings = {"rows": 600, "latency_ms": 200, "query_ms": 1500}

    def test_never_use_a_refresh_token_twice(self):
        names = ["one", "two", "three", "four"]
        for name in names:
            self.etl.write_job(name, page_size=100)
        self.log_in()
        self.etl.call(*self.etl.command("init"))
        self.simulator.config(access_lifetime_ms=2000)
        self.revoke(access=True)
        self.simulator.reset_stats()
        running = [self.etl.start_run(name) for name in names]
        results = [one.wait() for one in running]
        self.assertEqual([result.exit_code for result in results], [0] * 4, results)
        stats = self.simulator.stats
        self.assertEqual((stats["refresh_reused"], stats["requests"]["token"]), (0, stats["refresh_used"]))
        self.assertGreaterEqual(stats["refresh_used"], 2)
        for name in names:
            self.assertEqual(self.database.count(f"tokenflex.{name}"), 600)
        # What is stored works: the next run lives on it.
        self.simulator.config(latency_ms=0, query_ms=0, access_lifetime_ms=3599000)
        self.database.execute("update tokenflex_etl.run set ready_ms = null")
        self.revoke(access=True)
        self.etl.run_well("one")


class Killed(LoginTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.log_in()
        self.revoke(access=True)
        self.simulator.script({"on": "token", "nth": 1, "hold": True})
        self.before = self.stored()
        self.running = self.etl.start_run()
        self.simulator.wait_for_held()

    def test_while_it_refreshes_leaves_the_login_whole(self):
        self.running.signal(signal.SIGKILL)
        self.running.wait()
        self.assertEqual(self.stored(), self.before)

    def test_before_the_service_has_heard_of_it_leaves_a_token_that_works(self):
        self.running.signal(signal.SIGKILL)
        self.running.wait()
        self.etl.run_well()
        self.assertNotEqual(self.stored(), self.before)

    def test_after_the_service_has_answered_says_that_a_login_is_needed(self):
        self.running.signal(signal.SIGKILL)
        self.running.wait()
        self.simulator.release()
        self.simulator.wait_for("token", 2)
        self.assert_failed(self.etl.run(), 77, "auth login")

    def test_while_another_waits_for_it_lets_that_one_refresh(self):
        self.etl.write_job("other")
        waiting = self.etl.start_run("other")
        self.database.wait_until("exists (select from tokenflex_etl.run where job = 'other')")
        self.running.signal(signal.SIGKILL)
        self.running.wait()
        self.assertEqual(waiting.wait().exit_code, 0)

    def test_softly_ends_within_five_seconds(self):
        self.running.signal(signal.SIGTERM)
        self.assertEqual(self.running.wait().exit_code, 75)
        self.stored()

    def test_softly_does_not_lose_the_answer_that_is_on_its_way(self):
        self.running.signal(signal.SIGTERM)
        self.simulator.release()
        self.assertEqual(self.running.wait().exit_code, 75)
        self.simulator.wait_for("token", 2)
        self.etl.run_well()


if __name__ == "__main__":
    main()
