"""What the chapter asserts, and the experiments that test it."""

from collections.abc import Sequence

from workbench.chapters.bootstrap import CHAPTER
from workbench.chapters.bootstrap.knobs import BOX_LOSSES
from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers
from workbench.core.pictures import Curves

RECALLS = 0.1, 0.2, 0.4, 0.6  # of which the first two are the paper's high precision


def train_each(changes: Sequence[dict], **knobs) -> list[dict[str, float]]:
    """Trains a run for each change of the knobs, side by side; gives the last numbers of each."""
    return last_numbers(CHAPTER.train([CHAPTER.Settings(**knobs, **each) for each in changes]))


def train_one(**knobs) -> dict[str, float]:
    """Trains one run and gives its last numbers."""
    (end,) = train_each([{}], **knobs)
    return end


def memorises(seed: int) -> tuple[bool, str]:
    training = CHAPTER.train([CHAPTER.Settings(noise=0.6, seed=seed)])
    frames = [frame.scalars for (frame,) in training]
    best = max(numbers["plain_accuracy"] for numbers in frames)
    last, memorised = frames[-1]["plain_accuracy"], frames[-1]["plain_memorised"]
    measured = f"best {best:.2f}, last {last:.2f}; {memorised:.0%} learnt by heart"
    return last < best - 0.1 and memorised > 0.15, measured


def gain_over_plain(**knobs) -> tuple[float, str]:
    """How far a loss ends above the cross-entropy beside it, and both in words."""
    end = train_one(**knobs)
    own, plain = end["accuracy"], end["plain_accuracy"]
    return own - plain, f"{knobs['loss']}({knobs['beta']:g}) {own:.3f}, cross-entropy {plain:.3f}"


def hard_helps(seed: int) -> tuple[bool, str]:
    gain, measured = gain_over_plain(loss="hard", beta=0.6, noise=0.6, seed=seed)
    return gain > 0.05, measured


def falling_rate_helps(seed: int) -> tuple[bool, str]:
    changes = [{"falling": falling} for falling in (False, True)]
    ends = [train_one(noise=0.6, loss="cross-entropy", seed=seed, **each) for each in changes]
    steady, falling = (end["accuracy"] for end in ends)
    return falling > steady + 0.05, f"falls to zero {falling:.3f}, stays {steady:.3f}"


def no_label_helps(seed: int) -> tuple[bool, str]:
    gain, measured = gain_over_plain(loss="hard", beta=0.6, noise=0.4, unlabelled=0.5, seed=seed)
    return gain > 0.07, measured


def too_few_labels(seed: int) -> tuple[bool, str]:
    gain, measured = gain_over_plain(loss="hard", beta=0.6, noise=0.6, unlabelled=0.8, seed=seed)
    return gain < -0.1, measured


def soft_hardly_helps(seed: int) -> tuple[bool, str]:
    gain, measured = gain_over_plain(loss="soft", beta=0.95, noise=0.6, seed=seed)
    return abs(gain) < 0.05, measured


def recon_learns(seed: int) -> tuple[bool, str]:
    permuted = {"pattern": "permutation", "noise": 0.4}
    gain, measured = gain_over_plain(loss="recon", beta=0.3, seed=seed, **permuted)
    return gain > 0.15, measured


def train_losses(losses: Sequence[tuple[str, float]], **knobs) -> tuple[list[dict], str]:
    """Trains each of these losses; gives the last numbers of each, and all accuracies in words."""
    ends = train_each([{"loss": loss, "beta": beta} for loss, beta in losses], **knobs)
    pairs = zip(losses, ends, strict=True)
    parts = [f"{loss}({beta:g}) {end['accuracy']:.3f}" for (loss, beta), end in pairs]
    return ends, ", ".join([*parts, f"cross-entropy {ends[0]['plain_accuracy']:.3f}"])


def is_harmless(seed: int) -> tuple[bool, str]:
    losses = (("hard", 0.6), ("soft", 0.95), ("recon", 0.3))
    ends, measured = train_losses(losses, noise=0, seed=seed)
    return all(abs(end["accuracy"] - end["plain_accuracy"]) <= 0.02 for end in ends), measured


def fails_at_half(seed: int) -> tuple[bool, str]:
    """Four losses, means of five seeds: reconstruction guesses, and single seeds lie far apart."""
    losses = (("hard", 0.8), ("hard", 0.6), ("soft", 0.95), ("recon", 0.3))
    changes = [
        {"loss": loss, "beta": beta, "seed": seed + 10 * i}
        for loss, beta in losses
        for i in range(5)
    ]
    ends = train_each(changes, noise=0.5, pattern="permutation")
    right = [end["accuracy"] for end in ends]
    means = [sum(right[n : n + 5]) / 5 for n in range(0, len(right), 5)]
    parts = [
        f"{loss}({beta:g}) {mean:.3f}" for (loss, beta), mean in zip(losses, means, strict=True)
    ]
    return max(means) < 0.65, ", ".join(parts)


def stopping_helps(seed: int) -> tuple[bool, str]:
    end = train_one(noise=0.6, baselines=True, seed=seed)
    early, last = end["early_accuracy"], end["plain_accuracy"]
    return early > last + 0.1, f"stopped early {early:.3f}, at the end {last:.3f}"


def votes_help(seed: int) -> tuple[bool, str]:
    """The majority as the mean of five seeds: in one of ten it is no better than a single vote."""
    ends = train_each([{"seed": seed + 10 * i} for i in range(5)], kind="annotators")
    single, hard, majority = (
        [end[f"{role}_accuracy"] for end in ends] for role in ("single", "hard", "majority")
    )
    mean = sum(majority) / 5 - sum(single) / 5
    least = min(own - one for own, one in zip(hard, single, strict=True))
    measured = f"majority {mean:+.3f} on average, hard bootstrapping {least:+.3f} at least"
    return mean > 0.03 and least > 0.02, measured


def top_k_helps(seed: int) -> tuple[bool, str]:
    end = train_one(kind="missing-boxes", seed=seed)
    measured = ", ".join(f"{loss} {end[f'ap_{loss}']:.3f}" for loss in BOX_LOSSES)
    return end["ap_top-k"] > end["ap_baseline"] + 0.02, measured


def top_k_leads_everywhere(seed: int) -> tuple[bool, str]:
    """Precision as the mean of five seeds: at low recall a single curve rests on few boxes."""
    runs = [CHAPTER.Settings(kind="missing-boxes", seed=seed + 10 * i) for i in range(5)]
    *_, ends = CHAPTER.train(runs)
    leads = [
        sum(lead_of_top_k(end.pictures["precision_recall"], recall) for end in ends) / len(ends)
        for recall in RECALLS
    ]
    words = [f"{lead:+.3f} at {recall:.1f}" for recall, lead in zip(RECALLS, leads, strict=True)]
    return min(leads) > 0, f"precision of top-k less hard's, by recall: {', '.join(words)}"


def lead_of_top_k(curves: Curves, recall: float) -> float:
    """How much more precise top-k is than the hard loss where it has found this share of boxes."""
    lines = {line.name: line for line in curves.lines}
    top_k, hard = (
        lines[loss].y[lines[loss].x >= recall].max(initial=0) for loss in ("top-k", "hard")
    )
    return float(top_k - hard)


CLAIMS = (
    Claim(
        "memorises",
        "With 60 % wrong labels cross-entropy ends more than 10 points below its "
        "best, with over 15 % of the wrong labels learnt by heart.",
        memorises,
    ),
    Claim(
        "hard-helps",
        "With 60 % wrong labels hard bootstrapping (beta 0.6) ends more than 5 points above "
        "cross-entropy.",
        hard_helps,
    ),
    Claim(
        "soft-hardly",
        "With 60 % wrong labels soft bootstrapping (beta 0.95) ends within 5 points of "
        "cross-entropy.",
        soft_hardly_helps,
    ),
    Claim(
        "early-stopping",
        "With 60 % wrong labels stopping on 100 clean items ends more than 10 points above going "
        "on.",
        stopping_helps,
    ),
    Claim(
        "falling-rate",
        "With 60 % wrong labels a learning rate that falls to zero ends more than 5 points above "
        "one that stays (cross-entropy).",
        falling_rate_helps,
    ),
    Claim(
        "recon-learns",
        "With 40 % permuted labels reconstruction (beta 0.3) ends more than 15 "
        "points above cross-entropy.",
        recon_learns,
    ),
    Claim(
        "harmless",
        "Without noise every loss ends within 2 points of cross-entropy.",
        is_harmless,
    ),
    Claim(
        "half",
        "At 50 % permuted labels nobody can tell true from wrong: no loss reaches 65 % on average "
        "over five seeds, which lie far apart where reconstruction guesses.",
        fails_at_half,
    ),
    Claim(
        "no-label",
        "Where half of the items have no label and 40 % of the other labels are wrong, hard "
        "bootstrapping (beta 0.6) ends more than 7 points above cross-entropy.",
        no_label_helps,
    ),
    Claim(
        "too-few-labels",
        "Where four items of five have no label and 60 % of the other labels are wrong, hard "
        "bootstrapping (beta 0.6) ends more than 10 points below cross-entropy.",
        too_few_labels,
    ),
    Claim(
        "votes",
        "Three annotators, wrong in 40 % of cases: over five seeds, hard bootstrapping on one vote "
        "an item ends more than 2 points above cross-entropy on one vote in each, and their "
        "majority more than 3 points above it on average.",
        votes_help,
    ),
    Claim(
        "top-k",
        "Where boxes are missing, leaving out the surest empty locations ends with a "
        "higher average precision than the baseline.",
        top_k_helps,
    ),
    Claim(
        "no-crossing",
        "The crossing of the paper's figure 3, hard ahead at high precision and top-k at high "
        "recall, is not seen: on average over five seeds top-k is more precise at recall 0.1 and "
        "0.2, and at 0.4 and 0.6 as well.",
        top_k_leads_everywhere,
    ),
)
