"""The files in deploy/ and docs/serving.md name what is there."""

import json
import re
from pathlib import Path

import pytest
import yaml

from workbench.cli import rehearse, serve

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "deploy").iterdir()), ROOT / ".binder/jupyter_server_config.py"]
OWN = {
    flag
    for command in (serve.serve, rehearse.rehearse)
    for option in command.params
    for flag in (*option.opts, *option.secondary_opts)
    if flag.startswith("--")
}
PANELS = {"--allow-websocket-origin", "--use-xheaders", "--prefix", "--root-path", "--cookie-path"}
# of systemctl, docker, pip and useradd
THEIRS = {
    "--now",
    "--file",
    "--tag",
    "--publish",
    "--env",
    "--volume",
    "--ulimit",
    "--constraint",
    "--no-cache-dir",
    "--create-home",
    "--start-period",
    "--interval",
}


@pytest.mark.parametrize("path", [*FILES, ROOT / "docs/serving.md"], ids=lambda path: path.name)
def test_every_option_is_one(path):
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", path.read_text()))
    assert flags and flags <= OWN | PANELS | THEIRS


def test_panel_knows_the_options_that_are_passed_on():
    from panel.command.serve import Serve

    known = {
        flag for names, _ in Serve.args for flag in ([names] if isinstance(names, str) else names)
    }
    assert known >= PANELS


def test_the_image_installs_tested_versions_and_names_no_registry():
    assert "--constraint constraints.txt" in (ROOT / "deploy/Dockerfile").read_text()
    for path in FILES:
        assert not re.search(r"index-url|pypi|https?://(?!127\.0\.0\.1)", path.read_text())


def test_the_unit_stops_within_its_time_and_writes_in_one_folder():
    unit = (ROOT / "deploy/workbench.service").read_text()
    assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > 5
    assert "ProtectSystem=strict" in unit and "CacheDirectory=workbench" in unit
    # the death of a worker is the server's to mend, and its end the server's to bring about
    assert "OOMPolicy=continue" in unit and "KillMode=mixed" in unit


def test_unit_and_proxy_are_of_one_class():
    unit, proxy = (
        (ROOT / "deploy" / name).read_text() for name in ("workbench.service", "nginx.conf")
    )
    (port,) = set(re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", proxy))
    assert f"--address 127.0.0.1 --port {port}" in unit and "--use-xheaders" in unit
    name = re.search(r"server_name (\S+);", proxy)[1]
    assert f"--allow-websocket-origin {name}" in unit
    assert "access_log off;" in proxy  # addresses are what readers ask for
    for secret in ("WORKBENCH_PASSWORD", "WORKBENCH_INSTRUCTOR"):
        assert secret in unit and secret in proxy


def test_without_a_connection_a_page_asks_the_server_itself():
    """Not from the proxy's cache, which answers also when the server is gone, and not refused."""
    page = (ROOT / "workbench/view/pages/page.js").read_text()
    assert set(re.findall(r"fetch\(([^,)]+)", page)) == {'"health"'}
    proxy = (ROOT / "deploy/nginx.conf").read_text()
    assert re.findall(r"location (.+?) {", proxy) == ["/", "/upload", "/static/"]
    assert not re.search(r"^\s*(deny|allow)\b", proxy, re.MULTILINE)
    assert "proxy_cache" not in re.search(r"location / {.*?}", proxy, re.DOTALL)[0]


def test_the_proxy_lets_through_what_the_server_takes_and_its_word_on_frames():
    """A file that is too large gets the server's sentence, so it must get as far as that."""
    proxy = (ROOT / "deploy/nginx.conf").read_text()
    limits = dict(re.findall(r"location (\S+) {[^}]*?client_max_body_size (\d+)m;", proxy))
    assert int(limits["/upload"]) == 2 * serve.MOST_UPLOAD_MB and int(limits["/"]) == 1
    upload = re.search(r"location /upload {.*?}", proxy, re.DOTALL)[0]
    assert "proxy_request_buffering off;" in upload and "X-Forwarded-Proto" in upload
    # the server names who may show a page in a frame; a header of the proxy's own would outdo it
    assert "add_header" not in proxy and "proxy_hide_header" not in proxy


def test_a_log_in_outlives_the_server_with_a_key_of_ones_own_alone(monkeypatch):
    monkeypatch.delenv("PANEL_COOKIE_SECRET", raising=False)
    assert "--cookie-secret" in serve.log_in_arguments("sesame")
    monkeypatch.setenv("PANEL_COOKIE_SECRET", "0" * 64)  # Panel refuses to be given both
    assert "--cookie-secret" not in serve.log_in_arguments("sesame")
    assert "PANEL_COOKIE_SECRET" in (ROOT / "deploy/workbench.service").read_text()


def test_what_services_ask_for_calls_what_everybody_calls():
    """Binder, dev containers and GitHub Actions install and check as a person does."""
    needs = (ROOT / ".binder/requirements.txt").read_text()
    assert "--constraint ../constraints.txt" in needs and "--editable .[notebooks]" in needs
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    target = container["postCreateCommand"].removeprefix("make ")
    assert f"\n{target}:" in (ROOT / "Makefile").read_text()
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    assert workflow["jobs"]["test"]["steps"][-1] == {"run": ".ci/run"}
    # one Python everywhere
    image = re.search(r"FROM (python:[\d.]+)", (ROOT / "deploy/Dockerfile").read_text())[1]
    assert container["image"] == workflow["jobs"]["test"]["container"] == image
    version = (ROOT / ".binder/runtime.txt").read_text().strip()
    assert version == image.replace(":", "-")
    assert f"- {image.replace(':', '=')}\n" in (ROOT / "environment.yml").read_text()
