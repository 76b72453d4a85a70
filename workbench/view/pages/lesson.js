// What a chapter's page shows of its run: words, numbers and titles of the frame that is drawn.

const at = (id) => document.getElementById(id)
function setHtml(place, html) {
  if (place && place.shown !== html) place.innerHTML = place.shown = html
}
function setText(place, text) {
  if (place && place.textContent !== text) place.textContent = text
}
const arrived = (place) => place?.classList.remove("awaited")

for (const kind of ["status", "call", "numbers", "reading"]) hear(kind, (html) => {
  setHtml(at(kind), html)
  arrived(at(kind))
})
hear("finding", (text) => {
  setText(at("finding"), text)
  arrived(at("finding"))
})
hear("first", (text) => setText(at("first"), text))
hear("address", settleAddress)
hear("task", taskCard.hear)
hear("ran", noteRun)
hear("diagram", (numbers) => {
  for (const place of document.querySelectorAll("[data-live]")) {
    const text = numbers[place.dataset.live]
    place.classList.toggle("awaited", !text)
    if (text) setText(place, text)
  }
})
hear("all", (numbers) => {
  for (const place of document.querySelectorAll("[data-number]")) {
    place.hidden = !(place.dataset.number in numbers)
    setText(place.querySelector("b"), numbers[place.dataset.number] ?? "")
  }
})
let drew = false  // a picture: the room that was held for the first goes with the next run
const KEPT = ".middle:has(.track-ready:not(.track-other)) *"  // where the slider shows what is kept, it stays under the hand
hear("drawn", (step) => {
  if (drew && !step) for (const room of document.querySelectorAll(`.drawn:not(${KEPT})`)) room.style.minHeight = ""
  drew ||= step > 0
})
// On a telephone a long row of pictures is scrolled, by keys as well.
const telephone = matchMedia("(max-width: 560px)")
let marking = 0
let looks = 0 // that are left: Bokeh lays a picture out some time after it is drawn
function markScrolled() {
  marking = --looks > 0 ? setTimeout(markScrolled, 1000) : 0
  for (const room of document.querySelectorAll(".lesson .drawn")) {
    const marks = room.scrollWidth > room.clientWidth + 1 ? {tabindex: 0, role: "group", "aria-label": "A row of pictures, to be scrolled"} : {}
    for (const name of ["tabindex", "role", "aria-label"]) {
      if (name in marks) room.setAttribute(name, marks[name])
      else room.removeAttribute(name)
    }
  }
}
const markSoon = () => {
  looks = 4
  marking ||= setTimeout(markScrolled, 500)
}
hear("drawn", () => { if (telephone.matches) markSoon() })
telephone.addEventListener("change", markSoon)
hear("pictures", (heads) => {
  for (const place of document.querySelectorAll("[data-picture]")) {
    const head = heads[place.dataset.picture]
    place.hidden = !head
    if (!head) continue
    arrived(place)
    setText(place.querySelector("h2"), head.title)
    setText(place.querySelector(".caption"), head.caption)
    setText(place.querySelector(".words"), head.words)
    setText(place.querySelector(".axis"), head.axis)
    setHtml(place.querySelector(".legend"), head.legend)
    place.classList.toggle("covered", Boolean(head.covered))
  }
})
hear("replay", ({place, end, enabled}) => {
  const slider = at("replay")
  slider.disabled = !enabled
  at("step").disabled = !enabled
  slider.max = end
  if (!slider.matches(":active")) slider.value = place
})
document.addEventListener("input", ({target}) => {
  if (target.id === "replay") tell("replay", Number(target.value))
})

// An explanation opens beside its button.
document.addEventListener("toggle", ({target, newState}) => {
  if (newState !== "open" || !target.matches?.(".why-text")) return
  const button = document.querySelector(`[popovertarget="${target.id}"]`).getBoundingClientRect()
  target.style.left = `${Math.max(8, Math.min(button.left, innerWidth - target.offsetWidth - 8))}px`
  target.style.top = `${Math.max(8, Math.min(button.bottom + 4, innerHeight - target.offsetHeight - 8))}px`
}, true)

// The run before, in the place of this one while its button is pressed.
hear("before", (name) => {
  at("before").hidden = name === ""
  setText(at("before"), "Show before")
  at("before").title = name
})
hear("back", (looksBack) => {
  at("before").setAttribute("aria-pressed", looksBack)
  setText(at("before"), looksBack ? at("before").title : "Show before")
})
document.addEventListener("click", ({target}) => {
  if (target.id === "before") tell("press", target.getAttribute("aria-pressed") === "true" ? "now" : "before")
})
