"""What stays the same through a history."""

import dataclasses

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
    placement: str = "plain"  # after the first night the owner makes the table partitioned, or inherited from

    @property
    def key_fields(self):
        return self.fields if self.key is None else self.key


def window_option(window):
    """The job's window: days from..to, to exclusive. It is no backfill, so every night asks for it anew."""
    first, last = window
    return {"field": "usageDate", "last": f"{(last - first).days} days", "until": last.isoformat(), "chunk": "none"}


def job_of(shape, job):
    """The job file of a night, as changes to the harness's default job."""
    target = {"mode": "append" if shape.mode == "append" else "upsert", "rename": shape.rename}
    if shape.mode != "append":
        target |= {"vanished": shape.mode, "snapshots": shape.snapshots}
    if shape.key is not None:
        target["key"] = list(shape.key)
    return {
        "contract": list(job.contracts),
        "query": {"fields": list(shape.fields), "metrics": list(job.metrics)},
        "page_size": job.page_size,
        "window": window_option(job.window) if job.window else None,
        "target": target,
        "checks": {"max_vanished": f"{shape.max_vanished}%"} if shape.mode != "append" else {},
    }
