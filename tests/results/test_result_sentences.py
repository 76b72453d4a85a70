"""What the texts on RAD and CEAL say of their studies' tables is what the tables say."""

import json
from pathlib import Path

import numpy as np
import pytest

from workbench.results import studies

TEXTS = Path(__file__).parents[2] / "docs" / "results" / "text"
EARLY = ("at 5 %", "at 10 %", "at 20 %", "at 40 %")


def table(name: str) -> dict[str, list[str]]:
    """The columns of a study's kept table, by their heads."""
    folder = studies.folder_of(name.split("-")[0])
    kept = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return dict(zip(kept["columns"], zip(*kept["rows"], strict=True), strict=True))


def budget(name: str, *columns: str) -> dict[str, np.ndarray]:
    """Means of these columns of a table of CEAL, by strategy."""
    own = table(name)
    cells = zip(*(own[column] for column in columns), strict=True)
    means = ([float(cell.split()[0]) for cell in row] for row in cells)
    return dict(zip(own["strategy"], map(np.array, means), strict=True))


def gains(classifier: str, name: str = "rad") -> list[float]:
    """RAD above No-Sel in points, for every line with this classifier."""
    own = table(name)
    lines = zip(own["C"], own["RAD"], own["No-Sel"], strict=True)
    return [float(r) - float(n) for c, r, n in lines if c == classifier]


def test_rad_wins_what_its_text_says():
    text = " ".join((TEXTS / "rad.md").read_text(encoding="utf-8").split())
    own = gains("decision tree")
    assert f"RAD itself wins {min(own):.0f} to {max(own):.0f} points" in text
    best = [
        float(cell.split()[1])
        for c, cell in zip(*(table("rad")[n] for n in ("C", "best gain")), strict=True)
        if c == "decision tree"
    ]
    assert f"chosen on the test data, {min(best):.0f} to {max(best):.0f}" in text


def test_rad_wins_on_measured_packets_what_its_text_says():
    text = " ".join((TEXTS / "rad.md").read_text(encoding="utf-8").split())
    own = gains("decision tree", "rad-n-baiot")
    assert f"ends at 98 %, {min(own):.0f} to {max(own):.0f} points above No-Sel" in text
    accuracies = table("rad-n-baiot")["RAD"][:2]
    assert all(round(float(cell)) == 98 for cell in accuracies)


def test_most_labels_are_asked_well_and_tcal_leads_with_few():
    needed = dict(
        zip(*(table("ceal")[n] for n in ("strategy", "labels for 95% of AL_ALL")), strict=True)
    )
    assert float(needed["AL_MS"]) < 0.6 * float(needed["AL_RAND"])
    for name in ("ceal", "ceal-faces"):
        few = budget(name, "at 5 %")
        asked = {strategy: value[0] for strategy, value in few.items() if strategy != "AL_ALL"}
        assert max(asked, key=asked.get) in ("TCAL", "SOFT_MS") and asked["TCAL"] > asked["AL_MS"]


@pytest.mark.parametrize("name", ["ceal", "ceal-mnist", "ceal-faces"])
def test_fusion_does_not_win(name):
    means = {strategy: values.mean() for strategy, values in budget(name, *EARLY).items()}
    assert means["CEAL_FUSION"] < max(means[f"CEAL_{x}"] for x in ("LC", "MS", "EN")) + 0.5


def test_on_mnist_pseudo_labels_cost_accuracy_and_on_digits_hardly_move_it():
    mnist = budget("ceal-mnist", *EARLY[:3])
    for asks in ("MS", "LC", "EN", "RAND"):
        assert (mnist[f"CEAL_{asks}"] < mnist[f"AL_{asks}"]).all()
    digits = {strategy: values.mean() for strategy, values in budget("ceal", *EARLY).items()}
    assert abs(digits["CEAL_MS"] - digits["AL_MS"]) < 1


def test_on_faces_a_network_is_sure_and_wrong_until_much_is_labelled():
    own = table("ceal-faces")
    wrong = dict(zip(own["strategy"], own["pseudo-labels wrong"], strict=True))
    for asks in ("MS", "LC", "EN", "FUSION"):
        assert 25 < float(wrong[f"CEAL_{asks}"].split()[0]) < 37
    curve = budget("ceal-faces", "at 20 %", "at 40 %")
    assert curve["CEAL_MS"][0] < curve["AL_RAND"][0] and curve["CEAL_MS"][1] > curve["AL_RAND"][1]
