"""The clustering chapter: its gradients, its stages, what it shows and what it teaches."""

from functools import partial
from itertools import chain, islice

import numpy as np
import pytest
import torch
from bokeh.document import Document
from bokeh.models import MultiLine
from doubles import OVER_SEEDS, one_run

from workbench.chapters import find
from workbench.chapters.clustering import (
    autoencoder,
    by_hand,
    dec,
    em,
    kmeans,
    lesson,
    pictures,
    vade,
)
from workbench.chapters.clustering import frames as chapter
from workbench.chapters.clustering.autoencoder import Autoencoder
from workbench.chapters.clustering.frames import train
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import Losses, cluster, fit_clusters, set_up
from workbench.chapters.clustering.metric_lab import MetricLab
from workbench.chapters.clustering.points import points
from workbench.chapters.clustering.vade import Prior
from workbench.core.frames import Diverged, last_numbers
from workbench.core.pictures import Bars, Scatter
from workbench.data import DataError
from workbench.science import formulas, nets
from workbench.science.tensors import resident
from workbench.view.drawing.drawing import draw
from workbench.view.notebook import still

KINDS = ("kmeans", "mixture", "dec", "vade", "dac")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    yield
    torch.set_flush_denormal(False)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def small(runs=2, pixels=12, latent=3, k=4):
    """Coders and priors of a few runs with room for gradients, and pictures and noise for them."""
    coder = Autoencoder(pixels, latent, nets.generators(range(runs)), "cpu")
    coder.encoder.weights[-1].data[..., latent:] = 0.05 * normal(runs, 128, latent, seed=3)
    prior = Prior(
        normal(runs, k, seed=4),
        normal(runs, k, latent, seed=5),
        0.5 * normal(runs, k, latent, seed=6),
    )
    for p in coder.parameters() + prior.parameters():
        p.grad = torch.full_like(p, 7.0)  # what was there must not matter
    x = normal(runs, 9, pixels, seed=1).sigmoid()
    return vade.Vade(coder, prior, x), x, normal(runs, 9, latent, seed=2)


def centred(networks):
    """DEC's networks, with the means of the prior for their centres."""
    return dec.Dec(networks.coder, networks.prior.mu, networks.x)


def apart(parameters, loss):
    """The largest relative distance of a .grad from that of autograd."""
    expected = torch.autograd.grad(loss.sum(), parameters)
    pairs = zip(parameters, expected, strict=True)
    return max(((p.grad - g).norm() / g.norm()).item() for p, g in pairs)


# --- gradients


def test_vades_gradient_by_hand_is_autograds():
    networks, x, eps = small()
    by_hand.gradient(vade.loss)(networks, x, eps)
    assert apart(networks.parameters(), vade.loss(networks, x, eps)) < 1e-5


def test_with_one_standard_component_vades_loss_is_a_vaes():
    networks, x, eps = small()
    networks.prior = Prior(torch.full((2, 1), 3.0), torch.zeros(2, 1, 3), torch.zeros(2, 1, 3))
    mu, logvar = networks.coder.encode(x)
    z = formulas.reparameterise(mu, logvar, eps)
    nll = formulas.bernoulli_nll(networks.coder.decoder(z), x)
    vae = (nll + formulas.gaussian_kl(mu, logvar).sum(-1)).mean(-1)
    assert torch.allclose(vade.loss(networks, x, eps), vae, rtol=1e-6)


def test_decs_gradient_by_hand_is_autograds():
    networks, x, _ = small()
    networks, p = centred(networks), torch.softmax(normal(2, 9, 4, seed=8), -1)
    by_hand.gradient(dec.loss)(networks, x, p)
    assert apart(networks.parameters(), dec.loss(networks, x, p)) < 1e-5


def test_dec_has_nothing_to_do_where_the_target_is_the_assignment():
    networks, x, _ = small()
    networks = centred(networks)
    q = formulas.student_t(networks.coder.encode(x)[0], networks.mu).detach()
    by_hand.gradient(dec.loss)(networks, x, q)
    for p in networks.parameters():
        assert p.grad.abs().max() < 1e-6
    assert dec.loss(networks, x, q).abs().max() < 1e-6


def test_pre_trainings_gradient_by_hand_is_autograds():
    networks, x, _ = small()
    coder = networks.coder
    by_hand.gradient(autoencoder.loss)(coder, x)
    by_chain_rule = [p.grad.clone() for p in coder.parameters()]
    nets.autograd(autoencoder.loss)(coder, x)
    for p, expected in zip(coder.parameters(), by_chain_rule, strict=True):
        assert torch.allclose(p.grad, expected, rtol=1e-4, atol=1e-6)


def test_pre_training_moves_the_mean_code_and_leaves_its_variance():
    networks, x, _ = small()
    coder = networks.coder
    mean, _ = coder.encode(x)
    loss = formulas.bernoulli_nll(coder.decoder(mean), x).mean(-1)
    by_hand.gradient(autoencoder.loss)(coder, x)
    assert apart(coder.decoder.parameters(), loss) < 1e-5
    assert not coder.encoder.biases[-1].grad[..., 3:].any()
    fresh = Autoencoder(12, 3, nets.generators([0]), "cpu")
    assert (fresh.encode(x[:1])[1] == autoencoder.START_LOGVAR).all()


# --- the loop


@pytest.mark.parametrize("kind", KINDS)
def test_fit_yields_after_every_step_of_both_stages(kind):
    run = Settings(kind=kind, steps=100, pretrain=0.3, restarts=1)
    stages = list(lesson.fit([run], resident("digits")))
    assert [stage.step for stage in stages] == list(range(1, 101))
    assert [stage.clusters is None for stage in stages] == [step < 30 for step in range(1, 101)]
    assert len({id(stage.coder) for stage in stages}) == 1
    assert [len(stage.first) for stage in stages] == [step >= 30 for step in range(1, 101)]


def test_without_pre_training_the_first_step_is_already_the_methods():
    run = Settings(kind="kmeans", features="pixels", steps=100, restarts=1)
    stages = list(lesson.fit([run], resident("digits")))
    assert [stage.step for stage in stages] == list(range(1, 101))
    (first,), (end,) = stages[0].first, [stages[-1].clusters.evaluate(0, 100)]
    assert first.scalars["inertia"] > end.scalars["inertia"] and stages[0].coder is None


@pytest.mark.parametrize(
    ("knobs", "number", "last"),
    [
        ({"kind": "kmeans", "features": "autoencoder"}, "mse", 100),
        ({"kind": "dec", "pretrain": 0}, "kl", 12),
        ({"kind": "vade", "pretrain": 0}, "loss", 12),
        ({"kind": "dac", "pretrain": 0}, "mse", 12),
        ({"kind": "kmeans", "features": "vae"}, "mse", 90),
    ],
)
def test_autograd_trains_as_the_gradients_by_hand_do(knobs, number, last):
    """Each stage for itself, and the second from an untrained network.

    Of two codes that differ by a rounding K-Means may make other clusters, and VaDE's first
    steps multiply a rounding by ten thousand: at step 12 it is 1e-5 of the loss, at 40 a tenth.
    """
    run = Settings(steps=100, restarts=1, **knobs)
    textbook, by_chain_rule = (
        [frame.scalars[number] for frame in one_run(train, run, fit=fit) if frame.step <= last]
        for fit in (lesson.fit, None)
    )
    assert len(textbook) > 5 and textbook == pytest.approx(by_chain_rule, rel=2e-3)


def test_a_reader_trains_with_a_loss_of_their_own():
    def without_rate(networks, x, eps):
        """An autoencoder with noise: clusters cost nothing."""
        mean, logvar = networks.coder.encode(x)
        z = formulas.reparameterise(mean, logvar, eps)
        return formulas.bernoulli_nll(networks.coder.decoder(z), x).mean(-1)

    run = Settings(kind="vade", steps=400)
    own = partial(lesson.fit, losses=Losses(vade=without_rate), gradient=by_hand.gradient)
    with_rate, without = (last_numbers(train([run], fit=fit))[0] for fit in (None, own))
    assert without["mse"] < with_rate["mse"] and without["elbo"] < with_rate["elbo"]


# --- stages


def prepared(**knobs):
    """What the clusters of a run begin with, its networks untrained."""
    run = Settings(**knobs)
    return set_up([run], resident(run.data), "cpu")


def frames(**knobs):
    return list(one_run(train, Settings(**({"steps": 100} | knobs))))


def column(run, name):
    return np.array([frame.scalars[name] for frame in run])


def test_inertia_and_likelihood_never_get_worse():
    for seed in (0, 1):
        run = frames(kind="kmeans", features="pixels", seed=seed)
        assert (np.diff(column(run, "inertia")) <= 1e-12).all()
        # with one start, for another may take the lead; the ridge costs a hair
        run = frames(kind="mixture", features="pca", restarts=1, seed=seed)
        assert (np.diff(column(run, "log_likelihood")) > -1e-6).all()


@pytest.mark.parametrize("kind", KINDS)
def test_assignments_of_every_picture_sum_to_one(kind):
    stages = cluster(prepared(kind=kind, steps=100, restarts=1))
    *_, stage = islice(stages, 3)
    assignment = stage.clusters.evaluate(0, 500)
    assert assignment.gamma.shape == (500, 10) and assignment.points.shape == (500, 10)
    assert assignment.gamma.sum(1).numpy() == pytest.approx(1)


def test_vade_starts_from_the_mixture_of_the_codes():
    setup = prepared(seed=3, restarts=3)
    clusters = next(fit_clusters(setup))
    (x,) = points(setup)
    log_pi, mu, logvar = (t[0].detach().double() for t in clusters.prior.terms())
    gamma, _ = em.expect(x, em.Mixture("diagonal", log_pi, mu, logvar.exp()))
    assert clusters.evaluate(0, len(x)).gamma.numpy() == pytest.approx(gamma.numpy(), abs=1e-4)


def test_vade_starts_from_the_k_means_of_the_lowest_inertia():
    setup = prepared(seed=3, clusters=12)
    (x,) = points(setup)
    ridge, inertias = 1e-3 * x.var(0, unbiased=False).mean().item(), []
    for restarts in (1, 8):
        centres = kmeans.best_centres(x, 12, 3, restarts)
        inertias.append(kmeans.assign(x, centres)[1])
        mixture = em.begin(x, centres, "diagonal", ridge)
        for _ in range(20):
            mixture = em.maximise(x, em.expect(x, mixture)[0], "diagonal", ridge)
        runs = [run.replace(restarts=restarts) for run in setup.runs]
        mu = vade.first_prior(setup._replace(runs=runs)).mu[0].detach()
        assert mu.numpy() == pytest.approx(mixture.mu.numpy(), abs=1e-4)
    assert inertias[1] < inertias[0]


def test_stages_show_as_notes_and_the_baseline_stays():
    run = frames(kind="vade", steps=200)
    notes = [frame.note for frame in run]
    assert list(dict.fromkeys(notes)) == [
        "pre-training",
        "clusters initialised",
        "clustering",
        "done",
    ]
    begun = next(frame for frame in run if frame.note == "clusters initialised")
    assert begun.step == 100
    for name in ("acc", "nmi", "ari"):
        base = [frame.scalars[f"base_{name}"] for frame in run if frame.step >= 100]
        assert set(base) == {begun.scalars[name]}


def test_dec_stops_by_its_rule_and_then_stands_still(monkeypatch):
    monkeypatch.setattr(dec, "LEAST_MOVED", 0.02)
    run = frames(kind="dec", steps=800)
    stopped = [frame for frame in run if "stopped after" in frame.note]
    assert len(stopped) > 3 and stopped[-1].note.startswith("done: stopped after")
    after = int(stopped[0].note.split()[2])
    assert after % 30 == 0 and after < 400
    assert len({tuple(frame.scalars[s] for s in ("kl", "acc")) for frame in stopped}) == 1


def test_decs_target_is_that_of_all_pictures(monkeypatch):
    monkeypatch.setattr(dec, "LEAST_MOVED", -1)
    setup = prepared(kind="dec", restarts=1)
    *_, networks = islice(fit_clusters(setup), 1 + 30)
    codes, _ = setup.coder.codes(0, setup.x)
    q = formulas.student_t(codes, networks.mu[0].detach())
    assert torch.allclose(networks.target[0], formulas.target_distribution(q), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_runs_trained_together_are_those_trained_alone(kind, monkeypatch):
    monkeypatch.setattr(dec, "LEAST_MOVED", 0.03)  # DEC's runs stop at different times
    runs = [Settings(kind=kind, steps=300), Settings(kind=kind, steps=300, seed=5, lr=0.01)]
    *_, together = train(runs)
    for settings, frame in zip(runs, together, strict=True):
        *_, alone = one_run(train, settings)
        assert frame.scalars == alone.scalars and frame.note == alone.note


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_that_has_diverged_is_told_in_a_sentence(kind):
    setup = prepared(kind=kind, restarts=1)
    setup.coder.encoder.biases[-1].data[:] = float("nan")
    with pytest.raises(Diverged, match="Lower the learning rate"):
        next(fit_clusters(setup))


def test_more_clusters_than_pictures_are_refused(tmp_path):
    np.savez(tmp_path / "few.npz", x=np.random.default_rng(0).random((20, 4, 4), np.float32))
    with pytest.raises(DataError, match="20 pictures"):
        frames(data=str(tmp_path / "few.npz"), clusters=30)


@pytest.mark.parametrize("value", (200, 0.3))
def test_pictures_that_are_all_the_same_are_refused(value, tmp_path):
    kind = np.uint8 if value > 1 else np.float32
    picture = np.where(np.eye(4), value, 0).astype(kind)
    np.savez(tmp_path / "same.npz", x=np.tile(picture, (60, 1, 1)))
    with pytest.raises(DataError, match="are alike"):
        frames(data=str(tmp_path / "same.npz"))


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_one_number_are_clustered(kind, tmp_path):
    np.savez(tmp_path / "one.npz", x=np.random.default_rng(0).random((60, 1), np.float32))
    codes = frames(data=str(tmp_path / "one.npz"), kind=kind)[-1].pictures["codes"]
    assert codes.xy.shape == (60, 2) and np.isfinite(codes.xy).all()


def test_more_copies_than_pictures_and_labels_of_one_class_do_no_harm(tmp_path):
    x = np.repeat(np.random.default_rng(0).random((4, 4, 4), np.float32), 15, 0)
    np.savez(tmp_path / "copies.npz", x=x, y=np.zeros(60, int))
    for kind in KINDS:
        end = frames(data=str(tmp_path / "copies.npz"), kind=kind)[-1]
        assert end.scalars["used"] <= 4 and end.scalars["ari"] == end.scalars["nmi"] == 0
        assert end.pictures["confusion"].values.sum() == 60


@pytest.mark.parametrize("kind", KINDS)
def test_without_labels_what_needs_them_is_absent(kind, tmp_path):
    np.savez(tmp_path / "bare.npz", x=np.random.default_rng(0).random((80, 4, 6), np.float32))
    for frame in frames(data=str(tmp_path / "bare.npz"), kind=kind)[::10]:
        assert not {"acc", "nmi", "ari", "base_nmi"} & set(frame.scalars)
        assert "confusion" not in frame.pictures
        assert frame.pictures["codes"].groups == tuple(map(str, range(1, 11)))
        assert frame.pictures["members"].rows[0] == "1"


# --- pictures


@pytest.fixture(scope="module")
def run_of_vade():
    torch.set_num_threads(1)
    return frames(kind="vade", steps=400)


def test_the_diagonal_of_the_confusion_is_the_accuracy(run_of_vade):
    for frame in run_of_vade[::8]:
        table = frame.pictures["confusion"]
        assert table.values.sum() == 1797
        assert np.trace(table.values) / 1797 == pytest.approx(frame.scalars["acc"])
        assert table.rows[3] == "for 3" and table.columns == tuple("0123456789")
        assert frame.pictures["sizes"].values == pytest.approx(table.values.sum(1))


def test_surplus_clusters_come_last_and_missing_ones_leave_labels_out():
    table = np.array([[5, 0, 9], [0, 8, 1]])  # two labels, three clusters
    order, names = pictures.matched(table, ("a", "b"))
    assert order.tolist() == [2, 1, 0] and names == ("for a", "for b", "spare 1")
    order, names = pictures.matched(table.T, ("a", "b", "c"))
    assert order.tolist() == [1, 0] and names == ("for b", "for a") or len(order) == 2


def test_drawn_and_typical_pictures_are_of_the_same_cluster(run_of_vade):
    """Row by row the mean sample is nearer the mean member of its own row than of most others."""
    last = run_of_vade[-1].pictures
    drawn, members = (
        last[n].tiles.astype(float).mean(1).reshape(10, -1) for n in ("samples", "members")
    )
    assert last["samples"].rows == last["members"].rows
    distance = ((drawn[:, None] - members) ** 2).sum(-1)
    assert (distance.argmin(1) == np.arange(10)).sum() >= 9


def test_of_many_clusters_two_share_a_row():
    drawn, names = normal(17, 10, 6), tuple(map(str, range(17)))
    same, alike = pictures.grid(drawn[:15], names[:15])
    assert same.shape == (15, 10, 6) and alike == names[:15]
    tiles, rows = pictures.grid(drawn, names)
    assert tiles.shape == (9, 11, 6) and rows[:2] == ("0 | 1", "2 | 3") and rows[8] == "16"
    assert torch.equal(tiles[3, :5], drawn[6, :5]) and not tiles[:, 5].any()
    assert torch.equal(tiles[3, 6:], drawn[7, :5]) and not tiles[8, 5:].any()
    last = frames(clusters=30)[-1].pictures
    for name in ("samples", "members"):
        assert last[name].tiles.shape == (15, 11, 8, 8) and len(last[name].rows) == 15


def test_the_plane_is_the_same_throughout_a_run():
    setup = prepared(pretrain=0, steps=100, restarts=1)
    stages = cluster(setup)
    _, _, clusters, (first,) = stage = next(stages)
    plane = chapter.refer(first, setup.data).plane
    *_, (frame,) = islice(chapter.show(chain([stage], stages), setup.runs, setup.data), 8)
    assert frame.step >= 4  # and the clusters have been trained on
    xy = (clusters.evaluate(0, 600).points - plane.mean) @ plane.axes
    assert frame.pictures["codes"].xy == pytest.approx(xy.numpy(), abs=1e-6)
    middle = frame.pictures["codes"].outlines[4][:-1].mean(0)
    expected = (clusters.prior.mu[0, 4].detach().double() - plane.mean) @ plane.axes
    assert middle == pytest.approx(expected.numpy(), abs=1e-6)
    assert torch.allclose(plane.axes.T @ plane.axes, torch.eye(2).double(), atol=1e-9)


def test_two_numbers_are_drawn_as_they_are_one_against_the_pixels():
    two = frames(latent=2)[-1].pictures["codes"]
    assert (two.x_label, two.y_label) == ("z1", "z2") and len(two.outlines) == 10
    one = frames(latent=1)[-1].pictures["codes"]
    assert one.y_label == "first axis of the pixels" and one.outlines == ()


def test_outlines_are_drawn_and_patched_in_place():
    def picture(shift):
        lines = tuple(np.arange(8.0).reshape(4, 2) + i + shift for i in range(3))
        return Scatter("T", np.arange(10.0).reshape(5, 2), outlines=lines)

    drawing = draw(picture(0))
    before = {model.id for model in drawing.model.references()}
    Document().add_root(drawing.model)
    assert drawing.fits(picture(1)) and not drawing.fits(Scatter("T", np.zeros((5, 2))))
    drawing.update(picture(1))
    (outline,) = [r for r in drawing.model.renderers if isinstance(r.glyph, MultiLine)]
    xs, ys = outline.data_source.data["xs"], outline.data_source.data["ys"]
    assert [x[0] for x in xs] == [1, 2, 3] and [y[0] for y in ys] == [2, 3, 4]
    assert {model.id for model in drawing.model.references()} == before
    assert drawing.model.x_range.end < 10  # the axes are those of the points
    plain = Scatter("T", np.arange(10.0).reshape(5, 2))
    assert still(picture(1))._repr_svg_() != still(plain)._repr_svg_()


def test_pictures_are_told_in_words_as_counts(run_of_vade):
    last = run_of_vade[-1].pictures
    zero = int(last["sizes"].values[0])
    assert last["sizes"].summary().startswith(f"Size of the clusters: for 0: {zero}, for 1: ")
    most = int(last["confusion"].values[:, 0].max())
    assert f"is 0: for 0 ({most})," in last["confusion"].summary()
    shares = Bars("Shares", ("a", "b"), np.array([0.123, 1.0]))
    assert shares.summary() == "Shares: a: 0.123, b: 1."


def test_the_metric_lab_tells_which_cluster_counts_as_what():
    lab = MetricLab("Perfect")
    assert "ACC takes cluster 1 for 0, 2 for 1, 3 for 2" in lab.confusion().caption
    lab.merge(0, 1)  # a cluster counts once: one of its two digits is wrong
    said = lab.confusion().caption
    assert "cluster 1 for 1, 2 for 2" in said and "for 0" not in said


def test_the_metric_lab_counts_one_as_one():
    lab = MetricLab("One cluster")
    assert lab.confusion().caption.startswith(
        "1 cluster of 1797 digits. ACC takes cluster 1 for 3;"
    )
    lab = MetricLab("Perfect")
    lab.move(label=3, source=3, target=8, most=1)
    assert lab.sentence == "Moved 1 digit 3 from cluster 4 to 9."


# --- what it teaches


@pytest.mark.parametrize("claim", find("clustering").claims, ids=lambda claim: claim.id)
@pytest.mark.parametrize("seed", OVER_SEEDS)
def test_the_chapters_claims_hold(claim, seed):
    holds, measured = claim.measure(seed)
    assert holds, f"{claim.sentence} Measured: {measured}"


# (settings, ACC and its spread, NMI, ARI): scikit-learn's models on the digits, 5 to 10 seeds
REFERENCES = [
    ({"kind": "kmeans", "restarts": 10}, 0.793, 0.01, 0.742, 0.668),
    ({"covariance": "diagonal"}, 0.763, 0.03, 0.722, 0.621),
    ({"covariance": "full"}, 0.835, 0.04, 0.799, 0.733),
    ({"covariance": "tied"}, 0.775, 0.06, 0.784, 0.678),
    ({"covariance": "spherical"}, 0.765, 0.035, 0.733, 0.631),
]


@pytest.mark.parametrize("knobs, acc, spread, nmi, ari", REFERENCES)
def test_classical_models_score_what_scikit_learns_do(knobs, acc, spread, nmi, ari):
    knobs = {"kind": "mixture", "features": "pixels", "restarts": 3, "steps": 100} | knobs
    ends = [frames(**knobs, seed=seed)[-1].scalars for seed in range(3)]
    means = [np.mean([end[name] for end in ends]) for name in ("acc", "nmi", "ari")]
    assert means[0] == pytest.approx(acc, abs=spread)
    assert means[1] == pytest.approx(nmi, abs=0.03)
    assert means[2] == pytest.approx(ari, abs=spread + 0.03)
