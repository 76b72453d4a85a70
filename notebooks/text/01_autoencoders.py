# %% [markdown]
# # Autoencoders
#
# **What must a small code keep of a picture?**
#
# An autoencoder squeezes a picture through a few numbers and asks for the picture back. No label is
# needed: the picture is its own answer. In this notebook you put it beside the oldest method for
# the job (PCA), then spoil the pictures and see what it repairs.

# %%
from workbench.chapters.autoencoder import lesson
from workbench.view.notebook import compare, holds, judge, setup, still

setup()

# %% [markdown]
# ## Mathematics
#
# An encoder makes a code of a few numbers of a picture, $z = f(\tilde x)$, and a decoder a picture
# of the code, $\hat x = g(z)$. Both learn to make small
#
# $$L = \tfrac12\, \mathbb E\, \lVert x - g(f(\tilde x)) \rVert^2 .$$
#
# What the encoder is shown, $\tilde x$, makes the difference:
#
# * **autoencoder**: $\tilde x = x$;
# * **linear**: the same without a hidden layer;
# * **denoising**: $\tilde x$ is $x$ with noise, the answer stays clean (Vincent et al. 2008);
# * **in-painting**: $\tilde x$ misses a block, and only the block counts (Pathak et al. 2016);
# * **hashing**: noise on the code units, so that they go to 0 or 1 (Salakhutdinov & Hinton 2009).
#
# PCA is the yardstick. With mean $\bar x$ and the first $k$ principal components in the rows of $V$,
# its code is $V (x - \bar x)$ and its reconstruction $\bar x + V^T V (x - \bar x)$. No other linear
# code of $k$ numbers has a smaller squared error on the pictures it was fitted to.

# %% [markdown]
# ## The loop
#
# This is the loss that the networks learn to make small, and the loop that makes it small, for all
# kinds in one. Nothing is left out: the page runs these very lines. Tensors have a leading axis of
# networks, which train side by side and share nothing.

# %% tags=["nbval-check-output", "keep_output"]
import inspect

print(inspect.getsource(lesson.loss))
print(inspect.getsource(lesson.fit))

# %% [markdown]
# `fit` gives you its networks after every step. Now and then we measure the error on pictures that
# they have never seen.

# %% tags=["keep_output"]
import torch

from workbench import find, play
from workbench.science.tensors import resident

torch.set_num_threads(1)  # faster for nets as small as this
settings, data = find("autoencoder").Settings(steps=200, ladder=False), resident("digits")
x = data.test[None]
for step, net in lesson.fit([settings], data):
    if step in (1, 10, 50, 200):
        with torch.no_grad():
            ours = (x - net.decoder(net.encode(x))).square().mean().item()
        print(f"step {step:3d}: held-out squared error per pixel {ours:.3f}")

# %% [markdown]
# The page trains with the same gradient, worked out by hand because that is faster. The numbers
# must agree all the same.

# %% tags=["keep_output"]
*_, chapters_own = play("autoencoder", device="cpu", steps=200, ladder=False)
theirs = chapters_own.scalars["mse"]
print(f"after 200 steps: this loop {ours:.3f}, the page {theirs:.3f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("the page has the same error within one per cent", abs(ours / theirs - 1) < 0.01)

# %% tags=["keep_output"]
still(chapters_own, "reconstructions", "codes")

# %% [markdown]
# ## Predict before you move: without a hidden layer
#
# A linear autoencoder has the same freedom as PCA: its code is a matrix times the picture. PCA with
# ten numbers has a training error of 0.0193 per pixel. Where will the linear autoencoder end? The
# card is the one of the chapter's page, and five seeds answer it. Commit an answer and a reason, or
# skip. Without widgets, call it with your answer, as its last line says.

# %% tags=["predict", "keep_output"]
from workbench import predict

predict("autoencoder/linear")

# %% tags=["keep_output"]
linear = list(play("autoencoder", kind="linear", steps=1500, ladder=False))
end = linear[-1].scalars
percent = 100 * end["train_mse"] / end["pca_train_mse"]
print(f"error of the linear autoencoder: {percent:.1f} % of PCA's")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
below = min(frame.scalars["train_mse"] / end["pca_train_mse"] for frame in linear)
holds("the error is never below PCA's", below > 1 - 1e-5)  # sums are rounded
holds("the error comes within 2 % of PCA's", percent < 102)
holds("PCA's training error is 0.0193", abs(end["pca_train_mse"] - 0.0193) < 6e-5)

# %% [markdown]
# It comes down to PCA's error and stops there, because PCA *is* the best linear code. Its numbers
# need not be the principal components: any invertible mixture of them gives the same pictures.

# %% tags=["keep_output"]
learning = find("autoencoder").traces[0]
still(learning.curves(linear))

# %% [markdown]
# ## Live
#
# With hidden layers the code may bend. **Move `Code size`** from 2 upwards, and look for the size
# from which you can read every digit. Then set `Kind` to *denoising* and move `Noise level`.

# %% tags=["live"]
from workbench import Board

board = Board("autoencoder", latent=2, steps=400)
board

# %% tags=["keep_output"]
last = board.finish()  # waits for the run; raises what went wrong in the background
error, pca_error = last.scalars["mse"], last.scalars["pca_mse"]
print(f"squared error from codes of 2 numbers: {error:.3f}, PCA {pca_error:.3f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("two numbers of the autoencoder keep more than two of PCA", error < pca_error)

# %% tags=["keep_output"]
still(last, "codes", "reconstructions")

# %% [markdown]
# ## Several code sizes compared

# %%
sizes = (2, 4, 8, 16)
runs = {f"{k} numbers": list(play("autoencoder", latent=k, steps=400, ladder=False)) for k in sizes}
ends = [frames[-1].scalars for frames in runs.values()]

# %% tags=["keep_output"]
print("code    autoencoder      PCA    share of PCA's error")
for k, end in zip(sizes, ends, strict=True):
    share = end["mse"] / end["pca_mse"]
    print(f"{k:4d}{end['mse']:15.3f}{end['pca_mse']:9.3f}{share:24.0%}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
shares = [end["mse"] / end["pca_mse"] for end in ends]
holds("codes of 2 to 16 numbers have 60 to 75 % of PCA's error", 0.58 < min(shares) < max(shares) < 0.77)

# %% tags=["keep_output"]
compare(runs, "mse", "Held-out squared error per pixel")

# %% [markdown]
# At every size the bent code keeps more of pictures it has never seen than the straight one.

# %% [markdown]
# ## Repairing noise
#
# A denoiser is shown spoiled pictures and must answer with clean ones. Beside it the chapter trains
# a plain autoencoder with the same weights to start from, which never sees noise. Both are then
# tested at noise levels from 10 to 60 % missing pixels. The gain is in decibels of PSNR over the
# picture left as it is; 3 dB is half the squared error. The denoiser gains at every level, and more
# than the plain autoencoder does.

# %% tags=["keep_output"]
*_, denoiser = play("autoencoder", kind="denoising", noise="masking", level=0.3, steps=400)
trained, plain = denoiser.pictures["noise"].lines[:2]
print("missing   denoiser   plain autoencoder")
for level, a, b in zip(trained.x, trained.y, plain.y, strict=True):
    print(f"{level:6.0%}{a:9.1f} dB{b:15.1f} dB")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
most, most_of_plain = max(trained.y), max(plain.y)
holds("the denoiser gains at every level", (trained.y > 0).all())
holds("the denoiser beats the plain autoencoder at every level", (trained.y > plain.y).all())
# processors round otherwise, and 400 steps turn that into a tenth of a decibel or two
holds("the denoiser gains up to 5 dB, the plain autoencoder up to 2 dB",
      abs(most - 5.1) < 0.3 and abs(most_of_plain - 2.0) < 0.3)

# %% tags=["keep_output"]
still(denoiser, "reconstructions", "noise")

# %% [markdown]
# ## Change the loss
#
# Is it the noise that teaches the denoiser, or the answer that is asked for? Ask it for the very
# picture it was shown, noise and all. `lesson.fit` trains with your loss, and `play` draws what it
# gives as it draws its own. **Change the loss and run the cells again.**

# %%
from functools import partial


def faithful(net, shown, x, hole, jitter):
    """Asks for what the encoder was shown; the clean picture x plays no part."""
    return lesson.loss(net, shown, shown, hole, jitter)


fit = partial(lesson.fit, loss=faithful)
knobs = dict(kind="denoising", noise="masking", level=0.3, steps=400)
*_, copier = play("autoencoder", fit=fit, **knobs)

# %% tags=["keep_output"]
clean, noisy = (end.scalars["gain"] for end in (denoiser, copier))
print(f"gain when asked for the clean picture: {clean:.1f} dB, for the noisy one: {noisy:.1f} dB")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("asked for the noisy picture it gains 1 dB instead of 5",
      abs(clean - 4.7) < 0.3 and abs(noisy - 1.1) < 0.4)

# %% tags=["keep_output"]
still(copier, "reconstructions", "noise")

# %% [markdown]
# It is the answer. The noise alone teaches nothing: a small code cannot copy it, and what little it
# repairs is what did not fit through.

# %% [markdown]
# ## Filling a hole
#
# Now a block is missing, and only the block counts. The simplest filling is the mean picture; the
# network must beat it.

# %% tags=["keep_output"]
*_, filler = play("autoencoder", kind="inpainting", hole=0.4, steps=400)
error, mean_fill = filler.scalars["mse"], filler.scalars["fill_mse"]
print(f"squared error in the hole: network {error:.2f}, mean picture {mean_fill:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("the network has about half the error of the mean picture", 0.4 < error / mean_fill < 0.65)

# %% tags=["keep_output"]
still(filler, "reconstructions")

# %% [markdown]
# The filling is blurred: the squared error asks for the mean of all that could be there. Switch on
# `Critic` in the Board (kind *inpainting*) to reward fillings that look real.

# %% [markdown]
# ## Codes of bits
#
# With noise on the code units a unit is only heard if it goes to 0 or 1. Its code can then be
# rounded to bits, and similar pictures found by counting different bits.

# %% tags=["keep_output"]
*_, hasher = play("autoencoder", kind="hashing", steps=800)
on, off = hasher.scalars["saturation"], hasher.scalars["saturation_off"]
print(f"units within 0.05 of 0 or 1: {on:.0%} with noise, {off:.0%} without")
found, chance = hasher.scalars["precision"], hasher.scalars["chance"]
print(f"neighbours with the query's digit: {found:.0%}, by chance {chance:.0%}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("noise sends the units to 0 or 1", on > 0.9 and off < 0.3)
holds("ten bits find the same digit more than three times as often as chance", found > 3 * chance)

# %% tags=["keep_output"]
still(hasher, "neighbours", "activations")

# %% [markdown]
# ## Conclusion
#
# **We measured**, on held-out digits, seed 0:
#
# * the linear autoencoder reaches PCA's training error within 2 % and does not pass it;
# * with a hidden layer codes of 2 to 16 numbers have 60 to 75 % of PCA's error;
# * a denoiser trained at 30 % gains up to 5 dB, the plain autoencoder up to 2 dB;
# * asked for the noisy picture that it was shown, the same denoiser gains 1 dB instead of 5;
# * the network fills a hole with half the error of the mean picture;
# * ten bits find pictures of the same digit more than three times as often as chance.
#
# **The papers reported:**
#
# * Pathak et al. 2016 used in-painting to learn features, not to fill holes: 56.5 % mAP on VOC 2007
#   classification, 44.5 % mAP on detection, 29.7 mIoU on VOC 2012 segmentation (as a later
#   comparison lists it). Nothing here measures that.
# * An autoencoder 500-500-2000-10 with K-means on MNIST: accuracy 0.879, the mean of 10 trials from
#   0.807 to 0.921 (results published with DEC-keras).
# * Hinton & Salakhutdinov 2006: squared error of an MNIST picture from 30 numbers 3.00 with a deep
#   autoencoder, 13.87 with PCA (*unverified*: quoted from memory). Our share of PCA's error is
#   larger: smaller pictures, one hidden layer, four hundred steps.

# %% [markdown]
# ## References
#
# * Baldi & Hornik 1989, *Neural Networks and Principal Component Analysis*, Neural Networks 2.
# * Hinton & Salakhutdinov 2006, *Reducing the Dimensionality of Data with Neural Networks*, Science.
# * Vincent et al. 2008, *Extracting and Composing Robust Features with Denoising Autoencoders*, ICML.
# * Salakhutdinov & Hinton 2009, *Semantic Hashing*, Int. Journal of Approximate Reasoning.
# * Pathak et al. 2016, *Context Encoders: Feature Learning by Inpainting*, CVPR.

# %% [markdown]
# ## A goal for five seeds
#
# This task is one of the chapter's page. Put your values in the place of `None`: seeds 0 to 4 train
# with them and judge. After `from workbench import hint`, `hint("autoencoder/bits")` gives a hint,
# and another when you ask again.

# %% tags=["nbval-check-output", "keep_output"]
from workbench import check

check("autoencoder/bits", latent=None, code_noise=None)

# %% [markdown]
# ## Two exercises
#
# **1. Sixteen for the price of fewer.** PCA needs 16 numbers for a held-out error of 0.011. Find a
# code of *at most 13* numbers with which the autoencoder, after 400 steps, does at least as well
# (0.0110 or less).
#
# <details><summary>Hint</summary>
#
# The table has the sizes 8 and 16. The answer lies between them, nearer to 13.
# </details>
#
# <details><summary>One answer</summary>
#
# 13
# </details>

# %%
size = None  # your code size

# %% tags=["nbval-check-output", "keep_output"]
if size is None:
    print("Not tried yet: put a code size into the cell above.")
else:
    *_, end = play("autoencoder", latent=size, steps=400, ladder=False)
    judge("the code size", size, 1, 13, "", "The point is to need fewer than PCA.")
    error = 1000 * end.scalars["mse"]
    judge("the error in thousandths", error, 0, 11.0, "", "Give the code more numbers.")

# %% [markdown]
# **2. Good at both ends.** A denoiser trained on heavy noise harms pictures with little noise. Find
# a `level` of masking noise to train at, so that after 400 steps the denoiser gains at least 4.75 dB
# at 60 % missing pixels and at least 0.3 dB at 10 %.
#
# <details><summary>Hint 1</summary>
#
# Trained at 0.5 it gains more than 5 dB at 60 % but makes pictures with 10 % worse. Trained at 0.2
# it is good at 10 % and weak at 60 %.
# </details>
#
# <details><summary>One answer</summary>
#
# 0.3
# </details>

# %%
level = None  # your noise level

# %% tags=["nbval-check-output", "keep_output"]
if level is None:
    print("Not tried yet: put a level into the cell above.")
else:
    *_, end = play("autoencoder", kind="denoising", noise="masking", level=level, steps=400)
    gains = end.pictures["noise"].lines[0].y
    judge("the gain at 60 % in dB", gains[-1], 4.75, 99, "Train with more noise.", "")
    judge("the gain at 10 % in dB", gains[0], 0.3, 99, "Train with less noise.", "")
