"""doctor: what it finds where all is well, and where something is not."""

import signal
import socket

from harness import CLIENT, EtlTestCase, main

NAMES = [
    "settings",
    "jobs",
    "token",
    "scopes",
    "database",
    "database_version",
    "connections",
    "pooler",
    "database_clock",
    "privileges",
    "schema",
    "tables",
    "budget",
    "api",
    "contracts",
    "clock",
    "timers",
]
LIMITED = {"per_minute": 5, "burst": 50}


class Examination:
    """One run of doctor, its checks by name."""

    def __init__(self, result):
        self.result = result
        self.exit_code = result.exit_code
        self.checks = {check["name"]: check for check in result.json["checks"]}

    def status(self, name):
        return self.checks[name]["status"]

    @property
    def failed(self):
        return [name for name, check in self.checks.items() if check["status"] == "fail"]

    @property
    def skipped(self):
        return [name for name, check in self.checks.items() if check["message"].startswith("skipped: ")]


class DoctorMixin:
    def doctor(self, *arguments):
        return self.etl.call(*self.etl.command("doctor", *arguments))

    def examine(self):
        result = self.doctor("--output", "json")
        examination = Examination(result)
        self.assertEqual(list(examination.checks), NAMES)
        for check in examination.checks.values():
            self.assertEqual(list(check), ["name", "status", "message", "advice"])
            self.assertIn(check["status"], ("ok", "warn", "fail"))
        return examination

    def assert_found(self, examination, name, status, *words):
        check = examination.checks[name]
        self.assertEqual(check["status"], status, check)
        for word in words:
            self.assertIn(word, f"{check['message']} → {check['advice']}")

    def assert_only_failure(self, exit_code, name, *words):
        examination = self.examine()
        self.assertEqual((examination.failed, examination.exit_code), ([name], exit_code), examination.checks)
        self.assert_found(examination, name, "fail", *words)
        return examination

    def initialise(self):
        """The tool's own schema alone: that of the tables is to be made yet."""
        self.assertEqual(self.etl.call(*self.etl.command("init")).exit_code, 0)
        self.database.execute("drop schema tokenflex")

    def create_role(self, name, options=""):
        self.database.execute(f"create role {name} login {options}")
        self.addCleanup(self.database.execute, f"drop owned by {name}; drop role {name}")


class DoctorCase(DoctorMixin, EtlTestCase):
    """A client that needs no login, a database that is initialised, one job."""

    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_settings({"auth": CLIENT, "api": {"rate_limit": LIMITED}})
        self.etl.write_job("usage")
        self.initialise()


class AllIsWell(DoctorCase):
    def test_nothing_fails(self):
        examination = self.examine()
        self.assertEqual((examination.exit_code, examination.failed, examination.skipped), (0, [], []))
        for name in NAMES[:-1]:
            self.assertEqual(examination.status(name), "ok", examination.checks[name])

    def test_people_read_a_line_a_check(self):
        result = self.doctor()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^ok    settings          \S+tokenflex-etl\.yaml$")
        self.assertRegex(result.stdout, r"(?m)^ok    jobs              1 in \S+jobs, 1 enabled$")
        self.assertRegex(result.stdout, r"\n\n16 ok, 1 warn, 0 skipped, 0 failed\n$")

    def test_it_costs_one_request_and_says_so(self):
        examination = self.examine()
        self.assert_found(examination, "api", "ok", self.simulator.url, "without TLS", "1 request of the budget spent")
        self.assert_found(examination, "budget", "ok", "49 of 49 requests left of account `sim-client`")
        self.assertEqual(self.simulator.stats["budgeted"], 1)
        self.assertEqual(self.database.value("select round(tokens) from tokenflex_etl.request_budget"), "48")

    def test_nothing_is_changed(self):
        self.database.execute("drop schema tokenflex_etl cascade")
        self.examine()
        self.assertEqual(
            self.database.value("select count(*) from pg_namespace where nspname like 'tokenflex%'"), "0"
        )

    def test_a_table_that_holds_rows_by_another_filter_is_named(self):
        self.etl.run_well()
        self.etl.write_job(query={"where": "productName = 'AutoCAD'"})
        self.simulator.reset_stats()
        self.assert_only_failure(78, "tables", "tokenflex.usage", "--rebuild")

    def test_what_stands_in_the_way_of_a_table_is_named(self):
        self.etl.run_well()
        self.simulator.reset_stats()
        statements = (
            ("alter table tokenflex.usage alter tokens_consumed type numeric(10, 2)", "has the type numeric(10,2)", 73),
            ("create publication abroad for all tables", "the publication abroad", 73),
            ("alter table tokenflex.usage rename tokens_consumed to tokens", "tokensConsumed in the column tokens", 78),
        )
        for statement, words, code in statements:
            self.database.execute(statement)
            examination = self.examine()
            self.assertEqual((examination.failed, examination.exit_code), (["tables"], code), examination.checks)
            self.assertIn(words, examination.checks["tables"]["message"])
            if code == 73:
                self.database.execute(examination.checks["tables"]["advice"])
                self.assertEqual(self.examine().failed, [])
        self.database.execute("drop publication abroad")

    def test_a_unique_index_that_was_dropped_is_named_with_its_statement(self):
        """The loads stay exact without it; nothing else would say so."""
        self.etl.write_job("appended", target={"table": "appended", "mode": "append"})
        self.etl.write_job("months", query={"fields": ["productName"]}, target={"table": "months"})
        self.etl.run_well()
        for table in ("usage", "appended", "months"):
            with self.subTest(table=table):
                index = self.database.value(
                    "select indexrelid::regclass::text from pg_index"
                    f" where indrelid = 'tokenflex.{table}'::regclass and indisunique"
                )
                definition = "select regexp_replace(pg_get_indexdef('{}'::regclass), 'INDEX .* ON', 'ON')"
                before = self.database.value(definition.format(index))
                self.database.execute(f"drop index {index}")
                examination = self.examine()
                self.assert_found(examination, "tables", "warn", "1 of them has no unique index")
                self.assertEqual(examination.exit_code, 0)
                self.database.execute(examination.checks["tables"]["advice"])
                self.assert_found(self.examine(), "tables", "ok")
                self.assertEqual(self.database.value(definition.format(index)), before)

    def test_no_secret_is_shown(self):
        for arguments in ((), ("--output", "json"), ("--log-level", "debug")):
            result = self.doctor(*arguments)
            self.assertNotIn("sim-secret", result.stdout + result.stderr)


class Files(DoctorCase):
    def test_settings_with_an_error_leave_nothing_to_ask(self):
        self.etl.write_settings({"api": {"retires": 3}})
        examination = self.assert_only_failure(78, "settings", "unknown key `retires` in `api`", "tokenflex-etl check")
        self.assertEqual(examination.skipped, NAMES[2:-1])
        self.assertEqual(self.simulator.stats["requests"]["token"], 0)

    def test_a_job_with_an_error(self):
        self.etl.write_job("broken", query={"fields": ["usageDate"], "where": "not x = 1"})
        self.assert_only_failure(78, "jobs", "broken.yaml", "tokenflex-etl check")

    def test_a_job_of_a_contract_that_the_user_does_not_see(self):
        self.etl.write_job("other", contract="99999999999")
        advice = ("tokenflex-etl discover contracts", "TOKENFLEX_CONTRACT")
        self.assert_only_failure(77, "contracts", "other", "99999999999", *advice)


class Database(DoctorCase):
    def test_no_server(self):
        self.etl.environment["PGHOST"] = "/nonexistent"
        examination = self.assert_only_failure(69, "database", "cannot connect to PostgreSQL", "/nonexistent")
        self.assertEqual(
            examination.skipped,
            NAMES[NAMES.index("database_version") : NAMES.index("timers")],
        )
        self.assertEqual(examination.status("token"), "ok")

    def test_of_fewer_connections_than_jobs_run_at_once(self):
        self.create_role("narrow", "connection limit 3")
        self.etl.environment["PGUSER"] = "narrow"
        self.assert_found(self.examine(), "connections", "warn", "narrow may have 3", "run.parallel_jobs is 4")

    def test_without_a_limit_the_service_is_asked_all_the_same(self):
        self.etl.environment["PGHOST"] = "/nonexistent"
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 0}}})
        examination = self.assert_only_failure(69, "database")
        self.assert_found(examination, "api", "ok", "1 request spent")
        self.assertEqual(examination.status("clock"), "ok")

    def test_an_empty_database_without_a_limit_the_service_is_asked_all_the_same(self):
        self.database.execute("drop schema tokenflex_etl cascade")
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 0}}})
        examination = self.examine()
        self.assertEqual((examination.failed, examination.exit_code), ([], 0), examination.checks)
        self.assert_found(examination, "schema", "warn", "does not exist yet")
        self.assert_found(examination, "api", "ok", "1 request spent")

    def test_a_wrong_password(self):
        self.create_role("locked", "password 'right'")
        self.etl.environment.update(PGUSER="locked", PGPASSWORD="wrong-password")
        examination = self.assert_only_failure(77, "database", "PostgreSQL refuses the user", "locked")
        self.assertNotIn("wrong-password", examination.result.stdout + examination.result.stderr)

    def test_a_server_that_takes_connections_and_answers_nothing(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            dsn = f"host=127.0.0.1 port={silent.getsockname()[1]} connect_timeout=1 sslmode=disable gssencmode=disable"
            self.etl.write_settings({"database": {"dsn": dsn}})
            examination = self.assert_only_failure(69, "database", "no answer from PostgreSQL")

    def test_a_server_that_only_reads(self):
        self.etl.environment["PGOPTIONS"] = "-c default_transaction_read_only=on"
        self.assert_only_failure(78, "database", "is read-only")


class Privileges(DoctorCase):
    def use_role(self, *grants):
        self.create_role("modest")
        for grant in grants:
            self.database.execute(grant)
        self.etl.environment["PGUSER"] = "modest"

    def test_a_role_that_may_do_nothing_is_told_the_grants(self):
        self.use_role()
        examination = self.assert_only_failure(
            73,
            "privileges",
            "may not create the schema tokenflex",
            "may not use the schema tokenflex_etl",
            "run (select, insert, update, delete)",
        )
        self.assertEqual(examination.skipped, ["schema", "tables", "budget", "api", "contracts", "clock"])
        self.database.execute(examination.checks["privileges"]["advice"])
        self.assertEqual(self.examine().exit_code, 0)
        self.etl.run_well()

    def test_a_role_that_may_do_nothing_without_a_limit_on_our_side(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 0}}})
        self.use_role()
        examination = self.assert_only_failure(73, "privileges", "may not use the schema tokenflex_etl")
        self.assert_found(examination, "api", "ok", "1 request spent")

    def test_a_role_that_may_only_read(self):
        self.use_role(
            "create schema tokenflex authorization modest",
            "grant usage on schema tokenflex_etl to modest",
            "grant select on all tables in schema tokenflex_etl to modest",
        )
        examination = self.assert_only_failure(73, "privileges", "run (insert, update, delete)")
        self.assertEqual(examination.status("schema"), "ok")

    def test_a_target_schema_that_belongs_to_another(self):
        self.use_role(
            "create schema tokenflex",
            "grant usage on schema tokenflex_etl to modest",
            "grant select, insert, update, delete on all tables in schema tokenflex_etl to modest",
        )
        self.assert_only_failure(73, "privileges", "may not create tables in the schema tokenflex")

    def test_a_table_that_another_role_has_made(self):
        self.etl.run_well()
        self.database.execute("create table tokenflex.notes (text text)")
        self.use_role(
            "grant usage, create on schema tokenflex to modest",
            "grant select on all tables in schema tokenflex to modest",
            "grant usage on schema tokenflex_etl to modest",
            "grant select, insert, update, delete on all tables in schema tokenflex_etl to modest",
        )
        examination = self.assert_only_failure(73, "privileges", "usage (insert, update, delete)")
        self.assertNotIn("notes", examination.checks["privileges"]["message"])

    def test_partitions_that_another_role_has_made(self):
        """Rows reach them through the table."""
        self.etl.write_job("usage", target={"table": "usage", "partition_by": "month"}, window={"field": "usageDate", "last": "35 days"})
        self.etl.run_well()
        self.use_role(
            "grant usage, create on schema tokenflex to modest",
            "grant select, insert, update, delete on tokenflex.usage to modest",
            "grant usage on schema tokenflex_etl to modest",
            "grant select, insert, update, delete on all tables in schema tokenflex_etl to modest",
        )
        self.assert_found(self.examine(), "privileges", "ok")
        self.etl.run_well()

    def test_a_reader_that_does_not_exist(self):
        self.etl.write_settings({"database": {"grant_select_to": ["nobody_knows"]}})
        self.assert_only_failure(73, "privileges", "roles that do not exist: nobody_knows")

    def test_no_schema_and_no_right_to_make_one(self):
        self.database.execute("drop schema tokenflex_etl cascade")
        self.use_role("create schema tokenflex authorization modest")
        self.assert_only_failure(73, "schema", "is not there", "init")


class Schema(DoctorCase):
    def test_that_is_not_there_yet(self):
        self.database.execute("drop schema tokenflex_etl cascade")
        examination = self.examine()
        self.assertEqual((examination.exit_code, examination.failed), (0, []))
        self.assert_found(examination, "schema", "warn", "does not exist yet", "tokenflex-etl init")
        self.assertEqual(examination.skipped, ["tables", "budget", "api", "contracts", "clock"])

    def test_of_an_older_level(self):
        self.database.execute("delete from tokenflex_etl.migration where number > 1")
        examination = self.examine()
        self.assertEqual(examination.exit_code, 0)
        self.assert_found(examination, "schema", "warn", "is at level 1", "tokenflex-etl init")
        self.assertEqual(examination.status("api"), "ok")

    def test_of_a_newer_level(self):
        self.database.execute("insert into tokenflex_etl.migration (number, name) values (9999, '9999_future')")
        self.assert_only_failure(78, "schema", "is at level 9999", "install the newer tokenflex-etl")


class Budget(DoctorCase):
    def write_bucket(self, tokens, blocked="null"):
        self.database.execute(
            "insert into tokenflex_etl.request_budget (account, tokens, refilled_at, blocked_until)"
            f" values ('sim-client', {tokens}, clock_timestamp(), {blocked})"
        )

    def assert_not_asked(self, examination):
        self.assertEqual((examination.exit_code, examination.failed), (0, []))
        self.assertEqual(examination.skipped, ["api", "contracts", "clock"])
        self.assert_found(examination, "api", "warn", "allows no request until 20")
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_that_is_spent_is_not_waited_for(self):
        self.write_bucket(-100)
        examination = self.examine()
        self.assert_found(examination, "budget", "warn", "spent: the next request of account `sim-client`")
        self.assert_not_asked(examination)

    def test_that_a_429_has_blocked_is_not_waited_for(self):
        self.write_bucket(40, "clock_timestamp() + interval '10 minutes'")
        examination = self.examine()
        self.assert_found(examination, "budget", "warn", "the service has asked the account", "to wait until")
        self.assert_not_asked(examination)

    def test_a_429_is_not_waited_for(self):
        self.simulator.script({"on": "contract", "status": 429, "retry_after": 600})
        examination = self.examine()
        self.assertEqual((examination.exit_code, examination.failed), (0, []))
        self.assert_found(examination, "api", "warn", "skipped: ", "429")


class Service(DoctorCase):
    def test_nobody_listens(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{closed.getsockname()[1]}"
            self.etl.write_settings({"api": {"base_url": url}, "auth": {"flow": "access_token", "access_token": "T"}})
            self.assert_only_failure(69, "api", "127.0.0.1", "2 requests of the budget spent")

    def test_a_service_that_speaks_no_tls(self):
        url = self.simulator.url.replace("http:", "https:")
        self.etl.write_settings({"api": {"base_url": url}, "auth": {"flow": "access_token", "access_token": "T"}})
        self.assert_only_failure(69, "api", url)

    def test_a_service_that_takes_connections_and_answers_nothing(self):
        self.etl.write_settings({"auth": {"flow": "access_token", "access_token": "T"}})
        self.etl.write_settings({"api": {"retries": 0}})
        self.simulator.script({"on": "contract", "times": -1, "hold": True})
        try:
            examination = self.assert_only_failure(69, "api", "cannot list the contracts")
        finally:
            self.simulator.release()

    def test_a_wrong_client_secret(self):
        self.etl.write_settings({"auth": {"client_secret": "wrong-secret"}})
        examination = self.assert_only_failure(77, "token", "refuses the credentials of client `sim-client`")
        self.assertEqual(examination.skipped, ["api", "contracts", "clock"])
        self.assertNotIn("wrong-secret", examination.result.stdout + examination.result.stderr)
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_no_client_secret(self):
        self.etl.write_settings({"auth": {"client_secret": None}})
        self.assert_only_failure(78, "token", "no client secret", "TOKENFLEX_CLIENT_SECRET")

    def test_an_access_token_that_has_ended(self):
        self.etl.write_settings({"auth": {"flow": "access_token", "access_token": "ended-long-ago"}})
        examination = self.assert_only_failure(77, "api", "refuses the access token", "1 request of the budget spent")
        self.assertNotIn("ended-long-ago", examination.result.stdout + examination.result.stderr)

    def test_a_user_who_is_no_administrator(self):
        self.simulator.config(administrator=False)
        self.assert_only_failure(77, "api", "lists no contracts", "Token Flex administrator")

    def test_a_temporary_fault_is_asked_again_once(self):
        self.simulator.script({"on": "contract", "nth": 1, "status": 502})
        examination = self.examine()
        self.assertEqual(examination.exit_code, 0)
        self.assert_found(examination, "api", "ok", "2 requests of the budget spent")


class Clock(DoctorCase):
    def test_a_service_a_minute_ahead(self):
        self.simulator.config(clock_ahead_s=60)
        examination = self.examine()
        self.assertEqual(examination.exit_code, 0)
        self.assert_found(examination, "clock", "warn", "behind the service's", "NTP")

    def test_a_service_an_hour_behind(self):
        self.simulator.config(clock_ahead_s=-3600)
        self.assert_only_failure(78, "clock", "60 minutes ahead of the service's", "NTP")

    def test_a_service_that_tells_no_time(self):
        self.simulator.script({"on": "contract", "status": 200, "body": "[]", "headers": {"Date": "soon"}})
        examination = self.examine()
        self.assert_found(examination, "clock", "warn", "skipped: the service has sent no date")

    def test_a_refusal_tells_the_time_too(self):
        self.simulator.config(clock_ahead_s=-3600)
        self.simulator.script({"on": "contract", "status": 403})
        examination = self.examine()
        self.assertEqual(examination.failed, ["api", "clock"])
        self.assertEqual(examination.exit_code, 77)


class Scopes(DoctorCase):
    def test_without_data_write_exports_are_impossible(self):
        self.etl.write_settings({"auth": {"scopes": ["data:read"]}})
        examination = self.examine()
        self.assertEqual(examination.exit_code, 0)
        self.assert_found(examination, "scopes", "warn", "lacks data:write", "auth.scopes")

    def test_a_job_by_export_needs_data_write(self):
        self.etl.write_settings({"auth": {"scopes": ["data:read"]}})
        self.etl.write_job("sessions", source="export")
        self.assert_only_failure(77, "scopes", "lacks data:write", "sessions uses the Export API")


class Stopped(DoctorCase):
    def test_a_stop_ends_it(self):
        self.simulator.script({"on": "contract", "hold": True})
        running = self.etl.start(*self.etl.command("doctor"))
        self.simulator.wait_for_held()
        running.signal(signal.SIGTERM)
        result = running.wait()
        self.simulator.release()
        self.assertEqual((result.exit_code, result.stdout), (75, ""))


if __name__ == "__main__":
    main()
