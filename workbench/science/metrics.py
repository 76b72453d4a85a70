"""Numbers that judge a representation, once a model is trained. NumPy in, NumPy out.

Notation: ``codes [n, J]`` floats (the mean ``mu`` of ``q(z|x)``, one row an image) and
``factors [n, K]`` integers (how the image was made). Definitions follow Google's
disentanglement_lib, the code behind Locatello et al. 2019; where we differ, the docstring says
so. It draws fresh images without end, while these functions work on the n points at hand, which
should be a random sample of (or the whole of) a grid on which the factors vary independently.

``seed`` is an integer or a ``numpy.random.Generator``; the same integer gives the same number.
"""

import warnings
from collections.abc import Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Seed = int | np.random.Generator


class DCI(NamedTuple):
    disentanglement: float
    completeness: float
    informativeness: float


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
    cells, values = discretise(codes, bins), _indices(factors)
    return np.array([[_information(z, v) for v in values.T] for z in cells.T])


def mig_per_factor(codes: ArrayLike, factors: ArrayLike, bins: int = 20) -> NDArray:
    """``(I(z_1st; v_k) - I(z_2nd; v_k)) / H(v_k)`` of every factor, ``[K]``, in 0..1.

    First and second are the two codes that know most about the factor. A factor that never
    varies scores 0. Chen et al. 2018, equation 6.
    """
    information = mutual_information(_at_least_two(codes), factors, bins)
    entropy = np.array([_entropy(np.bincount(v)) for v in _indices(factors).T])
    return _gap(information) / np.where(entropy > 0, entropy, 1)


def mig(codes: ArrayLike, factors: ArrayLike, bins: int = 20) -> float:
    """Mutual information gap: the mean of ``mig_per_factor``.

    Binned mean codes, as in disentanglement_lib; Chen et al. use samples ``z ~ q(z|x)`` instead,
    so values are comparable within one tool only.
    """
    return float(mig_per_factor(codes, factors, bins).mean())


def _information(a: NDArray, b: NDArray) -> float:
    joint = np.bincount(a * (b.max() + 1) + b)
    information = _entropy(np.bincount(a)) + _entropy(np.bincount(b)) - _entropy(joint)
    return max(0.0, information)


def _entropy(counts: NDArray) -> float:
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


def _indices(factors: ArrayLike) -> NDArray:
    """The values of each factor renumbered 0, 1, 2 ..."""
    columns = (np.unique(v, return_inverse=True)[1] for v in np.asarray(factors).T)
    return np.stack(list(columns), axis=1)


def _at_least_two(codes: ArrayLike) -> NDArray:
    """A lone code is compared with a constant one, the best rival it can have."""
    codes = np.asarray(codes, dtype=float)
    return codes if codes.shape[1] > 1 else np.hstack([codes, np.zeros_like(codes)])


def _gap(scores: NDArray) -> NDArray:
    second, first = np.sort(scores, axis=0)[-2:]
    return first - second


def sap(
    codes: ArrayLike,
    factors: ArrayLike,
    ordered: Sequence[bool] | None = None,
    train: int = 1000,
    test: int = 1000,
    seed: Seed = 0,
) -> float:
    """Separated attribute predictability: mean over factors of best minus second-best score.

    ``ordered`` says for each factor whether its values lie on a scale. On one that does, a code
    scores its squared correlation, over all points; otherwise (shape, colour) the test accuracy
    of ``LinearSVC(C=0.01, class_weight="balanced")`` on that code alone, with at most ``train``
    and ``test`` points. By default a factor of more than three values counts as ordered, because
    a linear classifier in one dimension cannot find a class that lies between two others: even a
    perfect code would score low. Kumar et al. 2018, section 3.
    """
    codes, factors = _at_least_two(codes), _indices(factors)
    if ordered is None:
        ordered = factors.max(0) > 2
    fit, held = _split(len(codes), train, test, seed)
    scores = [
        _squared_correlation(codes, v)
        if on_a_scale
        else np.array([_svc_accuracy(z[:, None], v, fit, held) for z in codes.T])
        for v, on_a_scale in zip(factors.T, ordered, strict=True)
    ]
    return float(_gap(np.stack(scores, axis=1)).mean())


def _squared_correlation(codes: NDArray, factor: NDArray) -> NDArray:
    z, v = codes - codes.mean(0), factor - factor.mean()
    variances = (z**2).mean(0) * (v**2).mean()
    covariance = (z * v[:, None]).mean(0)
    return covariance**2 / np.where(variances > 1e-12, variances, 1)  # a dead code scores 0


def _svc_accuracy(z: NDArray, factor: NDArray, fit: NDArray, held: NDArray) -> float:
    from sklearn.svm import LinearSVC

    if np.ptp(factor[fit]) == 0:
        return float((factor[held] == factor[fit][0]).mean())
    model = LinearSVC(C=0.01, class_weight="balanced", random_state=0)
    return float(model.fit(z[fit], factor[fit]).score(z[held], factor[held]))


def dci(
    codes: ArrayLike,
    factors: ArrayLike,
    trees: int = 20,
    train: int = 1000,
    test: int = 1000,
    seed: Seed = 0,
) -> DCI:
    """Disentanglement, completeness and informativeness: Eastwood & Williams 2018.

    One random forest a factor predicts it from all codes; its importances are a column of
    ``R [J, K]`` (see ``dci_from_importance``) and its test accuracy, averaged over factors, is
    the informativeness. Forests, one of the paper's two choices, stand in for the boosted trees
    of disentanglement_lib, which take minutes; so compare values within this tool only.
    """
    from sklearn.ensemble import RandomForestClassifier

    codes, factors = np.asarray(codes, dtype=float), _indices(factors)
    fit, held = _split(len(codes), train, test, seed)
    # Every split sees every code: with a random subset, codes that know nothing get a share.
    forests = [
        RandomForestClassifier(
            trees, max_depth=8, max_features=None, max_samples=0.5, n_jobs=1, random_state=0
        ).fit(codes[fit], v[fit])
        for v in factors.T
    ]
    importance = np.stack([forest.feature_importances_ for forest in forests], axis=1)
    accuracy = [f.score(codes[held], v[held]) for f, v in zip(forests, factors.T, strict=True)]
    return DCI(*dci_from_importance(importance), float(np.mean(accuracy)))


def dci_from_importance(importance: ArrayLike) -> tuple[float, float]:
    """``(disentanglement, completeness)`` of importances ``R [J, K] >= 0``, both in 0..1.

    ``D = sum_j rho_j (1 - H_K(P_j))`` with ``P_jk = R_jk / sum_k R_jk``, entropy to base K and
    ``rho_j`` the share of R in row j; completeness is the same down the columns, to base J. A
    code that matters for one factor only gives 1. Eastwood & Williams 2018, section 2.
    """
    importance = np.asarray(importance, dtype=float)
    return _concentration(importance), _concentration(importance.T)


def _concentration(importance: NDArray) -> float:
    """Mean over rows of one minus the entropy of the row, weighted by the mass of the row."""
    total = importance.sum()
    if total == 0:
        return 0.0
    if importance.shape[1] == 1:
        return 1.0
    rows = importance[importance.sum(1) > 0]
    entropy = np.array([_entropy(row) for row in rows]) / np.log(importance.shape[1])
    return max(0.0, float(rows.sum(1) / total @ (1 - entropy)))


def _split(n: int, train: int, test: int, seed: Seed) -> tuple[NDArray, NDArray]:
    """Random places for fitting and for testing; each at most half of the n points."""
    order = np.random.default_rng(seed).permutation(n)
    train, test = min(train, n // 2), min(test, n - n // 2)
    return order[:train], order[n - test :]


def beta_vae_score(
    codes: ArrayLike,
    factors: ArrayLike,
    batch: int = 64,
    train: int = 1000,
    test: int = 500,
    seed: Seed = 0,
) -> float:
    """Accuracy of telling which factor was held fixed, from code differences; chance is 1/K.

    A feature is ``z_diff = mean_b |mu(x_1) - mu(x_2)|`` over ``batch`` pairs that agree in one
    factor; logistic regression on ``train`` features predicts which, scored on ``test`` more.
    Needs no axis alignment, so 1.0 is easily reached. Features are not standardised (as in
    disentanglement_lib): that would let collapsed codes, whose faint traces are exact, speak up.
    Higgins et al. 2017, section 3.
    """
    from sklearn.linear_model import LogisticRegression

    codes, factors = np.asarray(codes, dtype=float), _indices(factors)
    rng = np.random.default_rng(seed)
    fixed = rng.integers(factors.shape[1], size=train + test)
    first = rng.integers(len(codes), size=(train + test, batch))
    second = _partners(factors, fixed, first, rng)
    z_diff = np.abs(codes[first] - codes[second]).mean(1)  # (feature, J)
    if np.ptp(fixed[:train]) == 0:
        return float((fixed[train:] == fixed[0]).mean())
    # Newton: raw codes are badly scaled, and the default solver then runs out of steps.
    model = LogisticRegression(solver="newton-cholesky").fit(z_diff[:train], fixed[:train])
    return float(model.score(z_diff[train:], fixed[train:]))


def factor_vae_score(
    codes: ArrayLike,
    factors: ArrayLike,
    batch: int = 64,
    train: int = 1000,
    test: int = 500,
    collapsed: float = 0.05,
    seed: Seed = 0,
) -> float:
    """Accuracy of the vote "the code that varies least tells the factor held fixed".

    Each of ``train + test`` votes fixes one factor at the value of a random point, draws
    ``batch`` points with that value and names ``d* = argmin_j Var_batch(z_j) / Var_all(z_j)``;
    the majority factor of each ``d*`` in the training votes is the prediction for the others.
    Codes with a standard deviation under ``collapsed`` cannot be named; if none is left the
    score is 0. (disentanglement_lib leaves this threshold at 0 and reports the number of all
    codes as the active ones; here pruning is real.) Kim & Mnih 2018, section 4.
    """
    codes, factors = np.asarray(codes, dtype=float), _indices(factors)
    codes = codes[:, codes.std(0, ddof=1) >= collapsed]
    if codes.shape[1] == 0:
        return 0.0
    rng = np.random.default_rng(seed)
    fixed = rng.integers(factors.shape[1], size=train + test)
    anchor = np.repeat(rng.integers(len(codes), size=(train + test, 1)), batch, axis=1)
    points = _partners(factors, fixed, anchor, rng)
    ratio = codes[points].var(1, ddof=1) / codes.var(0, ddof=1)  # (vote, J)
    vote = ratio.argmin(1)
    votes = np.zeros((codes.shape[1], factors.shape[1]))
    np.add.at(votes, (vote[:train], fixed[:train]), 1)
    return float((votes.argmax(1)[vote[train:]] == fixed[train:]).mean())


def _partners(
    factors: NDArray, fixed: NDArray, points: NDArray, rng: np.random.Generator
) -> NDArray:
    """For each of ``points [m, batch]`` another random one that shares factor ``fixed [m]``.

    Another: a point is its own partner only where nobody else has its value.
    """
    partner = np.empty_like(points)
    for k in range(factors.shape[1]):
        mine = fixed == k
        value = factors[:, k]
        order = np.argsort(value, kind="stable")
        place = np.argsort(order)[points[mine]]  # where each point stands among the sorted
        count = np.bincount(value)
        start, size = (np.cumsum(count) - count)[value[points[mine]]], count[value[points[mine]]]
        step = 1 + rng.integers(np.maximum(size - 1, 1))
        partner[mine] = order[start + (place - start + step) % size]
    return partner


def hamming(a: ArrayLike, b: ArrayLike) -> NDArray:
    """Number of bits in which each of ``a [m, bits]`` differs from each of ``b [n, bits]``."""
    a, b = np.asarray(a, dtype=np.float32), np.asarray(b, dtype=np.float32)
    distance = a.sum(1)[:, None] + b.sum(1)[None, :] - 2 * (a @ b.T)
    return distance.astype(np.int64)


def precision_at_k(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    base_codes: ArrayLike,
    base_labels: ArrayLike,
    k: int,
) -> float:
    """Share of the ``k`` nearest items of the base, by Hamming distance, with the query's label.

    Codes are 0/1, ``[queries, bits]`` and ``[n, bits]``. Few bits make many ties: the result is
    the expectation over random tie-breaking, so it does not depend on the order of the base. A
    query that is itself in the base finds itself: keep the two apart. A base smaller than ``k``
    is returned whole.
    """
    return float(precision_curve(query_codes, query_labels, base_codes, base_labels, [k])[0])


def precision_curve(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    base_codes: ArrayLike,
    base_labels: ArrayLike,
    ks: Sequence[int],
) -> NDArray:
    """``precision_at_k`` for each of ``ks``, at about the cost of one."""
    distance = hamming(query_codes, base_codes)  # (query, n)
    relevant = np.asarray(query_labels)[:, None] == np.asarray(base_labels)[None, :]
    queries, shells = len(distance), np.asarray(base_codes).shape[1] + 1
    cell = (distance + shells * np.arange(queries)[:, None]).ravel()
    items = np.bincount(cell, minlength=queries * shells).reshape(queries, shells)
    hits = np.bincount(cell, relevant.ravel(), queries * shells).reshape(queries, shells)
    nearer, share = items.cumsum(1) - items, hits / np.maximum(items, 1)
    ks = np.minimum(ks, distance.shape[1])
    taken = [np.clip(k - nearer, 0, items) for k in ks]  # the last shell only in part
    return np.array([(t * share).sum(1).mean() / k for t, k in zip(taken, ks, strict=True)])


def bits_entropy(codes: ArrayLike) -> NDArray:
    """Entropy in bits of each code unit over 0/1 ``codes [..., n, bits]``: ``[..., bits]``.

    1 for a unit that is on half the time; 0 for a dead one.
    """
    p = np.stack([np.asarray(codes, dtype=float).mean(-2)] * 2)
    p[1] = 1 - p[0]
    return -(p * np.log2(np.where(p > 0, p, 1))).sum(0)


def contingency(
    labels: ArrayLike, clusters: ArrayLike, shape: tuple[int, int] | None = None
) -> NDArray:
    """How many items of each label (rows) lie in each cluster (columns): ``[L, K]`` integers.

    ``labels`` and ``clusters`` are integers ``[n]`` from 0. L and K reach to their largest, or to
    ``shape``.
    """
    labels, clusters = np.asarray(labels), np.asarray(clusters)
    table = np.zeros(shape or (labels.max(initial=-1) + 1, clusters.max(initial=-1) + 1), np.int64)
    np.add.at(table, (labels, clusters), 1)
    return table


def matching(table: ArrayLike) -> tuple[NDArray, NDArray]:
    """The one-to-one map of clusters to labels that puts most items right: (labels, clusters).

    ``table [L, K]`` as ``contingency`` gives it. With more clusters than labels the surplus stays
    unmatched, and the other way round. The Hungarian method (Kuhn 1955), by scipy.
    """
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(np.asarray(table), maximize=True)


def clustering_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """``ACC = max_m 1/n sum_i 1[y_i = m(c_i)]`` over one-to-one maps m of clusters to labels.

    Integers ``[n]`` each, from 0; any number of clusters. An unmatched cluster is all wrong.
    """
    table = contingency(y_true, y_pred)
    return float(table[matching(table)].sum() / table.sum())


def normalised_mutual_information(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """``NMI = I(Y; C) / ((H(Y) + H(C)) / 2)``: 1 for equal partitions, whatever their names.

    Not 0 by chance: the more clusters, the higher, and n single items score well above 0. With
    one cluster and one label it is 1, by convention.
    """
    from sklearn.metrics import normalized_mutual_info_score

    with _any_number_of_clusters():
        return float(normalized_mutual_info_score(y_true, y_pred, average_method="arithmetic"))


def adjusted_rand_index(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """``ARI``: share of pairs that both partitions treat alike, with chance at 0 and 1 the best.

    ``(sum_ij C(n_ij, 2) - E) / ((sum_i C(a_i, 2) + sum_j C(b_j, 2)) / 2 - E)`` with
    ``E = sum_i C(a_i, 2) sum_j C(b_j, 2) / C(n, 2)``. Hubert & Arabie 1985.
    """
    from sklearn.metrics import adjusted_rand_score

    with _any_number_of_clusters():
        return float(adjusted_rand_score(y_true, y_pred))


@contextmanager
def _any_number_of_clusters():
    """Keeps scikit-learn from taking many clusters for a mistake."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        yield


def precision_recall(sure: ArrayLike, hit: ArrayLike, objects: int) -> tuple[NDArray, NDArray]:
    """``(recall, precision)`` after each detection ``[n]``, the surest first.

    ``sure [n]``: how confident each is; ``hit [n]``: whether it found an object, each object at
    most once; ``objects``: how many there are, found or not.
    """
    order = np.argsort(-np.asarray(sure), kind="stable")
    found = np.cumsum(np.asarray(hit, dtype=float)[order])
    return found / max(objects, 1), found / np.arange(1, len(order) + 1)


def average_precision(sure: ArrayLike, hit: ArrayLike, objects: int) -> float:
    """The area under precision against recall, by steps: ``sum_i (R_i - R_i-1) P_i``.

    As ``sklearn.metrics.average_precision_score`` does where every object has a detection and
    no two are equally sure; objects without one count as missed.
    """
    recall, precision = precision_recall(sure, hit, objects)
    return float((np.diff(recall, prepend=0) * precision).sum())


def auc(positive: ArrayLike, score: ArrayLike) -> float:
    """Area under the ROC curve: the chance that a positive item scores above a negative one.

    positive and score ``[n]``; a tie counts half. 0.5 when either kind is missing: then there is
    nothing to rank.
    """
    from sklearn.metrics import roc_auc_score

    positive = np.asarray(positive, bool)
    if positive.all() or not positive.any():
        return 0.5
    return float(roc_auc_score(positive, score))


def auc_within(positive: ArrayLike, score: ArrayLike, mask: ArrayLike) -> float:
    """Mean over bags of the ``auc`` of the items in a bag, all ``[bags, items]``.

    For scores that compare items of one bag only, such as attention. Bags without both kinds of
    item are left out; 0.5 when none is left.
    """
    positive, score, mask = (np.asarray(part) for part in (positive, score, mask))
    other = mask & ~positive
    above = score[:, :, None] - score[:, None, :]
    wins = (above > 0) + 0.5 * (above == 0)
    pairs = positive[:, :, None] & other[:, None, :]
    count = pairs.sum((1, 2))
    each = (wins * pairs).sum((1, 2)) / np.maximum(count, 1)
    return float(each[count > 0].mean()) if count.any() else 0.5


def reliability(sure: ArrayLike, right: ArrayLike, bins: int = 10) -> tuple[NDArray, ...]:
    """``(confidence, accuracy, count)`` of the bins of equal width that hold anything.

    ``sure``: the probability of the class that was named, in [0, 1]; ``right``: whether it is the
    true one; both of any one shape. Means within a bin; a calibrated model has them equal. Guo et
    al. 2017.
    """
    sure, right = np.ravel(sure).astype(float), np.ravel(right).astype(float)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    held = count > 0
    sums = (np.bincount(place, values, bins)[held] for values in (sure, right))
    return *(total / count[held] for total in sums), count[held]


def calibration_error(sure: ArrayLike, right: ArrayLike, bins: int = 10) -> float:
    """ECE: the distance of confidence and accuracy, mean over items, 0 to 1. Guo et al. 2017."""
    confidence, accuracy, count = reliability(sure, right, bins)
    return float((np.abs(confidence - accuracy) * count).sum() / count.sum())
