"""Draws docs/images/bootstrap_mnist.png from what `workbench reproduce bootstrap --save` has kept.

    python benchmarks/noise_figure.py

Ours: mean over seeds with one standard deviation; dashed: the paper's curve as digitised.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from workbench.results import studies

PICTURE = Path(__file__).parents[1] / "docs/images/bootstrap_mnist.png"
COLOURS = {"cross-entropy": "#0072B2", "recon": "#009E73", "hard": "#D55E00", "soft": "#CC79A7"}


def main() -> None:
    kept = studies.measured("bootstrap")["bootstrap"]
    figure, axes = plt.subplots(figsize=(7.2, 4.2), dpi=110)
    for loss, colour in COLOURS.items():
        rows = [row for row in kept.rows if row[1] == loss]
        noise, ours, spread, paper = (
            [float(row[column]) for row in rows] for column in (0, 2, 3, 4)
        )
        axes.plot(noise, ours, color=colour, marker="o", ms=4, label=f"{loss}, ours")
        low, high = zip(*((a - s, a + s) for a, s in zip(ours, spread, strict=True)), strict=True)
        axes.fill_between(noise, low, high, color=colour, alpha=0.15, lw=0)
        axes.plot(noise, paper, color=colour, ls="--", lw=1.2, label=f"{loss}, published")
    axes.set(xlabel="share of wrong labels", ylabel="accuracy on all 10,000 test pictures")
    axes.grid(color="#e3e6ea")
    axes.legend(fontsize=8, ncols=2, frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(PICTURE)


if __name__ == "__main__":
    main()
