"""Fields of session and transaction level: which usage categories they need, and the way that their rows come."""

from harness import CONTRACT, CliTestCase, EtlTestCase, differences, main
from harness.etl import default_job

COLUMNS = {
    "usageDate": "usage_date",
    "reasonType": "reason_type",
    "reasonComment": "reason_comment",
    "chargedItemID": "charged_item_id",
    "chargeCategory": "charge_category",
    "tokenPool": "token_pool",
    "tokensConsumed": "tokens_consumed",
}


class Check(CliTestCase):
    """Offline, before a request is spent."""

    def setUp(self):
        super().setUp()
        self.etl.write_settings({})

    def check(self, exit_code, fields, categories=None, **changes):
        query = {"fields": fields, "metrics": ["tokensConsumed"]}
        self.etl.write_job(query={**query, **({"usageCategory": categories} if categories else {})}, **changes)
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual(result.exit_code, exit_code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def test_details_need_the_attribute(self):
        self.assertIn("name the usage categories", self.check(78, ["usageDate", "reasonComment"]))

    def test_details_need_categories_in_which_all_of_them_exist(self):
        found = self.check(78, ["usageDate", "reasonComment"], ["MANUAL_ADJUSTMENT", "DESKTOP_PRODUCT"])
        self.assertIn("not for DESKTOP_PRODUCT", found)

    def test_an_item_of_both_manual_categories_is_well(self):
        found = self.check(0, ["usageDate", "chargedItemID"], ["MANUAL_ADJUSTMENT", "MANUAL_CONSUMPTION"])
        self.assertNotIn("warning", found)

    def test_a_query_of_cloud_service_details_is_a_warning(self):
        found = self.check(0, ["usageDate", "chargedItemID"], ["CLOUD_SERVICE"], source="query")
        self.assertIn("warning", found)

    def test_a_token_pool_is_of_manual_adjustments(self):
        self.assertIn("MANUAL_ADJUSTMENT only", self.check(78, ["usageDate", "tokenPool"], ["DESKTOP_PRODUCT"]))
        self.assertNotIn("warning", self.check(0, ["usageDate", "tokenPool"], ["MANUAL_ADJUSTMENT"]))


class Run(EtlTestCase):
    simulator_settings = {"rows": 300}

    def load(self, way, fields, categories):
        query = {"fields": fields, "metrics": ["tokensConsumed"], "usageCategory": categories}
        job = {**default_job(), "query": query}
        self.etl.write_job(**job)
        run = self.etl.run_well().one_run
        self.assertEqual(run["source"], way)
        expected = self.simulator.expected_csv(query, CONTRACT)
        columns = {name: COLUMNS[name] for name in [*fields, "tokensConsumed"]}
        self.assertEqual(differences(self.database, expected, columns, "tokenflex.usage"), (0, 0))

    def test_manual_transactions_are_queried(self):
        self.load(
            "query", ["usageDate", "reasonType", "reasonComment"], ["MANUAL_ADJUSTMENT", "MANUAL_CONSUMPTION"]
        )

    def test_items_of_both_manual_categories_are_queried(self):
        self.load("query", ["usageDate", "chargedItemID"], ["MANUAL_ADJUSTMENT", "MANUAL_CONSUMPTION"])

    def test_items_of_two_products_are_exported(self):
        self.load("export", ["usageDate", "chargedItemID"], ["DESKTOP_PRODUCT", "CLOUD_PRODUCT"])

    def test_items_of_cloud_services_are_exported(self):
        self.load("export", ["usageDate", "chargedItemID"], ["CLOUD_SERVICE"])

    def test_charge_categories_hold_incremental(self):
        self.load("export", ["usageDate", "chargedItemID", "chargeCategory"], ["DESKTOP_PRODUCT"])
        found = self.database.value(
            "select count(*) from tokenflex.usage where charge_category = 'INCREMENTAL'"
        )
        self.assertGreater(int(found), 0)

    def test_token_pools_of_adjustments_are_queried(self):
        self.load("query", ["usageDate", "tokenPool"], ["MANUAL_ADJUSTMENT"])

    def test_comments_say_what_machine_metered_products_have_in_a_name(self):
        self.etl.write_job(query={"fields": ["usageDate", "userName", "machineName"], "metrics": ["uniqueUsers"]})
        self.etl.run_well()
        for column, words in (
            ("user_name", "machine's name"),
            ("machine_name", "user's name"),
            ("unique_users", "that of machines"),
        ):
            comment = self.database.value(
                "select col_description('tokenflex.usage'::regclass, attnum) from pg_attribute"
                f" where attrelid = 'tokenflex.usage'::regclass and attname = '{column}'"
            )
            self.assertIn("Arnold", comment)
            self.assertIn(words, comment)


if __name__ == "__main__":
    main()
