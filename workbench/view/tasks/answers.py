"""What a reader has answered, checked before anything is done with it."""

import math
from typing import Any

from workbench.core.lesson import Curve, Direction, Pick, Prediction, Range, Task
from workbench.view.tasks.mailbox import Refused

DIRECTIONS = ("up", "same", "down")


def answer(prediction: Prediction, given: object) -> dict[str, Any]:
    """The answer to this question as plain values. Raises Refused with what to do instead."""
    fields = given if isinstance(given, dict) else {}
    match prediction:
        case Range():
            low, high = (number(fields.get(end), prediction) for end in ("low", "high"))
            if low > high:
                raise Refused("The lower end of a range must not be above the upper end.")
            return {"low": low, "high": high}
        case Direction():
            if fields.get("direction") not in DIRECTIONS:
                raise Refused("Choose one of the three: up, same or down.")
            return {"direction": fields["direction"]}
        case Pick():
            return {"choice": place(fields.get("choice"), len(prediction.outcomes))}
        case Curve():
            curve = fields.get("curve")
            if not isinstance(curve, list) or len(curve) != len(prediction.at):
                raise Refused(f"A curve needs a number at each of {len(prediction.at)} places.")
            return {"curve": [number(each, prediction) for each in curve]}


def reason(task: Task, given: object) -> int | None:
    """The place of the chosen reason; None where the task asks for none. Raises Refused."""
    return place(given, len(task.reasons)) if task.reasons else None


def number(given: object, scale: Range | Curve) -> float:
    """A number on this scale. Raises Refused."""
    numeric = isinstance(given, int | float) and not isinstance(given, bool)
    # compared before it is made a float, for an integer may be too large for one
    if not numeric or not scale.low <= given <= scale.high or not math.isfinite(given):
        raise Refused(f"An answer must be a number from {scale.low:g} to {scale.high:g}.")
    return float(given)


def place(given: object, count: int) -> int:
    """The place of a choice among so many. Raises Refused."""
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given < count:
        raise Refused(f"Choose one of the {count} answers.")
    return given
