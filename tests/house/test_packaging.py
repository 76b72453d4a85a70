"""pyproject, constraints, environment.yml, Makefile and the documents say the same."""

import ast
import re
import sys
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as canonical
from packaging.version import Version

tomllib = pytest.importorskip("tomllib")  # in Python since 3.11

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
# what `make site` alone installs, so that all else is as quick as it was
APART = "site"
IMPORTED = {"griffe": "griffelib"}
TOGETHER = ",".join(extra for extra in EXTRAS if extra != APART)
NEEDED = [Requirement(line) for line in PROJECT["dependencies"] + sum(EXTRAS.values(), [])]
README = (ROOT / "README.md").read_text()
USING = (ROOT / "docs/using.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
DOCUMENTS = README + "".join(path.read_text() for path in sorted(ROOT.glob("docs/*.md")))
MAKEFILE = (ROOT / "Makefile").read_text()
# below these a page, a message or a notebook can take over a session: docs/decisions.md
FLOORS = {
    "bokeh": "3.8.2",
    "panel": "1.9.4",
    "tornado": "6.5.5",
    "torch": "2.10",
    "jupyterlab": "4.5.9",
}


def pins():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pinned():
    return {canonical(pin.name): Version(str(pin.specifier).removeprefix("==")) for pin in pins()}


def commands():
    """Every command line in the documents' fenced blocks."""
    blocks = re.findall(r"```(\w*)\n(.*?)```", DOCUMENTS, re.S)
    return [line for kind, block in blocks if not kind for line in block.splitlines() if line]


@pytest.mark.parametrize("need", NEEDED, ids=str)
def test_each_dependency_is_bounded_below_and_pinned_within_its_bound(need):
    assert [spec.operator for spec in need.specifier] == [">="]
    assert pinned()[canonical(need.name)] in need.specifier


@pytest.mark.parametrize("name", FLOORS)
def test_known_holes_are_excluded_and_the_installed_version_is_past_them(name):
    (need,) = [need for need in NEEDED if need.name == name]
    (bound,) = need.specifier
    assert Version(bound.version) >= Version(FLOORS[name])
    assert Version(metadata.version(name)) in need.specifier


def test_constraints_are_exact_and_name_no_place():
    for pin in pins():
        assert [spec.operator for spec in pin.specifier] == ["=="] and pin.url is None, pin
    assert not re.search(r"://|^-", (ROOT / "constraints.txt").read_text(), re.M)


def test_torch_and_torchvision_are_pinned_for_the_same_pythons():
    markers = {pin.name: str(pin.marker) for pin in pins()}
    assert markers["torch"] == markers["torchvision"]


def test_conda_brings_python_and_pip_brings_the_rest():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    assert [environment["name"]] == list(PROJECT["scripts"]) == ["workbench"]
    assert [re.split("[<>=]", line)[0] for line in conda] == ["python", "pip"]
    (python,) = re.findall(r"python=([\d.]+)", conda[0])
    assert Version(python) in Requirement("python" + PROJECT["requires-python"]).specifier
    assert pip == {"pip": ["--constraint constraints.txt", f"--editable .[{TOGETHER}]"]}


def test_documents_and_makefile_install_the_same_extras():
    line = f'install --constraint constraints.txt --editable ".[{TOGETHER}]"'
    assert line in USING
    assert line.replace(TOGETHER, APART) in MAKEFILE.replace("install --quiet", "install")
    assert line in MAKEFILE.replace("install --quiet", "install")
    assert "conda env create --file environment.yml" in USING


def test_the_distribution_has_its_own_name_and_licence():
    assert PROJECT["name"] == "dlwl-workbench"  # `workbench` is somebody else's
    assert PROJECT["license"] == "BSD-3-Clause"
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])
    # the image is built from these files: without a licence it would not be
    image = (ROOT / "deploy/Dockerfile").read_text()
    assert all(name in image for name in PROJECT["license-files"])
    assert (ROOT / "workbench/py.typed").is_file()


def test_documents_name_targets_and_commands_that_exist():
    from workbench import chapters
    from workbench.cli import main as cli

    targets = set(re.findall(r"^([\w-]+):.*##", MAKEFILE, re.M))
    named = set(re.findall(r"`make ([\w-]+)`", DOCUMENTS + CONTRIBUTING))
    assert named | {line.split()[1] for line in commands() if line.startswith("make ")} <= targets
    ours = [line.split()[1:] for line in commands() if re.match(r"(\S*/)?workbench ", line)]
    assert {words[0] for words in ours} <= set(cli.main.commands)
    assert {words[1] for words in ours if words[0] == "run"} <= set(chapters.NAMES)
    assert all(f"`{name}`" in README for name in chapters.NAMES)


def test_every_import_is_a_declared_dependency():
    folders = ("workbench", "tests", "benchmarks", "docs", "notebooks")
    sources = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    declared = {canonical(need.name) for need in NEEDED}
    providers = metadata.packages_distributions()
    own = {"workbench", *(path.stem for path in sources), *(path.parent.name for path in sources)}
    for module in {name for path in sources for name in imports(path)}:
        if module not in own and module not in sys.stdlib_module_names:
            packages = providers.get(module, [IMPORTED.get(module, "")])
            assert declared & {canonical(name) for name in packages}, module


def imports(path):
    """The top-level names of the modules that the file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def test_decisions_give_a_reason_for_every_dependency():
    reasons = (ROOT / "docs/decisions.md").read_text()
    assert [need.name for need in NEEDED if not re.search(rf"\b{need.name}\b", reasons)] == []


def test_files_beside_the_code_are_shipped():
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [path for path in ROOT.glob("workbench/**/*.*") if path.is_file()]
    beside = [path for path in files if path.suffix not in (".py", ".pyc")]
    # a pattern is meant from a package's folder: its name alone, or with a folder before it
    assert [
        path.name
        for path in beside
        if not any(fnmatch(path.name, p) or path.match(p) for p in patterns)
    ] == []
