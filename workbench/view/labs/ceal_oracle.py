"""You are the oracle: the questions of active learning are yours to answer, by click or by key.

What was answered lives in the reader's page, behind the # of its address and in the tab's session
storage, so it survives a reload; the server keeps nothing and nothing runs between two rounds.
"""

import time
from concurrent.futures import Future
from functools import partial
from types import SimpleNamespace

import panel as pn
import panel_material_ui as pmui
from bokeh.models import Column, CustomJS, Div

from workbench import data
from workbench.chapters.ceal import labelling_lab as labelling
from workbench.chapters.ceal.labelling_lab import KEYS, SKIP, Labelling
from workbench.core.settings import SettingsError
from workbench.running.errors import KNOWN, WorkerDied
from workbench.view.labs import Said
from workbench.view.page.cards import Cards
from workbench.view.page.session import elsewhere, served

TITLE = "You are the oracle"


INTRODUCTION = (
    "The network asks about what it doubts, ten items a round for five rounds; you label them by a "
    "click or a key (s skips, u takes back). Wrong answers are kept as you gave them. Your curve "
    "joins those of the strategies with an oracle who is never wrong. Your answers are kept in "
    "this page's address, so you may reload and go on."
)


# small pools: every round is played anew from the first
SETS = {"digits": "Handwritten digits", "faces": "Faces, where they look"}
STRATEGIES = ("CEAL_MS", "CEAL_EN", "CEAL_LC", "CEAL_FUSION", "AL_MS", "AL_RAND")
BACK = "u"
LONGEST = 60  # seconds that count for one answer: who takes longer was away


READ = """
const page = heard.document, id = heard.id
const model = () => page.get_model_by_id(id)  // another one when the connection was lost
heard.tags = ["state", location.hash.slice(1) || sessionStorage.getItem("ceal-oracle") || ""]
document.addEventListener("keydown", event => {
  const at = event.composedPath()[0]
  const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1) return
  if (model().tags[0] === "state") model().tags = ["keys"]
  model().tags = [...model().tags, event.key]
})
"""


WRITE = """
sessionStorage.setItem("ceal-oracle", cb_obj.tags[0])
history.replaceState(null, "", "#" + cb_obj.tags[0])
"""


class Oracle:
    """A labelling that waits for the reader."""

    def __init__(self, dark: bool = False):
        self.cards, self.said = Cards(dark), Said()
        self.busy, self.waiting, self.heard_keys, self.clock = False, [], 0, time.monotonic()
        self.sets = {title: name for name, title in SETS.items() if name in data.names()}
        self.data = pmui.Select(
            label="Pool", options=list(self.sets), size="small", value=next(iter(self.sets))
        )
        self.strategy = pmui.Select(
            label="Strategy", options=list(STRATEGIES), size="small", value=STRATEGIES[0]
        )
        for choice in (self.data, self.strategy):
            choice.param.watch(lambda _: self.choose(), "value")
        self.again = pmui.Button(
            label="Other questions",
            variant="outlined",
            on_click=lambda _: self.begin((self.game.seed + 1) % 100),
        )
        self.answers = pn.FlexBox(sizing_mode="stretch_width")
        link = self._link()
        self.view = pn.Column(
            pn.Row(self.data, self.strategy, self.again),
            self.said,
            self.answers,
            self.cards.pane,
            pn.pane.Bokeh(link),
            sizing_mode="stretch_width",
        )
        self.begin(0)
        if served():
            pn.state.curdoc.add_next_tick_callback(self._listen)

    # --- the page's memory, and its keyboard

    def _link(self) -> Column:
        """Invisible models: `start` makes the page listen, `kept` is what it is to remember, and
        `heard` is what it says."""
        self.start, self.kept, self.heard = (Div(visible=False, tags=[""]) for _ in range(3))
        self.start.js_on_change("tags", CustomJS(args={"heard": self.heard}, code=READ))
        self.kept.js_on_change("tags", CustomJS(code=WRITE))
        self.heard.on_change("tags", lambda _attr, _old, new: self.hear(new))
        return Column(self.start, self.kept, self.heard, visible=False)

    def _listen(self) -> None:
        self.start.tags = ["listen"]

    def hear(self, tags: list[str]) -> None:
        """What the page says: its memory, or all the keys that were pressed since it listens."""
        kind, *words = tags
        if kind == "state":
            if words[0] and not self.game.answers:
                self.restore(words[0])
            return
        fresh, self.heard_keys = words[self.heard_keys :], len(words)
        for key in fresh:
            self.press(key)

    def restore(self, text: str) -> None:
        """Goes on with a labelling from an address."""
        try:
            game = labelling.from_text(text, list(self.sets.values()))
        except SettingsError as error:
            self.said.say(str(error), role="alert")
            return
        self.game = game  # before the choices: they begin anew unless they show what is played
        self.data.value = next(title for title, name in self.sets.items() if name == game.data)
        self.strategy.value = game.strategy
        self._become(game)

    # --- answers

    def choose(self) -> None:
        """A new labelling, if the choices name another than the one that is played."""
        if (self.sets[self.data.value], self.strategy.value) != self.game[:2]:
            self.begin(self.game.seed)

    def begin(self, seed: int) -> None:
        """A new labelling of the pool and with the strategy that are chosen."""
        self.clock = time.monotonic()
        self._become(Labelling(self.sets[self.data.value], self.strategy.value, seed))

    def press(self, key: str) -> None:
        """One key, or the button that stands for it: an answer, s to skip, u to take back."""
        if self.busy:  # the network learns; whoever types fast shall lose nothing
            self.waiting.append(key)
            return
        game = self.game.undone() if key == BACK else self.game.answered(key)
        if game.answers == self.game.answers:
            return
        now = time.monotonic()
        spent = round(self.game.seconds + min(LONGEST, now - self.clock))
        self.clock = now
        self._become(game._replace(seconds=min(spent, labelling.MOST_SECONDS)))

    def _become(self, game: Labelling) -> None:
        """Shows this labelling; a round that is not known yet is played in a thread first."""
        self.game = game
        if game.answers or self.kept.tags != [""]:
            self.kept.tags = [game.to_text()]
        self.busy = True
        self.said.say("The network learns from your answers.")
        elsewhere(partial(labelling.shown, game), self._learnt, game)  # a tenth of a second

    def _learnt(self, game: Labelling, done: Future) -> None:
        if game is not self.game:  # the reader has begun anew meanwhile
            return
        self.busy = False
        try:
            self._show(done.result())
        except (*KNOWN, WorkerDied) as error:
            self.said.say(str(error), role="alert")
        waiting, self.waiting = self.waiting, []
        for key in waiting:
            self.press(key)

    # --- what is shown

    def _show(self, stands: SimpleNamespace) -> None:
        names = labelling.classes(self.game.data)
        if [button.label for button in self.answers][:-2] != list(names):
            self.answers.objects = [
                *(self._button(name, key) for name, key in zip(names, KEYS, strict=False)),
                self._button("Skip", SKIP, "outlined"),
                self._button("Take back", BACK, "outlined"),
            ]
        for button in self.answers[:-1]:
            button.disabled = self.game.done
        self.answers[-1].disabled = not self.game.answers
        self.said.say(*stands.said)
        self.cards.show(stands.pictures)

    def _button(self, name: str, key: str, variant: str = "contained") -> pmui.Button:
        return pmui.Button(
            label=name, size="small", variant=variant, on_click=lambda _: self.press(key)
        )


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Oracle(dark).view
