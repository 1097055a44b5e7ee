"""Logging in, by the browser and by hand; whether somebody is logged in; logging out."""

import contextlib
import signal
import socket
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

    def test_comes_back_to_the_port_that_is_registered(self):
        self.assertEqual(self.ask()["redirect_uri"], "http://127.0.0.1:8080/callback")
        self.assertEqual(self.ask("--port", "8123")["redirect_uri"], "http://127.0.0.1:8123/callback")


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


class WithoutAPlace(LoginTestCase):
    """A login that could not be stored is refused before anybody is asked to log in."""

    def assert_nobody_is_asked(self, code, *words):
        for options in ([], ["--no-browser"]):
            result = self.auth("login", *options)
            self.assert_failed(result, code, *words)
            self.assertNotIn("Open this address", result.stderr)

    def test_without_a_home(self):
        self.etl.write_settings({"auth": {"token_file": None}})
        self.etl.environment["HOME"] = ""
        words = ("no file for its token, since HOME is not set", "auth.token_file")
        self.assert_nobody_is_asked(78, *words)
        for verb in ("status", "logout"):
            self.assert_failed(self.auth(verb), 78, *words)

    def test_in_a_directory_that_cannot_be_made(self):
        self.etl.write_settings({"auth": {"token_file": "/proc/nowhere/token.json"}})
        self.assert_nobody_is_asked(77, "cannot make the directory of the token file /proc/nowhere")


class Listener(LoginTestCase):
    def test_is_not_disturbed_by_other_requests(self):
        running, address = self.start_login()
        place = self.visit(address)
        self.assertEqual(self.browse(urllib.parse.urljoin(place, "/favicon.ico"))[0], 404)
        self.browse(place)
        self.assertEqual(running.wait().exit_code, 0)

    def test_whose_port_is_taken_says_so(self):
        self.assert_failed(
            self.auth("login", "--port", str(self.simulator.port)),
            69,
            f"cannot listen on 127.0.0.1 port {self.simulator.port} for the browser: Address already in use",
            "--no-browser",
        )

    def test_listens_on_the_port_that_is_registered(self):
        with socket.socket() as taken:
            # Another program may have it already, which is as good.
            with contextlib.suppress(OSError):
                taken.bind(("127.0.0.1", 8080))
                taken.listen()
            self.assert_failed(self.auth("login"), 69, "port 8080 for the browser: Address already in use")


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


if __name__ == "__main__":
    main()
