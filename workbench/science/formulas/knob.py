"""A knob in a formula."""

from torch import Tensor

Knob = float | Tensor  # one value for all runs, or one for each
