// What a page does by itself. BORN names the start of the server that made it.

function say(text) {
  const words = document.querySelector(".away")
  document.querySelector("main").inert = text !== ""
  words.hidden = text === ""
  if (words.textContent !== text) words.textContent = text
}

// A page without its connection asks who is there. One whose session is out of reach loads itself
// again as soon as the server answers; another when a server answers that does not know it,
// because it was started anew: Bokeh 3.9 would go on trying for half a minute
// (tests/server/test_restart.py). A proxy's word that nobody is there is no answer.
const whoIsThere = () => fetch("health", {cache: "no-store"}).then(async (reply) => (await reply.json()).born).catch(() => null)
let lost = false, over = false, asking = false
async function askWhoIsThere() {
  if (asking) return
  for (asking = true; lost || over; ) {
    const pause = 1000 + 2000 * Math.random()  // a class does not come back in one moment
    await new Promise((after) => setTimeout(after, over ? 2 * pause : pause))
    const born = await whoIsThere()
    if (born && (over || (lost && born !== BORN))) return location.reload()
  }
  asking = false
}

function comeBack() {
  over = true
  say("The connection is lost. This page comes back with its knobs when the server answers.")
  askWhoIsThere()
}

// without its connection a page hears nothing: it says so, and holds still until it is back
function attend() {
  const page = window.Bokeh?.documents[0]
  if (!page?.all_roots.length) {
    if (performance.now() > 20000) say("The scripts of this page do not come. Load it again, please.")
    return setTimeout(attend, 200)
  }
  if (performance.now() > 20000) say("")
  const session = page.all_roots[0].id
  const begin = () => connectWire(page)
  if (page.is_idle) begin()
  else page.on_event("document_ready", begin)
  const look = () => say(lost || !navigator.onLine ? "The connection is lost. This page waits for it." : "")
  addEventListener("offline", look)
  addEventListener("online", look)
  let joined = true
  // Bokeh may find a server that was started anew, whose first page has the names of this one: the
  // roots alone do not tell. Then the page stays lost until askWhoIsThere loads it again.
  const rejoin = async () => {
    const born = await whoIsThere()
    if (!joined) return
    if (born === null) return setTimeout(rejoin, 1000)
    if (born !== BORN) return
    lost = false
    look()
    connectWire(page)
  }
  page.on_event("connection_lost", (_page, event) => {
    lost = true
    joined = false
    cutWire()
    mend(page, event.connection.deref())
    if (event.timeout === null) comeBack()
    else look()
    askWhoIsThere()
  })
  page.on_event("client_reconnected", () => {
    if (page.all_roots[0].id !== session) return location.reload()  // the server has forgotten this page
    joined = true
    rejoin()
  })
}
if (document.documentElement.dataset.session !== undefined) attend()
