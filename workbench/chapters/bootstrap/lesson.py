"""TODO."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import Task, Voted, Wrong
from workbench.science import formulas, nets
from workbench.science.later import Tensor, torch

STAY = 1.5  # logit of "the label is right" in a fresh noise layer: a third of ten classes
QUICK = 3  # how much faster a noise layer learns than the network before it


class Member(NamedTuple):
    """One network of a stack."""

    loss: str
    beta: float
    given: Wrong | Voted
    warm_up: int
    decay: float
    lr: float
    seed: int


def family(run: Settings) -> dict[str, Member]:
    """The networks that a run trains, by role; all but loss and labels are the same."""
    rest = (run.decay, run.lr, run.seed)
    if run.kind == "annotators":
        single, all_votes = (Voted(run.annotators, run.careless, m) for m in (False, True))
        return {
            "single": Member("cross-entropy", 1.0, single, 0, *rest),
            "soft": Member("soft", run.beta, single, run.warm_up, *rest),
            "hard": Member("hard", run.beta, single, run.warm_up, *rest),
            "majority": Member("cross-entropy", 1.0, all_votes, 0, *rest),
        }
    given = Wrong(run.pattern, run.noise)
    plain = Member("cross-entropy", 1.0, given, 0, *rest)
    # no warm-up: it would put the noise into the network's own distribution for good
    layered = Member("recon", run.beta, given, 0, *rest)
    own = {"cross-entropy": plain, "recon": layered}
    me = own.get(run.loss) or Member(run.loss, run.beta, given, run.warm_up, *rest)
    alone = {"layer": layered._replace(beta=0.0)} if run.baselines else {}
    return {"run": me, "plain": plain} | alone


def sizes(work: Task, width: int) -> list[int]:
    """Units of each layer; 784-500-300-10 for MNIST at the width of the paper."""
    pixels = work.data.pixels
    hidden = [width] if pixels <= 256 else [width, max(2, width * 3 // 5)]
    return [pixels, *hidden, len(work.classes)]


class Classifiers:
    """A classifier for each member, and for those that reconstruct, last in the stack, a noise
    layer and a picture of every class."""

    def __init__(self, members: Sequence[Member], units: Sequence[int], device: str):
        self.net = nets.Mlp(units, nets.generators([m.seed for m in members]), device)
        self.layers = sum(m.loss == "recon" for m in members)
        classes, shape = units[-1], (self.layers, units[-1], units[-1])
        self.noise = (STAY * torch.eye(classes, device=device)).expand(shape).clone()
        self.reconstruction = torch.zeros(self.layers, classes, units[0], device=device)
        self.layer = [self.noise.requires_grad_(), self.reconstruction.requires_grad_()]

    def parameters(self) -> list[Tensor]:
        return self.net.parameters() + (self.layer if self.layers else [])

    def noise_matrix(self, place: int) -> Tensor:
        """The noise layer of the member at `place`, [true, given]; its rows sum to 1."""
        return self.noise[place - len(self.net.weights[0])].detach().softmax(0).T


def gradient_by_autograd(
    model: Classifiers, x: Tensor, t: Tensor, losses: tuple[str, ...], beta: tuple[float, ...]
) -> None:
    """Gradients of every member's loss (mean over the batch), left in each .grad.

    x [members, batch, pixels]; t [members, batch] the given labels; losses, beta: one for each
    member. This is the lesson; what follows is the same, written out for speed.
    """
    for p in model.parameters():
        p.grad.zero_()
    logits, total = model.net(x), 0.0
    first = len(losses) - model.layers
    for m, loss in enumerate(losses):
        if loss == "recon":
            layer = model.noise[m - first], t[m], x[m], model.reconstruction[m - first]
            total = total + formulas.bootstrap_recon(logits[m], *layer, beta[m])
        elif loss == "cross-entropy":
            total = total + formulas.cross_entropy(logits[m], t[m])
        else:
            form = getattr(formulas, f"bootstrap_{loss.replace('-', '_')}")
            total = total + form(logits[m], t[m], beta[m])
    total.backward()


def fit(
    members: Sequence[Member],
    work: Task,
    width: int,
    steps: int,
    shown,
    gradient=gradient_by_autograd,
) -> Iterator[tuple[int, Classifiers, Tensor]]:
    """Trains the members, those that reconstruct last, and yields (step, networks, given labels
    [members, n]) after the steps in `shown`. Members of one seed see the same batches."""
    device = work.x.device.type
    order, noise = (nets.generators([m.seed + o for m in members]) for o in (1000, 2000))
    drawn = [m.given.draw(work, g) for m, g in zip(members, noise, strict=True)]
    given = torch.stack(drawn).to(device)
    model = Classifiers(members, sizes(work, width), device)
    rates = [m.lr for m in members]
    adams = [nets.Adam(model.net.parameters(), rates)]
    if model.layers:
        adams.append(nets.Adam(model.layer, [QUICK * r for r in rates[-model.layers :]]))
    batches = nets.Batches(len(work.x), 64 if len(work.x) <= 10_000 else 128, order, device)
    beta = tuple(m.beta for m in members)
    decay = torch.tensor([m.decay for m in members], device=device).view(-1, 1, 1)
    penalised = any(m.decay for m in members)
    changes = {1, *(m.warm_up + 1 for m in members)}
    for step in range(1, steps + 1):
        if step in changes:
            losses = tuple(m.loss if step > m.warm_up else "cross-entropy" for m in members)
        rows = batches.draw()
        gradient(model, work.x[rows], given.gather(1, rows), losses, beta)
        for weight in model.net.weights if penalised else ():
            weight.grad.addcmul_(weight.detach(), decay)
        for adam in adams:
            adam.step()
        if step in shown:
            yield step, model, given
