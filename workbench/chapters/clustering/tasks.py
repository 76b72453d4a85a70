"""What a reader predicts and solves in the chapter on clustering."""

from collections.abc import Mapping, Sequence

from workbench.chapters.clustering.knobs import Settings
from workbench.core.frames import Frame
from workbench.core.lesson import (
    Bound,
    Direction,
    Goal,
    Lesson,
    Outcome,
    Pick,
    Range,
    Reason,
    Task,
)
from workbench.core.quantity import Quantity, percent


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How many clusters hold pictures, and how well they match the labels."""
    used, names = round(numbers["used"]), {"kmeans": "K-Means", "mixture": "The mixture"}
    name = (names | {"dec": "DEC", "vade": "VaDE", "dac": "DAC"})[run.kind]
    clusters = f"{used} of {run.clusters} clusters"
    if run.clusters == 1 or used == 1:
        return f"{name} puts every picture into one cluster."
    if "acc" not in numbers:
        return f"{name} uses {clusters}."
    share = percent(numbers["acc"])
    return f"{name} uses {clusters}, and {share} of pictures lie in their label's cluster."


def gain(frames: Sequence[Frame]) -> float:
    """The NMI that clustering adds to what pre-training alone gives."""
    end = frames[-1].scalars
    return end["nmi"] - end["base_nmi"]


THIRTY = Task(
    id="thirty",
    title="Three times as many clusters",
    know="ACC matches each cluster to one label at most. NMI is the information that clusters and "
    "labels share, $I(Y; C) / \\frac12 (H(Y) + H(C))$: it needs no matching.",
    ask="K-Means sorts the digits into 10 clusters and has an NMI of {before}. With 30 clusters "
    "ACC falls steeply, for twenty of them have no label left. Where does NMI go?",
    preset=dict(kind="kmeans", features="pixels", clusters=30),
    before=dict(kind="kmeans", features="pixels", clusters=10),
    measure="nmi",
    predict=Direction(same=0.05),
    reasons=(
        Reason(
            "A cluster without a label is a mistake for every score.",
            "For ACC it is. NMI only asks how much a cluster tells about the label.",
        ),
        Reason(
            "Smaller clusters are purer, but thirty of them say more than there is to say.",
            "Yes: the shared information rises, and so does what it is divided by.",
            right=True,
        ),
        Reason(
            "More clusters always fit better, so every score must rise.",
            "The inertia does fit better. A score that compares with labels need not.",
        ),
    ),
    covered=("members", "Agreement with the labels", "confusion"),
    why="A digit that is cut into three clusters of its own kind is wrong for ACC, and nearly "
    "right for NMI. Two numbers that are both called agreement answer different questions.",
    fails="With as many clusters as pictures NMI still is far from 0, though nothing has been "
    "found: the chapter's claim on singletons measures it. ARI is 0 there.",
    tested=("singletons",),
)

UNTRAINED = Task(
    id="untrained",
    title="A deep method from a cold start",
    know="VaDE trains an autoencoder and a mixture of Gaussians at the same time. Half of its "
    "steps are pre-training: the autoencoder alone. Then the mixture is fitted to its codes.",
    ask="With pre-training VaDE uses {before} of its ten clusters. Take the pre-training away, and "
    "give all steps to the whole. How many clusters hold a picture at the end? Give the range that "
    "you expect of five seeds.",
    preset=dict(kind="vade", pretrain=0),
    before=dict(kind="vade"),
    measure="used",
    predict=Range(0, 10, 1, tolerance=0.5),
    reasons=(
        Reason(
            "All parts learn together, so the clusters form by themselves.",
            "At first codes say nothing, so it pays to make them all alike: one cluster is enough.",
        ),
        Reason(
            "Codes of an untrained network say nothing, and one cluster describes them best.",
            "Yes: the rate is paid for at once, and what codes could say comes too late.",
            right=True,
        ),
        Reason(
            "The mixture was fitted, so it stays as it is.",
            "Its means and variances are trained like all weights, and follow the codes.",
        ),
    ),
    covered=("members", "codes", "sizes", "samples", "confusion", "Agreement with the labels"),
    why="The mixture is a prior: whatever codes say must be paid for. Codes that say nothing yet "
    "are cheapest all alike, and then no cluster is needed but one (posterior collapse).",
    fails="With pre-training codes are worth their price from the first step, and all clusters "
    "stay. It takes no label to notice: the sizes and the ELBO show it.",
    tested=("vade-keeps", "collapse-shows"),
)

FLOOR = Task(
    id="floor",
    title="The likelier, the better?",
    know="A mixture of Gaussians maximises the likelihood of the pixels. A least variance keeps a "
    "Gaussian from shrinking to a point.",
    ask="With a least variance of 0.001 a mixture on pixels has an ACC of {before}. Without it the "
    "likelihood rises by more than 50 nats a picture. Where does ACC go?",
    preset=dict(kind="mixture", features="pixels", ridge=1e-9),
    before=dict(kind="mixture", features="pixels"),
    measure="acc",
    predict=Direction(same=0.02),
    reasons=(
        Reason(
            "A model with a higher likelihood describes the digits better.",
            "It describes pixels that never change, and no digit is told by those.",
        ),
        Reason(
            "Components shrink onto pixels that hardly ever change.",
            "Yes: a tiny variance there wins many nats, and decides who belongs to whom.",
            right=True,
        ),
        Reason(
            "A variance so small changes nothing that can be seen.",
            "It changes the densities by powers of ten, so it changes the assignment.",
        ),
    ),
    covered=("members", "codes", "confusion", "sizes", "Agreement with the labels"),
    why="A density can be as high as you like where a variance goes to 0. The likelihood then pays "
    "for borders of the picture that are always black, and not for digits.",
    fails="On codes or components that all vary, the least variance hardly matters.",
)


BELIEF = Task(
    id="belief",
    title="Believing one's own clusters",
    know="DEC begins with K-Means on the codes of an autoencoder. Then it moves the codes: a "
    "picture that is nearly sure of its cluster is pulled closer to it. The decoder is let go. "
    "Nobody tells it anything new.",
    ask="DEC follows its own guesses for 1000 steps. What becomes of the NMI that K-Means had at "
    "the start?",
    preset=dict(kind="dec"),
    measure=gain,
    quantity=Quantity("NMI gained"),
    predict=Pick(
        (
            Outcome(
                "It falls: mistakes are pulled in, and stay.",
                "Mistakes are pulled in, too, but they are fewer, and those at the borders move.",
                high=-0.02,
            ),
            Outcome(
                "It stays: nothing new is said.",
                "Pictures that are sure of their cluster show where it lies, and that helps those "
                "that are not.",
                -0.02,
                0.02,
            ),
            Outcome(
                "It rises: those that are sure help the others.",
                "Codes change for all pictures at once, and alike pictures move together.",
                low=0.02,
            ),
        )
    ),
    reasons=(
        Reason(
            "What a method concludes from itself cannot be information.",
            "It is no new information; the pictures held it, and K-Means could not use it.",
        ),
        Reason(
            "The encoder moves alike pictures alike, so the sure ones take others along.",
            "Yes: that alike pictures belong together is what it assumes, and here it holds.",
            right=True,
        ),
        Reason(
            "More steps of training always help.",
            "More steps sharpen whatever is there, whether it is right or wrong.",
        ),
    ),
    covered=("members", "codes", "confusion", "sizes", "Agreement with the labels"),
    why="The target is sharper than the guess, so gaps between groups of codes widen. Where "
    "groups are digits, that is a gain (Xie et al. 2016 report one on MNIST, too).",
    fails="It depends on the start: DEC can only sharpen what pre-training has found. Another "
    "implementation has from 83.0 to 96.4 % ACC on MNIST in ten trials.",
)

PLAIN = Task(
    id="plain",
    title="Without a network",
    ask="Sort the digits with a mixture of Gaussians and no network at all: an NMI of at least "
    "0.8 on all of five seeds.",
    preset=dict(kind="mixture", features="pca", covariance="diagonal", latent=10),
    measure="nmi",
    goal=Goal(
        knobs=("features", "covariance", "latent"),
        bounds=(Bound("nmi", low=0.8),),
        hints=(
            "Look at the ellipses in the plane of the codes: do the groups lie along the axes?",
            "The covariance decides which shapes a cluster may have, and the code size in how many "
            "directions.",
            "Let every cluster have any ellipse; then take 12 to 20 components.",
        ),
        solution=dict(covariance="full", latent=16),
        near_misses=(
            dict(covariance="tied", latent=16),
            dict(features="pixels", covariance="full"),
        ),
    ),
    why="Principal components drop what is noise, and a full covariance follows groups that lie "
    "askew. On pictures as small as these that beats both deep methods of the chapter.",
    fails="On MNIST, with 784 pixels and more ways to write, networks pay: the papers have K-Means "
    "on pixels at 53.47 % ACC, and DEC at 84.30 %.",
)

LESSON = Lesson(
    lead="Pictures are sorted into clusters without a label. Labels only judge at the end, and "
    "they judge in more than one way.",
    diagram=("pictures", "codes", "{used} clusters", "ACC {acc}", "NMI {nmi}"),
    main="members",
    beside=("codes", "Agreement with the labels"),
    knob="clusters",
    values=(2, 5, 8, 10, 12, 15, 20, 30),
    track="nmi",
    numbers=("acc", "nmi", "used"),
    front=("clusters", "kind", "pretrain"),
    finding=finding,
    tasks=(THIRTY, UNTRAINED, BELIEF, FLOOR, PLAIN),
    reflection="You have no labels. How would you choose between two clusterings?",
)
