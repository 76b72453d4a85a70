"""The lab in which a label is worked out by hand: its terms give the posterior."""

import numpy as np
import pytest

from workbench.chapters.labelling.lab_knobs import COUNT
from workbench.chapters.labelling.label_models import expected_accuracies, posterior
from workbench.chapters.labelling.propagation_lab import PRIOR, PropagationLab
from workbench.core.settings import SettingsError
from workbench.running import lab_machines
from workbench.view.labs import label_propagation


@pytest.mark.parametrize("comment", range(COUNT))
def test_the_last_products_divided_by_their_sum_are_the_posterior(comment):
    lab = PropagationLab()
    lab.count()
    lab.choose(comment)
    terms = lab.terms()
    if not terms:
        return np.testing.assert_allclose(lab.q[comment], 0.5)
    last = np.array(terms[-1][-2:])
    np.testing.assert_allclose(last / last.sum(), lab.q[comment])
    assert f"{lab.q[comment].max():.2f}" in lab.sentence()


def test_a_round_is_one_of_em():
    lab = PropagationLab()
    a = expected_accuracies(lab.votes, lab.q, PRIOR, 0.75)
    lab.count()
    np.testing.assert_array_equal(lab.accuracies, a)
    np.testing.assert_array_equal(lab.q, posterior(lab.votes, a, 2))


def test_the_comments_are_of_three_kinds():
    lab = PropagationLab()
    kinds = [len(set(votes[votes >= 0])) for votes in lab.votes]
    assert kinds == [2] * 4 + [1] * 4 + [0] * 2


def test_own_functions_vote_and_bad_ones_are_refused():
    lab = PropagationLab("spam if words > 0")
    assert lab.votes.tolist() == [[1]] * COUNT
    with pytest.raises(SettingsError, match="Function 1: a call"):
        PropagationLab("spam if abs(words) > 0")
    with pytest.raises(SettingsError, match="no feature slant"):
        PropagationLab("spam if slant > 0")


def test_the_page_of_the_lab_follows_its_widgets():
    page = label_propagation.Panel(False)
    assert "Comment 1, after 0 rounds" in page.sentence.object
    page.comment.value = 3
    page.count.param.trigger("clicks")
    assert "Comment 4, after 1 round of" in page.sentence.object
    page.functions.value = "spam if words.real > 1"
    assert 'role="alert"' in page.sentence.object and "character 14" in page.sentence.object
    page.functions.value = "spam if words > 1"
    assert "Comment 4, after 0 rounds" in page.sentence.object


def test_no_process_keeps_a_text_of_the_labs():
    secret = "spam if 'my secret word' in text"
    page = label_propagation.Panel(False)
    page.functions.value = secret
    page.count.param.trigger("clicks")
    assert secret not in str(lab_machines.MACHINES)
    before = lab_machines.state_of.cache_info().currsize
    page.comment.value = 2
    assert lab_machines.state_of.cache_info().currsize == before
