"""Poison: what a chapter must not see, replaced by nonsense, to find out whether it looks at it."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import _lru_cache_wrapper, partial
from itertools import islice
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from workbench.chapters import NAMES, find
from workbench.chapters.cdbn.lesson import Climber
from workbench.core.frames import Frame
from workbench.data import catalog, tables
from workbench.running.players import play
from workbench.science import nets

PARTS = ("train", "test")
EARLY = 4
FAR = 50  # standard deviations: what looks at such rows of a table shows it


def cases() -> list[tuple[str, str]]:
    """Every kind of every chapter; one nameless kind where there is no such knob."""
    knobs = {name: find(name).Settings.knobs() for name in NAMES}
    kinds = {name: k["kind"].choices if "kind" in k else ("",) for name, k in knobs.items()}
    return [(name, kind) for name in NAMES for kind in kinds[name]]


def shortest(name: str, kind: str = "", **more) -> dict:
    """The values of the knobs of the shortest run of this kind."""
    steps = int(find(name).Settings.knobs()["steps"].low)
    return {"steps": steps} | ({"kind": kind} if kind else {}) | more


class Trace(NamedTuple):
    """What a run leaves: its frames, and the weights of every network that was trained, after the
    first `EARLY` frames and at the end."""

    frames: list[Frame]
    early: list[bytes]
    weights: list[bytes]

    def moved(self, other: "Trace") -> set[str]:
        """The numbers that differ somewhere between this run and another."""
        pairs = list(zip(self.frames, other.frames))  # noqa: B905 - one may have ended early
        names = self.frames[-1].scalars
        return {n for n in names if any(a.scalars.get(n) != b.scalars.get(n) for a, b in pairs)}


def trace(name: str, part: str | None = None, whole: bool = True, **settings) -> Trace:
    """A run of the chapter on data of which a part is poisoned: "train", "test" or "labels".

    Without `whole` it ends after the first frames.
    """
    with poisoned(part), watched() as weights:
        playing = play(name, "cpu", **settings)
        first = list(islice(playing, EARLY))
        early = weights()
        return Trace(first + list(playing if whole else ()), early, weights())


@contextmanager
def watched() -> Iterator[Callable[[], list[bytes]]]:
    """Hands out a function that gives the weights of everything that trains meanwhile, as they
    are: what Adam and the optimisers of single chapters have been given."""
    trained: list[list] = []

    def noting(begin):
        def note(optimiser, parameters, *args, **kw):
            parameters = list(parameters)
            trained.append(parameters)
            begin(optimiser, parameters, *args, **kw)

        return note

    with ExitStack() as stack:
        for kind in (nets.Adam, Climber):
            stack.enter_context(patch.object(kind, "__init__", noting(kind.__init__)))
        yield lambda: [b"".join(map(content, parameters)) for parameters in trained]


def content(tensor) -> bytes:
    return tensor.detach().cpu().numpy().tobytes()


@contextmanager
def poisoned(part: str | None) -> Iterator[None]:
    """Every image set and table that is read meanwhile has this part poisoned; None: nothing."""
    with ExitStack() as stack:
        if part:
            for package in (catalog, tables):
                spoilt = partial(spoil_what, package._load, part)
                stack.enter_context(patch.object(package, "_load", spoilt))
        forget()
        stack.callback(forget)
        yield


def forget() -> None:
    """Empties every cache of the workbench, so that data are read again."""
    for cache in gc.get_objects():
        if type(cache) is _lru_cache_wrapper and cache.__module__.startswith("workbench."):
            cache.cache_clear()


def spoil_what(read: Callable, part: str, *key):
    return spoil(read(*key), part)


def spoil(data, part: str):
    """An image set or a table in which the part, "train", "test" or "labels", is nonsense."""
    rng = np.random.default_rng(9)
    if part == "labels":
        return replace(data, **{f"y_{p}": rng.permutation(values(data, "y", p)) for p in PARTS})
    x, more = values(data, "x", part), {}
    shape, of_table = x.shape, isinstance(data, tables.TableSet)
    noise = FAR * rng.standard_normal(shape) if of_table else rng.random(shape)
    for field in ("y", "factors"):
        if getattr(data, f"{field}_{part}", None) is not None:
            more[f"{field}_{part}"] = rng.permutation(values(data, field, part))
    return replace(data, **{f"x_{part}": noise.astype(x.dtype)}, **more)


def values(data, field: str, part: str):
    return getattr(data, f"{field}_{part}")
