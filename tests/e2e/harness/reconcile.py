"""Jobs whose tables are compared with the summary of the simulator."""

import datetime
import decimal
import json

from .case import EtlTestCase
from .etl import CONTRACT

TODAY = datetime.datetime.now(datetime.timezone.utc).date()
EPOCH = datetime.date(1970, 1, 1)
QUERY = {"fields": ["usageDate", "usageCategory", "productName"], "metrics": ["tokensConsumed"]}
MONTHLY = {
    "fields": ["usageMonth", "contractYear", "usageCategory", "productName"],
    "metrics": ["tokensConsumed"],
    "usageCategory": ["CLOUD_PRODUCT", "CLOUD_SERVICE"],
}
WINDOW = {"field": "usageDate", "last": "3 months", "until": "2026-11-01", "chunk": "month"}
MONTHS = ["2026-08-01", "2026-09-01", "2026-10-01"]
ROWS_PER_DAY = 3


class ReconcileCase(EtlTestCase):
    simulator_settings = {"rows_per_day": ROWS_PER_DAY, "window_to": "2026-11-01", "polls": 0}

    def setUp(self):
        super().setUp()
        self.sum_up(QUERY)
        self.etl.write_job("usage", query=QUERY, window=WINDOW)

    def sum_up(self, *queries, **settings):
        """The service's summary is made of the rows of these queries."""
        self.simulator.config(summary={"queries": list(queries), "add": [], "whole": False, **settings})

    def add(self, month, category, tokens):
        """To the service's summary alone."""
        self.simulator.config(summary={"add": [{"month": month, "category": category, "tokens": tokens}]})

    def restate(self, day):
        """The first row of a day has 1.5 tokens more."""
        number = (datetime.date.fromisoformat(day) - EPOCH).days * ROWS_PER_DAY
        self.simulator.restate(1_000_000_000, number)

    def reconcile(self, *arguments):
        return self.etl.call(*self.etl.command("--output", "json", "reconcile", *arguments))

    def lines(self, result, *statuses):
        """The figures with one of these statuses."""
        lines = json.loads(result.stdout, parse_float=decimal.Decimal)["months"]
        return [line for line in lines if line["status"] in statuses]

    def differences(self, result):
        """Month, category, difference and status of each figure that differs."""
        return [
            (line["usage_month"], line["usage_category"], str(line["difference"]), line["status"])
            for line in self.lines(result, "differs", "moved_on")
        ]

    def assert_equal_everywhere(self, result):
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual(result.json["differences"], 0)
        self.assertEqual(self.differences(result), [])

    def first_row(self, day):
        """Its usage category: the row that restate() changes."""
        next_day = datetime.date.fromisoformat(day) + datetime.timedelta(1)
        body = {**QUERY, "where": f"usageDate >= '{day}' AND usageDate < '{next_day}'"}
        return self.simulator.expected_csv(body, CONTRACT).decode().splitlines()[1].split(",")[1]
