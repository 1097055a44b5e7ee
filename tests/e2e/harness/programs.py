"""Where the programs are, and how a process is begun and ended."""

import ctypes
import os
import pathlib
import select
import shutil
import signal
import subprocess

SOURCE = pathlib.Path(os.environ.get("TOKENFLEX_SOURCE") or pathlib.Path(__file__).resolve().parents[3])
BUILD = pathlib.Path(os.environ.get("TOKENFLEX_BUILD") or SOURCE / "build" / "debug")

# Of tests/support/promtool.sh; None where there is none.
PROMTOOL = shutil.which("promtool") or shutil.which(SOURCE / "build" / "promtool" / "promtool")

# Whatever is waited for has come by then, or never will: a guard against what hangs, far beyond what the busiest machine
# needs, and no promise of anything. The simulator holds a request for longer.
HANG_S = 300

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn(arguments, **options):
    """A process that does not outlive this one, not even when this one is killed."""
    return subprocess.Popen(arguments, preexec_fn=_die_with_parent, **options)


def await_end(process):
    """The exit code, negative for a signal; AssertionError when it hangs."""
    if process.poll() is not None:
        return process.returncode
    pidfd = os.pidfd_open(process.pid)
    try:
        if not select.select([pidfd], [], [], HANG_S)[0]:
            raise AssertionError(f"{process.args[0]} has not ended within {HANG_S} s")
    finally:
        os.close(pidfd)
    return process.wait()


def end(process):
    """Ends a process of ours that may have ended already."""
    if process.poll() is None:
        process.terminate()
        try:
            await_end(process)
        except AssertionError:
            process.kill()
            process.wait()
            raise
