"""A receiver of pings, in the way of healthchecks services: keeps what it is told, and answers as it is asked to."""

import dataclasses
import http.server
import threading
import time

from .programs import HANG_S


@dataclasses.dataclass
class Ping:
    method: str
    path: str
    body: str
    headers: dict


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Clients that give up are what is tested.
    def handle_error(self, request, client_address):
        pass


class Receiver:
    """Answers each ping with the next of `statuses`, the last one for ever; None: never answers; HELD: 200 once released."""

    HELD = "held"

    def __init__(self, *statuses):
        self.pings = []
        self._statuses = list(statuses) or [200]
        self._released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def _handler(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                receiver.pings.append(
                    Ping(self.command, self.path, body, dict(self.headers))
                )
                receiver._answer(self)

            do_GET = do_HEAD = do_POST

            def log_message(self, *_):
                pass

        return Handler

    def _answer(self, handler):
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        if status in (None, self.HELD):
            self._released.wait(2 * HANG_S)
        if status is None:
            return
        status = 200 if status == self.HELD else status
        handler.send_response(status)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"OK")

    @property
    def paths(self):
        return [ping.path for ping in self.pings]

    def wait_for(self, count):
        deadline = time.monotonic() + HANG_S
        while len(self.pings) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.pings)} pings, where {count} were expected: {self.paths}")
            time.sleep(0.01)

    def release(self):
        self._released.set()

    def close(self):
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=HANG_S)
