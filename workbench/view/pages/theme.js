// The theme is the reader's own: a cookie says it, and no address that may be shared. Who has not
// chosen gets the theme of their system. Bokeh's drawings have their colours from the server, so a
// page that has some is loaded anew; another only changes its colours.
const THEME = "workbench-theme"
function keepTheme(theme) {
  document.cookie = `${THEME}=${theme}; path=${location.pathname.replace(/[^/]*$/, "")}; max-age=31536000; samesite=lax`
}
// A browser that lets no page keep anything raises at the word localStorage alone.
function chosenTheme() {
  try {
    return localStorage.getItem(THEME)
  } catch {
    return null
  }
}
function shownTheme() {
  return document.documentElement.classList.contains("dark") ? "dark" : "default"
}
function showTheme(theme) {
  if (theme === shownTheme()) return
  if (document.documentElement.dataset.session !== undefined) location.reload()
  else document.documentElement.classList.toggle("dark", theme === "dark")
}
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "default"
  const wanted = chosenTheme() || system
  if (new URL(location.href).searchParams.has("theme") || document.cookie.includes(`${THEME}=${wanted}`)) return
  keepTheme(wanted)
  if (document.cookie.includes(`${THEME}=${wanted}`)) showTheme(wanted)
})()

function changeTheme() {
  const theme = shownTheme() === "dark" ? "default" : "dark"
  try {
    localStorage.setItem(THEME, theme)
  } catch { /* the cookie says it as long as this browser keeps that */ }
  keepTheme(theme)
  const here = new URL(location.href)
  here.searchParams.delete("theme")
  history.replaceState(null, "", here)
  showTheme(theme)
}

// The menu of chapters closes with Escape, and with a click elsewhere.
addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" ? document.querySelector(".menu[open]") : null
  if (!menu) return
  menu.open = false
  menu.querySelector("summary").focus()
})
addEventListener("click", (event) => {
  const menu = document.querySelector(".menu[open]")
  if (menu && !menu.contains(event.target)) menu.open = false
})
