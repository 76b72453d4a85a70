"""DEC and VaDE: their networks, and a loss and a gradient for each.

The losses are written in the words of the page, for the reader and the tests; training takes the
gradients, which are the same by the chain rule (`nets` tells why). Every tensor has a leading run
axis: x [runs, batch, pixels], codes [runs, batch, J], K clusters.
"""

from workbench.chapters.clustering import mixtures
from workbench.chapters.clustering.coder import Coder
from workbench.chapters.clustering.dec import TURN
from workbench.chapters.clustering.planes import View
from workbench.chapters.clustering.stage import Stage
from workbench.science import formulas, nets
from workbench.science.later import Tensor, torch

RIDGE = 1e-3  # added to every variance of the mixture that VaDE begins with


class Vade:
    """A prior from the mixture of the codes; then coder and prior climb the ELBO together."""

    def __init__(self, now: Stage, restarts: int):
        self.now = now
        found = [
            self._mixture(x, run.seed, restarts)
            for x, run in zip(now.points(), now.runs, strict=True)
        ]
        terms = ([t.float() for t in (m.log_pi, m.mu, m.covariance.log())] for m in found)
        self.prior = Prior(*(torch.stack(each) for each in zip(*terms, strict=True)))

    def _mixture(self, points: Tensor, seed: int, restarts: int) -> mixtures.Mixture:
        """Twenty iterations of EM on the codes, from the K-Means of the lowest inertia."""
        centres = mixtures.kmeans(points, self.now.first.clusters, seed, restarts)
        # codes of an untrained network lie closer together than the ridge
        ridge = RIDGE * min(1.0, points.var(0, unbiased=False).mean().item() + 1e-9)
        mixture = mixtures.begin(points, centres, "diagonal", ridge)
        for _ in range(20):
            gamma, _ = mixtures.expect(points, mixture)
            mixture = mixtures.maximise(points, gamma, "diagonal", ridge)
        return mixture

    def _rate(self, means: Tensor, logvars: Tensor, terms) -> tuple[Tensor, Tensor]:
        """A sample of the codes [n, J], the same noise throughout, and the rate [n]."""
        eps = torch.randn(means.shape, generator=torch.Generator().manual_seed(1))
        z = formulas.reparameterise(means, logvars, eps.to(means.device))
        log_gamma = formulas.log_responsibilities(formulas.mixture_log_joint(z, *terms))
        return z, formulas.vade_rate(means, logvars, log_gamma, *terms)

    def start(self) -> None:
        rates = [TURN["vade"] * run.lr for run in self.now.runs]
        self.adam = nets.Adam(self.now.net.parameters() + self.prior.parameters(), rates)

    def step(self, pace: float = 1.0) -> None:
        x = self.now.x[self.now.batches.draw()]
        vade_gradient(self.now.net, self.prior, x, self.now.noise.draw())
        self.adam.step(pace)

    def note(self, r: int) -> str:
        return "clustering"

    def view(self, r: int, rows: int) -> View:
        means, logvars = self.now.net.codes(r, self.now.x[:rows])
        terms = [t[r].detach() for t in self.prior.terms()]
        z, rate = self._rate(means, logvars, terms)
        nll = formulas.bernoulli_nll(self.now.net.decode(r, z), self.now.x[:rows])
        gamma = formulas.mixture_log_joint(means, *terms).double().softmax(-1)  # at the mean code
        shape = terms[1].double(), torch.diag_embed(terms[2].double().exp())
        loss = (nll + rate).mean().item()
        return View(means.double(), gamma, shape, {"elbo": -loss, "loss": loss})

    def samples(self, r: int, count: int) -> Tensor:
        """Pictures from each component, with the same noise throughout: [K, count, pixels]."""
        _, mu, logvar = (t[r].detach() for t in self.prior.terms())
        eps = torch.randn(count, mu.shape[1], generator=torch.Generator().manual_seed(2))
        z = mu[:, None] + (0.5 * logvar).exp()[:, None] * eps.to(mu.device)  # (cluster, draw, J)
        out = self.now.net.decode(r, z.flatten(0, 1)).sigmoid()
        return out.unflatten(0, (len(mu), count))


class Prior:
    """VaDE's mixture, one for every run: weights softmax(a), means mu, variances exp(logvar).

    a [runs, K]; mu and logvar [runs, K, J].
    """

    def __init__(self, a: Tensor, mu: Tensor, logvar: Tensor):
        self.a, self.mu, self.logvar = (t.clone().requires_grad_() for t in (a, mu, logvar))

    def parameters(self) -> list[Tensor]:
        return [self.a, self.mu, self.logvar]

    def terms(self) -> tuple[Tensor, Tensor, Tensor]:
        """log pi, mu and logvar, as `formulas.vade_rate` takes them."""
        return torch.log_softmax(self.a, -1), self.mu, self.logvar


def vade_loss(net: Coder, prior: Prior, x: Tensor, eps: Tensor) -> Tensor:
    """Minus the ELBO of a batch, a mean over pictures [runs]; eps [runs, batch, J] is normal."""
    mean, logvar = net.encode(x)
    z = formulas.reparameterise(mean, logvar, eps)
    log_gamma = formulas.log_responsibilities(formulas.mixture_log_joint(z, *prior.terms()))
    nll = formulas.bernoulli_nll(net.decoder(z), x)
    return -formulas.vade_elbo(nll, mean, logvar, log_gamma, *prior.terms()).mean(-1)


@torch.inference_mode()
def vade_gradient(net: Coder, prior: Prior, x: Tensor, eps: Tensor) -> None:
    """The gradient of `vade_loss` by the chain rule, left in each .grad."""
    mean, logvar = net.encode(x)
    s2 = logvar.exp()
    noise = s2.sqrt() * eps
    z = mean + noise
    d_out = net.decoder(z).sigmoid_().sub_(x).div_(x.shape[1])
    d_z = net.decoder.backward(d_out, to_input=True)
    from_gamma, d_mean, d_s2 = _prior_gradient(prior, z, mean, s2)
    d_z += from_gamma
    d_logvar = torch.addcmul(d_s2 * s2, d_z, noise, value=0.5).sub_(0.5 / x.shape[1])
    net.encoder.backward(torch.cat([d_mean + d_z, d_logvar], -1))


def _prior_gradient(prior: Prior, z: Tensor, m: Tensor, s2: Tensor):
    """Fills the prior's .grad, and returns the gradients of the rate for z, m and s^2, a mean
    over the batch.

    A Gaussian is an exponential family: log pi_c N(z; mu_c, v_c) = eta_c . t(z) + a constant with
    t(z) = (z, z^2, 1) and eta_c = (mu_c / v_c, -1 / 2 v_c, log pi_c - 1/2 sum_j (mu_cj^2 / v_cj +
    log v_cj)), and its mean over q(z|x) is eta_c . (m, m^2 + s^2, 1). The rate needs both, the
    former for gamma(z), the latter for sum_c gamma_c (log gamma_c - log pi_c - E log N_c); so they
    go through as one batch of twice the size.
    """
    log_pi, mu, logvar = prior.terms()
    batch, w = m.shape[1], torch.exp(-logvar)  # (run, cluster, J)
    muw = mu * w
    spread = torch.addcmul(logvar, mu, muw).sum(-1)
    eta = torch.cat([muw, -0.5 * w, torch.sub(log_pi, spread, alpha=0.5)[..., None]], -1)
    both = torch.cat([z, m], 1)
    squares = both.square()
    squares[:, batch:] += s2
    t = torch.cat([both, squares, torch.ones_like(both[..., :1])], -1)
    joint, expected = torch.bmm(eta, t.mT).chunk(2, -1)  # (run, cluster, picture)
    # over rows of pictures a softmax is ten times as quick as over columns, and twice a softmax
    # quicker than an exp that mostly ends in zero
    gamma, price = torch.softmax(joint, 1), torch.log_softmax(joint, 1) - expected
    through = torch._softmax_backward_data(price, gamma, 1, gamma.dtype)
    d_joint = torch.cat([through, -gamma], -1).div_(batch)  # of both halves of the batch
    d_t, d_eta = torch.bmm(d_joint.mT, eta), torch.bmm(d_joint, t)
    parts = mu.shape[-1], mu.shape[-1], 1
    first, second, total = d_eta.split_with_sizes(parts, -1)
    drift = torch.addcmul(first, mu, total, value=-1)
    torch.mul(w, drift, out=prior.mu.grad)
    drift += first
    torch.sub(w * second.addcmul_(mu, drift, value=-1), total, out=prior.logvar.grad).mul_(0.5)
    total = total[..., 0]
    torch.addcmul(total, log_pi.exp(), total.sum(-1, keepdim=True), value=-1, out=prior.a.grad)
    linear, square, _ = d_t.split_with_sizes(parts, -1)
    d_z, d_m = torch.addcmul(linear, square, both, value=2).chunk(2, 1)
    return d_z, d_m, square[:, batch:]
