"""What is a generated picture worth as training data, beside a real one and beside augmentation?

`workbench reproduce generated`. A small classifier learns from few labelled pictures, and from what
can be made of them: moved and turned copies, samples of variational autoencoders (one for each
class, taught by those few), and samples of a VaDE that saw all training pictures without a label
and whose clusters the few labels name. And what do samples teach alone, of generators that had all
labels? How many real pictures would have done the same?
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters import beta_vae, clustering, gan
from workbench.chapters.selfsup.exemplar import warp
from workbench.chapters.selfsup.probes import draw_labels
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.results.codes_study import first_pictures, labels_of
from workbench.science import nets
from workbench.science.tensors import Resident

COUNTS = (20, 50, 100, 200)  # labelled pictures
CURVE = (10, 20, 50, 100, 200, 400, 800)  # real pictures alone, to say what others are worth
EXTRA = 1000  # generated or augmented pictures beside the real ones
STRENGTH = {"shift": 0.1, "turn": 15, "zoom": 0.15, "contrast": 0.2}  # of augmentation
HIDDEN, STEPS, BATCH, RATE = 128, 400, 64, 0.003  # of the classifier
LATENT, VAE_STEPS, VAE_BATCH = 10, 800, 32  # of the VAEs of the classes
GAN = {"kind": "pictures", "repeats": 1, "r1": 0.1, "average": 0.99, "steps": 1500}
REAL = "real pictures alone"


class Pairs(NamedTuple):
    """Pictures [n, pixels] with labels [n], real or not."""

    x: Tensor
    y: Tensor


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Yields the table after every seed, within `budget` seconds."""
    pictures = first_pictures(data, device)
    labels_of(pictures)
    begin = time.monotonic()
    results: dict[str, list[list[float]]] = defaultdict(list)
    for seed in range(seeds):
        if results and budget is not None and time.monotonic() - begin > budget:
            return
        for name, values in measure_seed(pictures, data, seed, device).items():
            results[name].append(values)
        yield table(data, results)


def measure_seed(pictures: Resident, data: str, seed: int, device: str) -> dict[str, list[float]]:
    """Test accuracy of every way for each of COUNTS, and of real pictures for each of CURVE."""
    y = torch.tensor(labels_of(pictures)[0].tolist(), device=device)
    order = draw_labels(y.cpu().numpy(), len(y), seed)
    ordered = Pairs(pictures.train[order], y[torch.from_numpy(order).to(device)])
    vade = learn_vade(pictures, data, seed, device)
    all_taught = {
        "samples alone, of VAEs taught by all": sample_vaes(ordered, pictures, seed),
        "samples alone, of GANs taught by all": sample_gans(ordered, seed),
    }
    results: dict[str, list[float]] = defaultdict(list)
    for count in COUNTS:
        few = Pairs(ordered.x[:count], ordered.y[:count])
        made = {
            "+ augmented copies": augment(few, pictures, seed),
            "+ samples of a VAE for each class": sample_vaes(few, pictures, seed),
            "+ samples of VaDE, named by the labels": sample_vade(vade, few, seed),
            f"+ {EXTRA} other real pictures": Pairs(ordered.x[count:], ordered.y[count:]),
        }
        for name, extra in made.items():
            extra = Pairs(extra.x[:EXTRA], extra.y[:EXTRA])
            results[name].append(classify(few, extra, pictures, seed))
        for name, made_of_all in all_taught.items():
            alone = Pairs(made_of_all.x[:count], made_of_all.y[:count])
            results[name].append(classify(alone, None, pictures, seed))
    for count in CURVE:
        few = Pairs(ordered.x[:count], ordered.y[:count])
        results[REAL].append(classify(few, None, pictures, seed))
    return results


def augment(few: Pairs, pictures: Resident, seed: int) -> Pairs:
    """EXTRA copies of the few, moved, turned, zoomed and brightened."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.arange(EXTRA, device=few.x.device) % len(few.x)
    x = few.x[rows].view(-1, 1, *pictures.shape)
    return Pairs(warp(x, STRENGTH, generator).clamp(0, 1).flatten(1), few.y[rows])


def sample_vaes(few: Pairs, pictures: Resident, seed: int) -> Pairs:
    """EXTRA samples of variational autoencoders, one for each class among the few."""
    lesson, by_hand = (beta_vae.CHAPTER.part(name) for name in ("lesson", "by_hand"))
    classes, generator = few.y.unique().tolist(), torch.Generator().manual_seed(seed)
    members = [(few.y == c).nonzero().flatten().cpu() for c in classes]
    seeds = nets.generators([seed + 100 * k for k in range(len(classes))])
    device = str(few.x.device)
    vae = lesson.Vae(pictures.pixels, LATENT, seeds, device)
    adam = nets.Adam(vae.parameters(), RATE)
    one = torch.ones(len(classes), device=few.x.device)
    price = lesson.Price("beta", one, one, one)
    for _ in range(VAE_STEPS):
        rows = [m[torch.randint(len(m), (VAE_BATCH,), generator=generator)] for m in members]
        eps = torch.randn(len(classes), VAE_BATCH, LATENT, generator=generator)
        x = few.x[torch.stack(rows).to(few.x.device)]
        by_hand.gradient(vae, x, eps.to(few.x.device), price, "bernoulli")
        adam.step()
    each = -(-EXTRA // len(classes))
    z = torch.randn(len(classes), each, LATENT, generator=generator).to(few.x.device)
    with torch.no_grad():
        drawn = vae.decoder(z).sigmoid()
    return Pairs(drawn.transpose(0, 1).flatten(0, 1), few.y.new_tensor(classes).repeat(each))


def sample_gans(labelled: Pairs, seed: int) -> Pairs:
    """EXTRA samples of generators that won against a discriminator, one for each class."""
    classes, generator = labelled.y.unique().tolist(), torch.Generator().manual_seed(seed)
    fit, drawn = gan.CHAPTER.part("lesson").fit, []
    each, device = -(-EXTRA // len(classes)), str(labelled.x.device)
    for c in classes:
        run = gan.CHAPTER.Settings(**GAN, seed=seed)
        *_, (_, game) = fit([run], labelled.x[labelled.y == c], device)
        z = torch.randn(each, game.latent, generator=generator).to(device)
        drawn.append(game.sample(0, z))
    return Pairs(torch.stack(drawn, 1).flatten(0, 1), labelled.y.new_tensor(classes).repeat(each))


def learn_vade(pictures: Resident, data: str, seed: int, device: str) -> Any:
    """VaDE of the training pictures, learnt without a label."""
    chapter = clustering.CHAPTER
    run = chapter.Settings(data=data, kind="vade", seed=seed)
    unseen = chapter.part("points").without_test(pictures)
    gradient = chapter.part("by_hand").gradient
    *_, last = chapter.part("lesson").fit([run], unseen, device, gradient=gradient)
    return last.clusters


def sample_vade(vade: Any, few: Pairs, seed: int) -> Pairs:
    """EXTRA samples of those clusters in which few lie, with the label that most of these have."""
    coder, prior = vade.coder, vade.prior.terms()
    formulas = clustering.CHAPTER.part("vade").formulas
    with torch.no_grad():
        z, _ = coder.codes(0, few.x)
        nearest = formulas.mixture_log_joint(z, *(term[0] for term in prior)).argmax(-1)
    named = {int(c): few.y[nearest == c].mode().values for c in nearest.unique()}
    each = -(-EXTRA // len(named))
    generator = torch.Generator().manual_seed(seed)
    eps = torch.randn(each, z.shape[1], generator=generator).to(z.device)
    drawn, labels = [], []
    for c, label in named.items():
        mu, deviation = prior.mu[0, c], (0.5 * prior.logvar[0, c]).exp()
        drawn.append(coder.decode(0, (mu + deviation * eps).detach()).sigmoid())
        labels.append(label.expand(each))
    x, y = torch.stack(drawn, 1).flatten(0, 1).detach(), torch.stack(labels, 1).flatten()
    return Pairs(x, y)


def classify(few: Pairs, extra: Pairs | None, pictures: Resident, seed: int) -> float:
    """Test accuracy of a small network; with extra pictures they are half of every batch."""
    generator = torch.Generator().manual_seed(seed)
    classes = len(pictures.images.classes)
    net = nets.Mlp([pictures.pixels, HIDDEN, classes], [generator], str(few.x.device))
    adam = nets.Adam(net.parameters(), RATE)
    gradient = nets.autograd(
        lambda net, x, y: F.cross_entropy(net(x)[0], y, reduction="none").mean()[None]
    )
    parts = [few] if extra is None else [few, extra]
    for step in range(STEPS):
        size = BATCH // len(parts)
        rows = [torch.randint(len(p.x), (size,), generator=generator) for p in parts]
        x = torch.cat([p.x[r.to(p.x.device)] for p, r in zip(parts, rows, strict=True)])
        y = torch.cat([p.y[r.to(p.y.device)] for p, r in zip(parts, rows, strict=True)])
        gradient(net, x[None], y)
        adam.step(1 - step / STEPS)
    with torch.no_grad():
        answers = net(pictures.test[None])[0].argmax(-1).cpu().numpy()
    return float((answers == labels_of(pictures)[1]).mean())


def worth(accuracy: float, curve: NDArray) -> str:
    """How many real pictures alone give this accuracy, by the curve of their means [CURVE]."""
    rising = np.maximum.accumulate(curve)
    if accuracy < rising[0]:
        return f"under {CURVE[0]}"
    if accuracy > rising[-1]:
        return f"over {CURVE[-1]}"
    return f"{np.exp(np.interp(accuracy, rising, np.log(CURVE))):.0f}"


def table(data: str, results: dict[str, list[list[float]]]) -> Table:
    """A line for each way: accuracy in percent over seeds, and the real pictures it is worth."""
    curve = np.mean(results[REAL], 0)
    at = [CURVE.index(count) for count in COUNTS]
    real = np.array(results[REAL])[:, at]
    rows = [(REAL, *cells(real, None))]
    rows += [
        (name, *cells(np.array(runs), curve)) for name, runs in results.items() if name != REAL
    ]
    return Table(
        f"Generated pictures as training data, on {data}: {len(results[REAL])} seeds",
        ("training data", *(f"{count} labelled" for count in COUNTS)),
        tuple(rows),
        caption=f"Test accuracy in percent, mean and standard deviation over seeds, of a network "
        f"with {HIDDEN} hidden units; in brackets: how many real pictures alone would give the "
        f"same. What is added, {EXTRA} pictures at most, is half of every batch. The VAEs of the "
        "classes see the labelled pictures alone. VaDE saw all training pictures without a label; "
        "a cluster in which no labelled picture lies is not drawn from. In the last two lines the "
        "VAEs and GANs of the classes had all labels, and the network saw as many samples as the "
        "column says and no picture.",
    )


def cells(runs: NDArray, curve: NDArray | None) -> list[str]:
    """Accuracies [seeds, counts] in percent, with what they are worth."""
    texts = []
    for column in runs.T:
        text = f"{100 * column.mean():.1f} +- {100 * column.std():.1f}"
        texts.append(text if curve is None else f"{text} ({worth(column.mean(), curve)})")
    return texts


STUDY = Study(
    name="generated",
    question="What is a generated picture worth as training data?",
    reproduce=reproduce,
)
