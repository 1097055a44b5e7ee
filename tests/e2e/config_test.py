"""Settings and job files that are wrong: each finding with its place and what to do, all of them in one run."""

import re
import shutil

from harness import SOURCE, CliTestCase, EtlTestCase, cases, main

BAD = SOURCE / "tests" / "data" / "bad"
BAD_SETTINGS = {path.stem: path for path in sorted((BAD / "settings").glob("*.yaml"))}
BAD_JOBS = {path.stem: path for path in sorted((BAD / "jobs").glob("*.yaml"))}

GOOD_JOB = 'contract: "11000000001"\nquery: {fields: [usageDate], metrics: [tokensConsumed]}\n'
FINDING = re.compile(r"^(.*?):(\d+):(\d+): (error|warning): (.*)$")


class ConfigCase(CliTestCase):
    def check_files(self, settings, *arguments):
        return self.etl.call("--config", str(settings), "--jobs", str(self.etl.jobs), *arguments)

    def assert_finds(self, result, file, expected):
        """Exactly the findings `LINE:COLUMN: …` of a file, on stdout."""
        self.assertEqual(result.stdout.splitlines(), [f"{file}:{line}" for line in expected])
        self.assertEqual(result.exit_code, 78)


def expected_findings(path):
    return path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()


@cases(BAD_SETTINGS)
class BadSettings(ConfigCase):
    def check(self, path):
        self.etl.write_job_text("good.yaml", GOOD_JOB)
        self.assert_finds(self.check_files(path, "check"), path, expected_findings(path))


@cases(BAD_JOBS)
class BadJob(ConfigCase):
    def check(self, path):
        self.etl.write_settings({})
        copy = shutil.copy(path, self.etl.jobs)
        self.assert_finds(self.etl.call(*self.etl.command("check")), copy, expected_findings(path))


class BadFiles(ConfigCase):
    def test_are_thirty_at_least(self):
        self.assertGreaterEqual(len(BAD_SETTINGS) + len(BAD_JOBS), 30)

    def test_are_all_reported_in_one_run(self):
        settings = BAD_SETTINGS["unknown_key"]
        copies = [shutil.copy(BAD_JOBS[name], self.etl.jobs) for name in ("unknown_key", "not_in_where")]
        result = self.check_files(settings, "check")
        reported = {FINDING.match(line)[1] for line in result.stdout.splitlines()}
        self.assertEqual(reported, {str(settings), *copies})

    def test_are_reported_as_json_with_the_same_places(self):
        shutil.copy(BAD_JOBS["several_faults_at_once"], self.etl.jobs)
        self.etl.write_settings({})
        text = self.etl.call(*self.etl.command("check"))
        json = self.etl.call(*self.etl.command("--output", "json", "check"))
        lines = [
            "{file}:{line}:{column}: {severity}: {message}".format(**finding) for finding in json.json["findings"]
        ]
        self.assertEqual(lines, text.stdout.splitlines())
        self.assertEqual(json.exit_code, 78)

    def test_have_findings_of_the_pinned_keys(self):
        shutil.copy(BAD_JOBS["several_faults_at_once"], self.etl.jobs)
        self.etl.write_settings({})
        document = self.etl.call(*self.etl.command("--output", "json", "check")).json
        self.assertEqual(list(document), ["findings"])
        for finding in document["findings"]:
            self.assertEqual(list(finding), ["file", "line", "column", "severity", "message"])

    def test_are_all_shown_if_the_job_that_is_named_is_not_found(self):
        """It may be in the file that cannot be read."""
        self.etl.write_settings({})
        self.etl.write_job_text("daily.yaml", "name: daily\nquery: [\n")
        result = self.etl.call(*self.etl.command("check", "daily"))
        self.assertEqual(result.exit_code, 78)
        self.assertIn("daily.yaml:3:1: error:", result.stdout)
        result = self.etl.call(*self.etl.command("--jobs", "/nowhere", "check", "daily"))
        self.assertEqual(result.exit_code, 78)
        self.assertIn("/nowhere: error:", result.stdout)

    def test_of_other_files_count_for_a_tag_as_they_do_for_run(self):
        self.etl.write_settings({})
        self.etl.write_job_text("good.yaml", GOOD_JOB + "tags: [nightly]\n")
        self.etl.write_job_text("broken.yaml", "name: broken\nquery: [\n")
        self.assertEqual(self.etl.call(*self.etl.command("check", "--tag", "nightly")).exit_code, 78)

    def test_beside_the_job_that_is_named_are_left_out(self):
        shutil.copy(BAD_JOBS["unknown_key"], self.etl.jobs)
        self.etl.write_job_text("good.yaml", GOOD_JOB)
        self.etl.write_settings({})
        result = self.etl.call(*self.etl.command("check", "good"))
        self.assertEqual((result.exit_code, result.stdout), (0, "1 job checked, nothing found\n"))


BROKEN_DSNS = {
    "with_a_word_that_is_no_setting": ("host=db passwort=pass-word", "connection string cannot be read"),
    "that_breaks_off": ("host=db password", "connection string cannot be read"),
    "with_an_at_sign_in_its_password": ("postgresql://etl:pass@word@db/finance", "%40"),
    "with_a_port_that_is_none": ("host=db port=54x2 password=pass-word", "a port is a number"),
    "with_a_second_port_that_is_none": ("postgresql://etl:pass-word@db:5432,db:5433a/finance", "a port is a number"),
}


@cases(BROKEN_DSNS)
class BrokenConnectionString(ConfigCase):
    def check(self, case):
        dsn, words = case
        self.etl.write_job_text("good.yaml", GOOD_JOB)
        (self.etl.directory / "tokenflex-etl.yaml").write_text(f"database:\n  dsn: {dsn}\n", encoding="utf-8")
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual(result.exit_code, 78)
        self.assertRegex(result.stdout, r"^\S+tokenflex-etl\.yaml:2:8: error: `database\.dsn`: ")
        self.assertIn(words, result.stdout)
        self.assertNotIn("word@", result.stdout + result.stderr)
        self.assertNotIn("pass-word", result.stdout + result.stderr)


class ManyJobs(ConfigCase):
    def test_of_one_name_are_told_of_once_each(self):
        for number in range(1000):
            self.etl.write_job_text(f"job{number}.yaml", "name: same\n" + GOOD_JOB)
        result = self.etl.call(*self.etl.command("--config", "/dev/null", "check"))
        self.assertEqual(result.exit_code, 78)
        self.assertEqual(len(result.stdout.splitlines()), 999)

    def test_whose_findings_pass_the_ceiling_of_a_result_end_with_an_error(self):
        fields = ", ".join(f"x{number}{'y' * 240}" for number in range(1600))
        for number in range(30):
            self.etl.write_job_text(f"job{number}.yaml", GOOD_JOB.replace("usageDate", fields))
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual((result.exit_code, result.stdout), (78, ""))
        self.assertIn("the result is larger than 16 MiB", result.stderr)


class GoodFiles(ConfigCase):
    def test_are_told_in_one_line(self):
        self.etl.write_job_text("good.yaml", GOOD_JOB)
        self.etl.write_settings({})
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual((result.exit_code, result.stdout), (0, "1 job checked, nothing found\n"))

    def test_are_an_empty_list_in_json(self):
        self.etl.write_job_text("good.yaml", GOOD_JOB)
        self.etl.write_settings({})
        result = self.etl.call(*self.etl.command("--output", "json", "check"))
        self.assertEqual((result.exit_code, result.json), (0, {"findings": []}))

    def test_with_a_field_that_nobody_knows_are_warned_of(self):
        self.etl.write_job_text("odd.yaml", GOOD_JOB.replace("usageDate", "usageDate, flavour"))
        self.etl.write_settings({})
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual(result.exit_code, 0)
        self.assertRegex(result.stdout, r"^\S+odd\.yaml:2:29: warning: .*flavour")

    def test_that_are_shipped_have_no_findings(self):
        result = self.etl.call("--jobs", str(SOURCE / "jobs"), "check")
        self.assertEqual(result.exit_code, 0, result.stdout)
        self.assertRegex(result.stdout, r"^\d+ jobs checked, nothing found$")

    def test_are_checked_without_network_and_database(self):
        self.etl.write_job_text("good.yaml", GOOD_JOB)
        self.etl.write_settings({"api": {"base_url": "https://nowhere.invalid"}, "database": {"dsn": "host=/nowhere"}})
        self.assertEqual(self.etl.call(*self.etl.command("check")).exit_code, 0)


class RunWithBadFiles(EtlTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job("good")
        self.etl.write_job("usage", targets={"table": "elsewhere"})

    def test_loads_the_good_job_and_names_the_fault_of_the_other(self):
        result = self.etl.run()
        self.assertEqual(result.exit_code, 78)
        self.assertRegex(
            result.error, r"^\S+/usage\.yaml:\d+:\d+: error: unknown key `targets`; did you mean `target`\?$"
        )
        self.assertEqual(self.database.count("tokenflex.good"), 10)

    def test_counts_and_names_the_broken_file_among_the_failed(self):
        document = self.etl.run().json
        self.assertEqual([run["job"] for run in document["runs"]], ["good"])
        self.assertEqual((document["failed"], document["error"]["exit_code"]), (1, 78))
        self.assertIn("unknown key `targets`", document["error"]["message"])

    def test_is_not_hindered_by_files_that_are_not_named(self):
        result = self.etl.run("good")
        self.assertEqual((result.exit_code, result.log("error")), (0, []))

    def test_refuses_the_broken_job_that_is_named(self):
        result = self.etl.run("usage")
        self.assert_failed(result, 78, "usage.yaml", "targets")
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_runs_nothing_with_bad_settings(self):
        self.etl.write_settings({"api": {"retires": 5}})
        result = self.etl.run()
        self.assert_failed(result, 78, "tokenflex-etl.yaml", "did you mean `retries`?")
        self.assertFalse(self.database.has_table("tokenflex_etl.run"))
        self.assertEqual(self.simulator.stats["budgeted"], 0)


class TableThatMustNotChange(EtlTestCase):
    simulator_settings = {"rows": 10}

    def test_is_refused_a_new_column(self):
        self.etl.write_job("usage")
        self.etl.run_well()
        self.etl.write_job(
            "usage", query={"metrics": ["tokensConsumed", "useCount"]}, target={"on_schema_change": "fail"}
        )
        self.assert_failed(self.etl.run(), 78, "on_schema_change")
        columns = self.database.rows("select column_name from information_schema.columns where table_name = 'usage'")
        self.assertNotIn(("use_count",), columns)


if __name__ == "__main__":
    main()
