// What a reader who does not see the page hears: one polite voice, at most once in five seconds.
// What comes sooner waits, and the newest of it is said.

const QUIET_MS = 5000
let lastSpoken = -QUIET_MS, nextWords = "", saying = false
function speak(text) {
  nextWords = text
  if (saying || !text) return
  saying = true
  setTimeout(() => {
    const place = document.getElementById("speech"), words = nextWords
    nextWords = ""
    saying = false
    if (!place || !words) return
    lastSpoken = performance.now()
    place.textContent = ""  // or the same words, said again, would be no change
    setTimeout(() => (place.textContent = words), 50)
  }, Math.max(100, lastSpoken + QUIET_MS - performance.now()))
}

// A run that trains says nothing any more, also of what it waited for; a page that is back hears
// the newest state again, and does not say it twice.
let ofRun = ""
hear("speech", (text) => {
  if (text === ofRun) return
  if (text || nextWords === ofRun) speak(text)
  ofRun = text
})
