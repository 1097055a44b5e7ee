"""The n-th call to the system of each kind fails once, over a whole run: no crash, a right exit code, and a table that
is as it was or as the service's answer is. The run after it is well.

A sample of all n is tried; with TOKENFLEX_FAULT_EVERY every one is, for which `-L sweep` asks.
"""

from harness import cases, exposition, main
from harness.fault import Fault, FaultyContractCase, FaultyLoginCase, FaultyNewLoginCase, FaultyRunCase, sample_of

# Those that fail together share a test, because the beginning of each test takes longer than a fault.
RARE = ("truncate", "mkdir", "unlink", "status", "realpath", "lock", "random", "thread", "socket")
FILES = {"open": ["open"], "write": ["write"], "fsync": ["fsync"], "rename": ["rename"], "rare": RARE}
CALLS = {**FILES, **{name: [name] for name in ("read", "connect", "poll", "recv", "send")}}


class CallsMixin:
    def check(self, calls):
        most = 3 if len(calls) == 1 else 1
        counts = {call: self.count_of(call) for call in calls}
        self.try_faults([Fault(call, nth) for call in calls for nth in sample_of(range(1, counts[call] + 1), most)])


class RunCase(CallsMixin, FaultyRunCase):
    pass


@cases(CALLS)
class Query(RunCase):
    pass


@cases(CALLS)
class Export(RunCase):
    job = {"source": "export"}


@cases(CALLS)
class Contract(FaultyContractCase, RunCase):
    pass


# The calls that write files: the rest of the run is Query's.
@cases(FILES)
class Metrics(RunCase):
    """Files that a run writes at its end, and that say something of other jobs: they are whole, and nothing is lost."""

    def setUp(self):
        super().setUp()
        self.file = self.etl.directory / "collector" / "tokenflex_etl.prom"
        self.file.parent.mkdir()
        self.etl.write_settings({"run": {"metrics_file": str(self.file)}})
        self.etl.write_job("other", page_size=40)
        self.etl.run_well()

    def jobs(self):
        metrics = exposition.read(self.file.read_text(encoding="utf-8"))
        return {dict(labels)["job_name"] for (_, labels) in metrics.samples if "job_name" in dict(labels)}

    def act(self):
        return self.etl.call(*self.etl.command("run", "usage"))

    def try_fault(self, fault):
        result = super().try_fault(fault)
        self.assertEqual(self.jobs(), {"other", "usage"}, f"{fault}:\n{result.stderr}")
        left = sorted(path.name for path in self.file.parent.iterdir())
        self.assertEqual(left, [self.file.name, "tokenflex_etl_run.prom"], str(fault))
        return result


@cases(CALLS)
class Refresh(CallsMixin, FaultyLoginCase):
    """A login is lost to no fault but one between the service's answer and the disk, which is told."""

    def count_of(self, call):
        self.revoke(access=True)
        return super().count_of(call)


# Without `write`: where the address to visit cannot be shown, nobody ever comes with it.
@cases({name: calls for name, calls in CALLS.items() if name != "write"})
class NewLogin(CallsMixin, FaultyNewLoginCase):
    pass


if __name__ == "__main__":
    main()
