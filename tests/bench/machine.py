"""The shape of the machine and of the server, without which no number means anything."""

import os
import re

_SETTINGS = ["shared_buffers", "max_wal_size", "fsync", "synchronous_commit", "work_mem", "wal_compression"]


def _processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        found = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.MULTILINE)
    return found[1] if found else os.uname().machine


def _memory_gib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def describe(database):
    """Lines of text."""
    version = database.value("show server_version")
    values = [f"{name} {database.value(f'show {name}')}" for name in _SETTINGS]
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return [
        f"{os.cpu_count()} processors ({_processor()}), {_memory_gib():.0f} GiB of memory, Linux {os.uname().release};"
        f" load average at the end {load}.",
        f"PostgreSQL {version}, the same for all, as it is by default but for shared_buffers: {', '.join(values)}.",
        "MB are 10^6 bytes. Seconds are wall time of the whole program; CPU and peak memory are the program's own,"
        " without server and simulator, both of which share the machine.",
    ]
