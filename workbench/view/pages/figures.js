// Saves a picture: the server makes SVG or CSV of what is shown, the browser draws SVG into PNG.

const SCALE = 3  // of a PNG, so that it is sharp on paper
let presses = 0

document.addEventListener("click", (event) => {
  const [target] = event.composedPath(), form = target.dataset?.form
  for (const open of document.querySelectorAll("details.save[open]")) if (!open.contains(target)) open.open = false
  if (!form) return
  const menu = target.closest(".save"), figure = target.closest("[data-picture]")
  const picture = menu.dataset.name ?? shown.pictures?.[figure?.dataset.picture]?.name
  menu.open = false
  if (picture) tell("figure", {picture, form, number: ++presses})
})
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.save[open]")
  if (!open) return
  open.open = false
  open.querySelector("summary").focus()
})

hear("figure", async ({name, kind, text, form, number}) => {
  if (number !== presses) return
  const file = new Blob([text], {type: kind})
  saveFile(form === "png" ? await asPng(file) : file, name)
})

async function asPng(file) {
  const address = URL.createObjectURL(file), image = new Image()
  image.src = address
  await image.decode()
  const canvas = document.createElement("canvas"), brush = canvas.getContext("2d")
  canvas.width = SCALE * image.width
  canvas.height = SCALE * image.height
  brush.fillStyle = "#ffffff"
  brush.fillRect(0, 0, canvas.width, canvas.height)
  brush.drawImage(image, 0, 0, canvas.width, canvas.height)
  URL.revokeObjectURL(address)
  return new Promise((done) => canvas.toBlob(done, "image/png"))
}

function saveFile(file, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10000)
}
