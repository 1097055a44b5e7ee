"""--from and --to: a backfill goes on where it was interrupted, and repeats nothing unless it is told to."""

import datetime
import signal

from harness import CONTRACT, EtlTestCase, cases, main

WINDOW = {"field": "usageDate", "last": "35 days", "chunk": "month"}
HALF_YEAR = ("--from", "2026-01-01", "--to", "2026-07-01")
CHUNKS = 6
OTHER_CONTRACT = "11000000002"


class BackfillCase(EtlTestCase):
    """Six months of 5 rows a day."""

    simulator_settings = {"rows_per_day": 5}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=WINDOW)

    def backfill(self, *arguments):
        return self.etl.run(*HALF_YEAR, *arguments)

    def backfill_well(self, *arguments):
        return self.etl.run_well(*HALF_YEAR, *arguments)

    def submitted_by(self, call, *arguments):
        """How many queries a call submits."""
        self.simulator.reset_stats()
        call(*arguments)
        return self.simulator.requests("submit")

    def statuses(self, result):
        return [run["status"] for run in result.runs]

    def assert_whole(self):
        self.assertEqual(
            self.database.row("select count(*), min(usage_date), max(usage_date) from tokenflex.usage"),
            (str(5 * 181), "2026-01-01", "2026-06-30"),
        )


class Finished(BackfillCase):
    def setUp(self):
        super().setUp()
        self.first = self.backfill_well()

    def test_chunks_cost_no_request(self):
        self.simulator.reset_stats()
        result = self.backfill_well()
        self.assertEqual(self.statuses(result), ["skipped"] * CHUNKS)
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_chunks_have_a_run_row_each(self):
        result = self.backfill_well()
        rows = self.database.rows(
            "select run_id, window_start, window_end, requests, rows_read, finished_at is null, error"
            " from tokenflex_etl.run where status = 'skipped' order by 1"
        )
        self.assertEqual(
            rows,
            [
                (str(run["run_id"]), run["window_start"], run["window_end"], "0", "0", "f", None)
                for run in result.runs
            ],
        )
        self.assertEqual(len(rows), CHUNKS)

    def test_chunks_are_told_once_a_job_with_the_way_to_repeat_them(self):
        self.assertEqual(
            [line for line in self.backfill_well().log("info") if "skipped" in line],
            ["usage: 6 chunks were finished already and skipped; --again repeats them"],
        )

    def test_chunks_are_told_from_those_that_were_not_begun(self):
        self.database.execute(
            "update tokenflex_etl.run set status = 'failed', remote = null where window_start >= '2026-05-01'"
        )
        self.simulator.script({"on": "submit", "status": 400})
        result = self.etl.call(*self.etl.command("run", *HALF_YEAR))
        lines = [line for line in result.stdout.splitlines() if "2026-" in line]
        self.assertEqual([line.count("skipped") for line in lines[:4]], [1] * 4)
        self.assertIn("failed", lines[4])
        self.assertIn("not begun", lines[5])
        self.assertIn("0 of 6 succeeded, 4 skipped", result.stdout)

    def test_chunks_are_repeated_with_again(self):
        self.assertEqual(self.submitted_by(self.backfill_well, "--again"), CHUNKS)

    def test_chunks_are_those_of_a_plain_run_too(self):
        self.etl.write_job("usage", window={**WINDOW, "last": "3 months", "until": "2026-10-01"})
        self.etl.run_well()
        self.assertEqual(
            self.submitted_by(self.etl.run_well, "--from", "2026-07-01", "--to", "2026-10-01"), 0
        )

    def test_chunks_of_another_size_are_not_finished(self):
        self.etl.write_job("usage", window={**WINDOW, "chunk": "none"})
        self.assertEqual(self.submitted_by(self.backfill_well), 1)

    def test_chunks_beside_new_ones_are_skipped(self):
        self.assertEqual(self.submitted_by(self.etl.run_well, "--from", "2025-12-01", "--to", "2026-07-01"), 1)

    def test_chunks_of_a_plain_run_are_never_skipped(self):
        self.etl.write_job("usage", window={**WINDOW, "last": "6 months", "until": "2026-07-01"})
        self.assertEqual(self.submitted_by(self.etl.run_well), CHUNKS)

    def test_chunks_of_a_contract_are_those_of_no_other(self):
        self.etl.write_job("usage", window=WINDOW, contract=[CONTRACT, OTHER_CONTRACT])
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS)


CHANGED_BY_HAND = {
    "deleted": "delete from tokenflex.usage where usage_date = '2026-03-05'",
    "one_deleted": "delete from tokenflex.usage where _row_key = (select _row_key from tokenflex.usage"
    " where usage_date >= '2026-03-01' and usage_date < '2026-04-01' limit 1)",
    "changed": "update tokenflex.usage set tokens_consumed = tokens_consumed + 0.001 where usage_date = '2026-03-05'",
    "emptied": "update tokenflex.usage set tokens_consumed = null where usage_date = '2026-03-05'",
    "exchanged": "update tokenflex.usage t set tokens_consumed = o.tokens_consumed from"
    " (select _row_key, lead(tokens_consumed, 1, first) over (order by n) as tokens_consumed from"
    " (select _row_key, tokens_consumed, row_number() over (order by _row_key) as n,"
    " first_value(tokens_consumed) over (order by _row_key) as first"
    " from tokenflex.usage where usage_date = '2026-03-05') r) o where t._row_key = o._row_key",
    "added": "insert into tokenflex.usage select contract_number, usage_date, product_name, 'nobody', tokens_consumed,"
    " gen_random_uuid(), _run_id, _synced_at from tokenflex.usage where usage_date = '2026-03-05' limit 1",
}


@cases(CHANGED_BY_HAND)
class ChangedByHand(BackfillCase):
    """A chunk is finished while the table holds what its load left there."""

    def check(self, statement):
        self.backfill_well()
        before = self.checksum()
        self.database.execute(statement)
        self.assertNotEqual(self.checksum(), before)
        self.assert_one_chunk_is_loaded_again()

    def checksum(self):
        return self.database.value("select md5(string_agg(t::text, ';' order by _row_key)) from tokenflex.usage t")

    def assert_one_chunk_is_loaded_again(self):
        plan = self.etl.call(*self.etl.command("--output", "json", "plan", *HALF_YEAR)).json
        self.assertEqual([job["reason"].startswith("finished") for job in plan["jobs"]].count(False), 1)
        self.simulator.reset_stats()
        result = self.backfill_well()
        self.assertEqual(self.statuses(result), ["skipped", "skipped", "succeeded", "skipped", "skipped", "skipped"])
        self.assertEqual(self.simulator.requests("submit"), 1)
        self.assert_whole()
        self.assertEqual(self.database.value("select count(*) from tokenflex.usage where user_name = 'nobody'"), "0")
        self.assertEqual(self.submitted_by(self.backfill_well), 0)

    def test_truncated(self):
        self.backfill_well()
        self.database.execute("truncate tokenflex.usage")
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS)
        self.assert_whole()

    def test_dropped(self):
        self.backfill_well()
        self.database.execute("drop table tokenflex.usage")
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS)
        self.assert_whole()

    def test_another_contracts_rows_are_none_of_a_chunks(self):
        self.etl.write_job("usage", window=WINDOW, contract=[CONTRACT, OTHER_CONTRACT])
        self.backfill_well()
        self.database.execute(f"delete from tokenflex.usage where contract_number = '{OTHER_CONTRACT}'")
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS)
        self.assertEqual(self.submitted_by(self.backfill_well), 0)


class LoadedInPart(BackfillCase):
    MIDDLE = ("--from", "2026-03-10", "--to", "2026-03-20")

    def test_with_other_values_is_loaded_again(self):
        self.backfill_well()
        self.simulator.restate(2)
        self.etl.run_well(*self.MIDDLE)
        self.assertEqual(self.submitted_by(self.backfill_well), 1)

    def test_with_the_same_values_is_finished_still(self):
        self.backfill_well()
        self.etl.run_well(*self.MIDDLE)
        self.assertEqual(self.submitted_by(self.backfill_well), 0)

    def test_by_another_job_is_loaded_again(self):
        self.backfill_well()
        self.simulator.restate(2)
        self.etl.write_job("other", window=WINDOW, target={"table": "usage"})
        self.etl.run_well(*self.MIDDLE, "other")
        self.assertEqual(self.submitted_by(self.backfill_well, "usage"), 1)


class Kept(BackfillCase):
    """Rows that the service no longer has are kept beside the others."""

    def test_rows_belong_to_a_finished_chunk(self):
        self.etl.write_job("usage", window=WINDOW, target={"vanished": "keep"})
        self.backfill_well()
        self.database.execute(
            "update tokenflex.usage set _row_key = gen_random_uuid(), user_name = 'old' where usage_date = '2026-03-05'"
        )
        self.assertEqual(self.submitted_by(self.backfill_well), 1)
        self.assertEqual(self.submitted_by(self.backfill_well), 0)
        self.database.execute("delete from tokenflex.usage where user_name = 'old'")
        self.assertEqual(self.submitted_by(self.backfill_well), 1)


    def test_rows_are_deleted_once_the_job_deletes_them(self):
        self.etl.write_job("usage", window=WINDOW, target={"vanished": "keep"})
        self.backfill_well()
        self.database.execute(
            "update tokenflex.usage set _row_key = gen_random_uuid(), user_name = 'old' where usage_date = '2026-03-05'"
        )
        self.backfill_well()
        self.etl.write_job("usage", window=WINDOW)
        self.assertEqual(self.submitted_by(self.backfill_well), 1)
        self.assert_whole()


class Appended(BackfillCase):
    def test_rows_are_those_of_their_run(self):
        self.etl.write_job("usage", window=WINDOW, target={"mode": "append"})
        self.backfill_well()
        self.assertEqual(self.submitted_by(self.backfill_well), 0)
        self.backfill_well("--again")
        self.assertEqual(self.submitted_by(self.backfill_well), 0)
        newest = "(select max(_run_id) from tokenflex.usage where usage_date = '2026-03-05')"
        self.database.execute(f"delete from tokenflex.usage where usage_date = '2026-03-05' and _run_id = {newest}")
        self.assertEqual(self.submitted_by(self.backfill_well), 1)


class Snapshots(BackfillCase):
    """Rows without a date of the window."""

    def test_are_finished_while_they_are_there(self):
        fields = {"fields": ["productName", "userName"], "metrics": ["tokensConsumed"]}
        self.etl.write_job("usage", window={"field": "usageDate", "chunk": "month"}, query=fields)
        self.backfill_well()
        self.assertEqual(self.submitted_by(self.backfill_well), 0)
        self.database.execute("delete from tokenflex.usage where window_start = '2026-03-01'")
        self.assertEqual(self.submitted_by(self.backfill_well), 1)
        self.assertEqual(self.submitted_by(self.backfill_well), 0)


class AskedOtherwise(BackfillCase):
    def test_loads_finished_chunks_again(self):
        self.backfill_well()
        self.etl.write_job("usage", window=WINDOW, query={"metrics": ["tokensConsumed", "useCount"]})
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS)
        self.assertEqual(self.submitted_by(self.backfill_well), 0)
        self.etl.write_job("usage", window=WINDOW)
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS)


QUESTIONS_OF_ANOTHER_TABLE = {
    "where": {"query": {"where": "userName LIKE 'admin%'"}},
    "category": {"query": {"usageCategory": ["DESKTOP_PRODUCT"]}},
    "name_of_a_column": {"target": {"rename": {"tokensConsumed": "tokens"}}},
}


@cases(QUESTIONS_OF_ANOTHER_TABLE)
class AskedForWhatTheTableDoesNotHold(BackfillCase):
    def check(self, changes):
        self.backfill_well()
        self.etl.write_job("usage", window=WINDOW, **changes)
        self.simulator.reset_stats()
        self.assertEqual(self.backfill().exit_code, 78)
        self.assertEqual(self.simulator.requests("submit"), 0)
        self.assert_whole()


class NotFinished(BackfillCase):
    def test_are_days_that_were_not_over_when_they_were_asked_for(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        days = [today + datetime.timedelta(days=shift) for shift in (-2, -1, 0, 1, 2)]
        self.etl.write_job("usage", window={**WINDOW, "chunk": "day"})
        window = ("--from", days[0].isoformat(), "--to", days[4].isoformat())
        self.assertEqual(self.submitted_by(self.etl.run_well, *window), 4)
        result = self.etl.run_well(*window)
        self.assertEqual(self.statuses(result), ["skipped", "skipped", "succeeded", "succeeded"])

    def test_are_days_that_were_asked_for_too_early_once(self):
        self.backfill_well()
        self.database.execute(
            "update tokenflex_etl.run set started_at = '2026-03-31 23:59:59+00' where window_start >= '2026-03-01'"
        )
        self.assertEqual(self.submitted_by(self.backfill_well), 4)

    def test_are_chunks_of_a_table_that_was_dropped(self):
        self.backfill_well()
        self.database.execute("drop table tokenflex.usage")
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS)
        self.assert_whole()

    def test_are_chunks_of_a_table_that_was_dropped_and_made_anew(self):
        self.backfill_well()
        self.database.execute("drop table tokenflex.usage")
        self.etl.run_well("--from", "2026-06-01", "--to", "2026-07-01")
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS - 1)
        self.assert_whole()

    def test_are_chunks_of_another_table(self):
        self.backfill_well()
        self.etl.write_job("usage", window=WINDOW, target={"table": "usage_too"})
        self.assertEqual(self.submitted_by(self.backfill_well), CHUNKS)


class FinishedSomehow(BackfillCase):
    def test_are_answers_from_the_cache_of_the_service(self):
        self.simulator.config(cached="always")
        self.backfill_well()
        self.assertEqual(self.submitted_by(self.backfill_well), 0)

    def test_are_months_without_rows(self):
        self.simulator.config(rows_per_day=0)
        self.backfill_well()
        self.assertEqual(self.submitted_by(self.backfill_well), 0)

    def test_are_chunks_of_a_rebuild(self):
        self.backfill_well()
        self.etl.write_job("usage", window=WINDOW, query={"fields": ["usageDate", "productName"]})
        self.assertEqual(self.submitted_by(self.backfill_well, "--rebuild"), CHUNKS)
        self.assertEqual(self.submitted_by(self.backfill_well), 0)

    def test_are_no_chunks_of_a_rebuild_that_failed(self):
        table = {"window": WINDOW, "target": {"mode": "append"}}
        self.etl.run_well("--from", "2026-01-01", "--to", "2026-02-01")
        self.etl.write_job("usage", **table)
        self.simulator.script({"on": "submit", "nth": 4, "status": 400})
        self.assertEqual(self.backfill("--rebuild").exit_code, 78)
        self.etl.write_job("usage", window=WINDOW)
        self.assertEqual(self.statuses(self.backfill_well()), ["skipped"] + ["succeeded"] * (CHUNKS - 1))
        self.assert_whole()


class Interrupted(BackfillCase):
    """At its third chunk."""

    def assert_goes_on(self):
        self.simulator.script()
        self.simulator.release()
        self.simulator.wait_for("submit", 3)
        self.database.wait_until_left()
        self.simulator.reset_stats()
        result = self.backfill_well()
        self.assertEqual(self.statuses(result), ["skipped"] * 2 + ["succeeded"] * 4)
        self.assertEqual(self.simulator.requests("submit"), 4)
        self.assert_whole()

    def hold_the_third(self):
        self.simulator.script({"on": "submit", "nth": 3, "hold": True})
        running = self.etl.start_run(*HALF_YEAR)
        self.simulator.wait_for_held()
        return running

    def test_by_a_failure_goes_on_there(self):
        self.simulator.script({"on": "submit", "nth": 3, "status": 400})
        self.assertEqual(self.backfill().exit_code, 78)
        self.assert_goes_on()

    def test_by_sigterm_goes_on_there(self):
        running = self.hold_the_third()
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().exit_code, 75)
        self.assert_goes_on()

    def test_by_sigkill_goes_on_there(self):
        running = self.hold_the_third()
        running.signal(signal.SIGKILL)
        running.wait()
        self.assert_goes_on()

    def test_with_again_begins_anew(self):
        self.simulator.script({"on": "submit", "nth": 3, "status": 400})
        self.backfill()
        self.assertEqual(self.submitted_by(self.backfill_well, "--again"), CHUNKS)
        self.assert_whole()


class Again(BackfillCase):
    def test_without_days_is_a_usage_error(self):
        self.assert_failed(self.etl.run("--again"), 64, "--again", "--from and --to")


if __name__ == "__main__":
    main()
