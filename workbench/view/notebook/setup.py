"""What the cells of a notebook share: set-up, predictions and the checks of exercises."""

from importlib.metadata import version

import panel as pn

from workbench.view.patches.message_order import keep_message_order


def setup(offline: bool | None = None) -> None:
    """Readies Panel. First cell, and before any other extension.

    offline puts Panel's scripts into the notebook (about 6 MB when it is saved), so that Boards
    show without a network; None means: if the environment says PANEL_INLINE=true.
    """
    if offline is None:
        pn.extension()
    else:
        pn.extension(inline=offline)
    embedded = pn.config.inline if offline is None else offline
    where = "from this notebook" if embedded else "from the network (PANEL_INLINE=true: from here)"
    keep_message_order()
    print(f"workbench {version('dlwl-workbench')} is ready; JupyterLab loads its scripts {where}.")


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
