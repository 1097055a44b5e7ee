"""run.keep_runs: old rows of the run table go when a run begins, and nothing that a later run relies on goes with them."""

from harness import EtlTestCase, main

WINDOW = {"field": "usageDate", "last": "35 days", "chunk": "month"}
HALF_YEAR = ("--from", "2026-01-01", "--to", "2026-07-01")
AGED = "update tokenflex_etl.run set started_at = started_at - interval '100 days'"


class RetentionCase(EtlTestCase):
    simulator_settings = {"rows_per_day": 1}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=WINDOW)
        self.etl.write_settings({"run": {"keep_runs": 90}})

    def add_runs(self, status, count):
        """Of the job, long ago, without a window; run_ids are below those of the runs that follow."""
        self.database.execute(
            "insert into tokenflex_etl.run (job, contract_number, source, status, started_at, finished_at, error, host, pid)"
            f" select 'usage', '11000000001', 'query', '{status}', now() - interval '91 days', now() - interval '91 days',"
            f" 'no', 'h', 1 from generate_series(1, {count})"
        )

    def failures(self):
        return int(self.database.value("select count(*) from tokenflex_etl.run where status = 'failed'"))


class OldRuns(RetentionCase):
    def setUp(self):
        super().setUp()
        self.etl.call(*self.etl.command("init"))
        self.add_runs("failed", 150)

    def test_go_when_a_run_begins_but_for_the_newest_hundred(self):
        result = self.etl.run_well()
        self.assertEqual(self.failures(), 100)
        self.assertIn(
            "50 runs of more than 90 days ago were deleted from the run table", "".join(result.log("info"))
        )

    def test_stay_for_ever_where_that_is_set(self):
        self.etl.write_settings({"run": {"keep_runs": 0}})
        self.etl.run_well()
        self.assertEqual(self.failures(), 150)

    def test_stay_until_they_are_old(self):
        self.etl.write_settings({"run": {"keep_runs": 92}})
        self.etl.run_well()
        self.assertEqual(self.failures(), 150)

    def test_that_the_role_may_not_delete_are_warned_of_once(self):
        self.etl.write_job("other", window=WINDOW)
        self.etl.run_well()
        self.database.execute(
            "update tokenflex_etl.run set started_at = now() - interval '91 days';"
            "create role loader login; grant usage, create on schema tokenflex to loader;"
            "grant usage on schema tokenflex_etl to loader;"
            "grant select, insert, update on all tables in schema tokenflex_etl, tokenflex to loader;"
            "grant delete on all tables in schema tokenflex to loader"
        )
        self.addCleanup(self.database.execute, "drop owned by loader; drop role loader")
        self.etl.write_settings({"database": {"dsn": "user=loader"}})
        result = self.etl.run_well()
        self.assertEqual(
            [line for line in result.log("warn") if "keep_runs" in line],
            ["cannot delete old runs: permission denied for table run: run.keep_runs has no effect"],
        )


class ABackfill(RetentionCase):
    def test_is_skipped_after_its_runs_have_become_old(self):
        self.etl.run_well(*HALF_YEAR)
        self.etl.run_well(*HALF_YEAR, "--again")
        self.database.execute(AGED)
        self.add_runs("succeeded", 20)
        self.add_runs("failed", 200)
        self.etl.run_well()
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.run where window_end <= '2026-07-01'"), "6")
        self.simulator.reset_stats()
        result = self.etl.run_well(*HALF_YEAR)
        self.assertEqual([run["status"] for run in result.runs], ["skipped"] * 6)
        self.assertEqual(self.simulator.stats["budgeted"], 0)


if __name__ == "__main__":
    main()
