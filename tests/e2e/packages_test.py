"""The lists of Debian packages: complete, and installed without a trace where that is interrupted."""

import os
import pathlib
import re
import subprocess
import unittest

from harness import SOURCE, main
from harness.programs import HANG_S, RELEASE_BUILD
from harness.root import Root

SCRIPT = SOURCE / "etl" / "packaging" / "install_packages.sh"
NO_CLUSTER = "/etc/postgresql-common/createcluster.d/zz-tokenflex-etl.conf"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=True).stdout


def packages(name):
    """A list of the script."""
    return output("sh", str(SCRIPT), "list", name).split()


@unittest.skipUnless(RELEASE_BUILD, "no TOKENFLEX_RELEASE_BUILD")
class Runtime(unittest.TestCase):
    def test_has_the_package_of_every_library_that_the_program_is_linked_with(self):
        program = pathlib.Path(RELEASE_BUILD) / "tokenflex-etl"
        needed = re.findall(r"NEEDED +(\S+)", output("objdump", "-p", str(program)))
        paths = dict(re.findall(r"(\S+) => (\S+)", output("ldd", str(program))))
        self.assertGreater(len(needed), 7)
        for library in needed:
            real = os.path.realpath(paths[library])
            owner = output("dpkg-query", "--search", f"*/{os.path.basename(real)}").split(":")[0]
            self.assertIn(owner, [*packages("runtime"), "libc6"], library)

    def test_is_what_the_container_installs(self):
        text = (SOURCE / "etl" / "container" / "Dockerfile").read_text(encoding="utf-8")
        self.assertNotIn("apt-get", text)
        self.assertIn("install_packages.sh runtime", text)

    def test_has_a_directory_in_the_container_for_the_volume_of_the_login(self):
        text = (SOURCE / "etl" / "container" / "Dockerfile").read_text(encoding="utf-8")
        page = (SOURCE / "etl" / "docs" / "operations.md").read_text(encoding="utf-8")
        (directory,) = set(re.findall(r"--volume tokenflex-login:(\S+)", page))
        self.assertIn(f"install --directory --owner=tokenflex --mode=700 {directory}\n", text)


class Interrupted(unittest.TestCase):
    """PostgreSQL is missing, and somebody presses Ctrl-C while apt-get is at work."""

    def setUp(self):
        self.root = Root(str(SOURCE))
        self.addCleanup(self.root.close)
        if self.root.problem:
            self.skipTest(f"no machine to install on: {self.root.problem}")

    def install(self, signal):
        stand_in = f"""#!/bin/sh
case "$*" in
*" install "*) cp {NO_CLUSTER} /seen; kill -{signal} 0; sleep 60 ;;
esac
"""
        self.root.write("/usr/local/sbin/apt-get", stand_in)
        self.root.run_well("chmod", "755", "/usr/local/sbin/apt-get")
        self.root.run_well("rm", "-rf", "/usr/lib/postgresql")
        return self.root.run(
            "setsid", "--wait", "sh", str(SCRIPT), "run", PATH="/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
        )

    def test_leaves_no_setting_that_keeps_later_postgresqls_from_making_a_cluster(self):
        for signal, code in (("INT", 130), ("TERM", 143), ("HUP", 143)):
            done = self.install(signal)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            self.assertEqual(self.root.run_well("cat", "/seen"), "create_main_cluster = false\n")
            self.assertFalse(self.root.exists(NO_CLUSTER), signal)


class Optional(unittest.TestCase):
    def test_package_that_cannot_be_installed_is_done_without(self):
        root = Root(str(SOURCE))
        self.addCleanup(root.close)
        if root.problem:
            self.skipTest(f"no machine to install on: {root.problem}")
        root.run_well("sh", "-c", "rm -f /usr/bin/docker-compose /usr/local/bin/docker-compose")
        root.write("/usr/bin/apt-get", "#!/bin/sh\necho no network >&2\nexit 100\n")
        done = root.run("sh", str(SCRIPT), "test")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Going on without docker-compose", done.stdout)


if __name__ == "__main__":
    main()
