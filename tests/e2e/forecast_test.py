"""forecast: when the tokens of each contract run out."""

import calendar
import datetime

from harness import CONTRACT, EtlTestCase, main
from harness.usage import CLOUD, DESKTOP, YEARS, Usage, day, today

KEYS = [
    "contract_number", "contract_year", "start_date", "end_date", "tokens_left", "tokens_a_day",
    "runs_out_on", "runs_out_early", "runs_out_late", "left_at_end", "usage_through", "remark",
]  # fmt: skip


def flat(tokens, first=-100, last=-1):
    return {ahead: tokens for ahead in range(first, last + 1)}


def next_leap_day():
    """The first that is more than two months ahead."""
    year = (today() + datetime.timedelta(days=62)).year
    while True:
        if calendar.isleap(year) and datetime.date(year, 2, 29) > today() + datetime.timedelta(days=60):
            return datetime.date(year, 2, 29)
        year += 1


class ForecastCase(EtlTestCase):
    simulator_settings = {"rows_per_day": 1, "polls": 0}

    def forecast(self):
        done = self.etl.call(*self.etl.command("--output", "json", "forecast"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        self.warnings = done.log("warn")
        return done.json["contracts"]

    def text(self):
        done = self.etl.call(*self.etl.command("forecast"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return done.stdout


class Figures(ForecastCase):
    def setUp(self):
        super().setUp()
        self.usage = Usage(self.etl, self.database, self.simulator)

    def one(self):
        (contract,) = self.forecast()
        return contract

    def test_has_the_documented_fields_and_no_others(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.assertEqual(list(self.one()), KEYS)

    def test_tokens_run_out_on_the_day_whose_usage_takes_the_last(self):
        self.usage.add_year(CONTRACT, -100, 100, 95, year=3)
        self.usage.add_days(CONTRACT, flat(10))
        contract = self.one()
        self.assertEqual(contract["runs_out_on"], day(9))
        self.assertEqual((contract["contract_year"], contract["tokens_left"], contract["tokens_a_day"]), (3, 95, 10))
        self.assertEqual((contract["start_date"], contract["end_date"]), (day(-100), day(100)))
        self.assertEqual(contract["left_at_end"], 95 - 10 * 101)
        self.assertLessEqual(contract["runs_out_early"], day(9))
        self.assertGreaterEqual(contract["runs_out_late"], day(9))

    def test_a_leap_day_is_a_day(self):
        ahead = (next_leap_day() - today()).days
        self.usage.add_year(CONTRACT, -1, ahead + 30, 10 * (ahead + 1) - 5)
        self.usage.add_days(CONTRACT, flat(10))
        contract = self.one()
        self.assertEqual(contract["runs_out_on"], next_leap_day().isoformat())
        self.assertEqual(contract["left_at_end"], -305)

    def test_a_year_that_ends_with_a_leap_day_includes_it(self):
        ahead = (next_leap_day() - today()).days
        self.usage.add_year(CONTRACT, -1, ahead, 10 * (ahead + 1) + 5)
        self.usage.add_days(CONTRACT, flat(10))
        self.assertEqual((self.one()["end_date"], self.one()["left_at_end"]), (next_leap_day().isoformat(), 5))

    def test_a_year_without_a_real_end_is_forecast_for_ten_years(self):
        self.usage.add_year(CONTRACT, -100, (datetime.date.max - today()).days, 95)
        self.usage.add_days(CONTRACT, flat(10))
        contract = self.one()
        self.assertEqual((contract["end_date"], contract["runs_out_on"]), ("9999-12-31", day(9)))
        self.assertIsNone(contract["left_at_end"])

    def test_a_year_without_days_has_no_day_on_which_its_tokens_run_out(self):
        for number, days in enumerate(((None, None), (-100, None), (None, 100))):
            self.usage.add_year(f"{number}", *days, 0)
        for contract in self.forecast():
            days = (contract["runs_out_on"], contract["runs_out_early"], contract["runs_out_late"])
            self.assertEqual((contract["tokens_left"], days), (0, (None, None, None)))
        text = self.text()
        self.assertIn("0: its contract record does not say when the year begins and ends", text)
        self.assertNotIn("earliest and latest", text)

    def test_a_year_without_days_does_not_hide_the_running_one(self):
        self.usage.add_year(CONTRACT, None, None, 0, year=4)
        self.usage.add_year(CONTRACT, -100, 100, 95, year=3)
        self.usage.add_days(CONTRACT, flat(10))
        self.assertEqual((self.one()["contract_year"], self.one()["runs_out_on"]), (3, day(9)))

    def test_a_year_whose_balance_is_not_known_has_a_pace_only(self):
        self.usage.add_year(CONTRACT, -100, 100, None)
        self.usage.add_days(CONTRACT, flat(10))
        contract = self.one()
        self.assertEqual((contract["tokens_left"], contract["tokens_a_day"]), (None, 10))
        self.assertEqual((contract["runs_out_on"], contract["left_at_end"]), (None, None))
        text = self.text()
        self.assertIn("does not say how many tokens are left", text)
        self.assertNotIn("earliest and latest", text)

    def test_multi_year_tokens_are_left_too(self):
        self.usage.add_year(CONTRACT, -100, 100, 95, multiyear_tokens_at_start=60.5, multiyear_consumed_tokens=50)
        self.assertEqual(self.one()["tokens_left"], 105.5)

    def test_cloud_usage_is_part_of_the_pace(self):
        self.usage.add_year(CONTRACT, -100, 100, 1000)
        self.usage.add_days(CONTRACT, flat(10))
        self.usage.add_days(CONTRACT, flat(2.5), table=CLOUD)
        self.assertEqual(self.one()["tokens_a_day"], 12.5)

    def test_each_weekday_has_its_own_pace(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, {ahead: 100 if ahead % 7 == 3 else 0 for ahead in range(-100, 0)})
        contract = self.one()
        # 500 tokens are five such days; the first is in three days.
        self.assertEqual(contract["runs_out_on"], day(3 + 4 * 7))
        self.assertEqual(contract["tokens_a_day"], 14.29)

    def test_days_that_were_not_loaded_do_not_count(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, flat(10, -30), covered=(-30, -1))
        self.assertEqual(self.one()["tokens_a_day"], 10)
        self.assertIn("the pace is of 27 days until " + day(-4), self.text())

    def test_days_that_were_loaded_and_have_no_rows_count_as_zero(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, {ahead: 10 for ahead in range(-60, 0) if ahead % 14 < 7}, covered=(-60, -1))
        self.assertEqual(self.one()["tokens_a_day"], 5)

    def test_usage_before_the_last_eight_weeks_is_no_part_of_the_pace(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, {**flat(99, -200, -60), **flat(10, -59)})
        self.assertEqual(self.one()["tokens_a_day"], 10)

    def test_the_newest_three_days_are_left_out_without_a_history(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, {**flat(10), -1: 0, -2: 0, -3: 0})
        self.assertEqual(self.one()["tokens_a_day"], 10)

    def test_the_range_contains_the_day_and_grows_with_its_distance(self):
        widths = []
        for number, left in enumerate((100, 1000, 3000)):
            self.usage.add_year(f"{number}", -100, 400, left)
            self.usage.add_days(f"{number}", flat(10))
        for contract in self.forecast():
            self.assertLess(contract["runs_out_early"], contract["runs_out_on"])
            self.assertLess(contract["runs_out_on"], contract["runs_out_late"])
            widths.append(self.database.value(f"select date '{contract['runs_out_late']}' - '{contract['runs_out_early']}'"))
        self.assertEqual(widths, sorted(widths, key=int))

    def test_the_same_contract_has_the_same_range_each_time(self):
        self.usage.add_year(CONTRACT, -100, 300, 2000)
        self.usage.add_days(CONTRACT, {ahead: 5 + ahead % 5 for ahead in range(-100, 0)})
        self.assertEqual(self.forecast(), self.forecast())

    def test_contracts_are_apart_from_each_other(self):
        for number, tokens in enumerate((1, 2, 3)):
            self.usage.add_year(f"{number}", -100, 100, 12)
            self.usage.add_days(f"{number}", flat(tokens))
        found = [(one["contract_number"], one["tokens_a_day"], one["runs_out_on"]) for one in self.forecast()]
        self.assertEqual(found, [("0", 1, day(11)), ("1", 2, day(5)), ("2", 3, day(3))])

    def test_the_view_has_the_figures_of_the_command(self):
        for number, left in enumerate((-5, 300, 2000.25, 100000)):
            self.usage.add_year(f"{number}", -100, 100, left)
            self.usage.add_days(f"{number}", {ahead: 5 + ahead % 9 / 3 for ahead in range(-100, 0)})
        done = self.etl.call(*self.etl.command("init", "--reports"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        rows = self.database.rows(f"select {', '.join(KEYS)} from tokenflex.report_forecast")
        shown = [tuple(None if one[key] is None else f"{one[key]}" for key in KEYS) for one in self.forecast()]
        self.assertEqual(shown, rows)


class Cases(ForecastCase):
    def setUp(self):
        super().setUp()
        self.usage = Usage(self.etl, self.database, self.simulator)

    def fields(self, *names):
        (contract,) = self.forecast()
        return tuple(contract[name] for name in names)

    DAYS = ("runs_out_on", "runs_out_early", "runs_out_late")

    def test_without_any_contract_there_is_nothing(self):
        self.assertEqual(self.forecast(), [])

    def test_without_usage_there_is_no_pace(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.assertEqual(self.fields("tokens_left", "tokens_a_day", "left_at_end", *self.DAYS), (500, *[None] * 5))
        self.assertIn("fewer than 14 complete days of usage are loaded", self.text())

    def test_two_weeks_are_enough_and_less_is_not(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, flat(10, -16), covered=(-16, -1))
        self.assertEqual(self.fields("tokens_a_day"), (None,))
        self.usage.add_days(CONTRACT, {-17: 10}, covered=(-17, -1))
        self.assertEqual(self.fields("tokens_a_day"), (10,))

    def test_a_weekday_that_was_never_loaded_counts_like_the_others(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, flat(10, -60), covered=(-60, -1))
        holes = ", ".join(f"datemultirange(daterange('{day(a)}', '{day(a + 1)}'))" for a in range(-60, 0) if a % 7 == 2)
        self.database.execute(
            "update tokenflex_etl.target_filter set covered = covered - (select range_agg(h) from unnest(array"
            f"[{holes}]) as m, unnest(m) as h) where job = '{DESKTOP}' and contract_number = '{CONTRACT}'"
        )
        self.assertEqual(self.fields("tokens_a_day"), (10,))

    def test_tokens_that_last_until_the_end_have_no_days(self):
        self.usage.add_year(CONTRACT, -100, 100, 10000)
        self.usage.add_days(CONTRACT, flat(10))
        self.assertEqual(self.fields("left_at_end", *self.DAYS), (10000 - 1010, None, None, None))

    def test_tokens_that_may_run_out_before_the_end_have_the_early_day_alone(self):
        self.usage.add_year(CONTRACT, -100, 100, 1050)
        self.usage.add_days(CONTRACT, flat(10))
        on, early, late = self.fields(*self.DAYS)
        self.assertEqual((on, late), (None, None))
        self.assertLess(early, day(100))

    def test_tokens_that_run_out_just_before_the_end_may_last_longer_than_the_year(self):
        self.usage.add_year(CONTRACT, -100, 100, 1005)
        self.usage.add_days(CONTRACT, flat(10))
        on, _, late = self.fields(*self.DAYS)
        self.assertEqual(on, day(100))
        self.assertGreater(late, day(100))

    def test_tokens_that_are_used_up_have_run_out_on_the_day_of_the_record(self):
        for left in (0, -20):
            self.database.execute(f"delete from tokenflex.{YEARS}")
            self.usage.add_year(CONTRACT, -100, 100, left)
            self.assertEqual(self.fields(*self.DAYS), (day(0),) * 3)
        self.assertIn("no tokens are left", self.text())

    def test_usage_of_zero_keeps_the_tokens(self):
        self.usage.add_year(CONTRACT, -100, 100, 500)
        self.usage.add_days(CONTRACT, flat(0))
        self.assertEqual(self.fields("tokens_a_day", "left_at_end", *self.DAYS), (0, 500, None, None, None))

    def test_a_contract_that_has_ended_has_what_was_left(self):
        self.usage.add_year(CONTRACT, -800, -400, 7, year=1)
        self.usage.add_year(CONTRACT, -399, -1, 500, year=2)
        self.usage.add_days(CONTRACT, flat(10))
        self.assertEqual(
            self.fields("contract_year", "tokens_left", "tokens_a_day", "left_at_end", *self.DAYS),
            (2, 500, None, 500, None, None, None),
        )
        self.assertIn(f"its last contract year ended on {day(-1)}", self.text())

    def test_a_contract_between_two_years_has_the_next_one(self):
        self.usage.add_year(CONTRACT, -400, -5, 7, year=1)
        self.usage.add_year(CONTRACT, 10, 374, 95, year=2)
        self.usage.add_year(CONTRACT, 375, 739, 95, year=3)
        self.usage.add_days(CONTRACT, flat(10))
        self.assertEqual(self.fields("contract_year", "tokens_left", "runs_out_on"), (2, 95, day(19)))
        self.assertIn(f"its next contract year begins on {day(10)}", self.text())

    def test_the_last_day_of_a_year_is_part_of_it(self):
        self.usage.add_year(CONTRACT, -365, 0, 5, year=1)
        self.usage.add_year(CONTRACT, 1, 365, 1000, year=2)
        self.usage.add_days(CONTRACT, flat(10))
        self.assertEqual(self.fields("contract_year", "runs_out_on", "left_at_end"), (1, day(0), -5))

    def test_a_record_that_is_some_days_old_is_the_beginning_of_the_forecast(self):
        self.usage.add_year(CONTRACT, -100, 100, 95)
        self.usage.add_days(CONTRACT, flat(10))
        self.database.execute(
            f"update tokenflex.{YEARS} set _synced_at = now() - interval '4 days';"
            "update tokenflex_etl.run set finished_at = now() - interval '4 days'"
        )
        self.assertEqual(self.fields("tokens_left", "runs_out_on"), (95, day(5)))

    def test_a_record_that_was_loaded_again_unchanged_is_as_new_as_that_load(self):
        self.usage.add_year(CONTRACT, -100, 100, 95)
        self.usage.add_days(CONTRACT, flat(10))
        self.database.execute(f"update tokenflex.{YEARS} set _synced_at = now() - interval '40 days'")
        self.assertEqual(self.fields("runs_out_on"), (day(9),))


class Tables(ForecastCase):
    def test_a_missing_table_is_named_and_nothing_has_failed(self):
        self.etl.call(*self.etl.command("init"))
        self.assertEqual(self.forecast(), [])
        self.assertEqual([warning.split(":")[0] for warning in self.warnings], [
            f"there is no forecast without the table {table}" for table in (YEARS, DESKTOP)
        ])  # fmt: skip

    def test_cloud_usage_may_be_missing(self):
        usage = Usage(self.etl, self.database, self.simulator, jobs=(DESKTOP, YEARS))
        usage.add_year(CONTRACT, -100, 100, 95)
        usage.add_days(CONTRACT, flat(10))
        self.assertEqual(self.forecast()[0]["runs_out_on"], day(9))

    def test_a_table_of_other_columns_is_refused(self):
        Usage(self.etl, self.database, self.simulator)
        self.database.execute(f"alter table tokenflex.{YEARS} rename remaining_tokens to others")
        done = self.etl.call(*self.etl.command("forecast"))
        self.assert_failed(done, 73, "cannot make the forecast", "remaining_tokens")

    def test_of_a_schema_that_the_role_may_not_use_are_not_called_missing(self):
        Usage(self.etl, self.database, self.simulator)
        self.database.execute("create role stranger login; grant usage on schema tokenflex_etl to stranger")
        self.addCleanup(self.database.execute, "drop owned by stranger; drop role stranger")
        self.etl.write_settings({"database": {"dsn": "user=stranger"}})
        done = self.etl.call(*self.etl.command("forecast"))
        self.assert_failed(done, 77, "cannot make the forecast", "may not use the schema tokenflex")

    def test_changes_nothing_in_the_database(self):
        Usage(self.etl, self.database, self.simulator)
        self.etl.environment["PGOPTIONS"] = "-c default_transaction_read_only=on"
        self.assertEqual(self.forecast(), [])

    def test_works_in_a_schema_of_an_odd_name(self):
        self.etl.write_settings({"database": {"schema": "select"}})
        self.etl.call(*self.etl.command("init"))
        self.assertEqual(self.forecast(), [])


class History(ForecastCase):
    """The newest days, by how complete days of their age were."""

    def setUp(self):
        super().setUp()
        self.usage = Usage(self.etl, self.database, self.simulator, history=(DESKTOP, CLOUD))
        self.usage.add_year(CONTRACT, -100, 100, 500)

    def add_history(self, known, table=DESKTOP):
        """Of each day from 98 days ago on, 10 tokens now; `known` of them until it was three and a half days old."""
        category = "usage_category, " if table == CLOUD else ""
        self.database.execute(
            f"update tokenflex_etl.target_history set complete_since = now() - interval '100 days';"
            f"update tokenflex.{table} set _synced_at = usage_date + interval '3 days' + (now() at time zone 'UTC')::time"
            "  + interval '12 hours';"
            f"insert into tokenflex.{table}_history ({category}contract_number, usage_date, product_name, user_name, tokens_consumed,"
            " _row_key, _run_id, _synced_at, _valid_from, _valid_to, _ended_by_run_id, _operation)"
            f" select {category}contract_number, usage_date, product_name, user_name, {known}, _row_key, 1, usage_date + 1,"
            f" usage_date + 1, _synced_at, 2, 'update' from tokenflex.{table}"
            f" where usage_date between '{day(-98)}' and '{day(-4)}'"
        )

    def pace(self):
        (contract,) = self.forecast()
        return contract["tokens_a_day"]

    def test_days_are_scaled_up_by_what_was_known_at_their_age(self):
        self.usage.add_days(CONTRACT, {**flat(10), -1: 8, -2: 8, -3: 8})
        self.add_history(8)
        self.assertEqual(self.pace(), 10)
        self.assertIn("tokens run out between", self.text())

    def test_cloud_usage_is_scaled_up_by_its_own_history(self):
        self.usage.add_days(CONTRACT, {**flat(10), -1: 8, -2: 8, -3: 8})
        self.usage.add_days(CONTRACT, {**flat(20), -1: 12, -2: 12, -3: 12}, table=CLOUD)
        self.add_history(8)
        self.add_history(12, table=CLOUD)
        self.assertEqual(self.pace(), 30)

    def test_the_newest_days_are_left_out_if_one_of_the_tables_has_no_history(self):
        self.usage.add_days(CONTRACT, flat(10))
        self.usage.add_days(CONTRACT, {**flat(20), -1: 80, -2: 80, -3: 80}, table=CLOUD)
        self.add_history(10)
        self.database.execute(f"update tokenflex_etl.target_history set complete_since = null where table_name = '{CLOUD}'")
        self.assertEqual(self.pace(), 30)

    def test_days_of_which_less_than_half_is_known_are_left_out(self):
        self.usage.add_days(CONTRACT, {**flat(10), -1: 1, -2: 1, -3: 1})
        self.add_history(1)
        self.assertEqual(self.pace(), 10)
        self.database.execute(f"update tokenflex.{DESKTOP} set tokens_consumed = 100 where usage_date > '{day(-4)}'")
        self.assertEqual(self.pace(), 10)

    def test_days_of_which_nothing_was_known_at_first_are_left_out(self):
        self.usage.add_days(CONTRACT, flat(10))
        self.add_history(0)
        self.assertEqual(self.pace(), 10)

    def test_a_history_that_is_too_young_is_as_none(self):
        self.usage.add_days(CONTRACT, {**flat(10), -1: 80, -2: 80, -3: 80})
        self.add_history(8)
        self.database.execute("update tokenflex_etl.target_history set complete_since = now() - interval '36 days'")
        self.assertEqual(self.pace(), 10)

    def test_a_history_with_a_gap_is_as_none(self):
        self.usage.add_days(CONTRACT, {**flat(10), -1: 80, -2: 80, -3: 80})
        self.add_history(8)
        self.database.execute("update tokenflex_etl.target_history set complete_since = null")
        self.assertEqual(self.pace(), 10)


class View(ForecastCase):
    """report_forecast reads the tables that there are, also those that were made after it."""

    READ = f"{YEARS} {DESKTOP}"

    def setUp(self):
        super().setUp()
        self.usage = Usage(self.etl, self.database, self.simulator, jobs=(DESKTOP, YEARS))
        self.assertEqual(self.etl.call(*self.etl.command("init", "--reports")).exit_code, 0)

    def tables(self):
        return self.database.value(
            "select string_agg(distinct c.relname, ' ' order by c.relname) from pg_rewrite r"
            " join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass"
            " join pg_class c on c.oid = d.refobjid and d.refclassid = 'pg_class'::regclass and c.relkind = 'r'"
            " where r.ev_class = 'tokenflex.report_forecast'::regclass and c.relnamespace = 'tokenflex'::regnamespace"
        )

    def keep_history(self, fields="[usageDate, productName, userName]"):
        path = self.etl.jobs / f"{DESKTOP}.yaml"
        text = path.read_text(encoding="utf-8").replace("[usageDate, productName, userName]", fields)
        if "history: true" not in text:
            text = text.replace("target:\n", "target:\n  history: true\n")
        self.etl.write_job_text(path.name, text)

    def test_has_a_table_of_usage_that_a_later_run_makes(self):
        self.assertEqual(self.tables(), self.READ)
        self.etl.run_well(CLOUD)
        self.assertEqual(self.tables(), f"{CLOUD} {self.READ}")

    def test_has_a_history_that_a_later_run_begins_and_after_a_rebuild_the_new_one(self):
        self.keep_history()
        self.etl.run_well(DESKTOP)
        self.assertEqual(self.tables(), f"{self.READ} {DESKTOP}_history")
        self.keep_history(fields="[usageDate, productName]")
        self.etl.run_well("--rebuild", DESKTOP)
        self.assertEqual(self.tables(), f"{self.READ} {DESKTOP}_history")
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.target_history where ended_at is not null"), "1")

    def test_has_a_table_that_takes_the_name_of_a_renamed_one(self):
        self.database.execute(f"alter table tokenflex.{YEARS} rename to put_away")
        self.etl.run_well(YEARS)
        self.assertEqual(self.tables(), self.READ)

    def test_keeps_its_readers(self):
        self.database.execute("create role reader login")
        self.addCleanup(self.database.execute, "drop owned by reader; drop role reader")
        self.database.execute("grant select on tokenflex.report_forecast to reader")
        self.etl.run_well(CLOUD)
        self.assertEqual(
            self.database.value("select has_table_privilege('reader', 'tokenflex.report_forecast', 'select')"), "t"
        )

    def test_is_not_made_by_a_run(self):
        self.database.execute("drop view tokenflex.report_forecast")
        self.etl.run_well(CLOUD)
        self.assertEqual(self.database.value("select count(*) from pg_class where relname = 'report_forecast'"), "0")

    def test_of_another_owner_stays_and_the_command_is_named(self):
        self.database.execute(
            "create role keeper; create role loader login; grant usage, create on schema tokenflex to keeper;"
            "alter view tokenflex.report_forecast owner to keeper; grant create on schema tokenflex to loader;"
            "grant all on schema tokenflex, tokenflex_etl to loader;"
            "grant all on all tables in schema tokenflex, tokenflex_etl to loader;"
            "grant all on all sequences in schema tokenflex_etl to loader"
        )
        self.addCleanup(self.database.execute, "drop owned by keeper, loader; drop role keeper, loader")
        self.etl.write_settings({"database": {"dsn": "user=loader"}})
        done = self.etl.run_well(CLOUD)
        (warning,) = [line for line in done.log("warn") if "report_forecast" in line]
        self.assertIn("let the owner of the views run `tokenflex-etl init --reports`: ", warning)
        self.assertIn("must be owner", warning)
        self.assertEqual(self.tables(), self.READ)


if __name__ == "__main__":
    main()
