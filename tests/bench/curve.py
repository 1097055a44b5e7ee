"""What a night and a backfill cost as the table grows, plain and partitioned: the curve should be flat."""

import dataclasses
import datetime
import json

import workload
from measure import Program, median

NIGHT_ROWS = 100_000  # of a window of a month
CHUNK_ROWS = 200_000  # of each month of a backfill
CHUNKS = 24
SIZES = (0, 1_000_000, 10_000_000, 30_000_000)
PLACEMENTS = ("none", "month")

# The table's own rows once more, on earlier days: a month earlier for each copy, so that no key comes twice.
_COPY = """
insert into tokenflex.curve ({columns}, usage_date, _row_key)
select {columns}, usage_date - {days}, gen_random_uuid() from tokenflex.curve where usage_date >= '{first}'
"""
_COLUMNS = (
    "select string_agg(quote_ident(attname), ', ') from pg_attribute where attrelid = 'tokenflex.curve'::regclass"
    " and attnum > 0 and not attisdropped and attname not in ('usage_date', '_row_key')"
)


@dataclasses.dataclass
class Point:
    placement: str
    what: str
    seconds: float

    def __str__(self):
        placed = "plain" if self.placement == "none" else f"by {self.placement}"
        return f"{placed}, {self.what}: {self.seconds:.2f} s"


class _Curve:
    def __init__(self, bench, placement):
        self.bench = bench
        self.placement = placement
        self.runs = 0
        self.copies = 0

    def load(self, days, rows_per_day, restatements, *arguments, chunk="none"):
        job = workload.job("curve", workload.FIRST)
        job["window"] |= {"chunk": chunk, "last": f"{days} days"}
        job["target"] = {**job.get("target", {}), "partition_by": self.placement}
        self.bench.tool.etl.write_job_text("usage.yaml", json.dumps(job))
        self.bench.simulator.config(
            rows=0,
            rows_per_day=rows_per_day,
            scale=1,
            restatements=list(restatements),
            domains=workload.DOMAINS,
            polls=0,
        )
        command = [
            self.bench.build / "tokenflex-etl",
            *self.bench.tool.etl.command("--output", "json", "run", *arguments),
        ]
        self.runs += 1
        measured, output = Program(
            command, self.bench.tool.directory / f"curve{self.placement}{self.runs}", self.bench.tool.etl.environment
        ).run()
        return measured, sum(run["rows_read"] for run in json.loads(output)["runs"])

    def begin(self):
        self.bench.database.execute("drop table if exists tokenflex.curve")
        self.copies = 0

    def grow(self, rows):
        """Until the table has about so many rows beside the night's."""
        database = self.bench.database
        columns = database.value(_COLUMNS)
        last = datetime.date.fromisoformat(database.value("select max(usage_date) from tokenflex.curve"))
        first = last - datetime.timedelta(days=workload.MONTH_DAYS - 1)
        while self.copies * NIGHT_ROWS < rows:
            self.copies += 1
            days = 31 * self.copies
            if self.placement != "none":
                self._make_partitions(first - datetime.timedelta(days=days))
            database.execute(_COPY.format(columns=columns, days=days, first=first))
        database.execute("vacuum (analyze) tokenflex.curve")

    def _make_partitions(self, first):
        """Of the days that a copy gets: the tool makes those of its own loads alone."""
        month = first.replace(day=1)
        for _ in range(3):
            end = (month + datetime.timedelta(days=32)).replace(day=1)
            name = f"curve_p{month:%Y_%m}"
            self.bench.database.execute(
                f"create table if not exists tokenflex.{name} partition of tokenflex.curve"
                f" for values from ('{month}') to ('{end}')"
            )
            month = end


def _night(curve, size, repeat):
    """A window of a month, a part of it restated."""
    days = workload.MONTH_DAYS
    rows_per_day = NIGHT_ROWS // days
    if size == 0:
        curve.begin()
        curve.load(days, rows_per_day, ())
    curve.grow(size)
    measured = []
    for number in range(repeat):
        restatements = workload.RESTATED.restatements if number % 2 == 0 else ()
        measured.append(curve.load(days, rows_per_day, restatements)[0])
    return median(measured).seconds


def _backfill(curve):
    curve.begin()
    first = datetime.date(2024, 1, 1)
    end = datetime.date(2024 + CHUNKS // 12, 1, 1)
    rows_per_day = CHUNK_ROWS * CHUNKS // (end - first).days
    measured, rows = curve.load(
        30, rows_per_day, (), "--from", first.isoformat(), "--to", end.isoformat(), chunk="month"
    )
    if rows != rows_per_day * (end - first).days:
        raise RuntimeError(f"{rows} rows were read, not {rows_per_day * (end - first).days}")
    return measured.seconds


def measure_curve(bench, max_rows):
    """A Point for each size up to max_rows and each placement, and for the backfill if its rows are no more."""
    points = []
    for placement in PLACEMENTS:
        curve = _Curve(bench, placement)
        for size in SIZES:
            if size <= max_rows:
                seconds = _night(curve, size, bench.repeat)
                points.append(Point(placement, f"a night of {NIGHT_ROWS:,} rows beside {size:,}", seconds))
        if CHUNK_ROWS * CHUNKS <= max_rows:
            what = f"a backfill of {CHUNKS} months of {CHUNK_ROWS:,} rows"
            points.append(Point(placement, what, _backfill(curve)))
    bench.database.execute("drop table if exists tokenflex.curve")
    return points
