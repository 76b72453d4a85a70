"""A toy grammar: 4000 sentences of 48 words in eleven slots, in which everything can be checked.

Words of one slot occur in the same places and differ in how often they do, as words of a language
differ. So what a word's company can tell is its slot, and nothing else.
"""

from __future__ import annotations

from bisect import bisect

import numpy as np

SENTENCES = 4000
SEED = 13
SLOTS = {
    "article": "the a every some",
    "size": "big small old young",
    "animal": "dog cat horse bird fox",
    "person": "girl boy queen king baker",
    "seeing": "sees follows likes hears",
    "trading": "buys sells cooks eats",
    "food": "bread cheese fish soup rice",
    "manner": "quickly slowly gladly quietly",
    "where": "in near behind under",
    "place": "house garden forest market",
    "time": "today yesterday often sometimes never",
}
FORMS = (  # and how often a sentence has each
    ("article size animal seeing article animal where article place", 0.35),
    ("article person trading food manner where article place", 0.35),
    ("time article person seeing article size animal", 0.2),
    ("time article animal trading food manner", 0.1),
)


def groups() -> dict[str, tuple[str, ...]]:
    """The words of each slot."""
    return {slot: tuple(words.split()) for slot, words in SLOTS.items()}


def sentences() -> list[list[str]]:
    """The same sentences at every call. The k-th word of a slot is drawn as often as 1/(k + 1)."""
    rng = np.random.default_rng(SEED)
    words = groups()
    ends = {slot: falling(len(own)).cumsum().tolist() for slot, own in words.items()}
    forms = [form.split() for form, _ in FORMS]
    which = np.cumsum([chance for _, chance in FORMS]).tolist()
    drawn = rng.random((SENTENCES, 1 + max(map(len, forms)))).tolist()
    return [
        [
            words[slot][_place(ends[slot], number)]
            for slot, number in zip(forms[_place(which, first)], rest, strict=False)
        ]
        for first, *rest in drawn
    ]


def falling(count: int) -> np.ndarray:
    """How often each word of a slot of `count` words occurs there."""
    odds = 1 / np.arange(2, count + 2)
    return odds / odds.sum()


def _place(ends: list[float], number: float) -> int:
    """Into which of the intervals that end here the number falls."""
    return min(bisect(ends, number), len(ends) - 1)
