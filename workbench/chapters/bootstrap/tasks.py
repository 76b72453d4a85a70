"""What a reader predicts and solves in the chapter on wrong labels."""

from collections.abc import Mapping, Sequence

from workbench.chapters.bootstrap.knobs import Settings
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


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """What wrong labels have done so far, in one sentence."""
    shares = {name: percent(value) for name, value in numbers.items()}
    if "majority_accuracy" in numbers:
        return (
            f"Cross-entropy gets {shares['majority_accuracy']} right after the majority of "
            f"{run.annotators} votes, and {shares['single_accuracy']} after one vote."
        )
    if "ap_baseline" in numbers:
        baseline, top = (digits(numbers[f"ap_{loss}"], 2) for loss in ("baseline", "top-k"))
        return (
            f"With {percent(run.annotated)} of the boxes drawn the baseline has an average "
            f"precision of {baseline}, and {top} where the {run.k} surest gaps are left out."
        )
    sentence = f"With {shares['realised']} wrong labels"
    if run.unlabelled:
        sentence += f", and none for {percent(run.unlabelled)} of the items,"
    own = f"{shares['accuracy']} right and repeats {shares['memorised']} of the wrong labels"
    if run.loss == "cross-entropy":
        return f"{sentence} cross-entropy gets {own}."
    return f"{sentence} this loss gets {own}; cross-entropy gets {shares['plain_accuracy']} right."


def lead_of_votes(frames: Sequence[Frame]) -> float:
    """How many points the majority of three votes ends above one vote with hard bootstrapping."""
    end = frames[-1].scalars
    return 100 * (end["majority_accuracy"] - end["hard_accuracy"])


BY_HEART = Task(
    id="by-heart",
    title="A network learns on",
    know="Six labels of ten are wrong; a wrong label is any other class. The test set's labels are "
    "true.",
    ask="Draw the test accuracy of cross-entropy over 1200 steps, on labels of which 60 % are "
    "wrong.",
    preset=dict(noise=0.6, loss="cross-entropy"),
    measure="accuracy",
    predict=Curve((12, 48, 108, 192, 300, 588, 867, 1200), 0, 1, tolerance=0.02),
    reasons=(
        Reason(
            "It never gets beyond 40 %, the share of right labels.",
            "A class's right labels agree, its wrong ones scatter over nine classes: the likeliest "
            "label of a class is still the true one.",
        ),
        Reason(
            "It learns first what the labels of a class share, and then single labels by heart.",
            "Yes: so it is best early on, and everything after that is for the wrong labels.",
            right=True,
        ),
        Reason(
            "It rises to the end: more training is better training.",
            "The loss falls to the end. What is learnt late is wrong labels, one by one.",
        ),
    ),
    covered=("Test accuracy", "Memorisation", "Second thoughts"),
    why="Right labels of a class pull the same way and are learnt first. Wrong ones are learnt one "
    "at a time, and each bends the answer around its item.",
    fails="Without wrong labels, or with few steps, the curve does not fall.",
)

SOFT = Task(
    id="soft",
    title="A little of its own opinion",
    know="The soft loss is $\\beta\\, \\mathrm{CE}(t, q) + (1-\\beta)\\, \\mathrm H(q)$: much "
    "of the given label, and a little of the wish to be certain.",
    ask="With 60 % wrong labels cross-entropy ends at {before}. What does the soft loss with beta "
    "0.95 do?",
    preset=dict(noise=0.6, loss="soft", beta=0.95),
    before=dict(noise=0.6, loss="cross-entropy"),
    measure="accuracy",
    predict=Direction(same=0.03),
    reasons=(
        Reason(
            "It rises: the network may object to labels that it finds unlikely.",
            "It may, but a twentieth of the loss is too soft a voice: the label's pull is far "
            "stronger.",
        ),
        Reason(
            "It stays: to be certain is cheapest at the label that is pressed for, wrong or not.",
            "Yes: the entropy asks for certainty and not for truth, and it weighs little.",
            right=True,
        ),
        Reason(
            "It falls: a network that is taught what it says makes its mistakes larger.",
            "That needs more weight. Here nearly all of it is still on the given labels.",
        ),
    ),
    covered=("Test accuracy", "Memorisation", "changed"),
    why="The soft loss is cross-entropy plus a price on doubt, and doubt is not what is wrong. "
    "Reed et al.'s curve of the soft loss, as digitised, lies close to cross-entropy, too, up to "
    "four wrong labels in ten.",
    fails="With much smaller betas the network is heard, and the accuracy moves.",
)

HALF = Task(
    id="half",
    title="One wrong name for each class",
    know="A permutation: every wrong label of a class names the *same* other class. The "
    "reconstruction form learns how labels go wrong, and puts them right.",
    ask="At 40 % permuted labels reconstruction ends at {before}. What is left of it at 50 %? "
    "Give the range that you expect of five seeds.",
    preset=dict(pattern="permutation", noise=0.5, loss="recon", beta=0.3),
    before=dict(pattern="permutation", noise=0.4, loss="recon", beta=0.3),
    measure="accuracy",
    predict=Range(0, 1, 0.05, tolerance=0.02),
    reasons=(
        Reason(
            "The noise layer is still free to put things right.",
            "It is, in two ways that fit the labels alike: as given, or the other way round.",
        ),
        Reason(
            "Two names of a class are equally frequent, so the labels do not say which is true.",
            "Yes: no loss and no network can tell what the data do not hold.",
            right=True,
        ),
        Reason(
            "Half of the labels are right, so half of the items are learnt.",
            "A network does not learn items apart: it finds one name for a class, or doubts "
            "between two.",
        ),
    ),
    covered=("Test accuracy", "believed", "changed", "Second thoughts"),
    why="Below one half the true label of a class is its most frequent one, and a learnt noise "
    "matrix can undo the rest. At one half two names fit alike, and chance takes one of them for "
    "each class: so the seeds lie far apart. In Reed et al.'s figure, as digitised, "
    "reconstruction falls to about a half there.",
    fails="Wrong labels that scatter over all other classes leave the true one the most frequent, "
    "even at 60 %.",
    tested=("hard-helps",),
)

VOTES = Task(
    id="votes",
    title="Three votes or one",
    know="Three annotators, wrong in 40 % of cases on average, each with habits of their own. For "
    "one network every item is labelled three times and the majority counts; the other has one "
    "vote an item, and hard bootstrapping.",
    ask="How far ahead is the network that learns from the majority?",
    preset=dict(kind="annotators"),
    measure=lead_of_votes,
    quantity=Quantity("Majority above hard bootstrapping on one vote", "points"),
    predict=Pick(
        (
            Outcome(
                "By more than ten points: three times the labels.",
                "Three votes cost three times as much; what they mend, the loss mends, too.",
                low=10,
            ),
            Outcome(
                "Ahead, by three to ten points.",
                "A majority of three is still wrong rather often.",
                low=3,
                high=10,
            ),
            Outcome(
                "Less than three points, or not at all.",
                "Both do the same thing: one asks more people, the other asks the network.",
                high=3,
            ),
        )
    ),
    reasons=(
        Reason(
            "Three people are right far more often than one.",
            "They are, on every seed. But most of the labels that they put right the network with "
            "one vote puts right by itself.",
        ),
        Reason(
            "The network has seen its whole class, and outvotes a single label as a majority does.",
            "Yes: items that look alike vote for each other.",
            right=True,
        ),
        Reason(
            "Careless people make the same mistakes, so votes tell nothing new.",
            "Here each has habits of their own, and a majority is right more often than one vote.",
        ),
    ),
    covered=("Test accuracy", "shares", "changed"),
    why="A vote and a network's own opinion both replace a label by what is likelier. So an "
    "annotator's time may be better spent on new items than on the same item again.",
    fails="With nine annotators who are each wrong in 60 % of cases, one vote tells too little, "
    "and "
    "the majority is ahead on every seed.",
)

HEARD = Task(
    id="heard",
    title="How loud may it object?",
    ask="With 60 % wrong labels find a loss and a beta with a test accuracy of at least 85 % that "
    "repeat at most 10 % of the wrong labels.",
    preset=dict(noise=0.6, beta=0.9),
    measure="accuracy",
    goal=Goal(
        knobs=("loss", "beta"),
        bounds=(Bound("accuracy", low=0.85), Bound("memorised", high=0.1)),
        hints=(
            "Look at the memorisation: which curve must not rise, and when does it begin to?",
            "Hard and soft weigh the given label by beta; the smaller it is, the less a label can "
            "insist.",
            "Too little weight on the labels, and nothing holds the classes in place; too much, "
            "and each wrong one is learnt. Stay off both ends.",
        ),
        solution=dict(loss="hard", beta=0.5),
        near_misses=(dict(loss="hard", beta=0.3), dict(loss="soft", beta=0.8)),
    ),
    why="A label that weighs less than the network's own opinion cannot be learnt by heart. The "
    "paper's betas leave the label most of the weight and gain less under such noise.",
    fails="With 40 % permuted labels the same loss at beta 0.6 repeats more than half of the wrong "
    "ones: they agree with each other.",
)

LESSON = Lesson(
    lead="Some of the labels are wrong, and nobody says which. Watch what a network makes of them "
    "as it learns on, and what one that may object does instead.",
    diagram=(
        "picture, and a label that may be wrong",
        "network",
        "loss: beta of the label, the rest its own opinion",
        "true labels: {accuracy} right",
        "wrong labels: {memorised} by heart",
    ),
    main="Test accuracy",
    beside=("Memorisation", "changed"),
    knob="noise",
    values=(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
    track="accuracy",
    numbers=("accuracy", "plain_accuracy", "memorised"),
    front=("noise", "loss", "beta"),
    finding=finding,
    tasks=(BY_HEART, SOFT, HALF, VOTES, HEARD),
    reflection="You have ten thousand labels of unknown quality and an afternoon of an expert. "
    "What would you spend the afternoon on, and how would you know that it helped?",
)
