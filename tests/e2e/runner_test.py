"""Several jobs, contracts and windows in one run: which are run, what each leaves in the run table, who waits."""

import json

from harness import CONTRACT, DEFAULT_COLUMNS, EtlTestCase, differences, main


class JobsCase(EtlTestCase):
    simulator_settings = {"rows": 10}

    def run_rows(self, columns):
        return self.database.rows(f"select {columns} from tokenflex_etl.run order by run_id")

    def jobs_run(self, *arguments):
        return [run["job"] for run in self.etl.run_well(*arguments).runs]

    def bodies(self):
        """Of the queries submitted, oldest first."""
        return [json.loads(entry["body"]) for entry in self.simulator.log if entry["kind"] == "submit"]


class Choice(JobsCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("days", tags=["nightly"])
        self.etl.write_job("months", tags=["nightly", "monthly"])
        self.etl.write_job("resting", tags=["nightly"], enabled=False)

    def test_without_names_is_all_enabled_jobs(self):
        self.assertEqual(self.jobs_run(), ["days", "months"])

    def test_by_name_is_that_job(self):
        self.assertEqual(self.jobs_run("months"), ["months"])

    def test_by_name_may_be_a_disabled_job(self):
        self.assertEqual(self.jobs_run("resting"), ["resting"])

    def test_by_tag_is_every_enabled_job_of_the_tag(self):
        self.assertEqual(self.jobs_run("--tag", "nightly"), ["days", "months"])
        self.assertEqual(self.jobs_run("--tag", "monthly"), ["months"])

    def test_by_a_tag_that_no_job_has_is_a_usage_error(self):
        self.assert_failed(self.etl.run("--tag", "weekly"), 64, "weekly")

    def test_by_tag_and_name_is_a_usage_error(self):
        self.assert_failed(self.etl.run("--tag", "nightly", "days"), 64, "--tag")


class ContractsOfTheService(JobsCase):
    """`contract: active` and `all` ask the service, which lists two active contracts and one that is not."""

    def contracts(self, job):
        return [run["contract_number"] for run in self.etl.run_well(job).runs]

    def test_that_are_active(self):
        self.etl.write_job("usage", contract="active")
        self.assertEqual(self.contracts("usage"), ["11000000001", "11000000002"])

    def test_all_of_them(self):
        self.etl.write_job("usage", contract="all")
        self.assertEqual(self.contracts("usage"), ["11000000001", "11000000002", "11000000003"])

    def test_are_asked_for_once_whatever_the_number_of_jobs(self):
        self.etl.write_job("days", contract="active")
        self.etl.write_job("months", contract="all")
        self.etl.run_well()
        self.assertEqual(self.simulator.stats["requests"]["contract"], 1)

    def test_asking_is_counted_to_the_first_of_them(self):
        self.etl.write_job("usage", contract="active")
        runs = self.etl.run_well("usage").runs
        self.assertEqual(sum(run["requests"] for run in runs), self.simulator.stats["budgeted"])

    def test_that_nobody_lists_are_a_matter_of_permission(self):
        self.simulator.config(administrator=False)
        self.etl.write_job("usage", contract="active")
        self.assert_failed(self.etl.run(), 77, "lists no contracts", "administrator")

    def test_of_which_none_is_active_are_a_matter_of_configuration(self):
        self.simulator.config(contracts=[{"number": "1", "name": "old", "active": False}])
        self.etl.write_job("usage", contract="active")
        self.assert_failed(self.etl.run(), 78, "none of the 1 contracts", "is active")


class Failures(JobsCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("bad_contract", contract="11000000009")
        self.etl.write_job("good")

    def test_stop_no_other_job(self):
        self.etl.run()
        self.assertEqual(self.database.count("tokenflex.good"), 10)

    def test_for_one_reason_end_with_its_exit_code(self):
        self.etl.write_job("bad_contract_too", contract="11000000009")
        self.assertEqual(self.etl.run().exit_code, 77)

    def test_for_different_reasons_end_with_one(self):
        self.etl.write_job("refused", query={"fields": ["usageDate", "tokenPool"]})
        self.simulator.script({"on": "submit", "match": "tokenPool", "status": 400})
        result = self.etl.run()
        self.assertEqual((result.exit_code, result.json["failed"]), (1, 2))

    def test_are_one_error_line_each(self):
        self.etl.write_job("bad_contract_too", contract="11000000009")
        errors = self.etl.run().log("error")
        self.assertEqual(sorted(error.split()[0] for error in errors), ["bad_contract", "bad_contract_too"])

    def test_are_a_run_row_each(self):
        self.etl.run()
        rows = sorted(self.run_rows("job, status, error is null, finished_at is null"))
        self.assertEqual(rows, [("bad_contract", "failed", "f", "f"), ("good", "succeeded", "t", "f")])


class Contracts(JobsCase):
    def test_of_a_list_are_a_run_each(self):
        self.etl.write_job("usage", contract=["11000000001", "11000000002"])
        self.etl.run_well()
        self.assertEqual(
            sorted(self.run_rows("contract_number, rows_inserted")), [("11000000001", "10"), ("11000000002", "10")]
        )

    def test_of_a_list_share_the_table(self):
        self.etl.write_job("usage", contract=["11000000001", "11000000002"])
        self.etl.run_well()
        self.assertEqual(
            self.database.rows(
                "select contract_number, count(*) from tokenflex.usage group by contract_number order by 1"
            ),
            [("11000000001", "10"), ("11000000002", "10")],
        )

    def test_that_fail_leave_the_others_alone(self):
        self.etl.write_job("usage", contract=["11000000009", "11000000002"])
        self.assertEqual(self.etl.run().exit_code, 77)
        self.assertEqual(
            self.database.rows("select distinct contract_number from tokenflex.usage"), [("11000000002",)]
        )


class ParallelJobs(JobsCase):
    def setUp(self):
        super().setUp()
        for name in ("one", "two", "three"):
            self.etl.write_job(name)
        self.simulator.script({"on": "submit", "times": -1, "hold": True})

    def start(self, parallel_jobs):
        self.etl.write_settings({"run": {"parallel_jobs": parallel_jobs}})
        return self.etl.start_run()

    def test_run_at_the_same_time(self):
        running = self.start(parallel_jobs=3)
        self.simulator.wait_for_held(3)
        self.simulator.script()
        self.simulator.release()
        self.assertEqual(running.wait().exit_code, 0)

    def test_are_no_more_than_the_settings_allow(self):
        running = self.start(parallel_jobs=2)
        self.simulator.wait_for_held(2)
        self.simulator.script()
        self.simulator.release()
        running.wait()
        self.assertEqual(self.simulator.stats["max_in_flight"], 2)


class JobsOfOneTable(JobsCase):
    """Such as one for the last days every night, and one for the last months every week."""

    def setUp(self):
        super().setUp()
        self.etl.write_job("one", target={"table": "shared"})
        self.etl.write_job("two", target={"table": "shared"})

    def test_pass_the_check(self):
        self.assertEqual(self.etl.call(*self.etl.command("check")).exit_code, 0)

    def test_run_one_after_the_other(self):
        result = self.etl.run()
        self.assertEqual((result.exit_code, result.log("error")), (0, []))
        self.assertEqual(sorted(run["rows_inserted"] for run in result.runs), [0, 10])


class NewTables(JobsCase):
    """Made by two runs at the same moment, each of which has seen that there is none."""

    def run_together(self):
        self.simulator.script({"on": "page", "times": -1, "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held(2)
        self.simulator.script()
        self.simulator.release()
        return running.wait()

    def test_of_two_contracts_are_one(self):
        self.etl.write_job("usage", page_size=5, contract=["11000000001", "11000000002"])
        result = self.run_together()
        self.assertEqual((result.exit_code, self.database.count("tokenflex.usage")), (0, 20))

    def test_of_two_jobs_share_the_new_schema(self):
        self.etl.write_job("one", page_size=5)
        self.etl.write_job("two", page_size=5)
        result = self.run_together()
        self.assertEqual((result.exit_code, result.log("error")), (0, []))


WINDOW = {"field": "usageDate", "last": "35 days", "chunk": "month"}
FIRST_QUARTER = ("--from", "2026-01-15", "--to", "2026-04-01")
CHUNKS = [
    ("2026-01-15", "2026-02-01"),
    ("2026-02-01", "2026-03-01"),
    ("2026-03-01", "2026-04-01"),
]


class Windows(JobsCase):
    simulator_settings = {"rows_per_day": 5}

    def test_from_and_to_are_the_condition_of_the_query(self):
        self.etl.write_job("usage", window={**WINDOW, "chunk": "none"}, query={"where": "userName LIKE 'admin%'"})
        self.etl.run_well("--from", "2026-01-15", "--to", "2026-04-01")
        (body,) = self.bodies()
        self.assertEqual(
            body["where"], "(userName LIKE 'admin%') AND usageDate >= '2026-01-15' AND usageDate < '2026-04-01'"
        )

    def test_the_last_day_is_not_loaded(self):
        self.etl.write_job("usage", window=WINDOW)
        self.etl.run_well("--from", "2026-01-15", "--to", "2026-01-18")
        self.assertEqual(
            self.database.row("select min(usage_date), max(usage_date), count(*) from tokenflex.usage"),
            ("2026-01-15", "2026-01-17", "15"),
        )

    def test_chunks_are_a_run_row_each(self):
        self.etl.write_job("usage", window=WINDOW)
        self.etl.run_well(*FIRST_QUARTER)
        self.assertEqual(self.run_rows("window_start, window_end"), CHUNKS)

    def test_chunks_are_in_the_result_each(self):
        self.etl.write_job("usage", window=WINDOW)
        runs = self.etl.run_well(*FIRST_QUARTER).runs
        self.assertEqual([(run["window_start"], run["window_end"]) for run in runs], CHUNKS)

    def test_chunks_together_are_the_whole(self):
        self.etl.write_job("usage", window=WINDOW)
        self.etl.run_well(*FIRST_QUARTER)
        whole = {
            "fields": ["usageDate", "productName", "userName"],
            "metrics": ["tokensConsumed"],
            "where": "usageDate >= '2026-01-15' AND usageDate < '2026-04-01'",
        }
        expected = self.simulator.expected_csv(whole, CONTRACT)
        self.assertEqual(self.database.count("tokenflex.usage"), 5 * (17 + 28 + 31))
        self.assertEqual(differences(self.database, expected, DEFAULT_COLUMNS, "tokenflex.usage"), (0, 0))

    def test_chunks_of_another_size_find_every_row_unchanged(self):
        self.etl.write_job("usage", window=WINDOW)
        self.etl.run_well(*FIRST_QUARTER)
        self.etl.write_job("usage", window={**WINDOW, "chunk": "week"})
        runs = self.etl.run_well(*FIRST_QUARTER).runs
        self.assertEqual(len(runs), 12)
        self.assertEqual(sum(run["rows_unchanged"] for run in runs), 5 * (17 + 28 + 31))

    def test_a_chunk_that_fails_leaves_those_before_it_and_ends_the_turn(self):
        self.etl.write_job("usage", window=WINDOW)
        self.simulator.script({"on": "submit", "match": "2026-02-01' AND", "status": 400})
        result = self.etl.run(*FIRST_QUARTER)
        self.assertEqual(result.exit_code, 78)
        self.assertEqual([run["status"] for run in result.runs], ["succeeded", "failed", "skipped"])
        self.assertEqual(self.database.value("select max(usage_date) from tokenflex.usage"), "2026-01-31")

    def test_of_a_job_without_window_cannot_be_moved(self):
        self.etl.write_job("usage")
        self.assert_failed(self.etl.run(*FIRST_QUARTER), 78, "no window")


class Snapshots(JobsCase):
    """Rows without a date of the window: each window is kept apart."""

    simulator_settings = {"rows_per_day": 1, "domains": {"productName": 12}}

    def setUp(self):
        super().setUp()
        self.etl.write_job(
            "usage",
            query={"fields": ["productName"], "metrics": ["uniqueUsers"]},
            window={"field": "usageMonth", "last": "2 months", "until": "2026-03-01", "chunk": "month"},
        )

    def count_by_window(self):
        return self.database.rows(
            "select window_start, window_end, count(*) from tokenflex.usage group by 1, 2 order by 1"
        )

    def test_have_the_window_behind_the_contract(self):
        self.etl.run_well()
        columns = self.database.rows(
            "select column_name, data_type from information_schema.columns where table_name = 'usage'"
            " order by ordinal_position limit 4"
        )
        self.assertEqual(
            columns,
            [("contract_number", "text"), ("window_start", "date"), ("window_end", "date"), ("product_name", "text")],
        )

    def test_stand_side_by_side(self):
        first, second = self.etl.run_well().runs
        self.assertEqual(
            self.count_by_window(),
            [
                ("2026-01-01", "2026-02-01", str(first["rows_inserted"])),
                ("2026-02-01", "2026-03-01", str(second["rows_inserted"])),
            ],
        )
        self.assertGreater(first["rows_inserted"], 0)

    def test_share_products(self):
        self.etl.run_well()
        shared = self.database.value(
            "select count(*) from (select from tokenflex.usage group by product_name having count(*) = 2) twice"
        )
        self.assertGreater(int(shared), 0)

    def test_are_found_unchanged_again(self):
        self.etl.run_well()
        before = self.count_by_window()
        runs = self.etl.run_well().runs
        self.assertEqual([run["rows_inserted"] + run["rows_updated"] for run in runs], [0, 0])
        self.assertEqual(self.count_by_window(), before)

    def test_that_are_restated_change_in_their_own_window_alone(self):
        self.etl.run_well()
        self.simulator.restate(every=1)
        run = self.etl.run_well("--from", "2026-01-01", "--to", "2026-02-01", "--again").one_run
        self.assertEqual(run["rows_updated"], run["rows_read"])
        self.assertEqual(
            self.database.rows(
                f"select distinct window_start from tokenflex.usage where _run_id = {run['run_id']}"
            ),
            [("2026-01-01",)],
        )


class SecondRunner(JobsCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")
        self.simulator.script({"on": "submit", "nth": 1, "hold": True})
        self.first = self.etl.start_run()
        self.simulator.wait_for_held()

    def test_of_a_table_ends_and_says_who_holds_it(self):
        pid = self.database.value("select pid from tokenflex_etl.run where status = 'running'")
        self.assert_failed(self.etl.run(), 75, "tokenflex.usage", f"process {pid}")

    def test_of_another_table_runs(self):
        self.etl.write_job("other")
        self.assertEqual(self.etl.run("other").exit_code, 0)

    def test_leaves_the_first_alone(self):
        self.etl.run()
        self.simulator.release()
        self.assertEqual(self.first.wait().exit_code, 0)
        self.assertEqual(self.database.count("tokenflex.usage"), 10)


if __name__ == "__main__":
    main()
