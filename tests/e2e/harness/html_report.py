"""The HTML report, as people read it without scripts: its sections with their tables, and the figures of its charts."""

import dataclasses
import decimal
import html.parser
import json

_VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclasses.dataclass
class Cell:
    text: str = ""
    below: str = ""  # in small type
    title: str = None  # of a label

    @property
    def number(self):
        """None for a value that is not known."""
        return number(self.text)


@dataclasses.dataclass
class Table:
    heads: list
    rows: list  # of lists of Cell
    kinds: list  # the class of each row

    def column(self, head):
        place = self.heads.index(head)
        return [row[place] for row in self.rows]

    @property
    def texts(self):
        return [[cell.text for cell in row] for row in self.rows]


@dataclasses.dataclass
class Section:
    """A section of a contract (None: the overview, or a page without a contract)."""

    contract: str
    title: str = ""
    text: str = ""  # all of it, but for tables
    tables: list = dataclasses.field(default_factory=list)
    charts: list = dataclasses.field(default_factory=list)  # their figures

    @property
    def table(self):
        (table,) = self.tables
        return table


def number(text):
    """A figure of the page as an exact number."""
    plain = text.replace(",", "").removesuffix(" %").removeprefix("+")
    return None if plain == "–" else decimal.Decimal(plain)


class _Parser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.sections = []
        self.scripts = []
        self.policy = None
        self.open = []
        self._contract = None
        self._heading = None
        self._cell = None
        self._attributes = {}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        elif tag == "article":
            self._contract = attributes.get("id")
        elif tag == "section":
            self.sections.append(Section(self._contract))
        elif tag in ("h2", "h3"):
            self._heading = ""
        elif tag == "table":
            self.sections[-1].tables.append(Table([], [], []))
        elif tag == "tr" and "tbody" in self.open:
            self.sections[-1].tables[-1].rows.append([])
            self.sections[-1].tables[-1].kinds.append(attributes.get("class", ""))
        elif tag in ("th", "td"):
            self._cell = Cell()
        elif tag == "bdi" and self._cell and "title" in attributes:
            self._cell.title = attributes["title"]
        elif tag == "script":
            self.scripts.append([attributes.get("type"), ""])

    def handle_endtag(self, tag):
        self.open.pop()
        if tag == "article":
            self._contract = None
        elif tag == "h3":
            self.sections[-1].title = self._heading
            self._heading = None
        elif tag == "h2":
            if "section" in self.open:
                self.sections[-1].title = self._heading
            self._heading = None
        elif tag in ("th", "td"):
            table = self.sections[-1].tables[-1]
            if self._cell.title is None:
                self._cell.text = self._cell.text.strip()
            if "thead" in self.open:
                table.heads.append(self._cell.text)
            else:
                table.rows[-1].append(self._cell)
            self._cell = None
        elif tag == "script" and self.scripts[-1][0] == "application/json":
            self.sections[-1].charts.append(json.loads(self.scripts[-1][1], parse_float=decimal.Decimal))

    def handle_data(self, data):
        if self.open[-1:] == ["script"]:
            self.scripts[-1][1] += data
        elif self._cell is not None and "small" in self.open:
            self._cell.below += data
        elif self._cell is not None:
            self._cell.text += data
        elif self._heading is not None:
            self._heading += data
        elif "section" in self.open:
            self.sections[-1].text += data


class HtmlReport:
    def __init__(self, text):
        parser = _Parser()
        parser.feed(text)
        parser.close()
        if parser.open:
            raise AssertionError(f"not closed: {parser.open}")
        self.text = text
        self.sections = parser.sections
        self.scripts = parser.scripts
        self.policy = parser.policy

    def section(self, title, contract="contract-1"):
        """The one whose title begins so."""
        (found,) = [one for one in self.sections if one.contract == contract and one.title.startswith(title)]
        return found

    def titles(self, contract="contract-1"):
        return [one.title for one in self.sections if one.contract == contract]
