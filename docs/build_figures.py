"""Draws the figures of docs/results from what the studies have kept: `make results`.

docs/images/bootstrap_mnist.svg    accuracy against wrong labels; dashed: the paper's, as digitised
docs/images/ceal_budget.svg        accuracy against the share of labels; dashed: all labels
docs/images/clustering_starts.svg  ACC of deep methods' ends against that of their starts

Ours are means over seeds with a band of one standard deviation.
"""

import math
from dataclasses import dataclass
from html import escape

from build_results import DOCS, kept_tables

WIDTH, HEIGHT = 300, 230  # of the inside of the axes
LEFT, TOP, BOTTOM, LEGEND = 64, 40, 50, 190
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#6b7280"
LOSSES = {"cross-entropy": BLUE, "recon": GREEN, "hard": ORANGE, "soft": PINK}
METHODS = {"DEC": BLUE, "VaDE": ORANGE, "DAC": GREEN, "DAC without critic": PINK}
STRATEGIES = {"CEAL_MS": ORANGE, "AL_MS": BLUE, "TCAL": GREEN, "AL_RAND": GREY, "AL_ALL": "#1f2937"}


@dataclass(frozen=True)
class Curve:
    """A named line through points, with a band of one spread above and below where it has one."""

    name: str
    colour: str
    x: list[float]
    y: list[float]
    spread: list[float] | None = None
    dashed: bool = False
    joined: bool = True


@dataclass(frozen=True)
class Panel:
    """One plot: its curves, its title, and the numbers at its axes."""

    title: str
    curves: list[Curve]
    x_ticks: list[float]
    y_ticks: list[float]
    log_x: bool = False

    def across(self, x: float) -> float:
        first, last, x = (math.log(v) if self.log_x else v for v in (*self.ends(), x))
        return 10 + (WIDTH - 20) * (x - first) / (last - first)

    def ends(self) -> tuple[float, float]:
        return self.x_ticks[0], self.x_ticks[-1]

    def down(self, y: float) -> float:
        low, high = self.y_ticks[0], self.y_ticks[-1]
        return HEIGHT * (1 - (y - low) / (high - low))


def main() -> None:
    tables = kept_tables()
    images = DOCS / "images"
    (images / "bootstrap_mnist.svg").write_text(wrong_labels(tables["bootstrap"]))
    kept = {name: table for name, table in tables.items() if name.startswith("ceal")}
    (images / "ceal_budget.svg").write_text(budgets(kept))
    (images / "clustering_starts.svg").write_text(starts(tables["clustering-starts"]))


def wrong_labels(table: dict) -> str:
    """The figure of chapter bootstrap."""
    curves = []
    for loss, colour in LOSSES.items():
        rows = [row for row in table["rows"] if row[1] == loss]
        noise, ours, spread, paper = ([float(row[i]) for row in rows] for i in (0, 2, 3, 4))
        curves.append(Curve(f"{loss}, ours", colour, noise, ours, spread))
        curves.append(Curve(f"{loss}, published", colour, noise, paper, dashed=True))
    ticks = [0.3, 0.35, 0.4, 0.45, 0.5]
    panel = Panel("MNIST, all 10,000 test pictures", curves, ticks, [0.4, 0.6, 0.8, 1.0])
    return figure([panel], "share of wrong labels", "accuracy")


def budgets(tables: dict[str, dict]) -> str:
    """The figure of chapter ceal: a panel for each data set."""
    panels = []
    for table in tables.values():
        shares = [float(name.split()[1]) for name in table["columns"] if name.startswith("at ")]
        if shares:
            title = table["title"].partition(", ")[2]
            curves = [strategy(row, shares) for row in table["rows"] if row[0] in STRATEGIES]
            lowest = min(low for curve in curves for low in curve.y)
            panels.append(Panel(title, curves, shares, y_ticks(lowest), log_x=True))
    return figure(panels, "labelled, % of the pool", "test accuracy, %")


def starts(table: dict) -> str:
    """The scatter of chapter clustering: a dot a run, and a line where end equals start."""
    ticks = [20, 40, 60, 80, 100]
    curves = [Curve("end = start", GREY, [20, 100], [20, 100], dashed=True)]
    for name in dict.fromkeys(row[0] for row in table["rows"]):
        rows, colour = [row for row in table["rows"] if row[0] == name], METHODS[name]
        x, y = ([float(acc) for row in rows for acc in row[i].split()] for i in (2, 3))
        curves.append(Curve(name, colour, x, y, joined=False))
    panel = Panel(table["title"].partition(" on ")[2], curves, ticks, ticks)
    return figure([panel], "ACC of the first clusters, %", "ACC of the last, %")


def y_ticks(lowest: float) -> list[float]:
    """Numbers up to 100 %, from below the lowest one."""
    step = 2 if lowest > 88 else 5 if lowest > 80 else 10
    start = int(lowest // step) * step - (0 if lowest % step > step / 2 else step)
    return list(range(start, 101, step))


def strategy(row: list, shares: list[float]) -> Curve:
    """One strategy of a table, such as ["CEAL_MS", "88.3 +- 0.8", ...]."""
    pairs = [[float(word) for word in cell.split(" +- ")] for cell in row[1 : 1 + len(shares)]]
    mean, spread = (list(column) for column in zip(*pairs, strict=True))
    return Curve(row[0], STRATEGIES[row[0]], shares, mean, spread, dashed=row[0] == "AL_ALL")


def figure(panels: list[Panel], x_label: str, y_label: str) -> str:
    """The panels side by side as one SVG file, with one legend on the right."""
    step = WIDTH + LEFT
    wide, high = step * len(panels) + LEGEND, TOP + HEIGHT + BOTTOM
    drawn = [inside(panel, LEFT + step * i, x_label) for i, panel in enumerate(panels)]
    names = {curve.name: curve for panel in panels for curve in panel.curves}
    drawn += [key(curve, step * len(panels) + 16, i) for i, curve in enumerate(names.values())]
    middle = TOP + HEIGHT / 2
    turned = f'<text transform="translate(16 {middle:.0f}) rotate(-90)" text-anchor="middle">'
    alt = f"{y_label} against {x_label}: " + "; ".join(panel.title for panel in panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" '
        f'height="{high}" role="img" font-family="sans-serif" font-size="12" fill="#1f2328">'
        f'<title>{escape(alt)}</title><rect width="{wide}" height="{high}" fill="#fff"/>'
        f"{''.join(drawn)}{turned}{escape(y_label)}</text></svg>\n"
    )


def inside(panel: Panel, left: float, x_label: str) -> str:
    """A panel's grid, numbers, names and curves."""
    drawn = [text(WIDTH / 2, -14, panel.title, "middle", 'font-weight="bold"')]
    for tick in panel.y_ticks:
        drawn.append(f'<path d="M0 {panel.down(tick):.1f}h{WIDTH}" stroke="#e3e6ea"/>')
        drawn.append(text(-8, panel.down(tick) + 4, f"{tick:g}", "end"))
    for tick in panel.x_ticks:
        drawn.append(f'<path d="M{panel.across(tick):.1f} 0v{HEIGHT}" stroke="#e3e6ea"/>')
        drawn.append(text(panel.across(tick), HEIGHT + 18, f"{tick:g}", "middle"))
    drawn.append(text(WIDTH / 2, HEIGHT + 38, x_label, "middle"))
    drawn += [line(panel, curve) for curve in panel.curves]
    return f'<g transform="translate({left} {TOP})">{"".join(drawn)}</g>'


def line(panel: Panel, curve: Curve) -> str:
    """A curve with its band and, where it is ours, its points."""
    points = [(panel.across(x), panel.down(y)) for x, y in zip(curve.x, curve.y, strict=True)]
    if not curve.joined:
        return f'<g fill="{curve.colour}">{dots(points)}</g>'
    drawn = f'<path d="{path(points)}" fill="none" stroke="{curve.colour}" {stroke(curve)}/>'
    if curve.spread is None:
        return drawn
    ends = [(x, y, s) for x, y, s in zip(curve.x, curve.y, curve.spread, strict=True)]
    low = [(panel.across(x), panel.down(y - s)) for x, y, s in ends]
    high = [(panel.across(x), panel.down(y + s)) for x, y, s in reversed(ends)]
    band = f'<path d="{path(low + high)}z" fill="{curve.colour}" fill-opacity=".15"/>'
    return f'{band}{drawn}<g fill="{curve.colour}">{dots(points)}</g>'


def dots(points: list[tuple[float, float]]) -> str:
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in points)


def path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def stroke(curve: Curve) -> str:
    return 'stroke-width="1.5" stroke-dasharray="6 4"' if curve.dashed else 'stroke-width="2"'


def key(curve: Curve, x: float, row: int) -> str:
    """A line of the legend."""
    y = TOP + 8 + 18 * row
    sample = f'<path d="M{x} {y}h22" stroke="{curve.colour}" {stroke(curve)}/>'
    if not curve.joined:
        sample = f'<circle cx="{x + 11}" cy="{y}" r="3" fill="{curve.colour}"/>'
    return sample + text(x + 28, y + 4, curve.name, "start")


def text(x: float, y: float, words: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>'


if __name__ == "__main__":
    main()
