// The home page's example and its dots of progress. The page can be read without this.

// Dragging looks the kept map up: nothing is asked of the server.
function showMap(figure, row, place, last) {
  figure.querySelector(".kept-map").style.objectPosition = `0 ${100 * place / last}%`
  figure.querySelector(".trained-map").hidden = true
  figure.querySelector("output").textContent = row.beta
  figure.querySelector(".finding").textContent = row.sentence
  figure.querySelector(".train").href = row.href
  figure.querySelector(".slider").setAttribute("aria-valuetext", `beta ${row.beta}`)
  figure.querySelector(".trained").textContent = ""
}

function startMap(figure) {
  const rows = JSON.parse(figure.dataset.rows), slider = figure.querySelector(".slider")
  let seed = Math.floor(5 * Math.random()), asked = 0
  const show = () => {
    asked += 1  // whatever is on its way is about another place of the slider
    showMap(figure, rows[slider.value], Number(slider.value), rows.length - 1)
  }
  slider.addEventListener("input", show)
  if (!("static" in figure.dataset)) slider.addEventListener("change", () => {
    seed = seed % 5 + 1
    const mine = asked += 1
    trainMap(figure, rows[slider.value].beta, seed, () => mine === asked)
  })
  show()  // a browser keeps where the slider was
}

// Letting go trains: the server is asked how the run stands until it has ended, or the slider moves.
const ASK_AGAIN_MS = 200, PATIENCE_MS = 60000
async function trainMap(figure, beta, seed, wanted) {
  const map = figure.querySelector(".trained-map"), words = figure.querySelector(".trained")
  for (const start = performance.now(); performance.now() - start < PATIENCE_MS; ) {
    const state = await fetch(`app/hero?beta=${beta}&seed=${seed}`).then((reply) => reply.json()).catch(() => ({}))
    if (!wanted()) return
    if (state.map) {
      map.src = state.map
      map.hidden = false
      figure.querySelector(".finding").textContent = state.sentence
    }
    words.textContent = sayTraining(state, seed)
    if (!["waiting", "training"].includes(state.status)) return
    await new Promise((after) => setTimeout(after, ASK_AGAIN_MS))
    if (!wanted()) return
  }
  words.textContent = "It still waits for its turn. Move the slider to ask again."
}

function sayTraining(state, seed) {
  if (state.status === "waiting") return "Waits for its turn to train."
  if (state.status === "training") return state.step ? `Trains with seed ${seed}: step ${state.step} of ${state.steps}.` : "Begins to train."
  if (state.status === "done") return `Trained just now, with seed ${seed}.`
  return state.error || "The server does not answer: this is the kept map of seed 0."
}

// Dots: a task that the reader has answered or solved is filled. What they did stays in this browser.
function showProgress() {
  for (const dots of document.querySelectorAll(".dots")) {
    const states = dots.dataset.tasks.split(" ").map((task) => ledger.progress(task))
    states.forEach((state, i) => { dots.children[i].className = state })
    const done = states.filter((state) => state === "answered" || state === "solved").length
    if (done) dots.nextElementSibling.textContent = `${done} of ${states.length} tasks done`
  }
}

addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".map").forEach(startMap)
  showProgress()
})
addEventListener("storage", showProgress)
addEventListener("pageshow", showProgress)
