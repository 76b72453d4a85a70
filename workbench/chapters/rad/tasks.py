"""What a reader predicts and solves in the chapter on RAD."""

from collections.abc import Mapping, Sequence

from workbench.chapters.rad.knobs import Settings
from workbench.core.frames import Frame
from workbench.core.lesson import Bound, Goal, Lesson, Outcome, Pick, Range, Reason, Task
from workbench.core.quantity import Quantity, percent


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """What the filter was worth so far, in one sentence."""
    own = f"With {percent(run.noise)} wrong labels RAD gets {percent(numbers['rad'])} right"
    if "no_sel" not in numbers:
        return f"{own}; nobody believes every label beside it."
    return f"{own}, and the same model that believes every label {percent(numbers['no_sel'])}."


def gain(frames: Sequence[Frame]) -> float:
    """How many points RAD ends above believing every label."""
    end = frames[-1].scalars
    return 100 * (end["rad"] - end["no_sel"])


def questions_of_slim(frames: Sequence[Frame]) -> float:
    """How many questions Slim has asked for each of Active Learning's."""
    end = frames[-1].scalars
    return end["asked_slim"] / max(end["asked_active"], 1)


def lead_of_asking(frames: Sequence[Frame]) -> float:
    """How many points Active Learning ends above the perfect filter."""
    end = frames[-1].scalars
    return 100 * (end["active"] - end["opt_sel"])


GAIN = Quantity("Gain of RAD over no selection", "points")

NETWORK = Task(
    id="network",
    title="A filter for a network",
    know="The tree is grown until it repeats every label that it was given. The network takes a "
    "few steps after each batch. Both learn from the same batches, with and without RAD.",
    ask="With 30 % wrong labels and a decision tree RAD ends {before} above the tree that believes "
    "everything. Now the classifier is a network. What is RAD worth?",
    preset=dict(classifier="MLP"),
    before=dict(classifier="decision tree"),
    measure=gain,
    quantity=GAIN,
    predict=Pick(
        (
            Outcome(
                "About as much: wrong labels are wrong labels.",
                "They are, but a model is only hurt by those that it learns by heart.",
                low=15,
            ),
            Outcome(
                "About half of it.",
                "A filter's worth is not shared out like that: it can only repair what is damaged.",
                low=8,
                high=15,
            ),
            Outcome(
                "Less than a third of it.",
                "The network repeats few of the wrong labels, so little is left to repair.",
                high=8,
            ),
        )
    ),
    reasons=(
        Reason(
            "A better classifier finds more wrong labels.",
            "RAD's filter is the label model, the same in both runs. The classifier only learns "
            "from what it lets through.",
        ),
        Reason(
            "Few steps fit what most labels of a class share; a wrong one pulls its own way.",
            "Yes: wrong labels point everywhere and cancel out, unless a model grows until each "
            "fits.",
            right=True,
        ),
        Reason(
            "A network needs more samples than a tree, and RAD throws some away.",
            "RAD throws away the same samples for both. What differs is what wrong labels do.",
        ),
    ),
    covered=("Accuracy on clean test data", "Learnt by heart", "variants"),
    why="RAD saves a model from labels that would spoil it. With a tree ours gains as much as the "
    "papers' abstracts report on their streams; with a network there is little to gain.",
    fails="To memorise is not enough: a random forest repeats nearly all wrong labels, too, and "
    "gains little, because its trees outvote each other.",
)

QUESTIONS = Task(
    id="questions",
    title="One model less",
    know="Active Learning asks where label, label model and classifier all disagree. Slim saves "
    "the label model: it asks wherever the classifier disagrees with the label.",
    ask="Nobody limits the questions now. How many does Slim ask for each one of Active "
    "Learning's? Give the range that you expect of five seeds.",
    preset=dict(budget=2000),
    measure=questions_of_slim,
    quantity=Quantity("Questions of Slim for each of Active Learning's"),
    predict=Range(0, 12, 0.5, tolerance=0.5),
    reasons=(
        Reason(
            "A second opinion settles most doubts before anybody is asked.",
            "Yes: where label model and classifier agree against the label they overrule it for "
            "nothing, and Slim would ask.",
            right=True,
        ),
        Reason(
            "Two models disagree more often than one, so Active asks more.",
            "They do, but a question needs all three to differ. Each vote that agrees saves one.",
        ),
        Reason(
            "There are as many wrong labels for both, so both ask as often.",
            "Neither knows which labels are wrong. They ask about what they cannot settle.",
        ),
    ),
    covered=("Questions asked", "costs", "variants"),
    why="A label model costs computing time, and saves an expert's. Where both models agree, the "
    "sample gets their label for nothing.",
    fails="With few questions allowed both ask as many as they may, and Slim drops the rest.",
)

START = Task(
    id="start",
    title="A short clean beginning",
    know="RAD's first batch is clean: an expert has looked at every sample of it. The label model "
    "learns from it, judges the next batch, and from then on learns from what it has kept.",
    ask="With a hundred clean samples at first and 40 % wrong labels RAD ends {before} above "
    "believing everything. Now the first batch has ten samples. What is RAD worth?",
    preset=dict(noise=0.4, initial=10),
    before=dict(noise=0.4),
    measure=gain,
    quantity=GAIN,
    predict=Pick(
        (
            Outcome(
                "Still more than ten points: a poor filter gets better as it learns.",
                "It learns only from what it lets through, and it lets through what it thinks.",
                low=10,
            ),
            Outcome(
                "Little, either way.",
                "A filter is not without effect when it is wrong: it throws samples away.",
                low=-5,
                high=10,
            ),
            Outcome(
                "Less than nothing: more than five points below.",
                "A label model that knows nothing drops most right labels, and goes on so.",
                high=-5,
            ),
        )
    ),
    reasons=(
        Reason(
            "Ten samples or a hundred: more than a thousand come after them.",
            "They come, and are judged by what was learnt from the ten.",
        ),
        Reason(
            "It keeps what agrees with its prejudice, so it stays as it began.",
            "Yes: what would teach it better is just what it throws away.",
            right=True,
        ),
        Reason(
            "With so few samples a tree cannot be trained.",
            "The tree that believes everything begins with the same ten, and overtakes RAD.",
        ),
    ),
    covered=("Accuracy on clean test data", "What the filter keeps", "variants"),
    why="A filter that learns from its own choices confirms itself. The papers' streams begin with "
    "a clean batch, and that batch is worth more than it looks.",
    fails="An expert who answers five questions a batch lifts Active Learning above believing "
    "everything, from ten samples, too.",
)

PERFECT = Task(
    id="perfect",
    title="Better than perfect?",
    know="Optimal selection drops exactly the wrong labels, as no filter can. RAD Active Learning "
    "has a fallible filter, and an expert whom it may ask five questions a batch.",
    ask="At 40 % wrong labels: where does Active Learning end, beside the perfect filter?",
    preset=dict(noise=0.4),
    measure=lead_of_asking,
    quantity=Quantity("Active Learning above optimal selection", "points"),
    predict=Pick(
        (
            Outcome(
                "More than a point below: nothing beats a perfect filter.",
                "A perfect filter drops every wrong label, and the sample with it.",
                high=-1,
            ),
            Outcome(
                "Level.",
                "It gets back samples that the perfect filter throws away, and they count.",
                low=-1,
                high=1,
            ),
            Outcome(
                "More than a point above.",
                "Asking and voting give a sample its true label, where a filter can only drop it.",
                low=1,
            ),
        )
    ),
    reasons=(
        Reason(
            "A sample whose label is put right counts; one that is dropped is lost.",
            "Yes: at this noise the perfect filter learns from far fewer samples.",
            right=True,
        ),
        Reason(
            "Some wrong labels make a learner more robust.",
            "The wrong ones that slip through only harm. What helps are samples with their true "
            "labels.",
        ),
        Reason(
            "An expert's label is worth more than one that came along.",
            "A right label is a right label. Those of the expert come for the doubtful samples, "
            "as extra ones.",
        ),
    ),
    covered=("Accuracy on clean test data", "variants", "fates"),
    why="To put a label right is worth more than to leave it out: at 40 % a filter throws two "
    "fifths of the samples away. The papers call it noise-enhanced learning; it is more samples.",
    fails="Without wrong labels the perfect filter keeps everything: nothing is left to win back.",
)

EXPERT = Task(
    id="expert",
    title="The cheapest expert",
    ask="Twenty clean samples at first, 40 % wrong labels: find a number of questions a batch with "
    "which Active Learning gets at least 72 % right and asks at most 110 questions in all.",
    preset=dict(noise=0.4, initial=20, budget=0),
    measure="active",
    goal=Goal(
        knobs=("budget",),
        bounds=(Bound("active", low=0.72), Bound("asked_active", high=110)),
        hints=(
            "Look at the questions asked: twenty batches arrive, and each may cost its number.",
            "Only the questions a batch move here: each answer is a sample with its true label, "
            "and each has its price.",
            "Go up from the low end a stop at a time: the bill soon grows faster than the "
            "accuracy.",
        ),
        solution=dict(budget=5),
        near_misses=(dict(budget=2), dict(budget=10)),
    ),
    why="Answers make up for the clean samples that were missing at first, and an expert's first "
    "answers are worth most: later the two models settle nearly all doubts by themselves.",
    fails="From ten clean samples Slim, which trusts no label model, does better with as many "
    "questions a batch.",
)

LESSON = Lesson(
    lead="Batches arrive, and a share of their labels is wrong. Watch what it costs to believe "
    "them, and what a filter can and cannot save.",
    diagram=(
        "batch with wrong labels",
        "label model judges: {kept} kept",
        "of which {purity} right",
        "classifier {rad}, without a filter {no_sel}",
    ),
    main="Accuracy on clean test data",
    beside=("fates", "What the filter keeps"),
    knob="noise",
    values=(0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1),
    track="rad",
    numbers=("rad", "no_sel", "opt_sel"),
    front=("noise", "classifier", "budget"),
    finding=finding,
    tasks=(NETWORK, QUESTIONS, START, PERFECT, EXPERT),
    reflection="Labels of attacks arrive late, and some never. Which of RAD's assumptions fails "
    "first, and what would you measure to notice?",
)
