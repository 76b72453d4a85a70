"""The buttons and the look of words that all pages share."""

import panel as pn

BUTTON = """
:host .bk-btn.bk-btn.bk-btn-default {
  font: 14px/1.3 system-ui, sans-serif; color: var(--wb-text, inherit); padding: 6px 14px;
  background: transparent; border: 1px solid var(--wb-line, #b0b8c1); border-radius: 8px;
  box-shadow: none; min-height: 0; }
:host .bk-btn.bk-btn.bk-btn-default:hover { border-color: var(--wb-accent, #0072B2); }
:host .bk-btn:focus-visible { outline: 3px solid var(--wb-accent, #0072B2) !important; }
"""


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


def button(text: str, pressed, help: str | None = None, **kw) -> pn.widgets.Button:
    """Panel's own: a Material button costs the server three times as much."""
    return pn.widgets.Button(
        label=text,
        on_click=pressed,
        description=help,
        margin=(3, 4),
        **({"stylesheets": [BUTTON]} | kw),
    )
