// The theme is the reader's own: a cookie says it, and no address that may be shared. Who has not
// chosen gets the theme of their system.
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
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "default"
  const wanted = `${THEME}=${chosenTheme() || system}`
  if (new URL(location.href).searchParams.has("theme") || document.cookie.includes(wanted)) return
  const shown = document.documentElement.classList.contains("dark") ? "dark" : "default"
  keepTheme(wanted.split("=")[1])
  if (document.cookie.includes(wanted) && wanted !== `${THEME}=${shown}`) location.reload()
})()

function changeTheme(theme) {
  try {
    localStorage.setItem(THEME, theme)
  } catch { /* the cookie says it as long as this browser keeps that */ }
  keepTheme(theme)
  const here = new URL(location.href)
  here.searchParams.delete("theme")
  history.replaceState(null, "", here)
  location.reload()
}
