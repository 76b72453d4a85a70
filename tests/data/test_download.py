"""A download is whole and right, or nothing of it is there: servers that really send the wrong."""

import hashlib
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import URLError
from urllib.request import Request

import pytest
from click.testing import CliRunner

from workbench.cli.main import main
from workbench.data import DataError, download

FILE = bytes(range(256)) * 1000
RIGHT = hashlib.sha256(FILE).hexdigest()


@contextmanager
def mirror(answer):
    """The address of a file on a server that answers so: `answer(handler)`."""

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self):
            with suppress(OSError):  # who is hung up on says nothing
                answer(self)

        def log_message(self, *said):
            pass

    with HTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/file"
        server.shutdown()


def says(content, status=200, **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def endless(handler):
    says(b"")(handler)
    while True:
        handler.wfile.write(bytes(2**16))


def bring(path, *addresses):
    download.bring(addresses, path, "sha256", RIGHT, "the data folder")


def left(folder):
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*"))


def test_what_is_whole_and_right_is_there_and_nothing_else(tmp_path):
    with mirror(says(FILE)) as address:
        bring(tmp_path / "raw" / "file", address)
    assert (tmp_path / "raw" / "file").read_bytes() == FILE
    assert left(tmp_path) == ["raw", "raw/file"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(b""), "another sha256 sum"),
        (says(FILE[:-1]), "another sha256 sum"),
        (says(FILE[:-1], Content_Length=str(len(FILE))), "another sha256 sum"),
        (says(b"<!doctype html><title>Moved</title>"), "another sha256 sum"),
        (says(FILE, status=404), "Not Found"),
        (says(b"", status=302, Location="file:///etc/hostname"), "is not allowed"),
        (endless, "larger than 1 MB"),
    ],
    ids=["nothing", "cut", "announced and cut", "page", "absent", "file", "endless"],
)
def test_another_file_is_refused_in_a_sentence_and_not_kept(answer, reason, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "MOST", 10**6)
    with mirror(answer) as address, pytest.raises(DataError) as caught:
        bring(tmp_path / "file", address)
    sentence = str(caught.value)
    assert sentence.startswith("file could not be downloaded (") and reason in sentence
    assert "\n" not in sentence and str(tmp_path) not in sentence
    assert left(tmp_path) == []


def test_a_second_address_is_tried(tmp_path):
    with mirror(says(b"no")) as wrong, mirror(says(FILE)) as right:
        bring(tmp_path / "file", wrong, right)
    assert (tmp_path / "file").read_bytes() == FILE


def test_what_was_there_stays_when_nothing_better_comes(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with mirror(says(b"no")) as address, pytest.raises(DataError):
        bring(tmp_path / "file", address)
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_private_connection_is_not_given_up():
    def points_to(address):
        asked = Request("https://one/file")
        return download._StaysPrivate().redirect_request(asked, None, 302, "", {}, address)

    assert points_to("https://two/file").full_url == "https://two/file"
    with pytest.raises(URLError, match="from https to an open connection"):
        points_to("http://two/file")


def test_a_server_that_says_nothing_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/file"
        with pytest.raises(DataError, match="timed out"):
            bring(tmp_path / "file", address)


def test_a_full_disk_is_one_sentence(small_disk):
    (small_disk / "mine").write_bytes(b"mine")
    with (
        mirror(says(10 * FILE)) as address,
        pytest.raises(DataError, match="No space left on device"),
    ):
        bring(small_disk / "file", address)
    assert left(small_disk) == ["mine"]


def test_without_a_network_the_command_says_one_sentence(tmp_path, monkeypatch):
    def fail(*_):
        raise URLError("no route to host")

    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(download, "_received", fail)
    said = CliRunner().invoke(main, ["data", "get", "resnet18"])
    assert said.exit_code == 1 and "could not be downloaded (no route to host)" in said.output
    assert "Traceback" not in said.output and left(tmp_path) == []
