"""What a load has to record of figures that were loaded before: all days of a history are over."""

import decimal

from .columns import INTEGER, NUMERIC
from .shape import BY_DAY, SNAPSHOTS

METRICS = ("tokensConsumed", "creditsBurned", "usageHours", "useCount")


class CoveredDays:
    """Which rows of the table count, before an answer is remembered."""

    def __init__(self, table, answer):
        self._shape = table.shape
        self._answer = answer
        self._windows = table.loaded.setdefault(answer.contract, set())
        self._has_latest = table.shape.snapshots == "latest"
        self._by_date = table.shape.window != SNAPSHOTS and "usageDate" in table.shape.fields

    def _is_covered(self, row):
        if self._shape.mode == "append" or row.contract != self._answer.contract:
            return False
        if self._shape.window == SNAPSHOTS:
            return row.window == self._answer.window and row.window in self._windows
        if not self._by_date:
            return bool(self._windows)
        day = row.values["usageDate"]
        windows = self._windows if self._shape.window == BY_DAY else {("", "a")} if self._windows else ()
        return day is not None and any(str(first) <= day < str(last) for first, last in windows)

    def is_touched(self):
        """Whether the answer's window has any day that was loaded before."""
        if self._shape.window != BY_DAY:
            return True
        first, last = self._answer.window
        return any(begin < last and first < end for begin, end in self._windows)

    def counted(self, rows):
        """By month (None: the rows have no date), {key: values}."""
        months = {}
        for key, row in rows.items():
            if self._is_covered(row):
                month = row.values["usageDate"][:7] + "-01" if self._by_date else None
                months.setdefault(month, {})[key] = row.values
        return months

    def remember(self):
        window = self._answer.window
        if self._shape.window == SNAPSHOTS and self._has_latest:
            overlap = {other for other in self._windows if other[0] < window[1] and window[0] < other[1]}
            self._windows.difference_update(overlap)
        self._windows.add(window)


def _sum(rows, name):
    with decimal.localcontext() as context:
        context.prec = 500
        return sum((values[name] for values in rows.values() if values[name] is not None), decimal.Decimal(0))


def _is_other(column, columns, was, is_now):
    """Whether the metric has another value in a row, or a field has that is not part of the key."""
    names = [one.api_name for one in columns if not one.in_key and one.api_name not in METRICS]
    return any(was[name] != is_now[name] for name in (column.api_name, *names))


def restatements(covered, columns, before, after):
    """{(month, metric): (before, after, changed, added, vanished)}; sums are None where there are no numbers."""
    found = {}
    if not covered.is_touched():
        return found
    before, after = covered.counted(before), covered.counted(after)
    for month in before.keys() | after.keys():
        was, is_now = before.get(month, {}), after.get(month, {})
        added, vanished = is_now.keys() - was.keys(), was.keys() - is_now.keys()
        for column in columns:
            name = column.api_name
            if name not in METRICS or (was and all(values.get(name) is None for values in was.values())):
                continue
            changed = [key for key in was.keys() & is_now.keys() if _is_other(column, columns, was[key], is_now[key])]
            if changed or added or vanished:
                sums = (_sum(was, name), _sum(is_now, name)) if column.type in (INTEGER, NUMERIC) else (None, None)
                found[month, name] = (*sums, len(changed), len(added), len(vanished))
    return found


def observed(rows):
    """The same, as tokenflex_etl.restatement has it."""
    return {
        (row["month"], row["metric"]): (
            row["before"],
            row["after"],
            int(row["rows_changed"]),
            int(row["rows_added"]),
            int(row["rows_vanished"]),
        )
        for row in rows
    }
