// Knobs: their widgets come into the places that text has held, and each has an explanation that
// keyboard, finger and mouse open.

const WHY = `
  :host { position: relative; }
  .why { all: unset; position: absolute; top: -1px; right: 0; width: 24px; height: 24px; cursor: pointer;
    text-align: center; font: 13px/24px system-ui, sans-serif; color: var(--wb-muted); }
  .why::before { content: "i"; display: inline-block; width: 15px; font: italic 600 12px/15px serif;
    border: 1px solid currentColor; border-radius: 50%; }
  .why:hover { color: var(--wb-accent); }
  .why:focus-visible { outline: 3px solid var(--wb-accent); border-radius: 50%; }
  [popover] { position: fixed; inset: auto; margin: 0; max-width: min(300px, 80vw); padding: 8px 12px;
    font: 14px/1.45 system-ui, sans-serif; color: var(--wb-text); background: var(--wb-card);
    border: 1px solid var(--wb-accent); border-radius: 8px; }`

// Puts a button beside the label of every widget in this shadow root that has an explanation.
function explain(root) {
  for (const control of root.querySelectorAll("input, select, textarea")) {
    const label = (control.getAttribute("aria-label") || control.labels[0]?.textContent || "").trim()
    const known = [...explanations.content.querySelectorAll("dt")].find((each) => each.textContent === label)
    if (!known || root.querySelector(".why")) continue
    const style = document.createElement("style"), button = document.createElement("button"), words = document.createElement("div")
    style.textContent = WHY
    Object.assign(words, {id: "why", popover: "auto", textContent: known.nextElementSibling.textContent})
    Object.assign(button, {type: "button", className: "why", popoverTargetElement: words})
    button.setAttribute("aria-label", `What is ${label}?`)
    control.setAttribute("aria-describedby", "why")
    words.addEventListener("toggle", () => {
      const place = button.getBoundingClientRect()
      words.style.left = `${Math.max(8, Math.min(place.left, innerWidth - words.offsetWidth - 8))}px`
      words.style.top = `${Math.max(8, Math.min(place.bottom + 4, innerHeight - words.offsetHeight - 8))}px`
    })
    root.append(style, button, words)
  }
}

// Explains what is in these shadow roots now and what comes into them later.
const watched = new WeakSet(), changes = new MutationObserver(() => requestAnimationFrame(() => {
  for (const place of document.querySelectorAll(".widgets")) watch(place)
}))
function watch(place) {
  if (!watched.has(place)) changes.observe(place, {childList: true, subtree: true})
  watched.add(place)
  if (place instanceof ShadowRoot) explain(place)
  for (const each of place.querySelectorAll("*")) if (each.shadowRoot) watch(each.shadowRoot)
}

// Takes the text away when the widgets are as high, or after two seconds.
function showWidgets(tries = 40) {
  for (const place of document.querySelectorAll(".widgets")) watch(place)
  const place = document.querySelector(".widgets[data-ahead]"), ahead = place?.querySelector(".ahead")
  if (!place) return
  const high = [...place.querySelector(".live").querySelectorAll("*")].some((each) => each.offsetHeight >= ahead.offsetHeight - 8)
  if (!high && tries) return setTimeout(showWidgets, 50, tries - 1)
  delete place.dataset.ahead
  ahead.remove()
}
