"""Random values: what people type, and every way to write a number."""

import datetime

from . import cells
from .columns import DATE, INTEGER, NUMERIC, TEXT, TIMESTAMP

# Of two months and three weeks.
FIRST_DAY = datetime.date(2026, 1, 27)
DAYS = 10

# No text here is a time, and only catalogued text columns hold text that is a number.
TEXTS = (
    "ann", "bob", "Bob", "BOB", " bob", "bob ", "O'Brien", 'say "hi"', "tab\there", "back\\slash", "line\nend",
    "cr\r\nlf", "\\N", "\\.", "\\", "\\\\N", "NULL", "null", "地理", "emoji 😀", "caf\u00e9", "cafe\u0301", "a,b",
    "{}", '{"a": [1]}', "%s $1 ''; --", "\u0001\u001f\u007f", "\ufeffbom", "\u2028", "\ufffe", "60", "60.0",
    "2026-01-01", "true", "x" * 3000, "İß",
)  # fmt: skip
CODES = ("A-17", "north", "0042", "4 2", "-", "1,5", "٤٢", "NaN", "Infinity", "0x10", "\\N", "soon")
INTEGERS = (
    "0", "1", "2", "3", "10", "42", "60", "99", "-7", "9007199254740993", "9223372036854775807", "-9223372036854775808",
)  # fmt: skip
DECIMALS = (
    "0.1", "12.5", "1.5", "-3.25", "0.0000001", "18446744073709551616", "123456789012345678901234567890.123456789",
    "0.1000000000000000055511151231257827", "-99999999999999999999999999999999999999.99",
)  # fmt: skip
TIMES = ("16:24:53", "00:00:01", "23:59:59", "08:00:00.5", "12:30:45.123456")

# How wide the values of an unknown name may be, narrow to wide.
LADDERS = {
    "costCenter": (INTEGER, NUMERIC, TEXT),
    "creditsBurned": (INTEGER, NUMERIC, TEXT),
    "bookedOn": (DATE, TIMESTAMP, TEXT),
}


class Values:
    def __init__(self, dice, plain, numbers_in_text_keys):
        self._dice = dice
        # How often a number of an unknown name is not written as plain digits, from which its type is inferred. Never,
        # if it has to be written so that it is the same text in any type of column.
        self._oddity = 0.0 if plain else dice.choice((0.0, 0.1, 0.5))
        self._plain = plain
        self._numbers_in_text_keys = numbers_in_text_keys

    def _chance(self, share):
        return self._dice.random() < share

    def null(self):
        return self._dice.choice((cells.NULL, cells.text("")))

    def day(self):
        return FIRST_DAY + datetime.timedelta(days=self._dice.randrange(DAYS))

    def number(self, source, oddity=0.6):
        return cells.number(cells.respelled(source, self._dice) if self._chance(oddity) else source)

    def of(self, name, level, in_key):
        """Any value of a name; level is the widest type that an unknown name's value may need."""
        if name == "usageDate":
            return cells.text(self.day().isoformat())
        if self._chance(0.15):
            return self.null()
        if name == "productName":
            return cells.text(self._dice.choice(("Maya", "AutoCAD", "3ds Max")))
        if name in ("userName", "customField1"):
            return self._text(in_key)
        if name in LADDERS:
            return self.unknown(self._dice.choice(LADDERS[name][: LADDERS[name].index(level) + 1]), level, in_key)
        return self._metric(name)

    def _text(self, in_key):
        if self._chance(0.1) and (self._numbers_in_text_keys or not in_key):
            return self.number(self._dice.choice(INTEGERS + DECIMALS))
        return cells.text(self._dice.choice(TEXTS))

    def _metric(self, name):
        source = self._dice.choice(INTEGERS if name == "useCount" else INTEGERS + DECIMALS)
        spelled = self.number(source)
        return cells.text(spelled.text) if self._chance(0.1) else spelled

    def unknown(self, kind, level, in_key):
        """A value that needs just this type."""
        if kind in (INTEGER, NUMERIC) and level == TEXT and in_key and not self._numbers_in_text_keys:
            kind = TEXT
        if kind == INTEGER:
            return self.number(self._dice.choice(INTEGERS), self._oddity)
        if kind == NUMERIC:
            return self.number(self._dice.choice(DECIMALS), self._oddity)
        if kind == TEXT:
            return cells.text(self._dice.choice(CODES))
        day = self.day().isoformat()
        return cells.text(day if kind == DATE else f"{day}T{self._dice.choice(TIMES)}")

    def respelled(self, name, cell):
        """The same value, written otherwise."""
        if cell.is_null:
            return self.null()
        if cell.is_number and not (self._plain and name in LADDERS):
            return self.number(cell.text, oddity=1.0)
        return cell
