"""launch.py REPORT COMMAND…: runs a command and writes what it took, as JSON, to the file REPORT.

A program of its own, and a small one: what a process has used at most is never less than what the process that started
it had.
"""

import os
import signal
import sys
import time


def main():
    report, *command = sys.argv[1:]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    began = time.monotonic()
    pid = os.posix_spawn(command[0], command, os.environ, setsigmask=set())
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    _, status, usage = os.wait4(pid, 0)
    seconds = time.monotonic() - began
    with open(report, "w", encoding="utf-8") as file:
        file.write(
            f'{{"exit_code": {os.waitstatus_to_exitcode(status)}, "seconds": {seconds},'
            f' "cpu_seconds": {usage.ru_utime + usage.ru_stime}, "peak_bytes": {usage.ru_maxrss * 1024}}}\n'
        )


main()
