"""The table as it is, and how it differs from what it has to be."""

import datetime
import decimal
import json

from .columns import identity
from .shape import SNAPSHOTS

TABLE = "tokenflex.usage"

_COLUMNS = f"""
select json_agg(json_build_array(attname, format_type(atttypid, atttypmod)) order by attnum)
  from pg_attribute where attrelid = '{TABLE}'::regclass and attnum > 0 and not attisdropped
"""
_ROWS = f"""
select coalesce(json_agg(row_to_json(x)), '[]')
  from (select t.*, t.ctid::text as "_ctid", t.xmin::text as "_xmin",
               coalesce(t._synced_at between r.started_at and r.finished_at, false) as "_timely"
          from {TABLE} t left join tokenflex_etl.run r on r.run_id = t._run_id) x
"""
_RESTATEMENTS = """
select coalesce(json_agg(row_to_json(r)), '[]') from tokenflex_etl.restatement r where run_id > {after}
"""
_NIGHT = f"(select coalesce(json_agg(row_to_json(t)), '[]') from {TABLE}_as_of('{{moment}}') t)"
_STATE = f"""
select json_build_object(
    'runs', (select coalesce(json_agg(row_to_json(r) order by finished_at), '[]')
               from tokenflex_etl.run r where run_id > {{after}}),
    'running', (select count(*) from tokenflex_etl.run where status = 'running'),
    'left_behind', (select coalesce(json_agg(n.nspname || '.' || c.relname), '[]')
                      from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where c.relpersistence = 't' and c.relkind <> 't'
                        or n.nspname in ('tokenflex', 'public') and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
                           and c.oid is distinct from to_regclass('{TABLE}')
                           and not (c.relispartition and c.relname ~ '^usage_p[0-9_]+$')
                           and c.relname !~ '^usage_history($|_by_)'))
"""


class Observed:
    """What there is. moments: those of nights whose table is asked for."""

    def __init__(self, database, last_run, moments=()):
        def read(query):
            # Numbers exactly as they are.
            return json.loads(database.value(query), parse_int=decimal.Decimal, parse_float=decimal.Decimal)

        # Not all of the tables are there in the beginning.
        there = database.has_table(TABLE)
        state = read(_STATE.format(after=last_run))
        self.layout = [tuple(column) for column in read(_COLUMNS)] if there else []
        self.runs = state["runs"]  # later than last_run, in the order in which they ended
        self.running = int(state["running"])
        self.left_behind = state["left_behind"]
        self.restatements = read(_RESTATEMENTS.format(after=last_run)) if there else []
        of_nights = ", ".join(_NIGHT.format(moment=moment) for moment in moments)
        self.nights = read(f"select json_build_array({of_nights})") if moments else []
        self.rows = {}
        self.twice = []
        self._all = read(_ROWS) if there else []

    def find_keys(self, table):
        """Gives the rows their keys, as the model has them."""
        for row in self._all:
            key = self._key(row, table)
            if key in self.rows:
                self.twice.append(key)
            self.rows[key] = row

    def of_night(self, number, table):
        """The rows of an earlier night, by key; and how many there are."""
        rows = self.nights[number]
        return {self._key(row, table): row for row in rows}, len(rows)

    @staticmethod
    def _key(row, table):
        shape = table.shape
        window = None
        if shape.window == SNAPSHOTS:
            window = tuple(datetime.date.fromisoformat(row[end]) for end in ("window_start", "window_end"))
        # Where the table is not as it has to be there may be no such column.
        columns = [table.columns[name].name for name in shape.key_fields if name in table.columns]
        fields = tuple(identity(row.get(column)) for column in columns)
        return (row["contract_number"], window, fields, int(row["_run_id"]) if shape.mode == "append" else None)


def _shown(row):
    return {name: str(value) if isinstance(value, decimal.Decimal) else value for name, value in row.items()}


def differences(observed, table, rows_before, run_ids_before):
    """What is wrong with the table, in words, first things first."""
    wrong = []
    expected_layout = table.layout() if table.columns else []
    layout = [column for column in observed.layout if column[0] != "_row_key"]
    if layout != expected_layout:
        wrong.append(f"columns are {layout}, not {expected_layout}")
    wrong += [f"comes twice: {key}" for key in observed.twice]
    expected = table.image()
    wrong += [f"is missing: {_shown(row)}" for key, row in expected.items() if key not in observed.rows]
    wrong += [f"is too many: {_shown(row)}" for key, row in observed.rows.items() if key not in expected]
    for key, row in expected.items():
        wrong += _wrong_cells(row, observed.rows.get(key))
    for key, run_id in table.run_ids().items():
        is_untouched = run_ids_before.get(key) == run_id
        if is_untouched and key in observed.rows and key in rows_before:
            wrong += _touched(rows_before[key], observed.rows[key], table.rewritten)
    return wrong


def differences_of_nights(observed, table):
    """What is wrong with the table as it was on earlier nights."""
    wrong = []
    for number in range(len(observed.nights)):
        rows, count = observed.of_night(number, table)
        expected = table.image(table.nights[number])
        if count != len(rows) or rows.keys() != expected.keys():
            wrong.append(f"night {number} has {count} rows, {len(rows.keys() ^ expected.keys())} of them others than then")
        for key, row in expected.items():
            told = _other_cells(row, rows.get(key, row))
            wrong += [f"night {number} differs: {'; '.join(told)}: {_shown(row)}"] if told else []
    return wrong


def _other_cells(expected, row):
    wrong = [name for name, value in expected.items() if name not in row or row[name] != value]
    return [f"{name} is {row.get(name)!s:.200}, not {expected[name]!s:.200}" for name in wrong]


def _wrong_cells(expected, row):
    if row is None:
        return []
    told = _other_cells(expected, row)
    if not row["_timely"]:
        told.append(f"_synced_at is {row['_synced_at']}, not within the run")
    return [f"differs: {'; '.join(told)}: {_shown(row)}"] if told else []


def _touched(before, now, rewritten):
    names = ["_run_id", "_synced_at"] if rewritten else ["_run_id", "_synced_at", "_ctid", "_xmin"]
    wrong = [name for name in names if before[name] != now[name]]
    return [f"an unchanged row was written: {wrong} of {_shown(before)}, now {_shown(now)}"] if wrong else []
