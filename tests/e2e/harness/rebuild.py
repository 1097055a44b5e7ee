"""A table whose grain has changed, and what has to be so once it was replaced, or was not."""

from .case import EtlTestCase
from .etl import CONTRACT
from .rows import differences

WINDOW = {"field": "usageDate", "last": "35 days", "chunk": "month"}
QUARTER = ("--from", "2026-01-01", "--to", "2026-04-01")
REBUILD = ("--rebuild", *QUARTER)
DAYS = 90
OLD_FIELDS = ["usageDate", "productName", "userName"]
NEW_FIELDS = ["usageDate", "productName", "productVersion"]

_NEW_COLUMNS = {
    "usageDate": "usage_date",
    "productName": "product_name",
    "productVersion": "product_version",
    "tokensConsumed": "tokens_consumed",
}


class RebuildTestCase(EtlTestCase):
    """A table of a quarter, 5 rows a day, and a job that asks for another grain by now."""

    simulator_settings = {"rows_per_day": 5}
    contracts = [CONTRACT]

    def setUp(self):
        super().setUp()
        self.write_usage(OLD_FIELDS)
        self.etl.run_well(*QUARTER)
        self.before = self.versions()
        self.write_usage(NEW_FIELDS)
        self.simulator.reset_stats()

    def write_usage(self, fields, name="usage", **changes):
        query = {"fields": fields, **changes.pop("query", {})}
        job = {"contract": self.contracts, "window": WINDOW, "query": query, **changes}
        self.etl.write_job(name, **job)

    def versions(self):
        return self.database.rows("select ctid, xmin, _run_id, tableoid from tokenflex.usage order by ctid")

    def rebuild(self, *arguments):
        return self.etl.run_well(*REBUILD, *arguments)

    def submits(self):
        return self.simulator.requests("submit")

    def tables(self):
        return self.database.rows("select tablename from pg_tables where schemaname = 'tokenflex' order by 1")

    def hold(self, kind, nth=1):
        """A rebuild that stands still at a request."""
        self.simulator.script({"on": kind, "nth": nth, "hold": True})
        running = self.etl.start_run(*REBUILD)
        self.simulator.wait_for_held()
        return running

    def let_go(self):
        self.simulator.script()
        self.simulator.release()

    def assert_replaced(self, contracts=(CONTRACT,), table="usage"):
        """The table is what the new query brings, to the last row, and the old one is gone."""
        query = {
            "fields": NEW_FIELDS,
            "metrics": ["tokensConsumed"],
            "where": "usageDate >= '2026-01-01' AND usageDate < '2026-04-01'",
        }
        for contract in contracts:
            loaded = f"(select * from tokenflex.{table} where contract_number = '{contract}') loaded"
            expected = self.simulator.expected_csv(query, contract)
            self.assertEqual(differences(self.database, expected, _NEW_COLUMNS, loaded), (0, 0))
        self.assertEqual(self.database.count(f"tokenflex.{table}"), 5 * DAYS * len(contracts))
        self.assertIn((table,), self.tables())
        self.assertEqual(
            self.database.row(f"select grain, rebuilds from tokenflex_etl.target where table_name = '{table}'"),
            ("{productName,productVersion,usageDate}", None),
        )
        self.assert_nothing_half_made()

    def assert_untouched(self):
        """The old table, row by row."""
        self.assertEqual(self.versions(), self.before)
        self.assert_nothing_half_made()

    def assert_nothing_half_made(self):
        self.assertEqual([name for (name,) in self.tables() if "__" in name], [])
        self.assertEqual(self.database.rows("select from tokenflex_etl.target where rebuilds is not null"), [])

    def assert_refused(self, result, *words):
        """Before a request was spent."""
        self.assert_failed(result, 73, *words)
        self.assertEqual(self.submits(), 0)
        self.assert_untouched()
