"""The clips of prednet: how things move, what rules predict, and what probes read."""

import numpy as np
import pytest
from PIL import Image

from workbench.chapters.prednet import motion, probe, rules
from workbench.chapters.prednet.clips import cut, open_clips
from workbench.chapters.prednet.frames import train
from workbench.chapters.prednet.knobs import FRAMES, LAST, Settings
from workbench.data import DataError
from workbench.data.clips import Film, own_films
from workbench.data.report import Report

RNG = np.random.default_rng


def paths(speed=2, objects=1, push=False, box=(6, 6), side=16, count=200):
    rule = motion.Motion(FRAMES, side, objects, speed, push)
    return motion.draw_paths(rule, box, count, RNG(0))


def test_a_thing_moves_by_its_velocity_and_turns_back_at_walls():
    place, velocity = paths(speed=3)
    assert place.min() >= 0 and place.max() <= 10 and (place == place.round()).all()
    assert set(np.unique(velocity)) == set(range(-3, 4))
    assert (abs(velocity).sum(-1) > 0).all()  # nothing stands still
    step, turned = np.diff(place, axis=1), np.diff(velocity, axis=1) != 0
    assert (step == velocity[:, 1:])[~turned].all()
    assert turned.any() and (velocity[:, 1:] == -velocity[:, :-1])[turned].all()


def test_velocities_are_all_alike_but_for_standing_still():
    drawn = motion.draw_velocities(1, (8000,), RNG(0))
    values, counts = np.unique(drawn, axis=0, return_counts=True)
    assert len(values) == 8 and counts.min() > 850 and [0, 0] not in values.tolist()


def test_balls_that_push_each_other_keep_momentum_and_energy():
    place, velocity = RNG(0).random((500, 3, 2)) * 6, RNG(1).normal(size=(500, 3, 2))
    after = motion.collide(place, velocity, 4.0)
    assert (after != velocity).any(axis=(1, 2)).mean() > 0.3
    np.testing.assert_allclose(after.sum(1), velocity.sum(1), atol=1e-12)
    np.testing.assert_allclose((after**2).sum((1, 2)), (velocity**2).sum((1, 2)), atol=1e-9)


def test_a_thing_is_drawn_where_it_is_and_shared_out_between_pixels():
    thing = RNG(0).random((1, 1, 3, 4))
    places = np.array([[[[2.0, 5.0]], [[2.5, 5.0]]]])
    frames = motion.draw_frames(thing, places, 12)
    np.testing.assert_allclose(frames[0, 0, 2:5, 5:9], thing[0, 0], atol=1e-6)
    assert frames[0, 0].sum() == pytest.approx(thing.sum(), rel=1e-5)
    np.testing.assert_allclose(frames[0, 1, 2, 5:9], thing[0, 0, 0] / 2, atol=1e-6)


def test_resizing_keeps_what_fits_and_means():
    x = RNG(0).random((2, 8, 8))
    np.testing.assert_allclose(motion.resize(x, 8), x)
    np.testing.assert_allclose(motion.resize(np.full((1, 9, 5), 0.3), 6), 0.3)
    assert motion.resize(x[:, :4], 8).shape == (2, 4, 8)
    smooth = np.repeat(np.repeat(RNG(1).random((1, 4, 4)), 4, 1), 4, 2)
    assert motion.resize(smooth, 8).mean() == pytest.approx(smooth.mean(), rel=0.02)


@pytest.mark.parametrize("name", motion.SPRITES)
def test_sprites_are_grey_values_and_fill_their_box(name):
    drawn = motion.draw_sprite(name, 8)
    assert drawn.shape == (8, 8) and drawn.min() >= 0 and drawn.max() == 1
    assert 0.3 < drawn.mean() < 0.85


def test_training_clips_and_held_out_ones_show_different_pictures():
    data = open_clips([Settings()])
    assert data.train.shape == (1, 256, FRAMES, 16, 16) and data.test.shape[1] == 128
    assert data.velocity[0].shape == (1, 256, FRAMES, 2) and data.label[1].shape == (1, 128)
    first = {frame.tobytes() for frame in data.train[0, :, 0].numpy()}
    assert not any(frame.tobytes() in first for frame in data.test[0, :, 0].numpy())


# --- rules


def test_the_best_shift_moves_the_last_frame_on():
    scene = RNG(0).random((5, 40, 40))
    clips = np.stack([scene[:, 10 + 2 * t : 26 + 2 * t, 12 - t : 28 - t] for t in range(6)], 1)
    made = rules.shift(clips[:, :3], 3)
    inside = slice(None), slice(None), slice(0, 10), slice(3, None)
    np.testing.assert_allclose(made[inside], clips[:, 3:][inside])
    assert (made[:, 0, -2:] == 0).all()  # nobody knows what comes in


def test_every_rule_is_what_it_is_called():
    clips = RNG(0).random((4, 5, 6, 6))
    own = rules.all_rules(clips.mean((0, 1)))
    made = {name: rule(clips, 2) for name, rule in own.items()}
    assert all(frames.shape == (4, 2, 6, 6) for frames in made.values())
    assert (made["copy"] == clips[:, -1:]).all() and (made["black"] == 0).all()
    assert (made["mean"] == clips.mean((0, 1))).all()
    change = clips[:, -1] - clips[:, -2]
    np.testing.assert_allclose(
        made["extrapolation"][:, 1], np.clip(clips[:, -1] + 2 * change, 0, 1)
    )


@pytest.mark.parametrize("name", ["copy", "black", "mean", "extrapolation", "shift"])
def test_no_rule_sees_the_frame_that_it_predicts(name):
    clips = RNG(0).random((3, LAST + 1, 8, 8)).astype(np.float32)
    rule = rules.all_rules(clips.mean((0, 1)))[name]
    clean = rules.next_frames(rule, clips, 2, LAST)
    for t in (2, 5, LAST):
        spoilt = clips.copy()
        spoilt[:, t:] = 1 - spoilt[:, t:]
        other = rules.next_frames(rule, spoilt, 2, LAST)
        assert (clean[:, : t - 1] == other[:, : t - 1]).all()


# --- films


def film(*lengths):
    shots = tuple(RNG(n).random((n, 64, 64), np.float32) for n in lengths)
    return Film(name="film", shots=shots, report=Report(name="film", kind="clips"))


@pytest.mark.parametrize("lengths", [(30,), (100,), (40, 60)])
def test_no_frame_of_a_film_is_both_learnt_and_judged(lengths):
    train, test = cut(film(*lengths), 16)
    assert train.shape[1:] == test.shape[1:] == (FRAMES, 16, 16)
    seen = {frame.tobytes() for clip in train for frame in clip}
    assert not any(frame.tobytes() in seen for clip in test for frame in clip)


def rolling(count):
    """Frames in which a column moves."""
    shot = np.zeros((count, 20, 20), np.uint8)
    for t in range(count):
        shot[t, :, t % 20] = 255
    return shot


def write_film(path, count):
    """A film as a folder of frames, a .gif or an .npz, by the path's ending."""
    pictures = [Image.fromarray(frame) for frame in rolling(count)]
    if path.suffix == ".npz":
        np.savez(path, frames=rolling(count))
    elif path.suffix == ".gif":
        pictures[0].save(path, save_all=True, append_images=pictures[1:])
    else:
        path.mkdir()
        for t, picture in enumerate(pictures):
            picture.save(path / f"{t}.png")
    return Settings(data=str(path), steps=10)


@pytest.mark.parametrize("name", ["frames", "film.gif", "film.npz"])
def test_a_film_of_ones_own_trains(tmp_path, name):
    run = write_film(tmp_path / name, 60)
    shots = open_clips([run]).train[0, 0]
    expected = motion.resize(own_films.fit_square(rolling(FRAMES) / np.float32(255)), run.size)
    np.testing.assert_allclose(shots.numpy(), expected, atol=0.01)
    (frame,) = next(train([run]))
    assert "top" not in frame.pictures and len(frame.pictures["sharpness"].lines) == 2
    short = write_film(tmp_path / f"short {name}", 20)
    with pytest.raises(DataError, match=rf"short {name}: it has 20 frames: give 30"):
        next(train([short]))


def test_the_end_of_a_film_shows_no_velocity(tmp_path):
    *_, (last,) = train([write_film(tmp_path / "film.npz", 60)])
    assert last.step == 10 and "top" not in last.pictures


# --- probes


def test_a_probe_reads_what_is_there_and_nothing_else():
    rng = RNG(0)
    x, y = rng.normal(size=(300, 20)), rng.normal(size=(300, 2))
    linear = x @ rng.normal(size=(20, 2)) + 3
    assert probe.explained(x[:200], x[200:], linear[:200], linear[200:]) > 0.9
    assert probe.explained(x[:200], x[200:], y[:200], y[200:]) < 0.1
    classes = (x[:, 0] > 0) + 5
    assert probe.accuracy(x[:200], x[200:], classes[:200], classes[200:]) > 0.85
