"""Makes the site of lessons that needs no server: `make site`, into build/site.

    python docs/build_site.py                                  # all of it
    python docs/build_site.py --server https://lab.example     # where lessons lead for training
    python docs/build_site.py --repository https://...         # where files are that are no pages

Everything comes from what the package keeps: nothing is trained.
"""

import argparse
import json
import shutil
import sys
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(Path(__file__).parent))

from static_site import check, documents, reference  # noqa: E402
from static_site.lessons import lesson  # noqa: E402
from static_site.links import site_links  # noqa: E402
from static_site.shell import Site, assets, render  # noqa: E402

from workbench.chapters import NAMES, find  # noqa: E402
from workbench.view.pages.glossary import glossary_words  # noqa: E402
from workbench.view.pages.hero import CHAPTER  # noqa: E402
from workbench.view.pages.home import home_words  # noqa: E402

SERVER = "http://127.0.0.1:5006"  # what `workbench serve` says on the reader's own machine
OTHERS = (
    ("Glossary", "glossary.html"),
    ("Results", "results.html"),
    ("Teaching", "teaching.html"),
    ("Using the workbench", "using.html"),
)
API = ("API reference", "api.html")
WAYS = {
    "Glossary": "Every word of the field that a lesson uses, in plain words.",
    "Results": "What was measured over seeds, beside what the papers report.",
    "Teaching": "Plans for a lesson of 20, 50 or 90 minutes, and what goes wrong.",
    "Using the workbench": "Install it, serve it, and train with knobs and data of your own.",
    "API reference": "The Python package, floor by floor.",
}


def build(folder: Path, server: str, repository: str, names=NAMES) -> None:
    """Writes the site into this folder, which is emptied first."""
    others = (*OTHERS, API) if find_spec("griffe") else OTHERS
    site = Site(server, repository, others)
    shutil.rmtree(folder, ignore_errors=True)
    files: dict[str, str | bytes] = {**assets(), **documents.images()}
    for name in names:
        files |= lesson(find(name), site)
    files |= {documents.file_of(p): documents.document(p, site) for p in documents.sources()}
    files["results.html"] = documents.results_index(site)
    files["glossary.html"] = _glossary(site)
    files["index.html"] = _index(site)
    if API in others:
        files |= reference.reference(site)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = site_links(content) if name.endswith(".html") else content
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def _index(site: Site) -> str:
    ways = [(title, href, WAYS[title]) for title, href in site.others]
    words = home_words()
    page = f"{CHAPTER}.html"
    rows = json.dumps([row | {"href": page} for row in json.loads(words["hero"]["rows"])])
    words = words | {"hero": words["hero"] | {"rows": rows}}
    return render(
        "index.html",
        title="Deep learning without labels",
        parts=site.menu(),
        ways=ways,
        **words,
    )


def _glossary(site: Site) -> str:
    return render("terms.html", title="Glossary - workbench", parts=site.menu(), **glossary_words())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--server", default=SERVER, help="where lessons lead for training")
    parser.add_argument("--repository", default="", help="where files are that are no pages")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "site")
    given = parser.parse_args()
    begun = time.monotonic()
    build(given.folder, given.server.rstrip("/"), given.repository.rstrip("/"))
    faults = check.find_faults(given.folder)
    print("\n".join(faults))
    size = sum(path.stat().st_size for path in given.folder.rglob("*") if path.is_file())
    print(f"{given.folder}: {size / 1e6:.1f} MB in {time.monotonic() - begun:.0f} s.")
    if not find_spec("griffe"):
        print("Without the API reference: `pip install griffe`, or make site, brings it.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
