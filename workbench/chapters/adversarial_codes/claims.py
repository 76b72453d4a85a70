"""What the chapter asserts about codes with an adversary, and the experiments that test it."""

from functools import lru_cache

from workbench.chapters.adversarial_codes import CHAPTER
from workbench.chapters.adversarial_codes.knobs import CATGAN, INFOGAN
from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers

RUNS_REMEMBERED = 32  # several claims look at one run


def end(seed: int, **knobs) -> dict[str, float]:
    """The last numbers of a run."""
    return _end(CHAPTER.Settings(seed=seed, **knobs))


@lru_cache(RUNS_REMEMBERED)
def _end(run) -> dict[str, float]:
    (numbers,) = last_numbers(CHAPTER.train([run]))
    return numbers


def prior_is_samplable(seed: int) -> tuple[bool, str]:
    """The distance of samples from the prior with and without an adversary."""
    n = end(seed)
    with_noise, without = n["fd"] / n["no_adversary_fd"], n["no_noise_fd"] / n["plain_fd"]
    measured = f"{with_noise:.2f} of the distance with noise, {without:.2f} without"
    return max(with_noise, without) <= 0.5, measured


def codes_follow_the_prior(seed: int) -> tuple[bool, str]:
    """The gap between codes and N(0, 1) with and without an adversary."""
    n = end(seed)
    close, far = max(n["ks"], n["no_noise_ks"]), min(n["no_adversary_ks"], n["plain_ks"])
    return close <= 0.25 and far >= 0.3, f"gap at most {close:.2f} with, at least {far:.2f} without"


def noise_repairs(seed: int) -> tuple[bool, str]:
    """The decibels that noise in training adds to the repair, with and without an adversary."""
    n = end(seed)
    with_one = n["repaired"] - n["no_noise_repaired"]
    without = n["no_adversary_repaired"] - n["plain_repaired"]
    measured = f"{with_one:.1f} dB with an adversary, {without:.1f} dB without"
    return min(with_one, without) >= 1.5, measured


def both_cost_copies(seed: int) -> tuple[bool, str]:
    """The decibels of clean copies that noise and adversary cost."""
    n = end(seed)
    noise, adversary = (n["plain_psnr"] - n[f"{c}_psnr"] for c in ("no_adversary", "no_noise"))
    measured = f"noise costs {noise:.1f} dB, the adversary {adversary:.1f} dB"
    return noise >= 0.6 and adversary >= 0.3, measured


def noise_narrows(seed: int) -> tuple[bool, str]:
    """Precision and distance of the adversary's samples with and without noise."""
    n = end(seed)
    sharper, farther = n["precision"] - n["no_noise_precision"], n["fd"] - n["no_noise_fd"]
    measured = f"precision {sharper:+.3f}, distance {farther:+.2f}"
    return sharper > 0 and farther > 0, measured


def gaussian_is_a_rival(seed: int) -> tuple[bool, str]:
    """The distance of a Gaussian fitted to plain codes, beside that of the prior."""
    n = end(seed)
    return n["fitted_fd"] < n["fd"], f"fitted {n['fitted_fd']:.2f}, prior {n['fd']:.2f}"


def category_is_told(seed: int) -> tuple[bool, str]:
    """L_I of InfoGAN with lambda 1 and 0."""
    n = end(seed, kind=INFOGAN)
    measured = f"{n['li']:.2f} of {n['most']:.2f} nats with lambda 1, {n['free_li']:.2f} with 0"
    return n["li"] >= 2.1 and n["free_li"] <= 0.05, measured


def category_is_no_class(seed: int) -> tuple[bool, str]:
    """How often InfoGAN's category is the class, beside K-means."""
    n = end(seed, kind=INFOGAN)
    measured = f"{n['acc']:.2f}, K-means {n['kmeans_acc']:.2f}, lambda 0 {n['free_acc']:.2f}"
    return n["free_acc"] + 0.05 <= n["acc"] <= n["kmeans_acc"] - 0.1, measured


def styles_are_read(seed: int) -> tuple[bool, str]:
    """The correlation of the styles with what Q reads, with and without a weight, means of two."""
    n = end(seed, kind=INFOGAN)
    read, free = ((n[f"{role}style_1"] + n[f"{role}style_2"]) / 2 for role in ("", "free_"))
    return read >= free + 0.3, f"correlation {read:.2f}, {free:.2f} with lambda 0"


def adversary_asks_for_doubt(seed: int) -> tuple[bool, str]:
    """How unsure CatGAN is of invented pictures, without labels, with and without adversary."""
    n = end(seed, kind=CATGAN, labels=0)
    measured = (
        f"{n['unsure_fake']:.2f} of ln K with an adversary, {n['alone_unsure_fake']:.2f} without"
    )
    return n["unsure_fake"] >= 0.4 and n["alone_unsure_fake"] <= 0.1, measured


def doubt_has_a_price(seed: int) -> tuple[bool, str]:
    """How unsure CatGAN is of real pictures, without labels, with and without adversary."""
    n = end(seed, kind=CATGAN, labels=0)
    measured = f"{n['unsure']:.2f} of ln K with an adversary, {n['alone_unsure']:.2f} without"
    return n["unsure"] >= 0.04 and n["alone_unsure"] <= 0.03, measured


def pictures_help_few_labels(seed: int) -> tuple[bool, str]:
    """CatGAN and the entropies alone beside a plain classifier, with two labels a class."""
    n = end(seed, kind=CATGAN)
    measured = f"{n['acc']:.2f}, entropies {n['alone_acc']:.2f}, labels {n['labels_acc']:.2f}"
    return n["acc"] > n["labels_acc"], measured


CLAIMS = (
    Claim(
        "samplable",
        "The adversary makes the prior samplable: draws from it decode at less than half the "
        "distance, with noise and without.",
        prior_is_samplable,
    ),
    Claim(
        "follows",
        "With an adversary the numbers of the codes follow N(0, 1) within 0.25, without one they "
        "miss it by 0.3 or more.",
        codes_follow_the_prior,
    ),
    Claim(
        "repairs",
        "Noise in training adds at least 1.5 dB to the repair of noisy pictures, with an adversary "
        "and without.",
        noise_repairs,
    ),
    Claim("price", "Both cost clean copies, the noise more than 0.6 dB.", both_cost_copies),
    Claim(
        "narrows",
        "With an adversary, noise makes samples more precise and takes variety from them.",
        noise_narrows,
    ),
    Claim(
        "rival",
        "A Gaussian fitted to the codes of a plain autoencoder gives better samples than the prior "
        "of the denoising adversarial one.",
        gaussian_is_a_rival,
    ),
    Claim(
        "told",
        "InfoGAN's pictures tell their category almost completely, and not at all if nobody asks.",
        category_is_told,
    ),
    Claim(
        "no-class",
        "A category that can be read for certain is not a class: InfoGAN's agree with the digits "
        "less than K-means on pixels does, by 10 points or more.",
        category_is_no_class,
    ),
    Claim(
        "styles",
        "InfoGAN's styles can be read off its pictures, far better than if nobody asks.",
        styles_are_read,
    ),
    Claim(
        "doubt",
        "With an adversary CatGAN doubts invented pictures; the entropies alone are sure of them.",
        adversary_asks_for_doubt,
    ),
    Claim(
        "doubt-costs",
        "Without labels CatGAN doubts real pictures, too, by at least 4 % of the most there can "
        "be; the entropies alone by at most 3 %.",
        doubt_has_a_price,
    ),
    Claim(
        "few-labels",
        "With two labels a class, CatGAN is right more often than a plain classifier that knows "
        "the same labels.",
        pictures_help_few_labels,
    ),
)
