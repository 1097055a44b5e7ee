"""Pages that are not as asked, or not as they should be: either the whole result arrives, or nothing is visible."""

from harness import EtlTestCase, cases, main

ROWS = 250
PAGE = 100


class PagesCase(EtlTestCase):
    """Three pages: the first comes with the poll that is answered DONE."""

    simulator_settings = {"rows": ROWS}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", page_size=PAGE, source="query")

    def assert_loaded(self, *rules):
        self.simulator.script(*rules)
        self.etl.run_well()
        self.assert_all_rows_arrived()

    def assert_refused(self, exit_code, *words):
        result = self.etl.run()
        self.assert_failed(result, exit_code, *words)
        self.assert_nothing_visible()

    def serve(self, *rows, metric="tokensConsumed"):
        """These rows, raw JSON, in place of generated ones."""
        columns = ["usageDate", "productName", "userName", metric]
        self.simulator.config(results=[{"columns": columns, "rows": list(rows)}])


class SmallerPages(PagesCase):
    def test_fewer_rows_than_asked_told_by_nothing(self):
        self.simulator.config(max_page=40, over_limit="silent")
        self.assert_loaded()

    def test_fewer_rows_than_asked_told_by_a_lower_limit(self):
        self.simulator.config(max_page=40, over_limit="lower")
        self.assert_loaded()

    def test_every_other_page_short(self):
        self.assert_loaded({"on": "get", "every": 2, "rows": 7})

    def test_a_page_size_that_the_service_refuses(self):
        self.simulator.config(max_page=40, over_limit="refuse")
        self.assert_refused(78, "400", "limit must not exceed 40")


class OneShortPage(PagesCase):
    """A page in the middle, or the last one, brings fewer rows than those before it: the rest is asked for from there."""

    def test_in_the_middle(self):
        self.assert_loaded({"on": "page", "nth": 1, "rows": 40})
        self.assertEqual(self.simulator.requests("page"), 3)

    def test_at_the_end(self):
        self.assert_loaded({"on": "page", "nth": 2, "rows": 30})
        self.assertEqual(self.simulator.requests("page"), 3)


class WrongOffset(PagesCase):
    """The page that begins at row 101 says that it begins elsewhere: its rows may be those of another page."""

    def say(self, offset):
        replace = {"find": '"offset": 100', "with": f'"offset": {offset}'}
        self.simulator.script({"on": "page", "nth": 1, "replace": replace})

    def test_of_a_page_before(self):
        self.say(0)
        self.assert_refused(65, "the page at row 101 says that it begins at row 1")

    def test_of_a_page_behind(self):
        self.say(200)
        self.assert_refused(65, "the page at row 101 says that it begins at row 201")


class WrongTotal(PagesCase):
    def test_an_empty_page_before_the_total(self):
        self.simulator.script({"on": "page", "nth": 2, "rows": 0})
        self.assert_refused(65, "is incomplete", "201", "250")

    def test_more_rows_than_the_total(self):
        self.simulator.script({"on": "get", "times": -1, "total": 240})
        self.assert_refused(65, "more rows than the 240")

    def test_more_rows_on_the_first_page_than_the_total(self):
        self.etl.write_job("usage", page_size=PAGE)
        self.simulator.script({"on": "get", "times": -1, "total": 40})
        self.assert_refused(65, "more rows than the 40")
        self.assertEqual(self.simulator.requests("export_submit"), 0)

    def test_a_total_below_zero(self):
        self.simulator.script({"on": "get", "times": -1, "total": -2})
        self.assert_refused(65, "total")

    def test_a_result_without_rows_is_no_error(self):
        self.serve()
        self.assertEqual(self.etl.run_well().one_run["rows_read"], 0)

    def test_a_total_that_changes_between_pages_starts_over(self):
        self.assert_loaded({"on": "page", "nth": 1, "total_add": 1})

    def test_a_total_that_never_stays_the_same(self):
        self.simulator.script({"on": "page", "times": -1, "total_add": 1})
        self.assert_refused(65, "say different totals, twice", "source: auto")
        self.assertEqual(self.simulator.requests("submit"), 2)

    def test_a_total_that_never_stays_the_same_is_asked_for_by_export(self):
        self.etl.write_job("usage", page_size=PAGE)
        self.simulator.script({"on": "page", "times": -1, "total_add": 1})
        self.assertEqual(self.etl.run_well().one_run["source"], "export")
        self.assert_all_rows_arrived()

    def test_a_total_that_becomes_smaller(self):
        self.simulator.script({"on": "page", "times": -1, "total_add": -1})
        self.assert_refused(65, "say different totals, twice")


class QueryThatEnds(PagesCase):
    def test_expired_while_paging_starts_over(self):
        self.assert_loaded({"on": "page", "nth": 2, "query_status": "EXPIRED"})
        self.assertEqual(self.simulator.requests("submit"), 2)

    def test_expired_while_paging_never_mixes_the_rows_of_two_results(self):
        self.simulator.script({"on": "page", "nth": 1, "hold": True, "query_status": "EXPIRED"})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.simulator.restate(every=1)
        self.simulator.release()
        self.assertEqual(running.wait().exit_code, 0)
        self.assert_all_rows_arrived()

    def test_expired_twice(self):
        self.simulator.config(query_status="EXPIRED")
        self.assert_refused(69, "expired or was removed before it had a result, twice")

    def test_not_known_any_more_twice(self):
        """The service's reason is told, too."""
        rule = {"on": "poll", "times": -1, "status": 404, "body": '{"developerMessage":"moved house"}'}
        self.simulator.config(polls=1)
        self.simulator.script(rule)
        result = self.etl.run()
        self.assert_failed(result, 69, "expired or was removed before it had a result, twice")
        self.assertEqual(len([line for line in result.log("info") if "(404): moved house" in line]), 2)

    def test_expired_between_its_pages_twice(self):
        self.simulator.script(*({"on": "page", "nth": number, "query_status": "EXPIRED"} for number in (2, 4)))
        self.assert_refused(69, "expired before all its pages were read, twice")

    def test_failed_once_is_asked_again(self):
        self.assert_loaded({"on": "submit", "nth": 1, "query_status": "FAILED"})

    def test_failed_twice(self):
        self.simulator.config(query_status="FAILED")
        self.assert_refused(69, "FAILED")
        self.assertEqual(self.simulator.requests("submit"), 2)

    def test_timeout(self):
        self.simulator.config(query_status="TIMEOUT")
        self.assert_refused(69, "time limit")

    def test_not_done_by_the_query_deadline(self):
        self.simulator.config(polls=1000000)
        self.etl.write_settings({"api": {"query_deadline": "300ms"}})
        self.assert_refused(69, "time limit")

    def test_not_done_by_the_timeout_of_the_job(self):
        self.simulator.config(polls=1000000)
        self.etl.write_job("usage", timeout="5s")
        self.assert_refused(75, "timeout")


class RowOfWrongWidth(PagesCase):
    def test_a_value_missing(self):
        self.simulator.script({"on": "page", "nth": 1, "row_width": {"row": 3, "add": -1}})
        self.assert_refused(65, "row 104", "3 values", "4 columns")

    def test_a_value_too_many(self):
        self.simulator.script({"on": "page", "nth": 1, "row_width": {"row": 3, "add": 1}})
        self.assert_refused(65, "row 104", "5 values", "4 columns")


BAD_VALUES = {
    "not_a_number": ("tokensConsumed", "NaN"),
    "infinity": ("tokensConsumed", "-Infinity"),
    "number_cut_short": ("tokensConsumed", "1."),
    "text_for_a_number": ("tokensConsumed", '"abc"'),
    "boolean_for_a_number": ("tokensConsumed", "true"),
    "list_for_a_number": ("tokensConsumed", "[1]"),
    "number_past_what_numeric_holds": ("tokensConsumed", "1e9999"),
    "month_thirteen": ("usageDate", '"2026-13-01"'),
    "day_that_the_month_lacks": ("usageDate", '"2026-02-29"'),
    "number_for_a_date": ("usageDate", "20260101"),
    "date_of_another_land": ("usageDate", '"01/02/2026"'),
    "text_with_nul": ("userName", '"a\\u0000b"'),
    "half_a_surrogate_pair": ("userName", '"\\ud800"'),
    "raw_control_character": ("userName", '"a\tb"'),
}


@cases(BAD_VALUES)
class BadValue(PagesCase):
    def check(self, bad):
        column, raw = bad
        self.simulator.script({"on": "page", "nth": 1, "value": {"row": 3, "column": column, "raw": raw}})
        self.assert_refused(65, "row 104", f"column {column}")


class ValueThatFits(PagesCase):
    def load(self, raw, metric="tokensConsumed"):
        self.etl.write_job("usage", query={"metrics": [metric]})
        self.serve(f'["2026-01-01","Revit","ann",{raw}]', metric=metric)
        self.etl.run_well()

    def test_a_number_of_more_digits_than_a_double_has(self):
        self.load("12345678901234567890.1234567890123456789")
        loaded = self.database.value("select tokens_consumed from tokenflex.usage")
        self.assertEqual(loaded, "12345678901234567890.1234567890123456789")

    def test_zeros_behind_the_point(self):
        self.load("60.00")
        self.assertEqual(self.database.value("select tokens_consumed from tokenflex.usage"), "60.00")

    def test_an_exponent_past_a_double(self):
        self.load("1e400")
        self.assertEqual(
            self.database.value("select tokens_consumed = ('1' || repeat('0', 400))::numeric from tokenflex.usage"), "t"
        )

    def test_the_largest_whole_number(self):
        self.load("9223372036854775807", "useCount")
        self.assertEqual(self.database.value("select use_count from tokenflex.usage"), "9223372036854775807")

    def test_one_more_than_the_largest_whole_number(self):
        self.etl.write_job("usage", query={"metrics": ["useCount"]})
        self.serve('["2026-01-01","Revit","ann",9223372036854775808]', metric="useCount")
        self.assert_refused(65, "row 1", "column useCount", "9223372036854775808")

    def test_a_whole_number_written_with_a_point(self):
        self.load("60.0", "useCount")
        self.assertEqual(self.database.value("select use_count from tokenflex.usage"), "60")

    def test_text_with_what_copy_and_quoting_care_about(self):
        self.serve('["2026-01-01","a\\tb\\\\c\\nd\\"e\'f","\\\\.",1]')
        self.etl.run_well()
        self.assertEqual(
            self.database.row("select product_name, user_name from tokenflex.usage"), ("a\tb\\c\nd\"e'f", "\\.")
        )

    def test_an_empty_text_is_null(self):
        self.serve('["2026-01-01","Revit","",1]')
        self.etl.run_well()
        self.assertEqual(self.database.value("select user_name from tokenflex.usage"), None)


class DuplicateRow(PagesCase):
    def test_the_same_in_every_column_on_one_page(self):
        row = '["2026-01-01","Revit","ann",1]'
        self.serve(row, row)
        self.assert_refused(65, "2 times", "userName = ann", "equal in every column", "run the job again")

    def test_the_same_in_every_column_is_named_before_others_of_one_key(self):
        others = [f'["2026-01-01","Revit","user{number}",{number + value}]' for number in range(8) for value in (1, 2)]
        row = '["2026-01-01","Revit","ann",1]'
        self.serve(*others, row, row)
        self.assert_refused(65, "2 times", "userName = ann", "equal in every column", "run the job again")

    def test_empty_beside_null_in_the_key(self):
        self.serve('["2026-01-01","Revit","",1]', '["2026-01-01","Revit",null,2]')
        self.assert_refused(65, "2 times", "userName = null", "userName as an empty text in one row and as null")

    def test_empty_beside_null_in_rows_that_are_equal_otherwise(self):
        self.serve('["2026-01-01","Revit","",1]', '["2026-01-01","Revit",null,1]')
        self.assert_refused(65, "2 times", "userName as an empty text in one row and as null")

    def test_beside_empty_and_null_in_other_rows(self):
        row = '["2026-01-01","Revit","ann",1]'
        self.serve('["2026-01-02","Revit","",1]', '["2026-01-03","Revit",null,1]', row, row)
        self.assert_refused(65, "2 times", "userName = ann", "sent a row twice")

    def test_of_a_number_beside_a_text(self):
        self.serve('["2026-01-01","Revit",12,1]', '["2026-01-01","Revit","12",1]')
        self.assert_refused(65, "2 times", "userName = 12", "two values that are one in the table")

    def test_on_two_pages(self):
        row = '["2026-01-01","Revit","ann",%d]'
        self.etl.write_job("usage", page_size=1)
        self.serve(row % 1, row % 2)
        self.assert_refused(65, "2 times", "usageDate = 2026-01-01", "productName = Revit", "userName = ann")

    def test_with_null_in_the_key(self):
        row = '["2026-01-01",null,"ann",%d]'
        self.serve(row % 1, row % 2)
        self.assert_refused(65, "2 times", "productName = null")


class RepeatingPages(PagesCase):
    """A row that comes twice over several pages means that another never came."""

    def repeat(self, times):
        """Each result has two pages after its first one."""
        self.simulator.script(*({"on": "page", "nth": 1 + 2 * time, "duplicate_row": 3} for time in range(times)))

    def test_are_asked_for_once_more(self):
        self.repeat(1)
        result = self.etl.run_well()
        self.assertIn("the query has pages that repeat rows; submitting it again", result.stderr)
        self.assertEqual(self.simulator.requests("submit"), 2)
        self.assert_all_rows_arrived()

    def test_are_asked_for_in_the_same_size_where_the_last_page_named_its_rows_as_the_limit(self):
        self.simulator.script(
            {"on": "page", "nth": 1, "duplicate_row": 3},
            {"on": "page", "nth": 2, "replace": {"find": f'"limit": {PAGE}', "with": f'"limit": {ROWS % PAGE}'}},
        )
        self.etl.run_well()
        self.assertEqual((self.simulator.requests("submit"), self.simulator.requests("page")), (2, 4))
        self.assert_all_rows_arrived()

    def test_twice_are_refused_where_the_job_insists_on_the_query(self):
        self.repeat(2)
        self.assert_refused(65, "repeat rows, twice", "source: auto")
        self.assertEqual(self.simulator.requests("submit"), 2)

    def test_twice_are_asked_for_by_export(self):
        self.etl.write_job("usage", page_size=PAGE)
        self.repeat(2)
        self.assertEqual(self.etl.run_well().one_run["source"], "export")
        self.assert_all_rows_arrived()


OTHER_COLUMNS = {
    "one_that_was_not_asked_for": (["usageDate", "productName", "userName", "quantity"], "quantity"),
    "one_too_few": (["usageDate", "productName", "tokensConsumed"], "userName"),
    "one_twice": (["usageDate", "productName", "userName", "userName"], "userName"),
}


@cases(OTHER_COLUMNS)
class OtherColumnsThanAsked(PagesCase):
    def check(self, other):
        columns, named = other
        self.simulator.script({"on": "get", "times": -1, "columns": columns})
        self.assert_refused(65, f"`{named}`")


class ColumnsThatChange(PagesCase):
    def test_between_pages(self):
        self.simulator.script(
            {"on": "page", "nth": 1, "columns": ["productName", "usageDate", "userName", "tokensConsumed"]}
        )
        self.assert_refused(65, "other columns")


@cases({member: member for member in ["status", "columns", "rows", "total"]})
class AnswerThatLacks(PagesCase):
    def check(self, member):
        self.simulator.script({"on": "page", "nth": 1, "omit": member})
        self.assert_refused(65, member)


@cases({member: member for member in ["offset", "limit"]})
class AnswerThatMayLack(PagesCase):
    def check(self, member):
        self.assert_loaded({"on": "get", "times": -1, "omit": member})


if __name__ == "__main__":
    main()
