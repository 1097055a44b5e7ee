"""Three hosts share a night over a network: one is killed, one is cut off, and one is paused past its leases."""

import os
import pathlib
import random
import signal
import sys
import time
import unittest

from harness import BUILD, CONTRACT, DEFAULT_COLUMNS, differences, main
from harness.hosts_case import HostsCase, set_up_module
from harness.share import MONTHS, NAME

# Of the sweep: rounds, how long a host is paused, and requests a minute that the service allows.
ROUNDS = int(os.environ.get("TOKENFLEX_SHARE_ROUNDS", "0"))
PAUSE_S = float(os.environ.get("TOKENFLEX_SHARE_PAUSE_S", "120"))
PER_MINUTE = int(os.environ.get("TOKENFLEX_SHARE_PER_MINUTE", "240"))
RELEASE = pathlib.Path(os.environ.get("TOKENFLEX_RELEASE_BUILD", BUILD))

QUERY = {"fields": ["usageDate", "productName", "userName"], "metrics": ["tokensConsumed"]}
HALF_YEAR = ("2026-01-01", "2026-07-01")
TWO_YEARS = ("2024-07-01", "2026-07-01")


def setUpModule():
    set_up_module()


class NightCase(HostsCase):
    """A backfill in months, and jobs without a window of a night."""

    simulator_settings = {"rows_per_day": 5}
    job_count = 4
    days = HALF_YEAR
    build = BUILD

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
        return [host.etl.start_run("--tag", "backfill", "--from", self.days[0], "--to", self.days[1]) for host in hosts]

    def start_night(self, hosts):
        return [host.etl.start_run("--tag", "nightly") for host in hosts]

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


class Sample(NightCase):
    def expire(self, host):
        for table, state in (("work", " and state = 'running'"), ("work_host", "")):
            self.database.execute(
                f"update tokenflex_etl.{table} set lease_until = clock_timestamp() - interval '1 second'"
                f" where host = '{host.etl.name}'{state}"
            )

    def test_one_is_killed_and_one_is_cut_off_and_one_is_paused(self):
        self.simulator.script({"on": "poll", "times": -1, "hold": True})
        running = self.start_backfill(self.hosts)
        self.simulator.wait_for_held(self.chunk_count)
        running[0].signal(signal.SIGKILL)
        self.hosts[1].cut()
        running[2].signal(signal.SIGSTOP)
        self.simulator.script()
        self.simulator.release()
        for host in self.hosts:
            self.expire(host)
        running[2].signal(signal.SIGCONT)
        result = running[2].wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assert_each_once()
        self.assert_backfill()


@unittest.skipIf(ROUNDS == 0, "set TOKENFLEX_SHARE_ROUNDS")
class Sweep(NightCase):
    """Rounds of a backfill of two years and a night of forty jobs, under the rate limit of the service."""

    job_count = 40
    days = TWO_YEARS
    build = RELEASE
    burst = 10

    def start_simulator(self, **settings):
        limit = {"rate_limit.per_minute": PER_MINUTE, "rate_limit.burst": self.burst}
        return super().start_simulator(**settings, **limit)

    def make_host(self, number):
        host = super().make_host(number)
        host.etl.write_settings(
            {
                "api": {
                    "rate_limit": {"per_minute": PER_MINUTE, "burst": self.burst},
                    "poll": {"first": "2s", "max": "30s"},
                    "retry_wait": "1s",
                }
            }
        )
        return host

    def measure(self, what, running):
        """What a work took against the time in which the budget allows its requests."""
        started = time.monotonic()
        self.simulator.reset_stats()
        results = [one.wait() for one in running()]
        seconds = time.monotonic() - started
        requests = self.simulator.stats["budgeted"]
        allowed = max(requests - self.burst, 0) * 60 / PER_MINUTE
        print(f"{what}: {requests} requests in {seconds:.1f} s, the budget allows them in {allowed:.1f} s", file=sys.stderr)
        for result in results:
            self.assertEqual(result.exit_code, 0, result.stderr)

    def test_an_undisturbed_night_takes_what_the_budget_allows(self):
        self.measure("backfill", lambda: self.start_backfill(self.hosts))
        self.measure("night", lambda: self.start_night(self.hosts))
        self.assert_none_refused()
        self.assert_each_once()
        self.assert_backfill()
        self.assert_night()

    def disturb(self, dice, running):
        """Each at a moment of its own within the time that the round takes undisturbed."""
        span = 2.0 * (self.chunk_count + self.job_count) * 60 / PER_MINUTE
        killed, cut, paused = dice.sample(range(3), 3)
        moments = sorted(
            [
                (dice.uniform(0, span / 2), "kill", killed),
                (dice.uniform(0, span / 2), "cut", cut),
                (dice.uniform(0, span / 2), "pause", paused),
            ]
        )
        started = time.monotonic()
        for moment, what, place in moments:
            time.sleep(max(0, started + moment - time.monotonic()))
            if what == "cut":
                self.hosts[place].cut()
                continue
            for one in running[place]:
                one.signal(signal.SIGKILL if what == "kill" else signal.SIGSTOP)
        time.sleep(PAUSE_S)
        for one in running[paused]:
            one.signal(signal.SIGCONT)
        return paused, moments

    def one_round(self, number, dice):
        self.hosts = [self.make_host(3 * number + place + 1) for place in range(3)]
        self.database.execute("drop schema if exists tokenflex cascade; drop schema if exists tokenflex_etl cascade")
        self.simulator.reset_stats()
        started = time.monotonic()
        running = list(zip(self.start_backfill(self.hosts), self.start_night(self.hosts)))
        paused, moments = self.disturb(dice, running)
        for one in running[paused]:
            result = one.wait()
            self.assertEqual(result.exit_code, 0, result.stderr)
        seconds = time.monotonic() - started
        told = ", ".join(f"{what} at {moment:.1f} s" for moment, what, _ in moments)
        print(f"round {number}: {seconds:.0f} s, {self.simulator.stats['budgeted']} requests; {told}", file=sys.stderr)
        self.assert_none_refused()
        self.assert_each_once()
        self.assert_backfill()
        self.assert_night()
        for host in self.hosts:
            host.etl.close()
            host.stop()

    def test_rounds_in_which_each_host_is_disturbed(self):
        seed = int(os.environ.get("TOKENFLEX_SHARE_SEED", "1"))
        for host in self.hosts:
            host.stop()
        for number in range(1, ROUNDS + 1):
            self.one_round(number, random.Random(seed + number))


if __name__ == "__main__":
    main()
