"""A contract's own names of its custom fields, used as fields: what loads, what the columns are called, who is warned."""

from harness import CONTRACT, CliTestCase, EtlTestCase, differences, main

NAMES = {"Geo": "geo", "地理": "地理", "Größe": "größe", "Kosten Stelle (EU)": "kosten_stelle_eu_"}
QUERY = {"fields": ["usageDate", *NAMES], "metrics": ["tokensConsumed"]}
COLUMNS = {"usageDate": "usage_date", **NAMES, "tokensConsumed": "tokens_consumed"}


class OwnNames(EtlTestCase):
    simulator_settings = {"rows": 200}

    def load(self, **changes):
        self.etl.write_job(query=QUERY, **changes)
        return self.etl.run_well()

    def assert_loaded(self):
        expected = self.simulator.expected_csv(QUERY, CONTRACT)
        self.assertEqual(differences(self.database, expected, COLUMNS, "tokenflex.usage"), (0, 0))

    def test_keep_their_letters_as_columns_and_warn_of_nothing(self):
        for _ in range(2):
            result = self.load()
            self.assertEqual(result.log("warn"), [])
        self.assert_loaded()
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage where 地理 is not null"), "200")

    def test_come_by_export_as_well(self):
        result = self.load(source="export")
        self.assertEqual(result.log("warn"), [])
        self.assert_loaded()

    def test_stand_in_conditions_without_a_warning(self):
        self.etl.write_job(query={**QUERY, "where": "地理 != 'x'"})
        self.assertEqual(self.etl.run_well().log("warn"), [])

    def test_may_be_a_column_of_another_name(self):
        self.load(target={"rename": {"Geo": "größe_2"}, "types": {"地理": "text"}})
        self.assertEqual(self.database.value("select count(größe_2) from tokenflex.usage"), "200")

    def test_longer_than_postgresql_allows_are_cut_and_stay_apart(self):
        long = "部門の名前" * 5
        self.etl.write_job(query={"fields": ["usageDate", long + "一", long + "二"], "metrics": ["tokensConsumed"]})
        for _ in range(2):
            run = self.etl.run_well().one_run
            self.assertEqual(run["rows_read"], 200)
        columns = self.database.value(
            "select count(*) from information_schema.columns where column_name like '部門の名前%'"
            " and table_name = 'usage' and octet_length(column_name) <= 63"
        )
        self.assertEqual(columns, "2")


class Check(CliTestCase):
    def check(self, *fields, **query):
        self.etl.write_settings({})
        self.etl.write_job(query={"fields": ["usageDate", *fields], "metrics": ["tokensConsumed"], **query})
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result.stdout + result.stderr

    def test_points_to_the_numbered_field(self):
        found = self.check("Department")
        self.assertIn("customFieldN", found)
        self.assertIn("discover fields --contract", found)

    def test_points_to_it_in_a_condition_too(self):
        self.assertIn("customFieldN", self.check(where="Department = 'x'"))

    def test_still_asks_whether_a_documented_name_was_meant(self):
        self.assertIn("did you mean `productName`?", self.check("productname"))


if __name__ == "__main__":
    main()
