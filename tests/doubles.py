"""What several tests need: stand-ins for parts of the workbench, and ways to compare."""

from collections.abc import Iterator


def one_run(train, settings, *args, **kw) -> Iterator:
    """The frames of one run: `train` takes runs and yields lists, and one run is a list of one."""
    for (frame,) in train([settings], *args, **kw):
        yield frame


class Changed:
    """A chapter with some of its parts replaced: Changed(find(name), train=broken)."""

    def __init__(self, chapter, **parts):
        self._chapter = chapter
        vars(self).update(parts)

    def __getattr__(self, name):
        return getattr(self._chapter, name)
