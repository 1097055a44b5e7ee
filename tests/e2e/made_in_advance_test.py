"""Tables that a DBA has made in advance: taken over where they fit, else the statement that is missing is shown."""

from harness import CONTRACT, EtlTestCase, cases, main

WINDOW = {"field": "usageDate", "last": "35 days", "until": "2026-12-20"}
COLUMNS = ["usageDate", "productName", "userName", "tokensConsumed"]
SHAPE = (
    "contract_number text not null, usage_date date, product_name text, user_name text, tokens_consumed numeric,"
    " _row_key uuid not null, _run_id bigint not null, _synced_at timestamptz not null"
)
INDEX = "create unique index on tokenflex.usage (usage_date, _row_key) nulls not distinct;"
MADE = "create schema tokenflex; create table tokenflex.usage (" + SHAPE + ")"
BY_RANGE = MADE + " partition by range (usage_date);"


def part(name, first, last):
    return f"create table tokenflex.{name} partition of tokenflex.usage for values from ('{first}') to ('{last}');"


NOVEMBER = part("november", "2026-11-01", "2026-12-01")
DECEMBER = part("december", "2026-12-01", "2027-01-01")
DEFAULT = "create table tokenflex.rest partition of tokenflex.usage default;"


class AdvanceCase(EtlTestCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=WINDOW)
        self.answer(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 2.5))

    def answer(self, *rows):
        lines = [f'["{day}","AutoCAD","{user}",{tokens}]' for day, user, tokens in rows]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": lines}])

    def rows(self):
        return self.database.rows("select usage_date, user_name, tokens_consumed from tokenflex.usage order by 1, 2")

    def assert_loaded(self):
        self.etl.run_well()
        self.assertEqual(self.rows(), [("2026-11-20", "ann", "1"), ("2026-12-03", "bob", "2.5")])
        self.answer(("2026-11-20", "ann", 3), ("2026-12-04", "dan", 8))
        run = self.etl.run_well().one_run
        self.assertEqual(
            [run[name] for name in ("rows_inserted", "rows_updated", "rows_unchanged", "rows_deleted")], [1, 1, 0, 1]
        )
        self.assertEqual(self.rows(), [("2026-11-20", "ann", "3"), ("2026-12-04", "dan", "8")])

    def names(self):
        return [
            name
            for (name,) in self.database.rows(
                "select relname from pg_inherits join pg_class on oid = inhrelid"
                " where inhparent = 'tokenflex.usage'::regclass order by 1"
            )
        ]

    def assert_refused_before_a_request(self, exit_code, *words):
        self.assert_failed(self.etl.run(), exit_code, *words)
        self.assertEqual(self.simulator.stats["budgeted"], 0)


@cases(
    {
        "plain": MADE + ";" + INDEX,
        "with_the_key_itself_as_its_index": MADE
        + "; create unique index on tokenflex.usage (contract_number, usage_date, product_name, user_name)"
        " nulls not distinct;",
        "with_a_column_less": MADE.replace(" tokens_consumed numeric,", "") + ";" + INDEX,
        "with_columns_that_no_load_writes": MADE.replace(" _row_key", " note text, seen int not null default 7, _row_key")
        + ";"
        + INDEX,
        "by_month": BY_RANGE + INDEX + NOVEMBER + DECEMBER,
        "by_month_with_months_missing": BY_RANGE + INDEX + part("october", "2026-10-01", "2026-11-01"),
        "by_year": BY_RANGE + INDEX + part("year", "2026-01-01", "2027-01-01"),
        "with_everything_in_a_default_partition": BY_RANGE + INDEX + DEFAULT,
        "by_weeks": BY_RANGE
        + INDEX
        + part("early", "2026-11-16", "2026-11-23")
        + part("late", "2026-11-30", "2026-12-07"),
        "by_list_of_contracts": MADE
        + " partition by list (contract_number);"
        " create unique index on tokenflex.usage (contract_number, usage_date, _row_key) nulls not distinct;"
        f" create table tokenflex.one partition of tokenflex.usage for values in ('{CONTRACT}');",
        "by_hash_of_the_key": MADE
        + " partition by hash (_row_key); create unique index on tokenflex.usage (usage_date, _row_key)"
        " nulls not distinct;"
        + "".join(
            f" create table tokenflex.h{i} partition of tokenflex.usage for values with (modulus 3, remainder {i});"
            for i in range(3)
        ),
        "with_partitions_of_partitions": BY_RANGE
        + INDEX
        + "create table tokenflex.year partition of tokenflex.usage for values from ('2026-01-01') to ('2027-01-01')"
        " partition by range (usage_date);"
        + NOVEMBER.replace("of tokenflex.usage", "of tokenflex.year")
        + DECEMBER.replace("of tokenflex.usage", "of tokenflex.year"),
        "inherited_from": MADE + ";" + INDEX + "create table tokenflex.child () inherits (tokenflex.usage);",
    }
)
class TakenOver(AdvanceCase):
    def check(self, script):
        self.database.execute(script)
        self.assert_loaded()


class Untyped(AdvanceCase):
    """The table lacks the column of a field that the service does not document, and the result has no value of it."""

    def test_column_is_asked_for(self):
        self.database.execute(MADE.replace(" user_name text,", "") + ";" + INDEX)
        self.etl.write_job(
            "usage", window=WINDOW, query={"fields": ["usageDate", "productName", "Department"], "metrics": ["tokensConsumed"]}
        )
        columns = ["usageDate", "productName", "Department", "tokensConsumed"]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": columns, "rows": []}])
        self.assert_failed(self.etl.run(), 78, "lacks the column department", "target.types")
        self.database.execute("alter table tokenflex.usage add column department text")
        self.assertEqual(self.etl.run_well().one_run["rows_read"], 0)


ALTER = 'alter table "tokenflex"."usage"'

MISFITS = {
    "no_key": (MADE.replace(" _row_key uuid not null,", "") + ";" + INDEX.replace(", _row_key", ""),
               [ALTER + " add column _row_key uuid not null"]),
    "a_key_of_another_type": (
        MADE.replace("_row_key uuid", "_row_key text") + ";" + INDEX,
        [ALTER + ' alter column "_row_key" type uuid using _row_key::uuid'],
    ),
    "a_column_that_must_not_be_null": (
        MADE.replace(" _row_key", " note text not null, _row_key") + ";" + INDEX,
        [ALTER + ' alter column "note" drop not null'],
    ),
    "no_index": (
        BY_RANGE,
        ['create unique index on "tokenflex"."usage" ("usage_date", _row_key) nulls not distinct'],
    ),
    "an_index_that_is_not_unique": (BY_RANGE + INDEX.replace("unique ", "").replace("nulls not distinct", ""), ["create unique index"]),
    "an_index_of_some_rows": (MADE + ";" + INDEX.replace(";", " where tokens_consumed > 0;"), ["create unique index"]),
    "an_index_on_less_than_the_key": (
        MADE + "; create unique index on tokenflex.usage (usage_date, user_name) nulls not distinct;",
        ["create unique index"],
    ),
    "an_index_that_takes_nulls_for_different": (
        MADE + "; create unique index on tokenflex.usage (contract_number, usage_date, product_name, user_name);",
        ["create unique index"],
    ),
    "an_index_on_more_than_the_key": (
        MADE + "; create unique index on tokenflex.usage (usage_date, _row_key, tokens_consumed) nulls not distinct;",
        ["create unique index"],
    ),
    "partitions_by_what_the_key_does_not_tell": (
        MADE + " partition by range (_synced_at);", ["RANGE (_synced_at)", "not part of the key"]
    ),
    "partitions_by_an_expression": (
        MADE + " partition by range (extract(year from usage_date));", ["not part of the key"]
    ),
    "rows": (
        MADE + ";" + INDEX + "insert into tokenflex.usage values ('1', '2026-12-03', 'a', 'b', 1, gen_random_uuid(), 1, now());",
        ["and it has rows"],
    ),
}


@cases(MISFITS)
class Refused(AdvanceCase):
    def check(self, case):
        script, words = case
        self.database.execute(script)
        self.assert_refused_before_a_request(78, "was not made by tokenflex-etl", *words)


class Shown(AdvanceCase):
    """The statements that are shown are the ones that help."""

    def test_statements_make_the_table_fit(self):
        self.database.execute("create schema tokenflex; create table tokenflex.usage (usage_date date, note text not null)")
        result = self.etl.run()
        self.assertEqual(result.exit_code, 78)
        shown = result.stderr[result.stderr.rindex("(alter table") + 1 : result.stderr.rindex("; or give")]
        self.database.execute(shown)
        self.assert_loaded()

    def test_the_plan_tells_that_it_is_taken_over(self):
        self.etl.call("init")
        self.database.execute((BY_RANGE + INDEX + NOVEMBER).replace("create schema", "create schema if not exists"))
        ddl = self.etl.call(*self.etl.command("plan"), "--output", "json").json["jobs"][0]["ddl"]
        self.assertIn("-- tokenflex.usage, which was not created by tokenflex-etl, is loaded from now on", ddl)
        self.assertIn(
            'create table "tokenflex"."usage_p2026_12" partition of "tokenflex"."usage" for values from'
            " ('2026-12-01') to ('2027-01-01')",
            ddl,
        )
        self.assertNotIn("november", str(ddl))


class MissingPartition(AdvanceCase):
    def test_is_added_as_the_newest_one_is_cut(self):
        self.database.execute(BY_RANGE + INDEX + part("year", "2025-01-01", "2026-01-01"))
        self.etl.run_well()
        self.assertEqual(self.names(), ["usage_p2026", "year"])

    def test_of_another_tables_name_gets_another_name(self):
        self.database.execute(BY_RANGE + INDEX + NOVEMBER + "create table tokenflex.usage_p2026_12 (mine text)")
        self.etl.run_well()
        self.assertEqual(self.names(), ["november", "usage_p2026_12_2"])

    def test_of_weeks_is_shown(self):
        self.database.execute(BY_RANGE + INDEX + part("week", "2026-11-16", "2026-11-23"))
        self.assert_failed(
            self.etl.run(),
            73,
            "has no partition for 2026-12-03",
            'create table "tokenflex"."usage_p2026_12" partition of "tokenflex"."usage" for values from'
            " ('2026-12-01') to ('2027-01-01')",
        )
        self.assertEqual(self.rows(), [])

    def test_of_a_list_is_told(self):
        self.database.execute(
            MADE
            + " partition by list (contract_number);"
            " create unique index on tokenflex.usage (contract_number, _row_key) nulls not distinct;"
        )
        self.assert_failed(self.etl.run(), 73, "LIST (contract_number)", CONTRACT)

    def test_whose_rows_are_in_the_default_partition_is_not_added(self):
        self.database.execute(BY_RANGE + INDEX + NOVEMBER + DEFAULT)
        self.etl.run_well()
        self.assertEqual(self.names(), ["november", "rest", "usage_p2026_12"])
        self.database.execute(
            "alter table tokenflex.usage detach partition tokenflex.usage_p2026_12;"
            "insert into tokenflex.usage select * from tokenflex.usage_p2026_12; drop table tokenflex.usage_p2026_12"
        )
        self.answer(("2026-11-20", "ann", 1), ("2026-12-03", "bob", 7), ("2026-12-04", "dan", 8))
        result = self.etl.run_well()
        self.assertIn("its default partition tokenflex.rest has rows of these days", result.stderr)
        self.assertEqual(
            self.rows(), [("2026-11-20", "ann", "1"), ("2026-12-03", "bob", "7"), ("2026-12-04", "dan", "8")]
        )
        self.assertEqual(self.names(), ["november", "rest"])


    def test_beside_a_default_partition_is_added_before_the_load(self):
        """Its readers do not wait for the end of the load, which would lock them out."""
        self.database.execute(BY_RANGE + INDEX + NOVEMBER + DEFAULT)
        self.answer(("2026-12-03", "bob", 7))
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        other = self.open_session()
        other.execute("begin; select from tokenflex_etl.run where status = 'running' for update;")
        self.simulator.release()
        self.database.wait_until(
            "exists (select from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'update tokenflex_etl.run')"
        )
        reader = self.open_session()
        self.assertEqual(reader.execute("set lock_timeout = '10s'; select count(*) from tokenflex.usage;"), ["0"])
        other.execute("rollback;")
        self.assertEqual(running.wait().exit_code, 0)
        self.assertEqual(self.names(), ["november", "rest", "usage_p2026_12"])
        self.assertEqual(self.rows(), [("2026-12-03", "bob", "7")])


class RoleThatMayNotCreate(AdvanceCase):
    """A role that owns nothing of the schema: it may write, and no more."""

    def setUp(self):
        super().setUp()
        self.call_init()
        self.database.execute(
            "do $$ begin if to_regrole('loader') is null then create role loader login; end if; end $$;"
            "grant usage on schema tokenflex_etl to loader; grant all on all tables in schema tokenflex_etl to loader;"
            "grant all on all sequences in schema tokenflex_etl to loader"
        )

    def call_init(self):
        init = self.etl.call("init")
        self.assertEqual(init.exit_code, 0, init.stderr)

    def become_loader(self):
        self.database.execute(
            "grant usage on schema tokenflex to loader; grant all on all tables in schema tokenflex to loader"
        )
        self.etl.environment["PGUSER"] = "loader"

    def make(self, script):
        self.database.execute(script.replace("create schema", "create schema if not exists"))

    def test_loads_a_table_with_its_partitions_made(self):
        self.make(BY_RANGE + INDEX + NOVEMBER + DECEMBER)
        self.become_loader()
        self.assert_loaded()

    def test_refuses_row_security_that_comes_while_it_fetches(self):
        """The comparison and the proof would not see the rows that it hides."""
        self.make(MADE + ";" + INDEX)
        self.become_loader()
        self.assert_loaded()
        self.simulator.script({"on": "poll", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.database.execute(
            "alter table tokenflex.usage enable row level security;"
            "create policy hides on tokenflex.usage using (false) with check (true)"
        )
        self.simulator.script()
        self.simulator.release()
        self.assert_failed(running.wait(), 73, "row security")

    def test_warns_of_a_reader_that_it_may_not_grant_to(self):
        """The rows are loaded, and each grant is named that is left to its owner."""
        self.make(MADE + ";" + INDEX)
        self.database.execute("do $$ begin if to_regrole('reader') is null then create role reader; end if; end $$")
        self.become_loader()
        self.etl.write_settings({"database": {"grant_select_to": ["reader"]}})
        for grant in (
            'grant select on "tokenflex"."usage" to "reader"',
            'grant usage on schema "tokenflex" to "reader"',
        ):
            done = self.etl.run()
            self.assertEqual(done.exit_code, 0, done.stderr)
            self.assertIn(f"run: {grant}", done.stderr)
            self.database.execute(grant)
        self.assertNotIn("grant_select_to", self.etl.run().stderr)
        self.assert_loaded()

    def test_loads_into_a_default_partition(self):
        self.make(BY_RANGE + INDEX + NOVEMBER + DEFAULT)
        self.become_loader()
        self.assert_loaded()
        self.assertEqual(self.names(), ["november", "rest"])

    def test_is_told_the_partition_that_is_missing_before_a_request(self):
        self.make(BY_RANGE + INDEX + NOVEMBER)
        self.become_loader()
        statement = (
            'create table "tokenflex"."usage_p2026_12" partition of "tokenflex"."usage" for values from'
            " ('2026-12-01') to ('2027-01-01')"
        )
        self.assert_refused_before_a_request(73, statement)
        plan = self.etl.call(*self.etl.command("plan"))
        self.assertEqual(plan.exit_code, 73)
        self.database.execute(statement + "; grant all on tokenflex.usage_p2026_12 to loader")
        self.assert_loaded()

    def test_is_told_the_column_that_is_missing(self):
        self.make(MADE.replace(" tokens_consumed numeric,", "") + ";" + INDEX)
        self.become_loader()
        self.assert_failed(
            self.etl.run(), 73, ALTER + ' add column "tokens_consumed" numeric'
        )


if __name__ == "__main__":
    main()
