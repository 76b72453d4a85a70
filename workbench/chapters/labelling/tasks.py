"""What a reader predicts and solves in the chapter on labelling functions."""

from collections.abc import Mapping

from workbench.chapters.labelling.knobs import Settings
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
from workbench.core.quantity import percent

MODEL = {  # within a sentence
    "majority": "the vote",
    "triplet": "the model of triplets",
    "em": "EM",
    "confusion": "class-conditional EM",
}
GOOD = """1 if slant > 0 else 7 if slant < -0.08
1 if top_row < 0.25 else 7 if top_row > 0.35
1 if bottom_row > 0.22 else 7 if bottom_row < 0.17"""
THIN = "1 if ink > 0.31 else 7 if ink < 0.27"


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How many labels are right, in one sentence."""
    if not numbers.get("covered"):
        return "No function votes on any item."
    right, vote = percent(numbers["labels_right"]), percent(numbers["majority_right"])
    copies = f"With the worst function {run.copies + 1:g} times " if run.copies else ""
    name = MODEL[run.model] if copies else MODEL[run.model][:1].upper() + MODEL[run.model][1:]
    if numbers["one_class"] > max(0.9, numbers["true_class"] + 0.1):
        return f"{copies}{name} calls {percent(numbers['one_class'])} of the items by one name."
    words = f"{copies}{name} labels {right} of the covered items rightly"
    return f"{words}." if run.model == "majority" else f"{words}, and the vote {vote}."


COPIES = Task(
    id="copies",
    title="The worst rule, six times",
    know="Nobody gives EM a label. It believes a function as far as the others agree with it, and "
    "takes for granted that functions err independently of one another.",
    ask="Nine functions tell a 1 from a 7, and EM labels {before} rightly. Now somebody writes "
    "the worst of the nine five times more. What share does EM label rightly? Give the range that "
    "you expect of five seeds.",
    preset=dict(prior=0, copies=5),
    before=dict(prior=0),
    measure="labels_right",
    predict=Range(0.5, 1, 0.01, tolerance=0.01),
    reasons=(
        Reason(
            "A bad function gets little weight, and six of them get little, too.",
            "Its weight is what EM believes of it, and six that always agree are believed.",
        ),
        Reason(
            "The six agree on everything, and agreement is all that EM sees.",
            "Yes: that they are right explains so much agreement better than that they err, "
            "always and together.",
            right=True,
        ),
        Reason(
            "EM notices that six functions always vote alike, and counts them as one.",
            "Nothing in it looks for that: it multiplies what each function says, as if each had "
            "looked for itself.",
        ),
    ),
    covered=("functions", "accuracies", "models", "Labels that are right"),
    why="Independence is a promise by whoever writes the functions. Copies break it, and EM takes "
    "their agreement for truth. Ratner et al. write of models that learn such dependencies; here "
    "none is learnt, and their abstract gives no number to stand beside ours.",
    fails="",
)

FREE = Task(
    id="free",
    title="Rules that know one answer",
    know="Six functions can say spam or nothing, five can say ham or nothing. EM may believe of "
    "each whatever makes the votes most likely: the prior counts nothing.",
    ask="About half of the comments are spam. What does EM call them after 50 rounds?",
    preset=dict(items="comments", prior=0, steps=50),
    measure="one_class",
    predict=Pick(
        (
            Outcome(
                "About half of them spam and half ham.",
                "That is the truth, and not the likeliest story about the votes.",
                high=0.6,
            ),
            Outcome(
                "Two of three by one name.",
                "It does not stop half-way: what it calls by one name makes it surer of that name.",
                low=0.6,
                high=0.85,
            ),
            Outcome(
                "Nearly all by one name.",
                "If all is spam, functions for spam are always right and those for ham always "
                "wrong: no vote contradicts that.",
                low=0.85,
            ),
        )
    ),
    reasons=(
        Reason(
            "Functions with one answer never contradict the story that this answer is always true.",
            "Yes: always right for one side, always wrong for the other, and all votes are "
            "explained.",
            right=True,
        ),
        Reason(
            "Six functions against five: the majority of functions wins.",
            "They do not vote on the same comments. What wins is the story with the fewest "
            "surprises.",
        ),
        Reason(
            "Links and channels give spam away, so EM sees which comments are spam.",
            "They do, to one who knows which side to believe. EM has to find that out from votes.",
        ),
    ),
    covered=("functions", "accuracies", "models", "Called by one name", "Labels that are right"),
    why="Votes alone fit two stories, and the wrong one fits better. A belief that functions are "
    "right three times of four rules it out. Snorkel's own model has such a prior, too; what it "
    "does without one the paper does not report.",
    fails="",
)

TEN = Task(
    id="ten",
    title="Ten names instead of two",
    know="Twenty functions vote for ten digits, two for each. The vote counts them alike. EM "
    "finds out how far to believe each, with accuracies that nothing holds.",
    ask="On the ten digits the vote labels {before} of what is covered rightly. What does EM make "
    "of the same votes?",
    preset=dict(question="all classes", prior=0),
    before=dict(question="all classes", prior=0, model="majority"),
    measure="labels_right",
    predict=Direction(same=0.01),
    reasons=(
        Reason(
            "EM knows more than the vote: how good each function is.",
            "It would, if it were told. It has to guess that from agreement, and with two "
            "functions a digit there is little agreement to go by.",
        ),
        Reason(
            "Two functions a digit agree too seldom to tell who of them is right.",
            "Yes: accuracies that hardly any agreement holds drift to whatever makes the votes "
            "likely.",
            right=True,
        ),
        Reason(
            "Functions for different digits hardly meet, so there is nothing to weigh up.",
            "They meet often enough: on many digits two functions disagree.",
        ),
    ),
    covered=("functions", "accuracies", "models", "Labels that are right"),
    why="",
    fails="",
)

WRITE = Task(
    id="write",
    title="Rules of your own",
    ask="Write functions that tell a 1 from a 7: together they vote on at least 95 % of the "
    "pictures, and at least 92 % of the labels that EM makes of them are right, on all of five "
    "seeds.",
    preset=dict(),
    measure="labels_right",
    goal=Goal(
        knobs=("functions",),
        bounds=(Bound("covered", low=0.95), Bound("labels_right", low=0.92)),
        hints=(
            "The table of the functions says how often each is right on the development set.",
            "Only the functions change. Take bad ones out before you think of new ones.",
            "A handful is enough, if each looks at something else and has an answer for both "
            "digits.",
        ),
        solution=dict(functions=GOOD),
        near_misses=(dict(functions=THIN), dict(functions=GOOD.split("\n")[0])),
    ),
    why="",
    fails="",
)

LESSON = Lesson(
    lead="Write rules of thumb instead of labels, and let a model find out from their agreement "
    "alone how far to believe each. Then write a bad rule again.",
    diagram=(
        "items without labels",
        "functions vote on {covered}",
        "label model: {labels_right} right",
        "classifier: {end} right",
    ),
    main="accuracies",
    beside=("Labels that are right", "functions"),
    knob="copies",
    values=(0, 1, 2, 3, 5),
    track="labels_right",
    numbers=("labels_right", "majority_right", "end"),
    front=("copies", "question", "functions"),
    finding=finding,
    tasks=(COPIES, FREE, TEN, WRITE),
    reflection="Think of items that you know. Which three rules would you write, and which of "
    "them look at the same thing?",
)
