"""Secrets of the settings are in no output, not even at debug, and not in the database."""

import base64

from harness import ACCESS_TOKEN, EtlTestCase, cases, main

CLIENT_SECRET = "sim-secret"
PASSWORD = "pass-word-of-the-role"
SECRETS = [
    ACCESS_TOKEN,
    CLIENT_SECRET,
    PASSWORD,
    base64.b64encode(f"sim-client:{CLIENT_SECRET}".encode()).decode(),
]
CLIENT = {"flow": "client_credentials", "client_id": "sim-client", "client_secret": CLIENT_SECRET, "access_token": None}

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
    "with_a_key_that_is_wrong": {"settings": {"auth": {"client_sekret": CLIENT_SECRET}}, "exit_code": 78},
}


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
        shown = result.stdout + result.stderr + self.whole_database()
        for secret in SECRETS:
            self.assertNotIn(secret, shown)

    def whole_database(self):
        """Every table of the tool and of its targets, as text."""
        return self.database.value(
            "select coalesce(string_agg(query_to_xml(format('table %s', oid::regclass), true, true, '')::text, ''), '')"
            " from pg_class where relkind = 'r' and relnamespace::regnamespace::text like 'tokenflex%'"
        )


if __name__ == "__main__":
    main()
