"""The measurements as one table: text for people, Markdown for the README."""

_HEADINGS = ["rows", "load", "by", "seconds", "rows/s", "WAL MB", "CPU s", "peak MiB", "× (a)", "WAL/(a)"]
_LEFT = {"load", "by"}


def _rate(rate):
    return f"{rate:,.0f}" if rate < 10000 else f"{round(rate, -2):,.0f}"


def _share(one, other):
    return f"{100 * one / other:.1f} %" if other else "-"


def line(rows, case, contender, measured, reference=None):
    """reference: of (a), where there is one."""
    return [
        f"{rows:,}",
        case,
        contender,
        f"{measured.seconds:.2f}",
        _rate(rows / measured.seconds),
        f"{measured.wal_bytes / 1e6:.1f}",
        f"{measured.cpu_seconds:.2f}",
        f"{measured.peak_bytes / 2**20:.1f}",
        f"{reference.seconds / measured.seconds:.2f}" if reference else "-",
        _share(measured.wal_bytes, reference.wal_bytes) if reference else "-",
    ]


def _markdown(lines):
    marks = [":--" if heading in _LEFT else "--:" for heading in _HEADINGS]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [_HEADINGS, marks, *lines])


def _text(lines):
    widths = [max(len(cells[i]) for cells in [_HEADINGS, *lines]) for i in range(len(_HEADINGS))]

    def put(cells):
        padded = [
            cell.ljust(width) if heading in _LEFT else cell.rjust(width)
            for cell, width, heading in zip(cells, widths, _HEADINGS)
        ]
        return "  ".join(padded).rstrip()

    texts = [put(_HEADINGS)]
    before = None
    for cells in lines:
        if before and cells[:2] != before:
            texts.append("")
        before = cells[:2]
        texts.append(put(cells))
    return "\n".join(texts)


def table(lines, markdown):
    return _markdown(lines) if markdown else _text(lines)
