"""Panel 1.9.4 and Bokeh 3.9: a page's roots are put together once, not once for each of them.

For every root Panel describes the whole template anew (a fifth of a page's CPU), and Bokeh looks
through all models of the page. A root that is a Bokeh model costs less than a Panel object around
it. `python benchmarks/page/opening.py` shows what this saves; when it saves nothing, it may go.
"""

import panel as pn
from bokeh.model import Model
from bokeh.models import Column


class LeanTemplate(pn.Template):
    """A template whose roots may also be Bokeh models as they are, in `bokeh_roots`."""

    def __init__(self, template):
        super().__init__(template)
        self.bokeh_roots: list[Model] = []

    def __repr__(self) -> str:
        return "page"

    def _init_doc(self, doc=None, *rest, **how):
        page = doc or pn.state.curdoc
        with page.models.freeze():
            page = super()._init_doc(page, *rest, **how)
            for model in self.bokeh_roots:
                page.add_root(model)
        return page


def mount(place: Column, view: pn.viewable.Viewable) -> None:
    """Puts a Panel object into a place of a page that is shown already, as if it had been there
    from the start; it is taken apart with the page."""
    page = pn.state.curdoc
    template = pn.state._templates.get(page)
    if template is not None:
        view._hooks.append(template._design._apply_hooks)
    view._documents[page] = model = view.get_root(page)
    page.on_session_destroyed(view._server_destroy)
    place.children = [model]
