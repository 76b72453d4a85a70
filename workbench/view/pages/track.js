// The slider of the lesson's knob. A drag looks up what is kept and asks the server nothing; letting go trains.
// A menu beside it shows what is kept of its choice at once, too, until the new run is drawn.
// While the card of a task covers pictures (data-covered on the root element) neither the curve nor a kept picture may
// give its answer away: then nothing is shown, and nothing is fetched.
for (const docked of document.querySelectorAll(".docked:has(> .slider)")) {
  const root = docked.querySelector(".track"), place = docked.querySelector(".knob"), slider = place.querySelector("input")
  const name = place.dataset.knob, page = document.documentElement, main = document.querySelector("main")
  const SETTLES = 700  // ms after the last key: then a keyboard has let go
  const BEGINS = 4000  // ms in which a run that was asked for has begun
  let kept = null, fetching = false, sheets = [], extra = null, sheet = null, label = null, curveName = null, finding = null, numbers = null
  let held = false, waits = false, began = false, keyed = false, timer = 0, settled = null
  let chosen = null, choice = ""  // what is kept of the choice in a menu, and how it reads
  let uncovered = false, exact = false  // a task has been answered; then what is kept of its run alone is shown
  const covered = () => "covered" in page.dataset

  // ---- where a value stands: 0 to 1
  function shareOf(value) {
    if (!place.stops) return (value - slider.min) / (slider.max - slider.min || 1)
    const stops = place.stops.map(([stop]) => stop), last = Math.max(1, stops.length - 1)
    const after = stops.findIndex((stop) => stop >= value)
    if (after <= 0) return after < 0 ? 1 : 0
    return (after - (stops[after] - value) / (stops[after] - stops[after - 1])) / last
  }
  const valueNow = () => place.stops ? place.stops[slider.value]?.[0] : Number(slider.value)
  const textOf = (value) => place.stops?.find(([stop]) => stop === value)?.[1] ?? String(value)

  // ---- the curve: a dot for each seed, and a line for their mean
  function drawCurve() {
    const all = kept.places.flatMap((each) => each.seeds.filter((seed) => seed !== null))
    const low = Math.min(...all), high = Math.max(...all)
    const down = (number) => (0.94 - 0.88 * (number - low) / (high - low || 1)).toFixed(4)
    const points = kept.places.map((each) => ({x: shareOf(each.value).toFixed(4), seeds: each.seeds.filter((seed) => seed !== null)}))
    const means = points.filter(({seeds}) => seeds.length).sort((a, b) => a.x - b.x)
    const mean = (seeds) => seeds.reduce((sum, seed) => sum + seed, 0) / seeds.length
    root.querySelector(".track-mean").setAttribute("d", means.map(({x, seeds}, i) => `${i ? "L" : "M"}${x} ${down(mean(seeds))}`).join(""))
    root.querySelector(".track-seeds").setAttribute("d", points.map(({x, seeds}) => seeds.map((seed) => `M${x} ${down(seed)}h0`).join("")).join(""))
  }
  function drawStops() {
    const marks = place.stops ? place.stops.map(([stop]) => stop) : [Number(slider.min), Number(slider.max)]
    const every = Math.ceil(marks.length * 44 / Math.max(200, docked.clientWidth))
    const stops = docked.querySelector(".track-stops")
    stops.replaceChildren(...marks.map((mark, i) => {
      const text = document.createElement("span")
      text.textContent = i % every && i < marks.length - 1 || i < marks.length - 1 && i > marks.length - 1 - every ? "" : textOf(mark)
      text.style.left = `${100 * shareOf(mark)}%`
      return text
    }))
    for (const text of stops.children) {  // a long word at an end does not reach beyond the slider
      const half = `${text.offsetWidth / 2}px - var(--half)`
      text.style.left = `clamp(${half}, ${text.style.left}, 100% - (${half}))`
    }
    // of words that would lie over each other the earlier stays; and the last, always
    const texts = [...stops.children].filter((text) => text.offsetWidth), last = texts.pop()
    let end = -Infinity
    for (const text of texts) {
      const {left, right} = text.getBoundingClientRect(), free = left > end && right < last.getBoundingClientRect().left
      if (free) end = right
      else text.textContent = ""
    }
  }

  // ---- what is kept
  const agrees = (settings, here) => Object.entries(settings).every(([knob, text]) => here.get(knob) === text)
  const fits = () => agrees(kept.settings, new URLSearchParams(location.search))
  function choose(knob, value) {  // of a menu
    const here = new URLSearchParams(location.search)
    here.set(knob, value)
    const same = (each) => each.still && each.value === valueNow()
    return (agrees(kept.settings, here) ? kept.places.find(same) : kept.states.find((each) => agrees(each.settings, here))) ?? null
  }
  function nearest() {
    const at = shareOf(valueNow()), apart = (each) => Math.abs(shareOf(each.value) - at)
    return kept.places.filter((each) => each.still).reduce((best, each) => best && apart(best) <= apart(each) ? best : each, null)
  }
  function show() {
    const ready = kept !== null && !covered(), suits = ready && fits()
    let shown = ready && chosen || (suits && (held || waits) ? nearest() : null)
    if (!chosen && exact && waits && shown?.value !== valueNow()) shown = null
    docked.style.setProperty("--at", shareOf(valueNow()))
    root.classList.toggle("track-covered", covered())
    root.classList.toggle("track-other", ready && !suits)
    main.classList.toggle("looking-up", shown !== null)
    if (curveName) curveName.textContent = kept.label + (suits || covered() ? "" : ", kept with other knobs")
    if (sheet) sheet.hidden = shown === null
    if (extra && !shown) extra.innerHTML = ""
    if (shown === null) return
    sheets.forEach((each, i) => { each.hidden = kept.places[i] !== shown })
    extra.innerHTML = sheets.some((each) => !each.hidden) ? "" : shown.still  // made by our own server
    extra.hidden = !extra.innerHTML
    const row = document.querySelector(".main-picture > .drawn")  // on a telephone as large as the row that is scrolled
    const fit = row.scrollWidth > row.clientWidth + 1 ? "slice" : "meet"
    for (const each of [...sheets, extra]) each.querySelector("svg")?.setAttribute("preserveAspectRatio", `xMinYMin ${fit}`)
    if (!chosen) slider.setAttribute("aria-valuetext", `${textOf(valueNow())}. ${shown.finding}`)
    const what = chosen ? choice : `${place.querySelector("label").textContent} ${textOf(shown.value)}`
    label.textContent = `Kept: ${what}, seed 0${waits ? ". The new run comes." : "; let go to train."}`
    finding.textContent = shown.finding
    numbers.replaceChildren(...shown.numbers.map(([label, text]) => {
      const item = document.createElement("span"), number = document.createElement("b")
      number.textContent = text
      item.append(`${label} `, number)
      return item
    }))
  }
  const build = (tag, names) => Object.assign(document.createElement(tag), {className: names})
  function fill(found) {
    kept = found
    sheet = build("div", "kept")
    sheets = kept.places.map((each) => {
      const still = build("div", "kept-still")
      still.innerHTML = each.still  // made by our own server
      return still
    })
    extra = build("div", "kept-still")  // what a menu shows: not on the page before it is chosen
    sheet.append(...sheets, extra)
    document.querySelector(".main-picture").append(sheet)
    finding = build("p", "finding kept-words")
    ;(at("finding") || document.querySelector(".middle h2")).after(finding)
    numbers = build("div", "numbers kept-words")
    at("numbers").after(numbers)
    label = build("p", "caption kept-label kept-words")
    document.querySelector(".middle .caption").after(label)
    const range = build("span", "")
    curveName = build("span", "")
    range.textContent = kept.ends
    root.querySelector(".track-label").replaceChildren(curveName, range)
    arrived(root.querySelector(".track-label"))
    root.classList.add("track-ready")
    drawCurve()
    show()
  }
  async function load() {
    if (fetching || covered() || !root.dataset.file) return
    if (!wired) return setTimeout(load, 200)  // the page comes first
    fetching = true
    const found = await fetch(root.dataset.file).then((reply) => reply.ok ? reply.json() : null).catch(() => null)
    if (found) fill(found)
  }

  // ---- the reader's hand
  document.addEventListener("input", ({target}) => {  // after knobs.js, which says the value alone
    if (target !== slider) return
    chosen = null
    held = true
    waits = false
    show()
  })
  function letGo() {
    clearTimeout(timer)
    if (keyed) {
      keyed = false
      slider.dispatchEvent(new Event("change", {bubbles: true}))  // knobs.js tells it
    }
    if (!held) return
    held = false
    if (valueNow() !== settled) return awaitRun(false)
    waits = false
    show()
  }
  // What is kept is shown until the new run is drawn.
  function awaitRun(exactly) {
    exact = exactly
    waits = true
    began = false
    clearTimeout(timer)
    timer = setTimeout(() => { if (!began) end() }, BEGINS)
    show()
  }
  document.addEventListener("change", ({target}) => {
    const menu = target.closest?.(".dock .knob.menu")
    if (!menu || kept === null || covered()) return
    chosen = choose(menu.dataset.knob, target.value)
    choice = `${menu.querySelector("label").textContent} ${target.selectedOptions[0].text}`
    if (chosen) awaitRun(false)
    else end()
  })
  function end() {
    waits = false
    chosen = null
    show()
  }
  slider.addEventListener("keydown", (event) => {
    if (/^(Arrow|Page|Home|End)/.test(event.key)) {
      clearTimeout(timer)
      keyed = true
    } else if (event.key === "Enter") letGo()
  })
  slider.addEventListener("keyup", () => {
    if (!keyed) return
    clearTimeout(timer)
    timer = setTimeout(letGo, SETTLES)
  })
  // a browser calls every key a change: it waits until the last of them
  slider.addEventListener("change", (event) => {
    if (keyed) event.stopPropagation()
    else if (held) letGo()
  })
  slider.addEventListener("blur", letGo)
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => setTimeout(() => { if (!keyed) letGo() }))

  // ---- the server: what it has settled on, and when the picture belongs to it
  hear("knobs", ({knobs}) => {
    settled = knobs[name].value
    drawStops()
    if (kept) drawCurve()
    if (uncovered) awaitRun(true)
    uncovered = false
    show()
  })
  hear("address", () => show())
  hear("drawn", (step) => {
    if (step === 0) began = true
    else if (began) end()
  })
  hear("first", (label) => { if (label === "Train again") end() })
  let was = covered()
  new MutationObserver(() => {
    uncovered = was && !covered()
    was = covered()
    show()
    load()
  }).observe(page, {attributes: true, attributeFilter: ["data-covered"]})
  addEventListener("resize", drawStops)
  load()
}
