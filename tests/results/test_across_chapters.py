"""Studies across chapters: codes see neither labels nor test pictures; generated pictures are what
they are called; and what they are worth is read off the curve of real ones."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from poison import poisoned

from workbench.chapters import find
from workbench.core.pictures import Table
from workbench.data import DataError
from workbench.results import codes_study, generated_study, studies
from workbench.results.generated_study import CURVE, Pairs

CHAPTERS = ("autoencoder", "beta-vae", "clustering", "selfsup")


@pytest.fixture
def quick(monkeypatch):
    """Every code is learnt in as few steps as its chapter allows."""
    torch.set_num_threads(1)
    for name in CHAPTERS:
        steps = find(name).Settings.param["steps"]
        monkeypatch.setattr(steps, "default", int(find(name).Settings.knobs()["steps"].low))
    monkeypatch.setattr(codes_study, "DRAWS", 1)


def learnt() -> dict[str, tuple]:
    """Every code of the digits by its name, of training and of test pictures."""
    pictures = codes_study.first_pictures("digits", "cpu")
    codes = codes_study.learn_codes(pictures, "digits", 0, "cpu")
    return {name: parts for name, *parts in codes}


def test_no_code_sees_a_label_or_a_test_picture(quick):
    clean = learnt()
    assert len(clean) == 17 and len({len(train) for train, _ in clean.values()}) == 1
    with poisoned("labels"), poisoned("test"):
        for name, (train, test) in learnt().items():
            assert np.array_equal(train, clean[name][0]), name
            assert not np.array_equal(test, clean[name][1]), name


def test_codes_stand_in_one_table_with_what_they_gain_over_pixels():
    first, second = [0.5] * len(codes_study.COUNTS), [0.4] * len(codes_study.COUNTS)
    table = codes_study.table("digits", {"pixels": [second, first], "PCA": [first, first]})
    assert isinstance(table, Table)
    assert table.rows[1][:3] == ("PCA", 2, "50.0 +- 0.0")
    assert table.rows[1][-1] == "+5.0 +- 5.0 (1 of 2)"


@pytest.mark.parametrize("study", [codes_study, generated_study])
def test_pictures_without_labels_are_refused(study, tmp_path):
    np.savez(tmp_path / "bare.npz", x=np.random.default_rng(0).random((60, 4, 4), np.float32))
    with pytest.raises(DataError, match="no labels"):
        next(study.reproduce(str(tmp_path / "bare.npz"), 1, None, "cpu"))


@pytest.mark.parametrize("name", ["codes", "generated"])
def test_they_are_found_by_name_and_kept_beside_the_results(name):
    assert studies.find(name).name == name and studies.find(name).seeds >= 5
    folder = studies.CHAPTERS.parent / "results" / "measured"
    assert studies.folder_of(name) == studies.folder_of(f"{name}-mnist") == folder


def black_and_white() -> tuple[Pairs, SimpleNamespace]:
    """Forty pictures of 4 x 4: black ones of class 0, white ones of class 1."""
    y = torch.arange(40) % 2
    x = y[:, None] * torch.ones(16) * 0.9 + 0.05
    images = SimpleNamespace(classes=("black", "white"), y_train=y.numpy(), y_test=y.numpy())
    return Pairs(x, y), SimpleNamespace(pixels=16, shape=(4, 4), images=images, train=x, test=x)


def test_what_is_made_of_a_class_has_its_label(monkeypatch):
    monkeypatch.setitem(generated_study.GAN, "steps", 200)
    few, pictures = black_and_white()
    made = {
        "copies": generated_study.augment(few, pictures, 0),
        "samples": generated_study.sample_vaes(few, pictures, 0),
        "forgeries": generated_study.sample_gans(few, 0),
    }
    for name, (x, y) in made.items():
        assert len(x) == len(y) == generated_study.EXTRA, name
        brightness = x.mean(1)
        assert brightness[y == 0].max() < 0.4 < 0.6 < brightness[y == 1].min(), name


def test_samples_of_vade_have_the_label_that_most_pictures_of_their_cluster_have():
    """Two clusters at -3 and 3, one at 50 where no labelled picture lies."""
    mu = torch.tensor([[[-3.0], [3.0], [50.0]]])
    prior = SimpleNamespace(mu=mu, logvar=torch.full((1, 3, 1), -4.0))
    terms = (torch.full((1, 3), 1 / 3).log(), prior.mu, prior.logvar)

    class Terms(tuple):
        mu, logvar = prior.mu, prior.logvar

    coder = SimpleNamespace(codes=lambda run, x: (x[:, :1], None), decode=lambda run, z: z)
    vade = SimpleNamespace(coder=coder, prior=SimpleNamespace(terms=lambda: Terms(terms)))
    few = Pairs(torch.tensor([[-3.0], [-2.9], [-3.1], [3.0]]), torch.tensor([7, 7, 1, 2]))
    x, y = generated_study.sample_vade(vade, few, 0)
    assert set(y.tolist()) == {7, 2} and x.max() < torch.tensor(5.0).sigmoid()
    assert ((x[:, 0] > 0.5) == (y == 2)).all()


def test_a_classifier_learns_from_both_halves_of_a_batch():
    few, pictures = black_and_white()
    assert generated_study.classify(few, None, pictures, 0) == 1
    upside_down = Pairs(few.x, 1 - few.y)
    assert generated_study.classify(few, upside_down, pictures, 0) < 1


def test_worth_is_read_off_the_curve_of_real_pictures():
    curve = np.linspace(0.3, 0.9, len(CURVE))
    assert generated_study.worth(curve[3], curve) == str(CURVE[3])
    between = int(generated_study.worth(curve[1:3].mean(), curve))
    assert between == round(np.sqrt(CURVE[1] * CURVE[2]))
    assert generated_study.worth(0.2, curve) == f"under {CURVE[0]}"
    assert generated_study.worth(0.95, curve) == f"over {CURVE[-1]}"
