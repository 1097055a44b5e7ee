"""PgBouncer between the program and the server: what needs one server session is refused where it would have several."""

from harness import CONTRACT, EtlTestCase, Pooler, cases, main

NO_LOCK_LEFT = "not exists (select from pg_locks where locktype = 'advisory')"

# What a run sets otherwise than this server, and what would be shared with the pool's other clients.
SETTINGS = (
    "select coalesce(current_setting('tokenflex_etl.nonce', true), ''),"
    " current_setting('client_connection_check_interval')"
)
UNTOUCHED = ("", "0")


class PoolerCase(EtlTestCase):
    simulator_settings = {"rows": 100}
    mode = "session"

    def setUp(self):
        super().setUp()
        self.start_pooler()

    def start_pooler(self, **settings):
        self.pooler = Pooler(self.database, self.mode, **settings)
        self.addCleanup(self.pooler.stop)
        self.etl.environment.update(self.pooler.environment)

    def call(self, *arguments):
        return self.etl.call(*self.etl.command(*arguments))

    def doctor(self):
        result = self.call("--output", "json", "doctor")
        checks = {check["name"]: check for check in result.json["checks"]}
        return result.exit_code, checks["pooler"]

    def write_four_jobs(self):
        for name in ("one", "two", "three", "four"):
            self.etl.write_job(name, page_size=10)


class SessionMode(PoolerCase):
    def test_loads(self):
        self.etl.write_job()
        self.assertEqual(self.etl.run_well().one_run["rows_inserted"], 100)
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 100)
        self.assert_all_rows_arrived()

    def test_loads_four_jobs_at_once(self):
        self.write_four_jobs()
        runs = self.etl.run_well().runs
        self.assertEqual([run["rows_inserted"] for run in runs], [100] * 4)

    def test_is_no_obstacle_to_init(self):
        self.assertEqual(self.call("init").exit_code, 0)

    def test_is_well_for_the_doctor(self):
        _, pooler = self.doctor()
        self.assertEqual((pooler["status"], pooler["advice"]), ("ok", None))

    def test_keeps_no_lock_and_no_setting_of_a_run(self):
        self.etl.write_job()
        self.etl.run_well()
        self.database.wait_until(NO_LOCK_LEFT)
        self.assertEqual(self.pooler.database.row(SETTINGS), UNTOUCHED)


class SessionModeOfOneConnection(PoolerCase):
    def start_pooler(self, **settings):
        super().start_pooler(default_pool_size=1, query_wait_timeout=2)

    def test_loads_one_job_after_the_other(self):
        self.write_four_jobs()
        result = self.etl.run_well()
        self.assertEqual([run["rows_inserted"] for run in result.runs], [100] * 4)
        self.assertEqual(result.log("error"), [])


class TransactionMode(PoolerCase):
    mode = "transaction"

    def assert_refused(self, result):
        self.assert_failed(result, 78, f"behind a pooler in {self.mode} mode", "pool_mode = session")

    def assert_nothing_is_left(self):
        self.assertEqual(self.database.value(f"select {NO_LOCK_LEFT}"), "t")
        self.assertFalse(self.database.has_table("tokenflex_etl.run"))
        self.assertFalse(self.database.has_table("tokenflex.usage"))

    def test_is_refused_by_run_before_anything_is_done(self):
        self.etl.write_job()
        self.assert_refused(self.etl.run())
        self.assert_nothing_is_left()
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_is_refused_by_init(self):
        self.assert_refused(self.call("init"))
        self.assert_nothing_is_left()

    def test_is_a_failure_for_the_doctor(self):
        exit_code, pooler = self.doctor()
        self.assertEqual((exit_code, pooler["status"]), (78, "fail"))
        self.assertIn(f"a pooler in {self.mode} mode", pooler["message"])
        self.assertIn("pool_mode = session", pooler["advice"])

    def test_gets_its_sessions_back_as_they_were(self):
        self.call("init")
        self.assertEqual(self.pooler.database.row(SETTINGS), UNTOUCHED)

    def test_is_refused_by_commands_that_only_read(self):
        """They set their session too, and the pool would hand it to others."""
        self.etl.write_job()
        commands = [("status",), ("changes",), ("forecast",), ("report", "--html", "page.html"), ("reconcile",)]
        for command in [*commands, ("discover", "contracts")]:
            with self.subTest(command=command):
                self.assert_refused(self.call(*command))
                self.assertEqual(self.pooler.database.row(SETTINGS), UNTOUCHED)

    def test_keeps_the_database_from_a_plan(self):
        self.etl.write_job()
        result = self.call("plan")
        self.assertEqual(result.exit_code, 0)
        self.assertIn(f"behind a pooler in {self.mode} mode", result.stdout)
        self.assertEqual(self.pooler.database.row(SETTINGS), UNTOUCHED)

    def test_gets_its_sessions_back_from_a_run_that_writes_metrics(self):
        self.etl.write_settings({"run": {"metrics_file": "metrics.prom"}})
        self.etl.write_job()
        self.assert_refused(self.etl.run())
        self.assertEqual(self.pooler.database.row(SETTINGS), UNTOUCHED)

    def test_is_refused_with_four_jobs_at_once(self):
        self.write_four_jobs()
        self.assert_refused(self.etl.run())
        self.assert_nothing_is_left()

    def test_is_refused_to_four_runs_at_once(self):
        self.write_four_jobs()
        running = [self.etl.start_run(name) for name in ("one", "two", "three", "four")]
        for run in running:
            self.assert_refused(run.wait())
        self.assert_nothing_is_left()

    def test_is_refused_while_others_use_the_pool(self):
        busy = [self.pooler.database.reader("select count(*) from pg_class") for _ in range(3)]
        for reader in busy:
            self.addCleanup(reader.close)
        self.etl.write_job()
        self.assert_refused(self.etl.run())
        self.assert_nothing_is_left()


class StatementMode(TransactionMode):
    mode = "statement"


# What gives the session another nonce, in place of a pooler that was not found at first.
BEFORE_IT_BEGINS = """
    create trigger t after insert on tokenflex_etl.run execute function other_session();
    create function go_on() returns trigger language plpgsql as $$ begin raise 'the load went on'; end $$;
    create trigger t after insert on tokenflex.usage execute function go_on();
"""
BEFORE_IT_COMMITS = "create trigger t after insert on tokenflex.usage execute function other_session();"


@cases({"before_it_begins": BEFORE_IT_BEGINS, "before_it_commits": BEFORE_IT_COMMITS})
class AnotherSession(EtlTestCase):
    """Answers within a load: nothing of that is kept."""

    simulator_settings = {"rows": 10}

    def check(self, trigger):
        self.etl.write_job()
        self.etl.run_well()
        self.database.execute(
            "delete from tokenflex.usage;"
            "create function other_session() returns trigger language plpgsql as $$ begin"
            " perform set_config('tokenflex_etl.nonce', 'of another', false); return null; end $$;" + trigger
        )
        self.assert_failed(self.etl.run(), 78, "a pooler in transaction mode", CONTRACT)
        self.assertEqual(self.database.count("tokenflex.usage"), 0)
        self.assertEqual(self.last_run("status"), ("failed",))


if __name__ == "__main__":
    main()
