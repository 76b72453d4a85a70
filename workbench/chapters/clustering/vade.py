"""VaDE: a variational autoencoder whose prior is a mixture, with a component for each cluster.

Draw a cluster c ~ pi, a code z ~ N(mu_c, sigma_c^2), a picture x ~ p(x|z). Networks and prior climb
the ELBO together (Jiang et al. 2017). Every tensor has a leading axis of runs.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.clustering import em, kmeans
from workbench.chapters.clustering.autoencoder import Autoencoder
from workbench.chapters.clustering.clusters import Assignment
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.points import Setup, points
from workbench.science import formulas, nets

RATE = 0.3  # learning rate, relative to the knob
RIDGE = 1e-3  # added to every variance of the mixture that VaDE begins with
EM_STEPS = 20


def loss(vade: "Vade", x: Tensor, eps: Tensor) -> Tensor:
    """Minus the ELBO of a batch: distortion + rate, the mean over pictures [runs], in nats.

    x [runs, batch, pixels]; eps [runs, batch, J] standard normal.
    """
    mean, logvar = vade.coder.encode(x)
    z = formulas.reparameterise(mean, logvar, eps)
    distortion = formulas.bernoulli_nll(vade.coder.decoder(z), x)  # -log p(x|z)
    prior = vade.prior.terms()
    log_gamma = formulas.log_responsibilities(formulas.mixture_log_joint(z, *prior))  # log p(c|z)
    rate = formulas.vade_rate(mean, logvar, log_gamma, *prior)  # KL(q(z, c|x) || p(z, c))
    return (distortion + rate).mean(-1)


def fit(setup: Setup, gradient: Callable[..., None]) -> Iterator["Vade"]:
    """Yields VaDE with a mixture of the codes, and then after every step down `gradient`."""
    vade = Vade(setup.coder, first_prior(setup), setup.x)
    yield vade
    adam = nets.Adam(vade.parameters(), [RATE * run.lr for run in setup.runs])
    steps = setup.runs[0].steps - setup.runs[0].before
    for step in range(1, steps + 1):
        gradient(vade, setup.x[setup.batches.draw()], setup.noise.draw())
        adam.step(pace=1 - 0.9 * step / steps)
        yield vade


class Terms(NamedTuple):
    """A mixture as `formulas.vade_rate` takes it: log pi [.., K], mu and log sigma^2 [.., K, J]."""

    log_pi: Tensor
    mu: Tensor
    logvar: Tensor


class Prior:
    """VaDE's mixture, one for every run: weights softmax(a), means mu, variances exp(logvar).

    a [runs, K]; mu and logvar [runs, K, J].
    """

    def __init__(self, a: Tensor, mu: Tensor, logvar: Tensor):
        self.a = a.clone().requires_grad_()
        self.mu = mu.clone().requires_grad_()
        self.logvar = logvar.clone().requires_grad_()

    def parameters(self) -> list[Tensor]:
        return [self.a, self.mu, self.logvar]

    def terms(self) -> Terms:
        return Terms(torch.log_softmax(self.a, -1), self.mu, self.logvar)


def first_prior(setup: Setup) -> Prior:
    """The prior that a mixture of the codes gives."""
    pairs = zip(points(setup), setup.runs, strict=True)
    mixtures = [first_mixture(x, run) for x, run in pairs]
    terms = [(m.log_pi, m.mu, m.covariance.log()) for m in mixtures]
    return Prior(*(torch.stack(each).float() for each in zip(*terms, strict=True)))


def first_mixture(x: Tensor, run: Settings) -> em.Mixture:
    """Some iterations of EM on codes x [n, J], from the K-Means of the lowest inertia."""
    centres = kmeans.best_centres(x, run.clusters, run.seed, run.restarts)
    # codes of an untrained network lie closer together than the ridge
    ridge = RIDGE * min(1.0, x.var(0, unbiased=False).mean().item() + 1e-9)
    mixture = em.begin(x, centres, "diagonal", ridge)
    for _ in range(EM_STEPS):
        gamma, _ = em.expect(x, mixture)
        mixture = em.maximise(x, gamma, "diagonal", ridge)
    return mixture


class Vade:
    """Networks and prior, and the pictures x [n, pixels] that they sort into clusters."""

    def __init__(self, coder: Autoencoder, prior: Prior, x: Tensor):
        self.coder = coder
        self.prior = prior
        self.x = x

    def parameters(self) -> list[Tensor]:
        return self.coder.parameters() + self.prior.parameters()

    def note(self, run: int) -> str:
        return "clustering"

    def evaluate(self, run: int, rows: int) -> Assignment:
        x, prior = self.x[:rows], self._prior_of(run)
        means, logvars = self.coder.codes(run, x)
        z = formulas.reparameterise(means, logvars, self._noise(*means.shape, seed=1))
        nll = formulas.bernoulli_nll(self.coder.decode(run, z), x)
        log_gamma = formulas.log_responsibilities(formulas.mixture_log_joint(z, *prior))
        elbo = formulas.vade_elbo(nll, means, logvars, log_gamma, *prior).mean().item()
        gamma = formulas.mixture_log_joint(means, *prior).double().softmax(-1)  # at the mean code
        shape = prior.mu.double(), torch.diag_embed(prior.logvar.double().exp())
        scalars = {"elbo": elbo, "loss": -elbo}
        return Assignment(means.double(), gamma, shape, scalars, prior.log_pi.double().exp())

    def samples(self, run: int, count: int) -> Tensor:
        """Pictures from each component, with the same noise throughout: [K, count, pixels]."""
        prior = self._prior_of(run)
        mu, deviation = prior.mu, (0.5 * prior.logvar).exp()
        eps = self._noise(count, mu.shape[1], seed=2)
        z = mu[:, None] + deviation[:, None] * eps  # (cluster, draw, J)
        out = self.coder.decode(run, z.flatten(0, 1)).sigmoid()
        return out.unflatten(0, (len(mu), count))

    def _prior_of(self, run: int) -> Terms:
        """The prior of a single run."""
        return Terms(*(term[run].detach() for term in self.prior.terms()))

    def _noise(self, *shape: int, seed: int) -> Tensor:
        """Normal numbers, the same ones at every call."""
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(self.x.device)
