"""The buttons below the knobs: what they do depends on how the run stands."""

from collections.abc import Callable

import panel as pn

from workbench.core.settings import Settings
from workbench.view.page.live import LiveRun
from workbench.view.page.replay import Replay
from workbench.view.page.widgets import BUTTON, NARROW, button

# what the first button does, by how the run stands
LABELS = {"waiting": "Stop", "training": "Stop", "halted": "Continue", "done": "Play again"}
TRAIN = "Train again"  # after a failure or a stop
PLAYS = "This plays the frames of the run again. Nothing trains; New seed trains another run."


class Actions:
    """Stop, Continue, Play again or Train again; New seed; Reset.

    `set_knobs(settings)` opens another run, and `note(sentence)` says what happens.
    """

    def __init__(
        self,
        live: LiveRun,
        replay: Replay,
        settings: Callable[[], Settings],
        set_knobs: Callable[[Settings], None],
        note: Callable[[str], None],
    ):
        self.live = live
        self.replay = replay
        self._settings = settings
        self._set_knobs = set_knobs
        self._note = note

    @property
    def label(self) -> str:
        """What the first button does at this moment."""
        run = self.live.run
        return TRAIN if run is None else LABELS.get(run.status, TRAIN)

    def press(self) -> None:
        """Does what the first button says."""
        label = self.label
        if label == "Stop":
            self.live.leave()
        elif label == "Continue":
            self.replay.withdraw()
            self.live.go_on()
        elif label == "Play again":
            self.live.status.notes = []
            self._note(PLAYS)
            self.replay.play()
        else:
            self._set_knobs(self._settings())

    def sow(self) -> None:
        """Trains with the next seed, and says so."""
        settings = self._settings()
        old, high = settings.seed, settings.knobs()["seed"].high
        new = old + 1 if old < high else 0
        self._set_knobs(settings.replace(seed=new))
        self._note(f"This trains anew with seed {new}; the run before had seed {old}.")

    def reset(self) -> None:
        """Sets all knobs but the data to the chapter's defaults."""
        settings = self._settings()
        self._set_knobs(type(settings)(data=settings.data))


class RunButtons:
    """The buttons of these actions in a notebook's cell."""

    def __init__(self, actions: Actions):
        other = "Train with the same knobs by another chance"
        defaults = "Reset the knobs to the chapter's defaults"
        self.first = _narrow("Stop", actions.press)
        self.new_seed = _narrow("New seed", actions.sow, other)
        self.reset = _narrow("Reset", actions.reset, defaults)


def _narrow(text: str, pressed: Callable[[], None], help: str | None = None) -> pn.widgets.Button:
    return button(text, lambda _event: pressed(), help, stylesheets=[BUTTON, NARROW])
