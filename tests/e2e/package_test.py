"""What users install: the Debian package and `cmake --install`, from the build that TOKENFLEX_RELEASE_BUILD names."""

import json
import os
import pathlib
import re
import shlex
import shutil
import stat
import subprocess
import tempfile
import unittest

from harness import CONTRACT, SOURCE, EtlTestCase, main
from harness.programs import HANG_S, RELEASE_BUILD
from harness.root import Root


CONFFILES = ["/etc/default/tokenflex-etl", "/etc/tokenflex-etl/tokenflex-etl.yaml"]

# Without the directories: what is in the package, whatever jobs there are.
FILES = [
    "/etc/default/tokenflex-etl",
    "/etc/tokenflex-etl/tokenflex-etl.yaml",
    "/usr/bin/tokenflex-etl",
    "/usr/libexec/tokenflex-etl/attempt",
    "/usr/libexec/tokenflex-etl/tell-failure",
    "/usr/sbin/tokenflex-etl-as-service",
    "/usr/lib/systemd/system/tokenflex-etl-failure@.service",
    "/usr/lib/systemd/system/tokenflex-etl@.service",
    "/usr/lib/systemd/system/tokenflex-etl@.timer",
    "/usr/share/bash-completion/completions/tokenflex-etl",
    "/usr/share/doc/tokenflex-etl/README.md",
    "/usr/share/doc/tokenflex-etl/changelog.gz",
    "/usr/share/doc/tokenflex-etl/copyright",
    "/usr/share/doc/tokenflex-etl/examples/cronjob.yaml",
    "/usr/share/doc/tokenflex-etl/examples/crontab.example",
    "/usr/share/doc/tokenflex-etl/examples/tokenflex-etl.yaml",
    "/usr/share/fish/vendor_completions.d/tokenflex-etl.fish",
    "/usr/share/man/man1/tokenflex-etl.1.gz",
    "/usr/share/man/man5/tokenflex-etl-job.5.gz",
    "/usr/share/man/man5/tokenflex-etl.yaml.5.gz",
    "/usr/share/tokenflex-etl/grafana/dashboards/tokenflex-etl.json",
    "/usr/share/tokenflex-etl/grafana/dashboards/tokenflex-usage.json",
    "/usr/share/tokenflex-etl/grafana/provisioning/dashboards/tokenflex-etl.yaml",
    "/usr/share/tokenflex-etl/grafana/provisioning/datasources/tokenflex-etl.yaml",
    "/usr/share/tokenflex-etl/grafana/tokenflex-etl.rules.yaml",
    "/usr/share/tokenflex-etl/jobs/daily_product_usage.yaml",
    "/usr/share/tokenflex-etl/jobs/job.schema.json",
    "/usr/share/zsh/vendor-completions/_tokenflex-etl",
    *(f"/usr/share/doc/tokenflex-etl/{page.name}" for page in (SOURCE / "etl" / "docs").glob("*.md")),
]

# What dpkg keeps for itself.
DPKG = ("/var/lib/dpkg/", "/var/log/")

_work = None
_package = None


def setUpModule():
    global _work, _package
    if not RELEASE_BUILD:
        raise unittest.SkipTest("no TOKENFLEX_RELEASE_BUILD")
    _work = tempfile.TemporaryDirectory(prefix="tokenflex-package.")
    _package = make_package("first")


def tearDownModule():
    _work.cleanup()


def make_package(name, umask=-1):
    """A package of the release build, in a directory of its own, with the times of files all alike."""
    directory = pathlib.Path(_work.name) / name
    done = run_cpack(directory, umask)
    if done.returncode != 0:
        raise AssertionError(f"cpack: {done.stdout}{done.stderr}")
    (package,) = directory.glob("*.deb")
    return package


def output(*command, umask=-1):
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=True, umask=umask)
    return done.stdout


def run_cpack(directory, umask=-1):
    command = ["cpack", "--config", f"{RELEASE_BUILD}/CPackConfig.cmake", "-B", str(directory)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=HANG_S, check=False, umask=umask
    )


class Cpack(unittest.TestCase):
    def test_refuses_to_make_a_package_without_the_tools_that_find_what_it_depends_on(self):
        root = Root(str(SOURCE), RELEASE_BUILD)
        self.addCleanup(root.close)
        if root.problem:
            self.skipTest(f"no machine to take a tool away from: {root.problem}")
        for missing in ("dpkg-shlibdeps", "file"):
            root.run_well("mv", f"/usr/bin/{missing}", "/srv/")
            done = root.run("cpack", "--config", f"{RELEASE_BUILD}/CPackConfig.cmake", "-B", "/out")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(f"cpack needs {missing}: sh etl/packaging/install_packages.sh package", done.stderr)
            self.assertEqual(root.run("sh", "-c", "ls /out/*.deb").stdout, "")
            root.run_well("mv", f"/srv/{missing}", "/usr/bin/")

    def test_says_how_the_package_is_installed(self):
        done = run_cpack(pathlib.Path(_work.name) / "first")
        self.assertIn(f"To install, as root: apt-get install {_package}\n", done.stdout)


class Content(unittest.TestCase):
    """The package as a file."""

    def field(self, name):
        return output("dpkg-deb", "--field", str(_package), name).strip()

    def listing(self):
        """Mode, owner and path of everything in it."""
        lines = (line.split(maxsplit=5) for line in output("dpkg-deb", "--contents", str(_package)).splitlines())
        return [(mode, owner, path.removeprefix(".")) for mode, owner, _, _, _, path in lines]

    def control(self, file):
        return output("dpkg-deb", "--info", str(_package), file)

    def test_has_the_files_where_each_is_looked_for(self):
        files = {path for mode, _, path in self.listing() if mode.startswith("-")}
        self.assertEqual(set(FILES) - files, set())
        rest = {path for path in files - set(FILES) if not path.startswith("/usr/share/tokenflex-etl/jobs/")}
        self.assertEqual(rest, set())

    def test_has_a_directory_for_jobs(self):
        self.assertIn(("drwxr-xr-x", "root/root", "/etc/tokenflex-etl/jobs/"), self.listing())

    def test_belongs_to_root_and_is_written_by_nobody_else(self):
        for mode, owner, path in self.listing():
            self.assertEqual(owner, "root/root", path)
            if path != "/etc/credstore/":
                self.assertRegex(mode, r"^[-d]rw[x-]r-[x-][-r]-[x-]$", path)

    def test_has_a_directory_for_the_client_secret_that_only_root_can_read(self):
        self.assertIn(("drwx------", "root/root", "/etc/credstore/"), self.listing())

    def test_shows_variables_that_may_be_secret_to_root_alone(self):
        self.assertIn(("-rw-r-----", "root/root", "/etc/default/tokenflex-etl"), self.listing())

    def test_keeps_what_an_administrator_changes(self):
        self.assertEqual(self.control("conffiles").split(), CONFFILES)

    def test_depends_on_the_libraries_it_is_linked_with(self):
        depends = self.field("Depends")
        for library in ("ca-certificates", "libc6 (>=", "libcurl4 (>=", "libjson-c5 (>=", "libpq5 (>=", "libyaml-0-2"):
            self.assertIn(library, depends)

    def test_has_maintainer_scripts_that_the_shell_can_read(self):
        for script in ("postinst", "prerm", "postrm"):
            subprocess.run(["sh", "-n"], input=self.control(script), text=True, check=True, timeout=HANG_S)

    def test_is_the_same_when_it_is_made_again_whatever_the_umask_is(self):
        def members(package):
            return subprocess.run(["ar", "p", package], capture_output=True, timeout=HANG_S, check=True).stdout

        self.assertEqual(members(make_package("second", umask=0o077)), members(_package))

    def test_is_one_that_lintian_has_no_error_for(self):
        if shutil.which("lintian"):
            done = subprocess.run(
                ["lintian", "--fail-on", "error", "--allow-root", str(_package)],
                capture_output=True,
                text=True,
                timeout=HANG_S,
                check=False,
            )
            self.assertEqual(done.returncode, 0, done.stdout)


class CmakeInstall(unittest.TestCase):
    """Without a package, below any prefix."""

    @classmethod
    def setUpClass(cls):
        cls.prefix = pathlib.Path(_work.name) / "prefix"
        output("cmake", "--install", RELEASE_BUILD, "--prefix", str(cls.prefix), umask=0o077)

    def test_has_a_program_that_runs(self):
        text = output(str(self.prefix / "bin/tokenflex-etl"), "--version")
        self.assertRegex(text, r"^tokenflex-etl \d+\.\d+\.\d+( \(\S+\))?\n")

    def test_has_units_that_start_the_program_of_this_prefix(self):
        units = self.prefix / "lib/systemd/system"
        unit = (units / "tokenflex-etl@.service").read_text(encoding="utf-8")
        attempt = self.prefix / "libexec/tokenflex-etl/attempt"
        self.assertIn(f"ExecStart={attempt} 6 {self.prefix}/bin/tokenflex-etl run ", unit)
        self.assertTrue(os.access(attempt, os.X_OK))
        tell = (units / "tokenflex-etl-failure@.service").read_text(encoding="utf-8")
        for script in re.search(r"(?m)^ExecStart=(\S+) %i (\S+)$", tell).groups():
            self.assertTrue(os.access(script, os.X_OK), script)

    def test_has_a_command_that_runs_the_program_of_this_prefix_as_the_service(self):
        text = (self.prefix / "sbin/tokenflex-etl-as-service").read_text(encoding="utf-8")
        self.assertIn(f"\nprogram={self.prefix}/bin/tokenflex-etl\n", text)

    def test_has_completions_where_the_shells_look_below_a_prefix(self):
        for path in (
            "bash-completion/completions/tokenflex-etl",
            "zsh/site-functions/_tokenflex-etl",
            "fish/vendor_completions.d/tokenflex-etl.fish",
        ):
            self.assertTrue((self.prefix / "share" / path).is_file(), path)

    def test_has_pages_whose_links_lead_to_what_is_installed(self):
        pages = list((self.prefix / "share/doc/tokenflex-etl").glob("*.md"))
        self.assertEqual(len(pages), 1 + len(list((SOURCE / "etl" / "docs").glob("*.md"))))
        for page in pages:
            for link in re.findall(r"\]\(([^)#:\s]+)", page.read_text(encoding="utf-8")):
                # The simulator is in the sources alone; `https` begins an address elsewhere.
                if link not in ("tests/sim/README.md", "https"):
                    self.assertTrue((page.parent / link).is_file(), f"{page.name}: {link}")

    def test_may_be_read_by_everybody_whatever_the_umask_was(self):
        for path in (self.prefix, *self.prefix.rglob("*")):
            self.assertRegex(stat.filemode(path.stat().st_mode), r"^drwxr-xr-x$|^-rw.r-.r-.$", path)

    def test_writes_nothing_into_etc(self):
        self.assertFalse((self.prefix / "etc").exists())

    def test_has_a_manual_that_man_can_show(self):
        for page in ("man1/tokenflex-etl.1.gz", "man5/tokenflex-etl.yaml.5.gz", "man5/tokenflex-etl-job.5.gz"):
            self.assertTrue((self.prefix / "share/man" / page).is_file(), page)


class InstalledCase(EtlTestCase):
    """On a machine that is gone afterwards."""

    simulator_settings = {"rows_per_day": 2}

    def setUp(self):
        super().setUp()
        if subprocess.run(["dpkg-query", "--show", "tokenflex-etl"], capture_output=True, check=False).returncode == 0:
            self.skipTest("a tokenflex-etl is installed on this machine")
        self.root = Root(self.database.server.host)
        self.addCleanup(self.root.close)
        if self.root.problem:
            self.skipTest(f"no machine to install on: {self.root.problem}")
        self.root.copy_in(_package, "/package.deb")
        self.before = self.root.changed()
        self.said = self.dpkg("--install", "/package.deb")

    def dpkg(self, *arguments):
        """Without the triggers of other packages: man-db's would read every page of the machine."""
        return self.root.run_well("dpkg", "--no-triggers", "--force-unsafe-io", *arguments)

    def left(self):
        """The files that are there now and were not before, but for dpkg's own."""
        new = (str(path) for path in self.root.changed() if path not in self.before)
        return [path for path in new if not path.startswith(DPKG)]

    def write_settings(self):
        """As an administrator would: into the package's file, behind what is there."""
        path = "/etc/tokenflex-etl/tokenflex-etl.yaml"
        quick = {"rate_limit": {"per_minute": 0}, "poll": {"first": "10ms", "max": "50ms"}}
        api = {"base_url": self.simulator.url, **quick}
        settings = f"api: {json.dumps(api)}\nauth: {{flow: client_credentials}}\n"
        self.root.write(path, self.root.run_well("cat", path) + settings)
        self.root.write("/run/credentials/client_secret", "sim-secret\n")

    def service_command(self):
        """What the unit starts for the tag `nightly`."""
        unit = self.root.run_well("cat", "/usr/lib/systemd/system/tokenflex-etl@.service")
        return shlex.split(re.search(r"(?m)^ExecStart=(.*)$", unit)[1].replace("%i", "nightly"))

    def run_service(self):
        unit = self.root.run_well("cat", "/usr/lib/systemd/system/tokenflex-etl@.service")
        directory = re.search(r"(?m)^WorkingDirectory=-(.*)$", unit)[1]
        command = ["sh", "-c", 'cd "$0"; exec "$@"', directory, *self.service_command()]
        return self.root.run_well(*command, **self.service_environment())

    def service_environment(self):
        """What systemd gives the service, and /etc/default/tokenflex-etl."""
        return {
            **self.database.environment,
            "HOME": "/",
            "STATE_DIRECTORY": "/var/lib/tokenflex-etl",
            "CREDENTIALS_DIRECTORY": "/run/credentials",
            "TOKENFLEX_CLIENT_ID": "sim-client",
            "TOKENFLEX_CONTRACT": CONTRACT,
        }


class Installed(InstalledCase):
    def test_tells_its_version(self):
        self.assertRegex(self.root.run_well("tokenflex-etl", "--version"), r"^tokenflex-etl \d+\.\d+\.\d+[ \n]")

    def test_said_what_is_left_to_do(self):
        for words in ("/etc/default/tokenflex-etl", "tokenflex-etl-as-service auth login", "systemctl enable --now"):
            self.assertIn(words, self.said)

    def test_names_every_variable_that_a_shipped_job_reads(self):
        jobs = self.root.run_well("sh", "-c", "cat /usr/share/tokenflex-etl/jobs/*.yaml")
        variables = set(re.findall(r"\$\{(\w+)", jobs))
        self.assertIn("TOKENFLEX_CONTRACT", variables)
        default = self.root.run_well("cat", CONFFILES[0])
        self.assertEqual(variables - set(re.findall(r"(?m)^#(\w+)=$", default)), set())
        for variable in variables:
            self.assertIn(variable, self.said)

    def test_does_not_run_as_the_service_where_there_is_no_systemd(self):
        done = self.root.run("tokenflex-etl-as-service", "doctor")
        self.assertEqual(done.returncode, 69)
        self.assertIn("systemd does not run here", done.stderr)

    def test_has_settings_that_are_right_as_they_are(self):
        self.root.run_well("sh", "-c", "cp /usr/share/tokenflex-etl/jobs/*.yaml /etc/tokenflex-etl/jobs/")
        text = self.root.run_well("tokenflex-etl", "check")
        self.assertRegex(text, r"^\d+ jobs checked, nothing found\n$")

    def test_loads_as_its_unit_would(self):
        self.root.run_well("cp", "/usr/share/tokenflex-etl/jobs/daily_product_usage.yaml", "/etc/tokenflex-etl/jobs/")
        self.write_settings()
        text = self.run_service()
        self.assertRegex(text, r"(?m)^([23]) of \1 succeeded, ")
        self.assertGreater(self.database.count("tokenflex.daily_product_usage"), 0)

    def test_removed_keeps_what_an_administrator_has_changed(self):
        self.write_settings()
        self.dpkg("--remove", "tokenflex-etl")
        self.assertIn(self.simulator.url, self.root.run_well("cat", CONFFILES[1]))
        self.assertFalse(self.root.exists("/usr/bin/tokenflex-etl"))

    def test_installed_again_starts_the_timers_that_are_enabled(self):
        self.root.run_well("mkdir", "-p", "/run/systemd/system", "/etc/systemd/system/timers.target.wants")
        unit = "/usr/lib/systemd/system/tokenflex-etl@.timer"
        self.root.run_well("ln", "-s", unit, "/etc/systemd/system/timers.target.wants/tokenflex-etl@nightly.timer")
        for tool in ("systemctl", "deb-systemd-invoke"):
            self.root.write(f"/usr/bin/{tool}", '#!/bin/sh\necho "$*" >>/srv/calls\n')
            self.root.run_well("chmod", "755", f"/usr/bin/{tool}")
        self.dpkg("--remove", "tokenflex-etl")
        self.dpkg("--install", "/package.deb")
        calls = self.root.run_well("cat", "/srv/calls").splitlines()
        self.assertEqual(
            calls,
            [
                "stop tokenflex-etl@*.timer tokenflex-etl@*.service",
                "--system daemon-reload",
                "--system daemon-reload",
                "start tokenflex-etl@nightly.timer",
            ],
        )

    def test_purged_leaves_nothing(self):
        self.root.write("/var/lib/private/tokenflex-etl/token.json", "{}")
        self.root.write("/etc/credstore/tokenflex-etl.client_secret", "sim-secret")
        self.root.write("/etc/credstore/tokenflex-etl.token_key", "key")
        self.root.write("/var/lib/systemd/timers/stamp-tokenflex-etl@nightly.timer", "")
        self.root.write("/etc/systemd/system/timers.target.wants/tokenflex-etl@nightly.timer", "")
        self.root.run_well("ln", "-s", "private/tokenflex-etl", "/var/lib/tokenflex-etl")
        self.assertIn("/usr/bin/tokenflex-etl", self.left())
        self.dpkg("--purge", "tokenflex-etl")
        self.assertEqual(self.left(), [])
        for directory in ("/etc/tokenflex-etl", "/usr/share/tokenflex-etl", "/usr/share/doc/tokenflex-etl"):
            self.assertFalse(self.root.exists(directory), directory)

    def test_purged_leaves_jobs_that_somebody_has_written(self):
        self.root.write("/etc/tokenflex-etl/jobs/mine.yaml", "contract: 1\n")
        self.dpkg("--purge", "tokenflex-etl")
        self.assertEqual(self.left(), ["/etc/tokenflex-etl/jobs/mine.yaml"])


if __name__ == "__main__":
    main()
