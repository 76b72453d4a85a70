"""The buttons below the knobs: what they do depends on how the run stands."""

from collections.abc import Callable

from workbench.core.settings import Settings
from workbench.view.page.controls import Controls
from workbench.view.page.live import LiveRun
from workbench.view.page.replay import Replay
from workbench.view.page.widgets import BUTTON, NARROW, button

# what the first button does, by how the run stands
LABELS = {"waiting": "Stop", "training": "Stop", "halted": "Continue", "done": "Play again"}
TRAIN = "Train again"  # after a failure or a stop
PLAYS = "This plays the frames of the run again. Nothing trains; New seed trains another run."


class RunButtons:
    """Stop, Continue, Play again or Train again; New seed; Reset.

    `set_knobs(settings)` opens another run, and `note(sentence)` says what happens.
    """

    def __init__(
        self,
        live: LiveRun,
        replay: Replay,
        controls: Controls,
        set_knobs: Callable[[Settings], None],
        note: Callable[[str], None],
    ):
        self.live = live
        self.replay = replay
        self.controls = controls
        self._set_knobs = set_knobs
        self._note = note
        self.first = button("Stop", self._press, stylesheets=[BUTTON, NARROW])
        other = "Train with the same knobs by another chance"
        self.new_seed = button("New seed", self._new_seed, other, stylesheets=[BUTTON, NARROW])
        defaults = "Reset the knobs to the chapter's defaults"
        self.reset = button("Reset", self._reset, defaults, stylesheets=[BUTTON, NARROW])

    @property
    def label(self) -> str:
        """What the first button does at this moment."""
        run = self.live.run
        return TRAIN if run is None else LABELS.get(run.status, TRAIN)

    def _press(self, _event) -> None:
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
            self._set_knobs(self.controls.settings)

    def _new_seed(self, _event) -> None:
        """Trains with the next seed, and says so."""
        settings = self.controls.settings
        old, high = settings.seed, settings.knobs()["seed"].high
        new = old + 1 if old < high else 0
        self._set_knobs(settings.replace(seed=new))
        self._note(f"This trains anew with seed {new}; the run before had seed {old}.")

    def _reset(self, _event) -> None:
        settings = self.controls.settings
        self._set_knobs(type(settings)(data=settings.data))
