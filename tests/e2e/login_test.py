"""Logging in once, and staying logged in: the refresh token works once, and must never be lost."""

import fcntl
import os
import signal
import stat
import time
import urllib.parse

from harness import CONFIDENTIAL, PUBLIC, LoginTestCase, cases, main

DAY_MS = 86400000


def with_parameter(address, name, value):
    """The address with another value of one of its parameters."""
    parts = urllib.parse.urlsplit(address)
    parameters = {**dict(urllib.parse.parse_qsl(parts.query)), name: value}
    return parts._replace(query=urllib.parse.urlencode(parameters)).geturl()


@cases({"of_a_confidential_client": CONFIDENTIAL, "of_a_public_client": PUBLIC})
class Login(LoginTestCase):
    """By the listener, which the browser comes back to; used at once for a run."""

    simulator_settings = {"rows": 10}

    def check(self, client):
        self.etl.write_settings({"auth": client})
        running, address = self.start_login()
        self.assertEqual(self.browse(self.visit(address))[0], 200)
        result = running.wait()
        self.assertEqual((result.exit_code, result.log("error")), (0, []))
        self.assertIn("Logged in", result.stderr)
        self.assertEqual(self.simulator.requests("token"), 1)
        self.etl.write_job()
        self.etl.run_well()
        self.assertEqual(self.simulator.requests("token"), 1)
        self.assert_all_rows_arrived()


@cases({"of_a_confidential_client": CONFIDENTIAL, "of_a_public_client": PUBLIC})
class LoginWithoutBrowser(LoginTestCase):
    """The address that the browser could not reach is pasted."""

    def check(self, client):
        self.etl.write_settings({"auth": client})
        self.log_in()
        self.assertEqual(self.stored()["client_id"], client["client_id"])


class Address(LoginTestCase):
    """What the login page is asked for."""

    def ask(self, *options):
        _, address = self.start_login("--no-browser", *options)
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))

    def test_has_pkce_and_state(self):
        one, other = self.ask(), self.ask()
        self.assertEqual(one["response_type"], "code")
        self.assertEqual(one["code_challenge_method"], "S256")
        for secret in ("code_challenge", "state"):
            self.assertGreaterEqual(len(one[secret]), 43)
            self.assertNotEqual(one[secret], other[secret])

    def test_asks_for_the_scopes_of_the_settings(self):
        self.assertEqual(self.ask()["scope"], "data:read data:write")
        self.etl.write_settings({"auth": {"scopes": ["data:read"]}})
        self.assertEqual(self.ask()["scope"], "data:read")

    def test_comes_back_to_the_port_that_is_given(self):
        self.assertEqual(urllib.parse.urlsplit(self.ask("--port", "8123")["redirect_uri"]).netloc, "127.0.0.1:8123")


class LoginRefused(LoginTestCase):
    def assert_refused(self, running, *words):
        self.assert_failed(running.wait(), 77, *words)
        self.assertFalse(self.has_login())

    def paste(self, change):
        running, address = self.start_login("--no-browser")
        running.type(change(self.visit(address)) + "\n")
        return running

    def test_for_another_state(self):
        running = self.paste(lambda place: with_parameter(place, "state", "0" * 43))
        self.assert_refused(running, "state")
        self.assertEqual(self.simulator.requests("token"), 0)

    def test_for_another_state_at_the_listener(self):
        running, address = self.start_login()
        self.browse(with_parameter(self.visit(address), "state", "0" * 43))
        self.assert_refused(running, "state")
        self.assertEqual(self.simulator.requests("token"), 0)

    def test_where_consent_is_denied(self):
        self.simulator.config(consent="deny")
        self.assert_refused(self.paste(lambda place: place), "access_denied")
        self.assertEqual(self.simulator.requests("token"), 0)

    def test_where_consent_is_denied_in_the_browser(self):
        self.simulator.config(consent="deny")
        running, address = self.start_login()
        self.browse(self.visit(address))
        self.assert_refused(running, "access_denied")

    def test_for_a_code_that_is_none(self):
        self.assert_refused(self.paste(lambda place: with_parameter(place, "code", "other")), "code")

    def test_for_an_address_that_is_none(self):
        self.assert_refused(self.paste(lambda _: "yes"), "is not an address")
        self.assertEqual(self.simulator.requests("token"), 0)

    def test_where_nothing_is_pasted(self):
        running, _ = self.start_login("--no-browser")
        running.type("")
        self.assert_refused(running, "pasted")

    def test_for_a_client_secret_that_is_wrong(self):
        self.etl.write_settings({"auth": {"client_secret": "other"}})
        self.assert_refused(self.paste(lambda place: place), "client_secret")

    def test_without_a_client(self):
        self.etl.write_settings({"auth": {"client_id": None, "client_secret": None}})
        self.assert_failed(self.auth("login"), 78, "client_id")

    def test_where_the_settings_want_no_login(self):
        self.etl.write_settings({"auth": {"flow": "client_credentials"}})
        self.assert_failed(self.auth("login"), 78, "auth.flow")

    def test_stops_when_told(self):
        running, _ = self.start_login()
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().exit_code, 75)


class Listener(LoginTestCase):
    def test_is_not_disturbed_by_other_requests(self):
        running, address = self.start_login()
        place = self.visit(address)
        self.assertEqual(self.browse(urllib.parse.urljoin(place, "/favicon.ico"))[0], 404)
        self.browse(place)
        self.assertEqual(running.wait().exit_code, 0)

    def test_whose_port_is_taken_says_so(self):
        self.assert_failed(
            self.auth("login", "--port", str(self.simulator.port)), 69, str(self.simulator.port), "--no-browser"
        )


class AuthUsage(LoginTestCase):
    def test_without_what_is_an_error(self):
        self.assert_failed(self.auth(), 64, "login, status or logout")

    def test_of_what_there_is_not_is_an_error(self):
        self.assert_failed(self.auth("forget"), 64, "login, status or logout")


class Status(LoginTestCase):
    absence = "there is no token file"

    def status(self, *options):
        return self.etl.call(*self.etl.command(*options, "auth", "status"))

    def test_says_that_nobody_is_logged_in(self):
        result = self.status()
        self.assert_failed(result, 77, "auth login")
        self.assertIn(self.absence, result.error)

    def test_in_json_says_that_nobody_is_logged_in(self):
        result = self.status("--output", "json")
        self.assertEqual((result.exit_code, result.json["logged_in"]), (77, False))

    def test_says_who_and_until_when(self):
        self.log_in()
        self.change_stored(refresh_from_ms=4070908800000, access_until_ms=4070912400000)  # 2099-01-01, an hour more
        result = self.status()
        self.assertEqual((result.exit_code, result.log("warn")), (0, []))
        for word in ("sim-client", "data:read data:write", "2099-01-01T01:00:00", "2099-01-16T00:00:00"):
            self.assertIn(word, result.stdout)

    def test_in_json_says_who_and_until_when(self):
        self.log_in()
        self.change_stored(refresh_from_ms=4070908800000, access_until_ms=4070912400000)
        status = self.status("--output", "json").json
        self.assertEqual(
            (status["logged_in"], status["client_id"], status["scopes"]), (True, "sim-client", "data:read data:write")
        )
        self.assertEqual(status["access_token_until"][:19], "2099-01-01T01:00:00")
        self.assertEqual(status["refresh_token_until"][:19], "2099-01-16T00:00:00")

    def test_warns_of_less_than_three_days(self):
        self.log_in()
        self.change_stored(refresh_from_ms=int(time.time() * 1000) - 13 * DAY_MS)
        result = self.status()
        self.assertEqual(result.exit_code, 0)
        (warning,) = result.log("warn")
        self.assertIn("2.0 days", warning)

    def test_does_not_warn_of_more_than_three_days(self):
        self.log_in()
        self.change_stored(refresh_from_ms=int(time.time() * 1000) - 11 * DAY_MS)
        self.assertEqual(self.status().log("warn"), [])

    def test_of_a_login_that_has_ended_says_so(self):
        self.log_in()
        self.change_stored(refresh_from_ms=int(time.time() * 1000) - 16 * DAY_MS)
        self.assert_failed(self.status(), 77, "auth login")

    def test_asks_the_service_nothing(self):
        self.log_in()
        self.simulator.reset_stats()
        self.status()
        self.assertEqual(set(self.simulator.stats["requests"].values()), {0})


class Logout(LoginTestCase):
    def test_forgets_the_login(self):
        self.log_in()
        self.assertEqual(self.auth("logout").exit_code, 0)
        self.assertFalse(self.has_login())
        self.assertEqual(self.auth("status").exit_code, 77)

    def test_of_nobody_is_no_error(self):
        self.assertEqual(self.auth("logout").exit_code, 0)


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
