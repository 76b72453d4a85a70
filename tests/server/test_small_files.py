"""Small files of the server: kept pictures, QR codes, and what is asked for by mistake."""

import gzip
import json
import xml.etree.ElementTree as ET

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from visits import run

from workbench.results import stills
from workbench.server.kept_stills import ADDRESS, KeptStills
from workbench.server.qr import QrCode

BODY = gzip.compress(b'{"places":[]}')


@pytest.fixture
def get(monkeypatch):
    """Asks a server of these two handlers alone, for paths exactly as they are written."""
    monkeypatch.setattr(stills, "has_track", lambda chapter: chapter.name == "beta-vae")
    monkeypatch.setattr(stills, "stills_file", lambda _name, _theme: BODY)

    def ask(path: str, **headers):
        async def visit():
            socket, port = bind_unused_port()
            server = HTTPServer(Application([(ADDRESS, KeptStills), ("/qr.svg", QrCode)]))
            server.add_socket(socket)
            request = HTTPRequest(
                f"http://localhost:{port}{path}", headers=headers, decompress_response=False
            )
            try:
                return await AsyncHTTPClient().fetch(request, raise_error=False)
            finally:
                server.stop()

        return run(visit())

    return ask


def test_the_file_is_gzip_for_a_browser_and_plain_for_who_cannot(get):
    packed = get("/kept/beta-vae.light.json", **{"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip" and packed.body == BODY
    plain = get("/kept/beta-vae.light.json")
    assert "Content-Encoding" not in plain.headers and json.loads(plain.body) == {"places": []}
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_an_address_with_the_right_version_is_kept_and_another_is_asked_for_again(get):
    right = get(f"/kept/beta-vae.dark.json?v={stills.version('beta-vae')}")
    assert "immutable" in right.headers["Cache-Control"]
    wrong = get("/kept/beta-vae.dark.json?v=0")
    assert wrong.code == 200 and wrong.headers["Cache-Control"] == "no-cache"
    etag = wrong.headers["Etag"]
    assert get("/kept/beta-vae.dark.json?v=0", **{"If-None-Match": etag}).code == 304


def test_the_version_is_the_same_until_a_source_changes(tmp_path, monkeypatch):
    stills.version.cache_clear()
    first = stills.version("beta-vae")
    stills.version.cache_clear()
    assert stills.version("beta-vae") == first
    source = tmp_path / "results/stills.py"
    source.parent.mkdir()
    source.write_text("changed")
    monkeypatch.setattr(stills, "PACKAGE", tmp_path)
    stills.version.cache_clear()
    assert stills.version("beta-vae") != first
    stills.version.cache_clear()


@pytest.mark.parametrize(
    "path",
    [
        "/kept/../../../etc/passwd",
        "/kept/%2e%2e%2f%2e%2e%2fpasswd.light.json",
        "/kept/nowhere.light.json",
        "/kept/rad.light.json",  # a chapter without kept numbers
        "/kept/beta-vae.pink.json",
        "/kept/beta-vae.light.json/",
        "/kept/" + "a" * 5000 + ".light.json",
    ],
)
def test_a_hostile_address_finds_nothing_and_tells_nothing(get, path):
    reply = get(path)
    assert reply.code == 404
    assert b"Traceback" not in reply.body and b"workbench/" not in reply.body


def test_the_qr_code_of_a_link_is_a_drawing(get):
    reply = get("/qr.svg?text=http%3A%2F%2Flocalhost%3A5006%2Fapp%3Fchapter%3Dbeta-vae%26beta%3D4")
    assert reply.code == 200 and reply.headers["Content-Type"] == "image/svg+xml"
    drawn = ET.fromstring(reply.body)
    left, top, width, height = map(float, drawn.get("viewBox").split())
    assert width == height > 29  # a code of 21 modules and its border at least


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "http://a b",
        "http://a/%0d%0ax",
        "http://" + "a" * 1001,
        "ftp://x",
    ],
)
def test_what_is_no_link_gets_a_sentence(get, text):
    reply = get(f"/qr.svg?text={text.replace(' ', '%20')}")
    assert reply.code == 400 and "link of at most 1000" in json.loads(reply.body)["sentence"]
