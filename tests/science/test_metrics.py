import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from workbench.science import metrics

LOOSE_END = 1 - math.log(2) / math.log(10)


def sample_factors(n=2000, values=(10, 10, 10, 10, 10), seed=0):
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(v, size=n) for v in values], axis=1)


FACTORS = sample_factors()
IDENTITY = FACTORS.astype(float)
ZERO = np.zeros_like(IDENTITY)
TWICE = np.hstack([IDENTITY, IDENTITY])
ROTATED = (IDENTITY - 4.5) @ np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]

SCORES = {
    "mig": metrics.mig,
    "sap": metrics.sap,
    "disentanglement": lambda c, v, **kw: metrics.dci(c, v, **kw).disentanglement,
    "completeness": lambda c, v, **kw: metrics.dci(c, v, **kw).completeness,
    "informativeness": lambda c, v, **kw: metrics.dci(c, v, **kw).informativeness,
    "beta_vae": metrics.beta_vae_score,
    "factor_vae": metrics.factor_vae_score,
}
every_score = pytest.mark.parametrize("name", SCORES)


# --- disentanglement: the cases of disentanglement_lib's own tests


@every_score
def test_the_factors_themselves_are_a_perfect_code(name):
    assert 0.9 <= SCORES[name](IDENTITY, FACTORS) <= 1


@every_score
def test_a_code_that_says_nothing_scores_nothing(name):
    chance = 0.3 if name == "beta_vae" else 0.2  # one in five, and a finite test set
    assert 0 <= SCORES[name](ZERO, FACTORS) <= chance


@pytest.mark.parametrize("name, most", [("mig", 0.1), ("sap", 0.2)])
def test_saying_everything_twice_closes_the_gap(name, most):
    assert 0 <= SCORES[name](TWICE, FACTORS) <= most


@pytest.mark.parametrize("name", ["mig", "sap", "disentanglement", "completeness"])
def test_a_rotated_code_knows_everything_but_is_not_disentangled(name):
    assert SCORES[name](ROTATED, FACTORS) < 0.5


def test_the_beta_vae_score_hardly_notices_a_rotation():
    assert metrics.beta_vae_score(ROTATED, FACTORS) > 0.85


@every_score
def test_the_order_and_sign_of_codes_do_not_matter(name):
    mixed = -IDENTITY[:, [3, 1, 4, 0, 2]]
    assert SCORES[name](mixed, FACTORS) == pytest.approx(SCORES[name](IDENTITY, FACTORS), abs=0.02)


@pytest.mark.parametrize("name", ["sap", "disentanglement", "beta_vae", "factor_vae"])
def test_a_seed_gives_the_same_number_again(name):
    few, options = slice(0, 400), {"ordered": [False] * 5} if name == "sap" else {}
    noisy = ROTATED[few] + np.random.default_rng(3).normal(size=(400, 5))

    def score(seed):
        return SCORES[name](noisy, FACTORS[few], seed=seed, **options)

    assert score(1) == score(1) == score(np.random.default_rng(1))
    assert len({score(1), score(2), score(3)}) > 1


@every_score
def test_a_single_code_is_scored(name):
    assert 0 <= SCORES[name](IDENTITY[:, :1], FACTORS) <= 1


# --- mutual information


def test_mutual_information_equals_scikit_learn():
    codes = ROTATED[:, :3]
    factors = np.hstack([FACTORS[:, :2], FACTORS[:, 2:3] * 7 - 3])  # any integers will do
    expected = [
        [mutual_info_score(v, z) for v in factors.T] for z in metrics.discretise(codes, 20).T
    ]
    np.testing.assert_allclose(metrics.mutual_information(codes, factors), expected, atol=1e-12)


def test_discretise_cuts_the_range_in_equal_widths():
    codes = np.stack([np.linspace(-3, 5, 81), np.full(81, 2.0)], axis=1)
    cells = metrics.discretise(codes, 8)
    assert cells.min() == 0 and cells.max() == 7 and len(set(cells[:, 1])) == 1
    assert np.bincount(cells[:, 0]).tolist() == [10] * 7 + [11]
    edges = np.histogram(ROTATED[:, 0], 20)[1][:-1]  # as disentanglement_lib writes it
    expected = np.digitize(ROTATED[:, 0], edges) - 1
    assert (metrics.discretise(ROTATED)[:, 0] == expected).all()


def test_mig_of_half_a_bit():
    """z_0 tells two of four values apart from the rest: 1 bit of 2; z_1 knows nothing."""
    v = np.repeat(np.arange(4), 2)
    codes = np.stack([v // 2, np.tile([0, 1], 4)], axis=1)
    assert metrics.mutual_information(codes, v[:, None])[:, 0] == pytest.approx([math.log(2), 0])
    assert metrics.mig(codes, v[:, None]) == pytest.approx(0.5)


def test_mig_is_a_mean_in_which_a_constant_factor_scores_zero():
    factors = np.hstack([FACTORS[:, :2], np.ones((2000, 1), int)])
    each = metrics.mig_per_factor(IDENTITY, factors)
    assert each[:2].min() > 0.9 and each[2] == 0
    assert metrics.mig(IDENTITY, factors) == pytest.approx(each.mean())


# --- SAP


def test_sap_on_a_scale_is_the_gap_of_squared_correlations():
    noise = np.random.default_rng(1).normal(size=(2000, 2))
    codes = np.hstack([IDENTITY[:, :1] + 3 * noise[:, :1], IDENTITY[:, :1] + 9 * noise[:, 1:]])
    first, second = (np.corrcoef(z, FACTORS[:, 0])[0, 1] ** 2 for z in codes.T)
    assert metrics.sap(codes, FACTORS[:, :1]) == pytest.approx(first - second)


def test_sap_does_not_read_the_traces_in_a_dead_code():
    assert metrics.sap(1e-8 * IDENTITY, FACTORS) == pytest.approx(0)


def test_sap_of_a_class_is_a_linear_classifiers_accuracy_gap():
    """A binary factor that z_0 shows without error and z_1 in 80 % of the images."""
    rng = np.random.default_rng(0)
    v = rng.integers(2, size=4000)
    codes = np.stack([v, np.where(rng.random(4000) < 0.8, v, 1 - v)], axis=1) - 0.5
    assert metrics.sap(codes, v[:, None]) == pytest.approx(0.2, abs=0.04)


def test_sap_takes_many_values_for_a_scale_unless_told():
    guessed = metrics.sap(IDENTITY, FACTORS)
    assert guessed == metrics.sap(IDENTITY, FACTORS, ordered=[True] * 5)
    assert metrics.sap(IDENTITY, FACTORS, ordered=[False] * 5) < guessed / 2
    three = sample_factors(values=(3, 3))
    told = metrics.sap(three.astype(float), three, ordered=[False] * 2)
    assert metrics.sap(three.astype(float), three) == told


# --- DCI

DIAGONAL = np.diag(np.full(5, 5.0))


@pytest.mark.parametrize(
    "importance, disentanglement, completeness",
    [
        (DIAGONAL, 1, 1),
        (np.hstack([DIAGONAL, DIAGONAL]), LOOSE_END, 1),
        (np.vstack([DIAGONAL, DIAGONAL]), 1, LOOSE_END),
        (np.zeros((10, 10)), 0, 0),
        (np.zeros((3, 1)), 0, 0),
        (np.ones((4, 6)), 0, 0),
        (DIAGONAL[:2], 1, 1),  # the three factors nobody knows weigh nothing
    ],
)
def test_dci_of_known_importances(importance, disentanglement, completeness):
    assert metrics.dci_from_importance(importance) == pytest.approx((disentanglement, completeness))


def test_dci_weighs_codes_by_their_importance():
    """A pure code of mass 3 and an even one of mass 1: three quarters of the mass is pure."""
    assert metrics.dci_from_importance([[3, 0], [0.5, 0.5]])[0] == pytest.approx(0.75)


def test_dci_ignores_codes_that_know_nothing():
    noise = np.random.default_rng(1).normal(size=IDENTITY.shape)
    result = metrics.dci(np.hstack([IDENTITY, noise]), FACTORS)
    assert min(result) > 0.9


# --- batches that share one factor


def test_partners_share_the_factor_and_are_somebody_else():
    rng = np.random.default_rng(0)
    fixed, points = rng.integers(5, size=60), rng.integers(2000, size=(60, 16))
    partner = metrics.partners(FACTORS, fixed, points, rng)
    same = FACTORS[points, fixed[:, None]] == FACTORS[partner, fixed[:, None]]
    assert same.all() and (partner != points).all()


def test_partners_are_drawn_evenly():
    values = np.array([0, 1, 0, 0, 2, 0])[:, None]
    points = np.zeros((1, 30_000), int)
    partner = metrics.partners(values, np.array([0]), points, np.random.default_rng(0))
    share = np.bincount(partner[0], minlength=6) / 30_000
    assert share == pytest.approx([0, 0, 1 / 3, 1 / 3, 0, 1 / 3], abs=0.015)
    alone = metrics.partners(values, np.array([0]), points + 4, np.random.default_rng(0))
    assert (alone == 4).all()


def test_factor_vae_score_prunes_collapsed_codes():
    """A dead code with a trace of every factor must not take the votes of the live ones."""
    grid = np.array(list(itertools.product(range(5), range(5), range(5))))
    rng = np.random.default_rng(0)
    live = grid + 0.5 * rng.normal(size=grid.shape)
    dead = 1e-3 * grid[:, :1]
    both = np.hstack([dead, live[:, 1:]])
    assert metrics.factor_vae_score(both, grid) < 0.75
    assert metrics.factor_vae_score(both, grid, collapsed=0.0) > 0.95


# --- counts and bits


def test_active_dims_counts_latents_above_the_threshold():
    kl = np.array([[0.0, 0.04, 0.06, 3.0], [0.0, 0.0, 0.0, 0.01]])
    assert metrics.active_dims(kl).tolist() == [2, 0]
    assert metrics.active_dims(kl[0], threshold=1.0) == 1


@given(seed=st.integers(0, 10_000), bits=st.integers(1, 6), k=st.integers(1, 30))
@settings(deadline=None, derandomize=True, max_examples=40)
def test_precision_at_k_equals_the_slow_loop(seed, bits, k):
    rng = np.random.default_rng(seed)
    query, base = rng.integers(2, size=(4, bits)), rng.integers(2, size=(25, bits))
    query_labels, base_labels = rng.integers(3, size=4), rng.integers(3, size=25)
    expected = []
    for code, label in zip(query, query_labels, strict=True):
        distance = [sum(a != b for a, b in zip(code, other, strict=True)) for other in base]
        left, hits = min(k, 25), 0.0
        for d in sorted(set(distance)):
            shell = [i for i in range(25) if distance[i] == d]
            taken = min(left, len(shell))
            hits += taken * np.mean([base_labels[i] == label for i in shell])
            left -= taken
        expected.append(hits / min(k, 25))
    result = metrics.precision_at_k(query, query_labels, base, base_labels, k)
    assert result == pytest.approx(np.mean(expected))


def test_precision_of_a_useless_code_is_chance_in_any_order():
    labels = np.repeat(np.arange(10), 20)
    same = np.ones((200, 8), int)
    assert metrics.precision_at_k(same[:5], [0, 1, 2, 3, 4], same, labels, 20) == pytest.approx(0.1)


def test_hamming_counts_bits():
    a, b = np.array([[0, 0, 1], [1, 1, 1]]), np.array([[0, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)
    assert metrics.hamming(a, b).tolist() == [[0, 2, 3], [2, 2, 1]]


def test_a_hamming_ball_is_what_a_slow_loop_finds():
    rng = np.random.default_rng(0)
    query, base = rng.integers(2, size=(5, 6)), rng.integers(2, size=(30, 6))
    y, base_y = rng.integers(3, size=5), rng.integers(3, size=30)
    ball = metrics.hamming_ball(query, y, base, base_y, range(7))
    for radius in range(7):
        pairs = [
            (q, b) for q in range(5) for b in range(30) if (query[q] != base[b]).sum() <= radius
        ]
        hits = sum(y[q] == base_y[b] for q, b in pairs)
        assert ball.precision[radius] == pytest.approx(hits / len(pairs))
        assert ball.recall[radius] == pytest.approx(hits / (y[:, None] == base_y).sum())
        assert ball.returned[radius] == pytest.approx(len(pairs) / 150)
        assert ball.empty[radius] == pytest.approx(1 - len({q for q, _ in pairs}) / 5)
    assert ball.recall[-1] == ball.returned[-1] == 1


def test_a_ball_that_returns_nothing_has_no_precision():
    ball = metrics.hamming_ball([[0, 0, 0]], [1], [[1, 1, 1]], [1], (0, 3))
    assert np.isnan(ball.precision[0]) and ball.precision[1] == 1
    assert ball.recall.tolist() == [0, 1] and ball.empty.tolist() == [1, 0]


def test_bits_entropy_tells_live_units_from_dead_ones():
    codes = np.array([[0, 1, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [1, 1, 0, 1]])
    quarter = -(0.25 * math.log2(0.25) + 0.75 * math.log2(0.75))
    assert metrics.bits_entropy(codes) == pytest.approx([1, 0, 0, quarter])
    assert metrics.bits_entropy(codes[None]).shape == (1, 4)
