"""What the scenes and the answers of the detectors look like."""

import numpy as np
from torch import Tensor

from workbench.chapters.bootstrap.detection.evaluation import OVERLAP, SURE, Answers, judge
from workbench.chapters.bootstrap.detection.scenes import GRID, Scenes, Stage
from workbench.chapters.bootstrap.knobs import BOX_LOSSES
from workbench.core.pictures import Curves, Images, Line, Picture
from workbench.science import metrics
from workbench.science.tensors import Resident

SCENES_SHOWN = 3
DETECTORS_SHOWN = (0, 2, 3)  # more than three would be too small to see in a card
POINTS_DRAWN = 60
APART = 110 / 255  # grey of the cells between scenes
DIMMED = 0.85  # of a scene's light, below its boxes
GRID_NOTE = "Thin lines part the cells of the grid."


def box_pictures(pictures: Resident, stage: Stage, answers: Answers) -> dict[str, Picture]:
    """Precision and recall on the test scenes, and boxes on some of the scenes."""
    shape = pictures.shape
    return {
        "precision_recall": precision_curves(stage.test, answers.tested),
        "scenes": detected_boxes(stage.test, answers.tested, shape),
        "annotation": annotated_boxes(stage.train, stage.boxes, shape),
    }


def precision_curves(scenes: Scenes, answers: Tensor) -> Curves:
    """Precision against recall of each detector."""
    lines, objects = [], int(scenes.occupied.sum())
    for loss, answer in zip(BOX_LOSSES, answers, strict=True):
        recall, precision = metrics.precision_recall(*judge(answer, scenes), objects)
        points = np.linspace(0, len(recall) - 1, POINTS_DRAWN).astype(int)
        lines.append(Line(loss, recall[points], precision[points]))
    return Curves(
        "Precision and recall",
        tuple(lines),
        "recall",
        "precision",
        caption=f"Test scenes, all boxes known. A box counts if it overlaps by {OVERLAP:.0%}.",
    )


def detected_boxes(scenes: Scenes, answers: Tensor, shape: tuple[int, int]) -> Images:
    """Scenes below each other, cut into their cells, with a column for each detector shown."""
    rows = [
        parted([draw_detected(scenes, n, answers[d, n], shape) for d in DETECTORS_SHOWN], 1)
        for n in range(SCENES_SHOWN)
    ]
    names = ["", "", "", "", ""] * len(DETECTORS_SHOWN)
    names[1::5] = [BOX_LOSSES[d] for d in DETECTORS_SHOWN]
    return Images(
        "Boxes on test scenes",
        parted(rows, 0),
        columns=tuple(names[:-1]),
        caption=f"White: drawn by the detector (confidence over 1/2). {GRID_NOTE}",
    )


def annotated_boxes(scenes: Scenes, boxes: Tensor, shape: tuple[int, int]) -> Images:
    """Scenes side by side, cut into their cells, with the boxes that somebody drew."""
    row = [draw_annotated(scenes, n, boxes[n] > 0, shape) for n in range(SCENES_SHOWN)]
    return Images(
        "What the annotators left",
        parted(row, 1),
        caption="White: annotated. Grey: an object that nobody drew a box around. " + GRID_NOTE,
    )


def parted(blocks: list[np.ndarray], axis: int) -> np.ndarray:
    """Blocks of cells below (axis 0) or beside each other (axis 1), with grey cells between."""
    shape = list(blocks[0].shape)
    shape[axis] = 1
    apart = np.full(shape, APART, np.float32)
    return np.concatenate([part for block in blocks for part in (block, apart)][:-1], axis)


def draw_annotated(scenes: Scenes, n: int, drawn: Tensor, shape: tuple[int, int]) -> np.ndarray:
    """The cells of a scene with a white box where one was drawn, else a grey one."""
    canvas = DIMMED * scenes.canvas[n].numpy()
    outline(canvas, shape, scenes.occupied[n] > 0, scenes.offset[n], 0.45)
    outline(canvas, shape, drawn, scenes.offset[n], 1.0)
    return cut(canvas, shape)


def draw_detected(scenes: Scenes, n: int, answer: Tensor, shape: tuple[int, int]) -> np.ndarray:
    """The cells of a scene with a white box wherever the detector is sure of one."""
    canvas = DIMMED * scenes.canvas[n].numpy()
    outline(canvas, shape, answer[:, 0] > SURE, answer[:, 1:], 1.0)
    return cut(canvas, shape)


def cut(canvas: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A canvas as cells [GRID, GRID, height, width]."""
    height, width = shape
    return canvas.reshape(GRID, height, GRID, width).transpose(0, 2, 1, 3)


def outline(canvas: np.ndarray, shape, chosen: Tensor, offset: Tensor, grey: float) -> None:
    """Draws the box of every chosen cell into the canvas, as far as it lies on it."""
    size = np.array(shape)
    for cell in chosen.nonzero()[:, 0].tolist():
        move = np.clip(offset[cell].numpy(), -1, 1) * size
        top, left = (np.array(divmod(cell, GRID)) * size + move.round()).astype(int)
        bottom, right = top + shape[0] - 1, left + shape[1] - 1
        down = slice(max(top, 0), max(bottom + 1, 0))
        along = slice(max(left, 0), max(right + 1, 0))
        for row in (top, bottom):
            if 0 <= row < len(canvas):
                canvas[row, along] = grey
        for column in (left, right):
            if 0 <= column < canvas.shape[1]:
                canvas[down, column] = grey
