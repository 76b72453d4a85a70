// How a prediction is given, one way for each kind of question: an element, and read() of its answer.

const taskInputs = {
  range(asked) {
    const {low, high, step, factor, unit, label} = asked, shown = (value) => +(value * factor).toPrecision(6)
    const ends = ["lowest", "highest"].map((name, i) => {
      const common = {min: shown(low), max: shown(high), step: shown(step), value: shown(i ? high : low)}
      const slide = make("input", {type: "range", ...common, set: {"aria-label": `The ${name} value that you expect`}})
      const number = make("input", {type: "number", ...common, inputMode: "decimal"})
      return {slide, number, field: make("label", {}, `${i ? "to" : "from"} `, number)}
    })
    const [from, to] = ends, bar = make("div", {className: "bar"})
    const paint = () => {
      const at = (end) => 100 * (end.slide.value - shown(low)) / (shown(high) - shown(low))
      bar.style.left = `${at(from)}%`
      bar.style.width = `${Math.max(0, at(to) - at(from))}%`
    }
    for (const end of ends) {
      const other = end === from ? to : from
      const follow = (value) => {
        end.slide.value = value
        if (end === from ? +other.slide.value < +value : +other.slide.value > +value) other.slide.value = other.number.value = value
        paint()
      }
      end.slide.addEventListener("input", () => { end.number.value = end.slide.value; follow(end.slide.value) })
      end.number.addEventListener("change", () => { if (end.number.value !== "") follow(end.number.value) })
    }
    paint()
    const element = make("fieldset", {className: "range"}, make("legend", {textContent: `${label}${unit ? ` (${unit})` : ""}: the range of five seeds`}),
      make("div", {className: "scaled"}, make("span", {textContent: shown(low)}),
        make("div", {className: "handles"}, make("div", {className: "rail"}), bar, from.slide, to.slide), make("span", {textContent: shown(high)})),
      make("div", {className: "numbers-row"}, from.field, to.field, unit ? make("span", {textContent: unit}) : null))
    return {element, read() {
      const [first, last] = ends.map((end) => end.number.value === "" ? NaN : +end.number.value)
      if (!(first >= shown(low) && last <= shown(high) && first <= last)) return {missing: `Give a range within ${shown(low)} and ${shown(high)}, the lower value first.`}
      return {given: {low: first / factor, high: last / factor}, words: `${first} to ${last}${unit ? ` ${unit}` : ""} (${label})`}
    }}
  },

  direction() {
    return choices("It …", [["up", "rises"], ["same", "stays about the same"], ["down", "falls"]], "direction", (value) => ({direction: value}))
  },

  pick(asked) {
    return choices("What will come out?", asked.texts.map((html, i) => [i, html]), "outcome", (value) => ({choice: +value}))
  },

  curve(asked) {
    const {at, low, high, factor, unit, label, over} = asked, shown = (value) => +(value * factor).toPrecision(4)
    const values = at.map(() => (low + high) / 2)
    const plot = curvePlot({at, low, high, factor, unit, over, label})
    const fine = (high - low) / 100
    const numbers = at.map((each, i) => make("input", {type: "number", min: shown(low), max: shown(high), step: shown(fine), value: shown(values[i]), inputMode: "decimal"}))
    const handles = at.map((each, i) => {
      const handle = make("div", {className: "handle", set: {"aria-hidden": "true"}})
      const drag = (event) => {
        const box = plot.area.getBoundingClientRect()
        const share = Math.min(1, Math.max(0, (box.bottom - event.clientY) / box.height))
        values[i] = low + Math.round(share * (high - low) / fine) * fine
        numbers[i].value = shown(values[i])
        paint()
      }
      handle.addEventListener("pointerdown", (event) => {
        if (handle.closest("fieldset[disabled]")) return
        handle.setPointerCapture(event.pointerId)
        handle.addEventListener("pointermove", drag)
        handle.addEventListener("pointerup", () => handle.removeEventListener("pointermove", drag), {once: true})
      })
      numbers[i].addEventListener("input", () => {
        if (numbers[i].value === "") return
        values[i] = Math.min(high, Math.max(low, numbers[i].value / factor))
        paint()
      })
      return handle
    })
    const paint = () => {
      plot.line("guess", values)
      handles.forEach((handle, i) => plot.put(handle, i, values[i]))
    }
    plot.area.append(...handles)
    paint()
    const element = make("fieldset", {className: "curve-answer"}, make("legend", {textContent: `${label}${unit ? ` (${unit})` : ""} over ${over}: drag the points, or type`}),
      plot.element, make("div", {className: "numbers-row"}, numbers.map((each, i) => make("label", {}, `${at[i]}: `, each))))
    return {element, read: () => numbers.some((each) => each.value === "") ? {missing: "Give a number at each place."}
      : {given: {curve: [...values]}, words: `${values.map((value, i) => `${shown(value)} at ${at[i]}`).join(", ")} (${label})`}}
  },
}

function choices(legend, options, name, given) {
  const radios = options.map(([value]) => make("input", {type: "radio", name, value}))
  const element = make("fieldset", {className: `choices-of ${name}`}, make("legend", {textContent: legend}),
    radios.map((radio, i) => make("label", {className: "choice"}, radio, make("span", {innerHTML: options[i][1]}))))
  return {element, read() {
    const chosen = radios.find((each) => each.checked)
    if (!chosen) return {missing: "Choose one of the answers, or skip."}
    return {given: given(chosen.value), words: chosen.nextSibling.textContent.trim()}
  }}
}

// An empty plot over some places of a knob; line(name, values) draws, put(element, i, value) places.
function curvePlot({at, low, high, factor, unit}) {
  const SVG = "http://www.w3.org/2000/svg", svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", "0 0 100 100")
  svg.setAttribute("preserveAspectRatio", "none")
  const area = make("div", {className: "curve-area"}, svg), lines = new Map()
  const x = (i) => at.length > 1 ? 4 + 92 * i / (at.length - 1) : 50
  const y = (value) => 100 - 100 * (Math.min(high, Math.max(low, value)) - low) / (high - low)
  const write = (value) => `${+(value * factor).toPrecision(4)}${unit ? ` ${unit}` : ""}`
  const names = make("div", {className: "curve-names"}, at.map((each, i) => make("span", {textContent: each, style: `left: ${x(i)}%`})))
  const element = make("div", {className: "curve-plot", set: {"aria-hidden": "true"}}, make("span", {className: "top-end", textContent: write(high)}), area, make("span", {className: "low-end", textContent: write(low)}), names)
  return {
    element, area,
    put(each, i, value) {
      each.style.left = `${x(i)}%`
      each.style.top = `${y(value)}%`
    },
    line(name, values) {
      if (!lines.has(name)) {
        const line = document.createElementNS(SVG, "polyline")
        line.setAttribute("class", name.split(" ")[0])
        svg.append(line)
        lines.set(name, line)
      }
      lines.get(name).setAttribute("points", values.map((value, i) => `${x(i)},${y(value)}`).join(" "))
    },
  }
}

// The mean of five seeds at each place, in words.
function tellCurve({at, factor, unit}, rows) {
  if (!rows.length) return ""
  const mean = (row) => +(factor * row.reduce((a, b) => a + b) / row.length).toPrecision(3)
  return `Mean of five seeds${unit ? ` (${unit})` : ""}: ${rows.map((row, i) => `${mean(row)} at ${at[i]}`).join(", ")}.`
}

// Five seeds as dots beside the reader's mark. The text below says the same numbers.
function drawMeasured(input, reveal) {
  if (input?.kind === "curve") {
    const plot = curvePlot(input)
    if (reveal.curve.length) [0, 1, 2, 3, 4].forEach((seed) => plot.line(`seed ${seed}`, reveal.curve.map((row) => row[seed])))
    if (reveal.given) plot.line("guess", reveal.given.curve)
    return plot.element
  }
  const {values, before, given, factor} = reveal, known = before.length ? before.reduce((a, b) => a + b) / before.length : null
  const inside = [...values, ...(known === null ? [] : [known])]
  let low = Math.min(...inside, input?.low ?? Infinity), high = Math.max(...inside, input?.high ?? -Infinity)
  if (!Number.isFinite(low)) return ""
  if (input?.kind !== "range") {
    const air = 0.1 * (high - low || 1), share = reveal.unit === "%" && inside.every((value) => value <= 1)
    // nothing that is never negative has a scale that begins below 0, nor a share one beyond 100 %
    low = inside.every((value) => value >= 0) ? Math.max(0, low - air) : low - air
    high = share ? Math.min(1, high + air) : high + air
  }
  const at = (value) => `${100 * (value - low) / (high - low)}%`, stacked = new Map()
  const dots = values.map((value) => {
    const bin = Math.round(40 * (value - low) / (high - low)), level = stacked.get(bin) ?? 0
    stacked.set(bin, level + 1)
    return make("i", {className: "dot", style: `left: ${at(value)}; bottom: ${8 + 13 * level}px`})
  })
  const range = given && "low" in given ? make("i", {className: "guess", style: `left: ${at(given.low)}; right: ${100 - parseFloat(at(given.high))}%`}) : null
  const ring = known === null ? null : make("i", {className: "known", style: `left: ${at(known)}`})
  // so many digits that the two ends of the scale differ
  const digits = [3, 4, 5, 6].find((count) => (low * factor).toPrecision(count) !== (high * factor).toPrecision(count)) ?? 6
  const write = (value) => `${+(value * factor).toPrecision(digits)}${reveal.unit ? ` ${reveal.unit}` : ""}`
  const legend = [range && "▬ your range", "● a seed", ring && "○ before, on average"].filter(Boolean).join("   ")
  return make("div", {className: "measured", set: {"aria-hidden": "true"}},
    make("div", {className: "scale"}, range, ring, dots),
    make("div", {className: "ends"}, make("span", {textContent: write(low)}), make("span", {textContent: write(high)})),
    make("div", {className: "legend", textContent: legend}))
}
