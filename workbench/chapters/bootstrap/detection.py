"""Detection from incomplete annotations: the third experiment of Reed et al. 2015, small and whole.

A scene is a canvas of 4 x 4 cells with a few pictures on it, and as many scrambled ones that are
no objects. A detector looks at all cells at once: from the window of 2 x 2 cells around each it
says how sure it is that an object has its centre there, and where its box lies. In training scenes
a share of the boxes was never drawn, and such an object looks like background. Four losses on the
confidences train side by side: binary cross-entropy ("baseline"), `formulas.multibox_soft`,
`formulas.multibox_hard`, and the top-k heuristic (Szegedy et al. 2014), which leaves the k most
confident locations without a box out of the loss. The place of a box is learnt from the annotated
ones alone, by squared error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.core.frames import Frame, check_finite, schedule
from workbench.core.pictures import Curves, Images, Line
from workbench.science import metrics, nets
from workbench.science.later import F, Tensor, torch
from workbench.science.tensors import Resident, resident

GRID = 4  # cells a side
OBJECTS = (2, 6)  # a scene has this many, the end excluded
TRAINING, TEST = 300, 150  # scenes
SHOWN = 100  # training scenes that a frame's numbers are measured on
BATCH = 8  # scenes
SURE = 0.5  # confidence from which a box is drawn
OVERLAP = 0.5  # intersection over union from which a box counts as found
LOSSES = ("baseline", "soft", "hard", "top-k")
HINT = "Lower the learning rate."


@dataclass(frozen=True, eq=False)
class Scenes:
    """Canvases [n, height, width] with objects: `there` [n, cells] is 1 in the cell of an object's
    centre, `offset` [n, cells, 2] says how far down and right of the cell its box begins, in
    cells; `windows` [n, cells, pixels] is what the detector sees."""

    canvas: Tensor
    there: Tensor
    offset: Tensor
    windows: Tensor


def compose(rows: Tensor, shape: tuple[int, int], count: int, generator) -> Scenes:
    """Draws `count` scenes from the pictures `rows` [n, pixels] of `shape`."""
    (height, width), cells = shape, GRID * GRID
    canvas = torch.zeros(count, (GRID + 1) * height, (GRID + 1) * width)  # half a cell of border
    there, offset = torch.zeros(count, cells), torch.zeros(count, cells, 2)
    for n in range(count):
        objects = int(torch.randint(*OBJECTS, (), generator=generator))
        places = torch.randperm(cells, generator=generator)[: 2 * objects].tolist()
        picks = torch.randint(len(rows), (2 * objects,), generator=generator)
        moves = torch.rand(2 * objects, 2, generator=generator) - 0.5
        for i, cell in enumerate(places):
            picture = rows[picks[i]]
            if i >= objects:  # not an object: its pixels in disorder
                picture = picture[torch.randperm(len(picture), generator=generator)]
            move = (moves[i] * torch.tensor(shape)).int()
            top = cell // GRID * height + height // 2 + int(move[0])
            left = cell % GRID * width + width // 2 + int(move[1])
            spot = canvas[n, top : top + height, left : left + width]
            torch.maximum(spot, picture.view(shape), out=spot)
            if i < objects:
                there[n, cell], offset[n, cell] = 1, move / torch.tensor(shape)
    windows = F.unfold(canvas[:, None], (2 * height, 2 * width), stride=(height, width)).mT
    inner = canvas[:, height // 2 :, width // 2 :][:, : GRID * height, : GRID * width]
    return Scenes(inner, there, offset, windows.contiguous())


def annotate(there: Tensor, run) -> Tensor:
    """The boxes that somebody drew: the share `run.annotated` of those in `there`, exact to one
    box. With a larger share come more boxes and none goes."""
    boxes = there.nonzero()
    order = torch.randperm(len(boxes), generator=torch.Generator().manual_seed(run.seed + 3000))
    kept = boxes[order[: round(run.annotated * len(boxes))]]
    drawn = torch.zeros_like(there)
    drawn[kept[:, 0], kept[:, 1]] = 1
    return drawn


def confidence_gradient(a: Tensor, t: Tensor, losses: Sequence[str], beta: Tensor, k: Tensor):
    """dL/da of each detector's loss on its confidences c = sigmoid(a), for every scene.

    a, t [detectors, scenes, cells]; beta, k [detectors, 1, 1]. baseline: c - t; soft:
    beta (c - t) - (1 - beta) a c (1 - c); hard: c - beta t - (1 - beta) 1[c > 1/2].
    """
    c = a.sigmoid()
    rows = []
    for i, loss in enumerate(losses):
        d = c[i] - t[i]
        if loss == "soft":
            d = beta[i] * d - (1 - beta[i]) * a[i] * c[i] * (1 - c[i])
        elif loss == "hard":
            d = c[i] - beta[i] * t[i] - (1 - beta[i]) * (c[i] > 0.5).to(c)
        elif loss == "top-k":
            surest = c[i].masked_fill(t[i] > 0, -1.0).argsort(dim=-1, descending=True, stable=True)
            rank = surest.argsort(-1)
            d = d * ((rank >= k[i]) | (t[i] > 0))
        rows.append(d)
    return torch.stack(rows)


def boxes_match(offset: Tensor, truth: Tensor) -> Tensor:
    """Whether boxes of one cell's size at these offsets [..., 2] overlap enough to be the same."""
    inside = (1 - (offset - truth).abs()).clamp_min(0).prod(-1)
    return inside / (2 - inside) >= OVERLAP


def train(runs: Sequence, device: str = "cpu", shown=None) -> Iterator[list[Frame]]:
    """Trains the four detectors of every run side by side; yields a list of the runs' frames after
    the steps in `shown` (None: after those of the schedule)."""
    first, data = runs[0], resident(runs[0].data, device)
    team = [(run, loss) for run in runs for loss in LOSSES]
    seeds = nets.generators([run.seed for run, _ in team])
    order = nets.generators([run.seed + 1000 for run, _ in team])
    stages = {run.seed: stage(data, run.seed) for run in runs}
    sets = [(*stages[run.seed], annotate(stages[run.seed][0].there, run)) for run in runs]
    windows, offset = (
        torch.stack([getattr(train, name) for train, _ in stages.values()]).to(device)
        for name in ("windows", "offset")
    )
    drawn = torch.stack([drawn for _, _, drawn in sets]).to(device)
    net = nets.Mlp([windows.shape[-1], max(16, first.width // 2), 3], seeds, device)
    adam = nets.Adam(net.parameters(), [run.lr for run, _ in team])
    batches = nets.Batches(TRAINING, BATCH, order, device)
    beta, k, decay = (
        torch.tensor([getattr(run, knob) for run, _ in team], device=device).view(-1, 1, 1)
        for knob in ("beta", "k", "decay")
    )
    mine = torch.tensor([[runs.index(run)] for run, _ in team], device=device)
    staged = torch.tensor([[list(stages).index(run.seed)] for run, _ in team], device=device)
    shown = schedule(first.steps) if shown is None else shown
    for step in range(1, first.steps + 1):
        losses = [loss if step > run.warm_up else "baseline" for run, loss in team]
        scene = batches.draw()  # (detector, scene)
        t, goal = drawn[mine, scene], offset[staged, scene]
        with torch.no_grad():
            out = net(windows[staged, scene].flatten(1, 2)).unflatten(1, t.shape[1:])
            d = torch.empty_like(out)
            d[..., 0] = confidence_gradient(out[..., 0], t, losses, beta, k)
            d[..., 1:] = (out[..., 1:] - goal) * t[..., None]
            net.backward(d.flatten(1, 2).div_(scene.shape[1]))
            for weight in net.weights:
                weight.grad.addcmul_(weight, decay)
        adam.step()
        if step in shown:
            found = [detect(net, i, sets[i], device) for i in range(len(runs))]
            yield [snapshot(data, run, sets[i], *found[i], step) for i, run in enumerate(runs)]


def stage(data: Resident, seed: int) -> tuple[Scenes, Scenes]:
    """Training and test scenes."""
    generator = torch.Generator().manual_seed(seed + 2000)
    train, test = (
        compose(rows.cpu(), data.shape, count, generator)
        for rows, count in ((data.train, TRAINING), (data.test, TEST))
    )
    return train, test


@torch.no_grad()
def detect(net: nets.Mlp, run: int, sets, device: str) -> tuple[Tensor, Tensor]:
    """What the detectors of the run say of training scenes, as many as are shown, and of all test
    scenes: [detectors, n, cells, 3], confidence and offset."""
    mine = slice(run * len(LOSSES), (run + 1) * len(LOSSES))
    answers = []
    for seen in (sets[0].windows[:SHOWN], sets[1].windows):
        windows = seen.to(device)
        x = windows.flatten(0, 1).expand(len(LOSSES), -1, -1)
        for weight, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
            x = torch.baddbmm(bias[mine], x, weight[mine]).relu_()
        out = torch.baddbmm(net.biases[-1][mine], x, net.weights[-1][mine])
        out = out.unflatten(1, windows.shape[:2]).cpu()
        answers.append(torch.cat([out[..., :1].sigmoid(), out[..., 1:]], -1))
    return tuple(answers)


def snapshot(data: Resident, run, sets, trained: Tensor, tested: Tensor, step: int) -> Frame:
    """Precision and recall on the test scenes, and boxes on some of them."""
    train, test, drawn = sets
    scalars, lines = {}, []
    for loss, said, own in zip(LOSSES, tested, trained, strict=True):
        hit = ((test.there > 0) & boxes_match(said[..., 1:], test.offset)).flatten().numpy()
        sure = said[..., 0].flatten().numpy()
        objects = int(test.there.sum())
        recall, precision = metrics.precision_recall(sure, hit, objects)
        scalars[f"ap_{loss}"] = metrics.average_precision(sure, hit, objects)
        scalars[f"recall_{loss}"] = float((hit & (sure > SURE)).sum() / objects)
        missing = ((train.there > 0) & (drawn == 0))[:SHOWN]
        seen = own[..., 0][missing] > SURE
        scalars[f"missing_{loss}"] = float(seen.double().mean()) if len(seen) else 0.0
        places = np.linspace(0, len(recall) - 1, 60).astype(int)
        lines.append(Line(loss, recall[places], precision[places]))
    check_finite(step, {"an answer": float(tested.abs().max())}, HINT)
    pictures = {
        "precision_recall": Curves(
            "Precision and recall",
            tuple(lines),
            "recall",
            "precision",
            caption=f"Test scenes, all boxes known. A box counts if it overlaps by {OVERLAP:.0%}.",
        ),
        "scenes": _scenes(
            data,
            test,
            test.there,
            tested,
            "Boxes on test scenes",
            "White: drawn by the detector (confidence over 1/2).",
        ),
        "annotation": _scenes(
            data,
            train,
            drawn,
            None,
            "What the annotators left",
            "White: annotated. Grey: an object that nobody drew a box around.",
        ),
    }
    return Frame(step, run.steps, scalars, pictures, "done" if step == run.steps else "training")


STRIP = 3  # scenes that are shown


def _scenes(data: Resident, scenes: Scenes, marked: Tensor, said, title: str, caption: str):
    """Scenes cut into their cells: side by side, or, with what detectors said of them, below each
    other with a column for each detector shown."""
    caption += " Thin lines part the cells of the grid."
    if said is None:
        left = [_annotated(data, scenes, n, marked[n] > 0) for n in range(STRIP)]
        return Images(title, _parted(left, 1), caption=caption)
    shown = [0, 2, 3]  # more than three would be too small to see in a card
    rows = [[_found(data, scenes, n, said[i, n]) for i in shown] for n in range(STRIP)]
    names = ["", "", "", "", ""] * len(shown)
    names[1::5] = [LOSSES[i] for i in shown]
    tiles = _parted([_parted(row, 1) for row in rows], 0)
    return Images(title, tiles, columns=tuple(names[:-1]), caption=caption)


def _parted(blocks: list[np.ndarray], axis: int) -> np.ndarray:
    """Blocks of cells below (axis 0) or beside each other (axis 1), with grey cells between."""
    shape = list(blocks[0].shape)
    shape[axis] = 1
    apart = np.full(shape, 110 / 255, np.float32)
    return np.concatenate([part for block in blocks for part in (block, apart)][:-1], axis)


def _annotated(data: Resident, scenes: Scenes, n: int, marked: Tensor) -> np.ndarray:
    canvas = 0.85 * scenes.canvas[n].numpy()
    _outline(canvas, data.shape, scenes.there[n] > 0, scenes.offset[n], 0.45)
    _outline(canvas, data.shape, marked, scenes.offset[n], 1.0)
    return _cells(canvas, data.shape)


def _found(data: Resident, scenes: Scenes, n: int, answer: Tensor) -> np.ndarray:
    canvas = 0.85 * scenes.canvas[n].numpy()
    _outline(canvas, data.shape, answer[:, 0] > SURE, answer[:, 1:], 1.0)
    return _cells(canvas, data.shape)


def _cells(canvas: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    height, width = shape
    return canvas.reshape(GRID, height, GRID, width).transpose(0, 2, 1, 3)


def _outline(canvas: np.ndarray, shape, chosen: Tensor, offset: Tensor, grey: float) -> None:
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
