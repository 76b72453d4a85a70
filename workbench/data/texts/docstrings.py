"""The documentation inside the packages that the workbench is built on: real, and always there.

The source files are read as text and no package is imported for it. What it holds changes with the
versions that are installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from workbench.data.texts.corpus import words_of

PACKAGES = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn"}  # and its distribution
TESTS = frozenset({"test", "tests"})
DOCSTRING = re.compile(r'"""(.*?)"""', re.DOTALL)
SHORTEST = 5  # words of a docstring that is read
GROUPS = {  # words that a reader of these packages would put together
    "numbers": "one two three four five",
    "matrices": "matrix vector eigenvalues eigenvectors diagonal",
    "statistics": "mean variance median deviation skewness",
    "clustering": "cluster clusters clustering centroids dbscan",
    "text": "string strings character characters unicode",
    "time": "time days date dates seconds",
    "optimisation": "gradient hessian jacobian minimum optimization",
    "trees": "tree trees forest leaf leaves",
}


def groups() -> dict[str, tuple[str, ...]]:
    """The words of each group."""
    return {name: tuple(words.split()) for name, words in GROUPS.items()}


@cache
def versions() -> str:
    """The packages with their versions: the corpus is another when these are."""
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES.values())


def texts() -> Iterator[list[str]]:
    """The words of each docstring, and of each topic of Python's own help, without examples."""
    from pydoc_data.topics import topics

    for _, words in documents():
        yield words
    for topic in topics.values():
        yield words_of(_without_examples(topic))


def documents() -> Iterator[tuple[str, list[str]]]:
    """The words of each docstring, and where it lies, such as `scipy.stats`."""
    for package in PACKAGES:
        for part, file in _sources(package):
            for docstring in DOCSTRING.findall(file.read_text("utf-8", errors="replace")):
                words = words_of(_without_examples(docstring))
                if len(words) >= SHORTEST:
                    yield part, words


def _sources(package: str) -> list[tuple[str, Path]]:
    """The Python files of a package in the order of their names, tests left out.

    Each stands beside the package and the subpackage that it lies in.
    """
    spec = find_spec(package)
    root = Path((spec and spec.submodule_search_locations or [""])[0])
    files = sorted(
        file
        for file in root.rglob("*.py")
        if TESTS.isdisjoint(file.relative_to(root).parts) and file.is_file()
    )
    return [(".".join([package, *file.relative_to(root).parts[:-1][:1]]), file) for file in files]


def _without_examples(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith((">>>", "...")))
