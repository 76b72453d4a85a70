"""TODO."""

import numpy as np

from workbench.chapters.clustering.planes import (
    View,
    confusion,
    everyones_labels,
    grid,
    matched,
    outlines,
    plane,
    target,
)
from workbench.chapters.clustering.stage import HINT, SHOWN, Stage
from workbench.core.frames import Frame, check_finite
from workbench.core.pictures import Bars, Images, Picture, Scatter
from workbench.science import formulas, metrics
from workbench.science.later import Tensor, torch

DRAWN = 600  # points of a scatter
ACROSS = 10  # pictures in a row


class Show:
    """Makes one run's frames. With the clusters, their plane and the baseline are settled."""

    def __init__(self, now: Stage, k: int):
        self.now, self.k, self.run = now, k, now.runs[k]
        self.labels, self.plane, self.base = everyones_labels(now.data), None, None

    def settle(self, method) -> None:
        """Fixes the plane, and the baseline: the clusters that pre-training alone gives."""
        view = method.view(self.k, len(self.now.x))
        self.plane, self.base = plane(view.points[:SHOWN], self.now.data), self._judge(view)

    def frame(self, step: int, note: str, method) -> Frame:
        """What was measured after `step` steps, and what it looks like."""
        last = step == self.run.steps
        view = method.view(self.k, len(self.now.x) if last else SHOWN)
        scalars = self._scalars(view)
        check_finite(step, scalars, HINT)
        done = "done" if note == "clustering" else f"done: {note}"
        return Frame(
            step, self.run.steps, scalars, self._pictures(view, method), done if last else note
        )

    def _judge(self, view: View) -> dict[str, float]:
        """ACC, NMI and ARI against the labels; nothing where there are none."""
        if self.labels is None:
            return {}
        clusters, labels = view.gamma.argmax(1).cpu().numpy(), self.labels[: len(view.gamma)]
        return {
            "acc": metrics.clustering_accuracy(labels, clusters),
            "nmi": metrics.normalised_mutual_information(labels, clusters),
            "ari": metrics.adjusted_rand_index(labels, clusters),
        }

    def _scalars(self, view: View) -> dict[str, float]:
        judged = self._judge(view)
        scalars = judged | view.scalars | {"used": float(len(view.gamma.argmax(1).unique()))}
        if self.run.kind != "kmeans":
            scalars["entropy"] = torch.special.entr(view.gamma).sum(1).mean().item()
        if self.run.kind in ("dec", "vade"):
            base = judged if self.base is None else self.base
            scalars |= {f"base_{name}": value for name, value in base.items()}
        if self.now.net is not None:
            out = self.now.net.decode(self.k, view.points[:DRAWN].float()).sigmoid()
            error = formulas.squared_error(out, self.now.x[: len(out)]).mean().item()
            scalars["mse"] = error / self.now.data.pixels
        return scalars

    def _pictures(self, view: View, method) -> dict[str, Picture]:
        clusters, k = view.gamma.argmax(1).cpu().numpy(), self.run.clusters
        order, names = np.arange(k), tuple(str(c + 1) for c in range(k))
        pictures: dict[str, Picture] = {"codes": self._codes(view, clusters, names)}
        if self.labels is not None:
            classes = self.now.data.images.classes
            table = metrics.contingency(self.labels[: len(clusters)], clusters, (len(classes), k))
            order, names = matched(table, classes)
            pictures["confusion"] = confusion(table[:, order].T, names, classes)
        pictures["members"] = self._members(view, order, names)
        pictures["sizes"] = Bars(
            "Size of the clusters",
            names,
            np.bincount(clusters, minlength=k)[order].astype(float),
            "cluster",
            "pictures",
            caption="A cluster without pictures is dead.",
        )
        if self.run.kind == "vade":
            drawn = method.samples(self.k, ACROSS)[torch.from_numpy(order)]
            pictures["samples"] = Images(
                "Drawn from each cluster",
                *self._tiles(drawn, names),
                caption="Codes drawn from one component of the prior at a time, with the same "
                "noise throughout, and decoded.",
            )
        if self.run.kind == "dec":
            pictures["target"] = target(view.gamma)
        return pictures

    def _codes(self, view: View, clusters: np.ndarray, names: tuple[str, ...]) -> Scatter:
        look = self.plane or plane(view.points, self.now.data)
        xy = look.see(view.points, self.now.data)
        known, drawn = self.labels is not None, "component" if view.shape else "cluster's points"
        return Scatter(
            "Points and clusters",
            xy[:DRAWN],
            (self.labels if known else clusters)[:DRAWN],
            self.now.data.images.classes if known else names,
            *look.labels,
            outlines=outlines(look, view, xy, clusters, len(names)),
            caption=("Colours are labels, which training never saw. " if known else "")
            + f"Outlines: two standard deviations of each {drawn}.",
        )

    def _members(self, view: View, order: np.ndarray, names: tuple[str, ...]) -> Images:
        clusters, x = view.gamma.argmax(1), self.now.x
        rows = x.new_zeros(len(order), ACROSS, x.shape[1])
        for row, c in zip(rows, order.tolist(), strict=True):
            mine = (clusters == c).nonzero().flatten()
            points = view.points[mine]
            far = (points - points.mean(0)).square().sum(1)
            best = mine[far.argsort(stable=True)[:ACROSS]]
            row[: len(best)] = x[best]
        return Images(
            "Typical pictures of each cluster",
            *self._tiles(rows, names),
            caption="The members nearest the middle. Black: there are no more.",
        )

    def _tiles(self, pictures: Tensor, names: tuple) -> tuple[np.ndarray, tuple]:
        """Pictures [K, across, pixels] as `Images` takes them, and the names of its rows."""
        rows, names = grid(pictures, names)
        return self.now.data.tiles(rows.flatten(0, 1), rows.shape[1]), names
