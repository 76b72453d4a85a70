"""What was measured is kept by the command and shown as it was kept, never typed in by hand."""

import json
import sys
from pathlib import Path

from click.testing import CliRunner

from workbench.cli.main import main
from workbench.core import study
from workbench.core.pictures import Table
from workbench.results import studies

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import tables  # noqa: E402


def test_a_saved_study_is_found_again_by_its_chapter(tmp_path, monkeypatch):
    found = Table("Title", ("method", "ACC %"), (("K-Means", 79.2), ("DEC", "80 +- 1")), "Caption.")

    def reproduce(data, seeds, budget, device):
        yield found

    monkeypatch.setattr(studies, "RESULTS", tmp_path)
    monkeypatch.setattr(studies.save, "__defaults__", (tmp_path,))
    monkeypatch.setattr(studies, "find", lambda name: study.Study(name, "?", reproduce))
    said = CliRunner().invoke(
        main, ["reproduce", "rad-oracle", "--seeds", "3", "--save", "--device", "cpu"]
    )
    assert said.exit_code == 0, said.output
    assert [path.name for path in tmp_path.iterdir()] == ["rad-oracle.json"]
    (kept,) = studies.measured("rad", tmp_path).values()
    assert kept.rows == [["K-Means", 79.2], ["DEC", "80 +- 1"]] and kept.device == "cpu"
    assert kept.command == "workbench reproduce rad-oracle --seeds 3"
    assert studies.measured("beta-vae", tmp_path) == {} and len(studies.measured("", tmp_path)) == 1


def test_the_readme_shows_the_tables_as_they_were_kept():
    text = (ROOT / "README.md").read_text()
    assert tables.filled(text) == text, "python benchmarks/tables.py writes them anew"
    assert len(tables.PLACE.findall(text)) >= 1


def test_every_kept_table_names_an_existing_study():
    for path in studies.RESULTS.glob("*.json"):
        words = json.loads(path.read_text())["command"].split()
        assert words[2] in studies.NAMES and path.stem.startswith(words[2])
