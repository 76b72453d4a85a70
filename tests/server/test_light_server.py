"""PyTorch, torchvision and scikit-learn are loaded only where something is trained."""

import json
import subprocess
import sys

import pytest
from visits import run

from workbench.chapters import NAMES
from workbench.classroom.rehearsal import rehearse
from workbench.classroom.rehearsal.own_server import own_server
from workbench.running.device import torch_build

MB = "psutil.Process().memory_info().rss / 2**20"
BARE = f"""
import json, panel.command.serve, panel_material_ui, psutil
print(json.dumps([{MB}]))"""
HEAVY = ("torch", "torchvision", "sklearn", "scipy", "pandas", "holoviews")
SERVER = f"""
import json, sys, weakref
from unittest import mock
from bokeh.document import Document
from panel.io.state import set_curdoc
from workbench import chapters
from workbench.running import shared
from workbench.running.runner import Runner

runner = Runner([])
shared.shared_runner = lambda where="": runner
from workbench.server import launch
from workbench.view.pages import route
built = []
for name in chapters.NAMES:
    chapters.find(name).claims  # the page lists their sentences
for name in ("", *chapters.NAMES):
    document, context = Document(), mock.MagicMock()
    document._session_context = weakref.ref(context)
    with set_curdoc(document):
        shown = route.page({{"chapter": [name.encode()]}}).server_doc()
        built.append(shown.template_variables.get("article", "home"))
loaded = [name for name in {HEAVY} if name in sys.modules]
import psutil
print(json.dumps([built, loaded, {MB}]))
runner.close()
"""


def fresh(code: str) -> list:
    """What a new interpreter that runs `code` prints last, as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "could not be built" not in done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def bare():
    """Megabytes of a Panel server that shows nothing: what the libraries take on this machine."""
    (megabytes,) = fresh(BARE)
    return megabytes


def test_every_page_is_built_without_what_trains(bare):
    built, loaded, megabytes = fresh(SERVER)
    print(f"with every chapter's page: {megabytes:.0f} MB, beside {bare:.0f} MB of Panel alone")
    assert len(set(built)) == 1 + len(NAMES)
    assert loaded == []
    assert megabytes <= 1.8 * bare


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory otherwise")
def test_a_server_holds_little_before_the_first_reader(bare):
    with own_server() as own:
        run(rehearse.wait_until_ready(own.url, ""))
        print(f"{own.memory():.0f} MB, beside {bare:.0f} MB of Panel alone")
        assert own.memory() <= 4 / 3 * bare


@pytest.mark.parametrize(
    "module", ["workbench.cli.main", "workbench.results.sweep", "workbench.results.compare"]
)
def test_the_command_line_starts_without_what_trains(module):
    (loaded,) = fresh(f"""
import json, sys, {module}
from workbench import chapters
for name in chapters.NAMES: chapters.find(name).page, chapters.find(name).claims
print(json.dumps([[name for name in {HEAVY} if name in sys.modules]]))""")
    assert loaded == []


def test_the_build_is_known_without_loading_it():
    import torch

    assert torch_build()["__version__"] == torch.__version__
    assert torch_build()["cuda"] == torch.version.cuda
