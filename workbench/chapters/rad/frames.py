r"""How do you learn on when the labels lie?

Batches of samples arrive one after the other, and a share of their labels is wrong. RAD (robust
anomaly detection, Zhao et al. 2019) begins with one clean batch and then believes only what it has
reason to believe. It keeps a set $\mathcal D^*$ and two models trained on it, the label model $L$
and the classifier $C$. Of a batch $(x_i, \tilde y_i)$ it keeps

* **RAD**: the samples with $L(x_i) = \tilde y_i$;
* **RAD Voting**: where $L$ disagrees, $C$ decides. If $C(x_i) = \tilde y_i$ the label stays, if
  $C(x_i) = L(x_i)$ it becomes theirs, and otherwise the sample is dropped;
* **RAD Active Learning**: as Voting, but an expert names the class of what would be dropped, for at
  most so many samples of a batch;
* **RAD Slim**: no $L$; where $C(x_i) \ne \tilde y_i$, ask the expert or drop.

Then $\mathcal D^*$ grows by what was kept and both models are trained anew. **Ensemble** lets RAD's
$L$ and $C$ predict together (the mean of their probabilities: the paper's rule was not to be had).
They stand between **No-Sel**, which believes everything, and **Opt-Sel**, which drops exactly the
wrong labels. Opt-Sel is no upper bound: it learns from fewer samples than **Full-clean**, which has
an expert look at everything.

Of $B$ labels in a batch, $\lfloor B \cdot \mathcal N(\mu, \sigma) \rfloor$ are wrong, at least
none and at most all; a wrong label is any other class with equal odds. The paper is quoted with
"$40 \pm 8$" and with "$\mathcal N(40, \sqrt{80})$" for the same batch of 400, which cannot both be
meant; the authors' code takes $\sigma = 0.2$ of the batch. So $\sigma$ is a knob: relative to
$\mu$, or absolute.

All of it rests on one condition: $C$ must be hurt by wrong labels. A tree grown to pure leaves
learns them by heart and has much to gain; a network that resists them has little to gain from
throwing samples away.
"""

from collections.abc import Iterator

from workbench.chapters.rad import rules as selection
from workbench.chapters.rad.knobs import ASKING, Settings
from workbench.chapters.rad.lesson import learner, open_stream, shown
from workbench.chapters.rad.pictures import History
from workbench.chapters.rad.rules import Learner, Verdict
from workbench.chapters.rad.stream import Batch, Course
from workbench.core.frames import Frame, check_finite


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Runs all variants over one stream and yields a frame for every batch.

    The models are small and mostly scikit-learn's, so all of it happens on the CPU.
    """
    data, course = open_stream(settings)
    learners = {rule: learner(rule, settings, course) for rule in shown(settings)}
    history = History(settings, data, course)
    for step, batch in enumerate(course.batches[1:], 1):
        verdicts = {rule: one.meet(batch) for rule, one in learners.items()}
        scalars = measure(settings, course, batch, learners, verdicts[settings.look])
        history.add(batch, verdicts[settings.look], learners, scalars)
        check_finite(step, scalars, "Choose another classifier.")
        note = f"{len(batch)} samples, {(batch.given != batch.truth).sum()} wrong labels"
        yield Frame(step, settings.steps, scalars, history.pictures(learners, scalars), note)


def measure(
    settings: Settings, course: Course, batch: Batch, learners: dict[str, Learner], seen: Verdict
) -> dict[str, float]:
    """The numbers after a batch; those of a choice are about the variant that is looked at."""
    x, y = course.x_test, course.y_test
    scalars = {rule: one.accuracy(x, y) for rule, one in learners.items()}
    if settings.ensemble:
        both = selection.ensemble(learners["rad"].models, x, len(course.classes))
        scalars["ensemble"] = float((both == y).mean())
    scalars |= selection.quality(batch, seen)._asdict()
    scalars["noise"] = float((batch.given != batch.truth).mean())
    scalars |= {f"asked_{rule}": float(learners[rule].asked) for rule in ASKING if rule in learners}
    if "no_sel" in learners:
        scalars["memorised"] = memorised(learners["no_sel"])
    return scalars


def memorised(one: Learner) -> float:
    """Share of the wrong labels in its training set that C repeats; 0 while there are none."""
    wrong = one.y != one.truth
    if not wrong.any():
        return 0.0
    return float((one.models.C.predict(one.x[wrong]) == one.y[wrong]).mean())
