// Bokeh 3.9: a plot that the keyboard cannot use takes no focus.
//
// Bokeh lets every plot take the focus, without a role or a name. Ours have no tools for the keyboard,
// and what they show stands as text beside them. tests/browser/test_keyboard.py asks everything that takes the focus
// for a role and a name; when it passes without this, the file may go.
{
  const {CanvasView} = Bokeh.require("models/canvas/canvas")
  const initialize = CanvasView.prototype.initialize
  CanvasView.prototype.initialize = function () {
    initialize.call(this)
    this.events_el.removeAttribute("tabindex")
  }
}
