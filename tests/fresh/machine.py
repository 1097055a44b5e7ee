"""Machines that hold nothing but Debian's base: a root made by debootstrap, entered by pivot_root, gone after the test.

The processes in there have a mount and a process namespace of their own; the network is this machine's.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(os.environ.get("TOKENFLEX_SOURCE") or pathlib.Path(__file__).resolve().parents[2])
BUILD = pathlib.Path(os.environ.get("TOKENFLEX_BUILD") or SOURCE / "build" / "debug")

# The longest step, a build on a busy machine, takes a fraction of it.
HANG_S = 1800

SUITE = "bookworm"
_MIRROR = "http://deb.debian.org/debian"

_ENTER = """\
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
mount --rbind /dev dev
shift 2
for directory; do
    mkdir -p ".$directory"
    mount --bind "$directory" ".$directory"
done
mkdir -p machine
pivot_root . machine
umount --lazy /machine
rmdir /machine
echo ready
exec cat
"""


def _apt_sources():
    """Those of this machine that are Debian's own: name and text of each file."""
    etc = pathlib.Path("/etc/apt")
    files = [etc / "sources.list", *(etc / "sources.list.d").glob("*")]
    return [
        (path.relative_to(etc), path.read_text(encoding="utf-8"))
        for path in files
        if path.is_file() and re.search(rf"{SUITE}\b", text := path.read_text(encoding="utf-8")) and "debian" in text
        and "archive-keyring" in text
    ]


def _mirror():
    for _, text in _apt_sources():
        found = re.search(r"(https?://\S+/debian)/?\s", text)
        if found:
            return found[1]
    return _MIRROR


def base_root():
    """The directory with Debian's base, made once; TOKENFLEX_BASE_ROOT names another one."""
    if "TOKENFLEX_BASE_ROOT" in os.environ:
        return pathlib.Path(os.environ["TOKENFLEX_BASE_ROOT"])
    base = BUILD / "fresh" / SUITE
    if not base.exists():
        unfinished = base.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", SUITE, str(unfinished), _mirror()], check=True, timeout=HANG_S
        )
        for name, text in _apt_sources():
            (unfinished / "etc/apt/sources.list").write_text("", encoding="utf-8")
            (unfinished / "etc/apt" / name).write_text(text, encoding="utf-8")
        unfinished.rename(base)
    return base


def copy_sources(directory):
    """What a user has who has unpacked the sources: the files that git knows, without git."""
    listed = subprocess.run(["git", "-C", str(SOURCE), "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name and (SOURCE / name).exists()]
    else:
        files = (path.relative_to(SOURCE) for path in SOURCE.rglob("*") if path.is_file())
        names = [str(path) for path in files if path.parts[0] not in ("build", ".git")]
    for name in names:
        target = pathlib.Path(directory) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(SOURCE / name, target)


class Machine:
    def __init__(self, *shared):
        self._work = tempfile.TemporaryDirectory(prefix="tokenflex-fresh.", ignore_cleanup_errors=True)
        for name in ("upper", "work", "root"):
            (pathlib.Path(self._work.name) / name).mkdir()
        os.chmod(self._work.name, 0o755)
        os.chmod(self.path("/"), 0o755)
        for file in ("resolv.conf", "hosts"):
            self.path("/etc").mkdir(exist_ok=True)
            shutil.copy(f"/etc/{file}", self.path(f"/etc/{file}"))
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", _ENTER, "sh"]
            + [str(base_root()), self._work.name, *shared],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("no machine could be made")
        children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        self._first = children.read_text(encoding="ascii").split()[0]

    def path(self, path):
        """Where a file that the machine has made, or is to have, is seen from here; before it is there too."""
        return pathlib.Path(f"{self._work.name}/upper{path}")

    def start(self, script, **environment):
        """A shell script in there, with nothing but these variables."""
        command = ["nsenter", "--target", self._first, "--mount", "--pid", "--root", "--wdns=/"]
        return subprocess.Popen(
            [*command, "/bin/sh", "-euc", script],
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, script, **environment):
        """Exit code and what was said."""
        process = self.start(script, **environment)
        try:
            said, _ = process.communicate(timeout=HANG_S)
        finally:
            process.kill()
        return process.returncode, said

    def run_well(self, script, **environment):
        began = time.monotonic()
        code, said = self.run(script, **environment)
        if code != 0:
            raise AssertionError(f"{script}: {code}\n{said}")
        print(f"{time.monotonic() - began:7.1f} s  {script.splitlines()[0]}", flush=True)
        return said

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._work.cleanup()


_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def readme_lines(begin):
    """The commands of README's block that begins so, without their comments."""
    text = (SOURCE / "README.md").read_text(encoding="utf-8")
    (block,) = [block for block in _BLOCK.findall(text) if block.startswith(begin)]
    return [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]
