"""Logging in: the test plays the browser."""

import http.client
import json
import urllib.parse

from .case import EtlTestCase
from .programs import HANG_S

CONFIDENTIAL = {"flow": "refresh_token", "client_id": "sim-client", "client_secret": "sim-secret", "access_token": None}
PUBLIC = {**CONFIDENTIAL, "client_id": "sim-public", "client_secret": None}

ADDRESS = r"(http://\S+/authentication/v2/authorize\?\S+)"


class LoginTestCase(EtlTestCase):
    """Settings of a confidential client that keeps a login, and nobody logged in yet."""

    def setUp(self):
        super().setUp()
        self.token_file = self.etl.directory / "state" / "token.json"
        self.etl.write_settings({"auth": {**CONFIDENTIAL, "token_file": str(self.token_file)}})

    def auth(self, *arguments):
        return self.etl.call(*self.etl.command("auth", *arguments))

    def start_login(self, *options):
        """The program that waits for the browser, and the address it shows."""
        running = self.etl.start(*self.etl.command(*options, "auth", "login"))
        return running, running.wait_for_stderr(ADDRESS)[1]

    def visit(self, address):
        """Where the login page sends the browser once consent is given or denied."""
        parts = urllib.parse.urlsplit(address)
        status, location = self.browse(address)
        self.assertEqual((parts.port, status), (self.simulator.port, 302))
        return location

    def browse(self, address):
        """Status and place to go on to."""
        parts = urllib.parse.urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=HANG_S)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location")
        finally:
            connection.close()

    def log_in(self):
        """With success, the quick way."""
        running, address = self.start_login("--no-browser")
        running.type(self.visit(address) + "\n")
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result

    def stored(self):
        return json.loads(self.token_file.read_text(encoding="utf-8"))

    def change_stored(self, **changes):
        """The same file with other members."""
        text = json.dumps({**self.stored(), **changes})
        self.token_file.write_text(text, encoding="utf-8")

    def revoke(self, access=False, refresh=False):
        """The service forgets tokens that it has given out."""
        status, _ = self.simulator.request("POST", "/_sim/revoke", json.dumps({"access": access, "refresh": refresh}))
        self.assertEqual(status, 200)
