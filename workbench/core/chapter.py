"""A chapter as the rest of the workbench sees it: values now, its modules when they are used.

Everything here is known without PyTorch, so a server can show a chapter that it does not train.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from workbench.core import settings
from workbench.core.frames import Frame, Trace, label
from workbench.core.lesson import Lesson
from workbench.core.page import Page, Published, read_page
from workbench.core.quantity import Quantity

Fit = Callable[..., Iterator[Any]]  # fit(runs, data, device) yields (step, networks, ...)


@dataclass(frozen=True)
class Claim:
    """A sentence that the chapter asserts, and the experiment that tests it.

    `measure(seed)` trains what it needs and returns (whether it holds, what was measured).
    """

    id: str
    sentence: str
    measure: Callable[[int], tuple[bool, str]]


class Train(Protocol):
    """Trains runs side by side and yields a list at a time: one Frame of each run.

    The runs differ in the chapter's stackable knobs only, and one run is a list of one. `fit` is a
    reader's own training loop in place of the chapter's.
    """

    def __call__(
        self, runs: Sequence[settings.Settings], device: str = "cpu", fit: Fit | None = None
    ) -> Iterator[list[Frame]]: ...


@dataclass(frozen=True)
class Chapter:
    """One experiment: its knobs, its training, and what to show of it.

    `package` is the dotted name of its folder. The folder holds `page.md` and the modules `lesson`
    (with `fit`), `frames` (with `train`) and `claims` (with `CLAIMS`), and may hold `tasks` (with
    `LESSON`).
    """

    package: str
    name: str
    number: int  # in the workshop, and of its notebook
    Settings: type[settings.Settings]
    stackable: tuple[str, ...] = ()  # the knobs in which runs of one stack may differ
    traces: tuple[Trace, ...] = ()
    layout: tuple[str, ...] = ()  # names of traces (by title) and pictures, most telling first
    thumbnail: str = ""  # the picture that stands for the chapter on the home page
    # the workbench.data.Source of a run's data, if it is not the image set that its knob names
    source: Callable[[settings.Settings], Any] | None = None
    # the module with the `fit` of a kind of run that has a lesson of its own
    lessons: Mapping[str, str] = field(default_factory=dict)

    def part(self, name: str) -> ModuleType:
        """The module `name` of the chapter's folder."""
        return import_module(f"{self.package}.{name}")

    @property
    def folder(self) -> Path:
        return Path(import_module(self.package).__path__[0])

    @property
    def train(self) -> Train:
        return self.part("frames").train

    def fit(self, run: settings.Settings) -> Fit:
        """The training loop that this run's lesson shows."""
        return self.part(self.lessons.get(getattr(run, "kind", ""), "lesson")).fit

    @property
    def claims(self) -> tuple[Claim, ...]:
        return self.part("claims").CLAIMS

    @cached_property
    def teaching(self) -> Lesson:
        """What the page shows first, and the tasks: `LESSON` of the chapter's module `tasks`.

        A chapter without one shows the first pictures of its layout, and sets no task.
        """
        if (self.folder / "tasks.py").exists():
            return self.part("tasks").LESSON
        return Lesson(
            lead=self.question,
            main=next(iter(self.layout), ""),
            beside=self.layout[1:3],
            numbers=tuple(self.reading)[:3],
        )

    @cached_property
    def page(self) -> Page:
        return read_page(self.folder / "page.md")

    @property
    def title(self) -> str:
        return self.page.title

    @property
    def question(self) -> str:
        return self.page.question

    @property
    def doc(self) -> str:
        return self.page.doc

    @property
    def outcomes(self) -> str:
        return self.page.outcomes

    @property
    def reading(self) -> dict[str, str]:
        return self.page.reading

    def quantity(self, scalar: str) -> Quantity:
        """What a reader calls this number, and its unit."""
        given = self.page.quantities.get(scalar, Quantity(""))
        return given if given.label else given._replace(label=label(scalar))

    def in_words(self, numbers: Mapping[str, float], *names: str) -> str:
        """These of the numbers as a page writes them: Rate 3.32 nats; Latents in use 4."""
        written = ((self.quantity(name), numbers[name]) for name in names)
        return "; ".join(f"{quantity.label} {quantity.write(value)}" for quantity, value in written)

    @property
    def try_this(self) -> tuple[tuple[str, str], ...]:
        return self.page.try_this

    @property
    def published(self) -> tuple[Published, ...]:
        return self.page.published
