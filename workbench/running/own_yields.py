"""What a training loop yields: the types that a lesson names, and what came instead."""

from collections.abc import Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from workbench.core.chapter import Fit


def kinds_of(fit: Fit) -> tuple[Any, ...]:
    """The types of what the chapter's own fit yields after the step; () when it does not say."""
    (item,) = get_args(get_type_hints(fit).get("return")) or (tuple,)
    if hasattr(item, "_fields"):
        return tuple(get_type_hints(item).values())[1:]
    kinds = get_args(item)[1:]
    return () if ... in kinds else kinds


def serve(values: Sequence[Any], kinds: Sequence[Any]) -> bool:
    """Whether the values are of these kinds, or have all that these classes have.

    So a reader's own network serves that can do what the lesson's can.
    """
    return len(values) == len(kinds) and all(map(_serves, values, kinds))


def _serves(value: Any, kind: Any) -> bool:
    if get_origin(kind) in (Union, UnionType):
        return any(_serves(value, each) for each in get_args(kind))
    kind = get_origin(kind) or kind
    if not isinstance(kind, type) or isinstance(value, kind):
        return True
    public = [name for name in dir(kind) if not name.startswith("_")]
    return bool(public) and all(hasattr(value, name) for name in public)


def is_whole(step: Any) -> bool:
    """Whether this can be the number of a step."""
    return hasattr(step, "__index__") and not isinstance(step, bool)


def shape_in_words(item: Any) -> str:
    """What kind of thing was yielded, in a few words."""
    return f"({', '.join(map(name_of, item))})" if type(item) is tuple else name_of(item)


def name_of(value: Any) -> str:
    """The name of a value's type."""
    return "None" if value is None else type(value).__name__


def name_of_kind(kind: Any) -> str:
    """The name of a type; of list[Tensor] it is list, and of a union the names with an "or"."""
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(map(name_of_kind, get_args(kind)))
    if kind is type(None):
        return "None"
    kind = get_origin(kind) or kind
    return kind.__name__ if isinstance(kind, type) else str(kind).replace("typing.", "")
