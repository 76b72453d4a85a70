"""Serves the pages on which RAD is gone through by hand, for test_rad_by_hand.py."""

import panel as pn

from workbench.view.labs import rad_oracle, rad_stepper

pn.extension()
lab = {"oracle": rad_oracle, "stepper": rad_stepper}[pn.state.location.search.lstrip("?")]
lab.build().servable(title=lab.TITLE)
