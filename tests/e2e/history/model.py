"""The table as interface.md promises it: what every load makes of it, and what it reports."""

import copy
import dataclasses
import datetime
import decimal

from .columns import CATALOGUE, INTEGER, NUMERIC, TEXT, UNKNOWN_METRICS, Column, column_name, converted, identity, infer, stored, widened
from .restated import CoveredDays, restatements
from .shape import BY_DAY, OPEN, SNAPSHOTS


@dataclasses.dataclass(frozen=True)
class Answer:
    """The service's answer for one contract and window: rows are {API name: Cell}."""

    contract: str
    window: tuple  # None where the job has none
    names: tuple  # in the result's order
    rows: tuple


@dataclasses.dataclass
class Row:
    contract: str
    window: tuple
    values: dict
    run_id: int


@dataclasses.dataclass
class Counts:
    read: int
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0

    def __str__(self):
        return f"+{self.inserted} ~{self.updated} ={self.unchanged} -{self.deleted}"


class Table:
    def __init__(self, shape):
        self.shape = shape
        self.columns = {}  # by API name; empty: no table yet
        self.created_with = ()
        self.rows = {}  # by key
        self.rewritten = False  # since somebody has reset it: a column was widened, so every row has moved
        self.nights = []  # of a table with history: rows by key, as each night has left them
        self.loaded = {}  # by contract: the windows that were loaded
        self.restated = {}  # by run: {(month, metric): what has changed}, as tokenflex_etl.restatement has it
        self.finished = {}  # by contract and window: what the newest load of both asked for, and what it left

    def apply(self, answer, run_id, page_size, question=None):
        """One successful run."""
        self._evolve(answer, page_size)
        asked = [self.columns[name] for name in answer.names]
        load = {}
        for cells in answer.rows:
            values = {column.api_name: stored(cells[column.api_name], column) for column in asked}
            load[self._key(answer, values, run_id)] = values
        assert len(load) == len(answer.rows), "a history holds no key twice by accident"
        counts = Counts(read=len(load))
        before = copy.deepcopy(self.rows)
        for key, values in load.items():
            self._put(key, answer, values, run_id, counts)
        if self.shape.mode == "delete":
            gone = [key for key, row in self.rows.items() if key not in load and self._in_scope(row, answer)]
            for key in gone:
                del self.rows[key]
            counts.deleted = len(gone)
        replaced = [key for key, row in self.rows.items() if self._is_replaced(row, answer)]
        for key in replaced:
            del self.rows[key]
        counts.deleted += len(replaced)
        covered = CoveredDays(self, answer)
        self.restated[run_id] = restatements(covered, asked, before, self.rows)
        covered.remember()
        self.finished[answer.contract, answer.window] = (question, answer, run_id, self._figures(answer, run_id))
        return counts

    def _figures(self, answer, run_id):
        """The numbers of the rows that an answer stands for."""
        columns = [self.columns[name] for name in answer.names if name in self.columns]
        numbers = [one.api_name for one in columns if not one.in_key and one.type in (INTEGER, NUMERIC)]
        appends = self.shape.mode == "append"
        rows = {key: row for key, row in self.rows.items() if self._in_scope(row, answer)}
        return sorted(numbers), {
            key: {name: row.values[name] for name in numbers}
            for key, row in rows.items()
            if not appends or row.run_id == run_id
        }

    def is_finished(self, contract, window, question):
        """Whether a backfill has nothing to do there: the rows are as the newest load has left them."""
        if (contract, window) not in self.finished:
            return False
        asked, answer, run_id, figures = self.finished[contract, window]
        return asked == question and self._figures(answer, run_id) == figures

    def covers(self, units):
        """Whether a rebuild that loads these contracts and windows loads all that the table holds."""
        return all(self._is_covered(row, units) for row in self.rows.values())

    def _is_covered(self, row, units):
        windows = [window for contract, window in units if contract == row.contract]
        if self.shape.window == OPEN or not windows:
            return bool(windows)
        if self.shape.window == SNAPSHOTS:
            return any(first <= row.window[0] and row.window[1] <= last for first, last in windows)
        day = datetime.date.fromisoformat(row.values["usageDate"])
        return any(first <= day < last for first, last in windows)

    def rebuild(self):
        """A new table takes the place of this one."""
        self.columns, self.created_with, self.rows, self.finished = {}, (), {}, {}
        self.nights, self.loaded = [], {}

    def delete(self, key):
        """The owner deletes a row by hand."""
        del self.rows[key]

    def add(self, key, name, summand):
        """The owner changes a number by hand. False where there is none."""
        row = self.rows[key]
        if row.values.get(name) is None:
            return False
        with decimal.localcontext() as context:
            context.prec = 500
            row.values[name] += summand
        return True

    def empty(self, contract):
        """The owner deletes rows by hand: of a contract, or ("") all."""
        self.rows = {key: row for key, row in self.rows.items() if contract and row.contract != contract}

    def refuses(self, answer, page_size):
        """Whether too many rows vanish in this answer."""
        goes = self._is_replaced if self.shape.mode == "keep" else lambda *of: self._in_scope(*of) or self._is_replaced(*of)
        before = sum(goes(row, answer) for row in self.rows.values())
        if self.shape.mode == "append" or self.shape.max_vanished == 100 or not before:
            return False
        trial = Table(self.shape)
        trial.columns, trial.rows = copy.deepcopy((self.columns, self.rows))
        counts = trial.apply(answer, 0, page_size)
        on_balance = counts.deleted - counts.inserted
        return not answer.rows or (before > 20 and on_balance * 100 > self.shape.max_vanished * before)

    def _put(self, key, answer, values, run_id, counts):
        row = self.rows.get(key)
        if row is None:
            nothing = dict.fromkeys(self.columns)
            self.rows[key] = Row(answer.contract, answer.window, {**nothing, **values}, run_id)
            counts.inserted += 1
        elif all(row.values[name] == value for name, value in values.items() if not self.columns[name].in_key):
            counts.unchanged += 1
        else:
            # A metric that the job has dropped keeps what it had.
            row.values.update({name: value for name, value in values.items() if not self.columns[name].in_key})
            row.run_id = run_id
            counts.updated += 1

    def _evolve(self, answer, page_size):
        """Types by catalogue, by inference over the first page, by widening later; a new column is added."""
        for name in answer.names:
            cells = [row[name] for row in answer.rows]
            if name not in self.columns:
                first = CATALOGUE.get(name) or UNKNOWN_METRICS.get(name) or infer(cells[:page_size]) or TEXT
                in_key = name in self.shape.key_fields
                self.columns[name] = Column(name, column_name(name, self.shape.rename), first, in_key)
                for row in self._all_versions():
                    row.values[name] = None
            if name not in CATALOGUE:
                self._widen(self.columns[name], widened(self.columns[name].type, cells, name in UNKNOWN_METRICS))
        self.created_with = self.created_with or answer.names

    def _all_versions(self):
        for rows in (self.rows, *self.nights):
            yield from rows.values()

    def keep_night(self):
        """How the table is now can be asked for later."""
        self.nights.append(copy.deepcopy(self.rows))

    def _widen(self, column, wider):
        if wider == column.type:
            return
        for row in self._all_versions():
            row.values[column.api_name] = converted(row.values[column.api_name], column, wider)
        column.type = wider
        self.rewritten = True

    def _key(self, answer, values, run_id):
        """Contract, window where rows are its snapshots, the key's fields, the run where every run's rows are kept."""
        window = answer.window if self.shape.window == SNAPSHOTS else None
        fields = tuple(identity(values[name]) for name in self.shape.key_fields)
        return (answer.contract, window, fields, run_id if self.shape.mode == "append" else None)

    def _in_scope(self, row, answer):
        """What an answer for this contract and window stands for."""
        if row.contract != answer.contract:
            return False
        if self.shape.window == BY_DAY:
            first, last = answer.window
            return first.isoformat() <= row.values["usageDate"] < last.isoformat()
        return self.shape.window != SNAPSHOTS or row.window == answer.window

    def _is_replaced(self, row, answer):
        """A snapshot whose window lies wholly within the answer's: none of these windows moves with the day."""
        is_other = self._has_latest() and row.contract == answer.contract and row.window != answer.window
        return is_other and answer.window[0] <= row.window[0] and row.window[1] <= answer.window[1]

    def cuts(self, answer):
        """Whether the answer's window has some days of a snapshot and not all: such a load is refused."""
        return self._has_latest() and any(
            row.contract == answer.contract
            and row.window[0] < answer.window[1]
            and answer.window[0] < row.window[1]
            and not (answer.window[0] <= row.window[0] and row.window[1] <= answer.window[1])
            for row in self.rows.values()
        )

    def _has_latest(self):
        return self.shape.window == SNAPSHOTS and self.shape.mode != "append" and self.shape.snapshots == "latest"

    def layout(self):
        """Names and types of the table's columns, in their order."""
        window = [("window_start", "date"), ("window_end", "date")] if self.shape.window == SNAPSHOTS else []
        before = [(column.name, column.type) for column in self._ordered(created=True)]
        after = [(column.name, column.type) for column in self._ordered(created=False)]
        tool = [("_run_id", "bigint"), ("_synced_at", "timestamp with time zone")]
        return [("contract_number", "text"), *window, *before, *tool, *after]

    def _ordered(self, created):
        return [column for name, column in self.columns.items() if (name in self.created_with) == created]

    def run_ids(self):
        """By key."""
        return {key: row.run_id for key, row in self.rows.items()}

    def image(self, rows=None):
        """By key, every row as {column: value}, as the table has to hold it; or those of an earlier night."""
        return {key: self._row_image(row) for key, row in (self.rows if rows is None else rows).items()}

    def _row_image(self, row):
        image = {"contract_number": row.contract, "_run_id": row.run_id}
        if self.shape.window == SNAPSHOTS:
            image["window_start"], image["window_end"] = (day.isoformat() for day in row.window)
        image.update({self.columns[name].name: value for name, value in row.values.items()})
        return image
