"""A table remembers which column holds which field and metric: a job that has them elsewhere than its table is refused
before it loads anything wrong."""

from harness import EtlTestCase, main

QUERY = {"fields": ["usageDate", "customField1", "customField2"], "metrics": ["tokensConsumed"]}


class KeyColumns(EtlTestCase):
    simulator_settings = {"rows": 40}

    def setUp(self):
        super().setUp()
        self.write(customField1="dept", customField2="site")
        self.etl.run_well()
        self.before = self.rows()

    def write(self, **rename):
        self.etl.write_job(query=QUERY, target={"rename": rename})

    def rows(self):
        return sorted(
            self.database.rows("select to_jsonb(u) - array['_run_id', '_synced_at', '_row_key'] from tokenflex.usage u")
        )

    def assert_refused(self, *words):
        """Before a request is spent, and as plan says."""
        self.simulator.reset_stats()
        self.assert_failed(self.etl.run(), 78, *words)
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        plan = self.etl.call(*self.etl.command("plan"))
        self.assertEqual(plan.exit_code, 78)
        self.assertIn(words[0], " ".join(plan.stdout.split()))
        self.assertEqual(self.rows(), self.before)

    def test_a_field_that_gets_another_name_is_refused(self):
        self.write(customField1="department", customField2="site")
        self.assert_refused(
            "customField1 in the column dept, not in department", 'rename column "dept" to "department"', "--rebuild"
        )

    def test_the_statement_of_the_hint_helps(self):
        self.write(customField1="department", customField2="site")
        self.database.execute('alter table "tokenflex"."usage" rename column "dept" to "department"')
        run = self.etl.run_well().one_run
        self.assertEqual((run["rows_unchanged"], run["rows_inserted"]), (40, 0))
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage where site is null"), self.nulls("site"))

    def nulls(self, column):
        return str(sum(f'"{column}": null' in row[0] for row in self.before))

    def test_two_fields_that_change_their_places_are_refused(self):
        self.write(customField1="site", customField2="dept")
        self.assert_refused("customField1 in the column dept, not in site", "target.rename")

    def test_a_column_that_somebody_has_dropped_is_not_made_anew_empty(self):
        self.database.execute("alter table tokenflex.usage drop column site")
        self.before = self.rows()
        self.assert_refused("lost the column site", "customField2")

    def test_a_rebuild_puts_them_where_the_job_has_them(self):
        self.write(customField1="site", customField2="dept")
        self.etl.run_well("--rebuild")
        self.assertEqual(self.database.count("tokenflex.usage"), 40)
        self.assertEqual(
            self.database.value("select count(*) from tokenflex.usage where dept is null"), self.nulls("site")
        )
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 40)

    def rename_metric(self):
        self.write(customField1="dept", customField2="site", tokensConsumed="tokens")

    def test_a_metric_that_gets_another_name_is_refused(self):
        self.rename_metric()
        self.assert_refused(
            "tokensConsumed in the column tokens_consumed, not in tokens",
            'alter table "tokenflex"."usage" rename column "tokens_consumed" to "tokens"',
        )
        self.database.execute('alter table "tokenflex"."usage" rename column "tokens_consumed" to "tokens"')
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 40)

    def test_a_column_of_a_metric_that_its_owner_has_renamed_is_named(self):
        self.database.execute("alter table tokenflex.usage rename column tokens_consumed to tokens")
        self.before = self.rows()
        self.assert_refused(
            "tokensConsumed in the column tokens, not in tokens_consumed",
            'rename column "tokens" to "tokens_consumed"',
        )
        self.rename_metric()
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 40)

    def test_a_column_of_a_metric_that_somebody_has_dropped_is_not_made_again_half_filled(self):
        self.database.execute("alter table tokenflex.usage drop column tokens_consumed")
        self.before = self.rows()
        self.assert_refused("lost the column tokens_consumed", "--rebuild")
        self.etl.run_well("--rebuild")
        self.assertEqual(
            self.database.value("select count(*) from tokenflex.usage where tokens_consumed is not null"), "40"
        )

    def test_a_name_that_its_owner_has_given_to_another_column_is_noticed(self):
        self.database.execute(
            "alter table tokenflex.usage rename column tokens_consumed to tokens_old;"
            "alter table tokenflex.usage add column tokens_consumed numeric"
        )
        self.before = self.rows()
        self.assert_refused("tokensConsumed in the column tokens_old, not in tokens_consumed", "target.rename")
        self.write(customField1="dept", customField2="site", tokensConsumed="tokens_old")
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 40)

    def test_names_that_its_owner_has_exchanged_are_noticed(self):
        self.database.execute(
            "alter table tokenflex.usage rename column dept to x; alter table tokenflex.usage rename column site to dept;"
            "alter table tokenflex.usage rename column x to site"
        )
        self.before = self.rows()
        self.assert_refused("customField1 in the column site, not in dept")
        self.etl.run_well("--rebuild")
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage where dept is null"), self.nulls("dept"))

    def test_comments_of_the_owner_are_left_in_peace(self):
        for comments in ("'what I say'", "null"):
            self.database.execute(f"comment on column tokenflex.usage.dept is {comments}; comment on column tokenflex.usage.site is 'mine'")
            self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 40)

    def test_a_metric_that_the_table_never_had_gets_a_column(self):
        self.etl.write_job(
            query={**QUERY, "metrics": ["tokensConsumed", "usageHours"]},
            target={"rename": {"customField1": "dept", "customField2": "site"}},
        )
        self.assertGreater(self.etl.run_well().one_run["rows_updated"], 0)
        self.assertIn("usageHours usage_hours", self.database.value("select columns from tokenflex_etl.target"))
        self.etl.write_job(
            query={**QUERY, "metrics": ["usageHours"]},
            target={"rename": {"customField1": "dept", "customField2": "site", "usageHours": "hours"}},
        )
        self.assert_failed(self.etl.run(), 78, "usageHours in the column usage_hours, not in hours")


JANUARY = ("--from", "2026-01-01", "--to", "2026-02-01")


class FieldsOutsideTheKey(EtlTestCase):
    """A field that is not part of the key is not left half filled either."""

    simulator_settings = {"rows_per_day": 1}

    def setUp(self):
        super().setUp()
        self.write()
        self.etl.run_well(*JANUARY)

    def write(self, **rename):
        self.etl.write_job(
            query={"fields": ["usageDate", "customField1"], "metrics": ["tokensConsumed"]},
            window={"field": "usageDate"},
            target={"key": ["usageDate"], "rename": rename},
        )

    def assert_refused(self, *words):
        self.assert_failed(self.etl.run(*JANUARY, "--again"), 78, *words)

    def test_are_refused_in_another_column(self):
        self.write(customField1="dept")
        self.assert_refused("customField1 in the column custom_field1, not in dept")

    def test_are_refused_where_their_column_is_renamed_or_dropped(self):
        self.database.execute("alter table tokenflex.usage rename column custom_field1 to dept")
        self.assert_refused('rename column "dept" to "custom_field1"')
        self.database.execute("alter table tokenflex.usage drop column dept")
        self.assert_refused("lost the column custom_field1")


if __name__ == "__main__":
    main()
