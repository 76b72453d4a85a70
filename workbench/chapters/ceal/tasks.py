"""What a reader predicts and solves in the chapter on a labelling budget."""

from collections.abc import Mapping, Sequence

from workbench.chapters.ceal.knobs import LABELS, Settings
from workbench.core.frames import Frame
from workbench.core.lesson import Bound, Direction, Goal, Lesson, Outcome, Pick, Reason, Task
from workbench.core.quantity import Quantity, digits, percent

EARLY = 30  # labels, after two rounds of ten from ten


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """What the labels that were paid for are worth, in one sentence."""
    shares = {name: percent(numbers[name]) for name in ("accuracy", "AL_RAND", "AL_ALL")}
    gets = "get" if run.strategy == "AL_RAND" else "gets"  # random questions get
    sentence = f"With {digits(numbers['labels'])} labels {LABELS[run.strategy]} {gets} "
    sentence += f"{shares['accuracy']} right"
    if run.strategy != "AL_RAND":
        sentence += f", random questions get {shares['AL_RAND']}"
    return f"{sentence}, and all labels {shares['AL_ALL']}."


def ahead_of_random(frames: Sequence[Frame]) -> float:
    """How many points the strategy ends above random questions."""
    end = frames[-1].scalars
    return 100 * (end["accuracy"] - end["AL_RAND"])


def ahead_early(frames: Sequence[Frame]) -> float:
    """The same after EARLY labels."""
    return ahead_of_random([frame for frame in frames if frame.scalars["labels"] <= EARLY])


def share_of_errors(frames: Sequence[Frame]) -> float:
    """How often pseudo-labels are wrong, for each time that the network is wrong on the pool."""
    end = frames[-1].scalars
    return end["pseudo_error"] / max(end["pool_error"], 1e-9)


AHEAD = Quantity("Ahead of random questions", "points")

FREE = Task(
    id="free",
    title="Labels for nothing",
    know="CEAL takes the network's own class for a label wherever its entropy is below delta: "
    "hundreds of items a round in the end, hardly any of them wrong. AL, with the same questions, "
    "takes none.",
    ask="AL by margin ends at {before} with its paid labels alone. What do pseudo-labels at the "
    "paper's delta make of that?",
    preset=dict(strategy="CEAL_MS"),
    before=dict(strategy="AL_MS"),
    measure="accuracy",
    predict=Direction(same=0.01),
    reasons=(
        Reason(
            "It rises: more labels are better, and these are nearly all right.",
            "They are right, but the network knew them already. A label teaches where it is a "
            "surprise.",
        ),
        Reason(
            "It stays: an item that the network is sure of pulls it nowhere.",
            "Yes: where the prediction is nearly the label the gradient is nearly zero.",
            right=True,
        ),
        Reason(
            "It falls: the network learns its own mistakes.",
            "At this delta there are hardly any among them. It takes a much larger one.",
        ),
    ),
    covered=("labels", "Accuracy by step", "strategies"),
    why="What the network is sure of tells it nothing new. Wang et al. report a gain on networks "
    "that had seen a million pictures (from summaries; not re-read); it does not come back here.",
    fails="Believed at delta 1 or 2 the network learns its own mistakes, and falls behind.",
    tested=("overconfidence",),
)

SIGN = Task(
    id="sign",
    title="A minus too many",
    know="Margin: the likeliest class's probability less that of the next. Questions should go "
    "where it is small. A public implementation subtracts the other way round.",
    ask="With the wrong sign the smallest margin is the largest. Where does it end, beside random "
    "questions?",
    preset=dict(strategy="AL_MS", sign_bug=True),
    measure=ahead_of_random,
    quantity=AHEAD,
    predict=Pick(
        (
            Outcome(
                "Still ahead of random: a criterion is better than none.",
                "A criterion that is turned round chooses, too: the items that tell least.",
                low=1,
            ),
            Outcome(
                "About where random questions end.",
                "Random questions meet hard items now and then. These never do.",
                low=-2,
                high=1,
            ),
            Outcome(
                "A few points below.",
                "Behind it is, but by more: the labels are all of one easy kind.",
                low=-5,
                high=-2,
            ),
            Outcome(
                "More than five points below.",
                "It pays for answers that it knew, and its labels never leave the easy middle.",
                high=-5,
            ),
        )
    ),
    reasons=(
        Reason(
            "Labels of sure items make the network surer, and so better.",
            "Surer it becomes, of what it knew. Its mistakes are elsewhere, and nobody asks about "
            "them.",
        ),
        Reason(
            "It pays for answers that it knows, and never sees what is hard.",
            "Yes: random questions at least come upon a hard item now and then.",
            right=True,
        ),
        Reason(
            "The labels are true all the same, so the questions hardly matter.",
            "They are true, and most of them were known: a label is worth its surprise.",
        ),
    ),
    covered=("labels", "questions", "strategies", "How doubtful the questions are"),
    why="Asking about what is certain is worse than no plan at all. Nothing fails and the curve "
    "still rises, so only a comparison with random questions shows the mistake.",
    fails="It stays behind even when most of the pool gets labelled: the hard items come last.",
)

COLD = Task(
    id="cold",
    title="A doubtful beginning",
    know="The network begins with ten labels, one a class, and asks ten questions a round where "
    "its entropy is largest. Ten such networks are trained, as luck decides so early on.",
    ask="After two rounds, with 30 labels: how does it stand beside random questions?",
    preset=dict(strategy="AL_EN", initial=10, k=10, seeds=10),
    measure=ahead_early,
    quantity=AHEAD._replace(label="Ahead of random questions at 30 labels"),
    predict=Pick(
        (
            Outcome(
                "Ahead: it asks about what it does not know.",
                "It does not know what it does not know: with ten labels its doubt is itself "
                "a guess.",
                low=2,
            ),
            Outcome(
                "Level.",
                "Its questions differ from random ones already: they are odd items.",
                low=-2,
                high=2,
            ),
            Outcome(
                "Behind.",
                "An item that looks like nothing at all has the largest entropy, and its label "
                "helps with few others.",
                high=-2,
            ),
        )
    ),
    reasons=(
        Reason(
            "A network that has seen one item a class is unsure for no good reason.",
            "Yes: its entropy is large for odd items, which stand for nothing but themselves.",
            right=True,
        ),
        Reason(
            "Ten questions are too few to matter.",
            "They treble the labels. What they are asked about decides what these are worth.",
        ),
        Reason(
            "Doubt is doubt: where it is largest a label tells most.",
            "About that item. A label is to help with others, too.",
        ),
    ),
    covered=("labels", "questions", "Accuracy by step"),
    why="Doubt is worth asking about once it is well-founded. Before, random questions show "
    "the network what is common.",
    fails="Further on entropy overtakes random questions, and margin does not fall behind in "
    "the first place.",
    tested=("cold-start",),
)

BUDGET = Task(
    id="budget",
    title="Less than a tenth of the labels",
    ask="Spend at most 130 labels, first ones included, and reach a test accuracy of 93 %.",
    preset=dict(strategy="AL_RAND"),
    measure="accuracy",
    goal=Goal(
        knobs=("strategy", "initial", "k"),
        bounds=(Bound("accuracy", low=0.93), Bound("labels", high=130)),
        hints=(
            "Ten rounds of questions and the first labels must fit the budget: look at the labels "
            "given.",
            "K decides the bill, the strategy what it buys. Which criterion asks where two classes "
            "compete?",
            "Few questions in each round, and not fewer first labels than there are questions.",
        ),
        solution=dict(strategy="AL_MS", k=10),
        near_misses=(dict(k=10), dict(strategy="AL_MS", k=5)),
    ),
    why="Margin asks between two classes, where a label decides most. The paper is quoted with "
    "nearly two thirds of the labels for its target on faces (from a summary); digits are easier.",
    fails="On faces with four poses everything needs a larger share of the labels.",
)

LESSON = Lesson(
    lead="Every label costs. Watch which questions buy most, and what it is worth to believe the "
    "network where it is sure.",
    diagram=(
        "pool without labels",
        "network, {pool_error} of the pool wrong",
        "asks an expert: {labels} labels",
        "believes itself: {pseudo} items",
        "accuracy {accuracy}",
    ),
    main="labels",
    beside=("questions", "pseudo"),
    knob="delta",
    values=(0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
    track="pseudo",
    numbers=("accuracy", "AL_RAND", "labels"),
    front=("strategy", "k", "delta"),
    finding=finding,
    tasks=(FREE, SIGN, COLD, BUDGET),
    reflection="Labels chosen by a network are no fair sample. What would go wrong if you tested "
    "another network on them?",
)
