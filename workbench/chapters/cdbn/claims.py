"""What the chapter asserts about convolutional belief networks, and how that is tested."""

from functools import lru_cache

from workbench.chapters.cdbn import CHAPTER
from workbench.core.chapter import Claim

ONE_LAYER = {"second": False, "steps": 200}


@lru_cache(maxsize=32)
def course(seed: int, **knobs) -> tuple[dict[str, float], ...]:
    """The numbers of a run's frames."""
    run = CHAPTER.Settings(seed=seed, **knobs)
    return tuple(frame.scalars for (frame,) in CHAPTER.train([run]))


def end(seed: int, **knobs) -> dict[str, float]:
    """The last numbers of a run."""
    return course(seed, **knobs)[-1]


def in_words(numbers: dict[str, float], *names: str) -> str:
    return CHAPTER.in_words(numbers, *names)


def one_unit_of_a_block(seed: int) -> tuple[bool, str]:
    """Probabilities of all blocks of held-out pictures, and a draw of them."""
    import torch

    parts = {name: CHAPTER.part(name) for name in ("lesson", "gallery", "blocks")}
    run = CHAPTER.Settings(seed=seed, **ONE_LAYER)
    data = parts["gallery"].gallery(run)
    *_, (_, net) = parts["lesson"].fit([run], data)
    on, off = net.layers[0].probabilities(data.test[None])
    chance = parts["lesson"].Chance([torch.Generator().manual_seed(seed)], "cpu")
    most = parts["blocks"].draw(on, chance.like(off)).sum(0).max().item()
    error = (on.sum(0) + off - 1).abs().max().item()
    return error < 1e-5 and most == 1, f"furthest from 1: {error:.0e}; most units on: {most:.0f}"


def it_reconstructs(seed: int) -> tuple[bool, str]:
    """The mean-field error on held-out pictures beside that of the mean picture."""
    last = end(seed, **ONE_LAYER)
    return last["mse"] < last["mean_mse"] / 4, in_words(last, "mse", "mean_mse")


def sampling_learns_in_200_steps(seed: int) -> tuple[bool, str]:
    """The error of drawn reconstructions, at the first frame and after 200 steps."""
    first, *_, last = (numbers["sampled_mse"] for numbers in course(seed, **ONE_LAYER))
    return last < first / 2, f"{first:.3f} to {last:.3f}"


def the_rate_of_guides_is_too_small(seed: int) -> tuple[bool, str]:
    """The mean-field error after 200 steps at the rates 0.1 and 3."""
    slow, quick = (end(seed, lr=lr, **ONE_LAYER) for lr in (0.1, 3.0))
    holds = slow["mse"] > slow["mean_mse"] and quick["mse"] < quick["mean_mse"] / 4
    return holds, f"rate 0.1 {slow['mse']:.3f}, rate 3 {quick['mse']:.3f}"


def the_target_is_met(seed: int) -> tuple[bool, str]:
    """How many hidden units are on with a target of 5 % and without one."""
    free, held = (end(seed, sparsity=target, **ONE_LAYER)["active"] for target in (0.0, 0.05))
    return abs(held - 0.05) < 0.01 and free > 0.1, f"without {free:.3f}, with {held:.3f}"


def silence_helps(seed: int) -> tuple[bool, str]:
    """A probe with 100 labels and the error of reconstruction, without a target and with one."""
    free, held = (end(seed, sparsity=target, **ONE_LAYER) for target in (0.0, 0.05))
    holds = held["probe_100"] > free["probe_100"] and held["mse"] > free["mse"]
    words = [in_words(numbers, "probe_100", "mse") for numbers in (free, held)]
    return holds, f"without: {words[0]}; with: {words[1]}"


def shuffled_filters_serve_as_well(seed: int) -> tuple[bool, str]:
    """Probes with 100 labels on the first layer, as learnt and with shuffled filters."""
    last = end(seed)
    apart = abs(last["probe_100"] - last["shuffled_100"])
    return apart < 0.035, in_words(last, "probe_100", "shuffled_100")


def the_second_layer_knows_less(seed: int) -> tuple[bool, str]:
    """Probes with 100 labels on both layers."""
    last = end(seed)
    return last["probe_100"] - last["second_100"] > 0.02, in_words(last, "probe_100", "second_100")


def few_pictures_are_known_by_heart(seed: int) -> tuple[bool, str]:
    """The gap of free energy with 20 and with 1000 training pictures."""
    few, many = (end(seed, pictures=n, **ONE_LAYER)["gap"] for n in (20, 1000))
    return few > 1 and abs(many) < 0.5, f"20 pictures {few:.2f}, 1000 pictures {many:.2f}"


def filling_is_worse_than_the_mean(seed: int) -> tuple[bool, str]:
    """The error in a hidden right half."""
    last = end(seed, fill=True)
    least = min(last["fill_first"], last["fill_all"])
    return least > 1.2 * last["fill_mean"], in_words(last, "fill_first", "fill_all", "fill_mean")


def drawn_pixels_learn_less(seed: int) -> tuple[bool, str]:
    """The mean-field error with pixels that are drawn in the chain and with grey ones."""
    drawn, grey = (end(seed, drawn=drawn, **ONE_LAYER)["mse"] for drawn in (True, False))
    return drawn > 2 * grey, f"drawn {drawn:.3f}, grey {grey:.3f}"


CLAIMS = (
    Claim(
        "one-unit-of-a-block",
        "In every block the probabilities of its units and of none sum to 1, and at most one is "
        "drawn.",
        one_unit_of_a_block,
    ),
    Claim(
        "it-reconstructs",
        "After 200 steps the reconstruction error of held-out digits is below a quarter of the "
        "mean picture's.",
        it_reconstructs,
    ),
    Claim(
        "sampling-learns",
        "The error of sampled reconstructions is at least halved in 200 steps (digits).",
        sampling_learns_in_200_steps,
    ),
    Claim(
        "rate-of-guides",
        "After 200 steps at a rate of 0.1 the reconstruction is worse than the mean picture; at 3 "
        "it is below a quarter of that (digits).",
        the_rate_of_guides_is_too_small,
    ),
    Claim(
        "target-is-met",
        "A target of 5 % is met to one point; without a target more than 10 % are on (digits).",
        the_target_is_met,
    ),
    Claim(
        "silence-helps",
        "A target of 5 % makes the reconstruction worse, and a probe with 100 labels better, than "
        "no target (digits).",
        silence_helps,
    ),
    Claim(
        "shuffled-filters",
        "A probe with 100 labels is at most 3.5 points apart on learnt filters and on the same "
        "filters shuffled (digits).",
        shuffled_filters_serve_as_well,
    ),
    Claim(
        "second-layer-knows-less",
        "A probe with 100 labels is more than 2 points worse on the second layer than on the first "
        "(digits).",
        the_second_layer_knows_less,
    ),
    Claim(
        "few-by-heart",
        "With 20 training pictures held-out ones have more than 1 nat of free energy more; with "
        "1000 the two are within half a nat (digits).",
        few_pictures_are_known_by_heart,
    ),
    Claim(
        "filling-is-worse",
        "A hidden half that one or two layers fill is at least 1.2 times as wrong as the mean "
        "picture (digits).",
        filling_is_worse_than_the_mean,
    ),
    Claim(
        "drawn-pixels",
        "With pixels that are drawn in the chain the reconstruction error is more than twice that "
        "with grey ones after 200 steps (digits).",
        drawn_pixels_learn_less,
    ),
)
