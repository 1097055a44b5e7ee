"""Figures of the dashboard over several contracts, with multi-year tokens, and east of UTC: of views that the test makes."""

import datetime

from harness import SOURCE, EtlTestCase, OneSetUp, grafana, main

USAGE = grafana.load(SOURCE / "etl/grafana/dashboards/tokenflex-usage.json")

VIEWS = """
create schema given;
create view given.report_forecast as
select * from (values ('1', 'running', 100), ('2', 'running', -30)) as v (contract_number, state, left_at_end);
create view given.report_contract_balance as
select * from (values ('1', true, 10.0, 300, 600, 400, 200), ('2', true, 30.0, 0, 1000, null::numeric, null::numeric))
    as v (contract_number, is_running, elapsed_percent, consumed_tokens, provisioned_tokens, multiyear_tokens_at_start,
          multiyear_consumed_tokens);
create view given.report_monthly_users as
select '1' as contract_number, date '2026-01-01' as usage_month, 3 as unique_users;
create view given.report_monthly_tokens as
select '1' as contract_number, date '2026-01-01' as usage_month, 'AutoCAD' as product_name, 3 as tokens_consumed;
"""


class GivenViews(EtlTestCase):
    def setUp(self):
        super().setUp()
        self.database.execute(VIEWS)


class Figures(OneSetUp, GivenViews):
    def panel(self, title):
        (text,) = [text for name, text in grafana.queries(USAGE) if name == title]
        return grafana.sql(text, "2025-01-01", "2027-01-01", {"schema": "given", "contract": ["1", "2"]})

    def test_what_one_contract_has_left_does_not_help_another(self):
        self.assertEqual(self.database.value(self.panel("Left at the end of the year")), "-30")

    def test_consumed_tokens_are_with_multi_year_tokens(self):
        elapsed, consumed = self.database.row(self.panel("Year elapsed and tokens consumed"))
        self.assertEqual((float(elapsed), float(consumed)), (20, 25))

    def test_months_begin_in_utc_whatever_the_time_zone_of_the_session(self):
        begin = int(datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
        name = self.database.value("select current_database()")
        for zone in ("Asia/Tokyo", "America/Lima"):
            self.database.execute(f"alter role current_user in database {name} set timezone to '{zone}'")
            for title in ("Tokens by month and product", "Users by month"):
                time = self.database.value(f'select extract(epoch from "time")::bigint from ({self.panel(title)}) s')
                self.assertEqual(int(time), begin, f"{title} in {zone}")


if __name__ == "__main__":
    main()
