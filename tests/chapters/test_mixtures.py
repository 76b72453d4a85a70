"""K-Means, EM, the formulas of DEC and VaDE, and what judges a clustering, against references."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _estimate_gaussian_parameters
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, kl_divergence

from workbench.chapters.clustering import em, kmeans, planes
from workbench.chapters.clustering.knobs import COVARIANCES
from workbench.data import load
from workbench.science import formulas, metrics

SKLEARN = {"spherical": "spherical", "diagonal": "diag", "tied": "tied", "full": "full"}


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.fixture(scope="module")
def digits():
    """All 1797 digits [n, 64] and their labels."""
    images = load("digits")
    x = np.concatenate([images.x_train, images.x_test]).reshape(-1, 64)
    return torch.from_numpy(x).double(), np.concatenate([images.y_train, images.y_test])


def blobs(n=120, d=3, k=4, seed=0):
    centres = 4 * normal(k, d, seed=seed)
    return centres[torch.arange(n) % k] + normal(n, d, seed=seed + 1)


# --- ACC, NMI, ARI

partitions = st.integers(2, 30).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2)
)


def by_brute_force(y, c):
    """ACC by trying every one-to-one map, with labels made up where clusters are more."""
    y, c = np.array(y), np.array(c)
    size = max(y.max(), c.max()) + 1
    maps = itertools.permutations(range(size))
    return max((y == np.array(each)[c]).mean() for each in maps)


@settings(max_examples=60, deadline=None)
@given(partitions)
def test_accuracy_is_the_best_of_all_matchings(pair):
    assert metrics.clustering_accuracy(*pair) == pytest.approx(by_brute_force(*pair))


@settings(max_examples=60, deadline=None)
@given(partitions, st.permutations(range(5)))
def test_names_of_clusters_do_not_matter(pair, names):
    y, c = (np.array(each) for each in pair)
    for score in SCORES:
        assert score(y, np.array(names)[c]) == pytest.approx(score(y, c))
        assert score(y, np.array(names)[y]) == pytest.approx(1)


SCORES = (
    metrics.clustering_accuracy,
    metrics.normalised_mutual_information,
    metrics.adjusted_rand_index,
)


def entropy(p):
    p = p[p > 0]
    return -(p * np.log(p)).sum()


@settings(max_examples=60, deadline=None)
@given(partitions)
def test_nmi_and_ari_are_the_formulas_of_the_page(pair):
    table = metrics.contingency(*pair)
    n = table.sum()
    h_y, h_c = (entropy(table.sum(axis) / n) for axis in (1, 0))
    information = h_y + h_c - entropy(table.ravel() / n)
    nmi = information / ((h_y + h_c) / 2) if h_y + h_c else 1.0
    assert metrics.normalised_mutual_information(*pair) == pytest.approx(nmi, abs=1e-9)
    pairs = lambda counts: (counts * (counts - 1) / 2).sum()  # noqa: E731
    rows, columns, alike = pairs(table.sum(1)), pairs(table.sum(0)), pairs(table)
    chance = rows * columns / (n * (n - 1) / 2)
    best = (rows + columns) / 2
    ari = (alike - chance) / (best - chance) if best != chance else 1.0
    assert metrics.adjusted_rand_index(*pair) == pytest.approx(ari, abs=1e-9)


def test_what_the_three_say_of_degenerate_clusterings(digits, recwarn):
    y = digits[1]
    one, each = np.zeros_like(y), np.arange(len(y))
    assert [score(y, one) for score in SCORES] == pytest.approx([0.102, 0, 0], abs=1e-3)
    assert [score(y, each) for score in SCORES[1:]] == pytest.approx([0.470, 0], abs=1e-3)
    assert metrics.clustering_accuracy(y, each) == pytest.approx(10 / len(y))
    guesses = [np.random.default_rng(s).integers(0, 10, len(y)) for s in range(5)]
    means = [np.mean([score(y, g) for g in guesses]) for score in SCORES]
    assert means == pytest.approx([0.13, 0.010, 0], abs=0.01)
    assert not recwarn.list


def test_unmatched_clusters_and_labels_count_as_wrong():
    y = [0, 0, 1, 1, 2, 2]
    assert metrics.clustering_accuracy(y, [0] * 6) == pytest.approx(2 / 6)
    assert metrics.clustering_accuracy(y, [0, 1, 2, 3, 4, 5]) == pytest.approx(3 / 6)
    table = metrics.contingency(y, [0, 0, 0, 1, 1, 1], (4, 3))
    assert table.tolist() == [[2, 0, 0], [1, 1, 0], [0, 2, 0], [0, 0, 0]]


# --- K-Means


def test_k_means_never_gets_worse_and_ends_where_sklearns_does(digits):
    x = digits[0]
    centres, inertias = kmeans.first_centres(x, 10, 0), []
    for _ in range(60):
        labels, inertia = kmeans.assign(x, centres)
        inertias.append(inertia)
        centres = kmeans.centre(x, labels, centres)
    assert (np.diff(inertias) <= 1e-12).all() and inertias[-1] < inertias[0]
    start = kmeans.first_centres(x, 10, 0).numpy()
    theirs = KMeans(10, init=start, n_init=1, tol=0, max_iter=300).fit(x.numpy())
    assert inertias[-1] * len(x) == pytest.approx(theirs.inertia_, rel=1e-9)


def test_an_empty_cluster_keeps_its_centre():
    x = blobs(k=2)
    centres = torch.cat([x[:2], torch.full((1, 3), 1e3, dtype=torch.float64)])
    labels, _ = kmeans.assign(x, centres)
    assert (labels < 2).all()
    assert torch.equal(kmeans.centre(x, labels, centres)[2], centres[2])


def test_restarts_take_the_lowest_inertia(digits):
    x = digits[0]
    winners = set()
    for seed in range(4):
        each = [kmeans.assign(x, kmeans.best_centres(x, 10, seed + 1000 * i))[1] for i in range(3)]
        best = kmeans.assign(x, kmeans.best_centres(x, 10, seed, restarts=3))[1]
        assert best == min(each) < max(each)
        winners.add(each.index(best))
    assert len(winners) > 1


# --- EM


def mixture_of(kind, d=3, k=4, seed=5):
    """A mixture with unequal weights, and scikit-learn's model with the same parameters."""
    x = blobs(d=d, k=k)
    gamma = torch.softmax(2 * normal(len(x), k, seed=seed), 1)
    mixture = em.maximise(x, gamma, kind)
    model = GaussianMixture(k, covariance_type=SKLEARN[kind])
    model.weights_, model.means_ = mixture.log_pi.exp().numpy(), mixture.mu.numpy()
    matrices = mixture.covariance.numpy()
    model.covariances_ = {"spherical": lambda: matrices[:, 0], "tied": lambda: matrices[0]}.get(
        kind, lambda: matrices
    )()
    upper = np.linalg.inv(np.linalg.cholesky(mixture.matrices().numpy())).transpose(0, 2, 1)
    model.precisions_cholesky_ = {
        "spherical": upper[:, 0, 0],
        "diagonal": np.diagonal(upper, axis1=1, axis2=2),
        "tied": upper[0],
        "full": upper,
    }[kind]
    return x, gamma, mixture, model


@pytest.mark.parametrize("kind", COVARIANCES)
def test_responsibilities_and_likelihood_are_sklearns_and_scipys(kind):
    x, _, mixture, model = mixture_of(kind)
    gamma, likelihood = em.expect(x, mixture)
    assert gamma.sum(1).numpy() == pytest.approx(1)
    assert gamma.numpy() == pytest.approx(model.predict_proba(x.numpy()), abs=1e-10)
    assert likelihood == pytest.approx(model.score(x.numpy()))
    densities = [
        multivariate_normal(mu, matrix).logpdf(x.numpy())
        for mu, matrix in zip(mixture.mu.numpy(), mixture.matrices().numpy(), strict=True)
    ]
    joint = np.stack(densities, 1) + mixture.log_pi.numpy()
    assert em.log_joint(x, mixture).numpy() == pytest.approx(joint)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_the_m_step_is_sklearns(kind):
    x, gamma, mixture, _ = mixture_of(kind)
    theirs = _estimate_gaussian_parameters(x.numpy(), gamma.numpy(), 1e-3, SKLEARN[kind])
    assert mixture.log_pi.exp().numpy() == pytest.approx(theirs[0] / len(x))
    assert mixture.mu.numpy() == pytest.approx(theirs[1])
    covariance = mixture.covariance.numpy()
    expected = theirs[2][:, None] if kind == "spherical" else theirs[2]
    assert covariance == pytest.approx(np.broadcast_to(expected, covariance.shape))


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("seed", range(3))
def test_the_likelihood_never_falls(kind, seed, digits):
    x = digits[0] @ torch.linalg.svd(digits[0] - digits[0].mean(0), full_matrices=False)[2][:10].T
    mixture = em.begin(x, kmeans.first_centres(x, 10, seed), kind, ridge=1e-9)
    likelihoods = []
    for _ in range(40):
        gamma, likelihood = em.expect(x, mixture)
        likelihoods.append(likelihood)
        mixture = em.maximise(x, gamma, kind, ridge=1e-9)
    assert (np.diff(likelihoods) > -1e-8).all() and likelihoods[-1] > likelihoods[0]


def test_a_component_without_points_does_no_harm():
    x = blobs()
    gamma = torch.eye(2, dtype=torch.float64)[torch.zeros(len(x), dtype=torch.long)]
    for kind in COVARIANCES:
        gone, _ = em.expect(x, em.maximise(x, gamma, kind))
        assert gone.isfinite().all() and gone[:, 1].max() < 1e-6


def test_an_ellipse_lies_two_deviations_from_its_mean():
    matrix = np.array([[2.0, 0.7], [0.7, 1.0]])
    (line,) = planes.ellipses(np.array([[3.0, -1.0]]), matrix[None])
    apart = line - [3, -1]
    assert line.shape == (33, 2) and line[0] == pytest.approx(line[-1])
    assert (apart @ np.linalg.inv(matrix) * apart).sum(1) == pytest.approx(4)
    (point,) = planes.ellipses(np.zeros((1, 2)), np.zeros((1, 2, 2)) - 1e-18)
    assert point == pytest.approx(0)


# --- the formulas of VaDE


def prior_and_code(k=4, j=3, n=6, runs=()):
    log_pi = torch.log_softmax(normal(*runs, k, seed=1), -1)
    mu, logvar = normal(*runs, k, j, seed=2), 0.7 * normal(*runs, k, j, seed=3)
    m, s = normal(*runs, n, j, seed=4), 0.5 * normal(*runs, n, j, seed=5) - 1
    return (log_pi, mu, logvar), (m, s)


def test_log_joint_is_that_of_torch_distributions_and_scipy():
    (log_pi, mu, logvar), (m, _) = prior_and_code()
    joint = formulas.mixture_log_joint(m, log_pi, mu, logvar)
    components = Independent(Normal(mu, (0.5 * logvar).exp()), 1)
    density = MixtureSameFamily(Categorical(logits=log_pi), components)
    assert torch.allclose(joint.logsumexp(-1), density.log_prob(m))
    one = multivariate_normal(mu[2].numpy(), np.diag(logvar[2].exp().numpy())).logpdf(m.numpy())
    assert joint[:, 2].numpy() == pytest.approx(one + log_pi[2].item())


def test_responsibilities_sum_to_one_however_far_the_point():
    (log_pi, mu, logvar), (m, _) = prior_and_code()
    joint = formulas.mixture_log_joint(torch.cat([m, 1e4 * m, 1e-9 * m]), log_pi, mu, logvar)
    gamma = formulas.log_responsibilities(joint).exp()
    assert gamma.isfinite().all() and gamma.sum(-1).numpy() == pytest.approx(1)
    assert torch.allclose(gamma[:6], torch.softmax(joint[:6], -1))


def test_with_one_standard_component_vade_is_a_vae_exactly():
    (_, mu, _), (m, s) = prior_and_code(k=1, runs=(2,))
    nll, one = normal(2, 6, seed=6).square(), torch.zeros(2, 1, dtype=torch.float64)
    log_gamma, zero = torch.zeros(2, 6, 1, dtype=torch.float64), torch.zeros_like(mu)
    elbo = formulas.vade_elbo(nll, m, s, log_gamma, one, zero, zero)
    assert torch.allclose(elbo, -nll - formulas.gaussian_kl(m, s).sum(-1), rtol=0, atol=1e-12)


def test_the_rate_is_a_kl_to_the_joint_prior():
    """KL(q(z) q(c) || p(z, c)) = sum_c gamma_c KL(q(z) || p(z|c)) + KL(gamma || pi)."""
    (log_pi, mu, logvar), (m, s) = prior_and_code()
    log_gamma = torch.log_softmax(normal(6, 4, seed=9), -1)
    q = Independent(Normal(m[:, None], (0.5 * s).exp()[:, None]), 1)
    each = kl_divergence(q, Independent(Normal(mu, (0.5 * logvar).exp()), 1))  # (point, cluster)
    labels = kl_divergence(Categorical(logits=log_gamma), Categorical(logits=log_pi))
    expected = (log_gamma.exp() * each).sum(-1) + labels
    rate = formulas.vade_rate(m, s, log_gamma, log_pi, mu, logvar)
    assert torch.allclose(rate, expected) and (labels >= 0).all()


# --- the formulas of DEC


@pytest.mark.parametrize("alpha", [1.0, 3.0])
def test_the_soft_assignment_is_a_student_t(alpha):
    from scipy.stats import multivariate_t

    z, mu = normal(6, 1, seed=1), normal(4, 1, seed=2)
    q = formulas.student_t(z, mu, alpha)
    densities = np.stack([multivariate_t(m.numpy(), 1, df=alpha).pdf(z.numpy()) for m in mu], 1)
    assert q.numpy() == pytest.approx(densities / densities.sum(1, keepdims=True))


def test_the_target_is_sharper_and_its_rows_sum_to_one():
    q = torch.softmax(normal(2, 50, 4), -1)
    p = formulas.target_distribution(q)
    assert p.sum(-1).numpy() == pytest.approx(1)
    entropy = [torch.special.entr(t).sum(-1).mean().item() for t in (p, q)]
    assert entropy[0] < entropy[1]
    i, f = 7, q[0].sum(0)
    expected = q[0, i] ** 2 / f / (q[0, i] ** 2 / f).sum()
    assert torch.allclose(p[0, i], expected)
    assert (p * (p / q).log()).sum(-1).min() >= 0
    even = torch.full((1, 8, 4), 0.25)
    assert torch.allclose(formulas.target_distribution(even), even)


def test_nats_of_a_uniform_assignment_are_log_k():
    assert torch.special.entr(torch.full((10,), 0.1)).sum().item() == pytest.approx(math.log(10))


def test_scores_are_sklearns(digits):
    y = digits[1]
    c = np.random.default_rng(0).integers(0, 7, len(y))
    assert metrics.adjusted_rand_index(y, c) == adjusted_rand_score(y, c)
    assert metrics.normalised_mutual_information(y, c) == normalized_mutual_info_score(y, c)
