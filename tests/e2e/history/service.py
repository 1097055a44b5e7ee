"""The rows that the service has: they change over night."""

import dataclasses

from .columns import CATALOGUE, Column, column_name, identity, stored
from .model import Answer
from .shape import BY_DAY, SNAPSHOTS


@dataclasses.dataclass
class ServiceRow:
    contract: str
    window: tuple  # of a snapshot, else None
    cells: dict  # by API name: every name that the service knows, asked for or not


class Service:
    def __init__(self, shape, levels):
        self._shape = shape
        self._levels = levels
        self.rows = []
        self.vanished = []

    def identity(self, row):
        """Of rows with the same one there is at most one."""
        key = []
        for name in self._shape.key_fields:
            column = Column(name, column_name(name, {}), CATALOGUE.get(name) or self._levels[name], in_key=True)
            key.append(identity(stored(row.cells[name], column)))
        return (row.contract, row.window, *key)

    def add(self, row):
        """False where there is a row like it already."""
        own = self.identity(row)
        if any(self.identity(other) == own for other in self.rows):
            return False
        self.rows.append(row)
        return True

    def vanish(self, row):
        self.rows.remove(row)
        self.vanished.append(row)

    def rows_of(self, contract, window):
        """What a query of this contract and window brings."""
        return [row for row in self.rows if row.contract == contract and self._is_in(row, window)]

    def _is_in(self, row, window):
        if self._shape.window == SNAPSHOTS:
            return row.window == window
        if self._shape.window == BY_DAY:
            first, last = window
            return first.isoformat() <= row.cells["usageDate"].text < last.isoformat()
        return True


def answer(contract, window, names, rows):
    return Answer(contract, window, tuple(names), tuple({name: row.cells[name] for name in names} for row in rows))


def as_setting(of_answer, ascii_only=False, where=None):
    """An entry of the simulator's `results`: for queries whose condition contains where."""
    rows = [
        "[" + ",".join(cells[name].raw(ascii_only) for name in of_answer.names) + "]" for cells in of_answer.rows
    ]
    only = {"where": where} if where else {}
    return {"contract": of_answer.contract, **only, "columns": list(of_answer.names), "rows": rows}
