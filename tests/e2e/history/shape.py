"""What stays the same through a history."""

import dataclasses
import datetime

CONTRACTS = ("11000000001", "11000000002")

# How the rows relate to a window: by their date; not at all, each window being a snapshot; there is none.
BY_DAY, SNAPSHOTS, OPEN = "by day", "snapshots", "open"


@dataclasses.dataclass(frozen=True)
class Shape:
    mode: str  # keep, delete: upsert with that for rows that vanished; append
    window: str
    fields: tuple
    metrics: tuple  # those that the job asks for on the first night
    key: tuple = None  # None: every field
    rename: dict = dataclasses.field(default_factory=dict)
    max_vanished: int = 50  # percent
    parallel: bool = False  # both contracts at a time
    snapshots: str = "all"  # all, latest: which windows of snapshots stand beside each other
    history: bool = False  # old versions of rows are kept; the owner changes no rows by hand
    placement: str = "plain"  # after the first night the owner makes the table partitioned, or inherited from

    partition_by: str = "none"  # of the job: how the tool partitions the table

    @property
    def key_fields(self):
        return self.fields if self.key is None else self.key


def _next_border(day, chunk):
    if chunk == "day":
        return day + datetime.timedelta(days=1)
    if chunk == "week":
        return day + datetime.timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + datetime.timedelta(days=31)).replace(day=1)


def chunks_of(window, chunk):
    """The windows that a window is cut into, at the borders of days, weeks (from Monday) or months."""
    first, last = window
    chunks = []
    while first < last:
        border = last if chunk == "none" else min(_next_border(first, chunk), last)
        chunks.append((first, border))
        first = border
    return chunks


def condition(window):
    """The part of a query's where that is the window."""
    first, last = window
    return f"usageDate >= '{first}' AND usageDate < '{last}'"


def window_option(window, chunk):
    """The job's window: days from..to, to exclusive."""
    first, last = window
    return {"field": "usageDate", "last": f"{(last - first).days} days", "until": last.isoformat(), "chunk": chunk}


def job_of(shape, job, where):
    """The job file of a night, as changes to the harness's default job. where: None for no condition."""
    target = {"mode": "append" if shape.mode == "append" else "upsert", "rename": shape.rename}
    target["partition_by"] = shape.partition_by
    if shape.mode != "append":
        target |= {"vanished": shape.mode, "snapshots": shape.snapshots, "history": shape.history}
    if shape.key is not None:
        target["key"] = list(shape.key)
    return {
        "contract": list(job.contracts),
        "query": {"fields": list(shape.fields), "metrics": list(job.metrics), "where": where},
        "page_size": job.page_size,
        "window": window_option(job.window, job.chunk) if job.window else None,
        "target": target,
        "checks": {"max_vanished": f"{shape.max_vanished}%"} if shape.mode != "append" else {},
    }
