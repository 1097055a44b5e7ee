"""Three months of the simulator's world: late data, a vanished user, a department that is another one, an adjustment dated
back and a row deleted by hand are all found by `reconcile`, with the exact difference, and repaired with one query."""

import decimal
import json

from harness import ACCESS_TOKEN, CONTRACT, EtlTestCase, differences, main

COLUMNS = {
    "usageDate": "usage_date",
    "usageCategory": "usage_category",
    "productName": "product_name",
    "userName": "user_name",
    "customField1": "custom_field1",
    "tokensConsumed": "tokens_consumed",
}
FIELDS = list(COLUMNS)[:-1]
BODY = {"fields": FIELDS, "metrics": ["tokensConsumed"], "where": "usageDate >= '2026-08-01' AND usageDate < '2026-11-01'"}
# The summary still has these names.
NAMES_OF_TODAY = {
    "PRODUCT_CONSUMPTION": "DESKTOP_PRODUCT",
    "CLOUD_PRODUCT_CONSUMPTION": "CLOUD_PRODUCT",
    "CLOUD_CONSUMPTION": "CLOUD_SERVICE",
}


class ThreeMonths(EtlTestCase):
    simulator_settings = {"polls": 0, "today": "2026-11-01"}

    def setUp(self):
        super().setUp()
        self.etl.write_job(
            query={"fields": FIELDS},
            window={"field": "usageDate", "last": "3 months", "until": "2026-11-01", "chunk": "none"},
            page_size=50000,
        )
        self.simulator.config(max_page=50000)
        self.etl.run_well()
        self.assertEqual(self.reconcile(), (0, [], 1))

    def reconcile(self, *arguments):
        """Exit code, the figures that differ, and the requests."""
        self.simulator.reset_stats()
        result = self.etl.call(*self.etl.command("--output", "json", "reconcile", *arguments))
        found = [
            (line["usage_month"], line["usage_category"], line["difference"], line["status"])
            for line in json.loads(result.stdout, parse_float=decimal.Decimal)["months"]
            if line["status"] in ("differs", "moved_on")
        ]
        return result.exit_code, found, self.simulator.stats["budgeted"]

    def service(self):
        """Its own totals of the three months."""
        status, body = self.simulator.request(
            "GET",
            f"/tokenflex/v1/usage/{CONTRACT}/summary?minUsageMonth=2026-08-01&maxUsageMonth=2026-10-01",
            headers={"Authorization": f"Bearer {ACCESS_TOKEN}"},
        )
        self.assertEqual(status, 200)
        return {
            (line["usageMonth"], NAMES_OF_TODAY.get(line["usageCategory"], line["usageCategory"])): line["tokensConsumed"]
            for line in json.loads(body, parse_float=decimal.Decimal)
        }

    def missing_and_surplus(self):
        """Rows, against what the service has now."""
        return differences(self.database, self.simulator.expected_csv(BODY, CONTRACT), COLUMNS, "tokenflex.usage")

    def test_are_as_the_service_says_after_a_repair_with_one_query(self):
        before = self.service()
        # Reports of October that were late come in.
        self.simulator.config(today="2026-11-20")
        self.simulator.change(what="vanish", user="o'brien", **{"from": "2026-08-01"}, to="2026-09-01")
        self.simulator.change(what="rewrite", user="jörg.müller", field="customField1", value="Research")
        self.simulator.change(what="adjust", tokens="-12.5", **{"from": "2026-08-15"})
        after = self.service()
        # A row of September, by hand.
        category, tokens = self.database.row(
            "delete from tokenflex.usage where _row_key = (select _row_key from tokenflex.usage where tokens_consumed > 0"
            " and usage_date = '2026-09-16' limit 1) returning usage_category, trim_scale(tokens_consumed)"
        )
        expected = {key: (before[key] - after[key], "moved_on") for key in after if after[key] != before[key]}
        self.assertEqual(expected["2026-08-01", "MANUAL_ADJUSTMENT"][0], decimal.Decimal("12.5"))
        self.assertGreater(expected["2026-08-01", "DESKTOP_PRODUCT"][0], 0)
        self.assertLess(expected["2026-10-01", "DESKTOP_PRODUCT"][0], 0)
        self.assertEqual({month for month, _ in expected}, {"2026-08-01", "2026-10-01"})
        expected["2026-09-01", category] = (-decimal.Decimal(tokens), "differs")
        found = sorted((*key, *value) for key, value in expected.items())

        exit_code, lines, requests = self.reconcile()
        self.assertEqual((exit_code, sorted(lines), requests), (65, found, 1))
        self.assertNotEqual(self.missing_and_surplus(), (0, 0))

        # The summary, a submit, and the answer.
        self.assertEqual(self.reconcile("--repair"), (0, [], 3))
        self.assertEqual(self.last_run("window_start, window_end"), ("2026-08-01", "2026-11-01"))
        self.assertEqual(self.missing_and_surplus(), (0, 0))
        self.assertEqual(self.reconcile(), (0, [], 1))


if __name__ == "__main__":
    main()
