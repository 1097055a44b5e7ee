"""The simulator's world: whatever it is asked, it answers from the same records, as they are known on a day."""

import collections
import csv
import decimal
import json
import unittest

from harness import ACCESS_TOKEN, CONTRACT, Simulator, main

TODAY = "2026-11-20"
ENDED = "11000000003"
DAILY = {"fields": ["usageDate", "contractYear", "usageCategory", "userName"], "metrics": ["tokensConsumed"]}
# The summary still has these names.
OLD_NAMES = {
    "DESKTOP_PRODUCT": "PRODUCT_CONSUMPTION",
    "CLOUD_PRODUCT": "CLOUD_PRODUCT_CONSUMPTION",
    "CLOUD_SERVICE": "CLOUD_CONSUMPTION",
}
CHANGES = (
    {"what": "restate", "from": "2026-09-10", "to": "2026-09-11", "tokens": "2.25"},
    {"what": "vanish", "user": "o'brien", "from": "2026-08-01"},
    {"what": "adjust", "from": "2026-08-15", "tokens": "-12.5", "pool": "MY"},
    {"what": "rewrite", "user": "jörg.müller", "field": "userName", "value": "jm@contoso.example"},
)


class WorldCase(unittest.TestCase):
    def setUp(self):
        self.simulator = Simulator(today=TODAY)
        self.addCleanup(self.simulator.stop)

    def get(self, path):
        status, body = self.simulator.request(
            "GET", f"/tokenflex/v1/{path}", headers={"Authorization": f"Bearer {ACCESS_TOKEN}"}
        )
        self.assertEqual(status, 200, body)
        return json.loads(body, parse_float=decimal.Decimal)

    def rows(self, body):
        """As dictionaries, numbers exact."""
        text = self.simulator.expected_csv(body, CONTRACT).decode()
        rows = list(csv.DictReader(text.splitlines(keepends=True)))
        for row in rows:
            row["tokensConsumed"] = decimal.Decimal(row["tokensConsumed"])
        return rows

    def sums(self, key):
        """Of all tokens of the daily query, by key(row)."""
        sums = collections.defaultdict(decimal.Decimal)
        for row in self.rows(DAILY):
            sums[key(row)] += row["tokensConsumed"]
        return dict(sums)

    def summary(self):
        return {
            (line["usageMonth"], line["contractYear"], line["usageCategory"]): decimal.Decimal(line["tokensConsumed"])
            for line in self.get(f"usage/{CONTRACT}/summary")
        }

    def last(self, contract=CONTRACT):
        return {
            (line["usageCategory"], line["chargeCategory"]): (line["lastUsageDate"], line["lastProcessDate"])
            for line in self.get(f"usage/{contract}/last")
        }

    def assert_summary_agrees(self):
        def key(row):
            category = OLD_NAMES.get(row["usageCategory"], row["usageCategory"])
            return f"{row['usageDate'][:7]}-01", row["contractYear"], category

        self.assertEqual(self.summary(), self.sums(key))


class World(WorldCase):
    def test_has_a_summary_that_is_the_sum_of_its_days(self):
        self.assert_summary_agrees()
        before = self.summary()
        for change in CHANGES:
            self.simulator.change(**change)
        self.assert_summary_agrees()
        after = self.summary()
        changed = {(key[0], key[2]) for key in before if before[key] != after[key]}
        self.assertLess({("2026-08-01", "MANUAL_ADJUSTMENT"), ("2026-09-01", "PRODUCT_CONSUMPTION")}, changed)
        self.assertEqual({month for month, _ in changed}, {"2026-08-01", "2026-09-01", "2026-10-01", "2026-11-01"})

    def test_has_contract_years_that_are_the_sum_of_their_days(self):
        self.simulator.change(**CHANGES[2])
        body = {**DAILY, "fields": ["contractYear", "tokenPool"], "usageCategory": ["MANUAL_ADJUSTMENT"]}
        multi_year = {row["contractYear"]: row["tokensConsumed"] for row in self.rows(body) if row["tokenPool"] == "MY"}
        all_tokens = self.sums(lambda row: row["contractYear"])
        contract = self.get(f"contract/{CONTRACT}")
        left = contract["multiyearProvisionedTokens"]
        for year in contract["contractYears"]:
            number = str(year["year"])
            self.assertEqual(year["multiyearConsumedTokens"], multi_year[number])
            self.assertEqual(year["consumedTokens"], all_tokens[number] - multi_year[number])
            self.assertEqual(year["remainingTokens"], year["provisionedTokens"] - year["consumedTokens"])
            self.assertEqual(year["multiyearTokensAtStart"], left)
            left -= year["multiyearConsumedTokens"]

    def test_says_by_last_what_has_moved(self):
        before = self.last()
        self.assertEqual(before["DESKTOP_PRODUCT", "CHARGED"], ("2026-11-19", TODAY))
        self.assertEqual(before["MANUAL_ADJUSTMENT", "N/A"], ("2026-10-20", "2026-10-21"))
        self.assertEqual(before["MANUAL_CONSUMPTION", "N/A"], ("2026-11-14", "2026-11-15"))
        self.assertEqual(self.last(), before)
        self.simulator.change(what="adjust", **{"from": "2026-08-15"}, tokens="1")
        self.assertEqual(self.last(), {**before, ("MANUAL_ADJUSTMENT", "N/A"): ("2026-10-20", TODAY)})
        self.simulator.change(what="vanish", category="MANUAL_CONSUMPTION", **{"from": "2026-10-01"}, to="2026-11-01")
        self.assertEqual(self.last()["MANUAL_CONSUMPTION", "N/A"], ("2026-11-14", TODAY))

    def test_says_by_last_that_nights_are_quiet_after_the_end_of_a_contract(self):
        before = self.last(ENDED)
        self.assertEqual({usage for usage, _ in before.values() if usage > "2024-01-31"}, set())
        self.simulator.config(today="2026-11-21")
        self.assertEqual(self.last(ENDED), before)
        self.simulator.change(what="restate", category="CLOUD_PRODUCT", charge="CHARGED", tokens="1")
        after = self.last(ENDED)
        self.assertEqual({pair for pair in before if after[pair] != before[pair]}, {("CLOUD_PRODUCT", "CHARGED")})
        self.assertEqual(after["CLOUD_PRODUCT", "CHARGED"][1], "2026-11-21")

    def test_says_by_last_what_the_next_days_bring(self):
        before = self.last()
        self.simulator.config(today="2026-11-21")
        after = self.last()
        self.assertEqual(after["DESKTOP_PRODUCT", "CHARGED"], ("2026-11-20", "2026-11-21"))
        self.assertEqual(after["MANUAL_CONSUMPTION", "N/A"], before["MANUAL_CONSUMPTION", "N/A"])
        self.assertEqual(after["MANUAL_ADJUSTMENT", "N/A"], ("2026-11-20", "2026-11-21"))


class Queries(WorldCase):
    """A query keeps the moment of its submit."""

    def post(self, path, body):
        status, answer = self.simulator.request(
            "POST", f"/tokenflex/v1/{path}", json.dumps(body), {"Authorization": f"Bearer {ACCESS_TOKEN}"}
        )
        self.assertEqual(status, 200, answer)
        return json.loads(answer)

    def test_pages_are_of_one_moment(self):
        body = {"fields": ["usageDate", "userName"], "metrics": ["tokensConsumed"], "where": "usageMonth = '2026-09-01'"}
        self.simulator.config(polls=0)
        query = self.post(f"usage/{CONTRACT}/query", body)["id"]
        expected = len(self.rows(body))
        self.simulator.change(what="vanish", user="o'brien")
        read = [
            self.get(f"usage/{CONTRACT}/query/{query}?offset={offset}&limit=700")["result"]
            for offset in range(0, expected, 700)
        ]
        self.assertEqual({page["total"] for page in read}, {expected})
        self.assertEqual(len({(row[0], row[1]) for page in read for row in page["rows"]}), expected)
        self.assertLess(len(self.rows(body)), expected)


if __name__ == "__main__":
    main()
