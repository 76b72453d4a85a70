"""What the texts on RAD, CEAL and generated pictures say of tables is what the tables say."""

import json
import re
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


def gains(classifier: str, stream: str = "") -> list[float]:
    """RAD above No-Sel in points, for every line with this classifier, of this stream if given."""
    own = table("rad")
    lines = zip(own["stream"], own["C"], own["RAD"], own["No-Sel"], strict=True)
    return [float(r) - float(n) for s, c, r, n in lines if c == classifier and stream in ("", s)]


def rad_says() -> str:
    return " ".join((TEXTS / "rad.md").read_text(encoding="utf-8").split())


def test_rad_wins_what_its_text_says():
    own = gains("decision tree")
    assert f"RAD itself wins {min(own):.0f} to {max(own):.0f} points" in rad_says()
    best = [
        float(cell.split()[1])
        for c, cell in zip(*(table("rad")[n] for n in ("C", "best gain")), strict=True)
        if c == "decision tree"
    ]
    assert f"chosen on the test data, {min(best):.0f} to {max(best):.0f}" in rad_says()


def test_rad_wins_on_measured_packets_what_its_text_says():
    own = table("rad")
    for stream, words in (
        ("n-baiot", "{1:.0f} % on a slice of N-BaIoT, "),
        ("nsl-kdd", "{0:.0f} to {1:.0f} % on NSL-KDD, "),
    ):
        ends = [
            float(end)
            for name, c, end in zip(own["stream"], own["C"], own["RAD"], strict=True)
            if (name, c) == (stream, "decision tree")
        ]
        more = gains("decision tree", stream)
        sentence = words.format(*sorted(ends)) + f"{min(more):.0f} to {max(more):.0f}"
        assert sentence in rad_says()


def test_a_network_that_trains_longer_memorises_more_and_rad_wins_more():
    own = table("rad")
    memorised = {
        (stream, c): int(share.rstrip("%"))
        for stream, c, share in zip(own["stream"], own["C"], own["memorised"], strict=True)
    }
    for stream in set(own["stream"]):
        assert memorised[stream, "long MLP"] > memorised[stream, "MLP"]
        assert gains("long MLP", stream) > gains("MLP", stream)


def test_what_rad_costs_is_the_classifiers_and_late_answers_are_worth_less():
    own = table("rad-cost")
    costs = np.array(
        [list(map(float, own[f"ms a batch, {c}"])) for c in ("decision tree", "MLP", "long MLP")]
    )
    assert costs[2].min() > 2 * costs[:2].max()  # another classifier costs more than any rule
    heads = [head for head in own if "late" in head or "at once" in head]
    for variant, *cells in zip(own["variant"], *(own[head] for head in heads), strict=True):
        if all(cells):
            means = [float(cell.split()[0]) for cell in cells]
            assert means[0] > means[-1] and variant in ("RAD Active Learning", "RAD Slim")


def test_most_labels_are_asked_well_and_tcal_leads_with_few():
    needed = dict(
        zip(*(table("ceal")[n] for n in ("strategy", "labels for 95% of AL_ALL")), strict=True)
    )
    assert float(needed["AL_MS"]) < 0.6 * float(needed["AL_RAND"])
    for name in ("ceal", "ceal-faces"):
        few = budget(name, "at 5 %")
        asked = {strategy: value[0] for strategy, value in few.items() if strategy != "AL_ALL"}
        assert max(asked, key=asked.get) in ("TCAL", "SOFT_MS") and asked["TCAL"] > asked["AL_MS"]


@pytest.mark.parametrize("name", ["ceal", "ceal-mnist", "ceal-faces", "ceal-people"])
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


def test_on_identities_pseudo_labels_add_a_point_and_tcal_saves_most():
    means = {name: v.mean() for name, v in budget("ceal-people", *EARLY).items()}
    gains = [means[f"CEAL_{asks}"] - means[f"AL_{asks}"] for asks in ("MS", "LC", "EN", "RAND")]
    assert min(gains) > 0.5 and 0.9 < np.mean(gains) < 1.2
    needed = dict(
        zip(
            *(table("ceal-people")[n] for n in ("strategy", "labels for 95% of AL_ALL")),
            strict=True,
        )
    )
    assert min(needed, key=lambda name: float(needed[name])) == "TCAL"
    assert budget("ceal-people", "at 20 %")["AL_MS"][0] > 99


def test_adapting_features_are_best_and_a_pretext_task_helps_frozen_ones_most():
    own = table("ceal-features")
    keys = list(zip(own["features begin from"], own["lower layers"], strict=True))
    for name in ("AL_RAND", "AL_MS", "CEAL_MS"):
        ends = dict(zip(keys, map(float, own[name]), strict=True))
        for start in ("nothing", "turned pictures"):
            others = (ends[start, "frozen"], ends[start, "a tenth of the rate"])
            assert ends[start, "adapting"] > max(others)
        more = {
            pace: ends["turned pictures", pace] - ends["nothing", pace]
            for pace in ("frozen", "a tenth of the rate", "adapting")
        }
        assert max(more, key=more.get) == "frozen" and more["adapting"] < -2
    assert all(float(cell.split()[0]) > 0 for cell in own["AL_MS - AL_RAND"])
    assert all(float(cell.split()[0]) < 0.5 for cell in own["CEAL_MS - AL_MS"])


def test_large_tiles_teach_and_rotation_teaches_as_much():
    text = " ".join((TEXTS / "selfsup.md").read_text(encoding="utf-8").split())
    own = table("selfsup-jigsaw")
    gains = {"jigsaw": [], "rotation": []}
    for task, gain, verdict in zip(
        own["task"], own["gain over random"], own["verdict"], strict=True
    ):
        gains[task].append(round(100 * float(gain.split()[0])))
        assert verdict == "better than random"
    assert set(gains["jigsaw"]) == {8} and "beats random weights by 8 points in every seed" in text
    assert f"does so by {min(gains['rotation'])} to {max(gains['rotation'])}." in text


@pytest.mark.parametrize("name", ["bootstrap", "bootstrap-fashion"])
def test_at_46_per_cent_hard_is_ahead_of_reconstruction_and_both_of_cross_entropy(name):
    own = table(name)
    ends = {
        (noise, loss): float(end)
        for noise, loss, end in zip(
            own["noise"],
            own["loss"],
            next(own[head] for head in own if "ours" in head),
            strict=True,
        )
    }
    assert ends["0.46", "hard"] > ends["0.46", "recon"] > ends["0.46", "cross-entropy"] + 0.03
    assert ends["0.40", "cross-entropy"] > ends["0.46", "cross-entropy"] + 0.05


def test_generated_pictures_are_worth_what_the_text_says():
    own = table("generated")
    text = " ".join((TEXTS / "codes.md").read_text(encoding="utf-8").split())

    def worth(line: str, column: str) -> str:
        row = next(i for i, name in enumerate(own["training data"]) if line in name)
        return re.search(r"\((.+)\)", own[f"{column} labelled"][row])[1]

    copies, vae, gan = "copies", "of VAEs", "of GANs"
    assert f"20 pictures with their copies do what {worth(copies, '20')} do" in text
    assert f"100 what {worth(copies, '100')} do" in text
    assert f"20 samples alone do what {worth(vae, '20')} pictures do" in text
    assert f"200 do what {worth(vae, '200')} do: what the VAE blurs" in text
    assert f"20 do what {worth(gan, '20')} do, 200 what {worth(gan, '200')} do" in text
