import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from torch.distributions import Bernoulli, Normal, kl_divergence

from workbench.science import formulas as f


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.fixture(scope="module")
def digits():
    return torch.tensor(load_digits().data / 16)


# --- Gaussian KL


def test_kl_matches_torch_distributions():
    mu, logvar = normal(5, 7), normal(5, 7, seed=1)
    expected = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(f.gaussian_kl(mu, logvar), expected)


def test_kl_matches_monte_carlo():
    mu, logvar = torch.tensor([0.7, -1.5]).double(), torch.tensor([-1.0, 0.4]).double()
    z = f.reparameterise(mu, logvar, normal(200_000, 2))
    log_ratio = Normal(mu, (0.5 * logvar).exp()).log_prob(z) - Normal(0.0, 1.0).log_prob(z)
    error = (log_ratio.mean(0) - f.gaussian_kl(mu, logvar)).abs()
    assert (error < 3 * log_ratio.std(0) / len(z) ** 0.5).all()


def test_kl_is_half_a_nat_one_sigma_from_the_prior():
    assert f.gaussian_kl(torch.ones(1), torch.zeros(1)).item() == 0.5


@given(mu=st.floats(-30, 30), logvar=st.floats(-30, 20))
@settings(deadline=None, derandomize=True)
def test_kl_is_not_negative_and_zero_at_the_prior_only(mu, logvar):
    kl = f.gaussian_kl(torch.tensor(mu).double(), torch.tensor(logvar).double()).item()
    assert kl >= 0
    if max(abs(mu), abs(logvar)) > 1e-3:
        assert kl > 0


def test_kl_keeps_its_digits_near_the_prior_in_single_precision():
    kl = f.gaussian_kl(torch.zeros(1), torch.full((1,), 0.003))
    assert kl.item() == pytest.approx((math.expm1(0.003) - 0.003) / 2, rel=1e-3)


# --- likelihoods


def test_bernoulli_nll_matches_torch_on_binary_pixels():
    logits, x = 5 * normal(4, 9), (normal(4, 9, seed=1) > 0).double()
    expected = -Bernoulli(logits=logits).log_prob(x).sum(-1)
    torch.testing.assert_close(f.bernoulli_nll(logits, x), expected)


def test_bernoulli_nll_of_grey_pixels_ends_at_their_entropy():
    x = torch.full((1, 6), 0.3, dtype=torch.float64, requires_grad=False)
    logits = torch.logit(x).requires_grad_()
    nll = f.bernoulli_nll(logits, x)
    entropy = -(0.3 * math.log(0.3) + 0.7 * math.log(0.7))
    assert nll.item() == pytest.approx(6 * entropy)
    (slope,) = torch.autograd.grad(nll.sum(), logits)
    assert slope.abs().max() < 1e-12


def test_bernoulli_nll_survives_extreme_logits():
    logits = torch.tensor([[200.0, -200.0]])
    assert f.bernoulli_nll(logits, torch.tensor([[1.0, 0.0]])).item() == 0
    assert f.bernoulli_nll(logits, torch.tensor([[0.0, 1.0]])).item() == 400


@pytest.mark.parametrize("sigma", [0.3, torch.tensor([[[0.2]], [[0.5]], [[2.0]]]).double()])
def test_gaussian_nll_matches_torch_distributions(sigma):
    mean, x = normal(3, 4, 9), normal(3, 4, 9, seed=1)
    expected = -Normal(mean, sigma).log_prob(x).sum(-1)
    torch.testing.assert_close(f.gaussian_nll(mean, x, sigma), expected)


def test_gaussian_nll_is_half_the_squared_error_over_sigma():
    mean, x = normal(4, 9), normal(4, 9, seed=1)
    constant = f.gaussian_nll(x, x, 0.5**0.5)
    torch.testing.assert_close(
        f.gaussian_nll(mean, x, 0.5**0.5) - constant, f.squared_error(mean, x)
    )


def test_gaussian_log_density_matches_torch_distributions():
    z, mu, logvar = normal(4, 3), normal(4, 3, seed=1), normal(4, 3, seed=2)
    expected = Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(-1)
    torch.testing.assert_close(f.gaussian_log_density(z, mu, logvar), expected)


def test_a_population_gives_the_numbers_of_its_runs_one_by_one():
    a, b, c = (normal(3, 4, 9, seed=s) for s in range(3))
    x, sigma = torch.sigmoid(normal(4, 9, seed=3)), torch.tensor([0.2, 0.5, 2.0]).double()
    stacked = {
        "kl": f.gaussian_kl(a, b),
        "z": f.reparameterise(a, b, c),
        "bernoulli": f.bernoulli_nll(a, x),
        "gaussian": f.gaussian_nll(a, x, sigma[:, None, None]),
        "density": f.gaussian_log_density(a, b, c),
        "error": f.squared_error(a, x),
        "saturation": f.saturation(torch.sigmoid(9 * a)),
        "pca": f.pca_reconstruct(a, *f.pca(a, 2)[:2]),
    }
    for i in range(3):
        alone = {
            "kl": f.gaussian_kl(a[i], b[i]),
            "z": f.reparameterise(a[i], b[i], c[i]),
            "bernoulli": f.bernoulli_nll(a[i], x),
            "gaussian": f.gaussian_nll(a[i], x, sigma[i].item()),
            "density": f.gaussian_log_density(a[i], b[i], c[i]),
            "error": f.squared_error(a[i], x),
            "saturation": f.saturation(torch.sigmoid(9 * a[i])),
            "pca": f.pca_reconstruct(a[i], *f.pca(a[i], 2)[:2]),
        }
        for name, value in alone.items():
            torch.testing.assert_close(stacked[name][i], value, msg=name)


# --- evidence: a linear-Gaussian model, whose log p(x) is known
# z ~ N(0, 1), x | z ~ N(W z, S^2 I) in two dimensions, so x ~ N(0, W W^T + S^2 I)

W, S = torch.tensor([1.2, -0.7]).double(), 0.6
X = torch.tensor([1.5, 0.4]).double()


def exact_log_evidence():
    covariance = torch.outer(W, W) + S**2 * torch.eye(2).double()
    return torch.distributions.MultivariateNormal(torch.zeros(2).double(), covariance).log_prob(X)


def exact_posterior():
    precision = 1 + W @ W / S**2
    return (W @ X / S**2 / precision)[None], -precision.log()[None]


def log_weights(mu, logvar, *samples):
    z = f.reparameterise(mu, logvar, normal(*samples, 1))
    zero = torch.zeros(1).double()
    return (
        -f.gaussian_nll(z * W, X, S)
        + f.gaussian_log_density(z, zero, zero)
        - f.gaussian_log_density(z, mu, logvar)
    )


def test_the_exact_posterior_gives_the_evidence_from_any_sample():
    log_w = log_weights(*exact_posterior(), 5, 8)
    torch.testing.assert_close(log_w, exact_log_evidence().expand(5, 8))
    torch.testing.assert_close(f.importance_bound(log_w), exact_log_evidence().expand(8))


def test_one_importance_sample_is_one_elbo_sample():
    mu, logvar = torch.tensor([0.3]).double(), torch.tensor([-1.0]).double()
    log_w = log_weights(mu, logvar, 100_000)
    assert torch.equal(f.importance_bound(log_w[None]), log_w)
    error = f.squared_error(mu * W, X) + W @ W * logvar.exp()  # E ||x - W z||^2
    elbo = -error / (2 * S**2) - math.log(2 * math.pi * S**2) - f.gaussian_kl(mu, logvar)
    assert (log_w.mean() - elbo).abs() < 3 * log_w.std() / len(log_w) ** 0.5
    assert elbo < exact_log_evidence()


def test_importance_bound_rises_and_stays_below_the_evidence():
    mu, logvar = torch.tensor([0.3]).double(), torch.tensor([-1.0]).double()
    log_w = log_weights(mu, logvar, 64, 20_000)
    bounds = [f.importance_bound(log_w[:k]).mean().item() for k in (1, 2, 8, 64)]
    assert bounds == sorted(bounds)
    evidence = exact_log_evidence().item()
    assert bounds[-1] < evidence
    assert bounds[-1] == pytest.approx(evidence, abs=0.1) != pytest.approx(bounds[0], abs=0.1)


# --- schedules, scales, errors


def test_capacity_rises_linearly_then_stays():
    values = [f.capacity(step, 1000, 25.0) for step in (0, 150, 300, 600, 601, 1000)]
    assert values == pytest.approx([0, 6.25, 12.5, 25, 25, 25])
    assert f.capacity(50, 100, 8.0, stop=1.0) == 4
    per_run = f.capacity(300, 1000, torch.tensor([5.0, 25.0]))
    assert per_run.tolist() == [2.5, 12.5]


def test_normalised_beta_is_higgins_beta_m_over_n():
    assert f.normalised_beta(4.0, 10, 4096) == pytest.approx(4 * 10 / 4096)
    assert f.normalised_beta(torch.tensor([1.0, 784.0]), 20, 784)[1].item() == 20


@pytest.mark.parametrize("kind", [float, np.asarray, torch.tensor])
def test_psnr_of_a_known_error(kind):
    assert float(f.psnr(kind(0.01))) == pytest.approx(20)
    assert float(f.psnr(kind(65.025), peak=255)) == pytest.approx(30)
    assert float(f.psnr(kind(0.0))) == math.inf


def test_squared_error_and_psnr_agree_on_a_constant_offset():
    x = torch.rand(5, 64, generator=torch.Generator().manual_seed(0))
    mse = f.squared_error(x + 0.1, x) / 64
    torch.testing.assert_close(f.psnr(mse), torch.full((5,), 20.0), rtol=1e-4, atol=1e-3)


def test_saturation_counts_activations_at_both_ends():
    code = torch.tensor([[[0.0, 0.04, 0.06, 0.5], [0.94, 0.96, 1.0, 0.5]]])
    assert f.saturation(code).tolist() == [0.5]
    assert f.saturation(code, tol=0.1).tolist() == [0.75]


# --- PCA

EVR = {2: 0.285, 5: 0.545, 8: 0.674, 10: 0.738, 16: 0.849, 20: 0.894, 32: 0.966}
MSE = {2: 0.05243, 8: 0.02391, 10: 0.0192, 16: 0.01104, 32: 0.00247}


def test_pca_explains_the_known_share_of_the_digits(digits):
    share = f.explained_variance_ratio(f.pca(digits, 2)[2]).cumsum(-1)
    for k, expected in EVR.items():
        assert share[k - 1].item() == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("k, expected", MSE.items())
def test_pca_copies_the_digits_with_the_known_error(digits, k, expected):
    mean, components, _ = f.pca(digits, k)
    copy = f.pca_reconstruct(digits, mean, components)
    assert f.squared_error(copy, digits).mean().item() / 64 == pytest.approx(expected, abs=6e-6)


def test_pca_equals_scikit_learn(digits):
    theirs = PCA(8, svd_solver="full").fit(digits.numpy())
    mean, components, singular = f.pca(digits, 8)
    np.testing.assert_allclose(mean[0], theirs.mean_)
    np.testing.assert_allclose(singular[:8], theirs.singular_values_)
    ratio = f.explained_variance_ratio(singular)[:8]
    np.testing.assert_allclose(ratio, theirs.explained_variance_ratio_)
    signs = np.sign((components.numpy() * theirs.components_).sum(1, keepdims=True))
    np.testing.assert_allclose(components, signs * theirs.components_, atol=1e-9)
    code = f.pca_code(digits, mean, components)
    np.testing.assert_allclose(code, theirs.transform(digits.numpy()) * signs.T, atol=1e-9)


def test_pca_signs_do_not_depend_on_the_sign_of_the_data(digits):
    components = f.pca(digits, 10)[1]
    torch.testing.assert_close(f.pca(-digits, 10)[1], components)
    assert (components.amax(-1) >= -components.amin(-1)).all()
