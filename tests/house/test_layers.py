"""The layers of pyproject's contracts: a bad import anywhere is noticed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

BAD = {
    "core/settings.py": "import workbench.chapters",
    "core/frames.py": "import torch",
    "data/imageset.py": "from workbench.science import nets",
    "science/tensors.py": "from workbench.running import players",
    "chapters/beta_vae/lesson.py": "import workbench.chapters.autoencoder",
    "chapters/rad/lesson.py": "def late():\n    from bokeh import plotting",
    "running/runner.py": "import panel",
    "running/players.py": "from workbench import view",
    "results/compare.py": "from workbench.classroom import room",
    "view/drawing/drawing.py": "import torch",
    "view/page/board.py": "from workbench.server import garbage",
    "server/health.py": "from workbench.cli import main",
    "stray.py": "",
}


@pytest.mark.parametrize("file", BAD)
def test_a_bad_import_is_noticed(tmp_path, file):
    shutil.copytree(ROOT / "workbench", tmp_path / "workbench")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert file == "stray.py" or (tmp_path / "workbench" / file).is_file()
    with (tmp_path / "workbench" / file).open("a") as module:
        module.write(f"\n{BAD[file]}\n")
    lint = subprocess.run([LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True)
    assert lint.returncode == 1
    assert "stray" in lint.stdout if file == "stray.py" else "BROKEN" in lint.stdout
