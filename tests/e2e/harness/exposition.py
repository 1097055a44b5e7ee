"""Prometheus' text exposition format, read strictly: what the textfile collector takes, and the rules of good names.

As `promtool check metrics` has it; where there is a promtool (tests/support/promtool.sh), it is asked too.
"""

import re
import subprocess

from .programs import PROMTOOL

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_HELP = re.compile(rf"# HELP ({_NAME}) (\S.*)")
_TYPE = re.compile(rf"# TYPE ({_NAME}) (counter|gauge)")
_SAMPLE = re.compile(rf"({_NAME})(?:{{(.*)}})? (\S+)")
_LABEL = re.compile(r'([a-z][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
_VALUE = re.compile(r"[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf)|NaN")
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}

# Labels that a scrape adds by itself.
_TAKEN = {"job", "instance", "le", "quantile"}
_UNITS = {"milliseconds", "ms", "minutes", "hours", "days", "kilobytes", "percent"}


class Bad(AssertionError):
    pass


def _labels(text):
    labels = {}
    at = 0
    while at < len(text or ""):
        label = _LABEL.match(text, at)
        if not label or label[1] in labels or label[1] in _TAKEN:
            raise Bad(f"labels: {text}")
        labels[label[1]] = re.sub(r'\\[\\"n]', lambda escape: _ESCAPES[escape[0]], label[2])
        at = label.end()
    return labels


class Metrics:
    """The samples of a file; Bad where it is not as it should be."""

    def __init__(self, text):
        self.samples = {}
        self.types = {}
        self._helped = set()
        self._current = None
        if not text.endswith("\n") or "\r" in text or "\n\n" in text:
            raise Bad("lines end with one newline each, the last one too")
        for line in text[:-1].split("\n"):
            try:
                self._take(line)
            except Bad as bad:
                raise Bad(f"{line}: {bad}") from None
        if set(self.types) != {name for name, _ in self.samples} or set(self.types) != self._helped:
            raise Bad("each metric has help, type and samples")

    def _take(self, line):
        if line.startswith("#"):
            self._take_head(line)
            return
        sample = _SAMPLE.fullmatch(line)
        if not sample or not _VALUE.fullmatch(sample[3]):
            raise Bad("no sample")
        name, labels = sample[1], _labels(sample[2])
        if name != self._current or name not in self.types:
            raise Bad("a metric's samples stand together, under its type")
        series = (name, frozenset(labels.items()))
        if series in self.samples:
            raise Bad("twice")
        self.samples[series] = float(sample[3])

    def _take_head(self, line):
        helped, typed = _HELP.fullmatch(line), _TYPE.fullmatch(line)
        if helped and helped[1] not in self._helped:
            self._helped.add(helped[1])
            self._current = None
        elif typed and typed[1] in self._helped and typed[1] not in self.types:
            self.types[typed[1]] = typed[2]
            self._current = typed[1]
            self._check_name(*typed.groups())
        else:
            raise Bad("no help or type, or twice, or not in this order")

    @staticmethod
    def _check_name(name, kind):
        words = name.split("_")
        if (kind == "counter") != (words[-1] == "total") or _UNITS & set(words) or name != name.lower():
            raise Bad("a bad name")
        if "timestamp" in words and not name.endswith("_timestamp_seconds"):
            raise Bad("a bad name of a moment")

    def value(self, name, **labels):
        return self.samples[("tokenflex_etl_" + name, frozenset(labels.items()))]

    def has(self, name, **labels):
        return ("tokenflex_etl_" + name, frozenset(labels.items())) in self.samples

    def labels(self, name):
        """The label sets of a metric, as dicts, in no order."""
        return [dict(labels) for of, labels in self.samples if of == "tokenflex_etl_" + name]


def read(text):
    metrics = Metrics(text)
    if PROMTOOL:
        checked = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        if checked.returncode != 0 or checked.stdout or checked.stderr:
            raise Bad(f"promtool: {checked.stdout}{checked.stderr}")
    return metrics
