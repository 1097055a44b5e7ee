"""Where the programs are, and how a process is begun and ended."""

import contextlib
import os
import pathlib
import select
import shutil
import signal
import subprocess

SOURCE = pathlib.Path(os.environ.get("TOKENFLEX_SOURCE") or pathlib.Path(__file__).resolve().parents[3])
BUILD = pathlib.Path(os.environ.get("TOKENFLEX_BUILD") or SOURCE / "build" / "debug")

# What users install, for tests that the sanitizers would distort; None where there is no such build.
RELEASE_BUILD = os.environ.get("TOKENFLEX_RELEASE_BUILD")
# The build whose program is tested: with the sanitizers, or what users install (tests/support/tests.cmake).
TESTED_BUILD = pathlib.Path(RELEASE_BUILD) if RELEASE_BUILD and os.environ.get("TOKENFLEX_AS_INSTALLED") else BUILD

# Of tests/support/promtool.sh; None where there is none.
PROMTOOL = shutil.which("promtool") or shutil.which(SOURCE / "build" / "promtool" / "promtool")

# Whatever is waited for has come by then, or never will: a guard against what hangs, far beyond what the busiest machine
# needs, and no promise of anything. The simulator holds a request for longer.
HANG_S = 300

_SETPRIV = shutil.which("setpriv")


def spawn(arguments, env=None, **options):
    """A process that does not outlive this one, not even when this one is killed. setpriv sees to that: for a function of
    ours between fork and exec, Python would copy this whole process, which takes several times as long."""
    launcher = [_SETPRIV, "--pdeathsig", "KILL"]
    if env and "LD_PRELOAD" in env:
        env = dict(env)
        launcher += ["env", f"LD_PRELOAD={env.pop('LD_PRELOAD')}"]
    process = subprocess.Popen([*launcher, *arguments], env=env, **options)
    process.args = arguments
    return process


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


def read_to_end(terminal):
    """What is left of the output of processes that have ended, on a terminal whose other side nobody has open any more."""
    left = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(terminal, 65536):
            left += chunk
    return left.decode()


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
