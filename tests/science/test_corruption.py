import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.science.corruption import DRAWS, NOISES, drop_block
from workbench.science.formulas import psnr, squared_error


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def images(*shape):
    """Grey everywhere, so that a pixel at 0 or 1 must have been damaged."""
    return 0.2 + 0.6 * torch.rand(shape, generator=seeded(99))


def within(share, expected, n):
    return abs(share - expected) <= 4 * math.sqrt(expected * (1 - expected) / n)


every_noise = pytest.mark.parametrize("name", NOISES)


@pytest.mark.parametrize("level", [0.05, 0.3, 0.7])
def test_masking_hits_its_share_of_pixels_and_no_other(level):
    x = images(500, 64)
    out = NOISES["masking"](x, level, seeded())
    hit = out == 0
    assert within(hit.float().mean().item(), level, x.numel())
    assert torch.equal(out[~hit], x[~hit])


@pytest.mark.parametrize("level", [0.05, 0.3, 0.7])
def test_salt_and_pepper_hits_its_share_and_balances_the_two(level):
    x = images(500, 64)
    out = NOISES["salt-and-pepper"](x, level, seeded())
    salt, pepper = out == 1, out == 0
    hit = salt | pepper
    assert within(hit.float().mean().item(), level, x.numel())
    assert within(salt[hit].float().mean().item(), 0.5, int(hit.sum()))
    assert torch.equal(out[~hit], x[~hit])


@pytest.mark.parametrize("level", [0.05, 0.3, 0.7])
def test_gaussian_level_is_the_standard_deviation_at_edges_too(level):
    x = (images(500, 64) > 0.5).float()
    noise = NOISES["gaussian"](x, level, seeded()) - x
    n = x.numel()
    assert abs(noise.mean().item()) < 4 * level / math.sqrt(n)
    assert noise.std().item() == pytest.approx(level, rel=4 / math.sqrt(2 * n))
    noisy = psnr(squared_error(x + noise, x).mean() / 64).item()
    assert noisy == pytest.approx(-20 * math.log10(level), abs=0.1)


@every_noise
def test_clean_images_stay_clean(name):
    x = images(20, 64)
    before = x.clone()
    out = NOISES[name](x, 0.5, seeded())
    out.zero_()
    drop_block(x, 3, 8, 8, seeded())[0].zero_()
    assert torch.equal(x, before)


@every_noise
def test_level_zero_changes_nothing(name):
    x = images(20, 64)
    assert torch.equal(NOISES[name](x, 0.0, seeded()), x)
    assert torch.equal(NOISES[name](x, torch.zeros(3, 1, 1), seeded()), x.expand(3, 20, 64))


@pytest.mark.parametrize("name", ["masking", "salt-and-pepper"])
def test_level_one_leaves_no_pixel(name):
    x = images(20, 64)
    out = NOISES[name](x, 1.0, seeded())
    assert ((out == 0) | (out == 1)).all()


@every_noise
def test_the_generator_decides_everything(name):
    x = images(20, 64)
    first, again, other = (NOISES[name](x, 0.4, seeded(s)) for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    generator = seeded(1)
    steps = [NOISES[name](x, 0.4, generator) for _ in range(2)]
    assert torch.equal(steps[0], first) and not torch.equal(steps[1], first)
    torch.manual_seed(5)
    from_global = NOISES[name](x, 0.4)
    assert torch.equal(from_global, NOISES[name](x, 0.4, seeded(5)))


@every_noise
def test_a_stack_of_levels_equals_each_level_alone(name):
    x, levels = images(20, 64), [0.0, 0.2, 0.9]
    stacked = NOISES[name](x, torch.tensor(levels)[:, None, None], seeded())
    for level, run in zip(levels, stacked, strict=True):
        torch.testing.assert_close(run, NOISES[name](x, level, seeded()))


@every_noise
def test_a_run_with_its_own_generator_ignores_its_neighbours(name):
    x, levels = images(3, 20, 64), torch.tensor([0.1, 0.2, 0.9])
    draws = torch.stack([DRAWS[name]((20, 64), generator=seeded(run)) for run in range(3)])
    stacked = NOISES[name](x, levels[:, None, None], draws=draws)
    for run in range(3):
        alone = NOISES[name](x[run], levels[run].item(), seeded(run))
        torch.testing.assert_close(stacked[run], alone)


@every_noise
def test_the_copy_keeps_its_kind(name):
    x = images(2, 5, 8).double()
    out = NOISES[name](x, 0.4, seeded())
    assert (out.dtype, out.shape) == (x.dtype, x.shape)


# --- the hole


@st.composite
def holes(draw):
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    return draw(st.integers(0, min(height, width))), height, width


@given(size=holes(), seed=st.integers(0, 10_000))
@settings(deadline=None, derandomize=True)
def test_the_hole_is_one_whole_square_inside_the_image(size, seed):
    side, height, width = size
    x = images(6, height * width)
    out, mask = drop_block(x, side, height, width, seeded(seed))
    assert (mask.sum(-1) == side * side).all()
    hole = mask.reshape(6, height, width).bool()
    assert (hole.any(2).sum(1) == side).all() and (hole.any(1).sum(1) == side).all()
    for rows in hole.any(2), hole.any(1):  # no gap: at most one step up and one down
        assert (rows.int().diff(dim=1).abs().sum(1) <= 2).all()
    assert torch.equal(out, torch.where(mask.bool(), 0.0, x))


def test_the_hole_visits_every_place_equally_often():
    x = images(20_000, 20)
    mask = drop_block(x, 2, 4, 5, seeded())[1].reshape(-1, 4, 5)
    corner = mask.flatten(1).argmax(1)
    counts = torch.bincount(corner, minlength=20).reshape(4, 5) / len(x)
    assert (counts[:3, :4] > 0).all() and counts[3].sum() == counts[:, 4].sum() == 0
    assert all(within(c, 1 / 12, len(x)) for c in counts[:3, :4].flatten().tolist())


def test_a_stack_of_sides_equals_each_side_alone():
    x, sides = images(7, 48), [0, 2, 6]
    out, mask = drop_block(x, torch.tensor(sides)[:, None, None], 6, 8, seeded())
    for run, side in enumerate(sides):
        alone = drop_block(x, side, 6, 8, seeded())
        assert torch.equal(out[run], alone[0]) and torch.equal(mask[run], alone[1])


def test_a_hole_can_be_placed_by_hand():
    draws = torch.tensor([[0.0, 0.999], [0.999, 0.0]])
    mask = drop_block(images(2, 12), 1, 3, 4, draws=draws)[1]
    assert mask.nonzero().tolist() == [[0, 3], [1, 8]]
