"""The n-th statement of a run fails once, as in fault_statement_test.py: of a host that shares its work, and of one whose login
is in the database. The round of the share and the login live on.
"""

from fault_statement_test import CALLS, StatementCase
from harness import InDatabase, cases, main
from harness.fault import Fault, FaultyLoginCase, FaultyNewLoginCase, sample_of


@cases(CALLS)
class Shared(StatementCase):
    def setUp(self):
        super().setUp()
        self.etl.write_settings({"run": {"share": "night"}})

    def prepare_next(self):
        """The host that is gone has left its leases, which end a minute later; and the round, which the next run ends."""
        for table in ("work", "work_host"):
            self.database.execute(
                f"update tokenflex_etl.{table} set lease_until = clock_timestamp() - interval '1 second'"
                " where lease_until is not null"
            )
        self.etl.run_well()
        open_rounds = "select count(*) from tokenflex_etl.work_round where closed_at is null"
        self.assertEqual(self.database.value(open_rounds), "0")

    def try_fault(self, fault):
        result = super().try_fault(fault)
        twice = (
            "select invocation_id from tokenflex_etl.run where status = 'succeeded' group by 1 having count(*) > 1"
        )
        self.assertEqual(self.database.rows(twice), [], f"{fault}: loaded twice:\n{result.stderr}")
        return result


class LoginCase(InDatabase, FaultyLoginCase):
    def check(self, call):
        self.revoke(access=True)
        self.try_faults([Fault(call, nth) for nth in sample_of(range(1, self.counts()[call] + 1), most=5)])

    def assert_ended_well(self, result, fault):
        super().assert_ended_well(result, fault)
        self.assertIn(result.exit_code, (0, 69), f"{fault}:\n{result.stderr}")
        self.assertEqual(self.simulator.stats["refresh_reused"], 0, f"{fault}:\n{result.stderr}")


@cases(CALLS)
class Refresh(LoginCase):
    pass


@cases(CALLS)
class NewLogin(LoginCase, FaultyNewLoginCase):
    pass


if __name__ == "__main__":
    main()
