"""Hosts of their own, in network namespaces, around this process as the server's host. As root alone.

Namespaces and links have no name outside, and are gone with the processes that live in them.
"""

import ctypes
import os
import pathlib
import shutil
import subprocess
import time

from . import programs

_CLONE_NEWNET = 0x40000000


def why_not():
    """Why this machine cannot have such hosts; None where it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [name for name in ("ip", "unshare", "nsenter") if not shutil.which(name)]
    if missing:
        return f"there is no {missing[0]}"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode != 0:
        return "this machine allows no network namespaces"
    return None


def leave_network():
    """From now on this thread, and what it starts, has a network of its own, with nothing in it."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    _ip("link", "set", "lo", "up")


def _ip(*arguments, host=()):
    subprocess.run([*host, "ip", *arguments], check=True, capture_output=True)


def _network_of(process):
    return pathlib.Path(f"/proc/{process}/ns/net").readlink()


class Host:
    """Number 1 to 254: it knows the server's host, which it is linked to, as `server`."""

    def __init__(self, number):
        self.server = f"10.77.{number}.1"
        self._link = f"host{number}"
        self._process = programs.spawn(["unshare", "--net", "sleep", "infinity"])
        deadline = time.monotonic() + programs.HANG_S
        while _network_of(self._process.pid) == _network_of("self"):
            if time.monotonic() > deadline:
                raise AssertionError("unshare has made no network")
            time.sleep(0.01)
        self.launcher = ("nsenter", "--target", str(self._process.pid), "--net")
        _ip("link", "add", self._link, "type", "veth", "peer", "name", "uplink", "netns", str(self._process.pid))
        self._open(self._link, f"{self.server}/24")
        self._open("uplink", f"10.77.{number}.2/24", self.launcher)
        _ip("link", "set", "lo", "up", host=self.launcher)

    @staticmethod
    def _open(link, address, host=()):
        _ip("address", "add", address, "dev", link, host=host)
        _ip("link", "set", link, "up", host=host)

    def cut(self):
        """From now on nothing that either side sends arrives, and nobody is told."""
        _ip("link", "set", "uplink", "down", host=self.launcher)

    def stop(self):
        """The kernel deletes the network of a process that has ended at some later time, but the link at once."""
        _ip("link", "delete", self._link)
        programs.end(self._process)
