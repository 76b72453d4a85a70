"""Bags of instances: how often one is positive."""


def chance_positive(size: float, rate: float, rule: str = "one") -> float:
    """Probability that a bag of ``size`` instances drawn at random is positive.

    ``rate`` is the share of witnesses among all instances (of each kind, for "two"). Rules: "one"
    witness or more, ``1 - (1 - rate)^K``; a "count" of two or more; "two" kinds, both there. With
    ten classes, ten instances make 65 % positive bags and fifty make 99.5 %: bags must be balanced
    on purpose.
    """
    none = (1 - rate) ** size
    if rule == "count":
        return 1 - none - size * rate * (1 - rate) ** (size - 1)
    if rule == "two":
        return 1 - 2 * none + max(0.0, 1 - 2 * rate) ** size
    return 1 - none
