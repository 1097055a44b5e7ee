"""What the service, the database and files say reaches no log, table or terminal with controls or secrets in it."""

import base64
import json
import re
import urllib.parse

from harness import ACCESS_TOKEN, CLIENT, EtlTestCase, cases, main

BASIC = base64.b64encode(f"{CLIENT['client_id']}:{CLIENT['client_secret']}".encode()).decode()
HARM = "\x1b[2J\x1b]0;title\x07 \u009b31m \u202egnirts\u2069 \u2028next\u2029 \r\n2026-01-01 error forged \ufeff"
# What a terminal, or a reader of logs, would act on; \n ends the lines of the output itself.
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def error(text):
    return json.dumps({"Code": "BadRequestError", "Message": text})


class OutsideTextCase(EtlTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")

    def everything_shown(self, result):
        """What the run wrote, what its row holds, and what status makes of it, for people and for programs."""
        shown = [result.stdout, result.stderr]
        for options in ([], ["--output", "json"], ["--log-format", "json"]):
            status = self.etl.call(*self.etl.command(*options, "status"))
            shown += [status.stdout, status.stderr]
        if self.database.value("select to_regclass('tokenflex_etl.run') is not null") == "t":
            shown.append(self.database.value("select coalesce(string_agg(r::text, ' '), '') from tokenflex_etl.run r"))
        return "".join(shown)

    def assert_harmless(self, shown):
        found = HARMFUL.search(shown)
        self.assertIsNone(found, repr(shown[max(0, found.start() - 80) : found.end() + 80]) if found else "")
        self.assertNotRegex(shown, "(?m)^2026-01-01 error forged")


REFUSALS = {
    "of_a_submit": {"on": "submit", "times": -1, "status": 400},
    "of_a_submit_that_is_forbidden": {"on": "submit", "times": -1, "status": 403},
    "of_a_poll": {"on": "poll", "times": -1, "status": 500},
    "of_the_token_endpoint": {"on": "token", "times": -1, "status": 401},
}


@cases(REFUSALS)
class ServiceError(OutsideTextCase):
    def check(self, rule):
        by_client = rule["on"] == "token"
        secrets = [CLIENT["client_secret"], BASIC] if by_client else [ACCESS_TOKEN]
        echo = " ".join([*secrets, *(urllib.parse.quote(secret, safe="") for secret in secrets)])
        self.etl.write_settings({"api": {"retries": 1}})
        if by_client:
            self.etl.write_settings({"auth": CLIENT, "api": {"retries": 1}})
        self.simulator.script({**rule, "body": error(f"{HARM} {echo}")})
        for log_format in ("text", "json"):
            result = self.etl.call(*self.etl.command("--log-level", "debug", "--log-format", log_format, "run"))
            self.assertNotEqual(result.exit_code, 0)
            shown = self.everything_shown(result)
            self.assert_harmless(shown)
            for secret in secrets:
                self.assertNotIn(secret, shown)
                self.assertNotIn(urllib.parse.quote(secret, safe=""), shown)
                self.assertNotIn(base64.b64encode(secret.encode()).decode().rstrip("="), shown)


class PresignedAddress(OutsideTextCase):
    def test_is_shown_nowhere_when_the_host_repeats_it(self):
        self.etl.write_job(source="export")
        self.etl.write_settings({"api": {"retries": 1}})
        address = "https://elsewhere.invalid/?X-Amz-Signature=0123456789abcdef0123"
        self.simulator.script({"on": "download", "times": -1, "redirect": address})
        result = self.etl.call(*self.etl.command("--log-level", "debug", "run"))
        self.assertNotEqual(result.exit_code, 0)
        self.assertNotIn("0123456789abcdef0123", self.everything_shown(result))


class DatabaseText(OutsideTextCase):
    def test_of_a_trigger_is_made_harmless(self):
        self.assertEqual(self.etl.run().exit_code, 0)
        self.database.execute(
            "create function harm() returns trigger language plpgsql as $$ begin raise exception "
            f"using message = {self.quoted(HARM)}, hint = {self.quoted(HARM)}; end $$;"
            "create trigger harm before insert or update or delete on tokenflex.usage"
            " for each row execute function harm()"
        )
        self.simulator.restate(every=2)
        result = self.etl.call(*self.etl.command("run"))
        self.assertNotEqual(result.exit_code, 0)
        self.assert_harmless(self.everything_shown(result))

    def test_that_an_earlier_version_stored_is_made_harmless_by_status(self):
        self.assertEqual(self.etl.run().exit_code, 0)
        self.database.execute(
            f"update tokenflex_etl.run set status = 'failed', error = {self.quoted(HARM)}, host = {self.quoted(HARM)}"
        )
        for options in ([], ["--output", "json"]):
            self.assert_harmless(self.etl.call(*self.etl.command(*options, "status")).stdout)

    @staticmethod
    def quoted(text):
        return "'" + text.replace("'", "''") + "'"


class FileText(OutsideTextCase):
    def test_of_a_name_is_made_harmless(self):
        (self.etl.directory / "jobs" / "a\x1b[31m\u202e.yaml").write_text("{", encoding="utf-8")
        for options in ([], ["--output", "json"]):
            result = self.etl.call(*self.etl.command(*options, "check"))
            self.assertEqual(result.exit_code, 78)
            self.assert_harmless(result.stdout + result.stderr)


class ExactData(OutsideTextCase):
    def test_a_table_holds_values_as_they_came(self):
        value = "\x1b[31m \u009b \u202e \u2028 " + ACCESS_TOKEN
        self.simulator.config(
            results=[
                {
                    "columns": ["usageDate", "userName", "tokensConsumed"],
                    "rows": [json.dumps(["2026-01-02", value, 1.5], ensure_ascii=False)],
                }
            ]
        )
        self.etl.write_job(
            query={"fields": ["usageDate", "userName"], "metrics": ["tokensConsumed"]},
        )
        self.etl.run_well()
        self.assertEqual(
            self.database.value("select encode(convert_to(user_name, 'UTF8'), 'hex') from tokenflex.usage"),
            value.encode().hex(),
        )


if __name__ == "__main__":
    main()
