"""Makes the notebooks of their text sources: runs them, and keeps the outputs worth keeping.

    python notebooks/build.py             # all of notebooks/text
    python notebooks/build.py 02_beta_vae # one
    python notebooks/build.py --check     # runs them with other arithmetic and compares the numbers
    python notebooks/build.py --time      # runs them and only writes down how long they took
    python notebooks/build.py --terms     # runs none: only links their words to the glossary anew
    python notebooks/build.py --text      # runs none: tells whether they say what their texts say

Cells tagged `keep_output` keep what they printed, and a PNG of what they drew. Cells tagged `live`
(a Board, or what `explore` returns) keep a PNG of how they look when the run has ended. The card of
a task keeps its words.

--check tells whether what is printed also holds on a processor without vector instructions, where
sums are rounded otherwise: a number may differ by one in its last digit, so print as many digits as
that allows.

What a notebook has (words, predictions, exercises) and the CPU seconds that it took go to
workbench/results/notebooks.json, from which `workbench guide` makes its minutes.
"""

import json
import os
import re
import resource
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from screenshots import ALT, SAVE, browser, picture_output
from terms import link_terms, unlinked

HERE = Path(__file__).parent
TIMES = HERE.parent / "workbench" / "results" / "notebooks.json"
METADATA = {
    "jupytext": {"notebook_metadata_filter": "-all"},  # the text has no header
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
OTHER_ARITHMETIC = {
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "OPENBLAS_CORETYPE": "Nehalem",
}
JUDGED = re.compile(r"^\s*judge\(", re.MULTILINE)  # the check of an exercise
WIDGET = "application/vnd.jupyter.widget-view+json"
NUMBER = re.compile(r"-?\d+(?:\.(\d+))?")
SVG_SIZE = re.compile(r'<svg [^>]*width="(\d+)" height="(\d+)"')


def read(source: Path):
    """The notebook that a text source describes, with its links to the glossary, not yet run."""
    notebook = link_terms(jupytext.read(source), source.stem)
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"  # random ones would change with every build
    return notebook


def tags(cell) -> list[str]:
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def run(notebook, live: bool):
    """Runs all cells in a fresh kernel; `live` keeps PNGs of drawings and of live cells.

    Raises when a cell fails.
    """
    # a kept run would have been trained with the arithmetic of another day
    os.environ.update(OMP_NUM_THREADS="1", WORKBENCH_STORE="off", WORKBENCH_LEDGER="off")
    with tempfile.TemporaryDirectory() as folder:
        cells = [cell for cell in notebook.cells if live and "live" in tags(cell)]
        pages = {cell.id: Path(folder) / f"{cell.id}.html" for cell in cells}
        notebook.cells += [_saving(cell, pages[cell.id]) for cell in cells]
        where = {"metadata": {"path": str(HERE)}}
        before = child_seconds()
        NotebookClient(notebook, timeout=300, resources=where).execute()
        notebook.metadata["seconds"] = child_seconds() - before
        notebook.cells = notebook.cells[: len(notebook.cells) - len(cells)]
        if live:
            _keep_pictures(notebook, pages)
    return notebook


def child_seconds() -> float:
    """CPU seconds of all child processes that have ended, such as a kernel and what it started."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def keep_time(name: str, notebook) -> None:
    """Writes down what this notebook has (words, predictions, exercises), and its CPU seconds."""
    times = json.loads(TIMES.read_text()) if TIMES.exists() else {}
    times[name] = {
        "words": sum(len(cell.source.split()) for cell in notebook.cells),
        "predictions": sum("predict" in tags(cell) for cell in notebook.cells),
        "exercises": sum(bool(JUDGED.search(cell.source)) for cell in notebook.cells),
        "seconds": round(notebook.metadata["seconds"]),
    }
    TIMES.write_text(json.dumps(times, indent=1, sort_keys=True) + "\n")


def _saving(cell, page: Path):
    """A cell that saves what a live cell shows, when all others have run."""
    shown = cell.source.strip().splitlines()[-1]
    return nbformat.v4.new_code_cell(SAVE.format(shown=shown, path=str(page)))


def _keep_pictures(notebook, pages: dict[str, Path]) -> None:
    """Puts a PNG in the place of every drawing, and of the page of every live cell."""
    with browser() as chromium:
        for cell in notebook.cells:
            if cell.id in pages:
                png = chromium.photograph(pages[cell.id])
                cell.outputs = [picture_output(png, ALT, cell.execution_count)]
            elif "keep_output" in tags(cell):
                cell.outputs = [_static(output, chromium) for output in cell.outputs]


def _static(output, chromium):
    """The output as words, with a PNG if it has a drawing: what needs no kernel and no trust."""
    svg = output.get("data", {}).get("image/svg+xml")
    if WIDGET in output.get("data", {}):
        output.data = {"text/plain": output.data["text/plain"]}
    if svg is None:
        return output
    width, height = map(int, SVG_SIZE.match(svg).groups())
    png = chromium.draw(svg, width, height)
    return picture_output(png, output.data["text/plain"], output.execution_count)


def strip(notebook):
    """Leaves the execution counts, and outputs in cells tagged to keep them."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code" and not {"keep_output", "live"} & set(tags(cell)):
            check_is_quiet(cell)
            cell.outputs = []
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def check_is_quiet(cell) -> None:
    """Raises AssertionError when a hidden check has found a sentence that does not hold."""
    if "nbval-check-output" in tags(cell) and cell.outputs:
        raise AssertionError(f"{cell.source}\n{cell.outputs[0].text}")


def printed(notebook) -> dict[str, str]:
    """What the cells printed whose output is kept, by cell."""
    return {
        cell.id: "".join(output.get("text", "") for output in cell.outputs)
        for cell in notebook.cells
        if "keep_output" in tags(cell)
    }


def alike(text: str, other: str) -> bool:
    """Whether the words are equal, and every number but for one in its last digit."""
    if NUMBER.sub("#", text).split() != NUMBER.sub("#", other).split():
        return False
    pairs = zip(NUMBER.finditer(text), NUMBER.finditer(other), strict=True)
    return all(abs(float(a[0]) - float(b[0])) <= 1.01 * 10.0 ** -len(a[1] or "") for a, b in pairs)


def compare(name: str, kept, made) -> int:
    """Prints what differs between two runs of a notebook, and how many cells do."""
    before, after = printed(kept), printed(made)
    wrong = [cell for cell in after if not alike(before.get(cell, ""), after[cell])]
    for cell in wrong:
        print(f"{name} {cell}:\n{before.get(cell)}--- but here\n{after[cell]}")
    return len(wrong)


def relink(source: Path, target: Path) -> int:
    """Links the words of a notebook that has been run to the glossary as it is now."""
    notebook = nbformat.read(target, 4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = unlinked(cell.source)
    nbformat.write(link_terms(notebook, source.stem), target)
    return 0


def differs(source: Path, target: Path) -> int:
    """Whether the notebook says something else than its text, and then prints what to do."""
    if text_of(target) == source.read_text(encoding="utf-8"):
        return 0
    print(f"{target.name} is not what {source.name} says: edit the text, then make notebooks.")
    return 1


def text_of(target: Path) -> str:
    """What the text source of this notebook must be."""
    return unlinked(jupytext.writes(nbformat.read(target, 4), fmt="py:percent"))


def main(words: list[str]) -> int:
    names = [word for word in words if not word.startswith("-")]
    sources = [HERE / "text" / f"{name}.py" for name in names] or sorted(HERE.glob("text/*.py"))
    if "--terms" in words or "--text" in words:
        do = relink if "--terms" in words else differs
        return max(do(source, HERE / f"{source.stem}.ipynb") for source in sources)
    check, time, wrong = "--check" in words, "--time" in words, 0
    if check:
        os.environ.update(OTHER_ARITHMETIC)
    for source in sources:
        target = HERE / f"{source.stem}.ipynb"
        made = run(read(source), live=not check and not time)
        if not check:
            keep_time(source.stem, made)
        if time:
            continue
        made = strip(made)
        if check:
            wrong += compare(target.name, nbformat.read(target, 4), made)
            continue
        nbformat.write(made, target)
        print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
