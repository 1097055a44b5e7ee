"""Tables that Citus distributes, on a coordinator and two workers, where the extension is installed."""

from harness import main
from harness.citus import CitusCase
from harness.distributed import Cycle, CycleByKey


class OnCitusByContract(Cycle, CitusCase):
    pass


class OnCitusByKey(CycleByKey, CitusCase):
    pass


if __name__ == "__main__":
    main()
