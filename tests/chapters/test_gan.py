"""The game: gradients, remedies, shapes and pictures against independent references."""

from functools import partial
from itertools import islice

import numpy as np
import pytest
import torch

from workbench.chapters import find
from workbench.chapters.gan import (
    by_hand,
    draws,
    evaluation,
    frames,
    lesson,
    members,
    shapes,
    targets,
)
from workbench.chapters.gan.drawn import MOST_POINTS, read_points, suggest_points, write_points
from workbench.chapters.gan.knobs import DRAWN, LOSSES, SHAPES, Settings
from workbench.chapters.gan.rivals import LEAST_DISTANCE, make_rivals, nearest
from workbench.chapters.gan.spectral import Discriminator
from workbench.core.frames import Diverged
from workbench.core.settings import SettingsError
from workbench.data import DataError
from workbench.science import formulas, nets


def networks(run, width=3):
    """Two games with different remedies, and their optimisers' buffers."""
    stack = members.all_members([run.replace(seed=s, r1=g) for s, g in ((0, 0.3), (1, 1.0))])
    net = lesson.Networks(stack, run, width, "cpu")
    nets.Adam(net.discriminator.parameters(), 0.1)
    nets.Adam(net.generator.parameters(), 0.1)
    return net


def batch(net, width=3, rows=7):
    g = torch.Generator().manual_seed(3)
    count = len(net.members)
    return draws.Batch(
        torch.rand(count, rows, width, generator=g),
        torch.randn(count, rows, net.latent, generator=g),
        0.1 * torch.randn(count, rows, width, generator=g),
        torch.rand(count, rows, 1, generator=g),
    )


def gradients(part):
    return [p.grad.clone() for p in part.parameters()]


@pytest.mark.parametrize("kind", ["plane", "pictures"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradients_by_hand_are_those_of_autograd(loss, kind):
    """R1, the Wasserstein penalty and W / sigma are differentiated twice here."""
    net = networks(Settings(kind=kind, loss=loss, repeats=1, penalty=3.0))
    given = batch(net)
    loss_d, loss_g = lesson.LOSSES[loss]
    nets.autograd(loss_d)(net, given)
    expected_d = gradients(net.discriminator)
    nets.autograd(loss_g)(net, given)
    expected_g = gradients(net.generator)
    with torch.no_grad():
        fake = net.forge(given.z)
        by_hand.discriminator_gradient(net, given, fake + given.fog, loss)
        found_d = gradients(net.discriminator)
        by_hand.generator_gradient(net, given, fake, loss)
    for found, expected in ((found_d, expected_d), (gradients(net.generator), expected_g)):
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other, atol=2e-6, rtol=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
def test_what_each_logit_is_told_is_what_autograd_says(loss):
    """On both sides of the hinge's corners, where a batch of a young game has no logits."""
    of_d = {
        "non-saturating": formulas.discriminator_loss,
        "Wasserstein": formulas.wasserstein_loss,
        "hinge": formulas.hinge_loss,
    }
    real, fake = (torch.linspace(a, b, 8)[None].requires_grad_() for a, b in ((-3, 3), (3, -4)))
    expected = torch.autograd.grad(8 * of_d[loss](real, fake).sum(), (real, fake))
    found = by_hand.judged(loss, real.detach().clone(), fake.detach().clone())
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_fast_loop_plays_the_game_of_the_lesson(loss):
    run = Settings(loss=loss, repeats=1, steps=100, r1=0.3, noise=0.3)
    data = shapes.make_shape(run).train
    (*_, (_, slow)), (*_, (_, fast)) = (
        islice(loop([run], data), 5) for loop in (lesson.fit, by_hand.fit)
    )
    for one, other in zip(slow.parameters(), fast.parameters(), strict=True):
        # Adam makes much of a gradient that rounds to either side of 0
        assert (one - other).abs().mean() < 2e-4  # of five steps of 1e-3


def test_the_discriminator_does_not_move_the_generator_nor_the_other_way_round():
    run = Settings(repeats=1, steps=100)
    net = networks(run)
    given = batch(net)
    nets.autograd(lesson.game_for_d)(net, given)
    assert all(not p.grad.any() for p in net.generator.parameters())
    adam = nets.Adam(net.generator.parameters(), 0.1)
    before = [p.detach().clone() for p in net.discriminator.parameters()]
    nets.descent(nets.autograd(lesson.game_for_g))(net, adam, given)
    after = net.discriminator.parameters()
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


# --- remedies


def test_sigma_is_the_largest_singular_value_and_the_network_has_slope_1_at_most():
    seeds = nets.generators([0, 1])
    net = Discriminator([5, 16, 16, 1], seeds, spectral=True)
    with torch.no_grad():
        for weight in net.weights:
            weight.mul_(9)  # by themselves they would be steeper than 1
    for _ in range(200):
        net.refresh()
    for sigma, weight in zip(net.sigmas(), net.weights, strict=True):
        largest = torch.linalg.svdvals(weight.detach())[:, 0]
        torch.testing.assert_close(sigma.detach().flatten(), largest, atol=1e-4, rtol=1e-3)
    x = torch.randn(2, 500, 5, generator=torch.Generator().manual_seed(0)).requires_grad_()
    (slope,) = torch.autograd.grad(net(x).sum(), x)
    assert slope.norm(dim=-1).max() <= 1 + 1e-3
    plain = Discriminator([5, 16, 16, 1], nets.generators([0, 1]), spectral=False)
    assert plain.effective() is plain


def test_sigma_follows_the_weights_and_noise_falls_while_a_game_is_played(monkeypatch):
    left, draw = [], draws.Batches.draw
    monkeypatch.setattr(draws.Batches, "draw", lambda self, x: left.append(x) or draw(self, x))
    run = Settings(repeats=1, loss="hinge", steps=100, lr=0.01)
    *_, (_, net) = by_hand.fit([run], shapes.make_shape(run).train)
    assert left == pytest.approx([1 - step / 100 for step in range(1, 101)])
    net.discriminator.refresh()
    for sigma, weight in zip(net.discriminator.sigmas(), net.discriminator.weights, strict=True):
        largest = torch.linalg.svdvals(weight.detach())[0, 0]
        assert sigma.item() == pytest.approx(largest.item(), rel=0.02)


def test_the_average_is_the_running_mean_of_the_weights():
    run = Settings(repeats=1, average=0.9, steps=100)
    data = shapes.make_shape(run).train
    slow = lesson.Networks(members.all_members([run]), run, 2, "cpu").generator.weights[0].detach()
    for step, net in by_hand.fit([run], data):
        slow = 0.9 * slow + 0.1 * net.generator.weights[0].detach()
        if step == 20:
            break
    torch.testing.assert_close(net.average[0], slow, atol=1e-5, rtol=1e-4)
    z = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    assert not torch.allclose(net.sample(0, z), net.generator(z[None])[0])


def test_without_an_average_the_samples_are_the_generators_in_any_company():
    plain, mean = Settings(repeats=1, steps=100), Settings(repeats=1, average=0.9, steps=100)
    data = shapes.make_shape(plain).train
    *_, (_, net) = by_hand.fit([plain, mean], data)
    z = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    assert torch.equal(net.sample(0, z), net.generator.only([0])(z[None])[0])
    # the game itself is the same: the average only watches
    assert torch.equal(net.generator.weights[0][0], net.generator.weights[0][1])


def test_instance_noise_falls_to_nothing_and_its_deviation_is_the_knobs():
    run = Settings(repeats=1, noise=1.0)
    data = shapes.make_shape(run).train
    drawn = draws.Batches(members.all_members([run]), run, data)
    fogs = torch.cat([drawn.draw(0.5).fog for _ in range(100)])
    assert fogs.std().item() == pytest.approx(0.5, rel=0.05)
    seen = torch.cat([drawn.draw(0.5).real for _ in range(100)])
    assert seen.var().item() == pytest.approx(data.var().item() + 0.25, rel=0.05)
    last = drawn.draw(0.0)
    assert not last.fog.any() and bool(torch.isin(last.real, data).all())


def test_the_blends_of_the_wasserstein_penalty_are_uniform():
    run = Settings(repeats=1, loss="Wasserstein")
    drawn = draws.Batches(members.all_members([run]), run, shapes.make_shape(run).train)
    mix = torch.cat([drawn.draw(1.0).mix.flatten() for _ in range(100)]).double()
    counts = torch.histc(mix, 10, 0, 1)
    assert (counts - 640).abs().max() < 5 * 24  # deviations of a tenth of 6400


def test_rates_keep_their_mean_and_their_ratio():
    for ratio in (0.1, 1, 10):
        (game,) = members.games(Settings(ratio=ratio, lr=0.002, repeats=1))
        assert game.rate_d / game.rate_g == pytest.approx(ratio)
        assert (game.rate_d * game.rate_g) ** 0.5 == pytest.approx(0.002)
    seeds = [game.seed for game in members.games(Settings(seed=3, repeats=4))]
    assert seeds == [3, 103, 203, 303]


# --- points


@pytest.mark.parametrize("shape", SHAPES)
def test_real_points_lie_in_all_modes_and_nearly_all_near_the_curve(shape):
    made = shapes.make_shape(Settings(shape=shape))
    numbers = evaluation.in_modes(made.shares(made.test.numpy()))
    assert numbers["modes"] == made.modes == (12 if shape == DRAWN else 8)
    assert numbers["quality"] == pytest.approx(0.989, abs=0.02)


def test_modes_are_counted_as_a_slow_loop_counts_them():
    made = shapes.make_shape(Settings(shape="spiral"))
    points = np.random.default_rng(0).uniform(-2.5, 2.5, (300, 2))
    slow = np.zeros(8)
    for x in points:
        away = [np.hypot(*(x - c)) for c in made.curve]
        nearest_place = int(np.argmin(away))
        if away[nearest_place] <= 3 * made.spread:
            slow[made.part[nearest_place]] += 1
    assert made.shares(points) == pytest.approx(slow / 300)
    far = np.full((10, 2), 9.0)
    assert evaluation.in_modes(made.shares(far)) == {"modes": 0, "covered": 0, "quality": 0}


def test_the_discriminator_is_asked_about_held_out_points_and_about_samples():
    run = Settings(repeats=1, steps=100)
    target = targets.load_target(run)
    *_, (_, net) = by_hand.fit([run], target.train)
    found = evaluation.evaluate(net, 0, target)
    for name, x in (("real", target.test[: evaluation.REAL]), ("fake", found.samples)):
        score = net.judge(x[None])[0].sigmoid().mean().item()
        assert found.numbers[f"{name}_score"] == pytest.approx(score, abs=1e-5)
    assert found.numbers["real_score"] != pytest.approx(found.numbers["fake_score"], abs=1e-3)


def test_points_of_a_reader_go_through_a_link_and_bad_ones_say_what_to_do():
    points = ((1.0, 0.0), (-0.5, 2.25))
    assert read_points(write_points(points)) == points
    assert len(read_points(suggest_points())) == 12
    run = Settings(shape=DRAWN, points=write_points(points))
    again, notes = Settings.from_query(run.to_query())
    assert again == run and not notes and again.personal
    assert shapes.make_shape(run).modes == 2
    for bad in ("1,2,3", "4,0", "a,b", "1;2", " ".join(["0,0"] * (MOST_POINTS + 1))):
        with pytest.raises(SettingsError) as refused:
            Settings(points=bad)
        assert str(refused.value).count(".") >= 1 and "point" in str(refused.value)


# --- pictures


def test_a_copier_is_caught_and_new_pictures_are_not():
    rivals = make_rivals("digits")
    assert rivals["held-out real pictures"].numbers["nearest"] == pytest.approx(1)
    assert rivals["a copier that adds noise"].numbers["nearest"] < 0.75
    train = targets.load_target(Settings(kind="pictures")).train
    assert nearest(train[:100], train, train[100:200] + 1) < LEAST_DISTANCE
    order = ("held-out real pictures", "ten Gaussians", "one Gaussian")
    distances = [rivals[name].numbers["frechet"] for name in order]
    assert distances == sorted(distances)


def own_set(folder, x, name="own.npz", **more):
    np.savez(folder / name, x=x, **more)
    return str(folder / name)


def test_pictures_that_are_all_the_same_are_refused_in_one_sentence(tmp_path):
    picture = np.linspace(0, 1, 16, dtype=np.float32).reshape(1, 4, 4)
    for number, same in enumerate((picture, np.full((1, 4, 4), 0.5, np.float32))):
        path = own_set(tmp_path, np.tile(same, (40, 1, 1)), f"own{number}.npz")
        with pytest.raises(DataError, match="nothing to learn"):  # the reader of files says it
            next(frames.train([Settings(kind="pictures", data=path, steps=100)]))


def test_few_pictures_and_colour_say_so(tmp_path):
    rng = np.random.default_rng(0)
    path = own_set(tmp_path, rng.integers(0, 256, (40, 5, 4, 3), np.uint8))
    run = Settings(kind="pictures", data=path, steps=100, repeats=1)
    *_, (last,) = frames.train([run])
    for words in ("Colour pictures are trained as grey", "Only", "clusters of K-means"):
        assert words in last.note
    assert last.pictures["samples"].tiles.shape == (5, 10, 5, 4)


def test_a_run_that_diverges_says_at_which_step_and_what_to_lower():
    run = Settings(repeats=1, steps=100)

    def broken(runs, data, device="cpu"):
        for step, net in by_hand.fit(runs, data, device):
            if step == 4:
                net.generator.weights[0].data[0, 0, 0] = float("nan")
            yield step, net

    with pytest.raises(Diverged, match=r"at step \d+ .*Lower the learning rate"):
        list(frames.train([run], fit=broken))


def test_a_reader_may_give_losses_of_their_own():
    calls = []

    def loss(net, given):
        calls.append(1)
        return lesson.game_for_g(net, given)

    mine = partial(lesson.fit, losses=(lesson.game_for_d, loss))
    *_, (last,) = frames.train([Settings(repeats=1, steps=100)], fit=mine)
    assert len(calls) == 100 and last.step == 100


# --- claims

CLAIMS = {claim.id: claim for claim in find("gan").claims}
QUICK = ("a-fast-generator-collapses", "half-proves-nothing", "r1-repairs")


@pytest.mark.parametrize("name", QUICK)
def test_the_quick_claims_hold_for_a_fresh_seed(name):
    holds, measured = CLAIMS[name].measure(5)
    assert holds, measured


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5, 15))
@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_holds_over_fresh_seeds(name, seed):
    holds, measured = CLAIMS[name].measure(seed)
    assert holds, measured
