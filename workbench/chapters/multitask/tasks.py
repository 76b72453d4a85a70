"""What a reader predicts and solves in the chapter on multi-task learning."""

from collections.abc import Mapping, Sequence

from workbench.chapters.multitask.knobs import OTHER_TASK, Settings
from workbench.core.frames import Frame
from workbench.core.lesson import (
    Bound,
    Curve,
    Direction,
    Goal,
    Lesson,
    Outcome,
    Pick,
    Range,
    Reason,
    Task,
)
from workbench.core.quantity import Quantity, digits, percent

POINTS = Quantity("Points gained", "points")


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """What the other task adds to the first, in one sentence."""
    if "gain" not in numbers:
        return "Nothing is learnt yet."
    other = f"the task {run.task!r}"
    if run.kind == "transfer":
        source = other if run.source == OTHER_TASK else f"the classes of {run.source}"
        other = f"learning {source} first"
    points = 100 * numbers["gain"]
    effect = f"{'adds' if points > 0 else 'costs'} {digits(abs(points), 2)} points"
    if abs(points) < 0.5:
        effect = "changes less than half a point"
    with_it, without = percent(numbers["together"]), percent(numbers["alone"])
    return f"With {run.labels:g} labels {other} {effect}: {with_it} right, and {without} alone."


def points(frames: Sequence[Frame]) -> float:
    """What the other task adds to the accuracy of the main one, in points."""
    return 100 * frames[-1].scalars["gain"]


RANDOM = Task(
    id="random",
    title="Labels that mean nothing",
    know="Two tasks share a trunk, $L = L_\\text{main} + w L_\\text{other}$. Twenty digits have "
    "their class, and a thousand have a label of the other task.",
    ask="The number of loops adds {before} to the accuracy of the digits. Now the other labels "
    "are drawn: one of ten for each picture, whatever is on it. What do they add, or cost? Give "
    "the range that you expect of five seeds.",
    preset=dict(task="random", curve=False),
    before=dict(task="loops", curve=False),
    measure=points,
    quantity=POINTS,
    predict=Range(-20, 20, 1, tolerance=0.5),
    reasons=(
        Reason(
            "Any second task keeps the trunk from learning twenty digits by heart.",
            "It keeps the trunk busy, which is not the same: what it learns instead tells no "
            "digits apart.",
        ),
        Reason(
            "Random labels teach nothing about digits, and the trunk has room for both.",
            "Yes: a thousand labels are learnt by heart beside the twenty digits, at a small "
            "price.",
            right=True,
        ),
        Reason(
            "Labels that mean nothing wipe out what the trunk has learnt of digits.",
            "They would if the two had to share every unit. At ten times the weight they come "
            "nearer to that.",
        ),
    ),
    covered=("accuracy", "classes"),
    why="A second task helps by what it makes the trunk look for. Random labels ask for nothing "
    "that is in a picture. Caruana's own control, tasks that are shuffled, is remembered and was "
    "not re-read; no number of his stands beside ours.",
    fails="At ten times the weight random labels do cost: five to nine points.",
)

MORE = Task(
    id="more",
    title="Ten times the labels",
    know="The other task, the number of loops, has a label for every picture. Its gain is the "
    "accuracy of networks that learn both tasks, less that of networks that learn the main one "
    "alone.",
    ask="With twenty labels of the main task loops add {before}. Now the main task has two "
    "hundred. Where does the gain go?",
    preset=dict(labels=200),
    before=dict(labels=20),
    measure=points,
    quantity=POINTS,
    predict=Direction(same=1),
    reasons=(
        Reason(
            "It grows: with more labels the trunk can make more of the loops.",
            "The trunk needs no main label to learn loops. What it lends are strokes, and two "
            "hundred digits show these, too.",
        ),
        Reason(
            "It stays: loops tell what they tell, however many digits have a label.",
            "They do. But the network alone finds more and more of it without being told.",
        ),
        Reason(
            "It shrinks: two hundred digits show most of what loops could have told.",
            "Yes: what the other task lends is missed less, the more the main task has of its own.",
            right=True,
        ),
    ),
    covered=("accuracy", "classes", "relatedness"),
    why="Another task stands in for labels that are missing. Where they are not missing it has "
    "little to add: with five hundred labels it is about a point.",
    fails="Where labels are scarcer still there is no such rule: with ten the gain is about that "
    "with twenty.",
)

ANGLE = Task(
    id="angle",
    title="A task without labels",
    know="Every picture is turned by 0, 90, 180 or 270 degrees, and the other task names the "
    "angle. No person has to label anything, and the network solves it for nine pictures of ten.",
    ask="Fifty digits have their class. What does naming the angle of a thousand turned digits do "
    "for the main task?",
    preset=dict(task="rotation", labels=50, curve=False),
    measure=points,
    quantity=POINTS,
    predict=Pick(
        (
            Outcome(
                "It adds more than a point.",
                "Parity does that here, and so do loops. An angle has to do with how a digit "
                "lies, not with which it is.",
                low=1,
            ),
            Outcome(
                "It changes less than a point.",
                "It would if the tasks ignored each other. They want different things of one "
                "trunk.",
                low=-1,
                high=1,
            ),
            Outcome(
                "It costs more than a point.",
                "To name the angle, a 6 and a 9 must become one thing in two positions; to name "
                "the digit they must not.",
                high=-1,
            ),
        )
    ),
    reasons=(
        Reason(
            "It has labels for every picture, so the trunk sees twenty times as much.",
            "It sees as many pictures in any other task. What counts is what it looks for in them.",
        ),
        Reason(
            "A turned 6 is a 9: what tells the angle tells these two not apart.",
            "Yes: the tasks pull the trunk in different directions.",
            right=True,
        ),
        Reason(
            "A network that is right about nine angles of ten has understood digits.",
            "It has understood which way they lie. That can be seen without knowing which they "
            "are.",
        ),
    ),
    covered=("accuracy", "classes"),
    why="Free labels are worth what their question has to do with yours. Rotations have served "
    "well on photographs, where turned things stay what they are; that is other data and other "
    "networks.",
    fails="With two hundred labels the angle costs about a point, and on some seeds less than half "
    "of one.",
)

SHUFFLED = Task(
    id="shuffled",
    title="Related by how much?",
    know="A share of the loops' labels is shuffled among the pictures. At 0 they are right, at 1 "
    "they have nothing to do with the picture.",
    ask="Draw the points gained over the share of labels that are shuffled.",
    preset=dict(curve=False),
    measure=points,
    quantity=POINTS,
    predict=Curve((0, 0.25, 0.5, 0.75, 1), -10, 15, tolerance=0.5, knob="shuffled"),
    reasons=(
        Reason(
            "A wrong label is worse than none, so a quarter of them undoes the gain.",
            "Wrong labels disagree with each other. The right ones agree, and the trunk learns "
            "what they share.",
        ),
        Reason(
            "As long as the right labels outnumber each kind of wrong ones, loops can be learnt.",
            "Yes: with half of them shuffled the other task is still solved for more than eight "
            "pictures of ten.",
            right=True,
        ),
        Reason(
            "The labels' number counts and not what they say, so nothing changes.",
            "Then random labels would help as much.",
        ),
    ),
    covered=("accuracy", "classes"),
    why="What the trunk can still learn of the other task, it can still lend. The gain falls "
    "slowly while most labels are right, and is gone when none says anything.",
    fails="With five hundred labels of the main task the curve is flat: there is hardly a gain to "
    "lose.",
)

CAPPED = Task(
    id="capped",
    title="Weights that do not run away",
    ask="The network learns by itself what each task counts for. Find a second task that it "
    "trusts little, with a weight of at most 0.3, and keep the weight of the main task between 5 "
    "and 20, on all of five seeds.",
    preset=dict(weights="learnt", curve=False),
    measure="weight_other",
    goal=Goal(
        knobs=("task", "cap"),
        bounds=(Bound("weight_other", high=0.3), Bound("weight_main", low=5, high=20)),
        hints=(
            "Look at the weights of the two tasks over training: which grow, and where do they "
            "stop?",
            "A weight follows the loss: the second task must be one whose loss stays large.",
            "The loss of twenty digits goes to nothing, so their weight ends at its cap: put that "
            "within what is asked for.",
        ),
        solution=dict(task="random", cap=10),
        near_misses=(dict(task="random", cap=100), dict(task="loops", cap=10)),
    ),
    why="The best weight of a loss L is 1 / (2 L). Random labels keep a loss of more than two "
    "nats, so theirs stays low, which is the point of Kendall et al. Twenty items are soon known "
    "by heart: their loss goes to nothing, and their weight has no end but the cap. No number of "
    "the paper's stands beside ours.",
    fails="With loops as the second task both weights end at the cap: their loss goes to nothing, "
    "too.",
)

LESSON = Lesson(
    lead="Twenty pictures have a class, and a thousand have another label. Both are learnt on one "
    "trunk. See when the second task helps the first.",
    diagram=(
        "picture",
        "trunk for both tasks",
        "class: {together} right, {alone} alone",
        "other task: {other} right",
    ),
    main="accuracy",
    beside=("relatedness", "classes"),
    knob="labels",
    values=(10, 20, 50, 100, 200, 500),
    track="gain",
    numbers=("together", "alone", "other"),
    front=("labels", "task", "shuffled"),
    finding=finding,
    tasks=(RANDOM, MORE, ANGLE, SHUFFLED, CAPPED),
    reflection="Which second task, with labels that cost nothing, would make a network look for "
    "what your first task needs?",
)
