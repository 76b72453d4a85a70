r"""Which pictures belong together, when nobody says what they show?

A clustering method sorts pictures $x_i$ into $K$ clusters without a label. Four of them, from the
plainest to the deepest; the first two work on pixels, on principal components or on an
autoencoder's codes, and each alternates two half-steps that never make its objective worse.

* **kmeans** puts each point to its nearest centre and each centre into the middle of its points:
  $J = \frac1n \sum_i \lVert x_i - \mu_{c_i} \rVert^2$ falls (Lloyd 1982).
* **mixture** does so by degrees, for Gaussians with weights and covariances. EM's E-step is
  $\gamma_{ik} = \pi_k \mathcal N(x_i | \mu_k, \Sigma_k) / \sum_j \pi_j \mathcal N(x_i | \mu_j,
  \Sigma_j)$, its M-step $\mu_k = \sum_i \gamma_{ik} x_i / \sum_i \gamma_{ik}$ and the like; the
  likelihood rises (Dempster et al. 1977).
* **dec** lets go of the decoder and moves the codes $z_i$ themselves: its soft assignment
  $q_{ij} \propto (1 + \lVert z_i - \mu_j \rVert^2)^{-1}$ is to equal a sharper copy of itself,
  $p_{ij} \propto q_{ij}^2 / f_j$ with $f_j = \sum_i q_{ij}$, by descent on
  $\mathrm{KL}(P \Vert Q)$ (Xie et al. 2016).
* **vade** is a variational autoencoder whose prior is the mixture: draw a cluster $c \sim \pi$, a
  code $z \sim \mathcal N(\mu_c, \sigma_c^2)$, a picture $x \sim p(x|z)$. It maximises
  $$\mathrm{ELBO} = \mathbb E_q[\log p(x|z)] - \mathrm{KL}(q(z, c|x) \,\Vert\, p(z, c)),$$
  with $q(c|x) = \gamma_c = p(c|z)$, and can draw pictures of each cluster (Jiang et al. 2017).
  Weights are a softmax and variances an exponential, so neither can leave its range.

Labels, where there are some, only judge:
$\mathrm{ACC} = \max_m \frac1n \sum_i 1[y_i = m(c_i)]$ needs a matching $m$ of clusters to labels;
$\mathrm{NMI} = I(Y; C) / \frac12 (H(Y) + H(C))$ is above 0 by chance;
$\mathrm{ARI}$, the share of pairs treated alike, is set to 0 at chance. All three count all the
pictures, as the papers do: nothing is held out, because no label was used.

All of them can fail, and it takes no label to notice (try the links that begin with *Failure*).
VaDE without pre-training leaves all but one or two clusters as good as empty: the sizes show it,
and its ELBO stays below that of a run with pre-training. With too few clusters the typical pictures
of one do not resemble each other; with too many those of two do. And a Gaussian that shrinks onto a
few points, or onto a pixel that never changes, can have any likelihood: so every M-step adds a
least variance. VaDE learns the logarithms of its variances and adds densities up in log space;
should a number leave the finite range all the same, the run ends and says at which step.
"""

from collections.abc import Iterator, Sequence

from workbench.chapters.clustering.coder import autoencoder_gradient
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import METHODS
from workbench.chapters.clustering.pictures import Show
from workbench.chapters.clustering.stage import Stage, shown_steps, stage
from workbench.core.frames import Frame
from workbench.science import nets


def pre_train(now: Stage) -> Iterator[list[Frame]]:
    """Trains the autoencoders alone, and rehearses on a few pictures what clusters they give."""
    first, shown = now.first, shown_steps(now.first)
    shows = [Show(now, k) for k in range(len(now.runs))]
    if first.before:
        adam = nets.Adam(now.net.parameters(), [run.lr for run in now.runs])
    for step in range(1, first.before + 1):
        autoencoder_gradient(now.net, now.x[now.batches.draw()])
        adam.step(pace=1 - 0.9 * step / first.before)
        if step in shown and step < first.before:
            rehearsal = METHODS[first.kind](now.few(), restarts=1)
            yield [show.frame(step, "pre-training", rehearsal) for show in shows]


def cluster(now: Stage) -> Iterator[list[Frame]]:
    """Finds first clusters, and then lets the method work on them."""
    first, shown = now.first, shown_steps(now.first)
    shows = [Show(now, k) for k in range(len(now.runs))]
    method = METHODS[first.kind](now, first.restarts)
    for show in shows:
        show.settle(method)
    if first.before:
        yield [show.frame(first.before, "clusters initialised", method) for show in shows]
    method.start()
    for step in range(first.before + 1, first.steps + 1):
        method.step(pace=1 - 0.9 * (step - first.before) / (first.steps - first.before))
        if step in shown:
            yield [show.frame(step, method.note(show.k), method) for show in shows]


def train_together(runs: Sequence[Settings], device: str = "cpu") -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    now = stage(runs, device)
    yield from pre_train(now)
    yield from cluster(now)


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Clusters once and yields the frames."""
    for (frame,) in train_together([settings], device):
        yield frame
