"""The n-th call to the system of each kind fails once, over a whole run: no crash, a right exit code, and a table that
is as it was or as the service's answer is. The run after it is well.

A sample of all n is tried; with TOKENFLEX_FAULT_EVERY every one is, for which `-L sweep` asks.
"""

from harness import exposition, main
from harness.fault import Fault, FaultyContractCase, FaultyLoginCase, FaultyNewLoginCase, FaultyRunCase, sample_of

FILES = ("open", "write", "fsync", "rename")
# One of each is tried.
RARE = ("truncate", "mkdir", "unlink", "status", "realpath", "lock", "random", "thread", "socket")
CALLS = (*FILES, "read", "connect", "poll", "recv", "send", *RARE)


class CallsMixin:
    """All in one test, because the beginning of each takes longer than a fault; those not survived are told by name."""

    calls = CALLS

    def test_calls(self):
        counts = self.counts()
        numbers = {call: sample_of(range(1, counts[call] + 1), 1 if call in RARE else 2) for call in self.calls}
        self.try_faults([Fault(call, nth) for call in self.calls for nth in numbers[call]])


class RunCase(CallsMixin, FaultyRunCase):
    pass


class Query(RunCase):
    pass


class Export(RunCase):
    job = {"source": "export"}


class Contract(FaultyContractCase, RunCase):
    pass


class Metrics(RunCase):
    """Files that a run writes at its end, and that say something of other jobs: they are whole, and nothing is lost."""

    # The rest of the run is Query's.
    calls = (*FILES, *RARE)

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


class Refresh(CallsMixin, FaultyLoginCase):
    """A login is lost to no fault but one between the service's answer and the disk, which is told."""

    def counts(self):
        self.revoke(access=True)
        return super().counts()


class NewLogin(CallsMixin, FaultyNewLoginCase):
    # Without write: no browser opens an address that cannot be shown, and the login would wait for ever.
    calls = tuple(call for call in CALLS if call != "write")


if __name__ == "__main__":
    main()
