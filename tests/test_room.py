"""The server's edge, piece by piece: open files, readiness, pages that nobody waits for, the end."""

import logging
import math

import pytest

from workbench.view import serving

INFINITE = serving.resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "allowed", "after"),
    [
        (256, 10_000, 10_000, 10_000),
        (256, INFINITE, 10_240, serving.FILES),  # macOS
        (INFINITE, INFINITE, 10_240, INFINITE),
        (256, INFINITE, 1000, 256),
        (256, 1000, 1000, 1000),
    ],
)
def test_the_limit_of_open_files_is_raised_as_far_as_it_can_be(
    monkeypatch, caplog, soft, hard, allowed, after
):
    now = [soft, hard]

    def set_limit(_what, wanted):
        if wanted[0] == INFINITE or wanted[0] > allowed:
            raise ValueError("current limit exceeds maximum limit")
        now[:] = wanted

    monkeypatch.setattr(serving.resource, "getrlimit", lambda _what: tuple(now))
    monkeypatch.setattr(serving.resource, "setrlimit", set_limit)
    with caplog.at_level(logging.WARNING, "workbench"):
        serving.raise_file_limit()
    assert now == [after, hard]
    few = after != INFINITE and after < serving.FILES
    assert len(caplog.records) == few
    assert serving._files() == (math.inf if after == INFINITE else after)
