"""Each kind has its paper's objective, its fast gradient is right, and company changes nothing."""

import itertools
from functools import partial

import numpy as np
import pytest
import torch
from doubles import OVER_SEEDS, one_run
from hypothesis import given
from hypothesis import strategies as st

from workbench.chapters.autoencoder import CHAPTER, by_hand, evaluation, lesson, pictures
from workbench.chapters.autoencoder import frames as chapter
from workbench.chapters.autoencoder.claims import last_frame
from workbench.chapters.autoencoder.knobs import Settings, comparison
from workbench.chapters.autoencoder.lesson import Autoencoder, Corruption
from workbench.core.frames import Diverged, last_frames, schedule
from workbench.core.pictures import Curves, Images, Scatter
from workbench.science import corruption, formulas, metrics, nets
from workbench.science.tensors import resident

KINDS = Settings.knobs()["kind"].choices
every_kind = pytest.mark.parametrize("kind", KINDS)
SHORT = dict(steps=100, ladder=False)


@pytest.fixture
def few_frames(monkeypatch):
    monkeypatch.setattr(chapter, "schedule", partial(schedule, frames=2))


def stack(kind, variants, pixels=64):
    """Networks with gradients to fill, and one batch of what they train on."""
    net = Autoencoder(kind, variants, pixels, "cpu")
    adam = nets.Adam(net.parameters(), 0.01)
    return net, adam


def three_runs(**knobs):
    """Three runs that differ in every knob that may differ, zeros among them."""
    runs = [
        Settings(latent=3, seed=0, level=0.3, hole=0.4, adversarial=True, **knobs),
        Settings(latent=6, seed=1, level=0.0, hole=0.2, adversarial=False, **knobs),
        Settings(latent=1, seed=2, level=0.5, hole=0.6, adversarial=True, code_noise=0, **knobs),
    ]
    return runs, [comparison(run, 64, "cpu")[0] for run in runs]


def batch_of(kind, size=32, seed=0):
    """(networks, shown, x, hole, jitter) as one training step has them."""
    runs, variants = three_runs(kind=kind)
    data = resident("digits")
    net, _ = stack(kind, variants)
    g = torch.Generator().manual_seed(seed)
    x = data.train[torch.randint(len(data.train), (3, size), generator=g)]
    corrupt = Corruption(runs[0], variants, data)
    shown, hole = corrupt(x, corrupt.draw((3, size), g))
    jitter = 4 * torch.randn((3, size, 6), generator=g) if kind == "hashing" else None
    return net, shown, x, hole, jitter


def gradients(net, gradient, *batch):
    gradient(net, *batch)
    return [p.grad.clone() for p in net.parameters()]


def same_picture(a, b):
    match a:
        case Images():
            return np.array_equal(a.tiles, b.tiles) and a.rows == b.rows
        case Scatter():
            return np.array_equal(a.xy, b.xy)
        case Curves():
            pairs = zip(a.lines, b.lines, strict=True)
            return all(np.array_equal(p.y, q.y) and p.name == q.name for p, q in pairs)


# --- gradients -----------------------------------------------------------------------------


@every_kind
def test_the_hand_written_gradient_is_autograds(kind):
    net, *batch = batch_of(kind)
    readable = gradients(net, lesson.autograd(), *batch)
    fast = gradients(net, by_hand.gradient, *batch)
    assert (net.critic is not None) == (kind == "inpainting")
    assert all(g.abs().max() > 0 for g in readable)
    for a, b in zip(readable, fast, strict=True):
        assert (a - b).abs().max() <= 1e-4 * a.abs().max()


def test_the_critic_rewards_by_minus_log_d_where_switched_on():
    net, shown, x, hole, _ = batch_of("inpainting")
    with_critic = gradients(net, by_hand.gradient, shown, x, hole, None)
    assert net.blame.flatten().tolist() == [0.5, 0, 0.5]
    net.blame.zero_()
    without = gradients(net, by_hand.gradient, shown, x, hole, None)
    moved = (with_critic[0] - without[0]).abs().amax((1, 2))
    assert moved[1] == 0 and (moved[[0, 2]] > 1e-6).all()


def test_the_critic_learns_real_from_filled():
    net, shown, x, hole, _ = batch_of("inpainting", size=200)
    adam = nets.Adam(net.critic.parameters(), 0.01)

    def sure():
        filled = torch.where(hole > 0, net.decoder(net.encode(shown)), shown)
        return (net.critic(x) - net.critic(filled)).mean((1, 2))

    before = sure()
    for p in itertools.chain(net.encoder.parameters(), net.decoder.parameters()):
        p.grad = torch.zeros_like(p)
    for _ in range(30):
        by_hand.gradient(net, shown, x, hole, None)
        adam.step()
    assert (sure() > before + 0.5).all()


@every_kind
def test_by_autograd_a_run_gives_the_same_curve(kind, few_frames):
    runs = [Settings(kind=kind, adversarial=True, **SHORT)]
    fast, readable = (last_frames(chapter.train(runs, fit=fit))[0] for fit in (None, lesson.fit))
    assert fast.scalars["mse"] == pytest.approx(readable.scalars["mse"], rel=1e-3)


def test_a_reader_can_change_the_loss(few_frames):
    def faithful(net, shown, x, hole, jitter):  # asks a denoiser for what it is shown
        return lesson.loss(net, shown, shown, hole, jitter)

    runs = [Settings(kind="denoising", level=0.5, **SHORT)]
    fit = partial(lesson.fit, loss=faithful)
    ends = [last_frames(chapter.train(runs, fit=fit))[0].scalars for fit in (None, fit)]
    assert ends[0]["gain"] > 2 + ends[1]["gain"]


# --- a stack is runs side by side ----------------------------------------------------------


def in_company(runs):
    """Each run's last frame when they train together, and when it trains alone."""
    together = last_frames(chapter.train(runs))
    return [(f, last_frame(**run.values_by_name())) for f, run in zip(together, runs, strict=True)]


@every_kind
def test_a_run_in_company_is_the_run_alone_to_the_bit(kind, few_frames):
    runs, _ = three_runs(kind=kind, **SHORT)
    runs = [run.replace(latent=6, lr=0.003 if run.seed else 0.01) for run in runs]
    assert set(CHAPTER.stackable) >= {"level", "hole", "adversarial", "code_noise", "lr", "seed"}
    for frame, alone in in_company(runs):
        assert frame.scalars == alone.scalars
        assert all(same_picture(p, alone.pictures[n]) for n, p in frame.pictures.items())


def test_runs_that_share_a_companion_keep_their_own_numbers(few_frames):
    levels = [Settings(kind="denoising", level=level, **SHORT) for level in (0.3, 0.5)]
    for frame, alone in in_company(levels):
        assert frame.scalars == alone.scalars


@every_kind
def test_codes_of_other_sizes_are_good_company_too(kind, few_frames):
    for frame, alone in in_company(three_runs(kind=kind, **SHORT)[0]):
        assert frame.scalars == pytest.approx(alone.scalars, rel=5e-3, abs=1e-5)


@pytest.mark.parametrize("kind", ["linear", "autoencoder"])
def test_a_mark_on_the_ladder_is_the_run_of_that_size(kind, few_frames):
    marks = last_frame(kind=kind, latent=6, steps=100).pictures["sizes"].lines[1]
    assert marks.x.tolist() == [1, 2, 4, 6, 8, 16, 32]
    for size in (1, 4, 32):
        alone = last_frame(kind=kind, latent=size, **SHORT).scalars["mse"]
        assert marks.y[marks.x == size] == pytest.approx(alone, rel=1e-3)


def test_units_that_pad_a_smaller_code_stay_without_weights():
    net, *batch = batch_of("autoencoder")
    adam = nets.Adam(net.parameters(), 0.01)
    for _ in range(20):
        by_hand.gradient(net, *batch)
        adam.step()
    assert net.encoder.weights[-1][0, :, 3:].abs().max() == 0
    assert net.decoder.weights[0][2, 1:].abs().max() == 0
    assert net.decoder.weights[0][1].abs().min() > 0


def test_each_network_of_a_stack_starts_as_one_of_its_own_size():
    _, variants = three_runs()
    net, _ = stack("autoencoder", variants)
    for run, size in enumerate((3, 6, 1)):
        first = net.decoder.weights[0][run, :size].abs().max()
        assert 0.9 * size**-0.5 < first <= size**-0.5


def test_the_knob_offers_every_noise_that_there_is():
    assert Settings.knobs()["noise"].choices == tuple(corruption.NOISES)


@every_kind
def test_company_shares_seed_and_differs_in_one_knob(kind):
    own, *others = comparison(Settings(kind=kind, adversarial=True), 64, "cpu")
    assert others
    for other in others:
        assert sum(a != b for a, b in zip(own, other, strict=True)) == 1 and other.seed == own.seed


def test_the_same_settings_give_the_same_frames(few_frames):
    for kind in KINDS:
        pairs = zip(
            *(list(one_run(chapter.train, Settings(kind=kind, **SHORT))) for _ in "ab"), strict=True
        )
        for a, b in pairs:
            assert a.scalars == b.scalars
            assert all(same_picture(p, b.pictures[n]) for n, p in a.pictures.items())


# --- objectives ----------------------------------------------------------------------------


def one_batch(**knobs):
    """shown, x, hole, jitter of the first training step, taken where the gradient gets them."""
    batches = []

    def spy(net, *batch):
        batches.append(batch)
        by_hand.gradient(net, *batch)

    next(lesson.fit([Settings(**knobs)], resident("digits"), gradient=spy))
    return batches[0]


@pytest.mark.parametrize("noise", Settings.knobs()["noise"].choices)
def test_a_denoiser_is_asked_for_the_clean_picture(noise):
    shown, x, hole, _ = one_batch(kind="denoising", noise=noise)
    train = resident("digits").train
    assert (torch.cdist(x[0], train).min(1).values < 1e-3).all()
    assert (torch.cdist(shown[0], train).min(1).values > 0.1).all()
    assert torch.equal(shown[1], x[1]) and hole == 1.0  # beside it: never saw noise


def test_a_denoiser_learns_the_clean_picture_and_not_the_noise(few_frames):
    """With a code that could copy all its input, only the target makes it repair."""
    end = last_frame(kind="denoising", noise="gaussian", latent=64)
    assert end.scalars["gain"] > 5 > 3 > end.scalars["plain_gain"]


def test_only_the_hole_counts():
    net, shown, x, hole, _ = batch_of("inpainting")
    net.critic = None
    hole = hole.clone()
    hole[..., :8] = 0  # nobody's hole reaches the top row
    before = gradients(net, by_hand.gradient, shown, x, hole, None)
    assert net.decoder.biases[-1].grad[..., :8].abs().max() == 0
    elsewhere = torch.rand(x.shape, generator=torch.Generator().manual_seed(3)) * (1 - hole)
    again = gradients(net, by_hand.gradient, shown, x + elsewhere, hole, None)
    assert all(torch.equal(a, b) for a, b in zip(before, again, strict=True))
    inside = gradients(net, by_hand.gradient, shown, x + 0.1 * hole, hole, None)
    assert not torch.allclose(before[0], inside[0])


def test_the_hole_does_not_leak():
    runs, variants = three_runs(kind="inpainting")
    data = resident("digits")
    corrupt = Corruption(runs[0], variants, data)
    draws = torch.rand((3, 50, 2), generator=torch.Generator().manual_seed(0))
    x = data.train[:50].expand(3, -1, -1)
    shown, hole = corrupt(x, draws)
    assert hole.sum(-1).unique().tolist() == [4, 9, 25]  # 2, 3 and 5 pixels wide
    assert torch.equal(corrupt(x + hole, draws)[0], shown)
    assert torch.equal(shown * (1 - hole), x * (1 - hole))
    assert (shown[hole > 0] == lesson.GREY).all()


@pytest.mark.parametrize(
    ("share", "sides"), [(0.1, (1, 3, 3)), (0.4, (3, 11, 13)), (0.7, (6, 20, 22))]
)
def test_the_hole_fits_pictures_of_any_size(share, sides):
    class Data:
        shape = (8, 8)

    for length, side in zip((8, 28, 32), sides, strict=True):
        Data.shape = (length, length + 4)
        assert lesson.hole_side(Settings(hole=share), Data) == side


def test_hashing_puts_noise_on_the_code_while_training_only():
    *_, jitter = one_batch(kind="hashing", latent=12, code_noise=2)
    assert jitter.shape == (2, 64, 12)
    assert jitter[0].std() == pytest.approx(2, rel=0.1) and jitter[1].abs().max() == 0
    assert one_batch(kind="autoencoder", ladder=False)[-1] is None
    runs, variants = three_runs(kind="hashing")
    net, _ = stack("hashing", variants)
    x = resident("digits").train[:9].expand(3, -1, -1)
    codes = net.encode(x)
    assert torch.equal(codes, net.encode(x, torch.zeros(())))
    assert codes[0, :, 3:].abs().max() == 0 and 0 < codes[0, :, :3].min() < codes.max() < 1


def test_the_learning_rate_rises_and_falls(monkeypatch, few_frames):
    paces = []
    monkeypatch.setattr(nets.Adam, "step", lambda self, pace=1.0: paces.append(pace))
    last_frame(kind="linear", ladder=False, steps=200)
    assert paces[0] == pytest.approx(1 / 60) and max(paces) == paces[100] == 1.0
    assert paces[-1] == pytest.approx(3 / 200) and paces == sorted(paces[:100]) + paces[100:]


def test_training_that_leaves_the_finite_numbers_says_what_to_do():
    def wild(net, *batch):
        net.encoder.weights[0].grad.fill_(torch.nan)

    with pytest.raises(Diverged, match="step 1 .*Lower the learning rate"):
        next(chapter.train([Settings(**SHORT)], fit=partial(lesson.fit, gradient=wild)))


# --- what is shown -------------------------------------------------------------------------


def contract(**knobs):
    """The frames of a run, after checking what every view relies on."""
    settings = Settings(**knobs)
    frames = list(one_run(chapter.train, settings))
    steps = [frame.step for frame in frames]
    assert steps == sorted(set(steps)) and steps[-1] == settings.steps
    titles = {trace.title for trace in CHAPTER.traces}
    for frame in frames:
        assert frame.scalars.keys() == frames[0].scalars.keys()
        assert frame.pictures.keys() == frames[0].pictures.keys() <= set(CHAPTER.layout) - titles
        assert np.isfinite(list(frame.scalars.values())).all()
        assert all(picture.summary() for picture in frame.pictures.values())
    return frames


@every_kind
def test_frames_keep_their_pictures_and_numbers(kind, few_frames):
    contract(kind=kind, adversarial=True, steps=100)


@pytest.mark.parametrize("latent", [1, 2, 64])
def test_codes_of_any_size_lie_in_a_plane(latent, few_frames):
    for kind in ("autoencoder", "hashing"):
        frame = contract(kind=kind, latent=latent, **SHORT)[-1]
        assert frame.pictures["codes"].xy.shape == (359, 2)


def test_noise_of_level_zero_is_no_error(few_frames):
    frame = contract(kind="denoising", level=0, **SHORT)[-1]
    assert "gain" not in frame.scalars


@pytest.fixture(scope="module")
def unlabelled(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "plain.npz"
    pictures = np.random.default_rng(0).integers(0, 256, (40, 28, 20), dtype=np.uint8)
    np.savez(path, images=pictures)
    return str(path)


@every_kind
def test_pictures_without_labels_and_not_square(kind, unlabelled, few_frames):
    frame = contract(data=unlabelled, kind=kind, hole=0.7, **SHORT)[-1]
    assert frame.pictures["codes"].group is None
    assert "precision" not in frame.pictures and "precision" not in frame.scalars


@pytest.mark.slow
@every_kind
def test_larger_pictures(kind, few_frames):
    frame = contract(data="sprites", kind=kind, steps=100)[-1]
    if "sizes" in frame.pictures:  # too dear on a CPU
        assert len(frame.pictures["sizes"].lines[1].x) == 1


def test_pcas_curve_is_the_error_of_its_copies(few_frames):
    data = resident("digits")
    line = last_frame(kind="linear", **SHORT).pictures["sizes"].lines[0]
    for k in (1, 10, 50):
        mean, parts, _ = formulas.pca(data.train, k)
        error = (formulas.pca_reconstruct(data.test, mean, parts) - data.test).square().mean()
        assert line.y[line.x == k] == pytest.approx(error.item(), rel=1e-3)


@given(st.integers(0, 10_000), st.integers(3, 12))
def test_turning_the_codes_does_not_move_their_picture(seed, size):
    g = torch.Generator().manual_seed(seed)
    data = resident("digits")
    spread = torch.linspace(3, 0.5, size)
    codes = data.test[:200] @ torch.randn((64, size), generator=g) * spread
    turn = torch.linalg.qr(torch.randn((size, size), generator=g))[0]

    def plane(codes):
        held_out = evaluation.Evaluation(data.test[:200], None, None, codes[None], None)
        run = Settings(latent=size)
        moment = evaluation.Moment(None, data, run, held_out, training=None, examples=None)
        return pictures.draw_codes(moment).xy

    assert np.allclose(plane(codes), plane(codes @ turn), atol=2e-2 * np.abs(plane(codes)).max())


def test_neighbours_are_the_nearest_bits(few_frames):
    """Rows of the picture are traced back to the training set by their pixels."""
    settings, data = Settings(kind="hashing", latent=16, **SHORT), resident("digits")
    (frame,) = last_frames(chapter.train([settings]))
    *_, (_, net) = lesson.fit([settings], data, gradient=by_hand.gradient)  # the same run
    rows = torch.from_numpy(frame.pictures["neighbours"].tiles.reshape(6, 9, 64) / 255).float()
    pixels = torch.cat([rows[:, :1], rows[:, 1:]], 1)
    bits = lambda x: net.encode(x.expand(2, *x.shape))[0] > 0.5  # noqa: E731
    near = torch.cdist(pixels[:, 1:].flatten(0, 1), data.train[: evaluation.SHOWN]).argmin(1)
    base = bits(data.train[: evaluation.SHOWN])
    query = bits(data.test[torch.from_numpy(data.examples(6))])
    far = (query[:, None] != base).sum(-1)  # (query, picture)
    shown = far.gather(1, near.view(6, 8))
    assert (shown[:, :-1] <= shown[:, 1:]).all()
    assert torch.equal(shown, far.sort(1).values[:, :8])


def test_the_precision_curve_is_precision_at_each_depth():
    rng = np.random.default_rng(0)
    query, base = rng.integers(2, size=(7, 4)), rng.integers(2, size=(30, 4))
    parts = query, rng.integers(3, size=7), base, rng.integers(3, size=30)
    curve = metrics.precision_curve(*parts, [1, 5, 30, 99])
    assert curve.tolist() == [metrics.precision_at_k(*parts, k) for k in (1, 5, 30, 99)]


# --- what the chapter asserts --------------------------------------------------------------


@pytest.mark.parametrize("seed", OVER_SEEDS)
@pytest.mark.parametrize("claim", CHAPTER.claims, ids=lambda claim: claim.id)
def test_claim(claim, seed, few_frames):
    holds, measured = claim.measure(seed)
    assert holds, measured


def test_lessons_and_readings_name_what_exists(few_frames):
    for words, query in CHAPTER.try_this:
        assert not Settings.from_query(query)[1] and words
    scalars = set().union(*(last_frame(kind=kind, **SHORT).scalars for kind in KINDS))
    assert set(CHAPTER.reading) <= scalars
    named = {name for trace in CHAPTER.traces for name in trace.lines}
    assert named <= scalars | {"plain_mse", "plain_contrast"}
    assert set(CHAPTER.stackable) < set(Settings.knobs())
