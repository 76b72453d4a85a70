// "Test it": the list of claims tells the server what is opened and pressed, and shows what it hears.

{
  const SIGNS = {holds: "\u2713", fails: "\u2717", trouble: "!", runs: "\u2026", waits: ""}
  const WORDS = {holds: "holds", fails: "fails", trouble: "not measured", runs: "runs", waits: "waits"}

  function showClaim(item, state) {
    const button = item.querySelector("button"), busy = state.button === "Stop"
    const asked = busy || item.dataset.asked !== undefined
    if (asked) item.dataset.asked = ""
    button.textContent = state.button
    button.setAttribute("aria-disabled", String(state.button === "Tested"))
    item.querySelectorAll(".seeds li").forEach((dot, seed) => {
      const sign = state.seeds[seed]
      dot.dataset.sign = sign
      dot.querySelector("b").textContent = SIGNS[sign] ?? ""
      dot.querySelector(".word").textContent = WORDS[sign] ?? `seed ${seed}`
    })
    const verdict = item.querySelector(".verdict"), before = verdict.textContent
    verdict.textContent = state.words
    const measured = item.querySelector(".measured"), lines = measured.querySelector("ul")
    const first = measured.hidden && state.measured.length
    measured.hidden = !state.measured.length
    if (first && asked) measured.open = true
    if ([...lines.children].map((line) => line.textContent).join() !== state.measured.join())
      lines.replaceChildren(...state.measured.map((text) => Object.assign(document.createElement("li"), {textContent: text})))
    if (asked && !busy && before !== state.words) speak(state.words)
  }

  hear("claims", (claims) => {
    for (const item of document.querySelectorAll("[data-claim]"))
      if (claims[item.dataset.claim]) showClaim(item, claims[item.dataset.claim])
  })

  addEventListener("toggle", (event) => {
    if (event.target.matches?.("[data-claims]") && event.target.open) tell("claims", true)
  }, true)

  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-claim] .test button")
    if (button && button.getAttribute("aria-disabled") !== "true")
      tell("claim", button.closest("[data-claim]").dataset.claim)
  })
}
