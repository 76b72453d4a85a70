// Bokeh 3.9: a button keeps the focus when its label changes or it is disabled for a moment.
//
// Bokeh makes the button anew, and who goes on by keyboard begins at the top of the page.
// tests/browser/test_keyboard.py presses such a button twice; when it passes without this, the file
// may go.
{
  const {AbstractButtonView} = Bokeh.require("models/widgets/abstract_button")
  const render = AbstractButtonView.prototype.render
  AbstractButtonView.prototype.render = function () {
    const waited = this.waits && document.activeElement === document.body
    const focused = this.shadow_el.activeElement !== null || waited
    render.call(this)
    this.waits = focused && this.model.disabled
    if (focused && !this.model.disabled) this.button_el.focus()
  }
}
