"""What a file of etl/ may include. Prints what breaks the rules; exits 1 where something does.

- A header is named with its layer. A file of etl/LAYER includes its own layer and those below it.
- The libraries' headers are included in etl/wire alone; the simulator includes nothing of the product.
- NAME_inner.h belongs to the module NAME, and only files of its own folder include it.
- The includes of modules make no circle. A module is a path without its .c, .h or _inner.h: what either file includes,
  the module includes.
"""

import collections
import pathlib
import re
import sys
from typing import NamedTuple

# cli and reference are programs: layers.cmake does not list them.
GENERATOR = "reference"  # a program of the build, which writes JSON
PROGRAMS = ["cli", "reference"]
LIBRARIES = re.compile(r"(curl/|json-c/|yaml\.h|libpq-fe\.h|zlib\.h)")
# Headers that the build makes, and the layers that may include them: None for all.
MADE = {"version.h": None, "sql/statements.h": ("state", "load")}


class Include(NamedTuple):
    """A line of a file."""

    file: str  # etl/run/fetch.c
    line: int
    name: str  # run/fetch.h
    quoted: bool

    def __str__(self):
        return f"{self.file}:{self.line}: includes {self.name}"


def includes(root, folder):
    for path in sorted((root / folder).rglob("*.[ch]")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*(["<])([^">]+)', text)
            if found:
                yield Include(path.relative_to(root).as_posix(), number, found[2], found[1] == '"')


def layers_of(root):
    """Lowest first."""
    text = (root / "etl/cmake/layers.cmake").read_text(encoding="utf-8")
    return re.search(r"set\(TOKENFLEX_LAYERS ([^)]*)\)", text)[1].split() + PROGRAMS


def folder_of(name):
    return name.rpartition("/")[0]


def module_of(name):
    return re.sub(r"(_inner)?\.[ch]$", "", name)


def fault_of(include, layers):
    """Why a file of the product may not include this, or None."""
    own = include.file.split("/")[1]
    if not include.quoted:
        may_know = own in ("wire", GENERATOR)
        return None if may_know or not LIBRARIES.match(include.name) else "only wire/ knows the libraries"
    layer = include.name.split("/")[0]
    if include.name in MADE:
        allowed = MADE[include.name]
        return None if allowed is None or own in allowed else "only " + " and ".join(allowed) + " know the SQL"
    if layer == include.name:
        return "a header is named with its layer"
    if layer not in layers:
        return "this is no layer"
    if own in layers and layers.index(layer) > layers.index(own):
        return "this is an upper layer"
    if include.name.endswith("_inner.h") and include.file.split("/")[1:-1] != include.name.split("/")[:-1]:
        return "an inner header is for its own folder"
    return None


def graph_of(found):
    """By module, the modules that it includes and the first line that does so."""
    graph = collections.defaultdict(dict)
    for include in found:
        module = module_of(include.file.removeprefix("etl/"))
        included = module_of(include.name)
        if include.quoted and included != module:
            graph[module].setdefault(included, include)
    return graph


def shortest_way(graph, begin, end):
    """The includes that lead from one module to another; None where none do."""
    ways = {begin: []}
    queue = collections.deque([begin])
    while queue:
        module = queue.popleft()
        for included, include in graph.get(module, {}).items():
            way = ways[module] + [include]
            if included == end:
                return way
            if included not in ways:
                ways[included] = way
                queue.append(included)
    return None


def circles(graph):
    """For each module in a circle, the shortest of its circles; a circle once."""
    seen = set()
    for module in sorted(graph):
        way = shortest_way(graph, module, module)
        modules = frozenset(module_of(include.name) for include in way or [])
        if way and modules not in seen:
            seen.add(modules)
            yield way


def faults(root):
    layers = layers_of(root)
    found = list(includes(root, "etl"))
    for include in found:
        why = fault_of(include, layers)
        if why:
            yield f"{include}: {why}"
    for include in includes(root, "tests/sim"):
        if include.quoted and include.name.split("/")[0] in layers:
            yield f"{include}: the simulator shares no code with the product"
    for way in circles(graph_of(found)):
        yield "a circle of modules:\n" + "\n".join(f"    {include}" for include in way)


def main():
    broken = list(faults(pathlib.Path(__file__).parents[2]))
    for fault in broken:
        print(fault)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
