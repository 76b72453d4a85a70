"""The pictures of the documents: `python benchmarks/page/screenshots.py [--all]`.

Serves the dashboard, opens each page at 1400 pixels, waits for its run to end and keeps the page
(of the home page all of it) as docs/images/NAME.png with 256 colours at most. `--all` adds the dark
pages and those of a telephone, in a folder of their own that git does not keep.
"""

import argparse
import io
import tempfile
from pathlib import Path

from PIL import Image
from served import browsing, serving

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MOST = 400_000  # bytes
PAGES = {"home": "", "autoencoder": "chapter=autoencoder", "beta_vae": "chapter=beta-vae"}
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


def picture(browser, address: str, window: dict, whole: bool) -> bytes:
    """The page as PNG once its run has ended."""
    with browser.new_context(viewport=window) as context:
        page = context.new_page()
        page.goto(address)
        if "chapter=" in address:
            page.get_by_text("Done:").wait_for(timeout=180_000)
        page.wait_for_timeout(1500)
        return page.screenshot(full_page=whole, timeout=120_000)


def keep(png: bytes, path: Path) -> None:
    """Saves the picture with few enough colours to stay under MOST."""
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64):
        few = whole.quantize(colours, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size < MOST:
            break
    size = path.stat().st_size
    print(f"{path}  {whole.width} x {whole.height}  {size / 1000:.0f} kB")
    if size >= MOST:
        raise SystemExit(f"{path.name} is larger than {MOST / 1000:.0f} kB.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", metavar="FOLDER", type=Path, help="dark and narrow pages, here")
    options = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with serving(Path(tempfile.mkdtemp()) / "log.txt") as server, browsing() as browser:
        for name, query in PAGES.items():
            keep(picture(browser, server.page(query), WIDE, not query), IMAGES / f"{name}.png")
            if options.all:
                options.all.mkdir(parents=True, exist_ok=True)
                for variant, window, theme, whole in (
                    ("whole", WIDE, "", True),
                    ("dark", WIDE, "&theme=dark", True),
                    ("narrow", NARROW, "", True),
                    ("narrow_dark", NARROW, "&theme=dark", False),
                ):
                    shot = picture(browser, server.page(query + theme), window, whole)
                    (options.all / f"{name}_{variant}.png").write_bytes(shot)


if __name__ == "__main__":
    main()
