"""What a job demands of an answer before it becomes visible: min_rows, not_null, in, sql and max_change."""

import datetime
import json

from harness import CONTRACT, EtlTestCase, cases, main

DAY = {"field": "usageDate", "last": "30 days", "until": "2026-12-01"}
COLUMNS = ["usageDate", "productName", "userName", "tokensConsumed"]
GOOD = ['["2026-11-05","AutoCAD","ann",5]', '["2026-11-06","Revit","bob",1.5]']
OTHER = "11000000002"


class ChecksCase(EtlTestCase):
    def answer(self, *rows, columns=COLUMNS, contract=CONTRACT):
        self.simulator.config(results=[{"contract": contract, "columns": list(columns), "rows": list(rows)}])

    def write(self, checks, **changes):
        self.etl.write_job("usage", **{"window": DAY, "checks": checks, **changes})

    def assert_refused(self, *words, code=65):
        self.assert_failed(self.etl.run(), code, *words)
        self.assertEqual(self.last_run("status"), ("failed",))

    def assert_holds_good_rows(self):
        self.assertEqual(self.database.value("select sum(tokens_consumed) from tokenflex.usage"), "6.5")


FAILING = {
    "min_rows": ({"min_rows": 3}, GOOD, ["the answer has 2 rows, and checks.min_rows is 3"]),
    "min_rows_of_an_empty_answer": ({"min_rows": 1}, [], ["the answer has 0 rows, and checks.min_rows is 1"]),
    "not_null": (
        {"not_null": ["usageDate", "userName"]},
        [*GOOD, '["2026-11-07","AutoCAD",null,1]'],
        ["1 row of the answer fails checks.not_null (userName)", "product_name = AutoCAD", "user_name = null"],
    ),
    "not_null_of_a_metric": (
        {"not_null": ["tokensConsumed"]},
        [*GOOD, '["2026-11-07","AutoCAD","ann",null]'],
        ["checks.not_null (tokensConsumed)", "user_name = ann, tokens_consumed = null"],
    ),
    "in": (
        {"in": {"productName": ["AutoCAD"]}},
        GOOD,
        ["1 row of the answer fails checks.in (productName)", "usage_date = 2026-11-06", "product_name = Revit"],
    ),
    "in_of_dates": ({"in": {"usageDate": ["2026-11-05"]}}, GOOD, ["checks.in (usageDate)", "bob"]),
    "in_of_numbers": ({"in": {"tokensConsumed": ["5.0", 2]}}, GOOD, ["checks.in (tokensConsumed)", "1.5"]),
    "in_of_quotes": ({"in": {"productName": ['Auto"CAD', "a\\b", "{x}", ","]}}, GOOD, ["2 rows", "AutoCAD"]),
    "sql": (
        {
            "sql": [
                "select * from staged where tokens_consumed > 100",
                "select user_name from staged where usage_date > '2026-11-05'",
            ]
        },
        GOOD,
        ["1 row of the answer fails checks.sql (select user_name from staged", "user_name = bob"],
    ),
    "sql_that_ends_in_a_comment": (
        {"sql": "select contract_number, 'is -- wrong' as why from staged limit 1; -- for a reason"},
        GOOD,
        [f"contract_number = {CONTRACT}, why = is -- wrong"],
    ),
    "sql_with_a_common_table": (
        {"sql": "with s as (select count(*) as rows from staged) select rows from s where rows <> 9"},
        GOOD,
        ["rows = 2"],
    ),
}


@cases({f"{name}_by_{source}": (name, source) for name in FAILING for source in ("query", "export")})
class Failing(ChecksCase):
    def check(self, case):
        name, source = case
        checks, rows, words = FAILING[name]
        self.answer(*rows)
        self.write(checks, source=source, target={"key": ["usageDate", "productName", "userName"]})
        self.assert_refused(*words)
        self.assertFalse(self.database.has_table("tokenflex.usage"))
        self.answer(*GOOD)
        self.write({}, source=source)
        self.etl.run_well()
        self.answer(*rows)
        self.write({"max_vanished": "100%", **checks}, source=source)
        self.assert_refused(*words)
        self.assert_holds_good_rows()


class Many(ChecksCase):
    def test_values_of_violations_are_not_in_the_report(self):
        """They may be names of people."""
        page = self.etl.directory / "report.html"
        self.answer(*GOOD)
        self.write({})
        self.etl.run_well()
        self.answer('["2026-11-05","AutoCAD","somebody",1]')
        self.write({"in": {"userName": ["ann"]}})
        self.assert_refused("user_name = somebody")
        self.assertEqual(self.etl.call(*self.etl.command("report", "--html", str(page))).exit_code, 0)
        text = page.read_text(encoding="utf-8")
        self.assertTrue("1 row of the answer fails checks.in" in text)
        self.assertFalse("somebody" in text)

    def test_violations_are_counted_and_three_are_shown(self):
        self.answer(*(f'["2026-11-05","AutoCAD","user{number}",1]' for number in range(50)))
        query = "select user_name from staged order by user_name"
        for checks in ({"in": {"productName": ["Revit"]}}, {"sql": [query]}):
            self.write(checks)
            self.assert_refused("50 rows of the answer fail", "user_name = user0", "; and 47 more")


PASSING = {
    "all_at_once": {
        "min_rows": 2,
        "not_null": COLUMNS,
        "in": {"productName": ["AutoCAD", "Revit"], "usageDate": ["2026-11-05", "2026-11-06"]},
        "sql": ["select * from staged where tokens_consumed < 0", "select 1 where false"],
    },
    "a_null_among_values": {"in": {"userName": ["ann", "bob"]}},
}


@cases(PASSING)
class Passing(ChecksCase):
    def check(self, checks):
        self.answer(*GOOD)
        self.write(checks)
        for night in range(2):
            run = self.etl.run_well().one_run
            self.assertEqual(run["rows_inserted"], 2 if night == 0 else 0)
        self.assert_holds_good_rows()

    def test_a_null_is_no_value_that_is_not_listed(self):
        self.answer('["2026-11-05","AutoCAD",null,6.5]')
        self.write({"in": {"userName": ["ann"]}})
        self.etl.run_well()
        self.assert_holds_good_rows()

    def test_a_value_is_one_that_is_listed_whatever_its_characters(self):
        names = ['Auto"CAD', "a\\b", "{x}", ",", "null", "o'x"]
        self.answer(*(json.dumps(["2026-11-05", name, "ann", 1]) for name in names))
        self.write({"in": {"productName": names}})
        self.assertEqual(self.etl.run_well().one_run["rows_inserted"], len(names))

    def test_a_check_of_a_job_that_appends(self):
        self.answer(*GOOD)
        self.write({"not_null": ["userName"], "min_rows": 1}, target={"mode": "append"})
        self.etl.run_well()
        self.assert_holds_good_rows()

    def test_a_renamed_column_has_its_own_name_in_queries(self):
        self.answer(*GOOD)
        self.write({"sql": "select * from staged where login = 'carl'"}, target={"rename": {"userName": "login"}})
        self.etl.run_well()
        self.assert_holds_good_rows()

    def test_a_window_of_rows_without_a_date_is_in_the_view(self):
        self.answer('["AutoCAD",6.5]', columns=["productName", "tokensConsumed"])
        self.write(
            {"sql": "select * from staged where window_start <> '2026-11-01' or window_end <> '2026-12-01'"},
            query={"fields": ["productName"], "metrics": ["tokensConsumed"]},
        )
        self.etl.run_well()
        self.assert_holds_good_rows()

    def test_every_contract_is_checked_by_itself(self):
        rows = {"columns": COLUMNS, "rows": GOOD}
        self.simulator.config(results=[{"contract": number, **rows} for number in (CONTRACT, OTHER)])
        self.write({"sql": f"select * from staged where contract_number = '{OTHER}'"}, contract=[CONTRACT, OTHER])
        self.assertEqual(self.etl.run().exit_code, 65)
        loaded = self.database.value("select string_agg(distinct contract_number, ',') from tokenflex.usage")
        self.assertEqual(loaded, CONTRACT)


UNSOUND = {
    "of_unknown_columns": ("select nothing from staged", "does not exist"),
    "that_are_no_sql": ("chose * from staged", "syntax error"),
    "of_two_statements": ("select 1 where false; drop table tokenflex.precious", "multiple commands"),
    "that_write": ("with gone as (delete from tokenflex.precious returning 1) select * from gone", ""),
    "that_write_by_a_function": ("select tokenflex.write() from staged", "read-only"),
    "that_divide_by_zero": ("select 1 / (count(*) - 2) from staged", "division by zero"),
    "that_are_no_query": ("delete from tokenflex.precious", ""),
}


@cases(UNSOUND)
class Unsound(ChecksCase):
    """Queries that cannot be run are refused, and have done nothing."""

    def check(self, case):
        query, words = case
        self.database.execute(
            "create schema if not exists tokenflex; create table tokenflex.precious as select 1 as one;"
            "create function tokenflex.write() returns int language sql as"
            " 'insert into tokenflex.precious values (2) returning one'"
        )
        self.addCleanup(self.database.execute, "drop table tokenflex.precious; drop function tokenflex.write()")
        self.answer(*GOOD)
        self.write({"sql": [query]})
        self.assert_refused("checks.sql (", "cannot be run", words, "that writes nothing", code=78)
        self.assertEqual(self.database.value("select string_agg(one::text, ',') from tokenflex.precious"), "1")
        self.assertFalse(self.database.has_table("tokenflex.usage"))


class MaxChange(ChecksCase):
    """Of the days that were over when they were loaded."""

    def night(self, tokens, *arguments):
        self.answer(f'["2026-11-05","AutoCAD","ann",{tokens}]')
        return self.etl.run(*arguments)

    def setUp(self):
        super().setUp()
        self.write({"max_change": {"tokensConsumed": "30%"}})
        self.assertEqual(self.night(100).exit_code, 0)

    def tokens(self):
        return self.database.value("select sum(tokens_consumed) from tokenflex.usage")

    def test_up_to_the_percentage_is_loaded(self):
        for tokens in (130, 91):
            self.assertEqual(self.night(tokens).exit_code, 0)
            self.assertEqual(self.tokens(), str(tokens))

    def test_beyond_the_percentage_is_refused(self):
        for tokens in (131, 69):
            result = self.night(tokens)
            words = f"the sum of tokensConsumed changes from 100 to {tokens}, more than the 30% of checks.max_change"
            self.assert_failed(result, 65, words, "--accept")
            self.assertEqual(self.tokens(), "100")

    def test_is_accepted_in_one_run(self):
        result = self.night(500, "--accept")
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertIn("changes from 100 to 500", result.stderr)
        self.assertEqual(self.tokens(), "500")
        accepted = self.database.value("select accepted[1] from tokenflex_etl.run order by run_id desc limit 1")
        self.assertIn("changes from 100 to 500", accepted)
        self.assertEqual(self.night(100).exit_code, 65)

    def test_of_days_that_no_load_has_covered_is_none(self):
        checks = {"max_change": {"tokensConsumed": "0%"}}
        self.etl.write_job("usage", window={**DAY, "last": "60 days"}, checks=checks)
        for _ in range(2):
            self.answer('["2026-10-05","AutoCAD","ann",70]', '["2026-11-05","AutoCAD","ann",100]')
            self.etl.run_well()
        self.answer('["2026-10-05","AutoCAD","ann",71]', '["2026-11-05","AutoCAD","ann",100]')
        self.assert_refused("from 170 to 171, more than the 0%")

    def test_of_a_day_that_was_not_over_is_none(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        window = {"field": "usageDate", "last": "3 days", "until": str(today + datetime.timedelta(days=1))}
        checks = {"max_change": {"tokensConsumed": "0%"}, "max_vanished": "0%"}
        self.etl.write_job("usage", window=window, checks=checks)
        for tokens in (1, 400):
            self.answer(f'["{today}","AutoCAD","ann",{tokens}]')
            self.etl.run_well()


class Values(ChecksCase):
    def test_of_another_type_are_refused(self):
        self.answer(*(row.replace('"ann"', "1").replace('"bob"', "2") for row in GOOD))
        self.write({"in": {"userName": ["many"]}}, target={"types": {"userName": "integer"}})
        self.assert_failed(self.etl.run(), 78, "`many` is not a value of `userName`", "bigint")


if __name__ == "__main__":
    main()
