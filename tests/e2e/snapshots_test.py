"""Rows without a date of the window: which windows a table holds beside each other, so that no day counts twice.

The days of the tests are counted from today, which no test can choose: a night that is past is made by a run of today whose
window is moved back in the table.
"""

import datetime
import re
import signal

from harness import CONTRACT, EtlTestCase, cases, main

OTHER_CONTRACT = "11000000002"
WEEK = {"field": "usageDate", "last": "1 week"}
GIVEN_ONLY = {"field": "usageDate"}
COLUMNS = ["productName", "userName", "tokensConsumed"]
QUERY = {"fields": ["productName", "userName"], "metrics": ["tokensConsumed"]}
WRITES_ITS_END = """
    exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
            and application_name like 'tokenflex-etl%' and query like '%update tokenflex_etl.run%')"""


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def day(away):
    return str(today() + datetime.timedelta(days=away))


def days(first, end):
    """A window, by its distance to today."""
    return f"{day(first)}..{day(end)}"


def given(first, end):
    return "--from", day(first), "--to", day(end)


class SnapshotCase(EtlTestCase):
    window = WEEK

    def setUp(self):
        super().setUp()
        self.write()
        self.answer(10)

    def write(self, name="usage", **changes):
        self.etl.write_job(name, **{"query": QUERY, "window": self.window, **changes})

    def answer(self, users, tokens=1):
        rows = [f'["AutoCAD","user{number}",{tokens}]' for number in range(users)]
        self.simulator.config(results=[{"columns": COLUMNS, "rows": rows}])

    def load(self, *arguments):
        return self.etl.run_well(*arguments).one_run

    def load_given(self, first, end, users=10):
        """By a job that has no window of its own."""
        self.write(window=GIVEN_ONLY)
        self.answer(users)
        run = self.load(*given(first, end))
        self.write()
        self.simulator.reset_stats()
        return run

    def move_back(self, ago):
        """What was loaded today was loaded so long ago: days, or an SQL interval. Keys tell the window, so they are others."""
        ago = f"interval '{ago} days'" if isinstance(ago, int) else ago
        columns = f"window_start = window_start - {ago}, window_end = window_end - {ago}"
        self.database.execute(
            f"update tokenflex.usage set {columns}, _row_key = md5(_row_key::text)::uuid;"
            f" update tokenflex_etl.target_window set {columns}, as_of = as_of - {ago}"
        )
        self.simulator.reset_stats()

    def windows(self, where="true"):
        """What the table holds: window and rows."""
        rows = self.database.rows(
            "select window_start || '..' || window_end, count(*) from tokenflex.usage"
            f" where {where} group by 1 order by 1"
        )
        return [(window, int(count)) for window, count in rows]

    def tokens(self):
        return int(self.database.value("select coalesce(sum(tokens_consumed), 0) from tokenflex.usage"))

    def assert_refused(self, *words, arguments=(), exit_code=78):
        """By run and by plan, without a request, and nothing has changed. Returns the error."""
        before = self.windows() if self.database.has_table("tokenflex.usage") else None
        result = self.etl.run(*arguments)
        self.assert_failed(result, exit_code, *words)
        plan = self.etl.call(*self.etl.command("plan", *arguments))
        self.assertEqual(plan.exit_code, exit_code, plan.stdout)
        self.assertIn("refused", plan.stdout)
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        if before is not None:
            self.assertEqual(self.windows(), before)
        return result.error


class Nights(SnapshotCase):
    def test_that_overlap_count_no_day_twice(self):
        self.load()
        self.move_back(1)
        self.answer(12)
        run = self.load()
        self.assertEqual(self.windows(), [(days(-7, 0), 12)])
        self.assertEqual(self.tokens(), 12)
        counts = {name: run[name] for name in run if name.startswith("rows_")}
        self.assertEqual(
            counts,
            {
                "rows_read": 12,
                "rows_inserted": 12,
                "rows_updated": 0,
                "rows_unchanged": 0,
                "rows_deleted": 10,
                "rows_vanished": 10,
            },
        )
        self.assertEqual(self.last_run("status, rows_deleted, rows_vanished"), ("succeeded", "10", "10"))

    def test_are_told_in_the_log(self):
        self.load()
        self.move_back(1)
        result = self.etl.run_well()
        self.assertTrue(
            any(f"the window {days(-7, 0)} takes the place of {days(-8, -1)}: 10 rows" in line for line in result.log("info"))
        )

    def test_that_touch_stand_side_by_side(self):
        self.load()
        self.move_back(7)
        self.assertEqual(self.load()["rows_deleted"], 0)
        self.assertEqual(self.windows(), [(days(-14, -7), 10), (days(-7, 0), 10)])

    def test_of_one_day_load_the_same_window_again(self):
        self.load()
        self.assertEqual(self.load()["rows_unchanged"], 10)
        self.assertEqual(self.windows(), [(days(-7, 0), 10)])

    def test_replace_windows_of_their_contract_alone(self):
        self.write(contract=[CONTRACT, OTHER_CONTRACT])
        self.etl.run_well()
        self.move_back(1)
        self.write(contract=[OTHER_CONTRACT])
        self.load()
        self.assertEqual(self.windows(f"contract_number = '{CONTRACT}'"), [(days(-8, -1), 10)])
        self.assertEqual(self.windows(f"contract_number = '{OTHER_CONTRACT}'"), [(days(-7, 0), 10)])

    def test_of_another_job_of_the_table_are_replaced_too(self):
        self.load()
        self.write("fortnight", window={**WEEK, "last": "2 weeks"}, target={"table": "usage"})
        self.assertEqual(self.load("fortnight")["rows_deleted"], 10)
        self.assertEqual(self.windows(), [(days(-14, 0), 10)])

    def test_stand_beside_each_other_with_all(self):
        self.write(target={"snapshots": "all"})
        self.load()
        self.move_back(1)
        self.assertEqual(self.load()["rows_deleted"], 0)
        self.assertEqual(self.windows(), [(days(-8, -1), 10), (days(-7, 0), 10)])

    def test_replace_rows_that_would_be_kept_within_a_window(self):
        self.write(target={"vanished": "keep"})
        self.load()
        self.move_back(1)
        self.assertEqual(self.load()["rows_deleted"], 10)
        self.answer(4)
        run = self.load()
        self.assertEqual((run["rows_deleted"], run["rows_vanished"]), (0, 6))
        self.assertEqual(self.windows(), [(days(-7, 0), 10)])

    def test_do_not_replace_what_a_later_day_has_loaded(self):
        self.load()
        self.move_back(-1)
        self.assert_refused("the run of a later day", days(-6, 1), days(-7, 0), exit_code=75)

    def test_are_shown_by_plan(self):
        self.load()
        self.move_back(1)
        plan = self.etl.call(*self.etl.command("plan"))
        self.assertIn(f"replaces 10 rows of {days(-8, -1)}", plan.stdout)
        self.assertEqual(self.windows(), [(days(-8, -1), 10)])

    def test_of_a_window_with_a_fixed_end_do_not_move(self):
        self.write(window={**WEEK, "until": day(-3)})
        self.load()
        self.simulator.reset_stats()
        self.write(window={**WEEK, "until": day(-2)})
        self.assert_refused(days(-9, -2), days(-10, -3), "does not contain it completely")
        self.write(window={**WEEK, "last": "2 weeks", "until": day(-2)})
        self.assertEqual(self.load()["rows_deleted"], 10)
        self.assertEqual(self.windows(), [(days(-16, -2), 10)])


class Months(SnapshotCase):
    """Windows of usageMonth, cut by month: the same months as the month before, but for the last and the first."""

    window = {"field": "usageMonth", "last": "3 months", "chunk": "month"}

    def test_of_the_next_month_replace_none(self):
        self.etl.run_well()
        self.assertEqual([count for _, count in self.windows()], [10, 10, 10])
        self.move_back("interval '1 month'")
        self.etl.run_well()
        self.assertEqual([count for _, count in self.windows()], [10, 10, 10, 10])
        self.assertEqual(self.tokens(), 40)

    def test_given_again_are_the_same_windows(self):
        self.etl.run_well()
        (first, _), _, (last, _) = self.windows()
        result = self.etl.run_well("--from", first[:10], "--to", last[12:], "--again")
        self.assertEqual([run["rows_unchanged"] for run in result.runs], [10, 10, 10])
        self.assertEqual(
            self.database.value("select count(*) from tokenflex_etl.target_window where as_of is null"), "0"
        )

    def test_take_the_place_of_one_window_that_was_not_cut(self):
        self.write(window={**self.window, "chunk": "none"})
        self.etl.run_well()
        self.write()
        self.etl.run_well()
        self.assertEqual([count for _, count in self.windows()], [10, 10, 10])


class GivenWindows(SnapshotCase):
    def test_replace_what_lies_within_them(self):
        self.load_given(-40, -30)
        self.load_given(-30, -28)
        self.load()
        self.move_back(20)  # the moving one is at -27..-20 now, the others at -60..-50 and -50..-48
        run = self.load(*given(-60, -20), "--accept")  # three windows of ten rows become one
        self.assertEqual(run["rows_deleted"], 30)
        self.assertEqual(self.windows(), [(days(-60, -20), 10)])

    def test_stand_beside_those_that_they_touch(self):
        self.load()
        self.load_given(-20, -10)
        self.assertEqual(self.load(*given(-10, -7))["rows_deleted"], 0)
        self.assertEqual(self.windows(), [(days(-20, -10), 10), (days(-10, -7), 10), (days(-7, 0), 10)])

    def test_that_are_loaded_again_are_the_same(self):
        self.load_given(-20, -10)
        self.assertEqual(self.load(*given(-20, -10), "--again")["rows_unchanged"], 10)

    def test_that_are_the_jobs_own_of_today_move(self):
        self.load(*given(-7, 0))
        self.move_back(1)
        self.assertEqual(self.load()["rows_deleted"], 10)
        self.assertEqual(self.windows(), [(days(-7, 0), 10)])

    def test_that_were_the_jobs_own_still_move(self):
        self.load()
        self.move_back(1)
        self.load(*given(-8, -1), "--again")
        self.assertEqual(self.windows(), [(days(-8, -1), 10)])
        self.load()
        self.assertEqual(self.windows(), [(days(-7, 0), 10)])

    def test_with_all_overlap_as_they_like(self):
        self.write(target={"snapshots": "all"})
        self.load()
        self.load(*given(-20, -3))
        self.load(*given(-10, -2))
        self.assertEqual(len(self.windows()), 3)


@cases({"left": (-25, -15), "right": (-15, -5), "inside": (-18, -12), "from_the_same_day": (-20, -15)})
class GivenWindowsThatCut(SnapshotCase):
    """Another window, of days that the job's own does not have."""

    window = GIVEN_ONLY

    def check(self, window):
        self.load_given(-20, -10)
        error = self.assert_refused(days(*window), days(-20, -10), "choose days that contain it completely", arguments=given(*window))
        statement = re.search(r"(delete from .*?);", error)[1]
        self.database.execute(statement)
        self.load(*given(*window))
        self.assertEqual(self.windows(), [(days(*window), 10)])


@cases({"left": (-10, -5), "inside": (-5, -2), "containing": (-20, 0), "beyond": (-3, 1)})
class GivenWindowsThatOverlapTheJobsOwn(SnapshotCase):
    """Before that is loaded, and once it is."""

    def check(self, window):
        words = days(*window), days(-7, 0), f"--to be {day(-7)} or earlier"
        self.assert_refused(*words, arguments=given(*window))
        self.load()
        self.simulator.reset_stats()
        self.assert_refused(*words, arguments=given(*window))

    def test_are_refused_by_plan_without_a_database(self):
        self.etl.environment["PGPORT"] = "1"
        plan = self.etl.call(*self.etl.command("plan", *given(-10, -5)))
        self.assertEqual(plan.exit_code, 78, plan.stdout)


class AMovingWindowOverAGivenOne(SnapshotCase):
    """Which lies in its way since the job has a window of its own, or a longer one."""

    def setUp(self):
        super().setUp()
        self.load_given(-10, -5)

    def test_is_refused_with_the_statement_that_removes_the_older_rows(self):
        error = self.assert_refused(
            f"the job's moving window {days(-7, 0)} overlaps the window {days(-10, -5)}",
            "table tokenflex.usage",
            CONTRACT,
            "target.snapshots: all",
        )
        self.database.execute(re.search(r"(delete from .*?);", error)[1])
        self.load()
        self.assertEqual(self.windows(), [(days(-7, 0), 10)])

    def test_is_loaded_beside_it_with_all(self):
        self.write(target={"snapshots": "all"})
        self.load()
        self.assertEqual(self.windows(), [(days(-10, -5), 10), (days(-7, 0), 10)])

    def test_is_refused_where_what_is_there_is_not_remembered(self):
        self.database.execute("delete from tokenflex_etl.target_window")
        self.assert_refused(days(-10, -5), days(-7, 0))

    def test_is_loaded_once_the_rows_are_gone(self):
        self.database.execute("truncate tokenflex.usage")
        self.load()
        self.assertEqual(self.windows(), [(days(-7, 0), 10)])

    def test_is_loaded_once_the_table_is_gone(self):
        self.database.execute("drop table tokenflex.usage")
        self.load()
        self.assertEqual(self.windows(), [(days(-7, 0), 10)])


class ReplacedRows(SnapshotCase):
    def setUp(self):
        super().setUp()
        self.answer(30)
        self.load()
        self.move_back(1)
        self.before = [(days(-8, -1), 30)]

    def assert_kept(self, result, *words):
        self.assert_failed(result, 65, f"(and of {days(-8, -1)}, which it replaces)", "run --accept", *words)
        self.assertEqual(self.windows(), self.before)

    def test_are_not_replaced_by_an_empty_answer(self):
        self.answer(0)
        self.assert_kept(self.etl.run(), "the answer is empty", "30 rows of this contract and window")
        run = self.load("--accept")
        self.assertEqual((run["rows_deleted"], run["rows_vanished"]), (30, 30))
        self.assertEqual(self.windows(), [])

    def test_are_not_replaced_by_too_few(self):
        self.answer(14)
        self.assert_kept(self.etl.run(), "of the 30 rows", "30 are no longer in the answer, and 14 are new")
        self.answer(15)
        self.assertEqual(self.load()["rows_deleted"], 30)

    def test_are_not_replaced_by_too_few_where_vanished_rows_are_kept(self):
        self.write(target={"vanished": "keep"})
        self.answer(14)
        self.assert_kept(self.etl.run(), "of the 30 rows")

    def test_stay_where_the_run_is_killed_before_its_end(self):
        """All of its rows are written, and none of them is committed."""
        self.simulator.script({"on": "submit", "hold": True})
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        other = self.open_session()
        other.execute("begin; select from tokenflex_etl.run where status = 'running' for update;")
        self.simulator.script()
        self.simulator.release()
        self.database.wait_until(WRITES_ITS_END)
        running.signal(signal.SIGKILL)
        running.wait()
        other.close()
        self.database.wait_until_left()
        self.assertEqual(self.windows(), self.before)
        self.load()
        self.assertEqual(self.windows(), [(days(-7, 0), 30)])


class Rebuilds(SnapshotCase):
    """Of a table whose job asks for other fields by now."""

    def ask_otherwise(self):
        self.write(query={**QUERY, "fields": ["productName"]})
        self.simulator.config(
            results=[{"columns": ["productName", "tokensConsumed"], "rows": ['["AutoCAD",3]']}]
        )

    def test_do_not_miss_the_window_that_the_runs_own_replaces(self):
        self.load()
        self.move_back(1)
        self.ask_otherwise()
        self.load("--rebuild")
        self.assertEqual(self.windows(), [(days(-7, 0), 1)])
        self.move_back(1)
        self.load()
        self.assertEqual(self.windows(), [(days(-7, 0), 1)])

    def test_say_how_where_no_run_loads_all_windows(self):
        self.load()
        self.load_given(-30, -20)
        self.ask_otherwise()
        result = self.etl.run("--rebuild")
        self.assert_failed(
            result,
            78,
            f"10 rows of contract {CONTRACT} of the days {days(-30, -20)}, more days than this run loads",
            "delete their rows; then: tokenflex-etl run usage --rebuild; then load them again with --from and --to",
        )
        self.assertEqual(self.simulator.stats["budgeted"], 0)
        self.database.execute(f"delete from tokenflex.usage where window_start = '{day(-30)}'")
        self.load("--rebuild")
        self.load(*given(-30, -20), "--again")
        self.assertEqual(self.windows(), [(days(-30, -20), 1), (days(-7, 0), 1)])

    def test_forget_the_windows_of_the_old_table(self):
        self.load()
        self.ask_otherwise()
        self.load("--rebuild")
        self.assertEqual(self.database.count("tokenflex_etl.target_window"), 1)


if __name__ == "__main__":
    main()
