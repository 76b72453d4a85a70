"""PyTorch, loaded when something is first computed with it.

    from workbench.later import F, Tensor, torch

A page needs a chapter's knobs, texts and layout, and only a worker trains. PyTorch costs a process
half a gigabyte and two seconds, so what is imported from here stands for it until one of its names
is asked for. (Python 3.15 says `lazy import torch`.)
"""

import runpy
from contextlib import ContextDecorator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any


class Later(ModuleType):
    """Stands for the module `name` and imports it when one of its attributes is asked for.

    It is not in `sys.modules`, where other packages look whether PyTorch is there.
    """

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self.__name__), name)
        setattr(self, name, found)  # a step of a small net asks fifty times
        return found


class _Mode(ContextDecorator):
    """`torch.no_grad()` and its kin: as decorators they are made before PyTorch is there."""

    def __init__(self, name: str):
        self.name = name

    def _recreate_cm(self) -> "_Mode":
        return _Mode(self.name)

    def __enter__(self) -> None:
        self.mode = _kind(self.name)()
        self.mode.__enter__()

    def __exit__(self, *raised) -> None:
        self.mode.__exit__(*raised)


@cache
def _kind(name: str) -> type:
    return getattr(import_module("torch"), name)


class _Torch(Later):
    def no_grad(self) -> _Mode:
        return _Mode("no_grad")

    def inference_mode(self) -> _Mode:
        return _Mode("inference_mode")


@cache
def torch_build() -> dict[str, Any]:
    """PyTorch's `__version__` and what it was built for (`cuda`, `hip`), without loading it."""
    package = find_spec("torch").submodule_search_locations[0]
    return runpy.run_path(str(Path(package) / "version.py"))


if TYPE_CHECKING:
    import torch
    import torch.nn.functional as F
    from torch import Generator, Tensor
else:
    torch, F = _Torch("torch"), Later("torch.nn.functional")
    Generator = Tensor = Any  # for annotations
