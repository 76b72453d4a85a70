"""What the cells of a notebook share: set-up, predictions, checks of the text and of exercises."""

from importlib.metadata import version

import panel as pn

from workbench.view.patches.locked_events import lock_events
from workbench.view.patches.message_order import keep_message_order


def setup(offline: bool = True) -> None:
    """Readies Panel. First cell, and before any other extension.

    Panel's scripts travel in the output of this cell, so that Boards show without a network; a
    notebook that is saved after it has run is larger by 6 MB. With offline=False the notebook stays
    small and JupyterLab fetches the scripts from the network.
    """
    pn.extension(inline=offline)
    keep_message_order()
    lock_events()
    where = "travel in this notebook" if offline else "come from the network"
    print(f"workbench {version('dlwl-workbench')} is ready; the scripts of its Boards {where}.")


def holds(sentence: str, condition: bool) -> None:
    """Prints a sentence of the notebook's text that does not hold, after a change of yours.

    What the text says was measured with the cells as they came. A check that holds prints nothing.
    """
    if not condition:
        print(f"With your changes this is no longer so: {sentence}.")


def reveal(what: str, guess: float | None, measured: float, digits: int = 0) -> None:
    """Prints a prediction beside what was measured."""
    guessed = "you made no guess" if guess is None else f"you guessed {guess:.{digits}f}"
    error = "" if guess is None else f", off by {abs(guess - measured):.{digits}f}"
    print(f"{what}: {guessed}, measured {measured:.{digits}f}{error}.")


def judge(what: str, value: float, low: float, high: float, below: str, above: str) -> bool:
    """Prints whether low <= value <= high, and if not what is the matter; True if it is."""
    if low <= value <= high:
        print(f"Solved: {what} is {value:.2f}, between {low:g} and {high:g}.")
        return True
    side, end, hint = ("below", low, below) if value < low else ("above", high, above)
    print(f"Not yet: {what} is {value:.2f}, {abs(value - end):.2f} {side} {end:g}. {hint}")
    return False
