"""What a reader predicts and solves in the chapter on self-supervision."""

from collections.abc import Mapping, Sequence

from workbench.chapters.selfsup.knobs import PAINTS, Settings
from workbench.core.frames import Frame
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
from workbench.core.quantity import Quantity, percent

FIXED = dict(shift=0, turn=0, zoom=0, contrast=0)  # exemplars that stay as they are
QUICK = 60  # steps; what edges solve is known before the first


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How well the task is solved, and what its features are worth."""
    solved = f"The network answers {percent(numbers['accuracy'])} of the questions"
    if "probe_pretext" not in numbers:
        return f"{solved}, where guessing gets {percent(numbers['chance'])}."
    own, random = percent(numbers["probe_pretext"]), percent(numbers["probe_random"])
    return f"{solved}; its features give {own} with {run.labels} labels, random ones {random}."


def gain(frames: Sequence[Frame]) -> float:
    """The points that the probe gains over one on an encoder that learnt nothing."""
    end = frames[-1].scalars
    return 100 * (end["probe_pretext"] - end["probe_random"])


EDGES = Task(
    id="edges",
    title="A puzzle without looking",
    know="A picture is cut into four tiles, which are mixed. There are 24 orders, so guessing "
    "solves one puzzle in 24. The network shall learn what a picture shows.",
    ask="Tiles are cut edge to edge and keep their brightness. A rule without any learning puts "
    "those edges together that fit best. How many puzzles of photographs does it solve? Give the "
    "range that you expect of five seeds.",
    preset=dict(kind="jigsaw", gap=False, normalise=False, steps=QUICK),
    measure="edges",
    predict=Range(0, 1, 0.05, tolerance=0.02),
    reasons=(
        Reason(
            "To order tiles one must know what they show.",
            "It is enough that a line goes on from one tile to the next.",
        ),
        Reason(
            "Lines and brightness go on across a cut, and few pixels tell it.",
            "Yes: a shortcut. A network finds it, too, and learns nothing else.",
            right=True,
        ),
        Reason(
            "A rule for edges works on large tiles only.",
            "Even the edges of small tiles differ enough to be told apart.",
        ),
    ),
    covered=("Pretext accuracy", "examples"),
    why="Neighbouring pixels are alike, and a cut does not change that. Noroozi and Favaro 2016 "
    "therefore leave a gap between tiles and normalise each of them.",
    fails="On the digits many edges are empty, and all empty edges fit.",
)

SHORTCUT = Task(
    id="shortcut",
    title="Close the shortcut",
    ask="Change how tiles are cut until comparing edges solves at most 20 % of the puzzles, on all "
    "of five seeds.",
    preset=dict(kind="jigsaw", gap=False, normalise=False, steps=QUICK),
    measure="edges",
    goal=Goal(
        knobs=("gap", "normalise"),
        bounds=(Bound("edges", high=0.2),),
        hints=(
            "All pictures: the dashed line of the pretext accuracy needs no training.",
            "Lines go on across a cut, and so does brightness: each has a knob against it.",
            "One knob alone is not enough, whichever you take.",
        ),
        solution=dict(gap=True, normalise=True),
        near_misses=(dict(gap=True), dict(normalise=True)),
    ),
    why="A gap hides lines that go on, and normalising hides brightness that goes on. Every cue "
    "that is left is enough for a network that has to win.",
    fails="A task without this shortcut may still have others. Jigsaw puzzles of small pictures "
    "teach little even so: the chapter's results compare the tasks.",
)

PERFECT = Task(
    id="perfect",
    title="Every answer right",
    know="Exemplars: each of 200 pictures is a class of its own, and is shown moved, turned, "
    "zoomed and with another contrast. A probe reads digits from the features, with 50 labels.",
    ask="With such changes the probe is right on {before} of the test pictures. Now each exemplar "
    "stays as it is, so the questions are much easier. Where does the probe go?",
    preset=dict(kind="exemplar", data="digits", **FIXED),
    before=dict(kind="exemplar", data="digits"),
    measure="probe_pretext",
    predict=Direction(same=0.03),
    reasons=(
        Reason(
            "A network that answers better has better features.",
            "It answers by whatever is enough, and for that no feature of digits is needed.",
        ),
        Reason(
            "What must be recognised in spite of changes is the shape; without them pixels do.",
            "Yes: the changes say what shall not matter, and they are all that says it.",
            right=True,
        ),
        Reason(
            "The task has no labels, so its questions do not matter.",
            "They are all that the features are made for.",
        ),
    ),
    covered=("Probe accuracy", "neighbours", "Pretext accuracy", "filters"),
    why="The answers to a pretext task are worth nothing. Its changes tell the network what to "
    "ignore; without them it learns pictures by heart (Dosovitskiy et al. 2014 transform them).",
    fails="On the photographs, where a patch's own colours and textures tell the region, exemplars "
    "that stay as they are do no harm: the chapter's results have that line.",
)

GREY = Task(
    id="grey",
    title="Two right colours",
    know="Each digit is painted in one of two opposite colours, and only its lightness is shown. "
    "One network chooses the likeliest of some bins of colours. Another names two numbers $ab$ "
    "and pays their squared error. Colourfulness is the distance from grey.",
    ask="The network that chooses a bin answers with a colourfulness of {before}. How colourful "
    "is the other one? Give the range that you expect of five seeds.",
    preset=dict(data="digits", paint=PAINTS[1], answer="ab"),
    before=dict(data="digits", paint=PAINTS[1], answer="bins", temperature=0.05),
    measure="chroma",
    predict=Range(0, 20, 1, tolerance=0.3),
    reasons=(
        Reason(
            "It learns one of the two colours and keeps to it.",
            "Then it would pay the full distance whenever the other one is right.",
        ),
        Reason(
            "The best answer to squared error is the mean, and the mean of opposites is grey.",
            "Yes: playing safe costs least on average.",
            right=True,
        ),
        Reason(
            "It cannot know the colour, so it answers at random.",
            "Answers at random cost more than the mean of what is possible.",
        ),
    ),
    covered=("examples", "colours", "Colourfulness"),
    why="Squared error is smallest at the mean of what is possible, though the mean itself may be "
    "impossible. Zhang, Isola and Efros 2016 therefore choose among bins.",
    fails="Where each kind of picture has one colour, the mean is that colour, so squared error "
    "can answer in colour.",
)


ANY = Task(
    id="any",
    title="A question without an answer",
    know="Colorization asks for colours of a grey picture. On the digits the colour is painted by "
    "us: it may depend on the digit, or be drawn for each picture by chance.",
    ask="Every digit gets a colour by chance, and the network trains as ever. What are its "
    "features worth to a probe with 50 labels, beside those of random weights?",
    preset=dict(data="digits", paint=PAINTS[2]),
    measure=gain,
    quantity=Quantity("Gain over random weights", "points"),
    predict=Pick(
        (
            Outcome(
                "They are clearly worse, by more than 4 points.",
                "Trying in vain does not spoil them: random features are left nearly as they were.",
                high=-4,
            ),
            Outcome(
                "About the same, within 4 points.",
                "Nothing about the picture helps with the answer, so nothing is learnt.",
                -4,
                4,
            ),
            Outcome(
                "They are clearly better, by more than 4 points.",
                "That is so where the colour depends on the digit.",
                low=4,
            ),
        )
    ),
    reasons=(
        Reason(
            "Training on pictures always teaches something about pictures.",
            "It teaches what lowers the loss, and here nothing in the picture does.",
        ),
        Reason(
            "What the picture shows says nothing about the answer.",
            "Yes: a pretext task can teach only what its answer depends on.",
            right=True,
        ),
        Reason(
            "Wrong answers push the features away from the digits.",
            "The answers are not wrong, they are chance: pushes to all sides cancel out.",
        ),
    ),
    covered=("Probe accuracy", "labels", "Pretext accuracy", "examples"),
    why="Features are made for the answer. Where the answer depends on what is shown, they tell "
    "what is shown; where it is chance, the network learns how often each colour comes.",
    fails="In photographs much of the colour follows from what is shown (grass, sky, skin), which "
    "is why the task works there.",
    tested=("better-than-nothing",),
)

LESSON = Lesson(
    lead="A picture is asked about itself: its colours, the order of its tiles, which picture it "
    "is. The answer is worth nothing; its features are.",
    diagram=(
        "grey picture",
        "encoder",
        "features",
        "pretext answer, {accuracy} right",
        "probe with labels, {probe_pretext} right",
    ),
    main="examples",
    beside=("Probe accuracy", "neighbours"),
    knob="labels",
    values=(10, 20, 50, 100, 200, 500),
    track="probe_pretext",
    numbers=("probe_pretext", "probe_random", "accuracy"),
    front=("kind", "labels", "data"),
    finding=finding,
    tasks=(EDGES, PERFECT, GREY, ANY, SHORTCUT),
    reflection="What must a question about a picture be like, so that its answer needs to know "
    "what is shown?",
)
