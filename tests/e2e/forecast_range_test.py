"""forecast, held against contracts whose future is known: the tokens run out within the range in 8 of 10 cases."""

import math
import random

from harness import EtlTestCase, main
from harness.usage import DESKTOP, YEARS, Usage, day

CONTRACTS = 100

# The 10 and 90 % bounds are right if 80 contracts run out between them; by chance these may be some more or fewer.
FEWEST, MOST = 70, 90

WEEK = (1, 1.05, 1.1, 1.05, 0.9, 0.12, 0.08)


class Contract:
    """Grows or shrinks, has a season and a holiday month, and days that differ by chance. Days are counted from today, so
    the figures are the same on every day."""

    def __init__(self, rng, loaded_days):
        self._rng = rng
        self._tokens = rng.uniform(50, 2000)
        self._growth = rng.uniform(-0.1, 0.4)
        self._season, self._phase = rng.uniform(0, 0.2), rng.uniform(0, 365)
        self._holiday, self._holiday_start = rng.uniform(0.5, 0.8), rng.uniform(0, 365)
        variation = rng.uniform(0.1, 0.4)
        self._sigma = math.sqrt(math.log(1 + variation * variation))
        self.past = {ahead: self._use(ahead) for ahead in range(-loaded_days, 0)}
        self.start = -rng.randint(20, 200)
        self.end = self.start + 364
        self.runs_out = rng.randint(10, self.end)
        future = [self._use(ahead) for ahead in range(self.runs_out + 1)]
        self.left = round(sum(future) - future[-1] / 2, 2)

    def _use(self, ahead):
        level = self._tokens * (1 + self._growth) ** (ahead / 365) * WEEK[ahead % 7]
        level *= 1 + self._season * math.sin(2 * math.pi * (ahead + self._phase) / 365)
        if (ahead - self._holiday_start) % 365 < 30:
            level *= self._holiday
        return round(level * math.exp(self._rng.gauss(-self._sigma**2 / 2, self._sigma)), 1)


class Range(EtlTestCase):
    simulator_settings = {"rows_per_day": 1, "polls": 0}

    def hold(self, seed, *loaded_days):
        """How many of the contracts run out before, within and after the range."""
        rng = random.Random(seed)
        contracts = {f"{1000 + i}": Contract(rng, loaded_days[i % len(loaded_days)]) for i in range(CONTRACTS)}
        usage = Usage(self.etl, self.database, self.simulator, jobs=(DESKTOP, YEARS))
        usage.add_all({number: contract.past for number, contract in contracts.items()})
        for number, contract in contracts.items():
            usage.add_year(number, contract.start, contract.end, contract.left)
        done = self.etl.call(*self.etl.command("--output", "json", "forecast"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        before = within = after = 0
        for one in done.json["contracts"]:
            runs_out = day(contracts[one["contract_number"]].runs_out)
            if not one["runs_out_early"] or runs_out < one["runs_out_early"]:
                before += 1
            elif one["runs_out_late"] and runs_out > one["runs_out_late"]:
                after += 1
            else:
                within += 1
        return before, within, after

    def check(self, seed, *loaded_days):
        before, within, after = self.hold(seed, *loaded_days)
        self.assertEqual(before + within + after, CONTRACTS)
        self.assertTrue(FEWEST <= within <= MOST, f"{before} before, {within} within, {after} after the range")

    def test_holds_with_eight_weeks_of_usage(self):
        self.check(1, 56)

    def test_holds_with_a_year_of_usage(self):
        self.check(2, 400)

    def test_holds_with_as_much_usage_as_there_is(self):
        self.check(3, 35, 56, 90, 150, 250, 400)


if __name__ == "__main__":
    main()
