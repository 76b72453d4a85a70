"""DAC, its mixture and its critic; the ensemble; codes of a VAE; proximity by direction."""

from itertools import islice

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture
from torch.distributions import kl_divergence
from torch.distributions.normal import Normal

from workbench.chapters.clustering import autoencoder, by_hand, dac, em, kmeans, lesson, pictures
from workbench.chapters.clustering.ensemble import consensus
from workbench.chapters.clustering.frames import train
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import fit_clusters, set_up
from workbench.chapters.clustering.points import points
from workbench.science import formulas, metrics
from workbench.science.tensors import resident


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def begun(**knobs):
    """DAC of two runs on an untrained network, with room for gradients, and what it began from."""
    runs = [Settings(kind="dac", restarts=1, seed=seed, **knobs) for seed in (0, 5)]
    setup = set_up(runs, resident("digits"), "cpu")
    networks = next(fit_clusters(setup))
    critics = [p for critic in networks.critics for p in critic.parameters()]
    for p in networks.parameters() + critics:
        p.grad = torch.full_like(p, 7.0)  # what was there must not matter
    return networks, setup


def apart(parameters, loss):
    """The largest relative distance of a .grad from that of autograd."""
    expected = torch.autograd.grad(loss.sum(), parameters)
    pairs = zip(parameters, expected, strict=True)
    return max(((p.grad - g).norm() / g.norm().clamp_min(1e-12)).item() for p, g in pairs)


# --- losses and gradients


def test_dacs_gradients_by_hand_are_autograds():
    networks, setup = begun(adversary=30)
    x = setup.x[setup.batches.draw()]
    by_hand.gradient(dac.loss)(networks, x)
    assert apart(networks.parameters(), dac.loss(networks, x)) < 1e-4
    z, drawn = networks.coder.encode(x)[0].detach(), networks.draw(128)
    critic, of_one = networks.critics[1], (drawn[1:], z[1:])
    by_hand.gradient(dac.critic_loss)(critic, *of_one)
    assert apart(critic.parameters(), dac.critic_loss(critic, *of_one)) < 1e-5


def test_dacs_losses_are_the_papers():
    """Reconstruction - w log A(z), and the critic's cross-entropy: ln 2 where it cannot tell."""
    networks, setup = begun(adversary=3)
    x = setup.x[setup.batches.draw()]
    z, _ = networks.coder.encode(x)
    nll = formulas.bernoulli_nll(networks.coder.decoder(z), x).mean(-1)
    pairs = zip(networks.critics, networks.standardise(z), strict=True)
    deceived = torch.stack([critic(own[None]).sigmoid().log().mean() for critic, own in pairs])
    assert torch.allclose(dac.loss(networks, x), nll - 3 * deceived)
    for p in networks.critics[0].parameters():
        p.data.zero_()
    assert dac.critic_loss(networks.critics[0], z[:1], z[1:]).item() == pytest.approx(np.log(2))


def test_codes_reach_the_critic_with_variance_one():
    networks, setup = begun()
    z = torch.stack(points(setup)).float()
    seen = networks.standardise(z)
    assert seen.mean(1).numpy() == pytest.approx(0, abs=1e-4)
    assert seen.var(1, unbiased=False).numpy() == pytest.approx(1, rel=1e-3)


def test_a_vaes_loss_is_distortion_and_beta_rate_and_its_gradient_autograds():
    setup = set_up([Settings(kind="mixture", features="vae")], resident("digits"), "cpu")
    coder, x, eps = setup.coder, setup.x[setup.batches.draw()], setup.noise.draw()
    mean, logvar = coder.encode(x)
    s = (0.5 * logvar).exp()
    rate = kl_divergence(Normal(mean, s), Normal(0.0, 1.0)).sum(-1)
    nll = formulas.bernoulli_nll(coder.decoder(mean + s * eps), x)
    assert torch.allclose(autoencoder.vae_loss(coder, x, eps, 4), (nll + 4 * rate).mean(-1))
    for p in coder.parameters():
        p.grad = torch.full_like(p, 7.0)
    by_hand.gradient(autoencoder.vae_loss)(coder, x, eps, 4)
    assert apart(coder.parameters(), autoencoder.vae_loss(coder, x, eps, 4)) < 1e-4


# --- the mixture


def blobs(n=400, d=3, k=4):
    return (4 * normal(k, d, seed=1))[torch.arange(n) % k] + normal(n, d, seed=2)


def test_the_mixture_step_is_scikit_learns():
    z = blobs()
    first = em.begin(z, kmeans.first_centres(z, 4, 0), "full", dac.ridge(z))
    ours = dac.improve(z, first, 5)
    model = GaussianMixture(
        4,
        tol=0,
        max_iter=5,
        reg_covar=dac.ridge(z),
        weights_init=first.log_pi.exp().numpy(),
        means_init=first.mu.numpy(),
        precisions_init=np.linalg.inv(first.covariance.numpy()),
    )
    with pytest.warns(match="did not converge"):
        model.fit(z.numpy())
    assert ours.mu.numpy() == pytest.approx(model.means_, abs=1e-6)
    assert ours.covariance.numpy() == pytest.approx(model.covariances_, abs=1e-6)
    assert ours.log_pi.exp().numpy() == pytest.approx(model.weights_, abs=1e-6)


def test_codes_are_drawn_from_the_mixture():
    skew = torch.tensor([[3.0, 2.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 0.5]], dtype=torch.float64)
    z = blobs() @ skew
    mixture = em.begin(z, kmeans.first_centres(z, 4, 0), "full")
    drawn = dac.draw_codes(mixture, 40_000, torch.Generator().manual_seed(0))
    single = em.maximise(drawn, torch.ones(len(drawn), 1).double(), "full", ridge=0)
    weights = mixture.log_pi.exp()
    mean = weights @ mixture.mu
    apart = mixture.mu - mean
    spread = mixture.covariance + apart[:, :, None] * apart[:, None]
    assert single.mu[0].numpy() == pytest.approx(mean.numpy(), abs=0.1)
    expected = (weights[:, None, None] * spread).sum(0).numpy()
    within = (single.covariance[0].numpy() - expected) / expected.diagonal().max()
    assert abs(within).max() < 0.02


def test_a_refit_follows_codes_that_have_moved_together():
    """By the distance of ten clusters: an E-step first would give all codes to the nearest one."""
    networks, setup = begun()
    before = [mixture.log_pi.exp() for mixture in networks.mixtures]
    latent = setup.runs[0].latent
    setup.coder.encoder.biases[-1].data[..., :latent] += 100 * networks.deviation
    networks.refit(setup)
    for weights, mixture in zip(before, networks.mixtures, strict=True):
        assert mixture.log_pi.exp().numpy() == pytest.approx(weights.numpy(), abs=0.05)


def test_a_codes_likelihood_does_not_depend_on_its_scale():
    z = blobs()
    gamma = torch.softmax(normal(len(z), 4, seed=5), 1)
    each = []
    for scale in (1, 0.01, 300):
        x = scale * z
        _, likelihood = em.expect(x, em.maximise(x, gamma, "full", dac.ridge(x)))
        each.append(likelihood + dac.standardisation(x))
    assert each == pytest.approx([each[0]] * 3, abs=1e-6)
    x = z / z.std(0, unbiased=False)
    _, likelihood = em.expect(x, em.maximise(x, gamma, "full", 0))
    assert likelihood == pytest.approx(each[0], abs=0.1)  # but for the ridge


def test_without_refits_the_mixture_stays_and_without_a_critic_codes_do_not_see_it():
    networks, setup = begun(refit=0, adversary=0, steps=100, pretrain=0)
    stages = dac.fit(setup, by_hand.gradient(dac.loss), by_hand.gradient(dac.critic_loss))
    first = next(stages).mixtures[0].mu.clone()
    *_, last = islice(stages, 30)
    assert torch.equal(last.mixtures[0].mu, first)
    x = setup.x[setup.batches.draw()]
    assert torch.equal(dac.loss(last, x), autoencoder.loss(setup.coder, x))


def test_the_share_that_the_critic_tells_is_half_where_it_says_the_same_of_all():
    networks, setup = begun()
    networks.critics[0].weights[-1].data.zero_()
    networks.critics[0].biases[-1].data.fill_(1.0)
    assert networks.evaluate(0, 200).scalars["critic"] == 0.5


# --- the ensemble


def test_an_ensemble_does_not_mind_names_and_outvotes_a_mistaken_run():
    rng = np.random.default_rng(0)
    truth = np.arange(300) % 5
    runs = []
    for _ in range(7):
        wrong = np.where(rng.random(300) < 0.25, rng.integers(0, 5, 300), truth)
        runs.append(rng.permutation(5)[wrong])
    together = metrics.clustering_accuracy(truth, consensus(runs))
    alone = [metrics.clustering_accuracy(truth, each) for each in runs]
    assert together > 0.97 and max(alone) < 0.87
    assert metrics.clustering_accuracy(truth, consensus([truth, truth])) == 1


# --- proximity


def test_by_cosine_only_the_direction_of_a_point_counts():
    x = blobs() + 3
    run = Settings(kind="kmeans", features="pixels", clusters=4, proximity="cosine")
    longer = x * (1 + torch.arange(len(x), dtype=x.dtype))[:, None]
    starts, inertias = [kmeans.KMeans(each, run, 0) for each in (x, longer)], []
    while starts[0].step():
        starts[1].step()
        inertias.append(starts[0].loss)
    gammas = [start.evaluate(len(x)).gamma for start in starts]
    assert torch.equal(*gammas)
    assert len(inertias) > 1 and (np.diff(inertias) <= 1e-12).all()
    unit = x / x.norm(dim=1, keepdim=True)
    cosines = unit @ starts[0].centres.T
    assert starts[0].centres.norm(dim=1).numpy() == pytest.approx(1)
    labels, inertia = kmeans.assign(unit, starts[0].centres)
    assert torch.equal(labels, cosines.argmax(1))
    assert inertia == pytest.approx((2 - 2 * cosines.max(1).values).mean().item())


# --- what is learnt, and shown


def test_vades_mixture_is_initialised_and_then_learnt_with_the_networks():
    run = Settings(kind="vade", steps=100, pretrain=0.5, restarts=1)
    stages = lesson.fit([run], resident("digits"))
    first = next(stage for stage in stages if stage.step == 50).clusters.prior
    before = [p.detach().clone() for p in first.parameters()]
    *_, last = stages
    for p, q in zip(before, last.clusters.prior.parameters(), strict=True):
        assert (p - q).abs().max() > 1e-3


def test_the_learnt_weights_are_shown_in_the_order_of_the_clusters():
    order = pictures.Order(np.array([2, 0, 1]), ("for a", "for b", "spare 1"))
    shown = pictures.weights(torch.tensor([0.1, 0.3, 0.6]), order)
    assert shown.names == order.names and shown.values == pytest.approx([0.6, 0.1, 0.3])
    assert "for a: 60" in shown.summary()
    run = Settings(kind="mixture", features="pca", steps=100, restarts=1)
    *_, (frame,) = train([run])
    sizes, weights = frame.pictures["sizes"], frame.pictures["weights"]
    assert weights.names == sizes.names and weights.values.sum() == pytest.approx(1)
    assert weights.values == pytest.approx(sizes.values / 1797, abs=0.02)
