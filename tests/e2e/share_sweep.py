"""Rounds of three hosts that share a backfill of two years, a night of forty jobs and one login, under the rate limit of the
service.

TOKENFLEX_SHARE_ROUNDS: so many, in each of which one host is killed, one is cut off, and one is paused for
TOKENFLEX_SHARE_PAUSE_S seconds, at random moments (TOKENFLEX_SHARE_SEED); and the service forgets the access token now and
then, so that one of the hosts has to use the refresh token. TOKENFLEX_SHARE_PER_MINUTE: requests that the
service allows. TOKENFLEX_SHARE_LOGS: a folder that gets the logs of each round. With the program of
TOKENFLEX_RELEASE_BUILD.
"""

import os
import pathlib
import random
import shutil
import signal
import sys
import time

from harness import CONFIDENTIAL, InDatabase, LoginTestCase, main
from harness.hosts_case import set_up_module
from harness.night import NightCase

ROUNDS = int(os.environ.get("TOKENFLEX_SHARE_ROUNDS", "20"))
PAUSE_S = float(os.environ.get("TOKENFLEX_SHARE_PAUSE_S", "120"))
LOGS = os.environ.get("TOKENFLEX_SHARE_LOGS")
PER_MINUTE = int(os.environ.get("TOKENFLEX_SHARE_PER_MINUTE", "240"))


def setUpModule():
    set_up_module()


class Sweep(InDatabase, NightCase, LoginTestCase):
    job_count = 40
    days = ("2024-07-01", "2026-07-01")
    burst = 10
    revocations = 4
    log_options = ("--log-level", "debug") if LOGS else ()

    def setUp(self):
        super().setUp()
        self.log_in_on(self.hosts[0])

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
                },
                "auth": {**CONFIDENTIAL, **self.store(self.write_key(host.etl, self.key))},
            }
        )
        return host

    def log_in_on(self, host):
        self.etl.close()
        self.etl = host.etl
        self.log_in()

    def assert_login_is_alive(self, host):
        """It was never used twice, and can be used again."""
        self.assertEqual(self.simulator.stats["refresh_reused"], 0)
        self.revoke(access=True)
        host.etl.run_well("job0")
        self.assertEqual(self.simulator.stats["refresh_reused"], 0)

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
                *((dice.uniform(0, span), "revoke", None) for _ in range(self.revocations)),
            ]
        )
        started = time.monotonic()
        for moment, what, place in moments:
            time.sleep(max(0, started + moment - time.monotonic()))
            if what == "revoke":
                self.revoke(access=True)
                continue
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
        self.log_in_on(self.hosts[0])
        self.simulator.reset_stats()
        started = time.monotonic()
        running = list(zip(self.start_backfill(self.hosts), self.start_night(self.hosts)))
        self.running = running
        paused, moments = self.disturb(dice, running)
        for one in running[paused]:
            result = one.wait()
            self.assertEqual(result.exit_code, 0, result.stderr)
        seconds = time.monotonic() - started
        told = ", ".join(f"{what} at {moment:.1f} s" for moment, what, _ in moments)
        stats = self.simulator.stats
        print(
            f"round {number}: {seconds:.0f} s, {stats['budgeted']} requests, {stats['refresh_used']} exchanges; {told}",
            file=sys.stderr,
            flush=True,
        )
        self.assert_none_refused()
        self.assert_each_once()
        self.assert_backfill()
        self.assert_night()
        self.assert_login_is_alive(self.hosts[paused])

    def keep_logs(self, number):
        folder = pathlib.Path(LOGS) / f"round{number}"
        folder.mkdir(parents=True, exist_ok=True)
        for place, one in ((place, one) for place, ones in enumerate(self.running) for one in ones):
            shutil.copy(one.stderr_path, folder / f"host{place + 1}-{one.pid}.log")

    def end_round(self, number):
        if LOGS:
            self.keep_logs(number)
        for host in self.hosts:
            host.etl.close()
            host.stop()

    def test_rounds_in_which_each_host_is_disturbed(self):
        seed = int(os.environ.get("TOKENFLEX_SHARE_SEED", "1"))
        for host in self.hosts:
            host.stop()
        for number in range(1, ROUNDS + 1):
            with self.subTest(seed=seed + number):
                self.one_round(number, random.Random(seed + number))
            self.end_round(number)


if __name__ == "__main__":
    main()
