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
from harness.programs import HANG_S

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
            timeout=HANG_S,
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


class Attempt(ScheduleCase):
    """ExecStart of tokenflex-etl@TAG.service, started again and again as systemd would."""

    def setUp(self):
        super().setUp()
        self.runtime = self.directory / "runtime"
        self.runtime.mkdir()

    def attempt(self, ends, most=6):
        self.stand_in("program", ends)
        return self.shell(str(UNITS / "attempt"), str(most), "program", "run", RUNTIME_DIRECTORY=str(self.runtime))

    def codes(self, ends, attempts):
        return [self.attempt(ends, most=3).returncode for _ in range(attempts)]

    def prevented(self):
        """The numbers among the exit codes after which systemd does not start the unit again."""
        unit = (UNITS / "tokenflex-etl@.service.in").read_text(encoding="utf-8")
        words = " ".join(re.findall(r"(?m)^RestartPreventExitStatus=(.*)$", unit)).split()
        return {int(word) for word in words if word.isdigit()}

    def test_ends_as_the_program_does(self):
        for code in (0, 1, 65, 69, 74, 75, 77, 78):
            self.assertEqual(self.attempt(f"exit {code}", most=100).returncode, code)
        self.assertEqual(set(self.called()), {"program run"})

    def test_that_is_the_last_is_told_from_those_before(self):
        for code in (69, 75):
            self.assertEqual(self.codes(f"exit {code}", 3), [code, code, code + 100])
            (self.runtime / "attempts").unlink()
        self.assertEqual(self.codes("kill -9 $$", 3), [137, 137, 170])

    def test_that_needs_somebody_ends_with_its_code_the_last_time_too(self):
        self.assertEqual(self.codes("exit 78", 4), [78, 78, 78, 78])

    def test_that_is_the_last_is_not_followed_by_another_whatever_its_code(self):
        prevented = self.prevented()
        for code in range(256):
            self.assertIn(self.attempt(f"exit {code}", most=1).returncode, prevented, code)

    def test_of_a_program_that_cannot_be_started_is_not_followed_by_another(self):
        done = self.shell(str(UNITS / "attempt"), "6", str(self.directory / "missing"))
        self.assertEqual(done.returncode, 127)
        (self.directory / "data").touch()
        done = self.shell(str(UNITS / "attempt"), "6", str(self.directory / "data"))
        self.assertEqual(done.returncode, 126)
        self.assertLess({126, 127}, self.prevented())

    def test_that_cannot_be_counted_is_not_followed_by_another(self):
        (self.runtime / "attempts").mkdir()
        self.assertIn(self.attempt("exit 75").returncode, self.prevented())
        self.assertEqual(self.called(), [])

    def test_is_not_counted_without_a_directory_of_the_service(self):
        self.stand_in("program", "exit 75")
        done = self.shell(str(UNITS / "attempt"), "1", "program")
        self.assertEqual((done.returncode, done.stderr), (175, ""))

    def test_that_is_stopped_is_no_failure(self):
        self.stand_in("program", "trap 'exit 75' TERM; kill -TERM 0; exit 78")
        done = subprocess.run(
            [str(UNITS / "attempt"), "1", "program"],
            env={"PATH": self.path, "RUNTIME_DIRECTORY": str(self.runtime)},
            start_new_session=True,
            timeout=HANG_S,
            check=False,
        )
        self.assertEqual(done.returncode, 0)

    def test_says_by_its_code_what_is_not_tried_again(self):
        self.assertEqual(self.prevented(), {0, 1, 2, 64, 65, 70, 73, 74, 77, 78, 126, 127, 169, 170, 175})
        unit = (UNITS / "tokenflex-etl@.service.in").read_text(encoding="utf-8")
        self.assertIn("\nStartLimitIntervalSec=0\n", unit)


class Failure(ScheduleCase):
    STATUS = "1 of 2 needs attention.\\n\\nusage 1: failed\\n    To do: log in\\n\\njob  contract\\nusage  1\\n"

    def tell(self, **monitor):
        """ExecStart of the unit for tokenflex-etl@nightly.service, as systemd takes it apart."""
        self.stand_in("as-service", f"""echo "tag $TOKENFLEX_ETL_TAG" >>"{self.calls}"; printf '{self.STATUS}'""")
        unit = (UNITS / "tokenflex-etl-failure@.service.in").read_text(encoding="utf-8")
        line = re.search(r"(?m)^ExecStart=(.*)$", unit)[1].replace("%i", "nightly")
        line = line.replace("@TOKENFLEX_LIBEXEC@", str(UNITS)).replace("@TOKENFLEX_AS_SERVICE@", "as-service")
        monitor = {"MONITOR_SERVICE_RESULT": "exit-code", **monitor}
        return self.shell(*shlex.split(line), MAILTO="root", **monitor)

    def mailed(self, **monitor):
        self.stand_in("systemctl", "echo its last lines; exit 3")
        self.stand_in("mail", f'cat >>"{self.calls}"')
        self.assertEqual(self.tell(**monitor).returncode, 0)
        return self.called()

    def test_is_mailed_with_the_jobs_that_need_attention_and_the_log(self):
        calls = self.mailed(MONITOR_EXIT_STATUS="77")
        self.assertIn("as-service --log-level error status --tag nightly", calls)
        self.assertIn("tag nightly", calls)
        self.assertIn("systemctl status --full --no-pager --lines=50 tokenflex-etl@nightly.service", calls)
        self.assertIn(f"mail -s tokenflex-etl@nightly.service has failed on {os.uname().nodename} root", calls)
        self.assertIn("tokenflex-etl@nightly.service has failed (exit code 77).", calls)
        self.assertIn("    To do: log in", calls)
        self.assertNotIn("job  contract", calls)
        self.assertEqual(calls[-1], "its last lines")

    def test_is_an_error_in_the_journal_where_there_is_no_mail(self):
        for tool in ("sh", "uname", "sed", "timeout"):
            (self.directory / tool).symlink_to(f"/bin/{tool}")
        self.path = str(self.directory)
        self.assertEqual(
            self.tell(MONITOR_EXIT_STATUS="78").stdout.splitlines(),
            [
                "<3>tokenflex-etl@nightly.service has failed (exit code 78):"
                " see journalctl --unit=tokenflex-etl@nightly.service",
                "<3>1 of 2 needs attention.",
                "<3>usage 1: failed",
                "<3>    To do: log in",
            ],
        )

    def test_says_that_it_was_the_last_attempt(self):
        calls = self.mailed(MONITOR_EXIT_STATUS="175")
        self.assertIn(
            "tokenflex-etl@nightly.service has failed (exit code 75, after all attempts of the unit).", calls
        )

    def test_by_another_cause_than_an_exit_code_names_it(self):
        calls = self.mailed(MONITOR_EXIT_STATUS="0", MONITOR_SERVICE_RESULT="timeout")
        self.assertIn("tokenflex-etl@nightly.service has failed (timeout).", calls)


class AsService(ScheduleCase):
    """The command that starts the program as the unit would, over a stand-in of systemd."""

    UNIT = """# /usr/lib/systemd/system/tokenflex-etl@.service
[Unit]
Description=not a setting of the service
[Service]
Type=oneshot
ExecStart=attempt 6 tokenflex-etl run --tag %i
Restart=on-failure
RuntimeDirectory=tokenflex-etl-%i
# a comment
User=tokenflex-etl
SystemCallFilter=@system-service
SystemCallFilter=~@privileged \\
    @resources

# /etc/systemd/system/tokenflex-etl@.service.d/override.conf
[Service]
Environment="A=b c"
"""

    def setUp(self):
        super().setUp()
        text = (UNITS / "tokenflex-etl-as-service.in").read_text(encoding="utf-8")
        text = text.replace("@TOKENFLEX_ETL@", "/usr/bin/tokenflex-etl")
        text = text.replace("/run/systemd/system", str(self.directory))
        self.script = self.directory / "tokenflex-etl-as-service"
        self.script.write_text(text, encoding="utf-8")
        (self.directory / "unit").write_text(self.UNIT, encoding="utf-8")
        self.stand_in("systemctl", f'cat "{self.directory}/unit"')
        self.stand_in("systemd-run", f'for word; do echo "$word" >>"{self.calls}"; done; exit 77')
        self.stand_in("id", "echo 0")

    def test_takes_over_every_setting_of_the_service_in_its_order(self):
        done = self.shell("sh", str(self.script), "auth", "login", "two words")
        self.assertEqual(done.returncode, 77, done.stderr)
        calls = self.called()
        words = calls[calls.index("--property=User=tokenflex-etl") :]
        self.assertEqual(
            words,
            [
                "--property=User=tokenflex-etl",
                "--property=SystemCallFilter=@system-service",
                "--property=SystemCallFilter=~@privileged      @resources",
                '--property=Environment="A=b c"',
                "--quiet",
                "--wait",
                "--collect",
                "--pipe",
                "--service-type=exec",
                "--",
                "/usr/bin/tokenflex-etl",
                "auth",
                "login",
                "two words",
            ],
        )
        self.assertIn("systemctl cat tokenflex-etl@.service", calls)
        self.assertNotIn("systemctl stop", "\n".join(calls))

    def test_takes_the_settings_of_one_tag_if_it_is_named(self):
        self.shell("sh", str(self.script), "doctor", TOKENFLEX_ETL_TAG="nightly")
        self.assertIn("systemctl cat tokenflex-etl@nightly.service", self.called())

    def test_stops_what_it_has_started_when_it_is_interrupted(self):
        self.stand_in("systemd-run", "kill -INT 0; exit 1")
        subprocess.run(
            ["sh", str(self.script), "run"],
            env={"PATH": self.path},
            start_new_session=True,
            capture_output=True,
            timeout=HANG_S,
            check=False,
        )
        self.assertRegex("\n".join(self.called()), r"systemctl stop tokenflex-etl-as-service-\d+\.service")

    def test_is_for_root_alone(self):
        self.stand_in("id", "echo 1000")
        done = self.shell("sh", str(self.script), "doctor")
        self.assertEqual(done.returncode, 77)
        self.assertIn("sudo tokenflex-etl-as-service doctor", done.stderr)


if __name__ == "__main__":
    main()
