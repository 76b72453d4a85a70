"""The white list: which nodes of a syntax tree a condition may have, and of which kind each is."""

import ast

TEXT = "text"  # the feature that holds words; all others hold numbers
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COMPARED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
STRANGE = {
    ast.Call: "a call",
    ast.Attribute: "a dot",
    ast.Pow: "a power **",
    ast.FloorDiv: "a whole division //",
    ast.IfExp: "an if within a condition",
}
ALLOWED = "use comparisons, and, or, not, + - * /, numbers, features and 'word' in text"


class Refused(ValueError):
    """A function that cannot be used. Its text is one sentence that points at the place."""


def need(node: ast.expr, kind: str, line: str) -> None:
    """Checks that an expression is a "truth", a "number", a "word" or a "text"."""
    actual = kind_of(node, line)
    if actual == kind:
        return
    if kind == "truth":
        hint = "compare it, as in words > 5" if actual == "number" else "write 'word' in text"
        raise Refused(f"{place(node, line)} is a {actual}, not a condition; {hint}.")
    hint = "words are searched for, as in 'word' in text" if actual != "truth" else ALLOWED
    raise Refused(f"{place(node, line)} is a {actual} where a {kind} is needed; {hint}.")


def kind_of(node: ast.expr, line: str) -> str:
    """What an expression gives. Raises Refused for whatever is not on the white list."""
    match node:
        case ast.Constant(value=bool() | None):
            pass
        case ast.Constant(value=int() | float()):
            return "number"
        case ast.Constant(value=str()):
            return "word"
        case ast.Name(id=name):
            return "text" if name == TEXT else "number"
        case ast.UnaryOp(op=ast.Not()):
            need(node.operand, "truth", line)
            return "truth"
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            need(node.operand, "number", line)
            return "number"
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            need(node.left, "number", line)
            need(node.right, "number", line)
            return "number"
        case ast.BoolOp(values=values):
            for value in values:
                need(value, "truth", line)
            return "truth"
        case ast.Compare():
            return kind_of_comparison(node, line)
    strange = STRANGE.get(type(getattr(node, "op", node))) or STRANGE.get(type(node), "this")
    raise Refused(f"{strange} is not allowed: {place(node, line)}; {ALLOWED}.")


def kind_of_comparison(node: ast.Compare, line: str) -> str:
    """A comparison of numbers, or a search: both give a truth."""
    parts = [node.left, *node.comparators]
    if isinstance(node.ops[0], ast.In | ast.NotIn) and len(node.ops) == 1:
        need(parts[0], "word", line)
        need(parts[1], "text", line)
    elif all(isinstance(op, COMPARED) for op in node.ops):
        for part in parts:
            need(part, "number", line)
    else:
        raise Refused(f"this comparison is not allowed: {place(node, line)}; {ALLOWED}.")
    return "truth"


def place(node: ast.AST, line: str) -> str:
    """The part of the line that a node stands for, and where it begins."""
    raw = line.encode()  # the parser counts bytes
    begin = len(raw[: node.col_offset].decode(errors="ignore"))
    end = len(raw[: node.end_col_offset].decode(errors="ignore"))
    part = line[begin:end]
    return f"{part if len(part) <= 30 else part[:27] + '...'!s} at character {begin + 1}"
