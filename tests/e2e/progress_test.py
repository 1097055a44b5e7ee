"""What is seen of a run while it goes on: live lines on a terminal, plain lines elsewhere, and the service manager's
status."""

import contextlib
import json
import os
import re
import select
import signal
import socket
import time

from harness import CLIENT, TESTED_BUILD, EtlTestCase, Terminal, main
from harness.programs import HANG_S, await_end, end, read_to_end, spawn

LEVEL = r"(debug|info |warn |error) \S.*"
LOG_LINE = rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z {LEVEL}"
# On a terminal.
SHORT_LINE = rf"\d\d:\d\d:\d\dZ {LEVEL}"
TABLE_LINE = (
    r"(job +contract .*|[a-z0-9_]+ +1100000000\d +(succeeded|failed) .*|\d+ of \d+ succeeded, \d+ requests|[a-z0-9_]+ 1100000000\d "
    r"failed: .*|exit code \d+|)"
)
SPAN = r"(\d+ min )?\d+ s"
LASTED = rf" {SPAN}"
WAIT = rf"waiting {SPAN}"
TURN = rf"(  waiting for its turn|  {WAIT} for the budget)?"


def matches(lines, *patterns):
    return len(lines) == len(patterns) and all(re.fullmatch(*pair) for pair in zip(patterns, lines))


def ends_with(*patterns):
    """For Terminal.wait_until: the last lines of the screen are these, whole."""
    return lambda screen: matches(screen[-len(patterns) :], *patterns)


class ProgressCase(EtlTestCase):
    simulator_settings = {"rows": 250, "polls": 0}

    def start_terminal(self, *options, columns=80, rows=24, **environment):
        terminal = Terminal(
            [str(TESTED_BUILD / "tokenflex-etl"), *self.etl.command(*options, "run")],
            self.etl.next_working_directory(),
            {**self.etl.environment, **environment},
            columns,
            rows,
        )
        self.addCleanup(terminal.close)
        return terminal

    def assert_only_log_and_table(self, lines):
        """No remains of live lines, and no log line that was torn."""
        for line in lines:
            self.assertRegex(line, f"^({SHORT_LINE}|{TABLE_LINE})$")


class StoppedTerminal(ProgressCase):
    """Ctrl-S, while the service is waited for."""

    def setUp(self):
        super().setUp()
        self.etl.write_job("daily_usage", source="query")
        self.simulator.script({"on": "submit", "hold": True})
        self.terminal = self.start_terminal()
        self.terminal.wait_until(ends_with(r"0 of 1 jobs done", rf"daily_usage 11000000001  submitting{LASTED}"))
        self.terminal.press("C-s")
        self.simulator.release()

    def test_does_not_hold_the_load_and_shows_the_log_afterwards(self):
        self.database.wait_until("exists (select from tokenflex_etl.run where status = 'succeeded')")
        self.terminal.press("C-q")
        lines = self.terminal.wait_for_end()
        self.assert_only_log_and_table(lines)
        self.assertTrue([line for line in lines if "query submitted" in line], lines)
        self.assertEqual(lines[-1], "exit code 0")


class ThreeJobs(ProgressCase):
    """One pages, one polls and one submits."""

    def setUp(self):
        super().setUp()
        self.etl.write_job("daily_usage", contract="11000000001", page_size=50, source="query")
        self.etl.write_job("monthly_users", contract="11000000002")
        self.etl.write_job("tokens_by_pool", contract="11000000003")

    def any_order(self, *patterns):
        """The jobs' lines come in the order in which they began."""

        def looks_so(screen):
            lines = screen[-len(patterns) - 1 :]
            return matches(sorted(lines[1:]), *patterns) and lines[0] == "0 of 3 jobs done"

        return looks_so

    def test_have_a_line_each_at_every_width(self):
        """The service keeps two of them waiting, and the budget the third: a request a minute."""
        # The first job is sent away once, so that the others have their requests before it takes what is left of the budget.
        self.simulator.script(
            {"on": "submit", "contract": "11000000001", "nth": 1, "status": 503, "retry_after": 15},
            {"on": "poll", "contract": "11000000002", "hold": True},
            {"on": "submit", "contract": "11000000003", "hold": True},
        )
        # Three requests of the first job, two of the second, one of the third; a seventh is the reserve.
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 1, "burst": 7}}})
        terminal = self.start_terminal()
        terminal.wait_until(
            self.any_order(
                rf"daily_usage 11000000001     paging{LASTED}  {WAIT} for the budget.*",
                r"monthly_users 11000000002   polling" + LASTED + TURN,
                r"tokens_by_pool 11000000003  submitting" + LASTED,
            )
        )
        terminal.resize(60, 24)
        terminal.wait_until(
            self.any_order(
                rf"daily_usage 11000000001     paging{LASTED}  waiting .*",
                rf"monthly_users 11000000002   polling{LASTED}(  .*)?",
                r"tokens_by_pool 11000000003  submitting" + LASTED,
            )
        )
        terminal.resize(30, 24)
        terminal.wait_until(
            self.any_order(
                r"daily_usage 11  paging.*",
                r"monthly_users   polling.*",
                r"tokens_by_pool  submitting.*",
            )
        )

    def test_leave_log_and_table_alone(self):
        self.simulator.script({"on": "page", "nth": 3, "hold": True}, {"on": "poll", "times": -1, "hold": True})
        terminal = self.start_terminal()
        polling = r"\w+ \d+ +polling" + LASTED
        terminal.wait_until(self.any_order(polling, polling, polling))
        self.simulator.script({"on": "page", "nth": 3, "hold": True})
        self.simulator.release()
        terminal.wait_until(
            ends_with(
                rf"2 of 3 jobs done(, about {SPAN} left)?", r"daily_usage 11000000001  paging .*  page \d of 5 .*"
            )
        )
        self.simulator.release()
        lines = terminal.wait_for_end()
        self.assert_only_log_and_table(lines)
        self.assertIn("exit code 0", lines)
        self.assertEqual(sum("rows: 250 inserted" in line for line in lines), 3)
        self.assertEqual(sum(bool(re.match(r"(daily|monthly|tokens)_\w+ +110000", line)) for line in lines), 3)


class Screen(ProgressCase):
    def hold_all(self):
        self.simulator.script({"on": "submit", "times": -1, "hold": True})

    def test_with_more_jobs_than_rows_counts_those_that_find_no_room(self):
        for number in range(8):
            self.etl.write_job(f"job{number}")
        self.etl.write_settings({"run": {"parallel_jobs": 8}})
        self.hold_all()
        terminal = self.start_terminal("--log-level", "warn", rows=6)
        line = r"job\d 11000000001  submitting" + LASTED
        terminal.wait_until(ends_with("0 of 8 jobs done, 4 more running", *[line] * 4))
        terminal.resize(80, 10)
        terminal.wait_until(ends_with("0 of 8 jobs done", *[line] * 8))
        terminal.resize(80, 3)
        terminal.wait_until(ends_with("0 of 8 jobs done, 7 more running", line))
        self.simulator.script()
        self.simulator.release()
        # A terminal that is made lower while it is written to may keep a line that has scrolled away meanwhile.
        self.assert_only_log_and_table(terminal.wait_for_end()[-12:])

    def test_has_whole_log_lines_above_the_live_one(self):
        self.etl.write_job("usage", page_size=10)
        self.simulator.script({"on": "page", "nth": 20, "hold": True})
        terminal = self.start_terminal("--log-level", "debug", columns=200, rows=12)
        screen = terminal.wait_until(ends_with("0 of 1 jobs done", r"usage 11000000001  paging .*  page \d+ of 25  \d+ of 250 rows.*"))
        for line in screen[:-2]:
            self.assertRegex(line, f"^{SHORT_LINE}$")
        self.simulator.release()
        self.assert_only_log_and_table(terminal.wait_for_end())

    def test_is_clear_of_live_lines_after_an_interrupt(self):
        for job in ("daily", "monthly", "yearly"):
            self.etl.write_job(job)
        self.hold_all()
        terminal = self.start_terminal()
        line = r"(daily|monthly|yearly) +11000000001 +submitting" + LASTED
        terminal.wait_until(ends_with("0 of 3 jobs done", line, line, line))
        terminal.press("C-c")
        lines = terminal.wait_for_end()
        self.assert_only_log_and_table(lines)
        self.assertIn("exit code 75", lines)

    def test_says_how_long_the_service_asks_to_wait(self):
        self.etl.write_job("usage")
        self.simulator.script({"on": "submit", "nth": 1, "status": 429, "retry_after": 900})
        terminal = self.start_terminal("--log-level", "error")
        terminal.wait_until(
            ends_with(rf"usage 11000000001  submitting{LASTED}  {WAIT} as the service asks \(429\)")
        )

    def test_says_how_long_it_is_until_the_next_poll(self):
        self.etl.write_job("usage")
        self.etl.write_settings({"api": {"poll": {"first": "5m", "max": "5m"}}})
        terminal = self.start_terminal("--log-level", "error")
        terminal.wait_until(ends_with(rf"usage 11000000001  polling{LASTED}  {WAIT} for the next poll"))

    def test_counts_the_rows_of_an_export(self):
        self.etl.write_job("usage", source="export")
        self.simulator.script({"on": "export_status", "hold": True})
        terminal = self.start_terminal("--log-level", "error")
        terminal.wait_until(ends_with(r"usage 11000000001  exporting" + LASTED))
        self.simulator.script({"on": "download", "hold": True})
        self.simulator.release()
        terminal.wait_until(ends_with(r"usage 11000000001  downloading" + LASTED))
        self.simulator.release()
        self.assertIn("exit code 0", terminal.wait_for_end())


class Stderr(ProgressCase):
    """The very bytes that are written."""

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")

    def run_into_file(self, *options, **environment):
        path = self.etl.directory / "stderr"
        with open(path, "w", encoding="utf-8") as file:
            self.etl.run_into(file, *options, **environment)
        return path.read_text(encoding="utf-8")

    @contextlib.contextmanager
    def held_run(self, stderr, *options, **environment):
        """A run that stands still in its submit."""
        self.simulator.script({"on": "submit", "hold": True})
        with open(self.etl.directory / "stdout", "w", encoding="utf-8") as out:
            process = spawn(
                [str(TESTED_BUILD / "tokenflex-etl"), *self.etl.command(*options, "run")],
                env={**self.etl.environment, **environment},
                stdout=out,
                stderr=stderr,
            )
        try:
            yield process
        finally:
            end(process)

    def run_on_terminal(self, *options, stop=False, **environment):
        """All that was written by a run with live lines that goes on, or is stopped, once its submit is seen."""
        master, slave = os.openpty()
        try:
            with self.held_run(slave, *options, TERM="xterm", **environment) as process:
                os.close(slave)
                written = ""
                while "submitting" not in written:
                    written += os.read(master, 65536).decode()
                self.simulator.wait_for_held()
                if stop:
                    process.terminate()
                else:
                    self.simulator.release()
                self.assertEqual(await_end(process), 75 if stop else 0)
                return written + read_to_end(master)
        finally:
            os.close(master)

    def assert_cleared(self, written):
        """What was shown last was cleared after it."""
        shown, cleared = written.rfind("\033[?7h"), written.rfind("\r\0337\033[K\033[B\033[J\0338")
        self.assertTrue(0 < shown < cleared, repr(written[-200:]))

    def test_that_is_a_terminal_has_live_lines_and_is_clear_at_the_end(self):
        self.assert_cleared(self.run_on_terminal("--log-level", "error"))

    def test_that_is_a_terminal_is_clear_after_a_stop(self):
        self.assert_cleared(self.run_on_terminal(stop=True))

    def test_has_colour_in_the_log_alone_and_none_with_NO_COLOR(self):
        colour = r"\033\[[0-9;]*m"
        written = self.run_on_terminal()
        self.assertNotEqual(re.findall(colour, written), [])
        live = "".join(re.findall(r"\033\[\?7l(.*?)\033\[\?7h", written, re.DOTALL))
        self.assertIn("usage 11000000001  submitting", live)
        self.assertEqual(re.findall(colour, live), [])
        self.assertEqual(re.findall(colour, self.run_on_terminal(NO_COLOR="1")), [])

    def test_leaves_the_cursor_alone(self):
        """It is never hidden, so that a kill leaves it shown."""
        self.assertNotIn("\033[?25", self.run_on_terminal())

    def run_long_enough_for_live_lines(self, *options, **environment):
        self.simulator.script({"on": "submit", "delay_ms": 300})
        return self.etl.run_on_terminal(*options, **environment)

    def test_that_is_a_dumb_terminal_has_no_escape(self):
        self.assertNotIn("\033", self.run_long_enough_for_live_lines(TERM="dumb"))

    def test_that_is_a_terminal_has_no_live_lines_where_they_are_not_wanted(self):
        written = self.run_long_enough_for_live_lines("--progress", "never", TERM="xterm", NO_COLOR="1")
        self.assertNotIn("\033", written)
        self.assertIn("query submitted", written)

    def test_that_is_a_file_has_no_escape(self):
        self.simulator.script({"on": "submit", "delay_ms": 300})
        written = self.run_into_file("--log-level", "debug", TERM="xterm")
        self.assertNotIn("\033", written)
        self.assertNotIn("\r", written)

    def test_that_is_a_file_has_live_lines_where_they_are_always_wanted(self):
        path = self.etl.directory / "stderr"
        with open(path, "w", encoding="utf-8") as file:
            with self.held_run(file, "--progress", "always", TERM="xterm", COLUMNS="20") as process:
                self.wait_until(lambda: "usage" in path.read_text(encoding="utf-8"))
                self.simulator.release()
                self.assertEqual(await_end(process), 0)
        written = path.read_text(encoding="utf-8")
        self.assertIn("\033[K", written)
        self.assertEqual(re.findall(r"usage[^\n\033]{15,}\033", written), [])

    def test_that_is_a_file_tells_each_change_of_state(self):
        written = self.run_into_file()
        for message in ("query submitted: QUEUED", "query done, 250 rows"):
            self.assertEqual(written.count(message), 1, written)
        self.assertNotIn("asking again in", written)
        self.assertIn(" 250 rows: 250 inserted", written)

    def test_that_is_a_file_tells_a_long_wait_for_the_next_poll(self):
        self.etl.write_settings({"api": {"poll": {"first": "5m", "max": "5m"}}})
        running = self.etl.start_run()
        running.wait_for_stderr(r"asking again in \d+\.\d s")
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().exit_code, 75)

    def test_that_is_a_file_tells_each_change_of_state_of_an_export(self):
        self.etl.write_job("usage", source="export")
        written = self.run_into_file()
        for message in ("by export: ", "export requested as ", "downloading it", "export read, 250 rows"):
            self.assertEqual(written.count(message), 1, written)

    def test_of_a_success_is_empty_at_the_level_of_warnings(self):
        self.assertEqual(self.run_into_file("--log-level", "warn"), "")

    def test_that_is_the_journals_socket_has_a_priority_a_line(self):
        ours, journal = socket.socketpair()
        with ours, journal:
            place = os.fstat(journal.fileno())
            self.etl.run_into(journal, "--log-level", "debug", JOURNAL_STREAM=f"{place.st_dev}:{place.st_ino}")
            lines = ours.recv(1 << 20).decode().splitlines()
        self.assertEqual({line[:3] for line in lines}, {"<6>", "<7>"})

    def test_that_is_another_socket_than_the_journals_has_none(self):
        ours, other = socket.socketpair()
        with ours, other:
            self.etl.run_into(other, JOURNAL_STREAM="8:1")
            self.assertRegex(ours.recv(1 << 20).decode().splitlines()[0], f"^{LOG_LINE}$")


class JsonLog(ProgressCase):
    def run_with(self, *options):
        self.etl.write_job("usage", page_size=100)
        result = self.etl.call(*self.etl.command("--log-format", "json", *options, "run"))
        return [json.loads(line) for line in result.stderr.splitlines()]

    def test_has_these_keys_for_a_chunk_that_was_loaded(self):
        line = self.run_with()[-1]
        self.assertEqual(
            list(line),
            "time level event job contract run_id message rows_read rows_inserted rows_updated rows_unchanged"
            " rows_deleted requests elapsed_ms".split(),
        )
        self.assertEqual((line["event"], line["rows_read"], line["requests"]), ("chunk-loaded", 250, 4))

    def test_names_kind_and_exit_code_of_an_error(self):
        self.simulator.config(query_status="FAILED")
        line = self.run_with()[-1]
        self.assertEqual((line["event"], line["kind"], line["exit_code"]), ("chunk-failed", "unavailable", 69))

    def test_tells_how_long_is_waited_for_the_budget(self):
        self.etl.write_job("usage")
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 1, "burst": 2}}})
        running = self.etl.start(*self.etl.command("--log-format", "json", "run"))
        wait = json.loads(running.wait_for_stderr(r'{[^\n]*"budget-wait"[^\n]*}')[0])
        running.signal(signal.SIGTERM)
        running.wait()
        # A request a minute; the first one has gone.
        self.assertTrue(0 < wait["wait_ms"] <= 60000, wait)

    def test_of_debug_tells_every_request_with_status_and_time(self):
        self.etl.write_settings({"auth": CLIENT})
        requests = [line for line in self.run_with("--log-level", "debug") if line["event"] == "http-request"]
        told = [re.match(r"(GET|POST) http://[0-9.:]+(/[^?]*): ", line["message"]) for line in requests]
        self.assertEqual(
            [(match[1], match[2].rsplit("/", 1)[-1][:5]) for match in told[:2]], [("POST", "token"), ("POST", "query")]
        )
        self.assertEqual([match[1] for match in told[2:]], ["GET", "GET", "GET"])
        for line in requests:
            self.assertEqual(line["status"], 200)
            self.assertGreaterEqual(line["elapsed_ms"], 0)

    def test_of_debug_tells_a_download_without_its_path(self):
        self.etl.write_job("usage", source="export")
        result = self.etl.call(*self.etl.command("--log-format", "json", "--log-level", "debug", "run"))
        lines = [json.loads(line) for line in result.stderr.splitlines()]
        (download,) = [line for line in lines if re.match(r"GET http://127\.0\.0\.1:\d+: 200, ", line["message"])]
        self.assertEqual((download["event"], download["status"]), ("http-request", 200))


class Notify(ProgressCase):
    """Under a service manager."""

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)

    def listen(self, address):
        """address: a path, or a name that begins with @."""
        self.manager.bind(address.replace("@", "\0", 1))
        self.etl.environment["NOTIFY_SOCKET"] = address

    def listen_in_folder(self):
        self.listen(str(self.etl.directory / "notify"))

    def receive(self):
        ready, _, _ = select.select([self.manager], [], [], HANG_S)
        self.assertTrue(ready, "no message came")
        return self.manager.recv(4096).decode()

    def all_received(self):
        messages = []
        while select.select([self.manager], [], [], 0)[0]:
            messages.append(self.manager.recv(4096).decode())
        return messages

    def test_is_told_the_beginning_and_the_end(self):
        self.listen_in_folder()
        self.etl.run_well()
        messages = self.all_received()
        self.assertEqual(messages[0], "READY=1\nSTATUS=preparing")
        self.assertEqual(messages[-1], "STOPPING=1\nSTATUS=1 of 1 jobs done")

    def test_on_an_abstract_socket_is_told_the_same(self):
        self.listen(f"@tokenflex-e2e-{os.getpid()}")
        self.etl.run_well()
        self.assertEqual(self.all_received()[0], "READY=1\nSTATUS=preparing")

    def test_is_told_what_runs_at_most_every_few_seconds(self):
        self.listen_in_folder()
        self.etl.write_job("usage", page_size=50, source="query")
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 1, "burst": 4}}})
        began = time.monotonic()
        running = self.etl.start_run()
        self.assertEqual(self.receive(), "READY=1\nSTATUS=preparing")
        paging = rf"STATUS=0 of 1 jobs done; usage 11000000001  paging{LASTED}  {WAIT} for the budget  .*page \d of 5  \d+ of 250 rows.*"
        received = 0
        while received < 1 or not re.fullmatch(paging, message):
            message = self.receive()
            received += 1
        self.assertGreater(time.monotonic() - began, 2.5 * received)
        running.signal(signal.SIGTERM)
        running.wait()

    def test_is_told_of_a_stop_at_once(self):
        self.listen_in_folder()
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().exit_code, 75)
        messages = self.all_received()
        self.assertEqual([message.startswith("STOPPING=1\n") for message in messages].count(True), 1, messages)
        self.assertRegex(messages[-1], r"STATUS=1 of 1 jobs done, 1 failed$")

    def test_that_is_gone_is_no_concern_of_the_run(self):
        self.etl.environment["NOTIFY_SOCKET"] = str(self.etl.directory / "nobody")
        result = self.etl.call(*self.etl.command("--log-level", "warn", "run"))
        self.assertEqual((result.exit_code, result.stderr), (0, ""))


if __name__ == "__main__":
    main()
