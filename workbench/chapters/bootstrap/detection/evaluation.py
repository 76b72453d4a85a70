"""What a frame measures of the detectors, against all boxes of a scene."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.bootstrap.detection.lesson import Detectors
from workbench.chapters.bootstrap.detection.scenes import Scenes, Stage
from workbench.chapters.bootstrap.knobs import BOX_LOSSES
from workbench.science import metrics

SCENES_JUDGED = 100  # training scenes that a frame's numbers are measured on
SURE = 0.5  # confidence from which a box is drawn
OVERLAP = 0.5  # intersection over union from which two boxes are the same


class Answers(NamedTuple):
    """What the detectors of a run answer on training and on test scenes: confidence and offset
    [detectors, scenes, cells, 3]."""

    trained: Tensor
    tested: Tensor


@torch.no_grad()
def evaluate(model: Detectors, stage: Stage) -> Answers:
    """The answers of one run's detectors on its scenes, on the CPU."""
    device, answers = model.net.weights[0].device, []
    for windows in (stage.train.windows[:SCENES_JUDGED], stage.test.windows):
        out = model(windows.to(device).expand(len(BOX_LOSSES), *windows.shape)).cpu()
        answers.append(torch.cat([out[..., :1].sigmoid(), out[..., 1:]], -1))
    return Answers(*answers)


def boxes_match(offset: Tensor, truth: Tensor) -> Tensor:
    """Whether boxes of one cell's size at these offsets [..., 2] overlap enough to be the same."""
    inside = (1 - (offset - truth).abs()).clamp_min(0).prod(-1)
    return inside / (2 - inside) >= OVERLAP


def judge(answer: Tensor, scenes: Scenes) -> tuple[np.ndarray, np.ndarray]:
    """Of every cell how sure a detector is of an object, and whether its box is right."""
    right = (scenes.occupied > 0) & boxes_match(answer[..., 1:], scenes.offset)
    return answer[..., 0].flatten().numpy(), right.flatten().numpy()


def box_numbers(stage: Stage, answers: Answers) -> dict[str, float]:
    """Average precision and the objects found, of each loss, and those that nobody drew."""
    numbers, objects = {}, int(stage.test.occupied.sum())
    missing = ((stage.train.occupied > 0) & (stage.boxes == 0))[:SCENES_JUDGED]
    for loss, trained, tested in zip(BOX_LOSSES, *answers, strict=True):
        sure, right = judge(tested, stage.test)
        numbers[f"ap_{loss}"] = metrics.average_precision(sure, right, objects)
        numbers[f"recall_{loss}"] = float((right & (sure > SURE)).sum() / objects)
        again = trained[..., 0][missing] > SURE
        numbers[f"missing_{loss}"] = float(again.double().mean()) if len(again) else 0.0
    return numbers
