"""What an object store may answer with: Content-Encodings that are none, files of other formats, empty ones, and addresses
that no longer open."""

import gzip
import http.server
import io
import threading
import zipfile

from harness import CONTRACT, ExportCase, cases, main
from harness.etl import default_job


class Store:
    """The host of presigned addresses: a list of answers, each a status, headers and a body; the last one stays."""

    def __init__(self):
        store = self
        self.answers = []
        self.asked = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, headers, body = store.answers[min(store.asked, len(store.answers) - 1)]
                store.asked += 1
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    if value is not None:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.host = f"127.0.0.1:{self._server.server_port}/store"  # the simulator appends its port

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class StoreCase(ExportCase):
    def setUp(self):
        super().setUp()
        self.store = Store()
        self.addCleanup(self.store.stop)
        self.file = self.simulator.expected_csv(default_job()["query"], CONTRACT)
        self.simulator.config(public_host=self.store.host)

    def run_well(self, *answers):
        self.store.answers = list(answers)
        result = self.etl.run_well()
        self.assert_nothing_changed(result)
        return result

    def refuse(self, exit_code, words, *answers):
        self.store.answers = list(answers)
        self.assert_failed(self.etl.run(), exit_code, *words)
        self.assert_all_rows_arrived()


@cases(
    {
        "aws_chunked": ("aws-chunked", False),
        "a_charset": ("UTF-8", False),
        "both": ("aws-chunked,UTF-8", False),
        "identity": ("identity", False),
        "aws_chunked_and_gzip": ("aws-chunked,gzip", True),
        "gzip_and_a_charset": ("gzip, UTF-8", True),
    }
)
class Encoding(StoreCase):
    def check(self, encoding):
        header, packed = encoding
        body = gzip.compress(self.file) if packed else self.file
        result = self.run_well((200, {"Content-Encoding": header}, body))
        self.assertEqual(result.log("warn"), [])


def zipped(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("usage.csv", content)
    return file.getvalue()


FORMATS = {
    "gzip_within_gzip": ("gzip within gzip", lambda file: gzip.compress(gzip.compress(file))),
    "zip": ("a zip archive", zipped),
    "utf_16_little_endian": ("UTF-16", lambda file: file.decode().encode("utf-16")),
    "utf_16_big_endian": ("UTF-16", lambda file: file.decode().encode("utf-16-be")),
}


@cases(FORMATS)
class Format(StoreCase):
    """Another format is named, and its export is deleted at the service, since no run could load it."""

    def check(self, of_format):
        words, make = of_format
        self.refuse(65, [words], (200, {}, make(self.file)))
        self.assertEqual(self.count("export_delete"), (1,))
        self.assertEqual(self.last_run("export_name, export_key"), (None, None))


class Empty(StoreCase):
    def test_file_is_downloaded_once_more(self):
        self.run_well((200, {}, b""), (200, {}, self.file))
        self.assertEqual(self.store.asked, 2)

    def test_file_that_stays_so_is_refused(self):
        self.refuse(65, ["empty"], (200, {}, b""))
        self.assertEqual(self.store.asked, 2)


def stored(content, damaged=None):
    """gzip without compression, so that a changed byte changes a row, and only the checksum at the end shows it."""
    packed = gzip.compress(content, compresslevel=0)
    if damaged:
        before, after = damaged
        count = packed.count(before)
        if not count or len(before) != len(after):
            raise ValueError(f"{before!r} comes {count} times")
        packed = packed.replace(before, after, 1)
    return packed


class Damaged(StoreCase):
    """A gzip file whose damage shows in a row first is downloaded once more: its checksum comes behind the rows."""

    ROWS = 60000  # the first rows are staged before the file ends
    TYPE = """
        select format_type(atttypid, atttypmod) from pg_attribute
         where attrelid = 'tokenflex.damaged'::regclass and attname = 'seat_code'
    """

    def setUp(self):
        super().setUp()
        self.write_job()
        lines = [b"usageDate,seatCode,tokensConsumed\n"]
        lines += [b"2026-01-%02d,%d,%d.25\n" % (1 + i % 28, 10**7 + i, 1000 + i) for i in range(self.ROWS)]
        self.file = b"".join(lines)

    def write_job(self, **target):
        query = {"fields": ["usageDate", "seatCode"], "metrics": ["tokensConsumed"]}
        self.etl.write_job(source="export", query=query, target={"table": "damaged", **target})

    def load(self, *damages):
        """The type of the column that the service's documentation does not have."""
        self.store.answers = [(200, {}, stored(self.file, damage)) for damage in [*damages, None]]
        self.store.asked = 0
        result = self.etl.run_well()
        self.assertEqual(self.store.asked, 1 + len(damages))
        self.assertEqual(result.one_run["rows_read"], self.ROWS)
        found = self.database.row("select count(*), sum(tokens_consumed) from tokenflex.damaged")
        total = sum(range(1000, 1000 + self.ROWS)) + self.ROWS // 4
        self.assertEqual(found, (str(self.ROWS), f"{total}.00"))
        return self.database.value(self.TYPE)

    def test_in_a_date(self):
        self.load((b"2026-01-03,10000002,", b"2x26-01-03,10000002,"))

    def test_in_a_number(self):
        self.load((b",1002.25", b",1x02.25"))

    def test_in_the_width_of_a_row(self):
        self.load((b"2026-01-03,10000002,", b"2026-01-03;10000002,"))

    def test_in_a_quote(self):
        self.load((b"2026-01-03,10000002,", b'2026-01-03,1"000002,'))

    def test_in_a_download_that_breaks_off(self):
        """The checksum is missing, so the file is downloaded again before a row is refused."""
        part = stored(self.file, (b",1002.25", b",1x02.25"))[:900000]
        for length in (str(10**6), None):
            with self.subTest(length=length):
                self.store.answers = [(200, {"Content-Length": length}, part), (200, {}, stored(self.file))]
                self.store.asked = 0
                self.assertEqual(self.etl.run_well().one_run["rows_read"], self.ROWS)

    def test_leaves_no_column_type(self):
        self.assertEqual(self.load((b",10000002,", b",1000x002,")), "bigint")

    def test_changes_no_table(self):
        self.load()
        self.write_job(on_schema_change="fail")
        self.assertEqual(self.load((b",10000002,", b",1000x002,")), "bigint")

    def test_twice_is_refused(self):
        self.store.answers = [(200, {}, stored(self.file, (b",1002.25", b",1x02.25")))]
        self.assert_failed(self.etl.run(), 65, "corrupt gzip data")
        self.assertEqual(self.store.asked, 2)

    def test_is_not_suspected_where_the_checksum_is_right(self):
        self.store.answers = [(200, {}, stored(self.file.replace(b",1002.25", b",1x02.25")))]
        self.assert_failed(self.etl.run(), 65, "1x02.25")
        self.assertEqual(self.store.asked, 1)


class DeadAddress(StoreCase):
    DEAD = (403, {}, b"<Error>Request has expired</Error>")

    def test_is_replaced_as_often_as_retries_say(self):
        self.etl.write_settings({"api": {"retries": 3}})
        self.run_well(*[self.DEAD] * 3, (200, {}, self.file))
        self.assertEqual(self.count("export_refresh_url", "export_submit"), (3, 1))

    def test_that_is_never_replaced_by_a_good_one_is_left_to_the_next_run(self):
        self.etl.write_settings({"api": {"retries": 2}})
        self.refuse(69, ["403", "2 new addresses"], self.DEAD)
        self.assertEqual(self.count("export_refresh_url", "export_delete"), (2, 0))
        self.store.answers = [(200, {}, self.file)]
        self.assert_nothing_changed(self.etl.run_well())
        self.assertEqual(self.count("export_submit", "export_delete"), (1, 1))


class NotLoaded(StoreCase):
    """An export whose file cannot be loaded is deleted at the service, by this run or a later one."""

    def broken(self):
        return (200, {}, self.file.replace(b"\n2026", b"\n2026-13", 1))

    def test_for_its_values_is_deleted(self):
        self.refuse(65, ["usageDate"], self.broken())
        self.assertEqual(self.count("export_delete"), (1,))
        self.assertEqual(self.last_run("requests")[0], str(self.simulator.stats["budgeted"]))

    def test_and_not_deleted_is_left_to_a_later_run_that_asks_for_another(self):
        self.etl.write_settings({"api": {"retries": 0}})
        self.simulator.script({"on": "export_delete", "nth": 1, "status": 500})
        self.store.answers = [self.broken(), (200, {}, self.file)]
        result = self.etl.run()
        self.assertEqual(result.exit_code, 65)
        self.assertEqual(len([line for line in result.log("warn") if "stays at the service" in line]), 1)
        (key,) = self.last_run("export_key")
        status = self.etl.call(*self.etl.command("status")).stdout
        told = f"still at the service, since deleting them has failed:\n    usage {CONTRACT} run 2: {key}\n"
        self.assertIn(told, status)
        self.an_hour_later()
        self.assert_nothing_changed(self.etl.run_well())
        self.assertEqual(self.count("export_submit", "export_delete"), (2, 3))
        self.assertEqual(self.database.value("select count(export_key) from tokenflex_etl.run"), "0")
        self.assertNotIn("still at the service", self.etl.call(*self.etl.command("status")).stdout)


if __name__ == "__main__":
    main()
