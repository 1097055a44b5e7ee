"""init and init --sql: the tool's own schema, made by the program or by a DBA."""

import json

from harness import SOURCE, EtlTestCase, main

MIGRATIONS = sorted(path.stem for path in (SOURCE / "sql/migrations").glob("*.sql"))
LEVEL = int(MIGRATIONS[-1].split("_")[0])

# Everything there is in the tool's schema, as text.
STATE = """
select 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || a.attidentity::text,
       pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
 where c.relnamespace = 'tokenflex_etl'::regnamespace and c.relkind = 'r'
union all
select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), null, null
  from pg_constraint where connamespace = 'tokenflex_etl'::regnamespace
union all
select 'index', tablename, indexname, indexdef, null, null from pg_indexes where schemaname = 'tokenflex_etl'
union all
select 'table', relname, obj_description(oid, 'pg_class'), null, null, null
  from pg_class where relnamespace = 'tokenflex_etl'::regnamespace and relkind = 'r'
union all
select 'schema', nspname, obj_description(oid, 'pg_namespace'), pg_get_userbyid(nspowner), nspacl::text, null
  from pg_namespace where nspname in ('tokenflex', 'tokenflex_etl')
union all
select 'migration', number::text, name, null, null, null from tokenflex_etl.migration
order by 1, 2, 3
"""


class InitCase(EtlTestCase):
    simulator_settings = {"rows": 10}

    def init(self, *arguments):
        done = self.etl.call(*self.etl.command("init", *arguments))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return done

    def make_role(self, name, options=""):
        self.database.execute(f"create role {name} {options}")
        self.addCleanup(self.database.execute, f"drop owned by {name}; drop role {name}")

    def grant_select_to(self, *roles):
        self.etl.write_settings({"database": {"grant_select_to": list(roles)}})


class Init(InitCase):
    def test_says_what_it_did(self):
        self.make_role("reporting")
        self.grant_select_to("reporting")
        self.assertEqual(
            self.init().stdout.splitlines(),
            [
                "schema tokenflex_etl: created",
                *[f"schema tokenflex_etl: applied {name}" for name in MIGRATIONS],
                f"schema tokenflex_etl is up to date (level {LEVEL})",
                "schema tokenflex: created",
                "schema tokenflex: usage granted to reporting",
            ],
        )

    def test_says_the_same_to_scripts(self):
        self.make_role("reporting")
        self.grant_select_to("reporting")
        self.assertEqual(
            json.loads(self.init("--output", "json").stdout),
            {
                "schema": "tokenflex_etl",
                "level_before": 0,
                "level": LEVEL,
                "migrations": MIGRATIONS,
                "target_schema": "tokenflex",
                "target_schema_created": True,
                "usage_granted_to": ["reporting"],
            },
        )

    def test_again_has_nothing_to_say_but_that(self):
        self.init()
        self.assertEqual(self.init().stdout, f"schema tokenflex_etl is up to date (level {LEVEL})\n")

    def test_names_a_reader_that_is_no_role(self):
        self.grant_select_to("nobody_knows")
        failed = self.etl.call(*self.etl.command("init"))
        self.assert_failed(failed, 78, "database.grant_select_to", "nobody_knows")
        self.assertEqual(self.database.value("select to_regnamespace('tokenflex')"), None)

    def test_does_not_say_granted_where_the_schema_is_not_its_own(self):
        self.make_role("reporting")
        self.make_role("modest", "login")
        self.database.execute(
            "create schema tokenflex_etl authorization modest; create schema tokenflex;"
            " grant usage, create on schema tokenflex to modest"
        )
        self.grant_select_to("reporting")
        self.etl.environment["PGUSER"] = "modest"
        failed = self.etl.call(*self.etl.command("init"))
        self.assert_failed(failed, 73, "the role may not grant usage", 'grant usage on schema "tokenflex" to "reporting"')
        self.assertNotIn("usage granted", failed.stdout)

    def test_of_a_role_that_may_not_make_the_tables_schema_says_so(self):
        self.make_role("modest", "login")
        self.database.execute("create schema tokenflex_etl authorization modest")
        self.etl.environment["PGUSER"] = "modest"
        failed = self.etl.call(*self.etl.command("init"))
        self.assert_failed(failed, 73, "cannot prepare the schema tokenflex", "permission denied")


class Script(InitCase):
    def script(self):
        return self.init("--sql").stdout

    def test_needs_no_database(self):
        self.etl.environment["PGHOST"] = "/nonexistent"
        self.assertIn("create table tokenflex_etl.run", self.script())

    def test_makes_what_init_makes(self):
        self.make_role("reporting")
        self.make_role('"Odd ""One"')
        self.grant_select_to("reporting", 'Odd "One')
        self.init()
        by_init = self.database.rows(STATE)
        self.database.execute("drop schema tokenflex_etl cascade; drop schema tokenflex cascade")
        self.database.run_psql(self.script())
        self.assertEqual(self.database.rows(STATE), by_init)

    def test_leaves_init_nothing_to_do(self):
        self.database.run_psql(self.script())
        self.assertEqual(self.init().stdout, f"schema tokenflex_etl is up to date (level {LEVEL})\n")
        self.etl.write_job("usage")
        self.etl.run_well()
        self.assert_all_rows_arrived()

    def test_again_changes_nothing(self):
        self.database.run_psql(self.script())
        before = self.database.rows("table tokenflex_etl.migration")
        self.database.run_psql(self.script())
        self.assertEqual(self.database.rows("table tokenflex_etl.migration"), before)

    def test_brings_up_an_older_schema_with_what_is_in_it(self):
        self.init()
        by_init = self.database.rows(STATE)
        self.database.execute("drop schema tokenflex_etl cascade")
        first = (SOURCE / f"sql/migrations/{MIGRATIONS[0]}.sql").read_text(encoding="utf-8")
        self.database.execute(
            f"create schema tokenflex_etl; {first}"
            f"insert into tokenflex_etl.migration values (1, '{MIGRATIONS[0]}');"
            "insert into tokenflex_etl.request_budget values ('kept', 1, now())"
        )
        self.database.run_psql(self.script())
        self.assertEqual(self.database.rows(STATE), by_init)
        self.assertEqual(self.database.value("select account from tokenflex_etl.request_budget"), "kept")

    def test_leaves_a_newer_schema_alone(self):
        self.init()
        self.database.execute(f"insert into tokenflex_etl.migration values ({LEVEL + 1}, 'of_the_future')")
        before = self.database.rows(STATE)
        with self.assertRaisesRegex(AssertionError, "made by a newer tokenflex-etl"):
            self.database.run_psql(self.script())
        self.assertEqual(self.database.rows(STATE), before)

    def test_that_fails_half_way_leaves_nothing(self):
        self.database.execute("create schema tokenflex_etl; create table tokenflex_etl.request_budget (mine integer)")
        with self.assertRaisesRegex(AssertionError, "already exists"):
            self.database.run_psql(self.script())
        self.assertFalse(self.database.has_table("tokenflex_etl.migration"))

    def test_gives_the_role_that_runs_all_that_it_needs(self):
        self.make_role("modest", "login")
        self.database.execute("\\set role modest\n" + self.script())
        self.etl.environment["PGUSER"] = "modest"
        self.assertEqual(self.init().stdout, f"schema tokenflex_etl is up to date (level {LEVEL})\n")
        self.etl.write_job("usage")
        self.etl.run_well()
        self.etl.run_well()
        self.assert_all_rows_arrived()
        self.etl.write_job("usage", query={"fields": ["usageDate", "productName"]})
        self.etl.run_well("--rebuild")
        self.init("--reports")
        self.assertEqual(self.database.value("select table_name from tokenflex.report_freshness"), "usage")

    def test_does_not_come_as_json(self):
        failed = self.etl.call(*self.etl.command("--output", "json", "init", "--sql"))
        self.assert_failed(failed, 64, "--sql", "--output json")


if __name__ == "__main__":
    main()
