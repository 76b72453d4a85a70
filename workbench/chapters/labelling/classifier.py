"""The classifier at the end: it learns the labels that the functions gave, and judges all items."""

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.items import Course

C_TEXT, C_NUMBERS = 10.0, 1.0  # inverse strength of the penalty on weights
ROUNDS = 300  # of the solver, at most


class Judge:
    """Logistic regression on the items of a course: `learn(q, rows)` gives its test accuracy.

    Texts become TF-IDF of words and pairs of words that occur in two training texts; their classes
    are not looked at for that.
    """

    def __init__(self, course: Course):
        self.course = course
        self.k = len(course.classes)
        parts = represent(course)
        self.x = parts[0]
        self.x_test = parts[1]
        self.predicted: NDArray | None = None  # the classes of the test items, by what it learnt

    def learn(self, q: NDArray, rows: NDArray, hard: bool = True) -> float:
        """The test accuracy after learning q [len(rows), k], hard or as probabilities.

        With one class among hard labels it says that class of everything.
        """
        from sklearn.linear_model import LogisticRegression

        x = self.x[rows]
        if hard:
            y, weights = q.argmax(1), None
        else:
            y = np.repeat(np.arange(self.k), len(rows))
            x, weights = stack(x, self.k), q.T.ravel()
        if not len(rows) or len(np.unique(y)) < 2:
            self.predicted = np.full(self.x_test.shape[0], y[0] if len(y) else 0)
        else:
            strength = C_TEXT if self.course.train.texts else C_NUMBERS
            model = LogisticRegression(C=strength, max_iter=ROUNDS)
            self.predicted = model.fit(x, y, sample_weight=weights).predict(self.x_test)
        return float((self.predicted == self.course.test.truth).mean())

    def learn_gold(self, count: int, draw: int) -> float:
        """The test accuracy after learning the true classes of `count` items."""
        truth = self.course.train.truth
        rows = np.random.default_rng([draw, 3]).permutation(len(truth))[:count]
        return self.learn(np.eye(self.k)[truth[rows]], rows)


def stack(x, times: int):
    """The rows of x, repeated as a whole."""
    if isinstance(x, np.ndarray):
        return np.concatenate([x] * times)
    from scipy import sparse

    return sparse.vstack([x] * times, format="csr")


def represent(course: Course):
    """What the classifier sees of training and test items: arrays [n, d], sparse for texts."""
    if course.train.texts:
        return weigh_words(course.train.texts, course.test.texts)
    return course.train.x, course.test.x


def weigh_words(train: tuple[str, ...], test: tuple[str, ...]):
    """TF-IDF of words and pairs of words, as sparse arrays."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    try:
        return words.fit_transform(train), words.transform(test)
    except ValueError:  # no word occurs twice
        return np.zeros((len(train), 1)), np.zeros((len(test), 1))
