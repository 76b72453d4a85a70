r"""How much should a code be allowed to say?

A variational autoencoder encodes a picture $x$ not as a point but as a cloud,
$q(z|x) = \mathcal N(\mu(x), \sigma^2(x))$, and decodes a sample of it. It maximises the evidence
lower bound (ELBO),

$$\log p(x) \;\ge\; \underbrace{\mathbb E_{q(z|x)}[\log p(x|z)]}_{-\text{distortion}}
\;-\; \underbrace{\mathrm{KL}(q(z|x)\,\|\,p(z))}_{\text{rate}},$$

in nats: how badly the picture is described given its code, and how much the code says. The
$\beta$-VAE weighs the two, distortion $+\,\beta\,\cdot$ rate. With $\beta = 0$ it is a plain
autoencoder with noise it learns to ignore; with a large $\beta$ saying nothing is cheapest, and
the latents fall silent one after the other (posterior collapse). The capacity form
$\text{distortion} + \gamma\,|\text{rate} - C|$ asks for a rate of $C$ nats instead, and raises
$C$ slowly.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from workbench.chapters.beta_vae.by_hand import gradient_by_hand
from workbench.chapters.beta_vae.knobs import Settings
from workbench.chapters.beta_vae.lesson import Vae, _distortion
from workbench.chapters.beta_vae.pictures import _information, _metrics_table, _pictures, _shots
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science import formulas, metrics, nets
from workbench.science.later import Tensor, torch
from workbench.science.tensors import Resident, resident

HINT = "Lower the learning rate, beta or gamma."


def train_together(
    runs: Sequence[Settings], device: str = "cpu", gradient=gradient_by_hand
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first = runs[0]
    data = resident(first.data, device)
    seeds = nets.generators([run.seed for run in runs])
    vae = Vae(data.pixels, first.latent, seeds, device)
    adam = nets.Adam(vae.parameters(), [run.lr for run in runs])
    batch = 64 if len(data.train) <= 10_000 else 128
    batches = nets.Batches(len(data.train), batch, seeds, device)
    noise = nets.Noise((batches.size, first.latent), seeds, device)
    beta, gamma, c_max = (
        torch.tensor([getattr(run, knob) for run in runs], device=device).view(-1, 1, 1)
        for knob in ("beta", "gamma", "capacity")
    )
    shown = schedule(first.steps)

    def weight(rate: Callable[[], Tensor]) -> Tensor:
        """The price of the rate: beta, or the slope of gamma |rate - C|."""
        if first.kind == "beta":
            return beta
        now = formulas.capacity(step, first.steps, c_max)
        return gamma * torch.sign(rate().view(-1, 1, 1) - now)

    def update(x: Tensor, eps: Tensor) -> None:
        gradient(vae, x, eps, weight, first.likelihood)
        adam.step()

    for step in range(1, first.steps + 1):
        x, eps = data.train[batches.draw()], noise.draw()
        if step == 1 and x.is_cuda and first.kind == "beta" and gradient is gradient_by_hand:
            update = nets.captured(update, adam.state, x, eps)  # the capacity's C moves: no graph
        update(x, eps)
        if step in shown:
            yield snapshot(vae, data, runs, step)


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Trains one beta-VAE and yields its frames."""
    for (frame,) in train_together([settings], device):
        yield frame


SHOWN = 500  # how many train and test pictures a frame's numbers are measured on


@torch.no_grad()
def snapshot(vae: Vae, data: Resident, runs: Sequence[Settings], step: int) -> list[Frame]:
    """One frame for each run: what was measured and what it looks like after `step` steps."""
    last = step == runs[0].steps
    likelihood = runs[0].likelihood
    test = data.test if last else data.test[:SHOWN]
    held_out = measure(vae, test, likelihood)
    trained = measure(vae, data.train[:SHOWN], likelihood)
    shots = _shots(vae, data, held_out["rates"], likelihood)
    frames = []
    for k, settings in enumerate(runs):
        scalars = _scalars(settings, data, held_out, trained, k, step)
        check_finite(step, scalars, HINT)
        pictures = _pictures(
            data,
            {name: s[k] for name, s in shots.items()},
            held_out["rates"][k].numpy(),
            held_out["mu"][k].numpy(),
        )
        note = "training"
        if data.images.factors_test is not None:
            codes, factors = held_out["mu"][k].numpy(), data.images.factors_test[: len(test)]
            pictures["information"] = _information(codes, factors, data.images.factor_names)
            if last:
                pictures["metrics"] = _metrics_table(codes, factors)
        frames.append(Frame(step, settings.steps, scalars, pictures, "done" if last else note))
    return frames


def measure(vae: Vae, x: Tensor, likelihood: str) -> dict[str, Tensor]:
    """Distortion [runs] and rate per latent [runs, J] in nats, means over the rows of x, and the
    mean codes mu [runs, n, J]. One sample of z a picture, from a fixed generator."""
    runs = len(vae.encoder.weights[0])
    eps = torch.randn(len(x), vae.latent, generator=torch.Generator().manual_seed(1))
    distortion, rates, codes = 0.0, 0.0, []
    for part, noise in zip(x.split(SHOWN), eps.to(x.device).split(SHOWN), strict=True):
        mu, logvar = vae.encode(part.expand(runs, *part.shape))
        out = vae.decoder(formulas.reparameterise(mu, logvar, noise))
        distortion = distortion + _distortion(out, part, likelihood).sum(-1)
        rates = rates + formulas.gaussian_kl(mu, logvar).sum(1)
        codes.append(mu)
    return {
        "distortion": (distortion / len(x)).cpu(),
        "rates": (rates / len(x)).cpu(),
        "mu": torch.cat(codes, 1).cpu(),
    }


def _scalars(settings, data: Resident, held_out, trained, k: int, step: int) -> dict[str, float]:
    rates = held_out["rates"][k]
    distortion, rate = held_out["distortion"][k].item(), rates.sum().item()
    beta = effective_beta(settings, rate, step)
    return {
        "elbo": -(distortion + rate),
        "train_elbo": -(trained["distortion"][k] + trained["rates"][k].sum()).item(),
        "distortion": distortion,
        "rate": rate,
        "active": float(metrics.active_dims(rates.numpy()).sum()),
        "effective_beta": beta,
        "normalised_beta": formulas.normalised_beta(beta, settings.latent, data.pixels),
    }


def effective_beta(settings: Settings, rate: float, step: int) -> float:
    """What a nat of rate costs now, in nats of distortion.

    Distortion is summed over pixels, rate over latents, and both are averaged over the batch, so
    nothing rescales beta on the way. The capacity form charges gamma above its C and pays it below.
    """
    if settings.kind == "beta":
        return settings.beta
    asked = formulas.capacity(step, settings.steps, settings.capacity)
    return settings.gamma * float(np.sign(rate - asked))
