// Bokeh 3.9: a page finds back when its connection was cut off in the middle of a message.
//
// Bokeh takes what comes over the next connection for the rest of the message that was cut off, and
// forgets the arrays of the document that it fetches when it has connected again ("buffer for id not
// found"). tests/server/test_connection.py and tests/browser/test_connection_page.py cut connections;
// when they pass without this, the file may go.
function mend(page, connection) {
  if (!connection) return
  connection._receiver = new connection._receiver.constructor()
  if (Object.hasOwn(connection, "_pull_doc_json")) return
  const pull = connection._pull_doc_json.bind(connection)
  connection._pull_doc_json = async () => {
    const pulled = await pull()
    page.replace_with_json = (json) =>
      page.constructor.from_json(json, [], pulled.buffers).destructively_move(page)
    return pulled
  }
}
