# %% [markdown]
# # Words from their company: skip-gram with negative sampling
#
# **Can a word be known by the words around it, without anybody saying what it means?**
#
# Each word gets two vectors, and a shallow predictor learns whether a pair of words is of the text or
# drawn at random. You will see what the dot products come down to, what the number of noise words
# changes, how few numbers a word needs, and whether plain counting does as well.

# %%
from workbench.chapters.words import claims, counting, evaluation, lesson
from workbench.view.notebook import holds, judge, setup

setup()

# %% [markdown]
# ## Mathematics
#
# A word $w$ has a vector $v_w$ as a centre and $u_w$ as company. Of each pair $(w, c)$ of the text the
# predictor shall say yes, and of $w$ with $k$ **noise words** it shall say no (Mikolov et al. 2013):
#
# $$L = -\log \sigma(u_c \cdot v_w) - \sum_{i=1}^{k} \log \sigma(-u_{n_i} \cdot v_w),
# \qquad n_i \sim P_n(c) \propto \#(c)^{3/4}.$$
#
# At the start every answer is one half, so $L = (k + 1) \ln 2$. If vectors were long enough to answer
# each pair by itself, the best answer would be a logarithm of counts (Levy & Goldberg 2014, here for
# smoothed noise):
#
# $$u_c \cdot v_w = \log \frac{\#(w, c)}{\#(w)\, P_n(c)} - \log k.$$
#
# This is a shallow predictor. It is often listed among generative models, and is none.

# %% [markdown]
# ## The loop
#
# This is all there is to it, the very code that the page runs. Pairs and noise words are whole numbers
# in arrays; nothing walks through them one by one.

# %%
import inspect

print(inspect.getsource(lesson.loss))
print(inspect.getsource(lesson.fit))

# %% [markdown]
# So it can be run here, too. The text is a toy grammar of 48 words in eleven slots; words of a slot have
# the same company. It yields after every batch, and the numbers must agree with those of the page.

# %%
import math

from workbench import find, play
from workbench.data.texts import corpora

toy = corpora.load("toy")
run = find("words").Settings(steps=400)
(_, _, first), *_, (_, trained, _) = lesson.fit([run], toy)
counts = counting.counts_of(run)


def read_off(centre, company):
    """How the dot products of the first run of a stack follow the counts."""
    v, u = (vectors[0].detach().numpy() for vectors in (centre, company))
    dots = (v[counts.centre] * u[counts.context]).sum(1)
    return evaluation.read_off(dots, counts, run.k)


ours = read_off(trained.centre, trained.context)
*_, end = play("words", steps=400)

# %% tags=["keep_output"]
print(f"the first loss {first.item():.3f} nats, (k + 1) ln 2 = {(run.k + 1) * math.log(2):.3f}")
print(f"correlation with log counts: this loop {ours.r:.2f}, the chapter {end.scalars['r']:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("every first answer is one half", abs(first.item() / (6 * math.log(2)) - 1) < 0.01)
holds("this loop and the chapter agree", abs(ours.r - end.scalars["r"]) < 0.01)

# %% tags=["keep_output"]
from workbench.view.notebook import still

still(end, "plane", "factors")

# %% [markdown]
# Nobody has said that there are slots, and nobody has counted. Beside it stands counting, which takes no
# step of training: the same pairs, the positive part of the logarithm, and a truncated SVD.

# %% tags=["keep_output"]
print(end.pictures["neighbours"].summary())

# %% [markdown]
# ## A loss of your own
#
# What if one vector a word served as centre and as company? The cell is yours: change it and run it
# again. A word rarely stands beside itself, and with one vector it must say yes to itself.

# %%
from functools import partial
from types import SimpleNamespace


def with_one_vector(net, pairs, noise, weight):
    tied = SimpleNamespace(centre=net.centre, context=net.centre)
    return lesson.loss(tied, pairs, noise, weight)


*_, (_, trained, _) = partial(lesson.fit, loss=with_one_vector)([run], toy)
tied = read_off(trained.centre, trained.centre)

# %% tags=["keep_output"]
print(f"correlation with log counts: two vectors a word {ours.r:.2f}, one {tied.r:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("two vectors follow the counts much better than one", tied.r < ours.r - 0.1)

# %% [markdown]
# ## Predict before you move
#
# Fifteen noise words instead of five: **how far below the logarithms of their counts do the dot products
# lie then?** The card is the one of the chapter's page, and five seeds answer it. Commit an answer, or
# skip. Without widgets, call it with your answer, as its last line says.

# %% tags=["predict", "keep_output"]
from workbench import predict

predict("words/noise")

# %%
offsets = {k: claims.numbers_of(0, k=k)["offset"] for k in (1, 5, 15)}

# %% tags=["keep_output"]
for k, value in offsets.items():
    print(f"k = {k:<2}  offset {round(value, 1) + 0:.1f}, log k = {math.log(k):.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("the offset is log k", all(abs(offsets[k] - math.log(k)) < 0.1 for k in offsets))

# %% [markdown]
# The odds of a yes fall with the number of words that compete, and a dot product is the logarithm of
# odds. The loss is higher with more noise words, too, and says nothing of how good vectors are.

# %% [markdown]
# ## Live
#
# **Move `Dimension` from 16 down to 2**, and watch *Dot products and counts*. Then write another word,
# such as "queen", or one that is not there: it gets the nearest spelling.

# %% tags=["live"]
from workbench import Board

board = Board("words", dimension=4)
board

# %% tags=["keep_output"]
last = board.finish()  # waits for the run; raises what went wrong in the background
print(f"4 numbers a word: correlation {last.scalars['r']:.1f}")

# %% [markdown]
# ## Which logarithm?
#
# Papers write pointwise mutual information (PMI). That is right for noise that is not smoothed. Noise to
# the power 0 draws every word equally often.

# %%
powers = {p: claims.numbers_of(0, exponent=p) for p in (1.0, 0.75, 0.0)}

# %% tags=["keep_output"]
for power, numbers in powers.items():
    print(f"power {power:<4}  with counts over the noise {numbers['r']:.2f}, "
          f"with PMI {numbers['r_plain']:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
gap = {power: numbers["r"] - numbers["r_plain"] for power, numbers in powers.items()}
holds("with power 1 it is PMI", abs(gap[1.0]) < 1e-6)
holds("with smoothed noise it is not", gap[0.75] > 0.01 and gap[0.0] > 0.3)

# %% [markdown]
# ## A real text
#
# The documentation inside NumPy, SciPy and scikit-learn is always there: more than a million words. What
# it holds changes with the versions that are installed.

# %%
*_, real = play("words", **claims.DOCUMENTATION | {"steps": 1600})

# %% tags=["keep_output"]
print(real.pictures["neighbours"].title, "by counting:",
      ", ".join(row[2] for row in real.pictures["neighbours"].rows[:3]))
print(f"nearest listed word of the same field: prediction {real.scalars['same_group']:.0%}, "
      f"counting {real.scalars['same_group_counts']:.0%}, chance {real.scalars['chance']:.0%}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("neighbours are of the same field far more often than by chance",
      real.scalars["same_group"] > 5 * real.scalars["chance"])
holds("counting is not behind", real.scalars["same_group_counts"] >= real.scalars["same_group"])

# %% [markdown]
# `workbench reproduce words` compares both over seeds on the largest text there is, with WordSim-353 and
# the analogies of Mikolov et al. where the data folder has them.

# %% [markdown]
# ## What was seen
#
# * A predictor of company comes down to counting: slope 1, bias 0, lower by log k.
# * What is read off are counts over the noise that was drawn. PMI is the case without smoothing.
# * As many numbers as there are slots are enough; two are too few.
# * On a million words counting with a truncated SVD is not behind, and needs no training.
#
# Mikolov et al. report that learning vectors from 1.6 billion words takes less than a day; our text has a
# thousandth of that, so no quality of theirs is to be met here.
#
# * Mikolov et al. 2013, *Efficient Estimation of Word Representations in Vector Space*, and *Distributed
#   Representations of Words and Phrases and their Compositionality*, NIPS.
# * Levy & Goldberg 2014, *Neural Word Embedding as Implicit Matrix Factorization*, NIPS.

# %% [markdown]
# ## A goal for five seeds
#
# This task is one of the chapter's page. Put your values in the place of `None`: seeds 0 to 4 train
# with them and judge. After `from workbench import hint`, `hint("words/hurry")` gives a hint, and
# another when you ask again.

# %% tags=["nbval-check-output", "keep_output"]
from workbench import check

check("words/hurry", dimension=None, k=None, lr=None)

# %% [markdown]
# ## Two exercises
#
# **1. Hardly a yes.** Find a number of noise words with which the dot products of the toy grammar lie
# between 2.2 and 2.5 below the logarithms of their counts (seed 0).
#
# <details><summary>Hint</summary>
#
# The offset is the logarithm of k.
# </details>
#
# <details><summary>One answer</summary>
#
# 10
# </details>

# %%
k = None  # your number of noise words

# %% tags=["nbval-check-output", "keep_output"]
if k is None:
    print("Not tried yet: put a number into the cell above.")
else:
    judge("the offset", claims.numbers_of(0, k=k)["offset"], 2.2, 2.5,
          "More noise words lie lower.", "Fewer noise words lie higher.")

# %% [markdown]
# **2. Short vectors.** Find the shortest vector with which the correlation with log counts is 0.9 or
# more (seed 0).
#
# <details><summary>Hint</summary>
#
# There are eleven slots, and some are much alike.
# </details>
#
# <details><summary>One answer</summary>
#
# 8
# </details>

# %%
dimension = None  # your dimension

# %% tags=["nbval-check-output", "keep_output"]
if dimension is None:
    print("Not tried yet: put a dimension into the cell above.")
elif dimension > 8:
    print("It can be shorter.")
else:
    judge("the correlation", claims.numbers_of(0, dimension=dimension)["r"], 0.9, 1,
          "Too short to hold the counts.", "")
