"""Features of a pre-trained ResNet-18: offered when its weights are there, never fetched."""

import hashlib
import importlib.util
import io
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from doubles import one_run

from workbench import data
from workbench.chapters.ceal import backbone, knobs
from workbench.chapters.ceal.frames import train
from workbench.chapters.ceal.pool import load_pool
from workbench.cli.main import main
from workbench.data import DataError, DataMissing, download, weights
from workbench.science.compute import one_thread
from workbench.science.tensors import resident

RNG = np.random.default_rng(0)
COLOURS = RNG.random((40, 8, 8, 3), dtype=np.float32)


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """An empty data folder and an empty cache of torch's."""
    for variable, folder in (("WORKBENCH_DATA", "data"), ("TORCH_HOME", "torch")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / folder))
    for cached in (load_pool, resident):
        cached.cache_clear()
    with one_thread():
        yield tmp_path / "data", tmp_path / "torch/hub/checkpoints"


def state(seed=0):
    """Weights of a ResNet-18 that take 100 kB: equal for all inputs of a unit."""
    from torchvision.models import resnet18

    generator = torch.Generator().manual_seed(seed)
    found = resnet18().state_dict()
    for name, value in found.items():
        if value.ndim > 1:
            few = torch.randn((len(value), *[1] * (value.ndim - 1)), generator=generator)
            found[name] = (few / value[0].numel()).expand(value.shape)
    return found


@pytest.fixture
def bring(monkeypatch):
    """Writes weights to a place, under a name that carries their checksum, and gives the path."""

    def write(folder, content=None):
        if content is None:
            torch.save(state(), file := io.BytesIO())
            content = file.getvalue()
        name = f"resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"
        monkeypatch.setattr(weights, "FILE", name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        return folder / name

    return write


def pictures(folder, x=COLOURS):
    """A set of one's own; its classes are told by brightness."""
    np.savez(folder / "mine.npz", x=x, y=np.arange(len(x)) % 2)
    return data.load("mine")


# --- where the weights are


def test_without_weights_a_sentence_tells_how_to_bring_them(places):
    assert knobs.networks() == ["MLP", "CNN"]
    pictures(places[0])
    with pytest.raises(DataMissing, match="are not here: run `workbench data get resnet18`"):
        load_pool("mine", "cpu", True)
    said = CliRunner().invoke(main, ["data", "list"]).output
    assert re.search(r"^resnet18 +absent +workbench data get resnet18$", said, re.MULTILINE)
    assert list(places[0].iterdir()) == [places[0] / "mine.npz"] and not places[1].exists()


@pytest.mark.parametrize("place", [0, 1])
def test_weights_are_found_in_data_folder_and_torchs_cache(place, places, bring):
    path = bring(places[place])
    assert weights.find(places[0]) == path
    assert knobs.networks() == ["MLP", "CNN", "ResNet-18 features"]
    said = CliRunner().invoke(main, ["data", "check", "resnet18"])
    assert said.exit_code == 0 and path.stem.rpartition("-")[2] in said.output
    assert "on disk" in CliRunner().invoke(main, ["data", "list"]).output.splitlines()[-2]


def test_file_cache_and_mirror_are_torchvisions(places):
    assert weights.places(places[0])[1].parent == Path(torch.hub.get_dir(), "checkpoints")
    (package,) = importlib.util.find_spec("torchvision").submodule_search_locations
    assert f'"{weights.MIRROR}{weights.FILE}"' in Path(package, "models/resnet.py").read_text()


def import_settings():
    """The Settings as a process imports them that starts now: then is decided what is offered."""
    spec = importlib.util.spec_from_file_location("knobs_again", knobs.__file__)
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module.Settings


def test_the_knob_says_how_to_get_it_or_offers_it(places, bring):
    """Page and command line make their help of the knob's words."""
    knob = import_settings().knobs()["network"]
    assert knob.choices == ("MLP", "CNN")
    assert "a pre-trained ResNet-18 run `workbench data get resnet18` once" in knob.doc
    bring(places[1])
    knob = import_settings().knobs()["network"]
    assert knob.choices == ("MLP", "CNN", "ResNet-18 features")
    assert "on what a frozen network sees" in knob.doc and "workbench data get" not in knob.doc


# --- what is not whole is refused


@pytest.mark.parametrize(
    "harm", [lambda b: b[:-1], lambda b: b[:99] + b"!" + b[100:], lambda b: b""]
)
def test_weights_that_are_cut_or_altered_are_refused(harm, places, bring):
    path = bring(places[0])
    path.write_bytes(harm(path.read_bytes()))
    for use in (backbone.load, lambda: data.weights.check(data.data_folder())):
        with pytest.raises(DataError, match="cut or altered"):
            use()


class Harm:
    def __reduce__(self):
        return print, ("executed",)


@pytest.mark.parametrize(
    "what", [{"fc.weight": Harm()}, {"fc.weight": torch.ones(2)}, [1, 2], None]
)
def test_a_file_of_something_else_is_refused_and_not_executed(what, places, bring, capsys):
    torch.save(what, file := io.BytesIO())
    bring(places[0], file.getvalue() if what else b"no weights")
    with pytest.raises(DataError, match="does not hold ResNet-18's weights"):
        backbone.load()
    assert "executed" not in capsys.readouterr().out


# --- downloading, when asked


def test_get_asks_for_the_file_with_its_checksum(places, monkeypatch):
    asked = []
    monkeypatch.setattr(download, "bring", lambda *asks: asked.append(asks))
    data.get("resnet18")
    address = "https://download.pytorch.org/models/resnet18-f37072fd.pth"
    path = places[0] / "resnet18-f37072fd.pth"
    assert asked == [([address], path, "sha256", "f37072fd", "the data folder")]


def test_get_of_what_is_whole_stays_off_the_network(places, bring, monkeypatch):
    monkeypatch.setattr(download, "bring", None)
    bring(places[1])
    data.get("resnet18")


# --- features


@pytest.mark.parametrize("grey", [False, True])
def test_features_are_torchvisions_before_its_last_layer(grey, places, bring):
    from torchvision.models import ResNet18_Weights, resnet18

    bring(places[0])
    images = pictures(places[0], COLOURS[..., 0] if grey else COLOURS)
    train, test = backbone.features(images)
    assert train.shape == (32, 512) and test.shape == (8, 512)
    net = resnet18()
    net.load_state_dict(state())
    seen = {}
    net.avgpool.register_forward_hook(lambda _, __, out: seen.update(pooled=out.flatten(1)))
    x = torch.tensor(np.concatenate([images.x_train, images.x_test]))
    x = x[:, None].repeat(1, 3, 1, 1) if grey else x.permute(0, 3, 1, 2)
    preset = ResNet18_Weights.IMAGENET1K_V1.transforms()
    mean, std = (torch.tensor(values)[:, None, None] for values in (preset.mean, preset.std))
    large = torch.nn.functional.interpolate(x, size=(64, 64), mode="bilinear")
    with torch.no_grad():
        net.eval()((large - mean) / std)
    pooled = seen["pooled"]
    alive = pooled[:32].std(0) > 1e-3
    pooled = (pooled - pooled[:32].mean(0)) / pooled[:32].std(0)
    both = torch.cat([train, test])
    assert torch.allclose(both[:, alive], pooled[:, alive], atol=1e-2) and alive.sum() > 99
    assert both.isfinite().all()


def test_a_large_set_is_refused_in_a_sentence(places, bring, monkeypatch):
    bring(places[0])
    pictures(places[0])
    monkeypatch.setattr(backbone, "MOST_PICTURES", 39)
    with pytest.raises(DataError, match="mine has 40 pictures.*choose data of at most 39"):
        load_pool("mine", "cpu", True)


def test_a_run_learns_on_the_features_and_shows_the_pictures(places, bring):
    bring(places[0])
    light = (0.2 * COLOURS + 0.7 * (np.arange(40) % 2)[:, None, None, None]).astype(np.float32)
    pictures(places[0], light)
    run = import_settings()(network=knobs.RESNET, data="mine", k=5, initial=10, seeds=1)
    assert run.matters("width")
    frames = list(one_run(train, run))
    assert frames[-1].scalars["accuracy"] == 1
    pool = load_pool("mine", "cpu", True)
    assert pool.x.shape == (32, 512) and pool.plane.shape == (32, 2)
    tile = frames[0].pictures["questions"].tiles[0, 0]
    assert tile.shape == (8, 8)
    assert ((255 * pool.data.train - torch.tensor(tile.ravel())).abs() < 0.51).all(1).any()
