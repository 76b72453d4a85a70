"""What the chapter asserts about labelling functions, and the experiments that test it."""

from functools import cache
from statistics import mean

from workbench.chapters.labelling import CHAPTER
from workbench.chapters.labelling.knobs import VIDEOS, Settings
from workbench.core.chapter import Claim
from workbench.core.frames import last_frames
from workbench.core.quantity import percent

SLACK = 1e-9
GOLD_DRAWS = 4  # of gold labels, for each video
# what no page shows under a name of its own
LABELS_RIGHT = {
    "em_right": "by EM",
    "triplet_right": "by triplets",
    "confusion_right": "by class-conditional EM",
    "majority_right": "by vote",
}


def end_of(**knobs) -> dict[str, float]:
    """The last numbers of a run, without the pictures."""
    run = Settings(**knobs)
    course = CHAPTER.part("items").open_course(run)
    measure = CHAPTER.part("evaluation").Measure(run, course)
    *_, (_, beliefs) = CHAPTER.part("lesson").fit([run], course)
    return measure.scalars(beliefs)


def in_words(end: dict[str, float], *names: str) -> str:
    """Labels right: by EM 91.7 %, by vote 86.5 %; other numbers as the page calls them."""
    right = [f"{LABELS_RIGHT[name]} {percent(end[name])}" for name in names if name in LABELS_RIGHT]
    other = CHAPTER.in_words(end, *(name for name in names if name not in LABELS_RIGHT))
    return "; ".join(filter(None, (other, right and f"labels right {', '.join(right)}")))


def em_beats_the_vote(seed: int) -> tuple[bool, str]:
    """EM and majority on 1 or 7."""
    end = end_of(seed=seed, prior=0)
    right = end["em_right"], end["majority_right"]
    return right[0] > right[1] + 0.015, in_words(end, "em_right", "majority_right")


def accuracies_are_found(seed: int) -> tuple[bool, str]:
    """The accuracies that EM finds against the true ones."""
    import numpy as np

    (frame,) = last_frames(CHAPTER.train([Settings(seed=seed, prior=0)]))
    points = frame.pictures["accuracies"]
    em = points.xy[points.group == points.groups.index("EM, one accuracy each")]
    error, related = np.abs(em[:, 0] - em[:, 1]).mean(), np.corrcoef(em.T)[0, 1]
    holds = bool(error < 0.07 and related > 0.85)
    return holds, f"mean error {error:.3f}, correlation {related:.2f}"


def classifier_gains(seed: int) -> tuple[bool, str]:
    """The classifier that learns EM's labels, and the one that learns the vote's."""
    end = end_of(seed=seed, prior=0)
    return end["end"] > end["end_majority"] - SLACK, in_words(end, "end", "end_majority")


def copies_fool(seed: int) -> tuple[bool, str]:
    """The worst function six times."""
    end = end_of(seed=seed, prior=0, copies=5)
    holds = end["em_right"] < min(0.75, end["majority_right"])
    return holds, in_words(end, "em_right", "majority_right")


def alike_is_the_vote(seed: int) -> tuple[bool, str]:
    """Five functions of one accuracy."""
    end = end_of(seed=seed, items="votes", voters="all alike", prior=0, count=5000)
    apart = end["em_right"] - end["majority_right"]
    return abs(apart) < 0.01, in_words(end, "em_right", "majority_right")


def drawn_votes(seed: int) -> tuple[bool, str]:
    """Five functions of known accuracies."""
    run = Settings(seed=seed, items="votes", prior=0, count=5000)
    (frame,) = last_frames(CHAPTER.train([run]))
    points = frame.pictures["accuracies"]
    em = points.xy[points.group == points.groups.index("EM, one accuracy each")]
    worst = float(abs(em[:, 0] - em[:, 1]).max())
    end = frame.scalars
    gain = end["em_right"] - end["majority_right"]
    return worst < 0.06 and gain > 0.05, f"worst error {worst:.3f}, gain {gain:.3f}"


def drawn_copies(seed: int) -> tuple[bool, str]:
    """Drawn votes, the worst function four times."""
    knobs = dict(seed=seed, items="votes", prior=0, count=5000)
    end, before = end_of(copies=3, **knobs), end_of(**knobs)["em_right"]
    names = "em_right", "triplet_right", "confusion_right", "majority_right"
    best = max(end[name] for name in names)
    measured = f"{in_words(end, *names)}, EM without copies {percent(before)}"
    return best < 0.75 < 0.8 < before, measured


def half_copies(seed: int) -> tuple[bool, str]:
    """Drawn votes: three copies of the worst function that repeat none, and half, of its votes."""
    knobs = dict(seed=seed, items="votes", prior=0, count=5000, copies=3)
    alone, half = (end_of(likeness=likeness, **knobs) for likeness in (0, 0.5))
    above = [end["em_right"] - end["majority_right"] for end in (alone, half)]
    words = [in_words(end, "em_right", "majority_right") for end in (alone, half)]
    return above[0] > 0.03 and above[1] < -0.02, f"none: {words[0]}; half: {words[1]}"


def shared_causes(seed: int) -> tuple[bool, str]:
    """EM and majority on 3 or 8."""
    end = end_of(seed=seed, prior=0, question="3 or 8")
    right = end["em_right"], end["majority_right"]
    return right[0] < right[1] - 0.005, in_words(end, "em_right", "majority_right")


def ten_classes(seed: int) -> tuple[bool, str]:
    """EM with free accuracies and majority on all ten digits."""
    end = end_of(seed=seed, prior=0, question="all classes")
    right = end["em_right"], end["majority_right"]
    return right[0] < right[1] - 0.05, in_words(end, "em_right", "majority_right")


def comments_free(seed: int) -> tuple[bool, str]:
    """Comments, free accuracies, 50 rounds; every seed has another test video."""
    end = end_of(items="comments", video=VIDEOS[seed % 5], seed=seed, prior=0, steps=50)
    return end["one_class"] > 0.9, in_words(end, "one_class", "true_class", "em_right")


def comments_prior(seed: int) -> tuple[bool, str]:
    """Comments with a prior; every seed has another test video."""
    end = end_of(items="comments", video=VIDEOS[seed % 5], seed=seed, prior=1)
    right = end["em_right"], end["majority_right"]
    return right[0] > right[1] + 0.005, in_words(end, "em_right", "majority_right")


@cache
def over_videos(labels: str = "hard") -> dict[str, float]:
    """Means over the five test videos, which are the repetition: a seed changes nothing here."""
    ends = [end_of(items="comments", video=video, prior=1, labels=labels) for video in VIDEOS]
    return {name: mean(end[name] for end in ends) for name in ("end", "functions_right")}


def comments_worth(seed: int) -> tuple[bool, str]:
    """The classifier against 100 and 400 gold labels, means over the five test videos."""
    evaluation, gold = CHAPTER.part("evaluation"), {100: [], 400: []}
    for video in VIDEOS:
        run = Settings(items="comments", video=video, seed=seed)
        measure = evaluation.Measure(run, CHAPTER.part("items").open_course(run))
        for count, each in gold.items():
            draws = range(GOLD_DRAWS * seed, GOLD_DRAWS * (seed + 1))
            each += [measure.judge.learn_gold(count, draw) for draw in draws]
    end, few, many = over_videos()["end"], mean(gold[100]), mean(gold[400])
    words = f"from functions {end:.3f}, gold 100 {few:.3f}, gold 400 {many:.3f}"
    return few - 0.01 < end < many, words


def classifier_goes_further(seed: int) -> tuple[bool, str]:
    """The classifier and the functions alone."""
    end = over_videos()
    return end["end"] > end["functions_right"] + 0.02, in_words(end, *end)


def hard_labels(seed: int) -> tuple[bool, str]:
    """Hard labels and probabilities."""
    hard, soft = over_videos()["end"], over_videos("probabilities")["end"]
    return hard > soft + 0.02, f"hard {hard:.3f}, probabilities {soft:.3f}"


CLAIMS = (
    Claim(
        "em-beats-the-vote",
        "On 1 or 7 EM labels more than 1.5 points more items rightly than the majority vote.",
        em_beats_the_vote,
    ),
    Claim(
        "accuracies-are-found",
        "Without a label EM finds the accuracies of nine functions to 0.07 on average, and their "
        "order (correlation above 0.85).",
        accuracies_are_found,
    ),
    Claim(
        "classifier-gains",
        "A classifier that learns EM's labels is no worse than one that learns the vote (1 or 7).",
        classifier_gains,
    ),
    Claim(
        "copies-fool",
        "With the worst function six times EM labels fewer than 75 % rightly, and fewer than the "
        "vote: agreement is taken for truth.",
        copies_fool,
    ),
    Claim(
        "alike-is-the-vote",
        "Where all functions are equally good, EM is the vote, to 0.01 (drawn votes).",
        alike_is_the_vote,
    ),
    Claim(
        "drawn-votes",
        "From 5000 drawn votes EM finds every accuracy to 0.06 and gains more than 5 points.",
        drawn_votes,
    ),
    Claim(
        "drawn-copies",
        "With one bad function four times every label model falls from more than 80 to less than "
        "75 % (drawn votes).",
        drawn_copies,
    ),
    Claim(
        "half-copies",
        "Three copies of the worst function that repeat half of its votes take EM more than 2 "
        "points below the vote; three that are as bad and err independently leave it more than 3 "
        "above (drawn votes).",
        half_copies,
    ),
    Claim(
        "shared-causes",
        "On 3 or 8 the functions share causes, and the vote is ahead of EM by more than half a "
        "point.",
        shared_causes,
    ),
    Claim(
        "ten-classes",
        "On ten digits, EM with free accuracies is more than 5 points below the vote.",
        ten_classes,
    ),
    Claim(
        "comments-free",
        "On comments, where each function votes for one class only, EM with free accuracies calls "
        "more than 90 % by one name.",
        comments_free,
    ),
    Claim(
        "comments-prior",
        "With a prior EM labels comments at least half a point better than the vote.",
        comments_prior,
    ),
    Claim(
        "comments-worth",
        "Eleven functions are worth between 100 and 400 gold labels (comments, means over five "
        "videos; the lower end to one point).",
        comments_worth,
    ),
    Claim(
        "classifier-goes-further",
        "On an unseen video the classifier is more than 2 points better than the functions that "
        "taught it (means over five videos).",
        classifier_goes_further,
    ),
    Claim(
        "hard-labels",
        "On comments hard labels teach more than 2 points better than the label model's "
        "probabilities (means over five videos).",
        hard_labels,
    ),
)
