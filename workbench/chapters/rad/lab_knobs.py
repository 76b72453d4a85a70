"""What a reader can choose in the labs of this chapter. Nothing here loads a model."""

from workbench.data import tables

STREAMS = {  # by name: title, and the knobs
    "digits": ("Handwritten digits", {"stream": "pictures", "data": "digits"}),
    "faces": ("Faces of 20 people", {"stream": "faces"}),
    "iot": ("IoT attacks (simulated)", {"stream": "iot", "initial": 200}),
}


def streams() -> dict[str, str]:
    """The names of the streams that can be had here, by title."""
    names = ("digits", *tables.names())
    return {title: name for name, (title, _) in STREAMS.items() if name in names}
