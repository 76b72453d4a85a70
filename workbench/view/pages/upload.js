// A reader's own file: sent to the server with the page's token, which says what is wrong with it.
document.addEventListener("change", async ({target}) => {
  if (target.id !== "upload" || !target.files.length) return
  const [file] = target.files, words = document.getElementById("upload-say")
  target.disabled = true
  words.textContent = `${file.name} is being read.`
  const headers = {"X-Page": target.dataset.page, "X-Name": encodeURIComponent(file.name)}
  words.textContent = await fetch("upload", {method: "POST", headers, body: file})
    .then(async (reply) => (await reply.json()).sentence)
    .catch(() => "The file did not arrive: it may be too large, or the connection is lost.")
  target.disabled = false
  target.value = ""
})
