"""TODO."""

import numpy as np

from workbench.chapters.autoencoder.frames import train
from workbench.chapters.autoencoder.knobs import Settings
from workbench.core.chapter import Claim
from workbench.core.frames import Frame, last_frames


def outcome(**knobs) -> Frame:
    """The last frame of a run on the CPU."""
    return last_frames(train([Settings(**knobs)]))[0]


def _linear_is_pca(seed: int) -> tuple[bool, str]:
    end = outcome(kind="linear", steps=1500, ladder=False, seed=seed).scalars
    ratio = end["train_mse"] / end["pca_train_mse"]
    return 1 - 1e-5 <= ratio <= 1.02, f"training error {ratio:.4f} of PCA's"


def _bending_beats_pca(seed: int) -> tuple[bool, str]:
    end = outcome(ladder=False, seed=seed).scalars
    ratio = end["train_mse"] / end["pca_train_mse"]
    return ratio < 0.7, f"training error {ratio:.2f} of PCA's"


def _denoiser(seed: int) -> tuple[np.ndarray, np.ndarray]:
    picture = outcome(kind="denoising", seed=seed).pictures["noise"]
    return picture.lines[0].y, picture.lines[1].y


def _gains_everywhere(seed: int) -> tuple[bool, str]:
    gain, _ = _denoiser(seed)
    return bool((gain > 0).all()), f"gains {_decibels(gain)} dB at levels 0.1 to 0.6"


def _plain_loses(seed: int) -> tuple[bool, str]:
    gain, plain = _denoiser(seed)
    ahead = (gain - plain)[2:]
    return bool((ahead > 0).all()), f"ahead by {_decibels(ahead)} dB at levels 0.3 to 0.6"


def _decibels(values: np.ndarray) -> str:
    return " ".join(f"{v:.1f}" for v in values)


def _fills_better_than_the_mean(seed: int) -> tuple[bool, str]:
    end = outcome(kind="inpainting", seed=seed).scalars
    ratio = end["mse"] / end["fill_mse"]
    return ratio < 0.7, f"error in the hole {ratio:.2f} of the mean picture's"


def _critic_adds_contrast(seed: int) -> tuple[bool, str]:
    end = outcome(kind="inpainting", adversarial=True, seed=seed).scalars
    more, error = end["contrast"] - end["plain_contrast"], end["mse"] / end["plain_mse"]
    said = f"contrast {end['contrast']:.2f} against {end['plain_contrast']:.2f}"
    return more > 0 and error < 1.1, f"{said}, error {error:.2f} times"


def _noise_saturates(seed: int) -> tuple[bool, str]:
    end = outcome(kind="hashing", seed=seed).scalars
    on, off = end["saturation"], end["saturation_off"]
    return off < 0.3 and on > 0.9, f"{off:.1%} without noise, {on:.1%} with it"


def _bits_find(seed: int) -> tuple[bool, str]:
    end = outcome(kind="hashing", seed=seed).scalars
    return end["precision"] > 3 * end["chance"], (
        f"precision at 10: {end['precision']:.2f} (chance {end['chance']:.2f})"
    )


CLAIMS = (
    Claim(
        "linear-is-pca",
        "In 1500 steps the linear autoencoder reaches PCA's error within 2 %, "
        "and never goes below it.",
        _linear_is_pca,
    ),
    Claim(
        "bending-beats-pca",
        "With a hidden layer the same code keeps more than PCA.",
        _bending_beats_pca,
    ),
    Claim(
        "denoiser-gains",
        "A denoiser trained on 30 % missing pixels gains PSNR at every level from 10 to 60 %.",
        _gains_everywhere,
    ),
    Claim(
        "plain-loses",
        "An autoencoder that never saw noise loses to the denoiser at 30 % and above.",
        _plain_loses,
    ),
    Claim(
        "fills",
        "In-painting beats filling the hole with the mean picture.",
        _fills_better_than_the_mean,
    ),
    Claim(
        "critic",
        "The critic raises the contrast of the filling at hardly any cost in error.",
        _critic_adds_contrast,
    ),
    Claim(
        "saturates",
        "Noise on the code units drives more than 90 % of activations to within "
        "0.05 of 0 or 1; without it there are fewer than 30 %.",
        _noise_saturates,
    ),
    Claim(
        "bits-find",
        "Ten bits find pictures of the same digit more than three times as often as chance.",
        _bits_find,
    ),
)
