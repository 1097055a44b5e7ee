"""budgets: how many tokens of each are used, and will be; warnings never fail anything."""

import json

from harness import CONTRACT, EtlTestCase, HtmlReport, exposition, main
from harness.usage import DESKTOP, YEARS, Usage, day, today

DEPARTMENTS = "departments"


class BudgetCase(EtlTestCase):
    simulator_settings = {"rows_per_day": 1, "polls": 0}

    def setUp(self):
        super().setUp()
        self.usage = Usage(self.etl, self.database, self.simulator)
        self.usage.add_year(CONTRACT, -10, 89, 1000)
        self.usage.add_days(CONTRACT, {ahead: 10 for ahead in range(-60, 0)})

    def set_budgets(self, *budgets):
        self.etl.write_settings({"budgets": [{"contract": CONTRACT, **budget} for budget in budgets]})

    def load_departments(self, columns="usage_date", **rows):
        """A table of all usage by day and department, whole since 60 days ago; rows: tokens of each day."""
        field = "usageDate" if columns == "usage_date" else "usageMonth"
        self.database.execute(
            f"create table tokenflex.{DEPARTMENTS} (contract_number text, {columns} date, department text, tokens numeric);"
            "insert into tokenflex_etl.target (schema_name, table_name, job, grain, key, windowed, columns) values"
            f" ('tokenflex', '{DEPARTMENTS}', 'd', '{{{field},customField2}}', '{{}}', false, array['{field} {columns}',"
            " 'customField2 department', 'tokensConsumed tokens']);"
            "insert into tokenflex_etl.target_filter (target_id, contract_number, job, filter, usage_categories, covered)"
            f" select target_id, '{CONTRACT}', 'd', '', '{{}}', datemultirange(daterange('{day(-60)}', '{day(0)}'))"
            f" from tokenflex_etl.target where table_name = '{DEPARTMENTS}'"
        )
        for department, tokens in rows.items():
            self.database.execute(
                f"insert into tokenflex.{DEPARTMENTS} select '{CONTRACT}', d, '{department}', {tokens}"
                f" from generate_series(date '{day(-60)}', date '{day(-1)}', '1 day') d"
            )

    def budgets(self):
        done = self.etl.call(*self.etl.command("--output", "json", "status"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return done.json["budgets"]


class Status(BudgetCase):
    def test_without_budgets_has_none(self):
        self.assertEqual(self.budgets(), [])

    def test_of_a_contract_year_has_what_is_used_and_will_be(self):
        self.set_budgets({"name": "All", "tokens": 1000})
        (budget,) = self.budgets()
        self.assertEqual(
            budget,
            {
                "name": "All", "contract_number": CONTRACT, "period": "contract_year",
                "period_start": day(-10), "period_end": day(89), "tokens": 1000, "consumed": 100, "forecast": 1000,
                "warnings": ["forecast 100%"], "table": DESKTOP, "whole": True,
                "problem": f"{DESKTOP} has the usage of DESKTOP_PRODUCT only",
            },
        )  # fmt: skip

    def test_of_a_month_is_for_the_running_month(self):
        self.set_budgets({"name": "All", "tokens": 10**6, "period": "month"})
        (budget,) = self.budgets()
        month = today().replace(day=1)
        self.assertEqual(budget["period_start"], month.isoformat())
        self.assertEqual(budget["consumed"], 10 * (today() - month).days)
        length = int(self.database.value(f"select date '{month}' + interval '1 month' - date '{month}'").split()[0])
        self.assertEqual(budget["forecast"], 10 * length)
        self.assertEqual(budget["warnings"], [])

    def test_of_a_custom_field_has_its_share_of_the_pace(self):
        self.load_departments(Berlin=2.5, Paris=7.5)
        self.set_budgets({"name": "Berlin", "tokens": 30, "where": {"custom_field2": "Berlin"}, "warn_at": ["80%", "84%"]})
        (budget,) = self.budgets()
        self.assertEqual((budget["table"], budget["consumed"], budget["forecast"]), (DEPARTMENTS, 25, 250))
        self.assertEqual(budget["warnings"], ["80%"])

    def test_of_a_value_without_any_row_are_not_known(self):
        self.load_departments(Berlin=2.5)
        self.set_budgets({"name": "Rome", "tokens": 30, "where": {"custom_field2": "Ro'me"}})
        (budget,) = self.budgets()
        self.assertEqual((budget["consumed"], budget["forecast"], budget["warnings"]), (None, None, []))
        self.assertEqual(budget["problem"], f"no rows with custom_field2 = 'Ro'me' in {DEPARTMENTS}")
        self.assertIn(f"    Rome: {budget['problem']}\n", self.etl.call(*self.etl.command("status")).stdout)

    def test_of_a_value_that_another_contract_has_are_not_known(self):
        self.load_departments(Berlin=2.5)
        self.database.execute(f"update tokenflex.{DEPARTMENTS} set contract_number = '9'")
        self.set_budgets({"name": "Berlin", "tokens": 30, "where": {"custom_field2": "Berlin"}})
        (budget,) = self.budgets()
        self.assertIsNone(budget["consumed"])
        self.assertIn("no rows with custom_field2 = 'Berlin'", budget["problem"])

    def test_of_a_value_that_had_usage_before_the_period_only_are_zero(self):
        self.load_departments(Rome=2.5)
        self.database.execute(f"delete from tokenflex.{DEPARTMENTS} where usage_date >= '{day(-20)}'")
        self.set_budgets({"name": "Rome", "tokens": 30, "where": {"custom_field2": "Rome"}})
        (budget,) = self.budgets()
        self.assertEqual((budget["consumed"], budget["problem"]), (0, None))

    def test_of_some_usage_categories_are_named(self):
        self.set_budgets({"name": "All", "tokens": 1000})
        self.database.execute("update tokenflex_etl.target_filter set usage_categories = '{DESKTOP_PRODUCT,CLOUD_PRODUCT}'")
        (budget,) = self.budgets()
        self.assertEqual(budget["consumed"], 100)
        self.assertEqual(budget["problem"], f"{DESKTOP} has the usage of DESKTOP_PRODUCT, CLOUD_PRODUCT only")

    def test_is_not_read_from_a_table_that_keeps_the_rows_of_every_run_or_of_windows(self):
        self.load_departments(Berlin=2.5)
        self.set_budgets({"name": "Berlin", "tokens": 30, "where": {"custom_field2": "Berlin"}})
        for change in ("windowed = true", "windowed = false, key = '{_run_id}'"):
            self.database.execute(f"update tokenflex_etl.target set {change} where table_name = '{DEPARTMENTS}'")
            (budget,) = self.budgets()
            self.assertEqual((budget["table"], budget["consumed"]), (None, None))
            self.assertIn("no table has the tokens", budget["problem"])

    def test_of_a_table_that_keeps_rows_that_vanished_says_so(self):
        self.load_departments(Berlin=2.5)
        self.database.execute(
            "insert into tokenflex_etl.run (job, contract_number, source, status, host, pid, target_id, rows_vanished, rows_deleted)"
            f" select 'd', '{CONTRACT}', 'query', 'succeeded', 'h', 1, target_id, 2, 1 from tokenflex_etl.target"
            f" where table_name = '{DEPARTMENTS}'"
        )
        self.set_budgets({"name": "Berlin", "tokens": 30, "where": {"custom_field2": "Berlin"}})
        (budget,) = self.budgets()
        self.assertEqual((budget["consumed"], budget["whole"]), (25, True))
        self.assertEqual(budget["problem"], f"{DEPARTMENTS} keeps rows that the service no longer has")

    def test_of_rows_by_month_counts_whole_months(self):
        self.load_departments(columns="usage_month")
        month = today().replace(day=1).isoformat()
        self.database.execute(
            f"insert into tokenflex.{DEPARTMENTS} values ('{CONTRACT}', '{month}', 'Berlin', 40),"
            f" ('{CONTRACT}', date '{month}' - interval '1 month', 'Berlin', 7), ('other', '{month}', 'Berlin', 1)"
        )
        self.set_budgets({"name": "B", "tokens": 50, "period": "month", "where": {"custom_field2": "Berlin"}})
        (budget,) = self.budgets()
        self.assertEqual((budget["consumed"], budget["whole"]), (40, False))
        self.database.execute(
            "insert into tokenflex_etl.run (job, contract_number, source, status, host, pid, target, target_id)"
            f" select 'd', '{CONTRACT}', 'query', 'succeeded', 'h', 1, '{DEPARTMENTS}', target_id"
            f" from tokenflex_etl.target where table_name = '{DEPARTMENTS}'"
        )
        (budget,) = self.budgets()
        self.assertEqual((budget["consumed"], budget["whole"], budget["warnings"][:1]), (40, True, ["80%"]))

    def test_a_table_that_lacks_days_of_the_period_is_named(self):
        self.set_budgets({"name": "All", "tokens": 1000})
        self.database.execute(f"update tokenflex.{YEARS} set start_date = '{day(-80)}'")
        (budget,) = self.budgets()
        self.assertEqual((budget["whole"], budget["consumed"]), (False, 600))
        self.assertEqual(budget["problem"], f"{DESKTOP} does not have the whole period: load it with --from {day(-80)}")

    def test_what_no_table_has_is_said(self):
        self.set_budgets(
            {"name": "Field", "tokens": 5, "where": {"custom_field1": "Berlin"}},
            {"name": "Other", "tokens": 5, "contract": "9"},
        )
        field, other = self.budgets()
        self.assertEqual(
            field["problem"],
            f"no table has the tokens of contract {CONTRACT} by customField1 and day or month, loaded without `where`:"
            " the shipped job monthly_custom_field_tokens loads one",
        )
        self.assertEqual(other["problem"], "the contract has no running year with a forecast: the shipped jobs contract_years and daily_product_usage load it")
        self.assertEqual((field["consumed"], other["period_start"]), (None, None))

    def test_a_table_that_cannot_be_read_is_the_problem_of_its_budget_alone(self):
        self.load_departments(Berlin=2.5)
        self.database.execute(f"alter table tokenflex.{DEPARTMENTS} rename tokens to others")
        self.set_budgets(
            {"name": "Berlin", "tokens": 30, "where": {"custom_field2": "Berlin"}}, {"name": "All", "tokens": 1000}
        )
        broken, whole = self.budgets()
        self.assertIn("column t.tokens does not exist", broken["problem"])
        self.assertIsNotNone(whole["table"])

    def test_text_has_a_line_for_each_and_its_warnings(self):
        self.set_budgets({"name": "All", "tokens": 1000}, {"name": "Small", "tokens": 50, "warn_at": ["80%", "300%"]})
        done = self.etl.call(*self.etl.command("status"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        self.assertRegex(done.stdout, rf"\nAll +{CONTRACT} +contract_year +{day(89)} +1000 +100 \(10 %\) +1000 \(100 %\)\n")
        self.assertIn("    All: warning: forecast 100% is reached\n", done.stdout)
        self.assertIn("    Small: warning: 80% is reached\n", done.stdout)
        self.assertNotIn("300%", done.stdout)

    def test_of_one_job_leaves_budgets_out(self):
        self.set_budgets({"name": "All", "tokens": 1000})
        done = self.etl.call(*self.etl.command("status", DESKTOP))
        self.assertNotIn("Budgets of tokens", done.stdout)


class Page(EtlTestCase):
    """Budgets of contracts of which nothing is loaded."""

    def setUp(self):
        super().setUp()
        self.page = self.etl.directory / "report.html"
        self.other = {"name": "There", "contract": "11000000009", "tokens": 5}
        self.etl.write_settings({"budgets": [{"name": "Here", "contract": CONTRACT, "tokens": 5}, self.other]})

    def report(self, *arguments):
        done = self.etl.call(*self.etl.command("report", "--html", str(self.page), *arguments))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return HtmlReport(self.page.read_text(encoding="utf-8"))

    def names(self, section):
        return [(row[0].text, row[0].below) for row in section.table.rows]

    def test_stand_at_the_end_of_the_page_of_all_contracts(self):
        self.etl.write_job("usage")
        self.etl.run_well()
        page = self.report()
        self.assertEqual(page.sections[-1].title, "Budgets of contracts without data")
        self.assertEqual(self.names(page.sections[-1]), [("There", "11000000009")])
        self.assertIn("the contract has no running year", page.sections[-1].table.rows[0][8].text)
        self.assertEqual(self.names(page.section("Budgets")), [("Here", "")])
        self.assertNotIn("There", self.report("--contract", CONTRACT).text)

    def test_are_all_where_nothing_is_loaded(self):
        page = self.report()
        self.assertEqual([name for name, _ in self.names(page.section("Budgets", contract=None))], ["Here", "There"])


class Metrics(BudgetCase):
    def samples(self):
        path = self.etl.directory / "etl.prom"
        self.etl.write_settings({"run": {"metrics_file": str(path)}})
        done = self.etl.run("contracts")
        self.assertEqual(done.exit_code, 0, done.stderr)
        return path.read_text(encoding="utf-8")

    def test_have_the_forecast_of_each_contract(self):
        text = self.samples()
        self.assertIn(f'tokenflex_etl_tokens_left{{contract="{CONTRACT}"}} 1000\n', text)
        self.assertIn(f'tokenflex_etl_runs_out_timestamp_seconds{{contract="{CONTRACT}",bound="early"}} ', text)
        exposition.read(text)

    def test_have_the_day_as_seconds(self):
        self.database.execute(f"update tokenflex.{YEARS} set remaining_tokens = 95")
        seconds = self.database.value(f"select extract(epoch from timestamptz '{day(9)} 00:00+00')::bigint")
        self.assertIn(f'runs_out_timestamp_seconds{{contract="{CONTRACT}",bound="on"}} {seconds}\n', self.samples())

    def test_have_budgets_and_their_warnings_and_the_run_succeeds(self):
        self.load_departments(Berlin=10)
        self.set_budgets({"name": 'A "b"', "tokens": 1000})
        text = self.samples()
        labels = f'budget="A \\"b\\"",contract="{CONTRACT}"'
        for sample in (
            f"tokenflex_etl_budget_tokens{{{labels}}} 1000\n",
            f"tokenflex_etl_budget_used_tokens{{{labels}}} 100\n",
            f"tokenflex_etl_budget_forecast_tokens{{{labels}}} 1000\n",
            f"tokenflex_etl_budget_known{{{labels}}} 1\n",
            f'tokenflex_etl_budget_warning{{{labels},warn_at="80%"}} 0\n',
            f'tokenflex_etl_budget_warning{{{labels},warn_at="forecast 100%"}} 1\n',
        ):
            self.assertIn(sample, text)

    def test_of_a_budget_whose_use_is_not_known_say_so_and_have_no_zero(self):
        self.load_departments(Berlin=2.5)
        self.set_budgets({"name": "Rome", "tokens": 30, "where": {"custom_field2": "Rome"}})
        metrics = exposition.read(self.samples())
        self.assertEqual(metrics.value("budget_known", budget="Rome", contract=CONTRACT), 0)
        self.assertEqual(metrics.value("budget_tokens", budget="Rome", contract=CONTRACT), 30)
        for name in ("budget_used_tokens", "budget_forecast_tokens", "budget_warning"):
            self.assertEqual(metrics.labels(name), [])

    def test_go_without_the_forecast_where_it_cannot_be_made(self):
        self.database.execute(f"alter table tokenflex.{YEARS} rename remaining_tokens to others")
        text = self.samples()
        self.assertNotIn("tokens_left", text)
        self.assertIn("tokenflex_etl_job_last_run_succeeded", text)


class Check(BudgetCase):
    def test_names_the_place_of_a_fault(self):
        (self.etl.directory / "tokenflex-etl.yaml").write_text('budgets:\n  - {name: All, contract: "1", tokens: none}\n')
        done = self.etl.call(*self.etl.command("--output", "json", "check"))
        self.assertEqual(done.exit_code, 78)
        (finding,) = json.loads(done.stdout)["findings"]
        self.assertEqual((finding["line"], finding["column"]), (2, 40))
        self.assertIn("budgets.tokens", finding["message"])


if __name__ == "__main__":
    main()
