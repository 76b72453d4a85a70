"""What a reader predicts and solves in the chapter on labelling functions."""

from collections.abc import Mapping

from workbench.chapters.labelling import defaults
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
FOUR = """1 if strokes_top == 1 else 7 if strokes_top == 2
1 if top_row < 0.25 else 7 if top_row > 0.35
1 if bottom_row > 0.22 else 7 if bottom_row < 0.17
1 if width < 4 else 7 if width > 4"""
EIGHT = defaults.ONE_OR_SEVEN.rpartition("\n")[0]  # without the worst, which looks at the ink
ONE = "1 if slant > 0 else 7 if slant < -0.08"


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How many labels are right, in one sentence."""
    if not numbers.get("covered"):
        return "No function votes on any item."
    right, vote = percent(numbers["labels_right"]), percent(numbers["majority_right"])
    copies = f"With the worst function {run.copies + 1:g} times " if run.copies else ""
    if copies and run.matters("likeness") and run.likeness < 1:
        share = percent(run.likeness)
        copies = f"With {run.copies:g} functions that repeat {share} of the votes of the worst "
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
    predict=Range(0, 1, 0.05, tolerance=0.02),
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
    "their agreement for truth. The abstract of Ratner et al. has no number for it to stand "
    "beside ours.",
    fails="One copy fools EM on some seeds, and on others it labels as well as before.",
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
    "right three times of four rules it out. Ratner et al. report no such failure in their "
    "abstract.",
    fails="With a prior of 0.3 or more the two names come out in their true shares.",
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
    why="What EM knows of a function comes from those that vote beside it. Where hardly any do, "
    "its accuracy is free to go where the votes get likelier, and a good function may end as a "
    "bad one. There is no number of the paper's beside ours.",
    fails="With a prior of 0.3, which says that functions are right three times of four, EM is "
    "ahead of the vote on all five seeds.",
)

SOFT = Task(
    id="soft",
    title="To know how sure",
    know="EM gives each comment a probability of being spam. The classifier can learn the "
    "likelier name, hard, or the probability itself.",
    ask="A classifier that learns hard labels gets {before} of an unseen video's comments right. "
    "Now it learns the probabilities. Where does its accuracy go?",
    preset=dict(items="comments", prior=1, labels="probabilities"),
    before=dict(items="comments", prior=1),
    measure="end",
    predict=Direction(same=0.01),
    reasons=(
        Reason(
            "It rises: a probability says more than a name.",
            "It says more where it is right about how sure one may be. These lean to one side.",
        ),
        Reason(
            "It stays: the likelier name is the same in both.",
            "The names are the same, and what the classifier is asked to believe of them is not.",
        ),
        Reason(
            "It falls: the probabilities lean to one name, and the classifier learns that, too.",
            "Yes: a comment that is ham by a hair pulls the classifier towards spam as well.",
            right=True,
        ),
    ),
    covered=("models", "worth", "Classifier on test items"),
    why="Functions with one answer make lopsided probabilities, and a classifier learns those as "
    "it learns names. Ratner et al. train on probabilities, of functions that nobody here has.",
    fails="On 1 or 7, where each function has two answers, neither is ahead on average over ten "
    "seeds.",
)

WRITE = Task(
    id="write",
    title="Rules of your own",
    ask="Write functions that tell a 1 from a 7. Together they vote on at least 98 % of the "
    "pictures, and at least 93 % of the labels that EM makes of their votes are right, on all of "
    "five seeds.",
    preset=dict(),
    measure="labels_right",
    goal=Goal(
        knobs=("functions",),
        bounds=(Bound("covered", low=0.98), Bound("labels_right", low=0.93)),
        hints=(
            "The table of the functions says how often each is right on the development set.",
            "Only the functions move. Leave bad ones out before you think of new ones.",
            "A handful is enough, if each looks at something else and has an answer for both "
            "digits.",
        ),
        solution=dict(functions=FOUR),
        near_misses=(dict(functions=EIGHT), dict(functions=ONE)),
    ),
    why="EM weighs functions by their agreement, and weak ones that look at the same ink agree. "
    "Few that look at different things give it better evidence. Experts in the paper's study "
    "built models 2.8 times faster than by labelling; how many functions are best it does not say.",
    fails="A single good function is right about as often as the nine, and leaves a quarter of "
    "the pictures without a label.",
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
    tasks=(COPIES, FREE, TEN, SOFT, WRITE),
    reflection="Think of items that you know. Which three rules would you write, and which of "
    "them look at the same thing?",
)
