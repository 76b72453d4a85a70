"""The lab of one unit: its arithmetic by hand against the network."""

import numpy as np
import pytest

from workbench.chapters.prednet.evaluation import forecast, to_numpy
from workbench.chapters.prednet.lab_knobs import FRAMES_SHOWN
from workbench.chapters.prednet.unit_lab import UNITS, UnitLab, small_net


@pytest.mark.parametrize("place", [(0, 0, 0), (7, 8, 3), (15, 4, UNITS - 1)])
@pytest.mark.parametrize("frame", [0, 4])
def test_the_step_by_hand_is_that_of_the_network(place, frame):
    lab = UnitLab()
    for _ in range(frame):
        lab.step()
    lab.choose(*place)
    row, column, unit = place
    made = lab.work_out()
    assert made.hidden == pytest.approx(
        float(lab.after.hidden[0][0, 0, unit, row, column]), abs=1e-5
    )
    assert made.memory[1] == pytest.approx(
        float(lab.after.cell[0][0, 0, unit, row, column]), abs=1e-5
    )
    assert lab.expect()[1] == pytest.approx(float(lab.predicted[0, 0, row, column]), abs=1e-5)


def test_the_lab_sees_what_the_chapter_sees_and_begins_again():
    net, clip = small_net()
    lab, own = UnitLab(), []
    for _ in range(FRAMES_SHOWN):
        own.append(to_numpy(lab.predicted[0, 0]))
        lab.step()
    np.testing.assert_allclose(np.stack(own), forecast(net, clip, 1).next[0, 0], atol=1e-6)
    assert lab.t == 0


def test_the_sentence_tells_what_goes_up():
    lab = UnitLab()
    lab.step()
    lab.choose(99, -5, 99)
    assert (lab.row, lab.column, lab.unit) == (15, 0, UNITS - 1)
    assert "E passes on" in lab.sentence() and lab.state().pictures["step"].rows[-1][0] == "E, less"
    true = float(lab.clip[0, 0, 1, 15, 0])
    values = {row[0]: float(row[2]) for row in lab.table().rows}
    assert values["E, more"] - values["E, less"] == pytest.approx(
        true - values["expected"], abs=2e-3
    )
