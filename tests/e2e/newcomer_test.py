"""What goes wrong on the first day: one clear line each, the right exit code, nothing changed in the database."""

import socket

from harness import ACCESS_TOKEN, CLIENT, CliTestCase, EtlTestCase, LoginTestCase, main


class NewcomerCase(EtlTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")

    def assert_run_fails(self, exit_code, *words):
        """After the run has begun: its run row says so, and there are no tables."""
        self.assert_failed(self.etl.run(), exit_code, *words)
        self.assertEqual(self.last_run("status"), ("failed",))
        self.assert_no_tables()

    def assert_run_is_refused(self, exit_code, *words):
        """Before anything was begun."""
        self.assert_failed(self.etl.run(), exit_code, *words)
        self.assertFalse(self.database.has_table("tokenflex_etl.run"))
        self.assert_no_tables()
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def assert_no_tables(self):
        self.assertEqual(self.database.value("select to_regnamespace('tokenflex')"), None)


class DatabaseOutOfReach(NewcomerCase):
    def create_role(self, name, options):
        self.database.execute(f"create role {name} login {options}")
        self.addCleanup(self.database.execute, f"drop role {name}")

    def test_no_server(self):
        self.etl.environment["PGHOST"] = "/nonexistent"
        self.assert_run_is_refused(69, "cannot connect to PostgreSQL", "/nonexistent", "check that the server is running")

    def test_no_server_by_dsn(self):
        self.etl.write_settings({"database": {"dsn": "host=/nonexistent dbname=tokenflex"}})
        self.assert_run_is_refused(69, "cannot connect to PostgreSQL", "/nonexistent", "database.dsn")

    def test_wrong_password(self):
        self.create_role("locked", "password 'right'")
        self.etl.environment.update(PGUSER="locked", PGPASSWORD="wrong")
        self.assert_run_is_refused(77, "PostgreSQL refuses the user", "password authentication failed", "locked")

    def test_no_password(self):
        self.create_role("locked", "password 'right'")
        self.etl.environment.update(PGUSER="locked")
        self.assert_run_is_refused(77, "PostgreSQL refuses the user", "no password supplied")

    def test_no_such_role(self):
        self.etl.environment.update(PGUSER="nobody_knows")
        self.assert_run_is_refused(77, "PostgreSQL refuses the user", "nobody_knows")

    def test_a_role_that_may_not_create_schemas(self):
        self.create_role("modest", "")
        self.etl.environment.update(PGUSER="modest")
        self.assert_run_is_refused(73, "schema tokenflex_etl", "permission denied", "init")

    def test_a_connection_string_that_is_none(self):
        self.etl.write_settings({"database": {"dsn": "hots=example dbname=tokenflex"}})
        self.assert_run_is_refused(78, "connection string")


class ServiceOutOfReach(NewcomerCase):
    def test_nobody_listens(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            self.etl.write_settings({"api": {"base_url": f"http://127.0.0.1:{port}", "retries": 1}})
            self.assert_run_fails(69, f"127.0.0.1:{port}", "cannot submit the query")

    def test_no_such_host(self):
        self.etl.write_settings({"api": {"base_url": "https://nowhere.invalid", "retries": 0}})
        self.assert_run_fails(69, "nowhere.invalid", "cannot submit the query")

    def test_another_server_listens(self):
        self.etl.write_settings({"api": {"base_url": f"{self.simulator.url}/elsewhere"}})
        self.assert_run_fails(78, "404", "api.base_url")


class RefusedByTheService(NewcomerCase):
    def test_wrong_client_secret(self):
        self.etl.write_settings({"auth": {**CLIENT, "client_secret": "wrong"}})
        self.assert_run_fails(77, "refuses the credentials of client", "sim-client", "auth.client_secret")

    def test_wrong_client_id(self):
        self.etl.write_settings({"auth": {**CLIENT, "client_id": "somebody"}})
        self.assert_run_fails(77, "refuses the credentials of client", "somebody", "auth.client_id")

    def test_wrong_access_token(self):
        self.etl.write_settings({"auth": {"access_token": "wrong"}})
        self.assert_run_fails(77, "refuses the access token", "401")

    def test_wrong_contract(self):
        self.etl.write_job("usage", contract="11000000009")
        self.assert_run_fails(77, "403", "contract 11000000009")

    def test_missing_scope(self):
        self.simulator.config(access_token_scopes="data:write")
        self.assert_run_fails(77, "403", "scope data:read")

    def test_no_administrator(self):
        self.simulator.config(administrator=False)
        self.assert_run_fails(77, "403", "administrator")


class TableThatIsInTheWay(NewcomerCase):
    def test_one_that_somebody_else_made_is_left_alone(self):
        self.database.execute("create schema tokenflex; create table tokenflex.usage (note text)")
        self.database.execute("insert into tokenflex.usage values ('mine')")
        self.assert_failed(self.etl.run(), 78, "tokenflex.usage", "was not made by tokenflex-etl", "target.table")
        self.assertEqual(self.database.rows("table tokenflex.usage"), [("mine",)])

    def test_one_of_another_grain_is_left_alone(self):
        self.etl.run_well()
        self.etl.write_job("usage", query={"fields": ["usageDate", "productName"]})
        self.assert_failed(self.etl.run(), 78, "grain", "userName", "target.table")
        self.assertEqual(self.database.count("tokenflex.usage"), 10)


class WrongFiles(NewcomerCase):
    def test_a_typo_in_a_key(self):
        text = "contract: '11000000001'\nquery: {feilds: [usageDate], metrics: [useCount]}\n"
        self.etl.write_job_text("usage.yaml", text)
        self.assert_failed(self.etl.run(), 78, "usage.yaml:2:9: error:", "`feilds`", "did you mean `fields`?")
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_a_variable_that_is_not_set(self):
        self.etl.write_settings({"auth": {"access_token": "${TOKENFLEX_TEST_TOKEN}"}})
        self.assert_run_is_refused(78, "tokenflex-etl.yaml", "environment variable TOKENFLEX_TEST_TOKEN is not set")

    def test_no_credentials_of_a_client(self):
        self.etl.write_settings({"auth": {**CLIENT, "client_secret": None}})
        self.assert_run_is_refused(78, "no client secret", "TOKENFLEX_CLIENT_SECRET")

    def test_no_access_token(self):
        self.etl.write_settings({"auth": {"access_token": None}})
        self.assert_run_is_refused(78, "no access token", "TOKENFLEX_ACCESS_TOKEN")

    def test_settings_that_are_not_where_they_are_said_to_be(self):
        result = self.etl.call("--config", "nowhere.yaml", "--jobs", str(self.etl.jobs), "run")
        self.assert_failed(result, 78, "nowhere.yaml", "No such file")

    def test_a_secret_file_that_is_not_where_it_is_said_to_be(self):
        self.etl.write_settings({"auth": {**CLIENT, "client_secret": None, "client_secret_file": "/nowhere/secret"}})
        self.assert_run_is_refused(78, "/nowhere/secret", "No such file")

    def test_no_settings_at_all(self):
        result = self.etl.call("--jobs", str(self.etl.jobs), "run")
        self.assert_failed(result, 78, "no client id", "auth.client_id")
        self.assertFalse(self.database.has_table("tokenflex_etl.run"))

    def test_a_name_that_no_job_has(self):
        result = self.etl.run("usgae")
        self.assert_failed(result, 64, "no job `usgae`", "did you mean `usage`?")
        self.assertFalse(self.database.has_table("tokenflex_etl.run"))

    def test_a_name_or_tag_of_a_job_whose_file_cannot_be_read(self):
        self.etl.write_job_text("monthly.yaml", "name: [monthly\ntags: [rare]\n")
        (self.etl.jobs / "weekly.yaml").symlink_to("/nowhere/weekly.yaml")
        for command in (["monthly"], ["weekly"], ["--tag", "rare"]):
            with self.subTest(command):
                result = self.etl.run(*command)
                self.assertEqual(result.exit_code, 78, result.stderr)
                self.assertIn("monthly.yaml:1:", result.stderr)
                self.assertIn("weekly.yaml: error: cannot be read", result.stderr)


class NobodyHasLoggedIn(LoginTestCase):
    JOBS = ("one", "two", "three")

    def setUp(self):
        super().setUp()
        for name in self.JOBS:
            self.etl.write_job(name)

    def test_is_told_once_however_many_jobs_there_are(self):
        result = self.etl.call(*self.etl.command("run"))
        self.assert_failed(result, 77, "no administrator has logged in yet", str(self.token_file), "(let an administrator")
        self.assertIn("log in once: tokenflex-etl auth login)", result.error)
        self.assertEqual((result.stdout, self.simulator.stats["budgeted"]), ("", 0))

    def test_is_told_once_in_json(self):
        document = self.etl.run().json
        self.assertEqual((document["runs"], document["failed"]), ([], len(self.JOBS)))

    def test_is_told_once_by_auth_status(self):
        result = self.auth("status")
        self.assert_failed(result, 77, "not logged in", str(self.token_file), "(tokenflex-etl auth login)")
        self.assertEqual(result.stdout, "")

    def test_is_told_with_the_command_of_this_host(self):
        self.etl.environment["TOKENFLEX_ETL_COMMAND"] = "tokenflex-etl-as-service"
        for command in ("run", "doctor"):
            result = self.etl.call(*self.etl.command(command))
            self.assertEqual(result.exit_code, 77)
            said = result.stdout + result.stderr
            self.assertIn(": tokenflex-etl-as-service auth login --no-browser", said)
            self.assertNotIn(": tokenflex-etl auth login", said)


class WrongCommandLine(CliTestCase):
    def test_no_jobs_directory(self):
        self.assert_failed(self.etl.call("run"), 78, "jobs", "No such file or directory", "--jobs")

    def test_a_jobs_directory_without_jobs(self):
        self.assert_failed(self.etl.call("--jobs", str(self.etl.jobs), "run"), 78, "has no job definition")

    def test_an_unknown_option(self):
        self.assert_failed(self.etl.call("--ouput", "json", "run"), 64, "--ouput", "did you mean --output?")

    def test_an_unknown_command(self):
        self.assert_failed(self.etl.call("rnu"), 64, "`rnu`", "did you mean `run`?")


class Right(NewcomerCase):
    """The same settings as in the tests above, without their fault."""

    def test_client_credentials(self):
        self.etl.write_settings({"auth": CLIENT})
        self.etl.run_well()
        self.assertEqual(self.database.count("tokenflex.usage"), 10)

    def test_a_role_with_its_password(self):
        self.database.execute("create role locked login superuser password 'right'")
        self.addCleanup(self.database.execute, "reassign owned by locked to postgres; drop role locked")
        self.etl.environment.update(PGUSER="locked", PGPASSWORD="right")
        self.etl.run_well()
        self.assertEqual(self.database.count("tokenflex.usage"), 10)

    def test_an_access_token_of_the_environment(self):
        self.etl.write_settings({"auth": {"access_token": None}})
        self.etl.environment["TOKENFLEX_ACCESS_TOKEN"] = ACCESS_TOKEN
        self.etl.run_well()
        self.assertEqual(self.database.count("tokenflex.usage"), 10)


if __name__ == "__main__":
    main()
