"""Rows by export from a host that tells no length or breaks off: what is loaded is proved to be the whole file."""

from harness import CONTRACT, EtlTestCase, Receiver, cases, main
from harness.exposition import read

ROWS = 20
LINES = ["usageDate,userName,tokensConsumed\n"]
LINES += [f'2026-01-{day:02},"user {day}",{day}\n' for day in range(1, ROWS + 1)]
CSV = "".join(LINES)
SUM = sum(range(1, ROWS + 1))

NO_LENGTH = {"transfer": "close"}


def behind(line):
    """The byte behind a line; 0 is the header."""
    return len("".join(LINES[: line + 1]))


class ProofCase(EtlTestCase):
    """A table that an export of twenty rows has filled, and the same job again."""

    def setUp(self):
        super().setUp()
        columns = ["usageDate", "userName", "tokensConsumed"]
        self.simulator.config(results=[{"columns": columns, "rows": [], "csv": CSV}])
        self.etl.write_job(
            source="export", query={"fields": ["usageDate", "userName"], "metrics": ["tokensConsumed"]}
        )
        self.etl.run_well()
        self.simulator.reset_stats()

    def downloads(self):
        return self.simulator.requests("download")

    def table(self):
        return self.database.rows("select * from tokenflex.usage order by usage_date")

    def cut(self, *places):
        """Each download but the last ones is cut at its place."""
        self.simulator.script(
            *({"on": "download", "nth": number, "close_at": place} for number, place in enumerate(places, 1))
        )

    def assert_loaded(self):
        result = self.etl.run_well()
        run = result.one_run
        self.assertEqual((run["rows_read"], run["rows_unchanged"]), (ROWS, ROWS))
        self.assertEqual(
            self.database.row("select count(*), sum(tokens_consumed) from tokenflex.usage"), (str(ROWS), str(SUM))
        )
        return result

    def assert_not_loaded(self, *words):
        before = self.table()
        result = self.etl.run()
        self.assert_failed(result, 69, *words)
        self.assertEqual(self.table(), before)
        self.assertEqual(self.last_run("status, rows_inserted"), ("failed", "0"))
        return result


CUTS = {
    "behind_a_row": behind(5),
    "behind_the_header": behind(0),
    "in_the_header": behind(0) - 7,
    "in_a_row": behind(5) + 4,
    "in_a_quote": behind(5) + 15,
    "before_the_last_line_end": behind(ROWS) - 1,
    "in_the_first_byte": 1,
    "before_the_first_byte": 0,
}


@cases(CUTS)
class CutOnceWithoutALength(ProofCase):
    """The whole file comes the second time, and is believed the third time."""

    def check(self, place):
        self.simulator.config(download=NO_LENGTH)
        self.cut(place)
        result = self.assert_loaded()
        self.assertEqual(self.downloads(), 3)
        self.assertIn("its host does not state its length, and two downloads agreed", result.stderr)


class WithoutALength(ProofCase):
    def setUp(self):
        super().setUp()
        self.simulator.config(download=NO_LENGTH)
        self.etl.write_settings({"api": {"retries": 1}})

    def test_a_whole_file_is_downloaded_twice(self):
        result = self.assert_loaded()
        self.assertEqual(self.downloads(), 2)
        self.assertIn("its host does not state its length, and two downloads agreed", result.stderr)

    def test_a_complete_gzip_stream_is_proof(self):
        self.simulator.config(csv={"gzip": True})
        result = self.assert_loaded()
        self.assertNotIn("two downloads", result.stderr)

    def test_a_length_that_the_second_download_tells_is_proof(self):
        self.simulator.config(download={"transfer": "length"})
        self.cut(behind(5))
        self.assertNotIn("two downloads", self.assert_loaded().stderr)
        self.assertEqual(self.downloads(), 2)

    def test_a_file_that_is_another_each_time_is_not_loaded(self):
        self.cut(behind(5), behind(8), behind(6), behind(9))
        result = self.assert_not_loaded("is different in each download")
        self.assertIn("check the proxy", result.stderr)
        self.assertEqual(self.downloads(), 3)

    def test_a_file_that_shrinks_is_not_loaded(self):
        self.cut(behind(19), behind(12), behind(5), behind(1))
        self.assert_not_loaded("is different in each download")

    def test_a_row_that_is_cut_in_the_same_place_each_time_is_not_loaded(self):
        self.cut(*[behind(5) + 4] * 6)
        self.assert_not_loaded("seems cut there")

    def test_no_bytes_at_all_each_time_are_not_loaded(self):
        self.cut(*[0] * 6)
        self.assert_not_loaded("ends after 0 bytes, twice")


HEADERS = {
    "in_the_status_line": {"close_in_header": 10},
    "behind_the_status_line": {"close_in_header": 17},
    "in_a_line": {"close_in_header": 25},
    "before_the_blank_line": {"close_in_header": 10000},
    "of_a_redirect": {"redirect": "/elsewhere", "close_in_header": 10000},
    "of_a_refusal": {"status": 403, "close_in_header": 10000},
    "of_a_refusal_for_good": {"status": 404, "close_in_header": 10000},
}


@cases(HEADERS)
class CutInItsHeader(ProofCase):
    """Survived once; for good it is 69, and everything that tells of the run says so."""

    def check(self, fault):
        self.etl.write_settings({"api": {"retries": 1}})
        self.simulator.script({"on": "download", "nth": 1, **fault})
        self.assert_loaded()
        self.assertEqual(self.simulator.stats["requests"]["export_refresh_url"], 0)
        self.assertEqual(self.downloads(), 2)
        self.check_for_good(fault)

    def check_for_good(self, fault):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        metrics = self.etl.directory / "metrics.prom"
        self.etl.write_settings(
            {"api": {"retries": 1}, "run": {"ping_url": receiver.url + "/p", "metrics_file": str(metrics)}}
        )
        self.simulator.script({"on": "download", "times": -1, **fault})
        self.assert_not_loaded("cannot download the export", "no answer came")
        self.assertEqual(receiver.pings[-1].path, "/p/69")
        self.assertIn("exit code 69", receiver.pings[-1].body)
        self.assertEqual(self.exit_code_in(metrics), 69)

    def exit_code_in(self, metrics):
        labels = {"job_name": "usage", "contract_number": CONTRACT}
        return read(metrics.read_text(encoding="utf-8")).value("job_last_exit_code", **labels)


class RequestsCutInTheirHeader(ProofCase):
    """Those that make an export; the one whose answer is lost is looked for, not made again."""

    def assert_survived(self, kind, fault):
        self.simulator.script({"on": kind, "nth": 1, **fault})
        self.assert_loaded()

    def test_are_survived(self):
        for kind in ("export_submit", "export_status", "export_delete"):
            for fault in ({"close_in_header": 25}, {"status": 404, "close_in_header": 10000}):
                with self.subTest(kind, **fault):
                    self.simulator.reset_stats()
                    self.assert_survived(kind, fault)
                    self.assertEqual(self.simulator.stats["outstanding_exports"], 0)


if __name__ == "__main__":
    main()
