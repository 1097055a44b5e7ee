"""run --wait: a lock that another run holds is waited for."""

import signal

from harness import EtlTestCase, cases, main
from harness.share import ShareCase


class Lock(ShareCase):
    """Of two runs that do not share their work, the second waits for the first."""

    def setUp(self):
        super().setUp()
        self.write_settings({"run": {"share": ""}})
        self.write_job("usage", window=None)
        self.hold_submits()
        self.first = self.hosts[0].start_run()
        self.simulator.wait_for_held()

    def test_is_waited_for(self):
        second = self.hosts[1].start_run("--wait", "1h")
        second.wait_for_stderr("another run is loading contract 11000000001 into tokenflex.usage; waiting")
        self.let_go()
        self.assert_all_well([self.first.wait(), second.wait()])

    def test_is_not_waited_for_without_it(self):
        self.assert_failed(self.hosts[1].run(), 75, "another run is loading contract 11000000001", "on one")
        self.let_go()

    def test_is_not_waited_for_where_that_is_said(self):
        result = self.hosts[1].run("--wait", "0s")
        self.assert_failed(result, 75, "another run is loading contract 11000000001", "on one")
        self.assertNotIn("waiting", result.stderr)
        self.let_go()

    def test_is_waited_for_as_long_as_the_job_may_take_if_the_wait_is_longer(self):
        second = self.hosts[1].start_run("--wait", "4294967295h")
        second.wait_for_stderr("; waiting")
        self.let_go()
        self.assert_all_well([self.first.wait(), second.wait()])

    def test_is_waited_for_no_longer_than_told(self):
        result = self.hosts[1].run("--wait", "600ms")
        self.assert_failed(result, 75, "another run is loading contract 11000000001", "or wait longer with run --wait")
        self.let_go()

    def test_is_waited_for_no_longer_than_the_timeout_of_the_job(self):
        self.hosts[1].write_job("usage", timeout="10s")
        result = self.hosts[1].run("--wait", "1h")
        self.assert_failed(result, 75, "another run is loading contract 11000000001", "ended with the job's `timeout`")
        self.let_go()

    def test_wait_ends_with_a_stop(self):
        second = self.hosts[1].start_run("--wait", "1h")
        second.wait_for_stderr("; waiting")
        second.signal(signal.SIGTERM)
        self.assertEqual(second.wait().exit_code, 75)
        self.let_go()


@cases({"no_unit": "5", "zero_without_a_unit": "0", "negative": "-5s", "another_unit": "1d", "fraction": "1.5h",
        "nothing": "", "past_all_bounds": "99999999999h"})
class NoDuration(EtlTestCase):
    def check(self, text):
        self.etl.write_job()
        self.assert_failed(self.etl.run(f"--wait={text}"), 64, "--wait takes a duration such as 30s, 5m or 2h", f"`{text}`")


if __name__ == "__main__":
    main()
