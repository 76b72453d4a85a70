"""Draws docs/images/ceal_budget.png from what `workbench reproduce ceal --save` has kept.

    python benchmarks/ceal_figure.py

Accuracy against the share of labels: mean over seeds with one standard deviation.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from workbench.results import studies

PICTURE = Path(__file__).parents[1] / "docs/images/ceal_budget.png"
COLOURS = {
    "CEAL_MS": "#D55E00",
    "AL_MS": "#0072B2",
    "TCAL": "#009E73",
    "AL_RAND": "#6b7280",
    "AL_ALL": "#1f2937",
}


def main() -> None:
    kept = {name: table for name, table in studies.measured("ceal").items() if shares_of(table)}
    figure, panels = plt.subplots(1, len(kept), figsize=(3.6 * len(kept), 3.6), dpi=110)
    for axes, table in zip(panels, kept.values(), strict=True):
        draw(axes, table)
    panels[0].set_ylabel("test accuracy, %")
    panels[0].legend(fontsize=8, frameon=False)
    figure.tight_layout()
    figure.savefig(PICTURE)


def shares_of(table: studies.Measured) -> list[float]:
    """The shares of labels that the table has an accuracy for."""
    return [float(name.split()[1]) for name in table.columns if name.startswith("at ")]


def draw(axes, table: studies.Measured) -> None:
    """The strategies of one table, AL_ALL dashed."""
    shares = shares_of(table)
    for row in table.rows:
        name, *cells = row[: 1 + len(shares)]
        if name in COLOURS:
            mean, spread = zip(*(map(float, cell.split(" +- ")) for cell in cells), strict=True)
            dashed = "--" if name == "AL_ALL" else "-"
            axes.plot(shares, mean, dashed, color=COLOURS[name], marker="o", ms=3, label=name)
            low, high = zip(
                *((m - s, m + s) for m, s in zip(mean, spread, strict=True)), strict=True
            )
            axes.fill_between(shares, low, high, color=COLOURS[name], alpha=0.15, lw=0)
    axes.set(title=table.title.partition(", ")[2], xlabel="labelled, % of the pool")
    axes.set_xscale("log", base=2)
    axes.set_xticks(shares, [f"{share:g}" for share in shares])
    axes.grid(color="#e3e6ea")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    main()
