"""One table, one question: a job that asks for other usage than the rows of its table are the answer to is refused before
a request is spent."""

import re

from harness import CONTRACT, EtlTestCase, main
from harness.rebuild import OLD_FIELDS, QUARTER, WINDOW

OTHER_CONTRACT = "11000000002"
JOB = {"query": {"fields": ["productName", "userName"], "metrics": ["tokensConsumed"]}}


class Filter(EtlTestCase):
    simulator_settings = {"rows": 40}

    def setUp(self):
        super().setUp()
        self.write(where="productName = 'AutoCAD'")
        self.etl.run_well()
        self.before = self.rows()
        self.simulator.reset_stats()

    def write(self, name="usage", contract=CONTRACT, **query):
        self.etl.write_job(name, contract=contract, query={**JOB["query"], **query}, target={"table": "usage"})

    def rows(self):
        return self.database.rows("select * from tokenflex.usage order by _row_key")

    def assert_refused(self, *words, jobs=()):
        """Before a request is spent, and as plan says."""
        self.assert_failed(self.etl.run(*jobs), 78, "another filter", *words)
        plan = self.etl.call(*self.etl.command("plan", *jobs))
        self.assertEqual(plan.exit_code, 78)
        self.assertIn("another filter", plan.stdout)
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        self.assertEqual(self.rows(), self.before)

    def test_that_changes_is_refused_with_both_and_the_cost(self):
        self.write(where="productName = 'Revit'", usageCategory=["DESKTOP_PRODUCT"])
        self.assert_refused(
            "the job usage has loaded them with [where: productName = 'AutoCAD']",
            "the job usage requests [usageCategory: [DESKTOP_PRODUCT]; where: productName = 'Revit']",
            "give the job another target.table",
            "--rebuild: about 2 requests, estimated from the",
        )

    def test_that_is_taken_away_is_refused(self):
        self.write()
        self.assert_refused("requests [no filter]")

    def test_that_is_written_otherwise_is_the_same(self):
        self.write(where="productName   =  'AutoCAD'")
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], len(self.before))

    def test_is_compared_after_its_variables_are_replaced(self):
        self.etl.environment["PRODUCT"] = "AutoCAD"
        self.write(where="productName = '${PRODUCT}'")
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], len(self.before))
        self.before = self.rows()
        self.simulator.reset_stats()
        self.etl.environment["PRODUCT"] = "Revit"
        self.assert_refused("requests [where: productName = 'Revit']")

    def test_of_another_job_is_refused(self):
        self.write(name="other", where="productName = 'Revit'")
        self.assert_refused("the job usage has loaded them", "the job other requests", jobs=["other"])

    def test_of_another_contract_is_its_own(self):
        self.write(name="other", contract=OTHER_CONTRACT, where="productName = 'Revit'")
        self.etl.run_well("other")
        self.assertEqual(
            self.database.rows("select contract_number, job from tokenflex_etl.target_filter order by 1"),
            [(CONTRACT, "usage"), (OTHER_CONTRACT, "other")],
        )

    def test_of_an_empty_answer_is_remembered(self):
        nothing = {"contract": OTHER_CONTRACT, "columns": ["productName", "userName", "tokensConsumed"], "rows": []}
        self.simulator.config(results=[nothing])
        self.write(name="other", contract=OTHER_CONTRACT, where="productName = 'No such product'")
        self.assertEqual(self.etl.run_well("other").one_run["rows_read"], 0)
        self.simulator.reset_stats()
        self.write(name="other", contract=OTHER_CONTRACT)
        self.assert_refused("[where: productName = 'No such product']", jobs=["other"])

    def test_of_a_load_that_failed_is_not_remembered(self):
        self.write(name="other", contract=OTHER_CONTRACT, where="productName = 'Revit'")
        self.simulator.script({"on": "submit", "contract": OTHER_CONTRACT, "status": 400})
        self.assertEqual(self.etl.run("other").exit_code, 78)
        self.simulator.script()
        self.write(name="other", contract=OTHER_CONTRACT)
        self.etl.run_well("other")

    def test_that_has_changed_is_a_reason_to_rebuild(self):
        self.write(where="productName = 'Revit'")
        plan = self.etl.call(*self.etl.command("plan", "--rebuild"))
        self.assertEqual(plan.exit_code, 0, plan.stdout)
        self.assertIn("usage__rebuild is loaded", plan.stdout)
        self.etl.run_well("--rebuild")
        self.assertEqual(
            self.database.rows("select contract_number, \"where\" from tokenflex_etl.target_filter"),
            [(CONTRACT, "productName = 'Revit'")],
        )
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], len(self.before))

    def test_that_changes_back_after_a_rebuild_is_refused(self):
        self.write(where="productName = 'Revit'")
        self.etl.run_well("--rebuild")
        self.before = self.rows()
        self.simulator.reset_stats()
        self.write(where="productName = 'AutoCAD'")
        self.assert_refused("[where: productName = 'Revit']")

    def test_of_two_jobs_cannot_be_rebuilt_into_one_table(self):
        self.write(where="productName = 'Revit'")
        self.write(name="other", where="productName = 'AutoCAD'")
        result = self.etl.run("--rebuild")
        self.assertEqual(result.exit_code, 78, result.stderr)
        self.assertEqual(self.rows(), self.before)

    def test_survives_a_rebuild_of_another_contract(self):
        self.write(name="other", contract=OTHER_CONTRACT, where="productName = 'Revit'")
        self.etl.run_well("other")
        self.write(name="other", contract=OTHER_CONTRACT, where="productName = 'Inventor'")
        self.etl.run_well("--rebuild")
        self.assertEqual(
            self.database.rows("select contract_number, \"where\" from tokenflex_etl.target_filter order by 1"),
            [(CONTRACT, "productName = 'AutoCAD'"), (OTHER_CONTRACT, "productName = 'Inventor'")],
        )


class OfOneRun(EtlTestCase):
    simulator_settings = {"rows": 40}

    def test_two_jobs_with_two_filters_are_refused_before_the_second_asks(self):
        self.etl.write_job("a", **JOB, target={"table": "usage"})
        self.etl.write_job(
            "b", query={**JOB["query"], "where": "productName = 'Revit'"}, target={"table": "usage"}
        )
        result = self.etl.run()
        self.assertEqual(result.exit_code, 78, result.stderr)
        self.assertEqual(self.simulator.requests("submit"), 1)


class Cost(EtlTestCase):
    """Of a rebuild: estimated from what the table holds."""

    simulator_settings = {"rows_per_day": 5}

    def test_counts_chunks_and_pages(self):
        query = {"fields": OLD_FIELDS, "metrics": ["tokensConsumed"]}
        self.etl.write_job(window=WINDOW, page_size=100, query=query)
        self.etl.run_well(*QUARTER)
        self.etl.write_job(window=WINDOW, page_size=100, query={**query, "where": "productName = 'Revit'"})
        self.assert_failed(
            self.etl.run(*QUARTER),
            78,
            "about 8 requests, estimated from the 450 rows and the days that the table holds, one per chunk and one per"
            " page of 100 rows",
        )


class ColumnOfTheOwner(EtlTestCase):
    """A metric is added whose column the table has already."""

    simulator_settings = {"rows": 40}

    def setUp(self):
        super().setUp()
        self.etl.write_job(**JOB)
        self.etl.run_well()
        self.simulator.reset_stats()

    def add(self, definition, column="use_count", **job):
        self.database.execute(f"alter table tokenflex.usage add {column} {definition}")
        self.etl.write_job(query={**JOB["query"], "metrics": ["tokensConsumed", "useCount"]}, **job)

    def test_with_values_is_not_written_over(self):
        self.add("bigint default 7")
        words = "has a column use_count with values that no load has written, where the job wants useCount"
        self.assert_failed(self.etl.run(), 78, words, 'rename column "use_count" to "own_use_count"')
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        self.assertEqual(self.database.value("select sum(use_count) from tokenflex.usage"), "280")

    def test_is_found_by_the_name_that_the_job_gives_the_metric(self):
        self.add("bigint default 7", "starts", target={"table": "usage", "rename": {"useCount": "starts"}})
        refused = self.etl.run()
        self.assert_failed(refused, 78, "has a column starts with values that no load has written")
        (statement,) = re.findall(r'alter table .* rename column "starts" to "own_starts"', refused.error)
        self.database.execute(statement)
        self.etl.run_well()
        self.assertEqual(self.database.row("select count(starts), sum(own_starts) from tokenflex.usage"), ("40", "280"))

    def test_renamed_as_proposed_makes_room(self):
        self.add("bigint default 7")
        self.database.execute('alter table tokenflex.usage rename column "use_count" to "own_use_count"')
        self.etl.run_well()
        self.assertEqual(self.database.value("select count(use_count) from tokenflex.usage"), "40")

    def test_added_for_the_metric_is_filled(self):
        self.add("bigint")
        self.etl.run_well()
        self.assertEqual(self.database.value("select count(use_count) from tokenflex.usage"), "40")
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 40)


class OfAnOlderVersion(EtlTestCase):
    """A table whose record lacks what is remembered by now."""

    simulator_settings = {"rows": 40}

    def setUp(self):
        super().setUp()
        self.etl.write_job(**JOB)
        self.etl.run_well()
        self.database.execute(
            "update tokenflex_etl.target set columns = null; delete from tokenflex_etl.target_filter"
        )
        self.simulator.reset_stats()

    def test_a_table_is_refused(self):
        self.assert_failed(self.etl.run(), 78, "older version of tokenflex-etl", "run --rebuild")
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_a_table_is_loaded_again_by_a_rebuild(self):
        self.etl.run_well("--rebuild")
        self.assertEqual(self.etl.run_well().one_run["rows_unchanged"], 40)


if __name__ == "__main__":
    main()
