"""Plays nights with the program, the simulator and PostgreSQL, and holds the table against the model after each."""

import datetime
import decimal
import json
import random
import signal

from . import DUPLICATES_ARE_FORGOTTEN
from .model import Table
from . import restated
from .observed import TABLE, Observed, differences, differences_of_nights
from .shape import BY_DAY, job_of

_WAITS_FOR_A_LOCK = """
    exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
               and application_name like 'tokenflex-etl%')
"""
# A query that is taken up after another crash is not submitted, and may be done already.
_HELD_IN = {"start": "any", "poll": "get", "page": "page", "commit": "page"}
_SHOWN = 6
# What a rebuild changes the job's condition to, in turn: the answers are the same.
_FILTERS = (None, "productName != 'this'", "productName != 'that'")
# What the owner of the table makes of it, in a schema of his own.
_PLACEMENTS = {
    "partitioned": """
        create schema owner;
        alter table tokenflex.usage rename to usage_plain;
        create table tokenflex.usage (like tokenflex.usage_plain including all) partition by {by};
        {parts}
        insert into tokenflex.usage select * from tokenflex.usage_plain;
        drop table tokenflex.usage_plain""",
    "inherited": """
        create schema owner;
        create table owner.child (like tokenflex.usage including all) inherits (tokenflex.usage);
        with moved as (
            delete from only tokenflex.usage where get_byte(uuid_send(_row_key), 5) < 128 returning *
        ) insert into owner.child select * from moved""",
}
_BY_DAY = """
    create table owner.early partition of tokenflex.usage for values from (minvalue) to ('2026-02-01');
    create table owner.late partition of tokenflex.usage default;"""
_BY_KEY = """
    create table owner.even partition of tokenflex.usage for values with (modulus 2, remainder 0);
    create table owner.odd partition of tokenflex.usage for values with (modulus 2, remainder 1);"""


def unit_of(run):
    """Contract and window of a run."""
    ends = [run["window_start"], run["window_end"]]
    return run["contract_number"], tuple(map(datetime.date.fromisoformat, ends)) if all(ends) else None


class Player:
    """case: an EtlTestCase, with its database, simulator and program."""

    def __init__(self, case, shape, title):
        self._case = case
        self._database = case.database
        self._simulator = case.simulator
        self._etl = case.etl
        self._shape = shape
        self._title = title
        self._story = []
        self._table = Table(shape)
        self._rows_before = {}
        self._run_ids_before = {}
        self._last_run = 0
        self._moments = []  # of nights, whose table can be asked for
        self._filter = 0
        case.etl.write_settings({"run": {"parallel_jobs": 4 if shape.parallel else 1}})

    def place(self):
        """The owner partitions the table, or makes it one that another inherits from."""
        if self._shape.placement == "plain":
            return
        if self._shape.history:
            self._database.execute(f"drop function {TABLE}_as_of(timestamptz)")
        by_day = self._shape.window == BY_DAY
        by, parts = ("range (usage_date)", _BY_DAY) if by_day else ("hash (_row_key)", _BY_KEY)
        self._database.execute(_PLACEMENTS[self._shape.placement].format(by=by, parts=parts))
        self._rows_before = {}
        self._story.append(f"the owner makes the table {self._shape.placement}")

    def _empty(self, contract):
        where = f"where contract_number = '{contract}'"
        self._database.execute(f"delete from {TABLE} {where}" if contract else f"truncate {TABLE}")
        self._table.empty(contract)

    def _touch(self, seed):
        """Some rows are deleted, and of others a number is changed."""
        dice = random.Random(seed)
        keys = [key for key in sorted(self._rows_before, key=str) if key in self._table.rows]
        keys = dice.sample(keys, min(len(keys), dice.randint(1, 3)))
        script = []
        for key in keys:
            row = self._rows_before.pop(key)
            this = f"where _row_key = '{row['_row_key']}' and _run_id = {row['_run_id']}"
            if dice.random() < 0.5:
                self._table.delete(key)
                script.append(f"delete from {TABLE} {this}")
            elif self._table.add(key, "tokensConsumed", decimal.Decimal("0.5")):
                script.append(f"update {TABLE} set tokens_consumed = tokens_consumed + 0.5 {this}")
        self._database.execute(";".join(script))
        self._story[-1] += f" | the owner touches {len(script)} rows"

    def _write_job(self, night):
        where = _FILTERS[self._filter_of(night)]
        job = job_of(self._shape, night.job, where)
        for part, changes in (night.other_grain or {}).items():
            job[part] = {**job[part], **changes}
        self._etl.write_job("usage", **job)

    def _filter_of(self, night):
        return (self._filter + night.rebuild) % len(_FILTERS)

    def _question(self, night):
        return self._filter_of(night), night.job.metrics

    @staticmethod
    def _options(night):
        options = ["--rebuild"] * night.rebuild + ["--accept"] * night.accept
        if night.backfill:
            first, last = night.job.window
            options += ["--from", first.isoformat(), "--to", last.isoformat()]
        return options

    def _skips(self, night, unit):
        """Whether a chunk is finished already."""
        return night.backfill and not night.rebuild and self._table.is_finished(*unit, self._question(night))

    def play(self, night):
        self._story.append(f"{len(self._story)}: " + ", ".join(night.told))
        if night.emptied is not None and self._table.columns:
            self._empty(night.emptied)
        if night.touched is not None and self._table.columns:
            self._touch(night.touched)
        self._write_job(night)
        self._simulator.config(results=night.settings)
        failures = self._failures(night)
        # One that is refused before a request has no moment to crash in.
        for moment, number in () if 78 in failures.values() else night.crashes:
            self._crash(night, moment, signal.Signals[number])
        result = self._etl.run(*self._options(night))
        self._database.wait_until_left()
        observed, taken = self._take_in(night, rebuilt=night.rebuild and not failures)
        self._compare_report(night, result, taken, failures)
        if observed.running:
            self._fail("the run table says that somebody is running", [str(observed.running)], night)
        if night.rebuild and not failures:
            self._filter = self._filter_of(night)
        if night.other_grain or night.rebuild or (night.spoilt and not DUPLICATES_ARE_FORGOTTEN):
            # The queries would be taken up: with the answers of a night that is over.
            self._simulator.request("POST", "/_sim/reset?keep=config")
        self._keep_night()
        if night.crashes:
            # How long the service took is measured across a crash, and later runs would wait for as long.
            self._database.execute("update tokenflex_etl.run set ready_ms = null")

    def _keep_night(self):
        if self._shape.history and self._table.columns:
            self._moments.append(self._database.value("select clock_timestamp()"))
            self._table.keep_night()

    def _failures(self, night):
        """The first chunk of each contract that is not loaded, and the code of each."""
        units = list(night.answers)
        contracts = night.job.contracts
        if night.other_grain or (night.rebuild and not self._table.covers(units)):
            return {unit: 78 for unit in units}
        if night.rebuild:
            # All of the new table or nothing.
            return {unit: 65 for unit in units if night.spoilt}
        firsts = {}
        for unit in units:
            code = 0 if unit[0] in firsts else self._failure(night, unit)
            if code:
                firsts[unit[0]] = unit, code
        self._story[-1] += "".join(f" | {unit} ends with {code}" for unit, code in firsts.values())
        return {unit: code for unit, code in firsts.values() if unit[0] in contracts}

    def _failure(self, night, unit):
        """The code that a chunk ends with, 0 if it does not fail."""
        answer = night.answers[unit]
        if self._skips(night, unit):
            return 0
        if self._table.cuts(answer):
            return 78
        refused = not night.accept and self._table.refuses(answer, night.job.page_size)
        return 65 if refused or unit[0] == night.spoilt else 0

    # Runs.

    def _take_in(self, night, rebuilt=False):
        """What the run table says has been loaded since it was last looked at, taken over by the model; then the table
        is compared. Answers what there is, and (run, counts) of each run; counts are None where it did not succeed."""
        if rebuilt:
            self._moments = []
        # A function that the owner had to drop is there again after the next load.
        is_there = self._moments and self._database.value(f"select to_regproc('{TABLE}_as_of') is not null") == "t"
        observed = Observed(self._database, self._last_run, self._moments if is_there else ())
        self._table.rewritten = False
        if rebuilt:
            self._table.rebuild()
            self._rows_before = {}
        taken = []
        for run in observed.runs:
            counts = None
            unit = unit_of(run)
            self._check_skip(night, run, unit)
            # Before the new table takes the place of the old one nobody sees what it holds.
            if run["status"] == "succeeded" and (rebuilt or not night.rebuild):
                answer = night.answers[unit]
                counts = self._table.apply(answer, int(run["run_id"]), night.job.page_size, self._question(night))
            taken.append((run, counts))
            told = counts or f"{run['status']}: {run['error']}"
            self._story[-1] += f" | run {run['run_id']}, {run['contract_number']}: {told}"
        self._last_run = max([self._last_run, *(int(run["run_id"]) for run, _ in taken)])
        observed.find_keys(self._table)
        wrong = differences(observed, self._table, self._rows_before, self._run_ids_before)
        wrong += differences_of_nights(observed, self._table)
        wrong += self._wrong_restatements(observed, taken)
        wrong += [f"table {name} is left behind" for name in observed.left_behind if rebuilt or not night.rebuild]
        if wrong:
            self._fail("the table differs from the model", wrong, night)
        self._rows_before = observed.rows
        self._run_ids_before = self._table.run_ids()
        return observed, taken

    def _wrong_restatements(self, observed, taken):
        """Each run has recorded what it has changed, and nothing else."""
        wrong = []
        for run, counts in taken:
            run_id = int(run["run_id"])
            expected = self._table.restated.get(run_id, {}) if counts else {}
            found = restated.observed(row for row in observed.restatements if int(row["run_id"]) == run_id)
            wrong += [f"run {run_id} records {found}, not {expected}"] if found != expected else []
        return wrong

    def _check_skip(self, night, run, unit):
        """A chunk is skipped if it is finished, and only then."""
        skipped = run["status"] == "skipped"
        # Of two contracts at a time, one may widen a column between the look at the other's rows and its run.
        is_sure = night.backfill and not (self._shape.parallel and self._table.rewritten)
        if is_sure and run["status"] in ("skipped", "succeeded") and skipped != self._skips(night, unit):
            self._fail("a chunk is skipped that is not finished, or the other way round", [str(run)], night)
        if skipped and not night.backfill:
            self._fail("a night's window is skipped", [str(run)], night)

    def _compare_report(self, night, result, taken, failures):
        """Exit code, counts in the JSON report and in the run table."""
        codes = set(failures.values())
        expected = 1 if len(codes) > 1 else max(codes, default=0)
        wrong = []
        if result.exit_code != expected:
            wrong.append(f"exit code {result.exit_code}, not {expected}: {result.log('error')}")
        of_json = {run["run_id"]: run for run in result.runs}
        done = [unit_of(run) for run, counts in taken if counts or run["status"] == "skipped"]
        if expected == 0 and sorted(done) != sorted(night.answers):
            wrong.append(f"{done} succeeded")
        if failures.keys() & set(done):
            wrong.append(f"{done} succeeded, and one had to fail")
        for run, counts in taken:
            if counts:
                wrong += self._wrong_counts(night, counts, run, "tokenflex_etl.run")
                wrong += self._wrong_counts(night, counts, of_json.get(run["run_id"], {}), "the JSON report")
        if wrong:
            self._fail("the run is not as it has to be", wrong, night)

    @staticmethod
    def _wrong_counts(night, counts, run, place):
        expected = {f"rows_{name}": count for name, count in vars(counts).items()}
        found = {name: run.get(name) for name in expected}
        return [] if found == expected else [f"{place}: {found}, not {expected}"]

    # Crashes.

    def _crash(self, night, moment, number):
        """The run is ended when it is there; where its answers or the table have no such moment, in a poll."""
        left = [unit for unit in night.answers if not self._skips(night, unit)]
        if not left:
            return
        # The chunks of a contract come one after the other.
        firsts = {contract: window for contract, window in reversed(left)}
        pages = {unit[0]: -(-len(night.answers[unit].rows) // night.job.page_size) for unit in firsts.items()}
        contract = max(pages, key=pages.get)
        has_moment = self._table.columns if moment == "merge" else _HELD_IN[moment] != "page" or pages[contract] > 1
        moment = moment if has_moment else "poll"
        locker = self._lock(TABLE) if moment == "merge" else None
        if not locker:
            kind = _HELD_IN[moment]
            nth = pages[contract] - 1 if kind == "page" else 1
            self._simulator.script({"on": kind, "nth": nth, "contract": contract, "hold": True})
        running = self._etl.start_run(*self._options(night))
        if not locker:
            self._simulator.wait_for_held()
        if moment == "commit":
            locker = self._lock("tokenflex_etl.run")
            self._simulator.script()
            self._simulator.release()
        if locker:
            self._database.wait_until(_WAITS_FOR_A_LOCK)
        running.signal(number)
        result = running.wait()
        if locker:
            locker.close()
        self._simulator.script()
        self._simulator.release()
        self._database.wait_until_left()
        self._story[-1] += f" | {number.name} in {moment}"
        expected = -signal.SIGKILL if number == signal.SIGKILL else 75
        if result.exit_code != expected:
            wrong = f"exit code {result.exit_code}, not {expected}: {result.log('error')}"
            self._fail("the end is not as it has to be", [wrong], night)
        self._take_in(night)

    def _lock(self, table):
        locker = self._database.session()
        self._case.addCleanup(locker.close)
        locker.execute(f"begin; lock table {table} in share row exclusive mode;")
        return locker

    # Failures.

    def _fail(self, what, wrong, night):
        """With what it takes to see it again."""
        lines = [f"{what}, in {self._title}", "The history so far:", *(f"  {line}" for line in self._story)]
        lines += [f"The first of {len(wrong)}:", *(f"  {line:.2000}" for line in wrong[:_SHOWN])]
        lines.append(f"The job: {json.dumps(job_of(self._shape, night.job, _FILTERS[self._filter_of(night)]), ensure_ascii=False)}")
        lines.append(f"The service: {json.dumps(night.settings)[:6000]}")
        raise AssertionError("\n".join(lines))
