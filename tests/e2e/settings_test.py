"""Where settings, secrets and variables are found."""

import os

from harness import ACCESS_TOKEN, CLIENT, EtlTestCase, cases, main


class SettingsCase(EtlTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")
        self.settings = self.etl.directory / "tokenflex-etl.yaml"

    def assert_loads(self, *arguments):
        result = self.etl.call("--jobs", str(self.etl.jobs), *arguments, "run")
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual(self.database.count("tokenflex.usage"), 10)


class SettingsFile(SettingsCase):
    def test_is_the_one_that_is_named(self):
        self.assert_loads("-c", str(self.settings))

    def test_is_the_one_of_the_environment(self):
        self.etl.environment["TOKENFLEX_ETL_CONFIG"] = str(self.settings)
        self.assert_loads()

    def test_is_the_one_in_the_working_directory(self):
        self.settings.rename(self.etl.next_working_directory() / "tokenflex-etl.yaml")
        self.assert_loads()

    def test_is_rather_the_one_that_is_named_than_that_of_the_environment(self):
        self.etl.environment["TOKENFLEX_ETL_CONFIG"] = "/nowhere/tokenflex-etl.yaml"
        self.assert_loads("--config", str(self.settings))

    def test_that_cannot_be_looked_at_is_not_skipped(self):
        file = self.etl.next_working_directory() / "tokenflex-etl.yaml"
        file.symlink_to(file)
        result = self.etl.call("--jobs", str(self.etl.jobs), "check")
        self.assertEqual(result.exit_code, 78)
        self.assertIn("./tokenflex-etl.yaml: error: cannot be read: Too many levels of symbolic links", result.stdout)


class JobsDirectory(SettingsCase):
    def assert_runs(self, job, *arguments):
        result = self.etl.call("--output", "json", *arguments, "run")
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual(result.one_run["job"], job)

    def write_beside_the_working_directory(self):
        here = self.etl.next_working_directory() / "jobs"
        here.mkdir()
        (here / "here.yaml").write_text((self.etl.jobs / "usage.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        return here

    def test_is_jobs_in_the_working_directory_where_there_is_none_beside_the_settings(self):
        self.etl.jobs.rename(self.etl.next_working_directory() / "jobs")
        self.assert_runs("usage", "--config", str(self.settings))

    def test_is_jobs_beside_the_settings_that_are_named(self):
        self.write_beside_the_working_directory()
        self.assert_runs("usage", "--config", str(self.settings))

    def test_is_jobs_beside_the_settings_of_the_environment(self):
        self.etl.environment["TOKENFLEX_ETL_CONFIG"] = str(self.settings)
        self.assert_runs("usage")

    def test_is_jobs_beside_the_settings_in_the_working_directory(self):
        self.write_beside_the_working_directory()
        self.settings.rename(self.etl.next_working_directory() / "tokenflex-etl.yaml")
        self.assert_runs("here")

    def test_is_rather_the_one_that_is_named(self):
        here = self.write_beside_the_working_directory()
        self.assert_runs("here", "--config", str(self.settings), "--jobs", str(here))

    def test_that_is_nowhere_is_missed_beside_the_settings(self):
        (self.etl.jobs / "usage.yaml").unlink()
        self.etl.jobs.rmdir()
        result = self.etl.call("--config", str(self.settings), "run")
        self.assert_failed(result, 78, f"{self.etl.directory}/jobs: error:", "No such file")


    def test_holds_files_of_one_or_more_jobs(self):
        query = "contract: '11000000001'\nquery: {fields: [usageDate], metrics: [useCount]}\n"
        self.etl.write_job_text("several.yaml", f"name: one\n{query}---\nname: two\n{query}")
        self.etl.write_job_text("three.yml", query)
        self.etl.write_job_text("notes.txt", "no job at all")
        runs = self.etl.run_well().runs
        self.assertEqual(sorted(run["job"] for run in runs), ["one", "three", "two", "usage"])


class ClientSecret(SettingsCase):
    def write(self, file):
        path = self.etl.directory / file
        path.write_text("sim-secret\n", encoding="utf-8")
        return path

    def run_as_client(self, client_secret=None, **auth):
        self.etl.write_settings({"auth": {**CLIENT, "client_secret": client_secret, **auth}})
        self.assert_loads("--config", str(self.settings))

    def test_in_the_settings(self):
        self.run_as_client(client_secret="sim-secret")

    def test_in_a_variable(self):
        self.etl.environment["MY_SECRET"] = "sim-secret"
        self.run_as_client(client_secret="${MY_SECRET}")

    def test_in_the_variable_that_is_known_by_name(self):
        self.etl.environment["TOKENFLEX_CLIENT_SECRET"] = "sim-secret"
        self.run_as_client()

    def test_in_a_file(self):
        self.run_as_client(client_secret_file=str(self.write("secret")))

    def test_in_the_credentials_directory_of_systemd(self):
        self.write("client_secret")
        self.etl.environment["CREDENTIALS_DIRECTORY"] = str(self.etl.directory)
        self.run_as_client()

    def test_in_a_file_that_the_settings_name_comes_before_the_one_of_systemd(self):
        (self.etl.directory / "client_secret").write_text("of-another-client", encoding="utf-8")
        self.etl.environment["CREDENTIALS_DIRECTORY"] = str(self.etl.directory)
        self.run_as_client(client_secret_file=str(self.write("secret")))

    def test_in_the_settings_comes_before_the_one_of_systemd(self):
        (self.etl.directory / "client_secret").write_text("of-another-client", encoding="utf-8")
        self.etl.environment["CREDENTIALS_DIRECTORY"] = str(self.etl.directory)
        self.run_as_client(client_secret="sim-secret")


# What asks the service for nothing.
WITHOUT_SECRETS = {
    "init": ["init"],
    "init_sql": ["init", "--sql"],
    "plan": ["plan"],
    "status": ["status"],
    "auth_status": ["auth", "status"],
    "auth_logout": ["auth", "logout"],
    "discover_fields": ["discover", "fields"],
    "complete": ["complete", "jobs"],
    "help_settings": ["help", "settings"],
}


@cases(WITHOUT_SECRETS)
class CommandThatNeedsNoSecret(SettingsCase):
    def check(self, arguments):
        missing = {"client_secret": "${NOT_SET}", "access_token": "a${NOT_SET}"}
        self.etl.write_settings(
            {
                "auth": {**CLIENT, **missing, "flow": "refresh_token", "token_file": str(self.etl.directory / "token")},
                "run": {"ping_url": "https://pings.example.com/${NOT_SET}"},
            }
        )
        self.etl.call(*self.etl.command("init"))
        self.assert_asks_for_none(arguments)
        file = {"client_secret": None, "client_secret_file": "/nowhere/secret"}
        self.etl.write_settings({"auth": file})
        self.assert_asks_for_none(arguments)

    def assert_asks_for_none(self, arguments):
        result = self.etl.call(*self.etl.command(*arguments))
        # Nobody is logged in, as `auth status` says.
        self.assertEqual(result.exit_code, 77 if arguments == ["auth", "status"] else 0, result.stderr)
        for word in ("NOT_SET", "/nowhere/secret"):
            self.assertNotIn(word, result.stdout + result.stderr)


@cases({"run": ["run"], "check": ["check"], "login": ["auth", "login"], "discover": ["discover", "contracts"]})
class CommandThatNeedsTheSecret(SettingsCase):
    def check(self, arguments):
        self.etl.write_settings({"auth": {**CLIENT, "client_secret": "${NOT_SET}"}})
        result = self.etl.call(*self.etl.command(*arguments))
        self.assertEqual(result.exit_code, 78)
        self.assertIn("the environment variable NOT_SET is not set", result.stdout + result.stderr)


class CredentialsDirectory(SettingsCase):
    def test_without_a_client_secret_is_no_hindrance(self):
        self.etl.environment["CREDENTIALS_DIRECTORY"] = str(self.etl.directory)
        self.assert_loads("--config", str(self.settings))


class Variables(SettingsCase):
    def test_in_settings_take_the_place_of_a_part_of_a_value(self):
        self.etl.environment["PORT"] = str(self.simulator.port)
        self.etl.write_settings({"api": {"base_url": "http://127.0.0.1:${PORT}"}})
        self.assert_loads("--config", str(self.settings))

    def test_in_settings_give_way_to_their_default(self):
        self.etl.write_settings({"auth": {"access_token": "${NOT_SET_AT_ALL:-" + ACCESS_TOKEN + "}"}})
        self.assert_loads("--config", str(self.settings))

    def test_in_jobs_are_replaced_too(self):
        self.etl.environment["CONTRACT"] = "11000000002"
        self.etl.write_job("usage", contract="${CONTRACT}")
        self.assert_loads("--config", str(self.settings))
        self.assertEqual(
            self.database.rows("select distinct contract_number from tokenflex.usage"), [("11000000002",)]
        )


class Environment(SettingsCase):
    def test_of_another_date_style_encoding_and_time_zone_changes_no_value(self):
        self.etl.environment.update(
            PGDATESTYLE="German",
            PGCLIENTENCODING="LATIN1",
            PGTZ="Asia/Tokyo",
            TZ="Pacific/Kiritimati",
            PGOPTIONS="-c standard_conforming_strings=off -c search_path=nowhere -c extra_float_digits=0",
        )
        self.assert_loads("--config", str(self.settings))
        self.assert_all_rows_arrived()

    def test_with_a_proxy_does_not_lead_the_token_there_from_a_loopback_address(self):
        proxy = self.start_simulator()
        self.etl.environment["http_proxy"] = proxy.url
        self.assert_loads("--config", str(self.settings))
        self.assertEqual(set(proxy.stats["requests"].values()), {0})


class TargetSchema(SettingsCase):
    def test_is_created_under_the_name_of_the_settings(self):
        self.etl.write_settings({"database": {"schema": "usage_data"}})
        self.etl.run_well()
        self.assertEqual(self.database.count("usage_data.usage"), 10)


class Readers(SettingsCase):
    def test_may_read_every_target_table_and_no_more(self):
        self.database.execute("create role reader")
        self.addCleanup(self.database.execute, "drop owned by reader; drop role reader")
        self.etl.write_settings({"database": {"grant_select_to": ["reader"]}})
        self.etl.run_well()
        self.assertEqual(
            self.database.rows(
                "select privilege, has_table_privilege('reader', 'tokenflex.usage', privilege)"
                " from unnest(array['select', 'insert', 'update', 'delete']) privilege"
            ),
            [("select", "t"), ("insert", "f"), ("update", "f"), ("delete", "f")],
        )


if __name__ == "__main__":
    main()


class SecretFile(SettingsCase):
    def assert_refused(self, file, why):
        self.etl.write_settings({"auth": {**CLIENT, "client_secret": None, "client_secret_file": str(file)}})
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual(result.exit_code, 78, result.stderr)
        found = rf":\d+:\d+: error: the client secret's file {file} cannot be read: {why}"
        self.assertRegex(result.stdout + result.stderr, found)

    def test_that_does_not_exist_is_named_with_its_line(self):
        self.assert_refused(self.etl.directory / "nowhere", "No such file or directory")

    def test_that_is_a_fifo_is_not_waited_for(self):
        os.mkfifo(self.etl.directory / "fifo")
        self.assert_refused(self.etl.directory / "fifo", "it is not a regular file")

    def test_that_is_a_directory_is_refused(self):
        self.assert_refused(self.etl.directory, "Is a directory")
