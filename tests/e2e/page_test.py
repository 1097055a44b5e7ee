"""report --html: its figures are SQL's, names change their label alone, the file is replaced as a whole and fails no run."""

import base64
import decimal
import hashlib
import json
import os
import stat

from harness import CONTRACT, HOSTILE, TODAY, EtlTestCase, HtmlReport, ReportCase, main
from harness.html_report import number

TITLES = [
    "Balance",
    "Forecast",
    "Burn-down",
    "Budgets",
    "Months",
    "Products",
    "What changed most",
    "Days",
    "Departments",
    "Tokens per name",
    "Names",
    "Restatements",
    "Comparison with the service",
    "Differences",
    "Age of the data",
    "Failed jobs",
]


def figures_of(table):
    """Without the names, which the order of equal figures follows."""
    return sorted(str([(cell.text, cell.below) for cell in row[1:]]) for row in table.rows)


def exact(value):
    return None if value is None else decimal.Decimal(value)


class SimulatedYear(ReportCase):
    """One load for all of its comparisons: it takes longer than all of them."""

    def numbers(self, query):
        return [tuple(exact(cell) for cell in row) for row in self.database.rows(query)]

    def named(self, query):
        """The first column as text, the others as numbers."""
        return [(row[0], *(exact(cell) for cell in row[1:])) for row in self.database.rows(query)]

    def told(self, table, *heads, kinds=("item", "none", "running")):
        """Rows of the page: the first column as text, these others as numbers."""
        places = [table.heads.index(head) for head in heads]
        return [
            (row[0].text, *(row[place].number for place in places))
            for row, kind in zip(table.rows, table.kinds)
            if kind in kinds
        ]

    def of(self, title):
        return self.report_page.section(title).table

    def check_balance(self):
        table = self.of("Balance")
        self.assertEqual(
            self.told(table, "Provisioned", "Left", "Multi-year at start", "Multi-year consumed", "Multi-year left", "Left in all"),
            self.named(
                "select year, provisioned_tokens, remaining_tokens, multiyear_tokens_at_start, multiyear_consumed_tokens,"
                " multiyear_tokens_at_start - multiyear_consumed_tokens,"
                " remaining_tokens + multiyear_tokens_at_start - multiyear_consumed_tokens"
                f" from tokenflex.contract_years where contract_number = '{CONTRACT}' order by year desc"
            ),
        )
        # Two columns are called so: tokens, and per cent of them with multi-year tokens.
        consumed = [(row[4].number, row[10].number) for row in table.rows]
        self.assertEqual(
            consumed,
            self.numbers(
                "select consumed_tokens, round(100 * (consumed_tokens + multiyear_consumed_tokens)"
                " / (provisioned_tokens + multiyear_tokens_at_start), 1)"
                f" from tokenflex.contract_years where contract_number = '{CONTRACT}' order by year desc"
            ),
        )
        self.assertEqual(table.kinds[0], "running")

    def check_burn(self):
        usage = (
            "(select contract_number, usage_date, tokens_consumed from tokenflex.daily_product_usage"
            " union all select contract_number, usage_date, tokens_consumed from tokenflex.cloud_usage"
            " union all select contract_number, usage_date, tokens_consumed from tokenflex.manual_adjustments) as u"
        )
        year = f"tokenflex.contract_years y where y.contract_number = '{CONTRACT}' and current_date between start_date and end_date"
        rows = self.told(self.of("Burn-down"), "Used in the month", "Left")
        self.assertGreater(len(rows), 1)
        for day, used, left in rows:
            self.assertEqual(
                (used, left),
                *self.numbers(
                    f"select (select sum(tokens_consumed) from {usage} where contract_number = '{CONTRACT}'"
                    f" and usage_date between greatest(date_trunc('month', date '{day}'), start_date) and '{day}'),"
                    " remaining_tokens + multiyear_tokens_at_start - multiyear_consumed_tokens"
                    f" + (select coalesce(sum(tokens_consumed), 0) from {usage} where contract_number = '{CONTRACT}'"
                    f" and usage_date > '{day}' and usage_date <= end_date) from {year}"
                ),
                day,
            )
        (chart,) = self.report_page.section("Burn-down").charts
        (line,) = [one for one in chart["lines"] if one["role"] == "left"]
        points = dict((day, tokens) for day, tokens in line["points"])
        for day, _, left in rows:
            self.assertEqual(points[day], left, day)

    def check_forecast(self):
        text = self.report_page.section("Forecast").text
        left, pace = self.database.row(
            "select tokens_left, tokens_a_day from tokenflex.report_forecast" f" where contract_number = '{CONTRACT}'"
        )
        for figure in (left, pace):
            self.assertIn(f"{decimal.Decimal(figure):,}", text)

    def check_months(self):
        categories = {
            "Desktop products": "DESKTOP_PRODUCT",
            "Cloud products": "CLOUD_PRODUCT",
            "Cloud services": "CLOUD_SERVICE",
            "Manual consumption": "MANUAL_CONSUMPTION",
            "Manual adjustment": "MANUAL_ADJUSTMENT",
        }
        table = self.of("Months")
        self.assertEqual(len(table.rows), 13)
        for row in table.rows:
            month = row[0].text
            for head, category in [*categories.items(), ("All", None)]:
                cell = row[table.heads.index(head)]
                chosen = f"and usage_category = '{category}'" if category else ""
                (expected,) = self.numbers(
                    "select sum(tokens_consumed) filter (where to_char(usage_month, 'YYYY-MM') = '" + month + "'),"
                    " sum(tokens_consumed) filter (where to_char(usage_month + interval '1 year', 'YYYY-MM') = '" + month + "')"
                    f" from tokenflex.monthly_summary_by_category where contract_number = '{CONTRACT}' {chosen}"
                )
                self.assertEqual((cell.number, number(cell.below)), expected, f"{month} {head}")
        for row, kind in zip(table.rows, table.kinds):
            expected = row[table.heads.index("All")].number - number(row[table.heads.index("All")].below)
            self.assertEqual(row[table.heads.index("Difference")].number, expected if kind == "item" else None)

    def check_products(self):
        table = self.of("Products")
        month, before = table.heads[1], table.heads[4]
        sums = (
            f"sum(tokens_consumed) filter (where to_char(usage_month, 'YYYY-MM') = '{month}') as now,"
            f" sum(tokens_consumed) filter (where to_char(usage_month, 'YYYY-MM') = '{before}') as before"
        )
        source = f"from tokenflex.monthly_product_users where contract_number = '{CONTRACT}'"
        self.assertEqual(
            self.told(table, month, before),
            self.named(
                f"select coalesce(product_name, 'manual entries'), {sums} {source} group by product_name"
                " order by 2 desc nulls last, product_name limit 15"
            ),
        )
        self.assertEqual(self.told(table, month, before, kinds=("total",)), [("All", *self.numbers(f"select {sums} {source}")[0])])
        parts = [row[1].number for row, kind in zip(table.rows, table.kinds) if kind != "total"]
        self.assertEqual(sum(parts), table.rows[-1][1].number)
        changed = self.of("What changed most")
        self.assertEqual(
            self.told(changed, "Difference"),
            self.named(
                f"select coalesce(product_name, 'manual entries'), coalesce(now, 0) - coalesce(before, 0) from"
                f" (select product_name, {sums} {source} group by 1) as product"
                " where coalesce(now, 0) <> coalesce(before, 0)"
                " order by abs(coalesce(now, 0) - coalesce(before, 0)) desc, product_name limit 10"
            ),
        )

    def check_days(self):
        table = self.of("Days")
        # The week that begins today has no day yet.
        first_day = self.database.value("select date_trunc('week', now() at time zone 'UTC')::date = (now() at time zone 'UTC')::date")
        self.assertEqual(len(table.rows), 25 if first_day == "t" else 26)
        found = {}
        for row in table.rows:
            for place in range(7):
                if row[2 + place].number is not None:
                    found[(row[1].text, place)] = row[2 + place].number
        expected = self.database.rows(
            "select date_trunc('week', usage_date)::date, extract(isodow from usage_date)::int - 1, sum(tokens_consumed) from"
            " (select contract_number, usage_date, tokens_consumed from tokenflex.daily_product_usage union all"
            "  select contract_number, usage_date, tokens_consumed from tokenflex.cloud_usage) as u"
            f" where contract_number = '{CONTRACT}' and usage_date >= '{table.rows[0][1].text}' group by 1, 2"
        )
        self.assertEqual(found, {(monday, int(place)): exact(tokens) for monday, place, tokens in expected})

    def check_departments(self):
        table = self.of("Departments")
        month = table.heads[1]
        self.assertIn("Department", self.report_page.section("Departments").title)
        self.assertEqual(
            self.told(table, month, "Twelve months"),
            self.named(
                "select coalesce(custom_field1, 'no value'),"
                f" sum(tokens_consumed) filter (where to_char(usage_month, 'YYYY-MM') = '{month}'), sum(tokens_consumed)"
                f" from tokenflex.monthly_custom_field_tokens where contract_number = '{CONTRACT}'"
                f" and to_char(usage_month, 'YYYY-MM') <= '{month}'"
                f" and usage_month > to_date('{month}', 'YYYY-MM') - interval '12 months'"
                " group by custom_field1 order by 2 desc nulls last, custom_field1"
            ),
        )

    def check_users(self):
        table = self.of("Tokens per name")
        self.assertEqual(
            self.told(table, "Names", "Tokens", "Tokens per name"),
            self.named(
                "select to_char(usage_month, 'YYYY-MM'), unique_users, tokens_consumed, round(tokens_consumed / unique_users, 2)"
                f" from tokenflex.monthly_users where contract_number = '{CONTRACT}' order by usage_month desc limit 13"
            )[::-1],
        )
        text = self.report_page.section("Tokens per name").text
        self.assertIn("e-mail address", text)
        self.assertIn("metered by machine", text)

    def check_names(self):
        self.assertEqual(self.report_page.section("Names").tables, [])
        table = self.report("--names").section("Names").table
        for row in table.rows:
            row[0].text = row[0].text.replace("\\N", "N")  # psql's answers take it for null
        self.assertEqual(
            self.told(table, "Desktop products", "Cloud", "All"),
            self.named(
                "select replace(translate(user_name, E'\\n\\t', '  '), '\\N', 'N'), sum(desktop), sum(cloud), sum(coalesce(desktop, 0) + coalesce(cloud, 0)) from"
                " (select contract_number, usage_date, user_name, tokens_consumed as desktop, null::numeric as cloud"
                "    from tokenflex.daily_product_usage union all"
                "  select contract_number, usage_date, user_name, null, tokens_consumed from tokenflex.cloud_usage) as u"
                f" where contract_number = '{CONTRACT}' and usage_date >= date_trunc('month', current_date) - interval '11 months'"
                " group by user_name order by 4 desc, user_name limit 100"
            ),
        )

    def check_data(self):
        self.assertEqual(
            self.told(self.of("Restatements"), "Before", "After", "Difference"),
            self.named(
                "select table_name, before, after, after - before from tokenflex_etl.restatement"
                f" where contract_number = '{CONTRACT}' and metric = 'tokensConsumed' order by month desc"
            ),
        )
        self.assertEqual(
            self.told(self.of("Comparison with the service"), "Figures", "Different", "Loaded", "Service", kinds=("item", "alarm")),
            self.named(
                "select table_name, count(*), count(*) filter (where status <> 'equal'), sum(loaded), sum(service)"
                " from tokenflex_etl.reconciliation r"
                f" where contract_number = '{CONTRACT}' and status in ('equal', 'differs', 'moved_on') and checked_at ="
                "   (select max(checked_at) from tokenflex_etl.reconciliation l"
                "     where l.contract_number = r.contract_number and l.table_name = r.table_name)"
                " group by table_name order by table_name"
            ),
        )
        self.assertEqual(
            sorted(row[0].text for row in self.of("Age of the data").rows),
            sorted(row[0] for row in self.database.rows("select table_name from tokenflex_etl.target")),
        )
        self.assertEqual([row[0].text for row in self.of("Failed jobs").rows], ["manual_adjustments"])

    def check_budgets(self):
        done = self.shipped("--output", "json", "status")
        table = self.of("Budgets")
        told = json.loads(done.stdout, parse_float=decimal.Decimal, parse_int=decimal.Decimal)["budgets"]
        self.assertEqual(
            self.told(table, "Tokens", "Used", "By the last day", kinds=("item", "alarm")),
            [(one["name"], one["tokens"], one["consumed"], one["forecast"]) for one in told],
        )
        is_used = TODAY.day > 1  # on its first day the month has no usage yet
        self.assertEqual(table.kinds, ["item", "alarm" if is_used else "item"])
        self.assertEqual([row[0].below for row in table.rows], ["", "Engineering"])
        self.assertEqual("80% reached" in table.rows[1][8].text, is_used)
        self.assertEqual(self.report_page.section("Budgets", contract="contract-2").tables, [])

    def check_contracts(self):
        overview = self.report_page.section("Overview", contract=None).table
        self.assertEqual(
            [(row[0].text, row[4].number) for row in overview.rows],
            self.named(
                "select contract_number, remaining_tokens + multiyear_tokens_at_start - multiyear_consumed_tokens"
                " from tokenflex.contract_years where current_date between start_date and end_date order by contract_number"
            ),
        )
        self.assertEqual(len(self.report_page.titles("contract-2")), len(TITLES))
        one = self.report("--contract", overview.rows[1][0].text)
        self.assertEqual(one.titles(None), [])
        self.assertEqual(
            one.section("Balance").table.texts, self.report_page.section("Balance", contract="contract-2").table.texts
        )

    def test_has_the_figures_of_sql_to_the_digit(self):
        whole = {"name": "All", "contract": CONTRACT, "tokens": 10000000}
        part = {"name": "<b>", "where": {"custom_field1": "Engineering"}, "period": "month", "warn_at": ["80%"]}
        self.etl.write_settings({"budgets": [whole, {**whole, **part, "tokens": 1}]})
        self.load_year()
        self.simulator.restate(every=50)
        self.run_shipped("--again", "daily_product_usage")
        self.simulator.script({"on": "submit", "times": -1, "match": "MANUAL_ADJUSTMENT", "status": 400})
        self.assertNotEqual(self.shipped("run", "--again", "manual_adjustments").exit_code, 0)
        self.assertEqual(self.shipped("init", "--reports").exit_code, 0)
        self.report_page = self.report()
        self.assertEqual([title.split(":")[0] for title in self.report_page.titles()], TITLES)
        for check in [name for name in dir(self) if name.startswith("check_")]:
            with self.subTest(check):
                getattr(self, check)()
        self.assertNotIn("smith", self.report().text)


class Names(ReportCase):
    """Of products, departments, people, contracts and custom fields."""

    def check_that_nothing_else_changes(self, before, after):
        self.assertEqual(len(after.scripts), len(before.scripts))
        self.assertEqual(after.policy, before.policy)
        self.assertEqual(
            [(one.contract, one.title.split(":")[0]) for one in after.sections],
            [(one.contract, one.title.split(":")[0]) for one in before.sections],
        )
        for one, other in zip(before.sections, after.sections):
            for table, renamed in zip(one.tables, other.tables):
                self.assertEqual(figures_of(table), figures_of(renamed), one.title)
        for part in ("<main>", "<body>", "</table>"):
            self.assertEqual(after.text.count(part), before.text.count(part), part)

    def check_labels(self, section):
        """Whole in the cell, in its title, and in the chart."""
        table = section.table
        items = [row[0] for row, kind in zip(table.rows, table.kinds) if kind == "item"]
        self.assertEqual([cell.title for cell in items], [cell.text for cell in items])
        self.assertTrue({cell.text for cell in items} & set(HOSTILE))
        names = [row[0].text for row, kind in zip(table.rows, table.kinds) if kind in ("item", "none")]
        for chart in section.charts:
            self.assertEqual(chart["labels"], names)

    def test_change_nothing_but_their_own_labels(self):
        self.load_year(contracts=(CONTRACT,))
        before = self.report("--names")
        self.make_names_hostile()
        after = self.report("--names")
        self.check_that_nothing_else_changes(before, after)
        for title in ("Products", "Departments", "Names"):
            self.check_labels(after.section(title))
        self.assertTrue(set(HOSTILE) <= {cell.text for cell in after.section("Names").table.column("Name")})


class File(EtlTestCase):
    """The page as a file."""

    def setUp(self):
        super().setUp()
        self.page = self.etl.directory / "report.html"

    def report(self, *arguments):
        return self.etl.call(*self.etl.command("report", "--html", str(self.page), *arguments))

    def test_of_an_empty_database_says_which_jobs_load_what(self):
        done = self.report()
        self.assertEqual(done.exit_code, 0, done.stderr)
        page = HtmlReport(self.page.read_text(encoding="utf-8"))
        self.assertEqual([title.split(":")[0] for title in page.titles(None)], TITLES)
        for title, job in [
            ("Balance", "contract_years"),
            ("Forecast", "contract_years daily_product_usage"),
            ("Burn-down", "contract_years daily_product_usage"),
            ("Months", "monthly_summary_by_category"),
            ("Products", "monthly_product_users"),
            ("Days", "daily_product_usage"),
            ("Departments", "monthly_custom_field_tokens"),
            ("Tokens per name", "monthly_users"),
        ]:
            self.assertIn(f"tokenflex-etl run {job}", page.section(title, contract=None).text)
        for title in ("Restatements", "Age of the data", "Failed jobs"):
            self.assertIn("tokenflex-etl init", page.section(title, contract=None).text)

    def test_allows_its_own_style_and_scripts_and_nothing_else(self):
        self.assertEqual(self.report().exit_code, 0)
        text = self.page.read_text(encoding="utf-8")
        page = HtmlReport(text)
        style = text.split("<style>")[1].split("</style>")[0]
        hashes = [
            "'sha256-" + base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() + "'"
            for part in (style, *(body for kind, body in page.scripts if kind is None))
        ]
        self.assertEqual(len(hashes), 3)
        self.assertEqual(
            page.policy,
            f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]} {hashes[2]}; img-src data:;"
            " base-uri 'none'; form-action 'none'",
        )
        for word in ("src=", 'href="http', "url(", "@import", "style=", "fetch(", "XMLHttpRequest"):
            self.assertNotIn(word, text.replace(page.scripts[-2][1], ""))

    def test_says_what_was_written(self):
        done = self.etl.call(*self.etl.command("--output", "json", "report", "--html", str(self.page)))
        self.assertEqual(
            json.loads(done.stdout), {"file": str(self.page), "bytes": self.page.stat().st_size, "contracts": []}
        )
        self.assertIn(f"{self.page}: 0 contracts, ", self.report().stdout)

    def test_is_replaced_as_a_whole(self):
        self.page.write_text("yesterday's")
        with open(self.page, encoding="utf-8") as reader:
            self.assertEqual(self.report().exit_code, 0)
            self.assertEqual(reader.read(), "yesterday's")
        self.assertTrue(self.page.read_text(encoding="utf-8").endswith("</html>\n"))
        self.assertFalse((self.etl.directory / "report.html.new").exists())

    def test_is_for_everybody_without_names_and_for_its_owner_with_them(self):
        for arguments, mode in [((), 0o644), (("--names",), 0o600), ((), 0o644)]:
            self.assertEqual(self.report(*arguments).exit_code, 0)
            self.assertEqual(stat.S_IMODE(self.page.stat().st_mode), mode)

    def test_that_cannot_be_written_is_named(self):
        self.page = self.etl.directory / "nowhere" / "report.html"
        self.assert_failed(self.report(), 73, str(self.page))
        self.page = self.etl.directory
        self.assert_failed(self.report(), 73, str(self.page))

    def test_needs_a_name(self):
        self.assert_failed(self.etl.call(*self.etl.command("report")), 64, "--html")

    def test_of_a_contract_without_data_is_refused_and_leaves_the_page(self):
        self.etl.write_job("usage")
        self.etl.run_well()
        self.page.write_text("yesterday's")
        failed = self.report("--contract", "11000000009")
        self.assert_failed(failed, 64, "11000000009")
        self.assertIn(CONTRACT, failed.stderr)
        self.assertEqual(self.page.read_text(), "yesterday's")

    def test_of_tables_that_the_role_may_not_read_says_so(self):
        metrics = ["uniqueUsers", "uniqueProducts", "tokensConsumed"]
        self.etl.write_job("monthly_users", query={"fields": ["usageMonth"], "metrics": metrics})
        self.etl.run_well()
        self.database.execute("create role stranger login; grant usage on schema tokenflex, tokenflex_etl to stranger")
        self.addCleanup(self.database.execute, "drop owned by stranger; drop role stranger")
        self.etl.write_settings({"database": {"dsn": "user=stranger"}})
        done = self.report()
        self.assertEqual(done.exit_code, 0, done.stderr)
        page = HtmlReport(self.page.read_text(encoding="utf-8"))
        for title in ("Tokens per name", "Age of the data"):
            self.assertIn("may not read this", page.section(title, contract=None).text)
        self.database.execute("revoke all on schema tokenflex from stranger")
        self.assertEqual(self.report().exit_code, 0)
        text = HtmlReport(self.page.read_text(encoding="utf-8")).section("Tokens per name", contract=None).text
        self.assertIn("may not read this", text)

    def test_of_a_table_with_other_columns_says_which_one_is_missing(self):
        self.etl.write_job("monthly_users", query={"fields": ["usageMonth"], "metrics": ["uniqueUsers"]})
        self.etl.run_well()
        self.assertEqual(self.report().exit_code, 0)
        text = HtmlReport(self.page.read_text(encoding="utf-8")).section("Tokens per name").text
        self.assertIn("does not have the columns", text)
        self.assertIn("unique_products", text)


class AfterARun(EtlTestCase):
    """run.report_file."""

    def setUp(self):
        super().setUp()
        self.page = self.etl.directory / "pages" / "report.html"
        self.page.parent.mkdir()
        self.etl.write_settings({"run": {"report_file": str(self.page)}})
        self.etl.write_job("usage")

    def test_is_written_without_names(self):
        self.etl.run_well()
        page = HtmlReport(self.page.read_text(encoding="utf-8"))
        self.assertIn("--names", page.section("Names").text)
        self.assertEqual([row[0].text for row in page.section("Age of the data").table.rows], ["usage"])

    def test_is_written_after_a_run_that_failed_too(self):
        self.simulator.script({"on": "submit", "times": -1, "status": 400})
        self.assertEqual(self.etl.run().exit_code, 78)
        page = HtmlReport(self.page.read_text(encoding="utf-8"))
        self.assertEqual(page.sections[-1].title, "Failed jobs")

    def test_that_cannot_be_written_is_a_warning_and_fails_no_job(self):
        self.page.parent.rmdir()
        done = self.etl.run_well()
        self.assertEqual([run["status"] for run in done.runs], ["succeeded"])
        (warning,) = [line for line in done.log("warn") if "report" in line]
        self.assertIn(str(self.page), warning)
        self.assertEqual(os.listdir(self.etl.directory).count("pages"), 0)

    def test_leaves_the_old_page_where_the_database_is_gone(self):
        self.page.write_text("yesterday's")
        self.etl.write_settings({"database": {"dsn": "host=/nowhere"}})
        self.assertEqual(self.etl.run().exit_code, 69)
        self.assertEqual(self.page.read_text(), "yesterday's")


if __name__ == "__main__":
    main()
