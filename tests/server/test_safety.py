"""What no code of ours may do, read from its syntax trees, and what no value may do."""

import ast
import json
import math
import random
import re
from pathlib import Path

import pytest

import workbench
from workbench.chapters import NAMES, find

ROOT = Path(workbench.__file__).parent
SOURCES = {path: ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}
FORBIDDEN = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
# who may all the same, and why
TRUSTED = {
    "running.dask: pickle": "between our own processes on a Dask cluster, which pickles itself"
}
CALLS = {"torch.load", "torch.jit.load", "eval", "exec", "os.system", "os.popen"}
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MAKERS = {
    "list",
    "dict",
    "set",
    "deque",
    "Counter",
    "defaultdict",
    "OrderedDict",
    "bytearray",
    "WeakSet",
    "WeakKeyDictionary",
    "WeakValueDictionary",
}
# module-level values that could be changed, and why they may be there all the same
SHARED = {
    "running.lab_machines.MACHINES": "where readers have left their machines; a machine is what "
    "was done with it, so who did the same finds the same",
    "view.page.uploads.PAGES": "pages that may be sent a file, by tokens that only they know",
    "view.patches.cached_defaults.DEFAULTS": "what Bokeh answers for a class's property",
    "view.patches.cached_files.FILES": "tags of scripts and styles by theme and address",
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
    methods = {
        "append",
        "add",
        "update",
        "pop",
        "clear",
        "extend",
        "insert",
        "remove",
        "discard",
        "setdefault",
        "popitem",
        "appendleft",
    }
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


# --- markup

MARKUP = re.compile(r"<[a-zA-Z/!]")
WRITERS = {
    path: tree
    for path, tree in SOURCES.items()
    if module(path).startswith(("view.", "results.svg", "results.album", "results.sweep_page"))
}
ESCAPES = {"escape", "len", "round", "sum", "escapeHtml"}  # what they return is nobody's markup
PANES = {"Markdown", "Alert", "Str", "StaticText", "LaTeX", "Card", "Tabulator", "notifications"}
LAYOUTS = {"Row", "Column", "FlexBox", "panel"}  # which make a pane of a text
SINKS = {"HTML", "Div"}
# what is put between tags as it is, and why it may be
AS_IT_IS = {
    # numbers
    "results.svg.around.draw_with_axes": {"axes.width", "axes.height", "grid", "shapes"},
    "results.svg.around._draw_grid": {"axes.width", "axes.height", "stroke"},
    "results.svg.still._drawn": {"axes.width", "axes.height", "shapes", "PAGE.border"},
    "results.svg.still._names": {"base", "left", "base - 5", "colour", "dashes"},
    "results.svg.cells.draw_heat_map": {"corner", "cell", "ink(cell)", "number"},
    "view.notebook.stills._sheet": {"width", "height", "LIGHT.page", "placed"},
    "view.page.status._progress": {"step", "steps"},
    "view.sections.pairs.draw": {"done"},
    # constants of the code: sides of a text, roles, colours, names of cells
    "view.page.numbers._cells": {"name", "name.split()[0]"},
    "results.svg.style.write_text": {"anchor"},
    "results.svg.marks.draw_dots": {"colour"},
    "results.svg.marks._draw_curves": {"colour"},
    "results.svg.marks.draw_field": {"cells[step]", "colour"},
    "view.votes.drawing._bars": {"rows", "text", "bars", "counts[i]"},
    "view.votes.drawing._columns": {"dots"},
    "view.votes.drawing._dots": {"level"},
    "view.votes.drawing._strip": {"dots"},
    "view.votes.drawing._curves": {"heading", "answers", "seeds"},
    "view.votes.drawing._line": {"kind"},
    "view.votes.drawing.draw_reasons": {"_bars(texts, counts, right)"},
    "results.svg.marks._draw_scatter": {"axes.theme.text"},
    "results.svg.marks._draw_bars": {"axes.theme.classes[0]"},
    "results.svg.marks.draw_group_names": {"halo", "shapes"},
    "results.svg.around._draw_entry": {"path"},
    "view.page.widgets.say": {"role"},
    "view.drawing.legend.stroke": {"colour", "dashes"},
    "view.drawing.legend._marker": {"colour"},
    # pictures in base64
    "results.svg.cells.draw_images": {"data_url(board)"},
    "results.svg.still._pixels": {"data_url(pixels)"},
    # markup of functions that are read here, too
    "view.page.reading.__init__": {"disclosure('', '<p>It is being read.</p>')"},
    "view.page.reading._write": {"html(done.result())", "_trouble(error)"},
    "view.page.reading.html": {"_pictures(report)"},
    "view.page.reading.disclosure": {"mark", "body"},
    "view.page.reading._pictures": {"images", "data_url(picture)", "size"},
    "results.svg.__init__.draw": {"inside", "LETTER_HEIGHT", "theme.text"},
    "results.svg.cells.draw_table": {"cells"},
    "results.svg.still.still": {"inside", "PAGE.muted"},
    "view.drawing.legend._svg": {"inside"},
    "view.drawing.legend.legend": {"sample", "items"},
    "view.notebook.stills._placed": {"drawn.text", "words", "style"},
    "view.notebook.task_card.__init__": {"prose.html('\\n\\n'.join(card.question))"},
    "view.page.cards._show_head": {"menu", "opener", "self.drawing.legend"},
    "view.page.cards._opener": {"self.head.model.id", "title"},  # which is escaped before
    "view.page.cards.update": {"table_html(picture)"},
    "view.page.cards._show_rows": {"table_html(self.drawing.picture)"},
    "view.page.numbers.table_html": {"body", "_cells(row, columns)"},
    "view.page.status.write": {"parts"},
    "view.sections.sweep.refresh": {"describe(self.sweep)"},
}
TEMPLATE = re.compile(
    r".+\|e|embed\(roots[.\w\[\]]+\)|super\(\)|['\"]\w+['\"] if dark else ['\"]\w+['\"]"
    r"|css|(?:home_)?script|patches|introduction|article|evidence|outcomes|initial|box|card\.still"
    r"|awaited\.numbers|head\.legend"  # of the package's own kept runs, and escaped where made
    r"|entry\.meaning"  # of the package's own glossary, and escaped where its terms become links
    r"|(?:address|born) \| json|login_endpoint|retry"
)


class Function:
    """What the names of a function stand for, as far as one reads it in the function itself."""

    def __init__(self, node: ast.AST, place: str, made: set[str]):
        self.made, self.given, self.open = made | ESCAPES, {}, set()
        self.as_it_is = AS_IT_IS.get(f"{place}.{node.name}", set())
        arguments = getattr(node, "args", None)
        for each in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            number = isinstance(each.annotation, ast.Name) and each.annotation.id in (
                "int",
                "float",
            )
            self.given[each.arg] = [ast.Constant(0)] if number else [None]
        for part in ast.walk(node):
            if isinstance(part, ast.Assign):
                for target in part.targets:
                    self._give(target, part.value)
            elif isinstance(part, ast.AugAssign):
                self._give(part.target, part.value)
            elif isinstance(part, ast.Call) and dotted(part.func).endswith((".append", ".extend")):
                self._give(part.func.value, part.args[0])

    def _give(self, target: ast.AST, value: ast.AST | None) -> None:
        if isinstance(target, ast.Tuple):
            each = getattr(value, "elt", value)  # of a generator, or what gives them all
            pairs = getattr(value, "elts", [each] * len(target.elts))
            for one, other in zip(target.elts, pairs, strict=False):
                self._give(one, other)
        elif isinstance(target, ast.Name):
            self.given.setdefault(target.id, []).append(value)

    def raw(self, node: ast.AST | None) -> list[str]:
        """The parts of an expression that could bring somebody else's markup."""
        match node:
            case ast.Constant():
                return []
            case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [each for part in parts for each in self.raw(part)]
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=form)])):
                return [] if form[-1] in "fged" else self.raw(node.value)
            case ast.FormattedValue(value=inner) | ast.Starred(value=inner):
                return self.raw(inner)
            case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
                return self.raw(one) + self.raw(other)
            case ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner):
                return self.raw(inner)
            case ast.Call(func=ast.Attribute(attr="join"), args=[inner]):
                return self.raw(inner)
            case ast.Call() if dotted(node.func).rpartition(".")[2] in self.made:
                return []
            case ast.Call(func=ast.Name(id="map"), args=[ast.Name(id=name), _]):
                return [] if name in self.made else [name]
            case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)) if name.isupper():
                return []
            case ast.Name(id=name) if name in self.given:
                if name in self.open | self.as_it_is:
                    return []
                self.open.add(name)
                found = [name] if any(self.raw(value) for value in self.given[name]) else []
                self.open.discard(name)
                return found
        said = ast.unparse(node) if node is not None else "?"
        return [said] if said not in self.as_it_is else []


def functions(tree: ast.AST):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def makers_of_markup() -> set[str]:
    """Functions that return nothing but their own markup and what they have escaped."""
    made = {node.name for tree in WRITERS.values() for node in functions(tree)}
    while True:  # without those that return something else, and those that return that
        bad = set()
        for path, tree in WRITERS.items():
            for node in functions(tree):
                names = Function(node, module(path), made)
                returns = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
                raw = [each for value in returns for each in names.raw(value)]
                if raw or not returns:
                    bad.add(node.name)
        if not bad & made:
            return made
        made -= bad


def written_as_markup(node: ast.AST) -> list[ast.AST]:
    """Expressions of one node that a browser will read as markup."""
    found = []
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
        if any(isinstance(text, str) and MARKUP.search(text) for text in texts):
            found.append(node)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
        target = node.targets[0]
        own = dotted(target.value) == "self"  # of a drawing: one of Bokeh's glyphs
        if target.attr == "object" or target.attr == "text" and not own:
            found.append(node.value)
    elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in SINKS:
        found += node.args[:1]
        found += [key.value for key in node.keywords if key.arg in ("text", "object")]
    return found


def test_what_is_put_between_tags_is_escaped():
    """S2: read from the code. What it cannot follow stands in AS_IT_IS with a reason."""
    made, found = makers_of_markup(), []
    for path, tree in WRITERS.items():
        for function in functions(tree):
            names = Function(function, module(path), made)
            for node in ast.walk(function):
                for value in written_as_markup(node):
                    where = f"{module(path)}:{value.lineno} {function.name}"
                    found += [f"{where} {each}" for each in names.raw(value)]
    assert found == []


def test_no_pane_that_reads_markup_and_no_script_that_writes_it():
    """Panel's Str, Markdown and their like run what they are given; so does a text in a layout."""
    found = []
    for path, tree in WRITERS.items():
        found += [
            f"{module(path)} {word}"
            for word in ("{safe}", "innerHTML", "insertAdjacentHTML")
            if word in path.read_text()
        ]
        for node in ast.walk(tree):
            name = dotted(node) if isinstance(node, ast.Attribute) else ""
            if name.startswith(("pn.", "pmui.")) and PANES & set(name.split(".")):
                found.append(f"{module(path)}:{node.lineno} {name}")
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in LAYOUTS:
                texts = [
                    each for each in node.args if isinstance(each, ast.JoinedStr | ast.Constant)
                ]
                found += [f"{module(path)}:{node.lineno} a text in a layout"] * len(texts)
    assert found == []


def test_templates_escape_what_they_are_given():
    pages = {path: path.read_text() for path in ROOT.rglob("*.html")}
    assert len(pages) == 27
    for path, page in pages.items():
        for inside in re.findall(r"{{(.*?)}}", page):
            assert TEMPLATE.fullmatch(inside.strip()), f"{path.name}: {inside}"
        assert "|safe" not in page and "| safe" not in page
        writes = re.findall(
            r"[^;]*(?:(?:inn|out)erHTML|insertAdjacentHTML|document\.write)[^;]*", page
        )
        drawn = [" if (svg && drawing.svg !== svg) drawing.innerHTML = drawing.svg = svg"]
        assert [each.replace("\n", "") for each in writes] in (
            [],
            [f" {each}" for each in drawn],
        ), path


# --- values


def hostile_values(count: int, seed: str) -> list:
    """JSON of every kind, and texts that look like numbers, links and markup."""
    draw = random.Random(seed)
    plain = [
        1e9,
        -1e308,
        1e400,
        math.nan,
        -math.inf,
        True,
        False,
        None,
        "",
        " ",
        "nan",
        "1e999",
        "\0",
        "٣",
        "0x10",
        "½",
        "../etc/passwd",
        "<img src=x onerror=alert(1)>",
        "true",
        "9" * 5000,
        10**400,
        -(10**400),
        "\ud800",
        "%00",
        "1_000",
        "1,5",
        "é" * 70,
        b"\xff",
    ]

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
