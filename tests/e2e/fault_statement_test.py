"""The n-th statement that a run sends to PostgreSQL fails once: the server refuses it, the connection breaks before the
server has it, or behind it, when nobody knows what became of it. No crash, a right exit code, and a table that is as it
was or as the service's answer is; the run after it is well.

A sample of all n is tried; with TOKENFLEX_FAULT_EVERY every one is, for which `-L sweep` asks.
"""

from harness import cases, main
from harness.fault import Fault, FaultyContractCase, FaultyRunCase, sample_of

CALLS = {name: name for name in ("refused", "lost", "unanswered")}


class StatementCase(FaultyRunCase):
    def check(self, call):
        self.try_faults([Fault(call, nth) for nth in sample_of(range(1, self.counts()[call] + 1), most=5)])

    def assert_ended_well(self, result, fault):
        """A database that has no space or is gone is not there: nobody's settings or data are to blame."""
        super().assert_ended_well(result, fault)
        self.assertIn(result.exit_code, (0, 69), f"{fault}:\n{result.stderr}")


@cases(CALLS)
class Query(StatementCase):
    pass


@cases(CALLS)
class Export(StatementCase):
    job = {"source": "export"}


@cases(CALLS)
class Contract(FaultyContractCase, StatementCase):
    pass


@cases(CALLS)
class Append(StatementCase):
    """Rows come once, however often a run has to try."""

    job = {"target": {"mode": "append"}}

    def setUp(self):
        super().setUp()
        self.database.execute("truncate tokenflex.usage")

    def assert_answer_arrived(self):
        pass

    def try_fault(self, fault):
        result = self.act_with(fault)
        self.database.wait_until_left()
        self.assert_ended_well(result, fault)
        rows = self.database.count("tokenflex.usage")
        self.assertIn(rows, (60,) if result.exit_code == 0 else (0, 60), f"{fault}:\n{result.stderr}")
        self.database.execute("truncate tokenflex.usage")
        self.etl.run_well()
        self.assertEqual(self.database.count("tokenflex.usage"), 60, str(fault))
        self.database.execute("truncate tokenflex.usage")


if __name__ == "__main__":
    main()
