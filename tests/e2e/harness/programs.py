"""Where the programs are, and how a process is begun and ended."""

import ctypes
import os
import pathlib
import select
import signal
import subprocess

SOURCE = pathlib.Path(os.environ.get("TOKENFLEX_SOURCE") or pathlib.Path(__file__).resolve().parents[3])
BUILD = pathlib.Path(os.environ.get("TOKENFLEX_BUILD") or SOURCE / "build" / "debug")

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn(arguments, **options):
    """A process that does not outlive this one, not even when this one is killed."""
    return subprocess.Popen(arguments, preexec_fn=_die_with_parent, **options)


def await_end(process, timeout_s):
    """The exit code, negative for a signal; AssertionError when it has not ended in time."""
    pidfd = os.pidfd_open(process.pid)
    try:
        if not select.select([pidfd], [], [], timeout_s)[0]:
            raise AssertionError(f"{process.args[0]} has not ended within {timeout_s} s")
    finally:
        os.close(pidfd)
    return process.wait()


def end(process, timeout_s=10):
    """Ends a process of ours that may have ended already."""
    if process.poll() is None:
        process.terminate()
        try:
            await_end(process, timeout_s)
        except AssertionError:
            process.kill()
            process.wait()
            raise
