"""Runs that are killed (SIGKILL) at random moments of their whole duration: the table is what it was or what it was to
be, and the run that follows completes. No lock, no session and no table that is half made stays; no row comes twice; the
login is alive.

TOKENFLEX_KILLS kills of each mode are tried, a few by default; `-L sweep` asks for 300. TOKENFLEX_KILL_SEED chooses the
moments.
"""

import os
import pathlib
import random
import signal
import sys
import time

from harness import LoginTestCase, main
from harness.fault import RELEASE_BUILD, table_state

KILLS = int(os.environ.get("TOKENFLEX_KILLS", "4"))
SEED = os.environ.get("TOKENFLEX_KILL_SEED", "1")
ROWS = 60

_LEFT_BEHIND = """
    select 'lock', locktype from pg_locks where locktype = 'advisory'
    union all
    select 'session', application_name from pg_stat_activity where application_name like 'tokenflex-etl%'
    union all
    select 'table', relname from pg_class join pg_namespace n on n.oid = relnamespace
     where relkind in ('r', 'p') and (nspname like 'pg_temp%' or nspname = 'tokenflex' and relname <> 'usage')
    union all
    select 'run', job from tokenflex_etl.run where status = 'running'
    union all
    select 'rebuild', table_name from tokenflex_etl.target where rebuilds is not null
"""


class KillCase(LoginTestCase):
    """Two answers take turns: the second one has fewer rows, and other figures in some that both have."""

    simulator_settings = {"rows": ROWS}
    job = {}
    arguments = ("run",)

    def setUp(self):
        super().setUp()
        if RELEASE_BUILD:
            self.etl.use_build(pathlib.Path(RELEASE_BUILD))
        self.random = random.Random(f"{SEED} {type(self).__name__}")
        self.killed = 0
        self.lost_logins = 0
        self.turn = 0
        self.log_in()
        self.learn_states()

    def learn_states(self):
        """What the table is after each of the answers, once what a mode keeps of former ones has settled; and how long
        a run takes."""
        self.states = {}
        durations = []
        for _ in range(5):
            self.begin_turn()
            durations.append(self.run_well())
            self.states[self.turn % 2] = table_state(self.database)
        self.duration = max(durations[-2:])
        self.loaded = self.states[self.turn % 2]

    def begin_turn(self):
        """The other answer; an access token is wanted, too."""
        self.turn += 1
        self.write_turn(self.turn % 2)
        self.revoke(access=True)

    def write_turn(self, parity):
        restatements = [{"every": 3, "offset": 0}] if parity else []
        self.simulator.config(rows=ROWS - 10 * parity, restatements=restatements)
        self.etl.write_job(page_size=40, **self.job)

    def run_well(self):
        """How long it took, in seconds."""
        result = self.etl.call(*self.etl.command(*self.arguments))
        if result.exit_code == 77 and self.token_died_on_its_way():
            self.lost_logins += 1
            self.log_in()
            result = self.etl.call(*self.etl.command(*self.arguments))
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result.seconds

    def token_died_on_its_way(self):
        """The service exchanged the refresh token, and the run was killed before the answer was on the disk: the one
        thing that cannot be had back."""
        is_lost = self.stored()["refresh_token"] == self.stored_before["refresh_token"]
        return is_lost and self.simulator.stats["refresh_used"] == self.used_before + 1

    def kill_at_random(self):
        self.used_before = self.simulator.stats["refresh_used"]
        self.stored_before = self.stored()
        running = self.etl.start(*self.etl.command(*self.arguments))
        time.sleep(self.random.random() * self.duration)
        self.killed += not running.has_ended()
        running.signal(signal.SIGKILL)
        running.wait()
        self.database.wait_until_left()

    def check_kill(self, number):
        after = self.states[self.turn % 2]
        self.kill_at_random()
        self.assertIn(table_state(self.database), (self.loaded, after), f"kill {number}: another table")
        self.run_well()
        self.assertEqual(table_state(self.database), after, f"kill {number}: after the run that follows")
        self.loaded = after

    def check_kills(self):
        for number in range(1, KILLS + 1):
            self.begin_turn()
            self.check_kill(number)
            self.database.wait_until_left()
            self.assertEqual(self.database.rows(_LEFT_BEHIND), [], f"kill {number}")
        print(f"{type(self).__name__}: {KILLS} kills, {self.killed} before the end,"
              f" {self.lost_logins} of them between a refresh and the disk", file=sys.stderr)  # fmt: skip


class Upsert(KillCase):
    def test_kills(self):
        self.check_kills()


class Keep(KillCase):
    """Vanished rows stay."""

    job = {"target": {"vanished": "keep"}}

    def test_kills(self):
        self.check_kills()


class Export(KillCase):
    job = {"source": "export"}

    def test_kills(self):
        self.check_kills()


class Append(KillCase):
    """Each answer comes once, whether the run that asked for it or the next one brings it."""

    job = {"target": {"mode": "append"}}

    def learn_states(self):
        self.begin_turn()
        self.run_well()
        self.duration = self.run_well()

    def write_turn(self, parity):
        super().write_turn(0)

    def check_kill(self, number):
        self.database.execute("truncate tokenflex.usage")
        self.kill_at_random()
        rows = self.database.count("tokenflex.usage")
        self.assertIn(rows, (0, ROWS), f"kill {number}")
        self.run_well()
        self.assertEqual(self.database.count("tokenflex.usage"), rows + ROWS, f"kill {number}")

    def test_kills(self):
        self.check_kills()


class Rebuild(KillCase):
    """Two grains take turns."""

    arguments = ("run", "--rebuild")

    def write_turn(self, parity):
        fields = ["usageDate", "productName", "productVersion" if parity else "userName"]
        self.etl.write_job(page_size=40, query={"fields": fields})

    def test_kills(self):
        self.check_kills()


if __name__ == "__main__":
    main()
