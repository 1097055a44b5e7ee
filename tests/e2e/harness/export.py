"""What the tests of exports share."""

from .case import EtlTestCase

ROWS = 500


class ExportCase(EtlTestCase):
    """A table that a query has filled, and the same job by export."""

    simulator_settings = {"rows": ROWS}

    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.etl.run_well()
        self.etl.write_job(source="export")
        self.simulator.reset_stats()

    def count(self, *kinds):
        requests = self.simulator.stats["requests"]
        return tuple(requests[kind] for kind in kinds)

    def assert_nothing_changed(self, result):
        """A run by export after which all rows are as they were."""
        run = result.one_run
        self.assertEqual((run["source"], run["status"], run["rows_read"]), ("export", "succeeded", ROWS))
        counts = [run[f"rows_{what}"] for what in ("unchanged", "inserted", "updated", "deleted")]
        self.assertEqual(counts, [ROWS, 0, 0, 0])
        self.assert_all_rows_arrived()

    def assert_tidied_up(self, run):
        """The export is gone at the service, and nobody's token went where the file lies."""
        stats = self.simulator.stats
        self.assertEqual(stats["requests"]["export_delete"], 1)
        self.assertEqual(stats["download_with_authorization"], 0)
        self.assertEqual(run["requests"], stats["budgeted"])
        self.assertEqual(
            self.last_run("source, requests, export_name, export_key"), ("export", str(run["requests"]), None, None)
        )

    def an_hour_later(self):
        """Until then the runner of a run that has finished may be about to delete its export."""
        self.database.execute("update tokenflex_etl.run set finished_at = finished_at - interval '1 hour'")
