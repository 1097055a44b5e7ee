"""Distributed tables: on a Citus cluster of private servers, where the extension is installed, and on a server that stands
in for one."""

import copy
import pathlib
import unittest
from unittest import mock

from . import etl, postgres
from .case import EtlTestCase
from .gate import Gate

_HERE = pathlib.Path(__file__).parent

# A transaction is prepared on each node.
_SETTINGS = """
    alter system set shared_preload_libraries = 'citus';
    alter system set max_prepared_transactions = 100;
"""

# Before the extension is there, and with it a process that calls home.
_CITUS_SETTINGS = """
    alter system set citus.enable_statistics_collection = off;
    alter system set citus.recover_2pc_interval = '1s';
    alter system set citus.node_conninfo = 'sslmode=disable';
    select pg_reload_conf();
"""

# Schemas of extensions stay.
_EMPTY = """
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name like 'tokenflex-etl%';
    select format('drop schema %I cascade', n.nspname) from pg_namespace n
     where n.nspname !~ '^(pg_|information_schema$|public$)'
       and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid
                          and d.deptype = 'e') \\gexec
"""


def is_installed():
    found = "select exists (select from pg_available_extensions where name = 'citus')"
    return postgres.Database(postgres.server(), "tokenflex").value(found) == "t"


class Cluster:
    """The nodes reach the workers through gates, which tests can cut."""

    def __init__(self):
        self.coordinator = self._start()
        self.workers = [self._start(), self._start()]
        database = self.database(self.coordinator)
        database.execute(f"select citus_set_coordinator_host('{self.coordinator.host}', {self.coordinator.port})")
        self.gates = [Gate(worker) for worker in self.workers]
        for gate in self.gates:
            database.execute(f"select citus_add_node('127.0.0.1', {gate.port})")

    def _start(self):
        server = postgres.Server()
        self.database(server).execute(_SETTINGS)
        server.halt()
        server.resume()
        self.database(server).execute(_CITUS_SETTINGS)
        self.database(server).execute("create extension citus")
        return server

    @staticmethod
    def database(server):
        return postgres.Database(server, "tokenflex")

    def empty_database(self):
        for gate in self.gates:
            gate.open()
        database = self.database(self.coordinator)
        database.execute(_EMPTY)
        return database


_cluster = None


def cluster():
    """The one cluster of this test program, started when it is first asked for. Skips the test where there is none."""
    global _cluster
    if not _cluster:
        if not is_installed():
            raise unittest.SkipTest("the PostgreSQL server here does not have the extension citus")
        _cluster = Cluster()
    return _cluster


class StandInCase(EtlTestCase):
    """One server without Citus, on which everything that the program asks Citus for is there, and does nothing."""

    def setUp(self):
        super().setUp()
        self.database.execute((_HERE / "citus_stand_in.sql").read_text())
        self.addCleanup(self._remove)

    def _remove(self):
        self.database.wait_until_left()
        self.database.execute((_HERE / "citus_remove.sql").read_text())


class OnCitus:
    """A mixin before a test case: its database is a cluster's, a coordinator and two workers, and its jobs distribute the
    tables that they create."""

    distribute_by = "contract_number"

    @classmethod
    def setUpClass(cls):
        cls.cluster = cluster()
        super().setUpClass()

    def setUp(self):
        settings = etl.default_settings()
        settings["database"] = {"distribute_by": self.distribute_by}
        self.enterContext(mock.patch.object(postgres, "server", lambda: self.cluster))
        self.enterContext(mock.patch.object(etl, "default_settings", lambda: copy.deepcopy(settings)))
        super().setUp()


class CitusCase(OnCitus, EtlTestCase):
    """Where a job says nothing, its tables are plain ones on the coordinator."""

    distribute_by = "none"
