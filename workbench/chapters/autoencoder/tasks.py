"""What a reader predicts and solves in the chapter on autoencoders."""

from collections.abc import Mapping, Sequence

from workbench.chapters.autoencoder.knobs import Settings
from workbench.core.frames import Frame
from workbench.core.lesson import (
    Bound,
    Curve,
    Goal,
    Lesson,
    Outcome,
    Pick,
    Range,
    Reason,
    Task,
)
from workbench.core.quantity import PERCENT, Quantity, digits, percent


def share_of_pca(frames: Sequence[Frame]) -> float:
    """The held-out error as a share of PCA's with a code of the same size."""
    end = frames[-1].scalars
    return end["mse"] / end["pca_mse"]


def training_share_of_pca(frames: Sequence[Frame]) -> float:
    """The same on the pictures of the training."""
    end = frames[-1].scalars
    return end["train_mse"] / end["pca_train_mse"]


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """What the code keeps, in one sentence."""
    error = f"an error of {digits(numbers['mse'])} per pixel"
    count = f"{run.latent} number{'s' * (run.latent > 1)}"
    if run.kind == "denoising":
        gain, size = numbers["gain"], digits(abs(numbers["gain"]), 2)
        if gain < 0:
            return f"Repairing harms: what comes out is {size} dB worse than the noisy picture."
        return f"The network repairs its pictures by {size} dB, from a code of {count}."
    if run.kind == "inpainting":
        share = percent(numbers["mse"] / numbers["fill_mse"])
        return f"The hole is filled with {share} of the error that the mean picture makes there."
    if run.kind == "hashing":
        near = percent(numbers["precision"])
        return f"With {run.latent} bits a picture, {near} of the ten nearest show the same digit."
    share = percent(numbers["mse"] / numbers["pca_mse"])
    return f"A code of {count} leaves {error}: {share} of what PCA leaves."


LINEAR = Task(
    id="linear",
    title="Learning against algebra",
    know="Without a hidden layer the autoencoder is $x \\to x W V$. It learns by gradient descent. "
    "PCA finds its directions by algebra, at once.",
    ask="A linear autoencoder with a code of ten numbers trains for 1500 steps. How does its error "
    "on the training pictures end, beside that of PCA with ten components?",
    preset=dict(kind="linear", steps=1500),
    measure=training_share_of_pca,
    quantity=Quantity("Training error as a share of PCA's", PERCENT),
    predict=Pick(
        (
            Outcome(
                "Well below PCA's: it learns from the data.",
                "PCA learns from the same data, and no linear code has a lower error than PCA's.",
                high=0.98,
            ),
            Outcome(
                "Nearly equal, within two percent.",
                "The best linear code spans the same plane as PCA, and descent gets there.",
                0.98,
                1.02,
            ),
            Outcome(
                "Well above PCA's: descent gets stuck.",
                "This loss has no place to get stuck in but its minimum; there are saddle points, "
                "and descent leaves them.",
                low=1.02,
            ),
        )
    ),
    reasons=(
        Reason(
            "A network that is trained adapts to the pictures, and PCA does not.",
            "PCA's directions are made from the pictures, too.",
        ),
        Reason(
            "Both look for the plane that loses least of the pictures.",
            "Yes: the loss is the same, and so is its minimum (Baldi and Hornik 1989).",
            right=True,
        ),
        Reason(
            "Gradient descent ends in local minima.",
            "The loss of a linear autoencoder has no local minimum that is not the best.",
        ),
    ),
    covered=("reconstructions", "Learning curves", "sizes"),
    why="Squared error and a linear code ask for the plane of PCA, and its loss has no other "
    "minimum (Baldi and Hornik 1989 prove it). The axes inside the plane may differ.",
    fails="With a hidden layer the code may bend, and then it passes PCA. And with few steps the "
    "descent is not there yet.",
    tested=("bending-beats-pca",),
)

BEND = Task(
    id="bend",
    title="What is bending worth?",
    know="The linear autoencoder can only do what PCA does. A hidden layer on either side lets the "
    "code bend. Both have ten numbers for a picture.",
    ask="The linear autoencoder leaves {before} of PCA's error on held-out pictures. How much does "
    "the autoencoder with hidden layers leave? Give the range that you expect of five seeds.",
    preset=dict(kind="autoencoder"),
    before=dict(kind="linear"),
    measure=share_of_pca,
    quantity=Quantity("Held-out error as a share of PCA's", PERCENT),
    predict=Range(0, 1.5, 0.05, tolerance=0.02),
    reasons=(
        Reason(
            "Ten numbers are ten numbers: the decoder cannot add anything.",
            "The decoder knows how digits look, and needs to be told only which one it is.",
        ),
        Reason(
            "Digits lie on a bent surface, and a plane through it wastes numbers.",
            "Yes: along the surface fewer numbers tell more.",
            right=True,
        ),
        Reason(
            "The network overfits, so held-out pictures get worse.",
            "Its training error is lower still, but held-out pictures gain, too.",
        ),
    ),
    covered=("reconstructions", "Learning curves", "sizes"),
    why="Pictures of digits lie near a bent surface of few dimensions. A plane needs more numbers "
    "to follow it than a code that bends along with it.",
    fails="With a code of 64 numbers PCA loses nothing at all, and needs no training, while the "
    "network still makes an error after 800 steps.",
)

SIZE = Task(
    id="size",
    title="Where do more numbers stop helping?",
    know="A picture of 8 x 8 pixels has 64 numbers. The code has fewer.",
    ask="The code grows from 1 number to 32. Draw the error on held-out pictures.",
    preset=dict(latent=8),
    measure="mse",
    predict=Curve((1, 2, 4, 8, 16, 32), 0, 0.06, tolerance=0.001, knob="latent"),
    reasons=(
        Reason(
            "Every number more helps as much as the one before.",
            "The first numbers say what differs most between pictures; later ones say little.",
        ),
        Reason(
            "The first numbers say most, and later ones hardly anything that is new.",
            "Yes: pictures of digits differ in few ways.",
            right=True,
        ),
        Reason(
            "Beyond some size the code can copy the picture, and the error is 0.",
            "PCA can copy with 64 numbers. A network that trains for 800 steps does not get there.",
        ),
    ),
    covered=("reconstructions", "Learning curves", "sizes"),
    why="What differs most between digits takes few numbers. After that each number more buys less "
    "than the one before.",
    fails="Seen as a share it is not so: up to 32 numbers, every doubling of the code takes away "
    "more than a quarter of the error that was left, and the last doubling most.",
)

LITTLE = Task(
    id="little",
    title="Little noise",
    know="PSNR tells how near a picture is to the clean one, in decibels (dB). A gain of 0 dB "
    "means: as near as the noisy picture itself. The network trains on the noise that it is asked "
    "to remove.",
    ask="At Gaussian noise of 0.3 a denoiser gains {before}. Another one trains for noise of 0.1 "
    "and is asked to remove that. How much does it gain? Give the range that you expect of five "
    "seeds.",
    preset=dict(kind="denoising", noise="gaussian", level=0.1),
    before=dict(kind="denoising", noise="gaussian", level=0.3),
    measure="gain",
    predict=Range(-8, 12, 0.5, tolerance=0.2),
    reasons=(
        Reason(
            "Less noise is easier to remove, so it gains more.",
            "Less noise also leaves less to gain.",
        ),
        Reason(
            "Whatever it gives back has been through ten numbers, and they lose something.",
            "Yes: the code loses as much as ever, and the noise took little.",
            right=True,
        ),
        Reason(
            "It was trained for this noise, so it cannot make pictures worse.",
            "It can: it has to draw the picture anew, and may not hand it through.",
        ),
    ),
    covered=("reconstructions", "noise", "PSNR gain", "Learning curves"),
    why="A denoiser with a small code pays twice: for what the noise took, and for what the code "
    "cannot say. With little noise the code's loss is the larger one, and repairing does harm.",
    fails="With pixels that are missing it gains at low levels, too: a missing pixel is far from "
    "the true one even when few are missing.",
    tested=("denoiser-gains",),
)

BITS = Task(
    id="bits",
    title="A search engine of bits",
    ask="Make codes that find a digit by its bits: of the ten nearest codes at least 80 % with the "
    "same label, and at least 90 % of code units near 0 or 1, on all of five seeds.",
    preset=dict(kind="hashing", latent=10, code_noise=0.5),
    measure="precision",
    goal=Goal(
        knobs=("latent", "code_noise"),
        bounds=(Bound("precision", low=0.8), Bound("saturation", low=0.9)),
        hints=(
            "Look at the activations: how many of them stand between 0 and 1?",
            "Noise on the code drives units to 0 or 1. The size of the code decides how much the "
            "bits can say.",
            "Go up with both: more than 20 bits, and a noise above 2.",
        ),
        solution=dict(latent=32, code_noise=4),
        near_misses=(dict(latent=10, code_noise=4), dict(latent=32, code_noise=2)),
    ),
    why="A unit is heard above noise only at its ends, so noise makes bits (Salakhutdinov and "
    "Hinton 2009). And ten bits have too few words for what differs between digits.",
    fails="Without noise hardly a unit goes to its end, and yet the rounded numbers find nearly as "
    "many neighbours: noise makes bits sure, and not much better.",
)

LESSON = Lesson(
    lead="An autoencoder says a picture in a few numbers and draws it again from them. Watch what "
    "it keeps when the code gets smaller.",
    diagram=("picture", "encoder", "code of a few numbers", "decoder", "picture, {mse} off"),
    main="reconstructions",
    beside=("codes", "Learning curves"),
    knob="latent",
    values=(1, 2, 3, 4, 6, 8, 10, 12, 16, 24, 32),
    track="mse",
    numbers=("mse", "train_mse"),
    front=("latent", "kind"),
    finding=finding,
    tasks=(LINEAR, BEND, SIZE, LITTLE, BITS),
    reflection="What does a code of ten numbers keep of a digit, and what does it forget?",
)
