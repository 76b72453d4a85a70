"""Which device a run trains on, asked without loading PyTorch into a server."""

import ctypes
import os
import runpy
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.core.settings import SettingsError


def pick_device(name: str | None = None) -> str:
    """`name`, else WORKBENCH_DEVICE, else "cuda" when there is one, else "cpu".

    Raises SettingsError when CUDA is asked for and absent.
    """
    name = name or os.environ.get("WORKBENCH_DEVICE") or ""
    if name not in ("", "cpu", "cuda"):
        raise SettingsError(f"The device must be cpu or cuda, not {name[:20]!r}.")
    if name == "cuda" and not has_cuda():
        raise SettingsError("There is no CUDA device here; use cpu.")
    return name or ("cuda" if has_cuda() else "cpu")


@cache
def has_cuda() -> bool:
    """Whether PyTorch can use a GPU, asked of another process where PyTorch is not loaded yet."""
    if (torch := sys.modules.get("torch")) is not None:
        return torch.cuda.is_available()
    built = torch_build()
    if built["hip"] is None and not (built["cuda"] and _has_driver()):
        return False
    asked = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    return subprocess.run([sys.executable, "-c", asked]).returncode == 0


@cache
def torch_build() -> dict[str, Any]:
    """PyTorch's `__version__` and what it was built for (`cuda`, `hip`), without loading it."""
    spec = find_spec("torch")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("PyTorch is not installed.", name="torch")
    return runpy.run_path(str(Path(spec.submodule_search_locations[0]) / "version.py"))


def _has_driver() -> bool:
    try:
        ctypes.CDLL("nvcuda" if os.name == "nt" else "libcuda.so.1")
    except OSError:
        return False
    return True
