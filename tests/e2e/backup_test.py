"""The database, or a part of it, is replaced by an older backup (pg_dump): the next run loads what the service has."""

import pathlib
import re
import signal
import subprocess
import tempfile

from harness import CONTRACT, DEFAULT_COLUMNS, Etl, EtlTestCase, differences, main
from harness.etl import default_job
from harness.postgres import PSQL

PG_DUMP = str(pathlib.Path(PSQL).with_name("pg_dump"))
WINDOW = {"field": "usageDate", "last": "35 days", "chunk": "month"}
TABLES, STATE = ("tokenflex",), ("tokenflex_etl",)
BOTH = TABLES + STATE


class BackupCase(EtlTestCase):
    simulator_settings = {"rows_per_day": 5}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=WINDOW)

    def dump(self, *schemas):
        """A backup as SQL."""
        server = self.database.server
        place = ["-h", server.host, "-p", server.port, "-U", server.user, "-d", self.database.name]
        command = [PG_DUMP, *place, *(f"--schema={schema}" for schema in schemas)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def restore(self, schemas, drop=None):
        for schema in drop or schemas:
            self.database.execute(f"drop schema {schema} cascade")
        self.database.run_psql(self.backup[schemas])

    def assert_whole(self, months):
        days = sum((31, 28, 31, 30, 31, 30)[:months])
        self.assertEqual(
            self.database.row("select count(distinct usage_date), count(*) from tokenflex.usage"),
            (str(days), str(5 * days)),
        )
        expected = self.simulator.expected_csv(self.query_of(months), CONTRACT)
        self.assertEqual(differences(self.database, expected, DEFAULT_COLUMNS, "tokenflex.usage"), (0, 0))

    def query_of(self, months):
        where = f"usageDate >= '2026-01-01' AND usageDate < '2026-{1 + months:02}-01'"
        return {**default_job()["query"], "where": where}

    def backfill(self, months, *arguments):
        """The exit code and, of each month, what became of it."""
        result = self.etl.run("--from", "2026-01-01", "--to", f"2026-{1 + months:02}-01", *arguments)
        return result.exit_code, [
            (run["status"], run["rows_inserted"], run["rows_updated"], run["rows_unchanged"]) for run in result.runs
        ]


class Restored(BackupCase):
    """Three months are loaded and backed up; then half a year is loaded, in which the service has restated rows."""

    def setUp(self):
        super().setUp()
        self.assertEqual(self.backfill(3)[0], 0)
        self.backup = {name: self.dump(*name) for name in (BOTH, TABLES, STATE)}
        self.simulator.restate(every=3)
        self.assertEqual(self.backfill(6, "--again")[0], 0)

    def test_both_schemas(self):
        """What the run history knows is in the table. So it is loaded when it is asked for again."""
        self.restore(BOTH)
        self.assertEqual([status for status, *_ in self.backfill(6)[1]], ["skipped"] * 3 + ["succeeded"] * 3)
        exit_code, months = self.backfill(6, "--again")
        self.assertEqual(exit_code, 0)
        self.assertTrue(all(updated > 0 for _, _, updated, _ in months[:3]))
        self.assertEqual([unchanged for _, _, _, unchanged in months[3:]], [150, 155, 150])
        self.assert_whole(6)

    def test_tables_alone(self):
        """The run history tells of loads that the tables have lost: each such chunk is loaded again."""
        self.restore(TABLES)
        exit_code, months = self.backfill(6)
        self.assertEqual((exit_code, [status for status, *_ in months]), (0, ["succeeded"] * 6))
        self.assertEqual([inserted for _, inserted, _, _ in months], [0, 0, 0, 150, 155, 150])
        self.assert_whole(6)

    def test_run_history_alone(self):
        """The tables have more than the run history knows."""
        self.restore(STATE)
        self.assertEqual(self.backfill(6)[0], 0)
        self.assert_whole(6)

    def test_run_history_without_its_tables(self):
        self.restore(STATE, drop=BOTH)
        exit_code, months = self.backfill(3)
        self.assertEqual((exit_code, [inserted for _, inserted, _, _ in months]), (0, [155, 140, 155]))
        self.assert_whole(3)

    def test_tables_without_their_run_history_are_refused(self):
        self.restore(TABLES, drop=BOTH)
        self.assert_failed(self.etl.run(), 78, "was not made by tokenflex-etl", "restore the schema tokenflex_etl")


class Running(BackupCase):
    def test_a_run_under_way_in_the_backup_is_taken_over(self):
        self.simulator.script({"on": "page", "hold": True})
        self.etl.write_job("usage", window=WINDOW, page_size=100)
        running = self.etl.start_run("--from", "2026-01-01", "--to", "2026-02-01")
        self.simulator.wait_for_held()
        backup = self.dump(*BOTH)
        running.signal(signal.SIGKILL)
        running.wait()
        self.database.wait_until_left()
        self.simulator.script()
        self.simulator.release()
        self.backup = {BOTH: backup}
        self.assertEqual(self.backfill(2)[0], 0)
        self.restore(BOTH)
        self.assertEqual(self.backfill(2)[0], 0)
        self.assert_whole(2)
        self.assertEqual(
            self.database.row("select status, error_kind from tokenflex_etl.run order by run_id limit 1"),
            ("failed", "died"),
        )


class SequencesBehind(BackupCase):
    """As on a logical replica that has become the primary server: it has the rows, but not their sequences."""

    IDENTITIES = """
        select table_name, column_name from information_schema.columns
         where table_schema = 'tokenflex_etl' and is_identity = 'YES' order by 1, 2
    """
    BACK = """
        do $$ declare i record; begin
        for i in select * from information_schema.columns where table_schema = 'tokenflex_etl' and is_identity = 'YES' loop
            perform setval(pg_get_serial_sequence('tokenflex_etl.' || i.table_name, i.column_name), 1, false);
        end loop; end $$
    """

    def setUp(self):
        super().setUp()
        for _ in range(2):
            self.etl.run_well()

    def behind(self, result):
        return [line for line in result.log("warn") if "was behind the table's rows" in line]

    def test_are_set(self):
        self.database.execute(self.BACK)
        result = self.etl.run_well()
        self.assertEqual(len([line for line in self.behind(result) if "tokenflex_etl.run was" in line]), 1)
        numbers = self.database.rows("select run_id from tokenflex_etl.run order by run_id")
        self.assertEqual(numbers, [(str(number),) for number in range(1, 1 + len(numbers))])
        self.assertEqual(self.behind(self.etl.run_well()), [])

    def test_none_is_forgotten(self):
        statement = pathlib.Path(__file__).parents[2].joinpath("sql/schema/sequences_advance.sql").read_text("utf-8")
        named = sorted(re.findall(r"select '(\w+)', '(\w+)', max\(\2\) from tokenflex_etl\.\1\b", statement))
        self.assertEqual(named, self.database.rows(self.IDENTITIES))

    def test_that_the_role_may_not_set_are_named(self):
        role = f"{self.database.name}_limited"
        self.database.execute(
            f"create role {role} login; grant create on database {self.database.name} to {role};"
            f" grant usage, create on schema tokenflex to {role}; grant usage on schema tokenflex_etl to {role};"
            f" grant all on all tables in schema tokenflex, tokenflex_etl to {role}"
        )
        self.addCleanup(self.database.execute, f"drop owned by {role}; drop role {role}")
        self.etl.environment["PGUSER"] = role
        self.etl.run_well()
        self.database.execute(self.BACK)
        result = self.etl.run()
        self.assert_failed(result, 73, "the sequence of tokenflex_etl.run is behind", "let the owner of the table run")
        self.database.execute(re.search(r"run: (select setval.*)\)$", result.stderr, re.MULTILINE)[1])
        self.etl.run_well()


class AnotherHost(BackupCase):
    def test_it_goes_on_where_a_run_was_stopped(self):
        """With the settings and jobs of the first, and a login of its own."""
        other = Etl(self.enterContext(tempfile.TemporaryDirectory(prefix="tokenflex-other.")))
        self.addCleanup(other.close)
        other.environment.update(self.database.environment)
        other.write_settings({"api": {"base_url": self.simulator.url}})
        other.write_job("usage", window=WINDOW, page_size=100)
        self.etl.write_job("usage", window=WINDOW, page_size=100)
        self.simulator.script({"on": "page", "hold": True})
        running = self.etl.start_run("--from", "2026-01-01", "--to", "2026-02-01")
        self.simulator.wait_for_held()
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().exit_code, 75)
        self.simulator.script()
        self.simulator.release()
        result = other.run_well("--from", "2026-01-01", "--to", "2026-02-01")
        self.assertIn("resuming the query", result.stderr)
        self.assertEqual(self.simulator.requests("submit"), 1)
        self.assert_whole(1)


if __name__ == "__main__":
    main()
