"""Beta chosen by wrong labels: what is held out, what is chosen, and what it is worth."""

import numpy as np
import pytest

from workbench.chapters.bootstrap import beta_study
from workbench.chapters.bootstrap.beta_study import BETAS, Choice
from workbench.chapters.bootstrap.labels import task


def test_the_beta_that_repeats_most_given_labels_is_chosen():
    given = [0.1] * len(BETAS)
    given[2] = given[4] = 0.5
    choice = Choice(given, np.linspace(0, 1, len(BETAS)))
    assert BETAS[choice.chosen] == 0.6
    table = beta_study.table({("uniform", 0.4): [choice, choice]}, "digits")
    (row,) = table.rows
    assert row == ("uniform", "40%", "0.6, 0.6", "1.000", "0.667", "0.333", "1.000")


def test_true_labels_of_held_out_items_decide_nothing(monkeypatch):
    """Four fifths are learnt, and the others are asked about by the labels they were given."""
    pictures, lengths = task("digits", "cpu"), []
    fit = beta_study.by_hand.fit

    def watched(runs, data, device):
        lengths.append(len(data.x))
        short = [run.replace(steps=100) for run in runs]
        return fit(short, data, device)

    monkeypatch.setattr(beta_study.by_hand, "fit", watched)
    choice = beta_study.choose(pictures, "digits", ("uniform", 0.4), 0, "cpu")
    assert lengths == [len(pictures.x) - -(-len(pictures.x) // beta_study.HELD_OUT)]
    assert len(choice.given) == len(choice.true) == len(BETAS)
    assert max(choice.true) > 0.75 and max(choice.given) == pytest.approx(0.55, abs=0.15)
    clean = beta_study.choose(pictures, "digits", ("uniform", 0.0), 0, "cpu")
    assert max(clean.given) > 0.85
