"""What a reader predicts and solves in the chapter on VAEs."""

from collections.abc import Mapping

from workbench.chapters.beta_vae.knobs import Settings
from workbench.core.lesson import Bound, Curve, Direction, Goal, Lesson, Range, Reason, Task
from workbench.core.quantity import digits


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How many latents the code uses, in one sentence."""
    active, price = round(numbers["active"]), f"At beta {run.beta:g}"
    if run.kind == "capacity":
        price = f"Asked for {run.capacity:g} nats"
    if active == 0:
        return f"{price} the code says nothing: every reconstruction is the same mean picture."
    rate = digits(numbers["rate"], 2)
    return f"{price} the code says {rate} nats, in {active} of {run.latent} latents."


SILENT = Task(
    id="silent",
    title="Which latents fall silent?",
    know="Beta is the price of a nat of rate: the loss is $\\text{distortion} + \\beta \\cdot "
    "\\text{rate}$. A latent is in use if it says more than 0.05 nat about a picture.",
    ask="At beta 1 the code uses {before} of its ten latents. Beta goes to 4. How many stay? Give "
    "the range that you expect of five seeds.",
    preset=dict(beta=4),
    before=dict(beta=1),
    measure="active",
    predict=Range(0, 10, 1, tolerance=0.5),
    reasons=(
        Reason(
            "Each latent says a little less, and all stay in use.",
            "The price is the same for every nat, so a latent that earns less than its price "
            "is worth nothing at all: latents end one by one.",
        ),
        Reason(
            "A nat must now save four nats of distortion, and few nats do.",
            "Yes: what a latent saves is less than its price, so saying nothing is cheapest.",
            right=True,
        ),
        Reason(
            "The decoder can no longer be trained.",
            "It can: it learns the mean picture, which is the best answer to an empty code.",
        ),
    ),
    covered=("reconstructions", "latents", "rates"),
    why="Every nat costs beta. Once no latent saves as much distortion as it costs, the encoder "
    "returns the prior: posterior collapse.",
    fails="On the sprites, whose factors each save many nats, latents stay in use at beta 4 "
    "and even at 16.",
)

PRICE = Task(
    id="price",
    title="What does a price do?",
    know="The rate is what the code says about a picture, in nats. Beta is the price of a nat.",
    ask="Beta grows from 0.25 to 4. Draw the rate that the code ends with.",
    preset=dict(beta=1),
    measure="rate",
    predict=Curve((0.25, 0.5, 1, 1.5, 2, 3, 4), 0, 14, tolerance=0.2, knob="beta"),
    reasons=(
        Reason(
            "At twice the price a code says half as much.",
            "That is nearly so while the price is low. But it ends: from some price on nothing "
            "that can be said is worth it.",
        ),
        Reason(
            "Nats differ in what they save, and the least useful ones go first.",
            "Yes: and even the most useful nat has a price at which it goes.",
            right=True,
        ),
        Reason(
            "The code must say something, or nothing could be drawn.",
            "The decoder can draw the mean picture, and that costs no rate.",
        ),
    ),
    covered=("reconstructions", "rates", "latents", "Distortion and rate"),
    why="Each nat stays as long as it saves more distortion than it costs. No nat about these "
    "digits saves four nats, so at a finite price the rate is zero: posterior collapse.",
    fails="At beta 0 nats cost nothing, and the rate goes on growing with the steps of training.",
)

SHARPER = Task(
    id="sharper",
    title="Sharper, but better?",
    know="The held-out ELBO is minus distortion minus rate, each nat counted once, whatever beta "
    "is. Higher is better.",
    ask="At beta 1 the held-out ELBO is {before}. With beta at 0.25 the code says more, and the "
    "reconstructions of held-out pictures get sharper. Where does the ELBO go?",
    preset=dict(beta=0.25),
    before=dict(beta=1),
    measure="elbo",
    predict=Direction(same=0.3),
    reasons=(
        Reason(
            "Better reconstructions are a better model.",
            "Distortion is one half of the price. What the code says must be paid for, too.",
        ),
        Reason(
            "The rate grows by more than the distortion falls.",
            "Yes: below beta 1 nats are bought that save less than one nat.",
            right=True,
        ),
        Reason(
            "Beta only trades one for the other, so their sum stays.",
            "It is an exchange at changing rates: every nat more saves less than the one before.",
        ),
    ),
    covered=("reconstructions", "rates", "latents", "Distortion and rate", "Learning curves"),
    why="Beta 1 is the price at which the loss is minus the ELBO itself. At a lower one the code "
    "says things that cost more than they save, so pictures gain and the bound loses.",
    fails="If all you want is a sharp picture, or features for something else, the ELBO is not the "
    "number to look at.",
    tested=("rate-falls", "best-bound"),
)

ROOM = Task(
    id="room",
    title="Room for 32",
    know="A latent is in use if it says more than 0.05 nat about a picture.",
    ask="With room for ten latents the code uses {before} of them at beta 1. Now it has room for "
    "32. How many does it use? Give the range that you expect of five seeds.",
    preset=dict(latent=32),
    before=dict(latent=10),
    measure="active",
    predict=Range(0, 32, 1, tolerance=0.5),
    reasons=(
        Reason(
            "More room is used: each latent takes one more property.",
            "Whatever a latent says costs its rate, however many latents there are.",
        ),
        Reason(
            "The price decides what is worth saying, and the room does not change the price.",
            "Yes: the same nats are worth it, so the same number of latents carries them.",
            right=True,
        ),
        Reason(
            "The same nats are spread over more latents.",
            "A latent that says little does not earn what it costs, so nats gather in few.",
        ),
    ),
    covered=("rates", "latents", "traversals"),
    why="A latent says what pays for itself. Room is no reason to say more: the count of latents "
    "in use is a property of data and price, not of the size that somebody chose.",
    fails="With room for two or three, every latent is used. And at beta 0, where nothing costs, "
    "all 32 are.",
)

THREE = Task(
    id="three",
    title="Three latents that are worth it",
    ask="Find a beta with exactly three latents in use and a held-out ELBO of at least -25.6 nats, "
    "on all of five seeds.",
    preset=dict(beta=1),
    measure="active",
    goal=Goal(
        knobs=("beta",),
        bounds=(Bound("active", 3, 3), Bound("elbo", low=-25.6)),
        hints=(
            "Look at the bars of the rate per latent: how many of them can be seen?",
            "Only beta moves here. A larger beta silences latents, and costs ELBO.",
            "Beta 1 leaves too many and beta 4 leaves none: go between them, in small steps.",
        ),
        solution=dict(beta=2),
        near_misses=(dict(beta=1.5), dict(beta=2.5)),
    ),
    why="Latents fall silent in the order of what they earn, so a count of latents is a range of "
    "betas; within it the smallest beta gives the best ELBO.",
    fails="With other data the range lies elsewhere: the price is paid in nats of that data.",
)

LESSON = Lesson(
    lead="A code may say as much as it pays for. Beta is the price of a nat; watch what the code "
    "stops saying when it rises.",
    diagram=(
        "picture",
        "encoder",
        "code: {active} latents, {rate}",
        "decoder",
        "picture, {distortion} off",
    ),
    main="reconstructions",
    beside=("rates", "Distortion and rate"),
    knob="beta",
    values=(0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 8, 16),
    track="distortion",
    numbers=("elbo", "rate", "active"),
    front=("beta", "data"),
    finding=finding,
    tasks=(SILENT, PRICE, SHARPER, ROOM, THREE),
    reflection="Why is the ELBO highest at beta 1, and why would anybody choose another beta?",
)
