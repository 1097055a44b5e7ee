"""What the service restates: what is recorded of it, what is not, and what the command `changes` tells."""

import datetime
import decimal
import json

from harness import CONTRACT, EtlTestCase, cases, main

TODAY = datetime.datetime.now(datetime.timezone.utc).date()
COLUMNS = ("usageDate", "productName", "userName", "tokensConsumed")
WINDOW = {"field": "usageDate", "last": "2 months", "until": "2026-11-01", "chunk": "month"}
QUERY = {"fields": list(COLUMNS[:3]), "metrics": ["tokensConsumed"]}
RESTATEMENTS = """
    select coalesce(month::text, 'none'), metric, coalesce(before::text, 'none'), coalesce(after::text, 'none'),
           rows_changed, rows_added, rows_vanished
      from tokenflex_etl.restatement order by run_id, month, metric"""


def usage(day, user, tokens, *others):
    return json.dumps([day, "AutoCAD", user, tokens, *others])


class ChangesCase(EtlTestCase):
    query = QUERY
    window = WINDOW
    target = {}

    def setUp(self):
        super().setUp()
        self.write_job()

    def write_job(self, name="usage", **changes):
        self.etl.write_job(name, **{"query": self.query, "window": self.window, "target": self.target, **changes})

    def answer(self, *rows, columns=None, where=None):
        """Rows of a day go to the query that asks for it."""
        months = {}
        columns = list(columns or (*self.query["fields"], *self.query["metrics"]))
        for row in rows:
            months.setdefault(json.loads(row)[0][:7] if where is None else where, []).append(row)
        settings = [
            {"contract": CONTRACT, "columns": columns, "rows": found, **({} if where == "" else {"where": f">= '{month}"})}
            for month, found in months.items()
        ]
        self.simulator.config(results=[*settings, {"contract": CONTRACT, "columns": columns, "rows": []}])

    def load(self, *rows, arguments=(), **how):
        self.answer(*rows, **how)
        return self.etl.run_well(*arguments)

    def restatements(self):
        return self.database.rows(RESTATEMENTS)

    def changes(self, *arguments):
        done = self.etl.call(*self.etl.command("--output", "json", "changes", *arguments))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return json.loads(done.stdout, parse_float=decimal.Decimal)

    def told(self, *arguments):
        done = self.etl.call(*self.etl.command("changes", *arguments))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return done.stdout


OCTOBER = (usage("2026-10-05", "ann", 3), usage("2026-10-06", "ann", 4), usage("2026-10-06", "bob", 5))


class Recorded(ChangesCase):
    def test_is_nothing_of_days_that_are_loaded_for_the_first_time(self):
        self.load(*OCTOBER)
        self.assertEqual(self.restatements(), [])

    def test_is_nothing_where_nothing_has_changed(self):
        self.load(*OCTOBER)
        self.load(*OCTOBER)
        self.assertEqual(self.restatements(), [])

    def test_are_the_sums_of_the_month_and_the_rows_that_changed_them(self):
        self.load(*OCTOBER)
        run = self.load(usage("2026-10-05", "ann", 3), usage("2026-10-06", "ann", 4.5), usage("2026-10-07", "eve", 7)).runs[-1]
        self.assertEqual(self.restatements(), [("2026-10-01", "tokensConsumed", "12", "14.5", "1", "1", "1")])
        row = self.database.row(
            "select run_id, schema_name, table_name, contract_number, job,"
            " restated_at = (select max(_synced_at) from tokenflex.usage) from tokenflex_etl.restatement"
        )
        self.assertEqual(row, (str(run["run_id"]), "tokenflex", "usage", CONTRACT, "usage", "t"))

    def test_is_each_month_by_itself(self):
        self.load(usage("2026-09-05", "ann", 1), *OCTOBER)
        self.load(usage("2026-09-05", "ann", 2), usage("2026-10-05", "ann", 1), *OCTOBER[1:])
        self.assertEqual(
            self.restatements(),
            [
                ("2026-09-01", "tokensConsumed", "1", "2", "1", "0", "0"),
                ("2026-10-01", "tokensConsumed", "12", "10", "1", "0", "0"),
            ],
        )

    def test_is_the_sum_of_the_whole_month_also_where_a_load_asks_for_a_part_of_it(self):
        self.load(*OCTOBER)
        self.answer(usage("2026-10-06", "ann", 6), usage("2026-10-06", "bob", 5))
        self.etl.run_well("--from", "2026-10-06", "--to", "2026-10-08")
        self.assertEqual(self.restatements(), [("2026-10-01", "tokensConsumed", "12", "14", "1", "0", "0")])

    def test_is_no_usage_of_new_days_in_the_same_month(self):
        for until, rows in (("2026-10-07", OCTOBER), ("2026-10-08", (*OCTOBER[:2], usage("2026-10-06", "bob", 6), usage("2026-10-07", "bob", 50)))):
            self.write_job(window={**WINDOW, "until": until})
            self.load(*rows)
        self.assertEqual(self.restatements(), [("2026-10-01", "tokensConsumed", "12", "13", "1", "0", "0")])

    def test_is_nothing_of_a_day_that_was_not_over(self):
        until = TODAY + datetime.timedelta(1)
        self.write_job(window={**WINDOW, "until": str(until)})
        for tokens in (1, 2):
            self.load(usage(str(TODAY), "ann", tokens))
        self.assertEqual(self.database.value("select tokens_consumed from tokenflex.usage"), "2")
        self.assertEqual(self.restatements(), [])

    def test_are_rows_that_come_back_after_they_were_deleted_by_hand(self):
        self.load(*OCTOBER)
        self.database.execute("delete from tokenflex.usage where usage_date = '2026-10-06'")
        self.load(*OCTOBER)
        self.assertEqual(self.restatements(), [("2026-10-01", "tokensConsumed", "3", "12", "0", "2", "0")])

    def test_are_all_rows_of_a_month_that_was_empty(self):
        for delete in (None, "truncate tokenflex.usage"):
            with self.subTest(delete):
                if delete:
                    self.database.execute(delete + "; truncate tokenflex_etl.restatement")
                else:
                    self.load(usage("2026-09-05", "ann", 1))
                self.load(usage("2026-09-05", "ann", 1), *OCTOBER)
                october = [row for row in self.restatements() if row[0] == "2026-10-01"]
                self.assertEqual(october, [("2026-10-01", "tokensConsumed", "0", "12", "0", "3", "0")])

    def test_are_all_rows_of_a_month_that_is_empty_now(self):
        self.write_job(checks={"max_vanished": "100%"})
        self.load(*OCTOBER)
        self.load(usage("2026-09-05", "ann", 1))
        october = [row for row in self.restatements() if row[0] == "2026-10-01"]
        self.assertEqual(october, [("2026-10-01", "tokensConsumed", "12", "0", "0", "0", "3")])

    def test_are_no_rows_that_are_kept_though_the_answer_lacks_them(self):
        self.write_job(target={"vanished": "keep"})
        self.load(*OCTOBER)
        self.load(*OCTOBER[1:])
        self.assertEqual(self.restatements(), [])
        self.load(OCTOBER[1], usage("2026-10-06", "bob", 6))
        self.assertEqual(self.restatements(), [("2026-10-01", "tokensConsumed", "12", "13", "1", "0", "0")])

    def test_is_nothing_where_every_runs_rows_are_kept(self):
        self.write_job(target={"mode": "append"})
        self.load(*OCTOBER)
        self.load(usage("2026-10-05", "ann", 30))
        self.assertEqual(self.restatements(), [])

    def test_is_nothing_of_another_contracts_first_rows(self):
        self.load(*OCTOBER)
        self.write_job(contract=["11000000002"])
        columns = list(COLUMNS)
        self.simulator.config(results=[{"contract": "11000000002", "columns": columns, "rows": list(OCTOBER)}])
        self.simulator.config(results=[{"contract": "11000000002", "columns": columns, "rows": list(OCTOBER), "where": ">= '2026-10"}, {"contract": "11000000002", "columns": columns, "rows": []}])
        self.etl.run_well()
        self.assertEqual(self.restatements(), [])

    def test_is_nothing_of_a_load_that_is_rolled_back(self):
        self.write_job(checks={"max_change": {"tokensConsumed": "10%"}})
        self.load(*OCTOBER)
        self.answer(usage("2026-10-05", "ann", 30), *OCTOBER[1:])
        self.assert_failed(self.etl.run(), 65, "max_change")
        self.assertEqual(self.restatements(), [])


class Months(ChangesCase):
    query = {"fields": ["usageMonth", "productName", "userName"], "metrics": ["tokensConsumed"]}
    window = {**WINDOW, "field": "usageMonth"}

    def test_that_were_over_are_recorded(self):
        self.load(usage("2026-10-01", "ann", 3))
        self.load(usage("2026-10-01", "ann", 4))
        self.assertEqual(self.restatements(), [("2026-10-01", "tokensConsumed", "3", "4", "1", "0", "0")])

    def test_that_run_are_not(self):
        month = TODAY.replace(day=1)
        following = (month + datetime.timedelta(31)).replace(day=1)
        for name, window in (("of_window", {**self.window, "until": str(following)}), ("of_all", None)):
            self.write_job(name, window=window)
            for tokens in (1, 2):
                self.load(usage(str(month), "ann", tokens), arguments=[name], where=None if window else "")
            self.assertEqual(self.database.value(f"select tokens_consumed from tokenflex.{name}"), "2")
        self.assertEqual(self.restatements(), [])


class Undated(ChangesCase):
    query = {"fields": ["productName", "userName"], "metrics": ["tokensConsumed"]}

    def test_rows_of_a_job_without_a_window_have_no_month(self):
        self.write_job(window=None)
        for tokens in (3, 4, 4):
            self.load(json.dumps(["AutoCAD", "ann", tokens]), json.dumps(["AutoCAD", "bob", 1]), where="")
        self.assertEqual(self.restatements(), [("none", "tokensConsumed", "4", "5", "1", "0", "0")])

    def test_snapshots_are_recorded_where_the_same_window_is_loaded_again(self):
        self.write_job(window={"field": "usageMonth", "last": "1 months", "until": "2026-11-01"})
        for tokens in (3, 4):
            self.load(json.dumps(["AutoCAD", "ann", tokens]), where="")
        self.assertEqual(self.restatements(), [("none", "tokensConsumed", "3", "4", "1", "0", "0")])
        windows = self.database.row("select window_start, window_end from tokenflex_etl.restatement")
        self.assertEqual(windows, ("2026-10-01", "2026-11-01"))

    def test_a_window_that_moves_on_is_no_restatement(self):
        self.write_job(window={"field": "usageDate", "last": "35 days", "until": "2026-11-01"}, target={"snapshots": "all"})
        self.load(json.dumps(["AutoCAD", "ann", 3]), where="")
        self.write_job(window={"field": "usageDate", "last": "20 days", "until": "2026-10-30"}, target={"snapshots": "all"})
        self.load(json.dumps(["AutoCAD", "ann", 2]), where="")
        self.assertEqual(self.restatements(), [])


class Metrics(ChangesCase):
    query = {"fields": list(COLUMNS[:3]), "metrics": ["tokensConsumed", "usageHours", "uniqueUsers"]}

    def test_that_have_not_changed_are_not_recorded(self):
        self.load(usage("2026-10-05", "ann", 3, 1.5, 1), usage("2026-10-06", "ann", 3, 1.5, 1))
        self.load(usage("2026-10-05", "ann", 3, 2.5, 1), usage("2026-10-06", "ann", 3, 1.5, 1))
        self.assertEqual(self.restatements(), [("2026-10-01", "usageHours", "3", "4", "1", "0", "0")])

    def test_that_cannot_be_summed_have_their_rows_counted(self):
        self.load(usage("2026-10-05", "ann", 3, 1.5, 1), usage("2026-10-06", "ann", 3, 1.5, 1))
        self.load(usage("2026-10-05", "ann", 3, 1.5, 2), usage("2026-10-06", "ann", 3, 1.5, 1))
        self.assertEqual(self.restatements(), [("2026-10-01", "uniqueUsers", "none", "none", "1", "0", "0")])
        self.assertIsNone(self.changes()["changes"][0]["before"])

    def test_that_cannot_be_summed_have_the_value_of_a_single_row(self):
        for users in (1, 2):
            self.load(usage("2026-10-05", "ann", 3, 1.5, users))
        self.assertEqual(self.restatements(), [("2026-10-01", "uniqueUsers", "1", "2", "1", "0", "0")])

    def test_are_all_recorded_where_a_field_outside_the_key_has_changed(self):
        self.write_job(target={"key": ["usageDate", "userName"]})
        for product in ("AutoCAD", "Revit"):
            self.load(json.dumps(["2026-10-05", product, "ann", 3, 1.5, 1]))
        self.assertEqual(
            self.restatements(),
            [
                ("2026-10-01", "tokensConsumed", "3", "3", "1", "0", "0"),
                ("2026-10-01", "uniqueUsers", "1", "1", "1", "0", "0"),
                ("2026-10-01", "usageHours", "1.5", "1.5", "1", "0", "0"),
            ],
        )


class Moved(ChangesCase):
    target = {"key": ["userName"]}

    def test_row_vanishes_from_its_month_and_is_added_to_another(self):
        self.write_job(window={**WINDOW, "chunk": "none"})
        self.load(usage("2026-09-05", "ann", 3), usage("2026-09-06", "bob", 1), where="")
        self.load(usage("2026-10-05", "ann", 4), usage("2026-09-06", "bob", 1), where="")
        self.assertEqual(
            self.restatements(),
            [
                ("2026-09-01", "tokensConsumed", "4", "1", "0", "0", "1"),
                ("2026-10-01", "tokensConsumed", "0", "4", "0", "1", "0"),
            ],
        )


class Command(ChangesCase):
    target = {"history": True}

    def night(self, tokens, moment):
        """Loaded as if at that moment."""
        self.load(usage("2026-09-05", "ann", tokens), usage("2026-10-05", "ann", tokens), OCTOBER[1])
        self.database.execute(
            f"update tokenflex_etl.restatement set restated_at = '{moment}' where restated_at > now() - interval '1 hour'"
        )

    def nights(self):
        for tokens, moment in ((1, "2026-11-01 01:00+00"), (2, "2026-11-02 01:00+00"), (4, "2026-11-03 01:00+00")):
            self.night(tokens, moment)

    def test_says_in_one_line_that_nothing_has_changed(self):
        self.load(*OCTOBER)
        self.assertEqual(self.told(), "No load has changed data that was loaded before.\n")
        self.assertEqual(self.changes(), {"changes": []})

    def test_tells_each_run_to_scripts(self):
        self.nights()
        changes = self.changes()["changes"]
        self.assertEqual(
            [(c["month"], c["before"], c["after"], c["restated_at"]) for c in changes],
            [
                ("2026-10-01", 6, 8, "2026-11-03T01:00:00.000Z"),
                ("2026-09-01", 2, 4, "2026-11-03T01:00:00.000Z"),
                ("2026-10-01", 5, 6, "2026-11-02T01:00:00.000Z"),
                ("2026-09-01", 1, 2, "2026-11-02T01:00:00.000Z"),
            ],
        )
        keys = "job contract_number month metric before after rows_changed rows_added rows_vanished run_id restated_at"
        self.assertEqual(list(changes[0]), keys.split())
        self.assertEqual((changes[0]["job"], changes[0]["contract_number"], changes[0]["metric"]), ("usage", CONTRACT, "tokensConsumed"))

    def test_tells_people_what_was_before_the_first_and_is_after_the_last(self):
        self.nights()
        lines = [line.split() for line in self.told().splitlines()]
        self.assertEqual(len(lines), 3)
        self.assertEqual(lines[1][2:7], ["2026-10", "tokensConsumed", "5", "8", "3"])
        self.assertEqual(lines[2][2:7], ["2026-09", "tokensConsumed", "1", "4", "3"])

    def test_tells_people_what_changed_in_all_though_somebody_deleted_rows_in_between(self):
        self.load(usage("2026-10-05", "ann", 3), OCTOBER[1])
        self.load(usage("2026-10-05", "ann", 5), OCTOBER[1])
        self.database.execute("delete from tokenflex.usage where user_name = 'ann'")
        self.load(usage("2026-10-05", "ann", 6), OCTOBER[1])
        self.assertEqual(self.told().splitlines()[1].split()[2:7], ["2026-10", "tokensConsumed", "7", "10", "3"])

    def test_tells_people_of_days_loaded_in_between_as_part_of_what_was_before(self):
        for until, tokens in (("2026-10-07", 3), ("2026-10-07", 5), ("2026-10-08", 5), ("2026-10-08", 6)):
            self.write_job(window={**WINDOW, "until": until})
            self.load(usage("2026-10-05", "ann", tokens), *([usage("2026-10-07", "eve", 7)] if until == "2026-10-08" else []))
        self.assertEqual(self.told().splitlines()[1].split()[2:7], ["2026-10", "tokensConsumed", "10", "13", "3"])

    def test_tells_people_of_each_job_what_its_own_runs_have_changed(self):
        self.load(usage("2026-10-05", "ann", 3))
        for job, tokens in (("usage", 5), ("other", 9), ("usage", 10)):
            self.write_job(job, target={**self.target, "table": "usage"})
            self.load(usage("2026-10-05", "ann", tokens), arguments=[job])
        lines = {line.split()[0]: line.split()[4:7] for line in self.told().splitlines()[1:]}
        self.assertEqual(lines, {"usage": ["7", "10", "3"], "other": ["5", "9", "4"]})
        self.assertEqual(self.told("usage").splitlines()[1].split()[4:7], ["7", "10", "3"])

    def test_says_where_the_rows_are_that_changed_before_a_rebuild(self):
        self.load(*OCTOBER)
        self.load(usage("2026-10-05", "ann", 3.5), *OCTOBER[1:])
        self.write_job(query={"fields": ["usageDate", "userName"], "metrics": ["tokensConsumed"]})
        rows = [json.dumps([json.loads(row)[0], *json.loads(row)[2:]]) for row in OCTOBER]
        self.load(*rows, arguments=["--rebuild"], columns=["usageDate", "userName", "tokensConsumed"])
        done = self.etl.call(*self.etl.command("changes", "--rows"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        self.assertIn("tokenflex.usage_history_by_product_name_usage_date_user_name, and are not shown", done.stderr)

    def test_tells_what_was_loaded_since_a_day(self):
        self.nights()
        for since, count in (("2026-11-02", 4), ("2026-11-03", 2), ("2026-11-04", 0)):
            self.assertEqual(len(self.changes("--since", since)["changes"]), count)

    def test_tells_of_the_months_that_are_wanted(self):
        self.nights()
        for first, end, months in (("2026-09-01", "2026-10-01", {"2026-09-01"}), ("2026-09-15", "2026-10-02", {"2026-09-01", "2026-10-01"})):
            changes = self.changes("--from", first, "--to", end)["changes"]
            self.assertEqual({change["month"] for change in changes}, months)

    def test_tells_of_the_jobs_that_are_named_also_of_former_ones(self):
        self.nights()
        self.write_job("other", tags=["t"], target={})
        self.assertEqual(self.changes("other")["changes"], [])
        self.assertEqual(self.changes("--tag", "t")["changes"], [])
        (self.etl.jobs / "usage.yaml").unlink()
        self.assertEqual(len(self.changes("usage")["changes"]), 4)
        done = self.etl.call(*self.etl.command("changes", "nobody"))
        self.assert_failed(done, 64, "there is no job `nobody`")

    def test_shows_the_rows(self):
        self.load(*OCTOBER)
        self.load(usage("2026-10-05", "ann", 3.5), OCTOBER[1], usage("2026-10-07", "eve", 7))
        rows = self.changes("--rows")["rows"]
        shown = {row["operation"]: (row["before"] or {}).get("tokens_consumed") for row in rows}
        self.assertEqual(shown, {"update": 3, "delete": 5, "insert": None})
        (update,) = [row for row in rows if row["operation"] == "update"]
        self.assertEqual(
            update["after"],
            {"contract_number": CONTRACT, "usage_date": "2026-10-05", "product_name": "AutoCAD", "user_name": "ann", "tokens_consumed": decimal.Decimal("3.5")},
        )
        self.assertIn("AutoCAD, 2026-10-05, ann  tokens_consumed 3 -> 3.5\n", self.told("--rows"))

    def test_shows_no_rows_of_new_days(self):
        self.write_job(window={**WINDOW, "until": "2026-10-07"})
        self.load(*OCTOBER)
        self.write_job(window={**WINDOW, "until": "2026-10-08"})
        self.load(usage("2026-10-05", "ann", 3.5), *OCTOBER[1:], usage("2026-10-07", "eve", 7))
        self.assertEqual([row["operation"] for row in self.changes("--rows")["rows"]], ["update"])

    def test_cannot_show_rows_without_history(self):
        self.write_job(target={})
        self.load(*OCTOBER)
        self.load(usage("2026-10-05", "ann", 3.5), *OCTOBER[1:])
        done = self.etl.call(*self.etl.command("changes", "--rows"))
        self.assert_failed(done, 78, "--rows needs old versions of rows, which tokenflex.usage does not keep", "target.history: true")

    def test_says_what_to_do_where_the_schema_is_older(self):
        done = self.etl.call(*self.etl.command("changes"))
        self.assert_failed(done, 78, "tokenflex_etl.restatement", "tokenflex-etl init")


if __name__ == "__main__":
    main()
