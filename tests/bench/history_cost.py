"""What it costs to keep old versions of rows: the same loads with target.history and without."""

import dataclasses
import json

import workload
from measure import Program, measure, median

CASES = (workload.FIRST, workload.UNCHANGED, workload.RESTATED)
MAX_RATIO = 1.3  # as long with history, where a tenth of the rows has changed


@dataclasses.dataclass
class Cost:
    rows: int
    case: str
    seconds: dict  # by whether there is a history

    @property
    def times(self):
        return self.seconds[True] / self.seconds[False]

    def __str__(self):
        verdict = "" if self.times <= MAX_RATIO else f": MORE THAN {MAX_RATIO}"
        return (
            f"{self.rows:,} rows, {self.case}: with history {self.seconds[True]:.2f} s, without"
            f" {self.seconds[False]:.2f} s, {self.times:.2f} times as long{verdict}"
        )


def _load(tool, case, rows, history, number):
    bench = tool.bench
    table = "cost_with" if history else "cost_without"
    job = workload.job(table, case)
    job["target"]["history"] = history
    tool.etl.write_job_text("usage.yaml", json.dumps(job))
    command = [bench.build / "tokenflex-etl", *tool.etl.command("--output", "json", "run")]
    directory = tool.directory / f"{table}{number}{case.name.replace(' ', '_')}"
    measured, output = measure(Program(command, directory, tool.etl.environment), bench.database)
    tool.check(output, case, rows)
    return measured


def measure_history(bench, rows):
    """A Cost for each load; those with and without history take turns."""
    found = {}
    for number in range(bench.repeat):
        for table in ("cost_with", "cost_without"):
            bench.database.execute(f"drop table if exists tokenflex.{table} cascade")
        bench.database.execute("drop table if exists tokenflex.cost_with_history")
        for case in CASES:
            bench.simulator.config(**case.settings(rows))
            for history in (number % 2 == 0, number % 2 == 1):
                found.setdefault((case.name, history), []).append(_load(bench.tool, case, rows, history, number))
    return [
        Cost(rows, case.name, {history: median(found[case.name, history]).seconds for history in (True, False)})
        for case in CASES
    ]
