"""run --rebuild: what keeps a table from being replaced, and what a new one loses, is told before a request is spent."""

from harness import cases, main
from harness.rebuild import NEW_FIELDS, OLD_FIELDS, REBUILD, RebuildTestCase

IN_THE_WAY = {
    "a_view_of_a_column_that_goes": (
        "create view public.by_user as select user_name, tokens_consumed from tokenflex.usage",
        ["view public.by_user", "column user_name", "drop it"],
    ),
    "a_materialized_view": (
        "create materialized view public.kept as select usage_date from tokenflex.usage",
        ["materialized view public.kept", "drop it", "create it again"],
    ),
    "a_foreign_key_of_the_table": (
        "create table public.product (name text primary key);"
        " insert into product select distinct product_name from tokenflex.usage;"
        " alter table tokenflex.usage add constraint priced foreign key (product_name) references product",
        ["foreign key priced of tokenflex.usage"],
    ),
    "a_foreign_key_to_the_table": (
        "alter table tokenflex.usage add constraint one unique (_row_key);"
        " create table public.note (row uuid constraint about references tokenflex.usage (_row_key))",
        ["foreign key about of public.note"],
    ),
    "a_policy": (
        "create policy own on tokenflex.usage using (user_name = current_user)",
        ["row-level security", "policy own", "see more"],
    ),
    "row_level_security": ("alter table tokenflex.usage enable row level security", ["row-level security"]),
    "a_table_that_inherits": (
        "create table public.more () inherits (tokenflex.usage)",
        ["inherited from"],
    ),
    "a_function_that_returns_its_rows": (
        "create function public.all_of_it() returns setof tokenflex.usage"
        " language sql as 'select * from tokenflex.usage'",
        ["function public.all_of_it() depends on it", "create it again"],
    ),
    "a_function_that_reads_it": (
        "create function public.newest() returns date language sql begin atomic"
        " select max(usage_date) from tokenflex.usage; end",
        ["function public.newest() depends on it"],
    ),
    "an_aggregate_of_its_rows": (
        "create function public.first_of(tokenflex.usage, tokenflex.usage) returns tokenflex.usage"
        " language sql as 'select $1';"
        " create aggregate public.first_row(tokenflex.usage) (sfunc = public.first_of, stype = tokenflex.usage)",
        ["function public.first_row(tokenflex.usage) depends on it"],
    ),
    "a_column_of_its_rows": (
        "create table public.note (about tokenflex.usage)",
        ["column about of table public.note depends on it"],
    ),
    "a_policy_of_another_table": (
        "create table public.note (who text); create policy seen on public.note"
        " using (who in (select user_name from tokenflex.usage))",
        ["policy seen on table public.note depends on it"],
    ),
    "a_rule_of_another_table": (
        "create table public.note (who text); create rule seen as on insert to public.note"
        " where new.who in (select user_name from tokenflex.usage) do instead nothing",
        ["rule seen on table public.note depends on it"],
    ),
    "a_table_of_the_name": (
        "create table tokenflex.usage__rebuild (mine text)",
        ["tokenflex.usage__rebuild is in the way"],
    ),
}


@cases(IN_THE_WAY)
class InTheWay(RebuildTestCase):
    """Named before a request is spent; the table is not touched."""

    def check(self, case):
        script, words = case
        self.database.execute(script)
        self.before = self.versions()
        self.assert_failed(self.etl.run(*REBUILD), 73, "tokenflex.usage cannot be rebuilt", *words)
        self.assertEqual(self.submits(), 0)
        self.assertEqual(self.versions(), self.before)


class InTheWayOfTheSwap(RebuildTestCase):
    def test_is_a_view_of_a_column_that_becomes_another_type(self):
        self.database.execute("create view public.tokens as select usage_date, tokens_consumed from tokenflex.usage")
        self.write_usage(NEW_FIELDS, target={"types": {"tokensConsumed": "text"}})
        result = self.etl.run(*REBUILD)
        self.assert_failed(result, 73, "view public.tokens does not fit", "tokens_consumed", "drop the view")
        # Servers before 16 write the name of the table before each column.
        self.assertRegex(" ".join(result.log("warn")), r"SELECT (usage\.)?usage_date")
        self.assertEqual([run["status"] for run in result.runs], ["failed"] * 3)
        self.assertEqual(
            self.database.rows("select distinct status, rows_inserted from tokenflex_etl.run where run_id > 3"),
            [("failed", "0")],
        )
        self.assert_untouched()

    def test_is_a_materialized_view_that_was_made_meanwhile(self):
        running = self.hold("submit")
        self.database.execute("create materialized view public.kept as select usage_date from tokenflex.usage")
        self.let_go()
        self.assert_failed(running.wait(), 73, "materialized view public.kept")
        self.assert_untouched()


class NotCarriedOver(RebuildTestCase):
    def test_are_indexes_triggers_and_publications_as_the_log_tells(self):
        self.database.execute("""
            create index by_user on tokenflex.usage (user_name);
            create function public.look() returns trigger language plpgsql as 'begin return new; end';
            create trigger looks before insert on tokenflex.usage for each row execute function public.look();
            create publication abroad for table tokenflex.usage;
            alter table tokenflex.usage
                add column mine text default 'x',
                add constraint positive check (tokens_consumed >= 0),
                alter usage_date set not null,
                alter product_name set statistics 500,
                alter product_name set storage external;
        """)
        warnings = "\n".join(self.rebuild().log("warn"))
        self.assertIn("columns user_name, mine", warnings)
        self.assertIn("index by_user: CREATE INDEX by_user ON tokenflex.usage", warnings)
        self.assertIn("trigger looks: CREATE TRIGGER looks", warnings)
        self.assertIn("publication abroad", warnings)
        self.assertIn("constraint positive: CHECK", warnings)
        self.assertIn("the property not null of column usage_date", warnings)
        self.assertIn("the statistics target of column product_name", warnings)
        self.assertIn("the storage of column product_name", warnings)
        self.assert_replaced()

    def test_are_the_rows_that_an_appending_job_has_kept(self):
        self.write_usage(NEW_FIELDS, target={"mode": "append"})
        self.rebuild()
        self.write_usage(NEW_FIELDS)
        self.assertIn("loses the rows that earlier runs have kept", " ".join(self.rebuild().log("warn")))

    def test_is_nothing_that_a_plain_table_has(self):
        self.write_usage([*OLD_FIELDS, "productVersion"])
        self.assertEqual(self.rebuild().log("warn"), [])


if __name__ == "__main__":
    main()
