"""forecast: which tables of usage it takes, and what it says of those that it does not."""

from forecast_test import ForecastCase, flat
from harness import CONTRACT, main
from harness.usage import CLOUD, DESKTOP, Usage, day


class Sources(ForecastCase):
    PACE = ("tokens_a_day", "runs_out_on", "remark")

    def setUp(self):
        super().setUp()
        self.usage = Usage(self.etl, self.database, self.simulator)
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, flat(10))

    def fields(self, *names):
        (contract,) = self.forecast()
        return tuple(contract[name] for name in names)

    def test_usage_by_a_filter_is_not_taken_for_all_usage(self):
        self.database.execute("update tokenflex_etl.target_filter set \"where\" = 'userName = ''ann'''")
        remark = f"{DESKTOP} has only the usage of a condition (where)"
        self.assertEqual(self.fields(*self.PACE), (None, None, remark))
        self.assertIn(f"{CONTRACT}: there is no pace: {remark}\n", self.text())

    def test_usage_of_all_categories_is_not_taken_for_that_of_desktop_products(self):
        self.usage.add_days(CONTRACT, flat(2), table=CLOUD)
        for asked in ("{}", "{DESKTOP_PRODUCT,CLOUD_PRODUCT}", "{CLOUD_PRODUCT}"):
            self.database.execute(f"update tokenflex_etl.target_filter set usage_categories = '{asked}' where job = '{DESKTOP}'")
            self.assertEqual(self.fields(*self.PACE), (None, None, f"{DESKTOP} has other usage than desktop"))
        self.database.execute(
            f"update tokenflex_etl.target_filter set usage_categories = '{{PRODUCT_CONSUMPTION}}' where job = '{DESKTOP}';"
            f"update tokenflex_etl.target_filter set usage_categories = '{{CLOUD_PRODUCT}}' where job = '{CLOUD}'"
        )
        self.assertEqual(self.fields("tokens_a_day", "remark"), (12, None))

    def test_rows_of_every_run_and_of_windows_are_not_added_up(self):
        self.usage.add_days(CONTRACT, flat(2), table=CLOUD)
        for change, words in (
            ("windowed = true", "has rows without a date"),
            ("key = key || '{_run_id}'", "has the rows of every run (mode: append)"),
        ):
            self.database.execute(f"update tokenflex_etl.target set {change} where table_name = '{CLOUD}'")
            self.assertEqual(self.fields(*self.PACE), (None, None, f"{CLOUD} {words}"))

    def test_a_table_that_is_not_loaded_any_more_ends_the_pace_and_is_named(self):
        self.usage.add_days(CONTRACT, flat(2, last=-15), table=CLOUD, covered=(-100, -15))
        remark = f"{CLOUD} has no day after {day(-15)}"
        self.assertEqual(self.fields(*self.PACE, "usage_through"), (None, None, remark, day(-15)))
        self.assertIn(f"{CONTRACT}: there is no pace: {remark}\n", self.text())
        self.usage.add_days(CONTRACT, {-14: 2}, table=CLOUD, covered=(-100, -14))
        self.assertEqual(self.fields("tokens_a_day", "remark", "usage_through"), (12, None, day(-14)))

    def add_run(self, table, status, columns, values):
        """Of the last 35 days, into the table."""
        self.database.execute(
            f"insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, host, pid, {columns},"
            f" target_id) select '{table}', '{CONTRACT}', '{day(-35)}', '{day(0)}', 'query', '{status}', 'here', 1, {values},"
            f" target_id from tokenflex_etl.target where table_name = '{table}'"
        )

    def test_days_that_were_skipped_since_nothing_had_changed_count_as_loaded(self):
        self.usage.add_days(CONTRACT, flat(2, last=-20), table=CLOUD, covered=(-100, -20))
        self.add_run(CLOUD, "skipped", "skip_reason", "'unchanged'")
        self.assertEqual(self.fields("remark", "usage_through"), (None, day(-4)))

    def test_rows_that_were_kept_though_they_vanished_are_named_until_a_load_deletes_them(self):
        self.add_run(DESKTOP, "succeeded", "rows_vanished, rows_deleted", "3, 2")
        remark = f"{DESKTOP} keeps rows that the service no longer has"
        self.assertEqual(self.fields("tokens_a_day", "remark"), (10, remark))
        self.assertIn(f"{CONTRACT}: {remark}\n", self.text())
        self.add_run(DESKTOP, "succeeded", "rows_vanished, rows_deleted", "3, 3")
        self.assertEqual(self.fields("remark"), (None,))


if __name__ == "__main__":
    main()
