"""What a reader predicts and solves in the chapter on online learning."""

from collections.abc import Mapping, Sequence

from workbench.chapters.online.knobs import LEARNERS, Settings
from workbench.core.frames import Frame
from workbench.core.lesson import (
    Bound,
    Curve,
    Goal,
    Lesson,
    Outcome,
    Pick,
    Range,
    Reason,
    Task,
)
from workbench.core.quantity import PERCENT, Quantity, percent

TITLES = {  # within a sentence
    "constant": "a constant rate",
    "falling": "a falling rate",
    "window": "class means over a window",
    "everything": "class means over all items",
    "frozen": "the model frozen half-way",
    "filtered": "the learner behind RAD's filter",
}


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """Who gets most of the latest items right and who fewest, in one sentence."""
    shares = {name: numbers[name] for name in LEARNERS if name in numbers}
    if not shares:
        return "Nothing has arrived yet."
    best, worst = max(shares, key=shares.get), min(shares, key=shares.get)
    if shares[best] - shares[worst] < 0.02:
        return f"All learners get about {percent(shares[best])} of the latest items right."
    return (
        f"Of the latest items {TITLES[best]} gets most right, {percent(shares[best])}, and "
        f"{TITLES[worst]} fewest, {percent(shares[worst])}."
    )


def behind(frames: Sequence[Frame]) -> float:
    """By how much the falling rate is ahead of the constant one over the whole stream."""
    end = frames[-1].scalars
    return end["falling_whole"] - end["constant_whole"]


FROZEN = Task(
    id="frozen",
    title="Trained once, then shipped",
    know="Each digit is predicted, then its label is seen. Half-way the labels shift: every digit "
    "d is called d + 3 from then on. A guess among ten labels is right once in ten.",
    ask="One learner is frozen half-way, as a model that was trained once and then shipped. How "
    "many of the last 200 items does it get right, after the labels have shifted?",
    preset=dict(drift="labels shift"),
    measure="frozen",
    quantity=Quantity("Frozen model", PERCENT),
    predict=Pick(
        (
            Outcome(
                "As many as before: about nine of ten.",
                "It still tells the digits apart as well as before. What it calls them is wrong.",
                low=0.5,
            ),
            Outcome(
                "As many as by guessing: about one of ten.",
                "Guessing needs no knowledge. It has some, and of a world that is gone.",
                low=0.08,
                high=0.5,
            ),
            Outcome(
                "Fewer than by guessing.",
                "It is sure of the old label, and the old label is never the new one.",
                high=0.08,
            ),
        )
    ),
    covered=("accuracy", "phases"),
    why="What it has learnt is right about the pictures and wrong about their names, so it is "
    "right only where it mistakes one digit for another. The learners that go on learning "
    "recover. Zinkevich's bound speaks of the best fixed weights and promises nothing after a "
    "change.",
    fails="",
)

AVERAGE = Task(
    id="average",
    title="A memory of everything",
    know="Class means name the class whose mean picture is nearest. One learner takes the mean "
    "over the last 300 items, another over all items so far.",
    ask="Without drift class means over all items get {before} of the last 200 items right. Now "
    "the labels shift half-way, and 1500 more items come. How many are right then? Give the range "
    "that you expect of five seeds.",
    preset=dict(drift="labels shift"),
    before=dict(drift="none"),
    measure="everything",
    predict=Range(0, 1, 0.05, tolerance=0.02),
    reasons=(
        Reason(
            "It has seen as many new items as old ones, so it is right half of the time.",
            "Being right is no average: a mean of two digits is like neither, and nearest to "
            "whatever else looks like both.",
        ),
        Reason(
            "Half of the items in each mean show another digit.",
            "Yes: the mean of the threes becomes a mean of zeros and threes, and a picture of "
            "either is often nearer to something else.",
            right=True,
        ),
        Reason(
            "More items make better means, so it ends where it was.",
            "They would if the items were of one kind. Here half of them tell of another world.",
        ),
    ),
    covered=("accuracy", "phases", "memory"),
    why="A mean over all items forgets nothing, and what it does not forget is wrong now.",
    fails="",
)

RATES = Task(
    id="rates",
    title="The rate that theory asks for",
    know="A rate that falls as $1/\\sqrt t$ keeps the regret small in a world that stays: nothing "
    "is lost in the long run beside the best fixed weights.",
    ask="Without drift the falling rate gets more of the 3000 items right than the constant rate. "
    "Now the labels shift half-way. How do the two compare over the whole stream?",
    preset=dict(drift="labels shift"),
    before=dict(drift="none"),
    measure=behind,
    quantity=Quantity("Falling rate ahead of the constant one", PERCENT),
    predict=Pick(
        (
            Outcome(
                "The falling rate stays ahead.",
                "It is ahead until the change, and has all but stopped when it comes.",
                low=0.01,
            ),
            Outcome(
                "They are alike, within a point.",
                "What the falling rate has won before the change is small beside what it loses.",
                low=-0.01,
                high=0.01,
            ),
            Outcome(
                "The constant rate is ahead by more than a point.",
                "It steps as far after the change as before, so it gets there.",
                high=-0.01,
            ),
        )
    ),
    covered=("accuracy", "phases", "Accuracy so far"),
    why="",
    fails="",
)

MEMORY = Task(
    id="memory",
    title="How long a memory?",
    know="At item 1500 of 3000 the labels shift. Class means remember the items of a window: the "
    "last 20, or the last 2000.",
    ask="Draw the share of right predictions among the *last* 200 items over the length of the "
    "window.",
    preset=dict(drift="labels shift"),
    measure="window",
    predict=Curve((20, 50, 200, 500, 1000, 2000), 0, 1, tolerance=0.02, knob="window"),
    covered=("accuracy", "phases", "memory"),
    why="",
    fails="",
)

RECOVER = Task(
    id="recover",
    title="Quick and steady",
    ask="Labels shift half-way. Find a rate and a window",
    preset=dict(drift="labels shift"),
    measure="constant",
    goal=Goal(
        knobs=("rate",),
        bounds=(Bound("constant", low=0.9),),
        hints=("", "", ""),
        solution=dict(rate=10),
        near_misses=(dict(rate=1), dict(rate=50)),
    ),
    why="",
    fails="",
)

LESSON = Lesson(
    lead="Items arrive one by one, and each is a test before it is a lesson. Half-way the world "
    "changes: who recovers, and who is sure of what is no longer so?",
    diagram=(
        "item",
        "prediction: {constant} of the latest right",
        "label",
        "one step",
        "next item",
    ),
    main="accuracy",
    beside=("memory", "phases"),
    knob="rate",
    values=(0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50),
    track="constant",
    numbers=("constant", "window", "everything"),
    front=("rate", "window", "drift"),
    finding=finding,
    tasks=(FROZEN, AVERAGE, RATES, MEMORY, RECOVER),
    reflection="Name a model in use somewhere that was trained once. How would anybody notice "
    "that its world has changed?",
)
