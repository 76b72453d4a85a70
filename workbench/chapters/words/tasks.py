"""What a reader predicts and solves in the chapter on words from their company."""

from collections.abc import Mapping

from workbench.chapters.words.knobs import Settings
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
from workbench.core.quantity import digits, percent


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How far prediction has come down to counting, in one sentence."""
    if "r" not in numbers:
        return "Nothing has been learnt yet."
    follows = f"Dot products follow log counts with a correlation of {digits(numbers['r'], 2)}"
    offset = f"{digits(numbers['offset'], 2)} below them (log k is {digits(numbers['log_k'], 2)})"
    if "same_group" not in numbers:
        return f"{follows} and lie {offset}."
    kind = "slot" if run.data == "toy" else "field"
    share = percent(numbers["same_group"])
    return f"{follows}, {offset}; {share} of the words have a nearest of their own {kind}."


DIMENSION = Task(
    id="dimension",
    title="How many numbers a word?",
    know="Dot products of two vectors shall become the log counts of 48 words with 48 words. The "
    "words fill eleven slots of a toy grammar, and words of a slot have the same company.",
    ask="Draw the correlation of dot products with log counts, over how many numbers a vector has.",
    preset=dict(dimension=16),
    measure="r",
    predict=Curve((2, 4, 8, 16, 32), 0, 1, tolerance=0.02, knob="dimension"),
    reasons=(
        Reason(
            "Each number adds as much as the one before, so it rises evenly.",
            "The first directions are those in which company differs most. Later ones find less.",
        ),
        Reason(
            "Slots are few, so about as many directions as slots tell nearly all.",
            "Yes: beyond that, what is left is the chance of a short text.",
            right=True,
        ),
        Reason(
            "Too many numbers learn by heart, so it falls again.",
            "What would be learnt by heart are the counts, and counts are what is asked for.",
        ),
    ),
    covered=("plane", "factors", "Correlation with log counts"),
    why="Two matrices with d columns have a product of rank d at most, and the log counts of "
    "eleven slots have a rank of about eleven (Levy and Goldberg 2014 name the factorisation).",
    fails="A real text has no eleven slots, and nobody knows beforehand which rank its log counts "
    "have.",
)

NOISE = Task(
    id="noise",
    title="What more noise words do",
    know="Each pair of the text is held against k words that are drawn at random. The vectors "
    "answer yes to the pair and no to the noise.",
    ask="With k = 5 the dot products lie {before} below the logarithms of their counts, on average "
    "over pairs. By how much will it be with k = 15? Give the range that you expect of five seeds.",
    preset=dict(k=15),
    before=dict(k=5),
    measure="offset",
    predict=Range(0, 8, 0.25, tolerance=0.05),
    reasons=(
        Reason(
            "Three times as many words to say no to: three times as far below.",
            "Odds are divided by three, and a dot product is the logarithm of odds.",
        ),
        Reason(
            "The odds of a yes fall to a third, so it grows by the logarithm of 3.",
            "Yes: for k noise words it is log k.",
            right=True,
        ),
        Reason(
            "Noise only sharpens the vectors, so it stays where it was.",
            "A pair that is rarer among more noise must get a smaller yes.",
        ),
    ),
    covered=("factors", "offset", "plane"),
    why="The best dot product is a log count less log k (Levy and Goldberg 2014). No number of "
    "theirs stands beside ours.",
    fails="After a few batches more noise lies farther off than log k: rare pairs have hardly been "
    "said yes to.",
)

LOSSES = Task(
    id="losses",
    title="Is a higher loss worse?",
    know="Every noise word adds a term to the loss of a pair. All answers begin at one half.",
    ask="With one noise word the nearest other word is of the same slot for {before} of the words. "
    "With fifteen the loss begins eight times as high, at 16 ln 2, and also ends higher. For how "
    "many words is it then?",
    preset=dict(k=15),
    before=dict(k=1),
    measure="same_group",
    predict=Pick(
        (
            Outcome(
                "For fewer than half of them.",
                "The vectors have more to say no to, and say yes as before.",
                high=0.5,
            ),
            Outcome(
                "For half to nine of ten.",
                "A shift of all dot products by one number turns no neighbour away.",
                low=0.5,
                high=0.9,
            ),
            Outcome(
                "For as many: more than nine of ten.",
                "Yes: the same counts are factorised, lower by a number that is the same for all.",
                low=0.9,
            ),
        )
    ),
    reasons=(
        Reason(
            "A loss measures how good vectors are, and it is higher.",
            "It also measures how many questions are asked of each pair.",
        ),
        Reason(
            "The loss counts more terms. What the vectors say of each other is the same.",
            "Yes: losses of different k are losses of different games.",
            right=True,
        ),
        Reason(
            "Among so much noise the pairs of the text get lost.",
            "Noise words come from the vocabulary, and each pair has its own answer.",
        ),
    ),
    covered=("plane", "neighbours", "Neighbours of the same group"),
    why="Mikolov et al. advise 5 to 20 noise words for small texts, which is a matter of rare "
    "words and not of the loss.",
    fails="With few batches more noise is slower: after 200 of them dot products follow the counts "
    "less closely.",
)

SMOOTHING = Task(
    id="smoothing",
    title="Which logarithm?",
    know="Noise words are drawn by their count to a power. With power 1 the dot products follow "
    "pointwise mutual information (PMI), the logarithm of how much oftener two words meet than by "
    "chance.",
    ask="With power 1 the correlation with PMI is {before}. Now every word is drawn as noise "
    "equally often, which is power 0. How well do the dot products follow PMI?",
    preset=dict(exponent=0),
    before=dict(exponent=1),
    measure="r_plain",
    predict=Pick(
        (
            Outcome(
                "As well as before: above 0.9.",
                "PMI is made of the text. The dot products are made of the text and the noise.",
                low=0.9,
            ),
            Outcome(
                "Clearly less: between 0.3 and 0.9.",
                "They follow other logarithms now, in which frequent words count for more.",
                low=0.3,
                high=0.9,
            ),
            Outcome(
                "Not at all: below 0.3.",
                "Company still counts. What has changed is what it is compared with.",
                high=0.3,
            ),
        )
    ),
    reasons=(
        Reason(
            "The text decides who keeps company with whom, and it has not changed.",
            "How surprising a meeting is depends on what was expected, and noise says that.",
        ),
        Reason(
            "The vectors answer about the noise that they were shown, and PMI is about another.",
            "Yes: the denominator of what they learn is the noise that was drawn.",
            right=True,
        ),
        Reason(
            "Noise in which all are alike has nothing to teach.",
            "It teaches how frequent a word is, which smoothed noise takes away.",
        ),
    ),
    covered=("factors", "plane", "Correlation with log counts"),
    why="In general it is the log of counts over the noise. Levy and Goldberg (2014) write PMI, "
    "which is so for noise that is not smoothed.",
    fails="Where all words are equally frequent every power gives the same noise.",
)

HURRY = Task(
    id="hurry",
    title="Two hundred batches",
    ask="There is time for 200 batches. Find a learning rate, a number of noise words and a "
    "dimension with which the dot products follow the log counts with a correlation of at least "
    "0.93, on all of five seeds.",
    preset=dict(steps=200, k=15, lr=0.03, dimension=4),
    measure="r",
    goal=Goal(
        knobs=("dimension", "k", "lr"),
        bounds=(Bound("r", low=0.93),),
        hints=(
            "Dot products and counts: do the points lie on a line, and do they spread far enough?",
            "Many noise words teach to say no first. A rank below the number of slots cannot hold "
            "the counts.",
            "Take a vector longer than there are slots, few noise words, and a rate of about a "
            "tenth.",
        ),
        solution=dict(dimension=16, k=1, lr=0.1),
        near_misses=(dict(dimension=16, k=15, lr=0.1), dict(dimension=4, k=1, lr=0.1)),
    ),
    why="One noise word asks the least of each pair, and a toy has no rare words that would need "
    "more. No number of a paper's stands beside ours.",
    fails="With 1600 batches fifteen noise words come as far.",
)

LESSON = Lesson(
    lead="Two vectors a word, and one question: is this pair of the text, or noise? The answers "
    "come down to counting, which stands beside them.",
    diagram=(
        "word and neighbour",
        "k noise words",
        "yes or no: {loss}",
        "dot product",
        "log count: correlation {r}",
    ),
    main="factors",
    beside=("plane", "neighbours"),
    knob="dimension",
    values=(2, 4, 8, 16, 32),
    track="r",
    numbers=("r", "same_group", "loss"),
    front=("dimension", "k", "word"),
    finding=finding,
    tasks=(DIMENSION, NOISE, LOSSES, SMOOTHING, HURRY),
    reflection="Whose company does a word keep in the texts that you would train on, and what "
    "would its vector say of people?",
)
