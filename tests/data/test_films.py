"""Films of your own: what is read, in which order, and what is refused in one sentence."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.data import DataError, clips, reading
from workbench.data.clips.own_films import FEWEST, SIDE

COUNT = 40


def bar(t: int, size: tuple[int, int] = (20, 20)) -> np.ndarray:
    """A frame in which one bright column, number t, tells its place in the film."""
    frame = np.zeros(size, np.uint8)
    frame[:, t % size[1]] = 255
    return frame


def brightest(film) -> list[int]:
    """Which column of 20 is brightest in each frame."""
    (shot,) = film.shots
    return list((shot.sum(1).argmax(1) * 20 // SIDE) % 20)


def refused(path: Path, *words: str) -> str:
    with pytest.raises(DataError) as caught:
        clips.read(path)
    sentence = str(caught.value)
    assert path.name in sentence and "\n" not in sentence and len(sentence) < 320
    assert all(word in sentence for word in words), sentence
    return sentence


def write_frames(folder: Path, count: int = COUNT, name: str = "frame{}.png") -> Path:
    folder.mkdir()
    for t in range(count):
        Image.fromarray(bar(t)).save(folder / name.format(t + 1))
    return folder


def test_frames_come_in_the_order_in_which_people_count(tmp_path):
    film = clips.read(write_frames(tmp_path / "shot"))
    assert brightest(film) == [t % 20 for t in range(COUNT)]  # frame9 before frame10
    report = film.describe()
    assert any("from frame1.png to frame40.png" in note for note in report.notes)
    assert any("held out" in note for note in report.notes)
    assert report.size == f"40 frames of {SIDE} x {SIDE}" and "velocity" in report.label


def test_all_frames_of_a_gif_are_read(tmp_path):
    first, *rest = (Image.fromarray(bar(t)) for t in range(COUNT))
    first.save(tmp_path / "a.gif", save_all=True, append_images=rest, duration=40)
    assert clips.is_own(tmp_path / "a.gif")
    assert brightest(clips.read(tmp_path / "a.gif")) == [t % 20 for t in range(COUNT)]


def test_arrays_hold_one_shot_or_several_and_wide_ones_are_cut(tmp_path):
    shot = np.stack([bar(t, (20, 30)) for t in range(COUNT)])
    np.savez(tmp_path / "one.npz", frames=shot, other=np.arange(3))
    film = clips.read(tmp_path / "one.npz")
    assert film.shots[0].shape == (COUNT, SIDE, SIDE)
    assert [film.shots[0][t].max() > 0.2 for t in (0, 4, 5, 24, 25)] == [0, 0, 1, 1, 0]  # 5 to 24
    assert any("key other" in remark for remark in film.report.remarks)
    colour = np.repeat(np.stack([shot, shot[::-1]])[..., None], 3, -1) / 255
    np.savez(tmp_path / "two.npz", clips=colour)
    first, second = clips.read(tmp_path / "two.npz").shots
    np.testing.assert_allclose(first, second[::-1], atol=1e-6)
    np.testing.assert_allclose(first, film.shots[0], atol=1e-5)


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({"frames": np.zeros((FEWEST - 1, 8, 8))}, ("29 frames", "give 30")),
        ({"clips": np.zeros((9, 10, 8, 8))}, ("90 frames", "30 at least in a shot")),
        ({"frames": np.zeros((40, 8))}, ("(40, 8)", "give (n, h, w)")),
        ({"frames": np.zeros((40, 8, 8), int)}, ("int64", "uint8 or float32")),
        ({"frames": np.full((40, 8, 8), np.nan)}, ("NaN",)),
        ({"frames": np.ones((40, 8, 8))}, ("every value is 1",)),
        ({"frames": np.repeat(np.eye(8)[None], 40, 0)}, ("alike", "nothing moves")),
        ({"frames": np.ones((40, 8, 8)), "clips": np.ones((2, 40, 8, 8))}, ("keep one",)),
    ],
)
def test_arrays_that_are_no_film_are_refused(tmp_path, arrays, words):
    np.savez(tmp_path / "bad.npz", **arrays)
    refused(tmp_path / "bad.npz", *words)


def test_a_large_array_is_refused_by_its_header(tmp_path):
    path = tmp_path / "huge.npz"
    with zipfile.ZipFile(path, "w") as archive, archive.open("frames.npy", "w") as member:
        header = {"descr": "|u1", "fortran_order": False, "shape": (4000, 4000, 4000)}
        np.lib.format.write_array_header_1_0(member, header)
    refused(path, "more than 512 MiB")


def test_damaged_and_short_films_are_refused(tmp_path):
    (tmp_path / "broken.gif").write_bytes(b"GIF89a nonsense")
    refused(tmp_path / "broken.gif", "damaged")
    Image.fromarray(bar(0)).save(tmp_path / "still.gif")
    refused(tmp_path / "still.gif", "1 frames", "give 30")
    refused(write_frames(tmp_path / "few", 12), "12 frames")


def test_films_in_the_data_folder_are_offered_and_others_say_why_not(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    (tmp_path / "clips").mkdir()
    write_frames(tmp_path / "clips" / "mine")
    (tmp_path / "clips" / "notes.txt").write_text("none")
    assert clips.names() == ("mine",) and "mine" in reading.names()
    (report,) = reading.check("mine")
    assert report.kind == "clips" and report.pictures.shape[1:] == (SIDE, SIDE)
    assert "a film is a folder of frames" in reading.left_aside()["clips/notes.txt"]
    (tmp_path / "a.gif").write_bytes(b"GIF89a")
    assert "folder clips" in reading.left_aside()["a.gif"]


def test_a_flat_folder_is_both_pictures_and_a_film(tmp_path):
    kinds = [report.kind for report in reading.check(str(write_frames(tmp_path / "both")))]
    assert kinds == ["pictures", "clips"]
    few = write_frames(tmp_path / "few", FEWEST - 1)
    assert [report.kind for report in reading.check(str(few))] == ["pictures"]


def test_a_film_is_read_again_when_a_frame_changes(tmp_path):
    folder = write_frames(tmp_path / "shot")
    before = clips.load(folder)
    assert clips.load(folder) is before
    Image.fromarray(bar(7)).save(folder / "frame1.png")
    assert brightest(clips.load(folder))[0] == 7
