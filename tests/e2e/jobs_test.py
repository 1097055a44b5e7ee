"""The shipped jobs against the simulator: a table each, with rows, and the columns that the manual promises."""

import tempfile
import unittest

from harness import SOURCE, Etl, EtlTestCase, Simulator, cases, main, postgres

TOOL = [("_row_key", "uuid"), ("_run_id", "bigint"), ("_synced_at", "timestamp with time zone")]

TABLES = {
    "cloud_usage": [
        ("contract_number", "text"),
        ("usage_date", "date"),
        ("usage_category", "text"),
        ("product_name", "text"),
        ("user_name", "text"),
        ("tokens_consumed", "numeric"),
        ("quantity", "numeric"),
        ("use_count", "bigint"),
        *TOOL,
    ],
    "contracts": [
        ("contract_number", "text"),
        ("contract_name", "text"),
        ("contract_start_date", "date"),
        ("contract_end_date", "date"),
        ("is_active", "boolean"),
        ("multiyear_provisioned_tokens", "numeric"),
        *TOOL,
    ],
    "contract_years": [
        ("contract_number", "text"),
        ("year", "bigint"),
        ("start_date", "date"),
        ("end_date", "date"),
        ("provisioned_tokens", "numeric"),
        ("consumed_tokens", "numeric"),
        ("remaining_tokens", "numeric"),
        ("multiyear_tokens_at_start", "numeric"),
        ("multiyear_consumed_tokens", "numeric"),
        *TOOL,
    ],
    "custom_field_names": [
        ("contract_number", "text"),
        ("custom_field", "text"),
        ("position", "bigint"),
        ("name", "text"),
        *TOOL,
    ],
    "daily_product_usage": [
        ("contract_number", "text"),
        ("usage_date", "date"),
        ("product_name", "text"),
        ("user_name", "text"),
        ("tokens_consumed", "numeric"),
        ("usage_hours", "numeric"),
        *TOOL,
    ],
    "manual_adjustments": [
        ("contract_number", "text"),
        ("usage_date", "date"),
        ("usage_category", "text"),
        ("transaction_date", "timestamp without time zone"),
        ("reason_type", "text"),
        ("reason_comment", "text"),
        ("tokens_consumed", "numeric"),
        *TOOL,
    ],
    "monthly_custom_field_tokens": [
        ("contract_number", "text"),
        ("usage_month", "date"),
        ("usage_category", "text"),
        ("product_name", "text"),
        ("custom_field1", "text"),
        ("tokens_consumed", "numeric"),
        *TOOL,
    ],
    "monthly_product_users": [
        ("contract_number", "text"),
        ("usage_month", "date"),
        ("product_name", "text"),
        ("unique_users", "bigint"),
        ("tokens_consumed", "numeric"),
        *TOOL,
    ],
    "monthly_summary_by_category": [
        ("contract_number", "text"),
        ("usage_month", "date"),
        ("contract_year", "bigint"),
        ("usage_category", "text"),
        ("tokens_consumed", "numeric"),
        ("unique_users", "bigint"),
        ("unique_products", "bigint"),
        *TOOL,
    ],
    "monthly_users": [
        ("contract_number", "text"),
        ("usage_month", "date"),
        ("unique_users", "bigint"),
        ("unique_products", "bigint"),
        ("tokens_consumed", "numeric"),
        *TOOL,
    ],
}


# With the service's own totals, after a run. The last 35 days of two other jobs hold no month whole on most days.
COMPARED = {
    "manual_adjustments",
    "monthly_custom_field_tokens",
    "monthly_product_users",
    "monthly_summary_by_category",
    "monthly_users",
}


class ShippedCase(unittest.TestCase):
    """The jobs are run twice, for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="tokenflex-e2e."))
        cls.database = postgres.server().empty_database()
        cls.simulator = Simulator()
        cls.addClassCleanup(cls.simulator.stop)
        cls.etl = Etl(directory, cls.database, cls.simulator)
        cls.addClassCleanup(cls.etl.close)
        cls.etl.environment["TOKENFLEX_CONTRACT"] = "11000000002"
        cls.first = cls.run_shipped()
        cls.asked = cls.simulator.stats
        cls.second = cls.run_shipped()

    @classmethod
    def run_shipped(cls):
        settings = str(cls.etl.directory / "tokenflex-etl.yaml")
        return cls.etl.call("--config", settings, "--jobs", str(SOURCE / "jobs"), "--output", "json", "run")

    def columns(self, table):
        """Name, type and comment, in their order."""
        return self.database.rows(
            "select attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) from pg_attribute"
            f" where attrelid = 'tokenflex.{table}'::regclass and attnum > 0 order by attnum"
        )


@cases({name: name for name in TABLES})
class ShippedJob(ShippedCase):
    def check(self, table):
        with self.subTest("has rows"):
            self.assertGreater(self.database.count(f"tokenflex.{table}"), 0)
        with self.subTest("has the columns of the manual"):
            self.assertEqual([column[:2] for column in self.columns(table)], TABLES[table])
        with self.subTest("has a comment on each column of the result"):
            for name, _, comment in self.columns(table):
                if name != "contract_number" and not name.startswith("_"):
                    self.assertTrue(comment, name)
        with self.subTest("is of the contract of the environment"):
            contracts = self.database.rows(f"select distinct contract_number from tokenflex.{table}")
            self.assertEqual(contracts, [("11000000002",)])


class ShippedJobs(ShippedCase):
    def test_all_succeed(self):
        self.assertEqual(self.first.exit_code, 0, self.first.stderr)

    def test_are_those_listed_here(self):
        self.assertEqual({run["job"] for run in self.first.runs}, set(TABLES))

    def test_warn_of_nothing(self):
        self.assertEqual(self.first.log("warn"), [])

    def test_change_nothing_the_second_time(self):
        written = sum(run["rows_inserted"] + run["rows_updated"] + run["rows_deleted"] for run in self.second.runs)
        self.assertEqual((self.second.exit_code, written), (0, 0))

    def test_are_compared_with_the_services_own_totals_by_one_request_of_the_day(self):
        self.assertEqual(self.first.json["reconciliation"], {"differences": 0, "requests": 1})
        # The runs have no part in the summary, nor in what tells whether anything has moved.
        self.assertEqual((self.asked["requests"]["summary"], self.asked["requests"]["last"]), (1, 1))
        self.assertEqual(sum(run["requests"] for run in self.first.runs) + 2, self.asked["budgeted"])
        self.assertNotIn("reconciliation", self.second.json)
        self.assertEqual(self.simulator.requests("summary"), 1)
        compared = self.database.rows(
            "select distinct table_name from tokenflex_etl.reconciliation where status = 'equal' and loaded <> 0"
        )
        self.assertLessEqual(COMPARED, {table for (table,) in compared})

    def test_comment_columns_with_api_name_and_unit(self):
        comments = {name: comment for name, _, comment in self.columns("daily_product_usage")}
        self.assertRegex(comments["product_name"], r"^productName\b")
        self.assertRegex(comments["tokens_consumed"], r"^tokensConsumed\b.*\btokens\b")

    def test_warn_in_comments_of_what_cannot_be_summed(self):
        comments = {name: comment for name, _, comment in self.columns("monthly_summary_by_category")}
        for name, comment in comments.items():
            unsummable = name in ("unique_users", "unique_products")
            self.assertEqual("annot be summed" in (comment or ""), unsummable, name)

    def test_have_a_unique_index_each(self):
        for table in TABLES:
            unique = self.database.value(
                f"select count(*) from pg_index where indrelid = 'tokenflex.{table}'::regclass and indisunique"
            )
            self.assertEqual(unique, "1", table)


class ColumnsOfAJob(EtlTestCase):
    simulator_settings = {"rows": 20}

    def columns(self):
        return self.database.rows(
            "select column_name, data_type from information_schema.columns where table_name = 'usage'"
            " order by ordinal_position"
        )

    def test_are_in_the_order_of_the_result(self):
        self.simulator.config(
            results=[{"columns": ["tokensConsumed", "userName", "usageDate"], "rows": ['[1,"ann","2026-01-01"]']}]
        )
        self.etl.write_job("usage", query={"fields": ["usageDate", "userName"]})
        self.etl.run_well()
        self.assertEqual(
            [name for name, _ in self.columns()][:4], ["contract_number", "tokens_consumed", "user_name", "usage_date"]
        )

    def test_are_in_snake_case(self):
        self.etl.write_job(
            "usage", query={"fields": ["productLineCode", "customField1", "customField10"], "metrics": ["useCount"]}
        )
        self.etl.run_well()
        self.assertEqual(
            [name for name, _ in self.columns()][1:5],
            ["product_line_code", "custom_field1", "custom_field10", "use_count"],
        )

    def test_may_be_renamed(self):
        self.etl.write_job("usage", target={"table": "usage", "rename": {"userName": "engineer", "usageDate": "day"}})
        self.etl.run_well()
        self.assertEqual([name for name, _ in self.columns()][1:4], ["day", "product_name", "engineer"])

    def test_have_the_types_of_the_job(self):
        self.etl.write_job(
            "usage",
            query={"fields": ["customField1"], "metrics": ["tokensConsumed"]},
            target={"types": {"customField1": "integer", "tokensConsumed": "text"}},
        )
        self.simulator.config(results=[{"columns": ["customField1", "tokensConsumed"], "rows": ['["4711",60.0]']}])
        self.etl.run_well()
        self.assertEqual(self.columns()[1:3], [("custom_field1", "bigint"), ("tokens_consumed", "text")])
        row = self.database.row("select custom_field1, tokens_consumed from tokenflex.usage")
        self.assertEqual(row, ("4711", "60.0"))

    def test_that_nobody_knows_have_the_type_of_their_values(self):
        names = ["someCount", "someShare", "someDay", "someTime", "someFlag", "someText", "nothing"]
        self.etl.write_job("usage", query={"fields": names, "metrics": None})
        self.simulator.config(
            results=[
                {
                    "columns": names,
                    "rows": [
                        '[1,1,"2026-01-01","2026-01-01T10:00:00",true,"2026-01-01",null]',
                        '[2,1.5,"2026-01-02","2026-01-01",false,"x",null]',
                    ],
                }
            ]
        )
        self.etl.run_well()
        self.assertEqual(
            self.columns()[1:8],
            [
                ("some_count", "bigint"),
                ("some_share", "numeric"),
                ("some_day", "date"),
                ("some_time", "timestamp without time zone"),
                ("some_flag", "boolean"),
                ("some_text", "text"),
                ("nothing", "text"),
            ],
        )

    def test_that_are_new_are_added(self):
        self.etl.write_job("usage")
        self.etl.run_well()
        self.etl.write_job("usage", query={"metrics": ["tokensConsumed", "useCount"]})
        run = self.etl.run_well().one_run
        self.assertEqual(run["rows_updated"], 20)
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage where use_count is null"), "0")


if __name__ == "__main__":
    main()
