"""The knobs of a chapter's page: native controls, and the settings that they stand for."""

from collections.abc import Callable
from typing import Any

from workbench.core.settings import Knob, Settings, SettingsError
from workbench.view.page.controls import choices_of, replaced
from workbench.view.page.wire import Wire

LOOKS = {"choice": "menu", "data": "menu", "switch": "switch", "text": "editor"}


class NativeControls:
    """The knobs as the page's template and pages/knobs.js show them.

    `changed(settings)` is called when the reader settles on other values, `complain(sentence)` for
    a value that cannot be.
    """

    def __init__(
        self,
        settings: Settings,
        changed: Callable[[Settings], None],
        complain: Callable[[str], None],
        wire: Wire,
    ):
        self.settings = settings
        self._changed = changed
        self._complain = complain
        self._wire = wire
        self.brought: dict[str, str] = {}  # the reader's own data: what the menu says, and its name
        self._heard = 0  # the number of the page's last move
        self._refused: dict[str, tuple[str, str]] = {}  # knob -> a text to be mended, and why
        wire.on("knob", self._take)

    def _take(self, message: Any) -> None:
        """Takes a move of the page: {"name", "value", "number"}."""
        if not isinstance(message, dict) or not isinstance(message.get("name"), str):
            return
        number = message.get("number")
        self._heard = number if isinstance(number, int) else self._heard
        self.choose(message["name"], message.get("value"))

    def choose(self, name: str, value: Any) -> None:
        """Takes a value that the reader asks for, or complains and goes back."""
        try:
            self._check(name, value)
            settings = replaced(self.settings, name, value)
        except SettingsError as error:
            if isinstance(value, str) and self._is_text(name):  # what was written stays
                self._refused[name] = value, str(error)
            self._complain(str(error))
            return self.announce()
        self._refused.pop(name, None)
        changed, self.settings = settings != self.settings, settings
        self.announce()
        if changed:
            self._changed(settings)

    def _check(self, name: str, value: Any) -> None:
        """Raises SettingsError for data that the menu does not offer: a page names no file."""
        knob = self.settings.knobs().get(name)
        if knob is not None and knob.kind == "data":
            offered = self._choices(knob, getattr(self.settings, name)).values()
            if value not in offered:
                raise SettingsError(f"{name} must be {knob.allowed()} that is here.")

    def show(self, settings: Settings) -> None:
        """Sets every control to these settings without calling anybody."""
        self._refused.clear()
        self.settings = settings
        self.announce()

    def announce(self) -> None:
        """Tells the page how its controls stand, after which of its moves."""
        self._wire.show("knobs", {"number": self._heard, "knobs": self.state()})

    def state(self) -> dict[str, dict[str, Any]]:
        """How each knob stands, by name, as plain JSON."""
        return {name: self._state(knob) for name, knob in self.settings.knobs().items()}

    def _state(self, knob: Knob) -> dict[str, Any]:
        value = getattr(self.settings, knob.name)
        state = dict(value=value, matters=self.settings.matters(knob.name))
        if knob.kind == "text":
            own = value or knob.suggest(self.settings)
            text, error = self._refused.get(knob.name, (own, ""))
            return state | dict(value=text, error=error)
        if knob.kind == "choice":
            return state | dict(choices=[[each, knob.reads(each)] for each in knob.choices])
        if knob.kind == "data" or knob.stops:
            choices = [[value, text] for text, value in self._choices(knob, value).items()]
            return state | dict(choices=choices)
        return state

    def _choices(self, knob: Knob, value: Any) -> dict[str, Any]:
        """What the menu of a knob says, with what the reader has brought."""
        choices = choices_of(knob, value)
        if knob.kind != "data":
            return choices
        brought = self.brought.values()
        return {text: name for text, name in choices.items() if name not in brought} | self.brought

    def bring(self, name: str, title: str) -> None:
        """Offers data that the reader has brought, in the place of what was brought before, and
        chooses it."""
        self.brought = {title: name}
        self.choose("data", name)

    def _is_text(self, name: str) -> bool:
        knob = self.settings.knobs().get(name)
        return knob is not None and knob.kind == "text"
