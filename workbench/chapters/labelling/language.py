"""The small language of labelling functions: `spam if links > 0 and words < 20`.

A function names a class and a condition, or several in turn: `1 if slant > 0 else 7 if slant < -1`.
Where no condition holds it abstains. Conditions are comparisons of features and numbers with
+ - * /, and, or, not, and `'word' in text`. A text is read token by token, then by Python's parser,
and every node of its syntax tree must be on a white list. Nothing is ever run as Python.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from workbench.chapters.labelling.white_list import ALLOWED, TEXT, Refused, need, place

__all__ = ["ABSTAIN", "TEXT", "Function", "Refused", "parse", "parse_all"]

MOST_LETTERS, MOST_NODES, MOST_FUNCTIONS = 200, 60, 40
DEEPEST = 10  # brackets within brackets
LARGEST = 1e6  # number that may be written
ABSTAIN = "abstain"

TOKEN = re.compile(
    r"""(?P<word>'[^']*'|"[^"]*")|(?P<name>[^\W\d]\w*)|(?P<number>\d+\.?\d*|\.\d+)"""
    r"""|[<>!=]=|[<>+*/()-]|\s+"""
)
PART = re.compile(r"""(?:'[^'\n]*'|"[^"\n]*"|[^;\n])+""")  # up to a ; that is not within quotes


@dataclass(frozen=True)
class Branch:
    """One vote of a function: a class, and its condition (None: in all other cases)."""

    outcome: str
    condition: ast.expr | None


@dataclass(frozen=True)
class Function:
    """A labelling function: its text and its branches, of which the first that holds votes."""

    text: str
    branches: tuple[Branch, ...]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The classes that it can vote for, in their order."""
        return tuple(dict.fromkeys(b.outcome for b in self.branches if b.outcome != ABSTAIN))


def split(text: str) -> list[str]:
    """The functions of a text: one a line, or several with ; between them."""
    return [line for part in PART.findall(text) if (line := " ".join(part.split()))]


def parse_all(text: str) -> list[Function]:
    """All functions of a text. Raises Refused, which names the function by its number."""
    lines = split(text)
    if len(lines) > MOST_FUNCTIONS:
        raise Refused(f"These are {len(lines)} functions; write at most {MOST_FUNCTIONS}.")
    functions = []
    for number, line in enumerate(lines, 1):
        try:
            functions.append(parse(line))
        except Refused as problem:
            raise Refused(f"Function {number}: {problem}") from None
    return functions


def parse(line: str) -> Function:
    """The function that a line of text means. Raises Refused."""
    line = " ".join(line.split())
    scan(line)
    tree = read(line)
    count = sum(isinstance(node, ast.expr) for node in ast.walk(tree))
    if count > MOST_NODES:
        raise Refused(f"it has {count} parts; write at most {MOST_NODES}.")
    branches = tuple(unfold(tree, line))
    for branch in branches:
        if branch.condition is not None:
            need(branch.condition, "truth", line)
    function = Function(line, branches)
    if not function.outcomes:
        raise Refused("it votes for no class; begin with one, such as spam if ...")
    return function


def scan(line: str) -> None:
    """Checks the letters of a line. Raises Refused at the first that has no meaning."""
    if len(line) > MOST_LETTERS:
        raise Refused(f"it has {len(line)} characters; write at most {MOST_LETTERS}.")
    for at, letter in enumerate(line):
        if not letter.isprintable():
            raise Refused(f"{letter!r} at character {at + 1} has no meaning here; {ALLOWED}.")
    at, depth, before = 0, 0, None
    while at < len(line):
        token = TOKEN.match(line, at)
        if token is None:
            open_quote = line[at] in "'\""
            why = "begins a word that has no end" if open_quote else "has no meaning here"
            raise Refused(f"{line[at]!r} at character {at + 1} {why}; {ALLOWED}.")
        if before in ("name", "number", "word") and token.lastgroup in ("name", "number", "word"):
            raise Refused(f"a space is missing before {token[0][:20]} at character {at + 1}.")
        if token.lastgroup == "number" and float(token[0]) > LARGEST:
            raise Refused(f"the number at character {at + 1} is too large; use at most 1000000.")
        depth += (token[0] == "(") - (token[0] == ")")
        if depth > DEEPEST:
            raise Refused(f"the brackets at character {at + 1} are nested too deeply.")
        before, at = token.lastgroup, token.end()


def read(line: str) -> ast.expr:
    """The syntax tree of a line; without a last else it abstains."""
    try:
        return ast.parse(f"{line} else {ABSTAIN}", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        pass
    try:
        return ast.parse(line, mode="eval").body
    except SyntaxError as problem:
        at = min(max(1, problem.offset or 1), len(line) or 1)
        near = f" near {line[at - 1 : at + 19]!r}" if line else ""
        form = "write CLASS if CONDITION, or CLASS if CONDITION else CLASS if CONDITION"
        raise Refused(f"it cannot be read at character {at}{near}; {form}.") from None
    except (ValueError, MemoryError, RecursionError):
        raise Refused("it cannot be read; write it in a simpler way.") from None


def unfold(node: ast.expr, line: str) -> Iterator[Branch]:
    """The branches of a chain of ifs, in their order."""
    while isinstance(node, ast.IfExp):
        yield Branch(outcome_of(node.body, line), node.test)
        node = node.orelse
    yield Branch(outcome_of(node, line), None)


def outcome_of(node: ast.expr, line: str) -> str:
    """The class that a branch names: a name, a whole number or a quoted word."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant) and type(node.value) in (int, str):
        return str(node.value)
    raise Refused(f"{place(node, line)} is no class; write CLASS if CONDITION.")


def names_in(node: ast.expr) -> Iterator[ast.Name]:
    """Every feature that a condition names."""
    return (part for part in ast.walk(node) if isinstance(part, ast.Name))


def check_names(function: Function, features, classes) -> None:
    """Checks that features and classes of a function are there. Raises Refused."""
    for branch in function.branches:
        if branch.outcome not in (*classes, ABSTAIN):
            raise Refused(unknown("class", branch.outcome, classes))
        for name in names_in(branch.condition) if branch.condition is not None else ():
            if name.id not in features:
                raise Refused(unknown("feature", place(name, function.text), features, name.id))


def unknown(what: str, words: str, known, name: str = "") -> str:
    """The sentence about a name that is not there."""
    near = get_close_matches(name or words, list(known), 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    some = ", ".join(list(known)[:30])
    return f"there is no {what} {words[:60]}; there are {some}.{hint}"
