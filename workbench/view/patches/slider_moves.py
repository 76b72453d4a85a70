"""Panel 1.9.4 and panel-material-ui 0.16: a slider's moves are heard at once, and each of them.

Panel waits 50 ms for another move before it tells of the first. On release a slider of stops tells
the position of a stop instead of its value, and a move to the place of an earlier release is not
told at all. `tests/view/test_board.py` sends what a browser sends on release; when it passes
without `settle`, that may go. `prompt_moves` may go when `benchmarks/page/latency.py` finds no
difference.
"""

import panel_material_ui as pmui
import param


def prompt_moves(slider: pmui.base.MaterialComponent) -> pmui.base.MaterialComponent:
    """Lets the server hear of the slider's moves at once."""
    slider._priority_changes = ["value", "value_throttled"]
    return slider


def settle(widget: pmui.base.MaterialComponent) -> None:
    """Tells a slider that it was released where it stands: the next release is a change."""
    if "value_throttled" in widget.param:
        discrete = isinstance(widget, pmui.DiscreteSlider)
        place = widget.values.index(widget.value) if discrete else widget.value
        with param.edit_constant(widget):
            widget.value_throttled = place
