"""README's own lines on machines that hold nothing but Debian's base, from nothing to the first night."""

import os
import re
import shlex
import unittest

from machine import Machine, copy_sources, end, readme_lines

LOCALE_WARNINGS = ("Setting locale failed", "cannot change locale", "Cannot set LC_")


@unittest.skipUnless(os.geteuid() == 0, "only root may make a machine")
class FirstMile(unittest.TestCase):
    """Each step goes on where the one before it ended."""

    @classmethod
    def setUpClass(cls):
        cls.machine = Machine()
        cls.addClassCleanup(cls.machine.close)
        copy_sources(cls.machine.path("/src"))
        cls.quickstart, cls.tests = readme_lines("sh etl/quickstart.sh")
        cls.packages, cls.build, cls.package, cls.install = readme_lines("sh etl/packaging/install_packages.sh")

    def run_well(self, line, **environment):
        said = self.machine.run_well(f"cd /src; {line}", **environment)
        for warning in LOCALE_WARNINGS:
            self.assertNotIn(warning, said)
        return said

    def test_1_the_quickstart_shows_tables_whatever_the_environment_says(self):
        elsewhere = {"PGPORT": "1", "PGSERVICE": "nowhere", "PGHOST": "db.example.com", "PGOPTIONS": "-c x.y=1"}
        said = self.run_well(self.quickstart, TOKENFLEX_CONTRACT="99", LANG="de_AT.UTF-8", **elsewhere)
        self.assertRegex(said, r"(\d+) of \1 succeeded")
        self.assertIn("tokenflex.daily_product_usage, 3 of ", said)
        self.assertIn("tokenflex.monthly_users, 3 rows:", said)
        self.assertIn("Open the report in a browser: file:///src/build/quickstart/report.html", said)
        self.assertIn("</html>", self.run_well("tail -n 1 build/quickstart/report.html"))
        self.assertNotIn("unknown", self.run_well("build/quickstart/build/tokenflex-etl --version | head -n 1"))

    def test_2_it_builds_makes_a_package_and_installs(self):
        for line in (self.packages, self.build):
            self.run_well(line)
        said = self.run_well(self.package)
        type(self).install_package = re.search(r"To install, as root: (.*)\n", said)[1]
        self.run_well(self.install)
        self.assertRegex(self.run_well("tokenflex-etl --version"), r"^tokenflex-etl \d+\.\d+\.\d+")
        self.assertIn("jobs checked, nothing found", self.run_well("cd /usr/local/share/tokenflex-etl; tokenflex-etl check"))

    def test_3_the_package_runs_its_first_night_on_another_machine(self):
        self.run_well(f"{self.quickstart} --keep")
        settings = self.run_well("cat build/quickstart/tokenflex-etl.yaml")
        socket = re.search(r"host=(\S+)", settings)[1]
        package = shlex.split(self.install_package)[-1]
        target = Machine()
        self.addCleanup(target.close)
        # The private server's socket, which the test's own network namespace does not hold.
        port = 50000 + os.getpid() % 10000
        self.run_well("apt-get -qq install --yes --no-install-recommends socat >/dev/null")
        proxy = self.machine.start(f"exec socat TCP-LISTEN:{port},bind=127.0.0.1,fork UNIX-CONNECT:{socket}/.s.PGSQL.5432")
        self.addCleanup(end, proxy)
        target.path(package).parent.mkdir(parents=True, exist_ok=True)
        target.path(package).write_bytes(self.machine.path(package).read_bytes())
        self.night(target, re.sub(r"host=\S+ port=\S+", f"host=127.0.0.1 port={port}", settings))

    def night(self, target, settings):
        target.run_well("apt-get -qq update")
        said = target.run_well(self.install_package.replace("apt-get", "apt-get -qq --yes --no-install-recommends"))
        self.assertIn("tokenflex-etl-as-service auth login --no-browser", said)
        self.assertIn("drwx------ 2 root root", target.run_well("ls -ld /etc/credstore"))
        (target.path("/etc/tokenflex-etl") / "tokenflex-etl.yaml").write_text(settings, encoding="utf-8")
        target.run_well("cp /usr/share/tokenflex-etl/jobs/daily_product_usage.yaml /etc/tokenflex-etl/jobs/")
        self.assertEqual(target.run_well("tokenflex-etl check"), "1 job checked, nothing found\n")
        unit = target.run_well("cat /usr/lib/systemd/system/tokenflex-etl@.service")
        command = re.search(r"(?m)^ExecStart=(.*)$", unit)[1].replace("%i", "nightly")
        night = f"mkdir -p /run/night; cd /etc/tokenflex-etl; {command}"
        # As nobody in particular: the unit's user is made by systemd.
        said = target.run_well(f"{night}", RUNTIME_DIRECTORY="/run/night", STATE_DIRECTORY="/var/lib/tokenflex-etl")
        self.assertRegex(said, r"(\d+) of \1 succeeded")
        self.assertIn("Nothing is wrong.", target.run_well("tokenflex-etl status"))


if __name__ == "__main__":
    unittest.main(failfast=True)
