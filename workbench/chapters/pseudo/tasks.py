"""What a reader predicts and solves in the chapter on pseudo-labels."""

from collections.abc import Mapping, Sequence

from workbench.chapters.pseudo.knobs import Settings
from workbench.core.frames import Frame
from workbench.core.lesson import Bound, Goal, Lesson, Outcome, Pick, Range, Reason, Task
from workbench.core.quantity import Quantity, percent

NO_HELPS = dict(
    kind="mixup-memory", labels=2, mixup=False, least=False, balance=False, certainty=False
)


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How many guesses are right, and how sure it is of the others, in one sentence."""
    if "guessed" not in numbers:
        own, plain = (percent(numbers[name]) for name in ("accuracy", "supervised_accuracy"))
        return f"It has {own} of the test items right, and labels alone have {plain}."
    own, plain = (percent(numbers[name]) for name in ("guessed", "supervised_guessed"))
    sentence = f"{own} of its guesses are right, {plain} of those that labels alone lead to"
    if numbers["guessed"] == 1:
        return f"{sentence}."
    sure = percent(numbers["sure_wrong"])
    return f"{sentence}; it gives its wrong ones a confidence of {sure} on average."


def gain(frames: Sequence[Frame]) -> float:
    """How many points it ends above labels alone."""
    end = frames[-1].scalars
    return 100 * (end["accuracy"] - end["supervised_accuracy"])


GAIN = Quantity("Gain over labels alone", "points")

AT_ONCE = Task(
    id="at-once",
    title="Believed from the first step",
    know="Guesses are made anew at every step and count with weight $\\alpha = 3$ against 1 of a "
    "label. The network starts with random weights, and knows three labels of each class.",
    ask="From labels alone it reaches {before}. Now its guesses count from the first step on. "
    "Where does it end? Give the range that you expect of five seeds.",
    preset=dict(start=0, full=0),
    before=dict(alpha=0),
    measure="accuracy",
    predict=Range(0, 1, 0.05, tolerance=0.02),
    reasons=(
        Reason(
            "Wrong guesses are random, so they cancel out.",
            "They are not: an untrained network says much the same of everything, and learns that "
            "first.",
        ),
        Reason(
            "Its first guesses are an accident, and they outweigh the labels from then on.",
            "Yes: it is rewarded for saying again what it said by chance.",
            right=True,
        ),
        Reason(
            "The labels are true, so in the end they win.",
            "Three of them a class stand against more than a thousand guesses of three times the "
            "weight.",
        ),
    ),
    covered=("Test accuracy", "plane", "items", "Right guesses"),
    why="A guess confirms itself. Lee lets the weight of guesses grow slowly, and only after a "
    "while: that ramp is no detail but the method.",
    fails="With a slow ramp guesses may count from the first step on, and no harm is done; with a "
    "weight of 0.1 they may even without a ramp.",
)

SURE = Task(
    id="sure",
    title="How sure of its mistakes?",
    know="With Lee's ramp the network's guesses count from a seventh of the steps on, and fully "
    "after three fifths. Confidence: the probability of the class that it finds likeliest.",
    ask="Unlabelled items that it has wrong at the end: a network that learns from labels alone "
    "gives them a confidence of {before} on average. And one that learns from its guesses, too? "
    "Give the range that you expect of five seeds.",
    preset=dict(labels=3),
    before=dict(alpha=0),
    measure="sure_wrong",
    predict=Range(0, 1, 0.05, tolerance=0.01),
    reasons=(
        Reason(
            "Less sure: a network doubts where it is wrong.",
            "It did, before guesses counted. Then each doubtful guess was made its own label.",
        ),
        Reason(
            "Nearly certain: every guess was taught as if it were a label.",
            "Yes: training on its own argmax drives every answer to certainty, whether right "
            "or wrong.",
            right=True,
        ),
        Reason(
            "As sure as before: guesses do not change what it is unsure of.",
            "They change just that. What they leave alone is which class it says.",
        ),
    ),
    covered=("Confidence in wrong guesses", "items", "confidences", "calibration"),
    why="Once wrong answers are as certain as right ones, nothing within the network can tell them "
    "apart. Arazo et al. call it confirmation bias.",
    fails="Mixup trains on blends, and leaves a network doubtful where it is wrong.",
    tested=("doubt",),
)

SOFTLY = Task(
    id="softly",
    title="Remembered softly",
    know="At the end of every epoch the network's distribution over the classes is written down, "
    "for each unlabelled item. In the next epoch that distribution is the item's label.",
    ask="Two labels a class, and a memory of soft guesses without mixup or regularisers. How many "
    "points does it gain on labels alone?",
    preset=NO_HELPS,
    measure=gain,
    quantity=GAIN,
    predict=Pick(
        (
            Outcome(
                "It gains: doubt is kept, so mistakes do less harm.",
                "They do no harm, and right guesses do no good: neither asks for a change.",
                low=2,
            ),
            Outcome(
                "Less than two points either way.",
                "A network that is taught what it says anyway has nothing to learn.",
                low=-2,
                high=2,
            ),
            Outcome(
                "It loses: it learns its mistakes.",
                "To learn a mistake means to become surer of it. A soft label asks for no more "
                "than it had.",
                high=-2,
            ),
        )
    ),
    reasons=(
        Reason(
            "A soft label keeps what the network knows of its doubts.",
            "It does, and so it asks for nothing that the network does not do already.",
        ),
        Reason(
            "Its answer and its label are the same, so there is nothing to correct.",
            "Yes: the gradient is answer less label, and a memory of answers makes that nearly "
            "zero.",
            right=True,
        ),
        Reason(
            "More than a thousand soft labels drown twenty hard ones.",
            "Drowning needs a pull. Labels that agree with the answer pull nowhere.",
        ),
    ),
    covered=("Test accuracy", "standings", "memory", "plane"),
    why="The gradient of cross-entropy is answer less label: here nearly zero. It takes something "
    "that disturbs the answer (mixup, noise) to make guesses teach.",
    fails="With mixup the same memory gains, as blends are answered differently from their parts.",
    tested=("mixup",),
)

GAP = Task(
    id="gap",
    title="A gap in the wrong place",
    know="Guesses move the border between classes to where few items lie. Here the items lie in "
    "two clouds, and the classes are *not* the clouds: the border runs across both.",
    ask="How many points do guesses gain on labels alone?",
    preset=dict(items="gap", alpha=3, start=0, full=0.3, lr=0.01, labels=4, jitter=0.3),
    measure=gain,
    quantity=GAIN,
    predict=Pick(
        (
            Outcome(
                "They gain: more items draw the border better.",
                "They would if the border lay where items are few.",
                low=1,
            ),
            Outcome(
                "Less than a point either way.",
                "Guesses do move the border, to where they find a gap.",
                low=-1,
                high=1,
            ),
            Outcome(
                "They lose.",
                "The gap is a border that no label asks for, and guesses find it.",
                high=-1,
            ),
        )
    ),
    reasons=(
        Reason(
            "Guesses push the border into the gap, wherever the classes are.",
            "Yes: an item near the border is pulled to its side until none is left there.",
            right=True,
        ),
        Reason(
            "The labels hold the border in its place.",
            "They hold it where they are. Between a few labels it is free to go.",
        ),
        Reason(
            "Points in a plane are too easy to go wrong with.",
            "Labels alone do well here. It is the guesses that mislead.",
        ),
    ),
    covered=("plane", "items", "Test accuracy"),
    why="Pseudo-labels suppose that classes are clusters. Where that is so they help, and where "
    "it is not they are sure of the wrong thing.",
    fails="On two moons the gap lies between the classes, and the same guesses gain.",
    tested=("moons-help",),
)

HELPS = Task(
    id="helps",
    title="Right, and no surer than it may be",
    ask="With two labels a class switch on what is needed: a test accuracy of at least 80 %, with "
    "a calibration error of at most 13 %.",
    preset=NO_HELPS,
    measure="accuracy",
    goal=Goal(
        knobs=("mixup", "balance", "certainty"),
        bounds=(Bound("accuracy", low=0.8), Bound("ece", high=0.13)),
        hints=(
            "Look at the calibration beside the accuracy: is the network too sure, or not sure "
            "enough?",
            "Mixup makes it doubt, R_H makes it certain, R_A keeps all classes in play.",
            "No single switch will do.",
        ),
        solution=dict(mixup=True, balance=True, certainty=True),
        near_misses=(
            dict(mixup=True, balance=False, certainty=False),
            dict(mixup=False, balance=True, certainty=True),
        ),
    ),
    why="Mixup alone leaves the network less sure than it may be, and R_H alone surer than it "
    "should. Arazo et al. use all of them, on other data and larger networks.",
    fails="With one label a class all of them together reach this on some seeds and miss it on "
    "others.",
)

LESSON = Lesson(
    lead="A few labels, and more than a thousand guesses of the network's own. Watch what the "
    "guesses make of the labels, and how sure the network is of its mistakes.",
    diagram=(
        "few labels, many items",
        "network",
        "guesses: {guessed} right",
        "its own labels, weight {belief}",
        "accuracy {accuracy}",
    ),
    main="plane",
    beside=("Test accuracy", "Confidence in wrong guesses"),
    knob="labels",
    values=(1, 2, 3, 4, 5, 10, 20, 50),
    track="accuracy",
    numbers=("accuracy", "supervised_accuracy", "sure_wrong"),
    front=("labels", "kind", "start"),
    finding=finding,
    tasks=(AT_ONCE, SURE, SOFTLY, GAP, HELPS),
    reflection="A model in use learns from what its users accepted of its suggestions. Which of "
    "this chapter's troubles does it have, and which help would you give it?",
)
