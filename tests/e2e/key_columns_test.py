"""Rows are found by their keys, so the columns of the key are written once: a job that has them elsewhere than its table
is refused before it loads anything wrong."""

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
        self.assert_failed(self.etl.run(), 78, "part of its key", *words)
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        plan = self.etl.call(*self.etl.command("plan"))
        self.assertEqual(plan.exit_code, 78)
        self.assertIn("part of its key", plan.stdout)
        self.assertEqual(self.rows(), self.before)

    def test_a_field_that_gets_another_name_is_refused(self):
        self.write(customField1="department", customField2="site")
        self.assert_refused('rename column "dept" to "department"', "--rebuild")

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
        self.assert_refused("customField1", "dept", "site")

    def test_a_column_that_somebody_has_dropped_is_not_made_anew_empty(self):
        self.database.execute("alter table tokenflex.usage drop column site")
        self.before = self.rows()
        self.assert_refused("no column site", "customField2")

    def test_a_rebuild_puts_them_where_the_job_has_them(self):
        self.write(customField1="site", customField2="dept")
        self.etl.run_well("--rebuild")
        self.assertEqual(self.database.count("tokenflex.usage"), 40)
        self.assertEqual(
            self.database.value("select count(*) from tokenflex.usage where dept is null"), self.nulls("site")
        )
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 40)

    def test_a_metric_may_get_another_name(self):
        self.etl.write_job(
            query=QUERY,
            target={"rename": {"customField1": "dept", "customField2": "site", "tokensConsumed": "tokens"}},
        )
        self.assertEqual(self.etl.run_well().one_run["rows_updated"], 40)
        self.assertEqual(
            self.database.value("select count(*) from tokenflex.usage where tokens is distinct from tokens_consumed"), "0"
        )


if __name__ == "__main__":
    main()
