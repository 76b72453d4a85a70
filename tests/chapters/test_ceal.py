"""CEAL: what a round may and may not do, and what the strategies are worth."""

from functools import partial

import numpy as np
import pytest
import torch
from doubles import one_run

from workbench.chapters import find
from workbench.chapters.ceal import by_hand, evaluation, lesson
from workbench.chapters.ceal.frames import add_predictions, train
from workbench.chapters.ceal.knobs import STRATEGIES, Settings, sure_at
from workbench.chapters.ceal.members import comparison, member
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.ceal.team import Build, Team, alone
from workbench.core.frames import Diverged
from workbench.core.pictures import GAP_GREY
from workbench.data import DataError
from workbench.science import formulas, nets
from workbench.science.convnet import Cnn
from workbench.view.page.controls import make_widget

KNOBS = dict(k=20, initial=30, delta=0.05, decay=0.0033, schedule="linear", lr=0.003)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def make_team(*strategies, seed=0, network="MLP", **knobs):
    members = [member(name, **(KNOBS | {"seed": seed} | knobs)) for name in strategies]
    return Team(members, load_pool("digits"), Build(network, 32))


def play(team, count=4, steps=60):
    """Plays rounds with everybody; what each did in each, after checking what holds in all."""
    team.tune(100, by_hand.descend)
    everybody = range(len(team.members))
    for t in range(count):
        before = team.known.copy()
        rounds = [lesson.play_round(team, position, t) for position in everybody]
        yield add_predictions(team, rounds, set(everybody))
        assert (team.known[before >= 0] == before[before >= 0]).all()
        team.tune(steps, by_hand.descend)
        team.forget()


# --- what a round may and may not do


def test_a_round_labels_k_more_and_believes_nothing_it_asks_about():
    names = [name for name in STRATEGIES if name != "AL_ALL"]
    team, believed = make_team(*names), 0
    truth = team.pool.y
    for t, rounds in enumerate(play(team)):
        for position, (name, round_) in enumerate(zip(names, rounds, strict=True)):
            assert (team.known[position] >= 0).sum() == 30 + 20 * (t + 1)
            assert len(set(round_.asked)) == 20 and set(round_.asked) <= set(round_.open)
            assert not set(round_.asked) & set(round_.believed)
            assert set(round_.believed) <= set(round_.open)
            assert STRATEGIES[name].believes or not len(round_.believed)
            labelled = team.known[position] >= 0
            assert (team.known[position][labelled] == truth[labelled]).all()
            assert (team.believed[position][labelled] == -1).all()
            believed += len(round_.believed)
    assert believed > 100 and (team.believed == -1).all()


def test_all_knows_everything_and_asks_nothing():
    team = make_team("AL_ALL")
    for (round_,) in play(team, 1):
        assert (team.known[0] == team.pool.y).all() and not len(round_.asked)


def test_believing_starts_anew_each_round():
    for t, (round_,) in enumerate(play(make_team("CEAL_MS", delta=0.5))):
        sure = formulas.entropy(round_.p).numpy() < 0.5 - 0.0033 * t
        assert set(round_.believed) == set(round_.open[sure[round_.open]]) - set(round_.asked)
        assert (round_.pseudo == round_.p[round_.believed].argmax(1).numpy()).all()


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_share_of_each_batch_is_paid_for(share):
    team = make_team("CEAL_MS", "CEAL_EN", paid=share)
    seen = []

    def note(net, adam, x, y):
        seen.append(x)

    rows = team.pool.y.argsort(kind="stable")  # the digits 0 to 9, one after the other
    team.believed[0][rows[:900]] = 5  # of which half and more are believed
    team.believed[0][team.known[0] >= 0] = -1
    team.tune(40, note)
    paid = {row.numpy().tobytes() for row in team.pool.x[team.known[0] >= 0]}
    counts = [sum(row.numpy().tobytes() in paid for row in x[0]) for x in seen]
    assert counts == [round(share * 64)] * 40
    # the other believes nothing: all that it learns from was paid for
    paid = {row.numpy().tobytes() for row in team.pool.x[team.known[1] >= 0]}
    assert all(row.numpy().tobytes() in paid for x in seen for row in x[1])


def test_delta_nought_is_plain_active_learning():
    runs = [
        list(one_run(train, Settings(seeds=1, steps=20, **knobs)))
        for knobs in ({"delta": 0}, {"strategy": "AL_MS"})
    ]
    for ceal, al in zip(*runs, strict=True):
        assert ceal.scalars == al.scalars
        assert (ceal.pictures["questions"].tiles == al.pictures["questions"].tiles).all()


@pytest.mark.parametrize("strategy", ["FUSION", "RAND"])
def test_pseudo_labels_do_not_change_what_chance_draws(strategy):
    teams = [make_team(f"CEAL_{strategy}", delta=delta) for delta in (0, 0.05)]
    (first,), (second,) = (next(play(team, 1)) for team in teams)
    assert (first.asked == second.asked).all()


def test_an_exhausted_pool_ends_the_questions_and_nothing_else():
    end = list(one_run(train, Settings(k=2000, seeds=1)))
    assert end[1].scalars["labels"] == 1438 == end[-1].scalars["labels"]
    assert end[-1].pictures["questions"].columns == ("none", *[""] * 5)
    assert end[-1].scalars["accuracy"] > 0.9


def test_left_out_rows_are_not_asked_about():
    team = make_team("AL_MS", "AL_RAND", "TCAL", "CEAL_FUSION")
    team.tune(50, by_hand.descend)
    for position in range(4):
        p = team.predict(position)
        first = lesson.ask(team, position, p)
        assert not set(lesson.ask(team, position, p, left_out=first)) & set(first)


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
    together = make_team(*names, network=network)
    list(play(together, 2, 10))
    for position, name in enumerate(names):
        single = make_team(name, network=network)
        list(play(single, 2, 10))
        assert (single.known[0] == together.known[position]).all()
        assert torch.equal(single.predict(0), together.predict(position))


def test_the_gradient_by_hand_is_autograds():
    net = nets.Mlp([12, 9, 5], nets.generators([1, 2]))
    nets.Adam(net.parameters(), 0.1)
    x = torch.rand(2, 8, 12, generator=torch.Generator().manual_seed(0))
    y = torch.arange(16).view(2, 8) % 5
    nets.autograd(lesson.loss)(net, x, y)
    expected = [p.grad.clone() for p in net.parameters()]
    for p in net.parameters():
        p.grad.fill_(7.0)
    by_hand.gradient(net, x, y)
    for p, other in zip(net.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, other, atol=1e-6)


def test_by_autograd_a_run_gives_the_same_curve():
    run = Settings(seeds=1, tune=10)
    curves = [
        [frame.scalars["accuracy"] for frame in one_run(train, run, fit=fit)]
        for fit in (lesson.fit, None)  # without a fit of one's own the gradient is by hand
    ]
    assert curves[0] == pytest.approx(curves[1], abs=0.02)


def test_another_loss_is_trained_and_shown():
    def smooth(net, x, y):
        """Labels that are never certain, so that the network is not either."""
        logits = net(x)
        return 0.7 * formulas.cross_entropy(logits, y) - 0.3 * logits.log_softmax(-1).mean((1, 2))

    run = Settings(seeds=1)
    changed, plain = (
        list(one_run(train, run, fit=partial(lesson.fit, loss=loss)))
        for loss in (smooth, lesson.loss)
    )
    assert [frame.step for frame in changed] == [frame.step for frame in plain]
    assert changed[0].pictures.keys() == plain[0].pictures.keys()
    assert changed[-1].scalars["accuracy"] > 0.85
    assert changed[-1].scalars["pseudo"] < plain[-1].scalars["pseudo"] / 2


def test_fit_yields_after_every_step_also_of_half_a_round():
    run = Settings(seeds=1, strategy="AL_MS", tune=10, steps=21)
    labels = []
    for step, team, rounds in lesson.fit([run], load_pool("digits")):
        labels.append((team.known[0] >= 0).sum())
        assert step == len(labels) and len(rounds) == len(team.members) == 3
    assert labels == [50 + 20 * (step // 2) for step in range(21)]


def test_a_network_alone_says_what_it_says_in_the_stack():
    x = torch.rand(3, 4, 35)
    for net in (
        nets.Mlp([35, 6, 5, 3], nets.generators([1, 2, 3])),
        Cnn((5, 7), 3, nets.generators([1, 2, 3])),
    ):
        for place, logits in enumerate(net(x)):
            assert torch.allclose(alone(net, place, x[place]), logits, atol=1e-6)


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
    taught = net.evaluate(0, x)
    with torch.no_grad():
        assert torch.equal(net.evaluate(0, x), taught)


def test_training_anew_forgets_the_network_and_keeps_the_labels():
    frames = list(one_run(train, Settings(retrain=True, seeds=1, tune=10)))
    assert frames[-1].scalars["labels"] == 230
    team = make_team("AL_RAND")
    fresh = team.predict(0)
    team.tune(20, by_hand.descend)
    assert not torch.equal(team.predict(0), fresh)
    team.begin()
    assert torch.equal(team.predict(0), fresh)


def test_divergence_is_told():
    def poison(net, adam, x, y):
        by_hand.gradient(net, x, y)
        net.weights[0].grad.fill_(float("nan"))
        adam.step()

    with pytest.raises(Diverged, match="learning rate"):
        list(train([Settings(seeds=1)], fit=partial(lesson.fit, descend=poison)))


def test_one_class_is_refused(tmp_path):
    np.savez(
        tmp_path / "same.npz", x=np.random.default_rng(0).random((40, 6, 6)), y=np.zeros(40, int)
    )
    with pytest.raises(DataError, match="one class only"):
        load_pool(str(tmp_path / "same.npz"))


# --- what a frame shows


def test_pseudo_labels_that_are_wrong_are_marked_and_counted():
    frames = [f for f in one_run(train, Settings(delta=2, schedule="constant", seeds=1))]
    picture = frames[0].pictures["pseudo"]
    assert picture.columns[0].count("✗") == 1
    pseudo, true = picture.columns[0].split(" ✗ ")
    assert pseudo != true
    share = frames[0].scalars["pseudo_error"]
    assert f"{share:.1%}" in picture.caption and share > 0.05


def test_the_curve_begins_with_the_first_labels_and_has_a_band():
    frames = list(one_run(train, Settings(seeds=2)))
    curve = frames[-1].pictures["labels"]
    line = curve.lines[0]
    assert line.name == "CEAL, margin" and len(line.x) == 11
    assert line.x[0] == pytest.approx(100 * 30 / 1438)
    assert line.x[-1] == pytest.approx(100 * 230 / 1438)
    assert (line.low <= line.y).all() and (line.y <= line.high).all()
    assert line.y[-1] == frames[-1].scalars["accuracy"]
    assert (line.low < line.high).any()


def test_labels_needed_lie_on_the_line_between_two_rounds():
    labels, accuracy = np.array([30.0, 50, 70]), np.array([0.5, 0.7, 0.9])
    assert evaluation.labels_needed(labels, accuracy, 0.6) == pytest.approx(40)
    assert evaluation.labels_needed(labels, accuracy, 0.4) == 30
    assert evaluation.labels_needed(labels, accuracy, 0.91) == float("inf")


OWN = {"CEAL_EN": "", "CEAL_LC": " (lc = 0.9940)", "CEAL_MS": " (ms = 0.9933)"}


@pytest.mark.parametrize("strategy, own", OWN.items())
def test_a_frame_tells_which_probability_delta_asks_for(strategy, own):
    first = next(one_run(train, Settings(seeds=1, strategy=strategy)))
    caption = first.pictures["pseudo"].caption
    assert f"Delta 0.0500: from p = 0.9940{own} on it is believed." in caption
    p = torch.full((1, 10), 0.006 / 9)
    p[0, 0] = 0.994
    assert formulas.entropy(p).item() == pytest.approx(0.05, abs=5e-4)
    assert f"{formulas.margin(p).item():.3f}" == "0.993"


def test_active_learning_and_delta_nought_believe_nothing():
    for knobs in ({"strategy": "AL_MS"}, {"delta": 0}):
        first = next(one_run(train, Settings(seeds=1, **knobs)))
        assert first.pictures["pseudo"].caption.count("Nothing is believed.") == 1
        assert (first.pictures["pseudo"].tiles == GAP_GREY).all()  # black would be pictures


def test_the_help_of_delta_tells_the_probability_at_its_stops():
    knob = Settings.knobs()["delta"]
    for delta in (0.01, 0.05, 0.2, 0.5, 1, 2):
        p = sure_at(delta, 10)
        assert delta in knob.stops and f"{p:.4f} at {delta:g}" in knob.doc
        rest = (1 - p) / 9
        assert -p * np.log(p) - 9 * rest * np.log(rest) == pytest.approx(delta)


def test_equal_networks_are_trained_once():
    compared = comparison(Settings(strategy="AL_MS", also="CEAL_MS", delta=0.1))
    assert set(compared) == {"AL_MS", "CEAL_MS", "AL_RAND", "AL_ALL"}
    other = comparison(Settings(strategy="AL_MS", sign_bug=True, delta=0.5))
    assert other["AL_RAND"] == compared["AL_RAND"] and other["AL_ALL"] == compared["AL_ALL"]
    assert other["AL_MS"] != compared["AL_MS"]


# --- claims


@pytest.mark.parametrize("claim", find("ceal").claims, ids=lambda claim: claim.id)
def test_the_chapter_keeps_its_word(claim):
    holds, sentence = claim.measure(0)
    assert holds, sentence


@pytest.mark.slow
@pytest.mark.parametrize("claim", find("ceal").claims, ids=lambda claim: claim.id)
@pytest.mark.parametrize("seed", range(1, 6))
def test_the_chapter_keeps_its_word_over_seeds(claim, seed):
    holds, sentence = claim.measure(seed)
    assert holds, sentence


def test_the_slider_of_delta_prints_the_probability_it_implies():
    knob = Settings.knobs()["delta"]
    labels = list(make_widget(knob, 0.05).options)
    assert labels[0] == "0 (nobody)" and len(labels) == len(knob.stops)
    text, p = labels[5].removesuffix(")").split(" (p ≥ ")
    rest = (1 - float(p)) / 9
    entropy = -float(p) * np.log(float(p)) - 9 * rest * np.log(rest)
    assert text == "0.05" and entropy == pytest.approx(0.05, abs=0.005)
