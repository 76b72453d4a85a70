"""What the chapter asserts about multi-task learning, and the experiments that test it."""

from workbench.chapters.multitask import CHAPTER
from workbench.chapters.multitask.knobs import OTHER_TASK
from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers

REPEATS = {"repeats": 6, "curve": False, "steps": 600}


def end(seed: int, **knobs) -> dict[str, float]:
    """The last numbers of a run of six repeats."""
    (numbers,) = last_numbers(CHAPTER.train([CHAPTER.Settings(seed=seed, **REPEATS, **knobs)]))
    return numbers


def gains(seed: int, *tasks: str, **knobs) -> dict[str, float]:
    """The gain by each of these tasks."""
    return {task: end(seed, task=task, **knobs)["gain"] for task in tasks}


def in_words(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:+.3f}" for name, value in values.items())


def related_tasks_help(seed: int) -> tuple[bool, str]:
    """The gain by loops and by the upper half, with 20 labels."""
    gained = gains(seed, "loops", "at least half", labels=20)
    return min(gained.values()) > 0.02, in_words(gained)


def random_labels_do_not_help(seed: int) -> tuple[bool, str]:
    """The gain by random labels, with 20 labels."""
    gained = gains(seed, "random", labels=20)
    return gained["random"] < 0.015, in_words(gained)


def shuffled_labels_do_not_help(seed: int) -> tuple[bool, str]:
    """The gain by loops whose labels are all right, and all shuffled, with 20 labels."""
    gained = {f"{share:.0%} shuffled": end(seed, shuffled=share)["gain"] for share in (0.0, 1.0)}
    right, shuffled = gained.values()
    return right > 0.02 and shuffled < 0.015, in_words(gained)


def relatedness_counts(seed: int) -> tuple[bool, str]:
    """The gain by the upper half and by random labels, with 50 labels."""
    gained = gains(seed, "at least half", "random", labels=50)
    return gained["at least half"] > gained["random"] + 0.01, in_words(gained)


def rotation_does_not_help(seed: int) -> tuple[bool, str]:
    """The gain by rotation, with 50 labels."""
    gained = gains(seed, "rotation", labels=50)
    return gained["rotation"] < 0, in_words(gained)


def transfer_wants_relation(seed: int) -> tuple[bool, str]:
    """The gain by the number of loops, and by drawn sprites, when they are learnt first."""
    sources = (OTHER_TASK, "sprites")
    gained = {s: end(seed, kind="transfer", source=s, labels=20)["gain"] for s in sources}
    return gained[OTHER_TASK] > 0.01 and gained["sprites"] < -0.03, in_words(gained)


def learnt_weights_run_away(seed: int) -> tuple[bool, str]:
    """Learnt weights beside random labels, with 20 labels and a high cap."""
    numbers = end(seed, task="random", weights="learnt", cap=10_000)
    main, other = numbers["weight_main"], numbers["weight_other"]
    return other < 1 and main > 100, f"main task {main:.0f}, random labels {other:.2f}"


CLAIMS = (
    Claim(
        "related-tasks-help",
        "With 20 labels the number of loops, and whether a digit is in the upper half, each add "
        "more than 0.02 to accuracy (digits, mean of six repeats).",
        related_tasks_help,
    ),
    Claim(
        "random-labels-do-not-help",
        "Ten random labels add less than 0.015 (digits, 20 labels, mean of six repeats).",
        random_labels_do_not_help,
    ),
    Claim(
        "shuffled-labels-do-not-help",
        "The number of loops adds more than 0.02 with right labels, and less than 0.015 when all "
        "of them are shuffled among the pictures (digits, 20 labels, mean of six repeats).",
        shuffled_labels_do_not_help,
    ),
    Claim(
        "relatedness-counts",
        "With 50 labels the upper half adds at least 0.01 more than random labels do (digits, mean "
        "of six repeats).",
        relatedness_counts,
    ),
    Claim(
        "rotation-does-not-help",
        "With 50 labels the angle of a turned digit adds nothing (mean of six repeats).",
        rotation_does_not_help,
    ),
    Claim(
        "transfer-wants-relation",
        "Learnt first, the number of loops of the same digits adds more than 0.01, and the shapes "
        "of drawn sprites cost more than 0.03 (20 labels, mean of six repeats).",
        transfer_wants_relation,
    ),
    Claim(
        "learnt-weights-run-away",
        "Learnt weights give random labels less than 1 and the main task more than 100 (digits, 20 "
        "labels, cap 10,000).",
        learnt_weights_run_away,
    ),
)
