"""The example on the home page: the map of a two-latent VAE, and what each nat of its code costs.

`make pictures` has trained it once for each beta and keeps what came out in hero.json. A browser
looks it up while its slider is dragged; when the reader lets go, the page asks for a real run, with
a seed of its own, which the server's `hero.HeroRun` trains and tells.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.pictures import Images
from workbench.core.settings import Settings
from workbench.results.png import data_url
from workbench.view.pages.links import make_link

KEPT = Path(__file__).parent / "hero.json"
CHAPTER, KNOBS = "beta-vae", {"latent": 2}
BETAS = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 6, 8)
NUMBERS = ("rate", "distortion", "active")
START = 1  # the beta that a page begins with
SEEDS = range(1, 6)  # that a page may ask for; the kept maps have seed 0
MAP = "manifold"  # the chapter's picture
CURVE_WIDTH, CURVE_HEIGHT = 1000, 100  # of the rate over the slider, in its own units


@cache
def hero() -> dict[str, Any]:
    """What home.html shows: maps, numbers of each beta, and the curve above the slider."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    rows = kept["rows"]
    place = [row["beta"] for row in rows].index(START)
    highest = max(row["rate"] for row in rows)
    points = [
        (CURVE_WIDTH * i / (len(rows) - 1), CURVE_HEIGHT * (1 - row["rate"] / highest))
        for i, row in enumerate(rows)
    ]
    return dict(
        maps=kept["maps"],
        side=kept["side"],
        tall=kept["side"] * len(rows),
        rows=json.dumps([row | {"href": train_link(row["beta"])} for row in rows]),
        place=place,
        last=len(rows) - 1,
        shown=100 * place / (len(rows) - 1),
        curve=" ".join(f"{x:.0f},{y:.1f}" for x, y in points),
        row=rows[place],
        href=train_link(START),
    )


def train_link(beta: float) -> str:
    """The chapter's page with the knobs of this map."""
    return make_link(chapter=CHAPTER, latent=str(KNOBS["latent"]), beta=f"{beta:g}")


def read_settings(beta: str, seed: str) -> Settings:
    """The knobs of a run that a page asks for. Raises ValueError for any other run than these."""
    if beta not in {f"{each:g}" for each in BETAS} or seed not in set(map(str, SEEDS)):
        raise ValueError("Only the betas of the slider are trained here, and seeds 1 to 5.")
    return find(CHAPTER).Settings(beta=float(beta), seed=int(seed), **KNOBS)


def show(settings: Settings, frame: Frame) -> dict[str, Any]:
    """What a page shows of a frame: where training is, the map, and the finding in words."""
    picture = frame.pictures[MAP]
    sentence = find(CHAPTER).teaching.finding(settings, frame.scalars)
    return dict(
        step=frame.step,
        steps=settings.steps,
        sentence=sentence,
        map=data_url(seamless(picture)),
    )


def seamless(picture: Images) -> np.ndarray:
    """The tiles beside each other without a gap [tall, wide]."""
    rows, columns, height, width = picture.tiles.shape
    return picture.tiles.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
