// The theme is the reader's own: a cookie says it, and no address that may be shared. Who has not
// chosen gets the theme of their system.
const THEME = "workbench-theme"
function keepTheme(theme) {
  document.cookie = `${THEME}=${theme}; path=${location.pathname.replace(/[^/]*$/, "")}; max-age=31536000; samesite=lax`
}
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "default"
  const wanted = `${THEME}=${localStorage.getItem(THEME) || system}`
  if (new URL(location.href).searchParams.has("theme") || document.cookie.includes(wanted)) return
  const shown = document.documentElement.classList.contains("dark") ? "dark" : "default"
  keepTheme(wanted.split("=")[1])
  if (document.cookie.includes(wanted) && wanted !== `${THEME}=${shown}`) location.reload()
})()

function changeTheme(theme) {
  localStorage.setItem(THEME, theme)
  keepTheme(theme)
  const here = new URL(location.href)
  here.searchParams.delete("theme")
  history.replaceState(null, "", here)
  location.reload()
}
