"""The beta-VAE: its gradient against autograd and torch.distributions, and what it teaches."""

import math
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from doubles import OVER_SEEDS, one_run
from torch.distributions import Bernoulli, Normal, kl_divergence

from workbench.chapters import find
from workbench.chapters.beta_vae import by_hand, knobs, lesson
from workbench.chapters.beta_vae import frames as chapter
from workbench.chapters.beta_vae.frames import train
from workbench.chapters.beta_vae.knobs import Settings
from workbench.chapters.beta_vae.lesson import Price, Vae
from workbench.data import ImageSet
from workbench.science import formulas, nets
from workbench.science.tensors import Resident, resident

LIKELIHOODS = ("bernoulli", "gaussian")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def small(runs=3, pixels=12, latent=4):
    """A few VAEs with room for gradients, and pictures and noise for them."""
    vae = Vae(pixels, latent, nets.generators(range(runs)), "cpu")
    with torch.no_grad():
        for p in vae.parameters():
            p.mul_(2)
    for p in vae.parameters():
        p.grad = torch.full_like(p, 7.0)  # what was there must not matter
    return vae, normal(runs, 9, pixels, seed=1).sigmoid(), normal(runs, 9, latent, seed=2)


def grads(vae):
    """All gradients of each run in one row: [runs, parameters]."""
    return torch.cat([p.grad.flatten(1) for p in vae.parameters()], 1).clone()


def beta(*values):
    """A price of the rate for each run, whatever the rate."""
    return Price("beta", torch.tensor(values), gamma=None, capacity=None)


def nll_and_kl(vae, x, eps, likelihood):
    """Distortion and rate [runs, batch] in the words of torch.distributions."""
    mu, logvar = vae.encode(x)
    q = Normal(mu, (0.5 * logvar).exp())
    out = vae.decoder(mu + q.stddev * eps)
    p = Bernoulli(logits=out, validate_args=False)
    if likelihood == "gaussian":
        p = Normal(out, knobs.SIGMA)
    return -p.log_prob(x).sum(-1), kl_divergence(q, Normal(0.0, 1.0)).sum(-1)


def apart(a, b):
    """The largest distance of two runs' gradients, relative to their size."""
    return ((a - b).norm(dim=1) / b.norm(dim=1)).max().item()


# --- the gradient


def capacity(rate):
    """The capacity form with another C for each run: below, far above and near the rate."""
    return Price("capacity", None, torch.tensor(30.0), rate + torch.tensor([-1.0, 50.0, 0.1]))


PRICES = {
    "beta": lambda rate: beta(0.0, 1.0, 16.0),
    "signed": lambda rate: beta(-30.0, 30.0, 0.1),
    "capacity": capacity,
}


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize("price", PRICES)
def test_the_gradient_by_hand_is_autograds(price, likelihood):
    vae, x, eps = small()
    price = PRICES[price](nll_and_kl(vae, x, eps, likelihood)[1].mean(-1).detach())
    nets.autograd(lesson.loss)(vae, x, eps, price, likelihood)
    expected = grads(vae)
    for p in vae.parameters():
        p.grad.fill_(7.0)
    by_hand.gradient(vae, x, eps, price, likelihood)
    assert apart(grads(vae), expected) < 1e-4


GRADIENTS = {"autograd": nets.autograd(lesson.loss), "by hand": by_hand.gradient}


@pytest.mark.parametrize("gradient", GRADIENTS)
@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize("prices", [(1.0, 1.0, 1.0), (0.0, 0.5, 16.0)])
def test_it_is_the_gradient_of_the_elbo_with_a_price_on_the_rate(gradient, likelihood, prices):
    vae, x, eps = small()
    nll, kl = nll_and_kl(vae, x, eps, likelihood)
    negative_elbo = nll.mean(-1) + torch.tensor(prices) * kl.mean(-1)
    expected = torch.autograd.grad(negative_elbo.sum(), vae.parameters())
    expected = torch.cat([g.flatten(1) for g in expected], 1)
    GRADIENTS[gradient](vae, x, eps, beta(*prices), likelihood)
    assert apart(grads(vae), expected) < 1e-4


def test_with_beta_0_and_no_noise_it_is_an_autoencoder():
    vae, x, _ = small()
    expected = torch.autograd.grad(
        formulas.bernoulli_nll(vae.decoder(vae.encode(x)[0]), x).mean(-1).sum(),
        vae.parameters(),
    )
    expected = torch.cat([g.flatten(1) for g in expected], 1)
    by_hand.gradient(vae, x, torch.zeros(3, 9, 4), beta(0.0, 0.0, 0.0), "bernoulli")
    assert apart(grads(vae), expected) < 1e-4
    last = vae.encoder.biases[-1].grad[..., 4:]  # of the log variances
    assert not last.any()


def test_the_price_is_asked_for_the_rate_of_the_batch():
    vae, x, eps = small()
    kl = nll_and_kl(vae, x, eps, "bernoulli")[1].mean(-1).detach()
    asked = []
    spy = SimpleNamespace(of=lambda rate: asked.append(rate.tolist()) or rate)
    lesson.loss(vae, x, eps, spy, "bernoulli")
    assert asked == [pytest.approx(kl.tolist(), rel=1e-4)]
    for share, sign in ((1 - 1e-4, 1), (1 + 1e-4, -1)):  # a little less asked for, and more
        price = Price("capacity", None, torch.tensor([1.0, 10.0, 30.0]), share * kl)
        slope = by_hand.slope(price, *vae.encode(x))
        assert slope.flatten().tolist() == [sign * 1.0, sign * 10.0, sign * 30.0]


def test_a_nat_of_rate_or_a_nat_away_from_c_has_its_price():
    runs = [Settings(beta=b, gamma=g, capacity=c) for b, g, c in ((0, 1, 5), (2, 10, 8))]
    rate = torch.tensor([3.0, 10.0])
    price = Price.from_knobs(runs, "cpu")
    assert price.at(1, 100).of(rate).tolist() == [0.0, 20.0]
    price = Price.from_knobs([run.replace(kind="capacity") for run in runs], "cpu")
    assert price.at(100, 100).of(rate).tolist() == [2.0, 20.0]
    assert price.at(30, 100).of(rate).tolist() == [0.5, 60.0]


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_measured_numbers_are_those_of_torch_distributions(likelihood, monkeypatch):
    vae = Vae(64, 3, nets.generators([0, 1]), "cpu")
    x = resident("digits").test[:50]
    monkeypatch.setattr(chapter, "SHOWN", 20)  # in parts
    measurement = chapter.measure(vae, x, likelihood)
    eps = normal(50, 3, seed=1).expand(2, 50, 3)
    with torch.no_grad():
        twice = x.expand(2, *x.shape)
        nll, kl = nll_and_kl(vae, twice, eps, likelihood)
        assert torch.equal(measurement.codes.argmax(-1), vae.encode(twice)[0].argmax(-1))
    assert measurement.distortion.tolist() == pytest.approx(nll.mean(-1).tolist(), rel=1e-4)
    assert measurement.rates.sum(-1).tolist() == pytest.approx(kl.mean(-1).tolist(), rel=1e-4)
    assert measurement.rates.shape == (2, 3) and measurement.codes.shape == (2, 50, 3)


# --- training: what the chapter teaches

SEEDS = (0, 1, 2)


def last(runs, **more):
    """The last frames of these runs, trained side by side."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chapter, "schedule", lambda steps: {steps})
        (frames,) = train(runs, **more)
    return frames


@pytest.mark.parametrize("claim", find("beta-vae").claims, ids=lambda claim: claim.id)
@pytest.mark.parametrize("seed", OVER_SEEDS)
def test_the_chapters_claims_hold(claim, seed):
    holds, measured = claim.measure(seed)
    assert holds, f"{claim.sentence} Measured: {measured}"


def test_at_a_very_large_beta_only_the_mean_picture_is_left():
    x = resident("digits")
    mean = formulas.bernoulli_nll(torch.logit(x.train.mean(0), 1e-4), x.test).mean().item()
    for frame in last([Settings(beta=16, steps=800, seed=seed) for seed in SEEDS]):
        scalars = frame.scalars
        assert scalars["active"] == 0 and scalars["rate"] < 0.01
        assert scalars["distortion"] == pytest.approx(mean, abs=0.2)
        assert scalars["elbo"] == pytest.approx(-scalars["distortion"] - scalars["rate"])


def test_a_nat_costs_beta_or_gamma_up_or_down():
    capacity = Settings(kind="capacity", capacity=10, gamma=30, steps=100)
    assert chapter.effective_beta(Settings(beta=4), 7.0, 1) == 4
    assert [chapter.effective_beta(capacity, rate, 100) for rate in (9.9, 10.1)] == [-30, 30]
    assert [chapter.effective_beta(capacity, rate, 30) for rate in (4.9, 5.1)] == [-30, 30]


def test_by_autograd_a_run_gives_the_same_curve():
    runs = [Settings(steps=100, beta=2)]
    fast, readable = (last(runs, fit=fit)[0].scalars for fit in (None, lesson.fit))
    assert fast["elbo"] == pytest.approx(readable["elbo"], rel=1e-3)


def test_a_reader_can_change_the_loss():
    runs = [Settings(steps=100, beta=2)]

    def free(vae, x, eps, price, likelihood):
        return lesson.loss(vae, x, eps, beta(0.0), likelihood)

    (frame,) = last(runs, fit=partial(lesson.fit, loss=free))
    (expected,) = last([runs[0].replace(beta=0)], fit=lesson.fit)
    assert frame.scalars["elbo"] == expected.scalars["elbo"]


def test_runs_trained_together_are_those_trained_alone():
    for same in ({"kind": "beta"}, {"kind": "capacity"}):
        runs = [
            Settings(steps=100, **same),
            Settings(steps=100, seed=4, lr=0.01, beta=8, gamma=3, capacity=2, **same),
            Settings(steps=100, lr=0.01, gamma=100, **same),
        ]
        for run, together in zip(runs, last(runs), strict=True):
            (alone,) = last([run])
            assert together.scalars == alone.scalars, run


@torch.no_grad()
def test_more_samples_never_loosen_the_bound():
    runs, data = [Settings(steps=400)], resident("digits")
    (frame,) = last(runs)
    *_, (_, vae) = lesson.fit(runs, data, descend=by_hand.descent())  # the same run
    x = data.test
    mu, logvar = vae.encode(x[None])
    z = formulas.reparameterise(mu, logvar, normal(64, *mu.shape[1:]))
    log_w = (
        -formulas.bernoulli_nll(vae.decoder(z.flatten(0, 1)[None]).view(64, *x.shape), x)
        + formulas.gaussian_log_density(z, torch.zeros(1), torch.zeros(1))
        - formulas.gaussian_log_density(z, mu, logvar)
    )  # (sample, picture)
    bounds = [
        formulas.importance_bound(log_w.view(k, -1, len(x))).mean().item() for k in (1, 4, 16, 64)
    ]
    assert bounds == sorted(bounds) and bounds[-1] > bounds[0] + 0.3
    assert bounds[0] == pytest.approx(frame.scalars["elbo"], abs=0.15)


# --- pictures


class Straight:
    """Encodes four pixels as four latents and decodes latent j to the brightness of pixel j."""

    latent = 4
    encoder = SimpleNamespace(weights=[torch.zeros(1)])
    gain = torch.tensor([0.1, 2.0, 0.2, 1.0])  # latents 1 and 3 are the busiest

    def encode(self, x):
        return (x - 0.5) * 6 * self.gain, torch.zeros_like(x)

    def decoder(self, z):
        return 0.5 + z / 6


@pytest.fixture(scope="module")
def straight():
    """A frame of that model for 2 x 2 pictures."""
    x = np.random.default_rng(0).random((40, 2, 2), np.float32)
    data = ImageSet(name="x", title="x", source="x", x_train=x, x_test=x.copy())
    rows = torch.from_numpy(x.reshape(40, 4).copy())
    run = Settings(latent=4, likelihood="gaussian", steps=100)
    (frame,) = chapter.snapshot(Straight(), Resident(data, rows, rows), [run], 100)
    return rows, {name: p for name, p in frame.pictures.items()}


def test_a_traversal_moves_one_latent_and_no_other(straight):
    rows, pictures = straight
    tiles = pictures["traversals"].tiles.reshape(4, 9, 4) / 255  # (latent, reach, pixel)
    base = 0.5 + (rows[0] - 0.5) * Straight.gain
    for j in range(4):
        others = [i for i in range(4) if i != j]
        assert tiles[j, :, j] == pytest.approx(0.5 + np.linspace(-2.5, 2.5, 9) / 6, abs=3e-3)
        assert tiles[j][:, others] == pytest.approx(
            np.tile(base[others].clip(0, 1), (9, 1)), abs=3e-3
        )
    assert pictures["traversals"].rows == ("z1", "z2", "z3", "z4")
    assert pictures["traversals"].columns[0] == "-2.5"
    assert pictures["traversals"].columns[-1] == "+2.5"


def test_the_manifold_has_up_at_the_top_and_right_at_the_right(straight):
    plane = straight[1]["manifold"]
    side = 0.5 + np.linspace(-2.5, 2.5, 11) / 6
    pixels = plane.tiles.reshape(11, 11, 4) / 255  # (row, column, pixel)
    assert pixels[..., 1] == pytest.approx(np.tile(side, (11, 1)), abs=3e-3)  # z2 across
    assert pixels[..., 3] == pytest.approx(np.tile(side[::-1, None], (1, 11)), abs=3e-3)  # z4 up
    assert pixels[..., [0, 2]] == pytest.approx(0.5, abs=3e-3)
    assert "z2 across, z4 up" in plane.caption
    codes = straight[1]["latents"]
    assert (codes.x_label, codes.y_label) == ("z2", "z4")


def test_reconstructions_and_rates_are_those_of_the_model(straight):
    rows, pictures = straight
    grid = pictures["reconstructions"]
    shown, decoded = (
        np.concatenate(
            [tiles for row, tiles in zip(grid.rows, grid.tiles, strict=True) if row == label]
        ).reshape(-1, 4)
        / 255
        for label in ("held-out", "decoded")
    )
    assert shown == pytest.approx(rows[: len(shown)].numpy(), abs=3e-3)
    expected = 0.5 + (rows[: len(shown)] - 0.5) * Straight.gain
    assert decoded == pytest.approx(expected.clamp(0, 1).numpy(), abs=3e-3)
    rates = 0.5 * ((rows - 0.5) * 6 * Straight.gain).square().mean(0)
    assert pictures["rates"].values == pytest.approx(rates.numpy(), rel=1e-4)
    assert pictures["latents"].xy == pytest.approx(
        ((rows - 0.5) * 6 * Straight.gain)[:, [1, 3]].numpy(), rel=1e-5
    )


def test_the_examples_are_one_of_each_class():
    data = resident("digits")
    assert data.labels[data.examples()].tolist() == list(range(10))
    assert len(set(data.examples(30).tolist())) == 30


def test_one_latent_is_its_own_plane():
    frame = next(one_run(train, Settings(latent=1, steps=100)))
    assert frame.pictures["manifold"].tiles.shape == (11, 11, 8, 8)
    assert frame.pictures["latents"].xy.shape[1] == 2
    assert frame.pictures["traversals"].tiles.shape == (1, 9, 8, 8)


def test_sprites_show_what_latents_know_and_end_with_the_metrics(monkeypatch):
    monkeypatch.setattr(chapter, "schedule", lambda steps: {1, steps})
    first, end = one_run(train, Settings(data="sprites", latent=3, steps=100))
    names = ("shape", "scale", "orientation", "x", "y")
    for frame in (first, end):
        information = frame.pictures["information"]
        assert information.columns == names and information.rows == ("z1", "z2", "z3")
        assert information.values.shape == (3, 5) and (information.values >= 0).all()
        assert (information.values <= np.log([3, 4, 5, 10, 10]) + 1e-9).all()
    assert "metrics" not in first.pictures
    table = end.pictures["metrics"]
    assert [row[0] for row in table.rows] == [
        "MIG",
        "SAP",
        "DCI disentanglement",
        "DCI completeness",
        "DCI informativeness",
        "beta-VAE metric",
        "FactorVAE metric",
    ]
    assert all(0 <= float(score) <= 1 for _, score in table.rows)
    assert math.isclose(end.scalars["normalised_beta"], 3 / 1024)
