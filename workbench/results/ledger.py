"""The ledger of a notebook: every prediction and attempt is a line of JSON in a file beside it.

A page keeps the same entries in the reader's browser; docs/ledger.schema.json describes both.
"""

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

FILE = "workbench-ledger.jsonl"  # in the working directory, which is the notebook's folder
SWITCH = "WORKBENCH_LEDGER"  # off: nothing is written


def record(kind: str, **facts: Any) -> str:
    """Appends an entry of this kind to the ledger.

    Returns a sentence if the file cannot be written, and nothing otherwise. facts: plain JSON.
    """
    if os.environ.get(SWITCH) == "off":
        return ""
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = json.dumps({"at": at, "kind": kind, **facts}, allow_nan=False)
    try:
        with Path(FILE).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        why = error.strerror or type(error).__name__
        return f"This is not written down: {FILE} cannot be written in this folder ({why})."
    return ""
