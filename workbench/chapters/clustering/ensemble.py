"""An ensemble of clusterings: what several runs agree on (as in DAC-EC of Harchaoui et al. 2017).

Runs do not share the numbers of their clusters, so a picture is described by its cluster in each
run, as one 1 a run among zeros, and K-Means sorts these rows (Topchy, Jain & Punch 2005). Two
pictures lie near each other if many runs put them together. The slides do not say how DAC-EC
brings its runs together; this is a plain way.
"""

from collections.abc import Sequence

import torch
from numpy.typing import NDArray

from workbench.chapters.clustering import kmeans

RESTARTS = 10


def consensus(partitions: Sequence[NDArray], seed: int = 0) -> NDArray:
    """The clusters [n] that several partitions [n] of the same pictures agree on.

    There are as many as in the partition with the most. No label is used.
    """
    k = max(int(each.max()) + 1 for each in partitions)
    rows = [torch.nn.functional.one_hot(torch.from_numpy(each), k) for each in partitions]
    x = torch.cat(rows, 1).float()
    centres = kmeans.best_centres(x, k, seed, RESTARTS)
    return kmeans.assign(x, centres)[0].numpy()
