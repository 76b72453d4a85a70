"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from itertools import chain

from workbench.chapters.autoencoder.by_hand import gradient_by_hand
from workbench.chapters.autoencoder.hashing import _bits
from workbench.chapters.autoencoder.knobs import Settings
from workbench.chapters.autoencoder.lesson import (
    WARM_UP,
    Autoencoder,
    _column,
    corruption,
    draws_of,
    family,
    stream,
)
from workbench.chapters.autoencoder.looks import FITTED, SHOWN, Scene, look
from workbench.chapters.autoencoder.pictures import GRIDS, _beside_pca, _codes, _holes, _noises
from workbench.core.frames import Frame, check_finite, schedule
from workbench.core.pictures import Images
from workbench.science import nets
from workbench.science.later import torch
from workbench.science.tensors import Resident, resident

FRAMES = 40
HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings], device: str = "cpu", gradient=gradient_by_hand
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first, data = runs[0], resident(runs[0].data, device)
    families = [family(run, data.pixels <= 256 or device != "cpu") for run in runs]
    members = {m: place for place, m in enumerate(dict.fromkeys(chain(*families)))}
    places = [[members[m] for m in kin] for kin in families]
    net = Autoencoder(first.kind, list(members), data.pixels, device)
    adam = nets.Adam(net.parameters(), [m.lr for m in members])
    order, noise = (nets.generators([m.seed + offset for m in members]) for offset in (1000, 2000))
    batch = 64 if len(data.train) <= 10_000 else 128
    batches = nets.Batches(len(data.train), batch, order, device)
    corrupt = corruption(first, list(members), data)
    draws = stream(*draws_of(first, batches.size, data.pixels), noise, device)
    loud = _column([m.code_noise for m in members], device)
    hiss = stream(torch.randn, (batches.size, 64 * net.binary), noise, device)
    shown = schedule(first.steps, FRAMES)
    for step in range(1, first.steps + 1):
        x = data.train[batches.draw()]
        seen, hole = corrupt(x, next(draws))
        jitter = next(hiss)[..., : net.used.shape[-1]] * loud if net.binary else None
        gradient(net, seen, x, hole, jitter)
        adam.step(pace=min(1.0, step / WARM_UP, 3 * (1 - (step - 1) / first.steps)))
        if step in shown:
            stacks = zip(places, runs, families, strict=True)
            yield [snapshot(net.only(p), data, run, kin, step) for p, run, kin in stacks]


@torch.no_grad()
def snapshot(net: Autoencoder, data: Resident, run: Settings, kin: list, step: int) -> Frame:
    """What was measured after `step` steps and what it looks like."""
    last = step == run.steps
    scene = Scene(
        net,
        data,
        run,
        kin,
        held=look(net, run, data, data.test if last else data.test[:SHOWN]),
        trained=look(net.only([0]), run, data, data.train[: FITTED if last else SHOWN // 2]),
        shots=look(net, run, data, data.test[torch.from_numpy(data.examples())]),
    )
    scalars = {"mse": scene.held.mse()[0], "train_mse": scene.trained.mse()[0]}
    check_finite(step, scalars, HINT)
    more, rows, caption, pictures = EXHIBITS[run.kind](scene)
    tiles = data.tiles(torch.cat(list(rows.values())), len(scene.shots.x))
    grid = Images(GRIDS, tiles, tuple(rows), caption=caption)
    pictures = {"reconstructions": grid, "codes": _codes(scene), **pictures}
    scalars = {name: float(value) for name, value in (scalars | more).items()}
    return Frame(step, run.steps, scalars, pictures, "done" if last else "training")


EXHIBITS = {
    "linear": _beside_pca,
    "autoencoder": _beside_pca,
    "denoising": _noises,
    "inpainting": _holes,
    "hashing": _bits,
}
