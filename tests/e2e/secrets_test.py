"""Secrets of the settings are in no output, not even at debug, and not in the database."""

import base64
import pathlib
import urllib.parse

from harness import ACCESS_TOKEN, CLIENT, CONFIDENTIAL, PUBLIC, EtlTestCase, LoginTestCase, cases, free_port, main

PASSWORD = "pass-word-of-the-role"
BASIC = base64.b64encode(b"sim-client:sim-secret").decode()
SECRETS = [
    ACCESS_TOKEN,
    CLIENT["client_secret"],
    PASSWORD,
    BASIC,
]

RUNS = {
    "by_access_token": {},
    "by_client_credentials": {"settings": {"auth": CLIENT}},
    "with_a_client_secret_that_is_refused": {
        "settings": {"auth": {**CLIENT, "client_id": "somebody"}},
        "exit_code": 77,
    },
    "with_a_token_that_is_refused": {"rules": [{"on": "any", "status": 401}], "exit_code": 77},
    "with_a_request_that_is_refused": {"rules": [{"on": "submit", "status": 400}], "exit_code": 78},
    "with_a_request_that_is_lost": {
        "rules": [{"on": "submit", "times": -1, "close": "before"}],
        "settings": {"api": {"retries": 1}},
        "exit_code": 69,
    },
    "with_a_token_endpoint_that_fails": {
        "rules": [{"on": "token", "times": -1, "status": 500}],
        "settings": {"auth": CLIENT, "api": {"retries": 1}},
        "exit_code": 69,
    },
    "with_a_password_that_is_wrong": {
        "settings": {"database": {"dsn": f"user=locked password={PASSWORD}x"}},
        "exit_code": 77,
    },
    "with_a_connection_string_that_is_none": {
        "settings": {"database": {"dsn": f"user=locked passwort={PASSWORD}"}},
        "exit_code": 78,
    },
    "with_a_key_that_is_wrong": {"settings": {"auth": {"client_sekret": CLIENT["client_secret"]}}, "exit_code": 78},
}


def whole_database(database):
    """Every table of the tool and of its targets, as text."""
    return database.value(
        "select coalesce(string_agg(query_to_xml(format('table %s', oid::regclass), true, true, '')::text, ''), '')"
        " from pg_class where relkind = 'r' and relnamespace::regnamespace::text like 'tokenflex%'"
    )


@cases(RUNS)
class Run(EtlTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.database.execute(f"create role locked login superuser password '{PASSWORD}'")
        self.addCleanup(self.database.execute, "reassign owned by locked to postgres; drop role locked")
        self.etl.write_settings({"database": {"dsn": f"user=locked password={PASSWORD}"}})
        self.etl.write_job("usage")

    def check(self, run):
        self.etl.write_settings(run.get("settings", {}))
        self.simulator.script(*run.get("rules", []))
        result = self.etl.call(*self.etl.command("--log-level", "debug", "run"))
        self.assertEqual(result.exit_code, run.get("exit_code", 0), result.stderr)
        shown = result.stdout + result.stderr + whole_database(self.database)
        for secret in SECRETS:
            self.assertNotIn(secret, shown)


class LoginSecretsCase(LoginTestCase):
    """A login and what lives on it, at debug, with every secret that passes by."""

    simulator_settings = {"rows": 60, "polls": 0}

    def setUp(self):
        super().setUp()
        self.secrets = [CLIENT["client_secret"], BASIC]
        self.shown = []
        self.etl.write_job(page_size=20)

    def start_debug(self, *arguments):
        return self.etl.start(*self.etl.command("--log-level", "debug", *arguments))

    def look_at(self, running):
        """What everybody on the machine can see of a process."""
        self.shown.append(pathlib.Path(f"/proc/{running.pid}/cmdline").read_text(encoding="utf-8"))

    def end(self, running, exit_code=0):
        result = running.wait()
        self.assertEqual(result.exit_code, exit_code, result.stderr)
        self.shown += [result.stdout, result.stderr]

    def do(self, *arguments, exit_code=0):
        self.end(self.start_debug(*arguments), exit_code)

    def log_in_seen(self, *options):
        """With the code that came and the tokens it brought among the secrets."""
        running = self.start_debug("auth", "login", *options, "--port", str(free_port()))
        address = running.wait_for_stderr(r"(http://\S+/authorize\?\S+)")[1]
        place = self.visit(address)
        self.note_code(place)
        self.look_at(running)
        if "--no-browser" in options:
            running.type(place + "\n")
        else:
            self.browse(place)
        self.end(running)
        self.note_tokens()

    def note_code(self, place):
        self.secrets.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place).query))["code"])

    def note_tokens(self):
        stored = self.stored()
        self.secrets += [stored["access_token"], stored["refresh_token"]]

    def assert_nothing_shown(self):
        shown = "".join(self.shown) + whole_database(self.database)
        for secret in self.secrets:
            self.assertGreater(len(secret), 6)
            self.assertNotIn(secret, shown)
        # The verifier is known to nobody; it would be named.
        self.assertNotIn("code_verifier", shown)


LOGINS = {
    "of_a_confidential_client": (CONFIDENTIAL,),
    "of_a_confidential_client_without_browser": (CONFIDENTIAL, "--no-browser"),
    "of_a_public_client": (PUBLIC,),
    "of_a_public_client_without_browser": (PUBLIC, "--no-browser"),
}


@cases(LOGINS)
class Login(LoginSecretsCase):
    def check(self, way):
        client, *options = way
        self.etl.write_settings({"auth": client})
        self.log_in_seen(*options)
        self.do("auth", "status")
        self.do("--output", "json", "auth", "status")
        self.do("auth", "logout")
        self.assert_nothing_shown()


class LoginRefused(LoginSecretsCase):
    def test_by_the_token_endpoint(self):
        self.simulator.script({"on": "token", "status": 400, "body": '{"error":"invalid_grant"}'})
        running = self.start_debug("auth", "login", "--no-browser")
        place = self.visit(running.wait_for_stderr(r"(http://\S+/authorize\?\S+)")[1])
        self.note_code(place)
        running.type(place + "\n")
        self.end(running, 77)
        self.assert_nothing_shown()

    def test_for_another_state(self):
        running = self.start_debug("auth", "login", "--no-browser")
        place = self.visit(running.wait_for_stderr(r"(http://\S+/authorize\?\S+)")[1])
        self.note_code(place)
        running.type(place.replace("state=", "state=x") + "\n")
        self.end(running, 77)
        self.assert_nothing_shown()


class RefreshFlow(LoginSecretsCase):
    def setUp(self):
        super().setUp()
        self.log_in_seen("--no-browser")
        self.revoke(access=True)

    def test_of_a_run_that_refreshes(self):
        self.simulator.script({"on": "page", "nth": 1, "hold": True})
        running = self.start_debug("run")
        self.simulator.wait_for_held()
        self.look_at(running)
        self.note_tokens()
        self.revoke(access=True)
        self.simulator.release()
        self.end(running)
        self.note_tokens()
        self.assertEqual(len(set(self.secrets)), len(self.secrets))
        self.assert_nothing_shown()

    def test_of_a_run_whose_refresh_is_refused(self):
        self.revoke(refresh=True)
        self.do("run", exit_code=77)
        self.assert_nothing_shown()

    def test_of_a_run_whose_refresh_fails(self):
        self.etl.write_settings({"api": {"retries": 1}})
        self.simulator.script({"on": "token", "times": -1, "close": "before"})
        self.do("run", exit_code=69)
        self.assert_nothing_shown()

    def test_of_a_token_file_that_is_none(self):
        self.token_file.write_text(self.token_file.read_text(encoding="utf-8")[:-20], encoding="utf-8")
        self.do("run", exit_code=77)
        self.do("auth", "status", exit_code=77)
        self.assert_nothing_shown()


if __name__ == "__main__":
    main()
