"""report --html of a database that lacks some of the tables."""

from harness import CONTRACT, EtlTestCase, HtmlReport, main
from harness.usage import Usage


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


if __name__ == "__main__":
    main()
