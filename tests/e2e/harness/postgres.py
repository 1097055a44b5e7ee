"""A private PostgreSQL for the whole test program, and a database for each test to begin with: empty."""

import atexit
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

from . import libpq
from .programs import HANG_S, SOURCE, spawn

# Sessions that a test has left behind hold locks, and dropping waits until they have ended.
_EMPTY = """
    do $$
    declare
        schema text;
    begin
        perform pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid();
        for schema in select nspname from pg_namespace where nspname !~ '^(pg_|information_schema$)' loop
            execute format('drop schema %I cascade', schema);
        end loop;
        create schema public;
    end $$
"""


# Its own commands and variables, and the data of a COPY.
_WANTS_PSQL = re.compile(r"""^\\|:["']|from stdin""", re.MULTILINE | re.IGNORECASE)


def _find_psql():
    """The server's own, or the newest there is, past Debian's wrapper: it takes longer than most of what is asked here."""
    chosen = pathlib.Path(os.environ.get("TOKENFLEX_POSTGRES_BIN", "/nowhere")) / "psql"
    if chosen.exists():
        return str(chosen)
    found = pathlib.Path("/usr/lib/postgresql").glob("[0-9]*/bin/psql")
    return str(max(found, key=lambda path: int(path.parts[4]), default="psql"))


PSQL = _find_psql()


def _parameters(server, name):
    """Those of libpq."""
    return {"host": server.host, "port": server.port, "user": server.user, "dbname": name}


class Server:
    """Lives as long as this process: with_postgres.sh deletes it when its command ends, which ends with its input."""

    def __init__(self):
        script = SOURCE / "tests" / "support" / "with_postgres.sh"
        command = ["sh", str(script), "sh", "-c", 'echo "$PGHOST $PGPORT $PGUSER"; exec cat']
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        words = self._process.stdout.readline().split()
        if len(words) != 3:
            raise RuntimeError("the private PostgreSQL did not start")
        self.host, self.port, self.user = words
        self._asker = libpq.Asker(_parameters(self, "tokenflex"))
        atexit.register(self.stop)

    def stop(self):
        self._asker.close()
        if self._process.poll() is None:
            self._process.stdin.close()
            self._process.wait(timeout=HANG_S)
        self._process.stdout.close()

    def halt(self):
        """Ends the server process and every session; the data stay."""
        self._control("stop")

    def resume(self):
        """After halt(), with settings as they are by now."""
        self._control("start", "fast")

    def crash(self):
        """A process of the server is killed, and it starts again: every session ends, and unlogged tables are empty."""
        database = Database(self, "tokenflex")
        killed = database.value("select pid from pg_stat_activity where backend_type = 'checkpointer'")
        os.kill(int(killed), signal.SIGKILL)
        database.wait_until(f"exists (select from pg_stat_activity where backend_type = 'checkpointer' and pid <> {killed})",
                            may_fail=True)

    def become_standby(self):
        """One that nothing is sent to: it only reads."""
        self.halt()
        (pathlib.Path(self.host) / "data" / "standby.signal").touch()
        self.resume()

    def become_primary(self):
        self.halt()
        (pathlib.Path(self.host) / "data" / "standby.signal").unlink()
        self.resume()

    def _control(self, command, *arguments):
        script = SOURCE / "etl" / "demo" / "private_postgres.sh"
        folder = str(pathlib.Path(self.host).parent)
        subprocess.run(["sh", str(script), command, folder, *arguments], check=True, capture_output=True)

    def empty_database(self):
        """The one database, as if it were new: emptying it takes a fraction of what making another one does."""
        self._asker.query(_EMPTY)
        return Database(self, "tokenflex", self._asker)


_server = None


def server():
    """The one server of this test program, started when it is first asked for."""
    global _server
    if _server is None:
        _server = Server()
    return _server


class Database:
    """An asker answers what a SELECT asks; without one, each question has a session of its own."""

    def __init__(self, of_server, name, asker=None):
        self.server = of_server
        self.name = name
        self._asker = asker

    @property
    def environment(self):
        """The PG* variables that lead here."""
        return {
            "PGHOST": self.server.host,
            "PGPORT": self.server.port,
            "PGUSER": self.server.user,
            "PGDATABASE": self.name,
        }

    def _psql_command(self):
        place = ["-h", self.server.host, "-p", self.server.port, "-U", self.server.user, "-d", self.name]
        return [PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "--csv", "-t", *place]

    def execute(self, script):
        """SQL, and what else psql knows, of which nothing is answered."""
        try:
            if not self._asker or _WANTS_PSQL.search(script) or not self._asker.execute(script):
                self.run_psql(script)
        except RuntimeError as error:
            raise AssertionError(f"{error}in {script}") from None

    def run_psql(self, script):
        """SQL and psql's own commands; returns the rows as lines of CSV."""
        done = subprocess.run(self._psql_command(), input=script, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr}in {script}")
        return done.stdout.splitlines()

    def rows(self, query):
        """Tuples of text; None for null. Of several statements, the rows of the last one."""
        try:
            if self._asker and query.lstrip().lower().startswith("select"):
                return self._asker.query(query)
            return libpq.query(_parameters(self.server, self.name), query)
        except RuntimeError as error:
            raise AssertionError(f"{error}in {query}") from None

    def row(self, query):
        (row,) = self.rows(query)
        return row

    def value(self, query):
        ((value,),) = self.rows(query)
        return value

    def count(self, table):
        return int(self.value(f"select count(*) from {table}"))

    def has_table(self, table):
        return self.value(f"select to_regclass('{table}') is not null") == "t"

    def wait_until(self, condition, may_fail=False):
        """Asks until an SQL condition holds; may_fail: also while the server refuses to answer."""
        deadline = time.monotonic() + HANG_S
        while not self._holds(condition, may_fail):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {HANG_S} s: {condition}")
            time.sleep(0.02)

    def _holds(self, condition, may_fail):
        try:
            return self.value(f"select {condition}") == "t"
        except AssertionError:
            if may_fail:
                return False
            raise

    def wait_until_left(self):
        """Until the server has ended every session of the program under test."""
        self.wait_until(
            "not exists (select from pg_stat_activity where datname = current_database()"
            " and application_name like 'tokenflex-etl%')"
        )

    def session(self):
        return Session(self._psql_command())

    def reader(self, query):
        return Reader(self.session(), query)


class Session:
    """A psql that stays: for locks that somebody else holds."""

    def __init__(self, command):
        self._process = spawn(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def execute(self, sql):
        """Returns what the statements answer, a line a row, when they have been executed."""
        lines = []
        self._process.stdin.write(f"{sql}\n\\echo done\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line == "done\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise AssertionError(f"psql ended at {sql}")

    def close(self):
        """Ends the session; its transaction is rolled back."""
        if self._process.poll() is None:
            self._process.stdin.close()
            self._process.wait(timeout=HANG_S)
        self._process.stdout.close()


class Reader:
    """Asks the same again and again in a thread of its own, until it is ended."""

    def __init__(self, session, query):
        self._session = session
        self._query = query
        self._stop = threading.Event()
        self._answers = [session.execute(query)]
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        while not self._stop.is_set():
            self._answers.append(self._session.execute(self._query))

    def end(self):
        """All answers, oldest first, each a list of lines: the last one was asked for just now."""
        self._stop.set()
        self._thread.join(timeout=HANG_S)
        return [*self._answers, self._session.execute(self._query)]

    def close(self):
        self._stop.set()
        self._thread.join(timeout=HANG_S)
        self._session.close()
