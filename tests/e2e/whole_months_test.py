"""Months of which not every day was loaded after it was over: neither the report nor the views take them for whole ones."""

import datetime

from harness import CONTRACT, SOURCE, ReportCase, grafana, main
from harness.report_case import MONTHLY, TODAY, TOMORROW

USAGE = grafana.load(SOURCE / "etl/grafana/dashboards/tokenflex-usage.json")


def month_before(month):
    return (month - datetime.timedelta(days=1)).replace(day=1)


RUNNING = TODAY.replace(day=1)
LAST = month_before(RUNNING)
BEFORE = month_before(LAST)
# On its first day the running month has no usage yet.
HAS_RUNNING = TODAY.day > 1


def name(month):
    return f"{month:%Y-%m}"


class WholeMonths(ReportCase):
    def setUp(self):
        super().setUp()
        first = BEFORE.replace(year=BEFORE.year - 1).isoformat()
        self.run_shipped("contracts", "contract_years", "custom_field_names", contracts=(CONTRACT,))
        self.run_shipped("--from", first, "--to", TOMORROW, *MONTHLY, contracts=(CONTRACT,))
        self.assertEqual(self.shipped("init", "--reports").exit_code, 0)

    def forget(self, day):
        """As if no load had covered the day after it was over."""
        self.database.execute(
            f"update tokenflex_etl.target_filter set covered = covered - datemultirange(daterange('{day}', date '{day}' + 1))"
        )

    def rows(self, title):
        """By the first column: the kind of the row, and each cell by the head of its column."""
        table = self.report().section(title).table
        return {
            row[0].text: (kind, dict(zip(table.heads[1:], (cell.number for cell in row[1:]))))
            for row, kind in zip(table.rows, table.kinds)
        }

    def heads(self, title):
        return self.report().section(title).table.heads

    def changed(self):
        """The panel of products that changed most: their tokens, and how many of them have a change."""
        (text,) = [text for title, text in grafana.queries(USAGE) if title == "Products that changed most"]
        text = grafana.sql(text, "", "", {"schema": "tokenflex", "contract": [CONTRACT]})
        return self.database.row(f"select sum(tokens), count(change) > 0 from ({text}) s")

    def tokens_of(self, month):
        return self.database.value(
            f"select sum(tokens_consumed) from tokenflex.monthly_custom_field_tokens where usage_month = '{month}'"
        )

    def whole(self, view):
        rows = self.database.rows(f"select distinct usage_month, month_is_whole from tokenflex.{view}")
        return {month: is_whole == "t" for month, is_whole in rows}

    def test_the_running_month_is_compared_with_nothing(self):
        for month, is_compared in ((RUNNING, False), (LAST, True))[0 if HAS_RUNNING else 1 :]:
            kind, cells = self.rows("Months")[name(month)]
            self.assertEqual(kind, "item" if is_compared else "running")
            for head in ("Difference", "Change"):
                self.assertEqual(cells[head] is not None, is_compared, f"{month} {head}")
        self.assertEqual(self.heads("Products")[1], name(LAST))
        self.assertIsNotNone(self.rows("Products")["All"][1]["Difference"])
        self.assertGreater(len(self.report().section("What changed most").table.rows), 0)
        self.assertEqual(self.changed(), (self.tokens_of(LAST), "t"))

    def test_a_month_that_lacks_a_day_is_not_called_whole(self):
        self.forget(RUNNING - datetime.timedelta(days=1))
        self.assertEqual(self.heads("Products")[1], name(BEFORE))
        self.assertEqual(self.heads("Departments")[1], name(BEFORE))
        self.assertEqual(self.heads("What changed most")[2], name(BEFORE))
        kind, cells = self.rows("Months")[name(LAST)]
        self.assertEqual((kind, cells["Difference"], cells["Change"]), ("running", None, None))
        self.assertEqual(self.rows("Tokens per name")[name(LAST)][0], "running")
        self.assertEqual(self.rows("Tokens per name")[name(BEFORE)][0], "item")
        self.assertEqual(self.changed()[0], self.tokens_of(BEFORE))
        for view in ("report_monthly_users", "report_monthly_tokens"):
            whole = self.whole(view)
            self.assertEqual([whole.get(str(month), False) for month in (RUNNING, LAST, BEFORE)], [False, False, True], view)

    def test_a_month_is_not_compared_with_one_that_lacks_a_day(self):
        self.forget(BEFORE)
        for title in ("Products", "Departments"):
            self.assertEqual(self.heads(title)[1], name(LAST))
            self.assertEqual({cells["Difference"] for _, cells in self.rows(title).values()}, {None}, title)
        self.assertEqual(self.report().section("What changed most").tables, [])
        self.assertEqual(self.changed(), (self.tokens_of(LAST), "f"))
        self.forget(LAST.replace(year=LAST.year - 1))
        self.assertIsNone(self.rows("Months")[name(LAST)][1]["Difference"])


if __name__ == "__main__":
    main()
