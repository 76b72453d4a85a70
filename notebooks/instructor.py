"""Makes the instructor's notebooks: the student's, with what each task comes to put behind it.

    python notebooks/instructor.py          # all, into build/instructor
    python notebooks/instructor.py 02_beta_vae

The notes are those of `workbench guide NAME`. A student's notebook holds none of them.
"""

import re
import sys
from pathlib import Path

import nbformat
from terms import GLOSSARY

from workbench.results import attempts, guide, kept
from workbench.results.plans import LENGTHS, write_plan

HERE = Path(__file__).parent
BUILD = HERE.parent / "build" / "instructor"
TASK = re.compile(r"(?:predict|check)\(\s*\"([\w-]+/[\w-]+)\"")


def build(source: Path, folder: Path) -> Path:
    """Writes the instructor's version of a notebook and returns its place."""
    notebook = nbformat.read(source, as_version=4)
    cells, named = [], []
    for cell in notebook.cells:
        cells.append(cell)
        if not is_code(cell):
            cell.source = cell.source.replace(f"({GLOSSARY}", f"(../{GLOSSARY}")  # a folder deeper
        for task_id in dict.fromkeys(TASK.findall(cell.source) if is_code(cell) else ()):
            if task_id not in named:
                named.append(task_id)
                cells.append(note(f"note-{len(named)}", task_note(task_id)))
    for name in dict.fromkeys(task_id.partition("/")[0] for task_id in named):
        chapter, _ = attempts.find_task(next(i for i in named if i.startswith(f"{name}/")))
        plans = [line for n in LENGTHS for line in [*write_plan(chapter, n), ""]]
        text = "\n".join(["# For the instructor", "", *plans])
        cells.insert(1, note(f"plan-{name}", text))
        cells.append(note(f"ask-{name}", "\n".join(guide.write_questions(chapter))))
    notebook.cells = cells
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / source.name
    nbformat.write(notebook, place)
    return place


def is_code(cell) -> bool:
    return cell.cell_type == "code"


def task_note(task_id: str) -> str:
    """What `workbench guide` says of this task."""
    chapter, task = attempts.find_task(task_id)
    measured = kept.kept(chapter.name).values(task_id)
    return "\n".join(guide.write_task(chapter, task, measured))


def note(name: str, text: str):
    """A Markdown cell that is marked as the instructor's."""
    cell = nbformat.v4.new_markdown_cell(text, metadata={"tags": ["instructor"]})
    cell.id = name
    return cell


def main() -> None:
    names = sys.argv[1:] or [path.stem for path in sorted(HERE.glob("*.ipynb"))]
    for name in names:
        print(build(HERE / f"{name}.ipynb", BUILD))


if __name__ == "__main__":
    main()
