"""A machine to install on: this one's files under an overlay in memory, in a mount namespace that ends with the test.

What is written there is seen by nobody else, and is gone with it; the network, and directories that are asked for, are
those of the machine.
"""

import os
import pathlib
import subprocess
import tempfile

from .programs import HANG_S, end, spawn

_ENTER = """\
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/machine"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/machine"
for directory in proc dev; do
    mount --rbind "/$directory" "$1/machine/$directory"
done
mount -t tmpfs tmpfs "$1/machine/run"
for directory in $2; do
    mkdir -p "$1/machine$directory"
    mount --bind "$directory" "$1/machine$directory"
done
echo ready
exec cat
"""


class Root:
    """Needs root, and a kernel that lets it; `problem` says why there is none."""

    def __init__(self, *shared):
        self.problem = None
        self._base = tempfile.TemporaryDirectory(prefix="tokenflex-root.")
        if os.geteuid() != 0:
            self.problem = "only root may mount"
            return
        self._process = spawn(
            ["unshare", "--mount", "sh", "-euc", _ENTER, "sh", self._base.name, " ".join(shared)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if self._process.stdout.readline() != "ready\n":
            self.problem = self._process.stderr.read().strip()

    def _inside(self, *command):
        return ["nsenter", f"--mount=/proc/{self._process.pid}/ns/mnt", *command]

    def run(self, *command, **environment):
        """A command in there, with nothing but these variables."""
        return subprocess.run(
            self._inside("chroot", f"{self._base.name}/machine", *command),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )

    def run_well(self, *command, **environment):
        done = self.run(*command, **environment)
        if done.returncode != 0:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def write(self, path, text):
        self.run_well("sh", "-euc", 'mkdir -p "${1%/*}"; printf %s "$2" >"$1"', "sh", path, text)

    def exists(self, path):
        return self.run("test", "-e", path).returncode == 0

    def copy_in(self, file, path):
        subprocess.run(self._inside("cp", str(file), f"{self._base.name}/machine{path}"), check=True, timeout=HANG_S)

    def changed(self):
        """The files that are new in there, or others than on the machine, or gone from it."""
        found = subprocess.run(
            self._inside("find", f"{self._base.name}/upper", "!", "-type", "d", "-printf", "/%P\\n"),
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=True,
        )
        return sorted(pathlib.PurePosixPath(line) for line in found.stdout.splitlines())

    def close(self):
        if os.geteuid() == 0:
            self._process.stdin.close()
            end(self._process)
            self._process.stdout.close()
            self._process.stderr.close()
        self._base.cleanup()
