"""Settings: one chapter's knobs, declared once, frozen when used.

A chapter subclasses `Settings` and declares its knobs with param. Sliders, the CLI's options,
the page's address and every error message are made from those declarations. An instance is a
value: it cannot be changed, it hashes and compares by its knobs, and `replace` makes another.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

import param


class SettingsError(ValueError):
    """A chapter, knob or value that cannot be used. Its text is one sentence for the reader."""


def short(value: float) -> str:
    """A number as a slider writes it."""
    return f"{value:g}"


class Stops(param.Number):
    """A number whose slider stops at the given values; any number within them is valid.

    Whole stops mean that only whole numbers are. `reads(value)` is what the slider writes.
    """

    __slots__ = ["stops", "reads"]

    def __init__(self, default, stops, reads=short, **kw):
        self.stops, self.reads = tuple(stops), reads
        super().__init__(default=default, bounds=(self.stops[0], self.stops[-1]), **kw)


class DataName(param.String):
    """The id of a data set, or (in Python and on the command line only) the path of one."""


@dataclass(frozen=True)
class Knob:
    """What a control, an option or a test needs to know about one declared parameter."""

    name: str
    kind: str  # number, integer, choice, switch, data
    default: Any
    label: str
    doc: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    stops: tuple[float, ...] = ()
    reads: Callable[[float], str] = short
    choices: tuple[str, ...] = ()
    advanced: bool = False

    def allowed(self) -> str:
        """The allowed values in words."""
        if self.kind == "choice":
            return "one of " + ", ".join(map(str, self.choices))
        if self.kind == "switch":
            return "true or false"
        if self.kind == "data":
            return "the name of a data set"
        whole = "a whole number" if self.kind == "integer" else "a number"
        return f"{whole} from {self.low:g} to {self.high:g}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; fields that do not apply are left out."""
        fields = {k: getattr(self, k) for k in ("name", "kind", "default", "label", "doc")}
        extra = {k: getattr(self, k) for k in ("low", "high", "step", "stops", "choices")}
        return fields | {k: v for k, v in extra.items() if v not in (None, ())}


def _knob(name: str, p: param.Parameter) -> Knob:
    common = dict(name=name, default=p.default, label=p.label, doc=" ".join((p.doc or "").split()))
    common["advanced"] = (p.precedence or 0) > 1
    if isinstance(p, param.Boolean):
        return Knob(kind="switch", **common)
    if isinstance(p, DataName):
        return Knob(kind="data", **common)
    if isinstance(p, param.Selector):
        return Knob(kind="choice", choices=tuple(p.objects), **common)
    stops = getattr(p, "stops", ())
    whole = isinstance(p, param.Integer) or (stops and all(isinstance(s, int) for s in stops))
    kind, (low, high) = "integer" if whole else "number", p.bounds
    common["reads"] = getattr(p, "reads", short)
    return Knob(kind=kind, low=low, high=high, step=p.step, stops=stops, **common)


_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


def _number(knob: Knob, raw: Any) -> float | int:
    if isinstance(raw, bool):
        raise ValueError
    value = float(raw)
    if not math.isfinite(value) or not knob.low <= value <= knob.high:
        raise ValueError
    if knob.kind == "integer":
        if value != int(value):
            raise ValueError
        return int(value)
    return value


def _convert(knob: Knob, raw: Any) -> Any:
    if knob.kind in ("number", "integer"):
        return _number(knob, raw)
    if knob.kind == "switch":
        word = str(raw).lower()
        if word not in _TRUE | _FALSE:
            raise ValueError
        return word in _TRUE
    if not isinstance(raw, str) or not raw or "\0" in raw:
        raise ValueError
    if knob.kind == "choice" and raw not in knob.choices:
        raise ValueError
    return raw


class Settings(param.Parameterized):
    """The frozen knobs of one chapter.

    Raises SettingsError when a knob is unknown or a value is outside its range.
    """

    # knob -> function(settings) -> bool: whether the knob matters now; controls hide the others
    relevant: dict[str, Any] = {}

    def __init__(self, **knobs):
        # not in __init_subclass__: param has not yet seen the knobs of the class by then
        for p in type(self).param.objects("existing").values():
            p.constant = True
        super().__init__(**{name: self.parse(name, raw) for name, raw in knobs.items()})

    @classmethod
    @cache
    def knobs(cls) -> dict[str, Knob]:
        """The declared knobs by name, in the order of declaration."""
        declared = {k: p for k, p in cls.param.objects("existing").items() if k != "name"}
        return {name: _knob(name, p) for name, p in declared.items()}

    @classmethod
    def parse(cls, name: str, raw: Any) -> Any:
        """The value of knob `name` meant by `raw` (a value or its text)."""
        knobs = cls.knobs()
        if name not in knobs:
            raise SettingsError(f"There is no knob {name[:40]!r}; there are {', '.join(knobs)}.")
        try:
            return _convert(knobs[name], raw)
        except (TypeError, ValueError, OverflowError):
            said = _said(raw)
            raise SettingsError(f"{name} must be {knobs[name].allowed()}, not {said!r}.") from None

    def values_by_name(self) -> dict[str, Any]:
        """Every knob's value, in the order of declaration."""
        return {name: getattr(self, name) for name in self.knobs()}

    def replace(self, **knobs) -> "Settings":
        """The same settings with some knobs changed."""
        return type(self)(**(self.values_by_name() | knobs))

    def matters(self, name: str) -> bool:
        """Whether the knob has an effect with the other knobs as they are."""
        rule = self.relevant.get(name)
        return rule is None or bool(rule(self))

    def to_query(self) -> str:
        """Every knob as the query part of an address: `data=digits&beta=4`."""
        texts = {name: _text(value) for name, value in self.values_by_name().items()}
        return urlencode(texts, errors="surrogatepass")  # a path's bytes need not be UTF-8

    @classmethod
    def from_query(cls, query: str | Mapping[str, str]) -> tuple["Settings", list[str]]:
        """Settings from an address, and a note for each key that had to be ignored.

        Keys are judged one by one, so one bad key never costs the good ones. An address can name
        a data set but never a path.
        """
        pairs = dict(parse_qsl(query)) if isinstance(query, str) else dict(query)
        good, notes = {}, []
        for name, raw in pairs.items():
            try:
                value = cls.parse(name, raw)
                if cls.knobs()[name].kind == "data" and not _SAFE_NAME.fullmatch(value):
                    raise SettingsError(f"{name} must be the name of a data set.")
                good[name] = value
            except SettingsError as error:
                notes.append(f"The link's {name[:40]} was ignored: {error}")
        return cls(**good), notes

    def __eq__(self, other):
        return type(self) is type(other) and self.values_by_name() == other.values_by_name()

    def __hash__(self):
        return hash((type(self), *self.values_by_name().values()))

    def __repr__(self):
        inside = ", ".join(f"{k}={v!r}" for k, v in self.values_by_name().items())
        return f"{type(self).__qualname__}({inside})"

    __str__ = __repr__


def _said(raw: Any) -> str:
    """The beginning of what was given; Python refuses to print whole numbers beyond 4300 digits."""
    try:
        return str(raw)[:40]
    except ValueError:
        return "a number of thousands of digits"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
