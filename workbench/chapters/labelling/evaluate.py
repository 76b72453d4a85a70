"""What labelling functions say of items: a vote of every function on every item.

Only nodes that `language` let through are known here, and each is one operation on arrays.
"""

import ast
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.language import ABSTAIN, Function, Refused, check_names

SILENT = -1  # the vote of a function that abstains
BOUND = 1e12  # what arithmetic can come to
COMPARE = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
ARITHMETIC = {ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide}
Features = Mapping[str, NDArray]  # by name: numbers [n], or texts [n] in small letters


def vote_all(
    functions: Sequence[Function], features: Features, classes: Sequence[str], n: int
) -> NDArray:
    """votes [n, m]: the class that each function votes for, SILENT where it abstains.

    Raises Refused for a feature or a class that is not there.
    """
    votes = np.full((n, len(functions)), SILENT, np.int16)
    for number, function in enumerate(functions):
        try:
            votes[:, number] = vote(function, features, classes, n)
        except Refused as problem:
            raise Refused(f"Function {number + 1}: {problem}") from None
    return votes


def vote(function: Function, features: Features, classes: Sequence[str], n: int) -> NDArray:
    """The votes [n] of one function. A comparison with a division by zero does not hold."""
    check_names(function, features, classes)
    votes, open_items = np.full(n, SILENT, np.int16), np.ones(n, bool)
    with np.errstate(all="ignore"):
        for branch in function.branches:
            holds = open_items
            if branch.condition is not None:
                holds = open_items & np.broadcast_to(value(branch.condition, features), n)
            if branch.outcome != ABSTAIN:
                votes[holds] = list(classes).index(branch.outcome)
            open_items = open_items & ~holds
    return votes


def value(node: ast.expr, features: Features) -> NDArray:
    """The value of an expression for all items: numbers or truths, [n] or one for all."""
    match node:
        case ast.Constant(value=number):
            return np.float64(number)
        case ast.Name(id=name):
            return features[name]
        case ast.UnaryOp(op=ast.Not()):
            return ~value(node.operand, features)
        case ast.UnaryOp(op=op):
            sign = -1.0 if isinstance(op, ast.USub) else 1.0
            return sign * value(node.operand, features)
        case ast.BinOp(op=op):
            pair = value(node.left, features), value(node.right, features)
            return np.clip(ARITHMETIC[type(op)](*pair), -BOUND, BOUND)
        case ast.BoolOp(op=op, values=values):
            join = np.logical_and if isinstance(op, ast.And) else np.logical_or
            result = value(values[0], features)
            for other in values[1:]:
                result = join(result, value(other, features))
            return result
        case ast.Compare(ops=[ast.In() | ast.NotIn() as op]):
            word = node.left.value.lower()
            inside = np.array([word in text for text in value(node.comparators[0], features)], bool)
            return inside if isinstance(op, ast.In) else ~inside
        case ast.Compare():
            numbers = [value(part, features) for part in (node.left, *node.comparators)]
            holds = np.bool_(True)
            for op, left, right in zip(node.ops, numbers, numbers[1:], strict=False):
                holds = holds & COMPARE[type(op)](left, right)
            return holds
    raise AssertionError(f"{type(node).__name__} was let through")
