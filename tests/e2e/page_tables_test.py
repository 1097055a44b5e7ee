"""report --html of a database that lacks some of the tables."""

from harness import CONTRACT, EtlTestCase, HtmlReport, main
from harness.usage import Usage, day


class SomeTables(EtlTestCase):
    simulator_settings = {"rows_per_day": 1, "polls": 0}

    def test_of_some_tables_shows_their_figures_and_names_those_that_are_missing(self):
        path = self.etl.directory / "report.html"
        usage = Usage(self.etl, self.database, self.simulator, jobs=("daily_product_usage", "contract_years"))
        usage.add_year(CONTRACT, -100, 100, 500)
        usage.add_days(CONTRACT, {ahead: 10 for ahead in range(-40, 0)})
        done = self.etl.call(*self.etl.command("report", "--html", str(path), "--names"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        page = HtmlReport(path.read_text(encoding="utf-8"))
        for title, job in [
            ("Burn-down", "cloud_usage manual_adjustments"),
            ("Days", "cloud_usage"),
            ("Names", "cloud_usage"),
        ]:
            section = page.section(title)
            self.assertGreater(len(section.table.rows), 0, title)
            self.assertIn("Without the usage of tables that are missing.", section.text)
            self.assertIn(f"tokenflex-etl run {job}", section.text)

    def test_the_overview_has_the_year_that_the_forecast_is_of(self):
        path = self.etl.directory / "report.html"
        usage = Usage(self.etl, self.database, self.simulator)
        for contract in (CONTRACT, "2"):
            usage.add_year(contract, -200, -10, 7, year=1)
            usage.add_year(contract, 5, 100, 95, year=2)
            usage.add_days(contract, {ahead: 10 for ahead in range(-60, 0)})
        done = self.etl.call(*self.etl.command("report", "--html", str(path)))
        self.assertEqual(done.exit_code, 0, done.stderr)
        table = HtmlReport(path.read_text(encoding="utf-8")).section("Overview", contract=None).table
        row = dict(zip(table.heads, (cell.text for cell in table.rows[0])))
        self.assertEqual((row["Year"], row["Left"], row["Runs out on"]), ("2", "95", day(14)))


if __name__ == "__main__":
    main()
