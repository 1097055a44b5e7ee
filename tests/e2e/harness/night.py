"""A night that three hosts share over a network: a backfill in months, and jobs without a window."""

from .etl import CONTRACT, DEFAULT_COLUMNS
from .hosts_case import HostsCase
from .programs import TESTED_BUILD
from .rows import differences
from .share import MONTHS, NAME

QUERY = {"fields": ["usageDate", "productName", "userName"], "metrics": ["tokensConsumed"]}


class NightCase(HostsCase):
    simulator_settings = {"rows_per_day": 5}
    job_count = 4
    days = ("2026-01-01", "2026-07-01")
    build = TESTED_BUILD
    log_options = ()

    def make_host(self, number):
        host = super().make_host(number, self.build)
        host.etl.write_settings({"run": {"share": NAME, "parallel_jobs": 4}})
        host.etl.write_job("usage", window=MONTHS, tags=["backfill"])
        for job in range(self.job_count):
            host.etl.write_job(f"job{job}", query={"where": f"productName <> '{job}'"}, tags=["nightly"])
        return host

    @property
    def chunk_count(self):
        first, end = ([int(part) for part in day.split("-")] for day in self.days)
        return 12 * (end[0] - first[0]) + end[1] - first[1]

    def start_backfill(self, hosts):
        options = ("--tag", "backfill", "--from", self.days[0], "--to", self.days[1], *self.log_options)
        return [host.etl.start_run(*options) for host in hosts]

    def start_night(self, hosts):
        return [host.etl.start_run("--tag", "nightly", *self.log_options) for host in hosts]

    def assert_loaded(self, table, where=None):
        expected = self.simulator.expected_csv({**QUERY, **({"where": where} if where else {})}, CONTRACT)
        self.assertEqual(differences(self.database, expected, DEFAULT_COLUMNS, f"tokenflex.{table}"), (0, 0), table)

    def assert_backfill(self):
        self.assert_loaded("usage", f"usageDate >= '{self.days[0]}' AND usageDate < '{self.days[1]}'")

    def assert_night(self):
        for job in range(self.job_count):
            self.assert_loaded(f"job{job}", f"productName <> '{job}'")

    def assert_each_once(self):
        """No chunk of a round was loaded twice, and none is missing."""
        self.assertEqual(
            self.database.rows("select distinct state from tokenflex_etl.work"), [("succeeded",)]
        )
        twice = (
            "select invocation_id, job, window_start from tokenflex_etl.run where status = 'succeeded'"
            " group by 1, 2, 3 having count(*) > 1"
        )
        self.assertEqual(self.database.rows(twice), [])

    def assert_none_refused(self):
        stats = self.simulator.stats
        self.assertEqual((stats["refused_429"], stats["refused_quota"]), (0, 0))
