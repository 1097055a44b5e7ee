"""Runs in which one call fails: tests/fault/fault.h says which calls there are."""

import contextlib
import dataclasses
import functools
import os
import pathlib
import re
import subprocess
import sys

from .case import EtlTestCase
from .etl import CONTRACT
from .login import ADDRESS, LoginTestCase
from .programs import BUILD, RELEASE_BUILD

LIBRARY = BUILD / "tests" / "tokenflex-fault.so"
# Of README's table: all but a bug.
EXIT_CODES = {0, 1, 65, 69, 73, 74, 75, 77, 78}
# All of them instead of a sample.
EVERY = bool(os.environ.get("TOKENFLEX_FAULT_EVERY"))
SAMPLE = 3


def sample_of(numbers, most=SAMPLE):
    """The first, the last, and some between; of one only that in the middle; all of them where that is asked for."""
    numbers = sorted(numbers)
    if EVERY or len(numbers) <= most:
        return numbers
    if most == 1:
        return [numbers[len(numbers) // 2]]
    return sorted({numbers[round(i * (len(numbers) - 1) / (most - 1))] for i in range(most)})


def table_state(database, table="tokenflex.usage"):
    """A digest of what a table says, whoever loaded it and when."""
    return database.value(
        "select coalesce(md5(string_agg(said::text, ',' order by said::text)), '') from"
        f" (select to_jsonb(u) - '_run_id' - '_synced_at' - '_row_key' as said from {table} u) rows"
    )


@functools.cache
def _preloaded(binary):
    """The library, behind the sanitizer's own where the program has one: that one has to come first."""
    linked = subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout
    sanitizer = re.search(r"=> (\S*libasan\S*)", linked)
    return ":".join([*([sanitizer[1]] if sanitizer else []), str(LIBRARY)])


@dataclasses.dataclass
class Fault:
    call: str
    nth: int = 0  # none
    lasting: bool = False

    def __str__(self):
        return f"{self.call} {self.nth}{' and all after it' if self.lasting else ''}"


class FaultMixin:
    """Of test cases that have self.etl."""

    def use_release_build(self):
        if not RELEASE_BUILD:
            self.skipTest("TOKENFLEX_RELEASE_BUILD names no build without sanitizers")
        self.etl.use_build(pathlib.Path(RELEASE_BUILD))

    @contextlib.contextmanager
    def environment_of(self, fault, **more):
        """What is started meanwhile has the fault."""
        before = dict(self.etl.environment)
        self.etl.environment.update(
            LD_PRELOAD=_preloaded(self.etl.binary),
            FAULT_CALL=fault.call,
            FAULT_NTH=str(fault.nth),
            # A leak of what a library gives up for good is none of ours.
            LSAN_OPTIONS="detect_leaks=0",
            **({"FAULT_LASTING": "1"} if fault.lasting else {}),
            **more,
        )
        try:
            yield
        finally:
            self.etl.environment.clear()
            self.etl.environment.update(before)

    def act(self):
        """What has the fault."""
        return self.etl.call(*self.etl.command("run"))

    def act_with(self, fault):
        with self.environment_of(fault):
            return self.act()

    def counts(self):
        """How many calls there are of each kind but memory."""
        counted = self.etl.directory / "count"
        with self.environment_of(Fault("none"), FAULT_COUNT=str(counted)):
            self.act()
        lines = counted.read_text(encoding="ascii").splitlines()
        return {call: int(count) for call, count in map(str.split, lines)}

    def places(self):
        """The numbers of the first allocation from each place of the program."""
        places = self.etl.directory / "places"
        with self.environment_of(Fault("memory"), FAULT_PLACES=str(places)):
            self.act()
        return [int(line) for line in places.read_text(encoding="ascii").split()]

    def try_faults(self, faults):
        """Each of them, also after one that was not survived: those are told at once, and fail the test at the end."""
        failed = []
        for fault in faults:
            try:
                self.try_fault(fault)
            except AssertionError as error:
                failed.append(str(fault))
                print(f"{self.id()}: {fault}: {error}", file=sys.stderr, flush=True)
                self.begin_anew()
        if EVERY:
            print(f"{self.id()}: of {len(faults)} faults {len(faults) - len(failed)} were survived", file=sys.stderr, flush=True)
        self.assertEqual(failed, [])

    def begin_anew(self):
        """With a database, a service and a directory of their own, as at the beginning of the test."""
        self.doCleanups()
        self.setUp()

    def assert_ended_well(self, result, fault):
        # Nobody's settings, data or rights are to blame for a host without memory.
        allowed = {0, 69, 75} if fault.call in ("memory", "realpath") else EXIT_CODES
        self.assertIn(result.exit_code, allowed, f"{fault}:\n{result.stderr}")
        if result.exit_code not in (0, 74) and fault.call not in ("write", "memory"):
            self.assertIn(" error ", result.stderr, str(fault))


class FaultyRunCase(FaultMixin, EtlTestCase):
    """A table that is there, and an answer that has changed: after a run with a fault the table is what it was, or
    the whole answer, and the run after it brings the answer."""

    simulator_settings = {"rows": 60, "polls": 0}
    job = {}

    def setUp(self):
        super().setUp()
        self.etl.write_settings({"api": {"retries": 2}})
        self.etl.write_job(**{"page_size": 40, **self.job})
        self.parity = 0
        self.answers = [self.load_answer(), self.load_answer()]
        self.loaded = self.answers[1]

    def load_answer(self):
        self.change_answer()
        self.etl.run_well()
        self.assert_answer_arrived()
        return table_state(self.database)

    def assert_answer_arrived(self):
        self.assert_all_rows_arrived()

    def change_answer(self):
        """To the other one of two."""
        self.parity = 1 - self.parity
        self.simulator.config(restatements=[{"every": 2, "offset": self.parity}])

    def prepare_next(self):
        """Before the run that follows one that failed."""

    def try_fault(self, fault):
        """Returns the result of the run with the fault."""
        self.change_answer()
        before, after = self.loaded, self.answers[1 - self.parity]
        result = self.act_with(fault)
        self.database.wait_until_left()
        self.assert_ended_well(result, fault)
        found = table_state(self.database)
        allowed = {after} if result.exit_code == 0 else {before, after}
        self.assertIn(found, allowed, f"{fault}: another table:\n{result.stderr}")
        if result.exit_code != 0:
            self.prepare_next()
            self.etl.run_well()
            self.assertEqual(table_state(self.database), after, f"{fault}: after the run that follows")
        self.loaded = after
        return result


class FaultyContractCase(FaultyRunCase):
    """What the service keeps of a contract itself."""

    job = {
        "page_size": None,
        "source": "contract",
        "query": {"fields": None, "metrics": None, "dataset": "contracts"},
    }

    def change_answer(self):
        self.parity = 1 - self.parity
        contract = {"number": CONTRACT, "name": f"Example {self.parity}", "active": True, "tokens": 1000, "enrichment": []}
        self.simulator.config(contracts=[{**contract, "start": "2025-01-01", "end": "2027-12-31"}])

    def assert_answer_arrived(self):
        name = self.database.value("select contract_name from tokenflex.usage")
        self.assertEqual(name, f"Example {self.parity}")


class FaultyLoginCase(FaultMixin, LoginTestCase):
    """A run that has to renew its access token: afterwards the login is alive."""

    simulator_settings = {"rows": 10, "polls": 0}

    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.etl.write_settings({"api": {"retries": 2}})
        self.log_in()
        self.etl.run_well()

    def try_fault(self, fault):
        self.revoke(access=True)
        self.simulator.reset_stats()
        result = self.act_with(fault)
        self.assert_ended_well(result, fault)
        # The answer to a refresh token was lost on its way, and no service takes one twice.
        if fault.call == "recv" and self.simulator.stats["refresh_reused"]:
            self.assert_failed(result, 77, "auth login")
            self.log_in()
        self.revoke(access=True)
        self.etl.run_well()
        return result


class FaultyNewLoginCase(FaultyLoginCase):
    """Somebody logs in where somebody has: the login that was there lives until another one is in its place."""

    def act(self):
        running = self.etl.start(*self.etl.command("auth", "login", "--no-browser"))
        self.wait_until(lambda: running.search_stderr(ADDRESS) or running.has_ended())
        shown = running.search_stderr(ADDRESS)
        running.type(self.visit(shown[1]) + "\n" if shown else "")
        return running.wait()
