"""init --reports: the views over the shipped jobs' tables, their numbers to the last digit."""

import datetime
import json
import re

from harness import CONTRACT, SOURCE, EtlTestCase, OneSetUp, main

DESKTOP = ["usageDate", "productName", "userName"]
CLOUD = ["usageDate", "usageCategory", "productName", "userName"]
MANUAL = ["usageDate", "usageCategory", "transactionDate", "reasonType", "reasonComment"]
CUSTOM = ["usageMonth", "usageCategory", "productName", "customField1"]
USERS = ["usageMonth"]
USAGE = ["DESKTOP_PRODUCT", "CLOUD_PRODUCT", "CLOUD_SERVICE"]
PRODUCT_USERS = ["usageMonth", "productName"]
SUMMARY = ["usageMonth", "contractYear", "usageCategory"]

# The days of all RESULTS.
ALL_DAYS = ("--from", "2019-01-01", "--to", "2999-01-01")

VIEWS = [
    "report_contract_balance",
    "report_daily_burn",
    "report_forecast",
    "report_freshness",
    "report_monthly_tokens",
    "report_monthly_users",
    "report_reconciliation",
    "report_restatements",
]

# Those that read the shipped jobs' tables alone.
OF_TABLES = ["report_contract_balance", "report_daily_burn", "report_monthly_tokens", "report_monthly_users"]

DETAIL = {
    "contractNumber": CONTRACT,
    "contractName": "Example",
    "contractYears": [
        {
            "year": 1,
            "startDate": "2020-01-01",
            "endDate": "2020-12-31",
            "provisionedTokens": 1000,
            "consumedTokens": 333.5,
            "remainingTokens": 666.5,
            "multiyearTokensAtStart": 100.25,
            "multiyearConsumedTokens": 40,
        },
        {
            "year": 2,
            "startDate": "2998-01-01",
            "endDate": "2998-12-31",
            "provisionedTokens": 0,
            "consumedTokens": 0,
            "remainingTokens": 0,
        },
    ],
}


def result(fields, metrics, *rows):
    return {"fields": fields, "columns": fields + metrics, "rows": list(rows)}


def day(number):
    return (datetime.date(2026, 1, 1) + datetime.timedelta(days=number - 1)).isoformat()


def desktop_rows():
    """28 days of 1.1 tokens but for the first, 28 of 2.2, none, and a last one."""
    yield f'["{day(1)}","AutoCAD","ann",0.4,1]'
    yield f'["{day(1)}","AutoCAD","bob",0.2,1]'
    for number in range(2, 57):
        yield f'["{day(number)}","AutoCAD","ann",{1.1 if number <= 28 else 2.2},1]'
    yield f'["{day(58)}","AutoCAD","ann",0.000000000000000001,1]'


RESULTS = [
    result(DESKTOP, ["tokensConsumed", "usageHours"], *desktop_rows()),
    result(CLOUD, ["tokensConsumed", "quantity", "useCount"], f'["{day(1)}","CLOUD_SERVICE","Render","ann",0.4,1,1]'),
    result(
        MANUAL,
        ["tokensConsumed"],
        f'["{day(1)}","MANUAL_CONSUMPTION","{day(1)}T10:00:00","training",null,0.3]',
        f'["{day(1)}","MANUAL_ADJUSTMENT","{day(1)}T11:00:00","refund",null,-0.2]',
        '["2025-03-01","MANUAL_CONSUMPTION","2025-03-01T10:00:00","training",null,50]',
    ),
    result(
        CUSTOM,
        ["tokensConsumed"],
        '["2026-01-01","DESKTOP_PRODUCT","AutoCAD","Bridges",9007199254740993]',
        '["2026-01-01","CLOUD_PRODUCT","AutoCAD","Bridges",0.1]',
        '["2026-01-01","DESKTOP_PRODUCT","AutoCAD",null,0]',
        '["2026-02-01","DESKTOP_PRODUCT","AutoCAD","Bridges",1]',
        '["2026-02-01","DESKTOP_PRODUCT","Revit","Roads",2]',
    ),
    result(USERS, ["uniqueUsers", "uniqueProducts", "tokensConsumed"], '["2026-01-01",3,2,100]', '["2998-01-01",0,0,0]'),
    result(
        PRODUCT_USERS, ["uniqueUsers", "tokensConsumed"], '["2026-01-01","AutoCAD",3,60]', '["2026-01-01","Revit",2,40]'
    ),
    result(
        SUMMARY,
        ["tokensConsumed", "uniqueUsers", "uniqueProducts"],
        '["2020-11-01",1,"DESKTOP_PRODUCT",300.25,1,1]',
        '["2020-12-01",1,"DESKTOP_PRODUCT",30.1,1,1]',
        '["2020-12-01",1,"MANUAL_ADJUSTMENT",-0.000000000000000001,null,null]',
    ),
]


class ReportsCase(EtlTestCase):
    simulator_settings = {"results": RESULTS}

    def setUp(self):
        super().setUp()
        self.simulator.script(
            {"on": "contract", "times": -1, "status": 200, "body": json.dumps(DETAIL)},
            {"on": "enrichment", "times": -1, "status": 200, "body": '["Department"]'},
        )

    def shipped(self, *arguments):
        """With the shipped jobs, but of one chunk each: the simulator answers every query with all of its RESULTS."""
        settings = str(self.etl.directory / "tokenflex-etl.yaml")
        jobs = self.etl.directory / "shipped"
        jobs.mkdir(exist_ok=True)
        for file in (SOURCE / "jobs").glob("*.yaml"):
            (jobs / file.name).write_text(re.sub(r"  chunk: month\n", "", file.read_text()))
        return self.etl.call("--config", settings, "--jobs", str(jobs), "--output", "json", *arguments)

    def run_shipped(self, *jobs):
        done = self.shipped("run", *ALL_DAYS, *jobs)
        self.assertEqual(done.exit_code, 0, done.stderr)

    def init(self):
        """What became of each view."""
        done = self.shipped("init", "--reports")
        self.assertEqual(done.exit_code, 0, done.stderr)
        return {report["view"]: report["status"] for report in json.loads(done.stdout)["reports"]}

    def load_and_init(self):
        self.run_shipped()
        self.assertEqual(self.init(), dict.fromkeys(VIEWS, "created"))


class LoadedCase(ReportsCase):
    def setUp(self):
        super().setUp()
        self.load_and_init()


class Numbers(OneSetUp, LoadedCase):
    def test_of_months_are_summed_by_product_and_custom_field(self):
        self.assertEqual(
            self.database.rows("table tokenflex.report_monthly_tokens order by 2, 3, 5"),
            [
                (CONTRACT, "2026-01-01", "AutoCAD", "Department", "Bridges", "9007199254740993.1", "100.00", "t"),
                (CONTRACT, "2026-01-01", "AutoCAD", "Department", None, "0", "0.00", "t"),
                (CONTRACT, "2026-02-01", "AutoCAD", "Department", "Bridges", "1", "33.33", "t"),
                (CONTRACT, "2026-02-01", "Revit", "Department", "Roads", "2", "66.67", "t"),
            ],
        )

    def burn(self, number):
        return self.database.row(
            "select desktop_tokens, cloud_tokens, manual_tokens, tokens_consumed, tokens_28_days, average_28_days,"
            f" trend_28_days from tokenflex.report_daily_burn where usage_date = '{day(number)}'"
        )

    def test_of_a_day_are_desktop_cloud_and_by_hand(self):
        self.assertEqual(self.burn(1), ("0.6", "0.4", "0.1", "1.1", None, None, None))

    def test_of_28_days_are_there_from_the_28th_on(self):
        self.assertEqual(self.burn(27), ("1.1", "0", "0", "1.1", None, None, None))
        self.assertEqual(self.burn(28), ("1.1", "0", "0", "1.1", "30.8", "1.100000", None))

    def test_of_the_trend_are_there_from_the_56th_day_on(self):
        self.assertEqual(self.burn(55)[4:], ("60.5", "2.160714", None))
        self.assertEqual(self.burn(56), ("2.2", "0", "0", "2.2", "61.6", "2.200000", "1.100000"))

    def test_of_a_day_without_usage_are_zero(self):
        self.assertEqual(self.burn(57), ("0", "0", "0", "0", "59.4", "2.121429", "0.982143"))

    def test_of_a_day_are_exact(self):
        tiny = "0.000000000000000001"
        self.assertEqual(self.burn(58), (tiny, "0", "0", tiny, "57.200000000000000001", "2.042857", "0.864286"))

    def test_of_days_begin_and_end_with_usage_and_not_with_bookings_by_hand(self):
        self.assertEqual(
            self.database.row("select count(*), min(usage_date), max(usage_date) from tokenflex.report_daily_burn"),
            ("58", day(1), day(58)),
        )

    def test_of_users_are_those_of_the_month_and_no_sum_over_products(self):
        summed = self.database.value("select sum(unique_users) from tokenflex.monthly_product_users")
        self.assertEqual(summed, "5")
        self.assertEqual(
            self.database.rows("table tokenflex.report_monthly_users order by 2"),
            [
                (CONTRACT, "2026-01-01", "3", "2", "100", "33.333333", "t", "t"),
                (CONTRACT, "2998-01-01", "0", "0", "0", None, "f", "f"),
            ],
        )

    def test_of_the_contract_have_the_usage_beside_them(self):
        self.assertEqual(
            self.database.rows(
                "select contract_number, contract_name, contract_year, is_running, elapsed_percent, provisioned_tokens,"
                " consumed_tokens, remaining_tokens, consumed_percent, usage_tokens_consumed, usage_first_month,"
                " usage_last_month, tokens_left from tokenflex.report_contract_balance order by contract_year"
            ),
            [
                (CONTRACT, "Example", "1", "f", "100.00", "1000", "333.5", "666.5", "33.95", "330.349999999999999999")
                + ("2020-11-01", "2020-12-01", "726.75"),
                (CONTRACT, "Example", "2", "f", "0.00", "0", "0", "0", None, None, None, None, "0"),
            ],
        )

    def test_of_freshness_are_those_of_each_table(self):
        rows = self.database.rows(
            "select table_name, contract_number, last_day_age, last_day = (now() at time zone 'UTC')::date - 1,"
            " age < interval '10 minutes' from tokenflex.report_freshness order by 1"
        )
        dated = ("1", "t", "t")
        self.assertEqual(
            rows,
            [
                ("cloud_usage", CONTRACT, *dated),
                ("contract_years", CONTRACT, None, None, "t"),
                ("contracts", CONTRACT, None, None, "t"),
                ("custom_field_names", CONTRACT, None, None, "t"),
                ("daily_product_usage", CONTRACT, *dated),
                ("manual_adjustments", CONTRACT, *dated),
                ("monthly_custom_field_tokens", CONTRACT, *dated),
                ("monthly_product_users", CONTRACT, *dated),
                ("monthly_summary_by_category", CONTRACT, *dated),
                ("monthly_users", CONTRACT, *dated),
            ],
        )

    def test_are_none_of_them_doubles(self):
        self.assertEqual(
            self.database.rows(
                "select table_name, column_name from information_schema.columns"
                " where table_name like 'report%' and data_type in ('double precision', 'real')"
            ),
            [],
        )

    def test_have_a_comment_on_each_view_and_where_they_may_be_misread(self):
        for view in VIEWS:
            comment = self.database.value(f"select obj_description('tokenflex.{view}'::regclass)")
            self.assertIn("init --reports", comment)
        for view, column, words in [
            ("report_monthly_users", "unique_users", "Cannot be summed"),
            ("report_daily_burn", "tokens_28_days", "Cannot be summed"),
            ("report_contract_balance", "consumed_tokens", "may differ from the total of the usage"),
        ]:
            comment = self.database.value(
                f"select col_description('tokenflex.{view}'::regclass, attnum) from pg_attribute"
                f" where attrelid = 'tokenflex.{view}'::regclass and attname = '{column}'"
            )
            self.assertIn(words, comment)


class NumbersOfOtherRows(LoadedCase):
    def test_of_the_running_year_are_told(self):
        detail = json.loads(json.dumps(DETAIL))
        today = datetime.datetime.now(datetime.timezone.utc).date()
        detail["contractYears"][1].update(
            startDate=(today - datetime.timedelta(days=1)).isoformat(),
            endDate=(today + datetime.timedelta(days=2)).isoformat(),
        )
        self.simulator.script({"on": "contract", "times": -1, "status": 200, "body": json.dumps(detail)})
        self.run_shipped("contract_years")
        row = "select is_running, elapsed_percent from tokenflex.report_contract_balance where contract_year = 2"
        self.assertEqual(self.database.row(row), ("t", "25.00"))

    def test_of_a_contract_are_the_same_where_another_has_rows_too(self):
        tables = self.database.rows(
            "select table_name from information_schema.tables where table_schema = 'tokenflex' and table_type = 'BASE TABLE'"
        )
        views = {view: f"select * from tokenflex.{view} where contract_number = '{CONTRACT}'" for view in OF_TABLES}
        before = {view: sorted(map(repr, self.database.rows(query))) for view, query in views.items()}
        for (table,) in tables:
            self.database.execute(
                f"insert into tokenflex.{table} select (jsonb_populate_record(t, jsonb_build_object("
                f"'contract_number', '11000000002', '_row_key', gen_random_uuid()))).* from tokenflex.{table} t"
            )
        for view, query in views.items():
            self.assertEqual(sorted(map(repr, self.database.rows(query))), before[view], view)


class Init(ReportsCase):
    def test_leaves_out_views_whose_tables_are_missing_and_names_the_jobs(self):
        self.run_shipped("contracts", "contract_years", "monthly_users")
        done = self.etl.call(*self.etl.command("init", "--reports"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        self.assertIn("view tokenflex.report_freshness: created\n", done.stdout)
        self.assertIn("view tokenflex.report_monthly_users: created\n", done.stdout)
        self.assertIn(
            "view tokenflex.report_contract_balance: left out: there is no table monthly_summary_by_category\n", done.stdout
        )
        self.assertIn(
            "view tokenflex.report_monthly_tokens: left out: there is no table monthly_custom_field_tokens,"
            " custom_field_names\n",
            done.stdout,
        )
        self.assertEqual(
            done.stdout.splitlines()[-1],
            "run the shipped jobs that load the missing tables, then init --reports again: tokenflex-etl run"
            " monthly_summary_by_category daily_product_usage monthly_custom_field_tokens custom_field_names",
        )
        self.assertFalse(self.database.has_table("tokenflex.report_daily_burn"))

    def test_makes_the_burn_of_the_tables_that_are_loaded_and_again_when_there_are_more(self):
        burn = f"select desktop_tokens, cloud_tokens, manual_tokens, tokens_consumed from tokenflex.report_daily_burn where usage_date = '{day(1)}'"
        self.run_shipped("daily_product_usage")
        self.assertEqual(self.init()["report_daily_burn"], "created")
        self.assertEqual(self.database.row(burn), ("0.6", "0", "0", "0.6"))
        self.run_shipped("cloud_usage")
        self.assertEqual(self.database.row(burn), ("0.6", "0.4", "0", "1.0"))
        self.run_shipped("manual_adjustments")
        self.assertEqual(self.database.row(burn), ("0.6", "0.4", "0.1", "1.1"))

    def test_that_has_become_stale_is_named_by_doctor_and_status_until_it_is_made_again(self):
        self.run_shipped("daily_product_usage")
        self.init()
        self.assertNotIn("report_views", self.stale_views())
        self.database.execute("create table tokenflex.cloud_usage as table tokenflex.daily_product_usage")
        self.assertIn("out of date, they do not read the tables that exist now: report_daily_burn", self.stale_views()["report_views"])
        status = self.shipped("status")
        self.assertEqual(json.loads(status.stdout)["stale_views"], ["report_daily_burn"])
        text = self.etl.call(*self.etl.command("status")).stdout
        self.assertIn("Report views that are out of date (tokenflex-etl init --reports creates them for the tables that exist now): report_daily_burn\n", text)
        self.init()
        self.assertNotIn("report_views", self.stale_views())
        self.assertNotIn("Report views", self.etl.call(*self.etl.command("status")).stdout)

    def stale_views(self):
        """The messages of doctor's checks by their names."""
        checks = json.loads(self.shipped("doctor").stdout)["checks"]
        return {check["name"]: check["message"] for check in checks}

    def test_of_an_empty_database_makes_what_needs_no_table(self):
        self.assertEqual(
            self.init(),
            {**dict.fromkeys(VIEWS, "left_out"), "report_freshness": "created", "report_reconciliation": "created", "report_restatements": "created"},
        )
        self.assertEqual(self.database.rows("table tokenflex.report_freshness"), [])

    def test_again_changes_nothing(self):
        self.load_and_init()
        definitions = "select viewname, definition from pg_views where schemaname = 'tokenflex' order by 1"
        before = self.database.rows(definitions)
        self.assertEqual(self.init(), dict.fromkeys(VIEWS, "replaced"))
        self.assertEqual(self.database.rows(definitions), before)

    def make_older_view(self):
        """As an older version might have made it."""
        self.database.execute(
            "drop view tokenflex.report_monthly_users;"
            "create view tokenflex.report_monthly_users as select usage_month from tokenflex.monthly_users;"
            "comment on view tokenflex.report_monthly_users is 'Users. Made by tokenflex-etl init --reports.';"
        )

    def test_makes_a_view_of_other_columns_anew_with_its_grants(self):
        self.load_and_init()
        self.database.execute("create role \"Odd \"\"One\"")
        self.addCleanup(self.database.execute, 'drop owned by "Odd ""One"; drop role "Odd ""One"')
        self.make_older_view()
        self.database.execute('grant select on tokenflex.report_monthly_users to "Odd ""One" with grant option')
        self.database.execute("grant select on tokenflex.report_monthly_users to public")
        acl = "select relacl from pg_class where relname = 'report_monthly_users'"
        before = self.database.value(acl)
        self.assertEqual(self.init()["report_monthly_users"], "recreated")
        self.assertEqual(self.database.value(acl), before)
        self.assertEqual(self.database.value("select unique_users from tokenflex.report_monthly_users limit 1"), "3")

    def test_does_not_make_a_view_anew_that_others_read(self):
        self.load_and_init()
        self.make_older_view()
        self.database.execute("create view public.mine as table tokenflex.report_monthly_users")
        failed = self.shipped("init", "--reports")
        self.assert_failed(failed, 73, "tokenflex.report_monthly_users needs other columns", "public.mine reads it")
        self.assertEqual(self.database.count("public.mine"), 2)

    def test_leaves_alone_what_somebody_else_has_made(self):
        for statement, drop in [
            ("create view tokenflex.report_freshness as select 1 as mine", "view"),
            ("create table tokenflex.report_freshness (mine integer)", "table"),
        ]:
            self.database.execute(f"create schema if not exists tokenflex; {statement}")
            failed = self.shipped("init", "--reports")
            self.assert_failed(failed, 73, "tokenflex.report_freshness is there", "not made by init --reports")
            self.database.execute(f"select mine from tokenflex.report_freshness; drop {drop} tokenflex.report_freshness")

    def test_leaves_out_a_view_whose_table_has_other_columns(self):
        self.run_shipped()
        self.database.execute("alter table tokenflex.monthly_users rename unique_users to heads")
        done = self.shipped("init", "--reports")
        self.assertEqual(done.exit_code, 0, done.stderr)
        reports = {report["view"]: report for report in json.loads(done.stdout)["reports"]}
        self.assertEqual(reports["report_monthly_users"]["status"], "left_out")
        self.assertIn("unique_users", reports["report_monthly_users"]["reason"])
        self.assertEqual(reports["report_daily_burn"]["status"], "created")

    def test_lets_readers_read_the_views_and_nothing_of_the_tool(self):
        self.database.execute("create role reporting login")
        self.addCleanup(self.database.execute, "drop owned by reporting; drop role reporting")
        self.etl.write_settings({"database": {"grant_select_to": ["reporting"]}})
        self.load_and_init()
        for view in VIEWS:
            self.database.execute(f"set role reporting; select count(*) from tokenflex.{view}")
        usable = self.database.value("select has_schema_privilege('reporting', 'tokenflex_etl', 'usage')")
        self.assertEqual(usable, "f")

    def test_works_in_a_schema_of_an_odd_name(self):
        self.etl.write_settings({"database": {"schema": "select"}})
        self.load_and_init()
        self.assertEqual(self.database.count('"select".report_daily_burn'), 58)
        self.assertEqual(self.database.value("select to_regnamespace('tokenflex')"), None)

    def test_reads_no_table_of_another_schema(self):
        self.load_and_init()
        self.database.execute("create table public.monthly_users as table tokenflex.monthly_users with no data")
        self.database.execute(f"alter role current_user in database {self.database.value('select current_database()')}"
                              " set search_path to public, tokenflex")
        self.assertEqual(self.init()["report_monthly_users"], "replaced")
        self.assertEqual(self.database.count("tokenflex.report_monthly_users"), 2)

    def test_as_sql_makes_the_same_views(self):
        self.load_and_init()
        definitions = "select viewname, definition from pg_views where schemaname = 'tokenflex' order by 1"
        before = self.database.rows(definitions)
        script = self.etl.call(*self.etl.command("init", "--sql", "--reports"))
        self.assertEqual(script.exit_code, 0, script.stderr)
        for view in VIEWS:
            self.database.execute(f"drop view tokenflex.{view}")
        self.database.execute(script.stdout)
        self.assertEqual(self.database.rows(definitions), before)
        self.assertEqual(self.init(), dict.fromkeys(VIEWS, "replaced"))


class Loads(ReportsCase):
    """Loads into tables that views read."""

    def write_users(self, **changes):
        job = {
            "contract": CONTRACT,
            "query": {"fields": USERS, "metrics": ["uniqueUsers", "uniqueProducts", "tokensConsumed"], "usageCategory": USAGE},
            "window": {"field": "usageMonth", "last": "3 months"},
            **changes,
        }
        self.etl.write_job_text("monthly_users.yaml", json.dumps(job))

    def test_that_need_another_type_name_the_view_and_change_nothing(self):
        self.load_and_init()
        self.write_users(target={"types": {"uniqueUsers": "text"}})
        self.assert_failed(self.etl.run(*ALL_DAYS), 73, "unique_users", "while a view uses it", "tokenflex.report_monthly_users")
        self.assertEqual(self.database.count("tokenflex.report_monthly_users"), 2)

    def test_go_on_once_the_view_is_dropped_and_init_makes_it_again_where_it_fits(self):
        self.load_and_init()
        self.write_users(target={"types": {"uniqueProducts": "numeric"}})
        self.assert_failed(self.etl.run(*ALL_DAYS), 73, "tokenflex.report_monthly_users")
        self.database.execute("drop view tokenflex.report_monthly_users")
        self.etl.run_well(*ALL_DAYS)
        self.assertEqual(self.init()["report_monthly_users"], "created")
        self.assertEqual(self.database.count("tokenflex.report_monthly_users"), 2)

    def test_that_rebuild_a_table_keep_the_view_on_the_new_one(self):
        self.load_and_init()
        results = [entry for entry in RESULTS if entry["fields"] != USERS]
        fields = ["usageMonth", "productLineCode"]
        metrics = ["uniqueUsers", "uniqueProducts", "tokensConsumed"]
        results.append(result(fields, metrics, '["2026-01-01","main",7,1,14]'))
        self.simulator.config(results=results)
        self.write_users(query={"fields": fields, "metrics": metrics, "usageCategory": ["DESKTOP_PRODUCT"]})
        self.etl.run_well("--rebuild", *ALL_DAYS)
        self.assertEqual(
            self.database.rows("table tokenflex.report_monthly_users"),
            [(CONTRACT, "2026-01-01", "7", "1", "14", "2.000000", "t", "t")],
        )
        self.assertEqual(self.init()["report_monthly_users"], "replaced")


if __name__ == "__main__":
    main()
