// The task card: "1 Predict, 2 Try, 3 Why". The server says what may be shown now; nothing else of
// a task is here. taskCard.hear(state) draws it, and tell("task", ...) answers.

// An element with these properties, attributes (in data of `props.set`) and children.
function make(tag, props = {}, ...children) {
  const {set = {}, ...own} = props, element = Object.assign(document.createElement(tag), own)
  for (const [name, value] of Object.entries(set)) element.setAttribute(name, value)
  element.append(...children.flat().filter((each) => each !== null && each !== undefined))
  return element
}

// A choice with what it was worth.
const answered = ({text, answer, right}, chosen) => make("div", {className: `answered${right ? " right" : ""}`},
  make("div", {className: "said"}, make("b", {textContent: right ? "✓ " : chosen ? "✗ " : ""}), make("span", {innerHTML: text}), chosen ? make("em", {textContent: " (yours)"}) : null),
  make("div", {className: "because-answer", innerHTML: answer}))

// Says on the root element which pictures are covered, by the reader's task or by the class's; null: none by this one.
const covers = {}
function coverPage(by, names) {
  covers[by] = names
  const all = Object.values(covers).filter(Boolean)
  if (all.length) document.documentElement.dataset.covered = JSON.stringify(all.flat())
  else delete document.documentElement.dataset.covered
}

const taskCard = (() => {
  let state = null  // what the server has said last
  let parts = null  // of the card that is drawn
  let asked = null  // what was sent and is not answered yet: the reader's answer, in words too
  let wish = ""  // where the focus goes when the server has answered
  let opened = 0  // when the task was opened
  let noted = {}  // what the ledger has of this answer
  const all = (selector) => [...document.querySelectorAll(selector)]
  const place = () => document.querySelector(".tasks .task-card")
  const say = (text) => {
    const live = document.querySelector(".task-say")
    if (live && text && live.textContent !== text) live.textContent = text
  }
  const send = (act, more = {}) => tell("task", {do: act, task: state?.card?.id.split("/")[1], ...more})

  function draw() {
    const card = state?.card ?? null, here = place()
    if (!here) return
    const covered = card?.covered ?? []
    coverPage("task", covered.length || card?.stage === "predict" ? covered : null)
    for (const button of all("[data-task]")) button.setAttribute("aria-expanded", String(button.dataset.task === card?.id.split("/")[1]))
    here.hidden = !card
    drawMenu(card)
    if (!card) {
      parts = null
      here.replaceChildren()
      return focus(wish)
    }
    if (!parts || parts.id !== card.id || (parts.stage !== "predict" && card.stage === "predict")) begin(card, here)
    parts.stage = card.stage
    parts.ask.innerHTML = card.ask
    if (parts.form) drawAnswer(card)
    drawReveal(card)
    drawGoal(card)
    drawWhy(card)
    parts.refusal.textContent = state.refused ?? ""
    note(card)
    focus(wish)
  }

  // The list folds while a task is open, which leaves its room to the task.
  let listed
  function drawMenu(card) {
    const menu = document.querySelector(".task-menu"), buttons = all("[data-task]")
    if (listed === (card?.id ?? "")) return
    listed = card?.id ?? ""
    const number = buttons.findIndex((each) => each.dataset.task === listed.split("/")[1]) + 1
    menu.open = !card
    menu.querySelector("h2").textContent = card ? `Task ${number} of ${buttons.length}: show all` : "Tasks"
  }

  function begin(card, here) {
    noted = {attempts: card.goal?.attempts ?? 0}
    opened = Date.now()
    parts = {id: card.id, ask: make("div", {className: "ask"}), refusal: make("p", {className: "refusal", set: {role: "alert"}})}
    const title = make("h3", {textContent: card.title, tabIndex: -1, className: "task-title"})
    const starred = ledger.of(card.id, "star").at(-1)?.on ?? false
    const star = make("button", {type: "button", className: "star", textContent: starred ? "★" : "☆", title: "Star this task", set: {"aria-label": "Star this task", "aria-pressed": String(starred)}})
    star.addEventListener("click", () => {
      const on = star.getAttribute("aria-pressed") !== "true"
      star.setAttribute("aria-pressed", String(on))
      star.textContent = on ? "★" : "☆"
      ledger.add({kind: "star", task: card.id, title: card.title, on})
    })
    const close = make("button", {type: "button", className: "close", textContent: "Close"})
    close.addEventListener("click", () => { wish = ".task-menu summary"; send("shut") })
    const steps = card.input ? [predictStep(card)] : []
    parts.try = make("section", {className: "step step-try"}, step(card.input ? 2 : 1, "Try"))
    parts.reveal = make("div", {className: "reveal"})
    parts.try.append(parts.reveal)
    parts.goal = goalPart(card)
    parts.why = make("section", {className: "step step-why"}, step(card.input ? 3 : 2, "Why"))
    parts.whyText = make("div")
    parts.why.append(parts.whyText)
    const know = make("div", {className: "know", innerHTML: card.know})
    if (!card.input) parts.try.append(know, parts.ask)
    if (parts.goal) parts.try.append(parts.goal.element)
    if (!card.input) parts.try.append(parts.refusal)
    here.replaceChildren(make("header", {}, title, star, close), ...steps, parts.try, parts.why)
  }

  const step = (number, text) => make("h4", {tabIndex: -1}, make("b", {textContent: number}), ` ${text}`)

  function predictStep(card) {
    const earlier = ledger.of(card.id, "reveal").at(-1)
    const form = parts.form = {input: taskInputs[card.input.kind](card.input)}
    const commit = make("button", {type: "submit", className: "commit", textContent: "Commit"})
    const skip = make("button", {type: "button", className: "pass", textContent: "Skip"})
    form.decide = make("div", {className: "decide"}, commit, skip)
    form.reasons = card.reasons.map((html, i) => make("input", {type: "radio", name: "because", value: i}))
    const reasons = card.reasons.length ? make("fieldset", {className: "because"}, make("legend", {textContent: "because …"}),
      form.reasons.map((radio, i) => make("label", {className: "choice"}, radio, make("span", {innerHTML: card.reasons[i]})))) : null
    form.fieldset = make("fieldset", {className: "answer"}, make("legend", {className: "unseen", textContent: "Your prediction"}), form.input.element, reasons)
    const element = make("form", {className: "step step-predict", noValidate: true}, step(1, "Predict"),
      make("div", {className: "know", innerHTML: card.know}), parts.ask,
      earlier ? make("p", {className: "earlier", textContent: `Earlier here: ${earlier.sentence}`}) : null,
      form.fieldset, parts.refusal, form.decide)
    element.addEventListener("submit", (event) => {
      event.preventDefault()
      const {given, words, missing} = form.input.read(), reason = form.reasons.findIndex((each) => each.checked)
      const lacks = missing || (form.reasons.length && reason < 0 ? "Choose a reason as well, or skip." : "")
      parts.refusal.textContent = lacks
      if (lacks) return
      asked = {given, reason: form.reasons.length ? reason : null, words, seconds: Math.round((Date.now() - opened) / 1000),
        because: form.reasons[reason]?.nextSibling.textContent.trim()}
      wish = ".step-try h4"
      send("commit", {given, reason: asked.reason})
    })
    skip.addEventListener("click", () => { asked = null; wish = ".step-try h4"; send("skip") })
    form.yours = make("p", {className: "yours", hidden: true})
    form.again = make("button", {type: "button", className: "link", textContent: "Answer again"})
    form.again.addEventListener("click", () => { wish = ".task-title"; send("open") })
    element.append(form.yours)
    return element
  }

  // What was asked stays open until it is answered; then the answer stands there in words.
  function drawAnswer(card) {
    const {form} = parts, open = card.stage === "predict"
    form.fieldset.hidden = form.decide.hidden = form.fieldset.disabled = !open
    form.yours.hidden = open
    if (open) return
    const {words, because} = asked ?? form.told ?? {}
    form.told = {words, because}
    const yours = card.reveal?.given ? `You said: ${[words ?? "see below", because && `because: ${because}`].filter(Boolean).map((each) => each.replace(/\.$/, "")).join(", ")}. ` : "You skipped this. "
    form.yours.replaceChildren(yours, form.again)
  }

  function drawReveal(card) {
    const {reveal} = card
    parts.try.classList.toggle("shut", card.stage === "predict")
    if (!reveal) return parts.reveal.replaceChildren()
    const seeds = card.input.kind === "curve" ? tellCurve(card.input, reveal.curve) : reveal.written.length ? `Seeds: ${reveal.written.join(", ")}.` : ""
    const rest = reveal.complete || reveal.trouble ? "" : "Five seeds train now; their dots come one by one."
    parts.reveal.replaceChildren(
      drawMeasured(card.input, reveal),
      make("p", {className: "seed-values", textContent: `${seeds} ${rest}`.trim()}),
      make("p", {className: "verdict", textContent: reveal.verdict}),
      reveal.trouble ? make("p", {className: "refusal", textContent: reveal.trouble}) : "",
      ...reveal.outcomes.map((each, i) => each.right || reveal.given?.choice === i ? answered(each, reveal.given?.choice === i) : ""))
    if (reveal.complete) say(reveal.verdict || seeds)
    else say(reveal.trouble || rest)
  }

  // A goal's buttons are made once, so that the focus stays where it is.
  function goalPart(card) {
    if (card.goal === undefined) return null
    const goal = {}
    goal.move = make("p", {className: "move"})
    goal.check = make("button", {type: "button", className: "check", textContent: "Check on five seeds"})
    goal.hint = make("button", {type: "button", className: "hint-button"})
    goal.show = make("button", {type: "button", className: "show-me", textContent: "Show me a solution"})
    goal.verdict = make("p", {className: "verdict"})
    goal.hints = make("ol", {className: "hints", set: {"aria-label": "Hints"}})
    goal.solution = make("p", {className: "solution"})
    if (card.goal?.trials) goal.trial = make("select", {className: "menu-of-choices"}, card.goal.trials.map((label, i) => make("option", {value: i, textContent: label})))
    goal.check.addEventListener("click", () => send("check", goal.trial ? {trial: Number(goal.trial.value)} : {}))
    goal.hint.addEventListener("click", () => send("hint"))
    goal.show.addEventListener("click", () => send("solve"))
    goal.element = make("div", {className: "goal", hidden: true}, goal.move, goal.trial ? make("label", {className: "trial"}, "Settings whose five seeds are kept: ", goal.trial) : null, make("div", {className: "choices"}, goal.check, goal.hint, goal.show), goal.verdict, goal.hints, goal.solution)
    return goal
  }

  // Goes to the knob, which may be folded among all knobs.
  function knobLink(name, label) {
    const link = make("button", {type: "button", className: "link", textContent: label})
    link.addEventListener("click", () => {
      const control = document.getElementById(`knob-${name}`)
      const fold = control?.closest("details")
      if (fold) fold.open = true
      control?.focus()
    })
    return link
  }

  function drawGoal(card) {
    const {goal} = card, own = parts.goal
    if (!own) return
    own.element.hidden = !goal
    if (!goal) return
    if (own.trial) own.move.textContent = "Nothing trains here: choose settings that were trained, or take the task to a server."
    else if (!own.move.hasChildNodes()) own.move.append("Move: ", ...goal.knobs.flatMap(([name, label], i) => [i ? ", " : "", knobLink(name, label)]), ".")
    own.check.setAttribute("aria-disabled", String(goal.checking))
    own.hint.hidden = goal.hints_left === 0
    own.hint.textContent = goal.hints.length ? `Another hint (${goal.hints_left} left)` : "Give me a hint"
    own.show.hidden = goal.hints_left > 0 || goal.solution !== ""
    const words = goal.checking ? `Five seeds train: ${goal.ended} of 5 have ended.` : goal.trouble || goal.sentence
    own.verdict.textContent = words
    own.verdict.classList.toggle("solved", goal.passed === true)
    if (own.hints.children.length < goal.hints.length) say(`Hint: ${make("div", {innerHTML: goal.hints.at(-1)}).textContent}`)
    own.hints.replaceChildren(...goal.hints.map((html) => make("li", {innerHTML: html})))
    own.solution.textContent = goal.solution ? `${goal.solved ? "A solution" : "The solution"}: ${goal.solution}.` : ""
    if (!goal.checking && goal.attempts > (noted.attempts ?? 0)) say(words)
    else if (goal.checking && goal.ended === 0) say("Five seeds train now.")
  }

  function drawWhy(card) {
    parts.why.classList.toggle("shut", !card.why)
    if (!card.why) return parts.whyText.replaceChildren()
    const {chosen, reasons} = card.reveal ?? {reasons: []}
    const told = reasons.map((each, i) => each.right || i === chosen ? answered(each, i === chosen) : null)
    parts.whyText.replaceChildren(...[...told, make("div", {className: "mechanism", innerHTML: card.why}),
      make("h5", {textContent: "Where it does not hold"}), make("div", {className: "fails", innerHTML: card.fails})].filter(Boolean))
  }

  // What the ledger learns. A skipped prediction leaves nothing in it.
  function note(card) {
    const {reveal, goal} = card, task = card.id, title = card.title
    if (reveal?.given && asked && !noted.predict) {
      noted.predict = true
      ledger.add({kind: "predict", task, title, ...asked})
      asked = null
    }
    if (reveal?.given && reveal.complete && noted.predict && !noted.reveal) {
      noted.reveal = true
      ledger.add({kind: "reveal", task, title, word: reveal.word, sentence: reveal.verdict, values: reveal.values})
    }
    if (goal && goal.attempts > (noted.attempts ?? 0)) {
      noted.attempts = goal.attempts
      ledger.add({kind: "attempt", task, title, settings: goal.settings, passed: goal.passed, sentence: goal.sentence, failing: goal.failing})
    }
  }

  function focus(selector) {
    if (!selector) return
    wish = ""
    document.querySelector(selector)?.focus()
  }

  function mark() {
    const words = {solved: "solved", answered: "answered", tried: "tried"}, signs = {solved: "●", answered: "◐", tried: "◔"}
    for (const button of all("[data-task]")) {
      const {chapter} = button.closest(".tasks").dataset, done = ledger.progress(`${chapter}/${button.dataset.task}`)
      const mark = button.querySelector(".mark")
      mark.textContent = done ? `${signs[done]} ${words[done]}` : `${mark.dataset.minutes} min`
    }
  }
  addEventListener("DOMContentLoaded", () => {
    mark()
    document.addEventListener("ledger", mark)
  })

  return {
    hear(next) {
      state = next
      draw()
    },
    open(task) {
      const again = state?.card?.id.endsWith(`/${task}`)
      wish = again ? ".task-menu summary" : ".task-title"
      tell("task", {do: again ? "shut" : "open", task})
    },
    go(query) {
      tell("task", {do: "go", query})
    },
  }
})()

// A run that has come to its end.
function noteRun(ran) {
  const chapter = document.querySelector("#ledger")?.dataset.chapter
  if (!ran || !chapter || ledger.runs(chapter).at(-1)?.query === ran.query) return
  ledger.add({kind: "run", chapter, query: ran.query, changed: ran.changed, numbers: ran.numbers})
}

// The browser's Back goes to the settings before. Moves within a second are one step.
let settledAt = -Infinity, lastSearch = ""
function settleAddress(address) {
  lastSearch = new URL(address, location).search
  if (lastSearch === location.search) return
  const quick = performance.now() - settledAt < 1000
  history[quick ? "replaceState" : "pushState"](null, "", address + location.hash)
  settledAt = performance.now()
}
addEventListener("popstate", () => {
  if (location.search === lastSearch) return  // another place of the same page
  settledAt = performance.now()  // what the server makes of it is no further step
  taskCard.go(location.search)
})
