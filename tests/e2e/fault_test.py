"""The n-th call to the system of each kind fails once, over a whole run: no crash, a right exit code, and a table that
is as it was or as the service's answer is. The run after it is well.

A sample of all n is tried; FAULT_EVERY=1 tries every one.
"""

import os
import re
import subprocess

from harness import BUILD, CONFIDENTIAL, EtlTestCase, LoginTestCase, cases, main

LIBRARY = BUILD / "tests" / "tokenflex-fault.so"
CALLS = {name: name for name in ("open", "read", "write", "fsync", "rename", "connect", "poll", "recv", "send")}
# Of README's table: all but a bug.
EXIT_CODES = {0, 1, 65, 69, 73, 74, 75, 77, 78}
SAMPLE = 5


def preloaded():
    """The library, behind the sanitizer's own where the program has one: that one has to come first."""
    linked = subprocess.run(["ldd", BUILD / "tokenflex-etl"], capture_output=True, text=True, check=True).stdout
    sanitizer = re.search(r"=> (\S*libasan\S*)", linked)
    return ":".join([*([sanitizer[1]] if sanitizer else []), str(LIBRARY)])


def sample_of(count):
    """The first, the last, and some between."""
    every = int(os.environ.get("FAULT_EVERY", 0)) or max(1, count // SAMPLE)
    return sorted({*range(1, count + 1, every), count} - {0})


class FaultMixin:
    def call_with_fault(self, call, nth, *arguments):
        """The result, and how many calls of this kind there were."""
        counted = self.etl.directory / "count"
        counted.unlink(missing_ok=True)
        fault = {"LD_PRELOAD": preloaded(), "FAULT_CALL": call, "FAULT_NTH": str(nth), "FAULT_COUNT": str(counted)}
        # A leak of what a library gives up for good is none of ours.
        before = dict(self.etl.environment)
        self.etl.environment.update(fault, LSAN_OPTIONS="detect_leaks=0")
        try:
            result = self.etl.call(*self.etl.command(*arguments))
        finally:
            self.etl.environment.clear()
            self.etl.environment.update(before)
        return result, int(counted.read_text(encoding="ascii")) if counted.exists() else 0

    def assert_ended_well(self, result, call, nth):
        self.assertIn(result.exit_code, EXIT_CODES, f"{call} {nth}:\n{result.stderr}")
        if result.exit_code not in (0, 74) and call != "write":
            self.assertIn(" error ", result.stderr, f"{call} {nth}")


class RunCase(FaultMixin, EtlTestCase):
    simulator_settings = {"rows": 60, "polls": 0}
    changes = {}

    def setUp(self):
        super().setUp()
        self.etl.write_settings({"api": {"retries": 2}})
        self.etl.write_job(page_size=40, **self.changes)
        self.etl.run_well()

    def rows(self):
        return self.database.value("select md5(string_agg(u::text, ',' order by u::text)) from"
                                   " (select usage_date, product_name, user_name, tokens_consumed from tokenflex.usage) u")

    def check(self, call):
        self.simulator.restate(every=2)
        _, count = self.call_with_fault(call, 0, "run")
        for nth in sample_of(count):
            before = self.rows()
            self.simulator.restate(every=2, offset=nth % 2)
            result, _ = self.call_with_fault(call, nth, "run")
            self.assert_ended_well(result, call, nth)
            if result.exit_code == 0:
                self.assert_all_rows_arrived()
            elif self.rows() != before:
                self.assert_all_rows_arrived()
            self.etl.run_well()
            self.assert_all_rows_arrived()


@cases(CALLS)
class Query(RunCase):
    pass


@cases(CALLS)
class Export(RunCase):
    changes = {"source": "export"}


@cases(CALLS)
class Refresh(FaultMixin, LoginTestCase):
    """A login is lost to no fault but one between the service's answer and the disk, which is told."""

    simulator_settings = {"rows": 10, "polls": 0}

    def check(self, call):
        self.etl.write_job()
        self.etl.write_settings({"api": {"retries": 2}})
        self.log_in()
        self.revoke(access=True)
        _, count = self.call_with_fault(call, 0, "run")
        for nth in sample_of(count):
            self.revoke(access=True)
            result, _ = self.call_with_fault(call, nth, "run")
            self.assert_ended_well(result, call, nth)
            self.etl.run_well()


if __name__ == "__main__":
    main()
