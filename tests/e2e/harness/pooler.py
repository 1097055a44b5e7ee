"""PgBouncer before the private PostgreSQL, on a unix socket of its own, as the server's unprivileged user."""

import os
import pathlib
import shutil
import tempfile
import time

from . import programs
from .postgres import Database

_PORT = 6432


def _find_pgbouncer():
    return shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")


class Pooler:
    """In the pool mode `session`, `transaction` or `statement`, with settings of pgbouncer.ini; ready when it is made."""

    user = "postgres"
    port = str(_PORT)

    def __init__(self, database, mode, **settings):
        # The folder of the server's socket is open to the server's user alone.
        owner = os.stat(database.server.host)
        self.host = tempfile.mkdtemp(prefix="tokenflex-pooler.")
        folder = pathlib.Path(self.host)
        (folder / "users").write_text(f'"{self.user}" ""\n', encoding="utf-8")
        (folder / "pgbouncer.ini").write_text(self._ini(database, {"pool_mode": mode, **settings}), encoding="utf-8")
        os.chown(folder, owner.st_uid, owner.st_gid)
        folder.chmod(0o755)
        as_owner = {}
        if os.geteuid() == 0:
            as_owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        with open(folder / "log", "wb") as log:
            self._process = programs.spawn(
                [_find_pgbouncer(), str(folder / "pgbouncer.ini")], stdout=log, stderr=log, **as_owner
            )
        self.database = Database(self, database.name)
        deadline = time.monotonic() + programs.HANG_S
        while not self._is_ready(folder):
            if time.monotonic() > deadline:
                raise AssertionError("pgbouncer has not opened its socket")
            time.sleep(0.01)

    def _ini(self, database, settings):
        server = database.server
        lines = [
            "[databases]",
            f"* = host={server.host} port={server.port}",
            "[pgbouncer]",
            "listen_addr =",
            f"listen_port = {_PORT}",
            f"unix_socket_dir = {self.host}",
            "auth_type = trust",
            f"auth_file = {self.host}/users",
            *(f"{name} = {value}" for name, value in settings.items()),
        ]
        return "\n".join(lines) + "\n"

    def _is_ready(self, folder):
        if self._process.poll() is not None:
            raise AssertionError(f"pgbouncer ended: {(folder / 'log').read_text(encoding='utf-8')}")
        return (folder / f".s.PGSQL.{_PORT}").exists()

    @property
    def environment(self):
        """The PG* variables that lead here."""
        return self.database.environment

    def stop(self):
        programs.end(self._process)
        shutil.rmtree(self.host)
