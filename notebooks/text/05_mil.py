# %% [markdown]
# # Multi-instance learning with attention
#
# **Which instance made the bag positive?**
#
# A slide has a tumour somewhere, a blood smear shows a platelet, a handful of digits holds a nine:
# the label belongs to the bag, and nobody says which instance it is about. You will train networks
# on such labels, watch attention find the instance all the same, and see when it does not.

# %%
from workbench.chapters.mil import claims, knobs
from workbench.view.notebook import holds, judge, reveal, setup

setup()

# %% [markdown]
# ## Mathematics
#
# A bag is a set $X = \{x_1, \dots, x_K\}$ with unknown instance labels $y_k$ and
#
# $$Y = \max_k y_k .$$
#
# Its order means nothing, so the network embeds each instance, $h_k = f(x_k)$, and **pools**. At the
# *instance level* a classifier gives every instance a probability $p_k$ and the bag gets
#
# $$\max_k p_k, \qquad \tfrac 1K \textstyle\sum_k p_k, \qquad 1 - \prod_k (1 - p_k)
# \quad\text{(noisy-or)}, \qquad
# \tfrac 1r \log \tfrac 1K \sum_k e^{r p_k} \quad\text{(log-sum-exp)} .$$
#
# At the *embedding level* one embedding $z$ is made of all and then classified: the max of every
# feature, the mean, or **attention** (Ilse et al. 2018),
#
# $$z = \sum_k a_k h_k, \qquad
# a_k = \frac{\exp\{w^\top \tanh(V h_k)\}}{\sum_j \exp\{w^\top \tanh(V h_j)\}} .$$
#
# With $w = 0$ it is the mean. **Gated** attention multiplies $\tanh(V h_k)$ by
# $\mathrm{sigm}(U h_k)$ before $w$ sees it.

# %% [markdown]
# ## The loop
#
# This is all there is to it, the very code that the page runs: the loss of a bag, attention, and the
# loop. Bags of unlike size lie in one padded tensor, and a mask says what is padding: its score becomes
# $-\infty$ before the softmax, so its weight is 0. The softmax must run over the instances of a bag,
# not over the bags. Every tensor begins with an axis of runs, which train side by side.

# %%
import inspect

from workbench.chapters.mil import lesson, pooling

for part in (lesson.loss, pooling.attention_weights, lesson.fit):
    print(inspect.getsource(part))

# %% [markdown]
# So it can be run here, too: it yields its networks after every step. The page has the same gradient
# written out by hand, which is faster, and eight poolings and several seeds fit into one of its stacks.
# The numbers must agree.

# %%
import torch

from workbench import play
from workbench.chapters.mil import tensors
from workbench.chapters.mil.bags import make_task
from workbench.chapters.mil.evaluation import evaluate
from workbench.science import metrics

torch.set_num_threads(1)  # faster for nets as small as this
settings = knobs.Settings(steps=200)
task = make_task(settings)  # 200 training bags of about 10 digits, half of them with a nine
data = tensors.load([task])
*_, (step, network, losses) = lesson.fit([settings], data)  # after the last step
(answers,) = evaluate(network, data.x, [task.test])
*_, chapters_own = play("mil", steps=200)

# %% tags=["keep_output"]
ours, chapters = metrics.auc(task.test.y, answers.p), chapters_own.scalars["auc"]
sums = answers.weights.sum(1)
print(f"AUC on test bags: this loop {ours:.2f}, the chapter {chapters:.2f}")
print(f"the weights of a bag sum to {sums.min():.3f} at least and {sums.max():.3f} at most")
print(f"the largest weight on padding is {answers.weights[~task.test.mask].max():.3f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("this loop and the chapter are within 0.01", abs(ours - chapters) <= 0.01)
holds("the weights of a bag sum to 1", abs(sums - 1).max() < 1e-5)
holds("padding has no weight", answers.weights[~task.test.mask].max() == 0)

# %% tags=["keep_output"]
from workbench.view.notebook import still

still(chapters_own, "strips", "removal")

# %% [markdown]
# ## Predict before you move
#
# Only bags were labelled. In what share of the positive test bags is the **largest weight on a
# nine**? An untrained network would get about one in ten. The card is the one of the chapter's page,
# and five seeds answer it. Commit a range and a reason, or skip. Without widgets, call it with your
# answer, as its last line says.

# %% tags=["predict", "keep_output"]
from workbench import predict

predict("mil/witness")

# %% tags=["keep_output"]
frames = list(play("mil"))
print(f"with bags of ten, largest weight on a nine: {frames[-1].scalars['top_witness']:.0%}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("it is more than four in five", frames[-1].scalars["top_witness"] > 0.8)

# %% [markdown]
# In more than four of five positive bags.

# %% tags=["keep_output"]
from workbench import find

traces = {trace.title: trace for trace in find("mil").traces}
still(traces["AUC on instances"].curves(frames))

# %% [markdown]
# A weight compares instances of **one** bag. In a negative bag there is nothing to find, and the
# weights sum to 1 all the same: the largest of them proves nothing. They are more spread there.

# %% tags=["keep_output"]
still(traces["Entropy of the weights"].curves(frames))

# %% tags=["keep_output"]
spread = {kind: frames[-1].scalars[f"spread_{kind}"] for kind in ("positive", "negative")}
for kind, entropy in spread.items():
    print(f"entropy of the weights in {kind} bags: {entropy:.2f} of its largest")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("weights are more spread in negative bags", spread["positive"] < spread["negative"])

# %% [markdown]
# ## Live
#
# **Change `Pooling`** from attention to instance-mean and to max, and see which picture suffers. Then
# move `Training bags` down to 20.

# %% tags=["live"]
from workbench import Board

board = Board("mil", size=30)
board

# %% tags=["keep_output"]
last = board.finish()  # waits for the run; raises what went wrong in the background
print(f"bags of 30: AUC {last.scalars['auc']:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("attention has an AUC over 0.93 on bags of 30", last.scalars["auc"] > 0.93)

# %% tags=["keep_output"]
still(last, "strips", "certainty")

# %% [markdown]
# ## Which pooling?
#
# Bags of 30, three seeds each, all in one stack. The second column says whether the pooling can also
# tell *why*.

# %%
poolings = ("instance-max", "instance-mean", "noisy-or", "max", "mean", "attention", "gated")
runs = [{"pooling": name, "seed": seed} for name in poolings for seed in range(3)]
ends = claims.measure(*runs, size=30)
mean = {
    name: {key: sum(end[key] for run, end in zip(runs, ends, strict=True)
                    if run["pooling"] == name) / 3
           for key in ("auc", "instance_auc", "top_witness")}
    for name in poolings
}

# %% tags=["keep_output"]
print("pooling          AUC on bags  on instances  largest weight on a witness")
for name, row in mean.items():
    print(f"{name:<15} {row['auc']:12.2f} {row['instance_auc']:13.2f} {row['top_witness']:12.0%}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("the mean of probabilities stays below 0.80", mean["instance-mean"]["auc"] < 0.80)
holds("attention is above 0.93", mean["attention"]["auc"] > 0.93)
holds("the mean of features cannot say why", mean["mean"]["instance_auc"] == 0.5)
holds("the max of features says it badly", mean["max"]["top_witness"] < 0.6)

# %% tags=["keep_output"]
import numpy as np

from workbench.core.pictures import Scatter

points = np.array([(row["auc"], row["top_witness"]) for row in mean.values()])
still(Scatter("Right about the bag, and able to say why", points, np.arange(len(points)), poolings,
              "AUC on bags of 30", "largest weight on a witness"))

# %% [markdown]
# The mean of probabilities can only count. Even where every instance is judged rightly the mean is
# 0.1, for one in ten is a witness, and the loss wants 1. The max of features is right about the bag, but each of its features
# may come from another instance.

# %% [markdown]
# ## A loss of your own
#
# Is the mean of probabilities stuck because it is a mean, or because of what is asked of it? Ask something
# else: give **every instance the label of its bag**, although nine in ten instances of a positive bag are
# no nines. A guess first: will that be worse? The cell is yours: change it and run it again.

# %%
from functools import partial

import torch.nn.functional as F


def every_instance(network, x, mask, y):
    """Cross-entropy of every instance with the label of its bag, the mean over instances [runs]."""
    h = network.embed(x)
    scores = network.head.classify(h.flatten(1, 2)).view(mask.shape)
    labels = y[..., None].expand_as(scores)
    losses = F.binary_cross_entropy_with_logits(scores, labels, reduction="none")
    return (losses * mask).sum((1, 2)) / mask.sum((1, 2))


stuck = dict(size=30, pooling="instance-mean")
*_, asked_of_the_bag = play("mil", **stuck)
*_, asked_of_instances = play("mil", fit=partial(lesson.fit, loss=every_instance), **stuck)

# %% tags=["keep_output"]
before, after = (frame.scalars["auc"] for frame in (asked_of_the_bag, asked_of_instances))
print(f"AUC of the mean of probabilities, asked about the bag: {before:.2f}")
print(f"of the same mean, when every instance was asked:       {after:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("the mean learns only when every instance is asked", before < 0.80 < 0.90 < after)

# %% tags=["keep_output"]
still(asked_of_instances, "strips", "certainty")

# %% [markdown]
# A mean that must be 1 for a positive bag pulls all its instances up. An instance that is asked by itself
# need not: digits that are in both kinds of bags end near one half, nines near 1, and of such numbers the
# mean ranks bags well. It is no proof against pooling: here only one class tells, and it is never in a
# negative bag. Try `rule="two"`.

# %% [markdown]
# ## How many bags does it take?
#
# The figure of the paper in small: digits, about 10 instances, three seeds. Which pooling rises first, and
# which never does? (`workbench reproduce mil` does the whole: three sizes, seven numbers of bags, five
# seeds, on MNIST when it is there; the page of the chapter shows its table.)

# %%
from workbench.chapters.mil import study

results = {(10, count, name): study.measure((10, count, name), "digits", 3, steps=300)
           for count in (20, 50, 100, 200) for name in study.POOLINGS}

# %% tags=["keep_output"]
still(study.figure(results, 10))

# %% tags=["keep_output"]
counts = (20, 50, 100, 200)
print("AUC, mean of three seeds   " + "".join(f"{count:4d} bags" for count in counts))
for name in ("attention", "instance-mean"):
    print(f"{name:<27}" + "".join(f"{np.mean(results[10, n, name]):9.2f}" for n in counts))

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
few, many = (np.mean(results[10, count, "attention"]) for count in (20, 200))
holds("attention learns with more bags", many > few + 0.1)
stuck = [np.mean(results[10, count, "instance-mean"]) for count in counts]
holds("the mean of probabilities never reaches 0.80", max(stuck) < 0.80)

# %% [markdown]
# How a bag is made matters as much as who reads it. Here a positive bag of ten has one nine. The paper's
# are bags at random that happen to have a nine, 1.5 on the mean; `exact=False` draws those, and the
# figure above does. Guess what half a nine more is worth, with 50 bags.

# %%
witness_guess = None  # AUC gained

# %% tags=["keep_output"]
seeds = [{"seed": seed} for seed in range(5)]
one, more = (np.mean([end["auc"] for end in claims.measure(*seeds, bags=50, exact=exact)])
             for exact in (True, False))
reveal("AUC gained, mean of five seeds", witness_guess, more - one, 2)

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("half a witness more helps", more > one)

# %% [markdown]
# ## A few positive bags
#
# Often negative bags are plenty and positive ones rare. A hundred bags of 30, of which 1, 5, 10 or 50
# are positive; three seeds each.

# %%
shots = {count: claims.measure(*seeds[:3], positives=count, bags=100, size=30)
         for count in (1, 5, 10, 50)}

# %% tags=["keep_output"]
print("positive bags  AUC on test bags  largest weight on a witness")
for count, ends in shots.items():
    columns = ("  ".join(f"{end[key]:.1f}" for end in ends) for key in ("auc", "top_witness"))
    print(f"{count:13d}  {'    '.join(columns)}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
few, many = (np.mean([end["auc"] for end in shots[count]]) for count in (1, 50))
holds("fifty positive bags teach more than one", many > few + 0.1)

# %% [markdown]
# One positive bag of thirty does not say which of the thirty it was: whatever is peculiar in it will do.
# Only what positive bags have in common, and negative ones lack, tells a witness.

# %% [markdown]
# ## Bags at random
#
# Of $K$ instances drawn blindly at least one is a nine with probability $1 - 0.9^K$.

# %% tags=["keep_output"]
from workbench.science.formulas import chance_positive

for size in (10, 50, 100):
    print(f"{size:3d} instances: {chance_positive(size, 0.1):.2%} of the bags are positive")
balanced, chance = ([end["auc"] for end in claims.measure(*seeds, size=50, bags=100, balanced=b)]
                    for b in (True, False))
print("AUC of bags of 50, mean of five seeds: "
      f"balanced {np.mean(balanced):.2f}, at random {np.mean(chance):.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("balanced bags teach more", np.mean(balanced) > np.mean(chance) + 0.1)

# %% [markdown]
# How much is lost is a matter of luck: one negative bag among a hundred can be enough, and there may
# be none. Whoever always says *positive* is right on 99.5 % of such bags of 50. Look at a score that ranks,
# such as the AUC, and at how the bags were made. The authors' public loader draws at random; its
# results are not those of the paper's table.

# %% [markdown]
# ## Wrong bag labels, and bags that exist
#
# People who label bags are wrong, too. The knob `wrong` turns round the labels of so many training
# bags, of positive and negative ones alike; test bags keep theirs. Five seeds with attention:

# %%
turned = {share: claims.measure(*seeds, wrong=share) for share in (0, 0.2)}

# %% tags=["keep_output"]
for share, ends in turned.items():
    mean = np.mean([end["auc"] for end in ends])
    print(f"{share:4.0%} of the training bags with a wrong label: AUC on test bags {mean:.2f}")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
clean, wrong = (np.mean([end["auc"] for end in turned[share]]) for share in (0, 0.2))
holds("wrong labels of a fifth of the bags cost over 2 points of AUC", wrong < clean - 0.02)

# %% [markdown]
# The same with bags that exist, molecules (`musk1`) and blood smears, which lie in the data folder
# (`source` is the knob). We measured with `workbench reproduce mil-real`, 5 seeds:

# %% tags=["keep_output"]
from workbench.results import studies

tables = studies.measured("mil")
for row in [tables["mil-real"].columns, *tables["mil-real"].rows]:
    print(f"{row[0]:<8}{row[1]:<14}{row[2]:<15}{row[3]:<17}{row[4]}")

# %% [markdown]
# A fifth of wrong labels takes 7 to 15 points from each pooling in this table. On blood smears attention
# ranks bags best, and its largest weight lies on a platelet in half of the positive ones; on molecules
# others rank better, and nobody knows which shape of a molecule is the witness.

# %% [markdown]
# ## Conclusion
#
# **We measured** (the tables above): from labels of bags alone attention ranks bags well and puts its
# largest weight on a witness in most positive bags; the mean of probabilities stays stuck however many
# bags of ten there are; the max of features ranks bags as well as attention but does not say why. What a
# seed can do to the max of probabilities is in the figure: some runs never leave the start.
#
# **The paper reported** (Ilse et al. 2018, MNIST, LeNet-5, about 10 instances, 50 training bags): an
# AUC of 0.768 for attention; with the public loader's unbalanced bags a reader got 0.898. Both are
# quoted from an issue of the authors' repository. Our encoder is a small perceptron, and our digits
# have 8 x 8 pixels, so the shape of the figure compares, not its height. `workbench reproduce mil` has
# the paper's bags of MNIST at 14 x 14 pixels, and a row with convolutions, which come closer with
# 200 bags and more and take 15 times as long. `encoder` is a knob, and LeNet-5 on 28 x 28 pixels,
# as in the paper, is one of its values (`workbench reproduce mil-encoder`):

# %% tags=["keep_output"]
for row in [tables["mil-encoder"].columns, *tables["mil-encoder"].rows]:
    print(f"{row[0]:<14}{row[1]:<10}{row[2]:<7}{row[3]:<17}{row[4]}")

# %% [markdown]
# "The model will express uncertainty when it is unsure" is no property of multi-instance learning:
# the bag's label is the max of its instances' labels, and a network can be wrong and sure.

# %% [markdown]
# ## References
#
# * Ilse, Tomczak & Welling 2018, *Attention-based Deep Multiple Instance Learning*, ICML.
# * Dietterich, Lathrop & Lozano-Perez 1997, *Solving the Multiple Instance Problem with Axis-Parallel
#   Rectangles*, Artificial Intelligence.
# * Ramon & De Raedt 2000, *Multi Instance Neural Networks*, ICML workshop.

# %% [markdown]
# ## A goal for five seeds
#
# This task is one of the chapter's page. Put your values in the place of `None`: seeds 0 to 4 train
# with them and judge. After `from workbench import hint`, `hint("mil/few")` gives a hint, and another
# when you ask again.

# %% tags=["nbval-check-output", "keep_output"]
from workbench import check

check("mil/few", pooling=None, size=None)

# %% [markdown]
# ## Two exercises
#
# **1. As many bags as it takes.** Find a number of training bags (10 to 500) with which attention on
# bags of about 10 ends between 0.80 and 0.92 (seed 0).
#
# <details><summary>Hint</summary>
#
# Read it off the figure above, whose band spans the seeds.
# </details>
#
# <details><summary>One answer</summary>
#
# 100
# </details>

# %%
bags = None  # your number of training bags

# %% tags=["nbval-check-output", "keep_output"]
if bags is None:
    print("Not tried yet: put a number of bags into the cell above.")
else:
    *_, end = play("mil", bags=bags)
    judge("the AUC", end.scalars["auc"], 0.80, 0.92, "Give more bags.", "Give fewer bags.")

# %% [markdown]
# **2. Two kinds of witness.** Now a bag is positive only if it holds a nine **and** a nought; negative
# bags hold as many witnesses, but of one kind (`rule="two"`). With 500 bags, a fifth of them witnesses,
# and 1600 steps: which pooling reaches an AUC of 0.9 (seed 0)?
#
# <details><summary>Hint 1</summary>
#
# A weighted sum of instances, read by a linear classifier, adds up: one nine and one nought count as
# much as the mean of two nines and two noughts.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Which pooling notes that something is there without counting how often?
# </details>
#
# <details><summary>One answer</summary>
#
# "max", the max of every feature
# </details>

# %%
pooling = None  # your pooling

# %% tags=["nbval-check-output", "keep_output"]
if pooling is None:
    print("Not tried yet: put the name of a pooling into the cell above.")
else:
    *_, end = play("mil", rule="two", share=0.2, bags=500, steps=1600, pooling=pooling)
    judge("the AUC", end.scalars["auc"], 0.9, 1, "Try a pooling that does not add up.", "")
