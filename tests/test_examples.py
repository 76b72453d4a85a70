"""The examples of docs/serving.md name what is there."""

import re
from pathlib import Path

import pytest

from workbench import cli

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").iterdir())
OWN = {flag for option in cli.serve.params for flag in option.opts if flag.startswith("--")}
PANELS = {"--allow-websocket-origin", "--use-xheaders", "--prefix"}


@pytest.mark.parametrize("path", [*EXAMPLES, ROOT / "docs/serving.md"], ids=lambda path: path.name)
def test_every_option_of_serve_is_one(path):
    commands = re.findall(r"workbench[\"',]* ,?[\"']?serve\b([^\n]*)", path.read_text())
    flags = {flag for line in commands for flag in re.findall(r"--[a-z-]+", line)}
    assert flags <= OWN | PANELS


def test_panel_knows_the_options_that_are_passed_on():
    from panel.command.serve import Serve

    known = {
        flag for names, _ in Serve.args for flag in ([names] if isinstance(names, str) else names)
    }
    assert known >= PANELS


def test_the_image_installs_the_tested_versions_and_nothing_names_a_registry():
    assert "--constraint constraints.txt" in (ROOT / "examples/Dockerfile").read_text()
    for path in EXAMPLES:
        assert not re.search(r"index-url|pypi|https?://(?!127\.0\.0\.1)", path.read_text())


def test_the_unit_stops_within_its_time_and_writes_in_one_folder():
    unit = (ROOT / "examples/workbench.service").read_text()
    assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > 5
    assert "ProtectSystem=strict" in unit and "CacheDirectory=workbench" in unit
