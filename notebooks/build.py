"""Makes the notebooks of their text sources: runs them, and keeps the outputs worth keeping.

    python notebooks/build.py             # all of notebooks/text
    python notebooks/build.py 02_beta_vae # one
    python notebooks/build.py --check     # runs them with other arithmetic and compares the numbers

Only cells tagged `keep_output` keep what they printed and their SVG. --check tells whether what
the cells tagged `nbval-check-output` print also holds on a processor without vector instructions,
where sums are rounded otherwise: such numbers are safe to compare on any machine.
"""

import os
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
METADATA = {
    "jupytext": {"notebook_metadata_filter": "-all"},  # the text has no header
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
KEPT = ("text/plain", "image/svg+xml")
OTHER_ARITHMETIC = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE"}


def read(source: Path):
    """The notebook that a text source describes, not yet run."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"  # random ones would change with every build
    return notebook


def run(notebook):
    """Runs all cells in a fresh kernel; raises when one fails."""
    os.environ["OMP_NUM_THREADS"] = "1"
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(HERE)}}).execute()
    return notebook


def strip(notebook):
    """Leaves the execution counts, and outputs in cells tagged to keep them."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            keep = "keep_output" in cell.metadata.get("tags", [])
            cell.outputs = [plain(output) for output in cell.outputs] if keep else []
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def plain(output):
    """An output with its text and its SVG alone."""
    if "data" in output:
        output.data = {kind: output.data[kind] for kind in KEPT if kind in output.data}
    return output


def printed(notebook) -> dict[str, str]:
    """What the compared cells printed, by cell."""
    return {
        cell.id: "".join(output.get("text", "") for output in cell.outputs)
        for cell in notebook.cells
        if "nbval-check-output" in cell.metadata.get("tags", [])
    }


def main(words: list[str]) -> int:
    names = [word for word in words if not word.startswith("-")]
    sources = [HERE / "text" / f"{name}.py" for name in names] or sorted(HERE.glob("text/*.py"))
    wrong = 0
    if "--check" in words:
        os.environ.update(OTHER_ARITHMETIC)
    for source in sources:
        target = HERE / f"{source.stem}.ipynb"
        made = strip(run(read(source)))
        if "--check" in words:
            told, tells = printed(nbformat.read(target, 4)), printed(made)
            for cell in tells:
                if tells[cell] != told.get(cell):
                    wrong += 1
                    print(f"{target.name} {cell}:\n{told.get(cell)}--- but here\n{tells[cell]}")
            continue
        nbformat.write(made, target)
        print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
