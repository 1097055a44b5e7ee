"""The n-th allocation fails, whoever makes it: the program, curl, libpq, json-c, libyaml, the C library. Once, or from
then on. No crash, a right exit code and a right cause, a login that is alive, and a table that is as it was or as the
service's answer is; the run after it is well.

A sample of the places in the program is tried; with TOKENFLEX_FAULT_EVERY every one is, for which `-L sweep` asks.
The sanitizers have allocations of their own, so this wants the build without them, in $TOKENFLEX_RELEASE_BUILD.
"""

from harness import cases, main
from harness.fault import Fault, FaultyContractCase, FaultyLoginCase, FaultyNewLoginCase, FaultyRunCase, sample_of

WAYS = {"once": False, "from_then_on": True}
SAMPLE = 5


class MemoryMixin:
    def setUp(self):
        super().setUp()
        self.use_release_build()

    def check(self, lasting):
        self.prepare()
        self.try_faults([Fault("memory", nth, lasting) for nth in sample_of(self.places(), SAMPLE)])

    def try_fault(self, fault):
        self.prepare()
        return super().try_fault(fault)

    def prepare(self):
        pass


@cases(WAYS)
class Query(MemoryMixin, FaultyRunCase):
    pass


@cases(WAYS)
class Export(MemoryMixin, FaultyRunCase):
    job = {"source": "export"}


@cases(WAYS)
class Contract(MemoryMixin, FaultyContractCase):
    pass


@cases(WAYS)
class Refresh(MemoryMixin, FaultyLoginCase):
    def prepare(self):
        self.revoke(access=True)


@cases(WAYS)
class NewLogin(MemoryMixin, FaultyNewLoginCase):
    pass


if __name__ == "__main__":
    main()
