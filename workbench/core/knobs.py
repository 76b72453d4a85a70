"""Knobs: how a chapter declares them, and what a control, an option or a test must know of one.

Four are ready-made, because every chapter has them:

    class Settings(Base):
        data = knobs.data("The pictures to learn from, without labels.")
        lr = knobs.learning_rate(0.003)
        steps = knobs.steps(1500, [100, 200, 400, 800, 1500, 3000])
        seed = knobs.seed("the initial weights and the order of the data")
"""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import param

LAST_SEED = 99
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
CROWDED = 1 / 6, 0.4  # of a linear axis, and the share of the stops in it that is too much
TRUE_WORDS, FALSE_WORDS = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


def short(value: Any) -> str:
    """The number as a slider writes it, or a word as it is."""
    return str(value) if isinstance(value, str) else f"{value:g}"


class Stops(param.Number):
    """A number whose slider stops at the given values; any number within them is valid.

    Whole stops mean that only whole numbers are. `reads(value)` is what the slider writes.
    """

    __slots__ = ["stops", "reads"]

    def __init__(self, default, stops, reads=short, **options):
        self.stops = tuple(stops)
        self.reads = reads
        super().__init__(default=default, bounds=(self.stops[0], self.stops[-1]), **options)


class DataName(param.String):
    """The id of a data set, or (in Python and on the command line only) the path of one.

    `sets()` lists the sets that there are, as `workbench.data.entries` does for pictures, where the
    chapter's data are of another kind.
    """

    __slots__ = ["sets"]

    def __init__(self, default, sets=None, **options):
        self.sets = sets
        super().__init__(default=default, **options)


class Text(param.String):
    """A text that the reader writes, of at most `longest` characters.

    "" stands for the chapter's own, which `suggest(settings)` gives to begin with. `check(text)`
    raises ValueError with a sentence for a text that cannot be used.
    """

    __slots__ = ["longest", "check", "suggest"]

    def __init__(self, longest, check=lambda _text: None, suggest=lambda _run: "", **options):
        self.longest = longest
        self.check = check
        self.suggest = suggest
        super().__init__(default="", **options)


class TextRefused(ValueError):
    """A text that cannot be used. Its own words are the sentence for the reader."""


def data(
    doc: str, default: str = "digits", sets: Callable[[], Sequence[Any]] | None = None
) -> DataName:
    """The knob `data`: what the chapter learns from; `sets()` lists it, if it is no pictures."""
    return DataName(default, sets=sets, label="Data", doc=doc)


def learning_rate(
    default: float, stops: Sequence[float] = RATES, doc: str = "Adam's step size."
) -> Stops:
    """The knob `lr`."""
    return Stops(default, stops, label="Learning rate", precedence=2, doc=doc)


def steps(
    default: int,
    stops: Sequence[int],
    doc: str = "Mini-batches to train on.",
    label: str = "Steps",
) -> Stops:
    """The knob `steps`: how long a run is."""
    return Stops(default, stops, label=label, precedence=2, doc=doc)


def seed(draws: str = "the initial weights, the order of the data and the noise") -> param.Integer:
    """The knob `seed`. `draws` is a list in words: what is random."""
    bounds = (0, LAST_SEED)
    return param.Integer(0, bounds=bounds, label="Seed", precedence=2, doc=f"Draws {draws}.")


@dataclass(frozen=True)
class Knob:
    """What a control, an option or a test needs to know about one declared parameter."""

    name: str
    kind: str  # number, integer, choice, switch, data, text
    default: Any
    label: str
    doc: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    stops: tuple[float, ...] = ()
    reads: Callable[[Any], str] = short  # what a page writes for a value
    choices: tuple[str, ...] = ()
    longest: int | None = None  # characters of a text
    check: Callable[[str], None] = lambda _text: None  # of a text
    suggest: Callable[[Any], str] = lambda _settings: ""  # a text to begin with
    sets: Callable[[], Sequence[Any]] | None = None  # that a knob of data offers, if no pictures
    advanced: bool = False

    def allowed(self) -> str:
        """The allowed values in words."""
        if self.kind == "choice":
            return "one of " + ", ".join(map(str, self.choices))
        if self.kind == "switch":
            return "true or false"
        if self.kind == "data":
            return "the name of a data set"
        if self.kind == "text":
            return f"a text of at most {self.longest} characters"
        whole = "a whole number" if self.kind == "integer" else "a number"
        low, high = self.bounds
        return f"{whole} from {low:g} to {high:g}"

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest number. Raises ValueError for a knob without numbers."""
        if self.low is None or self.high is None:
            raise ValueError(f"{self.name} has no numbers.")
        return self.low, self.high

    @property
    def logarithmic(self) -> bool:
        """Whether the stops would crowd at the beginning of a linear axis."""
        return bool(self.stops) and self.stops[0] >= 0 and self._crowded(self.stops)

    @property
    def even(self) -> bool:
        """Whether they would crowd at its end, as those of a decay do: 0.9, 0.99 and 0.999."""
        return bool(self.stops) and self._crowded([-stop for stop in self.stops])

    def _crowded(self, stops: Sequence[float]) -> bool:
        """Whether too many of these lie in the first part of a linear axis from end to end."""
        part, most = CROWDED
        low, high = min(stops), max(stops)
        crowd = [stop for stop in stops if stop < low + part * (high - low)]
        return len(crowd) >= most * len(stops)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; fields that do not apply are left out."""
        fields = {k: getattr(self, k) for k in ("name", "kind", "default", "label", "doc")}
        extra = {k: getattr(self, k) for k in ("low", "high", "step", "stops", "choices")}
        return fields | {k: v for k, v in extra.items() if v not in (None, ())}

    def convert(self, raw: Any) -> Any:
        """The value that `raw` (a value or its text) means.

        Raises TypeError, ValueError or OverflowError when it means none that is allowed.
        """
        if self.kind in ("number", "integer"):
            return self._number(raw)
        if self.kind == "switch":
            word = str(raw).lower()
            if word not in TRUE_WORDS | FALSE_WORDS:
                raise ValueError
            return word in TRUE_WORDS
        if self.kind == "text":
            return self._text(raw)
        if self.kind == "data" and isinstance(raw, os.PathLike):
            raw = _as_text(raw)
        if not isinstance(raw, str) or not raw or "\0" in raw:
            raise ValueError
        if self.kind == "choice" and raw not in self.choices:
            raise ValueError
        return raw

    def _text(self, raw: Any) -> str:
        if not isinstance(raw, str) or "\0" in raw or len(raw) > (self.longest or 0):
            raise ValueError
        try:
            self.check(raw)
        except ValueError as refused:
            raise TextRefused(str(refused)) from None
        return raw.strip()

    def _number(self, raw: Any) -> float | int:
        if isinstance(raw, bool):
            raise ValueError
        value, (low, high) = float(raw), self.bounds
        if not math.isfinite(value) or not low <= value <= high:
            raise ValueError
        if self.kind == "integer":
            if value != int(value):
                raise ValueError
            return int(value)
        return value


def _as_text(path: os.PathLike) -> str:
    """The path as text that no name of a set can be: `here` becomes `./here`."""
    text = os.fspath(path)
    bare = isinstance(text, str) and os.path.basename(text) == text
    return os.path.join(os.curdir, text) if bare else text


def describe(name: str, parameter: param.Parameter) -> Knob:
    """The Knob of a parameter that a chapter's Settings declare."""
    common = {
        "name": name,
        "default": parameter.default,
        "label": parameter.label,
        "doc": " ".join((parameter.doc or "").split()),
        "advanced": (parameter.precedence or 0) > 1,
    }
    if isinstance(parameter, param.Boolean):
        return Knob(kind="switch", reads=lambda on: "on" if on else "off", **common)
    if isinstance(parameter, DataName):
        return Knob(kind="data", sets=parameter.sets, **common)
    if isinstance(parameter, Text):
        own = {name: getattr(parameter, name) for name in ("longest", "check", "suggest")}
        return Knob(kind="text", **own, **common)
    if isinstance(parameter, param.Selector):
        words = {value: word for word, value in parameter.names.items()}
        choices = tuple(parameter.objects)
        return Knob(kind="choice", choices=choices, reads=lambda v: words.get(v, v), **common)
    stops = getattr(parameter, "stops", ())
    integer = isinstance(parameter, param.Integer)
    integer = integer or bool(stops and all(isinstance(stop, int) for stop in stops))
    low, high = parameter.bounds
    return Knob(
        kind="integer" if integer else "number",
        low=low,
        high=high,
        step=parameter.step,
        stops=stops,
        reads=getattr(parameter, "reads", short),
        **common,
    )
