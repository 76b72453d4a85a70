// What a prediction was worth beside five seeds, as workbench/results/predictions.py says it: a test
// asks both of them and compares their words.

const judging = (() => {
  const GAP = "\u00a0", MOST_DECIMALS = 5, CLOSE = 3, WIDE = 3, NARROW = 1 / 3
  const COUNTS = "none one two three four five six seven eight nine ten".split(" ")
  const inWords = (count) => COUNTS[count] ?? String(count)
  const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1)
  const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length
  const extent = (values) => Math.max(...values) - Math.min(...values)
  const deviation = (values) => Math.sqrt(values.reduce((sum, each) => sum + (each - mean(values)) ** 2, 0) / (values.length - 1))

  // Python rounds what lies half-way to the even digit.
  function fixed(value, decimals) {
    const scaled = Math.abs(value) * 10 ** decimals
    if (scaled % 1 === 0.5 && Math.floor(scaled) % 2 === 0) return (Math.sign(value) * Math.floor(scaled) / 10 ** decimals).toFixed(decimals)
    return value.toFixed(decimals)
  }
  const clean = (text) => /^-[0.]*$/.test(text) ? text.slice(1) : text
  function digits(value, significant) {
    const size = Math.abs(value)
    if (size >= 1e6 || (0 < size && size < 0.5 * 10 ** -MOST_DECIMALS)) {
      const [front, power] = value.toExponential(significant - 1).split("e")
      return `${front.includes(".") ? front.replace(/\.?0+$/, "") : front}e${power[0]}${power.slice(1).padStart(2, "0")}`
    }
    if (Number.isInteger(value)) return clean(fixed(value, 0))
    return clean(fixed(value, Math.min(MOST_DECIMALS, Math.max(0, significant - 1 - Math.floor(Math.log10(size))))))
  }
  function write(value, unit, significant) {
    if (unit === "%") return `${clean(fixed(100 * value, 1).replace(/\.0$/, ""))}${GAP}%`
    if (unit === "count") return clean(fixed(value, Number.isInteger(value) ? 0 : 1))
    return digits(value, significant) + (unit ? GAP + unit : "")
  }
  const span = (unit, size) => unit === "%" ? `${digits(100 * size, 2)}${GAP}points` : write(size, unit, 2)

  // The word for one guessed number.
  function judge(guess, values, tolerance, before) {
    if (Math.min(...values) <= guess && guess <= Math.max(...values)) return "inside"
    const apart = Math.max(deviation(values), tolerance), middle = mean(values)
    if (Math.abs(guess - middle) <= CLOSE * apart) return "close"
    if (before === null || Math.abs(middle - before) <= apart) return "apart"
    return Math.sign(guess - before) === Math.sign(middle - before) ? "right direction" : "other direction"
  }

  const MISSES = {
    inside: "your range lies among the seeds, but it is too narrow to hold any of them",
    close: "no seed lies in your range, but your range comes close",
    "right direction": "no seed lies in your range, but you had the direction right",
    "other direction": "no seed lies in your range, and the number went the other way",
    apart: "no seed lies in your range",
  }
  function judgeRange({tolerance, unit, spread}, {low, high}, {values, before}) {
    const known = before.length ? mean(before) : null
    const word = judge(Math.min(Math.max(mean(values), low), high), values, tolerance, known)
    const holds = values.filter((each) => low <= each && each <= high).length
    const width = (high - low) / Math.max(extent(values), tolerance)
    const spans = `it spans ${span(unit, high - low)}, and the seeds span ${span(unit, extent(values))}`
    let sentence
    if (!holds) sentence = MISSES[word]
    else if (holds === values.length) sentence = "all five seeds lie in your range" + (width > WIDE ? `, but it is too wide: ${spans}` : "")
    else sentence = `${inWords(holds)} of five seeds ${holds === 1 ? "lies" : "lie"} in your range` + (width < NARROW ? `, which is too narrow: ${spans}` : "")
    return {word, sentence: `${capital(sentence)}. ${spread}`}
  }

  const ENDINGS = {
    inside: "", close: "",
    "right direction": ", and from the first place to the last you had the direction right",
    "other direction": ", and from the first place to the last it goes another way",
  }
  function judgeCurve({tolerance, unit}, {curve}, measured) {
    const words = curve.map((guess, i) => judge(guess, measured.curve[i], tolerance, null))
    const means = measured.curve.map(mean), count = words.length
    const within = words.filter((each) => each === "inside").length, near = count - words.filter((each) => each === "apart").length
    const miss = mean(curve.map((guess, i) => Math.abs(guess - means[i])))
    const rises = Math.sign(means.at(-1) - means[0]) === Math.sign(curve.at(-1) - curve[0])
    const word = within === count ? "inside" : near === count ? "close" : rises ? "right direction" : "other direction"
    const sentence = `${inWords(near)} of ${inWords(count)} places ${near === 1 ? "comes" : "come"} close to the five seeds, ` +
      `${inWords(within)} of them within their range; on average you are ${span(unit, miss)} away from their mean`
    return {word, sentence: `${capital(sentence)}${ENDINGS[word]}.`}
  }

  // answers: verdicts by the answer, where there are few; else what the sentences are made of.
  return function (judged, given, measured) {
    if (judged.answers) return judged.answers[given.direction ?? given.choice]
    return given.curve ? judgeCurve(judged, given, measured) : judgeRange(judged, given, measured)
  }
})()
