"""Report views and page of tables that lack days, or that are not what the shipped jobs load: no figure, and the reason."""

from harness import CONTRACT, SOURCE, HtmlReport, grafana, main
from reports_test import LoadedCase, day

USAGE = grafana.load(SOURCE / "etl/grafana/dashboards/tokenflex-usage.json")

APPEND = "key = key || '{_run_id}'"
REASON = "has the rows of every run (mode: append)"


class Sources(LoadedCase):
    def forget(self, table, number):
        """As if no load had covered the day after it was over."""
        self.database.execute(
            f"update tokenflex_etl.target_filter f set covered = covered - datemultirange(daterange('{day(number)}', '{day(number + 1)}'))"
            f" from tokenflex_etl.target t where t.target_id = f.target_id and t.table_name = '{table}'"
        )

    def change(self, table, change):
        self.database.execute(f"update tokenflex_etl.target set {change} where table_name = '{table}'")

    def ask(self, table, categories):
        self.database.execute(f"update tokenflex_etl.target_filter set usage_categories = '{categories}' where job = '{table}'")

    def burn(self, number):
        return self.database.row(
            "select desktop_tokens, cloud_tokens, manual_tokens, tokens_consumed, tokens_28_days is null"
            f" from tokenflex.report_daily_burn where usage_date = '{day(number)}'"
        )

    def remark(self, table):
        return self.database.row(f"select remark, missing_days from tokenflex.report_freshness where table_name = '{table}'")

    def page(self):
        path = self.etl.directory / "report.html"
        done = self.etl.call(*self.etl.command("report", "--html", str(path), "--names"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return HtmlReport(path.read_text(encoding="utf-8"))

    def test_a_day_that_was_not_loaded_is_not_known_and_nor_are_means_over_it(self):
        self.forget("daily_product_usage", 40)
        self.forget("cloud_usage", 45)
        self.assertEqual(self.burn(39), ("2.2", "0", "0", "2.2", "f"))
        self.assertEqual(self.burn(40), (None, "0", "0", None, "t"))
        self.assertEqual(self.burn(45), ("2.2", None, "0", None, "t"))
        self.assertEqual(self.burn(57), ("0", "0", "0", "0", "t"))
        self.assertEqual(self.remark("daily_product_usage"), (None, "1"))
        self.assertEqual(self.remark("manual_adjustments"), (None, "0"))

    def test_the_dashboard_has_no_sum_of_a_day_that_one_contract_lacks(self):
        (text,) = [text for title, text in grafana.queries(USAGE) if title == "Tokens by day"]
        text = grafana.sql(text, day(1), day(60), {"schema": "tokenflex", "contract": [CONTRACT, "2"]})
        rows = f"select count(\"Desktop\"), count(\"Cloud\"), count(*) from ({text}) s"
        self.assertEqual(self.database.row(rows), ("58", "58", "58"))
        self.database.execute(
            "insert into tokenflex.daily_product_usage select (jsonb_populate_record(u, jsonb_build_object("
            "'contract_number', '2', '_row_key', gen_random_uuid()))).* from tokenflex.daily_product_usage u"
        )
        self.assertEqual(self.database.row(rows), ("0", "0", "58"))

    def test_usage_that_would_count_twice_is_left_out(self):
        self.ask("daily_product_usage", "{}")
        self.assertEqual(self.burn(2), (None, "0", "0", None, "t"))
        words = "has other usage than desktop"
        self.assertEqual(self.remark("daily_product_usage")[0], words)
        page = self.page()
        for title in ("Days", "Names"):
            section = page.section(title)
            self.assertEqual(section.tables, [], title)
            self.assertIn("There are no figures", section.text)
            self.assertIn(f"daily_product_usage {words}", section.text)
        self.assertIn(f"There is no pace: daily_product_usage {words}.", page.section("Forecast").text)

    def test_rows_of_every_run_are_not_added_up(self):
        for table in ("cloud_usage", "monthly_custom_field_tokens", "monthly_users", "monthly_summary_by_category"):
            self.change(table, APPEND)
            self.assertEqual(self.remark(table)[0], REASON)
        self.assertEqual(self.burn(2), ("1.1", None, "0", None, "t"))
        for view in ("report_monthly_tokens", "report_monthly_users"):
            self.assertEqual(self.database.count(f"tokenflex.{view}"), 0, view)
        usage = "select count(*), count(usage_tokens_consumed) from tokenflex.report_contract_balance"
        self.assertEqual(self.database.row(usage), ("2", "0"))
        self.change("contract_years", APPEND)
        self.assertEqual(self.database.row(usage), ("0", "0"))
        page = self.page()
        for title, table in (("Balance", "contract_years"), ("Months", "monthly_summary_by_category"), ("Days", "cloud_usage")):
            self.assertEqual(page.section(title).tables, [], title)
            self.assertIn(f"{table} {REASON}", page.section(title).text)

    def test_tokens_by_name_need_a_table_without_manual_entries(self):
        users = "select tokens_per_user from tokenflex.report_monthly_users where usage_month = '2026-01-01'"
        head = "Tokens per name"
        self.database.execute("delete from tokenflex.monthly_users where usage_month > now()")
        self.assertEqual(self.database.value(users), "33.333333")
        for categories in ("{}", "{DESKTOP_PRODUCT,MANUAL_CONSUMPTION}"):
            self.ask("monthly_users", categories)
            self.assertIsNone(self.database.value(users))
            table = self.page().section(head).table
            self.assertEqual({row[table.heads.index(head)].number for row in table.rows}, {None})
            self.assertEqual(table.rows[0][table.heads.index("Tokens")].number, 100)

    def test_parts_of_a_sum_with_tokens_given_back_are_no_shares(self):
        month = "'2026-02-01'"
        shares = f"select string_agg(month_percent::text, ' ' order by product_name) from tokenflex.report_monthly_tokens where usage_month = {month}"
        self.assertEqual(self.database.value(shares), "33.33 66.67")
        for table in ("monthly_custom_field_tokens", "monthly_product_users"):
            self.database.execute(f"update tokenflex.{table} set tokens_consumed = -1 where product_name = 'AutoCAD'")
        self.database.execute("update tokenflex.daily_product_usage set tokens_consumed = -3, usage_date = current_date where user_name = 'bob'")
        self.assertIsNone(self.database.value(shares))
        page = self.page()
        for title in ("Products", "Departments", "Names"):
            table = page.section(title).table
            self.assertEqual({row[table.heads.index("Share")].number for row in table.rows}, {None}, title)
        (text,) = [text for title, text in grafana.queries(USAGE) if title == "Departments"]
        text = grafana.sql(text, "2026-01-01", "2026-03-01", {"schema": "tokenflex", "contract": [CONTRACT]})
        self.assertEqual(self.database.row(f"select count(share), count(*) > 0 from ({text}) s"), ("0", "t"))

    def test_rows_that_were_kept_are_named_beside_the_figures(self):
        self.database.execute("update tokenflex_etl.run set rows_vanished = rows_deleted + 1 where job = 'monthly_users'")
        words = "keeps rows that the service no longer has"
        self.assertEqual(self.remark("monthly_users")[0], words)
        section = self.page().section("Tokens per name")
        self.assertGreater(len(section.table.rows), 0)
        self.assertIn(f"Of the tables: monthly_users {words}.", section.text)


if __name__ == "__main__":
    main()
