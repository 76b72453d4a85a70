// Knobs: native controls. What the reader settles on is told; what the server says is shown.

let moves = 0  // told to the server; what it said before it heard the last one is out of date
const HELD = 1500  // ms from a slider's move on in which it is the reader's, who has not let go yet
const valueOf = {
  slider: (place, control) => place.stops ? place.stops[control.value]?.[0] : Number(control.value),
  menu: (_place, control) => control.value,
  switch: (_place, control) => control.checked,
  editor: (_place, control) => control.value,
}

function lookOf(place) {
  return Object.keys(valueOf).find((look) => place.classList.contains(look))
}

// The value in words, beside its label and for who hears the page.
function sayValue(place) {
  const control = place.querySelector("input"), output = place.querySelector("output")
  const text = place.stops ? place.stops[control.value]?.[1] ?? "" : String(+Number(control.value).toPrecision(6))
  output.textContent = text
  control.setAttribute("aria-valuetext", text)
}

function settle(name, value) {
  tell("knob", {name, value, number: ++moves})
}

function showKnob(place, state) {
  const look = lookOf(place), control = place.querySelector("input, select, textarea")
  place.hidden = !state.matters
  if (look === "slider") {
    if (place.stops && performance.now() < place.heldUntil) return
    place.stops = state.choices
    if (place.stops) control.max = place.stops.length - 1
    control.value = place.stops ? place.stops.findIndex((stop) => stop[0] === state.value) : state.value
    sayValue(place)
  } else if (look === "menu") {
    const now = [...control.options].map((each) => [each.value, each.text])
    if (JSON.stringify(now) !== JSON.stringify(state.choices)) control.replaceChildren(...state.choices.map(([value, text]) => new Option(text, value)))
    control.value = state.value
  } else if (look === "switch") control.checked = state.value
  else {
    const refused = place.querySelector(".refused")
    if (!place.typing && control.value !== state.value) control.value = state.value
    refused.textContent = state.error
    refused.hidden = !state.error
    control.toggleAttribute("aria-invalid", !!state.error)
  }
}

hear("knobs", ({number, knobs}) => {
  if (number < moves) return
  for (const [name, state] of Object.entries(knobs)) {
    const place = document.querySelector(`[data-knob="${CSS.escape(name)}"]`)
    if (place) showKnob(place, state)
  }
})

document.addEventListener("input", ({target}) => {
  const place = target.closest?.("[data-knob]")
  if (!place) return
  place.typing = lookOf(place) === "editor"  // until it is told, nothing else is written there
  if (target.type !== "range") return
  place.heldUntil = performance.now() + HELD
  sayValue(place)
})
document.addEventListener("change", ({target}) => {
  const place = target.closest?.("[data-knob]")
  if (!place) return
  place.heldUntil = 0
  place.typing = false
  settle(place.dataset.knob, valueOf[lookOf(place)](place, target))
})
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.shiftKey || !event.target.matches?.(".knob textarea")) return
  event.preventDefault()
  event.target.dispatchEvent(new Event("change", {bubbles: true}))
})
