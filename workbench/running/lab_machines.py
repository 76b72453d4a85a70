"""Small machines that a reader works by hand: their state and mathematics, without a screen.

How a machine was made and what was called since is all of its state. So it can be worked in another
process than the page's, and made anew when that process is gone.
"""

from functools import lru_cache
from types import SimpleNamespace

MACHINES: dict[tuple, object] = {}  # those that readers have left lately, by `look`'s arguments
MOST = 32


@lru_cache(maxsize=256)
def look(kind: type, given: tuple, calls: tuple[tuple, ...]) -> SimpleNamespace:
    """What there is to see of the machine `kind(*given)` after these calls: plain values.

    calls: (name of the method, *arguments) each. One call more costs one call, not all of them.
    """
    machine = MACHINES.pop((kind, given, calls[:-1]), None) if calls else None
    if machine is None:
        machine = kind(*given)
        for call in calls[:-1]:
            _do(machine, *call)
    if calls:
        _do(machine, *calls[-1])
    MACHINES[kind, given, calls] = machine
    if len(MACHINES) > MOST:
        del MACHINES[next(iter(MACHINES))]
    return machine.look()


def _do(machine: object, name: str, *given) -> None:
    getattr(machine, name)(*given)
