"""What the tests of window.skip_unchanged share: nights, and a service that says what has moved."""

import datetime
import json

from .case import EtlTestCase
from .etl import CONTRACT

OTHER_CONTRACT = "11000000002"
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
DAYS = {"field": "usageDate", "last": "35 days", "skip_unchanged": True}
DESKTOP = {
    "query": {
        "fields": ["usageDate", "productName", "userName"],
        "metrics": ["tokensConsumed"],
        "usageCategory": ["DESKTOP_PRODUCT"],
    },
    "window": DAYS,
}
CLOUD = {
    "query": {**DESKTOP["query"], "usageCategory": ["CLOUD_PRODUCT", "CLOUD_SERVICE"]},
    "window": DAYS,
}


def day(days_ago):
    return str(TODAY - datetime.timedelta(days=days_ago))


def pair(category="DESKTOP_PRODUCT", charge="CHARGED", usage=1, process=2):
    """A line of the answer; days are days ago, or what stands there."""
    return {
        "usageCategory": category,
        "chargeCategory": charge,
        "lastUsageDate": day(usage) if isinstance(usage, int) else usage,
        "lastProcessDate": day(process) if isinstance(process, int) else process,
    }


QUIET = [pair(), pair(charge="FREE"), pair("CLOUD_PRODUCT", usage=4, process=2), pair("CLOUD_SERVICE", "N/A", 9, 9)]


class SkipCase(EtlTestCase):
    """A job of desktop products, loaded once, and a service that says what has moved by a script."""

    simulator_settings = {"rows_per_day": 3, "polls": 0}
    jobs = {"usage": DESKTOP}

    def setUp(self):
        super().setUp()
        for name, job in self.jobs.items():
            self.etl.write_job(name, **job)
        self.say(QUIET)

    def say(self, answer, **more):
        """What the service answers about the contract from now on."""
        body = answer if isinstance(answer, str) else json.dumps(answer)
        self.simulator.script({"on": "last", "times": -1, "status": 200, "body": body, **more})

    def night(self, *arguments):
        """A run, with what the service was asked."""
        self.simulator.reset_stats()
        return self.etl.run_well(*arguments)

    def statuses(self, result):
        return [run["status"] for run in result.runs]

    def assert_asked(self, **requests):
        stats = self.simulator.stats
        asked = {kind: count for kind, count in stats["requests"].items() if count and kind != "token"}
        self.assertEqual(asked, requests)

    def assert_skipped(self, *arguments):
        result = self.night(*arguments)
        self.assertEqual(set(self.statuses(result)), {"skipped"}, result.stderr)
        self.assert_asked(last=1)
        return result

    def assert_loaded(self, *arguments):
        """All chunks are."""
        result = self.night(*arguments)
        self.assertEqual(set(self.statuses(result)), {"succeeded"}, result.stderr)
        return result

    def a_day_later(self, days=1):
        """What the tool knows is so many days older."""
        self.database.execute(
            f"update tokenflex_etl.run set started_at = started_at - interval '{days} days',"
            f" finished_at = finished_at - interval '{days} days',"
            f" asked_at = asked_at - interval '{days} days', submitted_at = submitted_at - interval '{days} days',"
            f" window_start = window_start - {days}, window_end = window_end - {days};"
            f"update tokenflex_etl.source_change set seen_at = seen_at - interval '{days} days';"
            f"update tokenflex_etl.usage_last set first_asked_at = first_asked_at - interval '{days} days',"
            f" asked_at = asked_at - interval '{days} days'"
        )

    def rows_in_window_of(self, days):
        """The table as a load so many days ago would have left it."""
        self.database.execute(f"update tokenflex.usage set usage_date = usage_date - {days}")
