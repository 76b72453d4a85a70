// Messages between this page and its server, as JSON on Bokeh's own connection (view/page/wire.py).
// `tell` waits until there is one; what is shown is a state: `hear` gets the newest at once.
const WIRE = "workbench"
const shown = {}, handlers = {}, untold = []
let wired = null

function hear(kind, handler) {
  ;(handlers[kind] ||= []).push(handler)
  if (kind in shown) handler(shown[kind])
}

function tell(kind, value) {
  untold.push(JSON.stringify({kind, value}))
  flush()
}

function flush() {
  if (!wired) return
  const {MessageSentEvent} = Bokeh.require("document/events")
  for (const text of untold.splice(0)) wired._trigger_on_change(new MessageSentEvent(wired, WIRE, text))
}

function receive(text) {
  for (const [kind, value] of Object.entries(JSON.parse(text))) {
    shown[kind] = value
    for (const handler of handlers[kind] || []) handler(value)
  }
}

// Begins, and begins again with a page that was away.
function connectWire(page) {
  if (!page._message_callbacks.has(WIRE)) page.on_message(WIRE, receive)
  wired = page
  untold.unshift(JSON.stringify({kind: "hello"}))
  flush()
}

function cutWire() {
  wired = null
}
