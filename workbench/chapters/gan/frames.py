"""Plays the chapter's games and shows them as frames."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.chapters.gan import by_hand, pictures
from workbench.chapters.gan.evaluation import Evaluation, evaluate, over_games
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.lesson import Networks
from workbench.chapters.gan.members import games
from workbench.chapters.gan.targets import Target, load_target
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.core.pictures import Picture

HINT = "Lower the learning rate, or the weight of the penalty."


class Progress(NamedTuple):
    """The networks as they are, and what was measured of all games at each step shown so far."""

    net: Networks
    history: list[tuple[int, list[Evaluation]]]

    def of(self, run: Settings) -> list[tuple[int, list[Evaluation]]]:
        """The history of this run's games alone."""
        own = [self.net.members.index(member) for member in games(run)]
        return [(step, [each[position] for position in own]) for step, each in self.history]


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Plays runs that differ in stackable knobs side by side; yields a list of their frames."""
    target, marks = load_target(runs[0], device), schedule(runs[0].steps)
    history: list[tuple[int, list[Evaluation]]] = []
    for step, net in (fit or by_hand.fit)(runs, target.train, device):
        if step in marks:
            check_weights(step, net)
            members = range(len(net.members))
            history.append((step, [evaluate(net, position, target) for position in members]))
            progress = Progress(net, history)
            yield [snapshot(run, target, progress) for run in runs]


def check_weights(step: int, net: Networks) -> None:
    """Raises Diverged where a weight of any game has left the finite numbers."""
    largest = max(p.detach().abs().max().item() for p in net.parameters())
    check_finite(step, {"a weight": largest}, HINT)


def snapshot(run: Settings, target: Target, progress: Progress) -> Frame:
    """The frame of a run."""
    history = progress.of(run)
    step, own = history[-1]
    scalars = own[0].numbers | over_games(own)
    if target.data is not None:
        rivals = target.rivals
        scalars |= {
            "mixture": rivals["ten Gaussians"].numbers["frechet"],
            "gaussian": rivals["one Gaussian"].numbers["frechet"],
            "copies": rivals["a copier that adds noise"].numbers["nearest"],
        }
    stage = "done" if step == run.steps else "playing"
    shown = draw(run, target, progress, history)
    return Frame(step, run.steps, scalars, shown, f"{stage}. {target.note}".rstrip(" ."))


def draw(run: Settings, target: Target, progress: Progress, history: list) -> dict[str, Picture]:
    """The pictures of a frame."""
    shown = own = history[-1][1][0]
    if target.shape is not None:
        alone = progress.net.discriminator.only([progress.net.members.index(games(run)[0])])
        return {
            "samples": pictures.plane(run, target.shape, alone, shown.samples),
            "modes": pictures.modes(run.steps, target.shape, history),
            "scores": pictures.scores(history),
            "quality": pictures.quality(history),
            "seeds": pictures.seeds(run, history, "modes", "modes covered"),
        }
    return {
        "samples": pictures.samples(target, own),
        "scores": pictures.scores(history),
        "seeds": pictures.seeds(run, history, "frechet", "Frechet distance"),
        "classes": pictures.classes(target, own),
        "rivals": pictures.rivals(target, own),
        "nearest": pictures.nearest(target, own),
    }
