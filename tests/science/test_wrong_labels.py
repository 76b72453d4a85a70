"""Labels that are wrong at a given rate, and the losses of Reed et al. 2015 that forgive them."""

import pytest
import torch
import torch.nn.functional as F

from workbench.science import corruption, formulas
from workbench.science.corruption import FLIPS, PERMUTATION, noise_matrix, wrong_labels

LOSSES = {
    "soft": formulas.bootstrap_soft,
    "detached": formulas.bootstrap_soft_detached,
    "hard": formulas.bootstrap_hard,
}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def labels(n=1437, classes=10):
    return torch.randint(classes, (n,), generator=seeded(1))


# --- wrong labels


@pytest.mark.parametrize("pattern", FLIPS)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_rows_of_a_pattern_avoid_the_true_class(pattern, classes):
    flips = FLIPS[pattern](classes)
    assert torch.allclose(flips.sum(1), torch.ones(classes))
    assert not flips.diagonal().any() and (flips >= 0).all()


def test_the_patterns_are_what_their_names_say():
    assert FLIPS["pair"](4).argmax(1).tolist() == [1, 2, 3, 0]
    assert FLIPS["permutation"](10).argmax(1).tolist() == [7, 9, 0, 4, 2, 1, 3, 5, 6, 8]
    assert sorted(PERMUTATION) == list(range(10))
    assert all(wrong != true for true, wrong in enumerate(PERMUTATION))


def test_look_alikes_are_mistaken_for_each_other():
    y = torch.arange(3).repeat(40)
    means = torch.tensor([[0.0, 0], [0.3, 0], [5, 5]])
    flips = corruption.lookalike_flips(
        means[y] + 0.01 * torch.randn(120, 2, generator=seeded()), y, 3
    )
    assert torch.allclose(flips.sum(1), torch.ones(3)) and not flips.diagonal().any()
    assert flips[0, 1] > 0.99 and flips[1, 0] > 0.99


@pytest.mark.parametrize("pattern", FLIPS)
@pytest.mark.parametrize("rate", [0, 0.05, 0.3, 0.437, 0.5, 0.6, 1])
def test_the_rate_is_exact_to_one_label(pattern, rate):
    y = labels()
    noisy = wrong_labels(y, rate, FLIPS[pattern](10), seeded())
    assert abs((noisy != y).sum().item() - rate * len(y)) <= 0.5 + 1e-6
    for c in range(10):
        mine = y == c
        assert abs((noisy[mine] != c).sum() - rate * mine.sum()) <= 1
    expected = rate * FLIPS[pattern](10) + (1 - rate) * torch.eye(10)
    counts = torch.bincount(y, minlength=10)[:, None]
    assert ((noise_matrix(y, noisy, 10) - expected) * counts).abs().max() <= 1.5


def test_each_class_can_have_a_rate_of_its_own():
    y = torch.arange(4).repeat_interleave(100)
    rates = torch.tensor([0, 0.1, 0.25, 1.0])
    noisy = wrong_labels(y, rates, FLIPS["uniform"](4), seeded())
    wrong = (noisy != y).view(4, 100).sum(1)
    assert wrong.tolist() == [0, 10, 25, 100]


def test_a_draw_repeats_itself_and_leaves_the_true_labels():
    y = labels()
    before = y.clone()
    one, two, other = (wrong_labels(y, 0.4, FLIPS["uniform"](10), seeded(s)) for s in (0, 0, 1))
    assert torch.equal(one, two) and not torch.equal(one, other) and torch.equal(y, before)
    assert one.dtype == torch.int64


def test_which_items_are_wrong_is_chance_and_not_their_place():
    y = torch.zeros(1000, dtype=torch.int64)
    wrong, other = (wrong_labels(y, 0.5, FLIPS["pair"](2), seeded(s)) != y for s in (0, 1))
    assert 200 < wrong[:500].sum() < 300
    assert 400 < (wrong != other).sum() < 600


def test_a_class_that_flips_to_itself_is_refused():
    with pytest.raises(ValueError, match="diagonal"):
        wrong_labels(labels(), 0.3, torch.full((10, 10), 0.1), seeded())


def test_annotators_have_habits_of_their_own():
    rates, flips = corruption.annotators(200, 5, 0.4, seeded())
    assert (rates >= 0.2).all() and (rates <= 0.6).all()
    assert rates.mean() == pytest.approx(0.4, abs=0.03)
    assert torch.allclose(flips.sum(-1), torch.ones(200, 5))
    assert not flips.diagonal(dim1=1, dim2=2).any()
    assert not torch.allclose(flips[0], flips[1])
    assert corruption.annotators(3, 5, 0.9, seeded())[0].max() <= 0.95


def test_the_majority_wins_and_the_first_annotator_breaks_ties():
    votes = torch.tensor([[2, 0, 1, 1], [0, 0, 2, 3], [0, 1, 0, 3]])
    assert corruption.majority(votes, 4).tolist() == [0, 0, 1, 3]
    assert corruption.majority(votes[:1], 4).tolist() == votes[0].tolist()


# --- losses


def batch(classes=6, n=7, runs=3):
    logits = 3 * torch.randn(runs, n, classes, generator=seeded(), dtype=torch.float64)
    return logits.requires_grad_(), torch.randint(classes, (runs, n), generator=seeded(1))


def grad(loss, logits):
    return torch.autograd.grad(loss.sum(), logits)[0] * logits.shape[-2]


def parts(logits, targets):
    q = logits.softmax(-1)
    t = F.one_hot(targets, logits.shape[-1]).to(q)
    z = F.one_hot(q.argmax(-1), logits.shape[-1]).to(q)
    return q.detach(), t, z


@pytest.mark.parametrize("name", LOSSES)
def test_at_beta_1_each_is_cross_entropy_to_the_bit(name):
    logits, targets = batch()
    loss = LOSSES[name](logits, targets, 1.0)
    assert torch.equal(loss, formulas.cross_entropy(logits, targets))
    expected = torch.stack([F.cross_entropy(a, b) for a, b in zip(logits, targets, strict=True)])
    assert torch.allclose(loss, expected, rtol=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.95])
def test_soft_is_beta_cross_entropy_plus_the_rest_entropy(beta):
    logits, targets = batch()
    entropy = torch.distributions.Categorical(logits=logits).entropy().mean(-1)
    expected = beta * formulas.cross_entropy(logits, targets) + (1 - beta) * entropy
    for form in (formulas.bootstrap_soft, formulas.bootstrap_soft_detached):
        assert torch.allclose(form(logits, targets, beta), expected, rtol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_they_are_the_sums_of_the_paper(name):
    logits, targets = batch()
    q, t, z = parts(logits, targets)
    own = z if name == "hard" else q
    slow = torch.zeros(3, dtype=torch.float64)
    for r in range(3):
        for i in range(7):
            for k in range(6):
                slow[r] -= (0.7 * t[r, i, k] + 0.3 * own[r, i, k]) * q[r, i, k].log() / 7
    assert torch.allclose(LOSSES[name](logits, targets, 0.7), slow, rtol=1e-10)


@pytest.mark.parametrize("beta", [0.0, 0.6, 1.0])
def test_their_gradients_are_those_worked_out_on_paper(beta):
    logits, targets = batch()
    q, t, z = parts(logits, targets)
    entropy = -(q * q.log()).sum(-1, keepdim=True)
    expected = {
        "hard": q - beta * t - (1 - beta) * z,
        "soft": beta * (q - t) - (1 - beta) * q * (q.log() + entropy),
        "detached": beta * (q - t),
    }
    for name, by_hand in expected.items():
        found = grad(LOSSES[name](logits, targets, beta), logits)
        assert torch.allclose(found, by_hand, atol=1e-12), name


def test_detached_the_soft_form_only_trains_more_slowly():
    logits, targets = batch()
    ce = grad(formulas.cross_entropy(logits, targets), logits)
    detached = grad(formulas.bootstrap_soft_detached(logits, targets, 0.8), logits)
    assert torch.allclose(detached, 0.8 * ce, atol=1e-14)
    soft = grad(formulas.bootstrap_soft(logits, targets, 0.8), logits)
    assert not torch.allclose(soft, 0.8 * ce, atol=1e-3)


@pytest.mark.parametrize("name", [*LOSSES, "recon", "cross_entropy"])
def test_targets_may_be_indices_or_distributions(name):
    logits, targets = batch()
    spread = F.one_hot(targets, 6).double()
    beta = torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)
    x, r = (torch.randn(n, 4, generator=seeded(), dtype=torch.float64) for n in (7, 6))
    n = torch.randn(6, 6, generator=seeded(3), dtype=torch.float64)

    def loss(rows, t, b):
        if name == "recon":
            return formulas.bootstrap_recon(rows, n, t, x, r, b)
        if name == "cross_entropy":
            return formulas.cross_entropy(rows, t)
        return LOSSES[name](rows, t, b)

    together = loss(logits, targets, beta)
    assert torch.allclose(together, loss(logits, spread, beta))
    for run in range(3):
        assert torch.allclose(together[run], loss(logits[run], targets[run], beta[run].item()))


@pytest.mark.parametrize("name", LOSSES)
def test_sure_and_wrong_stays_finite(name):
    logits = torch.tensor([[200.0, 0, -200]], requires_grad=True)
    loss = LOSSES[name](logits, torch.tensor([2]), 0.5)
    assert loss.isfinite() and torch.autograd.grad(loss, logits)[0].isfinite().all()


def test_recon_is_the_noise_layer_and_a_picture_of_every_class():
    logits, targets = batch(runs=1)
    gen = seeded(5)
    raw, r, x = (
        torch.randn(s, generator=gen, dtype=torch.float64) for s in ((6, 6), (6, 4), (7, 4))
    )
    q = logits.softmax(-1)[0]
    slow = 0.0
    for i in range(7):
        p = sum(raw[:, j].softmax(0)[targets[0, i]] * q[i, j] for j in range(6))
        copy = sum(q[i, j] * r[j] for j in range(6))
        slow += (-p.log() + 0.3 * ((x[i] - copy) ** 2).sum()) / 7
    found = formulas.bootstrap_recon(logits[0], raw, targets[0], x, r, 0.3)
    assert torch.allclose(found, slow, rtol=1e-10)
    silent = 100 * torch.eye(6, dtype=torch.float64)  # a noise layer that changes nothing
    alone = formulas.bootstrap_recon(logits[0], silent, targets[0], x, r, 0.0)
    assert torch.allclose(alone, formulas.cross_entropy(logits[0], targets[0]))


# --- detection


def scene(runs=2, n=3, locations=5):
    a = torch.randn(runs, n, locations, generator=seeded(), dtype=torch.float64).mul(2)
    t = (torch.rand(runs, n, locations, generator=seeded(1)) < 0.4).double()
    return a.requires_grad_(), t


@pytest.mark.parametrize("name", ["multibox_soft", "multibox_hard"])
@pytest.mark.parametrize("beta", [0.0, 0.35, 1.0])
def test_multibox_losses_are_the_sums_of_the_paper(name, beta):
    a, t = scene()
    c = a.sigmoid().detach()
    own = (c > 0.5).double() if name.endswith("hard") else c
    slow = torch.zeros(2, dtype=torch.float64)
    for r in range(2):
        for i in range(3):
            for k in range(5):
                there = beta * t[r, i, k] + (1 - beta) * own[r, i, k]
                empty = beta * (1 - t[r, i, k]) + (1 - beta) * (1 - own[r, i, k])
                slow[r] -= (there * c[r, i, k].log() + empty * (1 - c[r, i, k]).log()) / 3
    assert torch.allclose(getattr(formulas, name)(c, t, beta), slow, rtol=1e-10)


@pytest.mark.parametrize("name", ["multibox_soft", "multibox_hard"])
def test_multibox_losses_at_beta_1_are_binary_cross_entropy(name):
    a, t = scene()
    c = a.sigmoid().detach()
    c[0, 0, 0], t[0, 0, 0] = 1.0, 0.0  # as wrong as can be
    expected = F.binary_cross_entropy(c, t, reduction="none").sum(-1).mean(-1)
    assert torch.allclose(getattr(formulas, name)(c, t, 1.0), expected, rtol=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.6, 1.0])
def test_multibox_gradients_are_those_worked_out_on_paper(beta):
    a, t = scene()
    c = a.sigmoid().detach()
    expected = {
        "multibox_soft": beta * (c - t) - (1 - beta) * a.detach() * c * (1 - c),
        "multibox_hard": c - beta * t - (1 - beta) * (c > 0.5).double(),
    }
    for name, by_hand in expected.items():
        loss = getattr(formulas, name)(a.sigmoid(), t, beta)
        assert torch.allclose(grad(loss, a), by_hand, atol=1e-12), name
