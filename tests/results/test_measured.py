"""What was measured is kept by the command and shown as it was kept, never typed in by hand."""

import json

from click.testing import CliRunner

from workbench.cli.main import main
from workbench.core import study
from workbench.core.pictures import Table
from workbench.results import studies


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


def test_every_kept_table_names_an_existing_study():
    for path in studies.RESULTS.glob("*.json"):
        words = json.loads(path.read_text())["command"].split()
        assert words[2] in studies.NAMES and path.stem.startswith(words[2])
