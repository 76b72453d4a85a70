"""How much codes know about factors, one by one: mutual information and its gap."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def active_dims(kl_per_latent: ArrayLike, threshold: float = 0.05) -> NDArray:
    """Latents whose mean KL (nats, ``[..., J]``) passes ``threshold``: ``[...]`` counts.

    The others have collapsed to the prior: their code says nothing about the image.
    """
    return (np.asarray(kl_per_latent) > threshold).sum(-1)


def discretise(codes: ArrayLike, bins: int = 20) -> NDArray:
    """Bin each code into ``bins`` cells of equal width from its minimum to its maximum.

    ``[n, J]`` floats to ``[n, J]`` integers ``0 .. bins - 1``; a constant code lies in one cell.
    """
    codes = np.asarray(codes, dtype=float)
    edges = (np.histogram_bin_edges(code, bins)[1:-1] for code in codes.T)
    return np.stack(
        [np.digitize(code, edge) for code, edge in zip(codes.T, edges, strict=True)], axis=1
    )


def mutual_information(codes: ArrayLike, factors: ArrayLike, bins: int = 20) -> NDArray:
    """``I(z_j; v_k)`` in nats, ``[J, K]``, from the histogram of the binned mean codes.

    The plug-in estimate: independent variables score about ``(bins - 1)(values - 1) / 2n``, not 0.
    """
    cells, values = discretise(codes, bins), renumber(factors)
    return np.array([[_information(z, v) for v in values.T] for z in cells.T])


def mig_per_factor(codes: ArrayLike, factors: ArrayLike, bins: int = 20) -> NDArray:
    """``(I(z_1st; v_k) - I(z_2nd; v_k)) / H(v_k)`` of every factor, ``[K]``, in 0..1.

    First and second are the two codes that know most about the factor. A factor that never
    varies scores 0. Chen et al. 2018, equation 6.
    """
    information = mutual_information(pair_up(codes), factors, bins)
    entropy = np.array([entropy_of_counts(np.bincount(v)) for v in renumber(factors).T])
    return gap(information) / np.where(entropy > 0, entropy, 1)


def mig(codes: ArrayLike, factors: ArrayLike, bins: int = 20) -> float:
    """Mutual information gap: the mean of ``mig_per_factor``.

    Binned mean codes, as in disentanglement_lib; Chen et al. use samples ``z ~ q(z|x)`` instead,
    so values are comparable within one tool only.
    """
    return float(mig_per_factor(codes, factors, bins).mean())


def _information(a: NDArray, b: NDArray) -> float:
    joint = np.bincount(a * (b.max() + 1) + b)
    apart = entropy_of_counts(np.bincount(a)) + entropy_of_counts(np.bincount(b))
    return max(0.0, apart - entropy_of_counts(joint))


def entropy_of_counts(counts: NDArray) -> float:
    """Entropy in nats of the shares of these counts."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


def renumber(factors: ArrayLike) -> NDArray:
    """Renumbers the values of each factor 0, 1, 2 ..."""
    columns = (np.unique(v, return_inverse=True)[1] for v in np.asarray(factors).T)
    return np.stack(list(columns), axis=1)


def pair_up(codes: ArrayLike) -> NDArray:
    """Gives a lone code a constant one to be compared with, the best rival it can have."""
    codes = np.asarray(codes, dtype=float)
    return codes if codes.shape[1] > 1 else np.hstack([codes, np.zeros_like(codes)])


def gap(scores: NDArray) -> NDArray:
    """The best score of each column less the second best."""
    second, first = np.sort(scores, axis=0)[-2:]
    return first - second
