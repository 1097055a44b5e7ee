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
