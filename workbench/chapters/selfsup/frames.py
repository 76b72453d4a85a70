r"""What can a picture teach without a label?

Ask a question whose answer the picture itself knows, and let a network find it. The answer is
worth nothing. What counts are the features that it takes: freeze the encoder, put a linear
classifier on top (a *probe*), give it a few labels, and compare with an encoder that never learnt
anything. This is *self-supervised* learning; self-training, which sounds alike, is learning from
one's own guesses at labels.

* **Colorization**: given lightness $L$, which colour $ab$ has each part? As a choice between bins
  $q$ of the $ab$ plane,
  $$\mathcal L = -\sum_{h,w} v(Z_{hw}) \sum_q Z_{hwq} \log \hat Z_{hwq}, \qquad
  w \propto \Bigl((1-\lambda)\,\tilde p + \tfrac{\lambda}{Q}\Bigr)^{-1},$$
  where $Z$ is the true colour spread over its five nearest bins and $v = w_{q^*}$ makes rare
  colours count; the colour shown is the mean of $\hat Z^{1/T}$, normalised. Regression on $ab$
  answers two equally likely colours with their mean, which is grey.
* **Jigsaw**: the tiles $x_{\sigma(1)}, \dots, x_{\sigma(9)}$ came in the order $\sigma$, one of a
  set of permutations far apart; $\mathcal L = -\log p(\sigma \mid x_{\sigma(1)}, \dots)$. Edges
  that continue would give it away, so tiles are cut with a gap and each is normalised.
* **Exemplar**: $N$ pictures are $N$ classes,
  $\mathcal L = -\sum_i \sum_T \log p(i \mid T x_i)$ with random transformations $T$. With many
  exemplars some look alike, and are told apart all the same.
* **Rotation**: by how many quarter turns was the picture turned?

All tasks train the same small encoder on lightness alone. Grey pictures are painted, so that there
is a colour to find.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from workbench.chapters.selfsup import tasks as pretext
from workbench.chapters.selfsup.colour_data import coloured
from workbench.chapters.selfsup.exam import Exam
from workbench.chapters.selfsup.knobs import BATCH, Settings
from workbench.chapters.selfsup.lesson import Learner, make_task
from workbench.core.frames import Frame, schedule
from workbench.science import nets
from workbench.science.later import torch

FRAMES = 24  # a frame trains probes, which takes longer than its steps


def train(
    settings: Settings, device: str = "cpu", shown=None, alone: bool = False
) -> Iterator[Frame]:
    """Trains the encoder on its task, and beside it one on the labels, from the same weights.

    A frame after each of the steps `shown`, or after those of the usual schedule. For who wants
    the task's numbers only, `alone` leaves out the encoder beside it and all pictures, which is
    half of the work; the numbers are the same.
    """
    album = coloured(settings.data, device, settings.paint)
    generator = torch.Generator().manual_seed(settings.seed)
    untrained = pretext.Encoder(min(album.light.shape[-2:]), generator).to(device)
    pupil = copy.deepcopy(untrained)
    learners = [Learner(pupil, make_task(settings, album, pupil, generator), settings.lr)]
    if album.y is not None:
        taught, y = copy.deepcopy(untrained), torch.tensor(album.y, device=device)
        labels = pretext.Labels(album.light, y, album.classes, generator)
        learners.append(Learner(taught, labels, settings.lr))
    batches = nets.Batches(len(album.light), BATCH, [generator], device)
    exam = Exam(settings, album, learners, untrained)
    shown = shown or schedule(settings.steps, FRAMES)
    for step in range(1, settings.steps + 1):
        (rows,) = batches.draw()
        for learner in learners[:1] if alone else learners:
            learner.step(rows, generator)
        if step in shown:
            yield exam.frame(step, alone)
