"""Memory is bounded by pages, not by rows: a million of them take what a hundred thousand take.

Under the sanitizers memory means nothing, so this wants a build without them, in $TOKENFLEX_RELEASE_BUILD.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from harness import Etl, Simulator, main, postgres
from harness.programs import HANG_S, RELEASE_BUILD

MIB = 1024 * 1024

# What a process has used at most is never less than what the process that started it had: so a small one does.
LAUNCHER = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(usage.ru_maxrss * 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@unittest.skipUnless(RELEASE_BUILD, "TOKENFLEX_RELEASE_BUILD names no build without sanitizers")
class PeakMemory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.build = pathlib.Path(RELEASE_BUILD)
        cls.small = cls.peak_of(100_000)
        cls.large = cls.peak_of(1_000_000)

    @classmethod
    def peak_of(cls, rows):
        """The resident memory, at most, of a run that loads so many rows; in bytes."""
        database = postgres.server().empty_database()
        with tempfile.TemporaryDirectory(prefix="tokenflex-e2e.") as directory:
            simulator = Simulator(rows=rows, domains={"userName": 5000})
            try:
                etl = Etl(directory, database, simulator, build=cls.build)
                etl.write_job("usage")
                peak = cls.peak_of_run(etl)
            finally:
                simulator.stop()
        if database.count("tokenflex.usage") != rows:
            raise AssertionError("not all rows arrived")
        return peak

    @classmethod
    def peak_of_run(cls, etl):
        command = [str(cls.build / "tokenflex-etl"), *etl.command("--output", "json", "run")]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, *command],
            env=etl.environment,
            cwd=etl.next_working_directory(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"run ended with {done.returncode}:\n{done.stderr}")
        return int(done.stdout.splitlines()[-1])

    def test_for_a_million_rows_is_that_for_a_tenth_of_them(self):
        self.assertLess(self.large, self.small * 1.1)

    def test_for_a_million_rows_is_below_48_mib(self):
        self.assertLess(self.large, 48 * MIB)

    def test_is_measured_above_that_of_the_launcher(self):
        own = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, "/bin/true"], capture_output=True, text=True, check=True
        )
        self.assertGreater(self.small, int(own.stdout))


if __name__ == "__main__":
    main()
