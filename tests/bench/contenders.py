"""Who is measured: psql, tokenflex-etl, and what one would script in Python."""

import json
import os
import pathlib
import sys

import statements
import workload
from harness import ACCESS_TOKEN, Etl
from harness.postgres import PSQL
from measure import Program

_PEER = pathlib.Path(__file__).with_name("peer.py")


class Contender:
    """Loads into a table of its own, which is new for each round."""

    name = ""
    reads_csv = False
    own_key = {}  # columns beside the result's that a row needs, and what a new one has there

    def __init__(self, bench):
        self.bench = bench
        self.directory = bench.directory / type(self).__name__.lower()
        self.directory.mkdir()
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **bench.database.environment}
        self.table = None
        self.loads = 0

    def begin_round(self):
        """A table that is not there, or that is there and empty."""
        schema = f"bench_{type(self).__name__.lower()}"
        self.table = f"{schema}.usage"
        script = f"drop schema if exists {schema} cascade;\ncreate schema {schema};\n"
        self.bench.database.execute(script + statements.create_table(self.bench.table, self.table))

    def begin_month(self):
        """Before workload.MONTH: the table holds twelve other months."""
        script = statements.nine_months_before(self.bench.table, self.table, self.own_key)
        self.bench.database.execute(script)

    def next_load(self, case, page_rows=workload.PAGE_ROWS):
        """The Program that loads what the simulator serves now, or what is in the CSV file."""
        self.loads += 1
        return self.program(self.directory / f"load{self.loads}", case, page_rows)

    def program(self, directory, case, page_rows):
        raise NotImplementedError

    def check(self, output, case, rows):
        """RuntimeError where the program's own account is wrong."""


class Psql(Contender):
    name = "(a) psql"
    reads_csv = True

    def program(self, directory, case, page_rows):
        script = (
            f"begin;\n{statements.create_stage(self.bench.table)}"
            f"\\copy stage from '{self.bench.csv}' with (format csv, header)\n"
            f"{statements.upsert_from_stage(self.bench.table, self.table, self.loads)};\ncommit;\n"
        )
        command = [PSQL, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
        return Program(command, directory, self.environment, script)


class Tool(Contender):
    name = "(b) tokenflex-etl"
    source = "query"
    own_key = {"_row_key": "gen_random_uuid()"}

    def __init__(self, bench):
        super().__init__(bench)
        self.etl = Etl(self.directory, bench.database, bench.simulator, build=bench.build)
        self.rounds = 0

    def begin_round(self):
        if self.table:
            self.bench.database.execute(f"drop table if exists {self.table};\n")
        self.rounds += 1
        self.table = f"tokenflex.usage_by_{self.source}_{self.rounds}"

    def program(self, directory, case, page_rows):
        job = {**workload.job(self.table.removeprefix("tokenflex."), case, page_rows), "source": self.source}
        self.etl.write_job_text("usage.yaml", json.dumps(job))
        command = [self.bench.build / "tokenflex-etl", *self.etl.command("--output", "json", "run")]
        return Program(command, directory, self.etl.environment)

    def check(self, output, case, rows):
        (run,) = json.loads(output)["runs"]
        counts = tuple(run[f"rows_{what}"] for what in ("inserted", "updated", "unchanged"))
        if counts != workload.expected_counts(case, rows):
            raise RuntimeError(f"{self.name}, {case.name}: inserted, updated, unchanged are {counts}")


class ToolByExport(Tool):
    name = "(b) by export"
    source = "export"


class Peer(Contender):
    """A script with psycopg2, end to end over HTTP like the tool."""

    way = ""

    def program(self, directory, case, page_rows):
        table = self.bench.table
        values = "values %s" if self.way == "values" else None
        directory.mkdir(parents=True, exist_ok=True)
        order = {
            "way": self.way,
            "url": f"{self.bench.simulator.url}/tokenflex/v1/usage/{workload.CONTRACT}/query",
            "token": ACCESS_TOKEN,
            "body": workload.body(case),
            "page_rows": page_rows,
            "contract": workload.CONTRACT,
            "run_id": self.loads,
            "stage": statements.create_stage(table),
            "upsert": statements.upsert(table, self.table, values)
            if values
            else statements.upsert_from_stage(table, self.table, self.loads),
        }
        path = directory / "order.json"
        path.write_text(json.dumps(order), encoding="utf-8")
        return Program([sys.executable, "-B", _PEER, path], directory, self.environment)


class PeerCopy(Peer):
    name = "(c) psycopg2 COPY"
    way = "copy"


class PeerValues(Peer):
    name = "(c) execute_values"
    way = "values"
