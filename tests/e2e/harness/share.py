"""Hosts that share their work: the program on each under a host name of its own, with one database and one service."""

import os
import subprocess
import tempfile

from . import postgres
from .case import EtlTestCase
from .etl import CONTRACT, Etl
from .rows import differences

NAME = "night"
MONTHS = {"field": "usageDate", "last": "35 days", "chunk": "month"}
HALF_YEAR = ("--from", "2026-01-01", "--to", "2026-07-01")
CHUNKS = 6

_USER = () if os.geteuid() == 0 else ("--user", "--map-root-user")


def launcher(name):
    """Starts a program on a host of this name."""
    return ("unshare", *_USER, "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', name)


def why_not():
    """Why this machine cannot have host names of its own; None where it can."""
    probe = subprocess.run([*launcher("probe"), "true"], capture_output=True, text=True, check=False)
    return None if probe.returncode == 0 else f"no host names of its own: {probe.stderr.strip()}"


class ShareCase(EtlTestCase):
    """Two hosts whose settings differ in nothing; each works on one chunk at a time."""

    simulator_settings = {"rows_per_day": 5}
    names = ("one", "two")

    def setUp(self):
        super().setUp()
        if why := why_not():
            self.skipTest(why)
        self.hosts = [self.make_host(name) for name in self.names]
        self.write_job("usage", window=MONTHS)

    def make_host(self, name):
        host = Etl(self.enterContext(tempfile.TemporaryDirectory(prefix=f"tokenflex-{name}.")))
        self.addCleanup(host.close)
        host.launcher = launcher(name)
        host.name = name
        host.environment.update(self.database.environment)
        host.write_settings({"api": {"base_url": self.simulator.url}, "run": {"share": NAME, "parallel_jobs": 1}})
        return host

    def write_job(self, name, **changes):
        for host in self.hosts:
            host.write_job(name, **changes)

    def write_settings(self, changes):
        for host in self.hosts:
            host.write_settings(changes)

    def hold_submits(self, **rule):
        self.simulator.script({"on": "submit", "times": -1, "hold": True, **rule})

    def let_go(self):
        self.simulator.script()
        self.simulator.release()

    def start_together(self, *arguments):
        """All hosts are at work on a chunk each when they go on."""
        self.hold_submits()
        running = [host.start_run(*arguments) for host in self.hosts]
        self.simulator.wait_for_held(len(running))
        self.let_go()
        return running

    def run_together(self, *arguments):
        return [one.wait() for one in self.start_together(*arguments)]

    def work(self, columns="state", rest="order by work_id"):
        return self.database.rows(f"select {columns} from tokenflex_etl.work {rest}")

    def states(self):
        return dict(self.work("state, count(*)", "group by state"))

    def wait_for_work(self, condition, count=1):
        self.database.wait_until(f"(select count(*) from tokenflex_etl.work where {condition}) = {count}")

    def expire(self, host):
        """As if a host had said nothing for as long as its leases are."""
        self.database.execute(
            "update tokenflex_etl.work set lease_until = clock_timestamp() - interval '1 second'"
            f" where host = '{host.name}' and state = 'running';"
            "update tokenflex_etl.work_host set lease_until = clock_timestamp() - interval '1 second'"
            f" where host = '{host.name}'"
        )

    def restart_database(self, running, let_go):
        """While hosts are held in a request; they go on with let_go(), and finish the round when the database is back."""
        postgres.server().halt()
        let_go()
        for one in running:
            one.wait_for_stderr("connecting again")
        postgres.server().resume()
        self.assert_all_well([one.wait() for one in running])
        self.assert_each_once()
        self.assert_whole()

    def assert_all_well(self, results):
        for result in results:
            self.assertEqual(result.exit_code, 0, result.stderr)

    def assert_each_once(self, chunks=CHUNKS):
        """Each chunk was loaded, and by one run."""
        self.assertEqual(self.states(), {"succeeded": str(chunks)})
        windows = self.database.rows(
            "select job, contract_number, window_start, count(*) from tokenflex_etl.run where status = 'succeeded'"
            " group by 1, 2, 3"
        )
        self.assertEqual([window[3] for window in windows], ["1"] * chunks)

    def assert_whole(self, table="tokenflex.usage", days=HALF_YEAR, contract=CONTRACT):
        """The table holds what the service has of these days, and no more."""
        body = {
            "fields": ["usageDate", "productName", "userName"],
            "metrics": ["tokensConsumed"],
            "where": f"usageDate >= '{days[1]}' AND usageDate < '{days[3]}'",
        }
        columns = {
            "usageDate": "usage_date",
            "productName": "product_name",
            "userName": "user_name",
            "tokensConsumed": "tokens_consumed",
        }
        expected = self.simulator.expected_csv(body, contract)
        self.assertEqual(differences(self.database, expected, columns, table), (0, 0))
