"""Small machines that a reader works by hand: their state and mathematics, without a screen.

How a machine was made and what was called since is all of its state. So it can be worked in another
process than the page's, and made anew when that process is gone. A page knows a machine by its
name, "module:class", so that it need not import what the machine computes with.
"""

from functools import lru_cache
from pkgutil import resolve_name
from types import SimpleNamespace
from typing import Any

MACHINES: dict[tuple, Any] = {}  # those that readers have left lately, by `state_of`'s arguments
MOST_MACHINES = 32
MOST_STATES = 256


@lru_cache(maxsize=MOST_STATES)
def state_of(kind: str, given: tuple, calls: tuple[tuple, ...]) -> SimpleNamespace:
    """The state of the machine `kind(*given)` after these calls, in plain values.

    kind: "module:class"; calls: (name of the method, *arguments) each. A further call costs that
    call, not all of them again.
    """
    machine = MACHINES.pop((kind, given, calls[:-1]), None) if calls else None
    if machine is None:
        machine = resolve_name(kind)(*given)
        for call in calls[:-1]:
            _call(machine, *call)
    if calls:
        _call(machine, *calls[-1])
    MACHINES[kind, given, calls] = machine
    if len(MACHINES) > MOST_MACHINES:
        del MACHINES[next(iter(MACHINES))]
    return machine.state()


def fresh_state_of(kind: str, given: tuple, calls: tuple[tuple, ...]) -> SimpleNamespace:
    """The same, made anew and kept nowhere: for machines that get a text which a reader wrote."""
    machine = resolve_name(kind)(*given)
    for call in calls:
        _call(machine, *call)
    return machine.state()


def _call(machine: Any, method: str, *arguments: Any) -> None:
    getattr(machine, method)(*arguments)
