"""Image sets that are always there: what they hold, and that they never change."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_files import LABELS, PIXELS

from workbench import data
from workbench.data.images import sprites
from workbench.data.imageset import split

# -- the split -------------------------------------------------------------------------------


@given(
    labels=st.lists(st.integers(0, 5), min_size=10, max_size=300),
    share=st.sampled_from([0.1, 0.15, 0.2, 0.5]),
)
@settings(max_examples=100, deadline=None)
def test_split_is_a_stratified_partition(labels, share):
    labels = np.array(labels)
    train, test = split(len(labels), share, labels)
    assert sorted([*train, *test]) == list(range(len(labels)))
    assert len(test) == int(np.floor(len(labels) * share))
    for label in np.unique(labels):
        expected = share * (labels == label).sum()
        assert abs((labels[test] == label).sum() - expected) <= 1


def test_split_is_repeatable_and_mixed():
    halves = np.arange(1000) // 500
    first, second = split(1000, 0.2, halves), split(1000, 0.2, halves)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert all(abs(np.corrcoef(rows, np.arange(len(rows)))[0, 1]) < 0.2 for rows in first)
    assert len(np.unique(np.diff(np.sort(first[1])))) > 5  # drawn, not every fifth row


# -- embedded sets ---------------------------------------------------------------------------


def test_digits_are_scikit_learns():
    from sklearn.datasets import load_digits

    digits = data.load("digits")
    assert (digits.height, digits.width, digits.pixels) == (8, 8, 64)
    assert (len(digits.x_train), len(digits.x_test)) == (1438, 359)
    both = np.concatenate([digits.x_train, digits.x_test]).reshape(-1, 64)
    labels = np.concatenate([digits.y_train, digits.y_test])
    raw, y = load_digits(return_X_y=True)
    ours = {(*row, label) for row, label in zip((both * 16).tolist(), labels, strict=True)}
    assert ours == {(*row, label) for row, label in zip(raw.tolist(), y, strict=True)}
    share = np.bincount(digits.y_test) / np.bincount(labels)
    assert np.all(abs(share - 0.2) < 0.01)


@pytest.mark.parametrize("name", ["digits", "sprites"])
def test_embedded_sets_keep_their_promises(name, root):
    images = data.load(name)
    assert data.load(name) is images
    assert images.name == name and images.source
    for x, y in [(images.x_train, images.y_train), (images.x_test, images.y_test)]:
        assert x.dtype == np.float32 and y.dtype == np.int64 and len(x) == len(y)
        assert x.min() == 0 and x.max() == 1
        assert set(y) == set(range(len(images.classes)))
    for array in images.arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    train = {x.tobytes() for x in images.x_train}
    assert not train & {x.tobytes() for x in images.x_test}
    again = data.check(name)
    assert data.fingerprint(name) == again.fingerprint
    assert re.fullmatch("[0-9a-f]{12}", again.fingerprint)
    assert not list(root.iterdir())


def test_fingerprint_sees_values_labels_and_shape(tmp_path):
    other = PIXELS.copy()
    other[3, 3, 3] ^= 1
    variants = [{"x": PIXELS}, {"x": other}, {"x": PIXELS.reshape(40, 4, 16)}]
    variants += [{"x": PIXELS, "y": LABELS * 0}, {"x": PIXELS, "y": LABELS}]
    for i, arrays in enumerate(variants):
        np.savez(tmp_path / f"{i}.npz", **arrays)
    assert len({data.fingerprint(tmp_path / f"{i}.npz") for i in range(5)}) == 5


def test_import_stays_light():
    heavy = "{'torchvision', 'sklearn', 'pandas', 'PIL'}"  # seconds, when they are not needed
    code = f"import sys, workbench.data; print({heavy} & set(sys.modules))"
    here = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


# -- sprites ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn():
    return sprites.draw_sprites()


def test_sprites_are_unique_grey_and_inside(drawn):
    images, factors, sizes = drawn
    assert sizes == (3, 4, 5, 10, 10) and len(images) == len(factors) == 6000
    assert len({image.tobytes() for image in images}) == len(images)
    assert images.dtype == np.float32 and images.min() == 0 and images.max() == 1
    assert np.all(images * 64 == np.round(images * 64))  # 8 x 8 samples a pixel,
    assert not np.all(images * 16 == np.round(images * 16))  # and not 4 x 4
    assert np.mean((images > 0) & (images < 1)) / np.mean(images > 0) > 0.05  # smooth edges
    for edge in (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]):
        assert edge.max() == 0


def test_sprite_factors_run_as_in_dsprites(drawn):
    images, factors, sizes = drawn
    bases = np.prod(sizes) // np.cumprod(sizes)
    assert np.array_equal(factors @ bases, np.arange(len(images)))
    assert sprites.FACTORS == ("shape", "scale", "orientation", "x", "y")


def test_sprite_factors_mean_what_they_say(drawn):
    images, factors, sizes = drawn
    mass = images.sum((1, 2))
    middles = np.arange(32) + 0.5
    x = (images.sum(1) @ middles / mass).reshape(sizes)  # centre of mass
    y = (images.sum(2) @ middles / mass).reshape(sizes)
    assert np.all(np.diff(x, axis=3) > 1.5) and np.all(abs(np.diff(x, axis=4)) < 0.01)
    assert np.all(np.diff(y, axis=4) > 1.5) and np.all(abs(np.diff(y, axis=3)) < 0.01)
    assert np.all(np.diff(mass.reshape(sizes), axis=1) > 5)  # scale
    turned = mass.reshape(sizes).std(axis=2) / mass.reshape(sizes).mean(axis=2)
    assert turned.max() < 0.02  # turning keeps the area


def test_sprite_areas_are_exact(drawn):
    images, factors, sizes = drawn
    areas = images.sum((1, 2)).reshape(sizes)[:, -1].mean((1, 2, 3))  # largest scale
    unit = np.array([2, np.pi / 2, 3.6614 / 1.25**2])  # square, ellipse, heart; radius 1
    assert areas == pytest.approx(unit * 6.4**2, rel=0.01)


def test_sprite_orientation_can_be_told_for_every_shape(drawn):
    images, _, sizes = drawn
    images = images.reshape(*sizes, -1)
    for i in range(sizes[2]):
        for j in range(i):
            apart = abs(images[:, :, i] - images[:, :, j]).sum(-1)
            assert apart.min() > 2  # pixels; 0 would be the defect of dSprites


def test_sprite_angles_turn_the_ellipse(drawn):
    images, factors, _ = drawn
    upright = (factors[:, 0] == 1) & (factors[:, 1] == 3) & (factors[:, 3] == factors[:, 4])
    grid = np.arange(32) + 0.5
    for k in range(5):
        p = images[upright & (factors[:, 2] == k)][4]
        p = p / p.sum()
        u, v = grid - (p.sum(0) @ grid), grid - (p.sum(1) @ grid)
        angle = 0.5 * np.arctan2(2 * v @ p @ u, p.sum(0) @ u**2 - p.sum(1) @ v**2)
        assert np.degrees(angle) == pytest.approx(18 * k, abs=2)


@pytest.mark.parametrize("sizes", [(32, 3, 4, 7, 5), (16, 2, 3, 4, 4), (64, 1, 1, 1, 2)])
def test_sprites_of_other_sizes(sizes):
    images, factors, _ = sprites.draw_sprites(*sizes)
    assert images.shape == (3 * np.prod(sizes[1:]), sizes[0], sizes[0])
    assert len({image.tobytes() for image in images}) == len(images)


def test_sprites_refuse_positions_that_coincide():
    with pytest.raises(ValueError, match="do not fit"):
        sprites.draw_sprites(xs=1000)


def test_sprites_set_carries_its_factors(drawn):
    images = data.load("sprites")
    assert (len(images.x_train), len(images.x_test)) == (5100, 900)
    assert images.factor_names == sprites.FACTORS and images.factor_sizes == drawn[2]
    assert np.array_equal(images.y_test, images.factors_test[:, 0])
    row = np.ravel_multi_index(tuple(images.factors_test.T), images.factor_sizes)
    assert np.array_equal(images.x_test, drawn[0][row])
    assert "in the manner of dSprites (Matthey et al. 2017), our own" in images.source
