"""TODO."""

from collections.abc import Sequence

from workbench.chapters.bootstrap import detection
from workbench.chapters.bootstrap.frames import train
from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.pictures import ROLES
from workbench.core.chapter import Claim


def finals(*knobs: dict, **same) -> list[dict[str, float]]:
    """The last numbers of runs trained side by side."""
    *_, frames = train([Settings(**same, **each) for each in knobs])
    return [frame.scalars for frame in frames]


def best_and_last(**knobs) -> tuple[float, float]:
    """Test accuracy of cross-entropy at its best frame and at the last."""
    course = [frame.scalars["plain_accuracy"] for (frame,) in train([Settings(**knobs)])]
    return max(course), course[-1]


def _memorises(seed: int) -> tuple[bool, str]:
    best, last = best_and_last(noise=0.6, seed=seed)
    (end,) = finals({}, noise=0.6, seed=seed)
    said = f"best {best:.2f}, last {last:.2f}; {end['plain_memorised']:.0%} learnt by heart"
    return last < best - 0.1 and end["plain_memorised"] > 0.15, said


def _against_plain(seed: int, loss: str, beta: float, **knobs) -> tuple[float, str]:
    (end,) = finals({}, loss=loss, beta=beta, seed=seed, **knobs)
    ours, plain = end["accuracy"], end["plain_accuracy"]
    return ours - plain, f"{loss}({beta:g}) {ours:.3f}, cross-entropy {plain:.3f}"


def _hard_helps(seed: int) -> tuple[bool, str]:
    gain, said = _against_plain(seed, "hard", 0.6, noise=0.6)
    return gain > 0.05, said


def _soft_hardly(seed: int) -> tuple[bool, str]:
    gain, said = _against_plain(seed, "soft", 0.95, noise=0.6)
    return abs(gain) < 0.05, said


def _recon_learns(seed: int) -> tuple[bool, str]:
    gain, said = _against_plain(seed, "recon", 0.3, noise=0.4, pattern="permutation")
    return gain > 0.15, said


def _each(losses: Sequence[tuple[str, float]], **same) -> tuple[list[dict], str]:
    """The ends of these losses, and their accuracies in words."""
    ends = finals(*({"loss": loss, "beta": beta} for loss, beta in losses), **same)
    said = (
        f"{loss}({beta:g}) {end['accuracy']:.3f}"
        for (loss, beta), end in zip(losses, ends, strict=True)
    )
    return ends, ", ".join([*said, f"cross-entropy {ends[0]['plain_accuracy']:.3f}"])


def _harmless(seed: int) -> tuple[bool, str]:
    ends, said = _each((("hard", 0.6), ("soft", 0.95), ("recon", 0.3)), noise=0, seed=seed)
    return all(abs(end["accuracy"] - end["plain_accuracy"]) <= 0.02 for end in ends), said


def _half(seed: int) -> tuple[bool, str]:
    losses = (("hard", 0.8), ("hard", 0.6), ("soft", 0.95), ("recon", 0.3))
    ends, said = _each(losses, noise=0.5, pattern="permutation", seed=seed)
    return all(end["accuracy"] < 0.65 for end in ends), said


def _early(seed: int) -> tuple[bool, str]:
    (end,) = finals({}, noise=0.6, baselines=True, seed=seed)
    early, last = end["early_accuracy"], end["plain_accuracy"]
    return early > last + 0.1, f"stopped early {early:.3f}, at the end {last:.3f}"


def _votes(seed: int) -> tuple[bool, str]:
    (end,) = finals({}, kind="annotators", seed=seed)
    said = ", ".join(f"{role} {end[f'{role}_accuracy']:.3f}" for role in ROLES)
    return (
        end["majority_accuracy"] > end["single_accuracy"] + 0.03
        and end["hard_accuracy"] > end["single_accuracy"] + 0.03
    ), said


def _top_k(seed: int) -> tuple[bool, str]:
    (end,) = finals({}, kind="missing-boxes", seed=seed)
    said = ", ".join(f"{loss} {end[f'ap_{loss}']:.3f}" for loss in detection.LOSSES)
    return end["ap_top-k"] > end["ap_baseline"] + 0.02, said


CLAIMS = (
    Claim(
        "memorises",
        "With 60 % wrong labels cross-entropy ends more than 10 points below its "
        "best, with over 15 % of the wrong labels learnt by heart.",
        _memorises,
    ),
    Claim(
        "hard-helps",
        "There hard bootstrapping (beta 0.6) ends more than 5 points above cross-entropy.",
        _hard_helps,
    ),
    Claim(
        "soft-hardly",
        "There soft bootstrapping (beta 0.95) ends within 5 points of cross-entropy.",
        _soft_hardly,
    ),
    Claim(
        "early-stopping",
        "There stopping on 100 clean items ends more than 10 points above going on.",
        _early,
    ),
    Claim(
        "recon-learns",
        "With 40 % permuted labels reconstruction (beta 0.3) ends more than 15 "
        "points above cross-entropy.",
        _recon_learns,
    ),
    Claim("harmless", "Without noise every loss ends within 2 points of cross-entropy.", _harmless),
    Claim(
        "half",
        "At 50 % permuted labels nobody can tell true from wrong: no loss reaches 65 %.",
        _half,
    ),
    Claim(
        "votes",
        "Three annotators, wrong in 40 % of cases: their majority, and hard "
        "bootstrapping on one vote an item, both end more than 3 points above cross-entropy on "
        "one vote.",
        _votes,
    ),
    Claim(
        "top-k",
        "Where boxes are missing, leaving out the surest empty locations ends with a "
        "higher average precision than the baseline.",
        _top_k,
    ),
)
