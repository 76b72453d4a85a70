"""What a reader predicts and solves in the chapter on bags."""

from collections.abc import Mapping

from workbench.chapters.mil.knobs import INSTANCE, Settings
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
from workbench.core.quantity import digits, percent


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How well bags are told apart and whether the weights point at witnesses, in one sentence."""
    sentence = f"AUC {digits(numbers['auc'])} on bags that it has not seen"
    if run.source == "pictures":  # of others there are as many as there are
        sentence = f"From {run.bags} bags: {sentence}"
    if "top_witness" not in numbers:
        return f"{sentence}; nobody knows which instances are witnesses."
    most = "probability" if run.pooling in INSTANCE else "weight"
    share = percent(numbers["top_witness"])
    return f"{sentence}, and in {share} of the positive ones the largest {most} is a witness's."


WITNESS = Task(
    id="witness",
    title="Who points at the nine?",
    know="A bag is positive if it holds a nine. Attention makes one vector of a bag, a mean whose "
    "weights it learns: $z = \\sum_k a_k h_k$. The label belongs to the bag; nobody ever says "
    "which digit is the nine.",
    ask="Two hundred bags of 30 digits, half of them positive, with three nines in each positive "
    "one. In "
    "what share of the positive test bags does the largest weight lie on a nine? Give the range "
    "that you expect of five seeds.",
    preset=dict(size=30),
    measure="top_witness",
    predict=Range(0, 1, 0.05, tolerance=0.01),
    reasons=(
        Reason(
            "In one bag of ten: nobody said which digit counts.",
            "That would be chance. But a nine is what all positive bags have and no negative one, "
            "so the bags' labels say it after all.",
        ),
        Reason(
            "Weight on anything but a nine makes positive and negative bags look alike.",
            "Yes: only with weight on the nines does the mean tell the bags apart, so the loss of "
            "the bags moves it there.",
            right=True,
        ),
        Reason(
            "Attention looks at the digit that is least like the others of its bag.",
            "It compares with no other instance: each gets its score alone. Choose another "
            "witness class and the weights go there.",
        ),
    ),
    covered=("strips", "AUC on instances", "removal", "mistakes"),
    why="Weights are learnt from the labels of bags alone, and end on what these have in common. "
    "Ilse et al. show it in pictures of digits; shares like ours they do not give.",
    fails="From ten bags too many digits could be the reason: on some seeds the weights point "
    "elsewhere in nearly every bag.",
)

NOTHING = Task(
    id="nothing",
    title="Nothing to find",
    know="Entropy of the weights of a bag, as a share of the largest: 0 if one instance has all "
    "the weight, 1 if all have the same.",
    ask="A negative test bag holds no nine. What does attention do with its weights there?",
    preset=dict(size=30),
    measure="spread_negative",
    predict=Pick(
        (
            Outcome(
                "They are all close to zero.",
                "They cannot be: a softmax makes the weights of every bag sum to 1.",
                high=0,
            ),
            Outcome(
                "They point at one instance, as in positive bags.",
                "They would if the best candidate stood out. Most digits are equally far from "
                "a nine, so none does.",
                low=0,
                high=0.5,
            ),
            Outcome(
                "They are spread, though not evenly.",
                "No instance stands out, and some look a little more like a nine.",
                low=0.5,
                high=0.98,
            ),
            Outcome(
                "They are all the same.",
                "For that every instance would need the same score, and a four looks more like a "
                "nine than a zero does.",
                low=0.98,
            ),
        )
    ),
    reasons=(
        Reason(
            "Weights are shared out within a bag: who stands out takes most, found or not.",
            "Yes: a weight says how an instance compares with the others of its bag, and in a "
            "negative bag they are much alike.",
            right=True,
        ),
        Reason(
            "A weight is the probability of being a nine.",
            "Then weights would not have to sum to 1. They do, in every bag.",
        ),
        Reason(
            "The loss presses the weights of negative bags down.",
            "It has no such term: it sees the bag's answer only, and that is right with nearly "
            "any weights.",
        ),
    ),
    covered=("strips", "Entropy of the weights", "certainty"),
    why="Weights compare the instances of one bag and say nothing between bags: a large weight is "
    "no sign that something was found. What says so is the probability of the bag.",
    fails="Learnt from twenty bags of ten, the weights point at single instances in negative bags "
    "nearly as firmly as in positive ones.",
)

MORE = Task(
    id="more",
    title="More bags",
    know="Instance-mean: each instance gets a probability, and the bag gets their mean. A positive "
    "bag of 30 holds three nines.",
    ask="Draw the AUC on test bags of the *mean of probabilities*, from 20 to 1000 training bags.",
    preset=dict(pooling="instance-mean", size=30),
    measure="auc",
    predict=Curve((20, 50, 100, 200, 500, 1000), 0.4, 1, tolerance=0.02, knob="bags"),
    reasons=(
        Reason(
            "Enough data mends everything.",
            "More bags mend what comes of too few. What the form of the answer cannot say they "
            "do not mend.",
        ),
        Reason(
            "Three nines move a mean of thirty by a tenth at most, so it cannot say yes and no.",
            "Yes: to answer 1 every instance of a positive bag would have to, and nearly the same "
            "digits stand in the negative ones.",
            right=True,
        ),
        Reason(
            "The mean does not know the order of the instances.",
            "None of the poolings does, and bags have none.",
        ),
    ),
    covered=("AUC on bags", "strips"),
    why="The loss asks for a mean near 1 in positive bags. As nine in ten instances are the same "
    "in both, it settles for guesses in between. Log-sum-exp, on the way from mean to max, tells "
    "nearly all of these bags apart.",
    fails="Make half of each positive bag witnesses, and a mean is a good answer.",
)

BALANCE = Task(
    id="balance",
    title="Bags as they come",
    know="Of ten classes one is the witness: a bag of 30 digits drawn blindly has none with "
    "probability $0.9^{30}$. Test bags stay half and half.",
    ask="From a hundred bags of 30, half of them positive, attention reaches {before}. Now the "
    "hundred are drawn blindly, and nearly all are positive. What becomes of the AUC?",
    preset=dict(size=30, bags=100, balanced=False),
    before=dict(size=30, bags=100),
    measure="auc",
    predict=Direction(same=0.02),
    reasons=(
        Reason(
            "It rises: twice as many positive bags to learn a nine from.",
            "The nines are there, but what a nine is *not* is learnt from negative bags.",
        ),
        Reason(
            "It falls: a handful of negative bags is all that says what does not count.",
            "Yes: each digit of a negative bag is known not to be a witness, and that knowledge "
            "is what is missing.",
            right=True,
        ),
        Reason(
            "It stays: what counts is how many bags there are.",
            "A bag that says yes again tells little: with ten classes nearly any reason fits it.",
        ),
    ),
    covered=("AUC on bags", "making", "mistakes"),
    why="A network that always says yes would be right for nearly all of its training bags. The "
    "authors' public loader draws bags like this, and their paper balances them.",
    fails="Bags of five drawn blindly are more often negative than positive, and little is lost.",
)

FEW = Task(
    id="few",
    title="Fifty labels",
    ask="With fifty labelled bags find a pooling and a size of bags with an AUC of at least 0.9 "
    "whose largest weight is on a witness in at least 85 % of the positive test bags.",
    preset=dict(bags=50),
    measure="auc",
    goal=Goal(
        knobs=("pooling", "size"),
        bounds=(Bound("auc", low=0.9), Bound("top_witness", low=0.85)),
        hints=(
            "Look at the bags: where several witnesses lie in a bag, one that is missed matters "
            "less.",
            "The size matters as much as the pooling. Which poolings learn a weight for each "
            "instance?",
            "Bags of ten hold one witness and are too hard; go to the upper half of the sizes.",
        ),
        solution=dict(pooling="attention", size=30),
        near_misses=(dict(size=20), dict(pooling="max", size=30)),
    ),
    why="A larger bag holds more witnesses at the same share, so that each label says more. "
    "Attention weighs single instances, so it can use that.",
    fails="With bags of twenty attention falls short of it on most seeds.",
)

LESSON = Lesson(
    lead="A label for a bag, and none for what is in it. Watch where the network puts its weight, "
    "though nobody ever said which digit counts.",
    diagram=(
        "a bag of digits",
        "each one embedded",
        "pooled; the largest weight on a witness: {top_witness}",
        "one answer, AUC {auc}",
    ),
    main="strips",
    beside=("AUC on instances", "removal"),
    knob="bags",
    values=(10, 20, 50, 100, 150, 200, 300, 400, 500, 1000),
    track="auc",
    numbers=("auc", "train_auc", "top_witness"),
    front=("bags", "pooling", "size"),
    finding=finding,
    tasks=(WITNESS, NOTHING, MORE, BALANCE, FEW),
    reflection="A radiologist labels whole slides. What could make attention point at something "
    "that is no tumour, with an AUC near 1?",
)
