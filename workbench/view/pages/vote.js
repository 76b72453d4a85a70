// The class's vote on a reader's page. The server says what may be shown now (view/votes/reader.py);
// the answer stays in this browser until the server says that it counts.

// Minutes and seconds until a moment by the server's clock, which this browser's need not agree with.
function talkClock(write) {
  let until = null, end = 0
  setInterval(() => { if (until !== null) write(left()) }, 500)
  const left = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000))
    return seconds ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "The time is over."
  }
  return (talk) => {
    if (talk && talk.until !== until) end = performance.now() + 1000 * (talk.until - talk.clock)
    until = talk?.until ?? null
    write(until === null ? "" : left())
  }
}

const classVote = (() => {
  const READER = "workbench-reader", NAME = "workbench-name", ANSWER = "workbench-vote", memory = {}
  let state = null, parts = null, changing = false
  const talk = talkClock((text) => { if (parts) parts.clock.textContent = text })
  const get = (name) => { try { return localStorage.getItem(name) } catch { return memory[name] ?? null } }
  const put = (name, text) => { memory[name] = text; try { localStorage.setItem(name, text) } catch { /* this page knows it */ } }
  const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("")
  const mine = () => JSON.parse(get(ANSWER) ?? "null")  // the last answer of this browser

  function key() {
    if (!/^[0-9a-f]{32}$/.test(get(READER) ?? "")) put(READER, random())
    return get(READER)
  }

  const isOf = (answer, {card, course}) => answer?.task === card.id && answer.round === course.round

  // Tells the server who is here, and what it has not yet said that it counts.
  function answer() {
    const own = mine(), waits = isOf(own, state) && !own.counts && state.course.accepting
    if (waits && state.yours?.id !== own.id && !state.refused) tell("vote", {do: "vote", key: key(), ...own})
    else if (!state.here && !state.refused) tell("vote", {do: "here", key: key(), name: get(NAME) ?? ""})
    if (isOf(own, state) && state.yours?.id === own.id && !own.counts) {
      changing = false
      put(ANSWER, JSON.stringify({...own, counts: true}))
    }
  }

  function commit(form) {
    const {given, words, missing} = form.input.read(), reason = form.reasons.findIndex((each) => each.checked)
    const lacks = missing || (form.reasons.length && reason < 0 ? "Choose a reason as well." : "")
    parts.refusal.textContent = lacks
    if (lacks) return
    put(NAME, form.name.value.trim())
    const own = {task: state.card.id, round: state.course.round, id: random(), given, reason: form.reasons.length ? reason : null, name: form.name.value, words}
    put(ANSWER, JSON.stringify(own))
    parts.state.textContent = "Your answer is on its way."
    state.refused = ""
    tell("vote", {do: "vote", key: key(), ...own})
  }

  function begin(card, course) {
    const form = {input: taskInputs[card.input.kind](card.input)}
    parts = {id: card.id, round: course.round, form, state: make("p", {className: "vote-state", set: {role: "status"}}), clock: make("b", {className: "vote-clock"}),
      ask: make("div", {className: "ask"}), refusal: make("p", {className: "refusal", set: {role: "alert"}}), yours: make("p", {className: "yours"}), shown: make("div", {className: "vote-shown"})}
    form.reasons = card.reasons.map((html, i) => make("input", {type: "radio", name: "because", value: i}))
    const reasons = form.reasons.length ? make("fieldset", {className: "because"}, make("legend", {textContent: "because …"}),
      form.reasons.map((radio, i) => make("label", {className: "choice"}, radio, make("span", {innerHTML: card.reasons[i]})))) : null
    form.name = make("input", {type: "text", maxLength: 24, value: get(NAME) ?? "", autocomplete: "off"})
    const name = make("label", {className: "vote-name"}, "Name for the instructor (if you like) ", form.name)
    form.element = make("form", {noValidate: true}, make("fieldset", {className: "answer"}, make("legend", {className: "unseen", textContent: "Your answer"}), form.input.element, reasons), name,
      make("div", {className: "choices"}, make("button", {type: "submit", className: "check", textContent: "Send my answer"})))
    form.element.addEventListener("submit", (event) => { event.preventDefault(); commit(form) })
    parts.again = make("button", {type: "button", className: "link", textContent: "Change it"})
    parts.again.addEventListener("click", () => { changing = true; draw() })
    const title = make("h2", {textContent: `The class votes: ${card.title}`})
    return make("article", {className: "task-card vote-card"}, make("header", {}, title, parts.clock), parts.state,
      make("div", {className: "know", innerHTML: card.know}), parts.ask, form.element, parts.refusal, parts.yours, parts.shown)
  }

  function draw() {
    const place = document.querySelector("#vote"), {card, course, yours} = state
    if (!place) return
    place.hidden = !card
    if (!card) {
      talk(null)
      parts = null
      coverPage("class", null)
      return place.replaceChildren()
    }
    const here = document.querySelector(".tasks")?.dataset.chapter === card.id.split("/")[0]
    coverPage("class", here && !course.revealed ? [] : null)
    if (parts?.id !== card.id || parts.round !== course.round) place.replaceChildren(begin(card, course))
    parts.ask.innerHTML = card.ask
    talk(course.talk)
    parts.state.textContent = sentence(course, yours)
    parts.refusal.textContent = state.refused
    parts.form.element.hidden = !course.accepting || (yours !== null && !changing)
    const own = mine(), late = isOf(own, state) && !own.counts && !course.accepting && !course.revealed
    if (late) parts.refusal.textContent = "Your last answer came too late and does not count."
    const words = yours && own?.id === yours.id ? own.words : ""
    parts.yours.replaceChildren(...(yours ? [words ? `You said: ${words}. ` : "", course.accepting && !changing ? parts.again : ""] : []))
    drawShown(card, course)
    note(card, own, yours)
  }

  function sentence({round, accepting, revealed, talk: talking}, yours) {
    if (revealed) return "The answer."
    if (talking) return "Talk with those beside you: what did you answer, and why?"
    if (!accepting) return "Wait for the next vote."
    if (yours) return "Your answer counts. Others still answer."
    return round === 1 ? "Answer before you look. Nobody but the instructor sees what you say." : `Vote ${round}: answer once more, as you see it now.`
  }

  function drawShown(card, course) {
    const {reveal} = card, box = parts.shown
    box.innerHTML = course.picture + course.reasons
    if (course.moved) box.append(make("p", {textContent: course.moved}))
    if (!reveal) return
    const told = reveal.reasons.map((each, i) => each.right || i === reveal.chosen ? answered(each, i === reveal.chosen) : null)
    box.append(...[drawMeasured(card.input, reveal), make("p", {className: "verdict", textContent: reveal.verdict}),
      ...reveal.outcomes.map((each, i) => each.right || reveal.given?.choice === i ? answered(each, reveal.given?.choice === i) : null),
      ...told, make("div", {className: "mechanism", innerHTML: card.why}), make("h3", {textContent: "Where it does not hold"}), make("div", {className: "fails", innerHTML: card.fails})].filter(Boolean))
  }

  // The ledger learns of an answer when it is judged.
  function note({id, title, reveal}, own, yours) {
    if (!reveal?.given || own?.task !== id || own.id !== yours?.id || own.noted) return
    put(ANSWER, JSON.stringify({...own, noted: true}))
    const {given, reason, words} = own
    ledger.add({kind: "predict", task: id, title, given, reason, words})
    ledger.add({kind: "reveal", task: id, title, word: reveal.word, sentence: reveal.verdict, values: reveal.values})
  }

  return {
    hear(next) {
      state = next
      if (state.card) answer()
      draw()
    },
  }
})()

hear("vote", (state) => {
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => classVote.hear(state), {once: true})
  else classVote.hear(state)
})
