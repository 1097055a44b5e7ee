"""etl/docs/tool-tables.md: the program's own tables as the database describes them, and what can be asked of them."""

import os
import re
import textwrap

from harness import CONTRACT, SOURCE, EtlTestCase, OneSetUp, main
from harness.reconcile import ReconcileCase

PAGE = SOURCE / "etl" / "docs" / "tool-tables.md"
# With this variable the test writes the tables of the page instead of comparing them.
WRITES_PAGE = os.environ.get("TOKENFLEX_WRITE_PAGES") == "1"
WIDTH = 178

_GENERATED = re.compile(r"(?<=^<!-- generated: tables -->\n).*?(?=^<!-- end -->$)", re.MULTILINE | re.DOTALL)
_QUERY = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)

RELATIONS = """
select c.relname, c.relkind = 'v', obj_description(c.oid, 'pg_class')
  from pg_class c
 where c.relnamespace = 'tokenflex_etl'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
 order by c.relname"""
COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relnamespace = 'tokenflex_etl'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
 order by c.relname, a.attnum"""


def page():
    return PAGE.read_text(encoding="utf-8")


def cell(text):
    return text.replace("|", "\\|")


def section(name, is_view, comment, columns):
    """A heading, the comment of the table, and a row for each column: name, type and comment."""
    text = f"{'A view. ' if is_view else ''}{comment}."
    return "\n".join(
        [
            f"### {name}\n",
            textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False) + "\n",
            "| column | type | meaning |",
            "| --- | --- | --- |",
            *[f"| `{column}` | {cell(kind)} | {cell(meaning)} |" for column, kind, meaning in columns],
        ]
    )


class Comments(OneSetUp, EtlTestCase):
    def setUp(self):
        super().setUp()
        done = self.etl.call(*self.etl.command("init"))
        self.assertEqual(done.exit_code, 0, done.stderr)
        self.relations = self.database.rows(RELATIONS)
        self.columns = self.database.rows(COLUMNS)

    def test_every_table_has_one(self):
        self.assertEqual([name for name, _, comment in self.relations if not comment], [])

    def test_every_column_has_one(self):
        self.assertEqual([(table, column) for table, column, _, comment in self.columns if not comment], [])

    def test_are_on_the_page(self):
        sections = "\n\n".join(
            section(name, is_view == "t", comment, [column[1:] for column in self.columns if column[0] == name])
            for name, is_view, comment in self.relations
        )
        if WRITES_PAGE:
            PAGE.write_text(_GENERATED.sub(lambda _: f"{sections}\n", page()), encoding="utf-8")
        (found,) = _GENERATED.findall(page())
        self.assertEqual(found, f"{sections}\n", "TOKENFLEX_WRITE_PAGES=1 makes this test write the page")


class Examples(ReconcileCase):
    def test_answer_what_the_page_says(self):
        self.etl.run_well()
        self.restate("2026-10-05")
        self.etl.run_well("--from", "2026-10-01", "--to", "2026-11-01", "--again")
        self.database.execute("delete from tokenflex.usage where usage_date between '2026-09-01' and '2026-09-05'")
        self.assertEqual(self.reconcile().exit_code, 65)
        last_runs, requests, differences, restatements = [self.database.rows(query) for query in _QUERY.findall(page())]
        (last_run,) = last_runs
        self.assertEqual((*last_run[:2], *last_run[4:]), ("usage", CONTRACT, "1", "1", None))
        self.assertEqual(sum(int(night[3]) for night in requests), 4)
        spent = self.database.value("select sum(requests) from tokenflex_etl.run")
        self.assertEqual(str(sum(int(night[1]) for night in requests)), spent)
        self.assertEqual({(row[2], row[7]) for row in differences}, {("2026-09-01", "differs")})
        ((job, contract, month, metric, difference),) = [(*row[1:5], row[7]) for row in restatements]
        self.assertEqual((job, contract, month, metric), ("usage", CONTRACT, "2026-10-01", "tokensConsumed"))
        self.assertEqual(float(difference), 1.5)


if __name__ == "__main__":
    main()
