"""What an open page is sent when a picture is drawn on it."""

import numpy as np
from bokeh.core.serialization import Serializer
from bokeh.document import Document

from workbench.core.pictures import Scatter
from workbench.view.page.scene import Place


def specs(content) -> list[dict]:
    """What a message says of properties that may differ from point to point."""
    if isinstance(content, dict):
        inner = [each for value in content.values() for each in specs(value)]
        return [content, *inner] if content.get("type") in ("value", "field") else inner
    return [each for value in content for each in specs(value)] if isinstance(content, list) else []


def test_a_picture_that_comes_to_an_open_page_keeps_the_colours_of_its_points():
    page, place, messages = Document(), Place(0, dark=False), []
    page.add_root(place.root)
    # a page that is open is written to at once, while the change is made
    page.on_change(lambda event: messages.append(event.to_serializable(Serializer())))
    place.show("points", Scatter("Points", np.zeros((3, 2)), group=np.arange(3)), None)
    colours = [each for each in specs(messages) if "transform" in each]
    assert len(colours) >= 3, "fill, line and marker of the points"
    assert all(each["type"] == "field" and each["field"] == "group" for each in colours)
    assert not [each for each in specs(messages) if isinstance(each.get("value"), dict)]
