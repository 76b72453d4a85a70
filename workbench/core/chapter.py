"""TODO."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workbench.core.frames import Frame, Trace
from workbench.core.settings import Settings


@dataclass(frozen=True)
class Claim:
    """A sentence the chapter asserts, and the experiment that tests it.

    `measure(seed)` trains whatever it takes and returns (does it hold?, what was measured).
    """

    id: str
    sentence: str
    measure: Callable[[int], tuple[bool, str]]


@dataclass(frozen=True)
class Published:
    """A number from a paper, to stand beside ours: what, how much, and where it is printed."""

    what: str
    value: str
    source: str


@dataclass(frozen=True)
class Chapter:
    """One experiment: its knobs, its training loop, and what to show of it.

    train(settings, device) yields Frames. train_together([settings, ...], device) yields one list
    of Frames at a time, for chapters whose runs can share a stack; `stackable` names the knobs in
    which such runs may differ.
    """

    name: str
    number: int  # in the workshop, and of its notebook
    title: str
    question: str
    doc: str
    Settings: type[Settings]
    train: Callable[[Settings, str], Iterator[Frame]]
    train_together: Callable[[Sequence[Settings], str], Iterator[list[Frame]]] | None = None
    stackable: tuple[str, ...] = ()
    traces: tuple[Trace, ...] = ()
    layout: tuple[str, ...] = ()  # names of traces (by title) and pictures, most telling first
    thumbnail: str = ""  # the picture that stands for the chapter on the home page
    reading: dict[str, str] | None = None  # one line of reading for each headline scalar
    claims: tuple[Claim, ...] = ()
    published: tuple[Published, ...] = ()
    source: Callable[[Settings], str] | None = None  # fingerprint of a run's data, if not data's
    try_this: tuple[tuple[str, str], ...] = ()  # (what to look for, query of the settings)
