"""Settings: one chapter's knobs, declared once, frozen when used.

A chapter subclasses `Settings` and declares its knobs with param. Sliders, the CLI's options,
the page's address and every error message are made from those declarations. An instance is a
value: it cannot be changed, it hashes and compares by its knobs, and `replace` makes another.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import param

from workbench.core.knobs import DataName, Knob, Stops, Text, TextRefused, describe, short

__all__ = ["DataName", "Knob", "Settings", "SettingsError", "Stops", "Text", "short"]

SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
UPLOAD = re.compile(r"upload-[0-9a-f]{24}")  # a set that a reader has brought to one page
Own = TypeVar("Own", bound="Settings")


class SettingsError(ValueError):
    """A chapter, knob or value that cannot be used. Its text is one sentence for the reader."""


class Settings(param.Parameterized):
    """The frozen knobs of one chapter.

    Raises SettingsError when a knob is unknown or a value is outside its range.
    """

    # what every chapter declares
    data: str
    steps: int
    seed: int

    # knob -> function(settings) -> bool: whether the knob matters now; controls hide the others
    relevant: dict[str, Any] = {}

    def __init__(self, **knobs):
        # not in __init_subclass__: param has not yet seen the knobs of the class by then
        for parameter in type(self).param.objects("existing").values():
            parameter.constant = True
        super().__init__(**{name: self.parse(name, raw) for name, raw in knobs.items()})

    @classmethod
    @cache
    def knobs(cls) -> dict[str, Knob]:
        """The declared knobs by name, in the order of declaration."""
        declared = {k: p for k, p in cls.param.objects("existing").items() if k != "name"}
        return {name: describe(name, parameter) for name, parameter in declared.items()}

    @classmethod
    def parse(cls, name: str, raw: Any) -> Any:
        """The value of knob `name` meant by `raw` (a value or its text)."""
        knobs = cls.knobs()
        if name not in knobs:
            raise SettingsError(f"There is no knob {name[:40]!r}; there are {', '.join(knobs)}.")
        try:
            return knobs[name].convert(raw)
        except TextRefused as refused:
            raise SettingsError(str(refused)) from None
        except (TypeError, ValueError, OverflowError):
            allowed, value = knobs[name].allowed(), _beginning(raw)
            raise SettingsError(f"{name} must be {allowed}, not {value!r}.") from None

    def values_by_name(self) -> dict[str, Any]:
        """Every knob's value, in the order of declaration."""
        return {name: getattr(self, name) for name in self.knobs()}

    def replace(self: Own, **knobs: Any) -> Own:
        """The same settings with some knobs changed."""
        return type(self)(**(self.values_by_name() | knobs))

    @property
    def personal(self) -> bool:
        """Whether a text or data of one reader's own is among them: nobody else's business.

        Such a run is kept by no store, named in no log and among no class's points, and it is
        forgotten when its last reader leaves.
        """
        knobs = self.knobs().values()
        values = [(knob, getattr(self, knob.name)) for knob in knobs]
        written = any(knob.kind == "text" and value != knob.default for knob, value in values)
        return written or any(k.kind == "data" and bool(UPLOAD.fullmatch(v)) for k, v in values)

    def matters(self, name: str) -> bool:
        """Whether the knob has an effect with the other knobs as they are."""
        rule = self.relevant.get(name)
        return rule is None or bool(rule(self))

    def to_query(self) -> str:
        """Every knob as the query part of an address: `data=digits&beta=4`."""
        texts = {name: _text(value) for name, value in self.values_by_name().items()}
        return urlencode(texts, errors="surrogatepass")  # a path's bytes need not be UTF-8

    @classmethod
    def from_query(cls: type[Own], query: str | Mapping[str, str]) -> tuple[Own, list[str]]:
        """Settings from an address, and a note for each key that had to be ignored.

        Keys are judged one by one, so one bad key never costs the good ones. An address can name
        a data set but never a path.
        """
        pairs = dict(parse_qsl(query)) if isinstance(query, str) else dict(query)
        good, notes = {}, []
        for name, raw in pairs.items():
            try:
                value = cls.parse(name, raw)
                if cls.knobs()[name].kind == "data" and not SAFE_NAME.fullmatch(value):
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


def _beginning(raw: Any) -> str:
    """The first characters of a value; Python refuses to print numbers beyond 4300 digits."""
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
