"""Logging in: the test plays the browser."""

import contextlib
import http.client
import json
import random
import socket
import tempfile
import urllib.parse

from . import sealed_login
from .case import EtlTestCase
from .etl import Etl
from .programs import HANG_S

CONFIDENTIAL = {"flow": "refresh_token", "client_id": "sim-client", "client_secret": "sim-secret", "access_token": None}
PUBLIC = {**CONFIDENTIAL, "client_id": "sim-public", "client_secret": None}

ADDRESS = r"(http://\S+/authentication/v2/authorize\?\S+)"


def free_port():
    """A port that is free now. It is outside the range from which the kernel chooses ports for others."""
    while True:
        port = random.randrange(10000, 30000)
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


class LoginTestCase(EtlTestCase):
    """Settings of a confidential client that keeps a login, and nobody logged in yet."""

    def setUp(self):
        super().setUp()
        self.etl.write_settings({"auth": {**CONFIDENTIAL, **self.make_store()}})

    def make_store(self):
        """Settings that say where the login is kept."""
        self.token_file = self.etl.directory / "state" / "token.json"
        return {"token_file": str(self.token_file)}

    def auth(self, *arguments):
        return self.etl.call(*self.etl.command("auth", *arguments))

    def start_login(self, *options):
        """The program that waits for the browser, and the address it shows."""
        port = [] if "--no-browser" in options else ["--port", str(free_port())]
        running = self.etl.start(*self.etl.command(*options, "auth", "login", *port))
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

    def has_login(self):
        return self.token_file.exists()

    def stored(self):
        return json.loads(self.token_file.read_text(encoding="utf-8"))

    def change_stored(self, **changes):
        """The same login with other members."""
        text = json.dumps({**self.stored(), **changes})
        self.token_file.write_text(text, encoding="utf-8")

    def revoke(self, access=False, refresh=False):
        """The service forgets tokens that it has given out."""
        status, _ = self.simulator.request("POST", "/_sim/revoke", json.dumps({"access": access, "refresh": refresh}))
        self.assertEqual(status, 200)


class InDatabase:
    """For a LoginTestCase: the login is in the database. Put in front of the class."""

    def make_store(self):
        self.key = sealed_login.new_key()
        self.key_file = self.write_key(self.etl, self.key)
        return self.store(self.key_file)

    @staticmethod
    def store(key_file):
        return {"token_file": None, "token_store": "database", "token_key_file": str(key_file)}

    @staticmethod
    def write_key(etl, key):
        path = etl.directory / "token_key"
        path.write_text(sealed_login.as_text(key), encoding="ascii")
        path.chmod(0o600)
        return path

    def context(self, client_id):
        return sealed_login.context_of(client_id, client_id)

    def has_login(self):
        return self.database.has_table("tokenflex_etl.login") and self.database.count("tokenflex_etl.login") > 0

    def stored(self):
        """Of the one client that is logged in."""
        client_id, digits = self.database.row("select client_id, encode(sealed, 'hex') from tokenflex_etl.login")
        return sealed_login.opened(self.key, self.context(client_id), bytes.fromhex(digits))

    def change_stored(self, **changes):
        login = {**self.stored(), **changes}
        sealed = sealed_login.sealed(self.key, self.context(login["client_id"]), login)
        self.database.execute(f"update tokenflex_etl.login set sealed = '\\x{sealed.hex()}'")

    def another_host(self):
        """The settings, jobs and key of this one, in a directory of its own."""
        etl = Etl(self.enterContext(tempfile.TemporaryDirectory(prefix="tokenflex-host.")))
        self.addCleanup(etl.close)
        etl.environment.update(self.database.environment)
        key_file = self.write_key(etl, self.key)
        etl.write_settings(
            {"api": {"base_url": self.simulator.url}, "auth": {**CONFIDENTIAL, **self.store(key_file)}}
        )
        return etl
