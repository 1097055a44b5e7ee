"""What one run of a program takes: time, processor time, memory, and the WAL that the server wrote meanwhile."""

import ctypes
import dataclasses
import json
import pathlib
import signal
import statistics
import subprocess
import sys

from memory import touch_memory

_LAUNCHER = str(pathlib.Path(__file__).with_name("launch.py"))
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclasses.dataclass
class Measurement:
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    wal_bytes: int = 0


def median(measurements):
    """Each quantity's own: one run may have been slow for a reason that its memory knows nothing of."""
    return Measurement(
        **{
            field.name: statistics.median(getattr(one, field.name) for one in measurements)
            for field in dataclasses.fields(Measurement)
        }
    )


def _end_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Program:
    """A command to be measured; its output is kept in the folder it runs in."""

    def __init__(self, command, directory, environment, script=""):
        self.command = [str(word) for word in command]
        self.directory = pathlib.Path(directory)
        self.environment = environment
        self.script = script

    def run(self):
        """The measurement and what came on stdout; RuntimeError when the program failed."""
        self.directory.mkdir(parents=True, exist_ok=True)
        report = self.directory / "report.json"
        given = self.directory / "stdin"
        given.write_text(self.script, encoding="utf-8")
        paths = [self.directory / "stdout", self.directory / "stderr"]
        with open(given, "rb") as stdin, open(paths[0], "wb") as stdout, open(paths[1], "wb") as stderr:
            launcher = subprocess.Popen(
                [sys.executable, "-I", "-S", _LAUNCHER, str(report), *self.command],
                cwd=self.directory,
                env=self.environment,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                preexec_fn=_end_with_parent,
            )
            try:
                launcher.wait()
            finally:
                if launcher.poll() is None:
                    launcher.terminate()
                    launcher.wait()
        output, complaint = (path.read_text(encoding="utf-8") for path in paths)
        measured = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {"exit_code": -1}
        if measured.pop("exit_code") != 0:
            raise RuntimeError(f"{' '.join(self.command)} failed:\n{complaint}")
        report.unlink()
        return Measurement(**measured), output


def measure(program, database, touched_rows=0):
    """The same, with the WAL written. All that went before is on disk and vacuumed: no contender pays for another.
    touched_rows: for so many rows memory is touched before.
    """
    database.execute("vacuum (analyze);\ncheckpoint;\n")
    touch_memory(touched_rows)
    before = database.value("select pg_current_wal_lsn()")
    measurement, output = program.run()
    measurement.wal_bytes = int(database.value(f"select pg_current_wal_lsn() - '{before}'"))
    return measurement, output
