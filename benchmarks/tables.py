"""Writes the tables that `workbench reproduce --save` has kept into the README.

    python benchmarks/tables.py

Each stands between a line `<!-- measured: NAME -->` and a line `<!-- end -->`.
"""

import re
from pathlib import Path

from workbench.results import studies

README = Path(__file__).parents[1] / "README.md"
PLACE = re.compile(r"<!-- measured: (\S+) -->\n.*?<!-- end -->", re.DOTALL)


def markdown(measured: studies.Measured) -> str:
    """The table, its caption, and the command that prints it again."""
    lines = [measured.columns, ["---"] * len(measured.columns), *measured.rows]
    table = "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
    return f"{table}\n\n{measured.caption} (`{measured.command}`, {measured.date})"


def filled(text: str) -> str:
    """The text with every table as it was kept last."""
    kept = studies.measured()
    return PLACE.sub(
        lambda m: f"<!-- measured: {m[1]} -->\n{markdown(kept[m[1]])}\n<!-- end -->", text
    )


if __name__ == "__main__":
    README.write_text(filled(README.read_text()))
