// A lesson without a server: what pages/card.js tells is answered here, from what the package keeps.
// A task's answers lie packed in the page and are unpacked when they have their time: nobody stumbles
// over them, and whoever wants to can unpack them by hand, as any page that asks no server lets them.

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))
  return JSON.parse(await new Response(stream).text())
}

// ---- the pictures of all kept states, in a file of their own that is asked for when one is wanted
let keptPictures = null, picturesCome = null
const pictures = new Promise((resolve) => { picturesCome = resolve })
function takePictures(packed) {
  unpack(packed).then((states) => { keptPictures = states; picturesCome(states) })
}
function askForPictures() {
  if (askForPictures.asked) return
  askForPictures.asked = true
  document.head.append(Object.assign(document.createElement("script"), {src: lesson.pictures}))
}

const lesson = JSON.parse(document.getElementById("lesson-data").textContent)
const place = (id) => document.getElementById(id)
let shownState = lesson.start  // its number

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text
}

// ---- the picture in the middle, two beside it, the others below, with the words that belong to them
async function showState(number) {
  if (number === null) return
  shownState = number
  follow(number)
  linkToServer()
  if (keptPictures === null && number !== lesson.start) {
    askForPictures()
    await pictures
  }
  if (shownState !== number) return  // another has been asked for since
  if (keptPictures !== null) drawState(keptPictures[number])
  cover()
}

function drawState(state) {
  for (const figure of document.querySelectorAll("[data-drawn]")) {
    const name = figure.dataset.drawn, picture = state.pictures[name]
    figure.hidden = !picture
    if (!picture) continue
    figure.querySelector(".drawn").innerHTML = picture.svg
    put(figure.querySelector("h2, h3"), picture.title)
    put(figure.querySelector(".caption"), picture.caption)
  }
  put(place("finding"), state.finding)
  put(place("kept-of"), state.words)
  place("numbers").replaceChildren(...state.numbers.map(([label, text]) => {
    const number = Object.assign(document.createElement("b"), {textContent: text})
    const item = document.createElement("span")
    item.append(`${label} `, number)
    return item
  }))
}

// What the open task covers is not shown: pictures, the curve, and numbers that would answer it.
function cover() {
  const names = JSON.parse(document.documentElement.dataset.covered ?? "null"), state = lesson.states[shownState]
  const known = player.knows(state.query)
  for (const figure of document.querySelectorAll("[data-drawn]")) {
    figure.classList.toggle("covered", names !== null && names.includes(figure.dataset.drawn))
  }
  const hides = names !== null && !known
  for (const id of ["finding", "numbers"]) place(id).classList.toggle("hidden-now", hides)
  const slider = place("track-slider")
  slider.disabled = names !== null
  place("docked").classList.toggle("covered", names !== null)
}

// ---- the slider over the kept values
let moveTrack = () => {}
function follow(number) {  // a state that lies on the slider
  const at = lesson.track.places.findIndex(({state}) => state === number)
  place("docked").classList.toggle("track-other", at < 0)
  if (at < 0 || Number(place("track-slider").value) === at) return
  place("track-slider").value = at
  moveTrack()
}
function startTrack() {
  const slider = place("track-slider"), {track} = lesson
  const across = (i) => track.places.length > 1 ? i / (track.places.length - 1) : 0.5
  const all = track.places.flatMap(({seeds}) => seeds), low = Math.min(...all), high = Math.max(...all)
  const down = (number) => (0.94 - 0.88 * (number - low) / (high - low || 1)).toFixed(4)
  const points = track.places.map(({seeds}, i) => ({x: across(i).toFixed(4), seeds})).filter(({seeds}) => seeds.length)
  const mean = (seeds) => seeds.reduce((sum, seed) => sum + seed, 0) / seeds.length
  document.querySelector(".track-mean").setAttribute("d", points.map(({x, seeds}, i) => `${i ? "L" : "M"}${x} ${down(mean(seeds))}`).join(""))
  document.querySelector(".track-seeds").setAttribute("d", points.map(({x, seeds}) => seeds.map((seed) => `M${x} ${down(seed)}h0`).join("")).join(""))
  const move = () => {
    const {text, state} = track.places[slider.value]
    put(place("track-value"), text)
    slider.setAttribute("aria-valuetext", `${track.label} ${text}. ${lesson.states[state].finding}`)
    place("docked").style.setProperty("--at", across(Number(slider.value)))
    return state
  }
  moveTrack = move
  for (const kind of ["pointerenter", "focus"]) slider.addEventListener(kind, askForPictures)
  slider.addEventListener("input", () => showState(move()))
  slider.value = track.start
  move()
}

// ---- the tasks
const player = (() => {
  const tasks = new Map(lesson.tasks.map((task) => [task.id, task])), played = new Map()
  let open = null

  function view() {
    if (open === null) return null
    const {task, stage, after} = open, covers = stage === "predict"
    const answered = !covers && task.card.input !== null
    const explained = answered || open.solved || open.gaveUp
    return {
      ...task.card, stage, covered: covers ? task.card.covered : [],
      reveal: answered ? {...after.reveal, given: open.given, chosen: open.reason, verdict: open.verdict?.sentence ?? "", word: open.verdict?.word ?? ""} : null,
      goal: task.card.goal === null || covers ? null : goal(),
      why: explained ? after.why : "", fails: explained ? after.fails : "",
    }
  }

  function goal() {
    const {task, after, attempt} = open, hints = after?.hints.slice(0, open.hints) ?? []
    return {
      ...task.card.goal, attempts: open.attempts, passed: attempt?.passed ?? null, sentence: attempt?.sentence ?? "",
      failing: attempt?.failing ?? [], settings: attempt?.settings ?? "", hints, hints_left: task.card.goal.hints_left - hints.length,
      solved: open.solved, solution: open.solved || open.gaveUp ? after.solution : "",
    }
  }

  const begin = (task) => ({task, stage: task.card.input ? "predict" : "try", hints: 0, attempts: 0, given: null, reason: null})

  async function act(message) {
    const {do: what} = message
    if (what === "open") {
      const task = tasks.get(message.task)
      if (!task) return
      const goalOnly = task.card.input === null
      open = goalOnly && played.has(task.id) ? played.get(task.id) : begin(task)
      played.set(task.id, open)
      open.after ??= null
      location.hash = `task-${task.id}`
      showState(open.stage === "predict" && task.before !== null ? task.before : task.preset)
    } else if (what === "shut") {
      open = null
      history.replaceState(null, "", location.pathname + location.search)
      showState(lesson.track.places[place("track-slider").value].state)
    } else if (open !== null) {
      const now = open
      now.after ??= await unpack(place(`after-${now.task.id}`).textContent.trim())
      if (now === open) step(now, message)
    }
    taskCard.hear({card: view(), refused: ""})
    cover()
  }

  function step(now, {do: what, given, reason, trial}) {
    if (what === "commit" || what === "skip") {
      Object.assign(now, {stage: "reveal", given: given ?? null, reason: reason ?? null})
      now.verdict = given ? judging(now.after.judged, given, now.after.reveal) : null
      showState(now.task.preset)
    } else if (what === "hint") now.hints += 1
    else if (what === "solve") now.gaveUp = true
    else if (what === "check" && now.after.trials[trial]) {
      now.attempt = now.after.trials[trial]
      now.attempts += 1
      now.solved ||= now.attempt.passed
      if (now.attempt.state !== null) showState(now.attempt.state)
    }
  }

  return {
    act,
    // whether the reader may see the numbers of this state before they answer
    knows: (query) => open === null || open.stage !== "predict" || (open.task.before !== null && lesson.states[open.task.before].query === query),
    get task() { return open?.task.id ?? "" },
    has: (id) => tasks.has(id),
  }
})()

function tell(kind, value) {
  if (kind === "task") player.act(value)
}

// ---- the way to a server that trains
const SERVER = "workbench-server"
function serverAddress() {
  try {
    return localStorage.getItem(SERVER) || lesson.server
  } catch {
    return lesson.server
  }
}
function linkToServer() {
  const task = player.task ? `&task=${player.task}` : ""
  for (const link of document.querySelectorAll(".on-server")) link.href = `${serverAddress()}/app?chapter=${lesson.chapter}&${lesson.states[shownState].query}${task}`
}
function startServerLink() {
  const field = place("server-address"), say = place("server-say")
  field.value = serverAddress()
  field.addEventListener("change", () => {
    const address = field.value.trim().replace(/\/+$/, "").replace(/\/app(\?.*)?$/, "")
    const fits = /^https?:\/\/[^\s"'<>]+$/.test(address)
    say.textContent = fits ? "Kept in this browser." : "Write an address that begins with http:// or https://."
    if (!fits) return
    try { localStorage.setItem(SERVER, address) } catch { say.textContent = "This browser keeps nothing; the address holds for this page." }
    lesson.server = address
    linkToServer()
  })
}

startTrack()
startServerLink()
linkToServer()
for (const fold of document.querySelectorAll("[data-needs-pictures]")) fold.addEventListener("toggle", () => { if (fold.open) { askForPictures(); pictures.then(() => drawState(keptPictures[shownState])).then(cover) } })
addEventListener("DOMContentLoaded", openFromAddress)
addEventListener("hashchange", openFromAddress)
function openFromAddress() {
  const id = location.hash.replace("#task-", "")
  if (location.hash.startsWith("#task-") && player.has(id) && player.task !== id) player.act({do: "open", task: id})
}
