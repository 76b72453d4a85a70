"""The template chapter of docs/new_chapter.md is a chapter like the others."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
FOLDER = TESTS / "template" / "pca_by_gradient"
# what a class would do with it, in one process: its page, the command line and the store
EVERYWHERE = """
import json, sys, weakref
from unittest import mock
import template.register
from bokeh.document import Document
from click.testing import CliRunner
from panel.io.state import set_curdoc
from workbench.chapters import find
from workbench.cli.main import main
from workbench.running.players import Here
from workbench.running.runner import Runner
from workbench.running.store import Store
from workbench.view.page import board
from workbench.view.pages import route

NAME = template.register.NAME
done = CliRunner().invoke(main, ["run", NAME, "--steps", "50", "--device", "cpu", "--json"])
assert done.exit_code == 0, done.output
last = json.loads(done.output.splitlines()[-1])
board.shared_runner = lambda where: Runner([])
document, context = Document(), mock.MagicMock()
document._session_context = weakref.ref(context)
with set_curdoc(document):
    shown = route.page({"chapter": [NAME.encode()]}).server_doc()
    assert shown.template_variables["chapter"].question == find(NAME).question
    assert "is described by" in shown.template_variables["article"]
store, settings = Store(sys.argv[1], "cpu"), find(NAME).Settings(steps=50)
runner = Runner([Here("cpu")], store=store)
run = runner.open(NAME, settings, "a reader").wait(60)
runner.close()
assert run.frames[-1].scalars == last["scalars"]
assert store.get(NAME, settings)[-1].scalars == last["scalars"]
assert all(claim.measure(seed)[0] for claim in find(NAME).claims for seed in range(5))
print("everywhere")
"""


def run(*command):
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def test_it_is_small():
    lines = sum(len(path.read_text().splitlines()) for path in FOLDER.glob("*.py"))
    assert lines < 200 and len((FOLDER / "lesson.py").read_text().splitlines()) < 60


def test_it_passes_the_contract():
    contract = str(TESTS / "chapters" / "test_contract.py")
    plugin = ["-p", "template.register", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = run(sys.executable, "-m", "pytest", "-q", *plugin, "-k", "pca", contract)
    assert done.returncode == 0, done.stdout[-3000:]


def test_it_has_a_page_a_command_a_place_in_the_store_and_claims_that_hold(tmp_path):
    done = run(sys.executable, "-c", EVERYWHERE, str(tmp_path / "runs"))
    assert done.stdout.endswith("everywhere\n"), done.stderr[-3000:]


def test_the_guide_shows_its_very_lesson():
    guide = (TESTS.parent / "docs" / "new_chapter.md").read_text()
    assert (FOLDER / "lesson.py").read_text() in guide
    assert all(f"`{part}.py`" in guide for part in ("frames", "knobs", "claims", "__init__"))
