"""Tests over hosts of their own, which load into one PostgreSQL."""

import pathlib
import tempfile
import unittest

from . import hosts, postgres
from .case import EtlTestCase
from .etl import Etl
from .programs import TESTED_BUILD

# Starts a program under a host name of its own.
NAMED = ("unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"')


def set_up_module():
    """For setUpModule(): a network of this process's own, on which the server listens, too."""
    why_not = hosts.why_not()
    if why_not:
        raise unittest.SkipTest(why_not)
    hosts.leave_network()
    _listen(postgres.server())


def _listen(server):
    data = pathlib.Path(server.host) / "data"
    with open(data / "pg_hba.conf", "a", encoding="utf-8") as file:
        file.write("host all all 10.77.0.0/16 trust\n")
    with open(data / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write("listen_addresses = '*'\n")
    server.halt()
    server.resume()


class HostsCase(EtlTestCase):
    simulator_settings = {"rows": 100}
    hosts_wanted = 3

    def setUp(self):
        super().setUp()
        self.hosts = [self.make_host(number + 1) for number in range(self.hosts_wanted)]

    def start_simulator(self, **settings):
        return super().start_simulator(bind="0.0.0.0", **settings)

    def make_host(self, number, build=TESTED_BUILD):
        host = hosts.Host(number)
        self.addCleanup(host.stop)
        etl = Etl(self.enterContext(tempfile.TemporaryDirectory(prefix="tokenflex-host.")), build=build)
        self.addCleanup(etl.close)
        etl.launcher = (*host.launcher, *NAMED, f"host{number}")
        etl.name = f"host{number}"
        etl.environment.update(self.database.environment, PGHOST=host.server)
        etl.write_settings({"api": {"base_url": f"http://{host.server}:{self.simulator.port}", "allow_insecure": True}})
        host.etl = etl
        return host
