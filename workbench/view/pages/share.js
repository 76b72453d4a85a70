// The dialog that gives the link to this page, and its QR code.

hear("show-class", (sentence) => { at("class-shown").textContent = sentence })  // an instructor's page alone

function share() {
  const link = new URL(location.href), code = at("share-code")
  for (const own of ["theme", "follow", "embed"]) link.searchParams.delete(own)
  at("share-link").value = link.href
  code.hidden = at("share-trouble").hidden = true
  code.onload = () => { code.hidden = false }
  code.onerror = () => { at("share-trouble").hidden = false }
  code.src = `qr.svg?text=${encodeURIComponent(link.href)}`
  at("share-dialog").showModal()
}

// A page that does not come by https has no clipboard: then the browser copies what is selected.
async function copyLink(button) {
  const field = at("share-link")
  field.select()
  const copied = await navigator.clipboard?.writeText(field.value).then(() => true, () => false)
  const done = copied || document.execCommand("copy")
  button.textContent = done ? "Copied" : "Press Ctrl C"
  setTimeout(() => (button.textContent = "Copy link"), 2000)
}
