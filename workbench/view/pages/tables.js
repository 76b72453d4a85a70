// The numbers of a picture: the server makes the table when its reader opens it, and follows the picture.

addEventListener("toggle", (event) => {
  const place = event.target.dataset?.table
  if (place !== undefined) tell("table", [Number(place), event.target.open])
}, true)

for (const place of [0, 1, 2])
  hear(`table-${place}`, (html) => {
    const rows = document.querySelector(`[data-table="${place}"] .rows`)
    if (rows) rows.innerHTML = html
  })

// The button of a card, which is drawn by Bokeh: its head's tags tell the server.
addEventListener("click", (event) => {
  const button = event.composedPath()[0].closest?.("[data-rows]")
  const head = button && Bokeh.documents[0].get_model_by_id(button.dataset.rows)
  if (!head) return
  const opens = !head.tags.includes("rows")
  head.tags = opens ? ["rows"] : []
  button.setAttribute("aria-expanded", String(opens))
})
