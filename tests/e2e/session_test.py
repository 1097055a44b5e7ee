"""One server session: what the program sets itself, how long it lets the server work, and with how few connections it
can do."""

import signal
import socket
import ssl
import subprocess
import threading

from harness import CONTRACT, EtlTestCase, cases, main


class SettingsOfTheRole(EtlTestCase):
    """Change nothing of what a run means. PGOPTIONS stands for what a role, a database or the server has set."""

    simulator_settings = {"rows": 10}

    def test_serializable_transactions_make_one_new_table_of_eight_contracts(self):
        numbers = [f"1100000000{number}" for number in range(1, 9)]
        self.simulator.config(contracts=[{"number": number, "name": "n", "active": True} for number in numbers])
        self.etl.environment["PGOPTIONS"] = "-c default_transaction_isolation=serializable"
        self.etl.write_settings({"run": {"parallel_jobs": 8}})
        self.etl.write_job(contract=numbers, page_size=5)
        self.simulator.script({"on": "page", "times": -1, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held(8)
        self.simulator.script()
        self.simulator.release()
        result = running.wait()
        self.assertEqual((result.exit_code, result.log("error")), (0, []))
        self.assertEqual(self.database.count("tokenflex.usage"), 80)

    def test_another_table_access_method_makes_tables_that_the_next_run_loads(self):
        self.database.execute("create access method other_heap type table handler heap_tableam_handler")
        self.etl.environment["PGOPTIONS"] = "-c default_table_access_method=other_heap"
        self.etl.write_job(target={"table": "usage", "history": True})
        self.etl.run_well()
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 10)

    def test_an_encoding_that_lacks_characters_is_named(self):
        name = f"{self.database.name}_latin"
        self.database.execute(f"create database {name} encoding 'LATIN1' locale 'C' template template0")
        self.addCleanup(self.database.execute, f"drop database {name} with (force)")
        self.etl.environment["PGDATABASE"] = name
        row = '["2026-01-01","AutoCAD","%s",1]'
        columns = ["usageDate", "productName", "userName", "tokensConsumed"]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": columns, "rows": [row % "j\u00f6rg", row % "\u5730"]}])
        self.etl.write_job()
        self.assert_failed(self.etl.run(), 65, "user_name", "the encoding of the database lacks a character", "encoding UTF8")

    def test_quoted_identifiers_find_every_row_unchanged(self):
        self.etl.environment["PGOPTIONS"] = "-c quote_all_identifiers=on"
        self.etl.write_job()
        self.etl.run_well()
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 10)

    def test_a_time_limit_of_locks_ends_no_wait_for_a_load_that_makes_a_table(self):
        self.etl.environment["PGOPTIONS"] = "-c lock_timeout=200"
        self.etl.write_job()
        other = self.open_session()
        other.execute("begin; select pg_advisory_xact_lock(hashtextextended('tokenflex-etl ddl tokenflex', 0));")
        running = self.etl.start_run()
        self.database.wait_until(
            "exists (select from pg_stat_activity where wait_event = 'advisory' and application_name like 'tokenflex-etl%'"
            " and clock_timestamp() - query_start > interval '1 second')"
        )
        other.execute("commit;")
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assert_all_rows_arrived()

    def test_a_time_limit_of_statements_ends_no_load(self):
        self.etl.write_job()
        self.etl.run_well()
        self.database.execute(
            "create function limit_now() returns trigger language plpgsql as $$ begin"
            " if current_setting('statement_timeout') = '1h' then raise 'the limit of the role'; end if;"
            " return null; end $$;"
            "delete from tokenflex.usage;"
            "create trigger t after insert on tokenflex.usage execute function limit_now()"
        )
        self.etl.environment["PGOPTIONS"] = "-c statement_timeout=1h"
        self.etl.run_well()
        self.assertEqual(self.database.count("tokenflex.usage"), 10)


# Who makes every session of the role `reader` one that only reads.
READ_ONLY = {
    "by_the_role": "alter role reader {}",
    "by_the_database": "alter database tokenflex {}",
    "by_the_role_in_the_database": "alter role reader in database tokenflex {}",
}
ON = "set default_transaction_read_only = on"


class ReadOnlyCase(EtlTestCase):
    simulator_settings = {"rows": 10}

    def assert_refused(self, code, *words):
        """Before a request, by whatever would write."""
        self.etl.write_job()
        self.assert_failed(self.etl.run(), code, *words)
        for command in ("init", "doctor"):
            result = self.etl.call(*self.etl.command(command))
            self.assertEqual(result.exit_code, code, result.stdout + result.stderr)
            for word in words:
                self.assertIn(word, result.stdout + result.stderr)
        self.assertEqual(self.simulator.stats["budgeted"], 0)


@cases(READ_ONLY)
class ReadOnlyDefault(ReadOnlyCase):
    """Is told with the statement that takes it back, which works in a session that only reads."""

    statement = (
        'begin read write; alter role "reader" in database "tokenflex" set default_transaction_read_only = off; commit'
    )

    def check(self, statement):
        self.database.execute(
            "create role reader login; grant create, temporary on database tokenflex to reader;"
            "alter role postgres set default_transaction_read_only = off"
        )
        self.addCleanup(
            self.database.execute,
            "alter database tokenflex reset default_transaction_read_only;"
            "alter role postgres reset default_transaction_read_only;"
            "drop owned by reader; drop role reader",
        )
        self.database.execute(statement.format(ON))
        self.etl.environment["PGUSER"] = "reader"
        self.assert_refused(73, "is read-only", self.statement)
        self.database.execute(f"set default_transaction_read_only = on; {self.statement}")
        self.etl.run_well()
        self.assert_all_rows_arrived()


class ReadOnlyConnection(ReadOnlyCase):
    def test_by_its_options_is_a_matter_of_settings(self):
        self.etl.environment["PGOPTIONS"] = "-c default_transaction_read_only=on"
        self.assert_refused(78, "is read-only", "PGOPTIONS")


class Standby(ReadOnlyCase):
    def test_is_refused_for_now(self):
        server = self.database.server
        server.become_standby()
        self.addCleanup(server.become_primary)
        self.assert_refused(69, "its server is a standby", "target_session_attrs=read-write")


class TimeoutOfTheJob(EtlTestCase):
    """Ends what the database is at, and leaves lock and table for the next run."""

    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.etl.run_well()
        self.simulator.restate(every=1)
        self.etl.write_job(timeout="10s")

    def assert_for_another_time(self, result, *words):
        self.assert_failed(result, 75, *words)
        self.assertEqual(self.last_run("status"), ("failed",))

    def assert_loads_afterwards(self):
        self.etl.write_job()
        self.assertEqual(self.etl.run_well().one_run["rows_updated"], 10)
        self.assert_all_rows_arrived()

    def make_loads_slow(self):
        """Those of the job `usage`."""
        self.database.execute(
            "create function sleep() returns trigger language plpgsql as $$ begin"
            " if current_setting('application_name') like '%usage run%' then perform pg_sleep(3600); end if;"
            " return null; end $$;"
            "create trigger t before update on tokenflex.usage execute function sleep()"
        )

    def test_leaves_the_lock_to_the_next_job_of_the_table(self):
        self.make_loads_slow()
        self.etl.write_job("usage_too", target={"table": "usage"})
        result = self.etl.run()
        self.assertEqual(
            [(run["job"], run["status"], run["rows_updated"]) for run in result.runs],
            [("usage", "failed", 0), ("usage_too", "succeeded", 10)],
        )
        self.assertEqual(result.exit_code, 75)

    def test_cancels_a_statement_that_takes_longer(self):
        self.make_loads_slow()
        self.assert_for_another_time(self.etl.run(), "the timeout has passed", CONTRACT)
        self.database.wait_until_left()
        self.database.execute("drop trigger t on tokenflex.usage")
        self.assert_loads_afterwards()

    def test_ends_the_wait_for_a_lock_and_says_who_holds_it(self):
        other = self.open_session()
        other.execute("set application_name = 'somebody''s psql'; begin; update tokenflex.usage set user_name = 'x';")
        self.assert_for_another_time(self.etl.run(), "is locked by process", "somebody's psql")
        other.execute("rollback;")
        self.assert_loads_afterwards()

    def test_is_what_a_statement_of_the_load_has_at_the_server(self):
        self.database.execute(
            "create table public.seen as select current_setting('statement_timeout') as statement,"
            " current_setting('lock_timeout') as lock limit 0;"
            "create function see() returns trigger language plpgsql as $$ begin"
            " insert into public.seen values (current_setting('statement_timeout'), current_setting('lock_timeout'));"
            " return null; end $$;"
            "create trigger t before update on tokenflex.usage execute function see()"
        )
        self.etl.write_job(timeout="50s")
        self.etl.run_well()
        statement, lock = self.database.row(
            "select extract(epoch from statement::interval) between 1 and 51,"
            " extract(epoch from lock::interval) between 1 and 49 from public.seen"
        )
        self.assertEqual((statement, lock), ("t", "t"))

    def test_bounds_the_wait_for_the_tools_own_tables(self):
        other = self.open_session()
        other.execute("begin; lock table tokenflex_etl.run;")
        self.assert_failed(self.etl.run(), 75, "the timeout has passed")
        other.execute("rollback;")
        self.assert_loads_afterwards()


class ServerGoneForGood(EtlTestCase):
    """In the middle of a run: it is waited for until the job's timeout at the latest."""

    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.addCleanup(self.database.server.resume)

    def lose_server(self):
        self.simulator.script({"on": "poll", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.database.server.halt()
        self.simulator.release()
        return running.wait()

    def test_is_for_another_time_where_the_timeout_comes_first(self):
        self.etl.write_settings({"api": {"retries": 100, "retry_wait": "1s"}})
        self.etl.write_job(timeout="15s")
        self.assert_failed(self.lose_server(), 75, "would pass the job's timeout", "cannot connect to PostgreSQL")

    def test_is_unavailable_where_the_retries_end_first(self):
        self.etl.write_job()
        self.assert_failed(self.lose_server(), 69, "cannot connect to PostgreSQL")


class AnotherEncoding(EtlTestCase):
    """Of the database: its server converts all texts."""

    simulator_settings = {"rows": 10}

    def test_of_the_database_holds_what_its_characters_can_say(self):
        how = "encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0"
        self.database.execute(f"create database latin {how}")
        self.addCleanup(self.database.execute, "drop database latin with (force)")
        self.etl.environment["PGDATABASE"] = "latin"
        self.etl.write_job()
        row = '["2026-11-05","Möbel","ann",5]'
        columns = ["usageDate", "productName", "userName", "tokensConsumed"]
        self.simulator.config(results=[{"columns": columns, "rows": [row]}])
        for _ in range(2):
            self.etl.run_well()
        status = self.etl.call(*self.etl.command("status"))
        self.assertEqual(status.exit_code, 0, status.stderr)


class ServerRestarts(EtlTestCase):
    """While a run waits for its turn: it connects again, as it does in the middle of a load."""

    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.addCleanup(self.database.server.resume)

    def test_a_lock_is_waited_for_across_a_restart(self):
        self.etl.write_settings({"api": {"retries": 100, "retry_wait": "100ms"}})
        self.etl.write_job()
        self.simulator.script({"on": "poll", "hold": True})
        first = self.etl.start_run()
        self.simulator.wait_for_held()
        second = self.etl.start_run("--wait", "1h")
        second.wait_for_stderr("waiting for it")
        self.database.server.halt()
        first.signal(signal.SIGKILL)
        first.wait()
        second.wait_for_stderr("connecting again")
        self.database.server.resume()
        self.simulator.script()
        self.simulator.release()
        self.assertEqual(second.wait().exit_code, 0)
        self.assert_all_rows_arrived()


class LostBeforeTheFirstChunk(EtlTestCase):
    simulator_settings = {"rows": 10}

    def test_a_connection_is_made_again(self):
        self.etl.write_job()
        self.etl.run_well()
        other = self.open_session()
        other.execute("begin; lock table tokenflex_etl.migration;")
        running = self.etl.start_run()
        waits = "from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'tokenflex-etl%'"
        self.database.wait_until(f"exists (select {waits})")
        self.database.rows(f"select pg_terminate_backend(pid) {waits}")
        other.execute("commit;")
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertIn("connecting again", result.stderr)


class FewConnections(EtlTestCase):
    """Allowed to the role: then fewer jobs run at once, and all of them run."""

    simulator_settings = {"rows": 10}
    jobs = ("one", "two", "three", "four")

    def setUp(self):
        super().setUp()
        for name in self.jobs:
            self.etl.write_job(name, page_size=5)
        self.etl.environment["PGUSER"] = "narrow"

    def allow(self, connections):
        self.database.execute(
            f"create role narrow login connection limit {connections};"
            "grant create, temporary on database tokenflex to narrow"
        )
        self.addCleanup(self.database.execute, "drop owned by narrow; drop role narrow")

    def assert_all_run(self):
        result = self.etl.run_well()
        self.assertEqual([run["rows_inserted"] for run in result.runs], [10] * 4)
        self.assertEqual(result.log("error"), [])
        self.assertIn("fewer jobs run at once than run.parallel_jobs says", "\n".join(result.log("warn")))

    def test_one(self):
        self.allow(1)
        self.assert_all_run()

    def test_fewer_than_parallel_jobs(self):
        self.allow(3)
        self.assert_all_run()

    def test_not_even_one(self):
        self.allow(0)
        self.assert_failed(self.etl.run(), 69, "too many connections for role")


class TlsServer:
    """Behind 127.0.0.1, where a PostgreSQL begins: it knows TLS, or does not, and says nothing else."""

    def __init__(self, certificate=None, knows_tls=True):
        self.connections = 0
        self._knows_tls = knows_tls
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self._answer(connection)

    def _answer(self, connection):
        connection.recv(8)
        connection.sendall(b"S" if self._knows_tls else b"N")
        try:
            if self._context:
                with self._context.wrap_socket(connection, server_side=True) as encrypted:
                    encrypted.recv(1)
            else:
                connection.recv(1)
        except OSError:
            pass

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


# What is wrong, with sslmode and sslrootcert (`own` of the server, `missing`, or none), and libpq's words for it.
WRONG_TLS = {
    "the_name_in_the_certificate": ("verify-full", "own", "does not match host name"),
    "another_root_certificate": ("verify-ca", "other", "certificate verify failed"),
    "no_root_certificate": ("verify-full", "missing", "root certificate file"),
    "a_server_without_tls": ("require", None, "server does not support SSL, but SSL was required"),
}


@cases(WRONG_TLS)
class WrongTls(EtlTestCase):
    """Is a matter of settings, told with what to look at, and tried once."""

    def make_certificate(self, name):
        path = self.etl.directory / name
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days"]
            + ["2", "-subj", "/CN=elsewhere.example", "-keyout", str(path), "-out", f"{path}.crt"],
            check=True,
            capture_output=True,
        )
        path.write_text(path.read_text(encoding="utf-8") + (path.parent / f"{name}.crt").read_text(encoding="utf-8"))
        return path

    def check(self, wrong):
        mode, root, words = wrong
        server = TlsServer(self.make_certificate("own"), knows_tls=root is not None)
        self.addCleanup(server.close)
        self.make_certificate("other")
        dsn = f"host=127.0.0.1 port={server.port} sslmode={mode} gssencmode=disable"
        if root:
            dsn += f" sslrootcert={self.etl.directory / root}.crt"
        self.etl.write_settings({"database": {"dsn": dsn}})
        self.etl.write_job()
        self.assert_failed(self.etl.run(), 78, words, "sslmode")
        self.assertEqual(server.connections, 1)
        self.assertEqual(self.simulator.stats["budgeted"], 0)


if __name__ == "__main__":
    main()
