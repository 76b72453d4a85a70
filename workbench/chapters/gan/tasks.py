"""What a reader predicts and solves in the chapter on adversaries."""

from collections.abc import Mapping, Sequence

from workbench.chapters.gan.knobs import Settings
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
from workbench.core.quantity import PERCENT, Quantity, digits, percent

EARLY = dict(steps=500, repeats=5)
MEAN_MODES = Quantity("Modes, mean of five games")


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How well the generator does, in one sentence."""
    if "frechet" in numbers:
        times = numbers["frechet"] / numbers["mixture"]
        return (
            f"The samples cover {numbers['classes']:.0f} classes; their Frechet distance is "
            f"{digits(times, 2)} times that of ten Gaussians."
        )
    if "modes" not in numbers:
        return "Nothing is forged yet."
    modes, near = numbers["modes"], percent(round(numbers["quality"], 2))
    sure = percent(round(numbers["real_score"], 2))
    return (
        f"{modes:.0f} mode{'s' * (modes != 1)} covered, {near} of the samples near the data; D "
        f"gives real points {sure} on average."
    )


def times_the_mixture(frames: Sequence[Frame]) -> float:
    """The Frechet distance, that of ten Gaussians being 1."""
    end = frames[-1].scalars
    return end["frechet"] / end["mixture"]


FASTER = Task(
    id="faster",
    title="A forger ten times as fast",
    know="Eight small clouds of real points. A mode counts as covered when 1 % of the samples lie "
    "in it. The generator minimises $-E \\log D(G(z))$: it goes where D is high at the moment.",
    ask="At equal rates five games cover {before} modes in the mean after 500 steps. Now the "
    "generator learns ten times as fast as the discriminator. How many do five games cover? Give "
    "the range that you expect over seeds.",
    preset=dict(ratio=0.1, **EARLY),
    before=dict(EARLY),
    measure="mean_modes",
    quantity=MEAN_MODES,
    predict=Range(0, 8, 0.5, tolerance=0.5),
    reasons=(
        Reason(
            "A better forger forges better: it reaches all clouds sooner.",
            "It reaches one sooner. What is best against the D of this moment is a single place.",
        ),
        Reason(
            "All samples run to where D is high now, and D follows too late.",
            "Yes: they sit on one place until D refuses it, and then hop to the next.",
            right=True,
        ),
        Reason(
            "The samples spread out, since z is random.",
            "It is random, and a fast generator learns to ignore it.",
        ),
    ),
    covered=("samples", "modes", "seeds", "quality"),
    why="The game has its equilibrium where D has answered. A generator that moves ten times "
    "before D answers plays against a D that stands still, and there a single point is best. No "
    "number of a paper stands beside ours.",
    fails="After three times as many steps these games cover two or three modes more, which is not "
    "half of them yet.",
)

HALF = Task(
    id="half",
    title="One half",
    know="At the equilibrium of the game D gives every point $D(x) = 1/2$.",
    ask="The generator is ten times as fast again, and most of its samples sit on one or two "
    "places far from most real points. What does D give held-out real points, on average?",
    preset=dict(ratio=0.1, steps=500, repeats=1),
    measure="real_score",
    quantity=Quantity("D(x) on real points", PERCENT),
    predict=Pick(
        (
            Outcome(
                "More than 70 %: it tells real from generated.",
                "It could if it were fast enough. It is still answering where the samples were.",
                low=0.7,
            ),
            Outcome(
                "About half, 35 to 70 %.",
                "A slow D says about one half of nearly everything.",
                low=0.35,
                high=0.7,
            ),
            Outcome(
                "Less than 35 %: it has been fooled.",
                "It would have to prefer samples to real points everywhere; it does so at a few "
                "places at a time.",
                high=0.35,
            ),
        )
    ),
    reasons=(
        Reason(
            "Samples that miss most of the data are easy to tell.",
            "They are, for a D that has time to learn it. This one has not.",
        ),
        Reason(
            "D has hardly learnt anything, and who knows nothing says one half.",
            "Yes: one half is what equilibrium shows, and what ignorance shows, too.",
            right=True,
        ),
        Reason(
            "The generator has won the game.",
            "It wins at one place at a time, and covers hardly a mode there.",
        ),
    ),
    covered=("samples", "modes", "scores"),
    why="At equilibrium D is one half; the reverse does not follow. A curve of D(x) that ends near "
    "one half is shown as a proof of success in many places, and is none. Look at samples, and "
    "count modes.",
    fails="With a discriminator ten times as fast D(x) does tell something: it rises to two "
    "thirds, and most modes are covered.",
)

GENTLE = Task(
    id="gentle",
    title="A discriminator held flat",
    know="R1 adds $\\tfrac\\gamma2 E \\lVert \\nabla_x D(x) \\rVert^2$ at real points to what D "
    "minimises.",
    ask="A generator three times as fast brings {before} of its samples near the data in 500 "
    "steps. What does R1 with gamma 0.3 do to this share?",
    preset=dict(ratio=0.33, lr=0.003, r1=0.3, steps=500, repeats=1),
    before=dict(ratio=0.33, lr=0.003, steps=500, repeats=1),
    measure="quality",
    quantity=Quantity("Samples near the data", PERCENT),
    predict=Direction(same=0.05),
    reasons=(
        Reason(
            "A penalty weakens D, and a weak D teaches G less.",
            "It weakens what D does where it was too steep: there it drove all samples to one "
            "place.",
        ),
        Reason(
            "A flat D sends samples to several clouds at once instead of to its one summit.",
            "Yes: with a gentle slope the samples stay apart, and all clouds are found.",
            right=True,
        ),
        Reason(
            "Real points already lie where D is flat, so that nothing changes.",
            "D is steep between the clouds and at their edges, and there the penalty acts.",
        ),
    ),
    covered=("samples", "modes", "quality"),
    why="Near equilibrium a steep D makes the two networks circle; a penalty at the data damps "
    "that (Mescheder et al. 2018). That is proved near equilibrium; that it helps this far from "
    "it is what the five seeds show. No number of the paper stands beside ours.",
    fails="With smaller first weights, as torch.nn.Linear has them, R1 does not repair a fast "
    "generator here. And at equal rates all modes are covered without it.",
    tested=("equal-rates-cover-all",),
)

TEN = Task(
    id="ten",
    title="Against ten Gaussians",
    know="The Frechet distance compares the means and covariances of samples and real digits; 0 is "
    "best. A mixture of ten Gaussians is fitted to the same digits in a tenth of a second.",
    ask="With R1 and an average of its weights the generator covers all ten digits. How does its "
    "distance compare with that of ten Gaussians?",
    preset=dict(kind="pictures", r1=0.1, average=0.99, repeats=1),
    measure=times_the_mixture,
    quantity=Quantity("Distance, that of ten Gaussians being 1"),
    predict=Pick(
        (
            Outcome(
                "It is smaller: Gaussians cannot draw.",
                "They are blurred in places, and this distance hardly sees it. Nor does the eye on "
                "8 x 8 pixels.",
                high=0.9,
            ),
            Outcome(
                "It is about the same.",
                "That would be a good result for the generator. It is well behind.",
                low=0.9,
                high=1.5,
            ),
            Outcome(
                "It is more than one and a half times as large.",
                "Ten Gaussians win on small digits, by far.",
                low=1.5,
            ),
        )
    ),
    reasons=(
        Reason(
            "The generator has two hidden layers and can draw what no Gaussian can.",
            "It can. What it learns in seconds from a game is another question.",
        ),
        Reason(
            "The mixture is fitted to means and covariances, and the distance compares those.",
            "Yes, and its precision and recall are better, too: for small digits little more is "
            "needed.",
            right=True,
        ),
        Reason(
            "Both learn the same distribution.",
            "Both learn from the same pictures, and each misses something of its own.",
        ),
    ),
    covered=("samples", "rivals"),
    why="A new model should be compared with the simplest that could do. GANs became known for "
    "faces and rooms of many pixels, where mixtures fail; on small digits they do not. The "
    "published numbers of the first GAN are Parzen estimates, which are discredited.",
    fails="With hundreds of pixels and many pictures the mixture blurs. Nothing here shows that.",
)

TAMED = Task(
    id="tamed",
    title="Tame a fast forger",
    ask="The generator stays three times as fast as the discriminator. Find knobs with which it "
    "covers all eight modes, with at least 65 % of its samples near the data, on all of five "
    "seeds.",
    preset=dict(ratio=0.33, repeats=1),
    measure="modes",
    goal=Goal(
        knobs=("r1", "noise", "lr"),
        bounds=(Bound("modes", low=8), Bound("quality", low=0.65)),
        hints=(
            "Look at where the samples are over time: do they still hop at the end?",
            "A remedy that keeps D flat stops the hopping. It may then be too slow to finish.",
            "Keep D flat with a gamma between a tenth and one, and let both learn once to three "
            "times as fast as they do.",
        ),
        solution=dict(r1=0.3, lr=0.002),
        near_misses=(dict(r1=0.3, lr=0.0003), dict(noise=1.0)),
    ),
    why="The penalty stops the hopping, and a rate that is high enough brings the samples onto the "
    "clouds in 1500 steps. Noise stops the hopping, too; but D sees blurred clouds until the noise "
    "has gone, and many samples stay between them.",
    fails="With a generator ten times as fast these knobs reach the goal on some seeds and miss "
    "it on others.",
)

LESSON = Lesson(
    lead="A generator turns noise into points, a discriminator tells them from real ones. Change "
    "who learns faster, and watch the samples hop.",
    diagram=(
        "noise z",
        "generator",
        "samples: {covered} of the modes",
        "discriminator: {real_score} sure of real points",
    ),
    main="samples",
    beside=("modes", "scores"),
    knob="ratio",
    values=(0.1, 0.33, 1, 3, 10),
    track="quality",
    numbers=("covered", "quality", "real_score"),
    front=("ratio", "r1", "kind"),
    finding=finding,
    tasks=(FASTER, HALF, GENTLE, TEN, TAMED),
    reflection="How would you notice, without labels, that a generator has forgotten a part of "
    "your data?",
)
