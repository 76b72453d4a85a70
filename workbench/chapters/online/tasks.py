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
from workbench.core.quantity import Quantity, percent

TITLES = {  # within a sentence
    "constant": "gradients at a constant rate",
    "falling": "gradients at a falling rate",
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
        f"Of the latest items {TITLES[best]} got most right, {percent(shares[best])}, and "
        f"{TITLES[worst]} fewest, {percent(shares[worst])}."
    )


def ahead(frames: Sequence[Frame]) -> float:
    """By how many points the falling rate is ahead of the constant one over the whole stream."""
    end = frames[-1].scalars
    return 100 * (end["falling_whole"] - end["constant_whole"])


FILTER = Task(
    id="filter",
    title="A filter against wrong labels",
    know="Each digit is predicted, then its label is seen. RAD's filter (chapter 7) keeps wrong "
    "labels out: behind it a learner learns only those items whose label a second model, which "
    "learns the same items, would have given, too. Half-way the labels shift: every digit d is "
    "called d + 3 from then on.",
    ask="Without a change the learner behind the filter gets {before} of the last 200 right. Now "
    "the labels shift, and 1500 items with new labels come after that. How many of the last 200 "
    "are right?",
    preset=dict(drift="labels shift"),
    before=dict(drift="none"),
    measure="filtered",
    predict=Pick(
        (
            Outcome(
                "Most: the new labels are right, so the filter lets them pass.",
                "Right they are, but the filter asks the second model, and that one knows the old "
                "ones.",
                low=0.5,
            ),
            Outcome(
                "Some: the new labels pass one by one, and it slowly comes back.",
                "It comes back where there is something to learn. What passes is what agrees with "
                "the old labels.",
                low=0.15,
                high=0.5,
            ),
            Outcome(
                "Hardly any: the new labels do not pass at all.",
                "No new label is what the second model expects, and without one it expects "
                "nothing new.",
                high=0.15,
            ),
        )
    ),
    reasons=(
        Reason(
            "A filter throws out what is wrong, and the new labels are right.",
            "It cannot see what is right. It sees what is expected.",
        ),
        Reason(
            "To a model that knows the past alone, a new truth looks like a wrong label.",
            "Yes: the items that tell of the change are the very ones that are thrown away.",
            right=True,
        ),
        Reason(
            "The second model learns from what arrives, so it follows the change.",
            "It learns what has passed the filter, too: the filter guards its own judge.",
        ),
    ),
    covered=("accuracy", "phases", "latest"),
    why="It ends where the model frozen half-way ends, below one of ten: sure of labels that are "
    "wrong now. Who filters should watch how much is thrown away. RAD has labels that are wrong by "
    "chance and no such change; no number of the paper's stands beside ours.",
    fails="Where the pictures turn and the labels stay, a turned digit is taken for anything: "
    "about one of ten is right.",
)

AVERAGE = Task(
    id="average",
    title="A memory of everything",
    know="Class means name the class whose mean picture is nearest. One learner takes the means "
    "over the last 300 items, another over all items so far.",
    ask="Without a change class means over all items get {before} of the last 200 right. Now the "
    "labels shift half-way, and 1500 items come after that. How many of the last 200 are right? "
    "Give the range that you expect of five seeds.",
    preset=dict(drift="labels shift"),
    before=dict(drift="none"),
    measure="everything",
    predict=Range(0, 1, 0.05, tolerance=0.02),
    reasons=(
        Reason(
            "Half of what it remembers is true, so half of its answers are.",
            "It answers with a mean, and the mean of two digits is near to neither.",
        ),
        Reason(
            "The mean of all threes becomes a mean of zeros and threes.",
            "Yes: either is then often nearer to the mean of two other digits.",
            right=True,
        ),
        Reason(
            "The more items, the better the means: it ends where it was.",
            "More items help where they tell of one world. Here half of them tell of another.",
        ),
    ),
    covered=("accuracy", "phases", "memory"),
    why="What forgets nothing cannot follow. The means over the last 300 items hold nothing of "
    "the old world by then. Gama et al. survey how to choose such a window; no number of theirs "
    "stands beside ours.",
    fails="Where the pictures turn and the labels stay, it still gets about three of four: both "
    "ways of a digit may share one mean.",
)

RATES = Task(
    id="rates",
    title="The rate that theory asks for",
    know="A rate that falls as $1/\\sqrt t$ loses nothing in the long run beside the best fixed "
    "weights. A constant rate never stops moving.",
    ask="Without a change the falling rate ends {before} ahead of the constant one, over all 3000 "
    "items. Now the labels shift half-way. How do the two compare over the whole stream?",
    preset=dict(drift="labels shift"),
    before=dict(drift="none"),
    measure=ahead,
    quantity=Quantity("Falling rate ahead of the constant one", "points"),
    predict=Pick(
        (
            Outcome(
                "The falling rate is ahead, if by less.",
                "It is ahead until the change. Then it has all but stopped moving.",
                low=1,
            ),
            Outcome(
                "They are alike, within a point.",
                "What the falling rate has won by then is little beside what it loses.",
                low=-1,
                high=1,
            ),
            Outcome(
                "The constant rate is ahead by more than a point.",
                "It steps as far after the change as before it, so it is there sooner.",
                high=-1,
            ),
        )
    ),
    reasons=(
        Reason(
            "A small step is a careful step, so the falling rate errs less.",
            "It does, while there is something to keep. Here there is something to give up.",
        ),
        Reason(
            "When the change comes, the falling rate has become too small to undo what it learnt.",
            "Yes: it takes hundreds of small steps to turn round weights that many large ones "
            "made.",
            right=True,
        ),
        Reason(
            "Both see the same items, so both learn the new labels as fast.",
            "They see the same gradients and go different lengths along them.",
        ),
    ),
    covered=("accuracy", "phases", "regret", "Accuracy so far"),
    why="Theory promises little regret beside the best *fixed* weights (Zinkevich 2003), and "
    "keeps it. After a change whoever stays fixed is bad, and the promise is worth nothing.",
    fails="At a rate ten times as large the falling one is still quick when the change comes, and "
    "only one to two points behind.",
)

MEMORY = Task(
    id="memory",
    title="How long a memory?",
    know="Class means take their means over a window of the latest items, 20 of them or 2000.",
    ask="Now 2000 items come, and the labels shift at item 1000. Draw the share of the *last* 200 "
    "items that class means get right, over the length of their window.",
    preset=dict(steps=2000),
    measure="window",
    predict=Curve((20, 50, 200, 500, 1000, 2000), 0, 1, tolerance=0.02, knob="window"),
    reasons=(
        Reason(
            "A longer memory knows more, so it rises all the way.",
            "It knows more until it reaches back before the change.",
        ),
        Reason(
            "A short memory knows too few pictures, a long one knows another world.",
            "Yes: in between lies a wide range, from some hundred items to all since the change.",
            right=True,
        ),
        Reason(
            "Only what came last counts after a change, so it falls all the way.",
            "The change lies a thousand items back. Twenty items are two pictures a class.",
        ),
    ),
    covered=("accuracy", "phases", "memory"),
    why="How long to remember depends on how long the world stays as it is, which no item tells. "
    "Gama et al. name the two ends, quick and steady; no number of theirs stands beside ours.",
    fails="Without a change the curve never falls: the longest memory is as good as any.",
)

RECOVER = Task(
    id="recover",
    title="Little time to recover",
    ask="Only 500 items come, and the labels shift at item 250. Find a rate with which gradients "
    "get at least half of the last 200 right, and a window with which class means get at least "
    "three quarters, on all of five seeds.",
    preset=dict(steps=500, rate=0.5, window=1000),
    measure="constant",
    goal=Goal(
        knobs=("rate", "window"),
        bounds=(Bound("constant", low=0.5), Bound("window", low=0.75)),
        hints=(
            "Accuracy along the stream: how far has each line come back when the items end?",
            "The rate moves the gradients alone, and the window the class means alone.",
            "Take a rate well above 1, and a window that holds nothing from before the shift for "
            "most of the last items, but several pictures of each digit.",
        ),
        solution=dict(rate=5, window=100),
        near_misses=(dict(rate=1, window=100), dict(rate=5, window=200)),
    ),
    why="Class means are new as soon as the window has passed the change. Weights have to be "
    "undone step by step, so a rate that is calm in a quiet world is too slow. No number of a "
    "paper's stands beside ours.",
    fails="With 3000 items there is time enough: slow rates recover, too, and long windows are "
    "clean.",
)

LESSON = Lesson(
    lead="Items arrive one by one, and each is a test before it is a lesson. Half-way the world "
    "changes. See who recovers, and who is sure of what is no longer so.",
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
    tasks=(FILTER, AVERAGE, RATES, MEMORY, RECOVER),
    reflection="Name a model in use somewhere that was trained once. How would anybody notice "
    "that its world has changed?",
)
