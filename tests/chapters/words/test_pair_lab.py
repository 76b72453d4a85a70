"""The lab in which one pair's gradient is worked out: its numbers are autograd's."""

import numpy as np
import pytest
import torch

from workbench.chapters.words import lesson
from workbench.chapters.words.pair_lab import CENTRE, FIRST, RATE, STAGES, PairLab
from workbench.running import lab_machines
from workbench.science import nets
from workbench.view.labs import pair_gradient


def by_autograd():
    """The chapter's own loss of the same pair: its value, and the gradients of v and u."""
    lab = PairLab()
    net = lesson.Vectors(5, 2, nets.generators([0]), "cpu")
    names = [CENTRE, *lab.words]
    table = torch.tensor([[FIRST[name] for name in names]], dtype=torch.float64)
    for p in net.parameters():
        p.data, p.grad = table.clone(), torch.zeros_like(table)
    pairs = torch.tensor([0, 1]).view(2, 1, 1, 1)
    loss = nets.autograd(lesson.loss)(net, pairs, torch.tensor([[[2, 3, 4]]]), 1.0)
    return loss.item(), net.centre.grad[0, 0].numpy(), net.context.grad[0, 1:].numpy()


def test_the_lab_has_the_gradient_of_the_lessons_loss():
    lab, (loss, of_centre, of_others) = PairLab(), by_autograd()
    assert lab.loss(lab.v, lab.u) == pytest.approx(loss)
    np.testing.assert_allclose(lab.of_centre, of_centre)
    np.testing.assert_allclose(lab.of_others, of_others)


def test_a_step_down_the_gradient_lowers_the_loss():
    lab = PairLab()
    v, u = lab.stepped()
    np.testing.assert_allclose(v, lab.v - RATE * lab.of_centre)
    assert lab.loss(v, u) < lab.loss(lab.v, lab.u) - 0.1


def test_a_stage_shows_no_number_of_a_later_one():
    lab, hidden = PairLab(), []
    for stage in range(len(STAGES)):
        state = lab.state()
        assert state.done == (stage == len(STAGES) - 1) and state.sentence.endswith((".", "?"))
        hidden.append(sum(cell == "?" for row in state.pictures["table"].rows for cell in row))
        lab.step()
    assert hidden == [20, 16, 12, 8, 4, 0, 0]
    lab.step()
    assert lab.stage == len(STAGES) - 1


def test_the_page_works_the_machine_by_its_name():
    state = lab_machines.state_of(pair_gradient.LAB, (), (("step",),))
    assert state.at.startswith("Stage 2 of 7")
