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
import param

from workbench import formulas, metrics, nets
from workbench.chapters import Chapter, Claim, Published
from workbench.frames import (
    Bars,
    Frame,
    HeatMap,
    Images,
    Scatter,
    Table,
    Trace,
    check_finite,
    schedule,
)
from workbench.later import Tensor, torch
from workbench.resident import Resident, resident
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

SIGMA = 0.2  # standard deviation of a pixel under the Gaussian likelihood
HINT = "Lower the learning rate, beta or gamma."


class Settings(Base):
    """The knobs of the beta-VAE."""

    data = DataName("digits", label="Data", doc="The pictures to learn from, without labels.")
    kind = param.Selector(
        default="beta",
        objects=["beta", "capacity"],
        label="Objective",
        doc="beta weighs the rate; capacity asks for a rate of C nats (Burgess et al. 2018).",
    )
    beta = Stops(
        1.0,
        [0, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 12, 14, 16],
        label="Beta",
        doc="Price of one nat of rate, in nats of distortion. 1 is the VAE.",
    )
    capacity = param.Number(
        10.0,
        bounds=(0, 40),
        step=1,
        label="Capacity C (nats)",
        doc="The rate asked for; it grows from 0 to C over the first 60 % of training.",
    )
    latent = param.Integer(
        10, bounds=(1, 32), label="Latents", doc="How many numbers the code has."
    )
    likelihood = param.Selector(
        default="bernoulli",
        objects=["bernoulli", "gaussian"],
        label="Pixels",
        doc=f"How a pixel is scored: as a coin, or as a Gaussian of sd {SIGMA:g}.",
    )
    gamma = Stops(
        30,
        [1, 3, 10, 30, 100, 300, 1000],
        label="Gamma",
        precedence=2,
        doc="How strictly the capacity form keeps to its rate.",
    )
    lr = Stops(
        0.003,
        [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
        label="Learning rate",
        precedence=2,
        doc="Adam's step size.",
    )
    steps = Stops(
        1500,
        [100, 200, 400, 800, 1500, 3000, 6000, 12000, 20000],
        label="Steps",
        precedence=2,
        doc="Mini-batches to train on.",
    )
    seed = param.Integer(
        0,
        bounds=(0, 99),
        label="Seed",
        precedence=2,
        doc="Draws the initial weights, the order of the data and the noise.",
    )

    relevant = {
        "beta": lambda s: s.kind == "beta",
        "capacity": lambda s: s.kind == "capacity",
        "gamma": lambda s: s.kind == "capacity",
    }


class Vae:
    """Encoders x -> (mu, log sigma^2) and decoders z -> pixels, one of each for every run."""

    def __init__(self, pixels: int, latent: int, generators, device: str, hidden=None):
        hidden = hidden or ([128] if pixels <= 256 else [256, 256])
        self.latent = latent
        self.encoder = nets.Mlp([pixels, *hidden, 2 * latent], generators, device)
        self.decoder = nets.Mlp([latent, *reversed(hidden), pixels], generators, device)

    def parameters(self) -> list[Tensor]:
        return self.encoder.parameters() + self.decoder.parameters()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x [runs, batch, pixels] -> mean and log variance of its code, each [runs, batch, J]."""
        return self.encoder(x).chunk(2, -1)


def gradient_by_autograd(vae: Vae, x: Tensor, eps: Tensor, weight, likelihood: str) -> None:
    """Gradients of distortion + weight * rate (mean over the batch), left in each .grad.

    x [runs, batch, pixels]; eps [runs, batch, J] standard normal; weight(rate) gives the price of
    the rate [runs, 1, 1] and may call rate() for that of this batch [runs]. This is the lesson;
    what follows is the same gradient written out, for speed.
    """
    mu, logvar = vae.encode(x)
    out = vae.decoder(formulas.reparameterise(mu, logvar, eps))
    distortion = _distortion(out, x, likelihood).mean(-1)
    rate = formulas.gaussian_kl(mu, logvar).sum(-1).mean(-1)
    loss = distortion + weight(rate.detach).flatten() * rate
    for p in vae.parameters():
        p.grad.zero_()
    loss.sum().backward()


@torch.inference_mode()
def gradient_by_hand(vae: Vae, x: Tensor, eps: Tensor, weight, likelihood: str) -> None:
    """The gradient of `gradient_by_autograd` by the chain rule, at less than half the cost."""
    mu, logvar = vae.encode(x)
    noise = (0.5 * logvar).exp_().mul_(eps)  # sigma eps
    out = vae.decoder(mu + noise)
    each = 1 / x.shape[1]  # of the batch's mean
    if likelihood == "bernoulli":
        d_out = out.sigmoid_().sub_(x).mul_(each)
    else:
        d_out = out.sub_(x).mul_(each / SIGMA**2)
    d_z = vae.decoder.backward(d_out, to_input=True)
    price = weight(lambda: _rate(mu, logvar))
    # KL = (mu^2 + sigma^2 - log sigma^2 - 1) / 2, and sigma^2 - 1 = expm1(log sigma^2)
    d_mu = torch.addcmul(d_z, mu, price, value=each)
    d_logvar = d_z.mul_(noise).mul_(0.5).addcmul_(logvar.expm1(), price, value=0.5 * each)
    vae.encoder.backward(torch.cat([d_mu, d_logvar], -1))


def _rate(mu: Tensor, logvar: Tensor) -> Tensor:
    kl = mu.square().add_(logvar.exp()).sub_(logvar).sum((1, 2)) / 2
    return kl / mu.shape[1] - mu.shape[2] / 2


def _distortion(out: Tensor, x: Tensor, likelihood: str) -> Tensor:
    if likelihood == "bernoulli":
        return formulas.bernoulli_nll(out, x)
    return formulas.gaussian_nll(out, x, SIGMA)


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
REACH = np.linspace(-2.5, 2.5, 9)  # how far a traversal goes, in prior standard deviations
SIDE = 11  # the manifold is SIDE x SIDE pictures


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


def _shots(vae: Vae, data: Resident, rates: Tensor, likelihood: str) -> dict[str, Tensor]:
    """Decoded pictures [runs, n, pixels] by name, all runs and all pictures in one pass."""
    device, runs, j = data.test.device, len(rates), vae.latent
    examples = data.test[torch.from_numpy(data.examples(20)).to(device)]
    codes = vae.encode(examples.expand(runs, *examples.shape))[0]
    prior = torch.randn(20, j, generator=torch.Generator().manual_seed(2)).to(device)
    shots = {
        "reconstructions": codes,
        "samples": prior.expand(runs, -1, -1),
        "traversals": _traversals(codes[:, :1]),
        "manifold": _plane(rates).to(device),
    }
    out = vae.decoder(torch.cat(list(shots.values()), 1))
    seen = out.sigmoid() if likelihood == "bernoulli" else out.clamp(0, 1)
    parts = seen.split([z.shape[1] for z in shots.values()], 1)
    return dict(zip(shots, parts, strict=True)) | {"examples": examples.expand(runs, -1, -1)}


def _traversals(code: Tensor) -> Tensor:
    """code [runs, 1, J] -> [runs, J * len(REACH), J]: each latent in turn moved along REACH."""
    j = code.shape[-1]
    reach = torch.from_numpy(REACH).to(code)
    along = torch.eye(j, device=code.device)[:, None, :]  # (latent, 1, J)
    moved = code[:, None] * (1 - along) + reach[:, None] * along  # (runs, latent, reach, J)
    return moved.flatten(1, 2)


def _plane(rates: Tensor) -> Tensor:
    """Codes [runs, SIDE * SIDE, J] on a plane through the two latents of the highest rate."""
    runs, j = rates.shape
    axis = torch.from_numpy(np.linspace(-2.5, 2.5, SIDE)).float()
    across, up = axis.repeat(SIDE), axis.flip(0).repeat_interleave(SIDE)
    z = torch.zeros(runs, SIDE * SIDE, j)
    for k, top in enumerate(_two_busiest(rates)):
        z[k, :, top[-1]] = up
        z[k, :, top[0]] = across
    return z


def _two_busiest(rates: Tensor) -> list[list[int]]:
    """The latents of the highest rate [runs][1 or 2], in ascending order so that axes stay."""
    return [sorted(r.topk(min(2, len(r))).indices.tolist()) for r in rates]


def _pictures(data: Resident, shots, rates: np.ndarray, codes: np.ndarray) -> dict:
    names = tuple(f"z{j + 1}" for j in range(len(rates)))
    top = sorted(np.argsort(-rates, kind="stable")[:2])
    across, up = names[top[0]], names[top[-1]]
    pairs = torch.stack(
        [shots[name].unflatten(0, (2, -1)) for name in ("examples", "reconstructions")], 1
    )
    reach = tuple(f"{r:+.1f}" if i % 4 == 0 else "" for i, r in enumerate(REACH))
    return {
        "reconstructions": Images(
            "Reconstructions",
            data.tiles(pairs.flatten(0, 2), 10),
            ("held-out", "decoded") * 2,
            caption="Held-out pictures and what is left of them after the code.",
        ),
        "samples": Images(
            "Samples from the prior",
            data.tiles(shots["samples"], 10),
            caption="Codes drawn from N(0, 1), the same ones throughout, decoded.",
        ),
        "traversals": Images(
            "Latent traversals",
            data.tiles(shots["traversals"], len(REACH)),
            names,
            reach,
            caption="One picture's code with one latent at a time moved from -2.5 to +2.5. "
            "A row that does not change is a silent latent.",
        ),
        "manifold": Images(
            "The plane of the two busiest latents",
            data.tiles(shots["manifold"], SIDE),
            caption=f"Decoded on a grid: {across} across, {up} up, the other latents at 0.",
        ),
        "rates": Bars(
            "Rate per latent",
            names,
            rates,
            y_label="nats",
            caption="How much each latent says about a picture. 0 is silent.",
        ),
        "latents": Scatter(
            "Codes of held-out pictures",
            codes[:600][:, [top[0], top[-1]]],
            None if data.labels is None else data.labels[:600],
            data.images.classes,
            across,
            up,
            caption="Means of the codes in the two busiest latents. Training never saw a label.",
        ),
    }


def _information(codes: np.ndarray, factors: np.ndarray, names: tuple[str, ...]) -> HeatMap:
    information = metrics.mutual_information(codes, factors)
    return HeatMap(
        "What each latent knows",
        information,
        tuple(f"z{j + 1}" for j in range(len(information))),
        names,
        "factor",
        "latent",
        "nats",
        caption="Mutual information of a latent and a factor (20 bins). Disentangled would be "
        "one bright cell in every row and column.",
    )


def _metrics_table(codes: np.ndarray, factors: np.ndarray) -> Table:
    score = metrics.dci(codes, factors)
    rows = (
        ("MIG", metrics.mig(codes, factors)),
        ("SAP", metrics.sap(codes, factors)),
        ("DCI disentanglement", score.disentanglement),
        ("DCI completeness", score.completeness),
        ("DCI informativeness", score.informativeness),
        ("beta-VAE metric", metrics.beta_vae_score(codes, factors)),
        ("FactorVAE metric", metrics.factor_vae_score(codes, factors)),
    )
    return Table(
        "Disentanglement",
        ("metric (0 to 1)", "this run"),
        tuple((name, f"{value:.2f}") for name, value in rows),
        caption="Held-out sprites; higher is better. No setting of beta is promised to "
        "disentangle (Locatello et al. 2019): let the metrics speak.",
    )


def last_frames(runs: Sequence[Settings]) -> list[dict[str, float]]:
    """The last numbers of runs trained side by side."""
    *_, frames = train_together(runs)
    return [frame.scalars for frame in frames]


def _sweep(seed: int, name: str, values: Sequence[float], **knobs) -> list[dict[str, float]]:
    return last_frames([Settings(seed=seed, **knobs, **{name: value}) for value in values])


def _said(name: str, values, ends, *shown: str) -> str:
    columns = (f"{s} " + ", ".join(f"{e[s]:.4g}" for e in ends) for s in shown)
    return f"{name} {', '.join(f'{v:g}' for v in values)}: " + "; ".join(columns)


def rate_falls(seed: int) -> tuple[bool, str]:
    """Rate and distortion along beta."""
    betas = (0, 0.1, 0.5, 1, 2)
    ends = _sweep(seed, "beta", betas)
    rates, distortions = (np.diff([e[s] for e in ends]) for s in ("rate", "distortion"))
    holds = bool((rates < 0).all() and (distortions > 0).all())
    return holds, _said("beta", betas, ends, "rate", "distortion")


def collapse(seed: int) -> tuple[bool, str]:
    """Active latents without a price and with a prohibitive one."""
    betas = (0, 16)
    ends = _sweep(seed, "beta", betas)
    return ends[0]["active"] == 10 and ends[1]["active"] == 0, _said("beta", betas, ends, "active")


def best_bound(seed: int) -> tuple[bool, str]:
    """The ELBO along beta."""
    betas = (0, 0.25, 1, 4)
    ends = _sweep(seed, "beta", betas)
    best = max(range(len(betas)), key=lambda i: ends[i]["elbo"])
    return betas[best] == 1, _said("beta", betas, ends, "elbo")


def rate_as_asked(seed: int) -> tuple[bool, str]:
    """The rate that the capacity form ends with."""
    asked = (2, 4, 6)
    ends = _sweep(seed, "capacity", asked, kind="capacity")
    holds = all(abs(e["rate"] - c) < 0.2 * c for c, e in zip(asked, ends, strict=True))
    return holds, _said("C", asked, ends, "rate")


CHAPTER = Chapter(
    name="beta-vae",
    number=2,
    title="VAE and beta-VAE",
    question="How much should a code be allowed to say?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=("beta", "capacity", "gamma", "lr", "seed"),
    traces=(
        Trace(
            "Learning curves",
            {"elbo": "held-out", "train_elbo": "training set"},
            "ELBO (nats)",
            caption="Higher is better. A gap between the two lines is overfitting.",
            log_x=True,
        ),
        Trace(
            "Distortion and rate",
            {"distortion": "distortion", "rate": "rate"},
            "nats",
            caption="Held-out. Beta buys a lower rate with a higher distortion.",
            log_x=True,
        ),
        Trace(
            "Rate-distortion plane",
            {"distortion": "this run"},
            "distortion (nats)",
            caption="The path of training. Lines of equal ELBO fall at 45 degrees.",
            against="rate",
            x_label="rate (nats)",
        ),
    ),
    layout=(
        "Learning curves",
        "reconstructions",
        "latents",
        "traversals",
        "Distortion and rate",
        "rates",
        "manifold",
        "Rate-distortion plane",
        "samples",
        "information",
        "metrics",
    ),
    thumbnail="manifold",
    reading={
        "elbo": "Held-out evidence lower bound in nats a picture. Higher is better.",
        "distortion": "Nats it takes to describe a held-out picture given its code.",
        "rate": "Nats that the code says about a picture: KL(q(z|x) || p(z)).",
        "active": "Latents that say more than 0.05 nat.",
        "effective_beta": "What a nat of rate costs now, in nats of distortion.",
        "normalised_beta": "Beta x latents / pixels: comparable between data sets (Higgins).",
    },
    claims=(
        Claim(
            "rate-falls",
            "The dearer a nat of rate, the lower the rate and the higher the "
            "distortion (digits, beta 0, 0.1, 0.5, 1, 2).",
            rate_falls,
        ),
        Claim(
            "collapse", "With beta 0 all ten latents are active; with beta 16 none is.", collapse
        ),
        Claim(
            "best-bound",
            "Of beta 0, 0.25, 1 and 4, beta 1 ends with the highest ELBO: it is "
            "the one that trains on it.",
            best_bound,
        ),
        Claim(
            "rate-as-asked",
            "The capacity form ends within 20 % of the rate asked for (C = 2, 4, 6 nats).",
            rate_as_asked,
        ),
    ),
    published=(
        Published(
            "More than 12,000 models, 6 methods, 6 metrics, 7 data sets: unsupervised "
            "disentanglement",
            "impossible without inductive bias",
            "Locatello et al. 2019, abstract",
        ),
        Published(
            "beta of the study, 300,000 steps, 10 latents, Bernoulli pixels",
            "1, 2, 4, 6, 8, 16",
            "disentanglement_lib, study configuration",
        ),
        Published(
            "beta-VAE metric of a beta-VAE (beta = 4) on dSprites",
            "99.23 % (unverified: quoted from memory; a 2021 note reports that it could "
            "not be reproduced)",
            "Higgins et al. 2017",
        ),
    ),
    try_this=(
        ("Beta 0: a code that may say anything", "beta=0"),
        ("Beta 4: which latents fall silent?", "beta=4"),
        ("Beta 16: posterior collapse", "beta=16"),
        ("Two latents: a map of the digits", "latent=2"),
        ("Ask for a rate of 6 nats", "kind=capacity&capacity=6"),
        ("Sprites: do latents find the factors?", "data=sprites&beta=4&latent=8&steps=3000"),
    ),
)
