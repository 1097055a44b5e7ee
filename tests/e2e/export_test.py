"""Rows by export: the same rows as by query, whatever the file looks like."""

from harness import EtlTestCase, ExportCase, cases, main

CUT = {"cut_at": 5000, "cut_times": 1}
SHAPES = {
    "plain": {},
    "minimal": {"csv": {"quote": "minimal", "trailing_comma": False}},
    "minimal_with_final_commas": {"csv": {"quote": "minimal"}},
    "texts_quoted_without_final_commas": {"csv": {"trailing_comma": False}},
    "bare_nulls": {"csv": {"null": "null"}},
    "friendly_names": {"csv": {"header": "friendly"}},
    "upper_case_names": {"csv": {"header": "upper"}},
    "snake_case_names": {"csv": {"header": "snake"}},
    "reversed_columns": {"csv": {"columns": "reversed"}},
    "an_extra_column": {"csv": {"columns": "extra"}},
    "byte_order_mark": {"csv": {"bom": True}},
    "carriage_returns": {"csv": {"crlf": True}},
    "all_quoted": {"csv": {"quote": "all"}},
    "no_final_newline": {"csv": {"final_newline": False}},
    "everything_at_once": {
        "csv": {"header": "friendly", "columns": "reversed", "bom": True, "crlf": True, "quote": "all", "gzip": True},
        "download": {"transfer": "chunked"},
    },
    "gzip": {"csv": {"gzip": True}},
    "chunked": {"download": {"transfer": "chunked"}},
    "ended_by_its_connection": {"download": {"transfer": "close"}},
    "gzip_ended_by_its_connection": {"csv": {"gzip": True}, "download": {"transfer": "close"}},
    "redirected": {"download": {"redirect": True}},
    "cut_once": {"download": CUT},
    "cut_once_in_gzip": {"csv": {"gzip": True}, "download": {"cut_at": 1000, "cut_times": 1}},
    "cut_once_without_a_length": {"download": {**CUT, "transfer": "close"}},
    "cut_once_when_chunked": {"download": {**CUT, "transfer": "chunked"}},
}


@cases(SHAPES)
class Shape(ExportCase):
    """The rows of an export are those of the query."""

    def check(self, settings):
        self.simulator.config(**settings)
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_tidied_up(result.one_run)
        self.assertEqual(self.count("submit", "export_submit", "export_status"), (0, 1, 2))


class OnTheWay(ExportCase):
    """What happens between the request and the rows."""

    def run_unchanged(self):
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assert_tidied_up(result.one_run)
        return result

    def test_an_address_that_has_expired_is_replaced(self):
        self.simulator.script({"on": "download", "nth": 1, "status": 403})
        self.run_unchanged()
        self.assertEqual(self.count("export_submit", "export_refresh_url"), (1, 1))

    def test_an_address_that_expires_when_the_file_is_cut_is_replaced(self):
        self.simulator.script(
            {"on": "download", "nth": 1, "close_at": 5000}, {"on": "download", "nth": 2, "status": 403}
        )
        self.run_unchanged()
        self.assertEqual(self.count("export_submit", "export_refresh_url"), (1, 1))

    def test_an_error_is_retried(self):
        self.simulator.config(export_errors=1)
        self.run_unchanged()
        self.assertEqual(self.count("export_submit", "export_retry"), (1, 1))

    def test_an_error_that_stays_is_69_and_of_no_further_use(self):
        self.simulator.script(
            {
                "on": "export_status",
                "times": -1,
                "from": 1,
                "replace": {"find": '"Requested"', "with": '"Error"'},
            }
        )
        self.simulator.config(export_polls=1000000)
        self.assert_failed(self.etl.run(), 69, "Error")
        self.assertEqual(self.last_run("source, export_key"), ("export", None))

    def test_an_answer_that_is_lost_makes_no_second_export(self):
        self.simulator.script({"on": "export_submit", "nth": 1, "close": "after"})
        self.run_unchanged()
        self.assertEqual(self.count("export_submit", "export_list"), (1, 1))

    def test_a_delete_that_fails_is_a_warning(self):
        self.etl.write_settings({"api": {"retries": 0}})
        self.simulator.script({"on": "export_delete", "status": 500, "times": -1})
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        self.assertEqual(len([line for line in result.log("warn") if "stays at the service" in line]), 1)
        self.assertEqual(self.last_run("requests")[0], str(result.one_run["requests"]))
        self.assertEqual(result.one_run["requests"], self.simulator.stats["budgeted"])
        (key,) = self.last_run("export_key")
        status = self.etl.call(*self.etl.command("--output", "json", "status")).json
        self.assertEqual([kept["export_key"] for kept in status["kept_exports"]], [key])

    def test_a_delete_that_is_to_wait_holds_no_run_back(self):
        self.simulator.script({"on": "export_delete", "nth": 1, "status": 429, "retry_after": 3000})
        result = self.etl.run_well()
        self.assertEqual(len([line for line in result.log("warn") if "stays at the service" in line]), 1)
        self.assertEqual(self.count("export_delete"), (1,))

    def test_the_address_of_the_file_is_in_no_log_and_no_table(self):
        self.simulator.script({"on": "download", "nth": 1, "close_at": 5000})
        result = self.etl.call(*self.etl.command("--output", "json", "--log-level", "debug", "run"))
        self.assert_nothing_changed(result)
        self.assertNotIn("Signature", result.stderr)
        self.assertNotIn("Signature", str(self.database.rows("table tokenflex_etl.run")))

    def test_a_full_quota_waits_for_an_export_of_ours_to_end(self):
        self.database.execute(
            "update tokenflex_etl.run set export_name = 'another', export_key = 'another', ready_at = null,"
            " submitted_at = clock_timestamp()"
        )
        self.simulator.script({"on": "export_submit", "nth": 1, "status": 429, "retry_after": "0"})
        running = self.etl.start_run()
        running.wait_for_stderr("quota of outstanding exports is used up \\(1 of ours\\)")
        self.database.execute("update tokenflex_etl.run set export_name = null, export_key = null where run_id = 1")
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assert_nothing_changed(result)

    def test_a_full_quota_holds_no_other_job_back(self):
        self.database.execute(
            "update tokenflex_etl.run set export_name = 'another', export_key = 'another', ready_at = null,"
            " submitted_at = clock_timestamp()"
        )
        self.etl.write_job("other")
        self.simulator.script({"on": "export_submit", "nth": 1, "status": 429, "retry_after": "1"})
        running = self.etl.start_run()
        running.wait_for_stderr("quota of outstanding exports is used up")
        self.database.wait_until("exists (select from tokenflex_etl.run where job = 'other' and status = 'succeeded')")
        self.assertEqual(self.database.value("select count(blocked_until) from tokenflex_etl.request_budget"), "0")
        self.database.execute("update tokenflex_etl.run set export_name = null, export_key = null where run_id = 1")
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)

    def test_a_connection_to_the_database_that_breaks_costs_no_second_export(self):
        self.simulator.script({"on": "download", "nth": 1, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.database.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tokenflex-etl%'"
        )
        self.simulator.script()
        self.simulator.release()
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assert_nothing_changed(result)
        self.assertEqual(self.count("export_submit", "export_list"), (1, 0))

    def test_the_log_says_why(self):
        lines = [line for line in self.run_unchanged().log("info") if "by export" in line]
        self.assertEqual(len(lines), 1)
        self.assertIn("source: export", lines[0])

    def test_the_next_first_poll_waits_as_long_as_the_last_one_took(self):
        self.run_unchanged()
        self.assertGreaterEqual(int(self.last_run("ready_ms")[0]), 10)


class Refused(ExportCase):
    """What is not the whole file, or not the job's, is not loaded."""

    def assert_table_is_as_before(self):
        self.assert_all_rows_arrived()
        self.assertEqual(self.last_run("status, rows_inserted"), ("failed", "0"))
        self.assertEqual(self.simulator.stats["download_with_authorization"], 0)

    def test_a_column_that_is_missing(self):
        self.simulator.config(csv={"columns": "missing"})
        self.assert_failed(self.etl.run(), 65, "tokensConsumed")
        self.assert_table_is_as_before()

    def test_a_file_that_could_not_be_loaded_is_asked_for_anew(self):
        self.simulator.config(csv={"columns": "missing"})
        self.etl.run()
        self.simulator.config(csv={"columns": "asked"})
        self.assert_nothing_changed(self.etl.run_well())
        self.assertEqual(self.count("export_submit"), (2,))

    def test_a_row_of_the_wrong_width(self):
        self.simulator.script({"on": "download", "row_width": {"row": 7, "add": -1}})
        self.assert_failed(self.etl.run(), 65, "line 9")
        self.assert_table_is_as_before()

    def test_a_value_of_the_wrong_type(self):
        self.simulator.script({"on": "download", "value": {"row": 7, "column": "tokensConsumed", "raw": "many"}})
        self.assert_failed(self.etl.run(), 65, "row 8", "tokensConsumed", "many")
        self.assert_table_is_as_before()

    def assert_a_cut_is_not_loaded(self, **settings):
        self.simulator.restate(every=1)
        self.etl.write_settings({"api": {"retries": 1}})
        before = self.database.rows("table tokenflex.usage")
        self.simulator.config(**settings)
        result = self.etl.run()
        self.assertIn(result.exit_code, (65, 69), result.stderr)
        self.assertEqual(self.database.rows("table tokenflex.usage"), before)

    def test_a_file_that_is_always_cut(self):
        self.assert_a_cut_is_not_loaded(download={"cut_at": 5000})

    def test_a_chunked_file_that_is_always_cut(self):
        self.assert_a_cut_is_not_loaded(download={"cut_at": 5000, "transfer": "chunked"})

    def test_a_file_without_a_length_that_is_always_cut(self):
        self.assert_a_cut_is_not_loaded(download={"cut_at": 5003, "transfer": "close"})

    def test_a_gzip_file_without_a_length_that_is_always_cut(self):
        self.assert_a_cut_is_not_loaded(
            csv={"gzip": True}, download={"cut_at": 1000, "transfer": "close"}
        )

    def test_a_token_without_the_scope(self):
        self.simulator.config(access_token_scopes="data:read")
        self.assert_failed(self.etl.run(), 77, "data:write", "auth login")
        self.assertEqual(self.last_run("source, export_name"), ("export", None))


class UnknownColumns(EtlTestCase):
    """Types of fields that the catalogue lacks are read off the file's values, which are all text there."""

    def load(self, csv):
        self.simulator.config(results=[{"columns": ["usageDate", "seats", "grams"], "rows": [], "csv": csv}])
        self.etl.write_job(source="export", query={"fields": ["usageDate", "seats", "grams"], "metrics": None})
        return self.etl.run_well().one_run

    def types(self):
        return self.database.value(
            "select string_agg(data_type, ' ' order by ordinal_position) from information_schema.columns"
            " where table_name = 'usage' and column_name in ('seats', 'grams')"
        )

    def test_are_numbers_where_they_look_like_numbers(self):
        self.load("usageDate,seats,grams\n2026-01-01,7,1.5\n2026-01-02,,2\n")
        self.assertEqual(self.types(), "bigint numeric")

    def test_are_widened(self):
        self.load("usageDate,seats,grams\n2026-01-01,7,1.5\n")
        run = self.load("usageDate,seats,grams\n2026-01-01,7,1.5\n2026-01-02,8.5,heavy\n")
        self.assertEqual(self.types(), "numeric text")
        self.assertEqual((run["rows_inserted"], run["rows_read"]), (1, 2))

    def test_keep_a_code_that_begins_with_a_zero(self):
        self.load("usageDate,seats,grams\n2026-01-01,42,1.5\n")
        self.load("usageDate,seats,grams\n2026-01-01,42,1.5\n2026-01-01,0042,1.5\n")
        self.assertEqual(self.types(), "text numeric")
        seats = self.database.value("select string_agg(seats, ' ' order by seats) from tokenflex.usage")
        self.assertEqual(seats, "0042 42")

    def test_are_not_guessed_from_no_rows(self):
        self.assertEqual(self.load("usageDate,seats,grams\n")["rows_read"], 0)
        self.assertFalse(self.database.has_table("tokenflex.usage"))


if __name__ == "__main__":
    main()
