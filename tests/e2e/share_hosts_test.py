"""Three hosts share a backfill over a network: one is killed, one is cut off, and one is paused past its leases."""

import signal

from harness import main
from harness.hosts_case import set_up_module
from harness.night import NightCase


def setUpModule():
    set_up_module()


class Disturbed(NightCase):
    def expire(self, host):
        for table, state in (("work", " and state = 'running'"), ("work_host", "")):
            self.database.execute(
                f"update tokenflex_etl.{table} set lease_until = clock_timestamp() - interval '1 second'"
                f" where host = '{host.etl.name}'{state}"
            )

    def test_one_is_killed_and_one_is_cut_off_and_one_is_paused(self):
        self.simulator.script({"on": "poll", "times": -1, "hold": True})
        running = self.start_backfill(self.hosts)
        self.simulator.wait_for_held(self.chunk_count)
        running[0].signal(signal.SIGKILL)
        self.hosts[1].cut()
        running[2].signal(signal.SIGSTOP)
        self.simulator.script()
        self.simulator.release()
        for host in self.hosts:
            self.expire(host)
        running[2].signal(signal.SIGCONT)
        result = running[2].wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assert_each_once()
        self.assert_backfill()


if __name__ == "__main__":
    main()
