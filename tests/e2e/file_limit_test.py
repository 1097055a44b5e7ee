"""Files that cannot grow (ulimit -f, a full disk): nothing is lost, and what can do without them goes on."""

import subprocess

from harness import EtlTestCase, main
from harness.login import LoginTestCase
from harness.programs import TESTED_BUILD


def run_with_files_up_to(etl, limit_bytes):
    """The exit code and stderr of a run whose files can be no longer than that; pipes can."""
    command = ["prlimit", f"--fsize={limit_bytes}", str(TESTED_BUILD / "tokenflex-etl"), *etl.command("run")]
    ended = subprocess.run(
        command,
        cwd=etl.next_working_directory(),
        env=etl.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr


class Rows(EtlTestCase):
    simulator_settings = {"rows": 20000}

    def test_of_a_first_load_wait_in_the_database(self):
        self.etl.write_job()
        self.assertEqual(run_with_files_up_to(self.etl, 100_000)[0], 0)
        self.assert_all_rows_arrived()


class RefreshToken(LoginTestCase):
    def test_is_not_spent(self):
        self.log_in()
        self.etl.write_job()
        self.revoke(access=True)
        code, stderr = run_with_files_up_to(self.etl, 0)
        self.assertEqual(code, 77, stderr)
        self.assertIn("token", stderr)
        self.assertEqual(self.simulator.stats["refresh_used"], 0)
        self.etl.run_well()


if __name__ == "__main__":
    main()
