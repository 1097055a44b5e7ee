"""What cron and systemd start besides the program: the crontab example's line, and the unit that tells of a failure.

The commands that they call are stand-ins that write down how they were called.
"""

import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

from harness import SOURCE, main

UNITS = SOURCE / "jobs" / "systemd"


class ScheduleCase(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="tokenflex-e2e.")))
        self.calls = self.directory / "calls"
        self.calls.touch()
        self.path = f"{self.directory}:/usr/bin:/bin"

    def stand_in(self, name, then="exit 0"):
        path = self.directory / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.calls}"\n{then}\n', encoding="utf-8")
        path.chmod(0o755)

    def called(self):
        return self.calls.read_text(encoding="utf-8").splitlines()

    def shell(self, *command, **environment):
        return subprocess.run(
            command,
            env={"PATH": self.path, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )


class Cron(ScheduleCase):
    RUN = "tokenflex-etl --log-level warn --jobs /etc/tokenflex-etl/jobs run --tag nightly"

    def run_line(self, exit_codes):
        """The night, with a program that ends with these codes one after the other."""
        self.stand_in("sleep")
        self.stand_in(
            "tokenflex-etl",
            f"echo table\nset -- {' '.join(map(str, exit_codes))}\n"
            f'shift $(($(grep -c ^tokenflex "{self.calls}") - 1))\nexit "$1"',
        )
        lines = (UNITS / "crontab.example").read_text(encoding="utf-8").splitlines()
        (line,) = [line for line in lines if re.match(r"[0-9*]", line)]
        return self.shell("/bin/sh", "-c", line.split(maxsplit=5)[5])

    def test_prints_nothing_when_all_is_well(self):
        done = self.run_line([0])
        self.assertEqual((done.stdout, done.stderr), ("", ""))
        self.assertEqual(self.called(), [self.RUN])

    def test_tries_again_once_what_had_to_wait(self):
        self.run_line([75, 75, 75])
        self.assertEqual(self.called(), [self.RUN, "sleep 3600", self.RUN])

    def test_does_not_try_again_what_somebody_has_to_look_at(self):
        self.run_line([78, 0])
        self.assertEqual(self.called(), [self.RUN])


class Failure(ScheduleCase):
    def tell(self):
        """ExecStart of the unit for tokenflex-etl@nightly.service, as systemd takes it apart."""
        unit = (UNITS / "tokenflex-etl-failure@.service").read_text(encoding="utf-8").replace("\\\n", " ")
        line = re.search(r"(?m)^ExecStart=(.*)$", unit)[1].replace("%i", "nightly").replace("$$", "$")
        return self.shell(*shlex.split(line), MAILTO="root", MONITOR_EXIT_STATUS="78")

    def test_is_mailed_with_the_status(self):
        self.stand_in("systemctl", "echo its last lines; exit 3")
        self.stand_in("mail", f'cat >>"{self.calls}"')
        self.assertEqual(self.tell().returncode, 0)
        calls = self.called()
        self.assertIn("systemctl status --full --no-pager --lines=50 tokenflex-etl@nightly.service", calls)
        self.assertIn(f"mail -s tokenflex-etl@nightly.service has failed on {os.uname().nodename} root", calls)
        self.assertEqual(calls[-1], "its last lines")

    def test_is_an_error_in_the_journal_where_there_is_no_mail(self):
        for tool in ("sh", "uname"):
            (self.directory / tool).symlink_to(f"/bin/{tool}")
        self.path = str(self.directory)
        done = self.tell()
        self.assertEqual(
            done.stdout,
            "<3>tokenflex-etl@nightly.service has failed (exit code 78):"
            " see journalctl --unit=tokenflex-etl@nightly.service\n",
        )


if __name__ == "__main__":
    main()
