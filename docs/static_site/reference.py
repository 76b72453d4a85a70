"""The API reference: what griffe reads in the package's sources, without importing them."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from static_site.shell import Site, render, scrollable
from workbench.view.page import prose

PACKAGE = Path(__file__).parents[2] / "workbench"
FLOORS = {
    "workbench": "What notebooks and scripts use.",
    "workbench.core": "Values: Settings, pictures, Frames, Chapter, lessons and tasks.",
    "workbench.data": "Image sets, tables and bags.",
    "workbench.science": "Mathematics that two chapters share.",
    "workbench.chapters": "A folder for each chapter.",
    "workbench.running": "Runs, the Runner, players, workers and the store.",
    "workbench.results": "Sweeps, comparisons, studies, tasks' results, SVG.",
    "workbench.classroom": "The room of a class, and its rehearsal.",
    "workbench.view": "Pages, sections, labs, notebook views and drawings.",
    "workbench.server": "Web handlers, health, the server's beginning and end.",
    "workbench.cli": "The command line.",
}


def reference(site: Site) -> dict[str, str]:
    """A page for each floor of the package, and one that leads to them.

    Raises ModuleNotFoundError without griffe, which the extra `site` brings.
    """
    import griffe

    package = griffe.load("workbench", search_paths=[PACKAGE.parent], resolve_aliases=False)
    pages = {"api.html": _index(site)}
    for floor, words in FLOORS.items():
        module = package if floor == "workbench" else package[floor.partition(".")[2]]
        modules = [module] if floor == "workbench" else list(_modules(module))
        pages[file_of(floor)] = render(
            "reference.html",
            title=f"{floor} - workbench",
            parts=site.menu(),
            heading=floor,
            words=words,
            modules=[_module(each) for each in modules if each.has_docstring or _public(each)],
        )
    return pages


def file_of(floor: str) -> str:
    """The file of a floor's page."""
    return f"api-{floor.rpartition('.')[2]}.html"


def _index(site: Site) -> str:
    items = "".join(
        f'<li><a href="{file_of(floor)}"><code>{floor}</code></a> {words}</li>'
        for floor, words in FLOORS.items()
    )
    body = f"<h1>API reference</h1><p>A page for each floor of the package.</p><ul>{items}</ul>"
    return render("document.html", title="API reference - workbench", parts=site.menu(), body=body)


def _modules(module: Any) -> Iterator[Any]:
    """The module and all below it, in their order."""
    yield module
    for name, inner in sorted(module.members.items()):
        if inner.kind.value == "module" and not inner.is_alias and not name.startswith("_"):
            yield from _modules(inner)


def _module(module: Any) -> dict[str, Any]:
    text = _text(module)
    return {
        "path": module.path,
        "text": scrollable(prose.html(text)),
        "first": text.split("\n\n")[0].split(". ")[0].replace("\n", " ").replace("`", ""),
        "members": [_member(each) for each in _public(module)],
    }


def _public(owner: Any) -> list[Any]:
    """Functions and classes that are defined here and have no underscore."""
    own = [each for each in owner.members.values() if not each.is_alias]
    return [
        each
        for each in own
        if not each.name.startswith("_") and each.kind.value in ("function", "class")
    ]


def _member(member: Any) -> dict[str, Any]:
    inner = _public(member) if member.kind.value == "class" else []
    return {
        "path": member.path,
        "signature": _signature(member),
        "text": scrollable(prose.html(_text(member))),
        "members": [_member(each) for each in inner if each.has_docstring],
    }


def _signature(member: Any) -> str:
    """def name(parameters) -> result, or class Name(parameters)."""
    if member.kind.value == "class":
        parameters = [p for p in member.parameters if p.name != "self"]
        return f"class {member.name}({', '.join(map(_parameter, parameters))})"
    result = f" -> {member.returns}" if member.returns is not None else ""
    names = [p for p in member.parameters if p.name not in ("self", "cls")]
    return f"{member.name}({', '.join(map(_parameter, names))}){result}"


def _parameter(parameter: Any) -> str:
    stars = {"variadic positional": "*", "variadic keyword": "**"}.get(parameter.kind.value, "")
    words = f"{stars}{parameter.name}"
    if parameter.annotation is not None:
        words += f": {parameter.annotation}"
    return words if parameter.default is None or stars else f"{words} = {parameter.default}"


def _text(owner: Any) -> str:
    """The docstring as Markdown; brackets of shapes are no links."""
    return inspect.cleandoc(owner.docstring.value) if owner.has_docstring else ""
