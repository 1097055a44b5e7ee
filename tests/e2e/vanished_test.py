"""Rows that the service no longer has: what goes, what stays, and which answers are refused."""

import datetime
import shutil

from harness import CONTRACT, SOURCE, EtlTestCase, cases, main
from harness.rebuild import NEW_FIELDS, REBUILD, RebuildTestCase

OTHER_CONTRACT = "11000000002"
DAY = {"field": "usageDate", "last": "30 days", "until": "2026-12-01"}
HINT = "run --accept", "checks.max_vanished: 100%"


def usage(users):
    """One row of a token for each user, all of a day."""
    return [f'["2026-11-05","AutoCAD","user{number}",1]' for number in users]


class VanishedCase(EtlTestCase):
    def answer(self, *rows, columns=("usageDate", "productName", "userName", "tokensConsumed")):
        self.simulator.config(results=[{"contract": CONTRACT, "columns": list(columns), "rows": list(rows)}])

    def load(self, users, *arguments):
        self.answer(*usage(users))
        return self.etl.run_well(*arguments).one_run

    def refused(self, users, *words):
        self.answer(*usage(users))
        self.assert_failed(self.etl.run(), 65, *words, *HINT)
        self.assertEqual(self.last_run("status"), ("failed",))

    def count(self):
        return self.database.count("tokenflex.usage")


class ShippedJobs(VanishedCase):
    def night(self, name, columns, *rows):
        shutil.copy(SOURCE / "jobs" / f"{name}.yaml", self.etl.jobs)
        self.answer(*rows, columns=columns)
        # What was processed today may have come after the last load: nothing is skipped.
        self.simulator.config(last_usage_date=str(datetime.datetime.now(datetime.timezone.utc).date()))
        return self.etl.run_well(name).runs

    def tokens(self, name):
        return self.database.value(f"select sum(tokens_consumed) from tokenflex.{name}")

    def test_count_tokens_of_another_department_once(self):
        name = "monthly_custom_field_tokens"
        columns = ["usageMonth", "usageCategory", "productName", "customField1", "tokensConsumed"]
        month = datetime.datetime.now(datetime.timezone.utc).date().replace(day=1)
        self.night(name, columns, f'["{month}","DESKTOP_PRODUCT","AutoCAD","Dept A",100]')
        (run,) = self.night(name, columns, f'["{month}","DESKTOP_PRODUCT","AutoCAD","Dept B",150]')
        self.assertEqual((run["rows_inserted"], run["rows_deleted"]), (1, 1))
        self.assertEqual(self.tokens(name), "150")

    def test_count_tokens_of_a_renamed_user_once(self):
        name = "daily_product_usage"
        columns = ["usageDate", "productName", "userName", "tokensConsumed", "usageHours"]
        days = ("--from", "2026-11-01", "--to", "2026-12-01", "--again")
        shutil.copy(SOURCE / "jobs" / f"{name}.yaml", self.etl.jobs)
        for user in ("ann", "ann@corp"):
            self.answer(f'["2026-11-05","AutoCAD","{user}",5,1.5]', columns=columns)
            self.etl.run_well(name, *days)
        self.assertEqual(self.tokens(name), "5")
        self.assertEqual(self.database.value(f"select user_name from tokenflex.{name}"), "ann@corp")


class AnswerWithoutColumns(VanishedCase):
    """An empty result may name none: it has those that were asked for."""

    def setUp(self):
        super().setUp()
        fields = ["usageDate", "productName", "userName"]
        self.etl.write_job("usage", query={"fields": fields, "metrics": ["tokensConsumed"]}, window=DAY)

    def test_makes_the_table(self):
        self.answer(columns=())
        self.assertEqual(self.etl.run_well().one_run["rows_read"], 0)
        self.assertEqual(self.count(), 0)
        self.assertEqual(self.load(range(3))["rows_inserted"], 3)

    def test_is_refused_as_any_empty_answer_is(self):
        self.load(range(3))
        self.answer(columns=())
        self.assert_failed(self.etl.run(), 65, *HINT)
        self.assertEqual(self.etl.run_well("--accept").one_run["rows_deleted"], 3)

    def test_that_has_rows_is_refused(self):
        self.answer(*usage(range(3)), columns=())
        self.assert_failed(self.etl.run(), 65)
        self.assert_nothing_visible()


@cases({"query": "query", "export": "export"})
class Answers(VanishedCase):
    """Whichever way an answer comes."""

    def check(self, source):
        self.etl.write_job("usage", window=DAY, source=source)
        self.load(range(30))
        self.refused(
            range(14),
            "of the 30 rows that the table tokenflex.usage has of this contract and window, 16 are no longer in the "
            "answer, and 0 are new in it: on balance more than the 50% of checks.max_vanished",
        )
        self.refused((), "the answer is empty, and the table tokenflex.usage has 30 rows of this contract and window")
        self.assertEqual(self.count(), 30)
        self.assertEqual(self.load(range(15))["rows_deleted"], 15)
        self.assertEqual(self.count(), 15)


class TooMany(VanishedCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=DAY)

    def test_are_a_warning_where_a_run_accepts_them(self):
        self.load(range(30))
        self.answer(*usage(range(10)))
        result = self.etl.run_well("--accept")
        (warning,) = result.log("warn")
        self.assertIn("20 are no longer in the answer", warning)
        self.assertIn("loaded (--accept)", warning)
        self.assertEqual(result.one_run["rows_deleted"], 20)
        self.assertEqual(self.count(), 10)

    def test_are_refused_again_in_the_run_that_follows(self):
        self.load(range(60))
        self.load(range(25), "--accept")
        self.refused(range(12), "of the 25 rows")

    def test_are_offset_against_new_ones(self):
        self.load(range(30))
        run = self.load(range(100, 130))
        self.assertEqual((run["rows_inserted"], run["rows_deleted"]), (30, 30))

    def test_are_never_too_many_of_twenty(self):
        self.load(range(20))
        self.assertEqual(self.load(range(1))["rows_deleted"], 19)

    def test_are_the_share_that_the_job_says(self):
        self.etl.write_job("usage", window=DAY, checks={"max_vanished": "12.5%"})
        self.load(range(40))
        self.refused(range(34), "12.5% of checks.max_vanished")
        self.assertEqual(self.load(range(35))["rows_deleted"], 5)

    def test_are_counted_within_contract_and_window(self):
        self.load(range(30))
        self.etl.write_job("usage", window={**DAY, "until": "2026-11-01"})
        self.assertEqual(self.load(())["rows_deleted"], 0)
        self.etl.write_job("usage", window=DAY, contract="11000000002")
        self.simulator.config(results=[{"columns": ["usageDate", "productName", "userName", "tokensConsumed"], "rows": []}])
        self.assertEqual(self.etl.run_well().one_run["rows_deleted"], 0)
        self.assertEqual(self.count(), 30)


class EmptyAnswers(VanishedCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=DAY)

    def test_are_refused_for_a_single_row(self):
        self.load(range(1))
        self.refused((), "the answer is empty", "has 1 row ")

    def test_are_loaded_where_a_run_accepts_them(self):
        self.load(range(3))
        self.assertEqual(self.load((), "--accept")["rows_deleted"], 3)

    def test_are_loaded_where_the_job_sets_no_limit(self):
        self.etl.write_job("usage", window=DAY, checks={"max_vanished": "100%"})
        self.load(range(30))
        self.assertEqual(self.load(())["rows_deleted"], 30)

    def test_are_loaded_where_there_was_nothing(self):
        self.assertEqual(self.load(())["rows_read"], 0)
        self.assertEqual(self.load(())["rows_deleted"], 0)

    def test_leave_rows_that_are_kept(self):
        self.etl.write_job("usage", window=DAY, target={"vanished": "keep"})
        self.load(range(30))
        self.assertEqual(self.load(range(5))["rows_deleted"], 0)
        self.assertEqual(self.load(())["rows_deleted"], 0)
        self.assertEqual(self.count(), 30)

    def test_leave_rows_of_earlier_runs_that_append(self):
        self.etl.write_job("usage", window=DAY, target={"mode": "append"})
        self.load(range(30))
        self.assertEqual(self.load(())["rows_deleted"], 0)
        self.assertEqual(self.count(), 30)


class TwoJobsOfATable(VanishedCase):
    def test_with_other_filters_are_refused_before_a_request(self):
        self.etl.write_job("desktop", query={"usageCategory": ["DESKTOP_PRODUCT"]}, target={"table": "usage"})
        self.etl.write_job("usage", query={"usageCategory": ["CLOUD_PRODUCT"]})
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual(result.exit_code, 78)
        for word in ("usage.yaml:2:", "desktop.yaml:2:", "CLOUD_PRODUCT", "DESKTOP_PRODUCT", CONTRACT):
            self.assertIn(word, result.stdout)
        self.assertEqual(self.etl.run("usage").exit_code, 78)
        self.assertEqual(self.simulator.requests("submit"), 0)

    def test_with_one_filter_written_in_two_ways_pass(self):
        self.etl.environment["PRODUCTS"] = "'Revit', 'AutoCAD'"
        self.etl.write_job("one", query={"where": "productName IN (${PRODUCTS})"}, target={"table": "usage"})
        self.etl.write_job("usage", query={"where": "productName in('AutoCAD','Revit')"})
        result = self.etl.call(*self.etl.command("check"))
        self.assertEqual(result.exit_code, 0, result.stdout)


class Accept(VanishedCase):
    def test_goes_with_run_alone(self):
        self.etl.write_job("usage", window=DAY)
        result = self.etl.call(*self.etl.command("plan", "--accept"))
        self.assert_failed(result, 64, "`plan` takes no --accept")

    def test_is_in_the_help_of_run(self):
        text = " ".join(self.etl.call("run", "--help").stdout.split())
        self.assertIn("--accept in this run, a failed max_vanished or max_change is only a warning", text)


class EmptiedByRebuild(RebuildTestCase):
    """Of a contract the service answers with no row by now."""

    contracts = [CONTRACT, OTHER_CONTRACT]

    def setUp(self):
        super().setUp()
        columns = [*NEW_FIELDS, "tokensConsumed"]
        self.simulator.config(results=[{"contract": OTHER_CONTRACT, "columns": columns, "rows": []}])

    def test_is_refused_with_its_days(self):
        months = f"155 rows of contract {OTHER_CONTRACT} of the days 2026-01-01..2026-02-01"
        self.assert_failed(self.etl.run(*REBUILD), 65, "is not replaced", months, "--rebuild --accept")
        self.assert_untouched()

    def test_is_accepted_where_that_is_asked_for(self):
        self.rebuild("--accept")
        self.assert_replaced([CONTRACT])

    def test_is_accepted_by_the_job(self):
        self.write_usage(NEW_FIELDS, checks={"max_vanished": "100%"})
        self.rebuild()
        self.assert_replaced([CONTRACT])


class VanishedByRebuild(VanishedCase):
    """The same fields under another name: what the service lacks now is no other question."""

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=DAY)
        self.load(range(30))
        self.etl.write_job("usage", window=DAY, target={"rename": {"userName": "who"}})

    def test_too_many_are_refused(self):
        self.answer(*usage(range(14)))
        result = self.etl.run("--rebuild")
        numbers = f"30 rows of contract {CONTRACT} of the days 2026-11-01..2026-12-01, the new one 14"
        self.assert_failed(result, 65, "is not replaced", "checks.max_vanished", numbers, "--rebuild --accept")
        self.assertEqual(self.database.value("select count(user_name) from tokenflex.usage"), "30")

    def test_so_many_as_the_check_allows_are_not(self):
        self.load(range(15), "--rebuild")
        self.assertEqual(self.database.value("select count(who) from tokenflex.usage"), "15")

    def test_too_many_are_accepted_where_that_is_asked_for(self):
        self.answer(*usage(range(14)))
        result = self.etl.run_well("--rebuild", "--accept")
        self.assertIn("30 rows", " ".join(result.log("warn")))
        self.assertEqual(self.database.value("select count(who) from tokenflex.usage"), "14")

    def test_of_more_windows_than_a_message_names_are_counted(self):
        contracts = [f"1100000000{number}" for number in range(1, 6)]
        self.simulator.config(contracts=[{"number": number, "name": number} for number in contracts])
        self.etl.write_job("all", window=DAY, contract=contracts)
        self.answer_all(contracts, usage([1]))
        self.etl.run_well("all")
        self.etl.write_job("all", window=DAY, contract=contracts, target={"rename": {"userName": "who"}})
        self.answer_all(contracts[1:], [])
        result = self.etl.run("all", "--rebuild")
        self.assert_failed(result, 65, f"1 row of contract {contracts[1]}", ", the new one 0; ", "; and 1 more window (")

    def answer_all(self, contracts, rows):
        columns = ["usageDate", "productName", "userName", "tokensConsumed"]
        others = [{"contract": contract, "columns": columns, "rows": rows} for contract in contracts]
        self.simulator.config(results=[*others, {"columns": columns, "rows": usage([1])}])

    def test_are_judged_by_the_checks_of_each_job(self):
        other = "11000000002"
        patient = {"window": DAY, "checks": {"max_vanished": "100%"}}
        strict = {"window": DAY, "contract": other, "target": {"table": "usage"}}
        self.etl.write_job("strict", **strict)
        self.answer_all([other], usage(range(10)))
        self.etl.run_well("strict")
        self.etl.write_job("usage", **patient, target={"rename": {"userName": "who"}})
        self.etl.write_job("strict", **{**strict, "target": {"table": "usage", "rename": {"userName": "who"}}})
        for order in (("usage", "strict"), ("strict", "usage")):
            self.answer_all([other], [])
            result = self.etl.run(*order, "--rebuild")
            self.assert_failed(result, 65, f"10 rows of contract {other}", ", the new one 0")
        self.assertEqual(self.count(), 30 + 10)

    def test_with_another_filter_they_belong_to_another_question(self):
        self.etl.write_job("usage", window=DAY, query={"where": "userName != 'user1'"})
        self.load(range(14), "--rebuild")
        self.assertEqual(self.database.count("tokenflex.usage"), 14)


if __name__ == "__main__":
    main()
