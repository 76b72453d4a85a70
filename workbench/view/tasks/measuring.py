"""How five seeds answer an open task: what they have measured so far, and what they judge."""

from collections.abc import Sequence

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.lesson import Curve, Knobs, Task
from workbench.core.settings import Settings
from workbench.results import attempts
from workbench.running.runner import Runner
from workbench.view.tasks.open_task import OpenTask
from workbench.view.tasks.seeds import SeedRuns


class Measuring:
    """The runs that an open task waits for. `write` tells the page how the task stands."""

    def __init__(self, chapter: Chapter, runner: Runner):
        self.chapter = chapter
        self.runner = runner
        self.open_task: OpenTask | None = None
        self.seeds: SeedRuns | None = None

    def write(self) -> None:
        raise NotImplementedError

    def measure(self, knobs: Sequence[Knobs]) -> None:
        """Trains these knobs on five seeds each."""
        self.train([run for each in knobs for run in attempts.seeds_of(self.chapter, each)])

    def train(self, settings: Sequence[Settings]) -> None:
        """Trains these settings, and leaves what was waited for before."""
        self.leave_seeds()
        distinct = list(dict.fromkeys(settings))
        self.seeds = SeedRuns(self.chapter, self.runner, distinct, self.take_news)
        self.seeds.start()

    def take_news(self) -> None:
        """Takes what the runs that have ended measure."""
        task, seeds = self.open_task, self.seeds
        if task is None or seeds is None:
            return
        if task.checking is not None:
            take_attempt(task, seeds)
        elif task.stage == "reveal":
            take_values(task, seeds)
        elif seeds.complete:
            task.before = [task.task.of(each) for each in seeds.frames(seeds.settings)]
        self.write()

    def leave_seeds(self) -> None:
        """Waits no more; runs that nobody else reads end."""
        if self.seeds is not None:
            self.seeds.close()
            self.seeds = None

    def rest(self) -> None:
        """Leaves the runs while nobody sees them."""
        if self.seeds is not None:
            self.seeds.close()

    def wake(self) -> None:
        """Trains again what was left."""
        if self.seeds is not None and not self.seeds.runs:
            self.seeds.start()

    def close(self) -> None:
        """Leaves the runs and the task for good."""
        self.leave_seeds()
        self.open_task = None


def knobs_of(task: Task) -> list[Knobs]:
    """The knobs that have to be run to judge a prediction, the question's own first."""
    states = [task.preset] + ([task.before] if task.before is not None else [])
    if isinstance(task.predict, Curve) and task.predict.knob:
        states += [{**task.preset, task.predict.knob: place} for place in task.predict.at]
    return states


def take_values(task: OpenTask, seeds: SeedRuns) -> None:
    """The seeds that have been measured so far, and the verdict when all are there."""
    own = attempts.seeds_of(task.chapter, task.task.preset)
    task.values = [task.task.of(frames) for frames in seeds.frames(own)]
    if not seeds.complete:
        return
    task.trouble = seeds.trouble
    if not task.trouble:

        def trained(_chapter: Chapter, runs: Sequence[Settings]) -> list[Sequence[Frame]]:
            return seeds.frames(runs)

        task.measured = attempts.train_task(task.task, task.chapter, trained)
        task.before = task.measured.before
        judge(task)


def judge(task: OpenTask) -> None:
    """The verdict on what the reader has committed to; none after a skip."""
    if task.given is not None and task.measured is not None:
        asked = task.chapter, task.task, task.given, task.measured
        task.verdict = attempts.judge_prediction(*asked)


def take_attempt(task: OpenTask, seeds: SeedRuns) -> None:
    """The runs of an attempt that have ended, and what it was worth when all have."""
    task.ended = sum(run.ended.is_set() for run in seeds.runs)
    if not seeds.complete:
        return
    settings, task.checking, task.trouble = task.checking, None, seeds.trouble
    if settings is not None and not task.trouble:
        frames = seeds.frames(seeds.settings)
        task.attempt = attempts.judge_attempt(task.chapter, task.task, settings, frames)
        task.tried = settings
        task.attempts += 1
        task.solved = task.solved or task.attempt.passed
