// The instructor's side of the class's vote. The page is looked at by the room: the server tells it
// no more than the room may know (view/votes/console.py).

const voteConsole = (() => {
  let clock = null, wasOpen = null
  const at = (selector) => document.querySelector(`#console ${selector}`)
  const button = (name) => at(`[data-console=${name}]`)

  function draw({card, course, count, matrix, looks, beforehand, record, refused}) {
    const section = document.querySelector("#console")
    if (!section) return
    section.classList.toggle("open", Boolean(card))
    at(".ballot").hidden = !card
    at(".console-refusal").textContent = refused ?? ""
    write(".console-matrix", matrix || "<p>Nobody has answered yet.</p>")
    write(".console-beforehand", beforehand)
    at(".console-record").textContent = record ? `All answers are in the file ${record}. Delete it to forget them.`
      : "No file was named when the server was started (--record class.jsonl): all of this is forgotten with the server."
    button("look").setAttribute("aria-pressed", String(looks))
    button("look").disabled = !card || course.revealed
    if (card) drawBallot(card, course, count)
    else clock?.(null)
    if (wasOpen !== null && wasOpen !== Boolean(card)) scrollTo({top: 0})
    wasOpen = Boolean(card)
  }

  function drawBallot(card, course, [answered, present]) {
    clock ??= talkClock((text) => { at(".ballot-clock").textContent = text })
    at(".ballot").classList.toggle("shown", course.shown)
    at(".ballot-name").textContent = [course.chapter, card.title, course.round > 1 ? `vote ${course.round}` : ""].filter(Boolean).join(" · ")
    write(".ballot-ask", card.ask)
    write(".ballot-picture", course.picture)
    write(".ballot-reasons", course.reasons)
    write(".ballot-why", course.revealed ? card.why : "")
    at(".ballot-moved").textContent = course.moved
    write(".ballot-count", `<b>${answered}</b> of ${present} ${present === 1 ? "has" : "have"} answered`)
    clock(course.talk)
    for (const name of ["show", "talk", "again", "reveal"]) button(name).disabled = course.revealed
    button("show").disabled ||= course.shown
    button("again").disabled ||= course.accepting
  }

  // What has not changed stays as it is: the page hears of the vote every second.
  function write(selector, html) {
    const element = at(selector)
    if (element.written === html) return
    element.written = element.innerHTML = html
  }

  // The link by which the room comes in, and its QR code. A server's own address leads nowhere from a phone.
  function drawLink() {
    const figure = at(".room-code"), own = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)
    const link = own && figure.dataset.pages ? figure.dataset.pages : new URL("./app?room", location).href
    figure.querySelector("img").src = `qr.svg?text=${encodeURIComponent(link)}`
    Object.assign(figure.querySelector("a"), {href: link, textContent: link.replace(/^https?:\/\//, "")})
    const enlarge = figure.querySelector("button")
    enlarge.addEventListener("click", () => enlarge.setAttribute("aria-pressed", String(figure.classList.toggle("large"))))
  }

  function press(event) {
    const what = event.target.closest("[data-console]")?.dataset.console
    if (!what) return
    const more = {open: () => ({task: document.querySelector("#console-task").value}), talk: () => ({seconds: 60 * document.querySelector("#console-minutes").value})}
    tell("console", {do: what, ...more[what]?.()})
  }

  addEventListener("DOMContentLoaded", () => {
    const section = document.querySelector("#console")
    if (!section) return
    drawLink()
    section.addEventListener("click", press)
    hear("console", draw)
    hear("csv", (text) => { if (text) saveAs("class.csv", "text/csv", text) })
  })
})()
