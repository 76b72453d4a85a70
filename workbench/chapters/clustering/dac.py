"""DAC: an adversarial autoencoder whose prior is a mixture, refitted to the codes as they move.

Three steps take turns (Harchaoui, Mattei & Bouveyron 2017). A critic A learns to tell codes drawn
from the mixture from codes of pictures. The encoder deceives it, and with the decoder it goes on
reconstructing. From time to time some iterations of EM fit the mixture to the codes anew. This
method is not the Deep Adaptive Clustering of Chang et al. 2017, which is also called DAC.
"""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.clustering import em, kmeans
from workbench.chapters.clustering.autoencoder import Autoencoder
from workbench.chapters.clustering.clusters import Assignment
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.points import Setup, codes
from workbench.science import formulas, nets

RATE, CRITIC_RATE = 0.1, 0.3  # learning rates of coder and critic, relative to the knob
BETAS = 0.5, 0.999  # of the critic's Adam: with the usual 0.9 it swings
HIDDEN = 64  # units in each of the critic's two layers
RIDGE = 1e-3  # added to every variance, relative to the mean variance of the codes
EM_STEPS = 20, 5  # iterations for the first mixture, and for each refit
PICTURES_FITTED = 10_000  # by a refit


def loss(dac: "Dac", x: Tensor) -> Tensor:
    """What encoder and decoder descend on [runs]: reconstruction, and the price of being told.

    E[-log p(x|z) - w log A(z)] at the mean code z, in nats, with w the knob `adversary`; x [runs,
    batch, pixels]. It does not saturate where the critic is sure (Goodfellow et al. 2014).
    """
    z, _ = dac.coder.encode(x)
    reconstruction = formulas.bernoulli_nll(dac.coder.decoder(z), x).mean(-1)
    return reconstruction - dac.adversary * F.logsigmoid(dac.logits(z)).mean((1, 2))


def critic_loss(critic: nets.Mlp, drawn: Tensor, z: Tensor) -> Tensor:
    """The critic's cross-entropy [runs], in nats: ln 2 where it cannot tell.

    Codes `drawn` from the mixture are to get A = 1, codes z of pictures 0; both [runs, batch, J].
    """
    return -0.5 * (F.logsigmoid(critic(drawn)) + F.logsigmoid(-critic(z))).mean((1, 2))


def fit(
    setup: Setup, gradient: Callable[..., None], critic_gradient: Callable[..., None]
) -> Iterator["Dac"]:
    """Yields DAC with a mixture of the codes, and then after every step of coder and critic."""
    dac = Dac(setup)
    yield dac
    run = setup.runs[0]
    coder_adam = nets.Adam(dac.coder.parameters(), [RATE * run.lr for run in setup.runs])
    critic_adams = [
        nets.Adam(critic.parameters(), CRITIC_RATE * run.lr, BETAS)
        for critic, run in zip(dac.critics, setup.runs, strict=True)
    ]
    steps = run.steps - run.before
    for step in range(1, steps + 1):
        x = setup.x[setup.batches.draw()]
        gradient(dac, x)
        with torch.no_grad():
            z, _ = dac.coder.encode(x)
        pairs = torch.stack([dac.standardise(dac.draw(z.shape[1])), dac.standardise(z)], 1)
        for critic, (drawn, own) in zip(dac.critics, pairs, strict=True):
            critic_gradient(critic, drawn[None], own[None])
        for adam in (coder_adam, *critic_adams):
            adam.step(pace=1 - 0.9 * step / steps)
        if run.refit and (step % run.refit == 0 or step == steps):
            dac.refit(setup)
        yield dac


class Dac:
    """Networks, critics and mixtures of every run, and the pictures x [n, pixels] they sort."""

    def __init__(self, setup: Setup):
        first, device = setup.runs[0], str(setup.x.device)
        self.coder: Autoencoder = setup.coder
        self.x = setup.x
        self.adversary = first.adversary
        sizes = [first.latent, HIDDEN, HIDDEN, 1]
        seeds = [run.seed for run in setup.runs]
        # no stack: networks with a single output round otherwise in a stack than alone
        self.critics = [nets.Mlp(sizes, nets.generators([seed + 2000]), device) for seed in seeds]
        self.chance = nets.generators([seed + 3000 for seed in seeds])
        first_codes = codes(setup)
        pairs = zip(first_codes, setup.runs, strict=True)
        self.mixtures = [first_mixture(z, run) for z, run in pairs]
        self.gamma = [em.expect(*pair)[0] for pair in zip(first_codes, self.mixtures, strict=True)]
        self.middle = torch.stack([z.mean(0, keepdim=True) for z in first_codes]).float()
        deviations = [z.std(0, unbiased=False, keepdim=True) for z in first_codes]
        self.deviation = torch.stack(deviations).float().clamp_min(1e-6)

    def parameters(self) -> list[Tensor]:
        """What `loss` moves: the critic has a loss of its own."""
        return self.coder.parameters()

    def standardise(self, z: Tensor) -> Tensor:
        """Codes [runs, n, J] as critics see them: those that DAC began with had variance 1."""
        return (z - self.middle) / self.deviation

    def logits(self, z: Tensor) -> Tensor:
        """What each run's critic says of codes z [runs, n, J]; A is the sigmoid [runs, n, 1]."""
        pairs = zip(self.critics, self.standardise(z), strict=True)
        return torch.cat([critic(own[None]) for critic, own in pairs])

    def refit(self, setup: Setup) -> None:
        """Moves every run's mixture after its codes. Raises Diverged.

        The pictures of a component take it along: the first half-step is an M-step with what they
        belonged to before. All codes may have moved farther than a component is wide, and then an
        E-step with the old mixture would give most of them to a single one.
        """
        few = setup._replace(x=setup.x[:PICTURES_FITTED])
        for run, z in enumerate(codes(few)):
            mixture = em.maximise(z, self.gamma[run][: len(z)], "full", ridge(z))
            self.mixtures[run] = improve(z, mixture, EM_STEPS[1])
            self.gamma[run], _ = em.expect(z, self.mixtures[run])

    def draw(self, count: int) -> Tensor:
        """Codes [runs, count, J] from the mixtures, each run's from its own generator."""
        pairs = zip(self.mixtures, self.chance, strict=True)
        drawn = [draw_codes(mixture, count, generator) for mixture, generator in pairs]
        return torch.stack(drawn).float()

    def note(self, run: int) -> str:
        return "clustering"

    def evaluate(self, run: int, rows: int) -> Assignment:
        z, _ = self.coder.codes(run, self.x[:rows])
        mixture, x = self.mixtures[run], z.double()
        gamma, likelihood = em.expect(x, mixture)
        scalars = {
            "code_likelihood": likelihood + standardisation(x),
            "critic": self._share_told(run, z),
        }
        return Assignment(x, gamma, (mixture.mu, mixture.matrices()), scalars, mixture.log_pi.exp())

    def samples(self, run: int, count: int) -> Tensor:
        """Pictures from each component, with the same noise throughout: [K, count, pixels]."""
        mixture, generator = self.mixtures[run], torch.Generator().manual_seed(2)
        eps = torch.randn(count, mixture.mu.shape[1], generator=generator).to(mixture.mu)
        z = mixture.mu[:, None] + eps @ torch.linalg.cholesky(mixture.matrices()).mT
        out = self.coder.decode(run, z.flatten(0, 1).float()).sigmoid()
        return out.unflatten(0, z.shape[:2])

    def _share_told(self, run: int, z: Tensor) -> float:
        """The share of codes z [n, J] and of as many from the mixture that the critic tells."""
        drawn = draw_codes(self.mixtures[run], len(z), torch.Generator().manual_seed(3)).float()
        both = (torch.stack([drawn, z]) - self.middle[run]) / self.deviation[run]
        critic = self.critics[run].only([0])
        told = torch.cat([critic(both[:1]) > 0, critic(both[1:]) <= 0])
        return told.float().mean().item()


def first_mixture(z: Tensor, run: Settings) -> em.Mixture:
    """The mixture of codes z [n, J] from the K-Means of the lowest inertia, any ellipse for each.

    It is what DAC starts from, and what a reader compares it with.
    """
    centres = kmeans.best_centres(z, run.clusters, run.seed, run.restarts)
    return improve(z, em.begin(z, centres, "full", ridge(z)), EM_STEPS[0])


def improve(z: Tensor, mixture: em.Mixture, steps: int) -> em.Mixture:
    """The mixture after some iterations of EM on codes z [n, J]."""
    for _ in range(steps):
        gamma, _ = em.expect(z, mixture)
        mixture = em.maximise(z, gamma, "full", ridge(z))
    return mixture


def ridge(z: Tensor) -> float:
    """The least variance of codes z [n, J]. It is relative, as nothing fixes the codes' scale."""
    return RIDGE * z.var(0, unbiased=False).mean().item() + 1e-12


def draw_codes(mixture: em.Mixture, count: int, generator: torch.Generator) -> Tensor:
    """Codes [count, J] from a mixture of full covariances."""
    weights = mixture.log_pi.exp().cpu()
    which = torch.multinomial(weights, count, replacement=True, generator=generator)
    eps = torch.randn(count, mixture.mu.shape[1], generator=generator, dtype=mixture.mu.dtype)
    which, eps = which.to(mixture.mu.device), eps.to(mixture.mu.device)
    lower = torch.linalg.cholesky(mixture.covariance)[which]
    return mixture.mu[which] + (lower @ eps[..., None])[..., 0]


def standardisation(z: Tensor) -> float:
    """What a density of codes z [n, J] gains when each number of the code gets a variance of 1.

    log p(z / s) = log p(z) + sum_j log s_j. Without it a code is likelier for being smaller.
    """
    return z.std(0, unbiased=False).clamp_min(1e-12).log().sum().item()
