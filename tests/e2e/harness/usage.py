"""Usage and contract records of which a test knows every figure, in the tables that the shipped jobs make."""

import datetime

from .programs import SOURCE

DESKTOP = "daily_product_usage"
CLOUD = "cloud_usage"
YEARS = "contract_years"

_DETAIL = '{"contractNumber": "11000000001", "contractName": "Example", "contractYears": []}'


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def day(ahead):
    """The day so many days from today, as ISO text."""
    return (today() + datetime.timedelta(days=ahead)).isoformat()


class Usage:
    """Makes the tables by running the jobs, and then replaces what is in them."""

    def __init__(self, etl, database, simulator, jobs=(DESKTOP, CLOUD, YEARS), history=()):
        self._database = database
        simulator.script({"on": "contract", "times": -1, "status": 200, "body": _DETAIL})
        for file in ("contracts.yaml", f"{DESKTOP}.yaml", f"{CLOUD}.yaml"):
            text = (SOURCE / "jobs" / file).read_text(encoding="utf-8")
            if file.removesuffix(".yaml") in history:
                text = text.replace("target:\n", "target:\n  history: true\n")
            etl.write_job_text(file, text)
        etl.run_well(*jobs)
        self._tables = [table for table in jobs if table != YEARS]
        for table in self._tables:
            database.execute(f"delete from tokenflex.{table}; delete from tokenflex_etl.target_filter")

    def add_year(self, contract, start, end, left, year=1, **columns):
        """Days are counted from today; columns beside them: those of the table. None: not known."""
        names = ["contract_number", "year", "start_date", "end_date", "remaining_tokens", *columns]
        days = [None if ahead is None else day(ahead) for ahead in (start, end)]
        values = ["null" if value is None else f"'{value}'" for value in (contract, year, *days, left, *columns.values())]
        self._database.execute(
            f"insert into tokenflex.{YEARS} ({', '.join(names)}, _row_key, _run_id, _synced_at)"
            f" values ({', '.join(values)}, gen_random_uuid(), 1, now())"
        )

    def add_days(self, contract, tokens, table=DESKTOP, covered=None):
        """tokens: of each day, by the days from today. covered: the first and the last day that were loaded; else all
        from the first of them to yesterday."""
        self._add({contract: tokens}, table, covered)

    def add_all(self, contracts, table=DESKTOP):
        """Of many contracts at once: the days of each, all of them loaded until yesterday."""
        self._add(contracts, table, None)

    def _add(self, contracts, table, covered):
        rows, spans = "", []
        for contract, tokens in contracts.items():
            rows += "".join(f"{contract}\t{day(ahead)}\t{value}\n" for ahead, value in tokens.items())
            first, last = covered or (min(tokens), -1)
            spans.append(f"('{contract}', daterange('{day(first)}', '{day(last + 1)}'))")
        category = ("usage_category, ", "'CLOUD_SERVICE', ") if table == CLOUD else ("", "")
        asked = "{CLOUD_PRODUCT,CLOUD_SERVICE}" if table == CLOUD else "{DESKTOP_PRODUCT}"
        self._database.execute(
            f"create temporary table given (c text, d date, t numeric); copy given from stdin;\n{rows}\\.\n"
            f"insert into tokenflex.{table} (contract_number, usage_date, product_name, user_name, tokens_consumed,"
            f" {category[0]}_row_key, _run_id, _synced_at)"
            f" select c, d, 'AutoCAD', 'ann', t, {category[1]}gen_random_uuid(), 1, d + interval '1 day 1 hour' from given;"
            "insert into tokenflex_etl.target_filter (target_id, contract_number, job, filter, usage_categories, covered)"
            f" select target_id, c, table_name, '', '{asked}', datemultirange(days) from tokenflex_etl.target,"
            f" (values {', '.join(spans)}) as span (c, days) where table_name = '{table}'"
            " on conflict (target_id, contract_number) do update set covered = excluded.covered;"
        )
