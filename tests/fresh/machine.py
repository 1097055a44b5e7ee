"""Machines that hold nothing but Debian's base: a root made by debootstrap, entered by pivot_root, gone after the test.

The processes in there have a mount and a process namespace of their own; the network is this machine's.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

SOURCE = pathlib.Path(os.environ.get("TOKENFLEX_SOURCE") or pathlib.Path(__file__).resolve().parents[2])
BUILD = pathlib.Path(os.environ.get("TOKENFLEX_BUILD") or SOURCE / "build" / "debug")

# The longest step, a build on a busy machine, takes a fraction of it.
HANG_S = 1800

SUITE = "bookworm"
_MIRROR = "http://deb.debian.org/debian"

_MOUNT = """\
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
"""

_PIVOT = """\
shift 2
while [ $# -gt 0 ]; do
    mkdir -p ".$2"
    mount --bind "$1" ".$2"
    shift 2
done
mkdir -p machine
pivot_root . machine
umount --lazy /machine
rmdir /machine
echo ready
"""

_ENTER = f"""{_MOUNT}mount --rbind /dev dev
{_PIVOT}exec cat
"""

# systemd as the first process, with devices and a hierarchy of control groups of its own. In a container it leaves mounts
# as they are, but a service's credentials are a mount that has to propagate.
_BOOT = f"""{_MOUNT}mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs dev
for device in null zero full random urandom tty; do
    touch dev/$device
    mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
{_PIVOT}mount --make-rshared /
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=null \
    --show-status=no --unit=multi-user.target
"""

# Namespaces, as unshare and nsenter name them.
_OWN = ("--mount", "--pid", "--cgroup", "--uts", "--ipc")


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


def end(process):
    """Of Machine.start(), with what it has started in there: nsenter alone would leave that running."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


class Machine:
    """`shared`: pairs of a directory here and where it is seen there."""

    def __init__(self, *shared):
        self._shared = [str(path) for pair in shared for path in pair]
        self._work = tempfile.TemporaryDirectory(prefix="tokenflex-fresh.", ignore_cleanup_errors=True)
        for name in ("upper", "work", "root"):
            (pathlib.Path(self._work.name) / name).mkdir()
        os.chmod(self._work.name, 0o755)
        os.chmod(self.path("/"), 0o755)
        for file in ("resolv.conf", "hosts"):
            self.path("/etc").mkdir(exist_ok=True)
            shutil.copy(f"/etc/{file}", self.path(f"/etc/{file}"))
        self._enter(_ENTER)

    def boot(self):
        """Once systemd is installed in there: it becomes the first process."""
        self._leave()
        self._enter(_BOOT)
        self.until("systemctl is-system-running --wait >/dev/null")

    def until(self, script):
        """Till a script ends well."""
        deadline = time.monotonic() + HANG_S
        while self.run(script)[0] != 0:
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {HANG_S} s: {script}")
            time.sleep(0.2)

    def _enter(self, script):
        self._process = subprocess.Popen(
            ["unshare", *_OWN, "--fork", "--kill-child", "sh", "-euc", script, "sh"]
            + [str(base_root()), self._work.name, *self._shared],
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
        command = ["nsenter", "--target", self._first, *_OWN, "--root", "--wdns=/"]
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
        except subprocess.TimeoutExpired:
            end(process)
            raise
        return process.returncode, said

    def run_well(self, script, **environment):
        began = time.monotonic()
        code, said = self.run(script, **environment)
        if code != 0:
            raise AssertionError(f"{script}: {code}\n{said}")
        print(f"{time.monotonic() - began:7.1f} s  {script.splitlines()[0]}", flush=True)
        return said

    def _leave(self):
        # The kernel ends all others of a process namespace with its first one.
        os.kill(int(self._first), signal.SIGKILL)
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def close(self):
        self._leave()
        self._work.cleanup()


class Demo:
    """PostgreSQL, the simulated service and a package, made on this machine by the quickstart of copied sources."""

    def __init__(self, directory):
        self.sources = pathlib.Path(directory) / "src"
        copy_sources(self.sources)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self):
        self._do("sh", "etl/quickstart.sh", "--keep")
        self.settings = (self.sources / "build/quickstart/tokenflex-etl.yaml").read_text(encoding="utf-8")
        self.socket = re.search(r"host=(\S+)", self.settings)[1]
        self.simulator = re.search(r"http://127\.0\.0\.1:\d+", self.settings)[0]
        os.chmod(self.socket, 0o711)

    def _do(self, *command):
        done = subprocess.run(command, cwd=self.sources, capture_output=True, text=True, timeout=HANG_S, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")

    def package(self):
        self._do("cpack", "--config", "build/quickstart/build/CPackConfig.cmake")
        (package,) = self.sources.glob("*.deb")
        return package

    def control(self, path, document):
        """Tells the simulator how to behave."""
        request = urllib.request.Request(f"{self.simulator}{path}", json.dumps(document).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=HANG_S) as answer:
            answer.read()

    def close(self):
        self._do("sh", "etl/quickstart.sh", "--clean")


_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def readme_lines(begin):
    """The commands of README's block that begins so, without their comments."""
    text = (SOURCE / "README.md").read_text(encoding="utf-8")
    (block,) = [block for block in _BLOCK.findall(text) if block.startswith(begin)]
    return [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]
