"""source: contract: what the service keeps of a contract itself, as tables."""

import json

from harness import CONTRACT, SOURCE, EtlTestCase, cases, main

OTHER_CONTRACT = "11000000002"

# As the service might write it: integers past a double's 53 bits, fractions, exponents, members nobody asked for.
DETAIL = (
    '{"contractNumber":"11000000001","contractName":"Example \\u5730\\u7406","contractStartDate":"2025-01-01",'
    '"contractEndDate":"2027-12-31","isActive":true,"multiyearProvisionedTokens":9007199254740993,"note":[1],'
    '"contractYears":['
    '{"year":1,"startDate":"2025-01-01","endDate":"2025-12-31","provisionedTokens":1000.50,'
    '"consumedTokens":0.1234567890123456789,"remainingTokens":1000.3765432109876543211,"multiyearTokensAtStart":5e3,'
    '"multiyearConsumedTokens":0},'
    '{"year":2,"startDate":"2026-01-01","endDate":"2026-12-31","provisionedTokens":2000,"consumedTokens":null,'
    '"remainingTokens":-3.0}]}'
)
ENRICHMENT = '["Department","","地理",null]'


class ContractCase(EtlTestCase):
    def setUp(self):
        super().setUp()
        self.answer("contract", DETAIL)

    def answer(self, kind, body, contract=CONTRACT):
        self.simulator.script(
            {"on": kind, "match": f"contract/{contract}", "times": -1, "status": 200, "body": body},
        )

    def write(self, dataset, name=None, **changes):
        """The job of a dataset, called like it."""
        job = {"contract": CONTRACT, "source": "contract", "query": {"dataset": dataset}, **changes}
        self.etl.write_job_text(f"{name or dataset}.yaml", json.dumps(job))

    def load(self, dataset, **changes):
        self.write(dataset, **changes)
        return self.etl.run_well(dataset).one_run

    def columns(self, table):
        return self.database.rows(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            f" where attrelid = 'tokenflex.{table}'::regclass and attnum > 0 order by attnum"
        )


class Datasets(ContractCase):
    def test_a_contract_is_a_row(self):
        self.load("contracts")
        self.assertEqual(
            self.columns("contracts")[:-3],
            [
                ("contract_number", "text"),
                ("contract_name", "text"),
                ("contract_start_date", "date"),
                ("contract_end_date", "date"),
                ("is_active", "boolean"),
                ("multiyear_provisioned_tokens", "numeric"),
            ],
        )
        self.assertEqual(
            self.database.rows(
                "select contract_number, contract_name, contract_start_date, contract_end_date, is_active,"
                " multiyear_provisioned_tokens from tokenflex.contracts"
            ),
            [(CONTRACT, "Example 地理", "2025-01-01", "2027-12-31", "t", "9007199254740993")],
        )

    def test_each_year_is_a_row_digit_by_digit(self):
        self.load("contract_years")
        self.assertEqual(
            self.columns("contract_years")[:-3],
            [
                ("contract_number", "text"),
                ("year", "bigint"),
                ("start_date", "date"),
                ("end_date", "date"),
                ("provisioned_tokens", "numeric"),
                ("consumed_tokens", "numeric"),
                ("remaining_tokens", "numeric"),
                ("multiyear_tokens_at_start", "numeric"),
                ("multiyear_consumed_tokens", "numeric"),
            ],
        )
        first = ("2025-01-01", "2025-12-31", "1000.50", "0.1234567890123456789", "1000.3765432109876543211", "5000")
        self.assertEqual(
            self.database.rows(
                "select contract_number, year, start_date, end_date, provisioned_tokens, consumed_tokens,"
                " remaining_tokens, multiyear_tokens_at_start, multiyear_consumed_tokens"
                " from tokenflex.contract_years order by year"
            ),
            [
                (CONTRACT, "1", *first, "0"),
                (CONTRACT, "2", "2026-01-01", "2026-12-31", "2000", None, "-3.0", None, None),
            ],
        )

    def test_each_custom_field_is_a_row(self):
        self.answer("enrichment", ENRICHMENT)
        self.load("custom_field_names")
        self.assertEqual(
            self.columns("custom_field_names")[:-3],
            [("contract_number", "text"), ("custom_field", "text"), ("position", "bigint"), ("name", "text")],
        )
        self.assertEqual(
            self.database.rows(
                "select contract_number, custom_field, position, name from tokenflex.custom_field_names order by position"
            ),
            [
                (CONTRACT, "customField1", "1", "Department"),
                (CONTRACT, "customField2", "2", None),
                (CONTRACT, "customField3", "3", "地理"),
                (CONTRACT, "customField4", "4", None),
            ],
        )

    def test_two_names_of_one_category_are_named_as_the_cause(self):
        lines = (
            f'{{"usageMonth":"2018-03-01","contractYear":1,"usageCategory":"{name}","uniqueUsers":7,"tokensConsumed":{tokens}}}'
            for name, tokens in (("PRODUCT_CONSUMPTION", 1), ("DESKTOP_PRODUCT", 5))
        )
        self.simulator.script({"on": "summary", "times": -1, "status": 200, "body": f"[{','.join(lines)}]"})
        self.write("usage_summary")
        self.assert_failed(self.etl.run(), 65, "occurs 2 times", "the old and the new name of a usage category")

    def test_each_month_year_and_category_of_the_summary_is_a_row(self):
        self.simulator.script(
            {
                "on": "summary",
                "times": -1,
                "status": 200,
                "body": '[{"usageMonth":"2018-03-01","contractYear":"1","usageCategory":"PRODUCT_CONSUMPTION",'
                '"uniqueUsers":7,"tokensConsumed":60},'
                '{"usageMonth":"2018-03-01","contractYear":1,"usageCategory":"CLOUD_SERVICE","uniqueUsers":0,'
                '"tokensConsumed":0.1234567890123456789}]',
            }
        )
        run = self.load("usage_summary")
        self.assertEqual((run["rows_read"], run["requests"]), (2, 1))
        self.assertEqual(
            self.columns("usage_summary")[:-3],
            [
                ("contract_number", "text"),
                ("usage_month", "date"),
                ("contract_year", "bigint"),
                ("usage_category", "text"),
                ("unique_users", "bigint"),
                ("tokens_consumed", "numeric"),
            ],
        )
        self.assertEqual(
            self.database.rows(
                "select usage_month, contract_year, usage_category, unique_users, tokens_consumed"
                " from tokenflex.usage_summary order by 3"
            ),
            [
                ("2018-03-01", "1", "CLOUD_SERVICE", "0", "0.1234567890123456789"),
                ("2018-03-01", "1", "DESKTOP_PRODUCT", "7", "60"),
            ],
        )

    def test_the_summary_of_the_simulator_loads_and_stays(self):
        first = self.load("usage_summary")
        self.assertGreater(first["rows_inserted"], 0)
        second = self.load("usage_summary")
        self.assertEqual((second["rows_unchanged"], second["rows_updated"]), (first["rows_inserted"], 0))
        names = self.database.value("select count(*) from tokenflex.usage_summary where usage_category like '%CONSUMPTION'")
        manual = self.database.value(
            "select count(*) from tokenflex.usage_summary where usage_category = 'MANUAL_CONSUMPTION'"
        )
        self.assertEqual(names, manual)

    def test_the_summary_agrees_with_queries_but_for_what_is_added_to_it(self):
        added = {"month": "2026-02-01", "category": "DESKTOP_PRODUCT", "tokens": "-1.25"}
        self.simulator.config(summary={"add": [added]})
        self.simulator.restate(3)
        for name, fields in (("by_month", ["usageMonth", "usageCategory", "productName"]), ("by_day", ["usageDate", "usageCategory"])):
            window = {"field": fields[0], "last": "3 months", "until": "2026-04-01"}
            self.etl.write_job(name, query={"fields": fields, "metrics": ["tokensConsumed"]}, window=window)
        self.etl.run_well("by_month", "by_day")
        self.load("usage_summary")
        for table, month in (("by_month", "usage_month"), ("by_day", "date_trunc('month', usage_date)::date")):
            self.assertEqual(
                self.database.rows(
                    f"with loaded as (select {month} as usage_month, usage_category, sum(tokens_consumed) as tokens"
                    f" from tokenflex.{table} group by 1, 2)"
                    " select usage_month, usage_category, trim_scale(tokens_consumed - tokens), count(*) over ()"
                    " from tokenflex.usage_summary join loaded using (usage_month, usage_category)"
                    " order by tokens_consumed = tokens limit 1"
                ),
                [("2026-02-01", "DESKTOP_PRODUCT", "-1.25", "15")],
            )

    def test_the_last_day_of_each_category_is_a_row(self):
        self.simulator.config(last_usage_date="2026-01-31")
        run = self.load("usage_last")
        self.assertEqual((run["rows_read"], run["requests"]), (15, 1))
        self.assertEqual(
            self.database.rows(
                "select last_usage_date, last_process_date from tokenflex.usage_last"
                " where usage_category = 'DESKTOP_PRODUCT' and charge_category = 'FREE'"
            ),
            [("2026-01-31", "2026-01-31")],
        )

    def test_comments_tell_snapshots_from_usage(self):
        self.load("contract_years")
        for column in ("consumed_tokens", "remaining_tokens"):
            comment = self.database.value(
                "select col_description(attrelid, attnum) from pg_attribute"
                f" where attrelid = 'tokenflex.contract_years'::regclass and attname = '{column}'"
            )
            self.assertIn("snapshot", comment)
            self.assertIn("may differ from the total of the usage", comment)

    def test_columns_may_be_renamed_and_retyped(self):
        self.load("contract_years", target={"table": "years", "rename": {"year": "y"}, "types": {"year": "text"}})
        self.assertEqual(self.columns("years")[1], ("y", "text"))
        self.assertEqual(self.database.rows("select y from tokenflex.years order by 1"), [("1",), ("2",)])

    def test_every_contract_of_the_service_can_be_asked_for(self):
        self.simulator.script()
        self.write("contracts", contract="all")
        runs = self.etl.run_well().runs
        self.assertEqual([run["contract_number"] for run in runs], [CONTRACT, OTHER_CONTRACT, "11000000003"])
        self.assertEqual([run["requests"] for run in runs], [2, 1, 1])
        self.assertEqual(
            self.database.rows("select contract_number, is_active from tokenflex.contracts order by 1"),
            [(CONTRACT, "t"), (OTHER_CONTRACT, "t"), ("11000000003", "f")],
        )


class Loading(ContractCase):
    def test_costs_one_request_and_is_a_run_like_any_other(self):
        run = self.load("contract_years")
        self.assertEqual((run["requests"], run["source"], run["rows_read"], run["rows_inserted"]), (1, "contract", 2, 2))
        self.assertEqual(self.simulator.stats["budgeted"], 1)
        self.assertEqual(
            self.last_run("job, contract_number, window_start, source, status, rows_inserted, requests, source_reason"),
            ("contract_years", CONTRACT, None, "contract", "succeeded", "2", "1", None),
        )

    def test_again_changes_nothing(self):
        self.load("contract_years")
        run = self.load("contract_years")
        self.assertEqual((run["rows_unchanged"], run["rows_inserted"], run["rows_updated"]), (2, 0, 0))

    def test_updates_the_year_that_changed(self):
        self.load("contract_years")
        self.answer("contract", DETAIL.replace('"consumedTokens":null', '"consumedTokens":12.5'))
        run = self.load("contract_years")
        self.assertEqual((run["rows_unchanged"], run["rows_updated"]), (1, 1))

    def test_deletes_what_is_gone_and_keeps_other_contracts(self):
        self.answer("enrichment", ENRICHMENT)
        self.write("custom_field_names", contract=[CONTRACT, OTHER_CONTRACT])
        self.simulator.script(
            {"on": "enrichment", "match": f"contract/{CONTRACT}", "times": -1, "status": 200, "body": '["A","B"]'},
            {"on": "enrichment", "match": f"contract/{OTHER_CONTRACT}", "times": -1, "status": 200, "body": '["C"]'},
        )
        self.etl.run_well()
        self.simulator.script({"on": "enrichment", "times": -1, "status": 200, "body": '["A"]'})
        self.write("custom_field_names")
        self.assertEqual(self.etl.run_well().one_run["rows_deleted"], 1)
        self.assertEqual(
            self.database.rows("select contract_number, name from tokenflex.custom_field_names order by 1, 2"),
            [(CONTRACT, "A"), (OTHER_CONTRACT, "C")],
        )

    def test_append_keeps_a_history_of_snapshots(self):
        self.load("contract_years", target={"mode": "append"})
        self.load("contract_years", target={"mode": "append"})
        self.assertEqual(
            self.database.rows("select year, count(*) from tokenflex.contract_years group by 1 order by 1"),
            [("1", "2"), ("2", "2")],
        )

    def test_a_backfill_of_usage_leaves_it_as_it_is(self):
        self.simulator.config(rows_per_day=1)
        self.etl.write_job("usage", window={"field": "usageDate"})
        self.write("contracts")
        runs = self.etl.run_well("--from", "2026-01-01", "--to", "2026-01-03").runs
        self.assertEqual(
            [(run["job"], run["window_start"]) for run in runs], [("contracts", None), ("usage", "2026-01-01")]
        )


FAULTS = {
    "another_contract": ("contract", DETAIL.replace("11000000001", OTHER_CONTRACT), 65, "is about contract 11000000002"),
    "no_contract_years": ("contract", '{"contractNumber":"11000000001"}', 65, "has no contractYears"),
    "a_year_twice": (
        "contract",
        '{"contractNumber":"11000000001","contractYears":[{"year":1},{"year":1}]}',
        65,
        "year",
    ),
    "a_day_that_is_none": (
        "contract",
        DETAIL.replace("2026-12-31", "2026-12-32"),
        65,
        "2026-12-32",
    ),
    "tokens_that_are_no_number": (
        "contract",
        DETAIL.replace('"provisionedTokens":2000', '"provisionedTokens":"many"'),
        65,
        "row 2",
    ),
}


@cases(FAULTS)
class Fault(ContractCase):
    def check(self, fault):
        kind, body, exit_code, words = fault
        self.write("contract_years")
        self.answer(kind, body)
        self.assert_failed(self.etl.run(), exit_code, words)
        self.assert_nothing_visible("tokenflex.contract_years")


class PassingFault(ContractCase):
    def test_is_repeated(self):
        self.simulator.script(
            {"on": "contract", "nth": 1, "status": 502},
            {"on": "contract", "nth": 2, "status": 200, "body": "<html>"},
            {"on": "contract", "nth": 3, "close": "before"},
            {"on": "contract", "nth": 4, "status": 200, "body": DETAIL},
        )
        self.assertEqual(self.load("contract_years")["requests"], 4)

    def test_a_contract_that_may_not_be_seen_is_named(self):
        self.write("contracts", contract="11000000009")
        self.assert_failed(self.etl.run(), 77, "cannot read the contract", "11000000009")


class ShippedFile(ContractCase):
    def test_loads_the_three_tables(self):
        self.simulator.script()
        settings = str(self.etl.directory / "tokenflex-etl.yaml")
        names = ("contracts", "contract_years", "custom_field_names")
        result = self.etl.call("--config", settings, "--jobs", str(SOURCE / "jobs"), "--output", "json", "run", *names)
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertEqual([(run["job"], run["requests"]) for run in result.runs], [(name, 1) for name in names])
        for name in names:
            self.assertGreater(self.database.count(f"tokenflex.{name}"), 0)


if __name__ == "__main__":
    main()
