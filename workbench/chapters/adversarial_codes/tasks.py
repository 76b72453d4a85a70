"""What a reader predicts and solves in the chapter on codes with an adversary."""

from collections.abc import Mapping, Sequence

from workbench.chapters.adversarial_codes.knobs import CATGAN, INFOGAN, Settings
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
from workbench.core.quantity import Quantity, digits, percent


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """What the codes are good for, in one sentence."""
    if run.kind == INFOGAN:
        nats = f"{digits(numbers['li'])} of {digits(numbers['most'])} nats"
        right = f", and {percent(numbers['acc'])} are the class" if "acc" in numbers else ""
        return f"A picture tells {nats} about its category{right}."
    if run.kind == CATGAN:
        right = f", and is right about {percent(numbers['acc'])}" if "acc" in numbers else ""
        doubts = f"{percent(numbers['unsure'])} unsure of real pictures"
        return f"The classifier is {doubts}, {percent(numbers['unsure_fake'])} of invented{right}."
    return (
        f"Decoded draws are at a Frechet distance of {digits(numbers['fd'], 2)} from real "
        f"pictures, without an adversary at {digits(numbers['no_adversary_fd'], 2)}; noisy "
        f"pictures are repaired to {digits(numbers['repaired'])} dB."
    )


def rival(frames: Sequence[Frame]) -> float:
    """The distance of a Gaussian fitted to plain codes, as a multiple of the run's own."""
    end = frames[-1].scalars
    return end["fitted_fd"] / end["fd"]


PRIOR = Task(
    id="prior",
    title="Room for draws",
    know="A decoder answers any code. Its training shows it only codes that its encoder sends. The "
    "Frechet distance tells how far generated pictures are from real ones as a whole: 0 is none.",
    ask="Codes are drawn from N(0, 1) and decoded. Without an adversary the pictures are at a "
    "distance of {before}. An adversary of weight 0.1 comes in. What is the distance now? Give "
    "the range that you expect of five seeds.",
    preset=dict(adversary=0.1),
    before=dict(adversary=0),
    measure="fd",
    predict=Range(0, 5, 0.1, tolerance=0.05),
    reasons=(
        Reason(
            "The decoder gets better at drawing.",
            "It gets a little worse: its copies are less like the pictures.",
        ),
        Reason(
            "The encoder has to put its codes where draws will be, so the decoder knows them.",
            "Yes: the adversary never looks at a picture. It moves codes.",
            right=True,
        ),
        Reason(
            "The adversary sorts out pictures that do not look real.",
            "It sees codes alone, and is not there when pictures are drawn.",
        ),
    ),
    covered=("samples", "Samples", "square", "codes", "values"),
    why="An autoencoder leaves holes between its codes, and a draw from N(0, 1) falls into them. "
    "The critic charges for every hole, so the codes fill the prior.",
    fails="At weight 1 the encoder forgets the picture over pleasing the critic, and the distance "
    "grows again.",
)

REPAIR = Task(
    id="repair",
    title="Practice in repairing",
    know="Pictures under noise of deviation 0.5 are repaired by autoencoders that were trained "
    "with other noise, or with none. PSNR tells how near the result is to the clean picture; the "
    "noisy one itself has 6 dB.",
    ask="The noise in training grows from 0 to 0.6. Draw the PSNR of repaired pictures.",
    preset=dict(noise=0.25),
    measure="repaired",
    predict=Curve((0, 0.1, 0.25, 0.4, 0.6), 6, 20, tolerance=0.3, knob="noise"),
    reasons=(
        Reason(
            "Any small code drops the noise, so training with noise adds nothing.",
            "It drops some. But an encoder that never saw noise sends noisy pictures anywhere.",
        ),
        Reason(
            "An encoder that has seen noise sends a noisy picture where the clean one goes.",
            "Yes: and it need not have seen exactly this much of it.",
            right=True,
        ),
        Reason(
            "Only noise of exactly 0.5 prepares for noise of 0.5.",
            "Weaker noise prepares for most of it.",
        ),
    ),
    covered=("repairs", "Repaired pictures", "square"),
    why="The answer is clean whatever the encoder is shown, so it learns to ignore what noise "
    "changes. The adversary neither helps nor hinders this by much.",
    fails="The same noise costs clean copies more than half a decibel: an encoder that ignores "
    "little things ignores some that were no noise.",
    tested=("price",),
)

FITTED = Task(
    id="fitted",
    title="Must there be a game?",
    know="The cheap way: train a plain autoencoder without any adversary. Then fit a Gaussian to "
    "its codes, draw from that, and decode.",
    ask="How far are its pictures from real ones, against draws from the prior of the denoising "
    "adversarial autoencoder?",
    preset=dict(noise=0.4),
    measure=rival,
    quantity=Quantity("Distance of the fitted Gaussian, the adversary's is 1"),
    predict=Pick(
        (
            Outcome(
                "Farther: codes of a plain autoencoder are no Gaussian.",
                "They are none, but a Gaussian with their mean and covariance covers them well "
                "enough here.",
                low=1.15,
            ),
            Outcome(
                "About as far.",
                "The cheap way has the better copies: nothing had to be given up for the critic.",
                0.85,
                1.15,
            ),
            Outcome(
                "Nearer: it moves the draws to the codes, and not the codes to the draws.",
                "The plain autoencoder keeps its good copies.",
                high=0.85,
            ),
        )
    ),
    reasons=(
        Reason(
            "Only a game can shape a distribution.",
            "Nothing has to be shaped where the draws may follow the codes.",
        ),
        Reason(
            "Copies are better without noise and adversary, and the fit is good enough.",
            "Yes: with ten kinds of digits in eight numbers, one Gaussian will do.",
            right=True,
        ),
        Reason(
            "The distance only compares Gaussians, so a Gaussian wins.",
            "It compares pictures, by their mean and covariance. The codes' Gaussian is bent by "
            "the decoder.",
        ),
    ),
    covered=("samples", "Samples", "square"),
    why="The adversary buys a prior that is known beforehand, and pays with copies. Who may fit "
    "the prior afterwards has the cheaper way.",
    fails="Where draws must come from N(0, 1) itself it does not help: there the adversary's are "
    "at less than half of the plain autoencoder's distance.",
    tested=("samplable",),
)

FULL = Task(
    id="full",
    title="All of the information",
    know="InfoGAN's category has ten values. On generated digits Q reads nearly all there is to "
    "know of it, ln 10. Nobody said what a category should be. K-means on the pixels puts about "
    "three quarters of held-out digits into the cluster of their class.",
    ask="How many held-out digits does Q put into the category of their class?",
    preset=dict(kind=INFOGAN),
    measure="acc",
    predict=Pick(
        (
            Outcome(
                "Nearly all: more than 85 %.",
                "That would need categories that are classes. Stroke and slant are easier to tell.",
                low=0.85,
            ),
            Outcome(
                "About as many as K-means: 65 to 85 %.",
                "K-means looks for groups of real digits. InfoGAN looks for ten things that it "
                "can draw apart.",
                0.65,
                0.85,
            ),
            Outcome(
                "Far fewer: less than 65 %.",
                "A category is whatever could be told apart early.",
                high=0.65,
            ),
        )
    ),
    reasons=(
        Reason(
            "Ten categories for ten digits must fall into place.",
            "There are many ways to cut digits into ten parts, and classes are one of them.",
        ),
        Reason(
            "A category locks onto what differs early: weight, slant, a side.",
            "Yes: L_I is full long before the pictures look like digits.",
            right=True,
        ),
        Reason(
            "Q reads generated pictures well and real ones badly.",
            "That is part of it, but generated pictures do not show one digit a category either.",
        ),
    ),
    covered=("samples", "Information", "Agreement with the classes", "confusion"),
    why="The bound asks that a picture tells its category, and not that the category tells the "
    "class. Chen et al. 2016 show categories that are digits, with convolutions and on MNIST.",
    fails="With lambda 0 a category tells nothing at all, and what agrees with classes is luck.",
    tested=("told",),
)

BALANCE = Task(
    id="balance",
    title="Both at once",
    ask="Find an autoencoder whose draws from N(0, 1) come as near as 0.65 and that repairs noisy "
    "pictures to at least 13.5 dB, on all of five seeds.",
    preset=dict(adversary=1, noise=0.6),
    measure="fd",
    goal=Goal(
        knobs=("adversary", "noise", "latent"),
        bounds=(Bound("fd", high=0.65), Bound("repaired", low=13.5)),
        hints=(
            "Look at the square: which corner samples best, and which repairs best?",
            "Noise is for the repair and costs variety; too heavy an adversary costs copies.",
            "Less of both: the adversary below 0.2 and the noise below 0.3.",
        ),
        solution=dict(adversary=0.1, noise=0.25),
        near_misses=(dict(adversary=0, noise=0.25), dict(adversary=0.1, noise=0)),
    ),
    why="The adversary makes the prior samplable, the noise makes the encoder robust; each takes "
    "something from the copies, so little of both does best.",
    fails="On larger pictures the weights must be found again: the loss of the copies is a mean "
    "over pixels.",
)

LESSON = Lesson(
    lead="A second network judges codes, and so shapes them: new pictures can be drawn from them, "
    "or classes read off. Take away the adversary, or the noise, and see what each is good for.",
    diagram=("picture or noise", "code", "adversary", "new pictures, at a distance of {fd}"),
    main="samples",
    beside=("square", "repairs"),
    knob="adversary",
    values=(0, 0.01, 0.03, 0.1, 0.3, 1),
    track="fd",
    numbers=("fd", "repaired", "ks"),
    front=("adversary", "kind", "noise"),
    finding=finding,
    tasks=(PRIOR, REPAIR, FITTED, FULL, BALANCE),
    reflection="You want to draw new pictures and to repair old ones. Which corner of the square "
    "do you take, and what does it cost?",
)
