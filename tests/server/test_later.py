"""PyTorch is loaded where something is trained, and nowhere else."""

import json
import subprocess
import sys

import pytest

from workbench.science.later import Later, _Mode, torch_build

HEAVY = ("torch", "torchvision", "sklearn", "scipy", "pandas", "holoviews", "matplotlib")
SERVER = f"""
import json, sys
from bokeh.document import Document
from panel.io.document import create_doc_if_none_exists
from panel.io.state import set_curdoc
from workbench import chapters
from workbench.runs import Runner
from workbench.view import home, serving

home.shared_runner = lambda where: runner
import workbench.view.board as board
board.shared_runner = home.shared_runner
runner = Runner([])
for name in ("", *chapters.NAMES):
    with set_curdoc(Document()):
        home.page({{"chapter": [name.encode()]}}).server_doc()
loaded = [name for name in {HEAVY} if name in sys.modules]
pages = open("/proc/self/statm").read().split()[1] if sys.platform == "linux" else 0
print(json.dumps([loaded, int(pages) * 4096 / 2**20]))
runner.close()
"""


def fresh(code: str) -> list:
    """What a new interpreter that runs `code` prints last, as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_every_page_is_built_without_what_trains():
    loaded, megabytes = fresh(SERVER)
    print(f"with every chapter's page: {megabytes:.0f} MB")
    assert loaded == []
    assert megabytes <= 150


@pytest.mark.parametrize(
    "module", ["workbench.cli.main", "workbench.results.sweep", "workbench.results.compare"]
)
def test_the_command_line_starts_without_what_trains(module):
    (loaded,) = fresh(f"""
import json, sys, {module}
from workbench import chapters
for name in chapters.NAMES: chapters.find(name)
print(json.dumps([[name for name in {HEAVY} if name in sys.modules]]))""")
    assert loaded == []


def test_a_module_comes_when_it_is_asked_for_and_hides_nothing():
    (before, after, same) = fresh("""
import json, sys
from workbench.later import Later, torch
before = "torch" in sys.modules
value = torch.float32
after = "torch" in sys.modules
import torch as real
print(json.dumps([before, after, value is real.float32]))""")
    assert not before and after and same
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        _ = Later("no_such_module").anything


@pytest.mark.parametrize("name", ["no_grad", "inference_mode"])
def test_modes_are_pytorchs(name):
    import torch

    from workbench.science import later

    @getattr(later.torch, name)()
    def inside(raised: bool = False) -> bool:
        assert not raised, "asked for"
        return torch.is_grad_enabled()

    assert isinstance(getattr(later.torch, name)(), _Mode)
    assert torch.is_grad_enabled() and not inside()
    with pytest.raises(AssertionError, match="asked for"):
        inside(raised=True)
    with getattr(later.torch, name)():
        with getattr(later.torch, name)():
            assert torch.is_inference_mode_enabled() == (name == "inference_mode")
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_the_build_is_known_without_loading_it():
    import torch

    assert torch_build()["__version__"] == torch.__version__
    assert torch_build()["cuda"] == torch.version.cuda
