"""What was published of accuracy against permuted labels on MNIST, and how ours compares."""

from collections.abc import Mapping, Sequence

import numpy as np

PAPER = {"cross-entropy": 1.0, "recon": 0.005, "hard": 0.8, "soft": 0.95}  # beta of each loss

# read off figure 2 of Reed et al. 2015, +/- 0.004: baseline, reconstruction, hard, soft
PUBLISHED = {
    0.30: (0.977, 0.981, 0.979, 0.977),
    0.34: (0.974, 0.980, 0.978, 0.978),
    0.36: (0.970, 0.980, 0.976, 0.977),
    0.38: (0.963, 0.981, 0.975, 0.972),
    0.40: (0.950, 0.982, 0.973, 0.952),
    0.42: (0.917, 0.979, 0.973, 0.920),
    0.44: (0.875, 0.979, 0.967, 0.872),
    0.46: (0.763, 0.975, 0.931, 0.828),
    0.48: (0.662, 0.846, 0.830, 0.830),
    0.50: (0.523, 0.519, 0.449, 0.674),
}

# Goldberger & Ben-Reuven's code (udibr/noisy_labels), read off its plot: baseline, hard, soft
INDEPENDENT_LOSSES = ("cross-entropy", "hard", "soft")
INDEPENDENT = {
    0.36: (0.96, None, None),
    0.40: (0.923, 0.952, 0.926),
    0.44: (0.81, 0.913, 0.85),
    0.46: (0.725, 0.82, 0.735),
    0.48: (None, 0.71, None),
    0.50: (0.51, 0.48, 0.55),
}

Results = Mapping[tuple[float, str], Sequence[float]]  # accuracy of each seed by (noise, loss)
Accuracies = Mapping[tuple[float, str], float]
CLAIMED = (  # of each loss: what the paper claims, and the gain that bears it out
    ("hard", "Hard helps", lambda gain: gain > 0.03),
    ("soft", "Soft hardly helps", lambda gain: abs(gain) < 0.03),
    ("recon", "Reconstruction helps most", lambda gain: gain > 0.03),
)


def by_loss(table: Mapping, losses: Sequence[str]) -> dict[tuple[float, str], float]:
    """A table of accuracies by level, as accuracies by (level, loss); absent ones are left out."""
    return {
        (level, loss): value
        for level, row in table.items()
        for loss, value in zip(losses, row, strict=True)
        if value is not None
    }


def verdicts(results: Results) -> list[str]:
    """A sentence for each of the paper's claims: ours, the published number, and the verdict."""
    ours = {key: float(np.mean(values)) for key, values in results.items()}
    paper = by_loss(PUBLISHED, list(PAPER))
    levels = sorted({level for level, _ in ours})
    middle = [level for level in levels if 0.38 <= level <= 0.46]
    sentences = [compare_break(ours, paper, levels)]
    for loss, claim, holds in CLAIMED:
        if not middle:
            sentences.append(f"{claim}: not measured.")
            continue
        gain, printed = (mean_gain(source, loss, middle) for source in (ours, paper))
        good = holds(gain) and (loss != "recon" or gain > mean_gain(ours, "hard", middle))
        sentences.append(
            f"{claim}: {gain:+.3f} over cross-entropy at 0.38 to 0.46 (published "
            f"{printed:+.3f}): {'yes' if good else 'no'}."
        )
    return [*sentences, compare_at_half(ours, paper)]


def mean_gain(source: Accuracies, loss: str, levels: Sequence[float]) -> float:
    """How far a loss is above cross-entropy, the mean over these levels."""
    gains = [source[level, loss] - source[level, "cross-entropy"] for level in levels]
    return float(np.mean(gains))


def first_break(source: Accuracies, levels: Sequence[float]) -> float | None:
    """The first level at which cross-entropy is more than 5 points below its best."""
    best = max(source[level, "cross-entropy"] for level in levels)
    low = (level for level in levels if source[level, "cross-entropy"] < best - 0.05)
    return next(low, None)


def compare_break(ours: Accuracies, paper: Accuracies, levels: Sequence[float]) -> str:
    """Whether cross-entropy breaks where the paper's does, in a sentence."""
    if len(levels) < 3:
        return "Where cross-entropy breaks: not measured."
    measured, printed = first_break(ours, levels), first_break(paper, levels)
    listed = ", ".join(f"{level:.2f}" for level in levels)
    if measured is None or printed is None:
        return f"Cross-entropy does not break at the levels measured ({listed})."
    same = "the same" if measured == printed else "earlier" if measured < printed else "later"
    return (
        f"Cross-entropy breaks at {measured:.2f} of the levels measured ({listed}), published "
        f"{printed:.2f}: {same}."
    )


def compare_at_half(ours: Accuracies, paper: Accuracies) -> str:
    """Whether nothing works where half of the labels are wrong, in a sentence."""
    if (0.5, "hard") not in ours:
        return "Nothing works at 0.50: not measured."
    best, printed = (max(source[0.5, loss] for loss in PAPER) for source in (ours, paper))
    verdict = "yes" if best < 0.7 else "no"
    return f"Nothing works at 0.50: best {best:.3f} (published {printed:.3f}): {verdict}."
