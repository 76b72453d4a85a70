"""A page's memory, and its keyboard.

What is remembered lives in the reader's browser, behind the # of the page's address and in the
tab's session storage, so it survives a reload; the server keeps nothing.
"""

from collections.abc import Callable

import panel as pn
from bokeh.models import Column, CustomJS, Div

from workbench.view.page.session import served

LISTEN = """
const page = heard.document, id = heard.id
const model = () => page.get_model_by_id(id)  // another one when the connection was lost
heard.tags = ["state", location.hash.slice(1) || sessionStorage.getItem("MEMORY") || ""]
document.addEventListener("keydown", event => {
  const at = event.composedPath()[0]
  const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1) return
  if (model().tags[0] === "state") model().tags = ["keys"]
  model().tags = [...model().tags, event.key]
})
"""


KEEP = """
sessionStorage.setItem("MEMORY", cb_obj.tags[0])
history.replaceState(null, "", "#" + cb_obj.tags[0])
"""


class Memory:
    """Invisible models that talk with the browser: `view` puts them on the page.

    `start` switches the memory on, `kept` holds the text to remember, and `heard` receives messages
    from the browser: `restore(text)` is called with the remembered text, and `press(key)` with
    every key. Under the name "" nothing is remembered and no keys are heard.
    """

    def __init__(self, name: str, restore: Callable[[str], None], press: Callable[[str], None]):
        self.view: list[pn.viewable.Viewable] = []
        self._restore = restore
        self._press = press
        self._heard_keys = 0
        self.start = Div(visible=False, tags=[""])
        self.kept = Div(visible=False, tags=[""])
        self.heard = Div(visible=False, tags=[""])
        if not name:
            return
        listen, keep = (script.replace("MEMORY", name) for script in (LISTEN, KEEP))
        self.start.js_on_change("tags", CustomJS(args={"heard": self.heard}, code=listen))
        self.kept.js_on_change("tags", CustomJS(code=keep))
        self.heard.on_change("tags", lambda _attr, _old, new: self.hear(new))
        self.view = [pn.pane.Bokeh(Column(self.start, self.kept, self.heard, visible=False))]
        if served():
            pn.state.curdoc.add_next_tick_callback(self._listen)

    def _listen(self) -> None:
        self.start.tags = ["listen"]

    def hear(self, tags: list[str]) -> None:
        """What the page tells: its memory, or all the keys that were pressed since it listens."""
        kind, *words = tags
        if kind == "state":
            if words[0]:
                self._restore(words[0])
            return
        fresh, self._heard_keys = words[self._heard_keys :], len(words)
        for key in fresh:
            self._press(key)

    @property
    def used(self) -> bool:
        """Whether the page remembers anything."""
        return self.kept.tags != [""]

    def keep(self, text: str) -> None:
        """Has the page remember the text instead of what it remembered before."""
        self.kept.tags = [text]
