// The slider of the lesson's main knob. A drag looks up what is kept and asks the server nothing; letting go trains.
// The card of a task sets window.trackCovered = true while neither the curve nor a kept picture may give its answer away.
{
  const root = document.querySelector(".track"), given = JSON.parse(root.dataset.track)
  const slider = root.querySelector("input"), output = root.querySelector("output"), ends = root.querySelector(".track-ends")
  const last = given.stops.length - 1, main = document.querySelector("main")
  const SETTLES = 700  // ms after the last key: then a keyboard has let go
  let file = null, fetching = false, covered = window.trackCovered === true
  let held = false, waits = false, timer = 0, value = null, stills = [], sheet = null

  // ---- the scale: as results/slider_scale.py has it
  const decimals = (String(given.step).split(".")[1] || "").length
  function shareOf(wanted) {
    if (last < 0) return (wanted - given.low) / (given.high - given.low || 1)
    const exact = given.stops.findIndex((stop) => String(stop) === String(wanted))
    if (exact >= 0) return exact / Math.max(1, last)
    const after = given.stops.findIndex((stop) => stop > Number(wanted))
    if (after <= 0) return after < 0 ? 1 : 0
    const [low, high] = given.stops.slice(after - 1, after + 1)
    return (after - 1 + (wanted - low) / (high - low)) / last
  }
  function valueAt(share) {
    if (last >= 0) return given.stops[Math.round(share * last)]
    const steps = Math.round(share * (given.high - given.low) / given.step)
    return Number((given.low + steps * given.step).toFixed(decimals))
  }
  function step(from, many) {
    if (last < 0) return Math.min(given.high, Math.max(given.low, Number((Number(from) + many * given.step).toFixed(decimals))))
    const place = shareOf(from) * last, next = many > 0 ? Math.floor(place) + many : Math.ceil(place) + many
    return given.stops[Math.min(last, Math.max(0, next))]
  }
  const textOf = (wanted) => given.texts[given.stops.findIndex((stop) => String(stop) === String(wanted))] ?? String(wanted)
  const inAddress = () => new URLSearchParams(location.search).get(given.knob)

  // ---- what is shown
  const fits = () => {
    const here = new URLSearchParams(location.search)
    return Object.entries(file.settings).every(([knob, text]) => here.get(knob) === text)
  }
  function nearest() {
    const at = shareOf(value), places = file.places.filter((place) => place.still)
    return places.reduce((best, place) => best && Math.abs(best.at - at) <= Math.abs(place.at - at) ? best : place, null)
  }
  function show() {
    const share = shareOf(value), ready = file !== null && !covered
    const place = ready && (held || waits) && fits() ? nearest() : null
    slider.value = share
    output.textContent = textOf(value)
    slider.setAttribute("aria-valuetext", place ? `${textOf(value)}. ${place.finding}` : textOf(value))
    root.style.setProperty("--at", share)
    root.classList.toggle("covered", covered)
    root.classList.toggle("other", ready && !fits())
    main.classList.toggle("looking-up", Boolean(place))
    if (sheet) sheet.hidden = !place
    if (!place) return
    stills.forEach((still, i) => { still.hidden = file.places[i] !== place })
    const where = `${given.label} ${textOf(place.value)}, seed 0`
    sheet.querySelector(".kept-label").textContent = waits ? `Kept: ${where}. The new run comes.` : `Kept: ${where}. Let go to train.`
    sheet.querySelector(".kept-finding").textContent = place.finding
    sheet.querySelector(".kept-numbers").replaceChildren(...place.numbers.map(([label, text]) => {
      const item = document.createElement("span"), number = document.createElement("b")
      number.textContent = text
      item.append(`${label} `, number)
      return item
    }))
  }
  function take(wanted) {
    held = true
    waits = false
    value = wanted
    show()
  }
  function release() {
    clearTimeout(timer)
    if (!held) return
    held = false
    waits = String(value) !== inAddress()
    if (waits) press(`set ${value}`)
    show()
  }

  // ---- hands
  slider.addEventListener("input", () => take(valueAt(Number(slider.value))))
  slider.addEventListener("change", release)
  slider.addEventListener("blur", release)
  for (const end of ["pointerup", "pointercancel", "touchend"]) addEventListener(end, () => setTimeout(release))
  const KEYS = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 3, PageDown: -3, Home: -1e6, End: 1e6}
  slider.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return release()
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    clearTimeout(timer)
    take(step(value, KEYS[event.key]))
  })
  slider.addEventListener("keyup", () => {
    clearTimeout(timer)
    if (held) timer = setTimeout(release, SETTLES)
  })

  // ---- the server: what it has settled on, and when the picture belongs to it
  addEventListener("settled", ({detail: [, asleep, drawn]}) => {
    slider.disabled = asleep !== ""
    if (held) return
    if (drawn || String(value) !== inAddress()) waits = false
    value = inAddress() ?? value
    show()
  })

  // ---- what is kept
  function fill(found) {
    file = found
    sheet = document.createElement("div")
    sheet.className = "kept"
    sheet.innerHTML = '<p class="kept-label"></p><div class="kept-still"></div><p class="kept-finding"></p><p class="kept-numbers"></p>'
    stills = file.places.map((place) => {
      const still = document.createElement("div")
      still.innerHTML = place.still  // of our own server
      still.querySelector("svg")?.setAttribute("preserveAspectRatio", "xMidYMin meet")
      return still
    })
    sheet.querySelector(".kept-still").append(...stills)
    document.querySelector(".main-picture").append(sheet)
    root.querySelector(".track-strip").innerHTML = file.strip
    const label = root.querySelector(".track-label"), range = document.createElement("span")
    range.textContent = file.ends.join(" to ")
    label.replaceChildren(file.label, range)
    root.classList.add("ready")
    show()
  }
  async function load() {
    if (fetching || covered || !given.file) return
    if (!drawn) return setTimeout(load, 200)  // the page comes first
    fetching = true
    const found = await fetch(given.file).then((reply) => reply.ok ? reply.json() : null).catch(() => null)
    if (found) fill(found)
    else fetching = false
  }
  Object.defineProperty(window, "trackCovered", {
    get: () => covered,
    set(wanted) {
      covered = wanted === true
      show()
      load()
    },
  })

  const marks = last < 0 ? [given.low, given.high] : given.stops
  const fitting = Math.max(1, Math.ceil(marks.length / 12))
  ends.append(...marks.map((mark, i) => {
    const text = document.createElement("span")
    text.textContent = i % fitting && i < marks.length - 1 ? "" : textOf(mark)
    text.style.left = `${100 * shareOf(mark)}%`
    return text
  }))
  value = inAddress() ?? valueAt(0)
  show()
  load()
}
