"""Three hosts load into one PostgreSQL, over a network that is cut."""

from harness import hosts_case, main
from harness.hosts_case import set_up_module

CONTRACTS = ("11000000001", "11000000002")


def setUpModule():
    set_up_module()


class HostsCase(hosts_case.HostsCase):
    def locks(self):
        return int(self.database.value("select count(*) from pg_locks where locktype = 'advisory'"))

    def assert_busy(self, result, contracts):
        self.assertEqual(result.exit_code, 75, result.stderr)
        for contract, error in zip(contracts, sorted(result.log("error"))):
            self.assertIn(f"another run is loading contract {contract} into tokenflex.usage", error)


class ThreeHosts(HostsCase):
    def make_loads_slow(self, contract):
        self.database.execute(
            "create function sleep() returns trigger language plpgsql as"
            " $$ begin perform pg_sleep(3600); return new; end $$;"
            "create trigger t before insert on tokenflex.usage for each row"
            f" when (new.contract_number = '{contract}') execute function sleep()"
        )

    def test_the_locks_of_hosts_that_are_cut_off_end_and_another_loads(self):
        """One host waits for the service when it is cut off, the other for a statement."""
        waiting, working, other = self.hosts
        other.etl.write_job(contract=list(CONTRACTS), page_size=50)
        other.etl.run_well()
        self.database.execute("truncate tokenflex.usage")
        self.make_loads_slow(CONTRACTS[1])
        working.etl.write_job(contract=CONTRACTS[1], page_size=50)
        working.etl.start_run()
        self.database.wait_until("exists (select from pg_stat_activity where wait_event = 'PgSleep')")
        self.simulator.script({"on": "page", "times": -1, "hold": True})
        waiting.etl.write_job(contract=CONTRACTS[0], page_size=50)
        waiting.etl.start_run()
        self.simulator.wait_for_held()
        self.assertEqual(self.locks(), 2)
        for host in (waiting, working):
            host.cut()
        self.simulator.script()
        self.simulator.release()
        self.assert_busy(other.etl.run(), CONTRACTS)
        self.database.wait_until("not exists (select from pg_locks where locktype = 'advisory')")
        self.database.execute("drop trigger t on tokenflex.usage")
        self.assertEqual([run["rows_inserted"] for run in other.etl.run_well().runs], [100, 100])


class CutOffWhileLoading(HostsCase):
    """Between two pages that are copied, in the merge, and in COMMIT, which succeeds without anybody being told: one host each, and one more."""

    hosts_wanted = 4
    contracts = ("11000000001", "11000000002", "11000000003")

    def setUp(self):
        super().setUp()
        self.other = self.hosts.pop()
        self.other.etl.write_job(contract=list(self.contracts), page_size=50)
        self.other.etl.run_well()
        self.simulator.restate(every=1)
        copied, merged, committed = self.contracts
        self.database.execute(
            f"delete from tokenflex.usage where contract_number = '{copied}';"
            "create table public.gate (); create function wait() returns trigger language plpgsql as $$ begin"
            f" if new.contract_number = '{merged}' then perform pg_sleep(3600); else lock table public.gate; end if;"
            " return new; end $$;"
            "create trigger slow before update on tokenflex.usage for each row"
            f" when (new.contract_number <> '{copied}') execute function wait();"
        )
        self.addCleanup(self.wait_for_standby, "")

    def start(self, host, contract, timeout="1h", **api):
        host.etl.write_settings({"api": api})
        host.etl.write_job(contract=contract, page_size=50, timeout=timeout)
        return host.etl.start_run()

    def wait_for_session(self, condition):
        self.database.wait_until(
            f"exists (select from pg_stat_activity where application_name like 'tokenflex-etl%' and {condition})"
        )

    def wait_for_standby(self, name):
        """From now on a COMMIT waits for this standby, which is not there, in sessions that have synchronous_commit on."""
        self.database.execute(f"alter system set synchronous_standby_names = '{name}'")
        self.database.execute("select pg_reload_conf()")

    def start_all(self):
        gate = self.open_session()
        gate.execute("set synchronous_commit = off; begin; lock table public.gate;")
        self.hosts[2].etl.environment["PGOPTIONS"] = "-c synchronous_commit=on"
        running = [
            self.start(self.hosts[2], self.contracts[2], timeout="90s", retries=100, retry_wait="5s"),
            self.start(self.hosts[1], self.contracts[1]),
        ]
        self.wait_for_session("wait_event = 'PgSleep'")
        self.wait_for_session("wait_event_type = 'Lock' and query ilike 'update %'")
        self.simulator.script({"on": "page", "times": -1, "hold": True})
        running.append(self.start(self.hosts[0], self.contracts[0]))
        self.simulator.wait_for_held()
        self.wait_for_session("query ilike 'copy %'")
        self.wait_for_standby("missing")
        gate.execute("commit;")
        self.wait_for_session("wait_event = 'SyncRep' and query ilike 'commit%'")
        return running[::-1]

    def test_another_host_loads_once_the_locks_are_gone(self):
        running = self.start_all()
        self.assertEqual(self.locks(), 3)
        for host in self.hosts:
            host.cut()
        self.wait_for_standby("")
        self.database.wait_until("(select count(*) from tokenflex_etl.run where status = 'succeeded') = 4")
        self.simulator.script()
        self.simulator.release()
        self.assert_busy(self.other.etl.run(), self.contracts)
        self.database.wait_until("not exists (select from pg_locks where locktype = 'advisory')")
        self.database.execute("drop trigger slow on tokenflex.usage")
        self.assert_loads_what_is_missing()
        for run, code in zip(running, (69, 69, 75)):
            result = run.wait()
            self.assertEqual(result.exit_code, code, result.stderr)

    def assert_loads_what_is_missing(self):
        runs = self.other.etl.run_well().runs
        self.assertEqual(
            [(run["rows_inserted"], run["rows_updated"], run["rows_unchanged"]) for run in runs],
            [(100, 0, 0), (0, 100, 0), (0, 0, 100)],
        )
        self.other.etl.write_job("whole", contract=list(self.contracts))
        self.other.etl.run_well("whole")
        columns = "contract_number, usage_date, product_name, user_name, tokens_consumed"
        differences = f"(select {columns} from tokenflex.usage except all select {columns} from tokenflex.whole)"
        self.assertEqual(self.database.value(f"select count(*) from {differences} d"), "0")
        self.assertEqual(self.database.count("tokenflex.usage"), 300)


if __name__ == "__main__":
    main()
