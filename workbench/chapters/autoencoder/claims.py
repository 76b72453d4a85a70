"""What the chapter asserts, and the experiments that test it."""

import numpy as np

from workbench.chapters.autoencoder import CHAPTER
from workbench.core.chapter import Claim
from workbench.core.frames import Frame, last_frames


def last_frame(**knobs) -> Frame:
    """The last frame of a run on the CPU."""
    return last_frames(CHAPTER.train([CHAPTER.Settings(**knobs)]))[0]


def last_numbers(**knobs) -> dict[str, float]:
    """The last numbers of a run on the CPU."""
    return last_frame(**knobs).scalars


def linear_is_pca(seed: int) -> tuple[bool, str]:
    """The linear autoencoder's training error as a share of PCA's."""
    end = last_numbers(kind="linear", steps=1500, ladder=False, seed=seed)
    ratio = end["train_mse"] / end["pca_train_mse"]
    return 1 - 1e-5 <= ratio <= 1.02, f"training error {ratio:.4f} of PCA's"


def bending_beats_pca(seed: int) -> tuple[bool, str]:
    """The same share for an autoencoder with a hidden layer."""
    end = last_numbers(ladder=False, seed=seed)
    ratio = end["train_mse"] / end["pca_train_mse"]
    return ratio < 0.7, f"training error {ratio:.2f} of PCA's"


def measure_gains(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The gains of a denoiser and of a plain autoencoder at levels from 0.1 to 0.6."""
    picture = last_frame(kind="denoising", seed=seed).pictures["noise"]
    return picture.lines[0].y, picture.lines[1].y


def gains_everywhere(seed: int) -> tuple[bool, str]:
    """The denoiser's gain at every level."""
    gain, _ = measure_gains(seed)
    return bool((gain > 0).all()), f"gains {in_decibels(gain)} dB at levels 0.1 to 0.6"


def plain_loses(seed: int) -> tuple[bool, str]:
    """How far the denoiser is ahead of the plain autoencoder."""
    gain, plain = measure_gains(seed)
    ahead = (gain - plain)[2:]
    return bool((ahead > 0).all()), f"ahead by {in_decibels(ahead)} dB at levels 0.3 to 0.6"


def in_decibels(values: np.ndarray) -> str:
    return " ".join(f"{value:.1f}" for value in values)


def fills_better_than_the_mean(seed: int) -> tuple[bool, str]:
    """The error in the hole as a share of the mean picture's."""
    end = last_numbers(kind="inpainting", seed=seed)
    ratio = end["mse"] / end["fill_mse"]
    return ratio < 0.7, f"error in the hole {ratio:.2f} of the mean picture's"


def critic_adds_contrast(seed: int) -> tuple[bool, str]:
    """Contrast and error of the filling with and without a critic."""
    end = last_numbers(kind="inpainting", adversarial=True, seed=seed)
    contrast, plain = end["contrast"], end["plain_contrast"]
    error = end["mse"] / end["plain_mse"]
    measured = f"contrast {contrast:.2f} against {plain:.2f}, error {error:.2f} times"
    return contrast > plain and error < 1.1, measured


def noise_saturates(seed: int) -> tuple[bool, str]:
    """The share of saturated activations with and without noise."""
    end = last_numbers(kind="hashing", seed=seed)
    on, off = end["saturation"], end["saturation_off"]
    return off < 0.3 and on > 0.9, f"{off:.1%} without noise, {on:.1%} with it"


def bits_find(seed: int) -> tuple[bool, str]:
    """The share of the ten nearest codes with the query's digit."""
    end = last_numbers(kind="hashing", seed=seed)
    precision, chance = end["precision"], end["chance"]
    return precision > 3 * chance, f"precision at 10: {precision:.2f} (chance {chance:.2f})"


CLAIMS = (
    Claim(
        "linear-is-pca",
        "In 1500 steps the linear autoencoder reaches PCA's error within 2 %, "
        "and never goes below it.",
        linear_is_pca,
    ),
    Claim(
        "bending-beats-pca",
        "With a hidden layer the same code keeps more than PCA.",
        bending_beats_pca,
    ),
    Claim(
        "denoiser-gains",
        "A denoiser trained on 30 % missing pixels gains PSNR at every level from 10 to 60 %.",
        gains_everywhere,
    ),
    Claim(
        "plain-loses",
        "An autoencoder that never saw noise loses to the denoiser at 30 % and above.",
        plain_loses,
    ),
    Claim(
        "fills",
        "In-painting beats filling the hole with the mean picture.",
        fills_better_than_the_mean,
    ),
    Claim(
        "critic",
        "The critic raises the contrast of the filling at hardly any cost in error.",
        critic_adds_contrast,
    ),
    Claim(
        "saturates",
        "Noise on the code units drives more than 90 % of activations to within "
        "0.05 of 0 or 1; without it there are fewer than 30 %.",
        noise_saturates,
    ),
    Claim(
        "bits-find",
        "Ten bits find pictures of the same digit more than three times as often as chance.",
        bits_find,
    ),
)
