"""Ways to damage images, so that a network has something to repair, and ways to get labels wrong.

Each noise takes clean images ``x [..., batch, pixels]`` in [0, 1] and a level, and returns a
damaged copy on the device of ``x``; ``x`` itself is never written to. A level is a float or a
tensor that broadcasts, such as ``[K, 1, 1]`` with one level for each of K runs; runs that share
one ``x [batch, pixels]`` then also share the random numbers, so they differ by their level only.

``draws`` are the random numbers, where the caller has them already: a population hands in a stack
of what each run's own generator gave, and then a run does not depend on whom it trains with.
Otherwise they come from ``generator`` (None: torch's global one), which lives on the device of
``x``. ``DRAWS`` names the distribution of each noise: ``DRAWS[name](shape, generator=...)``.

The noises are those of Vincent et al. 2010 (JMLR 11), section 3.3; the hole is that of Pathak et
al. 2016, section 3.3. Wrong labels are in the second half; their permutation is that of Reed et al.
2015, figure 2.
"""

from workbench.science.corruption.images import (
    DRAWS,
    NOISES,
    drop_block,
    gaussian,
    masking,
    salt_and_pepper,
)
from workbench.science.corruption.labels import (
    FLIPS,
    PERMUTATION,
    annotators,
    lookalike_flips,
    majority,
    noise_matrix,
    pair_flips,
    permutation_flips,
    uniform_flips,
    wrong_labels,
)

__all__ = [
    "DRAWS",
    "FLIPS",
    "NOISES",
    "PERMUTATION",
    "annotators",
    "drop_block",
    "gaussian",
    "lookalike_flips",
    "majority",
    "masking",
    "noise_matrix",
    "pair_flips",
    "permutation_flips",
    "salt_and_pepper",
    "uniform_flips",
    "wrong_labels",
]
