"""What a load changes of its table is told: in the log, in the run row, and by status."""

import json

from harness import EtlTestCase, main

JOB = {"query": {"fields": ["productName"], "metrics": ["carbonSaved"]}}
COLUMNS = ["productName", "carbonSaved"]


class Evolution(EtlTestCase):
    def serve(self, value):
        rows = [json.dumps(["AutoCAD", None]), f'["Revit", {value}]']
        self.simulator.config(results=[{"columns": COLUMNS, "rows": rows}])

    def setUp(self):
        super().setUp()
        self.etl.write_job(**JOB)
        self.serve("null")

    def changes(self):
        return self.last_run("schema_changes")[0]

    def status(self):
        result = self.etl.call(*self.etl.command("status"))
        document = json.loads(self.etl.call(*self.etl.command("--output", "json", "status")).stdout)
        return " ".join(result.stdout.split()), document["jobs"][0]["schema_changes"]

    @staticmethod
    def warnings(result):
        """But for the one of the job's file, that nobody documents the metric."""
        return [line for line in result.log("warn") if "usage.yaml" not in line]

    def type_of(self, column):
        return self.database.value(
            "select format_type(atttypid, atttypmod) from pg_attribute"
            f" where attrelid = 'tokenflex.usage'::regclass and attname = '{column}'"
        )

    def test_of_a_table_that_is_created_is_told(self):
        result = self.etl.run_well()
        created = "table tokenflex.usage was created"
        self.assertIn(created, " ".join(result.log("info")))
        self.assertEqual(self.warnings(result), [])
        self.assertEqual(self.changes(), '{"table tokenflex.usage was created"}')
        text, changes = self.status()
        self.assertIn(created, text)
        self.assertEqual(changes, [created])

    def test_is_silent_where_nothing_changes(self):
        self.etl.run_well()
        self.assertEqual(self.warnings(self.etl.run_well()), [])
        self.assertIsNone(self.changes())
        text, changes = self.status()
        self.assertNotIn("has changed", text)
        self.assertEqual(changes, [])

    def test_of_an_undocumented_metric_begins_as_a_number(self):
        self.etl.run_well()
        self.assertEqual(self.type_of("carbon_saved"), "numeric")
        self.serve("12.5")
        self.assertEqual(self.warnings(self.etl.run_well()), [])
        self.assertEqual(self.database.value("select sum(carbon_saved) from tokenflex.usage"), "12.5")

    def test_of_a_number_that_turns_to_text_is_a_warning(self):
        self.etl.run_well()
        self.serve('"N/A"')
        result = self.etl.run_well()
        widened = "table tokenflex.usage: column carbon_saved was widened from numeric to text"
        self.assertEqual(self.type_of("carbon_saved"), "text")
        self.assertIn(widened, " ".join(result.log("warn")))
        self.assertIn(widened, self.changes())
        text, changes = self.status()
        self.assertIn(widened, text)
        self.assertEqual(changes, [widened])

    def test_of_a_column_that_is_added_is_a_warning(self):
        self.etl.run_well()
        self.etl.write_job(query={"fields": ["productName"], "metrics": ["carbonSaved", "waterSaved"]})
        self.simulator.config(results=[{"columns": [*COLUMNS, "waterSaved"], "rows": ['["AutoCAD", 1, null]']}])
        added = "table tokenflex.usage: column water_saved (numeric) was added"
        self.assertIn(added, " ".join(self.etl.run_well().log("warn")))
        self.assertEqual(self.status()[1], [added])

    def test_a_metric_that_no_job_of_the_table_requests_any_more_is_a_warning(self):
        self.etl.write_job(query={"fields": ["productName"], "metrics": ["carbonSaved", "waterSaved"]})
        self.simulator.config(results=[{"columns": [*COLUMNS, "waterSaved"], "rows": ['["AutoCAD", 1, 2]']}])
        self.assertEqual(self.warnings(self.etl.run_well()), [])
        self.etl.write_job(**JOB)
        self.simulator.config(results=[{"columns": COLUMNS, "rows": ['["AutoCAD", 3]', '["Revit", 4]']}])
        (warning,) = self.warnings(self.etl.run_well())
        self.assertIn("no job of table tokenflex.usage requests waterSaved any more", warning)
        self.assertIn("column water_saved", warning)
        self.database.execute("alter table tokenflex.usage drop column water_saved")
        self.assertEqual(self.warnings(self.etl.run_well()), [])
        self.etl.write_job(query={"fields": ["productName"], "metrics": ["carbonSaved", "waterSaved"]})
        self.simulator.config(results=[{"columns": [*COLUMNS, "waterSaved"], "rows": ['["AutoCAD", 3, 2]']}])
        self.etl.run_well("--accept")
        self.assertEqual(self.database.value("select water_saved from tokenflex.usage"), "2")

    def test_of_a_metric_that_is_requested_and_was_dropped_is_refused(self):
        self.etl.run_well()
        self.database.execute("alter table tokenflex.usage drop column carbon_saved")
        self.assert_failed(self.etl.run(), 78, "has lost the column carbon_saved")

    def test_a_metric_that_another_job_of_the_table_requests_is_no_warning(self):
        self.etl.write_job("wide", query={"fields": ["productName"], "metrics": ["carbonSaved", "waterSaved"]},
                           contract="11000000002", target={"table": "usage"})
        both = {"columns": [*COLUMNS, "waterSaved"], "rows": ['["AutoCAD", 1, 2]']}
        self.simulator.config(results=[both])
        self.etl.run_well("wide")
        self.serve("5")
        self.assertEqual(self.warnings(self.etl.run_well("usage")), [])
        self.etl.write_job_text("wide.yaml", "name: wide\nquery: [\n")
        self.serve("6")
        self.assertEqual(self.warnings(self.etl.run_well("usage")), [], "its job file cannot be read")

    def test_that_is_rolled_back_is_not_told(self):
        self.etl.run_well()
        self.serve('"N/A"')
        self.simulator.config(
            results=[{"columns": COLUMNS, "rows": ['["AutoCAD", "N/A"]', '["AutoCAD", "N/A"]']}]
        )
        result = self.etl.run()
        self.assertEqual(result.exit_code, 65)
        self.assertEqual(self.warnings(result), [])
        self.assertIsNone(self.changes())


if __name__ == "__main__":
    main()
