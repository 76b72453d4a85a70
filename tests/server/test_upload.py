"""Own data that a reader brings to a page: hostile files, bounds, and that nobody else sees it."""

import asyncio
import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from own_files import LABELS, PIXELS, ROWS, write_table
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from visits import run

from workbench import data
from workbench.chapters import find
from workbench.classroom.address import read_address
from workbench.core.log import run_line
from workbench.core.settings import SettingsError
from workbench.data import DataMissing, uploads
from workbench.running.lab_process import LabProcess
from workbench.server.upload import Upload
from workbench.view.page import uploads as pages
from workbench.view.page.native import NativeControls
from workbench.view.page.uploads import Uploads
from workbench.view.page.wire import Wire

LIMIT = 200_000


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A page whose reader may bring 200 kB; files are read in this process."""
    monkeypatch.setenv(uploads.FOLDER, str(uploads.make_folder(tmp_path)))
    monkeypatch.setattr(pages, "limit", LIMIT)
    monkeypatch.setattr(pages, "checker", lambda: lambda task: task())
    shown = []
    page = Uploads(lambda name, title: shown.append((name, title)))
    page.shown = shown
    yield page
    page.close()
    assert list(Path(os.environ[uploads.FOLDER]).iterdir()) == []


def bring(page, name: str, body: bytes, **headers: str) -> tuple[int, str]:
    """Status and sentence of what the server answers when the page's script sends a file."""

    async def story():
        (socket,) = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(Application([("/upload", Upload)]))
        server.add_socket(socket)
        url = f"http://127.0.0.1:{socket.getsockname()[1]}/upload"
        head = {"X-Page": page.token, "X-Name": quote(name)} | headers
        try:
            reply = await AsyncHTTPClient().fetch(
                url, method="POST", headers=head, body=body, raise_error=False
            )
        finally:
            server.stop()
            await server.close_all_connections()
        return reply.code, json.loads(reply.body)["sentence"] if reply.body else ""

    return run(story())


def packed(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def claiming(shape) -> bytes:
    """An .npz whose header announces more than it holds."""
    npy, file = io.BytesIO(), io.BytesIO()
    header = {"shape": shape, "fortran_order": False, "descr": "<f4"}
    np.lib.format.write_array_header_1_0(npy, header)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", npy.getvalue())
    return file.getvalue()


class Bomb:
    def __reduce__(self):
        return (os.system, ("touch exploded",))


HOSTILE = {
    "pickle.npz": packed(x=np.full((20, 16), Bomb())),
    "bare_pickle.npz": pickle.dumps(Bomb()),
    "claims.npz": claiming((10**9, 64, 64)),
    "bomb.npz": packed(x=np.zeros((100_000, 64, 16), np.uint8)),  # 100 MB, in 100 kB
    "cut.npz": packed(x=PIXELS)[:-200],
    "empty.npz": b"",
    "empty.csv": b"",
    "binary.csv": bytes(range(256)) * 20,
    "deep.csv": b"[" * 100_000,
    "wide.csv": b"a," * 60_000 + b"\n" + b"1," * 30_000,
    "nan.npz": packed(x=np.where(np.arange(320) == 7, np.nan, 0.5).reshape(20, 16)),
    "few.npz": packed(x=PIXELS[:3]),
    "large.npz": packed(x=np.zeros((20, 65, 64), "u1")),
    "page.csv": b"<script>alert(1)</script>\n" * 30,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_sentence_and_is_deleted(page, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, sentence = bring(page, name, HOSTILE[name])
    assert status == 422 and name in sentence and "\n" not in sentence and len(sentence) < 320
    assert str(tmp_path) not in sentence and "Traceback" not in sentence
    assert page.shown == [] and not (tmp_path / "exploded").exists()
    assert list(Path(os.environ[uploads.FOLDER]).iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", "x.exe", ".npz", "notes.txt", "..", "../../etc/passwd", "x.npz\0.sh"]
)
def test_another_kind_of_file_is_not_even_taken(page, name):
    status, sentence = bring(page, name, packed(x=PIXELS))
    assert status == 415 and "ends in .npz" in sentence


@pytest.mark.parametrize("name", ["../../x.npz", "/etc/x.npz", "<b>&.npz", "x" * 300 + ".npz"])
def test_a_files_name_leads_nowhere_and_is_no_markup(page, name, tmp_path):
    status, _ = bring(page, name, packed(x=PIXELS, y=LABELS))
    assert status == 200
    (path,) = Path(os.environ[uploads.FOLDER]).glob("*/*")
    assert path.is_relative_to(tmp_path) and "<" not in path.name and len(path.name) < 80


def test_too_much_is_refused_before_it_has_come(page):
    status, sentence = bring(page, "x.npz", bytes(LIMIT + 1))
    assert status == 413 and sentence == "Bring a file of at most 0.2 MB."
    assert bring(page, "x.npz", packed(x=PIXELS))[0] == 200


def test_what_unpacks_to_too_much_is_refused(page):
    noise = np.zeros((500, 64, 64), np.uint8)
    noise[:, 0, 0] = 40 * (np.arange(500) % 7)
    status, sentence = bring(page, "x.npz", packed(x=noise))
    assert status == 422 and "in memory: bring at most 2 MB" in sentence


def test_only_the_pages_own_script_can_bring_it_a_file(page):
    for token in ("", "x" * 32, "0" * 32):
        assert bring(page, "x.npz", packed(x=PIXELS), **{"X-Page": token})[0] == 403
    page.busy = True
    assert bring(page, "x.npz", packed(x=PIXELS))[0] == 409
    page.busy = False
    page.close()
    assert bring(page, "x.npz", packed(x=PIXELS))[0] == 403


def test_a_file_that_never_comes_whole_is_deleted(page):
    async def story():
        (socket,) = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(Application([("/upload", Upload)]))
        server.add_socket(socket)
        _, writer = await asyncio.open_connection(*socket.getsockname())
        head = f"POST /upload HTTP/1.1\r\nHost: x\r\nX-Page: {page.token}\r\nX-Name: x.npz\r\n"
        writer.write(head.encode() + b"Content-Length: 5000\r\n\r\nPK..")
        await writer.drain()
        while not page.busy:
            await asyncio.sleep(0.01)
        writer.close()
        while page.busy:
            await asyncio.sleep(0.01)
        server.stop()

    run(story())
    assert page.shown == []


def test_what_is_brought_is_on_this_page_alone_and_gone_with_it(page, capsys, caplog):
    file = io.BytesIO(packed(images=PIXELS, labels=LABELS))
    status, sentence = bring(page, "faces.npz", file.getvalue())
    assert status == 200 and "32 + 8 images of 8 x 8" in sentence
    ((name, title),) = page.shown
    assert title == "yours: faces.npz" and data.load(name).x_train.shape == (32, 8, 8)
    chapter = find("beta-vae")
    refused: list[str] = []
    mine, theirs = (
        NativeControls(chapter.Settings(), lambda _s: None, refused.append, Wire(None))
        for _ in range(2)
    )
    mine.bring(name, title)
    assert mine.settings.data == name
    assert [name, title] in mine.state()["data"]["choices"]
    mine.choose("data", "digits")
    mine.choose("data", name)  # it is still in the menu
    assert mine.settings.data == name and mine.settings.personal
    theirs.choose("data", name)
    assert theirs.settings.data == "digits" and refused
    assert name not in data.names() and not chapter.Settings().personal
    with pytest.raises(SettingsError, match="no data set"):
        read_address("beta-vae", f"data={name}")
    caplog.set_level("INFO")
    run_line("abc", "beta-vae", mine.settings, 1.0, "done")
    assert "data=(own)" in caplog.text and name not in caplog.text
    page.close()
    with pytest.raises(DataMissing, match="a page that is gone"):
        data.load(name)


def test_the_second_file_takes_the_place_of_the_first(page, tmp_path):
    bring(page, "one.npz", packed(x=PIXELS))
    bring(page, "two.csv", write_table(tmp_path / "two.csv", rows=ROWS).read_bytes())
    (first, _), (second, title) = page.shown
    assert title == "yours: two.csv" and data.load(second) is not None
    with pytest.raises(DataMissing):
        data.load(first)
    bring(page, "bad.npz", b"")  # which leaves the good one
    assert data.load(second) is not None and page.name == second


def endless(_path, _most):
    while True:
        pass


def test_a_file_that_takes_too_long_to_read_is_given_up(page, monkeypatch):
    process = LabProcess(0.3)
    monkeypatch.setattr(pages, "checker", lambda: process)
    monkeypatch.setattr(pages, "check", endless)
    try:
        status, sentence = bring(page, "x.npz", packed(x=PIXELS))
    finally:
        process.end()
    assert status == 422 and "more than 0.3 s of computing" in sentence


def test_what_ended_servers_have_left_is_deleted(tmp_path):
    old = tmp_path / "workbench-uploads-999999999"
    (old / "upload-x").mkdir(parents=True)
    other = tmp_path / f"workbench-uploads-{os.getppid()}"
    other.mkdir()
    uploads.make_folder(tmp_path)
    assert not old.exists() and other.exists()
