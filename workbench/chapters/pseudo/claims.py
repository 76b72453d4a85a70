"""What the chapter asserts, and the experiments that test it.

Most are means over seeds that train side by side: with so few labels, luck decides single runs.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from workbench.chapters.pseudo import CHAPTER
from workbench.core.chapter import Claim

REPEATED = 5  # seeds that a claim is the mean of
LEVELS = (1, 2, 4)  # labels a class
OFF = dict(mixup=False, least=False, balance=False, certainty=False)
PARTS = {  # of MixUp with a memory: what is switched
    "all": {},
    "mixup": OFF | {"mixup": True},
    "k": OFF | {"least": True},
    "no R_A": {"balance": False},
    "no mixup": {"mixup": False},
}
HARD = {  # of Pseudo-Label: when and how much guesses count, and how many labels there are
    **{labels: {"labels": labels} for labels in (2, 3, 10)},
    "at once": {"start": 0, "full": 0},
    "at once, weight 10": {"start": 0, "full": 0, "alpha": 10},
}
TOY = dict(start=0, full=0.3, lr=0.01, labels=4, steps=1200)
Numbers = Mapping[str, np.ndarray]  # by name, a value for each seed


def repeat(seed: int, count: int = REPEATED, **knobs) -> Numbers:
    """The last numbers of runs with `count` seeds, which train in one stack."""
    return repeat_each(seed, {"": {}}, count, **knobs)[""]


def repeat_each(
    seed: int, changes: Mapping[object, dict], count: int = REPEATED, **knobs
) -> dict[object, Numbers]:
    """The last numbers over seeds for each change of the knobs, all in one stack."""
    seeds = [seed + 10 * i for i in range(count)]
    settings = [CHAPTER.Settings(**(knobs | change)) for change in changes.values()]
    runs = [each.replace(seed=number) for each in settings for number in seeds]
    ends = CHAPTER.part("evaluation").train_to_end(runs)
    rows = {name: ends[i * count : (i + 1) * count] for i, name in enumerate(changes)}
    return {
        name: {key: np.array([end[key] for end in own]) for key in own[0]}
        for name, own in rows.items()
    }


@lru_cache(maxsize=2)
def train_guesses(seed: int) -> dict[object, Numbers]:
    """Pseudo-Label with each of the changes in HARD."""
    return repeat_each(seed, HARD)


@lru_cache(maxsize=2)
def train_parts(seed: int) -> dict[object, Numbers]:
    """MixUp with a memory with some of its parts, at each number of labels."""
    changes = {
        (part, labels): switches | {"labels": labels}
        for part, switches in PARTS.items()
        for labels in LEVELS
    }
    return repeat_each(seed, changes, kind="mixup-memory")


def listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:+.3f}" for value in values)


def from_the_start(seed: int) -> tuple[bool, str]:
    end = train_guesses(seed)["at once"]
    loss = end["supervised_accuracy"] - end["accuracy"]
    return bool((loss > 0.25).all()), f"below labels alone by {listed(loss)}"


def weight_ten(seed: int) -> tuple[bool, str]:
    end = train_guesses(seed)["at once, weight 10"]
    return bool((end["accuracy"] < 0.2).all()), f"accuracy {listed(end['accuracy'])}"


def small_gain(seed: int) -> tuple[bool, str]:
    values = []
    for labels in (2, 3, 10):
        end = train_guesses(seed)[labels]
        values.append((end["accuracy"] - end["supervised_accuracy"]).mean())
    return all(-0.05 < gain < 0.1 for gain in values), f"gains {listed(values)}"


def certain_mistakes(seed: int) -> tuple[bool, str]:
    end = train_guesses(seed)[3]
    own, plain = end["sure_wrong"], end["supervised_sure_wrong"]
    holds = (own > 0.9).all() and (plain < 0.82).all()
    return bool(holds), f"believed {listed(own)}; labels alone {listed(plain)}"


def repairs_more(seed: int) -> tuple[bool, str]:
    end = train_guesses(seed)[2]
    shares, lost = {}, {}
    for prefix in ("", "supervised_"):
        still, repaired = end[f"{prefix}still_wrong"], end[f"{prefix}repaired"]
        shares[prefix] = (still / (still + repaired)).mean()
        lost[prefix] = end[f"{prefix}newly_wrong"].mean()
    holds = shares[""] < 0.8 and shares["supervised_"] > 0.8 and lost[""] > lost["supervised_"]
    return bool(holds), (
        f"still wrong {listed(shares.values())} of the early mistakes, newly wrong "
        f"{listed(lost.values())} of all (believed, labels alone)"
    )


def noise_helps(seed: int) -> tuple[bool, str]:
    end = repeat(seed, jitter=0.3)
    gain = end["accuracy"] - end["supervised_accuracy"]
    return bool(gain.mean() > 0.03), f"gains {listed(gain)}"


def gap_misleads(seed: int) -> tuple[bool, str]:
    end = repeat(seed, 8, items="gap", jitter=0.3, alpha=3, **TOY)
    gain = end["accuracy"] - end["supervised_accuracy"]
    return bool(gain.mean() < -0.02), f"gains {listed(gain)}"


def moons_help(seed: int) -> tuple[bool, str]:
    end = repeat(seed, 8, items="moons", jitter=0.15, alpha=1, **TOY)
    gain = end["accuracy"] - end["supervised_accuracy"]
    return bool(gain.mean() > 0), f"gains {listed(gain)}"


def strangers_are_believed(seed: int) -> tuple[bool, str]:
    end = repeat(seed, strangers=3)
    return bool(end["strange"].mean() > 0.2), f"shares {listed(end['strange'])}"


def gains(seed: int, part: str, reference: str = "naive_accuracy") -> list[float]:
    """How far a part ends above a reference, the mean over seeds, at each number of labels."""
    ends = train_parts(seed)
    values = [ends[part, labels] for labels in LEVELS]
    return [float((end["accuracy"] - end[reference]).mean()) for end in values]


def all_parts(seed: int) -> tuple[bool, str]:
    gain = gains(seed, "all")
    return min(gain) > 0.05, f"above the memory alone by {listed(gain)}"


def mixup_helps(seed: int) -> tuple[bool, str]:
    gain = gains(seed, "mixup")
    return min(gain) > 0.03, f"above the memory alone by {listed(gain)}"


def soft_is_idle(seed: int) -> tuple[bool, str]:
    ends = [train_parts(seed)["all", labels] for labels in LEVELS]
    gain = [(end["naive_accuracy"] - end["supervised_accuracy"]).mean() for end in ends]
    return max(np.abs(gain)) < 0.02, f"against labels alone {listed(gain)}"


def k_is_idle(seed: int) -> tuple[bool, str]:
    gain = gains(seed, "k")
    return max(np.abs(gain)) < 0.02, f"against the memory alone {listed(gain)}"


def balance_counts_at_one(seed: int) -> tuple[bool, str]:
    ends = train_parts(seed)
    least = [ends[part, 1]["least_share"].mean() for part in ("all", "no R_A")]
    gain = [
        (ends["all", labels]["accuracy"] - ends["no R_A", labels]["accuracy"]).mean()
        for labels in (1, 4)
    ]
    measured = f"least share {listed(least)}, with R_A and without; R_A gains {listed(gain)}"
    return least[1] < 0.75 * least[0] and abs(gain[1]) < 0.03, measured


def certainty_calibrates(seed: int) -> tuple[bool, str]:
    ends = train_parts(seed)
    errors = [[ends[part, n]["ece"].mean() for part in ("all", "mixup")] for n in (2, 4)]
    measured = "; ".join(listed(pair) for pair in errors)
    return all(own < 0.6 * mixed for own, mixed in errors), f"ECE, all and mixup: {measured}"


def mixup_doubts(seed: int) -> tuple[bool, str]:
    ends = train_parts(seed)
    sure = [ends["no mixup", n]["sure_wrong"].mean() for n in LEVELS]
    doubting = [ends["mixup", n]["sure_wrong"].mean() for n in LEVELS]
    measured = f"confidence when wrong {listed(sure)} without mixup, {listed(doubting)} alone"
    return min(sure) > 0.85 and max(doubting) < 0.5, measured


CLAIMS = (
    Claim(
        "from-the-start",
        "Believed from the first step at alpha 3, every one of 5 seeds ends more than 25 points "
        "below labels alone (digits, 3 labels a class).",
        from_the_start,
    ),
    Claim(
        "weight-ten",
        "Believed from the first step at alpha 10, every one of 5 seeds ends below 20 %: nearly "
        "one class for everything.",
        weight_ten,
    ),
    Claim(
        "small-gain",
        "With the ramp, guesses change the accuracy by less than 10 points up and 5 down at 2, 3 "
        "and 10 labels a class (means of 5 seeds; single seeds lose).",
        small_gain,
    ),
    Claim(
        "certain-mistakes",
        "A network that believes itself is surer than 0.9 of its wrong guesses, with labels alone "
        "it is below 0.82 (every one of 5 seeds).",
        certain_mistakes,
    ),
    Claim(
        "repairs-more",
        "With 2 labels a class a network that believes itself repairs more early mistakes than "
        "labels alone do, and makes more new ones (means of 5 seeds).",
        repairs_more,
    ),
    Claim(
        "noise-helps",
        "With noise of 0.3 on what is trained on, guesses gain more than 3 points (mean of 5 "
        "seeds, 3 labels a class).",
        noise_helps,
    ),
    Claim(
        "gap-misleads",
        "Where a gap runs across the classes, guesses cost more than 2 points (mean of 8 seeds).",
        gap_misleads,
    ),
    Claim(
        "moons-help",
        "On two moons, where the gap lies between the classes, guesses gain (mean of 8 seeds).",
        moons_help,
    ),
    Claim(
        "strangers",
        "With three classes that nobody named, more than a fifth of the guesses surer than 0.9 are "
        "about items of those classes.",
        strangers_are_believed,
    ),
    Claim(
        "all-parts",
        "MixUp with a memory ends more than 5 points above the memory alone at 1, 2 and 4 labels a "
        "class (means of 5 seeds).",
        all_parts,
    ),
    Claim(
        "mixup",
        "At 1, 2 and 4 labels a class mixup alone ends more than 3 points above the memory alone "
        "(means of 5 seeds).",
        mixup_helps,
    ),
    Claim(
        "soft-is-idle",
        "The memory alone ends within 2 points of labels alone: soft guesses teach a network what "
        "it says anyway.",
        soft_is_idle,
    ),
    Claim(
        "k-is-idle",
        "Labelled items in every batch, without the other parts, change less than 2 points.",
        k_is_idle,
    ),
    Claim(
        "balance",
        "With one label a class, the smallest class gets less than three quarters of its share "
        "without R_A; with four, R_A changes the accuracy by less than 3 points.",
        balance_counts_at_one,
    ),
    Claim(
        "certainty",
        "At 2 and 4 labels a class all parts together have less than 60 % of the calibration error "
        "of mixup alone, which is not sure enough.",
        certainty_calibrates,
    ),
    Claim(
        "doubt",
        "Without mixup the other parts of the memory leave a network surer than 0.85 of its wrong "
        "guesses, with mixup alone it is below 0.5.",
        mixup_doubts,
    ),
)
