"""Grafana's dashboards, and their queries as Grafana would send them."""

import json
import re

_MACRO = re.compile(r"\$__(\w+)(?:\(([^()]*)\))?")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def panels(dashboard):
    """All of them, rows too, with those in collapsed rows."""
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def queries(dashboard):
    """Of each panel its title and its queries' texts."""
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield panel["title"], target.get("rawSql") or target["expr"]


def _macro(name, arguments, begin, end):
    """What Grafana's PostgreSQL data source makes of a macro: its documentation, "Macros"."""
    column = arguments[0] if arguments else ""
    if name == "timeFilter":
        return f"{column} BETWEEN '{begin}' AND '{end}'"
    if name in ("timeGroup", "timeGroupAlias"):
        number, unit = re.fullmatch(r"'(\d+)([smhd])'", arguments[1]).groups()
        seconds = int(number) * _UNITS[unit]
        group = f"floor(extract(epoch from {column})/{seconds})*{seconds}"
        return group + (' AS "time"' if name == "timeGroupAlias" else "")
    if name in ("timeFrom", "timeTo"):
        return f"'{begin if name == 'timeFrom' else end}'"
    raise AssertionError(f"no macro is named $__{name}")


def sql(text, begin, end, variables):
    """The statement with its macros and variables replaced; lists are those of variables with several values."""

    def variable(found):
        value = variables[found[1]]
        return ",".join(f"'{item}'" for item in value) if isinstance(value, list) else value

    text = _MACRO.sub(
        lambda found: _macro(found[1], [part.strip() for part in (found[2] or "").split(",")], begin, end), text
    )
    return re.sub(r"\$(\w+)", variable, text)


def metrics(expression):
    """The metrics of the program that a PromQL expression names."""
    return set(re.findall(r"tokenflex_etl_\w+", expression))
