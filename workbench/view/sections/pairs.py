"""Two pinned runs, trained again with the same seeds: is their difference more than chance?"""

from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from workbench.core.settings import SettingsError
from workbench.results.compare import Pair
from workbench.view.page.cards import Cards
from workbench.view.page.controls import within
from workbench.view.page.widgets import STATUS, TYPE, Words, alert, button, menu
from workbench.view.sections.pins import Pins, numbers_to_draw
from workbench.view.sections.sweep_words import shorten

SEEDS = 2, 20  # fewest and most that a pair is trained with
TRAIN, STOP = "Train the pairs", "Stop"


class Pairs:
    """Menus for two of the pins, and their differences over seeds.

    `begun()` is called when a pair begins to train.
    """

    def __init__(self, pins: Pins, dark: bool, begun: Callable[[], None]):
        self.pins = pins
        self._begun = begun
        self.pair: Pair | None = None
        self._left_for_rest = False
        self.differences = Cards(dark)
        wide = dict(width=330, disabled=True)
        self.a = menu("A", **wide)
        self.b = menu("B", **wide)
        self.seeds = pmui.IntSlider(
            stylesheets=[TYPE], label="Seeds", start=SEEDS[0], end=SEEDS[1], value=5, width=170
        )
        self.go = button(TRAIN, self._go, disabled=True)
        self.status = Words(STATUS)

    def view(self) -> pn.viewable.Viewable:
        wide = dict(sizing_mode="stretch_width")
        return pn.Column(
            pn.FlexBox(self.a, self.b, self.seeds, self.go, align_items="center"),
            pn.pane.Bokeh(self.status.model, **wide),
            self.differences.pane,
            **wide,
        )

    def offer(self) -> None:
        """Offers the runs that are pinned now, the first and the last of them."""
        names = self.pins.names
        few = len(names) < 2
        # the names are the values: with numbers the browser goes on showing an old name
        for select, place in ((self.a, 0), (self.b, -1)):
            value = names[place] if names else None
            select.param.update(options=names, value=value, disabled=few)
        self.go.disabled = few

    def _go(self, _event) -> None:
        if self.live:
            return self.pair.close()
        a, b = (self.pins.find(select.value) for select in (self.a, self.b))
        if a is None or b is None:
            return self.pins.sentence.say("Choose the two runs, A and B, first.", role="alert")
        seeds = within(self.seeds, *SEEDS)
        try:
            pair = Pair(self.pins.chapter.name, a.settings, b.settings, seeds, self.pins.runner)
        except SettingsError as error:
            return self.pins.sentence.say(str(error), role="alert")
        if self.pair is not None:
            self.pair.close()
        self.pair = pair
        self.differences.show({})
        self._begun()

    @property
    def live(self) -> bool:
        """Whether more frames may come."""
        return self.pair is not None and self.pair.done < len(self.pair.runs)

    def draw(self) -> None:
        """Says how far the pair is, and draws the differences."""
        if self.pair is None:
            return
        done, total = self.pair.done, len(self.pair.runs)
        failures = shorten(self.pair.failures())
        self.status.text = (
            f'<progress value="{done}" max="{total}" aria-label="Pairs"></progress>'
            f'<div role="status">{done} of {total} runs are done</div>'
            + (alert(failures) if failures else "")
        )
        self.go.label = STOP if done < total else TRAIN
        numbers = numbers_to_draw(self.pins.chapter, self.pair.runs)
        curves = {name: self.pair.difference(name) for name in numbers}
        self.differences.show(curves | {"table": self.pair.table(numbers)})

    def rest(self) -> None:
        """Ends a pair that nobody sees."""
        self._left_for_rest = self.live
        if self.live:
            self.close()

    def wake(self) -> None:
        """Trains again what was left."""
        if self._left_for_rest:
            self._left_for_rest = False
            chapter, seeds = self.pins.chapter.name, len(self.pair.a)
            self.pair = Pair(chapter, *self.pair.settings, seeds, self.pins.runner)

    def close(self) -> None:
        """Leaves every run."""
        if self.pair is not None:
            self.pair.close()
