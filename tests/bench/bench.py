"""tokenflex-etl beside psql and a scripted loader, on the same rows and the same server: see run.sh.

Each contender makes each load `--repeat` times, taking turns, so that a busy spell of the machine meets all of them;
medians are shown. (a) reads a CSV file, all others get the rows over HTTP from the simulator, parsing included.
"""

import argparse
import os
import pathlib
import signal
import sys
import tempfile
import types

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import curve  # noqa: E402
import growth  # noqa: E402
import history_cost  # noqa: E402
import json_c  # noqa: E402
import machine  # noqa: E402
import report  # noqa: E402
import statements  # noqa: E402
import workload  # noqa: E402
from contenders import PeerCopy, PeerValues, Psql, Tool, ToolByExport  # noqa: E402
from harness import Database, Simulator  # noqa: E402
from measure import measure, median  # noqa: E402

LATE_MS, LATE_PAGES, LATE_PAGE_ROWS = 100, 100, 1000
PEER_ROWS = 100_000  # execute_values takes minutes for a million


def say(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    """What the contenders share."""

    def __init__(self, directory, build, repeat, touches_memory):
        server = types.SimpleNamespace(host=os.environ["PGHOST"], port=os.environ["PGPORT"], user=os.environ["PGUSER"])
        self.directory = pathlib.Path(directory)
        self.build = build
        self.repeat = repeat
        self.touches_memory = touches_memory
        self.database = Database(server, os.environ["PGDATABASE"])
        self.simulator = Simulator(build)
        self.csv = None
        self.tool, self.by_export = Tool(self), ToolByExport(self)
        self.table = self._learn_table()
        self.psql, self.peers = Psql(self), [PeerCopy(self), PeerValues(self)]

    def _learn_table(self):
        """How the tool makes the table, from a few rows; its own schema is made on the way."""
        self.simulator.config(**workload.FIRST.settings(100))
        self.tool.begin_round()
        self.tool.next_load(workload.FIRST).run()
        return statements.read_table(self.database, self.tool.table)

    def serve(self, case, rows):
        self.csv = workload.write_csv(self.build / "tokenflex-sim", case, rows, self.directory)
        self.simulator.config(**case.settings(rows))

    def one_load(self, contender, case, rows):
        touched_rows = rows if self.touches_memory else 0
        measured, output = measure(contender.next_load(case), self.database, touched_rows)
        contender.check(output, case, rows)
        say(f"    {case.name:17} {contender.name:19} {measured.seconds:7.2f} s")
        return measured

    def one_round(self, contenders, rows, results):
        """Every load of every contender; RuntimeError when their tables are not the same in the end."""
        for contender in contenders:
            contender.begin_round()
        for case in workload.CASES:
            self.serve(case, rows)
            for contender in contenders:
                if case is workload.MONTH:
                    contender.begin_month()
                results.setdefault((case.name, contender.name), []).append(self.one_load(contender, case, rows))
            found = {
                contender.name: self.database.row(statements.fingerprint(self.table, contender.table))
                for contender in contenders
            }
            if len(set(found.values())) != 1:
                raise RuntimeError(f"{case.name}: not everybody has loaded the same: {found}")

    def loads(self, rows, with_peers):
        """The table's lines for one number of rows, and what json-c alone would take."""
        contenders = [self.psql, self.tool, self.by_export, *(self.peers if with_peers else [])]
        results = {}
        for number in range(self.repeat):
            say(f"==> {rows:,} rows, {number + 1} of {self.repeat}, load average {os.getloadavg()[0]:.1f}")
            self.one_round(contenders, rows, results)
        lines = []
        for case in workload.CASES:
            reference = median(results[case.name, self.psql.name])
            for contender in contenders:
                measured = median(results[case.name, contender.name])
                lines.append(report.line(case.row_count(rows), case.name, contender.name, measured, reference))
        own = median(results[workload.FIRST.name, self.tool.name]).cpu_seconds
        self.serve(workload.FIRST, rows)
        parsing, speed = json_c.parsing_seconds(self.simulator, rows)
        note = (
            f"{rows:,} rows: json-c alone parses them in {parsing:.2f} s of processor time ({speed:.0f} MB/s);"
            f" the tool's first load takes {own / parsing:.2f} times that in all."
        )
        return lines, note

    def late_pages(self):
        """First loads over a line with latency."""
        rows = LATE_PAGES * LATE_PAGE_ROWS
        self.serve(workload.FIRST, rows)
        self.simulator.config(latency_ms=LATE_MS)
        results, in_flight = {}, {}
        for number in range(self.repeat):
            say(f"==> {LATE_PAGES} pages at {LATE_MS} ms, {number + 1} of {self.repeat}")
            # A script that asks for one page after the other always takes what the pages take together.
            for contender in [self.tool] + ([self.peers[0]] if number == 0 else []):
                contender.begin_round()
                self.simulator.reset_stats()
                measured, _ = measure(contender.next_load(workload.FIRST, LATE_PAGE_ROWS), self.database)
                in_flight[contender.name] = self.simulator.stats["max_in_flight"]
                results.setdefault(contender.name, []).append(measured)
                say(f"    {contender.name:19} {measured.seconds:7.2f} s")
        self.simulator.config(latency_ms=0)
        case = f"{LATE_PAGES} pages, {LATE_MS} ms each"
        lines = [report.line(rows, case, name, median(found)) for name, found in results.items()]
        notes = [f"{count} by {name}" for name, count in in_flight.items()]
        return lines, f"{case}: at most in flight at once: {', '.join(notes)}."

    def close(self):
        self.tool.etl.close()
        self.by_export.etl.close()
        self.simulator.stop()


def read_arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh", description="Measures tokenflex-etl beside psql.")
    parser.add_argument("rows", nargs="*", type=int, default=[100_000, 1_000_000], metavar="ROWS")
    parser.add_argument("--markdown", action="store_true", help="the table as Markdown")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="medians of so many (3)")
    parser.add_argument(
        "--peers-everywhere", action="store_true", help=f"the scripts for more than {PEER_ROWS:,} rows too"
    )
    parser.add_argument(
        "--touch-memory", action="store_true", help="before each load of the table touch the memory that it needs"
    )
    parser.add_argument("--growth", action="store_true", help="only how time grows with rows, without psql")
    parser.add_argument(
        "--curve", action="store_true", help="only nights beside a table of 0 to ROWS rows (30000000), and a backfill"
    )
    parser.add_argument("--history", action="store_true", help="only what a history costs")
    return parser.parse_args()


def tell_growth(bench):
    say(f"==> Growth, {bench.repeat} times")
    return [str(grown) for grown in growth.measure_growth(bench)]


def tell_history(bench, rows):
    say(f"==> History, {rows:,} rows, {bench.repeat} times")
    return [str(cost) for cost in history_cost.measure_history(bench, rows)]


def tell_curve(bench, max_rows):
    say(f"==> Tables of up to {max_rows:,} rows, {bench.repeat} times")
    return [str(point) for point in curve.measure_curve(bench, max_rows)]


def run(bench, arguments):
    lines, notes = [], []
    for rows in arguments.rows:
        more, note = bench.loads(rows, rows <= PEER_ROWS or arguments.peers_everywhere)
        lines += more
        notes.append(note)
    more, note = bench.late_pages()
    notes += tell_growth(bench)
    notes += tell_history(bench, max(arguments.rows))
    print(report.table(lines + more, arguments.markdown))
    print()
    for text in [*notes, note, *machine.describe(bench.database)]:
        print(f"- {text}" if arguments.markdown else text)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = read_arguments()
    build = pathlib.Path(os.environ["TOKENFLEX_RELEASE_BUILD"])
    with tempfile.TemporaryDirectory(prefix="tokenflex-bench.") as directory:
        bench = Bench(directory, build, arguments.repeat, arguments.touch_memory)
        try:
            if arguments.growth:
                print("\n".join(tell_growth(bench)))
            elif arguments.curve:
                print("\n".join(tell_curve(bench, max(arguments.rows))))
            elif arguments.history:
                for rows in arguments.rows:
                    print("\n".join(tell_history(bench, rows)))
            else:
                run(bench, arguments)
        finally:
            bench.close()


main()
