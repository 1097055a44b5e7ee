"""The nights of a history, from a seed: what changes at the service and in the job, and what goes wrong."""

import dataclasses
import datetime
import random

from . import cells
from .columns import TEXT, UNKNOWN_METRICS, widened
from .service import Service, ServiceRow, answer, as_setting
from .shape import BY_DAY, CONTRACTS, OPEN, SNAPSHOTS, chunks_of, condition
from .values import DAYS, FIRST_DAY, LADDERS, Values

METRICS = ("tokensConsumed", "creditsBurned", "usageHours", "useCount")
MOMENTS = ("start", "poll", "page", "merge", "commit")
SIGNALS = ("SIGKILL", "SIGKILL", "SIGTERM")
# Of a backfill; of the months those at both ends have no rows.
SIZES = ("none", "day", "week", "month", "month")
MONTHS = (datetime.date(2025, 12, 1), datetime.date(2026, 4, 1))


@dataclasses.dataclass
class Job:
    """Of the job file what changes from night to night."""

    contracts: tuple
    metrics: tuple
    window: tuple
    page_size: int
    chunk: str = "none"  # so that every night asks for its window anew, but for a backfill


@dataclasses.dataclass
class Night:
    told: list  # what happens, in words
    job: Job
    answers: dict  # by contract and window, of tonight's contracts, in the order of the chunks
    settings: list  # the same as the simulator wants it, spoilt where `spoilt` says so
    crashes: list  # (moment, signal), before the run that is left alone
    spoilt: str = None  # the contract whose result cannot be loaded
    other_grain: dict = None  # changes to the job file that it is to be refused for
    emptied: str = None  # the contract whose rows the owner has deleted by hand; "": all rows, by truncate
    touched: int = None  # the owner deletes and changes some rows by hand: a seed for which
    backfill: bool = False  # the job's window is asked for with --from and --to
    accept: bool = False  # with --accept
    rebuild: bool = False  # with --rebuild, and with another filter


def _length(window):
    return window[1] - window[0] if window else 0


class Generator:
    def __init__(self, shape, seed, widening):
        self.shape = shape
        self.dice = random.Random(seed)
        self.owners_dice = random.Random(f"owner {seed}")
        self.kinds_dice = random.Random(f"kinds {seed}")
        self.widening = widening
        # Where nothing widens, the first answers show already how wide a column has to be.
        self.levels = {}
        for name, ladder in LADDERS.items():
            self.levels[name] = self.dice.choice(ladder[:1] * 3 + ladder if widening else ladder)
        self.values = Values(self.dice, plain=shape.parallel, numbers_in_text_keys=widening)
        self.service = Service(shape, self.levels)
        self.windows = self._make_windows()
        self.job = Job(CONTRACTS, shape.metrics, self.windows[0], self.dice.randint(4, 9))
        self.asked_before = set()
        for contract in CONTRACTS:
            for window in self.windows if shape.window == SNAPSHOTS else (None,):
                for _ in range(self.dice.randint(6, 12)):
                    self._add_row(contract, window)

    def _make_windows(self):
        if self.shape.window == OPEN:
            return (None,)
        days = [(0, DAYS)] if self.shape.window == BY_DAY else [(0, 5), (5, 10), (0, 10)]
        while len(days) < 4 and self.shape.window == BY_DAY:
            first = self.dice.randrange(DAYS - 1)
            days.append((first, self.dice.randint(first + 1, DAYS)))
        return tuple(tuple(FIRST_DAY + datetime.timedelta(days=day) for day in ends) for ends in days)

    # Rows.

    def _in_key(self, name):
        return name in self.shape.key_fields

    def _cell(self, name):
        cell = self.values.of(name, self.levels.get(name), self._in_key(name))
        # Rows without a date are in no window.
        if name == "usageDate" and self.shape.window == OPEN and self.dice.random() < 0.15:
            return self.values.null()
        return cell

    def _add_row(self, contract, window, **given):
        """A row unlike all others; None where chance finds none."""
        for _ in range(20):
            made = {name: self._cell(name) for name in (*self.shape.fields, *METRICS)}
            if self.service.rows and self.dice.random() < 0.5:
                made = self._much_like(self.dice.choice(self.service.rows), made)
            row = ServiceRow(contract, window if self.shape.window == SNAPSHOTS else None, {**made, **given})
            if self.service.add(row):
                return row
        return None

    def _much_like(self, row, made):
        """Of another contract or window it may be the very same key; else one value is another."""
        changed = self.dice.choice((*made, None, None, None, None))
        return {name: made[name] if name == changed else cell for name, cell in row.cells.items()}

    def _day_in_window(self):
        """For a row that tonight's query has to bring."""
        if self.shape.window != BY_DAY:
            return {}
        first, last = self.job.window
        return {"usageDate": cells.text((first + (last - first) * self.dice.random()).isoformat()[:10])}

    def _some_rows(self, most):
        """Mostly of those that tonight's query brings."""
        rows = self.service.rows
        if self.dice.random() < 0.8:
            rows = [row for contract in self.job.contracts for row in self.service.rows_of(contract, self.job.window)]
        return self.dice.sample(rows, min(len(rows), self.dice.randint(1, most)))

    # What the service does over night; each tells.

    def _restate(self):
        names = [name for name in (*self.shape.fields, *METRICS) if not self._in_key(name)]
        rows = self._some_rows(4)
        for row in rows:
            for name in self.dice.sample(names, min(len(names), 2)):
                row.cells[name] = self._cell(name)
        return f"restates {len(rows)} rows"

    def _respell(self):
        rows = self._some_rows(8)
        for row in rows:
            for name, cell in row.cells.items():
                row.cells[name] = self.values.respelled(name, cell)
        return f"respells {len(rows)} rows"

    def _vanish(self):
        rows = self._some_rows(3)
        for row in rows:
            self.service.vanish(row)
        return f"drops {len(rows)} rows"

    def _reattribute(self):
        """The same usage under another name: another key, the same day and figures."""
        names = [name for name in self.shape.key_fields if name != "usageDate" and name not in self.levels]
        if not names:
            return None
        told = 0
        for row in self._some_rows(3):
            name = self.dice.choice(names)
            self.service.rows.remove(row)
            moved = dataclasses.replace(row, cells={**row.cells, name: self._cell(name)})
            if self.service.add(moved):
                told += 1
            else:
                self.service.rows.append(row)
        return f"attributes {told} rows to others"

    def _vanish_all(self):
        contract = self.dice.choice(self.job.contracts)
        rows = self.service.rows_of(contract, self.job.window)
        for row in rows:
            self.service.vanish(row)
        return f"drops all {len(rows)} rows of {contract} in the window"

    def _reappear(self):
        back = self.dice.sample(self.service.vanished, min(len(self.service.vanished), self.dice.randint(1, 15)))
        for row in back:
            self.service.vanished.remove(row)
        added = [row for row in back if self.service.add(row)]
        return f"brings {len(added)} rows back"

    def _add(self):
        wanted = self.dice.randint(1, 8)
        contract = self.dice.choice(CONTRACTS)
        added = [self._add_row(contract, self.dice.choice((*self.windows, self.job.window))) for _ in range(wanted)]
        return f"adds {sum(row is not None for row in added)} rows"

    def _widen(self):
        """An unknown name's values become wider than its column."""
        asked = (*self.shape.fields, *self.job.metrics)
        names = [name for name in asked if name in self.asked_before and self.levels.get(name, TEXT) != TEXT]
        if not names:
            return None
        name = self.dice.choice(names)
        wider = LADDERS[name][LADDERS[name].index(self.levels[name]) + 1 :]
        self.levels[name] = self.dice.choice((wider[0], wider[0], wider[-1]))
        for _ in range(self.dice.randint(1, 2)):
            contract = self.dice.choice(self.job.contracts)
            wide = self.values.unknown(self.levels[name], self.levels[name], self._in_key(name))
            rows = self.service.rows_of(contract, self.job.window)
            if self._in_key(name) or not rows:
                self._add_row(contract, self.job.window, **{name: wide}, **self._day_in_window())
            else:
                self.dice.choice(rows).cells[name] = wide
        return f"has {name} as {self.levels[name].split()[0]}"

    # What happens to the job.

    def _change_job(self):
        told = []
        if len(self.windows) > 1 and self.dice.random() < 0.4:
            self.job.window = self.dice.choice(self.windows)
            told.append("window {}..{}".format(*self.job.window))
        if self.dice.random() < 0.3:
            self.job.page_size = self.dice.randint(4, 12)
        self.job.contracts = CONTRACTS
        if self.dice.random() < 0.15:
            self.job.contracts = (self.dice.choice(CONTRACTS),)
            told.append(f"only {self.job.contracts[0]}")
        return told

    def _change_metrics(self):
        if self.dice.random() > 0.25:
            return []
        name = self.dice.choice(METRICS)
        if name in self.job.metrics and len(self.job.metrics) > 1:
            self.job.metrics = tuple(metric for metric in self.job.metrics if metric != name)
            return [f"without {name}"]
        # The type of a new column is inferred from values: every result has some.
        has_rows = all(self.service.rows_of(contract, self.job.window) for contract in self.job.contracts)
        if name in self.job.metrics or not has_rows:
            return []
        self.job.metrics += (name,)
        return [f"with {name}"]

    # The answers.

    def _arrange(self, contract, window, names, front):
        """The rows of an answer in any order, with one in front (where there is one) from whose values the type of
        a column can be told: a number keeps its spelling in a text column, and not in a number's, so that it has to be
        known when the first row is read which one it will be."""
        rows = self.service.rows_of(contract, window)
        self.dice.shuffle(rows)
        if front:
            rows.remove(front)
            rows.insert(0, front)
        for name in names if rows else ():
            if name not in LADDERS or self._in_key(name):
                continue
            narrow = LADDERS[name][0]
            is_metric = name in UNKNOWN_METRICS
            needed = widened(narrow, [row.cells[name] for row in rows], is_metric)
            if name not in self.asked_before:
                rows[0].cells[name] = self.values.unknown(self.levels[name], self.levels[name], in_key=False)
            elif not self.shape.parallel and widened(narrow, [rows[0].cells[name]], is_metric) != needed:
                rows[0].cells[name] = self.values.unknown(needed, needed, in_key=False)
        return rows

    def _answers(self, fronts):
        names = [*self.shape.fields, *self.job.metrics]
        if self.dice.random() < 0.3:
            self.dice.shuffle(names)
        windows = chunks_of(self.job.window, self.job.chunk) if self.job.window else [None]
        units = [(contract, window) for contract in self.job.contracts for window in windows]
        arranged = {unit: self._arrange(*unit, names, fronts.get(unit[0])) for unit in units}
        self.asked_before.update(names)
        return {unit: answer(*unit, names, rows) for unit, rows in arranged.items()}

    def first_night(self):
        return self._night(["everything is new"], self._make_fronts())

    def _make_fronts(self):
        """A row of each contract from which the types of all columns can be told."""
        fronts = {}
        for contract in CONTRACTS:
            full = {name: self.values.unknown(level, level, self._in_key(name)) for name, level in self.levels.items()}
            # Where the dice had the very same row already, it is front enough.
            while contract not in fronts:
                full_row = self._add_row(contract, self.job.window, **full, **self._day_in_window())
                fronts.update({contract: full_row} if full_row else {})
        return fronts

    def next_night(self):
        told = self._change_job()
        changes = (self._restate,) * 4 + (self._respell,) * 3 + (self._vanish,) * 3 + (self._add,) * 4
        changes += (self._reappear,) * 3 + (self._vanish_all,)
        for change in self.dice.choices(changes, k=self.dice.choice((0, 1, 1, 2, 2, 3))):
            told.append(change())
        if self.dice.random() < 0.6:
            told.append(self._reattribute())
        if self.widening and self.dice.random() < 0.35:
            told.append(self._widen())
        kind = self._kind_of_night()
        if kind is not None:
            return kind(list(filter(None, told)))
        change_of_metrics = self._change_metrics()
        night = self._night([*filter(None, told), *change_of_metrics] or ["nothing new"], {})
        if self.dice.random() < 0.15 and not change_of_metrics:
            self._spoil(night)
        elif self.dice.random() < 0.06 and not change_of_metrics:
            self._change_grain(night)
        return self._touch(night)

    def _touch(self, night):
        """What the owner does to the table by hand, before the run. No version is kept of that."""
        if self.shape.history:
            return night
        if self.owners_dice.random() < 0.12:
            night.emptied = self.owners_dice.choice(("", *CONTRACTS))
            night.told.append(f"the owner deletes the rows of {night.emptied or 'every contract'}")
        if self.owners_dice.random() < (0.5 if night.backfill else 0.1):
            night.touched = self.owners_dice.randrange(1 << 32)
        return night

    # Nights of another kind: they leave the job's nightly window and chunks as they were.

    def _kind_of_night(self):
        chance = self.kinds_dice.random()
        if chance < 0.2 and self.shape.window != OPEN:
            return self._backfill
        return self._rebuild if chance > 0.88 and self.shape.placement == "plain" else None

    def _backfill(self, told):
        """A window that was never asked for, or that an earlier backfill was cut short in."""
        nightly = self.job
        window, chunk = self.kinds_dice.choice(self.windows), "none"
        if self.shape.window == BY_DAY:
            chunk = self.kinds_dice.choice(SIZES)
            window = MONTHS if chunk == "month" else self.kinds_dice.choice(self.windows[:2])
        self.job = dataclasses.replace(nightly, window=window, chunk=chunk)
        night = self._night([*told, "a backfill of {}..{} by {}".format(*window, chunk)], {})
        night.backfill = True
        night.accept = self.kinds_dice.random() < 0.5
        night.told += ["with --accept"] * night.accept
        self.job = nightly
        return self._touch(night)

    def _rebuild(self, told):
        """Of all days; some of these nights leave a contract out. The new table's types are inferred again."""
        nightly = self.job
        self.job = dataclasses.replace(nightly, window=max(self.windows, key=_length))
        leaves_out = self.kinds_dice.random() < 0.35
        self.job.contracts = (self.kinds_dice.choice(CONTRACTS),) if leaves_out else CONTRACTS
        self.asked_before = set()
        night = self._night([*told, "a rebuild with another filter"], self._make_fronts())
        night.rebuild = True
        night.backfill = self.job.window is not None and self.kinds_dice.random() < 0.5
        if self.kinds_dice.random() < 0.2:
            self._spoil(night)
        self.job = nightly
        return self._touch(night)

    def _night(self, told, fronts):
        answers = self._answers(fronts)
        ascii_only = self.dice.random() < 0.5
        crashes = []
        while len(crashes) < 2 and self.dice.random() < 0.25:
            moment = self.dice.choice(MOMENTS)
            # One that is asked to stop while it cannot write its end down tries for two seconds.
            crashes.append((moment, "SIGKILL" if moment == "commit" else self.dice.choice(SIGNALS)))
        settings = [
            as_setting(one, ascii_only, condition(one.window) if self.job.chunk != "none" else None)
            for one in answers.values()
        ]
        return Night(told, dataclasses.replace(self.job), answers, settings, crashes)

    def _spoil(self, night):
        """One contract's result is one that cannot be loaded."""
        contract = self.dice.choice(night.job.contracts)
        of_contract = night.answers[contract, night.job.window]
        if not of_contract.rows:
            return
        index = self.dice.randrange(len(of_contract.rows))
        spoilt = dict(of_contract.rows[index])
        kinds = ["twice", "twice", "too short"] + ["no number"] * ("tokensConsumed" in spoilt)
        kind = self.dice.choice(kinds)
        rows = list(of_contract.rows)
        if kind == "twice":
            respelled = {name: self.values.respelled(name, cell) for name, cell in spoilt.items()}
            rows.append({name: respelled[name] if self._in_key(name) else self._cell(name) for name in respelled})
        elif kind == "no number":
            rows[index] = {**spoilt, "tokensConsumed": cells.text("12 tokens")}
        setting = as_setting(dataclasses.replace(of_contract, rows=tuple(rows)))
        if kind == "too short":
            setting["rows"][index] = "[" + spoilt[of_contract.names[0]].raw() + "]"
        night.settings[list(night.answers).index((contract, night.job.window))] = setting
        night.spoilt = contract
        night.crashes = []
        night.told.append(f"a row of {contract} is spoilt: {kind}")

    def _change_grain(self, night):
        """The job asks for a field less, names another key, or has another filter."""
        night.crashes = []
        if self.owners_dice.random() < 0.3:
            night.other_grain = {"query": {"where": "productName != 'nothing'"}}
            night.told.append("another filter is asked for")
            return
        dropped = [name for name in self.shape.fields if name not in ("usageDate", *(self.shape.key or ()))]
        if len(dropped) < 2 or self.dice.random() < 0.5:
            key = list(self.shape.key_fields)[1:] or list(self.shape.fields)
            night.other_grain = {"target": {"key": key}}
        else:
            gone = self.dice.choice(dropped)
            fields = [name for name in self.shape.fields if name != gone]
            night.other_grain = {"query": {"fields": fields}}
            names = [name for name in next(iter(night.answers.values())).names if name != gone]
            night.settings = [
                as_setting(dataclasses.replace(one, names=tuple(names))) for one in night.answers.values()
            ]
        night.told.append(f"another grain is asked for: {night.other_grain}")
