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
