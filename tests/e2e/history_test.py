"""Random histories: restated, vanished, re-attributed and new rows, other spellings, metrics, windows, filters and
types, backfills, rebuilds, tables that are partitioned by their owner or by the job, and inherited ones, rows deleted and changed by hand, and crashes; after every
night the whole table is compared with a model, cell by cell, and so is what is recorded of restatements. Of tables with
history the table of every earlier night is asked for, too.

TOKENFLEX_HISTORY_SEED and TOKENFLEX_HISTORY_STEPS ask for another seed and for more nights; TOKENFLEX_HISTORY_TYPES=1
(0) for histories with (without) columns that widen.
"""

import os
import sys

from harness import EtlTestCase, cases, main
from history import with_widening
from history.generator import Generator
from history.player import Player
from history.shape import BY_DAY, OPEN, SNAPSHOTS, Shape

STEPS = int(os.environ.get("TOKENFLEX_HISTORY_STEPS", "8"))

DAYS = ("usageDate", "productName", "userName", "customField1", "costCenter")
UNDATED = ("userName", "costCenter", "bookedOn")
ALL = ("tokensConsumed", "creditsBurned")

# A shape and its seed.
HISTORIES = {
    "keep_by_day": (Shape("keep", BY_DAY, DAYS, ALL, parallel=True), 75),
    "keep_snapshots": (Shape("keep", SNAPSHOTS, UNDATED, ALL), 171),
    "keep_open_with_a_key": (
        Shape("keep", OPEN, (*DAYS, "bookedOn"), ALL, key=("usageDate", "userName", "costCenter")),
        172,
    ),
    "delete_by_day": (
        Shape("delete", BY_DAY, (*DAYS, "bookedOn"), ("tokensConsumed",), rename={"customField1": "department"}),
        227,
    ),
    "delete_snapshots": (Shape("delete", SNAPSHOTS, UNDATED, ALL, max_vanished=100), 58),
    "keep_latest_snapshots": (Shape("keep", SNAPSHOTS, UNDATED, ALL, snapshots="latest"), 61),
    "delete_latest_snapshots": (Shape("delete", SNAPSHOTS, UNDATED, ALL, snapshots="latest"), 62),
    "delete_open_with_a_key": (
        Shape("delete", OPEN, (*UNDATED, "customField1"), ALL, key=("userName", "bookedOn"), parallel=True),
        15,
    ),
    "delete_by_day_partitioned": (
        Shape("delete", BY_DAY, (*DAYS, "bookedOn"), ALL, placement="partitioned", parallel=True),
        301,
    ),
    "keep_by_day_inherited": (Shape("keep", BY_DAY, DAYS, ALL, placement="inherited"), 302),
    "delete_latest_snapshots_partitioned": (
        Shape("delete", SNAPSHOTS, UNDATED, ALL, snapshots="latest", placement="partitioned"),
        303,
    ),
    "delete_by_day_with_history": (
        Shape("delete", BY_DAY, (*DAYS, "bookedOn"), ALL, history=True, rename={"customField1": "department"}, parallel=True),
        401,
    ),
    "delete_open_with_history": (
        Shape("delete", OPEN, (*UNDATED, "customField1"), ALL, key=("userName", "bookedOn"), history=True),
        402,
    ),
    "delete_latest_snapshots_with_history": (
        Shape("delete", SNAPSHOTS, UNDATED, ALL, snapshots="latest", history=True, parallel=True),
        403,
    ),
    "keep_by_day_partitioned_with_history": (
        Shape("keep", BY_DAY, DAYS, ALL, history=True, placement="partitioned", parallel=True),
        404,
    ),
    "delete_by_day_inherited_with_history": (
        Shape("delete", BY_DAY, (*DAYS, "bookedOn"), ALL, history=True, placement="inherited"),
        405,
    ),
    "delete_by_day_by_month": (
        Shape("delete", BY_DAY, (*DAYS, "bookedOn"), ALL, partition_by="month", parallel=True),
        501,
    ),
    "keep_by_day_by_month_with_history": (
        Shape("keep", BY_DAY, DAYS, ALL, history=True, partition_by="month", rename={"customField1": "department"}),
        502,
    ),
    "delete_by_day_by_year": (Shape("delete", BY_DAY, DAYS, ALL, partition_by="year"), 503),
    "append_by_day_by_month": (Shape("append", BY_DAY, DAYS, ALL, partition_by="month", parallel=True), 504),
    "append_by_day": (Shape("append", BY_DAY, DAYS, ALL), 14),
    "append_snapshots": (Shape("append", SNAPSHOTS, UNDATED, ("creditsBurned", "useCount"), parallel=True), 56),
}


@cases(HISTORIES)
class Histories(EtlTestCase):
    def check(self, history):
        shape, seed = history
        seed = int(os.environ.get("TOKENFLEX_HISTORY_SEED", seed))
        title = (
            f"TOKENFLEX_HISTORY_SEED={seed} TOKENFLEX_HISTORY_STEPS={STEPS}"
            f" TOKENFLEX_HISTORY_TYPES={int(with_widening())} history_test.py Histories.{self._testMethodName}"
        )
        print(title, file=sys.stderr)
        generator = Generator(shape, seed, with_widening())
        player = Player(self, shape, title)
        player.play(generator.first_night())
        player.place()
        for _ in range(1, STEPS):
            player.play(generator.next_night())


if __name__ == "__main__":
    main()
