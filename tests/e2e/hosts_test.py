"""Three hosts load into one PostgreSQL, over a network that is cut."""

import pathlib
import tempfile
import unittest

from harness import EtlTestCase, Etl, hosts, main, postgres

CONTRACTS = ("11000000001", "11000000002")


def setUpModule():
    why_not = hosts.why_not()
    if why_not:
        raise unittest.SkipTest(why_not)
    hosts.leave_network()
    listen(postgres.server())


def listen(server):
    """On the network of the hosts, too."""
    data = pathlib.Path(server.host) / "data"
    with open(data / "pg_hba.conf", "a", encoding="utf-8") as file:
        file.write("host all all 10.77.0.0/16 trust\n")
    with open(data / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write("listen_addresses = '*'\n")
    server.halt()
    server.resume()


class ThreeHosts(EtlTestCase):
    simulator_settings = {"rows": 100}

    def setUp(self):
        super().setUp()
        self.hosts = [self.make_host(number) for number in (1, 2, 3)]

    def start_simulator(self, **settings):
        return super().start_simulator(bind="0.0.0.0", **settings)

    def make_host(self, number):
        host = hosts.Host(number)
        self.addCleanup(host.stop)
        etl = Etl(self.enterContext(tempfile.TemporaryDirectory(prefix="tokenflex-host.")))
        self.addCleanup(etl.close)
        etl.launcher = host.launcher
        etl.environment.update(self.database.environment, PGHOST=host.server)
        etl.write_settings({"api": {"base_url": f"http://{host.server}:{self.simulator.port}", "allow_insecure": True}})
        host.etl = etl
        return host

    def locks(self):
        return int(self.database.value("select count(*) from pg_locks where locktype = 'advisory'"))

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
        self.assert_failed_for_both(other.etl.run())
        self.database.wait_until("not exists (select from pg_locks where locktype = 'advisory')")
        self.database.execute("drop trigger t on tokenflex.usage")
        self.assertEqual([run["rows_inserted"] for run in other.etl.run_well().runs], [100, 100])

    def assert_failed_for_both(self, result):
        self.assertEqual(result.exit_code, 75, result.stderr)
        for contract, error in zip(CONTRACTS, sorted(result.log("error"))):
            self.assertIn(f"another runner is loading contract {contract} into tokenflex.usage", error)


if __name__ == "__main__":
    main()
