"""The tags of a page's head that are kept are what Panel would have answered."""

from bokeh.document import Document
from bokeh.models import Div, Plot
from bokeh.resources import Resources
from panel.io.state import set_curdoc

from workbench.view.patches import cached_files


def test_the_files_of_a_page_are_panels_whatever_it_shows():
    resources = Resources(mode="server", root_url="/")
    for roots in ([], [Div()], [Plot()]):
        with set_curdoc(Document()):
            panels = tuple(cached_files._panels_files(roots, resources))
            assert cached_files._files(roots, resources) == panels
            assert "panel" in panels[0]
