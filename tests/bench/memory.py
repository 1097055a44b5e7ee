"""memory.py BYTES: takes so much memory, touches all of it, and gives it back.

The host of a virtual machine may take back memory that is free for some seconds, and give it again page by page when it is
used. That can take a second of a load of seven, more or less by chance. With --touch-memory each load finds as much memory
as it needs touched just before. On a machine that keeps its memory this changes nothing.
"""

import mmap
import os
import subprocess
import sys

_BYTES_OF_ONE_ROW = 3000  # psql's stage, table, index and WAL take about half of that


def _free_bytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")


def touch_memory(rows):
    """As much as a load of so many rows may need, at most half of what is free."""
    size = min(rows * _BYTES_OF_ONE_ROW, _free_bytes() // 2)
    if size == 0:
        return
    subprocess.run([sys.executable, "-I", "-S", __file__, str(size)], check=True)


def main():
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE
    mmap.mmap(-1, int(sys.argv[1]), flags=flags).close()


if __name__ == "__main__":
    main()
