"""Lines that lie on each other are told, so that a drawing can dash the upper one."""

import numpy as np

from workbench.core.covered import covering
from workbench.core.pictures import Curves, Line

X = np.arange(1.0, 41)


def curves(*lines: Line, log: bool = False) -> Curves:
    return Curves("T", lines, log_y=log)


def test_a_line_on_another_is_found_and_one_apart_is_not():
    low, same, apart = Line("a", X, X), Line("b", X, X + 0.1), Line("c", X, X + 3)
    assert covering(curves(low, same, apart)) == {1}
    assert covering(curves(low, apart)) == set()


def test_a_part_that_is_hidden_counts_and_a_crossing_does_not():
    flat, joined = Line("a", X, np.minimum(X, 20)), Line("b", X, np.where(X < 20, 0, 20))
    assert covering(curves(flat, joined)) == {1}
    assert covering(curves(Line("a", X, X), Line("b", X, 41 - X))) == set()


def test_references_are_dashed_already_and_cannot_be_hidden_by_a_solid_line():
    dashed = Line("a", X, X, "dashed")
    assert covering(curves(Line("b", X, X), dashed)) == set()
    assert covering(curves(dashed, Line("b", X, X))) == {1}
    assert covering(curves(Line("a", X, X, "dots"), Line("b", X, X))) == set()


def test_other_places_gaps_and_nothing_are_no_trouble():
    every = Line("b", X[::3], X[::3])
    assert covering(curves(Line("a", X, X), every)) == {1}
    assert covering(curves(Line("a", X, X), Line("b", X, X * np.nan))) == set()
    assert covering(curves(Line("a", X[:0], X[:0]), Line("b", X, X))) == set()
    assert covering(curves()) == set()


def test_on_a_logarithmic_axis_near_is_what_looks_near():
    small, large = Line("a", X, 1e-4 * X), Line("b", X, 1e-3 * X)
    far = Line("c", X, 100 * X)
    assert covering(curves(small, large, far)) == {1}
    assert covering(curves(small, large, far, log=True)) == set()
