"""What a reader predicts and solves in the chapter on convolutional belief networks."""

from collections.abc import Mapping, Sequence

from workbench.chapters.cdbn.knobs import Settings
from workbench.core.frames import Frame
from workbench.core.lesson import (
    Bound,
    Direction,
    Goal,
    Lesson,
    Outcome,
    Pick,
    Range,
    Reason,
    Task,
)
from workbench.core.quantity import PERCENT, Quantity, digits, percent

FIRST = {"second": False, "steps": 200}  # the first layer alone


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How well the first layer dreams and what its features know, in one sentence."""
    if "mse" not in numbers:
        return "Nothing is learnt yet."
    share = numbers["mse"] / max(numbers["mean_mse"], 1e-12)
    error = f"A reconstruction has {digits(share, 2)} times the error of the mean picture"
    if "probe_100" not in numbers:
        return f"{error}, with {percent(numbers['active'])} of the hidden units on."
    known, raw = percent(numbers["probe_100"]), percent(numbers["raw_100"])
    return f"{error}; with 100 labels {known} are named rightly from features, {raw} from pixels."


def against_mean(frames: Sequence[Frame]) -> float:
    """The reconstruction error as a multiple of the mean picture's."""
    end = frames[-1].scalars
    return end["mse"] / end["mean_mse"]


def order_counts(frames: Sequence[Frame]) -> float:
    """By how many points a probe on learnt filters is ahead of one on the same, shuffled."""
    end = frames[-1].scalars
    return 100 * (end["probe_100"] - end["shuffled_100"])


RATE = Task(
    id="rate",
    title="The rate from the guides",
    know="A step follows the gradient, which is a mean over all pictures and all 64 positions of "
    "a filter. Guides to training Boltzmann machines recommend a rate of 0.1 or less.",
    ask="After 200 steps at a rate of 3 the error of the reconstruction is {before} that of the "
    "mean picture. How do the two compare at a rate of 0.1?",
    preset=dict(lr=0.1, **FIRST),
    before=FIRST,
    measure=against_mean,
    quantity=Quantity("Error beside the mean picture's", PERCENT),
    predict=Pick(
        (
            Outcome(
                "Better than at 3: a careful rate learns more finely.",
                "It would, given a hundred times the steps. It has 200.",
                high=0.12,
            ),
            Outcome(
                "Not as good, but better than the mean picture.",
                "To be as good as the mean picture it must have learnt where ink is likely. It has "
                "hardly moved from where it began.",
                low=0.12,
                high=1,
            ),
            Outcome(
                "Worse than the mean picture.",
                "After 200 small steps it still dreams of little but grey.",
                low=1,
            ),
        )
    ),
    reasons=(
        Reason(
            "Large rates overshoot, so 3 must be far too large.",
            "What overshoots depends on how long the gradient is, and this one is a mean over "
            "positions that mostly see nothing.",
        ),
        Reason(
            "Most positions see empty paper, so the mean over them is small, and so are its steps.",
            "Yes: guides sum over positions or have none. Here the rate must make up for the mean.",
            right=True,
        ),
        Reason(
            "The mean picture is easy, so any machine that learns at all is beyond it soon.",
            "It is easy to compute, and not where this machine begins.",
        ),
    ),
    covered=("filters", "reconstructions", "block"),
    why="A rate means nothing without what it multiplies. Contrastive divergence here takes means "
    "over pictures and positions, so that one rate serves pictures of any size. No number of a "
    "paper's stands beside ours.",
    fails="Summed over the 64 positions, as a gradient may also be defined, it would be 64 times "
    "as long, and a rate of 0.1 would do what 6.4 does here.",
)

SILENCE = Task(
    id="silence",
    title="Nobody asks for silence",
    know="Of the four units of a block at most one is on, so at most a quarter of all hidden units "
    "can be. A sparsity target moves the hidden biases until a given share of them is on.",
    ask="With a target of 5 % it is {before} of the hidden units that training pictures turn on. "
    "How many are on without a target? Give the range that you expect of five seeds.",
    preset=dict(sparsity=0, **FIRST),
    before=FIRST,
    measure="active",
    predict=Range(0, 0.25, 0.01, tolerance=0.005),
    reasons=(
        Reason(
            "Digits are mostly empty paper, so hardly any unit finds its stroke.",
            "Nothing says that a unit must wait for a stroke. Empty paper can turn one on as well.",
        ),
        Reason(
            "Every unit that is on helps to dream the picture, and none costs anything.",
            "Yes: two blocks of three end with a unit on, and the reconstruction gains by it.",
            right=True,
        ),
        Reason(
            "Blocks compete, so the likeliest unit of each is always on: a quarter.",
            "A block also has the choice to be off, and takes it one time in three.",
        ),
    ),
    covered=("filters", "block", "reconstructions"),
    why="Likelihood alone does not ask for sparse features. The target does, at a price: the "
    "reconstruction gets worse, and a classifier on the features gets better by some five points. "
    "No number of Lee et al. stands beside ours.",
    fails="With blocks of one unit nothing competes, and fewer are on: little more than a tenth at "
    "most, even without a target.",
)

SHUFFLED = Task(
    id="shuffled",
    title="Are these strokes?",
    know="A linear classifier reads the pooled first layer, taught with 100 labels. Then the nine "
    "weights of each filter are put into another order, and the classifier is taught anew on what "
    "these filters see. Biases and blocks stay.",
    ask="By how many points is the classifier better on the filters as they were learnt?",
    preset=FIRST,
    measure=order_counts,
    quantity=Quantity("Learnt less shuffled", "points"),
    predict=Pick(
        (
            Outcome(
                "By more than three points.",
                "Strokes look like what a classifier would want. It makes do with anything that "
                "tells windows apart.",
                low=3,
            ),
            Outcome(
                "They are alike, within three points.",
                "What counts is that few units are on, and which block they are in.",
                low=-3,
                high=3,
            ),
            Outcome(
                "The shuffled ones are better by more than three points.",
                "They are no worse. For more than that nothing speaks.",
                high=-3,
            ),
        )
    ),
    reasons=(
        Reason(
            "A filter in disorder sees no stroke, so its answers say nothing of the digit.",
            "It sees some other pattern of ink in nine pixels, and where that is says as much.",
        ),
        Reason(
            "Any sixteen patterns tell the places of ink, if few of them answer at a time.",
            "Yes: on digits of 8 x 8 the sparse code does it, not the strokes.",
            right=True,
        ),
        Reason(
            "What was learnt for dreaming is of no use for naming.",
            "It is of some use: both are better than pixels, and than untrained filters.",
        ),
    ),
    covered=("filters", "reconstructions", "probes"),
    why="Ask of every learnt feature what the same numbers in another order would do. Features of "
    "Lee et al. come from larger pictures, where strokes and parts of objects need more than nine "
    "pixels; their 0.82 % on MNIST is remembered and was not re-read.",
    fails="For dreaming the order does count: with the weights shuffled the reconstruction has "
    "about twice the error.",
)

BLOCKS = Task(
    id="blocks",
    title="Larger blocks",
    know="A block tells the layer above that its filter has answered somewhere within it, and not "
    "where. Larger blocks forgive a stroke that lies a pixel aside, and leave fewer numbers.",
    ask="With blocks of 2 x 2 a probe on the first layer, taught with 100 labels, names {before} "
    "rightly. Now the blocks are 4 x 4. Where does that number go?",
    preset=dict(block=4, **FIRST),
    before=FIRST,
    measure="probe_100",
    predict=Direction(same=0.01),
    reasons=(
        Reason(
            "It rises: what forgives more is more robust.",
            "It forgives half a digit. From block to block a 6 becomes a 9.",
        ),
        Reason(
            "It stays: the filters are as good as they were.",
            "They are, and less is told of where they answer.",
        ),
        Reason(
            "It falls: four blocks a filter do not say where in a digit its strokes are.",
            "Yes: of sixteen places four are left, and digits differ by where strokes lie.",
            right=True,
        ),
    ),
    covered=("filters", "block", "probes"),
    why="Pooling trades place for robustness, and on digits of 8 x 8 places are few. No number of "
    "Lee et al. stands beside ours.",
    fails="The reconstruction hardly cares: it knows which unit of a block was on.",
)

QUICK = Task(
    id="quick",
    title="Sparse in a hundred steps",
    ask="There are 100 steps. Bring the reconstruction error to 0.016 or less with at most 6 % of "
    "the hidden units on, on all of five seeds.",
    preset=dict(lr=1, sparsity=0, second=False, steps=100),
    measure="mse",
    goal=Goal(
        knobs=("lr", "sparsity"),
        bounds=(Bound("mse", high=0.016), Bound("active", high=0.06)),
        hints=(
            "Look at the error over the steps: is it still falling when they end?",
            "One of the knobs decides how far a step goes, the other how many units are on.",
            "Take a rate well above that of the chapter, and a target just below what is asked.",
        ),
        solution=dict(lr=10, sparsity=0.05),
        near_misses=(dict(lr=3, sparsity=0.05), dict(lr=10, sparsity=0.1)),
    ),
    why="A target costs reconstruction, above all early, while filters are still noise. A larger "
    "rate buys the time back. No number of a paper's stands beside ours.",
    fails="With 200 steps the chapter's own rate is enough.",
)

LESSON = Lesson(
    lead="A machine looks at digits through small filters and dreams them back. Watch the filters "
    "grow out of noise, and ask what they are good for.",
    diagram=(
        "digit",
        "filters",
        "blocks: {active} on",
        "dream: error {mse}",
        "100 labels: {probe_100} right",
    ),
    main="filters",
    beside=("reconstructions", "block"),
    knob="block",
    values=(1, 2, 3, 4),
    track="probe_100",
    numbers=("mse", "active", "probe_100"),
    front=("block", "sparsity", "lr"),
    finding=finding,
    tasks=(RATE, SILENCE, SHUFFLED, BLOCKS, QUICK),
    reflection="Which features do you rely on that you have never compared with the same numbers "
    "in another order?",
)
