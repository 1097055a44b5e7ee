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


class ContractYears(EtlTestCase):
    """Are compared with the contract's record, and differences are not counted. The contract is in its third year."""

    simulator_settings = {"polls": 0, "today": "2026-11-01"}

    def setUp(self):
        super().setUp()
        self.write_usage("usage", "contractYear")
        self.etl.run_well("--from", "2025-02-01", "--to", "2026-02-01")

    def write_usage(self, name, *fields, **query):
        self.etl.write_job(
            name,
            query={"fields": ["usageMonth", "usageCategory", *fields], "metrics": ["tokensConsumed"], **query},
            window={"field": "usageMonth", "last": "2 months"},
        )

    def load_record(self, **target):
        self.etl.write_job_text(
            "years.yaml",
            json.dumps(
                {
                    "name": "years",
                    "contract": CONTRACT,
                    "source": "contract",
                    "query": {"dataset": "contract_years"},
                    "target": {"rename": {"consumedTokens": "used"}, **target},
                }
            ),
        )
        self.etl.run_well("years")

    def reconcile(self, *arguments):
        """What is not an exit code of 0 is a failure; the years, exactly."""
        self.simulator.reset_stats()
        result = self.etl.call(*self.etl.command("--output", "json", "reconcile", *arguments))
        self.assertEqual((result.exit_code, result.json["differences"]), (0, 0), result.stderr)
        return json.loads(result.stdout, parse_float=decimal.Decimal, parse_int=decimal.Decimal)["years"]

    def record(self):
        """Consumed and multi-year consumed tokens of each year, as the service has them now."""
        status, body = self.simulator.request(
            "GET", f"/tokenflex/v1/contract/{CONTRACT}", headers={"Authorization": f"Bearer {ACCESS_TOKEN}"}
        )
        self.assertEqual(status, 200)
        years = json.loads(body, parse_float=decimal.Decimal, parse_int=decimal.Decimal)["contractYears"]
        return {year["year"]: (year["consumedTokens"], year["multiyearConsumedTokens"]) for year in years}

    def test_that_are_loaded_whole_have_a_difference_and_cost_no_request(self):
        self.load_record()
        consumed, multi_year = self.record()[2]
        first, second, third = self.reconcile()
        self.assertEqual(self.simulator.stats["budgeted"], 1)
        self.assertEqual(
            second,
            {
                "job": "usage",
                "contract_number": CONTRACT,
                "contract_year": 2,
                "loaded": consumed + multi_year,
                "consumed": consumed,
                "multiyear_consumed": multi_year,
                "difference": 0,
            },
        )
        self.assertNotEqual(multi_year, 0)
        self.assertEqual((first["contract_year"], first["loaded"], first["difference"]), (1, 0, None))
        self.assertEqual((third["contract_year"], third["loaded"], third["difference"]), (3, 0, None))

    def test_that_differ_from_a_record_of_before_are_no_failure(self):
        self.load_record()
        self.simulator.change(what="adjust", tokens="12.5", **{"from": "2025-08-15"})
        self.assertEqual(self.reconcile("--repair")[1]["difference"], decimal.Decimal("12.5"))
        self.load_record()
        self.assertEqual(self.reconcile()[1]["difference"], 0)

    def test_are_those_of_the_newest_record_where_the_table_keeps_them_all(self):
        self.load_record(mode="append")
        self.simulator.change(what="adjust", tokens="12.5", **{"from": "2025-08-15"})
        self.load_record(mode="append")
        self.assertEqual([line["difference"] for line in self.reconcile("--repair")], [None, 0, None])

    def test_are_those_of_their_months_where_the_rows_have_no_year(self):
        self.load_record()
        self.write_usage("monthly")
        self.etl.run_well("monthly", "--from", "2025-02-01", "--to", "2026-02-01")
        self.assertEqual([line["difference"] for line in self.reconcile("monthly")], [None, 0, None])

    def test_are_whole_though_the_summary_begins_later_and_a_month_has_no_usage(self):
        self.simulator.change(what="vanish", **{"from": "2025-03-01"}, to="2025-04-01")
        self.etl.run_well("--from", "2025-02-01", "--to", "2026-02-01", "--again", "--accept")
        self.load_record()
        october = {"usageMonth": "2026-10-01", "contractYear": 3, "usageCategory": "CLOUD_SERVICE", "tokensConsumed": 1}
        self.simulator.script({"on": "summary", "times": -1, "status": 200, "body": json.dumps([october])})
        self.assertEqual([line["difference"] for line in self.reconcile()], [None, 0, None])

    def test_are_not_shown_of_a_job_that_leaves_categories_out(self):
        self.write_usage("cloud", usageCategory=["CLOUD_SERVICE"])
        self.etl.run_well("cloud", "--from", "2025-02-01", "--to", "2026-02-01")
        self.assertNotIn("ontract year", self.etl.call(*self.etl.command("reconcile", "cloud")).stdout)
        self.load_record()
        self.assertEqual(self.reconcile("cloud"), [])

    def test_are_a_table_for_people(self):
        self.load_record()
        lines = self.etl.call(*self.etl.command("reconcile")).stdout.splitlines()
        at = lines.index("Contract years, compared with the contract's record (a snapshot; differences are not counted):")
        self.assertIn("figures differ", "".join(lines[:at]))
        first, second, third = lines[-3:]
        self.assertRegex(first, r"^usage +11000000001 +1 +0 +[0-9.]+ +[0-9.-]+ +only in part$")
        self.assertRegex(second, r"^usage +11000000001 +2 +[0-9.]+ +[0-9.]+ +[0-9.-]+ +0$")
        self.assertRegex(third, r"^usage +11000000001 +3 +0 +[0-9.]+ +[0-9.-]+ +running$")

    def test_are_not_shown_where_no_record_is_loaded(self):
        self.assertEqual(self.reconcile(), [])
        self.assertIn(
            f"Contract years are not compared for {CONTRACT}: the shipped job contract_years loads the contract's record\n",
            self.etl.call(*self.etl.command("reconcile")).stdout,
        )

    def test_of_a_record_that_cannot_be_read_are_a_warning(self):
        self.load_record()
        self.database.execute("alter table tokenflex.years alter used type text using 'many'")
        self.assertEqual(self.reconcile(), [])
        result = self.etl.call(*self.etl.command("reconcile"))
        self.assertEqual(result.exit_code, 0)
        words = "contract years are not compared with the contract's record: column used of table tokenflex.years has the type text"
        self.assertIn(words, result.stderr)


if __name__ == "__main__":
    main()
