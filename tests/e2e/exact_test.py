"""100,000 rows at 1,000 a page, cell by cell against the simulator's own generator; then again, restated, and grown."""

import tempfile
import unittest

from harness import CONTRACT, Etl, Simulator, differences, main, postgres

ROWS = 100_000
FIELDS = {
    "usageDate": "usage_date",
    "productName": "product_name",
    "productLineCode": "product_line_code",
    "productVersion": "product_version",
    "userName": "user_name",
    "machineName": "machine_name",
    "licenseServerName": "license_server_name",
    "usageCategory": "usage_category",
    "usageType": "usage_type",
    "tokenPool": "token_pool",
    "customField1": "custom_field1",
    "customField10": "custom_field10",
}
METRICS = {
    "tokensConsumed": "tokens_consumed",
    "usageMinutes": "usage_minutes",
    "usageHours": "usage_hours",
    "useCount": "use_count",
}
COLUMNS = {**FIELDS, **METRICS}
QUERY = {"fields": list(FIELDS), "metrics": list(METRICS)}


class Stage:
    """What one run left behind."""

    def __init__(self, case):
        self.run = case.etl.run_well().one_run
        self.counts = {name: self.run[f"rows_{name}"] for name in ("inserted", "updated", "unchanged", "deleted")}
        case.database.wait_until_left()
        self.differences = differences(
            case.database, case.simulator.expected_csv(QUERY, CONTRACT), COLUMNS, "tokenflex.usage"
        )
        self.of_this_run = int(
            case.database.value(f"select count(*) from tokenflex.usage where _run_id = {self.run['run_id']}")
        )
        self.row_versions = case.database.value(
            "select md5(string_agg(concat_ws(' ', ctid, xmin, _run_id, _synced_at), ',' order by ctid))"
            " from tokenflex.usage"
        )
        self.changes = case.database.row(
            "select n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables where relname = 'usage'"
        )


class HundredThousandRows(unittest.TestCase):
    """One story in four runs, told once; each test reads one thing off it."""

    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="tokenflex-e2e."))
        cls.database = postgres.server().empty_database()
        cls.simulator = Simulator(rows=ROWS)
        cls.addClassCleanup(cls.simulator.stop)
        cls.etl = Etl(cls.directory, cls.database, cls.simulator)
        cls.addClassCleanup(cls.etl.close)
        cls.etl.write_job("usage", query=QUERY, page_size=1000)

        cls.first = Stage(cls)
        cls.pages = cls.simulator.requests("page")
        cls.again = Stage(cls)
        cls.simulator.restate(every=10)
        cls.restated = Stage(cls)
        cls.simulator.grow(0.1)
        cls.grown = Stage(cls)

    def count_where(self, condition):
        return int(self.database.value(f"select count(*) from tokenflex.usage where {condition}"))

    # The first run.

    def test_the_first_run_inserts_every_row(self):
        self.assertEqual(self.first.counts, {"inserted": 100_000, "updated": 0, "unchanged": 0, "deleted": 0})

    def test_every_cell_arrives_exactly(self):
        self.assertEqual(self.first.differences, (0, 0))

    def test_the_first_page_comes_with_the_poll_and_the_others_one_by_one(self):
        self.assertEqual(self.pages, 99)

    def test_nulls_are_among_the_cells(self):
        self.assertGreater(self.count_where("machine_name is null"), 100)
        self.assertGreater(self.count_where("usage_hours is null"), 100)

    def test_text_beyond_ascii_and_line_ends_are_among_the_cells(self):
        self.assertGreater(self.count_where("octet_length(user_name) > length(user_name)"), 100)
        self.assertGreater(self.count_where(r"user_name like e'%\n%'"), 100)

    def test_the_contract_is_in_every_row(self):
        self.assertEqual(self.count_where(f"contract_number is distinct from '{CONTRACT}'"), 0)

    # The same again.

    def test_a_second_run_reports_every_row_unchanged(self):
        self.assertEqual(self.again.counts, {"inserted": 0, "updated": 0, "unchanged": 100_000, "deleted": 0})

    def test_a_second_run_leaves_every_row_version_as_it_is(self):
        self.assertEqual(self.again.row_versions, self.first.row_versions)

    def test_a_second_run_writes_no_row(self):
        self.assertEqual(self.again.changes, ("100000", "0", "0"))

    # A tenth restated.

    def test_exactly_the_restated_tenth_is_reported_updated(self):
        self.assertEqual(self.restated.counts, {"inserted": 0, "updated": 10_000, "unchanged": 90_000, "deleted": 0})

    def test_exactly_the_restated_tenth_carries_the_new_run(self):
        self.assertEqual(self.restated.of_this_run, 10_000)

    def test_exactly_the_restated_tenth_is_written(self):
        self.assertEqual(self.restated.changes, ("100000", "10000", "0"))

    def test_restated_cells_arrive_exactly(self):
        self.assertEqual(self.restated.differences, (0, 0))

    # A tenth more.

    def test_exactly_the_new_tenth_is_reported_inserted(self):
        self.assertEqual(self.grown.counts, {"inserted": 10_000, "updated": 0, "unchanged": 100_000, "deleted": 0})

    def test_exactly_the_new_tenth_carries_the_new_run(self):
        self.assertEqual(self.grown.of_this_run, 10_000)

    def test_exactly_the_new_tenth_is_written(self):
        self.assertEqual(self.grown.changes, ("110000", "10000", "0"))

    def test_new_cells_arrive_exactly(self):
        self.assertEqual(self.grown.differences, (0, 0))


if __name__ == "__main__":
    main()
