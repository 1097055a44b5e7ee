"""The simulator of the Token Flex API, as a process of the test's own."""

import http.client
import json
import subprocess
import urllib.parse

from .programs import BUILD, HANG_S, end, spawn

ACCESS_TOKEN = "test-access-token"

# Settings of a client that the simulator knows.
CLIENT = {
    "flow": "client_credentials",
    "client_id": "sim-client",
    "client_secret": "sim-secret",
    "access_token": None,
}


class Simulator:
    """Settings are those of the simulator's manual, tests/sim/README.md. It listens at the address `bind`."""

    def __init__(self, build=BUILD, bind="127.0.0.1", **settings):
        command = [str(build / "tokenflex-sim"), "--access-token", ACCESS_TOKEN, "--bind", bind]
        for key, value in settings.items():
            command += ["--set", f"{key}={json.dumps(value)}"]
        self._process = spawn(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the simulator did not start")
        self.port = json.loads(line)["port"]
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self):
        end(self._process)
        self._process.stdout.close()

    def request(self, method, path, body=None, headers=None):
        """Status and body of any request to it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2 * HANG_S)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _control(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        status, answer = self.request(method, f"/_sim/{path}", text)
        if status != 200:
            raise AssertionError(f"simulator: {path}: {status} {answer.decode()}")
        return answer

    def config(self, **changes):
        self._control("POST", "config", changes)

    def script(self, *rules):
        """Takes the place of the rules before."""
        self._control("POST", "script", list(rules))

    def restate(self, every, offset=0):
        self._control("POST", "restate", {"every": every, "offset": offset})

    def change(self, **change):
        """The service learns something of its world."""
        self._control("POST", "change", change)

    def grow(self, fraction):
        self._control("POST", "grow", {"fraction": fraction})

    def wait_for(self, kind, count=1):
        """Until so many requests of a kind have been answered."""
        self._control("GET", f"wait?kind={kind}&count={count}&timeout_ms={1000 * HANG_S}")

    def wait_for_held(self, count=1):
        self._control("GET", f"wait?held={count}&timeout_ms={1000 * HANG_S}")

    def release(self):
        self._control("POST", "release")

    def reset_stats(self):
        self._control("POST", "reset?only=stats")

    @property
    def stats(self):
        return json.loads(self._control("GET", "stats"))

    @property
    def log(self):
        """The requests, oldest first."""
        return json.loads(self._control("GET", "stats?log=1"))["log"]

    def requests(self, kind):
        return self.stats["requests"][kind]

    def expected_csv(self, body, contract):
        """The rows that a query with this body brings now."""
        return self._control("POST", "rows.csv?" + urllib.parse.urlencode({"contract": contract}), body)
