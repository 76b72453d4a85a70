"""What the tests of data share."""

import pytest


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("WORKBENCH_DATA", str(folder))
    return folder
