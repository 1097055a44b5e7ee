"""What a column makes of a value: types, their inference and widening (interface.md §3 and §4, design.md §5)."""

import dataclasses
import decimal
import re

from .cells import canonical, digits

INTEGER = "bigint"
NUMERIC = "numeric"
DATE = "date"
TIMESTAMP = "timestamp without time zone"
TEXT = "text"

# Of the names that histories use, those of the catalogue; all others are unknown. What unknown fields hold is inferred,
# and unknown metrics begin as numbers.
CATALOGUE = {
    "usageDate": DATE,
    "productName": TEXT,
    "userName": TEXT,
    "customField1": TEXT,
    "tokensConsumed": NUMERIC,
    "usageHours": NUMERIC,
    "useCount": INTEGER,
}
UNKNOWN_METRICS = {"creditsBurned": NUMERIC}

_LOOSE = re.compile(r"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t]*")
_WHOLE = re.compile(r"-?[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?")
_MIDNIGHT = "T00:00:00"


@dataclasses.dataclass
class Column:
    api_name: str
    name: str
    type: str
    in_key: bool


def column_name(api_name, rename):
    """In snake_case unless renamed; of the names used here none has two capitals in a row."""
    return rename.get(api_name) or re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), api_name)


def _in_64_bits(value):
    return -(2**63) <= value < 2**63


def _narrowest(cell):
    """The narrowest type of a cell that is not null."""
    if cell.is_number:
        is_integer = _WHOLE.fullmatch(cell.text) and _in_64_bits(int(cell.text))
        return INTEGER if is_integer else NUMERIC
    if _DAY.fullmatch(cell.text):
        return DATE
    return TIMESTAMP if _TIME.fullmatch(cell.text) else TEXT


def _fits(cell, column_type, is_metric):
    if cell.is_null or column_type == TEXT:
        return True
    # In a metric it is a number however it is written; in a field 0042 is a code.
    holds_number = cell.holds_number or (is_metric and _LOOSE.fullmatch(cell.text) is not None)
    if column_type == NUMERIC:
        return holds_number
    if column_type == INTEGER:
        # 60.0 is the whole number 60.
        return holds_number and "." not in canonical(cell.text) and _in_64_bits(int(canonical(cell.text)))
    if cell.is_number:
        return False
    day = cell.text.removesuffix(_MIDNIGHT) if column_type == DATE else cell.text
    return _DAY.fullmatch(day) is not None or (column_type == TIMESTAMP and _TIME.fullmatch(day) is not None)


def _joined(one, other):
    """The narrowest type that holds the values of both."""
    if one == other:
        return one
    for wider, narrower in ((NUMERIC, INTEGER), (TIMESTAMP, DATE)):
        if {one, other} == {wider, narrower}:
            return wider
    return TEXT


def infer(cells):
    """The type of a new column of an unknown name; None where all is null."""
    inferred = None
    for cell in cells:
        if not cell.is_null:
            inferred = _joined(inferred or _narrowest(cell), _narrowest(cell))
    return inferred


def widened(column_type, cells, is_metric):
    """The column's type once it holds these values too."""
    for cell in cells:
        if not _fits(cell, column_type, is_metric):
            column_type = _joined(column_type, _narrowest(cell))
    return column_type


def _as_timestamp(iso):
    if _DAY.fullmatch(iso):
        return iso + _MIDNIGHT
    return iso.rstrip("0").rstrip(".") if "." in iso else iso


def stored(cell, column):
    """What the column holds for a cell that fits: Decimal, text or None."""
    if cell.is_null:
        return None
    if column.type == INTEGER:
        return decimal.Decimal(canonical(cell.text))
    if column.type == NUMERIC:
        # Zeros behind the point are kept as they were written; an exponent writes none.
        exponent = int(cell.text.lower().partition("e")[2] or 0)
        return decimal.Decimal(canonical(cell.text) if exponent else digits(cell.text))
    if column.type == DATE:
        return cell.text.removesuffix(_MIDNIGHT)
    if column.type == TIMESTAMP:
        return _as_timestamp(cell.text)
    return canonical(cell.text) if cell.is_number and column.in_key else cell.text


def converted(value, column, wider):
    """What becomes of a value that is in the column when the column's type becomes a wider one."""
    if value is None or column.type == wider:
        return value
    if column.type in (INTEGER, NUMERIC):
        if wider == NUMERIC:
            return value
        return canonical(str(value)) if column.in_key else digits(str(value))
    if wider == TIMESTAMP:
        return _as_timestamp(value)
    return value.removesuffix(_MIDNIGHT) if column.in_key else value


def identity(value):
    """What a key column's value contributes to its row's identity, whatever the column's type: null is a value."""
    if isinstance(value, decimal.Decimal):
        return canonical(str(value))
    return value.removesuffix(_MIDNIGHT) if value and _TIME.fullmatch(value) else value
