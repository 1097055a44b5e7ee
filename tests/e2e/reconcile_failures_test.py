"""Summaries and tables that cannot be compared: nothing is called equal, and the cause is named."""

import json

from harness import CONTRACT, cases, main
from harness.reconcile import QUERY, WINDOW, ReconcileCase


def line(**changes):
    good = {"usageMonth": "2026-09-01", "contractYear": 3, "usageCategory": "CLOUD_SERVICE", "tokensConsumed": 1}
    return {**good, **changes}


@cases(
    {
        "unknown_category": ([line(usageCategory="RENDERING")], "usageCategory as the text `RENDERING`"),
        "month_twice": ([line(), line(usageCategory="CLOUD_CONSUMPTION")], "lines 1 and 2 of the summary"),
        "text_for_a_number": ([line(tokensConsumed="12")], "tokensConsumed as the text `12` is not a number"),
    }
)
class BadSummaries(ReconcileCase):
    """Are refused as a whole: nothing is called equal."""

    def check(self, value):
        lines, words = value
        self.etl.run_well()
        self.simulator.script({"on": "summary", "times": -1, "status": 200, "body": json.dumps(lines)})
        result = self.reconcile()
        self.assert_failed(result, 65, words)
        self.assertEqual({**result.json, "error": None}, {"months": [], "differences": 0, "years": [], "error": None})
        self.assertEqual(result.json["error"]["exit_code"], 65)
        self.assertEqual(self.database.count("tokenflex_etl.reconciliation"), 0)


class Failures(ReconcileCase):
    def test_of_one_contract_leave_the_others_compared(self):
        other = "11000000002"
        self.etl.write_job("usage", contract=[CONTRACT, other], query=QUERY, window=WINDOW)
        self.etl.run_well()
        self.simulator.script({"on": "summary", "contract": CONTRACT, "times": -1, "status": 403})
        result = self.reconcile()
        self.assertEqual(result.exit_code, 77)
        self.assertEqual({line["contract_number"] for line in self.lines(result, "equal")}, {other})

    def test_of_a_table_with_another_question_are_78(self):
        self.etl.run_well()
        self.etl.write_job("usage", query={**QUERY, "fields": ["usageDate", "usageCategory"]}, window=WINDOW)
        result = self.reconcile()
        self.assert_failed(result, 78, "tokenflex.usage")
        self.assertEqual((result.json["error"]["kind"], result.json["error"]["exit_code"]), ("config", 78))
        self.assertIn("tokenflex.usage", result.json["error"]["message"])

    def test_every_active_contract_is_compared_where_the_job_says_so(self):
        self.etl.write_job("usage", contract="active", query=QUERY, window=WINDOW)
        self.etl.run_well()
        self.simulator.reset_stats()
        self.assert_equal_everywhere(self.reconcile())
        self.assertEqual((self.simulator.requests("contract"), self.simulator.requests("summary")), (1, 2))


if __name__ == "__main__":
    main()
