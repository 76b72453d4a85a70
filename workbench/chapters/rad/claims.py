"""What the chapter asserts about RAD, and the experiments that test it."""

import numpy as np

from workbench.chapters.rad import CHAPTER
from workbench.chapters.rad.knobs import LABELS, SWITCHES, Settings
from workbench.core.chapter import Claim
from workbench.core.frames import last_frames, last_numbers

CUTS = 5  # draws of as many samples as Opt-Sel has


def train_only(*rules: str, **knobs) -> dict[str, float]:
    """The last numbers of a run of RAD and of these variants; without any, of all."""
    switches = {name: name in rules for name in SWITCHES} | {"look": "rad"} if rules else {}
    (numbers,) = last_numbers(CHAPTER.train([Settings(**(switches | knobs))]))
    return numbers


def learn_along(settings: Settings, *rules: str):
    """The stream of these settings, and a learner for each rule that has met all of it."""
    lesson, stream = CHAPTER.part("lesson"), CHAPTER.part("stream")
    _, course = stream.open_stream(settings)
    learners = {rule: lesson.make_learner(lesson.RULES[rule], settings, course) for rule in rules}
    for learner in learners.values():
        for batch in course.batches[1:]:
            learner.meet(batch)
    return course, learners


def rad_holds(seed: int) -> tuple[bool, str]:
    """RAD and No-Sel with a tree."""
    end = train_only("no_sel", "opt_sel", seed=seed)
    return end["rad"] > end["no_sel"] + 0.10, CHAPTER.in_words(end, "rad", "no_sel", "opt_sel")


def filter_cleans(seed: int) -> tuple[bool, str]:
    """What RAD has learnt from."""
    course, learners = learn_along(Settings(seed=seed, look="rad"), "rad")
    learner = learners["rad"]
    after_first = slice(len(course.batches[0]), None)
    purity = float((learner.y == learner.truth)[after_first].mean())
    return purity > 0.85, f"{purity:.3f} of the labels that were kept are right"


def robust_c(seed: int) -> tuple[bool, str]:
    """What RAD gains over No-Sel with a network and with a tree."""
    ends = [train_only("no_sel", seed=seed, classifier=name) for name in ("MLP", "decision tree")]
    gains = [end["rad"] - end["no_sel"] for end in ends]
    words = (f"{gain:+.3f} ({end['memorised']:.0%})" for gain, end in zip(gains, ends, strict=True))
    return gains[0] < gains[1] / 3, "gain (memorised) with MLP, tree: " + ", ".join(words)


def active_is_cheaper(seed: int) -> tuple[bool, str]:
    """Questions of Active and Slim without a limit."""
    end = train_only("active", "slim", seed=seed, budget=2000)
    return 2 * end["asked_active"] < end["asked_slim"], CHAPTER.in_words(
        end, "asked_active", "asked_slim"
    )


def opt_sel_has_less(seed: int) -> tuple[bool, str]:
    """Samples of Opt-Sel and Full-clean."""
    (frame,) = last_frames(CHAPTER.train([Settings(seed=seed, noise=0.4)]))
    samples = {row[0]: row[2] for row in frame.pictures["variants"].rows}
    few, most = samples[LABELS["opt_sel"]], samples[LABELS["full_clean"]]
    return most > 1.4 * few, f"{few} and {most} samples"


def attacks(seed: int) -> tuple[bool, str]:
    """RAD and No-Sel on simulated attacks at 40 %."""
    end = train_only(
        "no_sel", "opt_sel", seed=seed, stream="iot", noise=0.4, initial=500, batch=100
    )
    return end["rad"] > end["no_sel"] + 0.07, CHAPTER.in_words(end, "rad", "no_sel", "opt_sel")


def long_network(seed: int) -> tuple[bool, str]:
    """RAD and No-Sel on cluster tasks with a network that is trained for long."""
    knobs = dict(stream="cluster", noise=0.4, initial=500, classifier="long MLP")
    end = train_only("no_sel", seed=seed, **knobs)
    holds = end["rad"] > end["no_sel"] + 0.10 and end["memorised"] > 0.5
    return holds, CHAPTER.in_words(end, "rad", "no_sel", "memorised")


def lead_is_more_data(seed: int) -> tuple[bool, str]:
    """Active's classifier, one of as many of its samples as Opt-Sel has, and Opt-Sel's."""
    course, learners = learn_along(Settings(seed=seed, noise=0.4), "active", "opt_sel")
    active, perfect = learners["active"], learners["opt_sel"]
    rng, shares = np.random.default_rng(seed), []
    make = CHAPTER.part("estimators").make
    for _ in range(CUTS):
        rows = rng.choice(len(active.y), len(perfect.y), replace=False)
        tree = make("decision tree", len(course.classes), seed).fit(active.x[rows], active.y[rows])
        shares.append((tree.predict(course.x_test) == course.y_test).mean())
    own, best = (each.accuracy(course.x_test, course.y_test) for each in (active, perfect))
    cut, more = float(np.mean(shares)), len(active.y) / len(perfect.y)
    holds = more > 1.4 and cut < own and cut < best + 0.05
    return holds, f"{more:.2f} times as many; {own:.3f}, cut {cut:.3f}, Opt-Sel {best:.3f}"


def too_late(seed: int) -> tuple[bool, str]:
    """Active whose answers come after the end of the stream, and Voting."""
    end = train_only("voting", "active", seed=seed, noise=0.4, delay=20)
    return end["active"] == end["voting"], CHAPTER.in_words(end, "active", "voting")


def not_a_copy(seed: int) -> tuple[bool, str]:
    """How often RAD's two models name the same class of test data."""
    end = train_only(seed=seed, noise=0.4, **dict.fromkeys(SWITCHES, False))
    return end["agreement"] < 0.9, CHAPTER.in_words(end, "agreement", "label_model", "rad")


def ensemble_has_neighbours(seed: int) -> tuple[bool, str]:
    """The ensemble's k-NN by itself, and the tree that has learnt everything under true labels."""
    end = train_only("ensemble", "full_clean", seed=seed, noise=0.4)
    holds = end["label_model"] > end["full_clean"] + 0.05
    return holds, CHAPTER.in_words(end, "label_model", "full_clean")


def not_worth_it(seed: int) -> tuple[bool, str]:
    """No-Sel after fifteen batches, beside what it knew before the first of them."""
    end = train_only("no_sel", seed=seed, noise=0.4)
    return end["no_sel"] < end["clean_batch"] + 0.05, CHAPTER.in_words(end, "no_sel", "clean_batch")


def the_filter_is_better(seed: int) -> tuple[bool, str]:
    """RAD's classifier and its label model on the same test data."""
    end = train_only(seed=seed, noise=0.4, **dict.fromkeys(SWITCHES, False))
    return end["label_model"] > end["rad"] + 0.05, CHAPTER.in_words(end, "label_model", "rad")


CLAIMS = (
    Claim(
        "rad-holds",
        "With a decision tree and 30 % wrong labels RAD ends more than 0.10 above No-Sel (digits).",
        rad_holds,
    ),
    Claim(
        "not-worth-it",
        "At 40 % wrong labels believing every label is worth nothing: No-Sel ends less than 0.05 "
        "above what the first, clean batch alone gives, most often below (decision tree, digits).",
        not_worth_it,
    ),
    Claim(
        "filter-is-better",
        "At 40 % wrong labels RAD's label model, k-NN, ends more than 0.05 above the tree that it "
        "filters for (digits).",
        the_filter_is_better,
    ),
    Claim(
        "filter-cleans",
        "Of the labels that RAD keeps at 30 % noise more than 85 % are right (digits, k-NN as L).",
        filter_cleans,
    ),
    Claim(
        "c-must-memorise",
        "With a network that resists wrong labels RAD gains less than a "
        "third of what it gains with a tree that learns them by heart (digits, 30 %).",
        robust_c,
    ),
    Claim(
        "active-is-cheaper",
        "Without a limit Active asks less than half as many questions as Slim (digits, 30 %).",
        active_is_cheaper,
    ),
    Claim(
        "opt-sel-has-less",
        "At 40 % noise Full-clean learns from more than 1.4 times as many samples as Opt-Sel.",
        opt_sel_has_less,
    ),
    Claim(
        "lead-is-more-data",
        "At 40 % noise Active learns from more than 1.4 times as many samples as Opt-Sel; a tree "
        "on as many of them as Opt-Sel has falls below Active's, to less than 0.05 above "
        "Opt-Sel's.",
        lead_is_more_data,
    ),
    Claim(
        "ensemble-has-neighbours",
        "At 40 % noise the ensemble's k-NN by itself ends more than 0.05 above the tree of "
        "Full-clean (digits).",
        ensemble_has_neighbours,
    ),
    Claim(
        "not-a-copy",
        "RAD's tree does not become a copy of its label model: at 40 % noise the two name the same "
        "class of less than 90 % of the test data (digits).",
        not_a_copy,
    ),
    Claim(
        "too-late",
        "An expert whose answers come after the stream's end is worth nothing: Active is Voting.",
        too_late,
    ),
    Claim(
        "long-network",
        "With a network that is trained until it repeats more than half of the wrong labels RAD "
        "gains more than 0.10 (cluster tasks, 40 %).",
        long_network,
    ),
    Claim(
        "attacks",
        "On simulated IoT attacks with 40 % wrong labels RAD ends more than 0.07 "
        "above No-Sel (decision tree).",
        attacks,
    ),
)
