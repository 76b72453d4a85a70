"""What the chapter asserts about words and their company, and the experiments that test it."""

from functools import lru_cache
from math import log

from workbench.chapters.words import CHAPTER
from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers

DOCUMENTATION = dict(data="docstrings", dimension=50, window=5, subsample=0.001, lr=0.3, steps=3200)


TOGETHER = 5  # seeds that train side by side, as steps on a toy cost what their number costs


@lru_cache(maxsize=64)
def ends(first: int, count: int, knobs: tuple) -> list[dict[str, float]]:
    """The last numbers of runs with these knobs and the seeds from `first` on."""
    runs = [CHAPTER.Settings(seed=first + i, **dict(knobs)) for i in range(count)]
    return last_numbers(CHAPTER.train(runs))


def numbers_of(seed: int, **knobs) -> dict[str, float]:
    """The last numbers of one run."""
    together = 1 if "data" in knobs else TOGETHER
    place = seed % together
    return ends(seed - place, together, tuple(knobs.items()))[place]


@lru_cache(maxsize=64)
def begin(seed: int, knobs: tuple) -> dict[str, float]:
    """The numbers after the first step."""
    (frame,) = next(CHAPTER.train([CHAPTER.Settings(seed=seed, **dict(knobs))]))
    return frame.scalars


def in_words(numbers: dict[str, float], *names: str) -> str:
    return ", ".join(f"{name} {numbers[name]:.3f}" for name in names)


def counts_are_read_off(seed: int) -> tuple[bool, str]:
    """The toy grammar after 400 batches, some 200 000 pairs."""
    numbers = numbers_of(seed, steps=400)
    return numbers["r"] >= 0.93, in_words(numbers, "r")


def the_line_is_the_diagonal(seed: int) -> tuple[bool, str]:
    """The toy grammar at the chapter's defaults."""
    numbers = numbers_of(seed)
    right = 0.9 <= numbers["slope"] <= 1.1 and abs(numbers["bias"]) <= 0.12
    return right, in_words(numbers, "slope", "bias")


def k_shifts_by_its_logarithm(seed: int) -> tuple[bool, str]:
    """The toy grammar with 1, 5 and 15 noise words."""
    off = {k: numbers_of(seed, k=k)["offset"] - log(k) for k in (1, 5, 15)}
    words = ", ".join(f"k {k}: {value:+.3f}" for k, value in off.items())
    return max(map(abs, off.values())) <= 0.08, f"offset less log k: {words}"


def noise_decides_what_is_read(seed: int) -> tuple[bool, str]:
    """The correlation with smoothed log counts less that with PMI, at three exponents."""
    gap = {}
    for exponent in (0.0, 0.75, 1.0):
        numbers = numbers_of(seed, exponent=exponent)
        gap[exponent] = numbers["r"] - numbers["r_plain"]
    right = gap[0.0] >= 0.3 and gap[0.75] >= 0.015 and abs(gap[1.0]) < 1e-6
    return right, "gap: " + ", ".join(f"power {e} {value:.3f}" for e, value in gap.items())


def slots_are_found(seed: int) -> tuple[bool, str]:
    """The toy grammar at the chapter's defaults; by chance it is one of fourteen."""
    numbers = numbers_of(seed)
    return numbers["same_group"] >= 0.95, in_words(numbers, "same_group", "chance")


def two_numbers_are_too_few(seed: int) -> tuple[bool, str]:
    """The correlation with log counts with vectors of 2 and of 16 numbers."""
    few, many = (numbers_of(seed, dimension=d)["r"] for d in (2, 16))
    return few <= 0.8 and many >= 0.95, f"r: 2 numbers {few:.3f}, 16 numbers {many:.3f}"


def it_begins_at_one_half(seed: int) -> tuple[bool, str]:
    """The loss of the first batch with 1, 5 and 15 noise words."""
    first = {k: begin(seed, (("k", k),)) for k in (1, 5, 15)}
    right = all(abs(each["loss"] / each["start"] - 1) < 0.01 for each in first.values())
    return right, ", ".join(f"k {k}: {each['loss']:.3f} nats" for k, each in first.items())


def documentation_has_fields(seed: int) -> tuple[bool, str]:
    """The documentation of Python packages: listed words, before and after 3200 batches."""
    first, last = begin(seed, tuple(DOCUMENTATION.items())), numbers_of(seed, **DOCUMENTATION)
    right = first["same_group"] <= 0.3 and last["same_group"] >= 0.7 and last["r"] >= 0.75
    return right, f"at first {first['same_group']:.2f}; then " + in_words(last, "same_group", "r")


def counting_is_not_behind(seed: int) -> tuple[bool, str]:
    """The documentation of Python packages, 3200 batches beside PPMI with a truncated SVD."""
    numbers = numbers_of(seed, **DOCUMENTATION)
    right = numbers["same_group_counts"] >= numbers["same_group"]
    return right, in_words(numbers, "same_group_counts", "same_group")


CLAIMS = (
    Claim(
        "counts-are-read-off",
        "After 200 000 pairs dot products follow the smoothed log counts with a correlation of "
        "at least 0.93, though nobody has counted.",
        counts_are_read_off,
    ),
    Claim(
        "the-line-is-the-diagonal",
        "The dot product is that logarithm less log k itself: the line through the pairs has slope "
        "1 within 0.1 and bias 0 within 0.12.",
        the_line_is_the_diagonal,
    ),
    Claim(
        "k-shifts-by-its-logarithm",
        "With k noise words all dot products lie lower by log k, within 0.08.",
        k_shifts_by_its_logarithm,
    ),
    Claim(
        "noise-decides-what-is-read",
        "Dot products follow the counts over the noise that was drawn and not PMI: the "
        "correlations are equal at power 1, 0.015 apart or more at 3/4, and 0.3 or more at 0.",
        noise_decides_what_is_read,
    ),
    Claim(
        "slots-are-found",
        "In the toy grammar the nearest other word is of the same slot for 95 % of the words or "
        "more, though nobody has said that there are slots.",
        slots_are_found,
    ),
    Claim(
        "two-numbers-are-too-few",
        "With two numbers a word the correlation with log counts stays at 0.8 or below; with 16 it "
        "is 0.95 or more.",
        two_numbers_are_too_few,
    ),
    Claim(
        "it-begins-at-one-half",
        "The first loss is (k + 1) ln 2, as every first answer is one half.",
        it_begins_at_one_half,
    ),
    Claim(
        "documentation-has-fields",
        "In the documentation of Python packages, training takes listed words whose nearest is of "
        "their own field from at most 30 % to at least 70 %.",
        documentation_has_fields,
    ),
    Claim(
        "counting-is-not-behind",
        "On that documentation counting with a truncated SVD finds at least as many neighbours of "
        "the same field as 3200 batches of prediction.",
        counting_is_not_behind,
    ),
)
