"""What a reader predicts and solves in the chapter on the next frame."""

from collections.abc import Mapping, Sequence

from workbench.chapters.prednet.knobs import Settings
from workbench.core.frames import Frame
from workbench.core.lesson import Bound, Goal, Lesson, Outcome, Pick, Range, Reason, Task
from workbench.core.pictures import Curves
from workbench.core.quantity import Quantity, digits

SAME = 0.02  # of a black frame's error: a network this near to it gives black
SEEN = 3  # frames after which a task asks what the top layer knows


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How good the next frame is beside rules, in one sentence."""
    if "ratio" not in numbers:
        return "Nothing has been predicted yet."
    ratio, black = numbers["ratio"], numbers["black"]
    if abs(ratio / black - 1) < SAME:
        return f"PredNet gives black: {digits(ratio)} times the error of the last frame again."
    rival = "better" if numbers["shift"] < ratio else "worse"
    return (
        f"PredNet's next frame has {digits(ratio)} times the error of the last frame again. The "
        f"best shift is {rival} with {digits(numbers['shift'])}, black has {digits(black)}."
    )


def beside_black(frames: Sequence[Frame]) -> float:
    """PredNet's error as a multiple of a black frame's."""
    end = frames[-1].scalars
    return end["ratio"] / end["black"]


def top_lines(frames: Sequence[Frame]) -> dict[str, float]:
    """What is read off the top layer after SEEN frames, by the names of the lines."""
    picture = frames[-1].pictures["top"]
    assert isinstance(picture, Curves)
    return {line.name: float(line.y[SEEN - 1]) for line in picture.lines}


def velocity_known(frames: Sequence[Frame]) -> float:
    """R2 of the velocity that is read off the trained top layer."""
    return top_lines(frames)["velocity, trained"]


BLACK = Task(
    id="black",
    title="The rule to beat",
    know="The last frame again is what everybody compares with. It needs no training, and neither "
    "does a frame that is black. Most pixels of these frames are black.",
    ask="Digits that move by at most one pixel a frame: a black frame has {before} times the error "
    "of the last frame again. Now they move by up to three pixels. Which is better then?",
    preset=dict(speed=3, steps=10),
    before=dict(speed=1, steps=10),
    measure="black",
    predict=Pick(
        (
            Outcome(
                "The last frame: it shows the digit, if not in its place.",
                "A stroke is a pixel or two wide. Three pixels off it covers nothing of itself.",
                low=1,
            ),
            Outcome(
                "The black frame, although it shows nothing.",
                "A digit in the wrong place errs twice: where it is, and where it is not.",
                high=1,
            ),
        )
    ),
    reasons=(
        Reason(
            "An old picture of a thing is nearer to it than no picture.",
            "For the eye. Squared errors count pixels, and a missed stroke counts twice.",
        ),
        Reason(
            "A stroke that is moved by its own width is wrong in two places.",
            "Yes: once where it should be, and once where it should not.",
            right=True,
        ),
        Reason(
            "The faster things move, the less of them is seen at all.",
            "They stay in the frame: they turn back at its walls.",
        ),
    ),
    covered=("beside", "ahead"),
    why="Who beats the last frame has shown little where black beats it, too. Papers on prediction "
    "print the last frame as their rule; here all stand beside the network.",
    fails="Sprites are solid, so the last frame still covers much of them at three pixels.",
)

DARK = Task(
    id="dark",
    title="The paper's own error",
    know="The paper adds up the errors themselves, $|A - \\hat A|$. Here their squares are made "
    "small. Predicted pixels pass a ReLU, so none is below 0.",
    ask="PredNet now trains with the paper's measure, fifty steps on frames most of whose pixels "
    "are black. What becomes of its prediction?",
    preset=dict(measure="absolute", steps=50),
    measure=beside_black,
    quantity=Quantity("PredNet's error, times that of a black frame"),
    predict=Pick(
        (
            Outcome(
                "It is about as good as with squares.",
                "A square is small for small errors; the error itself is not, and that decides.",
                high=0.5,
            ),
            Outcome(
                "It is worse than with squares, but better than black.",
                "It does not stop half-way: each small step into the dark makes the sum smaller.",
                low=0.5,
                high=0.98,
            ),
            Outcome(
                "It is black.",
                "Black is the best constant for absolute errors, and a ReLU at 0 has no slope.",
                low=0.98,
            ),
        )
    ),
    reasons=(
        Reason(
            "The best constant for absolute errors is the median, and most pixels are black.",
            "Yes: it goes there first, and where the ReLU gives 0 no gradient comes back.",
            right=True,
        ),
        Reason(
            "Absolute errors forgive single mistakes, so the picture becomes sharper.",
            "They forgive the digit: it is the exception among black pixels.",
        ),
        Reason(
            "The paper used it, so it must work.",
            "On films from a car, in which hardly any pixel is black, and for much longer.",
        ),
    ),
    covered=("strip", "beside", "alone"),
    why="What an error's measure asks for depends on the data. The paper's films have no black "
    "ground, and its networks trained for hours; no number of its stands beside ours.",
    fails="Where hardly any pixel is black, as in films from a car, the median is not black, and "
    "absolute errors do not ask for a black frame.",
)

ALONE = Task(
    id="alone",
    title="Five frames on its own",
    know="After five true frames PredNet goes on by itself: each prediction is taken for the next "
    "frame. Sharpness is the mean step between neighbouring pixels: a true frame has 1.",
    ask="Its first own frame is about half as sharp as a true one. How sharp is its fifth? Give "
    "the range that you expect of five seeds.",
    preset=dict(),
    measure="sharpness",
    predict=Range(0, 1, 0.05, tolerance=0.05),
    reasons=(
        Reason(
            "It has learnt how digits move, so it moves on what it has.",
            "It has learnt to mend an error that comes after each frame. Now none comes.",
        ),
        Reason(
            "Where it is unsure it gives a mean, and the next frame is made of that.",
            "Yes: each frame is a little paler than the one before, and soon there is nothing.",
            right=True,
        ),
        Reason(
            "Each step halves the sharpness, so it never quite ends.",
            "A ReLU does not halve: what is pale enough becomes black at once.",
        ),
    ),
    covered=("alone", "sharpness", "ahead"),
    why="It was trained to look one frame ahead with the truth at hand. The authors trained theirs "
    "anew to go on alone; no number of theirs stands beside ours.",
    fails="One frame ahead, with the truth at hand, it is far better than any rule but the best "
    "shift.",
    tested=("fades", "beats-copying"),
)

VELOCITY = Task(
    id="velocity",
    title="Nobody named a velocity",
    know="R2 says how much of the velocity can be read off linearly: 1 is all of it, 0 nothing. "
    "From the top layer of an untrained network next to nothing is read off after three frames.",
    ask="PredNet was trained on pixels alone. How much of the velocity can be read off its top "
    "layer, on held-out clips, after three frames? Give the range that you expect of five seeds.",
    preset=dict(),
    measure=velocity_known,
    quantity=Quantity("R2 of the velocity"),
    predict=Range(0, 1, 0.05, tolerance=0.05),
    reasons=(
        Reason(
            "Who predicts the next place must know which way it goes.",
            "Yes: it is the only thing here that the last frame does not show.",
            right=True,
        ),
        Reason(
            "It was never given a velocity, so it cannot have one.",
            "The next frame is given, and that tells.",
        ),
        Reason(
            "It knows the velocity exactly, or it could not predict.",
            "Its predictions are blurred: it knows the direction, and not to the pixel.",
        ),
    ),
    covered=("top",),
    why="To predict, the network has to make what the frames do not show. The paper reads the "
    "angles and turns of drawn faces off its layers; no number of its stands beside ours.",
    fails="The class of the digit is read off no better than before training: to move a digit one "
    "need not know which it is.",
)

SOON = Task(
    id="soon",
    title="Twenty-five steps",
    ask="There is time for 25 mini-batches only, and PredNet gives black. Find an error's measure "
    "and a learning rate with which its error is at most 0.6 of that of the last frame again, on "
    "all of five seeds.",
    preset=dict(steps=25, measure="absolute", lr=0.001),
    measure="ratio",
    goal=Goal(
        knobs=("measure", "lr"),
        bounds=(Bound("ratio", high=0.6),),
        hints=(
            "The next frame: which pixels are expected, and which error is left?",
            "With one of the measures no rate helps. Settle that first.",
            "Then 25 steps must go further than those of the preset do: ten times as far is not "
            "too far.",
        ),
        solution=dict(measure="squared", lr=0.01),
        near_misses=(dict(measure="squared", lr=0.001), dict(measure="absolute", lr=0.01)),
    ),
    why="The measure decides where training goes, the rate how soon it is there. The paper's rate "
    "is 0.001 for its first 75 epochs, with far more steps.",
    fails="With a hundred steps half that rate is soon enough.",
    tested=("beats-copying",),
)

LESSON = Lesson(
    lead="Nobody labels a film, and yet each frame is the answer to a question. See what a network "
    "learns that predicts the next one, and what simple rules do as well.",
    diagram=(
        "frames so far",
        "next frame: {ratio} times copying's error",
        "what comes",
        "error, in two halves",
        "second layer: the same again",
    ),
    main="strip",
    beside=("beside", "alone"),
    knob="speed",
    values=(1, 2, 3),
    track="ratio",
    numbers=("ratio", "plain", "shift"),
    front=("speed", "measure", "horizon"),
    finding=finding,
    tasks=(BLACK, DARK, ALONE, VELOCITY, SOON),
    reflection="Which film would be hard to predict for every rule here, and what would a network "
    "have to know to do better?",
)
