"""The pictures of the belief network: filters, a block, reconstructions, and what probes know."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from workbench.chapters.cdbn import blocks, filling
from workbench.chapters.cdbn.gallery import Gallery
from workbench.chapters.cdbn.knobs import LABELS
from workbench.chapters.cdbn.layer import Layer
from workbench.chapters.cdbn.lesson import Chance, Network
from workbench.core.pictures import Bars, Images, Table

COLUMNS = 8
ENLARGED = 12  # pixels that a small filter is drawn with
FEATURES = {  # what a probe reads, by the name of its numbers
    "raw": "pixels",
    "random": "untrained filters",
    "shuffled": "first layer, filters shuffled",
    "probe": "first layer",
    "second_shuffled": "second layer, filters shuffled",
    "second": "second layer",
}


def grid(tiles: Tensor) -> np.ndarray:
    """tiles [count, height, width] in rows of eight, the last filled up with mid-grey."""
    count, *shape = tiles.shape
    empty = tiles.new_full((-count % COLUMNS, *shape), 0.5)
    return torch.cat([tiles, empty]).cpu().numpy().reshape(-1, COLUMNS, *shape)


def around_grey(tiles: Tensor, most: Tensor) -> Tensor:
    """Weights as grey values: 0 is mid-grey, `most` in size is white or black."""
    return 0.5 + tiles / (2 * most.clamp_min(1e-12))


def filters(layer: Layer, run: int) -> Images:
    """The filters of the first layer, enlarged, each in a white frame: grey gaps would look like
    weights of 0."""
    weights = layer.weights[run, :, 0]
    zoom = max(1, ENLARGED // layer.form.window)
    tiles = filling.spread(around_grey(weights, weights.abs().max()), zoom)
    return Images(
        "Filters of the first layer",
        grid(functional.pad(tiles, (1, 1, 1, 1), value=1.0)),
        caption="Between white lines: white weights want ink, black ones want none. All share one "
        "scale, which grows with them: at first they are noise.",
    )


def one_block(layer: Layer, v: Tensor, run: int) -> Bars:
    """The probabilities of a block of picture v [runs, 1, height, width]: the one with the surest
    unit."""
    on, off = (p[..., run, 0, :, :, :] for p in layer.probabilities(v[:, None]))
    side, place = layer.form.block, int(on.amax(0).flatten().argmax())
    k, row, column = (int(i) for i in np.unravel_index(place, off.shape))
    values = [*on[:, k, row, column].tolist(), off[k, row, column].item()]
    names = [f"{i + 1}, {j + 1}" for i in range(side) for j in range(side)]
    return Bars(
        "One block of hidden units",
        (*names, "off"),
        np.array(values),
        x_label="unit of the block",
        y_label="probability",
        caption=f"They sum to 1: at most one unit is on. Of the first test picture the block with "
        f"the surest unit: filter {k + 1}, row {row + 1}, column {column + 1}.",
    )


def reconstructions(layer: Layer, v: Tensor, chance: Chance) -> list[Images]:
    """Test pictures v [runs, count, 1, height, width] beside what the first layer makes of them."""
    on, off = layer.probabilities(v)
    h = blocks.join(blocks.draw(on, chance.like(off)), layer.form.block)
    rows = torch.stack([v, layer.reconstruct(v), layer.down(h).sigmoid_()], 1)
    return [
        Images(
            "Pictures and their reconstructions",
            tiles.cpu().numpy(),
            ("picture", "mean field", "sampled"),
            caption="Held-out pictures. Mean field goes up and down with probabilities; sampled "
            "draws every block once.",
        )
        for tiles in rows[:, :, :, 0]
    ]


def parts(net: Network, run: int) -> Images:
    """What each unit of the second layer draws, through both layers, from the middle of its map."""
    first, second = net.layers
    rows, columns = (side * second.form.block for side in second.form.pooled)
    count = second.form.filters
    units = torch.zeros(len(first.weights), count, count, rows, columns)
    middle = (rows - 1) // 2, (columns - 1) // 2
    units[:, range(count), range(count), middle[0], middle[1]] = 1
    pooled = second.project(units.to(first.weights.device))
    drawn = first.project(filling.spread(pooled, first.form.block))[run, :, 0]
    return Images(
        "Units of the second layer",
        grid(around_grey(drawn, drawn.abs().amax((1, 2), keepdim=True))),
        caption="What one unit in the middle draws, through the filters of both layers, each in "
        "its own scale.",
    )


def filled(net: Network, v: Tensor, mean: Tensor, chance: Chance) -> list[Images]:
    """Test pictures v [runs, count, 1, height, width] whose right half is hidden and filled."""
    rows = [v, filling.hide(v, mean)]
    names = ["picture", "mean picture"]
    rows.append(filling.fill(net.layers[:1], v, mean, chance))
    names.append("first layer")
    if len(net.layers) > 1:
        rows.append(filling.fill(net.layers, v, mean, chance))
        names.append("both layers")
    return [
        Images(
            "The right half filled",
            tiles.cpu().numpy(),
            tuple(names),
            caption="The right half of held-out pictures is hidden. Below the picture: the mean "
            "picture in its place, and what the layers dream of it.",
        )
        for tiles in torch.stack(rows, 1)[:, :, :, 0]
    ]


def probes(numbers: Mapping[str, float]) -> Table:
    """The accuracy of a linear classifier on each kind of features."""
    rows = [
        (title, *(f"{100 * numbers[f'{name}_{count}']:.1f} %" for count in LABELS))
        for name, title in FEATURES.items()
        if f"{name}_{LABELS[0]}" in numbers
    ]
    return Table(
        "What a probe knows",
        ("features", *(f"{count} labels" for count in LABELS)),
        tuple(rows),
        caption="Held-out pictures that a linear classifier names rightly, the mean over five "
        "draws of its labels. Shuffled: the same weights of each filter in another order.",
    )


def example(gallery: Gallery, runs: int) -> Tensor:
    """The pictures to be shown, for every run [runs, count, 1, height, width]."""
    return gallery.examples.expand(runs, *gallery.examples.shape)
