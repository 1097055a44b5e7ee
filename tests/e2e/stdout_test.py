"""A stdout that cannot be written: 74, whatever the command, and what was done stays done. A page that goes to stdout."""

import os
import signal
import subprocess

from harness import TESTED_BUILD, EtlTestCase, LoginTestCase, cases, main
from harness.programs import HANG_S

COMMANDS = {
    "help": ["--help"],
    "version": ["--version"],
    "init": ["init"],
    "init_sql": ["init", "--sql"],
    "check": ["check"],
    "plan": ["plan"],
    "run": ["run"],
    "run_json": ["--output", "json", "run"],
    "status": ["status"],
    "doctor": ["doctor"],
    "discover_fields": ["discover", "fields"],
    "discover_contracts": ["discover", "contracts"],
    "report": ["report", "--html", "-"],
    "complete": ["complete", "--", ""],
}


class StdoutCase(EtlTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")

    def write_to(self, stdout, *arguments, close=False):
        """The command with this stdout; or with none at all, as `>&-` leaves it."""
        return subprocess.run(
            [str(TESTED_BUILD / "tokenflex-etl"), *self.etl.command(*arguments)],
            env=self.etl.environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            preexec_fn=(lambda: os.close(1)) if close else None,
            timeout=HANG_S,
            text=True,
            check=False,
        )

    def assert_refused(self, done, reason):
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertIn(f"cannot write the result to stdout: {reason}", done.stderr)

    def assert_loaded_once(self):
        self.assertEqual(self.last_run("status, rows_inserted"), ("succeeded", "10"))
        self.assertEqual(self.database.count("tokenflex.usage"), 10)
        self.assertEqual(self.simulator.requests("submit"), 1)


@cases(COMMANDS)
class FullDisk(StdoutCase):
    def check(self, arguments):
        self.etl.call(*self.etl.command("init"))
        with open("/dev/full", "w", encoding="utf-8") as full:
            self.assert_refused(self.write_to(full, *arguments), "No space left on device")


@cases(COMMANDS)
class ClosedFile(StdoutCase):
    """No connection, file or library gets the number of the file that is closed, and the result with it."""

    def check(self, arguments):
        self.etl.call(*self.etl.command("init"))
        self.assert_refused(self.write_to(None, *arguments, close=True), "Bad file descriptor")


class Login(LoginTestCase):
    def test_that_cannot_be_shown_is_kept(self):
        self.log_in()
        with open("/dev/full", "w", encoding="utf-8") as full:
            for verb, kept in (("status", True), ("logout", False)):
                done = subprocess.run(
                    [str(TESTED_BUILD / "tokenflex-etl"), *self.etl.command("auth", verb)],
                    env=self.etl.environment,
                    stdout=full,
                    stderr=subprocess.PIPE,
                    timeout=HANG_S,
                    check=False,
                )
                self.assertEqual((done.returncode, self.token_file.exists()), (74, kept))


class Run(StdoutCase):
    def test_has_loaded_its_rows_when_the_disk_is_full(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            self.assert_refused(self.write_to(full, "run"), "No space left on device")
        self.assert_loaded_once()

    def test_has_loaded_its_rows_when_stdout_is_closed(self):
        self.assert_refused(self.write_to(None, "run", close=True), "Bad file descriptor")
        self.assert_loaded_once()

    def test_has_loaded_its_rows_when_the_reader_is_gone(self):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            self.assert_refused(self.write_to(writer, "run"), "Broken pipe")
        finally:
            os.close(writer)
        self.assert_loaded_once()

    def test_that_failed_keeps_the_exit_code_of_its_jobs(self):
        self.simulator.script({"on": "submit", "status": 403})
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = self.write_to(full, "run")
        self.assertEqual(done.returncode, 77, done.stderr)
        self.assertIn("cannot write the result to stdout", done.stderr)


class Page(StdoutCase):
    def report(self, *options):
        return self.etl.call(*self.etl.command(*options, "report", "--html", "-"))

    def test_goes_to_stdout_alone(self):
        done = self.report()
        self.assertEqual(done.exit_code, 0, done.stderr)
        self.assertTrue(done.stdout.lower().startswith("<!doctype html>"))
        self.assertTrue(done.stdout.endswith("</html>\n"))
        self.assertFalse((self.etl.directory / "-").exists())

    def test_goes_there_instead_of_the_json_document(self):
        self.assert_failed(self.report("--output", "json"), 64, "takes no --output json")


class Reader(StdoutCase):
    def test_that_is_gone_raises_no_signal_in_any_command(self):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            done = self.write_to(writer, "check")
        finally:
            os.close(writer)
        self.assertNotEqual(done.returncode, -signal.SIGPIPE)
        self.assert_refused(done, "Broken pipe")

    def test_that_is_slow_is_waited_for_on_a_non_blocking_pipe(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.write(writer, b"x" * 65536)
        process = subprocess.Popen(
            [str(TESTED_BUILD / "tokenflex-etl"), "--help"], stdout=writer, stderr=subprocess.PIPE, env=self.etl.environment
        )
        os.close(writer)
        with open(reader, "rb") as stream:
            text = stream.read()
        errors = process.communicate(timeout=HANG_S)[1]
        self.assertEqual((process.returncode, errors), (0, b""))
        self.assertIn(b"usage: tokenflex-etl", text)


if __name__ == "__main__":
    main()
