# %% [markdown]
# # Start here
#
# In this workbench small neural networks learn without labels while you watch. You move a knob,
# the network trains again from the beginning, and the plots follow.
#
# This notebook checks the machine, makes the first runs, and explains how to read what you see. It
# takes about ten minutes. Run a cell with <kbd>Shift</kbd>+<kbd>Enter</kbd>.

# %%
from workbench.view.notebook import holds, judge, reveal, setup

setup()

# %% [markdown]
# ## Is this machine ready?
#
# The doctor names the device, the versions and the data sets it found, and times a short run. No
# graphics card is needed: the default runs take seconds on one CPU core.

# %%
from workbench.cli.doctor import examine

report = examine()
for topic, facts in report.items():
    print(f"{topic:<10}", ", ".join(f"{name} {value}" for name, value in facts.items()))

# %% [markdown]
# Three data sets come with the workbench: 1797 handwritten digits of 8 x 8 pixels, small drawn
# sprites, and patches of two photographs. The others are optional; `workbench data list` says how to
# get them.

# %% tags=["nbval-check-output", "keep_output"]
for name in ("digits", "sprites"):
    print(name, report["data"][name])

# %% [markdown]
# ## The chapters
#
# A chapter is one experiment: a question, some knobs, a training loop, and pictures.

# %% tags=["nbval-check-output", "keep_output"]
from workbench import find

for name in ("autoencoder", "beta-vae"):
    chapter = find(name)
    print(f"{chapter.title}: {chapter.question}")

# %% [markdown]
# ## A first run
#
# `play` trains one chapter and yields a *frame* now and then: the step, some numbers, some
# pictures. It is an ordinary loop, so you may stop it, print, or keep the frames.
#
# The network below learns to describe a digit in ten numbers and to draw it again from them. The
# ELBO is its score: how well it explains pictures that it has not seen, in nats (1 nat is 1.44
# bits). Higher is better.

# %% tags=["keep_output"]
from workbench import play

frames = list(play("beta-vae", steps=400))
for frame in frames[::13]:
    print(f"step {frame.step:3d} of {frame.steps}: ELBO {frame.scalars['elbo']:.1f} nats")

# %% tags=["keep_output"]
from workbench.view.notebook import compare, still

still(frames[-1], "reconstructions", "samples")

# %% [markdown]
# Rows *held-out* show digits the network never trained on, the rows under them what came back. The
# samples on the right are drawn by the network alone.

# %% tags=["keep_output"]
still(chapter.traces[0].curves(frames))

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
first, end = (frame.scalars["elbo"] for frame in (frames[0], frames[-1]))
holds("the first 400 steps gain more than ten nats", frames[-1].step == 400 and end > first + 10)
holds("the ELBO ends near -25 nats", abs(end + 25) < 0.2)

# %% [markdown]
# ## Predict before you move
#
# You remember a result better if you first say what you expect. Write your guess into the cell, or
# leave `None` to skip it, and run both cells.
#
# Training for twice as long, 800 steps instead of 400: **how many nats will the ELBO gain?**

# %%
guess = None  # a number of nats

# %% tags=["keep_output"]
longer = list(play("beta-vae", steps=800))
gain = longer[-1].scalars["elbo"] - frames[-1].scalars["elbo"]
reveal("Gain of the ELBO in nats", guess, gain, digits=1)

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("the next 400 steps gain less than a nat", 0.2 < gain < 1)

# %% [markdown]
# The first 400 steps gained more than ten nats, the next 400 less than one. The same seed makes the
# same network, the same order of pictures and the same noise, so the two runs are one as far as the
# shorter goes: where both have a frame, their numbers are equal. Between frames each curve is a
# straight line, and the longer run has its frames at other steps; so the curves part where the rate
# turns quickly.

# %% tags=["keep_output"]
compare({"400 steps": frames, "800 steps": longer}, chapter.traces[1])

# %% tags=["keep_output"]
at_step = {frame.step: frame.scalars["rate"] for frame in longer}
shared = [frame for frame in frames if frame.step in at_step]
for frame in shared:
    rates = frame.scalars["rate"], at_step[frame.step]
    print(f"step {frame.step:3d}: rate {rates[0]:.2f} and {rates[1]:.2f} nats")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
equal = all(frame.scalars["rate"] == at_step[frame.step] for frame in shared)
holds("where both runs have a frame their rates are equal", equal and len(shared) > 4)

# %% [markdown]
# ## A first slider
#
# A Board is the live view of a chapter. **Move the slider `Beta`**: with the mouse, or click on it
# and press the arrow keys. The network trains anew as soon as you let go. The notebook stays free
# while it trains.

# %% tags=["live"]
from workbench import Board

board = Board("beta-vae", steps=400)
board

# %% [markdown]
# `board.finish()` waits for the run and returns its last frame. If anything went wrong in the
# background it says so here.

# %% tags=["keep_output"]
last = board.finish()
print(f"beta 1 after {last.step} steps: ELBO {last.scalars['elbo']:.1f} nats")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
same = last.scalars["elbo"] == frames[-1].scalars["elbo"]
holds("the Board and play come to the same number, to the bit", same)

# %% tags=["keep_output"]
still(last, "manifold", "latents")

# %% [markdown]
# ## The whole slider at once
#
# `sweep` trains several values of a knob, each with several seeds, and returns one table with a row
# for every run and step. `explore` lays sliders over it: nothing is trained any more.

# %% tags=["keep_output"]
from workbench import sweep
from workbench.view.notebook import explore

table = sweep("beta-vae", beta=[0, 1, 4], seeds=3, steps=200)
ends = table[table.step == 200].groupby("beta")["rate"].mean()
for beta, rate in ends.items():
    print(f"beta {beta:g}: rate {rate:.1f} nats at the end, mean over three seeds")

# %% jupyter={"source_hidden": true} tags=["nbval-check-output"]
holds("the rate falls with beta", list(ends) == sorted(ends, reverse=True))

# %% tags=["live"]
explore(table, "distortion", "rate")

# %% [markdown]
# The band is the 95 % interval of the mean over seeds. Choose the box above the pictures and draw it
# around some points: the same runs stand out in the other picture. With
# `holoviews.save(explore(table), "sweep.html", resources="inline")` you take all of it home in one
# file.
#
# ## How to read a page
#
# The Board above and the page of `workbench serve` have the same parts.
#
# | part | what it is |
# | --- | --- |
# | knobs, left | what you may change; the sign beside a knob says what it does |
# | bar, top | how far training is |
# | numbers | the newest measurements, mostly on held-out pictures; point at one to read its meaning |
# | cards | one picture each, with how to read it above and what it shows now below |
# | Stop, Play again | ends the run; shows the frames of one that has ended |
# | New seed | trains with the same knobs by another chance |
# | Reset | puts all knobs back |
# | Replay | goes back over a finished run, frame by frame |
#
# Pale pictures belong to the setting before: the new run has not drawn yet. Every number has one
# line that says how to read it:

# %% tags=["nbval-check-output", "keep_output"]
for name in ("elbo", "distortion", "rate", "active"):
    print(f"{name:<11}{chapter.reading[name]}")

# %% [markdown]
# Each picture can also be read as a sentence, which is what a screen reader gets:

# %% tags=["keep_output"]
rates = last.pictures["rates"]
pairs = zip(rates.names, rates.values, strict=True)
print(f"{rates.title}: " + ", ".join(f"{name} {value:.2f}" for name, value in pairs))
still(last, "rates")

# %% [markdown]
# ## Without a network
#
# None is needed. Training asks nobody for anything, the page of `workbench serve` brings its own
# scripts, and `setup()` puts those of the Boards into this notebook's output. So a notebook that you
# save after it has run is larger by 6 MB. `setup(offline=False)` keeps it small; then JupyterLab
# fetches the scripts from the network, and without one a Board stays blank.
#
# What needs neither a Board nor `explore` (`play`, `still`, `compare`) works in any notebook program.

# %% [markdown]
# ## Two exercises
#
# **1. Enough is enough.** How many steps bring the ELBO (beta 1, seed 0) between -25.4 and -24.8
# nats? Put a number into the cell.
#
# <details><summary>Hint</summary>
#
# 400 steps gave about -25.0; 100 steps give about -26.5. Where does the curve flatten?
# </details>
#
# <details><summary>One answer</summary>
#
# 400; anything from about 280 to 500 will do.
# </details>

# %%
steps = None  # your number of steps

# %% tags=["nbval-check-output", "keep_output"]
if steps is None:
    print("Not tried yet: put a number of steps into the cell above.")
else:
    *_, end = play("beta-vae", steps=steps)
    elbo = end.scalars["elbo"]
    judge("the ELBO", elbo, -25.4, -24.8, "Train for longer.", "That was longer than needed.")

# %% [markdown]
# **2. The edge of a knob.** Every knob has a range, and a value outside it is refused in one
# sentence. What is the largest `level` of noise that the chapter `autoencoder` accepts?
#
# <details><summary>Hint</summary>
#
# Try `find("autoencoder").Settings(level=2)` in a cell of its own and read the error's last line.
# </details>
#
# <details><summary>Answer</summary>
#
# 0.8
# </details>

# %%
level = None  # the largest level

# %% tags=["nbval-check-output", "keep_output"]
if level is None:
    print("Not tried yet: put a level into the cell above.")
else:
    largest = find("autoencoder").Settings.knobs()["level"].high
    judge("your level", level, largest, largest, "Larger ones are accepted, too.", "It is refused.")

# %% [markdown]
# ## Where help is
#
# * `help(play)`, `help(Board)`, and the docstring of every chapter: `print(find("beta-vae").doc)`.
# * On the command line: `workbench --help`, `workbench list`, `workbench run beta-vae --help`.
# * The code is made to be read: each chapter is a folder in `workbench/chapters`, and its `lesson.py`
#   has the network, the loss and the training loop. `play` and `Board` also take a loop of yours:
#   `Board("beta-vae", fit=my_fit)`.
# * To start again: the menu *Kernel*, *Restart Kernel and Clear Outputs*.
#
# Next: `01_autoencoders`, then `02_beta_vae`.
