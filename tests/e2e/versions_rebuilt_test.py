"""target.history of a table that run --rebuild replaces."""

import json

from harness import main
from versions_test import FIELDS, HISTORY, VersionsCase, usage


class Rebuilt(VersionsCase):
    PAST = "tokenflex.usage_history_by_product_name_usage_date_user_name"

    def rebuild(self, *fields):
        self.write_job(query={"fields": list(fields), "metrics": ["tokensConsumed"]})
        self.load(json.dumps(["2026-10-05", "ann", 2]), columns=(*fields, "tokensConsumed"), arguments=("--rebuild",))

    def test_table_keeps_its_versions_under_the_name_of_their_grain(self):
        self.three_nights()
        self.rebuild("usageDate", "userName")
        for moment, table in self.nights:
            columns = "contract_number, usage_date, product_name, user_name, tokens_consumed, _row_key, _run_id, _synced_at"
            was = f"(select {columns} from {self.PAST} where _valid_from <= '{moment}' and _valid_to > '{moment}')"
            self.assertEqual(self.table(was), table)
        self.assertEqual(
            self.database.rows("select history_table, grain::text, ended_at is null from tokenflex_etl.target_history order by 1"),
            [
                ("usage_history", "{usageDate,userName}", "t"),
                (self.PAST.partition(".")[2], "{productName,usageDate,userName}", "f"),
            ],
        )

    def test_table_begins_a_history_of_its_own(self):
        self.three_nights()
        self.rebuild("usageDate", "userName")
        self.assertEqual(self.database.count(HISTORY), 0)
        columns = ("usageDate", "userName", "tokensConsumed")
        self.nights = []
        self.night(json.dumps(["2026-10-05", "ann", 3]), columns=columns)
        self.night(json.dumps(["2026-10-05", "ann", 4]), columns=columns)
        self.assert_every_night_is_there()
        self.assertEqual(self.database.rows("select * from tokenflex_etl.restatement where metric <> 'tokensConsumed'"), [])

    def test_table_may_be_rebuilt_again_and_again(self):
        self.three_nights()
        for where in ("productName != 'a%b'", "productName != 'abcd'"):
            self.write_job(query={"fields": FIELDS, "metrics": ["tokensConsumed"], "where": where})
            self.load(usage(5, "ann", 2), arguments=("--rebuild",))
        names = self.database.rows("select relname from pg_class where relname ~ '^usage_history.*user_name' and relkind = 'r' order by 1")
        past = self.PAST.partition(".")[2]
        self.assertEqual(names, [(past,), (f"{past}_2",)])

    def test_table_waits_for_a_reader_of_its_history(self):
        self.three_nights()
        fields = ["usageDate", "userName"]
        self.write_job(query={"fields": fields, "metrics": ["tokensConsumed"]})
        self.answer(json.dumps(["2026-10-05", "ann", 2]), columns=(*fields, "tokensConsumed"))
        reader = self.open_session()
        reader.execute(f"begin; select count(*) from {HISTORY};")
        running = self.etl.start_run("--rebuild", "--log-level", "debug")
        running.wait_for_stderr("lock timeout")
        reader.execute("commit;")
        self.assertEqual(running.wait().exit_code, 0)
        self.assertTrue(self.database.has_table(self.PAST))

    def test_table_without_history_keeps_that_of_before(self):
        self.three_nights()
        self.write_job(history=False, query={"fields": ["usageDate", "userName"], "metrics": ["tokensConsumed"]})
        self.load(json.dumps(["2026-10-05", "ann", 2]), columns=("usageDate", "userName", "tokensConsumed"), arguments=("--rebuild",))
        self.assertFalse(self.database.has_table(HISTORY))
        self.assertEqual(self.database.count(self.PAST), 4 + 3)

    def test_table_loses_its_old_versions_after_as_many_days_as_the_settings_say(self):
        self.three_nights()
        self.rebuild("usageDate", "userName")
        self.database.execute(f"update {self.PAST} set _valid_to = now() - interval '40 days'")
        self.etl.write_settings({"run": {"keep_history": 30}})
        self.load(json.dumps(["2026-10-05", "ann", 2]), columns=("usageDate", "userName", "tokensConsumed"))
        self.assertEqual(self.database.count(self.PAST), 0)



class RebuiltForTheSameQuestion(VersionsCase):
    """Other partitions are wanted, or else a table of the same grain and filter takes the place of the old one."""

    BY_MONTH = {"partition_by": "month"}
    NEW = (usage(5, "ann", 3), usage(6, "eve", 3), usage(8, "ron", 1))

    def setUp(self):
        super().setUp()
        self.three_nights()

    def rebuild(self, *rows, columns=None, **job):
        self.write_job(**{"target": self.BY_MONTH, **job})
        result = self.load(*(rows or self.NEW), columns=columns, arguments=("--rebuild",))
        self.assertIn("is replaced by the new one", result.stderr)
        return result

    def assert_continues(self):
        record = "history_table, table_name, ended_at is null, complete_since is not null"
        self.assertEqual(
            self.database.rows(f"select {record} from tokenflex_etl.target_history"), [("usage_history", "usage", "t", "t")]
        )

    def test_table_keeps_its_history(self):
        result = self.rebuild()
        self.assertEqual(result.log("warn"), [])
        self.assert_continues()
        self.nights.append((self.database.value("select clock_timestamp()"), self.table()))
        self.night(usage(5, "ann", 4), usage(6, "eve", 3))
        self.assert_every_night_is_there()
        self.assertEqual(self.as_of("2026-01-01"), [])

    def test_table_is_the_old_one_until_the_new_one_takes_its_place(self):
        self.write_job(target=self.BY_MONTH)
        self.answer(*self.NEW)
        reader = self.open_session()
        reader.execute("begin; lock table tokenflex.usage in access share mode;")
        running = self.etl.start_run("--rebuild")
        self.database.wait_until("exists (select from pg_locks where not granted and relation = 'tokenflex.usage'::regclass)")
        self.nights.append((self.database.value("select clock_timestamp()"), self.table()))
        reader.close()
        self.assertEqual(running.wait().exit_code, 0)
        self.assert_every_night_is_there()

    def test_history_gets_the_columns_of_a_metric_more(self):
        self.rebuild(
            usage(5, "ann", 3, 7),
            columns=(*self.columns, "usageHours"),
            query={"fields": FIELDS, "metrics": ["tokensConsumed", "usageHours"]},
        )
        self.assert_continues()
        self.columns = (*self.columns, "usageHours")
        self.night(usage(5, "ann", 3, 8))
        self.assertEqual(
            [self.database.value(f"select sum(tokens_consumed) from tokenflex.usage_as_of('{moment}')") for moment, _ in self.nights],
            ["6", "8.5", "7", "3"],
        )
        self.assertEqual(self.database.value(f"select max(usage_hours) from {HISTORY}"), "7")

    def test_history_that_the_job_no_longer_keeps_stays_that_of_the_table(self):
        self.rebuild(history=False)
        self.assert_continues()
        self.assert_every_night_is_there()

    def test_history_with_a_column_of_another_type_is_set_aside(self):
        self.database.execute(f"alter table {HISTORY} alter column product_name type varchar(80)")
        result = self.rebuild()
        self.assertIn("was renamed to", " ".join(result.log("warn")))
        self.assertEqual(self.database.count(Rebuilt.PAST), 4 + 3)
        self.assertEqual(self.database.count(HISTORY), 0)


class Detached(VersionsCase):
    def test_partition_takes_its_rows_out_of_every_moment_until_it_is_attached_again(self):
        self.write_job(target={"partition_by": "month"})
        self.three_nights()
        moment = self.nights[0][0]
        self.database.execute("alter table tokenflex.usage detach partition tokenflex.usage_p2026_10")
        users = f"select user_name, tokens_consumed from tokenflex.usage_as_of('{moment}') order by 1"
        self.assertEqual(self.database.rows(users), [("ann", "1"), ("bob", "2")])
        self.database.execute(
            "alter table tokenflex.usage attach partition tokenflex.usage_p2026_10 for values from ('2026-10-01') to ('2026-11-01')"
        )
        self.assert_every_night_is_there()


if __name__ == "__main__":
    main()
