"""Skip-gram with negative sampling: its loss, its gradient, its draws and what they come to."""

import math
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from workbench.chapters import find
from workbench.chapters.words import by_hand, lesson
from workbench.chapters.words.counting import count_pairs, counts_of
from workbench.chapters.words.pairs import NoiseWords, Pairs, keep_chances, noise_chances
from workbench.data.texts import corpora
from workbench.science import nets

CHAPTER = find("words")
TOY = corpora.load("toy")


def small_net(runs=2, words=6, dimension=3):
    """Vectors in double precision, the company not at zero."""
    net = lesson.Vectors(words, dimension, nets.generators(range(runs)), "cpu")
    g = torch.Generator().manual_seed(7)
    for p in net.parameters():
        p.data = torch.randn(p.shape, generator=g, dtype=torch.float64)
        p.grad = torch.zeros_like(p)
    return net


def batch(runs=2, groups=1, size=4, draws=5, words=6):
    g = torch.Generator().manual_seed(3)
    pairs = torch.randint(words, (2, runs, groups, size), generator=g)
    return pairs, torch.randint(words, (runs, groups, draws), generator=g)


@pytest.mark.parametrize("form", [dict(), dict(groups=4, size=1, draws=2)])
def test_the_closed_form_is_the_gradient_of_autograd(form):
    net, (pairs, noise) = small_net(), batch(**form)
    losses = nets.autograd(lesson.loss)(net, pairs, noise, 0.7)
    expected = [p.grad.clone() for p in net.parameters()]
    by_formula = by_hand.gradient(net, pairs, noise, 0.7)
    torch.testing.assert_close(by_formula, losses)
    for p, gradient in zip(net.parameters(), expected, strict=True):
        assert gradient.abs().max() > 0.01
        torch.testing.assert_close(p.grad, gradient)


def test_the_loss_is_the_formula_word_by_word():
    net, (pairs, noise) = small_net(runs=1), batch(runs=1, groups=4, size=1, draws=2)
    v, u = (p.detach()[0].numpy() for p in net.parameters())

    def log_sigmoid(x):
        return -math.log1p(math.exp(-x))

    total = 0.0
    for i in range(4):
        w, c = pairs[0, 0, i, 0], pairs[1, 0, i, 0]
        total -= log_sigmoid(u[c] @ v[w])
        total -= sum(log_sigmoid(-u[n] @ v[w]) for n in noise[0, i])
    assert lesson.loss(net, pairs, noise, 1.0).item() == pytest.approx(total / 4)


@pytest.mark.parametrize("k", [1, 5, 15])
@pytest.mark.parametrize("shared", [False, True])
def test_it_begins_at_k_plus_one_times_ln_2(k, shared):
    run = CHAPTER.Settings(k=k, shared=shared)
    _, _, losses = next(lesson.fit([run], TOY))
    assert losses.tolist() == pytest.approx([(k + 1) * math.log(2)], rel=1e-5)


def test_adagrad_is_pytorchs():
    g = torch.Generator().manual_seed(0)
    own = [torch.randn(2, 3, 4, generator=g).requires_grad_() for _ in range(2)]
    other = [p.detach().clone().requires_grad_() for p in own]
    mine = lesson.Adagrad(own, [0.1, 0.1])
    theirs = torch.optim.Adagrad(other, lr=0.1, initial_accumulator_value=1e-10, eps=0)
    for _ in range(3):
        for a, b in zip(own, other, strict=True):
            a.grad = torch.randn(a.shape, generator=g)
            b.grad = a.grad.clone()
        mine.step()
        theirs.step()
    for a, b in zip(own, other, strict=True):
        torch.testing.assert_close(a, b)


# --- draws


@pytest.mark.parametrize("seed", range(5))
def test_noise_words_come_as_often_as_their_counts_say(seed):
    chances = noise_chances(TOY.counts, 0.75)
    noise = NoiseWords(chances, (50, 20), torch.Generator().manual_seed(seed))
    words = torch.stack([noise.draw() for _ in range(100)]).flatten()
    drawn = np.bincount(words.numpy(), minlength=len(chances))
    assert chisquare(drawn, chances * drawn.sum()).pvalue > 1e-3
    other = noise_chances(TOY.counts, 1.0)
    assert chisquare(drawn, other * drawn.sum()).pvalue < 1e-6


def test_noise_chances_are_counts_to_a_power():
    assert noise_chances(np.array([16, 1]), 0.75).tolist() == pytest.approx([8 / 9, 1 / 9])
    assert noise_chances(np.array([16, 1]), 0.0).tolist() == [0.5, 0.5]


def test_words_stay_with_the_square_root_of_t_over_their_share():
    keep = keep_chances(np.array([900, 99, 1]), 0.01)
    assert keep.tolist() == pytest.approx([(0.01 / 0.9) ** 0.5, (0.01 / 0.099) ** 0.5, 1])
    assert keep_chances(np.array([900, 1]), 0).tolist() == [1, 1]


@pytest.mark.parametrize("subsample", [0, 0.01])
def test_pairs_come_as_often_as_counting_says(subsample):
    """In whole walks through the text, so that places do not vary and windows alone do."""
    keep = keep_chances(TOY.counts, subsample)
    pairs = Pairs(TOY, 3, keep, torch.Generator().manual_seed(0))
    expected = count_pairs(TOY, 3, keep).toarray()
    w, c = torch.cat([pairs._more() for _ in range(8)], 1).numpy()  # a walk each
    drawn = np.zeros_like(expected)
    np.add.at(drawn, (w, c), 1)
    assert (drawn[expected == 0] == 0).all()
    often = expected > 5
    z = (drawn - 8 * expected)[often] / np.sqrt(8 * expected[often])
    assert abs(z.mean()) < 0.1 and z.std() < 1.1  # the places are fixed: less than Poisson's


def test_every_place_comes_up_once_before_any_comes_again():
    corpus = replace(
        TOY, tokens=np.arange(40, dtype=np.int32), text=np.zeros(40, np.int32), counts=np.ones(40)
    )
    pairs = Pairs(corpus, 1, np.ones(40), torch.Generator().manual_seed(0))
    w, c = pairs.draw(78)
    assert sorted(zip(w.tolist(), c.tolist(), strict=True)) == sorted(
        [(i, i + 1) for i in range(39)] + [(i + 1, i) for i in range(39)]
    )


def test_no_word_has_company_in_another_text():
    text = np.repeat(np.arange(20), 2).astype(np.int32)
    corpus = replace(TOY, tokens=np.arange(40, dtype=np.int32), text=text, counts=np.ones(40))
    w, c = Pairs(corpus, 5, np.ones(40), torch.Generator().manual_seed(0)).draw(40)
    assert (w // 2 == c // 2).all() and (w != c).all()


def test_nothing_walks_through_pairs_one_by_one():
    """Ten times the pairs take no more calls: they are index arrays that stay in memory."""

    def calls(size):
        pairs, count = Pairs(TOY, 3, np.ones(48), torch.Generator().manual_seed(0)), [0]

        def add(frame, event, arg):
            count[0] += event in ("call", "c_call")

        sys.setprofile(add)
        try:
            pairs.draw(size)
        finally:
            sys.setprofile(None)
        return count[0]

    assert calls(60_000) == calls(6000) < 300


@pytest.mark.parametrize("exponent", [0.0, 1.0])
def test_a_run_draws_what_its_own_knobs_say(exponent):
    run = CHAPTER.Settings(exponent=exponent, subsample=0.001, window=2, k=2, shared=False)
    draws = lesson.Draws([run], TOY, "cpu")
    batches = [draws.draw() for _ in range(40)]
    noise = torch.cat([noise.flatten() for _, noise, _ in batches]).numpy()
    drawn = np.bincount(noise, minlength=len(TOY.words))
    chances = noise_chances(TOY.counts, exponent)
    assert chisquare(drawn, chances * drawn.sum()).pvalue > 1e-3
    w, c = torch.cat([pairs.flatten(1) for pairs, _, _ in batches], 1).numpy()
    counted = counts_of(run).pairs.toarray()
    expected, drawn = counted * len(w) / counted.sum(), np.zeros_like(counted)
    np.add.at(drawn, (w, c), 1)
    often = expected > 5
    z = (drawn - expected)[often] / np.sqrt(expected[often])
    assert z.std() < 1.3 and (drawn[expected == 0] == 0).all()  # 2.7 with another knob
    assert draws.weight == 1
    assert lesson.Draws([CHAPTER.Settings(k=2)], TOY, "cpu").weight == 2 / lesson.SHARED


# --- runs


def last_vectors(runs, steps=60):
    for step, net, _ in by_hand.fit(runs, TOY):
        if step == steps:
            return [p.detach().clone() for p in net.parameters()]


@pytest.mark.parametrize("shared", [False, True])
def test_the_same_seed_gives_the_same_vectors_to_the_bit(shared):
    runs = [CHAPTER.Settings(seed=s, shared=shared) for s in (0, 1, 0)]
    centre, context = last_vectors(runs)
    again = last_vectors(runs)
    alone = last_vectors(runs[1:2])
    for both, same, one in zip((centre, context), again, alone, strict=True):
        assert torch.equal(both, same) and torch.equal(both[0], both[2])
        assert torch.equal(both[1], one[0]) and not torch.equal(both[0], both[1])
    assert not torch.equal(centre, context)  # two vectors a word


def test_autograd_and_the_closed_form_lead_to_the_same_vectors():
    runs = [CHAPTER.Settings(seed=0)]
    nets_at = [
        next(net for step, net, _ in fit(runs, TOY) if step == 40)
        for fit in (lesson.fit, by_hand.fit)
    ]
    a, b = (net.centre.detach() for net in nets_at)
    torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)


def test_the_log_counts_less_log_k_are_where_the_loss_is_least():
    """With vectors as long as there are words, the expected loss is flat exactly there."""
    run = CHAPTER.Settings(k=5)
    counts, k = counts_of(run), 5
    n = counts.pairs.toarray()
    noise = noise_chances(TOY.counts, run.exponent)
    there = n > 0
    best = np.log(n[there] / (n.sum(1)[:, None] * noise)[there]) - np.log(k)
    assert counts.logs.toarray()[there] - np.log(k) == pytest.approx(best)
    dots = torch.tensor(best, dtype=torch.float64, requires_grad=True)
    yes = torch.tensor(n[there])
    no = torch.tensor((k * n.sum(1)[:, None] * noise)[there])
    flat = torch.nn.functional.logsigmoid
    (-(yes * flat(dots) + no * flat(-dots)).sum() / n.sum()).backward()
    assert dots.grad.abs().max() < 1e-12


QUICK = (
    "counts-are-read-off",
    "the-line-is-the-diagonal",
    "slots-are-found",
    "it-begins-at-one-half",
)


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(claim, marks=() if claim.id in QUICK else pytest.mark.slow, id=claim.id)
        for claim in CHAPTER.claims
    ],
)
def test_what_the_chapter_says_of_words_holds_on_five_seeds(claim):
    for seed in range(5):
        right, words = claim.measure(seed)
        assert right, f"seed {seed}: {words}"
