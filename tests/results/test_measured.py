"""What was measured is kept by the command and shown as it was kept, never typed in by hand."""

import json

from click.testing import CliRunner

from workbench.cli.main import main
from workbench.core import study
from workbench.core.pictures import Table
from workbench.results import studies


def test_a_saved_study_is_found_again_by_its_chapter(tmp_path, monkeypatch):
    table = Table("Title", ("method", "ACC %"), (("K-Means", 79.2), ("DEC", "80 +- 1")), "Caption.")

    def reproduce(data, seeds, budget, device):
        yield table

    (tmp_path / "rad").mkdir()
    monkeypatch.setattr(studies, "CHAPTERS", tmp_path)
    monkeypatch.setattr(studies, "find", lambda name: study.Study(name, "?", reproduce))
    result = CliRunner().invoke(
        main, ["reproduce", "rad-oracle", "--seeds", "3", "--save", "--device", "cpu"]
    )
    assert result.exit_code == 0, result.output
    assert [path.name for path in tmp_path.glob("rad/measured/*")] == ["rad-oracle.json"]
    (saved,) = studies.measured("rad").values()
    assert saved.rows == [["K-Means", 79.2], ["DEC", "80 +- 1"]] and saved.device == "cpu"
    assert saved.command == "workbench reproduce rad-oracle --seeds 3"
    assert studies.measured("beta-vae") == {} and len(studies.measured()) == 1
    folder = tmp_path / "rad" / "measured"
    assert studies.measured("rad", folder).keys() == studies.measured("rad").keys()


def test_every_kept_table_names_an_existing_study():
    paths = list(studies.CHAPTERS.glob("*/measured/*.json"))
    assert paths
    for path in paths:
        words = json.loads(path.read_text())["command"].split()
        assert words[2] in studies.NAMES and path.stem.startswith(words[2])
