"""target.history: old versions of rows, the table as it was at any moment, and what happens to both."""

import json

from harness import CONTRACT, EtlTestCase, cases, main

WINDOW = {"field": "usageDate", "last": "1 months", "until": "2026-11-01"}
FIELDS = ["usageDate", "productName", "userName"]
HISTORY = "tokenflex.usage_history"
PARTITIONED = """
    drop function tokenflex.usage_as_of(timestamptz);
    alter table tokenflex.usage rename to usage_plain;
    create table tokenflex.usage (like tokenflex.usage_plain including all) partition by range (usage_date);
    create table tokenflex.usage_5 partition of tokenflex.usage for values from ('2026-10-05') to ('2026-10-06');
    create table tokenflex.usage_rest partition of tokenflex.usage default;
    insert into tokenflex.usage select * from tokenflex.usage_plain;
    drop table tokenflex.usage_plain"""
INHERITED = """
    create table tokenflex.child (like tokenflex.usage including all) inherits (tokenflex.usage);
    with moved as (delete from only tokenflex.usage where user_name < 'c' returning *)
    insert into tokenflex.child select * from moved"""
NOTHING_KEPT = """
    create function tokenflex.eat() returns trigger language plpgsql as 'begin return null; end';
    create trigger eats before insert on tokenflex.usage_history for each row execute function tokenflex.eat()"""


def usage(day, user, tokens, *others):
    return json.dumps([f"2026-10-{day:02}", "AutoCAD", user, tokens, *others])


class VersionsCase(EtlTestCase):
    columns = (*FIELDS, "tokensConsumed")

    def setUp(self):
        super().setUp()
        self.nights = []
        self.write_job()

    def write_job(self, history=True, **changes):
        target = {"history": history, **changes.pop("target", {})}
        self.etl.write_job("usage", **{"window": WINDOW, "target": target, "checks": {"max_vanished": "100%"}, **changes})

    def answer(self, *rows, columns=None):
        self.simulator.config(results=[{"contract": CONTRACT, "columns": list(columns or self.columns), "rows": list(rows)}])

    def load(self, *rows, arguments=(), columns=None):
        self.answer(*rows, columns=columns)
        return self.etl.run_well(*arguments)

    def table(self, source="tokenflex.usage"):
        return sorted(self.database.rows(f"select row_to_json(t)::jsonb::text from {source} t"))

    def night(self, *rows, **how):
        """Loads, and remembers the moment and the table."""
        self.load(*rows, **how)
        self.nights.append((self.database.value("select clock_timestamp()"), self.table()))

    def as_of(self, moment):
        return self.table(f"tokenflex.usage_as_of('{moment}')")

    def assert_every_night_is_there(self):
        for moment, table in self.nights:
            self.assertEqual(self.as_of(moment), table, moment)
        self.assertEqual(self.as_of("now"), self.table())

    def three_nights(self):
        self.night(usage(5, "ann", 1), usage(5, "bob", 2), usage(6, "eve", 3))
        self.night(usage(5, "ann", 1.5), usage(6, "eve", 3), usage(7, "new", 4))
        self.night(usage(5, "ann", 2), usage(5, "bob", 2), usage(6, "eve", 3))


class Renamed(VersionsCase):
    """The owner renames a column, and the job names it likewise."""

    def test_columns_are_renamed_in_the_history(self):
        self.three_nights()
        self.database.execute("alter table tokenflex.usage rename column tokens_consumed to tokens")
        self.write_job(target={"rename": {"tokensConsumed": "tokens"}})
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 3)
        self.nights = [
            (moment, [(row.replace('"tokens_consumed"', '"tokens"'),) for (row,) in table]) for moment, table in self.nights
        ]
        for moment, table in self.nights:
            as_of = [json.loads(row) for (row,) in self.as_of(moment)]
            self.assertCountEqual(as_of, [json.loads(row) for (row,) in table])


    def as_rows(self, moment):
        return [json.loads(row) for (row,) in self.as_of(moment)]

    def test_columns_that_exchange_their_names_do_so_in_the_history(self):
        columns = (*self.columns, "usageHours")
        query = {"fields": FIELDS, "metrics": ["tokensConsumed", "usageHours"]}
        self.write_job(query=query)
        self.night(usage(5, "ann", 1, 10), columns=columns)
        self.night(usage(5, "ann", 2, 20), columns=columns)
        self.database.execute(
            "alter table tokenflex.usage rename usage_hours to between_both;"
            "alter table tokenflex.usage rename tokens_consumed to usage_hours;"
            "alter table tokenflex.usage rename between_both to tokens_consumed"
        )
        self.write_job(query=query, target={"rename": {"tokensConsumed": "usage_hours", "usageHours": "tokens_consumed"}})
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 1)
        for (moment, _), (tokens, hours) in zip(self.nights, ((1, 10), (2, 20))):
            (row,) = self.as_rows(moment)
            self.assertEqual((row["usage_hours"], row["tokens_consumed"]), (tokens, hours))

    def test_columns_are_renamed_in_the_history_also_if_another_job_loads_first(self):
        hours = {"query": {"fields": FIELDS, "metrics": ["usageHours"]}, "window": WINDOW, "checks": {"max_vanished": "100%"}}
        self.three_nights()
        self.database.execute("alter table tokenflex.usage rename column tokens_consumed to tokens")
        self.etl.write_job("hours", **hours, target={"table": "usage", "history": True})
        self.load(usage(5, "ann", 7), usage(5, "bob", 8), usage(6, "eve", 9), arguments=("hours",), columns=(*FIELDS, "usageHours"))
        self.write_job(target={"rename": {"tokensConsumed": "tokens"}})
        self.load(usage(5, "ann", 2), usage(5, "bob", 2), usage(6, "eve", 3), arguments=("usage",))
        for moment, table in self.nights:
            tokens = [row["tokens"] for row in self.as_rows(moment)]
            self.assertCountEqual(tokens, [json.loads(row)["tokens_consumed"] for (row,) in table])


class Versions(VersionsCase):
    def test_are_of_rows_that_were_changed_or_deleted(self):
        self.three_nights()
        self.assertEqual(
            self.database.rows(
                "select user_name, tokens_consumed, _run_id, _ended_by_run_id, _operation, _valid_from = _synced_at,"
                " _valid_to = (select max(finished_at) from tokenflex_etl.run where run_id = _ended_by_run_id)"
                f" or _valid_to < now() from {HISTORY} order by 1, 2"
            ),
            [
                ("ann", "1", "1", "2", "update", "t", "t"),
                ("ann", "1.5", "2", "3", "update", "t", "t"),
                ("bob", "2", "1", "2", "delete", "t", "t"),
                ("new", "4", "2", "3", "delete", "t", "t"),
            ],
        )

    def test_bring_the_table_of_every_night_back(self):
        self.three_nights()
        self.assert_every_night_is_there()
        self.assertEqual(self.as_of("2026-01-01"), [])

    def test_of_the_moment_at_which_others_take_their_place_are_those_others(self):
        self.three_nights()
        for run_id, (_, table) in enumerate(self.nights[1:], 2):
            moment = self.database.value(f"select max(_valid_to) from {HISTORY} where _ended_by_run_id = {run_id}")
            self.assertEqual(self.as_of(moment), table)

    def test_have_the_pinned_columns(self):
        self.load(usage(5, "ann", 1))
        columns = self.database.value(
            "select string_agg(attname, ' ' order by attnum) from pg_attribute"
            f" where attrelid = '{HISTORY}'::regclass and attnum > 0"
        )
        self.assertEqual(
            columns,
            "contract_number usage_date product_name user_name tokens_consumed _row_key _run_id _synced_at"
            " _valid_from _valid_to _ended_by_run_id _operation",
        )

    def test_are_none_where_nothing_changes(self):
        for _ in range(2):
            self.load(usage(5, "ann", 1))
        self.assertEqual(self.database.count(HISTORY), 0)

    def test_are_planned_once(self):
        for ddl in (["create table \"tokenflex\".\"usage_history\""], []):
            done = self.etl.call(*self.etl.command("--output", "json", "plan"))
            planned = [sql.partition(" as ")[0] for sql in done.json["jobs"][0]["ddl"] if "usage_history" in sql]
            self.assertEqual(planned, ddl)
            self.load(usage(5, "ann", 1))

    def test_are_not_kept_of_a_load_that_fails(self):
        self.load(usage(5, "ann", 1))
        self.write_job(checks={"max_change": {"tokensConsumed": "10%"}})
        self.answer(usage(5, "ann", 30))
        self.assert_failed(self.etl.run(), 65, "max_change")
        self.assertEqual(self.database.count(HISTORY), 0)

    def test_are_not_made_for_a_job_without_history(self):
        self.write_job(history=False)
        self.three_nights()
        self.assertFalse(self.database.has_table(HISTORY))

    def test_are_kept_of_windows_that_others_replace(self):
        columns = ("productName", "tokensConsumed")
        query = {"fields": ["productName"], "metrics": ["tokensConsumed"]}
        for last, tokens in ((7, 3), (14, 8)):
            self.write_job(query=query, window={**WINDOW, "last": f"{last} days"})
            self.night(json.dumps(["AutoCAD", tokens]), columns=columns)
        self.assertEqual(self.database.rows(f"select tokens_consumed, _operation from {HISTORY}"), [("3", "delete")])
        self.assert_every_night_is_there()

    def test_are_kept_of_rows_that_move_to_another_day(self):
        self.write_job(target={"key": ["userName"]})
        self.night(usage(5, "ann", 1), usage(6, "bob", 1))
        self.night(usage(7, "ann", 1), usage(6, "bob", 1))
        self.assertEqual(self.database.rows(f"select usage_date, _operation from {HISTORY}"), [("2026-10-05", "update")])
        self.assert_every_night_is_there()

    def test_are_none_of_rows_that_are_kept_though_the_answer_lacks_them(self):
        self.write_job(target={"vanished": "keep"})
        self.night(usage(5, "ann", 1), usage(6, "bob", 1))
        self.night(usage(5, "ann", 2))
        self.assertEqual(self.database.rows(f"select user_name, _operation from {HISTORY}"), [("ann", "update")])
        self.assert_every_night_is_there()


@cases({"partitioned": PARTITIONED, "inherited": INHERITED})
class Placement(VersionsCase):
    def check(self, placement):
        self.night(usage(5, "ann", 1), usage(5, "bob", 2), usage(6, "eve", 3))
        self.database.execute(placement)
        self.night(usage(5, "ann", 1.5), usage(6, "eve", 3), usage(7, "new", 4))
        self.night(usage(5, "ann", 2), usage(5, "bob", 2), usage(6, "eve", 4))
        self.assertEqual(self.database.count(HISTORY), 5)
        self.assert_every_night_is_there()


class Columns(VersionsCase):
    def metrics(self, *names):
        self.columns = (*FIELDS, *names)
        self.write_job(query={"fields": FIELDS, "metrics": list(names)})

    def types(self, table):
        return self.database.rows(
            "select attname, format_type(atttypid, atttypmod), attcollation from pg_attribute"
            f" where attrelid = '{table}'::regclass and attnum > 0 and attname !~ '^_' order by attname"
        )

    def test_are_added_and_widened_as_the_tables(self):
        self.metrics("tokensConsumed")
        self.night(usage(5, "ann", 1), usage(5, "bob", 2))
        self.metrics("tokensConsumed", "carbonSaved")
        self.load(usage(5, "ann", 2, 1), usage(5, "bob", 2, 7))
        moment, values = self.database.row("select clock_timestamp(), string_agg(concat_ws(' ', user_name, carbon_saved), ',' order by 1) from tokenflex.usage")
        self.load(usage(5, "ann", 2, "n/a"), usage(5, "bob", 3, 7))
        self.assertEqual(self.types(HISTORY), self.types("tokenflex.usage"))
        self.assertIn(("carbon_saved", "text", "100"), self.types(HISTORY))
        was = self.database.row(f"select string_agg(concat_ws(' ', user_name, carbon_saved), ',' order by 1) from tokenflex.usage_as_of('{moment}')")
        self.assertEqual(was, (values,))

    def test_of_a_key_are_widened_so_that_their_values_stay_the_same(self):
        query = {"fields": [*FIELDS, "costCenter"], "metrics": ["tokensConsumed"]}
        self.write_job(query=query)
        self.columns = (*FIELDS, "costCenter", "tokensConsumed")
        row = lambda center, tokens: json.dumps(["2026-10-05", "AutoCAD", "ann", center, tokens])
        self.load(row(1.50, 1), row(2, 1))
        moment = self.database.value("select clock_timestamp()")
        self.load(row(1.50, 2), row(2, 1))
        self.load(row(1.50, 2), row("K1", 1))
        self.assertEqual(
            self.database.rows(f"select cost_center, tokens_consumed from tokenflex.usage_as_of('{moment}') order by 1"),
            [("1.5", "1"), ("2", "1")],
        )
        self.assertEqual(self.types(HISTORY), self.types("tokenflex.usage"))

    def test_of_the_owners_own_are_kept_too(self):
        self.night(usage(5, "ann", 1))
        self.database.execute("alter table tokenflex.usage add column note text; update tokenflex.usage set note = 'ours'")
        self.nights = []
        self.nights.append((self.database.value("select clock_timestamp()"), self.table()))
        self.load(usage(5, "ann", 2))
        self.assertEqual(self.database.value(f"select note from {HISTORY}"), "ours")
        self.assert_every_night_is_there()

    def test_that_somebody_takes_away_are_named(self):
        columns = {"tokens_consumed": "add column", "_row_key": "add column", "_valid_to": "rename", "_ended_by_run_id": "rename"}
        for column, remedy in columns.items():
            with self.subTest(column):
                self.load(usage(5, "ann", 1))
                self.database.execute(f"alter table {HISTORY} drop column {column}")
                self.answer(usage(5, "ann", 2))
                self.assert_failed(self.etl.run(), 78, "table tokenflex.usage_history lacks the column", column, remedy)
                self.database.execute(f"drop table {HISTORY}")
                self.load(usage(5, "ann", 2))


    def test_get_their_types_back(self):
        self.load(usage(5, "ann", 1))
        self.load(usage(5, "ann", 2))
        types = self.types(HISTORY)
        narrower = {"tokens_consumed": "int", "_run_id": "int", "_valid_to": "date", "_operation": "varchar(9)"}
        for column, type_name in narrower.items():
            self.database.execute(f"alter table {HISTORY} alter {column} type {type_name}")
        self.nights = []
        self.night(usage(5, "ann", 2.5))
        self.load(usage(5, "ann", 3))
        self.assertEqual(self.types(HISTORY), types)
        self.assert_every_night_is_there()


class Owner(VersionsCase):
    """What somebody does to the history by hand."""

    def setUp(self):
        super().setUp()
        self.load(usage(5, "ann", 1))

    def refused(self, code, *words):
        self.answer(usage(5, "ann", 2))
        self.assert_failed(self.etl.run(), code, *words)
        self.assertEqual(self.database.value("select tokens_consumed from tokenflex.usage"), "1")

    def test_a_history_that_was_dropped_begins_again_and_that_is_told(self):
        self.database.execute(f"drop table {HISTORY}")
        result = self.load(usage(5, "ann", 2))
        self.assertIn("table tokenflex.usage_history was dropped: the new one", " ".join(result.log("warn")))
        self.assertEqual(self.database.count(HISTORY), 1)

    def test_a_view_in_its_place_is_named(self):
        self.database.execute(f"drop table {HISTORY}; create view {HISTORY} as select 1")
        self.refused(73, "tokenflex.usage_history", "view")

    def test_a_table_in_its_place_is_named(self):
        self.database.execute(
            f"drop table {HISTORY}; delete from tokenflex_etl.target_history; create table {HISTORY} (a int)"
        )
        self.refused(73, "tokenflex.usage_history", "was not made by tokenflex-etl")

    def test_a_trigger_that_eats_versions_is_named(self):
        self.database.execute(NOTHING_KEPT)
        self.refused(73, "tokenflex.usage_history", "the trigger eats")

    def test_a_trigger_that_changes_versions_is_named(self):
        self.database.execute(NOTHING_KEPT.replace("return null", "new.tokens_consumed := 0; return new"))
        self.refused(73, "tokenflex.usage_history", "the trigger eats")

    def test_a_trigger_that_eats_deleted_rows_is_named(self):
        self.database.execute(NOTHING_KEPT)
        self.answer()
        self.assert_failed(self.etl.run(), 73, "tokenflex.usage_history", "the trigger eats")

    def test_a_rule_on_it_is_named(self):
        self.database.execute(f"create rule none as on insert to {HISTORY} do instead nothing")
        self.refused(73, "tokenflex.usage_history", "the rule none")

    def test_a_type_that_does_not_hold_the_values_is_named(self):
        self.load(usage(5, "ann", 1.5))
        self.database.execute(
            f"alter table {HISTORY} alter column tokens_consumed type text; update {HISTORY} set tokens_consumed = 'x'"
        )
        self.answer(usage(5, "ann", 2))
        self.assert_failed(self.etl.run(), 73, "tokenflex.usage_history")

    def test_a_function_that_was_dropped_is_made_again(self):
        self.database.execute("drop function tokenflex.usage_as_of(timestamptz)")
        self.load(usage(5, "ann", 1))
        self.assertEqual(self.as_of("now"), self.table())

    def test_a_table_that_was_dropped_begins_again_with_the_versions_that_there_are(self):
        self.load(usage(5, "ann", 2))
        self.database.execute("drop table tokenflex.usage cascade")
        self.load(usage(5, "ann", 3))
        self.assertEqual(self.database.count(HISTORY), 1)
        self.assertEqual(self.as_of("now"), self.table())

    def test_a_table_that_was_dropped_and_has_another_grain_begins_with_a_history_of_its_own(self):
        self.load(usage(5, "ann", 2))
        self.database.execute("drop table tokenflex.usage cascade")
        self.write_job(query={"fields": ["usageDate"], "metrics": ["tokensConsumed"]})
        self.load(json.dumps(["2026-10-05", 3]), columns=("usageDate", "tokensConsumed"))
        self.assertEqual(self.database.count(HISTORY), 0)
        self.assertEqual(self.database.count("tokenflex.usage_history_by_product_name_usage_date_user_name"), 1)


class Switched(VersionsCase):
    """A history has versions from when on it was switched on."""

    def complete_since(self):
        return self.database.value("select complete_since from tokenflex_etl.target_history where ended_at is null")

    def test_on_later_it_brings_back_what_it_can(self):
        self.write_job(history=False)
        self.night(usage(5, "ann", 1), usage(5, "bob", 1))
        self.night(usage(5, "ann", 2), usage(5, "bob", 1))
        self.write_job(history=True)
        moment = self.database.value("select clock_timestamp()")
        early, self.nights = self.nights[0], self.nights[1:]
        self.night(usage(5, "ann", 3), usage(5, "bob", 1))
        self.assert_every_night_is_there()
        self.assertEqual(self.as_of(early[0]), [row for row in early[1] if "bob" in row[0]])
        self.assertLess(moment, self.complete_since())

    def test_off_and_on_again_it_says_from_when_on_it_is_whole(self):
        self.three_nights()
        first = self.complete_since()
        self.write_job(history=False)
        self.load(usage(5, "ann", 2), usage(5, "bob", 2), usage(6, "eve", 3))
        self.assertEqual(self.complete_since(), first)
        self.load(usage(5, "ann", 7))
        self.assertIsNone(self.complete_since())
        self.write_job(history=True)
        self.nights = []
        result = self.load(usage(5, "ann", 8))
        self.assertIn("has all versions of rows from now on", " ".join(result.log("warn")))
        self.assertIsNotNone(self.complete_since())
        self.night(usage(5, "ann", 9))
        self.night(usage(5, "ann", 10))
        self.assert_every_night_is_there()


class Readers(VersionsCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget_roles)
        self.database.execute("create role reader login; create role other login; create role auditor login")
        self.etl.write_settings({"database": {"grant_select_to": ["reader"]}})

    def forget_roles(self):
        for role in ("reader", "other", "auditor"):
            self.database.execute(f"drop owned by {role} cascade; drop role {role}")

    def may(self, role, query):
        try:
            self.database.execute(f"set role {role}; {query}")
        except AssertionError as error:
            self.assertIn("permission denied", str(error))
            return False
        return True

    def test_are_those_of_the_table(self):
        self.three_nights()
        self.database.execute("grant select on tokenflex.usage to auditor; grant usage on schema tokenflex to other, auditor")
        self.load(usage(5, "ann", 2), usage(5, "bob", 2), usage(6, "eve", 3))
        for query in (f"select * from {HISTORY}", "select * from tokenflex.usage_as_of(now())"):
            self.assertEqual([self.may(role, query) for role in ("reader", "other", "auditor")], [True, False, True], query)

    def test_may_call_the_function_where_nobody_may_by_default(self):
        self.database.execute("alter default privileges revoke execute on functions from public")
        self.addCleanup(self.database.execute, "alter default privileges grant execute on functions to public")
        self.three_nights()
        self.assertTrue(self.may("reader", "select * from tokenflex.usage_as_of(now())"))

    def test_see_no_versions_of_rows_that_a_policy_hides(self):
        self.load(usage(5, "ann", 1))
        self.database.execute(
            "alter table tokenflex.usage enable row level security; create policy bob on tokenflex.usage using (user_name = 'bob')"
        )
        self.load(usage(5, "ann", 2))
        self.assertEqual(self.database.count(HISTORY), 1)
        self.assertEqual(self.database.value(f"set role reader; select count(*) from {HISTORY}"), "0")


class Placed(VersionsCase):
    def test_is_the_history_in_the_tablespace_of_its_table(self):
        self.database.execute("set allow_in_place_tablespaces = true; create tablespace fast location ''")
        self.addCleanup(self.database.execute, "drop tablespace fast")
        self.addCleanup(self.database.execute, "drop schema tokenflex cascade")
        self.write_job(history=False)
        self.load(usage(5, "ann", 1))
        self.database.execute("alter table tokenflex.usage set tablespace fast")
        self.write_job()
        self.load(usage(5, "ann", 2))
        self.assertEqual(self.database.value("select tablespace from pg_tables where tablename = 'usage_history'"), "fast")


class Kept(VersionsCase):
    def test_are_versions_for_as_many_days_as_the_settings_say(self):
        self.three_nights()
        self.database.execute(f"update {HISTORY} set _valid_to = now() - interval '40 days' where user_name = 'bob'")
        self.database.execute("update tokenflex_etl.target_history set complete_since = now() - interval '100 days'")
        for days, left in ((0, 4), (50, 4), (30, 3)):
            self.etl.write_settings({"run": {"keep_history": days}})
            self.load(usage(5, "ann", 2), usage(5, "bob", 2), usage(6, "eve", 3))
            self.assertEqual(self.database.count(HISTORY), left)
        since = self.database.value("select complete_since > now() - interval '31 days' from tokenflex_etl.target_history")
        self.assertEqual(since, "t")


if __name__ == "__main__":
    main()
