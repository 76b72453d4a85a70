"""Makes the pictures of the home page anew from finished runs: `make pictures`.

workbench/chapters/NAME/still.svg     the picture that stands for each chapter, of its default run
workbench/view/pages/hero.json        the map of a two-latent VAE for each beta of the home page

`python docs/build_pictures.py NAME ...` makes only these; `hero` is the map.
"""

import base64
import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import workbench
from workbench.chapters import NAMES, find
from workbench.core.frames import Frame
from workbench.core.pictures import Picture
from workbench.results.svg.still import still
from workbench.running.players import play
from workbench.view.pages.hero import BETAS, CHAPTER, KNOBS, MAP, NUMBERS, seamless

PAGES = Path(workbench.__file__).parent / "view" / "pages"
GREYS = 16  # of the map: half the bytes of 256, and no eye sees it
MOST = 40_000  # bytes of a still


def main(names: list[str]) -> None:
    for name in names or (*NAMES, "hero"):
        path, text = (PAGES / "hero.json", hero()) if name == "hero" else chapter(name)
        path.write_text(text, encoding="utf-8")
        print(f"{path.name} of {name}: {len(text) / 1000:.1f} kB")
        if name != "hero" and len(text) > MOST:
            raise SystemExit(f"The still of {name} is larger than {MOST / 1000:.0f} kB.")


def chapter(name: str) -> tuple[Path, str]:
    """Where a chapter's still lies, and what is in it."""
    return find(name).folder / "still.svg", still(shown(name, list(play(name))))


def shown(name: str, frames: list[Frame]) -> Picture:
    """The picture that stands for the chapter, at the end of a run."""
    stands = find(name).thumbnail
    trace = next((each for each in find(name).traces if each.title == stands), None)
    return trace.curves(frames) if trace else frames[-1].pictures[stands]


def hero() -> str:
    """The maps below each other in one picture, and the numbers beside each of them."""
    finding = find(CHAPTER).teaching.finding
    maps, rows = [], []
    for beta in BETAS:
        settings = find(CHAPTER).Settings(beta=beta, **KNOBS)
        last = list(play(CHAPTER, **settings.values_by_name()))[-1]
        maps.append(seamless(last.pictures[MAP]))
        numbers = {name: round(last.scalars[name], 2) for name in NUMBERS}
        rows.append({"beta": beta, **numbers, "sentence": finding(settings, last.scalars)})
    kept = {"side": len(maps[0]), "rows": rows, "maps": grey_png(np.concatenate(maps))}
    return json.dumps(kept, indent=1) + "\n"


def grey_png(pixels: np.ndarray) -> str:
    """The address of a PNG with GREYS levels of grey."""
    levels = (pixels.astype(int) * (GREYS - 1) + 127) // 255
    picture = Image.fromarray(levels.astype(np.uint8), "P")
    picture.putpalette([level * 255 // (GREYS - 1) for level in range(GREYS) for _ in range(3)])
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True, bits=4)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


if __name__ == "__main__":
    main(sys.argv[1:])
