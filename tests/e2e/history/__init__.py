"""Random histories: nights of a job against a service that changes, and what the table has to be after each.

    cells      a value as the service writes it
    columns    what a column makes of it: types, inference, widening
    model      the table as interface.md promises it, written from that page alone
    shape      what stays the same through a history: mode, window, fields, key
    values     random values
    service    the rows that the service has, and its answers
    generator  the nights, from a seed: it never looks at what the program did, so a seed is a history
    observed   the table as it is
    player     plays nights and compares
"""

import os

# Whether histories hold values that widen a column. TOKENFLEX_HISTORY_TYPES=1 or 0 has the last word.
WIDENING = True

# Whether the run after one whose result held a key twice asks anew, as after any other result that cannot be loaded.
# False: the simulator is made to forget such a query.
DUPLICATES_ARE_FORGOTTEN = True


def with_widening():
    return os.environ.get("TOKENFLEX_HISTORY_TYPES", "1" if WIDENING else "0") == "1"
