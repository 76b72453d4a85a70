"""Addresses of the server's pages as files of the site, which all lie in one folder."""

import re
from typing import Any
from urllib.parse import parse_qsl

from workbench.chapters import NAMES

HREF = re.compile(r'href="\?([^"#]*)(#[^"]*)?"')


def site_links(value: Any) -> Any:
    """HTML, or plain values with HTML in them, with links to files in the place of the server's."""
    if isinstance(value, str):
        return HREF.sub(lambda found: f'href="{_file(found[1], found[2] or "")}"', value)
    if isinstance(value, dict):
        return {key: site_links(inner) for key, inner in value.items()}
    return [site_links(inner) for inner in value] if isinstance(value, list | tuple) else value


def _file(query: str, anchor: str) -> str:
    """The file that an address such as chapter=beta-vae&task=silent leads to."""
    asked = dict(parse_qsl(query.replace("&amp;", "&"), keep_blank_values=True))
    if not asked:
        return f"index.html{anchor}"
    if "glossary" in asked:
        return f"glossary.html{anchor}"
    if asked.get("chapter") not in NAMES:
        raise ValueError(f"The site has no page for ?{query}.")
    return f"{asked['chapter']}.html" + (f"#task-{asked['task']}" if "task" in asked else anchor)
