// The ledger: what a reader has predicted, tried, run and written. It is kept in this browser and
// nowhere else; nothing of it is sent. docs/ledger.schema.json says what an entry holds.

const LEDGER = "workbench-ledger", LEDGER_ASIDE = "workbench-ledger-aside", RUNS_KEPT = 30

const ledger = (() => {
  let held = [], trouble = "", forgotten = null  // held: while this page is open, where nothing is kept

  // What lies in the browser's storage. What cannot be read is set aside, and said.
  function read() {
    let text = null
    try {
      text = localStorage.getItem(LEDGER)
    } catch {
      trouble = "Nothing is kept: this browser lets no page keep anything, as in some private windows. Download what you want to keep."
      return held
    }
    if (text === null) return []
    try {
      const {version, entries} = JSON.parse(text)
      if (version === 1 && Array.isArray(entries)) return entries.filter((each) => each && typeof each.kind === "string")
    } catch { /* as another version */ }
    localStorage.setItem(LEDGER_ASIDE, text)
    localStorage.removeItem(LEDGER)
    trouble = `What was kept here could not be read. It is set aside in this browser as ${LEDGER_ASIDE}.`
    return []
  }

  function write(entries) {
    held = entries
    try {
      localStorage.setItem(LEDGER, JSON.stringify({version: 1, entries}))
    } catch {
      trouble ||= "Nothing more is kept: this browser's storage is full or shut. Download what you want to keep."
    }
    document.dispatchEvent(new Event("ledger"))
  }

  function add(entry) {
    let entries = [...read(), {at: new Date().toISOString(), ...entry}]
    if (entry.kind === "run") {
      const runs = entries.filter((each) => each.kind === "run" && each.chapter === entry.chapter)
      const old = new Set(runs.slice(0, -RUNS_KEPT))
      entries = entries.filter((each) => !old.has(each))
    }
    write(entries)
  }

  const of = (task, ...kinds) => read().filter((each) => each.task === task && kinds.includes(each.kind))

  return {
    add, of,
    entries: read,
    // for a text that a reader goes on writing: one entry of this kind and task
    put: (entry) => write([...read().filter((each) => each.kind !== entry.kind || each.task !== entry.task),
      {at: new Date().toISOString(), ...entry}]),
    runs: (chapter) => read().filter((each) => each.kind === "run" && each.chapter === chapter),
    get trouble() { read(); return trouble },
    get blocked() { read(); return trouble.startsWith("Nothing") },
    progress(task) {
      const attempts = of(task, "attempt")
      if (attempts.some((each) => each.passed)) return "solved"
      if (of(task, "predict", "reveal").length) return "answered"
      return attempts.length ? "tried" : ""
    },
    forget() {
      forgotten = read()
      held = []
      try { localStorage.removeItem(LEDGER); localStorage.removeItem(LEDGER_ASIDE) } catch { /* nothing is kept */ }
      document.dispatchEvent(new Event("ledger"))
    },
    unforget() {
      if (forgotten) write(forgotten)
      forgotten = null
    },
    get forgotten() { return forgotten !== null },
    json: () => JSON.stringify({version: 1, entries: read()}, null, 1),
    markdown: () => ledgerMarkdown(read()),
  }
})()

// The ledger as Markdown, a heading for each chapter and each task, that reads and prints well.
function ledgerMarkdown(entries) {
  const line = (text) => String(text ?? "").replace(/[\u00a0\s]+/g, " ").trim()
  const day = (entry) => line(entry.at).slice(0, 16).replace("T", " ")
  const chapters = new Map()
  for (const entry of entries) {
    const [chapter, task] = entry.kind === "run" ? [entry.chapter, ""] : String(entry.task).split("/")
    if (!chapters.has(chapter)) chapters.set(chapter, new Map())
    const tasks = chapters.get(chapter), name = task ?? ""
    tasks.set(name, [...(tasks.get(name) ?? []), entry])
  }
  const tell = {
    predict: (e) => `- ${day(e)}: I predicted ${line(e.words)}${e.because ? `, because: ${line(e.because)}` : ""}`,
    reveal: (e) => `- ${day(e)}: ${line(e.sentence)}`,
    attempt: (e) => `- ${day(e)}: attempt, ${e.passed ? "solved" : "not solved"}: ${line(e.sentence)}`,
    star: (e) => e.on ? `- ${day(e)}: starred` : "",
    note: (e) => `${e.title ? `*${line(e.title)}*\n\n` : ""}${String(e.text).replace(/^/gm, "> ")}`,
    run: (e) => `- ${day(e)}: ${line(e.changed)}: ${(e.numbers ?? []).map(([name, text]) => `${line(name)} ${line(text)}`).join(", ")}`,
  }
  const parts = ["# What I predicted, tried and found"]
  for (const [chapter, tasks] of chapters) {
    parts.push(`## ${chapter}`)
    for (const [name, own] of tasks) {
      const title = {"": "Runs", reflection: "Reflection"}[name] ?? own.map((each) => each.title).find(Boolean) ?? name
      const body = own.map((each) => tell[each.kind]?.(each)).filter(Boolean)
      if (body.length) parts.push(`### ${line(title)}`, body.join("\n"))
    }
  }
  return parts.join("\n\n") + "\n"
}

// The section of a page that shows the ledger: the question to end with, the history, the buttons.
function showLedger() {
  const place = document.querySelector("#ledger")
  if (!place) return
  const {chapter} = place.dataset, trouble = place.querySelector(".trouble"), list = place.querySelector(".history")
  trouble.textContent = ledger.trouble
  place.querySelector("[data-ledger=unforget]").hidden = !ledger.forgotten
  const count = ledger.entries().length
  place.querySelector(".count").textContent = count === 1 ? "1 entry." : `${count} entries.`
  const runs = ledger.runs(chapter).reverse()
  list.replaceChildren(...runs.map((run) => {
    const item = document.createElement("li"), button = document.createElement("button"), numbers = document.createElement("span")
    Object.assign(button, {type: "button", className: "link", textContent: run.changed || "the same again"})
    button.addEventListener("click", () => taskCard.go(run.query))
    numbers.textContent = (run.numbers ?? []).map(([name, text]) => `${name} ${text}`).join(", ")
    item.append(button, " ", numbers)
    return item
  }))
  place.querySelector(".no-history").hidden = runs.length > 0
  const text = place.querySelector("textarea"), note = ledger.of(`${chapter}/reflection`, "note").at(-1)
  if (text && document.activeElement !== text) text.value = note?.text ?? ""
}

function saveAs(name, type, text) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([text], {type}))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10000)
}

addEventListener("DOMContentLoaded", () => {
  showLedger()
  document.addEventListener("ledger", showLedger)
  addEventListener("storage", (event) => { if (event.key === LEDGER) document.dispatchEvent(new Event("ledger")) })
  const place = document.querySelector("#ledger")
  place?.addEventListener("click", (event) => {
    const what = event.target.closest("[data-ledger]")?.dataset.ledger
    if (what === "markdown") saveAs("workbench-ledger.md", "text/markdown", ledger.markdown())
    if (what === "json") saveAs("workbench-ledger.json", "application/json", ledger.json())
    if (what === "forget") ledger.forget()
    if (what === "unforget") ledger.unforget()
  })
  const text = place?.querySelector("textarea")
  text?.addEventListener("change", () => {
    const {chapter} = place.dataset
    ledger.put({kind: "note", task: `${chapter}/reflection`, title: text.labels[0].textContent.trim(), text: text.value})
    place.querySelector(".written").textContent = ledger.blocked ? "" : "Kept in this browser."
  })
})
