"""The package under a live systemd: what is started, tried again, stopped and told, with the unit's own sandbox."""

import os
import re
import tempfile
import unittest

from machine import Demo, Machine

UNIT = "tokenflex-etl@nightly.service"
TELLER = "tokenflex-etl-failure@nightly.service"

# Attempts that follow each other at once.
DROP_IN = "[Service]\nRestartSec=100ms\n"


@unittest.skipUnless(os.geteuid() == 0, "only root may boot a machine")
class Systemd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="tokenflex-demo.", ignore_cleanup_errors=True))
        cls.demo = Demo(work)
        cls.addClassCleanup(cls.demo.close)
        cls.machine = Machine((cls.demo.socket, "/srv/postgres"))
        cls.addClassCleanup(cls.machine.close)
        cls.machine.path("/package.deb").write_bytes(cls.demo.package().read_bytes())
        cls.run_well(
            "export DEBIAN_FRONTEND=noninteractive; apt-get -qq update;"
            " apt-get -qq --yes --no-install-recommends install systemd systemd-sysv dbus /package.deb >/dev/null"
        )
        cls.settings = re.sub(r"host=\S+", "host=/srv/postgres", cls.demo.settings)
        cls.settings = re.sub(r"  client_(id|secret): .*\n", "", cls.settings)
        cls.machine.boot()
        cls.write("/etc/default/tokenflex-etl", "TOKENFLEX_CLIENT_ID=sim-client\n")
        cls.write("/etc/credstore/tokenflex-etl.client_secret", "sim-secret")
        cls.write("/etc/tokenflex-etl/tokenflex-etl.yaml", cls.settings)
        cls.write(f"/etc/systemd/system/{UNIT}.d/attempts.conf", DROP_IN)
        cls.run_well(
            "cp /usr/share/tokenflex-etl/jobs/daily_product_usage.yaml /etc/tokenflex-etl/jobs/; systemctl daemon-reload"
        )

    @classmethod
    def run_well(cls, script):
        return cls.machine.run_well(script)

    @classmethod
    def write(cls, path, text):
        cls.run_well(f"mkdir -p {os.path.dirname(path)}; cat >{path} <<'END'\n{text.rstrip()}\nEND\n")

    def setUp(self):
        self.addCleanup(self.write, "/etc/tokenflex-etl/tokenflex-etl.yaml", self.settings)
        self.addCleanup(self.demo.control, "/_sim/reset", {})
        self.addCleanup(self.run_well, f"systemctl stop {UNIT}; systemctl reset-failed")
        self.since = self.run_well("date +%s.%N").strip()

    def property(self, name, unit=UNIT):
        return self.run_well(f"systemctl show --property={name} --value {unit}").strip()

    def journal(self, unit):
        return self.run_well(f"journalctl --quiet --no-pager --output=cat --unit={unit} --since=@{self.since}")

    def wait_for(self, state):
        self.machine.until(f"test $(systemctl show --property=ActiveState --value {UNIT}) = {state}")

    def test_starts_as_often_as_it_is_told(self):
        for _ in range(10):
            self.run_well(f"systemctl start {UNIT}")
        self.assertEqual(self.property("Result"), "success")
        self.assertEqual(self.journal(TELLER), "")
        self.assertEqual(self.journal(UNIT).count(" succeeded, "), 10)

    def test_tries_again_what_may_pass_and_says_in_the_end_what_has_failed(self):
        away = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", self.settings)
        self.write("/etc/tokenflex-etl/tokenflex-etl.yaml", away.replace("api:\n", "api:\n  retries: 0\n"))
        self.machine.run(f"systemctl start {UNIT}")
        self.wait_for("failed")
        self.assertEqual((self.property("NRestarts"), self.property("ExecMainStatus")), ("5", "169"))
        self.machine.until(f"test $(systemctl show --property=ActiveState --value {TELLER}) = inactive")
        told = self.journal(TELLER)
        self.assertIn(f"{UNIT} has failed (exit code 69, after all attempts of the unit)", told)
        self.assertIn("1 of 1 needs attention.", told)
        self.assertIn("daily_product_usage 11000000001: failed (exit code 69)", told)
        # The next night has six attempts again.
        self.write("/etc/tokenflex-etl/tokenflex-etl.yaml", self.settings)
        self.run_well(f"systemctl start {UNIT}")
        self.assertEqual(self.property("Result"), "success")

    def test_does_not_try_again_what_somebody_has_to_look_at(self):
        self.write("/etc/tokenflex-etl/tokenflex-etl.yaml", self.settings + "nonsense: 1\n")
        self.assertNotEqual(self.machine.run(f"systemctl start {UNIT}")[0], 0)
        self.wait_for("failed")
        self.assertEqual((self.property("NRestarts"), self.property("ExecMainStatus")), ("0", "78"))
        self.machine.until(f"test $(systemctl show --property=ActiveState --value {TELLER}) = inactive")
        self.assertIn(f"{UNIT} has failed (exit code 78)", self.journal(TELLER))

    def test_that_is_stopped_has_not_failed(self):
        self.demo.control("/_sim/config", {"polls": 1000000})
        self.run_well(f"systemctl start --no-block {UNIT}")
        self.machine.until(f"journalctl --quiet --unit={UNIT} --since=@{self.since} | grep -q 'query submitted'")
        self.run_well(f"systemctl stop {UNIT}")
        self.assertEqual((self.property("ActiveState"), self.property("Result")), ("inactive", "success"))
        self.assertIn("stopped by SIGTERM", self.journal(UNIT))
        self.assertEqual(self.journal(TELLER), "")

    def test_has_a_timer_that_makes_up_for_a_night_that_was_missed(self):
        stamp = "/var/lib/systemd/timers/stamp-tokenflex-etl@nightly.timer"
        self.run_well(f"mkdir -p {os.path.dirname(stamp)}; touch --date='3 days ago' {stamp}")
        self.addCleanup(self.run_well, "systemctl disable --now tokenflex-etl@nightly.timer")
        self.write("/etc/systemd/system/tokenflex-etl@.timer.d/now.conf", "[Timer]\nRandomizedDelaySec=0\n")
        self.run_well("systemctl daemon-reload; systemctl enable --now tokenflex-etl@nightly.timer")
        self.machine.until(f"journalctl --quiet --unit={UNIT} --since=@{self.since} | grep -q ' succeeded, '")

    def test_keeps_its_state_for_itself(self):
        self.run_well(f"systemctl start {UNIT}")
        self.assertEqual(self.run_well("stat --format=%a /var/lib/private/tokenflex-etl /etc/credstore").split(), ["700"] * 2)
        code, said = self.machine.run("tokenflex-etl-as-service auth login --no-browser </dev/null")
        self.assertNotEqual(code, 0, said)
        self.assertEqual(self.run_well("stat --format=%a /var/lib/private/tokenflex-etl").strip(), "700")

    def test_shows_root_what_the_service_sees(self):
        code, said = self.machine.run("tokenflex-etl doctor")
        self.assertEqual(code, 78, said)
        self.assertIn("tokenflex-etl-as-service", said)
        self.run_well("tokenflex-etl-as-service init")
        said = self.run_well("tokenflex-etl-as-service doctor")
        self.assertIn("the service gives client `sim-client` a token", said)
        self.assertIn("0 failed\n", said)
        self.assertEqual(self.run_well("tokenflex-etl-as-service check"), "1 job checked, nothing found\n")
        self.run_well("tokenflex-etl-as-service run")
        self.assertIn("Nothing is wrong.", self.run_well("tokenflex-etl-as-service status"))

    def test_keeps_the_login_where_the_service_looks_for_it(self):
        login = self.settings.replace("flow: client_credentials", "flow: refresh_token")
        self.write("/etc/tokenflex-etl/tokenflex-etl.yaml", login)
        code, said = self.machine.run("tokenflex-etl-as-service auth status")
        self.assertEqual(code, 77, said)
        self.assertIn("no token file /var/lib/tokenflex-etl/token.json (tokenflex-etl-as-service auth login --no-browser)", said)
        self.machine.run(f"systemctl start {UNIT}")
        self.wait_for("failed")
        self.assertEqual(self.journal(UNIT).count("no administrator has logged in yet"), 1)


if __name__ == "__main__":
    unittest.main()
