r"""Which instance made the bag positive?

In multi-instance learning a label belongs to a bag, not to what is in it: somewhere on this slide
is a tumour, one shape of this molecule smells. With $y_k$ the unknown labels of the instances
$x_1, \dots, x_K$, the standard assumption is $Y = \max_k y_k$. What is in a bag has no order, so
the network embeds each instance, $h_k = f(x_k)$, and pools.

**Instance level**: a classifier gives every instance a probability $p_k$, and the bag gets their
max, their mean, the *noisy-or* $1 - \prod_k (1 - p_k)$, or *log-sum-exp*
$\frac 1r \log \frac 1K \sum_k e^{r p_k}$, which lies between mean and max. **Embedding level**: the
max of every feature, the mean, or **attention** (Ilse et al. 2018), a mean whose weights are
learnt,

$$z = \sum_k a_k h_k, \qquad a_k = \frac{\exp\{w^\top \tanh(V h_k)\}}
{\sum_j \exp\{w^\top \tanh(V h_j)\}},$$

and one classifier reads $z$. *Gated* attention multiplies the hyperbolic tangent by
$\mathrm{sigm}(U h_k)$. Nobody tells the network which instance it was; the weights say what it
thinks.

Mind three things. Weights compare instances of *one* bag: in a negative bag, where there is nothing
to find, they sum to 1 all the same. Of bags drawn at random nearly all are positive (of ten digits
65 % hold a nine, of fifty 99.5 %), so bags are balanced here unless you say otherwise. And train
and test bags share no instance.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from workbench.chapters.mil import pooling
from workbench.chapters.mil.bags import Task
from workbench.chapters.mil.knobs import Settings
from workbench.chapters.mil.lesson import Network, fit
from workbench.chapters.mil.pictures import attention_numbers, look, pictures
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science import metrics
from workbench.science.later import Tensor

SHOWN = 256  # training bags that a frame's numbers are measured on


def train_together(
    runs: Sequence[Settings], device: str = "cpu", shown=None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    order = sorted(range(len(runs)), key=lambda r: pooling.KINDS.index(runs[r].pooling))
    grouped = [runs[r] for r in order]
    for step, model, x, tasks, losses in fit(grouped, device, shown or schedule(runs[0].steps)):
        frames = snapshots(model, x, grouped, tasks, losses, step)
        yield [frames[order.index(r)] for r in range(len(runs))]


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Trains one run and yields its frames."""
    for (frame,) in train_together([settings], device):
        yield frame


def snapshots(
    model: Network,
    x: Tensor,
    runs: Sequence[Settings],
    tasks: Sequence[Task],
    losses: list[float],
    step: int,
) -> list[Frame]:
    """The frame of every run after `step` steps."""
    count = len(tasks[0].train.y)
    some = np.linspace(0, count - 1, min(SHOWN, count)).astype(int)
    tested = look(model, x, [work.test for work in tasks])
    train_bags = [work.train.take(some) for work in tasks]
    trained = look(model, x, train_bags)
    frames = []
    for r, (run, work) in enumerate(zip(runs, tasks, strict=True)):
        scalars = {
            "loss": losses[r],
            "auc": metrics.auc(work.test.y, tested[r].p),
            "train_auc": metrics.auc(train_bags[r].y, trained[r].p),
            **attention_numbers(work, tested[r]),
        }
        check_finite(step, scalars, "Lower the learning rate.")
        shown = pictures(model, r, x, work, tested[r], last=step == run.steps)
        note = f"{work.train.y.mean():.0%} of the training bags are positive"
        frames.append(Frame(step, run.steps, scalars, shown, note))
    return frames
