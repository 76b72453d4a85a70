"""CEAL: what a round may and may not do, and what the strategies are worth."""

import numpy as np
import pytest
import torch
from doubles import one_run

from workbench.chapters import find
from workbench.chapters.ceal import knobs as ceal_knobs
from workbench.chapters.ceal import lesson, queries, rounds
from workbench.chapters.ceal import team as active
from workbench.chapters.ceal.frames import train
from workbench.chapters.ceal.knobs import Settings
from workbench.chapters.ceal.team import Team, member, pool
from workbench.core.frames import Diverged
from workbench.data import DataError
from workbench.science import formulas, nets
from workbench.science.convnet import Cnn
from workbench.view.page.controls import widget

KNOBS = dict(k=20, initial=30, delta=0.05, decay=0.0033, schedule="linear", lr=0.003)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def team(*strategies, seed=0, network="MLP", **knobs):
    members = [member(name, **(KNOBS | {"seed": seed} | knobs)) for name in strategies]
    return Team(members, pool("digits"), network, 32)


def played(one, count=4, steps=60):
    """Plays rounds with everybody; what each did in each, after checking what holds in all."""
    one.tune(100)
    for t in range(count):
        before = one.known.copy()
        yield [rounds.play_round(one, place, t, look=True) for place in range(len(one.members))]
        assert (one.known[before >= 0] == before[before >= 0]).all()
        one.tune(steps)
        one.forget()


# --- what a round may and may not do


def test_every_round_labels_exactly_k_more_and_believes_nothing_it_asks_about():
    names = [name for name in queries.STRATEGIES if name != "AL_ALL"]
    one, believed = team(*names), 0
    truth = one.work.y
    for t, each in enumerate(played(one)):
        for place, (name, round_) in enumerate(zip(names, each, strict=True)):
            assert (one.known[place] >= 0).sum() == 30 + 20 * (t + 1)
            assert len(set(round_.asked)) == 20 and set(round_.asked) <= set(round_.open)
            assert not set(round_.asked) & set(round_.believed)
            assert set(round_.believed) <= set(round_.open)
            assert queries.STRATEGIES[name].believes or not len(round_.believed)
            there = one.known[place] >= 0
            assert (one.known[place][there] == truth[there]).all()
            assert (one.believed[place][there] == -1).all()
            believed += len(round_.believed)
    assert believed > 100 and (one.believed == -1).all()


def test_all_knows_everything_and_asks_nothing():
    one = team("AL_ALL")
    for (round_,) in played(one, 1):
        assert (one.known[0] == one.work.y).all() and not len(round_.asked)


def test_believing_starts_anew_each_round():
    one = team("CEAL_MS", delta=0.5)
    for t, (round_,) in enumerate(played(one)):
        sure = formulas.entropy(round_.p).numpy() < 0.5 - 0.0033 * t
        assert set(round_.believed) == set(round_.open[sure[round_.open]]) - set(round_.asked)
        assert (round_.pseudo == round_.p[round_.believed].argmax(1).numpy()).all()


def test_delta_nought_is_plain_active_learning():
    frames = [
        list(one_run(train, Settings(seeds=1, steps=20, **knobs)))
        for knobs in ({"delta": 0}, {"strategy": "AL_MS"})
    ]
    for ceal_, al in zip(*frames, strict=True):
        assert ceal_.scalars == al.scalars
        assert (ceal_.pictures["questions"].tiles == al.pictures["questions"].tiles).all()


@pytest.mark.parametrize("strategy", ["FUSION", "RAND"])
def test_pseudo_labels_do_not_change_what_chance_draws(strategy):
    one, other = (team(f"CEAL_{strategy}", delta=delta) for delta in (0, 0.05))
    first, second = next(played(one, 1))[0], next(played(other, 1))[0]
    assert (first.asked == second.asked).all()


def test_an_exhausted_pool_ends_the_questions_and_nothing_else():
    end = list(one_run(train, Settings(k=2000, seeds=1)))
    assert end[1].scalars["labels"] == 1438 == end[-1].scalars["labels"]
    assert end[-1].pictures["questions"].columns == ("none", *[""] * 5)
    assert end[-1].scalars["accuracy"] > 0.9


def test_left_out_rows_are_not_asked_about():
    one = team("AL_MS", "AL_RAND", "TCAL", "CEAL_FUSION")
    one.tune(50)
    for place in range(4):
        p = one.predict(place)
        first = one.ask(place, p)
        assert not set(one.ask(place, p, left_out=first)) & set(first)


def test_the_wrong_sign_asks_about_what_is_sure():
    wrong, right = (
        [f.scalars for f in one_run(train, Settings(strategy="AL_MS", sign_bug=bug, seeds=1))]
        for bug in (True, False)
    )
    assert wrong[-1]["asked_margin"] > wrong[-1]["pool_margin"] > 0.5
    assert all(now["asked_margin"] < now["pool_margin"] / 2 for now in right[:10])


# --- learning


@pytest.mark.parametrize("network", ["MLP", "CNN"])
def test_a_member_learns_the_same_alone_and_in_company(network):
    names = ("CEAL_MS", "AL_RAND", "CEAL_FUSION")
    together = team(*names, network=network)
    list(played(together, 2, 10))
    for place, name in enumerate(names):
        alone = team(name, network=network)
        list(played(alone, 2, 10))
        assert (alone.known[0] == together.known[place]).all()
        assert torch.equal(alone.predict(0), together.predict(place))


def test_the_gradient_by_hand_is_autograds():
    net = nets.Mlp([12, 9, 5], nets.generators([1, 2]))
    nets.Adam(net.parameters(), 0.1)
    x = torch.rand(2, 8, 12, generator=torch.Generator().manual_seed(0))
    y = torch.arange(16).view(2, 8) % 5
    active.gradient_by_autograd(net, x, y)
    expected = [p.grad.clone() for p in net.parameters()]
    for p in net.parameters():
        p.grad.fill_(7.0)
    active.gradient_by_hand(net, x, y)
    for p, other in zip(net.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, other, atol=1e-6)


def test_by_autograd_a_run_gives_the_same_curve():
    run = Settings(seeds=1, tune=10)
    curves = [
        [frames[0].scalars["accuracy"] for frames in train([run], gradient=gradient)]
        for gradient in (active.gradient_by_autograd, active.gradient_by_hand)
    ]
    assert curves[0] == pytest.approx(curves[1], abs=0.02)


def test_a_network_alone_says_what_it_says_in_the_stack():
    x = torch.rand(3, 4, 35)
    for net in (
        nets.Mlp([35, 6, 5, 3], nets.generators([1, 2, 3])),
        Cnn((5, 7), 3, nets.generators([1, 2, 3])),
    ):
        for place, logits in enumerate(net(x)):
            assert torch.allclose(active.one(net, place, x[place]), logits, atol=1e-6)


def test_the_convolutions_are_torchs_modules():
    net = Cnn((8, 9), 4, nets.generators([5]))
    reference = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2, ceil_mode=True),
        torch.nn.Conv2d(8, 16, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2, ceil_mode=True),
        torch.nn.Flatten(),
        torch.nn.Linear(16 * 2 * 3, 4),
    )
    values = [v for pair in zip(net.weights, net.biases, strict=True) for v in pair]
    for own, value in zip(reference.parameters(), values, strict=True):
        own.data = value[0].detach().clone()
        bound = value.detach().abs().max() * own[0].numel() ** 0.5 if own.ndim > 1 else 1
        assert 0.9 < bound <= 1
    x = torch.rand(6, 72)
    assert torch.allclose(net(x[None])[0], reference(x.view(6, 1, 8, 9)), atol=1e-6)


@pytest.mark.parametrize("shape", [(28, 28), (5, 7), (8, 3), (1, 1)])
def test_scoring_without_a_gradient_says_the_same_to_the_bit(shape):
    net = Cnn(shape, 3, nets.generators([1]))
    x = torch.rand(6, shape[0] * shape[1])
    taught = net.one(0, x)
    with torch.no_grad():
        assert torch.equal(net.one(0, x), taught)


def test_training_anew_forgets_the_network_and_keeps_the_labels():
    frames = list(one_run(train, Settings(retrain=True, seeds=1, tune=10)))
    assert frames[-1].scalars["labels"] == 230
    one = team("AL_RAND")
    fresh = one.predict(0)
    one.tune(20)
    assert not torch.equal(one.predict(0), fresh)
    one.begin()
    assert torch.equal(one.predict(0), fresh)


def test_divergence_is_told(monkeypatch):
    def poison(net, x, y):
        active.gradient_by_hand(net, x, y)
        net.weights[0].grad.fill_(float("nan"))

    with pytest.raises(Diverged, match="learning rate"):
        list(train([Settings(seeds=1)], gradient=poison))


def test_one_class_is_refused(tmp_path):
    np.savez(
        tmp_path / "same.npz", x=np.random.default_rng(0).random((40, 6, 6)), y=np.zeros(40, int)
    )
    with pytest.raises(DataError, match="one class only"):
        pool(str(tmp_path / "same.npz"))


# --- what a frame shows


def test_pseudo_labels_that_are_wrong_are_marked_and_counted():
    frames = [f for f in one_run(train, Settings(delta=2, schedule="constant", seeds=1))]
    picture = frames[0].pictures["pseudo"]
    assert picture.columns[0].count("✗") == 1
    said, true = picture.columns[0].split(" ✗ ")
    assert said != true
    share = frames[0].scalars["pseudo_error"]
    assert f"{share:.1%}" in picture.caption and share > 0.05


def test_the_curve_against_labels_begins_with_the_first_labels_and_has_a_band():
    frames = list(one_run(train, Settings(seeds=2)))
    curve = frames[-1].pictures["labels"]
    mine = curve.lines[0]
    assert mine.name == "CEAL_MS" and len(mine.x) == 11
    assert mine.x[0] == pytest.approx(100 * 30 / 1438) and mine.x[-1] == pytest.approx(
        100 * 230 / 1438
    )
    assert (mine.low <= mine.y).all() and (mine.y <= mine.high).all()
    assert mine.y[-1] == frames[-1].scalars["accuracy"]
    assert (mine.low < mine.high).any()


def test_labels_needed_lie_on_the_line_between_two_rounds():
    labels, accuracy = np.array([30.0, 50, 70]), np.array([0.5, 0.7, 0.9])
    assert rounds.labels_needed(labels, accuracy, 0.6) == pytest.approx(40)
    assert rounds.labels_needed(labels, accuracy, 0.4) == 30
    assert rounds.labels_needed(labels, accuracy, 0.91) == float("inf")


OWN = {"CEAL_EN": "", "CEAL_LC": " (lc = 0.9940)", "CEAL_MS": " (ms = 0.9933)"}


@pytest.mark.parametrize("strategy, own", OWN.items())
def test_a_frame_tells_which_probability_delta_asks_for(strategy, own):
    first = next(one_run(train, Settings(seeds=1, strategy=strategy)))
    for said in (first.note, first.pictures["pseudo"].caption):
        assert f"Delta 0.0500: from p = 0.9940{own} on it is believed." in said
    p = torch.full((1, 10), 0.006 / 9)
    p[0, 0] = 0.994
    assert formulas.entropy(p).item() == pytest.approx(0.05, abs=5e-4)
    assert f"{formulas.margin(p).item():.3f}" == "0.993"


def test_nothing_is_believed_by_active_learning_and_at_delta_nought():
    for knobs in ({"strategy": "AL_MS"}, {"delta": 0}):
        assert next(one_run(train, Settings(seeds=1, **knobs))).note.endswith(
            "Nothing is believed."
        )


def test_the_help_of_deltas_slider_tells_the_probability_at_its_stops():
    knob = Settings.knobs()["delta"]
    for delta in (0.01, 0.05, 0.2, 0.5, 1, 2):
        p = formulas.sure_at(delta, 10)
        assert delta in knob.stops and f"{p:.4f} at {delta:g}" in knob.doc
        rest = (1 - p) / 9
        assert -p * np.log(p) - 9 * rest * np.log(rest) == pytest.approx(delta)


def test_equal_networks_are_trained_once():
    kin = lesson.family(Settings(strategy="AL_MS", also="CEAL_MS", delta=0.1))
    assert set(kin) == {"AL_MS", "CEAL_MS", "AL_RAND", "AL_ALL"}
    plain = lesson.family(Settings(strategy="AL_MS", sign_bug=True, delta=0.5))
    assert plain["AL_RAND"] == kin["AL_RAND"] and plain["AL_ALL"] == kin["AL_ALL"]
    assert plain["AL_MS"] != kin["AL_MS"]


# --- claims


@pytest.mark.parametrize("claim", find("ceal").claims, ids=lambda claim: claim.id)
def test_the_chapter_keeps_its_word(claim):
    holds, said = claim.measure(0)
    assert holds, said


@pytest.mark.slow
@pytest.mark.parametrize("claim", find("ceal").claims, ids=lambda claim: claim.id)
@pytest.mark.parametrize("seed", range(1, 6))
def test_the_chapter_keeps_its_word_over_seeds(claim, seed):
    holds, said = claim.measure(seed)
    assert holds, said


def test_the_slider_of_delta_prints_the_probability_that_it_implies():
    knob = ceal_knobs.Settings.knobs()["delta"]
    labels = list(widget(knob, 0.05).options)
    assert labels[0] == "0, nothing" and len(labels) == len(knob.stops)
    text, p = labels[5].split(", p from ")
    rest = (1 - float(p)) / 9
    entropy = -float(p) * np.log(float(p)) - 9 * rest * np.log(rest)
    assert text == "0.05" and entropy == pytest.approx(0.05, abs=0.005)
