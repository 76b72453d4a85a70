"""What no code of ours may do, read from its syntax trees, and what no value may do."""

import ast
import json
import math
import random
from pathlib import Path

import pytest

import workbench
from workbench.chapters import NAMES, find

ROOT = Path(workbench.__file__).parent
SOURCES = {path: ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}
FORBIDDEN = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
# who may all the same, and why
TRUSTED = {"cluster: pickle": "between our own processes on a Dask cluster, which pickles itself"}
CALLS = {"torch.load", "torch.jit.load", "eval", "exec", "os.system", "os.popen"}
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MAKERS = {"list", "dict", "set", "deque", "Counter", "defaultdict", "OrderedDict", "bytearray",
          "WeakSet", "WeakKeyDictionary", "WeakValueDictionary"}  # fmt: skip
# module-level values that could be changed, and why they may be there all the same
SHARED = {
    "labs.__init__.MACHINES": "where readers have left their machines; a machine is what was done "
    "with it, so who did the same finds the same",
    "view.board.WATCHING": "how many pages draw now, so that together they leave time for moves",
    "view.remembered.DEFAULTS": "what Bokeh answers for a class's property, the same for everybody",
    "view.remembered.FILES": "tags of scripts and styles by theme and address of the server",
    "app.Material._bundle_css": "a class's list of style sheets, the same for everybody",
}


def dotted(node: ast.AST) -> str:
    """The name that a call or an attribute is written with."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def is_true(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_nothing_is_ever_unpickled_or_evaluated():
    found = []
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""] + [f"{node.module}.{a.name}" for a in node.names]
            elif isinstance(node, ast.Call):
                keys = {key.arg: key.value for key in node.keywords}
                names = [dotted(node.func)] if dotted(node.func) in CALLS else []
                if names == ["torch.load"] and is_true(keys.get("weights_only")):
                    names = []  # tensors and plain containers; it refuses what else a pickle names
                allowed = keys.get("allow_pickle", ast.Constant(False))
                if not (isinstance(allowed, ast.Constant) and allowed.value is False):
                    found.append(f"{module(path)}:{node.lineno} allow_pickle")
                if names:
                    found.append(f"{module(path)}:{node.lineno} {names[0]}")
                continue
            else:
                continue
            found += [f"{module(path)}: {n}" for n in names if FORBIDDEN & set(n.split("."))]
            found += [f"{module(path)}: {n}" for n in names if n in CALLS]
    assert sorted(set(found) - set(TRUSTED)) == []


def test_every_np_load_says_that_it_takes_no_pickle():
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and dotted(node.func) in ("np.load", "numpy.load"):
                keys = {key.arg for key in node.keywords}
                assert "allow_pickle" in keys, f"{module(path)}:{node.lineno}"


def written(tree: ast.AST) -> set[str]:
    """Names that some function of the module changes in place or declares global."""
    methods = {"append", "add", "update", "pop", "clear", "extend", "insert", "remove", "discard",
               "setdefault", "popitem", "appendleft"}  # fmt: skip
    found = set()
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                found |= set(node.names)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in methods and isinstance(node.func.value, ast.Name):
                    found.add(node.func.value.id)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
                found.add(dotted(node.value))
    return found


def test_no_module_keeps_what_one_session_could_change_for_another():
    found = []
    for path, tree in SOURCES.items():
        held = {}
        for node in tree.body:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                held |= {dotted(target): node.value for target in targets}
        changed = written(tree)
        for name, value in held.items():
            maker = dotted(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""
            if not isinstance(value, MUTABLE) and maker not in MAKERS:
                continue
            constant = name.lstrip("_").isupper() or name == "__all__"
            if not constant or name in changed:
                found.append(f"{module(path)}.{name}")
    assert sorted(set(found) - set(SHARED)) == []


# --- values


def hostile_values(count: int, seed: str) -> list:
    """JSON of every kind, and texts that look like numbers, links and markup."""
    draw = random.Random(seed)
    plain = [1e9, -1e308, 1e400, math.nan, -math.inf, True, False, None, "", " ", "nan", "1e999",
             "\0", "٣", "0x10", "½", "../etc/passwd", "<img src=x onerror=alert(1)>", "true",
             "9" * 5000, 10**400, -(10**400), "\ud800", "%00", "1_000", "1,5",
             "é" * 70, b"\xff"]  # fmt: skip

    def one(depth: int):
        kind = draw.randrange(7 if depth else 5)
        if kind == 0:
            return draw.choice(plain)
        if kind == 1:
            return draw.uniform(-1, 1) * 10 ** draw.randint(-300, 300)
        if kind == 2:
            return draw.randint(-(2**70), 2**70)
        if kind == 3:
            return "".join(chr(draw.randrange(0xD7FF)) for _ in range(draw.randrange(80)))
        if kind == 4:
            return draw.choice([str, repr, json.dumps])(draw.uniform(-50, 50))
        if kind == 5:
            return [one(depth - 1) for _ in range(draw.randrange(3))]
        return {str(one(0)): one(depth - 1) for _ in range(draw.randrange(3))}

    return [one(2) for _ in range(count)]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_values_give_settings_in_range(name):
    """Whatever a link says, `from_query` raises nothing and gives allowed values with notes.

    Ten thousand values over all chapters together.
    """
    made, draw = find(name).Settings, random.Random(name)
    knobs = list(made.knobs().values())
    values = hostile_values(10_000 // len(NAMES), name)
    for start in range(0, len(values), 4):
        asked = {draw.choice(knobs).name: value for value in values[start : start + 4]}
        settings, notes = made.from_query(asked)
        assert len(notes) <= len(asked) and all(len(note) < 700 for note in notes)
        for knob in knobs:
            value = getattr(settings, knob.name)
            if knob.kind in ("number", "integer"):
                assert knob.low <= value <= knob.high and type(value) is not bool
            elif knob.kind == "choice":
                assert value in knob.choices
            elif knob.kind == "data":
                assert "/" not in value and "." not in value and len(value) <= 40
