# %% [markdown]
# # RAD: online learning with wrong labels
#
# **How do you learn on when the labels lie?**
#
# Batches of samples arrive one after the other, and 30 % of their labels are wrong. You will see
# a classifier sink that believes them all, and RAD hold by believing only some. You will see what
# each answer of an expert buys, and when none of it helps.

# %%
from workbench.chapters.rad import claims, lesson
from workbench.view.notebook import holds, judge, reveal, setup

setup()

# %% [markdown]
# ## Mathematics
#
# RAD (Zhao et al. 2019) begins with one clean batch and keeps a set $\mathcal D^*$ of what it
# believes. Two models are trained on it: the **label model** $L$ judges labels, the **classifier**
# $C$ is what we are after. Of a batch $(x_i, \tilde y_i)$ with doubtful labels RAD keeps
#
# $$q_i = \mathbb 1[L(x_i) = \tilde y_i], \qquad
# \mathcal D^*_{t+1} = \mathcal D^*_t \cup \{(x_i, \tilde y_i) : q_i = 1\} .$$
#
# **Voting** gives the others a second chance: if $C(x_i) = \tilde y_i$ the label stays, if
# $C(x_i) = L(x_i)$ it becomes theirs, otherwise the sample is dropped. **Active Learning** asks an
# expert instead of dropping. **Slim** has no $L$ and asks whenever $C(x_i) \ne \tilde y_i$.
#
# The number of wrong labels in a batch of $B$ is $\lfloor B \cdot \mathcal N(\mu, \sigma) \rfloor$,
# at least 0 and at most $B$. A wrong label is any other class, with equal odds.

# %% [markdown]
# ## The loop
#
# This is all there is to RAD, the very code that the page runs. `fit` leads a learner for each
# variant along the stream; each judges a batch by its rule, asks, and learns what it keeps.

# %%
import inspect

print(inspect.getsource(lesson.fit))
print(inspect.getsource(lesson.Learner.meet))
print(inspect.getsource(lesson.rad))

# %% [markdown]
# So it can be run here, too: it yields after every batch. The numbers must agree with those of the
# page.

# %%
import numpy as np

from workbench import find, play
from workbench.chapters.rad.stream import open_stream

settings = find("rad").Settings()
_, course = open_stream(settings)
*_, (step, learners, verdicts) = lesson.fit([settings], course)  # after the last batch
frames = list(play("rad"))
end = frames[-1].scalars

# %% tags=["keep_output"]
ours = learners["rad"].accuracy(course.x_test, course.y_test)
print(f"this loop {ours:.2f}, the chapter {end['rad']:.2f}, believing every label {end['no_sel']:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("this loop and the chapter come to the same number, to the bit", ours == end["rad"])
holds("RAD ends more than 10 points above believing every label", end["rad"] > end["no_sel"] + 0.1)

# %% [markdown]
# The rules themselves are functions of a batch and two models, without a state. Voting:

# %%
print(inspect.getsource(lesson.voting))

# %% tags=["keep_output"]
from workbench.view.notebook import still

still(frames[-1], "fates", "examples")

# %% [markdown]
# ## A rule of your own
#
# A rule can be changed, and the loop takes it. This one is stricter than RAD: it believes a label
# only if $L$ and $C$ would both have given it. The cell is yours: change it and run it again.

# %%
from dataclasses import replace
from functools import partial

from workbench.chapters.rad.verdict import keep


def both(batch, models):
    """Keep a sample when L and C would both have given it the same label."""
    by_l, by_c = models.L.predict(batch.x), models.C.predict(batch.x)
    return keep(batch, (by_l == batch.given) & (by_c == batch.given))


rules = lesson.RULES | {"voting": replace(lesson.RULES["voting"], judge=both)}
changed = list(play("rad", fit=partial(lesson.fit, rules=rules), look="voting"))
voting = list(play("rad", look="voting"))

# %% tags=["keep_output"]
for name, run in (("Voting", voting), ("both", changed)):
    share = np.mean([frame.scalars["kept"] for frame in run])
    print(f"{name:<6} keeps {share:.0%} of a batch and ends at {run[-1].scalars['voting']:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("nobody but Voting has changed", changed[-1].scalars["rad"] == voting[-1].scalars["rad"])
strict, loose = (np.mean([frame.scalars["kept"] for frame in run]) for run in (changed, voting))
holds("the strict rule drops half of what arrives, and is not better", 0.4 < strict < 0.6 < loose
      and changed[-1].scalars["voting"] < voting[-1].scalars["voting"] + 0.02)

# %% tags=["keep_output"]
still(changed[-1], "fates")

# %% [markdown]
# Stricter is not better: half of what arrives is dropped, and what a poor $C$ does not recognise it
# never gets to learn.

# %% [markdown]
# ## Predict before you move
#
# 30 % of the labels that arrive are wrong. **How many per cent of the labels that RAD keeps will be
# wrong?** Write a guess, or leave `None`.

# %%
guess = None  # per cent

# %% tags=["keep_output"]
kept = list(play("rad", look="rad"))
believed = sum(f.scalars["kept"] for f in kept)
wrong = sum(f.scalars["kept"] * (1 - f.scalars["purity"]) for f in kept) / believed
reveal("Wrong labels among those kept, in per cent", guess, 100 * wrong, digits=1)

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("few of the labels that RAD keeps are wrong", wrong < 0.15)

# %% [markdown]
# $L$ and the wrong label must agree by chance for a lie to get through: with ten classes that is
# rare (claim `filter-cleans`). The price is on the other side: rightly labelled samples that $L$ does not recognise.

# %% tags=["keep_output"]
still(kept[-1], "fates", "classes")

# %% [markdown]
# ## Live
#
# **Move `Noise level` from 0.3 up to 0.6 and down to 0**, and watch *Accuracy on clean test data*.
# Then set `Look at` to voting and see which labels it changed.

# %% tags=["live"]
from workbench import Board

board = Board("rad", noise=0.4, full_clean=False)
board

# %% tags=["keep_output"]
last = board.finish()  # waits for the run; raises what went wrong in the background
print(f"noise 40 %: No-Sel {last.scalars['no_sel']:.2f}, RAD {last.scalars['rad']:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("RAD is ahead at 40 % noise", last.scalars["rad"] > last.scalars["no_sel"] + 0.1)

# %% tags=["keep_output"]
still(last, "costs", "confusion")

# %% [markdown]
# ## How much noise can it bear?
#
# The same samples in the same order; only more of the labels are wrong.

# %%
levels = (0, 0.2, 0.4, 0.6, 0.8)
names = ("no_sel", "rad", "voting", "opt_sel")
ends = [claims.train_only(*names, noise=level) for level in levels]

# %% tags=["keep_output"]
print("noise  ", *(f"{name:>8}" for name in names))
for level, row in zip(levels, ends, strict=True):
    print(f"{level:<7.0%}", *(f"{row[name]:8.2f}" for name in names))

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("RAD is ahead wherever there is noise", all(row["rad"] > row["no_sel"] + 0.1 for row in ends[1:]))
holds("without noise there is nothing to gain", abs(ends[0]["rad"] - ends[0]["no_sel"]) < 0.06)
behind = np.mean([row["opt_sel"] - row["rad"] for row in ends[1:]])
holds("RAD stays within 8 points of Opt-Sel, on average", -0.02 < behind < 0.08)

# %% tags=["keep_output"]
from workbench.core.pictures import Curves, Line

lines = [
    Line(find("rad").traces[0].lines[name], np.array(levels), np.array([row[name] for row in ends]))
    for name in names
]
still(Curves("Accuracy after 20 batches", tuple(lines), "noise level", "accuracy"))

# %% [markdown]
# Without noise there is nothing to gain, and what differs is the luck of one seed. With noise No-Sel
# falls with the share of wrong labels, while RAD stays a few points below Opt-Sel, which knows what is
# wrong (claims `rad-holds`, `not-worth-it`).

# %% [markdown]
# ## When it does not help
#
# So far $C$ was a decision tree grown until its leaves are pure: it learns every wrong label by
# heart. Which share of the wrong labels do other classifiers repeat, and what does RAD gain then? The
# card is the one of the chapter's page, and five seeds answer it. Commit an answer and a reason, or
# skip. Without widgets, call it with your answer, as its last line says.

# %% tags=["predict", "keep_output"]
from workbench import predict

predict("rad/network")

# %%
classifiers = ("decision tree", "random forest", "long MLP", "MLP", "k-NN")
hearts = {name: claims.train_only("no_sel", classifier=name) for name in classifiers}

# %% tags=["keep_output"]
print("C               by heart  No-Sel   RAD   gain")
for name, row in hearts.items():
    gain = row["rad"] - row["no_sel"]
    columns = f"{row['memorised']:8.0%}  {row['no_sel']:6.2f}  {row['rad']:4.2f}  {gain:+.2f}"
    print(f"{name:<16}{columns}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
tree, net = (hearts[name]["rad"] - hearts[name]["no_sel"] for name in ("decision tree", "MLP"))
holds("a network gains less than a third of what a tree does", net < tree / 3)
gains = {name: row["rad"] - row["no_sel"] for name, row in hearts.items()}
holds("trained for long it repeats wrong labels, too, and gains more",
      hearts["long MLP"]["memorised"] > 0.3 and gains["long MLP"] > 2 * gains["MLP"])
holds("a forest repeats most of them and gains less than half of what a tree does",
      hearts["random forest"]["memorised"] > 0.8 and gains["random forest"] < tree / 2)

# %% tags=["keep_output"]
from workbench.core.pictures import Scatter

points = [(row["memorised"], row["rad"] - row["no_sel"]) for row in hearts.values()]
still(Scatter("What RAD gains", np.array(points), np.arange(len(points)), classifiers,
              "wrong labels learnt by heart", "gain over No-Sel"))

# %% [markdown]
# A classifier that resists wrong labels has little to gain (claim `c-must-memorise`). It is not the
# kind of model that counts: *long MLP* is the same network with eight times the steps, and it has
# much to gain (`long-network`, on cluster tasks). The forest does learn wrong labels by heart, but its
# trees do so in different places and outvote each other.

# %% [markdown]
# ## What does an answer buy?
#
# Active asks only where $L$, $C$ and the label all differ; Slim whenever $C$ and the label differ.

# %%
budgets = (0, 2, 5, 10, 20)
bought = [claims.train_only("active", "slim", noise=0.4, budget=budget) for budget in budgets]

# %% tags=["keep_output"]
print("a batch   Active asks  ends at   Slim asks  ends at")
for budget, row in zip(budgets, bought, strict=True):
    active, slim = (f"{row[f'asked_{name}']:9.0f}  {row[name]:7.2f}" for name in ("active", "slim"))
    print(f"{budget:<9} {active}   {slim}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
fewer = all(row["asked_active"] <= row["asked_slim"] for row in bought)
holds("Active asks no more than Slim", fewer)
holds("answers help Slim", bought[-1]["slim"] > bought[0]["slim"] + 0.05)

# %% tags=["keep_output"]
lines = [
    Line(label, np.array(budgets), np.array([row[name] for row in bought]))
    for name, label in (("active", "Active"), ("slim", "Slim"))
]
still(Curves("What answers buy at 40 % noise", tuple(lines), "questions a batch", "accuracy"))

# %% [markdown]
# Slim needs the expert; Active mostly has $L$ do the work (claim `active-is-cheaper`). Both take it for
# granted that the expert answers at once. With the knob `Answers come late by` the answers are learnt
# some batches later, and those that come after the end are worth nothing (claim `too-late`):
# `workbench reproduce rad-cost` has the numbers, and what each variant costs in computing.

# %% [markdown]
# ## An attack
#
# Packets of a thermostat and of ten botnet attacks, simulated and summed up in 115 damped-window
# statistics in the manner of N-BaIoT. A picture is a packet: a row for each of five windows.

# %%
flows = list(play("rad", stream="iot", initial=500, noise=0.4, slim=False, ensemble=False))

# %% tags=["keep_output"]
row = flows[-1].scalars
print(f"No-Sel {row['no_sel']:.2f}, RAD {row['rad']:.2f}, Opt-Sel {row['opt_sel']:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("RAD is ahead on packets, too", row["rad"] > row["no_sel"] + 0.07)

# %% tags=["keep_output"]
still(flows[-1], "fates", "examples")

# %% [markdown]
# ## Conclusion
#
# **We measured**, on digits, seed 0 (the tables above): RAD ends far above No-Sel with a tree as
# $C$ and a few points below Opt-Sel, from 20 to 80 % wrong labels; with a network of few steps or with
# neighbours it gains a few points at most; Slim pays with questions for what RAD's $L$ gets for nothing.
#
# Opt-Sel is no upper bound. It drops the wrong labels, so it learns from fewer samples than a
# variant that gets them back with the expert's label (claim `opt-sel-has-less`). That is why Active
# passes it: cut to as many samples as Opt-Sel has, Active falls back (`lead-is-more-data`). A result
# above Opt-Sel therefore does not mean that noise helps, and one above Full-clean (the ensemble's)
# means that another model has a say: k-NN, which is better than the tree here, by itself, too
# (`ensemble-has-neighbours`, `filter-is-better`; *RAD's label model alone* on the page). The filter is
# worth its while where $C$ is what you must use. $C$ does not become a copy of it: the two agree on
# about four fifths of the test data (`not-a-copy`).
#
# Who believes every label at 40 % ends about where the first, clean batch alone would have left it,
# most often below (*first batch alone* on the page; claim `not-worth-it`), as the papers say.
#
# One seed can be luck: the chapter's claims repeat the trends over seeds, and
# `workbench reproduce rad` sets all variants beside the papers' headlines.
#
# **The papers reported** (abstracts), as accuracy and gain over no selection:
#
# * IoT attacks up to 98 % (+11), cluster tasks up to 83 % (+20): DSN 2019;
# * cluster tasks 84 % (+20) at 40 % noise, 20 celebrities 74 % (+28) at 30 %: arXiv 1911.04383;
# * IoT attacks 98.95 % (+7) and cluster tasks 85.03 % (+14) at 40 %, 100 celebrities 77.51 % (+39)
#   at 30 %: arXiv 2103.10824.
#
# Their data are measured and ours are simulated, so only the gains can be compared; where a slice of
# N-BaIoT or NSL-KDD lies in the data folder, the study has lines for them, too. The paper is
# quoted with "40 +/- 8" and with "N(40, sqrt(80))" wrong labels in the same batch of 400; the
# authors' code has a standard deviation of 80. The knob `Spread of the noise is` offers both readings.

# %% [markdown]
# ## References
#
# * Zhao et al. 2019, *Robust Anomaly Detection on Unreliable Data*, DSN.
# * Zhao et al. 2019, arXiv 1911.04383.
# * Zhao et al. 2021, arXiv 2103.10824 (IEEE TDSC).
# * Meidan et al. 2018, *N-BaIoT: Network-based Detection of IoT Botnet Attacks Using Deep
#   Autoencoders*, IEEE Pervasive Computing.
# * Mirsky et al. 2018, *Kitsune: An Ensemble of Autoencoders for Online Network Intrusion
#   Detection*, NDSS.

# %% [markdown]
# ## A goal for five seeds
#
# This task is one of the chapter's page. Put your value in the place of `None`: seeds 0 to 4 train
# with it and judge. After `from workbench import hint`, `hint("rad/expert")` gives a hint, and
# another when you ask again.

# %% tags=["nbval-check-output", "keep_output"]
from workbench import check

check("rad/expert", budget=None)

# %% [markdown]
# ## Two exercises
#
# **1. A gain to order.** Find a noise level at which RAD ends between 0.30 and 0.40 above No-Sel
# (decision tree, digits, seed 0).
#
# <details><summary>Hint 1</summary>
#
# Subtract two columns of the table *How much noise can it bear?*
# </details>
#
# <details><summary>Hint 2</summary>
#
# RAD hardly moves, so the gain is about what No-Sel loses.
# </details>
#
# <details><summary>One answer</summary>
#
# 0.5
# </details>

# %%
noise = None  # your noise level

# %% tags=["nbval-check-output", "keep_output"]
if noise is None:
    print("Not tried yet: put a noise level into the cell above.")
else:
    *_, end = play("rad", noise=noise)
    gain = end.scalars["rad"] - end.scalars["no_sel"]
    judge("the gain", gain, 0.30, 0.40, "Make more labels wrong.", "Make fewer labels wrong.")

# %% [markdown]
# **2. A cheap expert.** At 40 % noise, give Slim so many questions a batch that it ends at 0.80 or
# more. How many does Active ask with the same limit?
#
# <details><summary>Hint</summary>
#
# Look at the table *What does an answer buy?*
# </details>
#
# <details><summary>One answer</summary>
#
# 20. Active runs out of doubts long before it runs out of questions.
# </details>

# %%
budget = None  # your questions a batch

# %% tags=["nbval-check-output", "keep_output"]
if budget is None:
    print("Not tried yet: put a number of questions into the cell above.")
else:
    *_, end = play("rad", noise=0.4, budget=budget)
    judge("Slim's accuracy", end.scalars["slim"], 0.8, 1, "Ask more.", "")
    asked = (end.scalars[f"asked_{name}"] for name in ("slim", "active"))
    print("Slim asked {:.0f} questions, Active {:.0f}.".format(*asked))
