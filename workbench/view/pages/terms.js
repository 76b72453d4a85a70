// The definition of a term stands beside its link while the link has the pointer or the focus. Escape
// shuts it; on a touch screen the first tap opens it, and the next one leads to the glossary.
const termMeans = (() => {
  let box = null, shown = null, leaving = 0
  function make() {
    box = Object.assign(document.createElement("div"), {className: "term-means", id: "term-means", popover: "manual"})
    box.setAttribute("role", "tooltip")
    document.body.append(box)
    box.addEventListener("pointerenter", () => clearTimeout(leaving))
    box.addEventListener("pointerleave", leave)
  }
  function show(link) {
    clearTimeout(leaving)
    if (link === shown) return
    if (!box) make()
    hide()
    shown = link
    box.textContent = link.dataset.means
    link.setAttribute("aria-describedby", box.id)
    box.showPopover()
    stand()
  }
  function stand() {
    if (!shown) return
    const at = shown.getClientRects()[0], below = at.bottom + 4
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`
    box.style.top = `${below + box.offsetHeight < innerHeight ? below : Math.max(8, at.top - box.offsetHeight - 4)}px`
  }
  function hide() {
    if (!shown) return
    shown.removeAttribute("aria-describedby")
    shown = null
    box.hidePopover()
  }
  function leave() {
    clearTimeout(leaving)
    leaving = setTimeout(hide, 250)  // in which the pointer may go over to the definition
  }
  const termOf = (event) => event.target.closest?.("a.term[data-means]")
  for (const kind of ["pointerover", "focusin"]) addEventListener(kind, (event) => {
    const link = termOf(event)
    if (link && event.pointerType !== "touch") show(link)
  })
  addEventListener("pointerout", (event) => { if (termOf(event) && event.pointerType !== "touch") leave() })
  addEventListener("focusout", (event) => { if (termOf(event)) hide() })
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide() })
  addEventListener("scroll", stand, {passive: true, capture: true})  // focus itself may scroll
  let tapped = null
  addEventListener("pointerdown", (event) => {
    tapped = event.pointerType === "touch" ? termOf(event) : null
    if (tapped === shown) tapped = null
  })
  addEventListener("click", (event) => {
    const link = termOf(event)
    if (link && link === tapped) {
      event.preventDefault()
      show(link)
    } else if (!link) hide()
  })
})()
