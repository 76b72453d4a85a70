"""Small networks trained side by side: every parameter carries a leading run axis [runs, ...].

One run is the ordinary case of the same code. The runs share nothing: each draws its weights
from its own generator, and the sum over runs of their losses gives every run its own gradient.

On nets this small a step costs what its number of operations costs, not its arithmetic, and
autograd more than doubles that number. So an `Mlp` can also be differentiated by hand: `backward`
is the chain rule written out. A chapter keeps both, autograd for the reader and the hand-written
gradient for speed, and a test compares them; `benchmarks/training/speed.py` prints the gain.
"""

from workbench.science.nets.adam import Adam
from workbench.science.nets.descent import autograd, captured, descent
from workbench.science.nets.draws import Batches, Noise, generators
from workbench.science.nets.mlp import Mlp

__all__ = ["Adam", "Batches", "Mlp", "Noise", "autograd", "captured", "descent", "generators"]
