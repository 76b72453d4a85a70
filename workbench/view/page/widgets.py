"""Small parts of pages: words that cost a browser little, a spoken line, a button, their styles."""

from html import escape, unescape

import panel as pn
from panel.models.markup import HTML

# plain strings: a style sheet object would belong to the first reader's page alone
TEXT = ":host { font: 14px/1.45 system-ui, sans-serif; width: 100%; }"


BUTTON = """
:host .bk-btn.bk-btn.bk-btn-default {
  font: 14px/1.3 system-ui, sans-serif; color: var(--wb-text, inherit); padding: 6px 14px;
  background: transparent; border: 1px solid var(--wb-line, #b0b8c1); border-radius: 8px;
  box-shadow: none; min-height: 0; }
:host .bk-btn.bk-btn.bk-btn-default > a { padding: 0; }
:host .bk-btn.bk-btn.bk-btn-default:hover { border-color: var(--wb-accent, #0072B2); }
:host .bk-btn:focus-visible { outline: 3px solid var(--wb-accent, #0072B2) !important; }
"""


# three of them beside each other are no wider than the knobs, whatever the first says
NARROW = ":host .bk-btn.bk-btn.bk-btn-default { padding: 6px 9px; }"


WORDY = """
:host .bk-btn-group .bk-btn.bk-btn-default { white-space: normal; text-align: left;
  padding: 4px 6px; border-color: transparent; color: var(--wb-accent, #0072B2); }
"""


STATUS = """
.bk-clearfix { display: block !important; }
progress { width: 100%; height: 8px; accent-color: var(--wb-accent, #0072B2); display: block; }
.numbers { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 6px; }
.numbers b { font-variant-numeric: tabular-nums; }
.alert { border: 1px solid #D55E00; border-left-width: 5px; border-radius: 8px; padding: 8px 12px;
         margin-top: 8px; }
.note { color: var(--wb-muted, inherit); margin-top: 6px; }
"""


CALL = """
p { border: 1px solid var(--wb-accent, #0072B2); border-left-width: 5px; border-radius: 8px;
    padding: 8px 12px; margin: 0 0 10px; }
a { color: var(--wb-accent, #0072B2); }
"""


# one look for what is chosen, in pages and labs; the arrow and the list are the browser's own
MENU = """
:host { font: 14px/1.4 system-ui, sans-serif; color: var(--wb-text, inherit); }
.bk-input-group:has(> select) { padding: 0; }
.bk-input-group > label:has(+ select) {
  position: static; transform: none; background: none; padding: 0; margin: 0;
  font-size: 14px; line-height: 22px; color: var(--wb-muted, inherit); }
select.bk-input:not([multiple]) {
  appearance: auto; background: var(--wb-card, Field); font: inherit; height: 34px; min-height: 0;
  color: var(--wb-text, FieldText); border: 1px solid var(--wb-line, #b0b8c1);
  border-radius: 8px; padding: 0 6px; box-shadow: none; }
select.bk-input:hover { border-color: var(--wb-accent, #0072B2); }
select.bk-input:focus-visible { outline: 3px solid var(--wb-accent, #0072B2); }
option { background: var(--wb-card, Field); color: var(--wb-text, FieldText); }
"""


# Material's widgets in the type of the page around them
TYPE = """
.MuiFormLabel-root, .MuiTypography-root, input { font-family: inherit !important; }
.MuiFormLabel-root.Mui-disabled { color: var(--wb-muted, inherit) !important; }
"""


class Words:
    """HTML whose change costs a browser nothing but the words.

    At every change of a Div's text Bokeh 3.9 lays out the whole page anew, every plot with its
    labels: some 25 ms, several times a frame. Panel's model puts the text in its place.
    """

    def __init__(self, *styles: str):
        self.model = HTML(
            disable_math=True,
            run_scripts=False,
            stylesheets=[TEXT, *styles],
            sizing_mode="stretch_width",
        )

    @property
    def text(self) -> str:
        return unescape(self.model.text)

    @text.setter
    def text(self, html: str) -> None:
        escaped = escape(html)  # which the browser takes back
        if escaped != self.model.text:
            self.model.text = escaped


class Sentence(pn.pane.HTML):
    """A line of text that is also read aloud when it changes."""

    def __init__(self, text: str = ""):
        super().__init__(sizing_mode="stretch_width", stylesheets=[TEXT])
        self.say(text)

    def say(self, text: str, first: str = "", role: str = "status") -> None:
        """Says `text`, with `first` in bold before it; the role "alert" interrupts a reader."""
        bold = f"<b>{escape(first)}</b> " if first else ""
        self.object = f'<p role="{role}">{bold}{escape(text)}</p>'


def alert(sentence: str) -> str:
    """HTML of what went wrong, which interrupts a reader."""
    return f'<div class="alert" role="alert">{escape(sentence)}</div>'


def menu(label: str, options=(), **kw) -> pn.widgets.Select:
    """The browser's own menu, for keyboard, mouse and finger; a telephone shows its own list.

    Material's opens by a click alone (panel-material-ui 0.16.6), and costs the server twice.
    """
    return pn.widgets.Select(label=label, options=options or [], **({"stylesheets": [MENU]} | kw))


def button(text: str, pressed, help: str | None = None, **kw) -> pn.widgets.Button:
    """Panel's own: a Material button costs the server three times as much."""
    return pn.widgets.Button(
        label=text,
        on_click=pressed,
        description=help,
        margin=(3, 4),
        **({"stylesheets": [BUTTON]} | kw),
    )
