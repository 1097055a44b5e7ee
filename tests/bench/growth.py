"""How the time of a load grows with the number of rows, in a table that nobody has ever analyzed: a plan that was made
for an empty table would make it grow with the square."""

import dataclasses
import json

import workload
from measure import Program, median

DAILY_ROWS = (222, 444)  # of each of the workload's days: 20,000 rows, and 40,000
MAX_RATIO = 2.5  # as long for twice the rows
NIGHTS = ("first", "second")


@dataclasses.dataclass
class Growth:
    chunk: str
    night: str
    seconds: tuple  # by DAILY_ROWS

    @property
    def times(self):
        return self.seconds[1] / self.seconds[0]

    def __str__(self):
        few, many = (round(rows * workload.DAYS, -3) for rows in DAILY_ROWS)
        verdict = "" if self.times <= MAX_RATIO else f": MORE THAN {MAX_RATIO}"
        chunks = "in one chunk" if self.chunk == "none" else f"by {self.chunk}"
        return (
            f"never analyzed, {self.night} night, {chunks}: {few:,} rows {self.seconds[0]:.2f} s, {many:,} rows"
            f" {self.seconds[1]:.2f} s, {self.times:.1f} times as long{verdict}"
        )


def _load(tool, chunk, daily_rows, restatements, number):
    bench = tool.bench
    job = workload.job("growth", workload.FIRST)
    job["window"]["chunk"] = chunk
    tool.etl.write_job_text("usage.yaml", json.dumps(job))
    bench.simulator.config(
        rows=0, rows_per_day=daily_rows, scale=1, restatements=list(restatements), domains=workload.DOMAINS, polls=0
    )
    command = [bench.build / "tokenflex-etl", *tool.etl.command("--output", "json", "run")]
    measured, output = Program(command, tool.directory / f"growth{number}", tool.etl.environment).run()
    rows = sum(run["rows_read"] for run in json.loads(output)["runs"])
    if rows != daily_rows * workload.DAYS:
        raise RuntimeError(f"{rows} rows were read, not {daily_rows * workload.DAYS}")
    return measured


def _nights(tool, chunk, daily_rows, number):
    """A new table, and the next night a tenth of its rows restated."""
    tool.bench.database.execute("drop table if exists tokenflex.growth")
    first = _load(tool, chunk, daily_rows, (), number)
    return first, _load(tool, chunk, daily_rows, workload.RESTATED.restatements, number)


def measure_growth(bench):
    """A Growth for each night, chunked or not."""
    found = {}
    # Autovacuum would analyze the table within a minute.
    bench.database.execute("alter system set autovacuum = off;\nselect pg_reload_conf();\n")
    for number in range(bench.repeat):
        for chunk in ("none", "month"):
            for daily_rows in DAILY_ROWS:
                for night, measured in zip(NIGHTS, _nights(bench.tool, chunk, daily_rows, number)):
                    found.setdefault((chunk, night, daily_rows), []).append(measured)
    bench.database.execute("alter system reset autovacuum;\nselect pg_reload_conf();\n")
    return [
        Growth(chunk, night, tuple(median(found[chunk, night, rows]).seconds for rows in DAILY_ROWS))
        for chunk in ("none", "month")
        for night in NIGHTS
    ]
