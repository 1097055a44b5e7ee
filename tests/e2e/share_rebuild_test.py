"""run --rebuild on several hosts: one of them rebuilds, and the others wait for it where they share their work."""

import signal

from harness import main
from harness.share import CHUNKS, HALF_YEAR, MONTHS, ShareCase

REBUILD = ("--rebuild", *HALF_YEAR)
WAITS = "another run is rebuilding tokenflex.usage; waiting for it"


class RebuildCase(ShareCase):
    share = "night"

    def setUp(self):
        super().setUp()
        self.write_settings({"run": {"share": self.share}})
        self.hosts[0].run_well(*HALF_YEAR)
        self.write_job("usage", window=MONTHS, target={"partition_by": "month"})
        self.simulator.reset_stats()
        self.hold_submits()
        self.first = self.hosts[0].start_run(*REBUILD)
        self.simulator.wait_for_held()

    def partitions(self):
        return int(self.database.value("select count(*) from pg_inherits where inhparent = 'tokenflex.usage'::regclass"))


class Shared(RebuildCase):
    def test_the_second_waits_and_finds_nothing_left_to_do(self):
        second = self.hosts[1].start_run(*REBUILD)
        second.wait_for_stderr(WAITS)
        self.let_go()
        results = [self.first.wait(), second.wait()]
        self.assert_all_well(results)
        self.assertIn("nothing needs rebuilding", results[1].stderr)
        self.assertEqual([run["status"] for run in results[1].runs], ["skipped"] * CHUNKS)
        self.assertEqual(self.simulator.requests("submit"), CHUNKS)
        self.assertEqual(self.partitions(), CHUNKS)
        self.assert_whole()

    def test_the_second_rebuilds_where_the_first_is_killed(self):
        second = self.hosts[1].start_run(*REBUILD)
        second.wait_for_stderr(WAITS)
        self.first.signal(signal.SIGKILL)
        self.first.wait()
        self.let_go()
        self.assert_all_well([second.wait()])
        self.assertEqual(self.partitions(), CHUNKS)
        self.assert_whole()

    def test_the_second_waits_no_longer_than_the_timeout_of_the_job(self):
        self.hosts[1].write_job("usage", window=MONTHS, target={"partition_by": "month"}, timeout="15s")
        self.assert_failed(self.hosts[1].run(*REBUILD), 75, "another run is rebuilding tokenflex.usage")
        self.let_go()
        self.assert_all_well([self.first.wait()])

    def test_the_wait_of_the_second_ends_with_a_stop(self):
        second = self.hosts[1].start_run(*REBUILD)
        second.wait_for_stderr(WAITS)
        second.signal(signal.SIGTERM)
        self.assertEqual(second.wait().exit_code, 75)
        self.let_go()
        self.assert_all_well([self.first.wait()])


class Alone(RebuildCase):
    """Without a share."""

    share = ""

    def test_the_second_is_told_who_rebuilds_and_what_to_do(self):
        result = self.hosts[1].run(*REBUILD)
        self.assert_failed(
            result, 75, f"another run is rebuilding tokenflex.usage: process {self.first.pid} on one", "--wait"
        )
        self.let_go()
        self.assert_all_well([self.first.wait()])

    def test_the_second_waits_if_it_is_told_to(self):
        second = self.hosts[1].start_run(*REBUILD, "--wait", "1h")
        second.wait_for_stderr(WAITS)
        self.let_go()
        self.assert_all_well([self.first.wait(), second.wait()])
        self.assertEqual(self.simulator.requests("submit"), CHUNKS)


if __name__ == "__main__":
    main()
