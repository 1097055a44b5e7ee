"""The command line: help, usage errors, what goes to stdout and what to stderr."""

import json
import os
import re

from harness import CliTestCase, EtlTestCase, cases, main

COMMANDS = ["init", "check", "plan", "run", "status", "auth", "discover", "doctor", "help"]
GLOBAL_OPTIONS = ["--config", "--jobs", "--output", "--log-level", "--log-format", "--progress", "--help", "--version"]

RUN_KEYS = [
    "run_id",
    "job",
    "contract_number",
    "window_start",
    "window_end",
    "source",
    "status",
    "rows_read",
    "rows_inserted",
    "rows_updated",
    "rows_unchanged",
    "rows_deleted",
    "rows_vanished",
    "requests",
    "seconds",
    "error",
]


class Help(CliTestCase):
    def assert_help(self, *arguments):
        result = self.etl.call(*arguments)
        self.assertEqual((result.exit_code, result.stderr), (0, ""))
        self.assertIn("usage: tokenflex-etl", result.stdout)
        return result.stdout

    def test_names_every_command(self):
        text = self.assert_help("--help")
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^  {command} ")

    def test_names_every_global_option(self):
        text = self.assert_help("--help")
        for option in GLOBAL_OPTIONS:
            self.assertIn(f"{option} ", text)

    def test_names_every_exit_code(self):
        text = self.assert_help("--help")
        for code in (0, 1, 64, 65, 69, 70, 73, 74, 75, 77, 78):
            self.assertRegex(text, rf"(?m)^  {code} +\w")

    def test_has_a_short_option(self):
        self.assertEqual(self.assert_help("-h"), self.assert_help("--help"))


@cases({command: command for command in COMMANDS})
class HelpOfCommand(CliTestCase):
    def check(self, command):
        for arguments in ((command, "--help"), ("--help", command), (command, "-h")):
            result = self.etl.call(*arguments)
            self.assertEqual((result.exit_code, result.stderr), (0, ""))
            self.assertTrue(result.stdout.startswith(f"usage: tokenflex-etl [GLOBAL OPTIONS] {command}"))


class HelpOfRun(CliTestCase):
    def test_names_its_options(self):
        text = self.etl.call("run", "--help").stdout
        for option in ("--tag", "--from", "--to", "--rebuild", "--again"):
            self.assertIn(f"{option} ", text)


class HelpCommand(CliTestCase):
    def assert_same(self, *arguments):
        one, other = (self.etl.call(*words) for words in arguments)
        self.assertEqual((one.exit_code, one.stderr), (0, ""))
        self.assertEqual(one.stdout, other.stdout)

    def test_alone_is_the_help_of_the_program(self):
        self.assert_same(["help"], ["--help"])

    def test_of_a_command_is_its_help(self):
        self.assert_same(["help", "run"], ["run", "--help"])

    def test_of_settings_shows_every_key(self):
        text = self.etl.call("help", "settings").stdout
        for key in ("api.rate_limit.per_minute", "auth.token_file", "database.dsn", "run.parallel_jobs"):
            self.assertRegex(text, rf"(?m)^{key}  \(")

    def test_of_a_job_shows_every_key(self):
        text = self.etl.call("help", "job").stdout
        for key in ("contract", "query.fields", "window.chunk", "target.vanished", "checks.max_vanished"):
            self.assertRegex(text, rf"(?m)^{key}  \(")

    def test_of_what_there_is_not(self):
        self.assert_failed(self.etl.call("help", "rnu"), 64, "`rnu`", "did you mean `run`?")


class Complete(CliTestCase):
    """What the completions of the shells ask for."""

    def offered(self, *words):
        result = self.etl.call("--jobs", str(self.etl.jobs), "complete", "--", *words)
        self.assertEqual((result.exit_code, result.stderr), (0, ""))
        return result.stdout

    def test_offers_jobs_with_their_descriptions(self):
        self.etl.write_job("hours", description="Größe\nof a day")
        self.etl.write_job("tokens")
        self.assertEqual(self.offered("run", ""), "hours\tGröße?of a day\ntokens\n")
        self.assertEqual(self.offered("--output", "json", "run", "--rebuild", "to"), "tokens\n")

    def test_offers_tags_once_each(self):
        self.etl.write_job("hours", tags=["nightly", "two words"])
        self.etl.write_job("tokens", tags=["nightly"])
        self.assertEqual(self.offered("run", "--tag", ""), "nightly\ntwo words\n")
        self.assertEqual(self.offered("run", "--tag=ni"), "--tag=nightly\n")

    def test_offers_what_follows_an_equals_sign_that_stands_alone(self):
        self.assertEqual(self.offered("--log-format", "="), "text\njson\n")
        self.assertEqual(self.offered("--log-format", "=", "j"), "json\n")

    def test_offers_commands_and_options_with_their_help(self):
        self.assertRegex(self.offered("sta"), r"\Astatus\t\S.*\n\Z")
        self.assertRegex(self.offered("run", "--reb"), r"\A--rebuild\t\S.*\n\Z")
        self.assertEqual(self.offered("status", "--reb"), "")

    def test_leaves_paths_to_the_shell(self):
        self.assertEqual(self.offered("--config", "x"), ":files\n")
        self.assertEqual(self.offered("-j", ""), ":directories\n")

    def test_looks_for_jobs_where_the_line_says(self):
        other = self.etl.directory / "an other"
        self.etl.write_job("hours")
        self.etl.jobs.rename(other)
        self.etl.environment["HOME"] = str(self.etl.directory)
        for words in (["-j", str(other)], [f"--jobs={other}"], ["-j", "~/an\\ other"], ["--jobs", "=", str(other)]):
            self.assertEqual(self.offered(*words, "run", ""), "hours\n", words)

    def test_does_not_depend_on_settings_or_other_files(self):
        self.etl.write_job("hours")
        self.etl.write_job_text("broken.yaml", "contract: [")
        self.etl.environment["TOKENFLEX_ETL_CONFIG"] = "nowhere.yaml"
        self.assertEqual(self.offered("run", ""), "hours\n")

    def test_of_no_directory_offers_no_job(self):
        self.etl.jobs.rmdir()
        self.assertEqual(self.offered("run", ""), "")


class Version(CliTestCase):
    def test_names_the_revision_and_the_libraries(self):
        for option in ("--version", "-V"):
            result = self.etl.call(option)
            self.assertEqual((result.exit_code, result.stderr), (0, ""))
            program, *libraries = result.stdout.splitlines()
            self.assertRegex(program, r"^tokenflex-etl \d+\.\d+\.\d+( \([0-9a-f]{7,40}(-dirty)?\))?$")
            self.assertEqual(
                [line.split()[0] for line in libraries], ["libcurl", "json-c", "libpq", "libyaml", "zlib"]
            )
            for line in libraries:
                self.assertRegex(line, r"^\S+ +\d+\.\d+\S*( with \S+)?, compiled for \d+\.\d+\S*$")

    def test_in_json(self):
        document = self.etl.call("--output", "json", "--version").json
        self.assertEqual(list(document), ["version", "revision", "libraries"])
        for library in document["libraries"]:
            self.assertEqual(list(library), ["name", "compiled", "running"])


USAGE_ERRORS = {
    "no_command": ([], "command is missing"),
    "unknown_command": (["rnu"], "did you mean `run`?"),
    "unknown_option": (["--ouput", "json", "run"], "did you mean --output?"),
    "unknown_short_option": (["-x", "run"], "-x"),
    "option_without_its_value": (["run", "--tag"], "--tag needs a value"),
    "option_with_an_empty_value": (["--config", "", "run"], "--config is empty"),
    "output_that_is_none": (["--output", "xml", "run"], "--output takes text|json, not `xml`"),
    "log_level_that_is_none": (["--log-level", "loud", "run"], "--log-level"),
    "log_format_that_is_none": (["--log-format", "xml", "run"], "--log-format"),
    "progress_that_is_none": (["--progress", "some", "run"], "--progress"),
    "option_of_another_command": (["check", "--from", "2026-01-01"], "`check` takes no --from"),
    "argument_of_a_command_without": (["init", "usage"], "`init` takes no arguments"),
    "date_that_is_none": (["run", "--from", "2026-02-30", "--to", "2026-03-01"], "--from takes a date"),
    "from_without_to": (["run", "--from", "2026-01-01"], "--from and --to go together"),
    "to_without_from": (["run", "--to", "2026-01-01"], "--from and --to go together"),
    "from_after_to": (["run", "--from", "2026-02-01", "--to", "2026-01-01"], "--from must be before --to"),
}


# Commands that cannot begin: without settings that are good, a database, or words that they know.
NO_BEGINNINGS = {
    f"{name}_{reason}": (command, reason)
    for name, command in {
        "run": ["run"],
        "plan": ["plan"],
        "init": ["init"],
        "status": ["status"],
        "reconcile": ["reconcile"],
        "changes": ["changes"],
        "forecast": ["forecast"],
        "report": ["report", "--html", "report.html"],
        "doctor": ["doctor"],
        "check": ["check", "no_such_job"],
        "auth_status": ["auth", "status"],
        "auth_login": ["auth", "login", "--no-browser"],
        "auth_logout": ["auth", "logout"],
        "discover_contracts": ["discover", "contracts"],
        "discover_fields": ["discover", "fields", "--contract", "1"],
    }.items()
    for reason in ("with_bad_settings", "without_a_database", "with_bad_words", "with_bad_jobs")
}

# The members that a script may read whether the command could begin or not.
EMPTY_MEMBERS = {
    "run": {"runs": [], "failed": 0},
    "plan": {"jobs": [], "budget": None},
    "status": {"jobs": [], "budget": None},
    "reconcile": {"months": [], "differences": 0, "years": []},
    "changes": {"changes": []},
    "forecast": {"contracts": []},
    "check": {"findings": []},
    "doctor": {"checks": []},
}


@cases(NO_BEGINNINGS)
class NoBeginning(CliTestCase):
    """With --output json stdout is a document that says why, whatever the command."""

    def check(self, case):
        command, reason = case
        self.etl.write_job()
        self.etl.write_settings({"api": {"base_url": "http://127.0.0.1:1", "retries": 0}})
        self.etl.write_settings({"database": {"dsn": "host=/nowhere"}})
        if reason == "with_bad_settings":
            self.etl.write_settings({"api": {"retries": "many"}})
        if reason == "with_bad_jobs":
            (self.etl.jobs / "usage.yaml").write_text("name: [", encoding="utf-8")
        words = ["--no-such-option"] if reason == "with_bad_words" else []
        result = self.etl.call(*self.etl.command("--output", "json", *command, *words))
        if result.exit_code == 0:
            return
        document = result.json
        if "error" in document:
            error = document["error"]
            self.assertEqual(list(error), ["kind", "exit_code", "message", "hint"])
            self.assertEqual(error["exit_code"], result.exit_code)
            self.assertIn(error["message"], result.stderr)
            members = EMPTY_MEMBERS.get(command[0], {})
            if command == ["run"] and reason in ("without_a_database", "with_bad_jobs"):
                members = {"runs": [], "failed": 1}
            self.assertEqual({**document, "error": None}, {**members, "error": None})
            self.assertEqual(result.stdout.count('"error":'), 1)
        else:
            self.assertTrue(document.get("findings") or document.get("checks") or document.get("plan"), document)


class WrongWords(CliTestCase):
    """--output json counts wherever it stands."""

    def test_before_it_are_told_in_json_too(self):
        for words in (["run", "--bogus", "--output", "json"], ["--ouput", "run", "--output=json"]):
            with self.subTest(words):
                result = self.etl.call(*words)
                self.assertEqual((result.exit_code, result.json["error"]["exit_code"]), (64, 64))


class Fifo(CliTestCase):
    """No process writes to it: reading would wait for ever."""

    def test_as_a_job_file_is_refused(self):
        self.etl.write_job()
        os.mkfifo(self.etl.jobs / "fifo.yaml")
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual(result.exit_code, 78)
        self.assertIn("fifo.yaml: error: cannot be read: it is not a regular file", result.stdout + result.stderr)


@cases(USAGE_ERRORS)
class UsageError(CliTestCase):
    def check(self, usage):
        arguments, words = usage
        result = self.etl.call(*arguments)
        self.assert_failed(result, 64, words)
        self.assertEqual(result.stdout, "")


class CliCase(EtlTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")

    def run_with(self, *options):
        return self.etl.call(*self.etl.command(*options, "run"))


class JsonResult(CliCase):
    def test_has_exactly_the_pinned_keys(self):
        document = self.etl.run_well().json
        self.assertEqual(list(document), ["runs", "failed", "error"])
        self.assertIsNone(document["error"])
        self.assertEqual(list(document["runs"][0]), RUN_KEYS)

    def test_tells_a_success(self):
        self.simulator.config(polls=0)
        document = self.etl.run_well().json
        self.assertEqual(document["failed"], 0)
        run = document["runs"][0]
        self.assertGreater(run.pop("seconds"), 0)
        self.assertEqual(
            run,
            {
                "run_id": 1,
                "job": "usage",
                "contract_number": "11000000001",
                "window_start": None,
                "window_end": None,
                "source": "query",
                "status": "succeeded",
                "rows_read": 10,
                "rows_inserted": 10,
                "rows_updated": 0,
                "rows_unchanged": 0,
                "rows_deleted": 0,
                "rows_vanished": 0,
                "requests": 2,
                "error": None,
            },
        )

    def test_tells_a_failure(self):
        self.simulator.config(query_status="FAILED")
        document = self.etl.run().json
        self.assertEqual(document["failed"], 1)
        run = document["runs"][0]
        self.assertEqual((run["status"], run["rows_inserted"]), ("failed", 0))
        self.assertIn("FAILED", run["error"])

    def test_tells_a_failure_before_the_run_began(self):
        run = self.etl.run("--from", "2026-01-01", "--to", "2026-02-01").one_run
        self.assertEqual((run["run_id"], run["status"]), (None, "failed"))

    def test_has_text_beyond_ascii_as_it_is(self):
        answer = '{"Code":"X","Message":"Größe \\"地理\\"\\n"}'
        self.simulator.script({"on": "submit", "status": 400, "body": answer})
        self.assertIn('Größe "地理"', self.etl.run().one_run["error"])

    def test_agrees_with_the_run_table(self):
        run = self.etl.run_well().one_run
        columns = [key for key in RUN_KEYS if key != "seconds"]
        in_table = self.last_run(", ".join(columns))
        self.assertEqual([None if run[key] is None else str(run[key]) for key in columns], list(in_table))


class TextResult(CliCase):
    def test_is_a_table_and_a_line_of_sums(self):
        self.simulator.config(polls=0)
        heading, row, empty, sums = self.run_with().stdout.splitlines()
        self.assertEqual(
            heading.split(),
            "job contract window status rows inserted updated unchanged deleted requests seconds".split(),
        )
        self.assertEqual(row.split()[:-1], "usage 11000000001 succeeded 10 10 0 0 0 2".split())
        self.assertEqual((empty, sums), ("", "1 of 1 succeeded, 2 requests"))

    def test_says_why_a_job_failed(self):
        self.simulator.config(query_status="FAILED")
        self.assertRegex(
            self.run_with().stdout, r"(?m)^0 of 1 succeeded, \d+ requests\nusage 11000000001 failed: .*FAILED"
        )


class Log(CliCase):
    def test_is_all_of_stderr(self):
        result = self.run_with("--log-level", "debug")
        for line in result.stderr.splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info |warn |error) \S")

    def test_is_not_in_stdout(self):
        result = self.etl.call(*self.etl.command("--output", "json", "--log-level", "debug", "run"))
        self.assertEqual(list(result.json), ["runs", "failed", "error"])

    def test_of_warnings_is_silent_on_success(self):
        self.assertEqual(self.run_with("--log-level", "warn").stderr, "")

    def test_of_errors_has_no_warnings(self):
        self.simulator.script({"on": "poll", "nth": 1, "status": 500})
        self.assertEqual(self.run_with("--log-level", "error").stderr, "")

    def test_of_debug_tells_every_request(self):
        result = self.run_with("--log-level", "debug")
        requests = [line for line in result.log("debug") if re.search(r": (POST|GET) http://", line)]
        self.assertEqual(len(requests), self.simulator.stats["budgeted"])

    def test_in_json_is_an_object_a_line(self):
        result = self.run_with("--log-format", "json")
        lines = [json.loads(line) for line in result.stderr.splitlines()]
        self.assertGreater(len(lines), 0)
        for line in lines:
            self.assertLessEqual({"time", "level", "event", "message"}, set(line))

    def test_in_json_names_job_contract_and_run(self):
        result = self.run_with("--log-format", "json")
        last = json.loads(result.stderr.splitlines()[-1])
        self.assertEqual(
            (last["event"], last["job"], last["contract"], last["run_id"]), ("chunk-loaded", "usage", "11000000001", 1)
        )

    def test_in_json_has_hints_apart(self):
        self.etl.write_job("usage", contract="11000000009")
        result = self.run_with("--log-format", "json")
        error = json.loads(result.stderr.splitlines()[-1])
        self.assertIn("403", error["message"])
        self.assertIn("contract 11000000009", error["hint"])

    def test_keeps_a_message_of_the_service_on_one_line(self):
        self.simulator.script({"on": "submit", "status": 400, "body": '{"Message":"one\\n2026 error two"}'})
        self.assertIn("two", self.run_with().error)


class Stderr(CliCase):
    """What depends on what stderr is."""

    def test_on_a_terminal_has_colour(self):
        self.assertIn("\033[", self.etl.run_on_terminal())

    def test_on_a_terminal_with_no_color_has_none(self):
        self.assertNotIn("\033[", self.etl.run_on_terminal(NO_COLOR="1"))

    def test_in_a_file_has_no_colour(self):
        self.assertNotIn("\033[", self.run_with().stderr)

    def test_under_systemd_has_priorities(self):
        path = self.etl.directory / "journal"
        with open(path, "w", encoding="utf-8") as journal:
            place = os.fstat(journal.fileno())
            self.etl.run_into(journal, JOURNAL_STREAM=f"{place.st_dev}:{place.st_ino}")
        for line in path.read_text(encoding="utf-8").splitlines():
            self.assertRegex(line, r"^<6>\S")


class Init(EtlTestCase):
    def test_creates_the_tables_that_others_rely_on(self):
        result = self.etl.call(*self.etl.command("init"))
        self.assertEqual(result.exit_code, 0, result.stderr)
        for table, columns in {
            "run": "run_id job contract_number window_start window_end source status started_at finished_at rows_read"
            " rows_inserted rows_updated rows_unchanged rows_deleted requests error host pid",
            "request_budget": "account tokens refilled_at blocked_until",
        }.items():
            self.database.execute(f"select {', '.join(columns.split())} from tokenflex_etl.{table}")

    def test_again_changes_nothing(self):
        self.etl.call(*self.etl.command("init"))
        before = self.database.rows("table tokenflex_etl.migration")
        result = self.etl.call(*self.etl.command("init"))
        self.assertEqual(result.exit_code, 0)
        self.assertIn("up to date", result.stdout)
        self.assertEqual(self.database.rows("table tokenflex_etl.migration"), before)

    def test_asks_the_service_nothing(self):
        self.etl.call(*self.etl.command("init"))
        self.assertEqual(self.simulator.stats["budgeted"], 0)


if __name__ == "__main__":
    main()
