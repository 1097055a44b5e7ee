"""The SQL that everybody writes: a stage, and an INSERT … ON CONFLICT by all fields that touches changed rows alone.

The table is made as tokenflex-etl makes it, read off one that it has made, but for its identity: here that is the plain
unique index on the fields in their order.
"""

import dataclasses

from workload import CONTRACT, FIELDS, METRICS

_COLUMNS = """
    select attname, format_type(atttypid, atttypmod), coalesce(collname, ''), case when attnotnull then 'not null' end
      from pg_attribute left join pg_collation on pg_collation.oid = attcollation and collname <> 'default'
     where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
     order by attnum
"""
_OF_A_LOAD = {"_run_id", "_synced_at"}


@dataclasses.dataclass
class Table:
    """definitions: {column: its type and what goes with it}; fields and metrics name columns, in the result's order."""

    definitions: dict
    fields: list
    metrics: list

    @property
    def columns(self):
        return self.fields + self.metrics


def read_table(database, made_by_the_tool):
    definitions = {}
    for name, type_name, collation, not_null in database.rows(_COLUMNS.format(table=made_by_the_tool)):
        words = [type_name, f'collate "{collation}"' if collation else "", not_null or ""]
        if not name.startswith("_") or name in _OF_A_LOAD:
            definitions[name] = " ".join(word for word in words if word)
    names = [name for name in definitions if name != "contract_number" and name not in _OF_A_LOAD]
    if len(names) != len(FIELDS) + len(METRICS):
        raise RuntimeError(f"{made_by_the_tool} has the columns {', '.join(names)}, which are not those asked for")
    return Table(definitions, names[: len(FIELDS)], names[len(FIELDS) :])


def create_table(table, name):
    columns = ", ".join(f"{column} {definition}" for column, definition in table.definitions.items())
    return (
        f"create table {name} ({columns});\n"
        f"create unique index on {name} ({', '.join(table.fields)}) nulls not distinct;\n"
    )


def create_stage(table):
    columns = ", ".join(f"{column} {table.definitions[column]}" for column in table.columns)
    return f"create temporary table stage ({columns}) on commit drop;\n"


def upsert(table, name, source):
    """source: what brings the values of a row, the contract before them, run and time behind them."""
    changed = ", ".join(f"excluded.{metric}" for metric in table.metrics)
    current = ", ".join(f"{name}.{metric}" for metric in table.metrics)
    return (
        f"insert into {name} (contract_number, {', '.join(table.columns)}, _run_id, _synced_at) {source}"
        f" on conflict ({', '.join(table.fields)}) do update"
        f" set ({', '.join(table.metrics)}, _run_id, _synced_at) = ({changed}, excluded._run_id, excluded._synced_at)"
        f" where ({current}) is distinct from ({changed})"
    )


def upsert_from_stage(table, name, run_id):
    return upsert(table, name, f"select '{CONTRACT}', {', '.join(table.columns)}, {run_id}, now() from stage")


def nine_months_before(table, name, key):
    """Fills the nine months before the first quarter, each with its first ten days' rows. key: the tool's own columns."""
    shifted = [f"({column} - 31 * months)::date" if column == "usage_date" else column for column in table.columns]
    return (
        f"insert into {name} (contract_number, {', '.join(table.columns + list(key))}, _run_id, _synced_at)"
        f" select contract_number, {', '.join(shifted + list(key.values()))}, _run_id, _synced_at"
        f" from {name}, generate_series(1, 9) as months where usage_date between '2026-01-01' and '2026-01-10';\n"
    )


def fingerprint(table, name):
    """What is the same for all who have loaded the same rows."""
    sums = ", ".join(f"sum({metric})::text" for metric in table.metrics)
    return f"select count(*), {sums} from {name}"
