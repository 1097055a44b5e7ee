"""A value as the service writes it."""

import dataclasses
import decimal
import json
import re

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@dataclasses.dataclass(frozen=True)
class Cell:
    kind: str  # null, number, text
    text: str = ""

    @property
    def is_null(self):
        """Empty text is null in every path."""
        return self.kind == "null" or (self.kind == "text" and not self.text)

    @property
    def is_number(self):
        return self.kind == "number"

    @property
    def holds_number(self):
        return self.is_number or (self.kind == "text" and _NUMBER.fullmatch(self.text) is not None)

    def raw(self, ascii_only=False):
        """As JSON."""
        if self.kind == "text":
            return json.dumps(self.text, ensure_ascii=ascii_only)
        return self.text if self.is_number else "null"


NULL = Cell("null")


def number(text):
    return Cell("number", text)


def text(value):
    return Cell("text", value)


def digits(source):
    """A number's digits as numeric keeps them: no exponent, zeros behind the point as they were written."""
    shown = format(decimal.Decimal(source), "f")
    return shown[1:] if shown.startswith("-") and not shown.strip("-0.") else shown


def canonical(source):
    """The one form that equal numbers share."""
    shown = digits(source)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def respelled(source, dice):
    """The same number, written otherwise."""
    plain = canonical(source)
    with decimal.localcontext() as context:
        context.prec = 500
        value = decimal.Decimal(plain)
        shift = dice.choice((-3, -2, -1, 1, 2, 3))
        mantissa = format(value.scaleb(-shift), "f")
    zeros = "0" * dice.randint(1, 3)
    return dice.choice(
        (
            plain,
            plain + zeros if "." in plain else f"{plain}.{zeros}",
            f"{mantissa}{dice.choice('eE')}{shift}",
            f"{mantissa}{dice.choice('eE')}{shift:+d}",
        )
    )
