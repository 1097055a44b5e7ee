"""The rows that are loaded, and how they change from load to load."""

import dataclasses
import json
import subprocess

CONTRACT = "11000000001"
FIELDS = [
    "contractYear",
    "usageDate",
    "usageMonth",
    "usageCategory",
    "productName",
    "productLineCode",
    "productVersion",
    "userName",
    "machineName",
    "licenseServerName",
    "customField1",
    "usageType",
]
METRICS = ["tokensConsumed", "usageMinutes", "usageHours", "useCount"]

# A quarter, the month after it, and the names of a larger company.
FIRST_DAY, DAYS, DAY_AFTER = "2026-01-01", 90, "2026-04-01"
MONTH_DAYS, MONTH_AFTER = 30, "2026-05-01"
DOMAINS = {"userName": 5000, "machineName": 4000}

PAGE_ROWS = 5000


@dataclasses.dataclass
class Case:
    """One load, on top of those before it."""

    name: str
    scale: float = 1.0
    restatements: tuple = ()
    first_day: str = FIRST_DAY
    days: int = DAYS
    day_after: str = DAY_AFTER

    def settings(self, rows):
        """Of the simulator, so that it serves this load's rows."""
        return {
            "rows": rows,
            "scale": self.scale,
            "restatements": list(self.restatements),
            "domains": DOMAINS,
            "polls": 0,
        }

    def row_count(self, rows):
        return round(rows * self.scale)


_EVERY_TENTH = ({"every": 10, "offset": 0},)
FIRST = Case("first load")
UNCHANGED = Case("unchanged")
RESTATED = Case("a tenth restated", restatements=_EVERY_TENTH)
GROWN = Case("a tenth new", scale=1.1, restatements=_EVERY_TENTH)
MONTH = Case("a new month", first_day=DAY_AFTER, days=MONTH_DAYS, day_after=MONTH_AFTER)
CASES = [FIRST, UNCHANGED, RESTATED, GROWN, MONTH]


def job(table, case, page_rows=PAGE_ROWS):
    """As the tool's users write it."""
    return {
        "contract": CONTRACT,
        "query": {"fields": FIELDS, "metrics": METRICS},
        "window": {"field": "usageDate", "last": f"{case.days} days", "until": case.day_after, "chunk": "none"},
        "page_size": page_rows,
        "target": {"table": table},
    }


def body(case):
    """The same as the API's users write it."""
    where = f"usageDate >= '{case.first_day}' AND usageDate < '{case.day_after}'"
    return {"fields": FIELDS, "metrics": METRICS, "where": where}


def expected_counts(case, rows):
    """Inserted, updated and unchanged."""
    total, tenth = case.row_count(rows), len(range(0, rows, 10))
    if case in (FIRST, MONTH):
        return total, 0, 0
    if case is RESTATED:
        return 0, tenth, total - tenth
    return total - rows, 0, rows


def write_csv(simulator, case, rows, directory):
    """The file of a load's rows, once for the loads that bring the same."""
    path = directory / f"{rows}-{case.first_day}-{case.scale}-{len(case.restatements)}.csv"
    if path.exists():
        return path
    query = directory / "query.json"
    query.write_text(json.dumps(body(case)), encoding="utf-8")
    command = [simulator, "dump", "--query", query, "--contract", CONTRACT]
    for key, value in case.settings(rows).items():
        command += ["--set", f"{key}={json.dumps(value)}"]
    with open(path, "wb") as file:
        subprocess.run(command, stdout=file, check=True)
    return path
