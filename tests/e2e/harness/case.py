"""Test cases that have what they need when they begin, and leave nothing behind."""

import signal
import tempfile
import time
import unittest

from . import postgres
from .etl import CONTRACT, DEFAULT_COLUMNS, Etl, default_job
from .programs import HANG_S
from .rows import differences
from .simulator import Simulator


class CliTestCase(unittest.TestCase):
    """The program alone: no database, no service."""

    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory(prefix="tokenflex-e2e."))
        self.etl = Etl(self.directory)
        self.addCleanup(self.etl.close)

    def wait_until(self, condition):
        """Asks until condition() holds."""
        deadline = time.monotonic() + HANG_S
        while not condition():
            self.assertLess(time.monotonic(), deadline, "what was waited for did not come")
            time.sleep(0.01)

    def assert_failed(self, result, exit_code, *words):
        """One error line with all these words, and this exit code."""
        self.assertEqual(result.exit_code, exit_code, result.stderr)
        error = result.error
        for word in words:
            self.assertIn(word, error)


class EtlTestCase(CliTestCase):
    """A database and a simulator of the test's own, settings that lead to both, and no job yet."""

    simulator_settings = {}

    def setUp(self):
        super().setUp()
        self.database = postgres.server().empty_database()
        self.simulator = self.start_simulator(**self.simulator_settings)
        self.etl.environment.update(self.database.environment)
        self.etl.write_settings({"api": {"base_url": self.simulator.url}})

    def start_simulator(self, **settings):
        simulator = Simulator(**settings)
        self.addCleanup(simulator.stop)
        return simulator

    def run_and_die(self, where):
        """A run that is killed where this rule of the simulator holds it; the service answers again afterwards."""
        self.simulator.script({**where, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        running.signal(signal.SIGKILL)
        running.wait()
        self.database.wait_until_left()
        self.simulator.script()
        self.simulator.release()

    def open_session(self):
        session = self.database.session()
        self.addCleanup(session.close)
        return session

    def last_run(self, columns):
        """Columns of the newest row of the run table."""
        return self.database.row(f"select {columns} from tokenflex_etl.run order by run_id desc limit 1")

    def assert_all_rows_arrived(self):
        """Of the default job: tokenflex.usage holds what the service has now, and no more."""
        expected = self.simulator.expected_csv(default_job()["query"], CONTRACT)
        self.assertEqual(differences(self.database, expected, DEFAULT_COLUMNS, "tokenflex.usage"), (0, 0))

    def assert_nothing_visible(self, table="tokenflex.usage"):
        """No row of a load that failed, and its run row says so."""
        self.assertEqual(self.last_run("status"), ("failed",))
        if self.database.has_table(table):
            self.assertEqual(self.database.count(table), 0)


class OneSetUp:
    """A mixin before a test case: its setUp() happens once for all tests of the class, which only read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._first = cls("setUp")
        cls.addClassCleanup(cls._first.doCleanups)
        super(OneSetUp, cls._first).setUp()

    def setUp(self):
        vars(self).update({name: value for name, value in vars(self._first).items() if not name.startswith("_")})


def cases(table):
    """For a test over many inputs: a class decorator that makes `test_NAME` of every entry of a dict, each calling
    check(self, value)."""

    def decorate(cls):
        for name, value in table.items():

            def test(self, value=value):
                self.check(value)

            setattr(cls, f"test_{name}", test)
        return cls

    return decorate


def main():
    unittest.main()
