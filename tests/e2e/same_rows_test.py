"""Loads of many rows that the table has already: they are compared by checksums (load/same_rows.h), and whatever differs is
found as by the comparison of each row."""

from harness import EtlTestCase, cases, main

ROWS = 12_000  # more than load/same_rows.h takes by checksums
WINDOW = {"field": "usageDate", "last": "30 days", "until": "2026-12-01", "chunk": "none"}
EVERY_ROW = (
    "select count(*), sum(hashtextextended(concat_ws('|', contract_number, usage_date, product_name, user_name, "
    "tokens_consumed, _row_key), 0)) from tokenflex.usage"
)
VERSIONS = "select count(*), sum(hashtext(concat_ws('|', ctid, xmin, xmax))) from tokenflex.usage"
TWO = "(select _row_key from tokenflex.usage order by _row_key limit 2)"

# What is changed by hand, and how many rows the next load updates and inserts. None changes the table's figures.
CHANGES = {
    "a_text": ("update tokenflex.usage set product_name = 'x' where _row_key = (table a limit 1)", 1, 0),
    "texts_that_are_exchanged": (
        "update tokenflex.usage t set user_name = o.user_name || '!' from tokenflex.usage o "
        "where t._row_key in (table a) and o._row_key in (table a) and t._row_key <> o._row_key",
        2,
        0,
    ),
    "a_day": (
        "update tokenflex.usage set usage_date = '2026-12-01'::date - (usage_date - '2026-10-31'::date) "
        "where _row_key = (table a limit 1)",
        1,
        0,
    ),
    "a_row": ("delete from tokenflex.usage where _row_key = (table a limit 1)", 0, 1),
}


class SameRowsCase(EtlTestCase):
    def load(self, **job):
        self.simulator.config(rows=ROWS)
        self.etl.write_job("usage", window=WINDOW, page_size=5000, **job)
        self.etl.run_well()
        self.loaded = self.database.row(EVERY_ROW)

    def assert_counts(self, updated, inserted):
        run = self.etl.run_well().one_run
        counts = {name: run[f"rows_{name}"] for name in ("read", "updated", "inserted", "unchanged", "deleted")}
        unchanged = ROWS - updated - inserted
        self.assertEqual(
            counts,
            {"read": ROWS, "updated": updated, "inserted": inserted, "unchanged": unchanged, "deleted": 0},
        )
        self.assertEqual(self.database.row(EVERY_ROW), self.loaded)


class Unchanged(SameRowsCase):
    def test_a_row_is_neither_written_nor_locked(self):
        for source in ("query", "export"):
            self.load(source=source)
            before = self.database.row(VERSIONS)
            self.assert_counts(0, 0)
            self.assertEqual(self.database.row(VERSIONS), before)

    def test_a_restated_row_is_updated(self):
        self.load()
        self.simulator.config(rows=ROWS, restatements=[{"every": 4000, "offset": 0}])
        run = self.etl.run_well().one_run
        self.assertEqual((run["rows_updated"], run["rows_unchanged"]), (3, ROWS - 3))


@cases(CHANGES)
class ChangedByHand(SameRowsCase):
    def check(self, change):
        statement, updated, inserted = change
        for vanished in ("delete", "keep"):
            with self.subTest(vanished=vanished):
                self.database.execute("drop table if exists tokenflex.usage")
                self.load(target={"vanished": vanished})
                self.database.execute(f"with a as materialized {TWO} {statement}")
                self.assertNotEqual(self.database.row(EVERY_ROW), self.loaded)
                self.assert_counts(updated, inserted)
                self.assert_counts(0, 0)


if __name__ == "__main__":
    main()
