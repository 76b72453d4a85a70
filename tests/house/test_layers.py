"""The layers of pyproject's contracts: a bad import anywhere is noticed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

BAD = {
    "settings.py": "import workbench.chapters",
    "formulas.py": "from workbench import players",
    "frames.py": "import torch",
    "runs.py": "import panel",
    "metrics.py": "def late():\n    from bokeh import plotting",
    "chapters/beta_vae.py": "import workbench.chapters.autoencoder",
    "players.py": "from workbench import view",
    "view/draw.py": "import torch",
    "stray.py": "",
}


@pytest.mark.parametrize("file", BAD)
def test_a_bad_import_is_noticed(tmp_path, file):
    shutil.copytree(ROOT / "workbench", tmp_path / "workbench")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "workbench" / file).open("a") as module:
        module.write(f"\n{BAD[file]}\n")
    lint = subprocess.run([LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True)
    assert lint.returncode == 1
    assert "stray" in lint.stdout if file == "stray.py" else "BROKEN" in lint.stdout
