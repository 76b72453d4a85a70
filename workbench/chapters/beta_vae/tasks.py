"""What a reader predicts and solves in the chapter on VAEs."""

from collections.abc import Mapping

from workbench.chapters.beta_vae.knobs import Settings
from workbench.core.lesson import Bound, Goal, Lesson, Range, Reason, Task
from workbench.core.quantity import digits


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How many latents the code uses, in one sentence."""
    active, price = round(numbers["active"]), f"At beta {run.beta:g}"
    if run.kind == "capacity":
        price = f"Asked for {digits(run.capacity)} nats"
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
            "Look at the bars of the rate per latent: how many stand above the line?",
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
    track="rate",
    numbers=("elbo", "rate", "active"),
    front=("beta", "data"),
    finding=finding,
    tasks=(SILENT, THREE),
    reflection="Why is the ELBO highest at beta 1, and why would anybody choose another beta?",
)
