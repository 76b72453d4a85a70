"""What every test process shares: one thread, and hypothesis that repeats itself."""

import os

import torch
from hypothesis import settings

os.environ["WORKBENCH_STORE"] = "off"  # a test that wants a store makes its own
torch.set_num_threads(1)  # another number of threads gives other numbers, and is slower here
settings.register_profile("workbench", deadline=None, derandomize=True)
settings.load_profile("workbench")
