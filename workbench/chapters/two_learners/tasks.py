"""What a reader predicts and solves in the chapter on two learners."""

from collections.abc import Mapping, Sequence

from workbench.chapters.two_learners.knobs import Settings
from workbench.core.frames import Frame
from workbench.core.lesson import Bound, Direction, Goal, Lesson, Outcome, Pick, Reason, Task
from workbench.core.quantity import Quantity, percent


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How the two learners stand beside one, in a sentence."""
    shares = {name: percent(value) for name, value in numbers.items()}
    if run.kind == "co-teaching":
        return (
            f"With {shares['realised']} wrong labels co-teaching gets {shares['accuracy']} right, "
            f"own picks without exchange {shares['own_accuracy']}, and networks that learn from "
            f"everything {shares['standard_accuracy']}."
        )
    return (
        f"The two views together get {shares['accuracy']} right, one learner that trains itself "
        f"{shares['self_accuracy']}, and one without further labels "
        f"{shares['supervised_accuracy']}."
    )


def ahead_of_self(frames: Sequence[Frame]) -> float:
    """How many points co-training ends above one learner that trains itself."""
    end = frames[-1].scalars
    return 100 * (end["accuracy"] - end["self_accuracy"])


def error_for_wrong(frames: Sequence[Frame]) -> float:
    """The error in the end, for each wrong label in a hundred that were given."""
    end = frames[-1].scalars
    return (1 - end["accuracy"]) / max(end["wrong"], 1e-9)


def worth_of_exchange(frames: Sequence[Frame]) -> float:
    """How many points co-teaching ends above own picks without exchange."""
    end = frames[-1].scalars
    return 100 * (end["accuracy"] - end["own_accuracy"])


CUT = Task(
    id="cut",
    title="A picture cut in two",
    know="Rho 1: the first learner sees half of the pixels of a picture, the second the other "
    "half, and no pixel is shared. Beside them one learner sees all pixels and labels for itself. "
    "All begin with two labels a class.",
    ask="Rho goes to 1. How many points do the two learners end ahead of the one?",
    preset=dict(rho=1),
    measure=ahead_of_self,
    quantity=Quantity("Ahead of self-training", "points"),
    predict=Pick(
        (
            Outcome(
                "More than three: two learners correct each other.",
                "They would if they failed on different items. Halves of one hard picture are "
                "both hard.",
                low=3,
            ),
            Outcome(
                "Less than three either way.",
                "They share no pixel, but they share the picture, and what is odd about it.",
                low=-3,
                high=3,
            ),
            Outcome(
                "More than three behind.",
                "The one learner sees all pixels. Two halves that name one class are worth about "
                "as much.",
                high=-3,
            ),
        )
    ),
    reasons=(
        Reason(
            "The halves share no pixel, so they are independent.",
            "Independent means: once the class is known, one half says nothing about the other. "
            "A slanted seven is slanted in both halves.",
        ),
        Reason(
            "What makes a picture hard is in both halves, so both are wrong together.",
            "Yes: then a wrong label fits what the other sees, and is learnt as a lesson.",
            right=True,
        ),
        Reason(
            "Half of the pixels is too little to tell a digit.",
            "At rho 0 the views have as few pixels, and the two are far ahead.",
        ),
    ),
    covered=("Test accuracy", "Gain over supervised", "planes", "taught"),
    why="Co-training's condition is not that the views look different but that they fail "
    "separately. Blum and Mitchell's views, words of a page and words of links to it, "
    "were written by different people.",
    fails="At rho 0, where the second view is of another picture of the class, the two are ahead.",
    tested=("independent-wins",),
)

NOISE = Task(
    id="noise",
    title="Taught by mistakes",
    know="Both learners learn from the labels that they give each other, right or wrong. At rho 0 "
    "the second view is of another picture of the same class.",
    ask="Of the labels given some are wrong. How large is the error on test items in the end, "
    "beside the share of wrong labels?",
    preset=dict(rho=0),
    measure=error_for_wrong,
    quantity=Quantity("Error for each wrong label in a hundred"),
    predict=Pick(
        (
            Outcome(
                "Larger: mistakes breed mistakes.",
                "In self-training they may. Here what was wrong for one learner reaches the other "
                "with a view that has nothing to do with it.",
                low=1.1,
            ),
            Outcome(
                "About the same.",
                "That is what a learner would get that believes everything it is told.",
                low=0.75,
                high=1.1,
            ),
            Outcome(
                "Less than three quarters of it.",
                "Wrong labels come with views that do not go with them: they are noise, and noise "
                "is averaged away.",
                high=0.75,
            ),
        )
    ),
    reasons=(
        Reason(
            "A learner cannot be better than its labels.",
            "It can, if the wrong ones have nothing in common: then the right ones outvote them.",
        ),
        Reason(
            "The other learner is wrong about other items, so the mistakes look random to it.",
            "Yes: a wrong label comes with a view that does not go with it, and teaches nothing "
            "lasting.",
            right=True,
        ),
        Reason(
            "Wrong labels are few, so they hardly count.",
            "With self-training they are as few, and they count: each fits what its learner "
            "believes.",
        ),
    ),
    covered=("Test accuracy", "Wrong labels among those given", "taught", "teachers"),
    why="With independent views a mistake of one learner is a random wrong label to the other, "
    "and the right ones outvote it. That is why Blum and Mitchell's theorem needs them.",
    fails="With a picture cut in two the error ends near the share of wrong labels, or above.",
    tested=("mistakes-are-noise",),
)

EXCHANGE = Task(
    id="exchange",
    title="What is the exchange worth?",
    know="Half of the labels are wrong. Each network keeps the half of a batch with the smallest "
    "losses. In co-teaching the *other* network learns from it; beside it two networks each keep "
    "their own.",
    ask="How many points does the exchange gain on own picks?",
    preset=dict(kind="co-teaching"),
    measure=worth_of_exchange,
    quantity=Quantity("Co-teaching above own picks", "points"),
    predict=Pick(
        (
            Outcome(
                "More than two: each sees the other's mistakes.",
                "They soon see the same: what one finds easy the other does, too.",
                low=2,
            ),
            Outcome(
                "Less than two either way.",
                "What helps is to leave out large losses. Whose losses they are hardly matters.",
                low=-2,
                high=2,
            ),
            Outcome(
                "It costs more than two.",
                "The other's picks are as right as one's own.",
                high=-2,
            ),
        )
    ),
    reasons=(
        Reason(
            "Two networks start apart and make different mistakes.",
            "They start apart. Learning from each other's picks they soon make the same ones.",
        ),
        Reason(
            "What helps is leaving out large losses; by then both find the same ones large.",
            "Yes: wrong labels are hard to fit for any network, so their picks are nearly alike.",
            right=True,
        ),
        Reason(
            "One network alone would confirm its own mistakes.",
            "It would if it chose what to believe of itself. It chooses among given labels, by "
            "how well they fit.",
        ),
    ),
    covered=("Test accuracy", "Label precision of the picks", "Apart on errors"),
    why="Right labels are learnt first, so small losses are right labels, whoever measures them. "
    "In Han et al. the other baseline (MentorNet) has most of the gain, too, and readers of their "
    "code got most of it with one network.",
    fails="On pair noise, as published, co-teaching is some points ahead of MentorNet.",
)

PURER = Task(
    id="purer",
    title="Purer labels",
    know="Tau 1 throws out as many labels as are wrong; tau 1.5 half as many again, always those "
    "with the largest losses. What is left is purer.",
    ask="With half of the labels wrong co-teaching reaches {before} at tau 1. What does tau 1.5 do "
    "to its test accuracy?",
    preset=dict(kind="co-teaching", tau=1.5),
    before=dict(kind="co-teaching", tau=1),
    measure="accuracy",
    predict=Direction(same=0.02),
    reasons=(
        Reason(
            "It rises: nearly every label that is left is right.",
            "They are right, and they are all alike: the easiest items.",
        ),
        Reason(
            "It falls: what is thrown out beyond the wrong labels is what is hard.",
            "Yes: whole classes can be left out, and their labels keep large losses for ever.",
            right=True,
        ),
        Reason(
            "It stays: fewer labels, but better ones.",
            "Fewer would do. That the hard ones are missing does not.",
        ),
    ),
    covered=("Test accuracy", "Label precision of the picks", "thrown", "losses"),
    why="Small losses are easy items. Beyond the wrong labels every one thrown out is a hard "
    "item, or a class that was learnt last. In table 8 of Han et al. 1.5 times the noise falls "
    "behind, too; their best is 1.25 times, which is level with 1 here.",
    fails="With few wrong labels 1.5 times as many is still little, and costs nothing.",
)

RAMP = Task(
    id="ramp",
    title="How many, and how soon?",
    ask="Half of the labels are wrong. Find a tau and a ramp with which what is kept is at least "
    "95 % right and the test accuracy at least 89 %.",
    preset=dict(kind="co-teaching", tau=0.5, ramp=1),
    measure="accuracy",
    goal=Goal(
        knobs=("tau", "ramp"),
        bounds=(Bound("precision", low=0.95), Bound("accuracy", low=0.89)),
        hints=(
            "Look at the losses: do right and wrong labels lie apart when the cut is made?",
            "Tau says how many are thrown out in the end, the ramp how soon. Both are off.",
            "Throw out about as many as are wrong, but not before right labels have been learnt: "
            "the middle of both scales.",
        ),
        solution=dict(tau=1, ramp=5),
        near_misses=(dict(tau=1), dict(tau=0.75, ramp=5)),
    ),
    why="Large losses are wrong labels only once the right ones are learnt: cut at once, and "
    "accidents decide. Han et al., too, begin by keeping everything.",
    fails="At four wrong labels in five small losses are no sign of a right label any more.",
)

LESSON = Lesson(
    lead="Two learners teach each other. Watch when the second opinion is one, and when it only "
    "repeats the first.",
    diagram=(
        "two views, or two networks",
        "each names what it is surest of",
        "the other learns from it",
        "accuracy {accuracy}",
    ),
    main="Test accuracy",
    beside=("taught", "losses"),
    knob="rho",
    values=(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1),
    track="accuracy",
    numbers=("accuracy", "supervised_accuracy"),
    front=("kind", "rho", "tau"),
    finding=finding,
    tasks=(CUT, NOISE, EXCHANGE, PURER, RAMP),
    reflection="Two colleagues review each other's work. What would you have to know before you "
    "call that two opinions?",
)
