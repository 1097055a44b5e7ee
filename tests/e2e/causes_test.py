"""Whatever of the owner's stands in the way of a load is named, and how to remove it; nothing is `a bug`."""

import re

from harness import CONTRACT, EtlTestCase, cases, main

DAY = {"field": "usageDate", "last": "30 days", "until": "2026-12-01"}
COLUMNS = ["usageDate", "productName", "userName", "tokensConsumed"]
GONE = "tokenflex.usage was dropped or renamed"
FUNCTION = "create function tokenflex.act() returns trigger language plpgsql as $$ begin {} end $$;"
TRIGGER = "create trigger act before {} on tokenflex.usage for each row execute function tokenflex.act();"


class CauseCase(EtlTestCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=DAY)
        self.load(5)

    def answer(self, tokens):
        rows = [f'["2026-11-05","AutoCAD","ann",{tokens}]', '["2026-11-06","Revit","bob",1.5]']
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": rows}])

    def load(self, tokens):
        self.answer(tokens)
        return self.etl.run_well().one_run

    def assert_refused(self, code, *words, before_a_request=False):
        self.simulator.reset_stats()
        before = self.database.rows("table tokenflex.usage")
        self.assert_failed(self.etl.run(), code, *words)
        self.assertEqual(self.database.rows("table tokenflex.usage"), before)
        if before_a_request:
            self.assertEqual(self.simulator.stats["budgeted"], 0)


RAISED = {
    "that_raises": ("raise exception 'never on a %', 'Sunday';", "never on a Sunday"),
    "with_a_sqlstate_of_its_own": ("raise exception 'not now' using errcode = 'MY001';", "not now"),
    "with_the_sqlstate_of_a_lost_server": ("raise exception 'not now' using errcode = '57P01';", "not now"),
    "with_the_sqlstate_of_a_standby": ("raise exception 'not now' using errcode = '25006';", "not now"),
    "that_asserts": ("assert false, 'what is false';", "what is false"),
    "that_has_a_mistake": ("insert into tokenflex.nowhere values (1); return new;", "tokenflex.nowhere"),
    "that_divides_by_zero": ("new.tokens_consumed := 1 / 0; return new;", "division by zero"),
}


@cases(RAISED)
class Trigger(CauseCase):
    def check(self, case):
        body, words = case
        self.answer(6)
        self.database.execute(FUNCTION.format(body) + TRIGGER.format("update"))
        self.assert_refused(65, words)

    def test_that_changes_values_is_named(self):
        self.answer(6)
        self.database.execute(
            FUNCTION.format("new.tokens_consumed := round(new.tokens_consumed / 10); return new;")
            + TRIGGER.format("insert or update")
        )
        self.assert_refused(65, "tokens_consumed", "the trigger act of tokenflex.usage", "disable trigger act")


# A trigger, when it fires, and the column that has another value after it.
CHANGES = {
    "a_field": ("new.user_name := upper(new.user_name); return new;", "before insert or update", "user_name"),
    "the_day": ("new.usage_date := '2026-11-07'; return new;", "before insert or update", "usage_date"),
    "a_field_into_null": ("new.product_name := null; return new;", "before insert or update", "product_name"),
    "a_field_afterwards": (
        "if new.user_name = 'ann' then update tokenflex.usage set user_name = 'x' where user_name = 'ann'; end if;"
        " return null;",
        "after insert or update",
        "user_name",
    ),
}


@cases(CHANGES)
class TriggerThatChanges(CauseCase):
    """Texts and days have no sum by which the proof would find them."""

    def check(self, case):
        body, when, column = case
        self.database.execute(FUNCTION.format(body) + TRIGGER.replace("before {}", when))
        self.answer(6)
        self.assert_refused(65, column, "the trigger act of tokenflex.usage", "disable trigger act")

    def test_rows_that_the_run_does_not_write_are_looked_at_too(self):
        self.database.execute(
            FUNCTION.format(
                "if new.user_name = 'ann' then update tokenflex.usage set user_name = 'x' where user_name = 'bob'; end if;"
                " return null;"
            )
            + TRIGGER.replace("before {}", "after update")
        )
        self.answer(6)
        self.assert_refused(65, "user_name", "the trigger act of tokenflex.usage")

    def test_rows_whose_run_it_keeps_are_looked_at_too(self):
        body = "new.user_name := upper(new.user_name); new._run_id := old._run_id; return new;"
        self.database.execute(FUNCTION.format(body) + TRIGGER.format("update"))
        self.answer(6)
        self.assert_refused(65, "user_name", "the trigger act of tokenflex.usage")

    def test_rows_of_a_new_month_are_looked_at_too(self):
        self.database.execute(
            FUNCTION.format("new.user_name := upper(new.user_name); return new;")
            + TRIGGER.format("insert")
        )
        rows = ['["2026-12-05","AutoCAD","ann",3]']
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": rows}])
        self.etl.write_job("usage", window={**DAY, "until": "2026-12-31"})
        self.assert_refused(65, "user_name", "the trigger act of tokenflex.usage")

    def test_a_trigger_that_only_watches_is_no_hindrance(self):
        self.database.execute(
            "create table tokenflex.seen (name text);"
            + FUNCTION.format("insert into tokenflex.seen values (new.user_name); return null;")
            + TRIGGER.replace("before {}", "after insert or update")
        )
        self.assertEqual(self.load(6)["rows_updated"], 1)
        self.assertEqual(self.database.value("select count(*) from tokenflex.seen"), "1")


class EventTrigger(CauseCase):
    """Of a new table as of the temporary stage."""

    def test_that_refuses_is_named(self):
        self.database.execute(
            "create function tokenflex.no_ddl() returns event_trigger language plpgsql as"
            " $$ begin if tg_tag = 'CREATE TABLE' then raise exception 'no ddl at night'; end if; end $$;"
            " create event trigger guard on ddl_command_start execute function tokenflex.no_ddl()"
        )
        words = ("no ddl at night", "an event trigger of the database refuses it")
        self.answer(6)
        self.assert_refused(73, *words)
        self.etl.write_job("usage", window=DAY, target={"table": "other"})
        self.assert_refused(73, *words)
        self.assertEqual(self.database.value("select evtname from pg_event_trigger"), "guard")
        self.database.execute("drop event trigger guard")
        self.etl.run_well()


    def test_that_gives_a_new_table_to_another_role_is_suspected(self):
        role = f"{self.database.name}_maker"
        self.database.execute(
            f"create role {role} login; grant usage, create on schema tokenflex to {role};"
            f" grant usage on schema tokenflex_etl to {role}; grant all on all tables in schema tokenflex_etl to {role};"
            " create function tokenflex.own() returns event_trigger language plpgsql security definer as $$"
            " declare c record; begin for c in select * from pg_event_trigger_ddl_commands() loop"
            " if c.command_tag = 'CREATE TABLE' and c.schema_name = 'tokenflex' then"
            " execute format('alter table %s owner to %I', c.object_identity, current_user); end if;"
            " end loop; end $$;"
            " create event trigger owns on ddl_command_end execute function tokenflex.own()"
        )
        self.addCleanup(self.database.execute, f"drop event trigger owns; drop owned by {role}; drop role {role}")
        self.etl.environment["PGUSER"] = role
        self.etl.write_job("usage", window=DAY, target={"table": "other"})
        self.assert_refused(73, "other", "may have given the new table another owner")


class Constraint(CauseCase):
    def test_that_is_violated_is_named(self):
        self.database.execute("alter table tokenflex.usage add constraint few check (tokens_consumed < 10)")
        self.answer(11)
        self.assert_refused(65, "few")

    def test_of_a_domain_is_named(self):
        self.database.execute(
            "create domain tokenflex.few as numeric check (value < 10);"
            "alter table tokenflex.usage alter tokens_consumed type tokenflex.few"
        )
        self.assertEqual(self.load(6)["rows_updated"], 1)
        self.answer(11)
        self.assert_refused(65, "few_check")


class Column(CauseCase):
    def test_that_rounds_is_refused_before_a_request(self):
        self.database.execute("alter table tokenflex.usage alter tokens_consumed type numeric(10, 0)")
        statement = 'alter table "tokenflex"."usage" alter column "tokens_consumed" type numeric'
        self.assert_refused(73, "has the type numeric(10,0)", statement, before_a_request=True)
        self.database.execute(statement)
        self.assertEqual(self.load(5)["rows_updated"], 1)

    def test_that_holds_every_text_is_no_hindrance(self):
        self.etl.write_job("usage", window=DAY, target={"history": True})
        self.load(6)
        self.database.execute(
            "alter table tokenflex.usage alter user_name type character varying, alter contract_number type varchar"
        )
        self.assertEqual(self.load(6)["rows_unchanged"], 2)
        self.assertEqual(self.load(7)["rows_updated"], 1)
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage_history"), "1")

    def test_of_the_windows_date_that_is_a_text_is_refused_before_a_request(self):
        self.database.execute("alter table tokenflex.usage alter usage_date type text")
        statement = 'alter table "tokenflex"."usage" alter column "usage_date" type date using "usage_date"::date'
        self.assert_refused(73, "has the type text", statement, before_a_request=True)
        self.database.execute(statement)
        self.assertEqual(self.load(6)["rows_updated"], 1)


KEY_IDENTITY = (
    "create unique index by_key on tokenflex.usage (_row_key); alter table tokenflex.usage replica identity using index by_key;"
)


class Publication(CauseCase):
    def publish(self, what, before=""):
        self.database.execute(f"{before} create publication abroad for table tokenflex.usage {what}")
        self.addCleanup(self.database.execute, "drop publication if exists abroad")

    def test_of_some_rows_is_named_with_the_statement_that_helps(self):
        self.publish("where (user_name <> 'nobody')", KEY_IDENTITY)
        statement = "alter table tokenflex.usage replica identity full"
        self.assert_refused(73, "the publication abroad", statement, before_a_request=True)
        self.database.execute(statement)
        self.assertEqual(self.load(6)["rows_updated"], 1)

    def test_whose_columns_lack_the_identity_is_named_with_statements_that_work(self):
        self.publish("(contract_number, user_name)", KEY_IDENTITY)
        refused = self.etl.run()
        self.assert_failed(refused, 73, "the publication abroad", "no list of its columns")
        self.database.execute(re.search(r"alter publication .* identity full", refused.error)[0])
        self.assertEqual(self.load(6)["rows_updated"], 1)

    def test_of_rows_and_columns_that_have_the_identity_is_no_hindrance(self):
        self.publish("(_row_key, user_name) where (_row_key is not null)", KEY_IDENTITY)
        self.assertEqual(self.load(6)["rows_updated"], 1)

    def test_of_some_columns_is_named_with_statements_that_work(self):
        for identity in ("default", "full"):
            with self.subTest(identity=identity):
                self.database.execute(
                    f"alter table tokenflex.usage replica identity {identity};"
                    " drop publication if exists some_columns;"
                    " create publication some_columns for table tokenflex.usage (contract_number, user_name)"
                )
                self.addCleanup(self.database.execute, "drop publication if exists some_columns")
                refused = self.etl.run()
                self.assert_failed(refused, 73, "the publication some_columns", "no list of its columns")
                self.database.execute(re.search(r"alter publication .* identity full", refused.error)[0])
                self.load(6)
                self.assertEqual(self.load(7)["rows_updated"], 1)

    def test_of_all_tables_wants_a_replica_identity(self):
        self.database.execute("create publication abroad for all tables")
        self.addCleanup(self.database.execute, "drop publication abroad")
        statement = "alter table tokenflex.usage replica identity full"
        self.assert_refused(73, "the publication abroad", statement, before_a_request=True)
        self.database.execute(statement)
        self.assertEqual(self.load(6)["rows_updated"], 1)

    def test_of_all_tables_is_no_obstacle_to_a_table_that_is_made_later(self):
        self.database.execute("create publication abroad for all tables")
        self.addCleanup(self.database.execute, "drop publication abroad")
        self.etl.write_job("usage", window=DAY, target={"table": "later"})
        self.load(5)
        self.assertEqual(self.load(6)["rows_updated"], 1)
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": []}])
        self.assertEqual(self.etl.run_well("--accept").one_run["rows_deleted"], 2)


class Column(CauseCase):
    def test_of_a_metric_that_is_a_text_is_refused_with_a_statement_that_works(self):
        self.database.execute("alter table tokenflex.usage alter tokens_consumed type text")
        self.assert_refused(73, "cannot be added up", before_a_request=True)
        statement = re.search(r"alter table .*::numeric", self.etl.run().error)[0]
        self.database.execute(statement)
        self.assertEqual(self.load(6)["rows_updated"], 1)

    def test_whose_collation_takes_texts_for_equal_has_the_answers_text(self):
        self.database.execute(
            "create collation tokenflex.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
        )
        self.etl.write_job("usage", window=DAY, target={"table": "other", "key": ["usageDate", "productName"]})
        self.load(5)
        self.database.execute("alter table tokenflex.other alter user_name type text collate tokenflex.any_case")
        rows = ['["2026-11-05","AutoCAD","ANN",5]', '["2026-11-06","Revit","bob",1.5]']
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": rows}])
        self.assertEqual(self.etl.run_well().one_run["rows_updated"], 1)
        names = "select user_name collate \"C\" from tokenflex.other order by usage_date"
        self.assertEqual(self.database.rows(names), [("ANN",), ("bob",)])


ALTER = "alter table tokenflex.usage "
GENERATED = ALTER + "drop column {0}; " + ALTER + "add column {0} {1} generated always as ({2}) stored"

# What the owner has done to a column, what is said of it, and the statement that mends it.
UNFIT = {
    "run_id_that_is_dropped": (
        ALTER + "drop column _run_id",
        "it has no column _run_id",
        "add column _run_id bigint not null default 0",
    ),
    "synced_at_that_is_dropped": (
        ALTER + "drop column _synced_at",
        "it has no column _synced_at",
        "add column _synced_at timestamp with time zone not null default now()",
    ),
    "row_key_that_is_dropped": (ALTER + "drop column _row_key", "it has no column _row_key", "rename to usage_old"),
    "contract_number_that_is_dropped": (
        ALTER + "drop column contract_number",
        "it has no column contract_number",
        "rename to usage_old",
    ),
    "row_key_of_another_type": (
        ALTER + "alter column _row_key type text",
        "its column _row_key is text, not uuid",
        'alter column "_row_key" type uuid using _row_key::uuid',
    ),
    "run_id_that_is_computed": (
        ALTER + "alter column _run_id add generated always as identity",
        "the server computes its column _run_id",
        'alter column "_run_id" drop identity',
    ),
    "metric_that_is_computed": (
        GENERATED.format("tokens_consumed", "numeric", "1"),
        "the server computes its column tokens_consumed",
        'alter column "tokens_consumed" drop expression',
    ),
    "field_that_is_computed": (
        GENERATED.format("user_name", "text", "upper(product_name)"),
        "the server computes its column user_name",
        'alter column "user_name" drop expression',
    ),
    "column_of_its_owner_that_needs_a_value": (
        ALTER + "add column note text not null default ''; " + ALTER + "alter column note drop default",
        "its column note is NOT NULL without a default, and no load writes it",
        'alter column "note" drop not null',
    ),
    "primary_key_of_its_owner_that_needs_a_value": (
        ALTER + "add column number int, add column part int; update tokenflex.usage set number = tokens_consumed, part = 1;"
        + ALTER + 'add constraint "Own key" primary key (number, part)',
        "its column number is NOT NULL without a default, and no load writes it",
        'drop constraint "Own key", alter column "number" drop not null',
    ),
}


@cases(UNFIT)
class UnfitColumn(CauseCase):
    """The server would refuse the rows only after they were fetched."""

    def check(self, case):
        statement, words, remedy = case
        self.answer(6)
        self.database.execute(statement)
        self.simulator.reset_stats()
        result = self.etl.run()
        self.assert_failed(result, 73, "table tokenflex.usage cannot be loaded: " + words, remedy)
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        self.assertIn(words, self.etl.call(*self.etl.command("plan")).stdout)
        self.database.execute(re.search(r'\((alter table .*?)(; then.*)?\)\n', result.stderr)[1])
        self.etl.run_well()
        self.assertEqual(self.database.value("select sum(tokens_consumed) from tokenflex.usage"), "7.5")

    def test_of_its_owner_that_the_server_fills_is_no_hindrance(self):
        self.database.execute(
            ALTER + "add column number bigint generated always as identity, add column note text not null default '';"
            + ALTER + "add column twice numeric generated always as (2 * tokens_consumed) stored"
        )
        self.assertEqual(self.load(6)["rows_updated"], 1)


class View(CauseCase):
    def test_in_the_place_of_a_table_is_refused_before_a_request(self):
        self.database.execute(
            "alter table tokenflex.usage rename to kept; create view tokenflex.usage as table tokenflex.kept"
        )
        self.assert_refused(73, "is a view", before_a_request=True)


class Gone(CauseCase):
    def gone_meanwhile(self, statement, page_size=1):
        """Of a table that disappears while its rows arrive."""
        self.answer(6)
        self.etl.write_job("usage", window=DAY, page_size=page_size)
        self.simulator.script({"on": "page", "nth": 1, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.database.execute(statement)
        self.simulator.release()
        return running.wait()

    def test_table_is_named(self):
        self.assert_failed(self.gone_meanwhile("drop table tokenflex.usage"), 73, GONE)

    def test_renamed_table_is_named(self):
        result = self.gone_meanwhile("alter table tokenflex.usage rename to other")
        self.assert_failed(result, 73, GONE)
        self.assertEqual(self.database.value("select sum(tokens_consumed) from tokenflex.other"), "6.5")

    def test_schema_is_named(self):
        self.assert_failed(self.gone_meanwhile("drop schema tokenflex cascade"), 73, GONE)

    def assert_nothing_loaded(self, statement, words):
        self.assert_failed(self.gone_meanwhile(statement), 75, words)
        self.assertEqual(self.database.value("select sum(tokens_consumed) from tokenflex.usage"), "6.5")

    def test_run_row_is_named_and_nothing_is_loaded(self):
        self.assert_nothing_loaded(
            "delete from tokenflex_etl.run where status = 'running'",
            "in tokenflex_etl.run was deleted while the run loaded",
        )

    def test_target_row_is_named_and_nothing_is_loaded(self):
        self.assert_nothing_loaded(
            "delete from tokenflex_etl.target",
            "the row of table tokenflex.usage in tokenflex_etl.target was deleted",
        )


class GoneBudget(CauseCase):
    """Without its row the requests of the night would be forgotten, and the next ones sent too early."""

    WORDS = "in tokenflex_etl.request_budget was deleted"

    def setUp(self):
        super().setUp()
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 600, "burst": 50}}})
        self.answer(6)

    def gone_at(self, answer, **job):
        self.etl.write_job("usage", window=DAY, **job)
        self.simulator.script({"on": answer, "nth": 1, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.database.execute("delete from tokenflex_etl.request_budget")
        self.simulator.release()
        self.assert_failed(running.wait(), 75, self.WORDS)
        self.assertEqual(self.database.value("select sum(tokens_consumed) from tokenflex.usage"), "6.5")
        self.assertEqual(self.database.count("tokenflex_etl.request_budget"), 0)

    def test_is_noticed_by_the_next_request(self):
        self.gone_at("page", page_size=1)

    def test_is_noticed_when_no_request_follows(self):
        self.gone_at("poll")

    def test_is_noticed_by_an_export(self):
        self.gone_at("export_status", source="export")

    def test_is_made_by_the_next_run(self):
        self.gone_at("poll")
        self.assertEqual(self.etl.run_well().one_run["rows_updated"], 1)
        self.assertEqual(self.database.count("tokenflex_etl.request_budget"), 1)


if __name__ == "__main__":
    main()
