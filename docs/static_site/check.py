"""Whether all that a page names is there: files, places in them, and nothing elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

LEADS = {"href", "src", "data-file", "srcset", "poster", "action"}
FETCHES = re.compile(r"(?:@import|url\()\s*[\"']?(?!data:)([^\"')]+)")


class Page(HTMLParser):
    """The names of a page's places, and what it leads to or loads."""

    def __init__(self, text: str):
        super().__init__()
        self.ids: set[str] = set()
        self.leads: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        values = dict(attrs)
        self.ids.add(values.get("id") or "")
        for name in LEADS & set(values):
            link = values[name] or ""
            (self.leads if tag in ("a", "use") else self.loads).append(link)


def find_faults(folder: Path) -> list[str]:
    """A sentence for each link of the site in this folder that leads nowhere, and for each file
    that it would load from elsewhere."""
    pages = {path.name: Page(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}
    faults = []
    for name, page in sorted(pages.items()):
        for link in page.leads:
            target, _, anchor = link.partition("#")
            if "://" in target or target.startswith(("mailto:", "data:")):
                continue
            file = target or name
            if not (folder / file).is_file():
                faults.append(f"{name}: {link} leads to no file.")
            elif anchor and not anchor.startswith("task-") and anchor not in pages[file].ids:
                faults.append(f"{name}: {link} leads to no place of {file}.")
        for link in page.loads:
            if not link.startswith("data:") and not (folder / link).is_file():
                faults.append(f"{name}: {link} is loaded and is no file of the site.")
    for path in folder.rglob("*.css"):
        for link in FETCHES.findall(path.read_text(encoding="utf-8")):
            if not (path.parent / link.partition("?")[0]).is_file():
                faults.append(f"{path.name}: {link} is no file of the site.")
    return faults
