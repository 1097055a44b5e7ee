"""Plays nights with the program, the simulator and PostgreSQL, and holds the table against the model after each."""

import json
import signal

from . import DUPLICATES_ARE_FORGOTTEN
from .model import Table
from .observed import TABLE, Observed, differences
from .shape import BY_DAY, job_of

_WAITS_FOR_A_LOCK = """
    exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
               and application_name like 'tokenflex-etl%')
"""
# A query that is taken up after another crash is not submitted, and may be done already.
_HELD_IN = {"start": "any", "poll": "get", "page": "page", "commit": "page"}
_SHOWN = 6
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
    create table owner.early partition of tokenflex.usage for values from (minvalue) to ('2026-01-05');
    create table owner.late partition of tokenflex.usage default;"""
_BY_KEY = """
    create table owner.even partition of tokenflex.usage for values with (modulus 2, remainder 0);
    create table owner.odd partition of tokenflex.usage for values with (modulus 2, remainder 1);"""


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
        case.etl.write_settings({"run": {"parallel_jobs": 4 if shape.parallel else 1}})

    def place(self):
        """The owner partitions the table, or makes it one that another inherits from."""
        if self._shape.placement == "plain":
            return
        by_day = self._shape.window == BY_DAY
        by, parts = ("range (usage_date)", _BY_DAY) if by_day else ("hash (_row_key)", _BY_KEY)
        self._database.execute(_PLACEMENTS[self._shape.placement].format(by=by, parts=parts))
        self._rows_before = {}
        self._story.append(f"the owner makes the table {self._shape.placement}")

    def _empty(self, contract):
        where = f"where contract_number = '{contract}'"
        self._database.execute(f"delete from {TABLE} {where}" if contract else f"truncate {TABLE}")
        self._table.empty(contract)

    def play(self, night):
        self._story.append(f"{len(self._story)}: " + ", ".join(night.told))
        job = job_of(self._shape, night.job)
        if night.emptied is not None and self._table.columns:
            self._empty(night.emptied)
        for part, changes in (night.other_grain or {}).items():
            job[part] = {**job[part], **changes}
        self._etl.write_job("usage", **job)
        self._simulator.config(results=night.settings)
        cut = [contract for contract, answer in night.answers.items() if self._table.cuts(answer)]
        refused = [
            contract
            for contract, answer in night.answers.items()
            if contract not in cut and self._table.refuses(answer, night.job.page_size)
        ]
        if refused:
            self._story[-1] += f" | too many rows vanish: {refused}"
        if cut:
            self._story[-1] += f" | the window cuts another: {cut}"
        # One that is refused before a request has no moment to crash in.
        for moment, number in () if cut else night.crashes:
            self._crash(night, moment, signal.Signals[number])
        result = self._etl.run()
        self._database.wait_until_left()
        observed, taken = self._take_in(night)
        self._compare_report(night, result, taken, self._failures(night, refused, cut))
        if observed.running:
            self._fail("the run table says that somebody is running", [str(observed.running)], night)
        if night.other_grain or (night.spoilt and not DUPLICATES_ARE_FORGOTTEN):
            # The queries would be taken up: with the answers of a night that is over.
            self._simulator.request("POST", "/_sim/reset?keep=config")
        if night.crashes:
            # How long the service took is measured across a crash, and later runs would wait for as long.
            self._database.execute("update tokenflex_etl.run set ready_ms = null")

    # Runs.

    def _take_in(self, night):
        """What the run table says has been loaded since it was last looked at, taken over by the model; then the table
        is compared. Answers what there is, and (run, counts) of each run; counts are None where it did not succeed."""
        observed = Observed(self._database, self._last_run)
        self._table.rewritten = False
        taken = []
        for run in observed.runs:
            counts = None
            if run["status"] == "succeeded":
                answer = night.answers[run["contract_number"]]
                counts = self._table.apply(answer, int(run["run_id"]), night.job.page_size)
            taken.append((run, counts))
            told = counts or f"{run['status']}: {run['error']}"
            self._story[-1] += f" | run {run['run_id']}, {run['contract_number']}: {told}"
        self._last_run = max([self._last_run, *(int(run["run_id"]) for run, _ in taken)])
        observed.find_keys(self._table)
        wrong = differences(observed, self._table, self._rows_before, self._run_ids_before)
        wrong += [f"table {name} is left behind" for name in observed.left_behind]
        if wrong:
            self._fail("the table differs from the model", wrong, night)
        self._rows_before = observed.rows
        self._run_ids_before = self._table.run_ids()
        return observed, taken

    @staticmethod
    def _failures(night, refused, cut):
        """The contracts that are not loaded, and the code of each."""
        if night.other_grain:
            return dict.fromkeys(night.job.contracts, 78)
        return dict.fromkeys(filter(None, (night.spoilt, *refused)), 65) | dict.fromkeys(cut, 78)

    def _compare_report(self, night, result, taken, failures):
        """Exit code, counts in the JSON report and in the run table."""
        codes = set(failures.values())
        expected = 1 if len(codes) > 1 else max(codes, default=0)
        wrong = []
        if result.exit_code != expected:
            wrong.append(f"exit code {result.exit_code}, not {expected}: {result.log('error')}")
        of_json = {run["run_id"]: run for run in result.runs}
        succeeded = [run["contract_number"] for run, counts in taken if counts]
        if expected == 0 and sorted(succeeded) != sorted(night.job.contracts):
            wrong.append(f"{succeeded} succeeded")
        if failures.keys() & set(succeeded):
            wrong.append(f"{succeeded} succeeded, and one had to fail")
        for run, counts in taken:
            if counts:
                wrong += self._wrong_counts(night, counts, run, "tokenflex_etl.run")
                wrong += self._wrong_counts(night, counts, of_json.get(run["run_id"], {}), "the JSON report")
        if wrong:
            self._fail("the run is not as it has to be", wrong, night)

    @staticmethod
    def _wrong_counts(night, counts, run, place):
        expected = {f"rows_{name}": count for name, count in vars(counts).items()}
        if night.job.window:
            expected |= {f"window_{end}": day.isoformat() for end, day in zip(("start", "end"), night.job.window)}
        found = {name: run.get(name) for name in expected}
        return [] if found == expected else [f"{place}: {found}, not {expected}"]

    # Crashes.

    def _crash(self, night, moment, number):
        """The run is ended when it is there; where its answers or the table have no such moment, in a poll."""
        pages = {contract: -(-len(one.rows) // night.job.page_size) for contract, one in night.answers.items()}
        contract = max(pages, key=pages.get)
        has_moment = self._table.columns if moment == "merge" else _HELD_IN[moment] != "page" or pages[contract] > 1
        moment = moment if has_moment else "poll"
        locker = self._lock(TABLE) if moment == "merge" else None
        if not locker:
            kind = _HELD_IN[moment]
            nth = pages[contract] - 1 if kind == "page" else 1
            self._simulator.script({"on": kind, "nth": nth, "contract": contract, "hold": True})
        running = self._etl.start_run()
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
        lines.append(f"The job: {json.dumps(job_of(self._shape, night.job), ensure_ascii=False)}")
        lines.append(f"The service: {json.dumps(night.settings)[:6000]}")
        raise AssertionError("\n".join(lines))
