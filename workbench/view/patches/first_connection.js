// Bokeh 3.9: a page whose first connection fails says so, and begins anew.
//
// Bokeh tries its first connection once, and tells nobody that it failed.
// tests/browser/test_connection_page.py refuses one; when it passes without this, the file may go.
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given)
    this.addEventListener("close", () => window.Bokeh.documents.length || comeBack())
  }
}
