r"""What does a network learn from wrong labels?

First what most items of a class have in common, and with time each wrong label by heart. Reed et
al. 2015 let the network object. With $t$ the label it was given, $q$ its own distribution over the
classes and $z$ the class it finds likeliest,

$$L_\text{soft} = -\sum_k \left[\beta t_k + (1-\beta)\, q_k\right] \log q_k
= \beta\, \mathrm{CE}(t, q) + (1-\beta)\, \mathrm H(q),$$

$$L_\text{hard} = -\sum_k \left[\beta t_k + (1-\beta)\, z_k\right] \log q_k .$$

$\beta = 1$ is cross-entropy; the smaller it is, the more the network believes itself. The
reconstruction form learns how labels go wrong: its noise layer $N$ turns the distribution over
the *true* label into that of the given one, and $R q$ must look like the picture,

$$L_\text{recon} = -\sum_k t_k \log \textstyle\sum_j N_{kj} q_j
+ \beta\, \lVert x - R q \rVert^2 .$$

Three experiments: **wrong labels** in classification, **annotators** who disagree, and detection
with **missing boxes** (there the losses are those of every location's confidence). Beside each run
train those it is compared with, on the same labels, from the same weights, with the same batches.

Mind three things. These losses carry a leading minus that is easily lost, and then training climbs.
The $q$ in front of the soft logarithm must stay in the graph: *soft-detached*, which popular code
has by default, is cross-entropy with a smaller learning rate. And noise is drawn once and kept:
labels that change with every epoch cannot be learnt by heart. Pictures without labels get those of
five K-means clusters; the labels of the test set are never touched.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from workbench.chapters.bootstrap import detection
from workbench.chapters.bootstrap.by_hand import gradient_by_hand
from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import Task, task
from workbench.chapters.bootstrap.lesson import Classifiers, family, fit
from workbench.chapters.bootstrap.pictures import Look, _labels, _people, look
from workbench.core.frames import Frame, check_finite, schedule

HINT = "Lower the learning rate, or beta of the reconstruction."


def train_together(
    runs: Sequence[Settings], device: str = "cpu", gradient=gradient_by_hand
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first = runs[0]
    if first.kind == "missing-boxes":
        yield from detection.train_together(runs, device)
        return
    work = task(first.data, device)
    families = [family(run) for run in runs]
    members = sorted(
        dict.fromkeys(chain(*(f.values() for f in families))), key=lambda m: m.loss == "recon"
    )
    places = [{role: members.index(m) for role, m in kin.items()} for kin in families]
    best: dict[int, tuple[float, float]] = {}  # by place: accuracy on clean items, and on the test
    shown = schedule(first.steps)
    for step, model, given in fit(members, work, first.width, first.steps, shown, gradient):
        seen = look(model, work, given, whole=step == first.steps)
        for place, (clean, test) in enumerate(zip(seen.clean, seen.accuracy, strict=True)):
            best[place] = max(best.get(place, (0.0, 0.0)), (clean, test), key=lambda b: b[0])
        yield [
            snapshot(model, work, run, kin, seen, best, step)
            for run, kin in zip(runs, places, strict=True)
        ]


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Trains one run and those it is compared with, and yields its frames."""
    for (frame,) in train_together([settings], device):
        yield frame


def snapshot(
    model: Classifiers,
    work: Task,
    run: Settings,
    kin: dict[str, int],
    seen: Look,
    best: dict,
    step: int,
) -> Frame:
    """What was measured after `step` steps and what it looks like; kin: the place of each role."""
    exhibit = _people if run.kind == "annotators" else _labels
    scalars, pictures = exhibit(model, work, run, kin, seen, best)
    scalars = {name: float(value) for name, value in scalars.items()}
    weights = model.net.weights[-1].detach().abs().amax((1, 2))
    check_finite(step, {"a weight": max(weights[p].item() for p in kin.values())}, HINT)
    return Frame(step, run.steps, scalars, pictures, "done" if step == run.steps else "training")
