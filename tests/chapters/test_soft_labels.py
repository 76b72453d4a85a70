"""CEAL: soft labels, features that begin with a pretext task, and layers at rates of their own."""

import numpy as np
import pytest
import torch

from workbench.chapters.ceal import by_hand, features_study, lesson, pretext, soft
from workbench.chapters.ceal.members import SOFT_PAID, member
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.ceal.study import PAPER, Course
from workbench.chapters.ceal.team import Build, Team, alone
from workbench.results import studies
from workbench.science import nets
from workbench.science.compute import one_thread

KNOBS = {"k": 5, "initial": 10, "seed": 0} | PAPER


@pytest.fixture(autouse=True)
def same_threads():
    with one_thread():
        yield


def played(*names, network="MLP", count=2, **build):
    """A team of these strategies after some rounds."""
    team = Team(
        [member(n, **KNOBS) for n in names], load_pool("digits"), Build(network, 16, **build)
    )
    team.tune(20, by_hand.descend)
    for t in range(count):
        for position in range(len(names)):
            lesson.play_round(team, position, t)
        team.tune(10, by_hand.descend)
        team.forget()
    return team


def weights(team, position):
    return [p[position].detach().clone() for p in team.net.parameters()]


@pytest.mark.parametrize("network", ["MLP", "CNN"])
def test_soft_labels_change_nobody_elses_network_and_none_changes_them(network):
    names = ("AL_MS", "SOFT_MS", "CEAL_MS")
    together = played(*names, network=network)
    for position, name in enumerate(names):
        alone_in_it = weights(played(name, network=network), 0)
        for own, other in zip(alone_in_it, weights(together, position), strict=True):
            assert torch.equal(own, other), name


def test_the_whole_open_pool_is_believed_with_the_networks_own_probabilities():
    team = Team([member("SOFT_MS", **KNOBS)], load_pool("digits"), Build("MLP", 16))
    team.tune(50, by_hand.descend)
    this_round = lesson.play_round(team, 0, 0)
    assert len(this_round.believed) == len(team.pool) - 10 - 5
    assert not set(this_round.believed) & set(this_round.asked)
    rows = torch.randint(len(team.pool), (3, 64), generator=torch.Generator().manual_seed(0))
    blender = soft.Blender(team.pool.x, this_round.p, team.known[0], rows, [0])
    paid = np.flatnonzero(team.known[0] >= 0)
    assert (blender.labels[paid].argmax(1).numpy() == team.known[0][paid]).all()
    assert (blender.labels[paid].max(1).values == 1).all()
    assert torch.equal(blender.labels[this_round.believed], this_round.p[this_round.believed])
    x, t = blender.draw(1)
    share, far = blender.shares[1], rows[1][blender.partners[1]]
    assert torch.allclose(x, share * team.pool.x[rows[1]] + (1 - share) * team.pool.x[far])
    assert torch.allclose(t.sum(1), torch.ones(64)) and 0 < share < 1
    team.forget()
    assert not team.soft and (team.believed < 0).all()


def test_half_of_a_batch_is_paid_for_unless_another_share_is_chosen():
    assert member("SOFT_MS", **KNOBS).paid == SOFT_PAID == 0.5
    assert member("SOFT_MS", **KNOBS, paid=0.25).paid == 0.25
    # delta moves nothing of it, so two that differ in delta are trained once
    assert member("SOFT_MS", **KNOBS | {"delta": 2.0}) == member("SOFT_MS", **KNOBS)


def test_the_loss_is_that_of_its_three_terms_written_out():
    rng = np.random.default_rng(0)
    logits, t = rng.normal(size=(6, 4)), rng.dirichlet(np.ones(4), 6)
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    expected = -(t * np.log(p)).sum(1).mean()
    expected += 0.8 * sum(0.25 * np.log(0.25 / h) for h in p.mean(0))
    expected += 0.4 * -(p * np.log(p)).sum(1).mean()
    assert soft.loss(torch.tensor(logits), torch.tensor(t)).item() == pytest.approx(expected)


@pytest.mark.parametrize("network", ["MLP", "CNN"])
def test_frozen_layers_stay_and_a_tenth_of_the_rate_moves_a_tenth(network):
    first = weights(Team([member("AL_RAND", **KNOBS)], load_pool("digits"), Build(network, 16)), 0)
    moved = {}
    for lower in (0.0, 0.1, 1.0):
        team = Team([member("AL_RAND", **KNOBS)], load_pool("digits"), Build(network, 16, lower))
        team.tune(1, by_hand.descend)
        after = zip(first, weights(team, 0), strict=True)
        moved[lower] = [float((b - a).norm()) for a, b in after]
    layers = len(first) // 2
    for number in range(len(first)):
        last = number % layers == layers - 1
        assert (moved[0.0][number] > 0) == last
        share = 1.0 if last else 0.1  # Adam's first step is the rate, whatever the gradient
        assert moved[0.1][number] == pytest.approx(share * moved[1.0][number], rel=0.01)


def test_pictures_are_turned_and_odd_shapes_only_upside_down():
    x = torch.arange(6.0)[None]
    same, upside_down = pretext.turned(x, (2, 3))
    assert torch.equal(same, x) and upside_down.tolist() == [[5, 4, 3, 2, 1, 0]]
    assert len(pretext.turned(torch.zeros(1, 9), (3, 3))) == 4


def test_the_pretext_task_is_learnt_and_gives_all_layers_but_the_last(monkeypatch):
    pool, shape = load_pool("digits"), load_pool("digits").data.shape
    make = lambda classes: nets.Mlp([64, 32, classes], nets.generators([0, 1]))  # noqa: E731
    trained = pretext.rotation(make, pool.x, shape, [0, 1])
    for turns, view in enumerate(pretext.turned(pool.x, shape)):
        right = (alone(trained, 0, view).argmax(1) == turns).float().mean()
        assert right > 0.6  # of four
    fresh, begun = make(10), make(10)
    pretext.take_features(begun, trained)
    assert torch.equal(begun.weights[0], trained.weights[0])
    assert torch.equal(begun.weights[1], fresh.weights[1])


def test_no_label_is_looked_at_before_it_is_paid_for(monkeypatch):
    pool = load_pool("digits")
    begun = [
        Team([member("AL_RAND", **KNOBS)], each, Build("MLP", 16, pretext="rotation"))
        for each in (pool, replaced(pool))
    ]
    for own, other in zip(*(weights(team, 0) for team in begun), strict=True):
        assert torch.equal(own, other)


def replaced(pool):
    from dataclasses import replace

    return replace(pool, y=(pool.y + 1) % 10)


def test_the_study_of_features_compares_within_a_seed(monkeypatch):
    builds = []

    def courses(members, pool, count, tune, build):
        builds.append(build)
        base = 0.5 + 0.1 * members[0].seed + 0.1 * build.lower  # seeds differ more than strategies
        ends = [base, base + 0.04, base + 0.03]
        return [Course(np.arange(2), np.array([0.0, end]), 1, 0) for end in ends]

    monkeypatch.setattr(features_study, "train_courses", courses)
    *_, table = studies.find("ceal-features").reproduce("digits", 2, None, "cpu")
    assert len(builds) == 12 and {b.network for b in builds} == {"CNN"}
    assert {(b.pretext, b.lower) for b in builds} == {
        (begins, pace) for begins in features_study.STARTS for pace in (0.0, 0.1, 1.0)
    }
    frozen, _, adapting, *_ = table.rows
    assert frozen[:2] == ("nothing", "frozen") and adapting[3] == "69.0"
    assert frozen[-2:] == adapting[-2:] == ("+4.0 +- 0.0", "-1.0 +- 0.0")
