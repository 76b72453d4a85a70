"""Lab against the CIE's formulas one colour at a time, and colour as a choice between bins."""

import numpy as np
import pytest
import torch

from workbench.chapters.selfsup import cielab as colour


def slow_lab(rgb):
    """CIE 15 and IEC 61966-2-1, one number after the other."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    r, g, b = linear
    x = 0.4124 * r + 0.3576 * g + 0.1805 * b
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = 0.0193 * r + 0.1192 * g + 0.9505 * b

    def f(t):
        return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    fx, fy, fz = f(x / 0.9505), f(y / 1.0), f(z / 1.089)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def test_lab_is_the_cies():
    rgb = np.random.default_rng(0).random((200, 3)) ** 3  # dark ones too
    assert (rgb < 0.04).sum() > 50
    assert colour.to_lab(rgb) == pytest.approx(np.array([slow_lab(c) for c in rgb]), abs=1e-6)


@pytest.mark.parametrize(
    "rgb, lab",
    [
        ((1, 1, 1), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((0.5, 0.5, 0.5), (53.39, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 1, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
    ],
)
def test_lab_of_known_colours(rgb, lab):
    """As printed in every table of the sRGB primaries."""
    assert colour.to_lab(np.array(rgb, float)) == pytest.approx(np.array(lab), abs=0.03)


def test_lab_and_back():
    rgb = np.random.default_rng(1).random((4, 5, 3))
    assert colour.to_rgb(colour.to_lab(rgb)) == pytest.approx(rgb, abs=1e-12)
    single = rgb.astype(np.float32)
    assert colour.to_lab(single).dtype == np.float32
    assert colour.to_rgb(colour.to_lab(single)) == pytest.approx(rgb, abs=1e-4)


def test_what_no_screen_can_show_is_clipped():
    rgb = colour.to_rgb(np.array([[50, 120, -120], [0, 90, 90], [100, -90, 0]]))
    assert (rgb >= 0).all() and (rgb <= 1).all()


@pytest.mark.parametrize("width", [10, 20, 40])
def test_every_colour_lies_within_half_a_bin_of_its_centre(width):
    centres = colour.bins(width)
    assert len(torch.unique(centres, dim=0)) == len(centres)
    assert torch.equal(centres / width, (centres / width).round())
    rgb = np.random.default_rng(2).random((2000, 3))
    ab = torch.from_numpy(colour.to_lab(rgb)[:, 1:]).float()
    near = centres[torch.cdist(ab, centres).argmin(1)]
    apart = (near - ab).abs().amax(1)
    assert (apart <= width / 2 + 1e-3).float().mean() > 0.995  # or a bin at the gamut's edge
    assert apart.max() < width


def test_bins_ten_wide_are_about_those_of_zhang():
    """They list 313; bins at the rim of what a screen shows depend on how it is sampled."""
    assert 230 < len(colour.bins(10)) <= 313


def test_soft_bins_are_gaussian_in_the_distance():
    centres = colour.bins(10)
    ab = torch.tensor([[3.0, 4.0], [-22.0, 13.0]])
    which, weight = colour.soft_bins(ab, centres, 5.0)
    assert weight.sum(-1).tolist() == pytest.approx([1, 1])
    for row in range(2):
        distance = (centres - ab[row]).norm(dim=1)
        assert set(which[row].tolist()) == set(distance.argsort()[:5].tolist())
        assert which[row, 0] == distance.argmin()
        expected = torch.exp(-(distance[which[row]] ** 2) / (2 * 25))
        assert weight[row] == pytest.approx((expected / expected.sum()).numpy(), rel=1e-4)


def test_soft_bins_of_a_centre_say_that_colour_back():
    centres = colour.bins(10)
    inside = centres[(centres.abs() <= 20).all(1)]
    which, weight = colour.soft_bins(inside, centres, 5.0)
    back = (weight[..., None] * centres[which]).sum(1)
    assert back == pytest.approx(inside.numpy(), abs=1e-3)


def test_rebalancing_weighs_by_equation_4():
    share = torch.tensor([0.7, 0.2, 0.1, 0.0])
    weights = colour.rebalance(share)
    assert (share * weights).sum().item() == pytest.approx(1)
    expected = 1 / (0.5 * share + 0.5 / 4)
    assert (weights / weights[0]).tolist() == pytest.approx((expected / expected[0]).tolist())
    assert colour.rebalance(share, 1.0).tolist() == pytest.approx([1] * 4)
    assert torch.all(weights.diff() > 0)


def test_the_annealed_mean_goes_from_the_mean_to_the_likeliest():
    centres = torch.tensor([[-40.0, 0.0], [40.0, 0.0], [0.0, 40.0]])
    logits = torch.tensor([0.5, 0.4, 0.1]).log()
    assert colour.annealed_mean(logits, centres, 1.0).tolist() == pytest.approx([-4, 4], abs=1e-4)
    assert colour.annealed_mean(logits, centres, 0.01).tolist() == pytest.approx([-40, 0], abs=1e-3)
    half = torch.tensor([0.5, 0.4, 0.1]) ** (1 / 0.38)
    expected = (half / half.sum()) @ centres
    mean = colour.annealed_mean(logits, centres, 0.38)
    assert mean.tolist() == pytest.approx(expected.tolist(), abs=1e-3)
