"""run --rebuild: a table whose grain has changed is replaced by a new one, with all that hangs on it."""

from harness import CONTRACT, main
from harness.rebuild import DAYS, NEW_FIELDS, OLD_FIELDS, QUARTER, REBUILD, RebuildTestCase

OTHER_CONTRACT = "11000000002"


class Rebuild(RebuildTestCase):
    def test_is_named_where_the_grain_is_another(self):
        self.assert_failed(self.etl.run(*QUARTER), 78, "another grain", "run --rebuild")
        self.assert_untouched()

    def test_replaces_the_table(self):
        result = self.rebuild()
        self.assert_replaced()
        self.assertEqual([run["rows_inserted"] for run in result.runs], [5 * 31, 5 * 28, 5 * 31])

    def test_tells_the_rows_before_and_after(self):
        self.simulator.grow(1)
        self.assertIn(
            "usage: table tokenflex.usage is replaced by the new one: 450 rows before, 900 now",
            self.rebuild().log("info"),
        )

    def test_leaves_no_trace_in_the_names_of_indexes(self):
        names = "select indexname from pg_indexes where schemaname = 'tokenflex'"
        before = self.database.rows(names)
        self.rebuild()
        self.assertEqual(self.database.rows(names), before)

    def test_makes_a_table_that_is_loaded_as_usual(self):
        self.rebuild()
        self.simulator.restate(every=1)
        runs = self.etl.run_well(*QUARTER, "--again").runs
        self.assertEqual(sum(run["rows_updated"] for run in runs), 5 * DAYS)
        self.assert_replaced()

    def test_can_be_done_again_for_the_next_grain(self):
        self.rebuild()
        self.write_usage(OLD_FIELDS)
        self.rebuild()
        self.write_usage(NEW_FIELDS)
        self.rebuild()
        self.assert_replaced()

    def test_of_another_key_replaces_too(self):
        self.write_usage(OLD_FIELDS, target={"mode": "append"})
        self.rebuild()
        self.write_usage(OLD_FIELDS, target={"mode": "append", "key": ["usageDate", "userName", "productName"]})
        self.assertIn("nothing needs rebuilding", self.rebuild().stderr)
        self.assertEqual(
            self.database.value("select key from tokenflex_etl.target"), "{_run_id,productName,usageDate,userName}"
        )

    def test_of_a_long_name_replaces_too(self):
        name = "u" * 63
        self.write_usage(OLD_FIELDS, target={"table": name})
        self.etl.run_well(*QUARTER)
        self.write_usage(NEW_FIELDS, target={"table": name})
        self.rebuild()
        self.assert_replaced(table=name)


class NothingToRebuild(RebuildTestCase):
    """A --rebuild that was left in a cron line."""

    def assert_said(self, result):
        self.assertIn("nothing needs rebuilding", " ".join(result.log("info")))

    def test_throws_nothing_away(self):
        self.write_usage(OLD_FIELDS)
        self.assert_said(self.etl.run_well("--rebuild", "--from", "2026-03-01", "--to", "2026-04-01", "--again"))
        self.assert_untouched()

    def test_where_there_is_no_table(self):
        self.database.execute("drop table tokenflex.usage")
        self.assert_said(self.rebuild())
        self.assert_replaced()

    def test_of_a_table_that_somebody_else_has_made(self):
        self.database.execute("delete from tokenflex_etl.target")
        self.assert_failed(self.etl.run(*REBUILD), 78, "not made by tokenflex-etl")
        self.assertEqual(self.versions(), self.before)


class SeveralTurns(RebuildTestCase):
    """A table that is loaded for two contracts."""

    contracts = [CONTRACT, OTHER_CONTRACT]

    def test_of_one_job_replace_it_together(self):
        self.etl.write_settings({"run": {"parallel_jobs": 2}})
        self.rebuild()
        self.assert_replaced(self.contracts)

    def test_one_after_the_other_replace_it_together(self):
        self.etl.write_settings({"run": {"parallel_jobs": 1}})
        self.rebuild()
        self.assert_replaced(self.contracts)

    def test_of_two_jobs_replace_it_together(self):
        self.contracts = [CONTRACT]
        self.write_usage(NEW_FIELDS)
        self.contracts = [OTHER_CONTRACT]
        self.write_usage(NEW_FIELDS, name="other", target={"table": "usage"})
        self.rebuild()
        self.assert_replaced([CONTRACT, OTHER_CONTRACT])

    def assert_incomplete(self, result, *words):
        """Refused before a request is spent, and the table is as it was."""
        self.assertEqual(result.exit_code, 78, result.stderr)
        for word in ("the new table would lack", *words):
            self.assertIn(word, result.stderr)
        self.assertEqual(self.submits(), 0)
        self.assert_untouched()

    def test_that_no_job_loads_are_refused(self):
        self.contracts = [CONTRACT]
        self.write_usage(NEW_FIELDS)
        self.assert_incomplete(self.etl.run(*REBUILD), "450 rows of contract 11000000002", "which no job loads")

    def test_that_another_job_loads_are_refused_with_the_command(self):
        self.contracts = [CONTRACT]
        self.write_usage(NEW_FIELDS)
        self.contracts = [OTHER_CONTRACT]
        self.write_usage(NEW_FIELDS, name="other", target={"table": "usage"})
        self.assert_incomplete(
            self.etl.run(*REBUILD, "usage"),
            "450 rows of contract 11000000002",
            "tokenflex-etl run usage other --rebuild --from 2026-01-01 --to 2026-04-01",
        )
        self.rebuild("usage", "other")
        self.assert_replaced([CONTRACT, OTHER_CONTRACT])

    def test_of_a_job_that_is_not_run_are_refused_with_the_command(self):
        self.write_usage(OLD_FIELDS)
        self.write_usage(OLD_FIELDS, name="other", target={"table": "usage"})
        self.etl.run_well(*QUARTER, "--again")
        self.before = self.versions()
        self.write_usage(NEW_FIELDS)
        self.write_usage(NEW_FIELDS, name="other", target={"table": "usage"})
        self.simulator.reset_stats()
        self.assert_incomplete(
            self.etl.run(*REBUILD, "usage"),
            "rows that the job other has loaded, which is not part of this run",
            "tokenflex-etl run usage other --rebuild",
        )

    def test_of_a_job_that_is_gone_are_loaded_by_the_one_that_is_left(self):
        self.write_usage(OLD_FIELDS, name="other", target={"table": "usage"})
        self.write_usage(OLD_FIELDS)
        self.etl.run_well(*QUARTER, "--again")
        (self.etl.jobs / "other.yaml").unlink()
        self.write_usage(NEW_FIELDS)
        self.rebuild()
        self.assert_replaced(self.contracts)

    def test_one_of_which_fails_leave_the_table_alone(self):
        self.etl.write_settings({"run": {"parallel_jobs": 1}})
        self.simulator.script({"on": "submit", "contract": CONTRACT, "nth": 2, "status": 400})
        result = self.etl.run(*REBUILD)
        self.assertEqual(result.exit_code, 78)
        self.assertEqual([run["status"] for run in result.runs], ["failed", "failed"] + ["skipped"] * 4)
        self.assertEqual(self.submits(), 2)
        self.assert_untouched()


class DaysOutsideTheWindow(RebuildTestCase):
    def assert_incomplete(self, days, *words):
        """Refused before a request is spent, as plan says it too; the table is as it was."""
        self.before = self.versions()
        self.simulator.reset_stats()
        self.assert_failed(self.etl.run("--rebuild", *days), 78, "the new table would lack", *words)
        plan = self.etl.call(*self.etl.command("plan", "--rebuild", *days))
        self.assertEqual(plan.exit_code, 78)
        self.assertIn("the new table would lack", " ".join(plan.stdout.split()))
        self.assertEqual(self.submits(), 0)
        self.assert_untouched()

    def test_are_refused_with_the_command_that_loads_all(self):
        self.assert_incomplete(
            ("--from", "2026-02-01", "--to", "2026-05-01"),
            "450 rows of contract 11000000001 of the days 2026-01-01..2026-04-01, more days than this run loads",
            "tokenflex-etl run usage --rebuild --from 2026-01-01 --to 2026-05-01",
        )

    def test_are_refused_of_the_window_of_every_night(self):
        self.assert_incomplete((), "of the days 2026-01-01..2026-04-01", "--from 2026-01-01 --to ")

    def test_are_known_where_the_job_has_renamed_the_date(self):
        self.write_usage(OLD_FIELDS, target={"rename": {"usageDate": "day"}})
        self.assert_incomplete(
            ("--from", "2026-02-01", "--to", "2026-04-01"), "of the days 2026-01-01..2026-04-01"
        )

    def test_are_no_matter_where_there_are_none(self):
        self.assertEqual(self.rebuild().log("warn"), ["usage: " + LOST_COLUMN])

    def test_are_known_of_snapshots_too(self):
        window = {"field": "usageDate", "last": "35 days"}
        self.write_usage(["productName"], window=window)
        self.rebuild()
        self.write_usage(["productName", "productVersion"], window=window)
        self.assert_incomplete(
            ("--from", "2026-03-01", "--to", "2026-04-01"), "of the days 2026-01-01..2026-04-01"
        )


LOST_COLUMN = "the rebuild of table tokenflex.usage loses column user_name"

ROLES = """
    do $$
    declare role text;
    begin
        foreach role in array array['old_owner', 'reader', 'writer', 'Odd "role"', 'viewer', 'etl'] loop
            if not exists (select from pg_roles where rolname = role) then
                execute format('create role %I', role);
            end if;
        end loop;
    end $$;
"""


class CarriedOver(RebuildTestCase):
    def setUp(self):
        super().setUp()
        self.database.execute(ROLES)

    def acl(self, relation="tokenflex.usage"):
        """Grantee, privilege, grantable; of columns too."""
        return self.database.rows(
            "select attname, grantee::regrole, privilege_type, is_grantable from ("
            f"select null::name as attname, (aclexplode(relacl)).* from pg_class where oid = '{relation}'::regclass"
            " union all select attname, (aclexplode(attacl)).*"
            f" from pg_attribute where attrelid = '{relation}'::regclass"
            ") held order by 1, 2, 3"
        )

    def test_is_the_owner(self):
        self.database.execute(
            "grant usage, create on schema tokenflex to old_owner; alter table tokenflex.usage owner to old_owner"
        )
        self.rebuild()
        self.assertEqual(self.database.value("select tableowner from pg_tables where tablename = 'usage'"), "old_owner")
        self.assert_replaced()

    def test_are_privileges_of_the_table_and_its_columns(self):
        self.database.execute(
            "grant select on tokenflex.usage to reader with grant option;"
            'grant select, insert, update, delete, truncate, references, trigger on tokenflex.usage to "Odd ""role""";'
            "grant select (usage_date), update (product_name) on tokenflex.usage to writer with grant option;"
            "grant select (usage_date) on tokenflex.usage to public;"
        )
        before = self.acl()
        self.rebuild()
        self.assertEqual(self.acl(), before)

    def test_are_privileges_that_somebody_has_taken(self):
        self.database.execute("revoke truncate on tokenflex.usage from current_user")
        self.database.execute("alter default privileges in schema tokenflex grant select on tables to viewer")
        before = self.acl()
        self.rebuild()
        self.assertEqual(self.acl(), before)

    def test_are_the_readers_of_the_settings(self):
        self.etl.write_settings({"database": {"grant_select_to": ["reader"]}})
        self.rebuild()
        self.database.execute("set role reader; select from tokenflex.usage")

    def test_are_comments_that_somebody_has_set(self):
        self.database.execute(
            "comment on table tokenflex.usage is 'Ask Finance';"
            "comment on column tokenflex.usage.usage_date is 'it''s a day'"
        )
        self.rebuild()
        self.assertEqual(self.comments(), ["Ask Finance", "it's a day", "productName"])

    def test_are_not_comments_of_the_tool(self):
        self.rebuild()
        table, day, _ = self.comments()
        self.assertIn("usage_date, product_name, product_version; _row_key", table)
        self.assertEqual(day, "usageDate")

    def comments(self):
        return [
            value.split(":")[0] if value.startswith(("usageDate", "productName")) else value
            for value in self.database.row(
                "select obj_description(oid), col_description(oid, 2), col_description(oid, 3)"
                " from pg_class where oid = 'tokenflex.usage'::regclass"
            )
        ]

    def test_are_storage_parameters(self):
        self.database.execute("alter table tokenflex.usage set (fillfactor = 70, autovacuum_enabled = off)")
        self.rebuild()
        options = self.database.value("select reloptions from pg_class where oid = 'tokenflex.usage'::regclass")
        self.assertEqual(options, "{fillfactor=70,autovacuum_enabled=off}")


VIEWS = """
    create schema if not exists reporting;
    create view reporting.by_day with (security_barrier = true, check_option = local) as
        select usage_date as day, tokens_consumed, 'it''s' as "Odd name"
          from tokenflex.usage where product_name <> '\\';
    comment on view reporting.by_day is 'What Finance reads';
    comment on column reporting.by_day.day is 'The day';
    grant usage on schema reporting to viewer;
    grant select on reporting.by_day to viewer with grant option;
    grant select (day) on reporting.by_day to reader;
    create view reporting.by_month as
        select date_trunc('month', day) as month, sum(tokens_consumed) as tokens from reporting.by_day group by 1;
    create view reporting.both as
        select u.usage_date, m.tokens from tokenflex.usage u join reporting.by_month m on m.month = u.usage_date;
    create materialized view reporting.kept as select * from reporting.by_month;
    grant select on reporting.by_month to viewer;
"""


class Views(RebuildTestCase):
    """One on the table with everything that a view can have, one on that view, one on both."""

    def setUp(self):
        super().setUp()
        self.database.execute(ROLES + VIEWS)

    def state(self):
        return self.database.rows(
            "select oid, relname, relkind, relowner, relacl, reloptions, obj_description(oid), pg_get_viewdef(oid),"
            " (select string_agg(concat_ws(' ', attname, attacl, col_description(attrelid, attnum)), ',')"
            " from pg_attribute where attrelid = c.oid)"
            " from pg_class c where relnamespace = 'reporting'::regnamespace order by 2"
        )

    def test_are_carried_over_whatever_they_have(self):
        before = self.state()
        self.rebuild()
        self.assertEqual(self.state(), before)

    def test_read_the_new_table(self):
        self.rebuild()
        for reader in ("reporting.by_month", "reporting.both"):
            self.database.execute(f"select from {reader}")
        expected = self.database.value("select sum(tokens_consumed) from tokenflex.usage where product_name <> '\\'")
        loaded = self.database.value("set role viewer; select sum(tokens) from reporting.by_month")
        self.assertEqual(loaded, expected)

    def test_of_a_role_that_the_runner_is_a_member_of_keep_their_owner(self):
        self.database.execute(
            "grant create on schema reporting to viewer; alter view reporting.by_day owner to viewer;"
            "grant usage on schema tokenflex to viewer; grant select on tokenflex.usage to viewer"
        )
        before = self.state()
        self.rebuild()
        self.assertEqual(self.state(), before)


class WithoutTheRight(RebuildTestCase):
    """A runner that is no superuser."""

    def setUp(self):
        super().setUp()
        self.database.execute(ROLES + """
            alter role etl login;
            grant all on schema tokenflex, tokenflex_etl to etl;
            grant all on all tables in schema tokenflex_etl to etl;
            grant select on tokenflex.usage to etl;
        """)
        self.etl.environment["PGUSER"] = "etl"

    def test_to_the_table_it_is_refused(self):
        self.assert_refused(self.etl.run(*REBUILD), "it belongs to the role", "member")

    def test_to_a_view_it_is_refused(self):
        self.database.execute(
            "alter table tokenflex.usage owner to etl;"
            " create view public.days as select usage_date from tokenflex.usage"
        )
        self.assert_refused(self.etl.run(*REBUILD), "view public.days", "belongs to the role", "create it again")

    def test_but_with_the_table_it_replaces_it(self):
        self.database.execute("alter table tokenflex.usage owner to etl; grant select on tokenflex.usage to reader")
        self.rebuild()
        self.assert_replaced()


if __name__ == "__main__":
    main()
